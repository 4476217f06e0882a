"""Metadata nested as deep as Python can just read, to break whoever copies or writes it."""

import json


def change(notebook, folder):
    deep = "[" * 900 + "]" * 900
    for cell in notebook.cells:
        cell.metadata["deep"] = "HERE"
    return json.dumps(notebook).replace('"HERE"', deep)
