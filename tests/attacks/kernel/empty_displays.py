"""Thirty thousand displays with nothing in them."""

STATUS = {"graded", "flagged", "timed out"}
ANSWER = """
def moving_average(x, k):
    return x


print("applied")
for _ in range(30_000):
    get_ipython().display_pub.publish({})
"""


def aftermath(world, report):
    path = world.classroom.autograded / report["student"] / report["lesson"] / f"{report['lesson']}.ipynb"
    assert path.stat().st_size < 3_000_000
