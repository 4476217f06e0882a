"""JupyterLab as `make lab` starts it, on a copy of the course, and a browser in front of it."""

import contextlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SCREENSHOTS = ROOT / "build" / "screenshots"
LESSON = "06_conv_arithmetic"
TOKEN = "student"
PATIENCE = 60_000  # milliseconds: two busy cores start a kernel in ten seconds
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM_ARGS = [
    "--no-sandbox",  # root may not use it
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]
OF_A_READER = ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR", "HOME")
OF_AN_OUTER_MAKE = ("MAKEFLAGS", "MAKELEVEL", "MFLAGS", "MAKEOVERRIDES")


def _give_up(reason):
    if os.environ.get("FORWARD_PASS_REQUIRE_BROWSER"):
        pytest.fail(f"FORWARD_PASS_REQUIRE_BROWSER is set and there is no browser test without it: {reason}")
    pytest.skip(reason)


@pytest.fixture(scope="module")  # while it is open an event loop runs, which other modules' tests would stumble over
def chromium():
    program = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if program is None:
        _give_up(f"none of {', '.join(CHROMIUM)} is on the PATH")
    try:
        from playwright.sync_api import expect, sync_playwright
    except ImportError:
        _give_up("the Python package playwright is not installed")
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=CHROMIUM_ARGS)
        yield browser.new_context(viewport={"width": 1280, "height": 900})
        browser.close()


@pytest.fixture(scope="module")
def expect(chromium):
    return pytest.importorskip("playwright.sync_api").expect


@dataclass(frozen=True)
class Server:
    """A running JupyterLab: its address, the folder that it serves, and what it has printed."""

    url: str
    root: Path
    log: Path

    def address(self, path):
        return f"{self.url}{path}?token={TOKEN}"

    def lesson(self, folder, answers, last=None, name=LESSON):
        """A copy of a lesson, up to the cell `last`, in course/<folder>; `answers` are {cell id: source}."""
        lesson = json.loads((ROOT / "course" / name / f"{name}.ipynb").read_text(encoding="utf-8"))
        ids = [cell["id"] for cell in lesson["cells"]]
        if last:
            del lesson["cells"][ids.index(last) + 1 :]
        for cell in lesson["cells"]:
            cell["source"] = answers.get(cell["id"], cell["source"])
        return self._save(folder, name, lesson)

    def solved_up_to(self, demo, lesson, stand_in=""):
        """A notebook of a lesson's set-up, its solutions and, at its end, one demo.

        stand_in: code in place of an earlier demo that trains what this one shows.
        """
        solution = json.loads((ROOT / "solutions" / lesson / f"{lesson}.ipynb").read_text(encoding="utf-8"))
        last = next(cell for cell in solution["cells"] if cell["id"] == demo)
        before = solution["cells"][: solution["cells"].index(last)]
        trained = {"cell_type": "code", "id": "stand-in", "metadata": {}, "outputs": [], "execution_count": None}
        kept = [cell for cell in before if _is_set_up_or_answer(cell)]
        solution["cells"] = [*kept, {**trained, "source": stand_in}, last]
        return self._save(demo, lesson, solution)

    def _save(self, folder, name, notebook):
        copy = self.root / "course" / folder / f"{name}.ipynb"
        copy.parent.mkdir(parents=True)
        copy.write_text(json.dumps(notebook), encoding="utf-8")
        return copy

    def clear(self):
        """Stops every kernel and forgets what was open."""
        for kernel in json.loads(self._ask("GET", "/api/kernels")):
            self._ask("DELETE", f"/api/kernels/{kernel['id']}")
        for workspace in json.loads(self._ask("GET", "/lab/api/workspaces"))["workspaces"]["ids"]:
            self._ask("DELETE", f"/lab/api/workspaces/{workspace}")

    def _ask(self, method, path):
        request = urllib.request.Request(self.url + path, headers={"Authorization": f"token {TOKEN}"}, method=method)
        with urllib.request.urlopen(request, timeout=PATIENCE / 1000) as answer:
            return answer.read()


def _is_set_up_or_answer(cell):
    return cell["id"] == "set-up" or cell["metadata"].get("nbgrader", {}).get("solution")


@pytest.fixture(scope="module")
def server(chromium, tmp_path_factory):
    if not shutil.which("make"):
        _give_up("make is not on the PATH")
    root = tmp_path_factory.mktemp("copy")
    shutil.copytree(ROOT / "course", root / "course", ignore=shutil.ignore_patterns(".ipynb_checkpoints"))
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    log = SCREENSHOTS / "server.log"
    url = f"http://127.0.0.1:{_free_port()}"
    process = _make_lab(url, root, log, tmp_path_factory.mktemp("home"))
    try:
        _wait_until_up(process, url, log)
        yield Server(url, root, log)
    finally:
        _stop(process)


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _make_lab(url, root, log, home):
    port = url.rpartition(":")[2]
    arguments = f"--no-browser --ServerApp.port={port} --ServerApp.port_retries=0"
    command = [
        "make",
        "-o",
        "setup",
        "lab",
        f"LAB_ROOT={root}",
        f"LAB_ARGS={arguments} --IdentityProvider.token={TOKEN}",
    ]
    inherited = {name: value for name, value in os.environ.items() if name not in OF_AN_OUTER_MAKE}
    own = {name: str(home / name.lower()) for name in OF_A_READER}
    with log.open("wb") as output:
        return subprocess.Popen(
            command, cwd=ROOT, env=inherited | own, stdout=output, stderr=output, start_new_session=True
        )


def _wait_until_up(process, url, log):
    deadline = time.monotonic() + PATIENCE / 1000
    while time.monotonic() < deadline and process.poll() is None:
        try:
            urllib.request.urlopen(f"{url}/api?token={TOKEN}", timeout=5).close()
            return
        except OSError:
            time.sleep(0.1)
    pytest.fail(f"make lab did not start JupyterLab:\n{log.read_text(errors='replace')[-3000:]}")


def _stop(process):
    """Ends make, the server and its kernels, which are all in one session."""
    with contextlib.suppress(ProcessLookupError):  # it may never have started
        os.killpg(process.pid, signal.SIGTERM)
    try:
        process.wait(timeout=20)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@pytest.fixture
def page(chromium, server, request):
    """A fresh window. Its last look is kept, and errors or requests to other machines fail the test."""
    window = chromium.new_page()
    window.set_default_timeout(PATIENCE)
    trouble = []
    window.on("pageerror", lambda error: trouble.append(f"error: {error}"))
    window.on("console", lambda message: trouble.append(message.text) if message.type == "error" else None)
    window.on("request", lambda sent: trouble.append(f"asks {sent.url}") if _is_elsewhere(sent.url) else None)
    yield window
    window.screenshot(path=SCREENSHOTS / f"{re.sub(r'[^a-z0-9]+', '_', request.node.name.lower()).strip('_')}.png")
    window.close()
    server.clear()
    assert trouble == []


def _is_elsewhere(url):
    return not url.startswith(("http://127.0.0.1:", "data:", "blob:"))


class Notebook:
    """An open notebook, whose cells are found by their ids, used as a student would."""

    def __init__(self, page, server, path):
        self.page = page
        self.ids = [cell["id"] for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]]
        page.goto(server.address(f"/lab/tree/{path.relative_to(server.root).as_posix()}"))
        self.panel = page.locator(".jp-NotebookPanel").filter(visible=True)
        self.cell(self.ids[-1]).wait_for(state="attached")
        page.get_by_text("Python 3 (ipykernel) | Idle").wait_for(timeout=PATIENCE)  # before, cells may never run

    def cell(self, id):
        return self.panel.locator(".jp-Cell").nth(self.ids.index(id))

    def output(self, id):
        return self.cell(id).locator(".jp-OutputArea-output")

    def write(self, id, source):
        self._click(id)
        self.page.keyboard.press("ControlOrMeta+a")
        self.page.keyboard.insert_text(source)

    def run(self, id):
        self._click(id)
        self.page.keyboard.press("Control+Enter")

    def run_all(self):
        self.page.get_by_role("menuitem", name="Run", exact=True).click()
        self.page.get_by_role("menuitem", name="Run All Cells", exact=True).click()

    def validate(self):
        self.page.get_by_role("button", name="Validate").click()
        return self.page.locator(".jp-Dialog")

    def set_theme(self, name):
        wanted = self.page.locator(f"body[data-jp-theme-name='JupyterLab {name}']")
        if wanted.count() == 0:
            self.page.get_by_role("menuitem", name="Settings", exact=True).click()
            self.page.get_by_text("Theme", exact=True).hover()
            self.page.locator(".lm-Menu-item").filter(has_text=f"JupyterLab {name}").first.click()
            wanted.wait_for(state="attached")
            self.page.locator("#jupyterlab-splash").wait_for(state="detached")

    def look_at(self, id, name, end=False):
        """Brings the cell's top, or its end, into the window and keeps a picture of it."""
        self.cell(id).evaluate("(cell, end) => cell.scrollIntoView(!end)", end)
        self.page.screenshot(path=SCREENSHOTS / f"{name}.png")

    def _click(self, id):
        self.cell(id).locator(".jp-InputArea").click()


@pytest.fixture
def open_notebook(page, server):
    return lambda path: Notebook(page, server, path)
