"""Numbers of ten thousand digits, and such as no floating-point number can hold."""

import json

STATUS = {"malformed"}


def change(notebook, folder):
    whole = json.dumps(notebook)
    return whole.replace('"points": 2', '"points": 1e999').replace('"points": 3', '"points": ' + "9" * 10_000)
