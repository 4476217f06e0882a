"""The sandbox as any Jupyter client sees it: kernels start, stop, tell how they ended, keep limits and see nothing."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import nbformat
import pytest
from jupyter_client import BlockingKernelClient, KernelManager
from jupyter_client.kernelspec import KernelSpec
from nbclient import NotebookClient

from autograder.sandbox.bubblewrap import NOBODY, SandboxError, why_unavailable
from autograder.sandbox.forkserver import ForkServer, fork_kernel
from autograder.sandbox.limits import Limits
from autograder.sandbox.provisioner import NAME

REPOSITORY = Path(__file__).parents[2]
LIMITS = Limits()
SPEC = {"argv": [], "display_name": "Student", "language": "python"}

pytestmark = pytest.mark.sandbox


@pytest.fixture(scope="module")
def server() -> Iterator[ForkServer]:
    with ForkServer() as server:
        yield server


class Kernel:
    """A sandboxed kernel, asked for as any Jupyter client asks."""

    def __init__(self, server: ForkServer, limits: Limits, data: list[str]) -> None:
        config = {"server": str(server.address), "limits": asdict(limits), "data": data}
        self.manager = KernelManager()
        self.manager._kernel_spec = KernelSpec(
            **SPEC, metadata={"kernel_provisioner": {"provisioner_name": NAME, "config": config}}
        )
        self.manager.start_kernel()
        self.provisioner: Any = self.manager.provisioner
        self.client: BlockingKernelClient = self.manager.blocking_client()
        self.client.start_channels(stdin=False, hb=False, control=False)
        self.client.wait_for_ready(timeout=20)

    def run(self, source: str) -> str:
        """What a cell prints, or the name of its error."""
        return self.outcome(self.client.execute(source))

    def outcome(self, cell: str, seconds: float = 20) -> str:
        printed = ""
        while True:
            message = self.client.get_iopub_msg(timeout=seconds)
            if message["parent_header"].get("msg_id") != cell:
                continue
            content = message["content"]
            if message["msg_type"] == "stream":
                printed += content["text"]
            elif message["msg_type"] == "error":
                printed += content["ename"]
            elif message["msg_type"] == "status" and content["execution_state"] == "idle":
                return printed.strip()

    def value(self, source: str) -> Any:
        """The value of an expression, by way of JSON."""
        return json.loads(self.run(f"import json\nprint(json.dumps({source}))"))

    def ended(self, seconds: float = 10) -> Any:
        """How it ended by itself."""
        deadline = time.monotonic() + seconds
        while self.manager.is_alive():
            assert time.monotonic() < deadline, "the kernel did not end"
            time.sleep(0.02)
        return self.provisioner.ending

    def close(self) -> None:
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)
        self.manager.context.destroy(linger=0)


@contextlib.contextmanager
def kernel(server: ForkServer, limits: Limits = LIMITS, data: list[str] | None = None) -> Iterator[Kernel]:
    made = Kernel(server, limits, data or [])
    try:
        yield made
    finally:
        made.close()


@pytest.fixture
def ordinary(server: ForkServer) -> Iterator[Kernel]:
    with kernel(server) as made:
        yield made


def test_a_kernel_runs_cells_and_keeps_its_names(ordinary: Kernel) -> None:
    assert ordinary.run("import torch\na = torch.arange(3).sum().item()") == ""
    assert ordinary.run("print(a)") == "3"
    assert ordinary.run("1 / 0") == "ZeroDivisionError"


def test_an_interrupt_stops_a_cell_and_not_the_kernel(ordinary: Kernel) -> None:
    cell = ordinary.client.execute("import time\nprint('here', flush=True)\ntime.sleep(60)")
    while ordinary.client.get_iopub_msg(timeout=20)["msg_type"] != "stream":
        pass
    ordinary.manager.interrupt_kernel()
    assert ordinary.outcome(cell) == "KeyboardInterrupt"
    assert ordinary.run("print('alive')") == "alive"


def test_an_interrupt_between_cells_changes_nothing(ordinary: Kernel) -> None:
    ordinary.manager.interrupt_kernel()
    assert ordinary.run("print('alive')") == "alive"


def test_a_killed_kernel_reports_what_it_used(server: ForkServer) -> None:
    with kernel(server) as made:
        made.run("x = bytearray(100 << 20)\nsum(range(10_000_000))")
        time.sleep(0.3)  # the watch looks now and then
        assert made.manager.is_alive()
        made.manager.shutdown_kernel(now=True)
        ending = made.provisioner.ending
        assert not made.manager.is_alive()
        assert (ending.exit, ending.killed) == (-signal.SIGKILL, "")
        assert ending.peak_mb > 150
        assert 0.05 < ending.cpu_seconds < 5


@pytest.mark.parametrize("code", [0, 3])
def test_an_exit_is_reported(server: ForkServer, code: int) -> None:
    with kernel(server) as made:
        made.client.execute(f"import os\nos._exit({code})")
        assert (made.ended().exit, made.ended().killed) == (code, "")


def test_a_crash_is_reported(server: ForkServer) -> None:
    with kernel(server) as made:
        made.client.execute("import ctypes\nctypes.string_at(0)")
        assert made.ended().exit == -signal.SIGSEGV


def test_two_kernels_are_strangers(server: ForkServer) -> None:
    with kernel(server) as one, kernel(server) as other:
        one.run("open('/tmp/note', 'w').write('x')\nopen('note', 'w').write('x')\nname = 1")
        assert one.value("[*map(__import__('os').path.exists, ['/tmp/note', 'note'])]") == [True, True]
        assert other.value("[*map(__import__('os').path.exists, ['/tmp/note', 'note'])]") == [False, False]
        assert other.run("name") == "NameError"


_SLEEPER = "T(target=__import__('time').sleep, args=[1])"
GREEDY = {
    "memory_mb": (64, "x = bytearray(200 << 20)", "MemoryError"),
    "processes": (12, f"from threading import Thread as T\nfor _ in range(40): {_SLEEPER}.start()", "RuntimeError"),
    "file_mb": (1, "n = open('big', 'wb').write(b'x' * (2 << 20))", "OSError"),
    "disk_mb": (4, "for n in range(8): open(f'{n}', 'wb').write(b'x' * (1 << 20))", "OSError"),
    "open_files": (96, "files = [open('/dev/null') for _ in range(200)]", "OSError"),
}


@pytest.mark.parametrize("name", GREEDY)
def test_a_limit_holds_and_zero_switches_it_off(server: ForkServer, name: str) -> None:
    amount, source, error = GREEDY[name]
    with kernel(server, replace(LIMITS, **{name: amount})) as made:
        assert error in made.run(source)
        assert made.run("print('alive')") == "alive"
    with kernel(server, replace(LIMITS, **{name: 0})) as made:
        assert made.run(source) == ""


def test_children_count_towards_memory(server: ForkServer) -> None:
    child = "x = bytearray(b'x') * (80 << 20)\n    time.sleep(20)\n    os._exit(0)"
    source = f"import os, time\nif os.fork() == 0:\n    {child}\n"
    with kernel(server, replace(LIMITS, memory_mb=200)) as made:
        made.client.execute(source * 4 + "time.sleep(20)")
        assert made.ended().killed == "memory"


def test_children_count_towards_processor_time(server: ForkServer) -> None:
    source = "import os\nfor _ in range(3):\n    if os.fork() == 0:\n        while True: pass\nos.wait()"
    with kernel(server, replace(LIMITS, cpu_seconds=1)) as made:
        made.client.execute(source)
        assert made.ended(20).killed == "cpu"


def test_a_busy_loop_ends_for_its_processor_time(server: ForkServer) -> None:
    with kernel(server, replace(LIMITS, cpu_seconds=1)) as made:
        made.client.execute("while True: pass")
        assert made.ended(20).killed == "cpu"
    with kernel(server, replace(LIMITS, cpu_seconds=0)) as made:
        assert made.run("import time\nwhile time.process_time() < 1.5: pass\nprint('done')") == "done"


def test_a_kernel_sees_a_bare_system(ordinary: Kernel) -> None:
    ordinary.run("import os, pwd, socket")
    top = set(ordinary.value("os.listdir('/')"))
    folders = {REPOSITORY.parts[1], Path(sys.base_prefix).resolve().parts[1], Path(sys.prefix).parts[1]}
    system = {"bin", "dev", "etc", "home", "lib", "lib32", "lib64", "private", "proc", "sbin", "tmp", "usr", "var"}
    assert top <= system | folders
    assert ordinary.value("os.listdir('/proc')") == []
    assert ordinary.value("os.listdir('/home')") == ["student"]
    assert ordinary.value("[name for name in os.listdir() if name != '.ipython']") == []
    assert ordinary.value("[os.getpid(), os.getuid(), os.getgid(), os.getppid()]") == [1, 1000, 1000, 0]
    assert ordinary.value("socket.gethostname()") == "sandbox"
    assert ordinary.value("[name for _, name in socket.if_nameindex()]") == ["lo"]
    assert ordinary.value("socket.socket().connect_ex(('127.0.0.1', 9))") != 0


def test_a_kernel_sees_no_environment_of_its_caller(server: ForkServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORWARD_PASS_SECRET", "x")
    with ForkServer() as fresh, kernel(fresh) as made:
        names = set(made.value("dict(__import__('os').environ)"))
    own = {"FORWARD_PASS_DATA", "FORWARD_PASS_FOLDERS", "FORWARD_PASS_FONTS"}
    assert {name for name in names if name.startswith(("FORWARD_PASS", "JUPYTER", "SSH", "USER", "LOGNAME"))} <= own


def test_a_kernel_sees_the_data_of_its_lesson_only(server: ForkServer) -> None:
    folder = "__import__('pathlib').Path(__import__('os').environ['FORWARD_PASS_DATA'])"
    listing = f"{{path.name: [one.name for one in path.iterdir()] for path in {folder}.glob('*/')}}"
    with kernel(server, data=["house_prices"]) as made:
        seen = made.value(listing)
        assert "house_prices.csv" in seen.pop("house_prices")
        assert not any(seen.values())
        assert made.run("from forwardpass import data\nprint(data.house_prices().X.shape)") == "(1800, 8)"
    with kernel(server, data=[]) as made:
        assert not any(made.value(listing).values())
        assert made.run("data = __import__('forwardpass').data.house_prices()") != ""


def test_a_kernel_sees_scikit_learns_data_only_where_its_lesson_loads_them(server: ForkServer) -> None:
    digits = "__import__('forwardpass.data').data.digits().labels.shape"
    files = (
        "sorted(p.name for f in __import__('forwardpass.data').data.files.scikit_learn_folders() for p in f.iterdir())"
    )
    with kernel(server, data=["digits"]) as made:
        assert made.value(digits) == [1797]
        assert "digits.csv.gz" in made.value(files)
    with kernel(server, data=["house_prices", "mnist"]) as made:
        assert made.value(files) == []
        assert made.run(digits) == "ImportError"


def test_sockets_are_given_back(server: ForkServer) -> None:
    with kernel(server):
        assert len(list(server.folder.iterdir())) > 1
    assert [path.name for path in server.folder.iterdir()] == ["fork"]


def test_kernels_end_with_their_server() -> None:
    server = ForkServer()
    server.wait_until_ready()
    made = fork_kernel(server.address, str(server.folder / "k"), "key", LIMITS, [])
    made.wait_until_ready(20)
    assert made.poll() is None
    server.close()
    assert made.wait(5) is not None
    made.close()
    assert not server.folder.exists()


def test_a_kernel_ends_when_nobody_asks_for_it_any_more(server: ForkServer) -> None:
    before = processes()
    made = fork_kernel(server.address, str(server.folder / "left"), "key", LIMITS, [])
    made.wait_until_ready(20)
    assert processes() - before
    made.close()
    deadline = time.monotonic() + 5
    while (left := processes() - before) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not left


def processes() -> set[str]:
    """Processes that are forks of a server."""
    marker = b"autograder.sandbox.inside.server"
    found = set()
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            if marker in path.read_bytes():
                found.add(path.parent.name)
    return found


def test_a_data_set_that_does_not_exist_is_no_harm(server: ForkServer) -> None:
    with kernel(server, data=["no_such_data"]) as made:
        assert made.run("print(1)") == "1"


def test_without_bubblewrap_it_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "apt install bubblewrap" in why_unavailable()
    with pytest.raises(SandboxError, match="bubblewrap is not installed"):
        ForkServer()


def test_a_server_that_does_not_start_says_why(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    broken = tmp_path / "bwrap"
    broken.write_text("#!/bin/sh\necho no luck today >&2\nexit 1\n")
    broken.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    with ForkServer() as server, pytest.raises(SandboxError, match="no luck today"):
        server.wait_until_ready()
    assert "no luck today" in why_unavailable()


ANYBODY = """
import os
from autograder.sandbox.bubblewrap import why_unavailable
from autograder.sandbox.forkserver import ForkServer, fork_kernel
from autograder.sandbox.limits import Limits

assert os.getuid() != 0
if why := why_unavailable():
    raise SystemExit("unavailable: " + why)
with ForkServer() as server:
    kernel = fork_kernel(server.address, str(server.folder / "k"), "key", Limits(), [])
    kernel.wait_until_ready(20)
    print("ready")
    kernel.close()
"""


# shows this Python to another user, even where it lies in the home of root; only the script and what it starts see that
SHOWN = """
set -e
mount --bind "$1" /mnt
mount -t tmpfs -o mode=755 none "$2"
mkdir -p "$1"
mount --move /mnt "$1"
shift 2
exec "$@"
"""


@pytest.mark.skipif(os.getuid() != 0, reason="the other tests run as an ordinary user already")
@pytest.mark.skipif(not shutil.which("setpriv") or not shutil.which("unshare"), reason="needs setpriv and unshare")
def test_an_ordinary_user_can_use_it_too() -> None:
    base = Path(sys.base_prefix)
    home = str(Path(*base.parts[:2]))
    command = ["setpriv", "--reuid", str(NOBODY), "--regid", str(NOBODY), "--clear-groups", sys.executable, "-c"]
    if not base.is_relative_to("/usr") and not REPOSITORY.is_relative_to(home):
        command = ["unshare", "-m", "sh", "-c", SHOWN, "sh", str(base), home, *command]
    clean = {"PATH": os.environ["PATH"], "HOME": "/tmp", "PYTHONPATH": str(REPOSITORY)}
    prefix = "import sys, torch; print(sys.base_prefix)"
    if subprocess.run([*command, prefix], env=clean, capture_output=True, text=True).stdout.strip() != sys.base_prefix:
        pytest.skip("another user can't read this Python or its packages")
    done = subprocess.run([*command, ANYBODY], env=clean, capture_output=True, text=True, timeout=100)
    if "unprivileged user namespaces are switched off" in done.stderr:
        pytest.skip(done.stderr)
    assert (done.stdout.split(), done.returncode) == (["ready"], 0), done.stderr


def test_stock_nbclient_runs_a_notebook_in_it(
    server: ForkServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "kernels" / "forward-pass"
    folder.mkdir(parents=True)
    config = {"server": str(server.address)}
    metadata = {"kernel_provisioner": {"provisioner_name": NAME, "config": config}}
    (folder / "kernel.json").write_text(json.dumps({**SPEC, "metadata": metadata}))
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    source = "import os, socket\nprint(os.getpid(), os.listdir('/proc'), socket.gethostname())"
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source), nbformat.v4.new_code_cell("1 + 1")])
    NotebookClient(notebook, kernel_name="forward-pass", timeout=30).execute()
    assert notebook.cells[0].outputs[0].text == "1 [] sandbox\n"
    assert notebook.cells[1].outputs[0].data["text/plain"] == "2"
