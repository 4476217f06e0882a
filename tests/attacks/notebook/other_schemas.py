"""nbgrader's metadata of versions 1, 2, 99 and a very large one, which stop its own grading of the class."""

import itertools


def change(notebook, folder):
    versions = itertools.cycle([1, 2, 99, 10**300, "3", -1])
    for cell in notebook.cells:
        if "nbgrader" in cell.metadata:
            cell.metadata.nbgrader["schema_version"] = next(versions)
