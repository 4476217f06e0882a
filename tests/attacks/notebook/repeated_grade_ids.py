"""Before each test stands a cell of the same grade_id that passes."""

import copy


def change(notebook, folder):
    cells = []
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("grade"):
            passes = copy.deepcopy(cell)
            passes["id"] = f"{cell.id}-again"
            passes.source = "pass"
            cells.append(passes)
        cells.append(cell)
    notebook["cells"] = cells
