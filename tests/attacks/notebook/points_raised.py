"""Tests are worth 1000 points, a negative number, infinity or a text."""

import itertools


def change(notebook, folder):
    worth = itertools.cycle([1000, -5, float("inf"), "6", [6], 10**400, None])
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("grade"):
            cell.metadata.nbgrader["points"] = next(worth)
