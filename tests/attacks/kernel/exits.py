"""The answer ends the program in every way that Python has as an exception."""

ANSWER = """
import asyncio
import sys


class Base(BaseException):
    pass


def moving_average(x, k):
    ends = [SystemExit, KeyboardInterrupt, GeneratorExit, Base, asyncio.CancelledError, StopIteration]
    raise ends[k % 6](5)
"""
