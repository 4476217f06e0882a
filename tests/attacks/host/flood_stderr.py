"""Prints 30 MB to stderr."""

STATUS = {"flagged"}
ANSWER = """
import sys

for _ in range(300):
    sys.stderr.write("x" * 99_999 + "\\n")
    sys.stderr.flush()
"""
