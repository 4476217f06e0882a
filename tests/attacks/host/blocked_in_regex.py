"""A regular expression that would take years, in a test's observation: the answer itself hangs."""

STATUS = {"graded", "died"}
ANSWER = """
import re


def moving_average(x, k):
    return re.match(r"(a+)+$", "a" * 60 + "b")
"""
