"""Holds Python's lock for an hour in C code, where no interrupt is seen."""

STATUS = {"timed out"}
ANSWER = """
import ctypes

ctypes.PyDLL(None).sleep(3600)
"""
