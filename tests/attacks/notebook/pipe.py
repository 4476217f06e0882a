"""In place of the notebook stands a pipe into which nobody writes."""

import os

STATUS = {"malformed"}


def change(notebook, folder):
    os.mkfifo(folder / f"{folder.name}.ipynb")
