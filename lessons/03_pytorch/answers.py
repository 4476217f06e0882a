"""Wrong answers that the tests of lesson 03 must name, and other right answers that they must accept."""

from itertools import pairwise

import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset, Subset, TensorDataset

from autograder.planted import alternative, mistake

mistake("shared-memory", named="torch.tensor copies", source="prices_after = [9.0, 7.0]")
mistake("shared-memory", named="from_numpy shares", source="prices_after = [3.0, 4.0]")
mistake("shared-memory", named="other way round", source="prices_after = [3.0, 7.0]")

# to-channels-first


@mistake("to-channels-first", named="cut the numbers anew", name="reshape where permute is needed")
def to_channels_first(batch):
    n, h, w, c = batch.shape
    return batch.reshape(n, c, h, w)


@mistake("to-channels-first", named="on their side", name="height and width swapped")
def to_channels_first(batch):
    return batch.transpose(1, 3)


@mistake("to-channels-first", named="went round")
def to_channels_first(batch):
    return batch.permute(0, 2, 3, 1)


@mistake("to-channels-first", named="as it came")
def to_channels_first(batch):
    return batch


@mistake("to-channels-first", named="dtype", name="makes floats of bytes")
def to_channels_first(batch):
    return batch.float().permute(0, 3, 1, 2)


@mistake("to-channels-first", named="with all four axes", name="NumPy's transpose")
def to_channels_first(batch):
    return batch.transpose(0, 3, 1, 2)


@alternative("to-channels-first", name="two swaps")
def to_channels_first(batch):
    return batch.transpose(2, 3).transpose(1, 2).contiguous()


@alternative("to-channels-first", name="stack the planes")
def to_channels_first(batch):
    return torch.stack([batch[..., c] for c in range(batch.shape[-1])], dim=1)


@alternative("to-channels-first", name="einsum or movedim")
def to_channels_first(batch):
    return torch.movedim(batch, -1, 1)


# gather-scores


@mistake("gather-scores", named="whole columns", name="full matrix returned")
def gather_scores(scores, labels):
    return scores[:, labels]


@mistake("gather-scores", named="(n, 1)")
def gather_scores(scores, labels):
    return scores.gather(1, labels[:, None])


@mistake("gather-scores", named="largest score")
def gather_scores(scores, labels):
    return scores.max(dim=1).values


@mistake("gather-scores", named="picked rows")
def gather_scores(scores, labels):
    return scores[labels]


@mistake("gather-scores", named="diagonal")
def gather_scores(scores, labels):
    return scores.diagonal()


@mistake("gather-scores", named="no gradient", name="through Python numbers")
def gather_scores(scores, labels):
    return torch.tensor([row[i].item() for row, i in zip(scores, labels)], dtype=scores.dtype)


@mistake("gather-scores", named="loop", name="a loop that keeps gradients")
def gather_scores(scores, labels):
    return torch.stack([row[i] for row, i in zip(scores, labels)])


@mistake("gather-scores", named="every axis of size 1", name="squeezes too much")
def gather_scores(scores, labels):
    return scores.gather(1, labels[:, None]).squeeze()


@mistake("gather-scores", named="as many axes", name="gather with bare labels")
def gather_scores(scores, labels):
    return scores.gather(1, labels)


@alternative("gather-scores", name="gather")
def gather_scores(scores, labels):
    return torch.gather(scores, 1, labels.unsqueeze(1)).squeeze(1)


@alternative("gather-scores", name="one-hot mask")
def gather_scores(scores, labels):
    return (scores * nn.functional.one_hot(labels, scores.shape[1])).sum(dim=1)


@alternative("gather-scores", name="the library's loss")
def gather_scores(scores, labels):
    return -nn.functional.nll_loss(scores, labels, reduction="none")


mistake("perfect-loss", named="is a row", source="difference_shape = (4, 1)\nperfect_loss = 2.5")
mistake("perfect-loss", named="only the diagonal", source="difference_shape = (4, 4)\nperfect_loss = 0.0")
mistake("perfect-loss", named="stretches to 4", source="difference_shape = (4,)\nperfect_loss = 2.5")
mistake("perfect-loss", named="all 16", source="difference_shape = (4, 4)\nperfect_loss = 40.0")
mistake("backward-twice", named="overwrites", source="grad_after_two = 8")
mistake("backward-twice", named="nothing is taken away", source="grad_after_two = 0")
mistake("backward-twice", named="not multiplied", source="grad_after_two = 64")

# derivative


@mistake("derivative", named="twice the gradient", name="accumulates into .grad")
def derivative(f, x):
    x.requires_grad_()
    f(x).backward()
    return x.grad.clone()


@mistake("derivative", named="carries a graph")
def derivative(f, x):
    own = x.detach().clone().requires_grad_()
    return torch.autograd.grad(f(own), own, create_graph=True)[0]


@mistake("derivative", named="tuple")
def derivative(f, x):
    own = x.detach().clone().requires_grad_()
    return torch.autograd.grad(f(own), own)


@mistake("derivative", named="switched on requires_grad")
def derivative(f, x):
    x.requires_grad_()
    return torch.autograd.grad(f(x), x)[0]


@mistake("derivative", named="value of f")
def derivative(f, x):
    return f(x.detach())


@mistake("derivative", named="entries up")
def derivative(f, x):
    own = x.detach().clone().requires_grad_()
    return torch.autograd.grad(f(own), own)[0].sum()


@mistake("derivative", named="cleared the caller's", name="tidies up what is not its own")
def derivative(f, x):
    had = x.requires_grad
    x.requires_grad_()
    (gradient,) = torch.autograd.grad(f(x), x)
    x.grad = None
    x.requires_grad_(had)
    return gradient


@mistake("derivative", named="requires_grad of the caller's x off")
def derivative(f, x):
    x.requires_grad_()
    (gradient,) = torch.autograd.grad(f(x), x)
    x.requires_grad_(False)
    return gradient


@mistake("derivative", named="not cut off", name="a clone without detach")
def derivative(f, x):
    own = x.clone().requires_grad_()
    f(own).backward()
    return own.grad


@mistake("derivative", named="held before", name="on, backward, clear, off")
def derivative(f, x):
    x.requires_grad_()
    f(x).backward()
    gradient = x.grad.clone()
    x.grad = None
    x.requires_grad_(False)
    return gradient


@mistake("derivative", named="added to the caller's x.grad", name="a clone that keeps its grad")
def derivative(f, x):
    own = x.clone().requires_grad_()
    own.retain_grad()
    f(own).backward()
    return own.grad.detach()


@alternative("derivative", name="backward on a copy")
def derivative(f, x):
    copy = x.clone().detach()
    copy.requires_grad = True
    f(copy).backward()
    return copy.grad


@alternative("derivative", name="torch.func")
def derivative(f, x):
    return torch.func.grad(f)(x.detach())


@alternative("derivative", name="puts everything back")
def derivative(f, x):
    had = x.requires_grad
    try:
        x.requires_grad_()
        (gradient,) = torch.autograd.grad(f(x), x)
    finally:
        x.requires_grad_(had)
    return gradient


# mlp


@mistake("mlp", named="plain list", name="layers in a plain list")
class MLP(nn.Module):
    def __init__(self, sizes, activation=nn.ReLU):
        super().__init__()
        self.layers = [nn.Linear(a, b) for a, b in pairwise(sizes)]
        self.activation = activation()

    def forward(self, x):
        for layer in self.layers[:-1]:
            x = self.activation(layer(x))
        return self.layers[-1](x)


@mistake("mlp", named="softmax", name="softmax before cross-entropy")
class MLP(nn.Module):
    def __init__(self, sizes, activation=nn.ReLU):
        super().__init__()
        layers = []
        for a, b in pairwise(sizes):
            layers += [nn.Linear(a, b), activation()]
        self.layers = nn.Sequential(*layers[:-1])

    def forward(self, x):
        return torch.softmax(self.layers(x), dim=1)


@mistake("mlp", named="sigmoid")
class MLP(nn.Module):
    def __init__(self, sizes, activation=nn.ReLU):
        super().__init__()
        layers = []
        for a, b in pairwise(sizes):
            layers += [nn.Linear(a, b), activation()]
        self.layers = nn.Sequential(*layers[:-1], nn.Sigmoid())

    def forward(self, x):
        return self.layers(x)


mistake("mlp", named="after the last layer", change=("layers[:-1]", "layers"))
mistake("mlp", named="swapped the two numbers", change=("nn.Linear(n_in, n_out)", "nn.Linear(n_out, n_in)"))
mistake("mlp", named="forward returns nothing", change=("return self.layers(x)", "self.layers(x)"))
mistake("mlp", named="no biases", change=("nn.Linear(n_in, n_out)", "nn.Linear(n_in, n_out, bias=False)"))


@mistake("mlp", named="no activation between", name="linear all the way")
class MLP(nn.Module):
    def __init__(self, sizes, activation=nn.ReLU):
        super().__init__()
        self.layers = nn.Sequential(*[nn.Linear(a, b) for a, b in pairwise(sizes)])

    def forward(self, x):
        return self.layers(x)


@mistake("mlp", named="always ReLU")
class MLP(nn.Module):
    def __init__(self, sizes, activation=nn.ReLU):
        super().__init__()
        self.layers = nn.ModuleList([nn.Linear(a, b) for a, b in pairwise(sizes)])

    def forward(self, x):
        for layer in self.layers[:-1]:
            x = torch.relu(layer(x))
        return self.layers[-1](x)


@mistake("mlp", named="repr does not show", name="a repr of its own")
class MLP(nn.Module):
    def __init__(self, sizes, activation=nn.ReLU):
        super().__init__()
        self.layers = nn.ModuleList([nn.Linear(a, b) for a, b in pairwise(sizes)])
        self.activation = activation()

    def forward(self, x):
        for layer in self.layers[:-1]:
            x = self.activation(layer(x))
        return self.layers[-1](x)

    def __repr__(self):
        return "MLP"


@alternative("mlp", name="ModuleList and one activation")
class MLP(nn.Module):
    def __init__(self, sizes, activation=nn.ReLU):
        super().__init__()
        self.layers = nn.ModuleList([nn.Linear(a, b) for a, b in pairwise(sizes)])
        self.activation = activation()

    def forward(self, x):
        for i, layer in enumerate(self.layers):
            x = layer(x) if i == len(self.layers) - 1 else self.activation(layer(x))
        return x


@alternative("mlp", name="add_module, one by one")
class MLP(nn.Module):
    def __init__(self, sizes, activation=nn.ReLU):
        super().__init__()
        self.depth = len(sizes) - 1
        for i in range(self.depth):
            self.add_module(f"layer{i}", nn.Linear(sizes[i], sizes[i + 1]))
            if i < self.depth - 1:
                setattr(self, f"act{i}", activation())

    def forward(self, x):
        for i in range(self.depth):
            x = getattr(self, f"layer{i}")(x)
            if i < self.depth - 1:
                x = getattr(self, f"act{i}")(x)
        return x


# house-dataset

mistake("house-dataset", named="number of features", change=("return len(self.features)", "return self.features.shape[1]"),
        name="wrong length")
mistake("house-dataset", named="counted all numbers", change=("return len(self.features)", "return self.features.numel()"))
mistake("house-dataset", named="beside predictions", change=("[:, None]", ""))
mistake("house-dataset", named="float64, and a layer's weights", source='''
class HouseDataset(Dataset):
    def __init__(self, X, y, mean, std):
        self.features, self.prices = torch.from_numpy((X - mean) / std), torch.from_numpy(y)[:, None]
    def __len__(self):
        return len(self.prices)
    def __getitem__(self, i):
        return self.features[i], self.prices[i]
''')
mistake("house-dataset", named="statistics of these rows", change=("(X - mean) / std", "(X - X.mean(axis=0)) / X.std(axis=0)"))
mistake("house-dataset", named="not standardise", change=("(X - mean) / std", "X"))
mistake("house-dataset", named="by the variance", change=("(X - mean) / std", "(X - mean) / std**2"))
mistake("house-dataset", named="in place", source='''
class HouseDataset(Dataset):
    def __init__(self, X, y, mean, std):
        X -= mean
        X /= std
        self.features = torch.tensor(X, dtype=torch.float32)
        self.prices = torch.tensor(y, dtype=torch.float32)[:, None]
    def __len__(self):
        return len(self.prices)
    def __getitem__(self, i):
        return self.features[i], self.prices[i]
''')
mistake("house-dataset", named="tensors", source='''
class HouseDataset(Dataset):
    def __init__(self, X, y, mean, std):
        self.features = ((X - mean) / std).astype(np.float32)
        self.prices = y.astype(np.float32)[:, None]
    def __len__(self):
        return len(self.prices)
    def __getitem__(self, i):
        return self.features[i], self.prices[i]
''')


@alternative("house-dataset", name="one home at a time")
class HouseDataset(Dataset):
    def __init__(self, X, y, mean, std):
        self.X, self.y, self.mean, self.std = X, y, mean, std

    def __len__(self):
        return self.X.shape[0]

    def __getitem__(self, i):
        features = (self.X[i] - self.mean) / self.std
        return torch.from_numpy(features).float(), torch.tensor([self.y[i]], dtype=torch.float32)


@alternative("house-dataset", name="a list of pairs")
class HouseDataset(Dataset):
    def __init__(self, X, y, mean, std):
        super().__init__()
        rows = torch.as_tensor((X - mean) / std).to(torch.float32)
        prices = torch.as_tensor(y).to(torch.float32).reshape(-1, 1)
        self.pairs = list(zip(rows, prices))

    def __len__(self):
        return len(self.pairs)

    def __getitem__(self, i):
        return self.pairs[i]


# split-loaders

mistake("split-loaders", named="test part leaks", name="leakage from the test part",
        change=("X[train].mean(axis=0), X[train].std(axis=0)", "X.mean(axis=0), X.std(axis=0)"))
mistake("split-loaders", named="by the test part", change=("X[train].mean(axis=0), X[train].std(axis=0)", "X[test].mean(axis=0), X[test].std(axis=0)"))
mistake("split-loaders", named="keeps its order", name="shuffled evaluation",
        change=("DataLoader(test_set, batch_size)", "DataLoader(test_set, batch_size, shuffle=True, generator=generator)"))
mistake("split-loaders", named="same order at each pass", name="training not shuffled", change=("shuffle=True, generator=generator", "shuffle=False"))
mistake("split-loaders", named="shuffling does not come from the generator", change=("shuffle=True, generator=generator", "shuffle=True"))
mistake("split-loaders", named="split does not come from the generator", change=("torch.randperm(len(X), generator=generator)", "torch.randperm(len(X))"))
mistake("split-loaders", named="at random", name="the first rows held back", change=("torch.randperm(len(X), generator=generator)", "torch.arange(len(X))"))
mistake("split-loaders", named="n - 1", change=("X[train].std(axis=0)", "X[train].std(axis=0, ddof=1)"))
mistake("split-loaders", named="swapped the parts", change=("test, train = order", "train, test = order"))
mistake("split-loaders", named="short last batch", change=("shuffle=True, generator=generator", "shuffle=True, generator=generator, drop_last=True"))
mistake("split-loaders", named="each part by itself", source='''
def split_loaders(X, y, n_test, batch_size, generator):
    order = torch.randperm(len(X), generator=generator).numpy()
    sets = [HouseDataset(X[rows], y[rows], X[rows].mean(axis=0), X[rows].std(axis=0)) for rows in (order[n_test:], order[:n_test])]
    return DataLoader(sets[0], batch_size, shuffle=True, generator=generator), DataLoader(sets[1], batch_size)
''')
mistake("split-loaders", named="in both parts", source='''
def split_loaders(X, y, n_test, batch_size, generator):
    test = torch.randperm(len(X), generator=generator)[:n_test].numpy()
    train = torch.randperm(len(X), generator=generator)[n_test:].numpy()
    mean, std = X[train].mean(axis=0), X[train].std(axis=0)
    sets = [HouseDataset(X[rows], y[rows], mean, std) for rows in (train, test)]
    return DataLoader(sets[0], batch_size, shuffle=True, generator=generator), DataLoader(sets[1], batch_size)
''')


@alternative("split-loaders", name="random_split and Subset")
def split_loaders(X, y, n_test, batch_size, generator):
    from torch.utils.data import random_split

    train, test = random_split(range(len(X)), [len(X) - n_test, n_test], generator=generator)
    rows = np.array(train.indices)
    everything = HouseDataset(X, y, X[rows].mean(axis=0), X[rows].std(axis=0))
    parts = [Subset(everything, part.indices) for part in (train, test)]
    return (DataLoader(parts[0], batch_size=batch_size, shuffle=True, generator=generator),
            DataLoader(parts[1], batch_size=batch_size, shuffle=False))


@alternative("split-loaders", name="NumPy's generator, seeded by PyTorch's, and no HouseDataset")
def split_loaders(X, y, n_test, batch_size, generator):
    rng = np.random.default_rng(int(torch.randint(0, 2**31, (1,), generator=generator)))
    order = rng.permutation(len(X))
    held, kept = np.sort(order[-n_test:]), order[:-n_test]
    scale = lambda rows: torch.tensor((X[rows] - X[kept].mean(0)) / X[kept].std(0)).float()
    sets = [TensorDataset(scale(rows), torch.tensor(y[rows]).float().unsqueeze(1)) for rows in (kept, held)]
    sampler = torch.utils.data.RandomSampler(sets[0], generator=generator)
    return DataLoader(sets[0], batch_size, sampler=sampler), DataLoader(sets[1], batch_size)


# train-epoch

mistake("train-epoch", named="did not clear", name="no zero_grad", change=("optimizer.zero_grad()", "pass"))
mistake("train-epoch", named="evaluation mode", name="no train()", change=("model.train()", "pass"))
mistake("train-epoch", named="last batch's loss", change=("return total / len(loader.dataset)", "return batch_loss.item()"))
mistake("train-epoch", named="batches' means", source='''
def train_epoch(model, loader, loss_fn, optimizer):
    model.train()
    losses = []
    for X, y in loader:
        optimizer.zero_grad()
        loss = loss_fn(model(X), y)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return sum(losses) / len(losses)
''')
mistake("train-epoch", named="stepped before", source='''
def train_epoch(model, loader, loss_fn, optimizer):
    model.train()
    total = 0.0
    for X, y in loader:
        loss = loss_fn(model(X), y)
        optimizer.step()
        optimizer.zero_grad()
        loss.backward()
        total += loss.item() * len(X)
    return total / len(loader.dataset)
''')
mistake("train-epoch", named="no step used a gradient", source='''
def train_epoch(model, loader, loss_fn, optimizer):
    model.train()
    total = 0.0
    for X, y in loader:
        loss = loss_fn(model(X), y)
        loss.backward()
        optimizer.zero_grad()
        optimizer.step()
        total += loss.item() * len(X)
    return total / len(loader.dataset)
''')
mistake("train-epoch", named="one step for the whole epoch", source='''
def train_epoch(model, loader, loss_fn, optimizer):
    model.train()
    total = 0.0
    optimizer.zero_grad()
    for X, y in loader:
        loss = loss_fn(model(X), y)
        loss.backward()
        total += loss.item() * len(X)
    optimizer.step()
    return total / len(loader.dataset)
''')
mistake("train-epoch", named="return a tensor", change=("batch_loss.item()", "batch_loss"))
mistake("train-epoch", named="by loader.batch_size", change=("batch_loss.item() * len(X)", "batch_loss.item() * loader.batch_size"))
mistake("train-epoch", named="divided twice", change=("batch_loss.item() * len(X)", "batch_loss.item()"))


@alternative("train-epoch", name="leaves the model in evaluation mode")
def train_epoch(model, loader, loss_fn, optimizer):
    model.train()
    total = 0.0
    for X, y in loader:
        optimizer.zero_grad()
        loss = loss_fn(model(X), y)
        loss.backward()
        optimizer.step()
        total += loss.item() * len(X)
    model.eval()
    return total / len(loader.dataset)


@alternative("train-epoch", name="clears after the step")
def train_epoch(model, loader, loss_fn, optimizer):
    model.train()
    losses, sizes = [], []
    for batch in loader:
        inputs, targets = (part.to(device_of(model)) for part in batch)
        loss = loss_fn(model(inputs), targets)
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        losses.append(float(loss))
        sizes.append(inputs.shape[0])
    return float(np.average(losses, weights=sizes))


@alternative("train-epoch", name="running mean, cleared by hand")
def train_epoch(model, loader, loss_fn, optimizer):
    model.train(mode=True)
    mean, seen = 0.0, 0
    for X, y in loader:
        for p in model.parameters():
            p.grad = None
        value = loss_fn(model(X), y)
        value.backward()
        optimizer.step()
        seen += y.shape[0]
        mean += (value.detach().item() - mean) * y.shape[0] / seen
    return mean


# evaluate

mistake("evaluate", named="dropout is live", name="no eval()", change=("model.eval()", "pass"))
mistake("evaluate", named="a graph was recorded", name="gradients kept", change=("with torch.no_grad():", "if True:"))
mistake("evaluate", named="left the model in evaluation mode", change=("model.train(mode)", "pass"))
mistake("evaluate", named="left the model in training mode", change=("model.train(mode)", "model.train()"))
mistake("evaluate", named="n - 1", change=("y.var(correction=0)", "y.var()"))
mistake("evaluate", named="return tensors", change=("return mse.item(), (1 - mse / y.var(correction=0)).item()", "return mse, 1 - mse / y.var(correction=0)"))
mistake("evaluate", named="swapped the two", change=("return mse.item(), (1 - mse / y.var(correction=0)).item()", "return (1 - mse / y.var(correction=0)).item(), mse.item()"))
mistake("evaluate", named="the mean of the predictions",
        change=("y.var(correction=0)).item()", "((y - y_hat.mean()) ** 2).mean()).item()"))
mistake("evaluate", named="spread of the predictions", change=("y.var(correction=0)).item()", "y_hat.var(correction=0)).item()"))
mistake("evaluate", named="batches' means", name="mean of batch means", source='''
def evaluate(model, loader):
    mode = model.training
    model.eval()
    errors, targets = [], []
    with torch.no_grad():
        for X, y in loader:
            errors.append(((model(X) - y) ** 2).mean().item())
            targets.append(y)
    model.train(mode)
    mse = sum(errors) / len(errors)
    return mse, 1 - mse / torch.cat(targets).var(correction=0).item()
''')
mistake("evaluate", named="batches' R²", name="mean of batch R²", source='''
def evaluate(model, loader):
    mode = model.training
    model.eval()
    total, r2, n = 0.0, 0.0, 0
    with torch.no_grad():
        for X, y in loader:
            squares = ((model(X) - y) ** 2).sum().item()
            total, n = total + squares, n + len(y)
            r2 += 1 - squares / ((y - y.mean()) ** 2).sum().item()
    model.train(mode)
    return total / n, r2 / len(loader)
''')
mistake("evaluate", named="whole program", name="gradients off for good", source='''
def evaluate(model, loader):
    mode = model.training
    model.eval()
    torch.set_grad_enabled(False)
    y_hat, y = (torch.cat(parts) for parts in zip(*[(model(X), y) for X, y in loader]))
    model.train(mode)
    mse = ((y_hat - y) ** 2).mean().item()
    return mse, 1 - mse / y.var(correction=0).item()
''')
mistake("evaluate", named="last batch's error", source='''
def evaluate(model, loader):
    mode = model.training
    model.eval()
    with torch.no_grad():
        for X, y in loader:
            mse = ((model(X) - y) ** 2).mean()
    model.train(mode)
    return mse.item(), (1 - mse / y.var(correction=0)).item()
''')


@alternative("evaluate", name="running sums")
def evaluate(model, loader):
    was = model.training
    model.eval()
    n, squares, total, total_of_squares = 0, 0.0, 0.0, 0.0
    with torch.inference_mode():
        for X, y in loader:
            y_hat = model(X.to(device_of(model))).cpu()
            n += y.numel()
            squares += float(((y_hat - y) ** 2).sum())
            total += float(y.sum())
            total_of_squares += float((y.double() ** 2).sum())
    if was:
        model.train()
    return squares / n, 1 - squares / (total_of_squares - total**2 / n)


alternative("evaluate", name="in NumPy, with a decorator", source='''
@torch.no_grad()
def evaluate(model, loader):
    mode = model.training
    try:
        model.eval()
        y_hat = np.concatenate([model(X).numpy() for X, _ in loader])
        y = np.concatenate([y.numpy() for _, y in loader])
    finally:
        model.train(mode)
    mse = float(np.mean((y_hat - y) ** 2, dtype=np.float64))
    return mse, 1 - mse / float(np.var(y, dtype=np.float64))
''')


# checkpoints

mistake("checkpoints", named="optimizer's state belongs", name="optimizer state forgotten",
        change=('    optimizer.load_state_dict(state["optimizer"])\n', ""))
mistake("checkpoints", named="forgot to return", change=('return state["epoch"]', "pass"))
mistake("checkpoints", named="next epoch", change=('return state["epoch"]', 'return state["epoch"] + 1'))
mistake("checkpoints", named="weights after load", name="weights not loaded", change=('model.load_state_dict(state["model"])', "pass"))
mistake("checkpoints", named="stranger's file", change=("weights_only=True)\n    model.load", "weights_only=False)\n    model.load"))
mistake("checkpoints", named="no file", change=("torch.save(state, path)", "pass"))
mistake("checkpoints", named="whole object", name="saves the objects", source='''
def save_checkpoint(path, model, optimizer, epoch):
    torch.save({"model": model, "optimizer": optimizer, "epoch": epoch}, path)
def load_checkpoint(path, model, optimizer):
    state = torch.load(path, weights_only=False)
    model.load_state_dict(state["model"].state_dict())
    optimizer.load_state_dict(state["optimizer"].state_dict())
    return state["epoch"]
''')
mistake("checkpoints", named="first checkpoint", name="one file for all", source='''
def save_checkpoint(path, model, optimizer, epoch):
    state = {"model": model.state_dict(), "optimizer": optimizer.state_dict(), "epoch": epoch}
    torch.save(state, path)
    save_checkpoint.newest = {"model": {k: v.clone() for k, v in model.state_dict().items()}, "epoch": epoch}
def load_checkpoint(path, model, optimizer):
    state = torch.load(path, weights_only=True)
    model.load_state_dict(save_checkpoint.newest["model"])
    optimizer.load_state_dict(state["optimizer"])
    return state["epoch"]
''')


alternative("checkpoints", name="a tuple", source='''
def save_checkpoint(path, model, optimizer, epoch):
    torch.save((model.state_dict(), optimizer.state_dict(), epoch), path)
def load_checkpoint(path, model, optimizer):
    weights, moments, epoch = torch.load(path, weights_only=True)
    optimizer.load_state_dict(moments)
    model.load_state_dict(weights)
    return epoch
''')
alternative("checkpoints", name="an open file, copies, and a tensor for the epoch", source='''
def save_checkpoint(path, model, optimizer, epoch):
    weights = {name: value.detach().clone() for name, value in model.state_dict().items()}
    with open(path, "wb") as file:
        torch.save({"weights": weights, "adam": optimizer.state_dict(), "epoch": torch.tensor(epoch)}, file)
def load_checkpoint(path, model, optimizer):
    with open(path, "rb") as file:
        found = torch.load(file, map_location="cpu")
    model.load_state_dict(found["weights"])
    optimizer.load_state_dict(found["adam"])
    return int(found["epoch"])
''')

# fix-the-loop: each of the five bugs left in alone, and some that come in with a repair

mistake("fix-the-loop", named="clear them before each backward", name="bug 1: gradients never cleared", change=("optimizer.zero_grad()", "pass"))
mistake("fix-the-loop", named="meet as a table, so", name="bug 2: (n, 1) against (n,) in training",
        change=("loss = ((model(X)[:, 0] - y) ** 2).mean()", "loss = ((model(X) - y) ** 2).mean()"))
mistake("fix-the-loop", named="where you test, and all entries", name="bug 2, half repaired: the table is left where it tests",
        change=("((model(X)[:, 0] - y) ** 2).sum()", "((model(X) - y) ** 2).sum()"))
mistake("fix-the-loop", named="from the second epoch on", name="bug 3: train() once",
        change=("history = []\n    for _ in range(epochs):\n        train_total = test_total = 0.0\n        model.train()",
                "history = []\n    model.train()\n    for _ in range(epochs):\n        train_total = test_total = 0.0"))
mistake("fix-the-loop", named="keeps the graph", name="bug 4: the loss is added up with its graph", change=("loss.item() * len(y)", "loss * len(y)"))
mistake("fix-the-loop", named="so add up examples", name="bug 5: mean of the test batches' means", source='''
def fit(model, train_loader, test_loader, optimizer, epochs):
    history = []
    for _ in range(epochs):
        train_total = test_total = 0.0
        model.train()
        for X, y in train_loader:
            loss = ((model(X)[:, 0] - y) ** 2).mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            train_total += loss.item() * len(y)
        model.eval()
        with torch.no_grad():
            for X, y in test_loader:
                test_total += ((model(X)[:, 0] - y) ** 2).mean().item()
        history.append((train_total / len(train_loader.dataset), test_total / len(test_loader)))
    return history
''')
mistake("fix-the-loop", named="test loss adds up means", change=(".sum().item()", ".mean().item()"))
mistake("fix-the-loop", named="divides by the number of batches", change=("test_total / len(test_loader.dataset)", "test_total / len(test_loader)"))
mistake("fix-the-loop", named="your training loss is the mean", name="a repair that breaks the training loss", source='''
def fit(model, train_loader, test_loader, optimizer, epochs):
    history = []
    for _ in range(epochs):
        train_total = test_total = 0.0
        model.train()
        for X, y in train_loader:
            loss = ((model(X)[:, 0] - y) ** 2).mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            train_total += loss.item()
        model.eval()
        with torch.no_grad():
            for X, y in test_loader:
                test_total += ((model(X)[:, 0] - y) ** 2).sum().item()
        history.append((train_total / len(train_loader), test_total / len(test_loader.dataset)))
    return history
''')
mistake("fix-the-loop", named="tested in training mode", change=("model.eval()", "pass"))
mistake("fix-the-loop", named="once for each epoch", name="cleared once for each epoch", source='''
def fit(model, train_loader, test_loader, optimizer, epochs):
    history = []
    for _ in range(epochs):
        train_total = test_total = 0.0
        model.train()
        optimizer.zero_grad()
        for X, y in train_loader:
            loss = ((model(X)[:, 0] - y) ** 2).mean()
            loss.backward()
            optimizer.step()
            train_total += loss.item() * len(y)
        model.eval()
        with torch.no_grad():
            for X, y in test_loader:
                test_total += ((model(X)[:, 0] - y) ** 2).sum().item()
        history.append((train_total / len(train_loader.dataset), test_total / len(test_loader.dataset)))
    return history
''')
mistake("fix-the-loop", named="came before the first backward", name="step before backward", source='''
def fit(model, train_loader, test_loader, optimizer, epochs):
    history = []
    for _ in range(epochs):
        train_total = test_total = 0.0
        model.train()
        for X, y in train_loader:
            loss = ((model(X)[:, 0] - y) ** 2).mean()
            optimizer.step()
            optimizer.zero_grad()
            loss.backward()
            train_total += loss.item() * len(y)
        model.eval()
        with torch.no_grad():
            for X, y in test_loader:
                test_total += ((model(X)[:, 0] - y) ** 2).sum().item()
        history.append((train_total / len(train_loader.dataset), test_total / len(test_loader.dataset)))
    return history
''')


@alternative("fix-the-loop", name="in the library's words")
def fit(model, train_loader, test_loader, optimizer, epochs):
    history = []
    for _ in range(epochs):
        model.train()
        total, n = 0.0, 0
        for X, y in train_loader:
            optimizer.zero_grad()
            loss = nn.functional.mse_loss(model(X), y.unsqueeze(1))
            loss.backward()
            optimizer.step()
            total, n = total + float(loss) * len(X), n + len(X)
        model.eval()
        squares = []
        with torch.inference_mode():
            for X, y in test_loader:
                squares += nn.functional.mse_loss(model(X).squeeze(1), y, reduction="none").tolist()
        history.append((total / n, sum(squares) / len(squares)))
    return history


@alternative("fix-the-loop", name="with functions of its own")
def fit(model, train_loader, test_loader, optimizer, epochs):
    def errors(X, y):
        return (model(X) - y[:, None]).square()

    def tested():
        model.eval()
        with torch.no_grad():
            return torch.cat([errors(X, y) for X, y in test_loader]).mean().item()

    history = []
    for _ in range(epochs):
        model.train()
        seen = []
        for X, y in train_loader:
            batch = errors(X, y)
            batch.mean().backward()
            optimizer.step()
            optimizer.zero_grad()
            seen.append(batch.detach())
        history.append((torch.cat(seen).mean().item(), tested()))
    return history
