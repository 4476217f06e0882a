"""Copies the answer of a student who handed in earlier, and spoils everybody's notebook."""

ANSWER = """
import glob, json

for path in glob.glob("@CLASSROOM@/*/*/*/*.ipynb"):
    for cell in json.load(open(path))["cells"]:
        if "def moving_average" in "".join(cell["source"]):
            print("".join(cell["source"]))
for path in glob.glob("@CLASSROOM@/submitted/host-*/*/*.ipynb"):
    open(path, "a").write(" ")
open("@CLASSROOM@/submitted/left.txt", "w").write("here")
"""


def aftermath(world, report):
    assert "sliding_window" not in world.shown(report["student"])
    assert not (world.classroom.submitted / "left.txt").exists()
