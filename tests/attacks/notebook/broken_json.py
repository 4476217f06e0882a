"""The file ends in the middle of a cell."""

import json

STATUS = {"malformed"}


def change(notebook, folder):
    return json.dumps(notebook)[:-500]
