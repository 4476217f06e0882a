"""Lists, numbers and texts in place of a message's four parts, signed as they should be."""

FIRST = """
import json


def send(part, odd):
    kernel = get_ipython().kernel
    parent = json.dumps(kernel.get_parent()["header"], default=str).encode()
    header = json.dumps({**kernel.session.msg_header("stream"), "date": "never"}, default=str).encode()
    parts = [header, parent, b"{}", b'{"name": "stdout", "text": "x"}']
    parts[part] = odd
    kernel.iopub_socket.send_multipart([b"stream", b"<IDS|MSG>", kernel.session.sign(parts), *parts])


print("applied")
"""
ODD = (b"[]", b"5", b"null", b'"x"', b"{}", b'{"msg_type": 5}', b'{"msg_id": [], "date": {}}', b'{"msg_type": "x"}')


def change(notebook, folder):
    for part in range(4):
        for odd in ODD:
            notebook.cells.append({"cell_type": "code", "metadata": {}, "source": f"send({part}, {odd})"})
