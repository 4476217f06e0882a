"""Prints 30 MB to stdout."""

STATUS = {"flagged"}
ANSWER = """
import sys

for _ in range(300):
    sys.stdout.write("x" * 99_999 + "\\n")
    sys.stdout.flush()
"""
