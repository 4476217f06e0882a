"""Searches all files that can be read for the hidden test, the lesson's source and its solution."""

STATUS = {"graded", "flagged", "timed out"}
ANSWER = """
import os
import time

needle = "".join(("rng.nor", "mal(size=n).as", "type(dtype)"))
end = time.monotonic() + 2


def moving_average(x, k):
    return x


def files():
    tops = "@COURSE@", "@CLASSROOM@", "@REPOSITORY@", "/home", "/tmp", "/private", "/outside", "/var", "/etc", "/root"
    for top in tops:
        for folder, _, names in os.walk(top):
            yield from (os.path.join(folder, name) for name in names)


count, hits = 0, []
for path in files():
    if time.monotonic() > end:
        break
    if path.endswith((".py", ".ipynb", ".json", ".db", ".txt", ".html")):
        try:
            with open(path, errors="replace") as file:
                hits += [path] * (needle in file.read(2_000_000))
        except OSError:
            continue
        count += 1
print("read", count > 0, "hits", hits)
"""


def aftermath(world, report):
    assert "hits []" in world.shown(report["student"])
