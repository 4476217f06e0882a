"""Breaks standard output and error, closed or replaced by what no file is."""

STATUS = {"graded", "flagged", "timed out"}
ANSWER = """
import os, sys

for fd in (0, 1, 2):
    os.close(fd)
print(1)
sys.__stdout__ = sys.__stderr__ = None
sys.stdout = object()
sys.stderr = None
1 / 0
"""
