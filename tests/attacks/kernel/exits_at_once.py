"""os._exit with the code of success, from within a test."""

STATUS = {"died"}
ANSWER = """
import os


def moving_average(x, k):
    os._exit(0)
"""
