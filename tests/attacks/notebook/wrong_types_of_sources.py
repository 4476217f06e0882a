"""A cell's source is a number."""

import json

STATUS = {"malformed"}


def change(notebook, folder):
    return json.dumps({**notebook, "cells": [{**cell, "source": 5} for cell in notebook.cells]})
