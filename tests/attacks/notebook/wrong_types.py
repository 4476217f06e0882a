"""Metadata, tags, ids, sources and points of types that nobody expects there."""

import itertools


def change(notebook, folder):
    odd = itertools.cycle([None, 5, [], {}, True, "x", [[]], {"a": {}}, -0.0, 10**30])
    notebook["metadata"] = []
    for number, cell in enumerate(notebook.cells):
        known = cell.metadata.get("nbgrader")
        if known and number % 2:
            known.update({key: next(odd) for key in ("grade", "solution", "locked", "task", "points", "checksum")})
        elif known:
            cell["metadata"] = next(odd)
        else:
            cell["metadata"] = {"nbgrader": next(odd), "tags": next(odd)}
        cell["id"] = next(odd)
        cell["outputs"] = next(odd)
        cell["execution_count"] = next(odd)
