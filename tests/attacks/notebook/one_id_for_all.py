"""All cells have the id of one test cell."""


def change(notebook, folder):
    for cell in notebook.cells:
        cell["id"] = "moving-average-hidden-1"
