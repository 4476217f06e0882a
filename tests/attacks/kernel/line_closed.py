"""The line to the judge is closed, or leads to the student's own end of another pair."""

STATUS = {"died"}
ANSWER = """
import gc
import os
import socket


def moving_average(x, k):
    return x


[observer] = [one for one in gc.get_objects() if type(one).__name__ == "Observer"]
mine, theirs = socket.socketpair()
os.dup2(theirs.fileno(), observer._line.fileno())
print("applied")
"""
