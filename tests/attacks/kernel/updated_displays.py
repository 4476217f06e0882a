"""Displays of earlier cells are updated with what is no display, after they were looked at."""

import json

FIRST = """
from IPython.display import display

handle = display("harmless", display_id="mine")
print("applied")
"""
ANSWER = """
def moving_average(x, k):
    return x


kernel = get_ipython().kernel
for data in ("no dict", ["list"], None, {"text/plain": {"deep": [[[[]]]]}}, {"image/png": 5}):
    content = {"data": data, "metadata": data, "transient": {"display_id": "mine"}}
    kernel.session.send(kernel.iopub_socket, "update_display_data", content, parent=kernel.get_parent())
print("applied too")
"""


def aftermath(world, report):
    assert "NotAttempted" in json.dumps(report) or report["exercises"][1]["message"]
    assert "the grader failed" not in report["reason"]
