"""Zero bytes in sources, ids, tags and grade_ids."""

ANSWER = "def moving_average(x, k):\n    return x\n# \x00 5 of 5"


def change(notebook, folder):
    notebook.metadata["\x00"] = "\x00"
    for cell in notebook.cells:
        cell["id"] += "\x00"
        cell.metadata["tags"] = ["\x00"]
        if "nbgrader" in cell.metadata:
            cell.metadata.nbgrader["grade_id"] += "\x00"
