"""Lists nested 100 000 deep stand where metadata should."""

import json

STATUS = {"malformed"}


def change(notebook, folder):
    whole = json.dumps(notebook)
    return whole[:-1] + ', "more": ' + "[" * 100_000 + "]" * 100_000 + "}"
