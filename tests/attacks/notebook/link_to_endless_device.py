"""In place of the notebook stands a link to a device that never ends."""

STATUS = {"malformed"}


def change(notebook, folder):
    (folder / f"{folder.name}.ipynb").symlink_to("/dev/zero")
