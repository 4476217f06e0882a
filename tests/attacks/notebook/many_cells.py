"""Three thousand cells that run, of which each would be allowed all its time."""

import json


def change(notebook, folder):
    cells = [{"cell_type": "code", "source": f"n = {n}", "metadata": {}, "outputs": []} for n in range(3_000)]
    return json.dumps({**notebook, "cells": [*notebook.cells, *cells]})
