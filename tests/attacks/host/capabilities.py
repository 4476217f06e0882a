"""Takes back the rights that it gave up: user, groups, capabilities, and the flags that guard them."""

ANSWER = """
import ctypes, os, struct

libc = ctypes.CDLL(None, use_errno=True)
for name, arguments in (("setuid", (0,)), ("setgid", (0,)), ("setresuid", (0, 0, 0)), ("seteuid", (65534,)),
                        ("setgroups", ([0],)), ("initgroups", ("root", 0))):
    try:
        getattr(os, name)(*arguments)
        print("came", "upon", name)
    except OSError as error:
        print(name, error)
for version in (0x19980330, 0x20071026, 0x20080522):
    header = struct.pack("Ii", version, 0)
    if libc.capset(header, struct.pack("6I", *[0xFFFFFFFF] * 6)) == 0:
        print("came", "upon all capabilities")
    held = ctypes.create_string_buffer(24)
    if libc.capget(header, held) == 0 and any(held.raw):
        print("came", "upon some capabilities", held.raw)
KEEP_CAPS, SECUREBITS, SECCOMP, NO_NEW_PRIVS, AMBIENT = 8, 28, 22, 38, 47
for capability in range(41):
    if libc.prctl(24, capability, 0, 0, 0) == 0 or libc.prctl(23, capability, 0, 0, 0) == 1:
        print("came", "upon capability", capability)
    if libc.prctl(AMBIENT, 2, capability, 0, 0) == 0:
        print("came", "upon ambient capability", capability)
if libc.prctl(NO_NEW_PRIVS, 0, 0, 0, 0) == 0 or libc.prctl(39, 0, 0, 0, 0) != 1:
    print("came", "upon new rights")
if libc.prctl(SECCOMP, 0, 0, 0, 0) == 0 or libc.prctl(21, 0, 0, 0, 0) == 0 or libc.prctl(SECUREBITS, 0, 0, 0, 0) == 0:
    print("came", "upon a way round the filter")
"""


def aftermath(world, report):
    assert "came upon" not in world.shown(report["student"])
