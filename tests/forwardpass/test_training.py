"""A training run is the same for the same seed, brings the loss down, and leaves modes as promised."""

import torch
from torch import nn

from forwardpass.training import predict, train

X = torch.arange(40.0)[:, None] / 20 - 1
LABELS = (X[:, 0] > 0).long()


def network():
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(1, 8), nn.ReLU(), nn.Dropout(0.1), nn.Linear(8, 2))


def test_the_loss_falls_and_the_classes_are_learned():
    net = network()
    losses = train(net, X, LABELS, epochs=60, lr=0.05, batch_size=16)
    assert len(losses) == 60
    assert losses[-1] < 0.3 * losses[0]
    assert (predict(net, X).argmax(1) == LABELS).float().mean() > 0.9


def test_the_same_seed_gives_the_same_run():
    runs = []
    for seed in (1, 1, 2):
        net = network()
        runs.append(train(net, X, LABELS, epochs=2, lr=0.05, batch_size=16, seed=seed))
    assert runs[0] == runs[1] != runs[2]


def test_the_rate_ends_at_nothing():
    net = network()
    train(net, X, LABELS, epochs=1, lr=0.05, batch_size=40)  # one step, the last one
    assert torch.equal(net[0].weight, network()[0].weight)


def test_prediction_is_in_evaluation_mode_and_puts_the_mode_back():
    net = network().train()
    assert torch.equal(predict(net, X), predict(net, X))
    assert net.training
    assert not predict(net.eval(), X).requires_grad
    assert not net.training
