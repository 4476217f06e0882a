"""One message of ten megabytes."""

STATUS = {"graded", "flagged", "timed out"}
ANSWER = """
def moving_average(x, k):
    return x


print("applied")
get_ipython().display_pub.publish({"text/plain": "5" * 10_000_000})
"""


def aftermath(world, report):
    assert len(world.loot(report["student"])) < 5_000_000
