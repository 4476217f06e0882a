"""A notebook of format 3, with worksheets, and tests that pass."""

import json

import nbformat


def change(notebook, folder):
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("grade"):
            cell.source = "pass"
    return json.dumps(nbformat.convert(notebook, 3))
