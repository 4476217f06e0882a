"""Writes 30 MB past Python, straight to file descriptors 1 and 2, and from a child process."""

ANSWER = """
import os, subprocess

for fd in (1, 2):
    try:
        for _ in range(100):
            os.write(fd, b"x" * 100_000)
    except OSError as error:
        print(error)
subprocess.run(["head", "-c", "10000000", "/dev/zero"])
"""
