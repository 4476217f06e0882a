"""Linux namespaces, mounts and rights of a forked kernel, through the C library."""

import ctypes
import os
import platform
import signal
import socket
import struct

NEWNS, NEWCGROUP, NEWUTS, NEWIPC = 0x00020000, 0x02000000, 0x04000000, 0x08000000
NEWUSER, NEWPID, NEWNET = 0x10000000, 0x20000000, 0x40000000
STUDENT = 1000

_RDONLY, _NOSUID, _NODEV, _BIND, _REC, _PRIVATE = 1, 2, 4, 4096, 16384, 1 << 18
_PDEATHSIG, _SET_DUMPABLE, _SET_SECCOMP, _CAPBSET_DROP, _NO_NEW_PRIVS, _CAP_AMBIENT = 1, 4, 22, 24, 38, 47
_AMBIENT_CLEAR_ALL = 4
_LAST_CAPABILITY = 63
_CAPABILITY_VERSION_3 = 0x20080522

_libc = ctypes.CDLL(None, use_errno=True)


def leave(uid: int, gid: int) -> None:
    """Puts this process into new user, network, ipc and host name namespaces, and its next child into a new pid one.

    uid and gid are its own outside. Inside it is STUDENT, with all rights over the new namespaces until it drops them.
    """
    _call("unshare", NEWUSER | NEWPID | NEWNET | NEWIPC | NEWUTS | NEWCGROUP)
    _write("/proc/self/setgroups", "deny")
    _write("/proc/self/uid_map", f"{STUDENT} {uid} 1")
    _write("/proc/self/gid_map", f"{STUDENT} {gid} 1")


def own_mounts() -> None:
    """Gives this process mounts of its own, whose changes nobody else sees."""
    _call("unshare", NEWNS)
    _mount("none", "/", "none", _REC | _PRIVATE)


def mount_memory(path: str, megabytes: int) -> None:
    """An empty folder in memory that holds at most so many megabytes and 10 000 files."""
    _mount("tmpfs", path, "tmpfs", _NOSUID | _NODEV, f"size={megabytes}m,nr_inodes=10k,mode=1777")


def cover(path: str) -> None:
    """Hides a folder behind an empty one that can't be written."""
    _mount("tmpfs", path, "tmpfs", _NOSUID | _NODEV | _RDONLY, "size=4k,mode=0555")


def own_terminals() -> None:
    """Terminals that no other kernel can open; what comes by /dev/ptmx is among them."""
    _mount("devpts", "/dev/pts", "devpts", _NOSUID, "newinstance,ptmxmode=0666,mode=0620")


def bind(source: str, path: str) -> None:
    """Shows a folder at another place too, with what is mounted in it."""
    _mount(source, path, "none", _BIND | _REC)


def drop_rights() -> None:
    """Gives up every right over the namespaces, for good and for all that this process starts."""
    _prctl(_PDEATHSIG, signal.SIGKILL)
    _prctl(_CAP_AMBIENT, _AMBIENT_CLEAR_ALL)
    for capability in range(_LAST_CAPABILITY + 1):
        _libc.prctl(_CAPBSET_DROP, capability, 0, 0, 0)  # the kernel refuses those that it does not know
    header = struct.pack("Ii", _CAPABILITY_VERSION_3, 0)
    _call("capset", header, bytes(24))
    _prctl(_NO_NEW_PRIVS, 1)
    _forbid_system_calls()
    _prctl(_SET_DUMPABLE, 0)


def become(uid: int, gid: int) -> None:
    """Changes user for good."""
    os.setgroups([])
    os.setresgid(gid, gid, gid)
    os.setresuid(uid, uid, uid)
    _prctl(_SET_DUMPABLE, 1)  # without it the files in /proc by which it maps users belong to root


# System calls that no lesson needs and that have been ways out, or ways to memory that nothing counts: numbers for
# x86_64 and for arm64; None where there is no such call.
_FORBIDDEN: dict[str, tuple[int | None, int | None]] = {
    "unshare": (272, 97),
    "setns": (308, 268),
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "open_tree": (428, 428),
    "move_mount": (429, 429),
    "fsopen": (430, 430),
    "mount_setattr": (442, 442),
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "pidfd_getfd": (438, 438),
    "kcmp": (312, 272),
    "open_by_handle_at": (304, 265),
    "syslog": (103, 116),
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    "keyctl": (250, 219),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "shmget": (29, 194),
    "msgget": (68, 186),
    "semget": (64, 190),
    "memfd_create": (319, 279),
    "memfd_secret": (447, 447),
    "inotify_init": (253, None),
    "inotify_init1": (294, 26),
    "fanotify_init": (300, 262),
    "kexec_load": (246, 104),
    "personality": (135, 92),
}
_ARCHITECTURES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}
_CLONE = (56, 220)
_MMAP = (9, 222)
_SHARED_ANONYMOUS = 0x21
_SOCKET = (41, 198)
_FAMILIES = (socket.AF_UNIX, socket.AF_INET, socket.AF_INET6, 16)  # 16: netlink; others do not know network namespaces
_CLONE3 = 435
_ALLOW, _ERRNO, _KILL = 0x7FFF0000, 0x00050000, 0x80000000
_LOAD, _IF_EQUAL, _IF_AT_LEAST, _IF_ANY_BIT, _AND, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x54, 0x06
_X32 = 0x40000000
_FIRST_ARGUMENT, _FOURTH_ARGUMENT = 16, 40  # offsets, as that of the number is 0 and of the architecture 4
_EPERM, _ENOSYS, _EAFNOSUPPORT = 1, 38, 97


def _forbid_system_calls() -> None:
    program = _filter_program()
    if program:
        code = ctypes.create_string_buffer(program)
        fprog = struct.pack("HxxxxxxP", len(program) // 8, ctypes.addressof(code))
        buffer = ctypes.create_string_buffer(fprog)
        _prctl(_SET_SECCOMP, 2, ctypes.addressof(buffer))


def _filter_program() -> bytes:
    """A classic BPF program over the system call's number, architecture and flags; nothing for an unknown machine."""
    if platform.machine() not in _ARCHITECTURES:
        return b""
    column, architecture = _ARCHITECTURES[platform.machine()]
    numbers = [number for pair in _FORBIDDEN.values() if (number := pair[column]) is not None]
    rules = [(_LOAD, 0, 0, 4), (_IF_EQUAL, 1, 0, architecture), (_RETURN, 0, 0, _KILL), (_LOAD, 0, 0, 0)]
    rules += [(_IF_AT_LEAST, 0, 1, _X32), (_RETURN, 0, 0, _ERRNO | _ENOSYS)]
    for number in numbers:
        rules += [(_IF_EQUAL, 0, 1, number), (_RETURN, 0, 0, _ERRNO | _EPERM)]
    rules += [(_IF_EQUAL, 0, 1, _CLONE3), (_RETURN, 0, 0, _ERRNO | _ENOSYS)]  # its flags can't be read; libc falls back
    rules += _only_harmless_sockets(_SOCKET[column])
    rules += _no_shared_memory_without_a_file(_MMAP[column])
    namespaces = NEWUSER | NEWNS | NEWPID | NEWNET | NEWIPC | NEWUTS | NEWCGROUP
    rules += [(_IF_EQUAL, 0, 3, _CLONE[column]), (_LOAD, 0, 0, _FIRST_ARGUMENT), (_IF_ANY_BIT, 0, 1, namespaces)]
    rules += [(_RETURN, 0, 0, _ERRNO | _EPERM), (_RETURN, 0, 0, _ALLOW)]
    return b"".join(struct.pack("HBBI", *rule) for rule in rules)


def _only_harmless_sockets(number: int) -> list[tuple[int, int, int, int]]:
    allowed = [(_IF_EQUAL, len(_FAMILIES) - at, 0, family) for at, family in enumerate(_FAMILIES)]
    inner = [(_LOAD, 0, 0, _FIRST_ARGUMENT), *allowed, (_RETURN, 0, 0, _ERRNO | _EAFNOSUPPORT), (_LOAD, 0, 0, 0)]
    return [(_IF_EQUAL, 0, len(inner), number), *inner]


def _no_shared_memory_without_a_file(number: int) -> list[tuple[int, int, int, int]]:
    """It would stay when the process that filled it has unmapped it, and be nobody's."""
    load = [(_LOAD, 0, 0, _FOURTH_ARGUMENT), (_AND, 0, 0, _SHARED_ANONYMOUS)]
    inner = [*load, (_IF_EQUAL, 0, 1, _SHARED_ANONYMOUS), (_RETURN, 0, 0, _ERRNO | _EPERM), (_LOAD, 0, 0, 0)]
    return [(_IF_EQUAL, 0, len(inner), number), *inner]


def _mount(source: str, path: str, kind: str, flags: int, options: str = "") -> None:
    _call("mount", source.encode(), path.encode(), kind.encode(), ctypes.c_ulong(flags), options.encode() or None)


def _prctl(option: int, *arguments: int) -> None:
    padded = [ctypes.c_ulong(argument) for argument in (*arguments, 0, 0, 0, 0)[:4]]
    _call("prctl", option, *padded)


def _call(name: str, *arguments: object) -> None:
    if getattr(_libc, name)(*arguments) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}{arguments}: {os.strerror(number)}")


def _write(path: str, text: str) -> None:
    with open(path, "w") as file:
        file.write(text)
