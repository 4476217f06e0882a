"""Recursion without end, with the limit on it lifted."""

STATUS = {"graded", "died", "out of memory"}
ANSWER = """
import sys


def moving_average(x, k):
    sys.setrecursionlimit(100_000)
    return moving_average(x, k)
"""
