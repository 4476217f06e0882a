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
        "fix_the_loop",
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
    "07_convolution_and_pooling": [
        "pad2d",
        "cross_correlate2d",
        "convolve2d",
        "conv2d_forward",
        "im2col",
        "conv2d_im2col",
        "conv2d_backward",
        "max_pool2d",
        "max_pool2d_backward",
        "avg_pool2d",
        "conv1x1",
        "edge_image",
        "shift_test",
    ],
    "08_convnets": [
        "ConvNet",
        "ResidualBlock",
        "DenseBlock",
        "TextCNN",
        "design",
        "feature_maps",
        "confusion",
        "worst_mistakes",
        "fix_the_net",
    ],
    "09_rnn_bptt": [
        "sequence_type",
        "rnn_step",
        "rnn_forward",
        "sequence_loss",
        "rnn_backward",
        "truncated_bptt",
        "jacobian_norms",
        "clip_gradients",
        "parameter_count",
        "sample",
        "bits_per_char",
    ],
    "10_lstm_gru": [
        "lstm_gates",
        "lstm_step",
        "lstm_forward",
        "fuse_weights",
        "fused_lstm_step",
        "split_weights",
        "keep_forever",
        "lstm_step_backward",
        "gru_step",
        "forget_bias_init",
        "gradient_survival",
    ],
    "11_deep_and_bidirectional": [
        "pad_and_mask",
        "last_valid_state",
        "masked_mean",
        "bidirectional",
        "stacked",
        "pyramid",
        "Tagger",
        "NameClassifier",
        "masked_accuracy",
    ],
    "12_seq2seq_attention": [
        "Encoder",
        "dot_score",
        "additive_score",
        "masked_softmax",
        "context_vector",
        "AttentionDecoder",
        "teacher_forcing_loss",
        "greedy_decode",
        "beam_search",
        "exact_match",
    ],
    "13_transformer": [
        "scaled_dot_product_attention",
        "why_scale",
        "padding_mask",
        "causal_mask",
        "split_heads",
        "merge_heads",
        "MultiHeadAttention",
        "is_permutation_equivariant",
        "positional_encoding",
        "LayerNorm",
        "FeedForward",
        "EncoderLayer",
        "DecoderLayer",
        "Transformer",
        "transformer_parameters",
        "attention_cost",
    ],
    "14_language_models": [
        "bpe_train",
        "bpe_encode",
        "bpe_decode",
        "next_token_batches",
        "perplexity",
        "bits_per_byte",
        "Block",
        "GPT",
        "apply_temperature",
        "top_k",
        "top_p",
        "KVCache",
        "generate",
    ],
    "15_vision_language": [
        "grid_features",
        "visual_attention",
        "CaptionDecoder",
        "caption_loss",
        "greedy_caption",
        "VQA",
        "question_only_baseline",
    ],
}


def test_the_promised_lessons_exist() -> None:
    assert set(PROMISED) <= set(LESSONS)


@pytest.mark.parametrize("name", PROMISED)
def test_the_promised_exercises_exist(name: str, course: Course) -> None:
    exercises = [exercise for exercise in course.lesson(name).exercises if not exercise.is_prediction]
    subjects = {subject for exercise in exercises for subject in exercise.subjects}
    assert set(PROMISED[name]) <= subjects | {exercise.id.replace("-", "_") for exercise in exercises}


@pytest.mark.parametrize("name", LESSONS)
def test_a_lesson_keeps_to_its_budget(name: str, course: Course) -> None:
    lesson = course.lesson(name)
    exercises = [exercise for exercise in lesson.exercises if not exercise.is_prediction]
    assert 20 <= lesson.points <= 40
    assert 6 <= len(exercises) <= max(12, len(PROMISED[name]))  # more only where more are promised
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
