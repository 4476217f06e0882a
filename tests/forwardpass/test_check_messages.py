"""What a student reads: a few lines in a fixed order, in Jupyter too, and never a traceback."""

from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient
from traitlets.config import Config

from forwardpass.check.failure import CheckFailed, Failure, NotAttempted

CELLS = {
    "set-up": "import sys, warnings\nfrom forwardpass import NotAttempted, check",
    "stub": "def mean(x):\n    raise NotAttempted",
    "stub-test": "check.test('mean', ['mean'], points=1, of=2)\ncheck.equal(mean, [1], expect=1)\ncheck.passed()",
    "demo": "class Net:\n    def forward(self, x):\n        return mean(x)\nNet().forward([1])",
    "bare-stub": "raise NotAttempted",
    "answer": "def mean(x):\n    k = 0\n    return x.mean",
    "test": "check.test('mean', ['mean'], points=1, of=2, law='one mean')\ncheck.equal(mean, [1], expect=1)",
    "hidden": (
        "check.hidden('mean', ['mean'], points=1, of=2, covers='all', law='one mean')\n"
        "def probe(answer):\n    return len(answer)  # a line of the hidden test\n"
        "check.observe(probe, mean)"
    ),
    "hidden-error": "check.hidden('mean', ['mean'], points=1, of=2, covers='all')\ncheck.observe(lambda f: f(1), mean)",
    "noisy": "def mean(x):\n    warnings.warn('careful')\n    print('oh', file=sys.stderr)\n    return x[0]",
    "noisy-test": "check.test('mean', ['mean'], points=1, of=2)\ncheck.equal(mean, [1], expect=1)\ncheck.passed()",
    "missing": "check.test('median', ['median', 'mode'], points=1, of=1)",
}


@pytest.fixture(scope="module")
def shown() -> dict[str, Any]:
    """The last output of each cell, as Jupyter saves it."""
    cells = [nbformat.v4.new_code_cell(source, id=name) for name, source in CELLS.items()]
    notebook = nbformat.v4.new_notebook(cells=cells)
    config = Config(KernelManager={"transport_encryption": "auto"})
    NotebookClient(notebook, kernel_name="python3", allow_errors=True, config=config).execute()
    return {cell.id: cell.outputs[-1] for cell in notebook.cells if cell.outputs}


def test_a_failing_check_is_its_message_alone(shown: dict[str, Any]) -> None:
    output = shown["test"]
    assert output.ename == "CheckFailed"
    assert output.traceback == [
        "mean   not right yet   (1 of 2 points needs this test)",
        "  law        one mean",
        "  smallest   x = [1]",
        "  expected   1",
        "  got        the error AttributeError: 'list' object has no attribute 'mean' (line 3: return x.mean)",
    ]
    assert output.evalue == "\n".join(output.traceback)


def test_a_stub_under_test_is_not_attempted_yet(shown: dict[str, Any]) -> None:
    assert shown["stub-test"].ename == "NotAttempted"
    assert shown["stub-test"].traceback == ["mean   not attempted yet"]


def test_a_stub_called_in_a_demo_names_itself_on_one_line(shown: dict[str, Any]) -> None:
    to_do = "not attempted yet: write it first, then run this cell again"
    assert shown["demo"].traceback == [f"mean   {to_do}"]
    assert shown["bare-stub"].traceback == [f"this cell   {to_do}"]


def test_no_line_of_a_hidden_test_is_shown(shown: dict[str, Any]) -> None:
    assert "object of type 'function' has no len()" in shown["hidden"].evalue
    assert "answer" not in shown["hidden"].evalue
    assert "(line 3: return x.mean)" in shown["hidden-error"].evalue


def test_warnings_and_stderr_of_an_answer_cost_nothing(shown: dict[str, Any]) -> None:
    assert shown["noisy-test"].name == "stdout"
    assert shown["noisy-test"].text == "oh\nmean   right: 1 case\n"


def test_a_missing_answer_is_named(shown: dict[str, Any]) -> None:
    assert "no median and mode: run the cell that defines it first" in shown["missing"].evalue


def test_parts_come_in_their_order_and_empty_ones_are_left_out() -> None:
    message = str(Failure("mean   not right yet", {"law": "one mean", "smallest": "", "got": "3", "likely": "a sum"}))
    assert message.splitlines() == [
        "mean   not right yet",
        "  law        one mean",
        "  got        3",
        "  likely     a sum",
    ]


def test_long_parts_are_folded_under_themselves() -> None:
    first, second, *rest = str(Failure("mean", {"got": "numbers 1e-05 " * 20})).splitlines()[1:]
    assert first.startswith("  got        numbers 1e-05")
    assert second.startswith("             1e-05 numbers")
    assert max(map(len, (first, second, *rest))) <= 104
    assert str(Failure("mean", {"got": "x" * 200})).endswith("  " + "x" * 200)
    assert len(str(Failure("mean", {"got": "two\nlines"})).splitlines()) == 2


def test_exceptions_are_of_the_kinds_that_others_know() -> None:
    failed = CheckFailed(Failure("mean", {"got": "3"}))
    assert isinstance(failed, AssertionError)
    assert failed._render_traceback_() == str(failed).splitlines()
    assert isinstance(NotAttempted(), NotImplementedError)
    assert str(NotAttempted("mean")) == "mean   not attempted yet"
