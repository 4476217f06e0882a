"""Reads the environment variables of its own process, of its parents, and those left in memory."""

ANSWER = """
import ctypes, gc, glob, os, subprocess

print(os.environ.get("FORWARD_PASS_CANARY"), sorted(os.environ))
print(subprocess.run(["env"], capture_output=True, text=True).stdout)
environ = ctypes.POINTER(ctypes.c_char_p).in_dll(ctypes.CDLL(None), "environ")
for i in range(200):
    if not environ[i]:
        break
    print(environ[i])
for path in glob.glob("/proc/*/environ") + glob.glob("/proc/*/task/*/environ"):
    try:
        print([one for one in open(path, "rb").read().split(b"\\0") if b"CANARY" in one])
    except OSError as error:
        print(error)
for thing in gc.get_objects(generation=None):
    if type(thing) is dict and "FORWARD_PASS_CANARY" in thing:
        print(thing["FORWARD_PASS_CANARY"])
"""


def aftermath(world, report):
    names = ("FORWARD_PASS_CANARY", "JUPYTER", "SSH_", "USER", "LOGNAME", "SUDO", "PYTEST")
    shown = world.shown(report["student"])
    assert "PYTHONPATH" in shown
    assert not [name for name in names if f"'{name}" in shown]
