"""Messages with a wrong signature, with none, and with one that was used before, each from a cell of its own."""

SEND = """
kernel = get_ipython().kernel
parts = [b'{"msg_type": "stream", "msg_id": "1"}', b"{}", b"{}", b"{}"]
right = kernel.session.sign(parts)
kernel.iopub_socket.send_multipart([b"stream", b"<IDS|MSG>", SIGNATURE, *parts])
"""


def change(notebook, folder):
    for signature in ('b"0" * 64', 'b""', "right", "right", 'b"\\xff" * 1000'):
        source = SEND.replace("SIGNATURE", signature)
        notebook.cells.append({"cell_type": "code", "metadata": {}, "source": source})
