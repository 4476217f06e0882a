"""Displays whose data are nested a hundred, three hundred, nine hundred and a hundred thousand deep."""

ANSWER = """
import json


def moving_average(x, k):
    return x


kernel = get_ipython().kernel
session = kernel.session
parent = json.dumps(kernel.get_parent()["header"], default=str).encode()
header = json.dumps(session.msg_header("display_data"), default=str).encode()
print("applied")
for depth in (100, 200, 300, 400, 450, 900, 100_000):
    for opened, closed in (("[", "]"), ('{"a":', "}")):
        deep = opened * depth + "5" + closed * depth
        content = ('{"data": {"application/json": %s, "text/plain": "deep"}, "metadata": {}}' % deep).encode()
        parts = [header, parent, b"{}", content]
        kernel.iopub_socket.send_multipart([b"display_data", b"<IDS|MSG>", session.sign(parts), *parts])
"""
