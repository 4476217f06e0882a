"""In place of the notebook stands a link to that of a student who is right."""

STATUS = {"malformed"}


def change(notebook, folder):
    other = folder.parents[1] / "honest right" / folder.name
    (folder / f"{folder.name}.ipynb").symlink_to(other / f"{folder.name}.ipynb")
