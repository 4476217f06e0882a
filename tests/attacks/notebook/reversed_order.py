"""Tests come first and the set-up cell last."""


def change(notebook, folder):
    notebook["cells"] = notebook.cells[::-1]
