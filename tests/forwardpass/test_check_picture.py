"""A wrong image is drawn beside the expected one, and the message says in words what the picture shows."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from IPython.core.interactiveshell import InteractiveShell

from forwardpass import check, plots

IMAGE = np.array([[1.0, 2.0, 3.0, 4.0], [5.0, 6.0, 7.0, 9.0], [11.0, 13.0, 17.0, 19.0], [23.0, 29.0, 31.0, 37.0]])
WITHOUT_BORDER = np.pad(IMAGE[1:-1, 1:-1], 1)
ODD_COLUMN = IMAGE + np.array([0.0, 0.0, 0.5, 0.0])


@pytest.fixture(autouse=True)
def cell() -> None:
    check.test("blur", [], points=1, of=2)


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The alt texts of what a notebook would show."""
    alts: list[str] = []
    InteractiveShell.instance()
    monkeypatch.setattr(plots, "publish", lambda bundle: alts.append(bundle["text/plain"]))
    yield alts
    InteractiveShell.clear_instance()


def parts(got: Any, expect: Any = IMAGE, **kwargs: Any) -> dict[str, str]:
    with pytest.raises(check.CheckFailed) as failed:
        check.equal(lambda x: got, IMAGE, expect=expect, draw=True, **kwargs)
    return failed.value.failure.parts


@pytest.mark.parametrize(
    ("got", "words"),
    [
        (IMAGE[::-1, ::-1], "all values differ, by up to 36; yours is the expected image turned by 180 degrees"),
        (IMAGE[:, ::-1], "all values differ, by up to 14; yours is the expected image mirrored left to right"),
        (IMAGE[::-1], "all values differ, by up to 33; yours is the expected image upside down"),
        (-IMAGE, "all values differ, by up to 74; yours is the expected image with the other sign"),
        (IMAGE / 4, "all values differ, by up to 27.8; yours is the expected image times 0.25"),
        (IMAGE + 2, "all values differ, by up to 2; yours is the expected image plus 2"),
        (WITHOUT_BORDER, "12 of 16 values differ, all of them at the border, by up to 37"),
        (ODD_COLUMN, "4 of 16 values differ, all of them in rows 0 to 3 and column 2, by up to 0.5"),
        (IMAGE[:3], "3 x 4 came, 4 x 4 is expected"),
        (np.zeros((4, 4)), "all values differ, by up to 37"),
        (np.full((4, 4), np.nan), "all values differ, 16 of them NaN"),
    ],
)
def test_words_say_where_an_image_differs_and_how_it_may_have_come_about(
    got: Any, words: str, drawn: list[str]
) -> None:
    assert parts(got)["differs"] == words
    assert drawn == [f"The expected image and yours, drawn side by side: {words}."]


def test_a_transposed_image_is_named() -> None:
    assert "transposed" in parts(IMAGE.T)["differs"]


@pytest.mark.parametrize("size", [3, 30])
def test_the_first_image_of_a_batch_that_differs_is_drawn(size: int, drawn: list[str]) -> None:
    batch = np.arange(2.0 * 3 * size * size).reshape(2, 3, size, size)
    wrong = batch.copy()
    wrong[1, 2, 0, 1] += 1
    assert parts(wrong, batch)["differs"].startswith(f"in answer[1, 2]: 1 of {size * size} values differ")
    assert len(drawn) == 1


@pytest.mark.parametrize(
    "got", [3.0, None, "text", np.zeros(4), np.zeros((1, 4, 4)), np.zeros((0, 4)), [[1], [2, 3]], IMAGE.astype("f4")]
)
def test_what_is_no_image_or_has_the_right_values_is_not_drawn(got: Any, drawn: list[str]) -> None:
    assert not parts(got).get("differs")
    assert drawn == []


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 1e308, -1e308])
@pytest.mark.parametrize("size", [4, 30])
def test_any_number_can_be_drawn(value: float, size: int, drawn: list[str]) -> None:
    got = np.ones((size, size))
    got[0, 0] = value
    assert "1 of" in parts(got, np.ones((size, size)))["differs"]
    assert len(drawn) == 1


def test_whole_numbers_and_truth_values_can_be_drawn(drawn: list[str]) -> None:
    assert "rows 0 to 1" in parts(np.array([[True, False]] * 2), np.array([[True, True]] * 2))["differs"]
    assert "all values differ" in parts(np.ones((2, 2), int), np.zeros((2, 2), int))["differs"]
    assert len(drawn) == 2


def test_a_right_answer_draws_nothing(drawn: list[str]) -> None:
    check.equal(lambda x: x, IMAGE, expect=IMAGE, draw=True)
    check.close(lambda x: x + 1e-9, IMAGE, expect=IMAGE, draw=True)
    assert drawn == []


def test_a_hidden_test_neither_draws_nor_says_what_was_expected(drawn: list[str]) -> None:
    check.hidden("blur", [], points=1, of=2, covers="other images")
    assert "differs" not in {key for key, text in parts(IMAGE * 2).items() if text}
    assert drawn == []


def test_outside_a_notebook_the_words_alone_remain(capsys: pytest.CaptureFixture[str]) -> None:
    assert "at the border" in parts(WITHOUT_BORDER)["differs"]
    assert capsys.readouterr().out == ""
