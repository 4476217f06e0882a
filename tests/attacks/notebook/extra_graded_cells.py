"""Added cells call themselves tests that are worth 100 points, and show 100."""

import nbformat


def change(notebook, folder):
    for name in ("bonus", "moving-average-test-2", "moving-average-hidden-2"):
        marked = {"grade": True, "solution": False, "locked": True, "task": False, "grade_id": name, "points": 100}
        metadata = {"nbgrader": {**marked, "schema_version": 3, "cell_type": "code"}}
        result = nbformat.v4.new_output("execute_result", data={"text/plain": "100"}, execution_count=1)
        notebook.cells.append(nbformat.v4.new_code_cell("100", metadata=metadata, outputs=[result], execution_count=1))
