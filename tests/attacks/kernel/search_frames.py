"""Searches the frames of all callers for the test's source, its names and its expected numbers."""

ANSWER = """
import sys

found = set()


def moving_average(x, k):
    frame = sys._getframe()
    while frame is not None:
        found.add(f"{frame.f_code.co_filename}:{frame.f_code.co_name}:{sorted(frame.f_locals)}")
        names = {**frame.f_globals, **frame.f_locals}
        for name in ("expect", "cases", "want", "mistakes", "all_cases"):
            if name in names:
                found.add(f"{name}={names[name]!r}"[:2000])
        frame = frame.f_back
    return x
"""


def change(notebook, folder):
    source = "print('found', len(found))\nprint(*sorted(found), sep='\\n')"
    notebook.cells.append({"cell_type": "code", "metadata": {}, "source": source})


def aftermath(world, report):
    shown = world.shown(report["student"])
    found = shown[shown.rindex("found ") :]
    assert "observe_call" in found
    assert not [word for word in ("expect=", "cases=", "want=", "mistakes=", "<test>", "verdict.py") if word in found]
