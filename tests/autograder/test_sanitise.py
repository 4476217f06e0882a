"""What runs is the lesson's own notebook with the student's answers in it, whatever was handed in."""

import copy
import json
import pickle
import time
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_raw_cell

from autograder import sanitise
from autograder.course import find_course
from autograder.reading import read_submission
from autograder.sample import filled_in
from autograder.sanitise import Sanitiser

from .handed import (
    ANSWER,
    GIVEN_CODE,
    HELPER,
    Handed,
    add,
    assert_no_solution,
    assert_ours,
    at,
    drop,
    extras,
    given_id,
    lesson_to_hand_in,
    paste,
    set_type,
    sources,
    write,
)

COURSE = find_course(Path(__file__).parent)
STUB = "    raise NotAttempted"


@pytest.fixture(scope="module")
def handed(tmp_path_factory: pytest.TempPathFactory) -> Handed:
    return lesson_to_hand_in(tmp_path_factory.mktemp("handed-in"))


@pytest.mark.parametrize("name", COURSE.names())
def test_an_untouched_notebook_gives_no_flag(name: str) -> None:
    source = nbformat.read(COURSE.solution(name), as_version=4)
    result = Sanitiser(source).sanitise(read_submission(COURSE.release(name).parent, name))
    assert (result.flags, result.missing) == ((), ())
    assert [cell.id for cell in result.notebook.cells] == [cell.id for cell in source.cells]


def test_an_honest_student_gives_no_flag(handed: Handed) -> None:
    def run_and_fold(notebook: Any) -> None:
        for number, cell in enumerate(notebook.cells, 1):
            cell.metadata |= {"collapsed": True, "scrolled": False, "jupyter": {"source_hidden": True}, "trusted": True}
            if cell.cell_type == "code":
                cell.execution_count = number
                cell.outputs = [nbformat.v4.new_output("stream", text="1\n")]

    typed = filled_in(handed.release, {"moving-average": ANSWER, "window-count": "window_count = 12"})
    run_and_fold(typed)
    typed.metadata["kernelspec"] = {"name": "conda-env", "display_name": "mine"}
    typed.cells.append(new_code_cell("", id="last"))
    result = handed.sanitised(json.dumps(typed))
    assert (result.flags, result.missing) == ((), ())
    assert at(result.notebook, "moving-average").source == ANSWER
    assert at(result.notebook, "window-count").source == "window_count = 12"
    assert len(result.notebook.cells) == len(handed.source.cells)
    assert_ours(handed, result)


def test_the_reference_solution_is_an_answer_like_any_other(handed: Handed) -> None:
    result = handed.sanitised(json.dumps(handed.source))
    assert result.flags == ()
    assert sources(result) == [cell.source for cell in handed.source.cells]


def test_a_missing_answer_is_blank_and_never_the_reference_solution(handed: Handed) -> None:
    result = handed.changed(drop("moving-average", "window-count"))
    for id, last_line in (("moving-average", STUB), ("window-count", "window_count = ...")):
        assert at(result.notebook, id).source == at(handed.release, id).source
        assert at(result.notebook, id).source.splitlines()[-1] == last_line
    assert result.flags == ("answer cells were missing: window-count, moving-average",)
    assert result.missing == ("window-count", "moving-average")
    assert_no_solution(handed, result)
    assert_ours(handed, result)


def test_no_cells_at_all_is_a_blank_lesson(handed: Handed) -> None:
    result = handed.changed(lambda notebook: notebook.__setitem__("cells", []))
    assert [cell.id for cell in result.notebook.cells] == [cell.id for cell in handed.source.cells]
    assert_no_solution(handed, result)


@pytest.mark.parametrize("name", COURSE.names())
def test_no_solution_of_any_lesson_gets_into_what_runs(name: str) -> None:
    source = nbformat.read(COURSE.solution(name), as_version=4)
    released = {cell.id: cell.source for cell in nbformat.read(COURSE.release(name), as_version=4).cells}
    blank = Sanitiser(source).sanitise(nbformat.v4.new_notebook())
    for cell in blank.notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("solution"):
            assert cell.source == released[cell.id]
    lesson = COURSE.lesson(name)
    assert len(blank.missing) == len(lesson.exercises) + len(lesson.written)


def test_an_empty_answer_stays_empty(handed: Handed) -> None:
    result = handed.changed(write("moving-average", ""))
    assert at(result.notebook, "moving-average").source == ""
    assert result.missing == ()


def test_a_pasted_copy_of_an_answer_follows_where_it_stood(handed: Handed) -> None:
    result = handed.changed(
        write("moving-average", ANSWER), paste("moving-average", HELPER, after="moving-average-hint")
    )
    assert at(result.notebook, "moving-average").source == ANSWER
    assert extras(result, "moving-average-hint") == [HELPER]
    assert result.flags == ("answer cells were repeated: moving-average",)
    assert_ours(handed, result)


def test_a_pasted_copy_before_the_answer_does_not_take_its_place(handed: Handed) -> None:
    result = handed.changed(write("moving-average", ANSWER), paste("moving-average", HELPER, after="set-up"))
    assert at(result.notebook, "moving-average").source == ANSWER
    assert extras(result, "set-up") == [HELPER]


def test_of_two_copies_without_the_first_ones_id_the_first_is_the_answer(handed: Handed) -> None:
    copies = [
        paste("moving-average", source, after="moving-average", new_id=id)
        for source, id in ((HELPER, "b"), (ANSWER, "a"))
    ]
    result = handed.changed(*copies, drop("moving-average"))
    assert at(result.notebook, "moving-average").source == ANSWER
    assert extras(result, "moving-average") == [HELPER]


def test_an_answer_is_known_by_its_cell_id_when_metadata_is_gone(handed: Handed) -> None:
    def strip(notebook: Any) -> None:
        for cell in notebook.cells:
            cell.metadata = {}

    result = handed.changed(write("moving-average", ANSWER), strip)
    assert at(result.notebook, "moving-average").source == ANSWER
    assert result.missing == ()
    assert any(flag.startswith("nbgrader's data were changed: set-up, window-count") for flag in result.flags)
    assert_ours(handed, result)


def test_an_answer_is_known_by_its_metadata_when_ids_are_gone(handed: Handed) -> None:
    typed = filled_in(handed.release, {"moving-average": ANSWER})
    for cell in typed.cells:
        del cell["id"]
    result = handed.sanitised(json.dumps({**typed, "nbformat_minor": 4}))
    assert at(result.notebook, "moving-average").source == ANSWER
    assert result.flags == ()
    assert len(result.notebook.cells) == len(handed.source.cells)


def test_ids_that_colab_moved_into_the_metadata_are_found(handed: Handed) -> None:
    typed = filled_in(handed.release, {"moving-average": ANSWER})
    for cell in typed.cells:
        cell["metadata"] = {"id": cell.pop("id")}
    assert at(handed.sanitised(json.dumps(typed)).notebook, "moving-average").source == ANSWER


@pytest.mark.parametrize("cell_type", ["markdown", "raw"])
def test_an_answer_of_another_type_is_code(cell_type: str, handed: Handed) -> None:
    result = handed.changed(write("moving-average", ANSWER), set_type("moving-average", cell_type))
    assert at(result.notebook, "moving-average").source == ANSWER
    assert result.flags == ("answer cells had another type: moving-average",)
    assert_ours(handed, result)


def test_an_empty_text_cell_is_no_answer(handed: Handed) -> None:
    result = handed.changed(write("moving-average", " "), set_type("moving-average", "markdown"))
    assert at(result.notebook, "moving-average").source.endswith(STUB)
    assert result.missing == ("moving-average",)


def test_added_cells_stay_where_they_were(handed: Handed) -> None:
    result = handed.changed(
        add(new_code_cell("first = 1", id="f"), after=""),
        add(new_markdown_cell("# Notes", id="n"), after="set-up"),
        add(new_code_cell(HELPER, id="h", metadata={"tags": ["skip-execution"], "mine": 1}), after="set-up"),
        add(new_raw_cell("raw", id="r"), after="set-up"),
        add(new_code_cell("last = 1", id="set-up-2"), after="demo-smooth"),
    )
    assert extras(result, "") == ["first = 1"]
    assert extras(result, "set-up") == [HELPER, "# Notes"]
    assert extras(result, "demo-smooth") == ["last = 1"]
    assert [at(result.notebook, f"extra-{n}").cell_type for n in (2, 3)] == ["code", "markdown"]
    assert result.flags == ()
    assert_ours(handed, result)


def test_attachments_of_students_are_dropped(handed: Handed) -> None:
    note = new_markdown_cell("![me](attachment:me.png)", id="n", attachments={"me.png": {"image/png": "AAAA"}})
    assert "attachments" not in json.dumps(handed.changed(add(note, after="set-up")).notebook)


def test_a_rewritten_given_cell_follows_the_given_one(handed: Handed) -> None:
    id = given_id(handed)
    result = handed.changed(write(id, HELPER), add(new_code_cell("later = 1", id="l"), after=id))
    assert at(result.notebook, id).source == GIVEN_CODE
    assert extras(result, id) == [HELPER, "later = 1"]
    assert result.flags == ()


def test_given_code_that_the_student_repeats_runs_again(handed: Handed) -> None:
    result = handed.changed(add(new_code_cell(GIVEN_CODE, id="again"), after="moving-average"))
    assert extras(result, "moving-average") == [GIVEN_CODE]
    assert result.flags == ()


def test_a_rewritten_demo_is_dropped_and_so_is_a_copy_of_one(handed: Handed) -> None:
    result = handed.changed(
        write("demo-smooth", "while True: pass"), paste("demo-smooth", "while 1: pass", after="demo-smooth")
    )
    assert len(result.notebook.cells) == len(handed.source.cells)
    assert_ours(handed, result)


def test_changed_prose_is_put_back(handed: Handed) -> None:
    result = handed.changed(write("moving-average-hint", "no hint"))
    assert len(result.notebook.cells) == len(handed.source.cells)
    assert result.flags == ()
    assert_ours(handed, result)


def test_changed_tests_and_set_up_are_put_back_and_flagged(handed: Handed) -> None:
    result = handed.changed(
        write("moving-average-test-1", "check.passed()"),
        write("moving-average-hidden-1", "1"),
        write("set-up", "np = 1"),
    )
    assert result.flags == (
        "set-up cells were changed: set-up",
        "test cells were changed: moving-average-test-1, moving-average-hidden-1",
    )
    assert len(result.notebook.cells) == len(handed.source.cells)
    assert_ours(handed, result)


def test_a_test_that_became_text_is_put_back_and_flagged(handed: Handed) -> None:
    result = handed.changed(set_type("moving-average-test-1", "markdown"))
    assert result.flags == ("test cells were changed: moving-average-test-1",)
    assert_ours(handed, result)


def test_spaces_at_line_ends_are_no_change(handed: Handed) -> None:
    source = at(handed.release, "moving-average-test-1").source
    assert handed.changed(write("moving-average-test-1", source.replace("\n", "  \r\n") + "\n")).flags == ()


def test_missing_tests_return_and_are_flagged(handed: Handed) -> None:
    result = handed.changed(drop("moving-average-test-1", "set-up"))
    assert result.flags == ("set-up cells were missing: set-up", "test cells were missing: moving-average-test-1")
    assert_ours(handed, result)


def test_a_copy_of_a_test_does_not_run_but_code_written_over_one_does(handed: Handed) -> None:
    source = at(handed.release, "moving-average-test-1").source
    result = handed.changed(
        paste("moving-average-test-1", source, after="moving-average-test-1"),
        paste("moving-average-test-1", HELPER, after="moving-average-test-1", new_id="other"),
    )
    assert extras(result, "moving-average-test-1") == [HELPER]
    assert result.flags == ("test cells were repeated: moving-average-test-1",)


def test_points_tags_and_other_metadata_are_put_back_and_flagged(handed: Handed) -> None:
    def change(notebook: Any) -> None:
        at(notebook, "moving-average-test-1").metadata.nbgrader.points = float("nan")
        at(notebook, "window-count-hidden-1").metadata.nbgrader.points = 100
        at(notebook, "moving-average-hidden-1").metadata.tags = ["skip-execution"]
        at(notebook, "moving-average").metadata.nbgrader.schema_version = 1
        at(notebook, "moving-average-hidden-1").metadata.nbgrader.grade_id = "mine"

    result = handed.changed(change)
    assert result.flags == (
        "points were changed: window-count-hidden-1, moving-average-test-1",
        "nbgrader's data were changed: moving-average, moving-average-hidden-1",
        "tags were changed: moving-average-hidden-1",
    )
    assert_ours(handed, result)


def test_a_reordered_notebook_gets_the_lessons_order(handed: Handed) -> None:
    def turn(notebook: Any) -> None:
        notebook.cells.reverse()

    result = handed.changed(write("moving-average", ANSWER), add(new_code_cell(HELPER, id="h"), "moving-average"), turn)
    assert result.flags == ("cells were in another order",)
    assert at(result.notebook, "moving-average").source == ANSWER
    assert extras(result, "moving-average-hint") == [HELPER]
    assert_ours(handed, result)


def test_no_more_cells_are_added_than_the_limit(handed: Handed) -> None:
    many = [new_code_cell(f"x = {n}", id=f"c{n}") for n in range(sanitise.MAX_EXTRA_CELLS + 7)]
    result = handed.changed(lambda notebook: notebook.cells.extend(many))
    assert len(extras(result, "demo-smooth")) == sanitise.MAX_EXTRA_CELLS
    assert result.flags == ("more than 500 cells or 1000000 bytes were added: 7 cells were left out",)


def test_no_more_text_is_added_than_the_limit(handed: Handed) -> None:
    many = [new_code_cell("#" + "é" * 300_000, id=f"c{n}") for n in range(3)]
    result = handed.changed(lambda notebook: notebook.cells.extend([*many, new_code_cell(HELPER, id="h")]))
    assert [len(source) for source in extras(result, "demo-smooth")] == [300_001, len(HELPER)]
    assert result.flags == ("more than 500 cells or 1000000 bytes were added: 2 cells were left out",)


def test_an_added_cell_never_gets_the_id_of_a_given_one(handed: Handed) -> None:
    source = copy.deepcopy(handed.source)
    at(source, given_id(handed)).id = "extra-1"
    notebook = handed.copy()
    add(new_code_cell(HELPER, id="extra-2"), after="set-up")(notebook)
    result = Sanitiser(source).sanitise(notebook)
    nbformat.validate(result.notebook)
    assert at(result.notebook, "extra-2").source == HELPER


def test_text_that_no_file_can_hold_is_replaced(handed: Handed) -> None:
    result = handed.changed(
        write("moving-average", "a = '\0\ud800'"), add(new_code_cell("b = '\udfff'", id="b"), after="set-up")
    )
    assert at(result.notebook, "moving-average").source == "a = '\ufffd\ufffd'"
    assert extras(result, "set-up") == ["b = '\ufffd'"]
    assert_ours(handed, result)


def test_one_submission_leaves_nothing_in_the_next(handed: Handed) -> None:
    first = handed.changed(write("moving-average", ANSWER))
    for cell in first.notebook.cells:
        cell.metadata["tags"] = ["spoilt"]
        cell["source"] = "spoilt"
    first.notebook.metadata["kernelspec"]["name"] = "spoilt"
    assert_ours(handed, handed.changed())


def test_a_sanitiser_can_be_sent_to_another_process(handed: Handed) -> None:
    there = pickle.loads(pickle.dumps(handed.sanitiser))
    assert there.sanitise(handed.copy()) == handed.sanitiser.sanitise(handed.copy())


def test_a_submission_takes_a_few_milliseconds() -> None:
    name = max(COURSE.names(), key=lambda name: COURSE.release(name).stat().st_size)
    sanitiser = Sanitiser(nbformat.read(COURSE.solution(name), as_version=4))
    took = []
    for _ in range(5):
        start = time.process_time()
        sanitiser.sanitise(read_submission(COURSE.release(name).parent, name))
        took.append(time.process_time() - start)
    assert min(took) < 0.05  # ten times what it takes on an idle machine
