"""The training run that lessons on images share: Adam, a rate that rises and falls, a fixed number of epochs."""

import math

import torch
from torch import Tensor, nn


def train(
    model: nn.Module, images: Tensor, labels: Tensor, *, epochs: int, lr: float, batch_size: int = 32, seed: int = 0
) -> list[float]:
    """Trains the model in place with Adam, and returns the mean loss of every epoch.

    images: (n, ...) float32, labels: (n,) int64. The loss is the cross-entropy of the logits. Batches are shuffled by
    `seed`. The rate rises from 0 to lr during the first tenth of the steps, and then falls to 0 along a half cosine.
    The model is left in training mode.
    """
    generator = torch.Generator().manual_seed(seed)
    optimizer = torch.optim.Adam(model.parameters(), lr)
    steps, step, losses = epochs * math.ceil(len(images) / batch_size), 0, []
    model.train()
    for _ in range(epochs):
        total = 0.0
        for rows in torch.split(torch.randperm(len(images), generator=generator), batch_size):
            step += 1
            optimizer.param_groups[0]["lr"] = lr * _share(step / steps)
            loss = nn.functional.cross_entropy(model(images[rows]), labels[rows])
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
            total += loss.item() * len(rows)
        losses.append(total / len(images))
    return losses


def _share(progress: float) -> float:
    """The share of the rate at a point of the run, from above 0 to 1."""
    rise = 0.1
    if progress < rise:
        return progress / rise
    return 0.5 * (1 + math.cos(math.pi * (progress - rise) / (1 - rise)))


def predict(model: nn.Module, images: Tensor) -> Tensor:
    """Logits of all images, (n, k), in evaluation mode and without a graph. The model keeps the mode it was in."""
    was_training = model.training
    model.eval()
    with torch.no_grad():
        logits = torch.cat([model(batch) for batch in torch.split(images, 256)])
    model.train(was_training)
    return logits
