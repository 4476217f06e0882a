"""Every key stands twice in the file: once as it should be, once with other cells and points."""

import json

import nbformat


def change(notebook, folder):
    other = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("5")])
    whole = json.dumps(notebook).replace('"points": 2', '"points": 2, "points": 200')
    return json.dumps(other)[:-1] + ", " + whole[1:]
