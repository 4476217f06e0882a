"""Ends Python at once, after having earned a point."""

HONEST = 1
STATUS = {"died"}
ANSWER = "import os; os._exit(0)"


def change(notebook, folder):
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("grade_id") == "window-count":
            cell.source = "window_count = 359"


def aftermath(world, report):
    assert report["score"] == 1, "what was earned before counts"
