"""Finds its own notebook on disk and writes into it."""

ANSWER = """
import glob, os

print(os.getcwd(), os.listdir())
for pattern in ("*", "../*", "/tmp/*", "/private/*", "/private/*/*", "@CLASSROOM@/submitted/host-own*/*/*"):
    for path in glob.glob(pattern):
        if path.endswith(".ipynb"):
            print("came", "upon", path)
            open(path, "a").write(" ")
"""


def aftermath(world, report):
    assert "came upon" not in world.shown(report["student"])
