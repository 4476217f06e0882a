"""The sandbox around the fork server: what of this machine is in it, as a command line of bubblewrap."""

import os
import shutil
import site
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

NOBODY = 65534
INSIDE = Path(__file__).parent / "inside"
# found, not imported: grading starts with this module
LIBRARY = Path(str(getattr(find_spec("forwardpass"), "origin", ""))).parent
DATA = LIBRARY.resolve().parent / "data"
_SYSTEM = ("/usr", "/etc/ld.so.cache", "/etc/alternatives", "/etc/localtime", "/etc/fonts")
_LINKS = ("/bin", "/lib", "/lib32", "/lib64", "/sbin")
_EMPTY = ("/home/student", "/private")
_NO_ZEROS = ("--dev-bind", "/dev/null", "/dev/zero")  # a shared mapping of zeros is memory that nothing counts
_FONTS = "/var/cache/fonts"


class SandboxError(Exception):
    """No sandbox can be made here; the text says why and what to do."""


def command(program: list[str]) -> list[str]:
    """`program` inside a sandbox: no network, a read-only system, nothing of anyone's home, no environment."""
    bwrap = shutil.which("bwrap")
    if bwrap is None:
        raise SandboxError("bubblewrap is not installed: 'apt install bubblewrap' or 'dnf install bubblewrap'")
    return [bwrap, *_namespaces(), *_files(), *_environment(), "--chdir", "/", *program]


def why_unavailable() -> str:
    """Why no student kernel can be sandboxed on this machine, in a sentence; empty if it can."""
    if sys.platform != "linux":
        return f"bubblewrap and Linux namespaces are needed, and this is {sys.platform}"
    as_nobody = f"n.become({NOBODY}, {NOBODY}); " if os.getuid() == 0 else ""
    nested = "import os; from autograder.sandbox.inside import namespaces as n; "
    nested += f"{as_nobody}n.leave(os.getuid(), os.getgid())"
    try:
        done = subprocess.run(command([sys.executable, "-c", nested]), capture_output=True, text=True, timeout=30)
    except (SandboxError, OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    return "" if done.returncode == 0 else _explained(done.stderr.strip())


def _explained(error: str) -> str:
    last = error.splitlines()[-1] if error else "bubblewrap ended without a word"
    if "ermission" in error or "not permitted" in error:
        return (
            f"unprivileged user namespaces are switched off ({last}): see user.max_user_namespaces, "
            "kernel.unprivileged_userns_clone and kernel.apparmor_restrict_unprivileged_userns in 'autograder doctor'"
        )
    return last


def _namespaces() -> list[str]:
    options = ["--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try"]
    options += ["--hostname", "sandbox", "--die-with-parent", "--new-session"]
    if os.getuid() == 0:  # root's processes have no number limit, so the fork server becomes somebody else
        return [*options, "--cap-drop", "ALL", "--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]
    return ["--unshare-user", *options]


def _files() -> list[str]:
    options = [
        part for path in (*_EMPTY, "/etc", _FONTS) for part in (*_open_parents(path), "--perms", "0755", "--dir", path)
    ]
    options += ["--perms", "1777", "--tmpfs", "/tmp"]  # before what may be in it
    for path in _SYSTEM:
        options += ["--ro-bind-try", path, path]
    for path in _LINKS:
        if os.path.islink(path):
            options += ["--symlink", os.readlink(path), path]
        else:
            options += ["--ro-bind-try", path, path]
    for prefix in _python_folders():
        options += [*_open_parents(prefix), "--ro-bind", prefix, prefix]
    options += _packages()
    options += ["--proc", "/proc", "--dev", "/dev", "--dir", "/dev/shm", *_NO_ZEROS, "--remount-ro", "/dev"]
    return [*options, "--remount-ro", "/"]


def _python_folders() -> list[str]:
    """Where this Python and its packages are, but for what /usr holds already."""
    folders = {os.path.realpath(sys.base_prefix), sys.base_prefix, sys.prefix, *site.getsitepackages()}
    outermost = [one for one in folders if not any(_inside(one, other) for other in folders - {one})]
    return sorted(one for one in outermost if not _inside(one, "/usr"))


def _open_parents(path: str) -> list[str]:
    """The folders above, empty but for the way down, and open to whom the fork server becomes."""
    above = [str(folder) for folder in reversed(Path(path).parents) if not _inside(str(folder), "/usr")][1:]
    return [part for folder in above for part in ("--perms", "0755", "--dir", folder)]


def _inside(path: str, folder: str) -> bool:
    return Path(path).is_relative_to(folder)


def _packages() -> list[str]:
    """The library, the data sets and this package's own `inside`, and nothing else of it."""
    library, inside = str(LIBRARY), str(INSIDE)
    package = str(Path(inside).parents[1])
    options = [*_open_parents(library), "--ro-bind", library, library]
    options += ["--tmpfs", package, "--ro-bind", inside, inside, "--remount-ro", package]
    options += ["--ro-bind-try", str(DATA), str(DATA)]
    for found in _matplotlib_cache().glob("fontlist-*.json"):  # without it matplotlib searches for seconds
        options += ["--ro-bind", str(found), f"{_FONTS}/{found.name}"]
    return options


def _matplotlib_cache() -> Path:
    """As `matplotlib.get_cachedir` has it, which would have to be imported."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return Path(os.environ.get("MPLCONFIGDIR") or cache / "matplotlib")


def _environment() -> list[str]:
    search = [str(LIBRARY.parent), str(INSIDE.parents[2])]
    variables = {
        "FORWARD_PASS_DATA": str(DATA),
        "FORWARD_PASS_FOLDERS": os.pathsep.join([*_python_folders(), str(LIBRARY), str(INSIDE), str(DATA)]),
        "FORWARD_PASS_FONTS": _FONTS,
        "HOME": "/home/student",
        "IPYTHONDIR": "/home/student/.ipython",
        "LANG": "C.UTF-8",
        "MKL_NUM_THREADS": "1",
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        "MPLCONFIGDIR": "/tmp/matplotlib",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "PATH": "/usr/bin:/bin",
        "PYDEVD_DISABLE_FILE_VALIDATION": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONPATH": os.pathsep.join(dict.fromkeys(search)),
        "PYTHONUTF8": "1",
        "TMPDIR": "/tmp",
    }
    options = ["--clearenv"]
    for name, value in variables.items():
        options += ["--setenv", name, value]
    return options
