"""Logs 30 MB, with warnings among them."""

STATUS = {"flagged"}
ANSWER = """
import logging, warnings

logging.basicConfig(level=logging.DEBUG)
for number in range(3000):
    logging.error("x" * 10_000)
    warnings.warn(str(number))
"""
