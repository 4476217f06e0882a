"""Displays whose keys, not their values, are a megabyte each, so that they may not be counted."""

ANSWER = """
def moving_average(x, k):
    return x


for letter in "abcdefghij":
    get_ipython().display_pub.publish({"text/plain": "small", letter * 1_000_000: ""})
print("applied")
"""


def aftermath(world, report):
    path = world.classroom.autograded / report["student"] / report["lesson"] / f"{report['lesson']}.ipynb"
    assert path.stat().st_size < 5_000_000
