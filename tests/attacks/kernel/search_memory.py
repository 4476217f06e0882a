"""Searches all that gc knows of for texts of hidden tests and the arrays that they expect."""

ANSWER = """
import gc
import sys

needles = ["".join(parts) for parts in (("rng.nor", "mal("), ("sliding_", "window_view(x"), ("1, n +", " 1"))]
found, arrays = [], []


def texts():
    for one in gc.get_objects() + list(sys.modules.values()):
        for other in gc.get_referents(one):
            if type(other) in (str, bytes):
                yield other if type(other) is str else other.decode("latin-1")


def moving_average(x, k):
    if len(found) < 2:
        found.append([text[:200] for text in texts() if len(text) > 40 and any(needle in text for needle in needles)])
    if len(x) == 60 and len(arrays) == 0:
        wanted = np.lib.stride_tricks.as_strided(x, (len(x) - k + 1, k), x.strides * 2).sum(axis=1) / k
        for one in gc.get_objects():
            for other in gc.get_referents(one):
                if type(other) is np.ndarray and other.shape == wanted.shape and other.dtype.kind == "f":
                    arrays.append(np.allclose(other, wanted) and other is not wanted)
    return x
"""


def change(notebook, folder):
    source = "print('found', found, 'arrays', len(arrays), arrays.count(True))"
    notebook.cells.append({"cell_type": "code", "metadata": {}, "source": source})


def aftermath(world, report):
    shown = world.shown(report["student"])
    assert "found [[" in shown
    assert "rng.normal(" not in shown
    assert "sliding_window_view" not in shown
