"""A probe of networks puts given weights into whatever layers an answer has, and says what it could not do."""

import pytest
import torch
from torch import nn

from forwardpass import modules
from forwardpass.check import NotAttempted


class Two(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.second = nn.Linear(3, 1)
        self.first = nn.Linear(n, 3)

    def forward(self, x):
        return self.second(torch.relu(self.first(x)))


W1, B1 = torch.tensor([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]]).double(), torch.zeros(3).double()
W2, B2 = torch.tensor([[1.0, 2.0, 3.0]]).double(), torch.ones(1).double()
CASE = {"args": (2,), "x": torch.tensor([[1.0, 2.0]]).double(), "weights": [(W1, B1), (W2, B2)]}


def look(answer, case=CASE):
    return modules.seen(answer, [case])[0]


def test_weights_find_their_layers_by_shape():
    found = look(Two)
    assert found["fits"]
    assert found["y"].item() == 1 + 1 * 1 + 2 * 2 + 3 * 3
    assert found["layers"] == [(1, 3), (3, 2)]
    assert found["parameters"] == 13
    assert found["dx"].tolist() == [[2 * 15 * 4, 2 * 15 * 5]]
    assert found["grads"][1].tolist() == [[30, 60, 90]]


def test_weights_find_their_layers_by_name():
    named = {"second": (W2, B2), "first": (W1, B1)}
    assert look(Two, {**CASE, "weights": named})["fits"]
    assert not look(Two, {**CASE, "weights": {"third": (W2, B2), "first": (W1, B1)}})["fits"]


def test_a_layer_too_many_does_not_fit():
    class Three(Two):
        def __init__(self, n):
            super().__init__(n)
            self.third = nn.Linear(1, 1)

    assert not look(Three)["fits"]


def test_a_layer_that_finds_its_size_by_itself_is_taken():
    class Lazy(Two):
        def __init__(self, n):
            super().__init__(n)
            self.first = nn.LazyLinear(3)

    assert look(Lazy)["y"].item() == 15


def test_a_text_filter_may_have_one_axis_or_two():
    class Flat(nn.Module):
        def __init__(self, d):
            super().__init__()
            self.conv = nn.Conv1d(d, 1, 2)

        def forward(self, x):
            return self.conv(x.transpose(1, 2)).sum()

    weight = torch.tensor([[[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]]]).double()  # (1, 1, height 2, d 3)
    x = torch.tensor([[[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]]).double()
    found = look(Flat, {"args": (3,), "x": x, "weights": [(weight, torch.zeros(1).double())]})
    assert found["y"].item() == 1 + 5
    assert found["grads"][0].shape == (1, 1, 2, 3)


def test_an_input_that_was_changed_in_place_is_seen():
    class Changes(Two):
        def forward(self, x):
            return super().forward(x.mul_(2))

    assert look(Changes)["x"].tolist() == [[2.0, 4.0]]


def test_an_error_is_a_sentence_and_a_stub_is_no_error():
    class Broken(Two):
        def forward(self, x):
            return x @ torch.zeros(7, 7)

    class Stub(Two):
        def forward(self, x):
            raise NotAttempted

    assert look(Broken)["error"].startswith("RuntimeError")
    with pytest.raises(NotAttempted):
        look(Stub)
