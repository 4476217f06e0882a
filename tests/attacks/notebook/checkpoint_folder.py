"""A checkpoint and a copy of the notebook that are right, beside one that is wrong."""

import copy
import json


def change(notebook, folder):
    right = copy.deepcopy(notebook)
    for cell in right.cells:
        if cell.metadata.get("nbgrader", {}).get("grade"):
            cell.source = "pass"
    kept = folder / ".ipynb_checkpoints"
    kept.mkdir()
    (kept / f"{folder.name}-checkpoint.ipynb").write_text(json.dumps(right))
    (kept / f"{folder.name}.ipynb").write_text(json.dumps(right))
    (folder / f"{folder.name}-Copy1.ipynb").write_text(json.dumps(right))
