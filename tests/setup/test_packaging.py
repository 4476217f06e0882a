"""The files that say what to install, what to run and what to ship agree with each other."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from importlib.metadata import distribution
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
ENVIRONMENT = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
WORKFLOW_FILE = ROOT / ".github" / "workflows" / "ci.yml"
TARGETS = ["help", "setup", "lab", "grade", "doctor", "test", "build", "check", "answers", "bench", "clean"]

CONDA_NAMES = {"pytorch": "torch"}
ONLY_ON_MACOS = {"appnope"}
PINNED_BY_TORCH = ("cuda-", "nvidia-", "triton")  # what a CUDA build of torch brings along, at exact versions

pinned_set_up = pytest.mark.skipif(
    bool(os.environ.get("NEWEST")) or sys.platform != "linux" or sys.version_info[:2] != (3, 11),
    reason="the pins are complete for Python 3.11 on Linux",
)


def ranges(lines: list[str]) -> dict[str, SpecifierSet]:
    """Package name -> allowed versions."""
    requirements = [Requirement(line) for line in lines]
    return {canonicalize_name(r.name): r.specifier for r in requirements}


def pins() -> dict[str, str]:
    """Package name -> version, as constraints.txt has them."""
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pairs = [line.split("==") for line in lines if not line.startswith("#")]
    return {canonicalize_name(name): version for name, version in pairs}


def closure(name: str, extra: str = "") -> set[str]:
    """Everything that installing this package needs here, itself included."""
    found: set[str] = set()
    waiting = [(name, extra)]
    while waiting:
        name, extra = waiting.pop()
        found.add(f"{name}[{extra}]")
        requirements = map(Requirement, distribution(name).requires or [])
        needed = [r for r in requirements if not r.marker or r.marker.evaluate({"extra": extra})]
        keys = [(canonicalize_name(r.name), e) for r in needed for e in (r.extras or {""})]
        waiting += [(n, e) for n, e in keys if f"{n}[{e}]" not in found and not n.startswith(PINNED_BY_TORCH)]
    return {key.split("[")[0] for key in found}


def make(*arguments: str, cwd: Path = ROOT) -> str:
    """What make prints; untouched by the variables of a make that runs these tests."""
    environment = {key: value for key, value in os.environ.items() if key not in {"MAKEFLAGS", "MAKELEVEL", "MFLAGS"}}
    done = subprocess.run(["make", *arguments], cwd=cwd, env=environment, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_conda_and_pip_name_the_same_packages_and_versions() -> None:
    lines = [line for line in ENVIRONMENT["dependencies"] if isinstance(line, str)]
    named = {re.match(r"[\w-]+", line)[0]: line for line in lines}  # type: ignore[index]
    for conda, pip in CONDA_NAMES.items():
        named[pip] = named.pop(conda).replace(conda, pip)
    assert named.pop("python") == "python=3.11"
    assert named.pop("pip") == "pip"
    assert ranges(list(named.values())) == ranges(PROJECT["dependencies"])


def test_conda_installs_the_course_itself_with_pip() -> None:
    assert ENVIRONMENT["name"] == PROJECT["name"]
    assert ENVIRONMENT["channels"] == ["conda-forge"]
    assert ENVIRONMENT["dependencies"][-1] == {"pip": ["-e ."]}


def test_every_range_has_both_ends() -> None:
    for name, specifier in ranges(PROJECT["dependencies"] + PROJECT["optional-dependencies"]["test"]).items():
        assert {s.operator for s in specifier} == {">=", "<"}, name


def test_pins_lie_in_the_ranges() -> None:
    for name, specifier in ranges(PROJECT["dependencies"] + PROJECT["optional-dependencies"]["test"]).items():
        assert specifier.contains(pins()[name]), name


def test_constraints_are_one_plain_version_each() -> None:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    lines = [line for line in lines if not line.startswith("#")]
    assert [line for line in lines if not re.fullmatch(r"[\w.-]+==[\d.]+(post\d+)?", line)] == []
    assert len(lines) == len(pins())


@pinned_set_up
def test_constraints_pin_everything_that_the_course_needs_and_nothing_else() -> None:
    needed = closure("forward-pass") | closure("forward-pass", "test")
    assert set(pins()) == needed - {"forward-pass"} | ONLY_ON_MACOS


@pinned_set_up
def test_the_pinned_versions_are_made_for_every_python_that_the_course_is_for() -> None:
    oldest = PROJECT["requires-python"].removeprefix(">=") + ".0"
    wanted = {name: distribution(name).metadata["Requires-Python"] or "" for name in set(pins()) - ONLY_ON_MACOS}
    assert [name for name, versions in wanted.items() if not SpecifierSet(versions).contains(oldest)] == []


def test_the_workflow_fits_its_schema() -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.github-workflows"]
    done = subprocess.run([*command, str(WORKFLOW_FILE)], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr


def workflow() -> dict[Any, Any]:
    loaded: dict[Any, Any] = yaml.safe_load(WORKFLOW_FILE.read_text(encoding="utf-8"))
    return loaded


def test_the_workflow_runs_make_test_and_weekly_on_the_newest_versions() -> None:
    triggers = workflow()[True]  # YAML 1.1 reads the key `on` as true
    assert re.fullmatch(r"\d+ \d+ \* \* \d", triggers["schedule"][0]["cron"])
    assert {"push", "pull_request"} <= set(triggers)
    job = workflow()["jobs"]["test"]
    assert "schedule" in job["env"]["NEWEST"]
    commands = [step["run"] for step in job["steps"] if "run" in step]
    assert commands[-1] == 'make test NEWEST="$NEWEST"'


def test_ci_run_ends_with_make_test_and_demands_that_nothing_is_skipped() -> None:
    script = ROOT / ".ci" / "run"
    *_, export, last = script.read_text(encoding="utf-8").splitlines()
    demands = "export " + " ".join(f"FORWARD_PASS_REQUIRE_{what}=1" for what in ("BROWSER", "POSTGRESQL", "SANDBOX"))
    assert (export, last) == (demands, "make test")
    assert os.access(script, os.X_OK)
    subprocess.run(["bash", "-n", str(script)], check=True, timeout=60)


def test_make_help_names_every_target() -> None:
    assert re.findall(r"^  make (\w+)", make("help"), re.MULTILINE)[: len(TARGETS)] == TARGETS


@pytest.mark.parametrize("target", [t for t in TARGETS if t not in {"help", "setup", "clean"}])
def test_every_target_sets_up_first(target: str) -> None:
    assert "scripts/setup_venv.py" in make("-n", target).splitlines()[1]


def test_make_test_runs_every_gate_and_pytest_last() -> None:
    steps = make("-n", "test").splitlines()[2:]
    *gates, last = [step.removeprefix(".venv/bin/python -m ") for step in steps]
    lint = ["ruff check .", "ruff format --check .", "mypy"]
    assert gates == [*lint, "autograder build --check", "autograder answers"]
    assert last.startswith("pytest ")
    assert "--nbval --nbval-sanitize-with tests/nbval_sanitize.cfg" in last
    assert last.endswith(" tests solutions")


def test_slow_tests_run_on_request() -> None:
    assert ' -m ""' not in make("-n", "test")
    assert ' -m ""' in make("-n", "test", "SLOW=1")


def test_make_clean_leaves_a_classs_work_alone(tmp_path: Path) -> None:
    shutil.copy(ROOT / "Makefile", tmp_path)
    mine = [tmp_path / "classroom" / name / "file" for name in ("submitted", "__pycache__")]
    caches = [tmp_path / name / "file" for name in (".venv", ".mypy_cache", "tests/__pycache__")]
    for path in mine + caches:
        path.parent.mkdir(parents=True)
        path.touch()
    make("clean", cwd=tmp_path)
    assert all(path.exists() for path in mine)
    assert not any(path.exists() for path in caches)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True, timeout=120)
    (built,) = folder.glob("*.whl")
    return built


def test_the_wheel_holds_both_packages_and_nothing_else(wheel: Path) -> None:
    names = ZipFile(wheel).namelist()
    assert {"autograder/__main__.py", "forwardpass/__init__.py"} <= set(names)
    assert {name.split("/")[0] for name in names} - {"autograder", "forwardpass"} == {
        f"forward_pass-{PROJECT['version']}.dist-info"
    }


def test_the_wheel_carries_every_data_set(wheel: Path) -> None:
    data = [p for p in (ROOT / "data").glob("*/*") if p.is_file() and p.suffix not in {".md", ".py"}]
    assert ROOT / "data" / "house_prices" / "house_prices.csv" in data
    with ZipFile(wheel) as archive:
        for path in data:
            assert archive.read(f"forwardpass/_data/{path.name}") == path.read_bytes()


def test_the_wheel_carries_the_templates_of_feedback(wheel: Path) -> None:
    templates = {f"autograder/templates/{path.name}" for path in (ROOT / "autograder" / "templates").glob("*.[hc]*")}
    assert "autograder/templates/feedback.html" in templates
    assert templates <= set(ZipFile(wheel).namelist())


def test_the_wheel_carries_the_licences_the_command_and_the_provisioner(wheel: Path) -> None:
    info = f"forward_pass-{PROJECT['version']}.dist-info"
    with ZipFile(wheel) as archive:
        assert {f"{info}/licenses/LICENSE", f"{info}/licenses/LICENSE-text"} <= set(archive.namelist())
        entry_points = archive.read(f"{info}/entry_points.txt")
    assert b"autograder = autograder.__main__:main" in entry_points
    assert b"forward-pass-sandbox = autograder.sandbox.provisioner:SandboxProvisioner" in entry_points


def test_an_installed_wheel_finds_its_data(wheel: Path, tmp_path: Path) -> None:
    ZipFile(wheel).extractall(tmp_path)
    code = (
        "import sys; sys.path.insert(0, sys.argv[1]); import forwardpass.data as data;"
        "assert data.__file__.startswith(sys.argv[1]); print(len(data.house_prices().y))"
    )
    command = [sys.executable, "-I", "-c", code, str(tmp_path)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert done.stdout.strip() == "1800", done.stderr
