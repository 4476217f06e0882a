"""Names with `..` in the metadata and in the cells' ids, and files whose names are paths in disguise."""


def change(notebook, folder):
    away = "../../../../outside/away"
    notebook.metadata["name"] = away
    notebook.metadata["path"] = away
    for name in ("..\\..\\away", "%2e%2e%2faway", "--help", "*", "\n", "'; touch away #"):
        (folder / name).write_text("away")
    for number, id in enumerate((away, "/etc/away", "..", "")):
        metadata = {"nbgrader": {"grade_id": away, "grade": True, "points": 5, "filename": away}}
        notebook.cells.insert(
            number, {"cell_type": "code", "id": id, "source": "pass", "metadata": metadata, "outputs": []}
        )


def aftermath(world, report):
    assert not list(world.outside.glob("away*"))
    kept = [*world.classroom.autograded.rglob("*"), *world.classroom.feedback.rglob("*")]
    assert not [path for path in kept if "away" in path.name or path.name in ("--help", "*", "\n")]
