"""Outputs with halves of characters, which pass through JSON and can't be written to a file."""

ANSWER = """
import json


def moving_average(x, k):
    return x


kernel = get_ipython().kernel
kernel.session.pack = lambda thing: json.dumps(thing, default=str).encode()
half = chr(0xD800)
outputs = {
    "stream": {"name": "stdout", "text": "applied " + half},
    "display_data": {"data": {"text/plain": half, half: half}, "metadata": {half: half}},
    "execute_result": {"data": {"application/json": [half]}, "metadata": {}, "execution_count": 1},
    "error": {"ename": half, "evalue": half, "traceback": [half]},
}
for kind, content in outputs.items():
    kernel.session.send(kernel.iopub_socket, kind, content, parent=kernel.get_parent())
"""
