"""Has the system write its memory to disk by a crash, after raising every limit that forbids it."""

STATUS = {"graded", "died"}
ANSWER = """
import ctypes, os, resource, subprocess, sys

try:
    resource.setrlimit(resource.RLIMIT_CORE, (-1, -1))
    print("came", "upon core dumps")
except (OSError, ValueError) as error:
    print(error)
ctypes.CDLL(None).prctl(4, 1, 0, 0, 0)
print(subprocess.run([sys.executable, "-S", "-c", "import os; os.abort()"]).returncode)
if os.fork() == 0:
    os.abort()
os.wait()
print([("came " + "upon", name) for folder in (".", "/tmp", "/") for name in os.listdir(folder) if "core" in name])
try:
    os.close(os.open("/proc/sys/kernel/core_pattern", os.O_WRONLY))
    print("came", "upon the pattern")
except OSError as error:
    print(error)
os.abort()
"""


def aftermath(world, report):
    assert "came upon" not in world.shown(report["student"])
