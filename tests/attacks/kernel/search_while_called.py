"""Traces and profiles everything that runs after a call, to see what happens to the value that it returned."""

ANSWER = """
import sys
import threading

seen = set()


def trace(frame, event, argument):
    seen.add(f"{frame.f_code.co_filename.rpartition('/')[2]}:{frame.f_code.co_name}")
    for name, thing in frame.f_locals.items():
        if name in ("expect", "expected", "want"):
            seen.add("want " + repr(thing)[:200])
    return trace


def moving_average(x, k):
    sys.settrace(trace)
    sys.setprofile(trace)
    frame = sys._getframe().f_back
    while frame is not None:
        frame.f_trace = trace
        frame = frame.f_back
    return x


threading.settrace(trace)
"""


def change(notebook, folder):
    source = "import sys\nsys.settrace(None)\nsys.setprofile(None)\nprint('seen', len(seen))\nprint(*sorted(seen))"
    notebook.cells.append({"cell_type": "code", "metadata": {}, "source": source})


def aftermath(world, report):
    seen = world.shown(report["student"])
    seen = seen[seen.rindex("seen ") :]
    assert "plain.py:to_plain" in seen
    assert not [word for word in ("want ", "compare.py", "verdict.py") if word in seen]
