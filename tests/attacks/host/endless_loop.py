"""A loop that never ends and takes no interrupt, after having earned a point."""

HONEST = 1
STATUS = {"timed out"}
ANSWER = """
import signal

signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))
signal.signal(signal.SIGINT, signal.SIG_IGN)
while True:
    try:
        while True:
            pass
    except BaseException:
        pass
"""


def change(notebook, folder):
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("grade_id") == "window-count":
            cell.source = "window_count = 359"


def aftermath(world, report):
    assert report["score"] == 1, "what was earned before counts"
