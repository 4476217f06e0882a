"""Messages of every kind whose contents are of types that no kernel sends, each from a cell of its own."""

KINDS = (
    "stream",
    "display_data",
    "execute_result",
    "error",
    "status",
    "execute_input",
    "clear_output",
    "update_display_data",
)
CONTENTS = (
    {},
    {"name": 5, "text": []},
    {"name": "stdout", "text": {"a": 1}},
    {"data": [], "metadata": 5, "execution_count": {}, "transient": 5},
    {"data": {"text/plain": None, "image/png": [1]}, "metadata": {}, "execution_count": "5"},
    {"ename": 1, "evalue": {}, "traceback": "no list"},
    {"ename": "CheckFailed", "evalue": "5", "traceback": [5, None]},
    {"execution_state": []},
)
SEND = (
    "kernel = get_ipython().kernel\nkernel.session.send(kernel.iopub_socket, {!r}, {!r}, parent=kernel.get_parent());"
)


def change(notebook, folder):
    for kind in KINDS:
        for content in CONTENTS:
            notebook.cells.append({"cell_type": "code", "metadata": {}, "source": SEND.format(kind, content)})
