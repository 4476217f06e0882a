"""No cell has nbgrader's metadata any more, and tests have new ids and pass."""


def change(notebook, folder):
    for number, cell in enumerate(notebook.cells):
        if cell.metadata.pop("nbgrader", {}).get("grade"):
            cell["id"] = f"cell-{number}"
            cell.source = "pass"
    notebook.metadata.clear()
