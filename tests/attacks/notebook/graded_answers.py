"""Answers, text and the set-up cell call themselves graded, by hand or as a task, with points."""


def change(notebook, folder):
    for number, cell in enumerate(notebook.cells):
        marks = {"grade": True, "points": 10, "schema_version": 3, "task": bool(number % 2), "locked": False}
        known = cell.metadata.get("nbgrader", {"grade_id": f"mine-{number}", "solution": True})
        cell.metadata["nbgrader"] = {**known, **marks}
