"""Unpicklers are patched, so that whatever the judge sends is kept and shown by a later cell."""

ANSWER = """
import pickle

import cloudpickle
import forwardpass.check.observer as observer

kept = []


def moving_average(x, k):
    return x


class Recorder(observer._Incoming):
    def __init__(self, request, scope):
        kept.append(bytes(request))
        super().__init__(request, scope)


observer._Incoming = Recorder
pickle.loads = cloudpickle.loads = pickle.Unpickler = lambda *args: kept.append(args)
print("applied")
"""


def change(notebook, folder):
    for source in ("print(len(kept), 'requests')", "print(b''.join(kept).decode('latin-1')[:100_000])"):
        notebook.cells.append({"cell_type": "code", "metadata": {}, "source": source})


def aftermath(world, report):
    shown = world.shown(report["student"])
    assert "requests" in shown
    assert not [
        word for word in ("rng.normal(size=n)", "sliding_window", "expect", "k = 1, k = n") if word in tail(shown)
    ]


def tail(shown):
    return shown[shown.rindex("requests") :]
