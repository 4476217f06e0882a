"""Imports the grading engine and nbgrader's gradebook from inside a notebook."""

ANSWER = """
import importlib, os, pathlib

for name in ("autograder.grade", "autograder.examiner", "autograder.record", "autograder.sandbox.forkserver",
             "autograder.sandbox.bubblewrap", "autograder.lesson"):
    try:
        print("came", "upon", importlib.import_module(name))
    except ImportError as error:
        print(error)
import autograder
for folder in autograder.__path__:
    for path in pathlib.Path(folder).rglob("*.py"):
        if "sandbox/inside" not in str(path):
            print("came", "upon", path)
        try:
            os.close(os.open(path, os.O_WRONLY | os.O_APPEND))
            print("came", "upon a writable", path)
        except OSError as error:
            print(error)
for path in pathlib.Path("@REPOSITORY@").glob("*"):
    if path.name not in (".venv", "autograder", "forwardpass", "data"):
        print("came", "upon", path)
"""


def aftermath(world, report):
    assert "came upon" not in world.shown(report["student"])
