"""Five megabytes of saved outputs in a test cell and in the answer."""

import nbformat


def change(notebook, folder):
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("grade_id", "").startswith("moving-average"):
            cell.outputs = [nbformat.v4.new_output("stream", text="5 of 5 points\n" * 120_000)]


def aftermath(world, report):
    assert len(world.loot("notebook-large_outputs")) < 500_000
