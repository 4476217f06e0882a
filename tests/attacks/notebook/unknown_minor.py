"""A minor version of the format that nobody knows, negative, and written as a text."""


def change(notebook, folder):
    notebook["nbformat_minor"] = "-99"
    for number, cell in enumerate(notebook.cells):
        cell["cell_version"] = 6
        if number % 2:
            cell.pop("id")
