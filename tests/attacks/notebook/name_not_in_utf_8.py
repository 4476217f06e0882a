"""A second folder, whose name is no text, holds the same notebook."""

import json
import os


def change(notebook, folder):
    other = os.path.join(os.fsencode(folder.parents[1]), b"M\xfcller", os.fsencode(folder.name))
    os.makedirs(other)
    with open(os.path.join(other, os.fsencode(f"{folder.name}.ipynb")), "w") as file:
        json.dump(notebook, file)
