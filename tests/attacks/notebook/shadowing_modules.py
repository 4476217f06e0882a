"""Beside the notebook lie files that Python, Jupyter or numpy's importers would run."""

FILES = (
    "numpy.py",
    "forwardpass/__init__.py",
    "forwardpass/check/__init__.py",
    "autograder/__init__.py",
    "sitecustomize.py",
    "usercustomize.py",
    "conftest.py",
    "json.py",
    "ipython_config.py",
    "jupyter_config.py",
    "nbgrader_config.py",
    "profile_default/startup/00.py",
    ".ipython/profile_default/startup/00.py",
)
ANSWER = """
import os

print("beside:", [name for name in os.listdir() if name != ".ipython"])


def moving_average(x, k):
    return x
"""


def change(notebook, folder):
    for name in FILES:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text('print("shadowed")\nraise SystemExit(5)\n')
    (folder / "mine.pth").write_text('import sys; print("shadowed")\n')


def aftermath(world, report):
    assert "beside: []" in world.shown(report["student"])
    assert "shadowed" not in world.loot(report["student"])
