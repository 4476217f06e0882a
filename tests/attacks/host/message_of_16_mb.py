"""Displays a single message of 16 MB."""

STATUS = {"flagged", "timed out"}
ANSWER = """
from IPython.display import display

display({"text/plain": "x" * (16 << 20)}, raw=True)
"""
