"""One display whose data are nested as deep as one who reads them can bear, and one who writes them perhaps not."""

DEPTHS = (150, 230, 310, 390, 440, 470)
FIRST = "\n".join(
    [
        "import json",
        "kernel = get_ipython().kernel",
        "def show(depth, opened, closed):",
        "    parent = json.dumps(kernel.get_parent()['header'], default=str).encode()",
        "    header = json.dumps(kernel.session.msg_header('display_data'), default=str).encode()",
        "    deep = opened * depth + '5' + closed * depth",
        '    content = \'{"data": {"application/json": %s}, "metadata": {}}\' % deep',
        "    parts = [header, parent, b'{}', content.encode()]",
        "    kernel.iopub_socket.send_multipart([b'display_data', b'<IDS|MSG>', kernel.session.sign(parts), *parts])",
    ]
)


def change(notebook, folder):
    for depth in DEPTHS:
        for marks in ("'[', ']'", "'{\"a\": ', '}'"):
            cell = {"cell_type": "code", "id": f"d{depth}-{len(notebook.cells)}", "metadata": {}, "outputs": []}
            notebook.cells.append({**cell, "source": f"show({depth}, {marks})"})
