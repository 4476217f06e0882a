"""Ten thousand cells."""

import json

STATUS = {"malformed"}


def change(notebook, folder):
    more = [{"cell_type": "code", "source": "", "metadata": {}, "outputs": []}] * 10_000
    return json.dumps({**notebook, "cells": [*notebook.cells, *more]})
