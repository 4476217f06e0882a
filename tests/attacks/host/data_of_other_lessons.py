"""Lists, reads and changes data sets that this lesson does not use."""

ANSWER = """
import os, pathlib

folder = pathlib.Path(os.environ["FORWARD_PASS_DATA"])
for path in folder.glob("*/*"):
    print("came", "upon", path, len(path.read_bytes()))
for place in (folder, *folder.glob("*")):
    try:
        (place / "poison.csv").write_text("1,2,3")
        (place / "poison.csv").unlink()
        print("came", "upon", place)
    except OSError as error:
        print(error)
"""


def aftermath(world, report):
    assert "came upon" not in world.shown(report["student"])
