"""Stops itself, and children that it waits for, so that the grader waits for ever."""

STATUS = {"graded", "timed out", "died"}
ANSWER = """
import os, signal, subprocess

child = subprocess.Popen(["sleep", "30"])
child.send_signal(signal.SIGSTOP)
for number in (signal.SIGTSTP, signal.SIGTTIN, signal.SIGSTOP):
    os.kill(os.getpid(), number)
child.wait()
"""
