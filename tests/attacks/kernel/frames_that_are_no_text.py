"""Messages that are no UTF-8, no JSON, too short, empty, or have no delimiter, each from a cell of its own."""

SIGNED = "kernel = get_ipython().kernel\nparts = {}\nkernel.iopub_socket.send_multipart({})"
WHOLE = '[b"stream", b"<IDS|MSG>", kernel.session.sign(parts), *parts]'
PARTS = ([b"\xff\xfe"] * 4, [b"\xed\xa0\x80"] * 4, [b"{"] * 4, [b""] * 4, [b"{}"] * 2, [], [b"NaN"] * 4, [b"{}"] * 40)


def change(notebook, folder):
    sources = [SIGNED.format(parts, WHOLE) for parts in PARTS]
    sources += [SIGNED.format(parts, "parts") for parts in ([b"no delimiter"], [b"", b""], [b"<IDS|MSG>"], [b"x"] * 9)]
    notebook.cells += [{"cell_type": "code", "metadata": {}, "source": source} for source in sources]
