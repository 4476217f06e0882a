"""A file that holds nothing, and is yet longer than a notebook may be."""

import os

STATUS = {"malformed"}


def change(notebook, folder):
    path = folder / f"{folder.name}.ipynb"
    path.touch()
    os.truncate(path, 30 * 2**20)
