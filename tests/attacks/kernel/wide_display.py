"""A display of a hundred thousand empty lists, nested a hundred deep, which count little and take much when written."""

ANSWER = """
import json


def moving_average(x, k):
    return x


kernel = get_ipython().kernel
parent = json.dumps(kernel.get_parent()["header"], default=str).encode()
header = json.dumps(kernel.session.msg_header("display_data"), default=str).encode()
wide = "[" * 100 + ",".join(["[]"] * 100_000) + "]" * 100
parts = [header, parent, b"{}", ('{"data": {"application/json": %s}, "metadata": {}}' % wide).encode()]
kernel.iopub_socket.send_multipart([b"display_data", b"<IDS|MSG>", kernel.session.sign(parts), *parts])
print("applied")
"""


def aftermath(world, report):
    path = world.classroom.autograded / report["student"] / report["lesson"] / f"{report['lesson']}.ipynb"
    assert path.stat().st_size < 5_000_000
