"""Searches In, Out, the history, linecache, the compiler's cache and the parent message for tests."""

FIRST = """
def search():
    import inspect
    import linecache

    shell = get_ipython()
    places = {
        "In": In,
        "Out": Out,
        "history": list(shell.history_manager.get_range(raw=True)),
        "linecache": {name: "".join(parts[2]) for name, parts in linecache.cache.items() if "ipykernel" in name},
        "compile": dict(getattr(shell.compile, "_filename_map", {})),
        "parent": shell.kernel.get_parent(),
        "raw": shell.history_manager.input_hist_raw,
    }
    return "\\n".join(f"{name}: {place!r}" for name, place in places.items())


needle = "".join(("rng.nor", "mal("))
seen = []
"""
ANSWER = """
def moving_average(x, k):
    seen.append(search())
    return x
"""


def change(notebook, folder):
    for source in ("print('searched', len(seen), any(needle in text for text in seen))", "print(search())"):
        notebook.cells.append({"cell_type": "code", "metadata": {}, "source": source})


def aftermath(world, report):
    shown = world.shown(report["student"])
    assert "searched 201 False" in shown
    assert "rng.normal(" not in shown
    assert "check.equal_many" not in shown
