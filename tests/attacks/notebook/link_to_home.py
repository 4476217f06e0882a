"""In place of the notebook stands a link to a file in the home of whoever grades."""

STATUS = {"malformed"}


def change(notebook, folder):
    home = folder.parents[4] / "home"
    assert (home / "canary.txt").exists()
    (folder / f"{folder.name}.ipynb").symlink_to(home / "canary.txt")
