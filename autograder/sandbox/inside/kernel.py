"""The forked process on its way to being a student's kernel: mounts, limits, rights, then ipykernel."""

import contextlib
import os
import resource
import signal
import socket
import traceback
from pathlib import Path
from typing import Any, NoReturn

import zmq
from ipykernel.kernelapp import IPKernelApp
from tornado.ioloop import IOLoop

from autograder.sandbox.inside import namespaces
from forwardpass.check.observer import Observer
from forwardpass.data.files import SCIKIT_LEARN, scikit_learn_folders

HOME, TEMPORARY, SHARED, PRIVATE = "/home/student", "/tmp", "/dev/shm", "/private"
PORTS = {f"{channel}_port": number for number, channel in enumerate(("shell", "iopub", "stdin", "control", "hb"), 1)}
MB = 2**20
_STDERR = 2
_LATER = 5  # seconds, so that the supervisor sees it first and can say why


def become_kernel(request: dict[str, Any], fds: list[int], ready: int) -> NoReturn:
    """Never returns: when the kernel ends, so does the process, and with it all that it has started.

    fds: the kernel's five listening sockets and the observer's line. ready: where to say 'ready', or what went wrong.
    """
    try:
        os.setsid()  # a signal to its own group must not reach other kernels, in whatever namespace they are
        _enclose(request)
        _close_inherited(keep=[*fds, ready])
        _start_kernel(request, fds, ready)
    except BaseException:
        with contextlib.suppress(OSError):
            os.write(ready, traceback.format_exc(limit=-4).encode()[:4000])
    finally:
        os._exit(0)


def _enclose(request: dict[str, Any]) -> None:
    if request["sandboxed"]:
        _enter_own_world(request)
    else:
        os.chdir(request["folder"])
    _set_limits(request["limits"], request["address_space"])
    if request["sandboxed"]:
        namespaces.drop_rights()


def _enter_own_world(request: dict[str, Any]) -> None:
    namespaces.own_mounts()
    namespaces.mount_memory(PRIVATE, request["limits"]["disk_mb"])
    for path in (HOME, TEMPORARY, SHARED):
        own = f"{PRIVATE}/{path.replace('/', '_')}"
        os.mkdir(own)
        _keep_visible(path, own)
        namespaces.bind(own, path)
    _show_data(request["data"])
    namespaces.own_terminals()
    namespaces.cover("/proc")
    os.chdir(HOME)


def _keep_visible(path: str, own: str) -> None:
    """What Python needs and has in a folder that is about to be hidden: someone may work in /tmp."""
    for folder in os.environ["FORWARD_PASS_FOLDERS"].split(os.pathsep):
        if Path(folder).is_relative_to(path) and os.path.isdir(folder):
            place = own / Path(folder).relative_to(path)
            place.mkdir(parents=True, exist_ok=True)
            namespaces.bind(folder, str(place))


def _show_data(wanted: list[str]) -> None:
    """Hides the data sets of other lessons."""
    folder = Path(os.environ["FORWARD_PASS_DATA"])
    for path in folder.iterdir() if folder.is_dir() else ():
        if path.is_dir() and path.name not in wanted:
            namespaces.cover(str(path))
    if not SCIKIT_LEARN.intersection(wanted):
        for path in scikit_learn_folders():
            namespaces.cover(str(path))


def _set_limits(limits: dict[str, Any], address_space: int) -> None:
    _limit(resource.RLIMIT_CORE, 0, even_zero=True)
    _limit(resource.RLIMIT_NPROC, limits["processes"])
    _limit(resource.RLIMIT_FSIZE, limits["file_mb"] * MB)
    if limits["cpu_seconds"]:
        _limit(resource.RLIMIT_CPU, limits["cpu_seconds"] + _LATER)
    _limit(resource.RLIMIT_NOFILE, limits["open_files"])
    if limits["memory_mb"]:
        _limit(resource.RLIMIT_AS, address_space + limits["memory_mb"] * MB)


def _limit(kind: int, value: int, even_zero: bool = False) -> None:
    if value or even_zero:
        hard = resource.getrlimit(kind)[1]
        value = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(kind, (value, value))


def _close_inherited(keep: list[int]) -> None:
    nothing = os.open(os.devnull, os.O_RDWR)
    for standard in range(_STDERR + 1):
        os.dup2(nothing, standard)
    below = _STDERR + 1
    for fd in sorted(keep):
        os.closerange(below, fd)
        below = fd + 1
    os.closerange(below, os.sysconf("SC_OPEN_MAX"))


def _start_kernel(request: dict[str, Any], fds: list[int], ready: int) -> None:
    *listeners, line = fds
    app: Any = ForkedKernelApp.instance(transport="ipc", ip="/outside/k", **PORTS)
    app.listeners = listeners
    app.capture_fd_output = False
    app.config.HistoryManager.enabled = False
    app.config.Session.key = request["key"].encode()
    app.config.Session.signature_scheme = request["signature_scheme"]
    app.initialize([])
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    observer = Observer(socket.socket(fileno=line), app.kernel.shell.user_ns)
    IOLoop.current().add_handler(observer.fileno(), lambda fd, events: observer.serve(), IOLoop.READ)
    os.write(ready, b"ready")
    os.close(ready)
    app.start()


class ForkedKernelApp(IPKernelApp):
    """ipykernel on sockets that listen already: their paths are outside."""

    listeners: list[int]

    def _bind_socket(self, s: Any, port: int) -> int:
        s.setsockopt(zmq.USE_FD, self.listeners[port - 1])
        s.bind(f"ipc:///outside/k-{port}")
        return port

    def init_heartbeat(self) -> None:
        """No thread: who asked for the kernel watches the process itself."""
        self.heartbeat = None

    def init_connection_file(self) -> None:
        """No file: the ports are known."""

    def write_connection_file(self, **kwargs: Any) -> None:
        """No file."""
