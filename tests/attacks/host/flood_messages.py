"""Sends the client thousands of messages that belong to no cell, are no output or are of no known kind."""

STATUS = {"graded", "flagged", "timed out"}
ANSWER = """
import threading, time

shell = get_ipython()
session, socket = shell.kernel.session, shell.kernel.iopub_socket
other = session.msg("execute_request")


def flood():
    for number in range(30_000):
        for kind in ("comm_msg", "status", "stream", "no_such_kind"):
            content = {"name": "stdout", "text": "x" * 200, "execution_state": "busy", "comm_id": "1", "data": {}}
            session.send(socket, kind, content, parent=other, ident=b"flood")


for _ in range(2):
    threading.Thread(target=flood, daemon=True).start()
time.sleep(1)
"""
