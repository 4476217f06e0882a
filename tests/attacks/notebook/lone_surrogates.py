"""Halves of characters, which no file can hold, in a source, a text and the metadata."""

import nbformat

STATUS = {"graded", "flagged", "timed out"}  # the end of an output that no message can hold is waited for
ANSWER = 'def moving_average(x, k):\n    return x\nprint("\ud800 and", chr(0xDFFF), "\\udc80")'


def change(notebook, folder):
    notebook.metadata["title"] = "\ud800"
    notebook.cells.append(nbformat.v4.new_markdown_cell("\udfff"))
    notebook.cells.append(nbformat.v4.new_code_cell("'\ud800'"))
    for cell in notebook.cells:
        cell.metadata["tags"] = ["\udc00"]
