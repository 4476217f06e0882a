"""Closes every open file, the sockets to the grader among them."""

STATUS = {"timed out", "died", "flagged"}
ANSWER = """
import os

os.closerange(3, 1024)
"""
