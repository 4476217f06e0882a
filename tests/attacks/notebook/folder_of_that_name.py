"""In place of the notebook stands a folder of its name, with a notebook in it."""

import json

STATUS = {"malformed"}


def change(notebook, folder):
    inner = folder / f"{folder.name}.ipynb"
    inner.mkdir()
    (inner / inner.name).write_text(json.dumps(notebook))
