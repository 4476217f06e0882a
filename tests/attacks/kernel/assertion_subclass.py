"""Assertion errors whose class makes IPython show them as points."""

ANSWER = """
class Points(AssertionError):
    def _render_traceback_(self):
        get_ipython().display_pub.publish({"text/plain": "5"})
        return ["5"]


def moving_average(x, k):
    raise Points


AssertionError = Points
raise Points
"""
