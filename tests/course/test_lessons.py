"""What every lesson of the course promises: its exercises, its budget, and tests that a reference solution passes."""

from pathlib import Path

import pytest

from autograder.course import Course
from autograder.trial import blank_answers, run_trial

LESSONS = Course(Path(__file__).resolve().parents[2]).names()
# the functions and classes that the syllabus promises
PROMISED = {
    "00_start_here": ["row_means", "standardise", "one_hot", "pairwise_sq_dists", "batches"],
    "01_perceptron_to_mlp": [
        "neuron",
        "sigmoid",
        "relu",
        "leaky_relu",
        "tanh_from_sigmoid",
        "softmax",
        "mse_and_gradient",
        "logistic_and_gradient",
        "mlp_forward",
        "count_parameters",
        "xor_network",
    ],
    "02_backprop": [
        "numerical_gradient",
        "Value",
        "affine_backward",
        "relu_backward",
        "sigmoid_backward",
        "softmax_cross_entropy",
        "two_layer_gradients",
        "relative_error",
        "sgd_train",
    ],
    "03_pytorch": [
        "to_channels_first",
        "gather_scores",
        "derivative",
        "MLP",
        "HouseDataset",
        "split_loaders",
        "train_epoch",
        "evaluate",
        "save_checkpoint",
        "load_checkpoint",
        "fit",
    ],
    "04_optimizers": [
        "sgd_step",
        "momentum_step",
        "rmsprop_step",
        "adam_step",
        "adamw_step",
        "first_step_size",
        "scale_response",
        "slide_step",
        "clip_by_global_norm",
        "warmup_cosine",
    ],
    "05_overfitting": [
        "train_val_test_split",
        "polynomial_features",
        "fit_ridge",
        "l1_penalty_and_subgradient",
        "soft_threshold",
        "weight_decay_step",
        "dropout_forward",
        "dropout_backward",
        "EarlyStopping",
        "learning_curve",
        "random_shift",
    ],
    "06_conv_arithmetic": [
        "conv_output_size",
        "fits_exactly",
        "same_padding",
        "pool_output_size",
        "conv_volume",
        "conv_parameters",
        "fc_parameters",
        "trace",
        "receptive_field",
        "find_convs",
        "transposed_conv_output_size",
        "conv1x1_saving",
    ],
}


def test_the_promised_lessons_exist() -> None:
    assert set(PROMISED) <= set(LESSONS)


@pytest.mark.parametrize("name", PROMISED)
def test_the_promised_exercises_exist(name: str, course: Course) -> None:
    exercises = [exercise for exercise in course.lesson(name).exercises if not exercise.is_prediction]
    assert set(PROMISED[name]) <= {subject for exercise in exercises for subject in exercise.subjects}


@pytest.mark.parametrize("name", LESSONS)
def test_a_lesson_keeps_to_its_budget(name: str, course: Course) -> None:
    lesson = course.lesson(name)
    exercises = [exercise for exercise in lesson.exercises if not exercise.is_prediction]
    assert 20 <= lesson.points <= 40
    assert 6 <= len(exercises) <= 12
    assert 2 <= lesson.cells[0].options["hours"] <= 4
    assert sum(one.cell.options["minutes"] for one in lesson.exercises) <= 60 * lesson.cells[0].options["hours"]


@pytest.mark.parametrize("name", LESSONS)
def test_every_exercise_has_a_visible_and_a_hidden_test(name: str, course: Course) -> None:
    for exercise in course.lesson(name).exercises:
        if not exercise.is_prediction:
            assert {test.hidden for test in exercise.tests} == {False, True}, exercise.id


@pytest.mark.parametrize("name", LESSONS)
def test_a_lesson_needs_lessons_that_come_before_it(name: str, course: Course) -> None:
    needs = course.lesson(name).cells[0].options["needs"].split()
    assert [other for other in needs if other >= name] == []


@pytest.mark.parametrize("name", LESSONS)
def test_reference_solutions_earn_full_marks(name: str, course: Course) -> None:
    lesson = course.lesson(name)
    outcomes = run_trial(lesson)
    assert [(one.grade_id, one.message) for one in outcomes if one.state != "right"] == []
    assert sum(one.points for one in outcomes) == lesson.points


@pytest.mark.parametrize("name", LESSONS)
def test_blank_stubs_earn_nothing(name: str, course: Course) -> None:
    lesson = course.lesson(name)
    outcomes = run_trial(lesson, blank_answers(lesson))
    given = {exercise.id for exercise in lesson.exercises if exercise.cell.given}
    assert {one.state for one in outcomes if one.exercise not in given} == {"not attempted"}
    assert {one.state for one in outcomes if one.exercise in given} <= {"wrong"}
    assert sum(one.points for one in outcomes) == 0
    assert sum(one.max_points for one in outcomes) == lesson.points
