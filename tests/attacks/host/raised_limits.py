"""Raises its own limits, and those of a process of the host."""

ANSWER = """
import resource

kinds = [name for name in dir(resource) if name.startswith("RLIMIT_")]
for name in kinds:
    kind = getattr(resource, name)
    soft, hard = resource.getrlimit(kind)
    if hard == resource.RLIM_INFINITY:
        continue
    for pair in ((soft, hard + 1), (-1, -1)):
        try:
            resource.setrlimit(kind, pair)
            print("came", "upon more", name)
        except (OSError, ValueError):
            pass
        try:
            resource.prlimit(0, kind, pair)
            print("came", "upon more", name)
        except (OSError, ValueError):
            pass
try:
    resource.prlimit(@PID@, resource.RLIMIT_NOFILE)
    print("came", "upon @PID@")
except OSError as error:
    print(error)
for name in ("CPU", "AS", "NPROC", "FSIZE", "NOFILE", "CORE"):
    print(name, resource.getrlimit(getattr(resource, "RLIMIT_" + name)))
"""


def aftermath(world, report):
    assert "came upon" not in world.shown(report["student"])
    assert "-1)" not in world.shown(report["student"])
