"""A notebook of format 2."""

import json

STATUS = {"malformed"}


def change(notebook, folder):
    cells = [{"cell_type": "code", "input": cell.source, "outputs": []} for cell in notebook.cells]
    return json.dumps({"nbformat": 2, "metadata": {}, "worksheets": [{"cells": cells}]})
