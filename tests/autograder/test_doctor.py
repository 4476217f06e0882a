"""The doctor says what the machine offers, and what grading without a sandbox would mean."""

from collections.abc import Callable
from typing import Any

import pytest

from autograder import doctor, grade


@pytest.mark.sandbox
def test_a_machine_with_a_sandbox_has_it_tried(autograder: Callable[..., Any]) -> None:
    said = autograder("doctor")
    assert said.code == 0
    assert "grading will use: the sandbox" in said.out
    assert "a kernel that ran one cell took" in said.out


def test_a_machine_without_one_is_told_what_is_missing(
    autograder: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor, "why_unavailable", lambda: "bubblewrap is not installed")
    said = autograder("doctor")
    assert said.code == 1
    assert "grading will use: nothing: bubblewrap is not installed" in said.out
    assert "--unsandboxed" in said.out


def test_without_a_sandbox_nothing_is_graded(
    built_mini: object, autograder: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(grade, "why_unavailable", lambda: "bubblewrap is not installed: 'apt install bubblewrap'")
    said = autograder("grade")
    assert said.code == 2
    assert "apt install bubblewrap" in said.err
    assert "--unsandboxed" in said.err


def test_the_facts_have_names_and_values() -> None:
    facts = dict([*doctor.machine(), *doctor.packages()])
    assert {"system", "cores", "memory", "bubblewrap", "nbgrader", "torch"} <= set(facts)
    assert all(facts.values())
