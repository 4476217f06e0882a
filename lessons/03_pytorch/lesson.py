# %% [markdown] lesson="Tensors, autograd, modules, loaders" part="Part I. Networks that learn" hours=3 needs="00_start_here 01_perceptron_to_mlp 02_backprop"
# # 03 · Tensors, autograd, modules, loaders
#
# The next cell trains a network of 1377 parameters on the house prices of lesson 01, in about twenty lines of
# PyTorch. It raises no error and prints no warning, and its loss falls. Then it is asked for the prices of homes in
# the centre and far out, small and large, and names nearly the same price for all of them. **One line of it lacks a
# single index. Which line, what has the network learned instead, and how good is it with the index in place?** Near
# the end of this lesson, code of yours answers that with numbers.
#
# **You will be able to**
#
# - move between NumPy and PyTorch and know which of the two you are about to change;
# - let autograd differentiate any function, and know what it leaves behind;
# - write a network as a module whose parameters an optimizer can find;
# - feed it from a data set that leaks nothing from the test part;
# - train, evaluate, stop and resume, and find the five mistakes that training loops are made of.
#
# **Where it stands.** Lesson 02 wrote backpropagation by hand. From here on PyTorch does that, and you keep the parts
# that it can't know: shapes, data, modes, and what a number means. Every later lesson uses the loop that you write
# here.
#
# **Time.** About three hours, reading included: ten exercises, three predictions. Good places for a break are before
# "Networks as modules" and before "Five lines that learn".

# %% setup=true
from itertools import pairwise

import numpy as np
import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset, Subset, TensorDataset

from forwardpass import NotAttempted, check, data, plots


def device_of(model: nn.Module) -> torch.device:
    """Where the model's weights are: the processor ("cpu") or a GPU ("cuda")."""
    return next(model.parameters()).device

# %% demo="broken-run"
homes = data.house_prices()
X = torch.tensor((homes.X - homes.X.mean(axis=0)) / homes.X.std(axis=0), dtype=torch.float32)  # (1800, 8)
y = torch.tensor(homes.y / 100, dtype=torch.float32)  # (1800,), in 100 000 EUR

torch.manual_seed(0)
network = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 32), nn.ReLU(), nn.Linear(32, 1))
adam = torch.optim.Adam(network.parameters(), lr=0.003)
falling = []
for _ in range(40):
    total = 0.0
    for rows in torch.randperm(1440).split(64):
        loss = ((network(X[rows]) - y[rows]) ** 2).mean()
        adam.zero_grad()
        loss.backward()
        adam.step()
        total += loss.item() * len(rows)
    falling.append(total / 1440)
print(f"loss after 1, 10 and 40 epochs: {falling[0]:.1f}, {falling[9]:.1f}, {falling[39]:.1f}")

with torch.no_grad():
    asked = network(X[1440:])
print(f"true prices of 360 other homes: from {y[1440:].min():.1f} to {y[1440:].max():.1f}")
print(f"prices predicted for them:      from {asked.min():.1f} to {asked.max():.1f}")

# %% [markdown]
# ## Tensors
#
# A *tensor* is NumPy's array with three additions: it can remember how it was computed, so that gradients can flow
# back; it can live on a GPU; and its usual float is `float32`. Shapes, indexing and broadcasting are those of lesson
# 00. What differs is mostly spelling:
#
# | NumPy | PyTorch | beware |
# | --- | --- | --- |
# | `x.sum(axis=1)` | `x.sum(dim=1)` | |
# | `x.astype(np.float32)` | `x.float()`, `x.to(torch.float32)` | NumPy makes float64, PyTorch float32; a layer refuses to mix them |
# | `x.copy()` | `x.clone()` | |
# | `x.transpose(0, 2, 1)` | `x.permute(0, 2, 1)` | `x.transpose(1, 2)` in PyTorch swaps two axes |
# | `np.concatenate` | `torch.cat` | |
# | `x.std()` divides by $n$ | `x.std()` divides by $n - 1$ | `correction=0` makes PyTorch's that of NumPy |
# | | `x.numpy()`, `x.tolist()`, `x.item()` | to NumPy, to a list, one number as Python's own |

# %%
t = torch.tensor([[1.0, 3.0], [5.0, 7.0]])
print(t.shape, t.dtype, t.sum(dim=1), t.sum().item())
print(f"deviation: {t.std():.3f} in PyTorch, {t.numpy().std():.3f} in NumPy")

# %% [markdown]
# There are two ways from an array to a tensor. `torch.tensor(a)` copies the numbers. `torch.from_numpy(a)` makes a
# tensor over the same block of memory, as a view does in lesson 00; so does `t.numpy()` on the way back.
#
# ### Same numbers or a copy
#
# ```python
# prices = np.array([3.0, 4.0])
# a = torch.from_numpy(prices)
# b = torch.tensor(prices)
# a[0] = 9.0
# b[1] = 7.0
# ```
#
# Write down what `prices` holds afterwards, as a list of two numbers such as `[1.0, 2.0]`.

# %% predict="shared-memory" minutes=2 law="torch.from_numpy shares the array's memory, torch.tensor copies it"
### BEGIN SOLUTION
prices_after = [9.0, 4.0]
### END SOLUTION

# %% test="shared-memory" points=1 hidden=true covers="your prediction"
check.equal(prices_after, expect=[9.0, 4.0], mistakes={
    "you took it that both share memory: torch.tensor copies, so its 7 stays out of prices": [9.0, 7.0],
    "you took it that both are copies: torch.from_numpy shares memory, so its 9 shows in prices": [3.0, 4.0],
    "you have it the other way round: from_numpy shares memory, tensor copies": [3.0, 7.0]})

# %%
prices = np.array([3.0, 4.0])
a, b = torch.from_numpy(prices), torch.tensor(prices)
a[0], b[1] = 9.0, 7.0
print(prices)

# %% [markdown]
# ### Channels first
#
# A photograph comes as (H, W, C): height, width, and three channels, red, green and blue. A batch of $N$ such images
# is (N, H, W, C). PyTorch's layers want (N, C, H, W): all of red first, then all of green, then all of blue. Take one
# image of two by two pixels:
#
# | | column 0 | column 1 |
# | --- | --- | --- |
# | row 0 | (1, 2, 3) | (4, 5, 6) |
# | row 1 | (7, 8, 9) | (10, 11, 12) |
#
# Its red plane holds the first number of every pixel: 1, 4, 7, 10. In memory the twelve numbers lie in the order 1,
# 2, 3, 4, and so on. `reshape` keeps that order and cuts it anew, so that its first plane is 1, 2, 3, 4: a mixture of
# colours. `permute` keeps the numbers where they belong and renames the axes: `x.permute(2, 0, 1)` makes the old axis
# 2 the new axis 0.
#
# **Law.** `reshape` keeps the order in memory and cuts it anew; `permute` keeps each number's meaning and reorders
# the axes.

# %% exercise="to-channels-first" minutes=5 difficulty=1 law="channel c of pixel (h, w) moves from [n, h, w, c] to [n, c, h, w]"
def to_channels_first(batch: Tensor) -> Tensor:
    """Images with their channels before height and width, as PyTorch's layers want them.

    batch: (N, H, W, C), any dtype. Returns (N, C, H, W), the same numbers in the same dtype.
    """
    ### BEGIN SOLUTION
    return batch.permute(0, 3, 1, 2)
    ### END SOLUTION

# %% [markdown] hint="to-channels-first"
# - *I don't know where to start.* Number the axes of the input 0 to 3. Write the shape that you want, and under each
#   of its letters the number which that axis has in the input.
# - *The shape is right and the numbers are not.* The shape can be right for two reasons. For the image above, which
#   numbers should stand in the first plane, and which do?
# - *The planes are right but lie on their side.* Height and width have changed places: `transpose` swaps two axes,
#   and here three of them move.

# %% test="to-channels-first" points=1
batch = torch.arange(12).reshape(1, 2, 3, 2)
check.equal(to_channels_first, batch, expect=[[[[0, 2, 4], [6, 8, 10]], [[1, 3, 5], [7, 9, 11]]]], mistakes={
    "you cut the numbers anew: reshape and view mix the channels, since they keep the order in memory":
        [[[[0, 1, 2], [3, 4, 5]], [[6, 7, 8], [9, 10, 11]]]],
    "your images lie on their side: this is (N, C, W, H), and height comes before width":
        [[[[0, 6], [2, 8], [4, 10]], [[1, 7], [3, 9], [5, 11]]]],
    "your axes went round the wrong way: the last axis must come after N, and height must not": [
        [[[0, 6], [1, 7]], [[2, 8], [3, 9]], [[4, 10], [5, 11]]]],
    "you returned the batch as it came": [[[[0, 1], [2, 3], [4, 5]], [[6, 7], [8, 9], [10, 11]]]],
    "if you called transpose with all four axes: that is NumPy's, and PyTorch's swaps two; the table under Tensors has its name for NumPy's":
        TypeError})

# %% test="to-channels-first" points=1 hidden=true covers="batches of one and of several, one and four channels, uint8, float32 and float64"
rng = check.rng("to-channels-first")
shapes = [(1, 1, 1, 1), (1, 5, 4, 1), (2, 3, 5, 4), (3, 4, 4, 3), (4, 1, 6, 2), (2, 7, 1, 3)]
kinds = [torch.uint8, torch.float32, torch.float64]
cases = [torch.tensor(rng.integers(0, 256, shape)).to(kind) for shape in shapes for kind in kinds]
check.equal_many(to_channels_first, cases, expect=lambda x: np.moveaxis(x.numpy(), -1, 1))

# %% [markdown]
# On a photograph the difference can be seen. The first three pictures are the planes of your answer, the last three
# those of `reshape`. Each of those holds a third of the photograph, cut from top to bottom, and each line of the photograph
# fills three of its lines: left, middle and right, one below the other, with the colours side by side.

# %% demo="planes"
photo = torch.tensor(data.photograph("flower")[20:400:5, 100:600:5])
height, width, _ = photo.shape
planes = [*to_channels_first(photo[None])[0], *photo.reshape(3, height, width)]
fig, axes = plots.figure(7.0, 3.8, 2, 3)
names = ["your red", "your green", "your blue", "reshape, plane 0", "reshape, plane 1", "reshape, plane 2"]
for ax, plane, name in zip(axes.flat, planes, names, strict=True):
    ax.imshow(plane.numpy(), cmap="gray", vmin=0, vmax=255)
    ax.set_title(name)
    ax.axis("off")
plots.show(fig, alt=(
    "Six grey pictures made of one photograph of a dahlia. Above, the red, green and blue planes: three times the whole "
    "flower, brightest in red. Below, the planes that reshape makes: no flower, but fine stripes and dots in "
    "large bright and dark patches whose edges belong to no petal."))

# %% [markdown]
# ### One score from each row
#
# A classifier gives each example a row of scores, one for each class. The loss of lesson 02 needs the score of the
# right class only. For three examples and four classes, with the labels 2, 0 and 3:
#
# | label | class 0 | class 1 | class 2 | class 3 | wanted |
# | --- | --- | --- | --- | --- | --- |
# | 2 | 1 | 2 | **3** | 4 | 3 |
# | 0 | **5** | 6 | 7 | 8 | 5 |
# | 3 | 9 | 10 | 11 | **12** | 12 |
#
# Lesson 00 had the idiom: two index arrays of equal length pick one entry for each pair. `torch.arange(n)` counts
# from 0 to n - 1. PyTorch has a function of its own for this, too, `torch.gather(scores, 1, index)`, whose
# index has as many axes as the scores. Gradients flow through both.
# Through a loop with `.item()` they don't: a Python number has forgotten where it came from.

# %% exercise="gather-scores" minutes=6 difficulty=2 law="entry i of the answer is scores[i, labels[i]]: one number for each row"
def gather_scores(scores: Tensor, labels: Tensor) -> Tensor:
    """The score of the right class in every row, without a Python loop over the rows.

    scores: (n, k) float; labels: (n,) int64, from 0 to k - 1. n and k at least 1.
    Returns (n,), through which gradients flow back to scores.
    """
    ### BEGIN SOLUTION
    return scores[torch.arange(len(labels)), labels]
    ### END SOLUTION

# %% [markdown] hint="gather-scores"
# - *I don't know where to start.* Write the three pairs (row, column) of the table above. What are the first numbers
#   of the pairs, all together? What are the second ones?
# - *I get a square.* A colon means every row, and each label belongs to one row only.
# - *I get (n, 1).* `torch.gather` wants an index with as many axes as the scores, and answers in the index's shape:
#   take that last axis away again. Name the axis, since `squeeze()` without a number takes all axes of size 1, and a table
#   of one row has two of them.
# - *It says that no gradient arrives.* `.item()`, `.numpy()`, `.detach()` and `torch.tensor(...)` all cut the thread.

# %% test="gather-scores" points=1
scores = torch.tensor([[1.0, 2.0, 3.0, 4.0], [5.0, 6.0, 7.0, 8.0], [9.0, 10.0, 11.0, 12.0]])
labels = torch.tensor([2, 0, 3])
check.equal(gather_scores, scores, labels, expect=[3.0, 5.0, 12.0], mistakes={
    "you picked whole columns, so every row meets every label: pair row 0 with label 0, row 1 with label 1":
        [[3.0, 1.0, 4.0], [7.0, 5.0, 8.0], [11.0, 9.0, 12.0]],
    "your answer is (n, 1): take the last axis away, the answer is (n,)": [[3.0], [5.0], [12.0]],
    "you took the largest score of each row: the label says which one": [4.0, 8.0, 12.0],
    "you took the diagonal: column i for row i, and the labels are ignored": [1.0, 6.0, 11.0],
    "you picked rows: a label names a column": IndexError,
    "you added the scores up: one for each row is wanted": 20.0,
    "if you used gather: its index needs as many axes as the scores, and labels has one": RuntimeError})
check.equal(gather_scores, torch.tensor([[6.0, 7.0]]), torch.tensor([1]), expect=[7.0], mistakes={
    "one row still makes a list of one number: squeeze() takes away every axis of size 1, so name the one that must go":
        np.array(7.0, dtype="f4")})


def gradient_and_steps(answer, scores, labels):
    """The gradient of the answer's sum, and how many steps Python takes for 4 and for 40 rows."""
    import sys

    import torch

    def count(frame, event, argument):
        nonlocal steps
        steps += 1
        return count

    scores = scores.clone().requires_grad_()
    picked = answer(scores, labels)
    if picked.requires_grad:
        picked.sum().backward()
    before, counts = sys.gettrace(), []
    for n in (4, 4, 40):
        steps, some, zeros = 0, torch.zeros(n, 3), torch.zeros(n, dtype=torch.int64)
        sys.settrace(count)
        try:
            answer(some, zeros)
        finally:
            sys.settrace(before)
        counts.append(steps)
    return {"gradient": scores.grad, "steps": counts[1:]}


seen = check.observe(gradient_and_steps, gather_scores, scores, labels)
check.that(seen["gradient"] is not None,
           "no gradient flows back: item(), detach(), numpy() and torch.tensor(...) cut the thread that autograd follows")
check.equal(seen["gradient"], expect=[[0.0, 0.0, 1.0, 0.0], [1.0, 0.0, 0.0, 0.0], [0.0, 0.0, 0.0, 1.0]],
            law="the gradient is 1 at every picked score and 0 elsewhere")
check.that(seen["steps"][0] == seen["steps"][1], "Python takes more steps for more rows: there is a loop in your answer; "
           "index all rows at once")

# %% test="gather-scores" points=1 hidden=true covers="one class, float32 and float64, 30 random tables"
rng = check.rng("gather-scores")
cases = [(torch.tensor([[2.5]]), torch.tensor([0]))]
for i in range(29):
    n, k = int(rng.integers(1, 9)), int(rng.integers(1, 7))
    table = torch.tensor(rng.normal(size=(n, k))).to([torch.float32, torch.float64][i % 2])
    cases.append((table, torch.tensor(rng.integers(0, k, n))))
check.equal_many(gather_scores, cases, expect=lambda s, c: np.array([s[i, j].item() for i, j in enumerate(c)], dtype=s.numpy().dtype))

# %% [markdown]
# ### When shapes agree too readily
#
# A network with one output gives predictions of shape (n, 1). Prices in a table have shape (n,). Suppose there are
# four homes and the network is *perfect*:
#
# ```python
# y_hat = torch.tensor([[1.0], [2.0], [3.0], [4.0]])   # (4, 1), predicted
# y = torch.tensor([1.0, 2.0, 3.0, 4.0])               # (4,), true
# loss = ((y_hat - y) ** 2).mean()
# ```
#
# Which shape has `y_hat - y`, by the rule of lesson 00? Write it as a tuple, such as `(2, 3)`. And which number is the
# loss? Draw the table of differences.

# %% predict="perfect-loss" minutes=4 law="a column meets a row: every prediction is compared with every target"
### BEGIN SOLUTION
difference_shape = (4, 4)
perfect_loss = 2.5
### END SOLUTION

# %% test="perfect-loss" points=2 hidden=true covers="your two predictions"
check.equal(difference_shape, expect=(4, 4), mistakes={
    "aligned on the right, (4,) is a row: it gets a 1 in front and stretches to meet the column": (4, 1),
    "the column has a last axis of size 1, which stretches to 4": (4,)})
check.equal(perfect_loss, expect=2.5, mistakes={
    "the network is perfect, but only the diagonal of the table of differences is 0, and the mean takes all 16 entries": 0.0,
    "you added up and did not divide: mean divides the 40 by all 16 entries": 40.0,
    "you divided by the four homes: mean divides by all 16 entries": 10.0})

# %%
y_hat, y = torch.tensor([[1.0], [2.0], [3.0], [4.0]]), torch.tensor([1.0, 2.0, 3.0, 4.0])
print(y_hat - y)
print("loss", ((y_hat - y) ** 2).mean().item())

# %% [markdown]
# Nothing is wrong with the shapes as far as PyTorch can tell, so it says nothing. (`nn.functional.mse_loss` warns.
# The expression above does not.) And what does a network learn that minimises this? Let $\hat y_i$ be the
# predictions, $y_j$ the prices, $\bar y$ their mean and $s^2$ their variance (the one that divides by $n$). For one $i$, the mean over $j$ of
# $(\hat y_i - y_j)^2$ is $(\hat y_i - \bar y)^2 + s^2$, since the mixed term adds up to zero. So
#
# $$\frac{1}{n^2} \sum_{i=1}^{n} \sum_{j=1}^{n} (\hat y_i - y_j)^2 \;=\; \frac1n \sum_{i=1}^{n} (\hat y_i - \bar y)^2 \;+\; s^2 .$$
#
# The best that the network can do is to predict the mean price for every home, and the loss can't fall below the
# variance of the prices. It *does* fall until then, which is why the run at the top looks healthy.
#
# **Law.** Before two tensors meet in a loss, they have the same shape, and you know which.
#
# The cure is one index, `y[:, None]` or `y_hat[:, 0]`, in the right place. This course gives prices the shape (n, 1)
# when they leave the data set.

# %% [markdown]
# ## Autograd
#
# In lesson 02 a `Value` remembered what it was computed from, and `backward()` walked that graph from the end. A
# tensor does the same once it has `requires_grad=True`. By hand, for $f(w) = w^2 + 2w$ at $w = 3$: the value is $9 +
# 6 = 15$ and the derivative is $2w + 2 = 8$.

# %%
w = torch.tensor(3.0, requires_grad=True)
loss = w * w + 2 * w
print(loss)
loss.backward()
print("w.grad is", w.grad)

# %% [markdown]
# `grad_fn` in the first line is the end of the graph: this number knows its ancestors. `backward()` leaves its result
# not in what it returns, but in `w.grad`.
#
# ### Backward twice
#
# Compute the same loss and call `backward()` *again*, without touching anything in between:
#
# ```python
# loss = w * w + 2 * w
# loss.backward()
# ```
#
# What is `w.grad` now? Choose one of the whole numbers 0, 8, 16 and 64.

# %% predict="backward-twice" minutes=2 choices="0 | 8 | 16 | 64" law="backward adds to .grad, it never overwrites"
### BEGIN SOLUTION
grad_after_two = 16
### END SOLUTION

# %% test="backward-twice" points=1 hidden=true covers="your prediction"
check.equal(grad_after_two, expect=16, mistakes={
    "you took it that the second call overwrites: gradients are added to what is there": 8,
    "the second call adds the same 8 again: nothing is taken away": 0,
    "gradients are added, not multiplied": 64})

# %%
w = torch.tensor(3.0, requires_grad=True)
for _ in range(2):
    loss = w * w + 2 * w
    loss.backward()
print("after two calls, w.grad is", w.grad)
w.grad = None
print("after clearing it by hand:", w.grad)

# %% [markdown]
# Could that be meant so? Think of a weight that is used twice in one formula, while you read about four more tools:
#
# - `x.requires_grad_()` makes autograd follow a tensor from here on. The underscore at the end of a name says, in all
#   of PyTorch, that the call changes the tensor itself.
# - `torch.autograd.grad(loss, w)` returns the gradient of `loss` by `w`, in a tuple with one entry for each input,
#   and touches no `.grad` at all.
# - `x.detach()` gives the same numbers without their history. It shares memory with `x`; `.clone()` copies.
# - Inside a block `with torch.no_grad():` no graph is built, which saves memory and time. An evaluation has no use
#   for one.
#
# Now to the number above. It is no oversight: where a weight is used twice, its gradients *must* add up, as in lesson 02.
# But they also add up from one batch to the next, unless somebody clears them.
#
# **Law.** `backward()` adds to `.grad`. Whoever wants the gradient of one loss alone clears it first.
#
# ### A derivative without side effects

# %% exercise="derivative" minutes=12 difficulty=2 law="the gradient of f at x, the same however often you ask, and x as it was"
def derivative(f, x: Tensor) -> Tensor:
    """Gradient of f at x by autograd.

    f: a function of one tensor of x's shape; it computes a single number from it, a tensor of shape (). x: float tensor of
    any shape, not computed from others, with or without requires_grad, and perhaps with a grad from an earlier backward.
    Returns the gradient in x's shape and dtype, with requires_grad False. The call leaves x as it was: its numbers, its
    requires_grad and its grad. So a second call gives the same.
    """
    ### BEGIN SOLUTION
    own = x.detach().clone().requires_grad_()
    (gradient,) = torch.autograd.grad(f(own), own)
    return gradient
    ### END SOLUTION

# %% [markdown] hint="derivative"
# - *I don't know where to start.* Autograd follows tensors that have `requires_grad`. The caller's `x` may not have
#   it, and you may not give it to the caller's `x`. So you need a tensor of your own with the same numbers.
# - *The second call gives twice as much.* `backward()` adds to the `.grad` of the tensor that you hand to `f`. Is
#   that tensor the same in both calls?
# - *It says that my answer carries a graph.* Its `requires_grad` should be False. `create_graph=True` is for second
#   derivatives.
# - *I get a tuple.* `torch.autograd.grad` answers for several inputs at once; you have one.
# - *It says that x has changed.* `requires_grad_`, with the underscore, works in place, and so does `backward` on
#   `.grad`.
# - *It fails only where x has requires_grad already.* A clone of such an x is a step of its graph: gradients pass through
#   it, into `x.grad`, and stay nowhere on the way. Cut the history first.

# %% test="derivative" points=2
def two_calls(answer):
    import torch

    def f(x):
        return x[0] ** 2 * x[1]

    x = torch.tensor([3.0, 5.0])
    first = answer(f, x)
    if not torch.is_tensor(first):
        return {"kind": type(first).__name__}
    at_first, follows = first.detach().clone(), x.requires_grad
    second = answer(f, x)
    leaf = torch.tensor([3.0, 5.0], requires_grad=True)
    leaf.grad = torch.ones(2)
    third = answer(f, leaf)
    return {"kind": "Tensor", "first": at_first, "second": second, "graph": first.requires_grad,
            "follows": follows, "has_grad": x.grad is not None,
            "third": third, "leaf_follows": leaf.requires_grad, "leaf_grad": leaf.grad}


seen = check.observe(two_calls, derivative)
place = "f(x) = x[0]² x[1] at x = (3, 5)"
check.that(seen["kind"] != "NoneType", "you forgot to return the gradient")
check.that(seen["kind"] == "Tensor", f"you returned a {seen['kind']}: a tensor is wanted, and autograd.grad wraps it in a tuple")
check.equal(seen["first"], expect=[30.0, 9.0], about=place, mistakes={
    "you returned the value of f: its gradient has x's shape": np.array(45.0, dtype="f4"),
    "you added the gradient's entries up: it has x's shape": np.array(39.0, dtype="f4"),
    "each entry is one partial derivative, by x[0] and by x[1], in this order": [9.0, 30.0]})
check.equal(seen["second"], expect=[30.0, 9.0], about=f"{place}, called again", mistakes={
    "your second call gives twice the gradient: backward adds to the .grad that the first call left": [60.0, 18.0],
    "your second call gives zeros: the .grad was cleared after it was filled": [0.0, 0.0]})
check.that(not seen["graph"], "your gradient still carries a graph: its requires_grad should be False", got=True)
check.that(not seen["follows"], "you switched on requires_grad of the caller's x: work on a tensor of your own")
check.that(not seen["has_grad"], "you left a gradient in the caller's x.grad: work on a tensor of your own")
busy = "an x that has requires_grad already, and ones in x.grad"
check.equal(seen["third"], expect=[30.0, 9.0], about=f"{place}, {busy}", mistakes={
    "your tensor is not cut off from the caller's x: a clone of an x with requires_grad is part of its graph, and keeps no grad": None,
    "what the caller's x.grad held before is in your answer: backward adds to it, so work on a tensor of your own": [31.0, 10.0]})
check.that(seen["leaf_follows"], "you switched requires_grad of the caller's x off: it came with it")
check.equal(seen["leaf_grad"], expect=[1.0, 1.0], about=f"x.grad after the call, {busy}", mistakes={
    "you cleared the caller's x.grad: it is not yours": None,
    "you added to the caller's x.grad: work on a tensor of your own, cut off from x": [31.0, 10.0],
    "you left your gradient in the caller's x.grad: work on a tensor of your own": [30.0, 9.0]})

# %% test="derivative" points=1 hidden=true covers="five functions, shapes () to (2, 3), float32 and float64, each x with and without requires_grad and a grad"
def many_gradients(answer, points):
    import torch

    functions = {
        "sine": lambda x: x.sin().sum(), "logsumexp": lambda x: x.flatten().logsumexp(0), "norm": lambda x: (x * x).sum().sqrt(),
        "product": lambda x: x.prod(), "cube": lambda x: (x * x * x).sum()}
    out = []
    for point in points:
        for name, f in functions.items():
            plain, leaf = point.clone(), point.clone().requires_grad_()
            leaf.grad = torch.full_like(leaf, 7.0)
            answers = [answer(f, plain), answer(f, leaf)]
            out.append({"name": name, "gradients": answers, "carry": [a.requires_grad for a in answers], "leaf": leaf.requires_grad,
                        "grad": leaf.grad, "x": plain})
    return out


rng = check.rng("derivative")
shapes = [(), (1,), (4,), (2, 3)]
points = [torch.tensor(rng.normal(size=shape)).to(kind) for shape in shapes for kind in (torch.float64, torch.float32)]
seen = check.observe(many_gradients, derivative, points)
formulas = {"sine": np.cos, "logsumexp": lambda x: np.exp(x) / np.exp(x).sum(), "norm": lambda x: x / np.sqrt((x * x).sum()),
            "product": lambda x: x.prod() / x, "cube": lambda x: 3 * x * x}
check.that(len(seen) == 40, "a gradient is missing")
for one, point in zip(seen, np.repeat(np.arange(len(points)), 5)):
    x = points[point].numpy()
    for gradient, kind in zip(one["gradients"], ("a plain x", "an x that has requires_grad and a grad")):
        check.equal(gradient, expect=np.asarray(formulas[one["name"]](x), dtype=x.dtype), rtol=1e-4 if x.dtype == np.float32 else 1e-9,
                    about=f"{one['name']}, {kind} of shape {x.shape}")
    check.equal(one["x"], expect=x, about="x after the call")
    check.that(one["carry"] == [False, False], "your gradient still carries a graph")
    check.that(one["leaf"] is True, "you switched requires_grad of the caller's x off")
    check.equal(one["grad"], expect=np.full_like(x, 7.0), about="x.grad, which held sevens", mistakes={
        "you cleared the caller's x.grad": None})

# %% [markdown]
# ## Networks as modules
#
# Three weight matrices are three tensors to keep, to hand to an optimizer, to save and to move to a GPU. A *module*
# keeps them for you. It is a class that derives from `nn.Module`; its `__init__` makes the parts, its `forward` says
# what happens to an input, and calling the module calls `forward`.

# %%
class Line(nn.Module):
    """w x + b with one weight and one bias."""

    def __init__(self):
        super().__init__()
        self.w = nn.Parameter(torch.tensor(2.0))
        self.b = nn.Parameter(torch.tensor(1.0))

    def forward(self, x):
        return self.w * x + self.b


line = Line()
print(line(torch.tensor([0.0, 1.0, 2.0])))
print([(name, tuple(p.shape), p.requires_grad) for name, p in line.named_parameters()])
print(nn.Linear(3, 2).weight.shape, nn.Linear(3, 2).bias.shape)

# %% [markdown]
# `super().__init__()` comes first: it sets up the module's books, a register of all its parts. From then on, every
# `nn.Parameter` and every module that you *assign to `self`* is entered in them, and `parameters()` reads them out.
# What stands in a plain Python list on `self` is not entered: nobody trains it, saves it or moves it. For several
# layers there are `nn.Sequential(a, b, c)`, which calls them in turn (from a list: `nn.Sequential(*modules)`), and
# `nn.ModuleList([a, b, c])`, a list that is entered.
#
# `nn.Linear(n_in, n_out)` computes $x W^\top + b$. Its weight has the shape (n_out, n_in), the other way round than
# in lesson 01, and its bias (n_out,).
#
# **Law.** A parameter that the books don't list is never trained: count the parameters, by hand and with PyTorch.
#
# ### The multi-layer perceptron, as a module
#
# Sizes [2, 3, 1] mean two inputs, three hidden units, one output. By hand, its parameters are $(2 \cdot 3 + 3) + (3
# \cdot 1 + 1) = 13$. Between the two layers stands an activation. After the last one there is none, and no softmax
# either: `nn.functional.cross_entropy` takes raw scores, called *logits*, and applies the softmax itself, safely.
# Applied twice, the softmax flattens its own output, and training crawls.

# %% exercise="mlp" minutes=18 difficulty=3 law="linear layers that PyTorch's books list, an activation between two of them, nothing after the last"
class MLP(nn.Module):
    """Linear layers with an activation between them, and none after the last.

    sizes: inputs of the first layer, then outputs of every layer. [8, 32, 1] has two layers. At least two numbers.
    activation: called without arguments, it makes one activation module. nn.ReLU and nn.Tanh are such classes.
    Every layer is an nn.Linear with biases, and there are no other parameters. parameters() lists them and repr shows the
    layers: nn.Module does both by itself for all that is in its books.
    """

    def __init__(self, sizes: list[int], activation=nn.ReLU) -> None:
        super().__init__()
        ### BEGIN SOLUTION
        layers = []
        for n_in, n_out in pairwise(sizes):
            layers += [nn.Linear(n_in, n_out), activation()]
        self.layers = nn.Sequential(*layers[:-1])
        ### END SOLUTION

    def forward(self, x: Tensor) -> Tensor:
        """Raw scores. x: (n, sizes[0]). Returns (n, sizes[-1])."""
        ### BEGIN SOLUTION
        return self.layers(x)
        ### END SOLUTION

# %% [markdown] hint="mlp"
# - *I don't know where to start.* For the sizes [2, 3, 1], write the three modules in the order in which the input
#   passes them. Then for [8, 32, 32, 1]. How many layers do `k` sizes make, and how many activations?
# - *I don't know how to get pairs of sizes.* `pairwise(sizes)`, which the first cell imports, gives the first with
#   the second, the second with the third, and so on.
# - *It says that there are no parameters.* You keep the layers in a plain list. Keep them in something that
#   `nn.Module` enters in its books.
# - *My outputs are never negative, or they add up to 1.* Something follows the last layer. The loop that adds an
#   activation to each layer adds one too many.
# - *`activation(x)` fails.* `activation` makes the module, and the module is what takes `x`: two pairs of
#   parentheses.

# %% test="mlp" points=2
def small_network(answer):
    import torch
    from torch import nn

    found = {}
    for name, activation in {"y_tanh": nn.Tanh, "y": nn.ReLU}.items():
        net = answer([2, 3, 1], activation)
        layers = {(m.in_features, m.out_features): m for m in net.modules() if isinstance(m, nn.Linear)}
        if set(layers) == {(2, 3), (3, 1)} and all(layer.bias is not None for layer in layers.values()):
            with torch.no_grad():
                layers[2, 3].weight.copy_(torch.tensor([[1.0, 0.0], [0.0, 1.0], [-1.0, -1.0]]))
                layers[2, 3].bias.copy_(torch.tensor([0.0, -1.0, 0.0]))
                layers[3, 1].weight.copy_(torch.tensor([[1.0, -2.0, 4.0]]))
                layers[3, 1].bias.copy_(torch.tensor([0.5]))
            found[name] = net(torch.tensor([[2.0, 3.0], [-1.0, -1.0]]))
    found["parameters"] = sum(p.numel() for p in net.parameters())
    return {**found, "layers": sorted(layers), "repr": repr(net)}


seen = check.observe(small_network, MLP)
check.equal(seen["parameters"], expect=13, about="the number of parameters of sizes [2, 3, 1]", mistakes={
    "PyTorch sees no parameters: layers in a plain list are not entered, so no optimizer would train them": 0,
    "your layers have no biases, or the last layer is missing: either gives 9": 9,
    "you made one layer from the first size to the last": 3,
    "you swapped the two numbers of nn.Linear: its inputs come first, then its outputs": 14,
    "you made a layer for each size: three sizes make two layers": 15})
check.equal(seen["layers"], expect=[(2, 3), (3, 1)], about="(inputs, outputs) of every nn.Linear of sizes [2, 3, 1]")
check.that("(in_features=2, out_features=3" in " ".join(seen["repr"].split()) and "in_features=3, out_features=1" in seen["repr"],
           "repr does not show the layers: leave nn.Module's own __repr__ as it is", got=seen["repr"])
example = "weights [[1, 0], [0, 1], [-1, -1]] and [[1, -2, 4]], biases [0, -1, 0] and [0.5], x = [[2, 3], [-1, -1]]"
check.close(seen["y"], expect=torch.tensor([[-1.5], [8.5]]), about=example, mistakes={
    "you put an activation after the last layer: a score may be negative": [[0.0], [8.5]],
    "forward returns nothing: return the scores": None,
    "there is no activation between the layers: without one, two layers are no more than one": [[-21.5], [11.5]],
    "you put a softmax at the end: the loss applies it itself, to raw scores": [[1.0], [1.0]],
    "you put a sigmoid at the end: these are raw scores": [[0.18242552], [0.99979657]],
    "your activation is always tanh: the argument says which one": [[-4.463664], [5.522571]]})
check.close(seen["y_tanh"], expect=[[-4.463664], [5.522571]], rtol=1e-5, about=f"activation nn.Tanh, {example}", mistakes={
    "your activation is always ReLU: the argument says which one": [[-1.5], [8.5]]})

# %% test="mlp" points=2 hidden=true covers="one to four layers, equal sizes, several activations, exact parameter counts, outputs and gradients in float64"
def networks_seen(answer, specs):
    import torch
    from torch import nn

    makers = {"relu": nn.ReLU, "tanh": nn.Tanh, "leaky": lambda: nn.LeakyReLU(0.2)}
    out = []
    for sizes, name, weights, x in specs:
        net = answer(sizes, makers[name]) if name else answer(sizes)
        net.double()
        layers = [m for m in net.modules() if isinstance(m, nn.Linear)]
        one = {"parameters": sum(p.numel() for p in net.parameters()), "layers": [(m.in_features, m.out_features) for m in layers]}
        if len(layers) == len(weights):
            with torch.no_grad():
                for layer, (w, b) in zip(layers, weights):
                    layer.weight.copy_(w)
                    layer.bias.copy_(b)
            one["y"] = net(x)
            one["y"].square().sum().backward()
            one["grads"] = [layer.weight.grad for layer in layers]
        out.append(one)
    return out


rng = check.rng("mlp")
curves = {"relu": torch.relu, "tanh": torch.tanh, "leaky": lambda z: torch.where(z > 0, z, 0.2 * z), "": torch.relu}
specs = []
for sizes, name in [([3, 2], "tanh"), ([4, 6, 2], ""), ([2, 2, 2, 2], "leaky"), ([5, 4, 3, 2], "relu"), ([3, 7, 7, 7, 1], "tanh")]:
    weights = [(torch.tensor(rng.normal(size=(b, a))), torch.tensor(rng.normal(size=b))) for a, b in pairwise(sizes)]
    specs.append((sizes, name, weights, torch.tensor(rng.normal(size=(6, sizes[0])))))
for (sizes, name, weights, x), one in zip(specs, check.observe(networks_seen, MLP, specs)):
    about = f"sizes {sizes}, activation {name or 'left out'}"
    pairs = list(pairwise(sizes))
    check.equal(one["parameters"], expect=sum(a * b + b for a, b in pairs), about=f"parameters of {about}")
    check.equal(one["layers"], expect=pairs, about=f"layers of {about}")
    leaves = [w.clone().requires_grad_() for w, _ in weights]
    h = x
    for i, w in enumerate(leaves):
        z = torch.einsum("ni,oi->no", h, w) + weights[i][1]
        h = z if i == len(leaves) - 1 else curves[name](z)
    h.pow(2).sum().backward()
    check.close(one["y"], expect=h.detach(), about=f"outputs for {about}", rtol=1e-9)
    check.close(one["grads"], expect=[w.grad for w in leaves], about=f"gradients for {about}", rtol=1e-8)

# %% [markdown]
# The network of this lesson: by hand, $(8 \cdot 32 + 32) + (32 \cdot 32 + 32) + (32 + 1) = 288 + 1056 + 33 = 1377$
# parameters.

# %% demo="network"
network = MLP([8, 32, 32, 1])
print(network)
print(sum(p.numel() for p in network.parameters()), "parameters")

# %% [markdown]
# ## Data in batches
#
# A `Dataset` answers two questions: how many examples are there, `len(dataset)`, and what is example $i$,
# `dataset[i]`. Python asks them by calling the methods `__len__` and `__getitem__`. A `DataLoader` asks for examples
# one after the other, stacks them into batches along a new first axis, and shuffles if it is told to.

# %%
squares = TensorDataset(torch.arange(5.0)[:, None], torch.arange(5.0)[:, None] ** 2)
for inputs, targets in DataLoader(squares, batch_size=2):
    print(tuple(inputs.shape), tuple(targets.shape), targets.flatten().tolist())

# %% [markdown]
# Five examples of shape (1,) came as batches of shapes (2, 1), (2, 1) and (1, 1): the last one is short. And since
# stacking adds the first axis, a price of shape (1,) becomes a batch of (n, 1), while a price of shape () becomes
# (n,), with which the trouble at the top begins.
#
# ### A data set of homes
#
# Inputs are standardised as in lesson 00, but with statistics that are *handed in*. Why, you will see in a moment.

# %% exercise="house-dataset" minutes=10 difficulty=2 law="example i is row i, standardised by the statistics handed in, with its price as it is, of shape (1,)"
class HouseDataset(Dataset):
    """Homes as pairs (features, price) of float32 tensors.

    X: (n, d) and y: (n,), float64 arrays in their own units; they stay unchanged. mean, std: (d,) float64 arrays; the features
    of a home are (x - mean) / std, and its price is as it came. std has no zeros.
    len(dataset) is n. dataset[i], for 0 <= i < n, is (features, price), of shapes (d,) and (1,).
    """

    def __init__(self, X: np.ndarray, y: np.ndarray, mean: np.ndarray, std: np.ndarray) -> None:
        ### BEGIN SOLUTION
        self.features = torch.tensor((X - mean) / std, dtype=torch.float32)
        self.prices = torch.tensor(y, dtype=torch.float32)[:, None]
        ### END SOLUTION

    def __len__(self) -> int:
        ### BEGIN SOLUTION
        return len(self.features)
        ### END SOLUTION

    def __getitem__(self, i: int) -> tuple[Tensor, Tensor]:
        ### BEGIN SOLUTION
        return self.features[i], self.prices[i]
        ### END SOLUTION

# %% [markdown] hint="house-dataset"
# - *I don't know where to start.* Do all the work once, in `__init__`: two tensors on `self`, one with a row for each
#   home. Then the other two methods are one line each.
# - *It says float64.* NumPy's numbers are float64 and stay so on the way to a tensor, unless you say
#   `dtype=torch.float32`.
# - *My price has the shape ().* One entry of an (n,) tensor has no axis left. One entry of an (n, 1) tensor has one.
# - *It says that X has changed.* `X -= mean` writes into the caller's array.

# %% test="house-dataset" points=2
def two_homes(answer, X, y, mean, std):
    import numpy as np
    import torch
    from torch.utils.data import DataLoader

    before = X.copy()
    dataset = answer(X, y, mean, std)
    length = len(dataset)
    features, price = dataset[1]
    found = {"length": length, "unchanged": bool(np.array_equal(X, before)), "features": features, "price": price,
             "tensors": torch.is_tensor(features) and torch.is_tensor(price)}
    if found["tensors"]:
        found["dtypes"] = [str(features.dtype), str(price.dtype)]
        found["batch"] = [tuple(part.shape) for part in next(iter(DataLoader(dataset, batch_size=3)))]
    return found


X = np.array([[60.0, 1.0], [100.0, 3.0], [80.0, 2.0]])
seen = check.observe(two_homes, HouseDataset, X, np.array([2.5, 6.0, 4.0]), np.array([90.0, 2.0]), np.array([20.0, 0.5]))
place = "home 1, x = (100, 3), mean = (90, 2), std = (20, 0.5), price 6"
check.equal(seen["length"], expect=3, about="len of a data set of three homes with two features", mistakes={
    "you gave the number of features: the length is the number of homes": 2,
    "you counted all numbers of the table: the length is the number of homes": 6})
check.that(seen["unchanged"], "you changed X in place: work on a copy")
check.that(seen["tensors"], "both parts of an example are tensors, and at least one of yours is not: make tensors of them in __init__")
check.equal(seen["dtypes"], expect=["torch.float32"] * 2, about="the dtypes of an example", mistakes={
    "your tensors are float64, and a layer's weights are float32: it would refuse them": ["torch.float64"] * 2,
    "your price is float64: both parts are float32": ["torch.float32", "torch.float64"],
    "your features are float64: both parts are float32": ["torch.float64", "torch.float32"]})
check.close(seen["features"], expect=[0.5, 2.0], about=place, mistakes={
    "you did not standardise the features": [100.0, 3.0],
    "you standardised by statistics of these rows: use the mean and std that are handed in": [1.224745, 1.224745],
    "you did not subtract the mean": [5.0, 6.0],
    "you divided by the variance: divide by std": [0.025, 4.0],
    "you did not divide by std": [10.0, 1.0]})
check.close(seen["price"], expect=[6.0], about=place, mistakes={
    "your price has the shape (): a batch of them would be (n,), beside predictions of (n, 1); make it (1,)": np.array(6.0),
    "you standardised the price: it stays as it came": [1.279204],
    "you gave another home's price": [2.5]})
check.equal(seen["batch"], expect=[(3, 2), (3, 1)], about="the shapes of a batch of three homes")

# %% test="house-dataset" points=1 hidden=true covers="one home, one feature, every example of 20 random tables"
def all_homes(answer, tables):
    out = []
    for table in tables:
        dataset = answer(*table)
        pairs = [dataset[i] for i in range(len(dataset))]
        out.append({"features": [a.tolist() for a, _ in pairs], "prices": [b.tolist() for _, b in pairs]})
    return out


rng = check.rng("house-dataset")
sizes = [(1, 1), (1, 3), (4, 1), *map(tuple, rng.integers(1, 7, (17, 2)).tolist())]
tables = [(rng.normal(size=(n, d)), rng.random(n), rng.normal(size=d), rng.random(d) + 0.5) for n, d in sizes]
for (X, y, mean, std), one in zip(tables, check.observe(all_homes, HouseDataset, tables)):
    wanted = [[(X[i, j] - mean[j]) / std[j] for j in range(X.shape[1])] for i in range(len(X))]
    check.close(one["features"], expect=wanted, rtol=1e-5, atol=1e-5, about=f"features of a table {X.shape}")
    check.close(one["prices"], expect=[[price] for price in y.tolist()], rtol=1e-5, about=f"prices of a table {X.shape}")

# %% [markdown]
# ### What the test part must not tell
#
# Homes held back stand for homes that nobody has seen yet. Their mean isn't known when the network is trained, so it
# must not be used. By hand: three homes of 60, 80 and 100 m² are for training and one of 200 m² for the test. The
# training mean is 80. The mean of all four is 110, and whoever standardises by it has let the test home tell the
# network that larger homes exist. With 1800 homes the difference is small.
#
# With a step that looks at the targets as well, it can be the whole result. Here are twenty small studies in which there is
# *nothing* to find: 60 rows of 1000 random numbers, and a random target. Each keeps the five columns that go best with the
# target, fits them to 40 rows and is tested on the other 20. The score is $R^2$, the share of the variance explained: 1 is
# perfect, and predicting the mean gives 0.

# %%
def score_of_noise(seed, rows_that_choose):
    """R² on 20 rows held back, of the five best of 1000 columns of noise."""
    rng = np.random.default_rng(seed)
    noise, target = rng.normal(size=(60, 1000)), rng.normal(size=60)
    best = np.abs(noise[:rows_that_choose].T @ target[:rows_that_choose]).argsort()[-5:]
    w = np.linalg.lstsq(noise[:40, best], target[:40], rcond=None)[0]
    errors = target[40:] - noise[40:, best] @ w
    return 1 - (errors**2).mean() / target[40:].var()


for name, rows in {"all 60 rows": 60, "the 40 training rows": 40}.items():
    print(f"columns chosen on {name}: R² {np.mean([score_of_noise(seed, rows) for seed in range(20)]):.1f}")

# %% [markdown]
# The first line is a discovery made of nothing: the test rows had a say in the choice. The second is the truth, worse than
# the mean. And a leak can't be seen in any number that a run prints: the run at the top has this fault, too.
#
# **Law.** Split first. Every number that prepares the data is computed from the training part.
#
# Two more rules. Training batches are shuffled anew at each pass, so that the network does not learn the order. Test
# batches are not: there is nothing to gain, and an order that stays lets you put predictions beside homes.
#
# Chance comes from a `torch.Generator`, which plays the part of NumPy's `rng`: `torch.randperm(n, generator=g)` is a
# random order of 0 to n - 1, and a `DataLoader` takes `generator=g`, too. To hand out only some rows, pick them before you
# make the data set, or wrap it: `Subset(dataset, rows)` is the data set of these rows.

# %% exercise="split-loaders" minutes=15 difficulty=3 read="What the test part must not tell" law="split first; what prepares the data is computed from the training part alone"
def split_loaders(
    X: np.ndarray, y: np.ndarray, n_test: int, batch_size: int, generator: torch.Generator
) -> tuple[DataLoader, DataLoader]:
    """A loader of homes for training and one of homes held back, over two HouseDatasets.

    X: (n, d), y: (n,), float64. n_test: how many homes, chosen at random, are held back; 1 to n - 2.
    Both parts are standardised by mean and deviation (1/n, NumPy's std) of the training part, no column of which is constant.
    Returns (train_loader, test_loader). Batches have batch_size homes, the last one may have fewer, and no home is left
    out. The training loader shuffles anew at each pass, the test loader keeps its order.
    generator: the only source of chance, shared by the split and the shuffling; the same seed gives the same batches.
    """
    ### BEGIN SOLUTION
    order = torch.randperm(len(X), generator=generator).numpy()
    test, train = order[:n_test], order[n_test:]
    mean, std = X[train].mean(axis=0), X[train].std(axis=0)
    train_set, test_set = (HouseDataset(X[rows], y[rows], mean, std) for rows in (train, test))
    return DataLoader(train_set, batch_size, shuffle=True, generator=generator), DataLoader(test_set, batch_size)
    ### END SOLUTION

# %% [markdown] hint="split-loaders"
# - *I don't know where to start.* Draw a random order of the row numbers. The first `n_test` of them are the test
#   part, the others the training part. Picking rows with an array of row numbers was in lesson 00.
# - *I can't index a NumPy array with my order.* `.numpy()` makes an array of the tensor.
# - *It says that the training features don't have mean 0.* Which rows did you average: all of them?
# - *It says that the test part has mean 0.* It should not. It is seen through the eyes of the training part, whose
#   mean and deviation it must use.
# - *It says that the order depends on something else than the generator.* Two places draw random numbers: the split
#   and the loader's shuffling. Both take `generator=`.

# %% test="split-loaders" points=2
def ready_dataset(X, y, mean, std):
    import torch

    return [(torch.as_tensor((row - mean) / std).float(), torch.as_tensor([price]).float()) for row, price in zip(X, y)]


def batches_seen(answer, X, y, n_test, batch_size):
    import torch

    def passes(loader):
        return [[(features.numpy(), price.numpy()) for features, price in loader] for _ in range(2)]

    out = []
    for seed, elsewhere in [(1, 0), (1, 5), (2, 0)]:
        torch.manual_seed(elsewhere)
        train, test = answer(X, y, n_test, batch_size, torch.Generator().manual_seed(seed))
        out.append({"train": passes(train), "test": passes(test)})
    return out


n, n_test = 23, 6
y = np.arange(n) + 100.0  # a price is a home's name here
X = np.stack([2.0 * np.arange(n) ** 2, np.cos(np.arange(n))], axis=1)
with check.given(HouseDataset=ready_dataset):
    seen, seen_elsewhere, other_seed = check.observe(batches_seen, split_loaders, X, y, n_test, 5)


def names(batches):
    return [round(float(price)) - 100 for _, prices in batches for price in np.ravel(prices)]


def table(batches):
    return np.concatenate([features for features, _ in batches])


train, again, test, test_again = (names(one) for part in ("train", "test") for one in seen[part])
check.equal(len(test), expect=n_test, about=f"homes held back, n_test = {n_test}", mistakes={
    "you swapped the parts: the training loader comes first": n - n_test,
    "the last, short batch of the test loader is missing": 5})
check.that(len(train) == n - n_test, "the training loader does not give every training home: leave the short last batch in", got=len(train))
check.that(sorted(train + test) == list(range(n)), "a home is in both parts, or in none", got=sorted(train + test))
check.that([len(prices) for _, prices in seen["test"][0]] == [5, 1], "batches have batch_size homes, and the last one the rest")
check.that(test == test_again, "your test loader shuffles: it keeps its order, so that predictions can be put beside homes")
check.that(train != again, "your training loader gives the same order at each pass: it shuffles anew")
check.that(names(seen_elsewhere["test"][0]) == test, "your split does not come from the generator: the same seed gave other homes")
check.that(sorted(names(other_seed["test"][0])) != sorted(test), "another seed holds the same homes back: choose them at random",
           got=sorted(test))
check.that(names(seen_elsewhere["train"][0]) == train,
           "your shuffling does not come from the generator: the same seed gave another order")
features, held_back = table(seen["train"][0]), table(seen["test"][0])
check.close(features.mean(axis=0), expect=[0.0, 0.0], atol=1e-4, about="column means of the training features", mistakes={
    "you standardised by all homes, so the test part leaks into the training: use the training part alone":
        ((X[train] - X.mean(axis=0)) / X.std(axis=0)).mean(axis=0).astype("f4"),
    "you standardised by the test part: use the training part":
        ((X[train] - X[test].mean(axis=0)) / X[test].std(axis=0)).mean(axis=0).astype("f4"),
    "you did not standardise": X[train].mean(axis=0).astype("f4")})
check.close(features.std(axis=0), expect=[1.0, 1.0], rtol=1e-3, about="column deviations of the training features", mistakes={
    "you divided by the deviation with n - 1 (PyTorch's std, or ddof=1): NumPy's std has n": [0.970143, 0.970143]})
check.that(abs(held_back.mean(axis=0)).max() > 1e-3, "you standardised each part by itself: the test part goes by the training part's statistics")
slopes = [np.polyfit(X[train, j], features[:, j], 1) for j in (0, 1)]
check.close(held_back, expect=np.stack([np.polyval(slopes[j], X[test, j]) for j in (0, 1)], axis=1), rtol=1e-3, atol=1e-3,
            about="test features, standardised as the training features are")

# %% test="split-loaders" points=2 hidden=true covers="one home held back, all but two held back, batches of one and of everything, 6 random tables"
def some_splits(answer, tasks):
    import torch

    out = []
    for X, y, n_test, batch_size in tasks:
        loaders = answer(X, y, n_test, batch_size, torch.Generator().manual_seed(3))
        passes = [[[(a.numpy(), b.numpy()) for a, b in loader] for _ in range(3)] for loader in loaders]
        out.append({"train": passes[0], "test": passes[1], "dtype": str(next(iter(loaders[1]))[0].dtype)})
    return out


def as_examples(X, y, mean, std):
    import torch

    return [(torch.as_tensor((row - mean) / std).float(), torch.as_tensor([price]).float()) for row, price in zip(X, y)]


rng = check.rng("split-loaders")
tasks = []
for n, n_test, size in [(12, 1, 4), (12, 10, 4), (9, 4, 1), (10, 3, 50), (31, 8, 7), (40, 20, 8)]:
    tasks.append((rng.normal(size=(n, 3)) * [1.0, 50.0, 0.01] + [5.0, -100.0, 0.0], np.arange(n) + 0.0, n_test, size))
with check.given(HouseDataset=as_examples):
    seen = check.observe(some_splits, split_loaders, tasks)
for (X, _, n_test, size), one in zip(tasks, seen):
    about = f"{len(X)} homes, n_test = {n_test}, batch_size = {size}"
    ids = {part: [[int(v) for _, prices in batches for v in np.ravel(prices)] for batches in one[part]] for part in ("train", "test")}
    check.equal(one["dtype"], expect="torch.float32", about=f"dtype of the features, {about}")
    check.that(sorted(ids["train"][0] + ids["test"][0]) == list(range(len(X))), f"every home belongs to one part: {about}")
    check.equal(len(ids["test"][0]), expect=n_test, about=f"homes held back, {about}")
    check.that(all(one_pass == ids["test"][0] for one_pass in ids["test"]), f"the test loader keeps its order: {about}")
    for part in ("train", "test"):
        counts = [len(prices) for _, prices in one[part][0]]
        whole, rest = divmod(len(ids[part][0]), size)
        check.equal(counts, expect=[size] * whole + [rest] * (rest > 0), about=f"sizes of the {part} batches, {about}")
        mean, std = np.mean(X[ids["train"][0]], axis=0), np.sqrt(np.var(X[ids["train"][0]], axis=0))
        for batches, rows in zip(one[part], ids[part]):
            got = np.concatenate([features for features, _ in batches])
            check.close(got, expect=(X[rows] - mean) / std, rtol=1e-3, atol=1e-4, about=f"{part} features, {about}")

# %% demo="loaders"
homes = data.house_prices()
train_loader, test_loader = split_loaders(homes.X, homes.y / 100, 360, 64, torch.Generator().manual_seed(0))
inputs, targets = next(iter(train_loader))
print("one batch:", tuple(inputs.shape), tuple(targets.shape), inputs.dtype)
print("batches:", len(train_loader), "for training,", len(test_loader), "for the test, the last one of", len(test_loader.dataset) % 64)

# %% [markdown]
# ## Five lines that learn
#
# Training repeats five steps for each batch: clear the gradients, predict, measure the loss, go backward, take a
# step. The run at the top has them all, though not in this order: clearing may stand anywhere before going backward.
# An *optimizer* holds the parameters. `zero_grad()` clears their gradients, and `step()` moves each parameter by a
# rule: `torch.optim.SGD` subtracts `lr` times the gradient. One pass over all batches is an *epoch*.
#
# By hand: a model $\hat y = w x$ with $w = 1$, `lr` 0.1, the squared error, and three examples (1, 2), (2, 4), (3, 6)
# in batches of two.
#
# | batch | predictions | mean squared error | gradient by $w$ | new $w$ |
# | --- | --- | --- | --- | --- |
# | (1, 2), (2, 4) | 1, 2 | (1 + 4) / 2 = 2.5 | (2·(-1)·1 + 2·(-2)·2) / 2 = -5 | 1 + 0.5 = **1.5** |
# | (3, 6) | 4.5 | 2.25 | 2·(-1.5)·3 = -9 | 1.5 + 0.9 = **2.4** |
#
# What was the loss of this epoch? The batches' losses are 2.5 and 2.25, and their mean is 2.375. But the first stands
# for two examples and the second for one: $(2 \cdot 2.5 + 1 \cdot 2.25) / 3 = 2.4167$. With 1440 homes in batches of
# 64 the last batch has 32. Its homes would count twice.
#
# **Law.** A mean over examples weighs each batch by its size.
#
# A module also has a *mode*. `model.train()` and `model.eval()` set a flag, `model.training`, for the module and all
# its parts. Most layers ignore it. Dropout (lesson 05) switches units off at random in training mode and does nothing
# in evaluation mode; batch normalisation uses the batch's statistics in one and stored ones in the other. The flag
# stays as it was last set, whoever set it.
#
# ### One epoch
#
# `device_of(model)`, from the first cell, says where the model's weights are. A batch must be moved there before the
# model sees it: `X.to(device)`. On a machine without a GPU that does nothing, and no test can see whether you did it.
# Do it all the same: then the code runs on a GPU as it is.

# %% exercise="train-epoch" minutes=15 difficulty=3 read="Five lines that learn" law="for each batch: clear, predict, measure, backward, step; the loss of an epoch is a mean over examples"
def train_epoch(model: nn.Module, loader: DataLoader, loss_fn, optimizer: torch.optim.Optimizer) -> float:
    """Train for one epoch, in training mode, with one step for each batch.

    loader: a DataLoader of batches (X, y); the last one may be smaller. loss_fn(model(X), y): the mean loss of a batch, a tensor of
    shape (). optimizer: holds the model's parameters. Batches are moved to the model's device.
    Returns the loss as a mean over examples, each batch's measured before its step: a Python float. In which mode the model is
    left does not matter.
    """
    ### BEGIN SOLUTION
    model.train()
    device, total = device_of(model), 0.0
    for X, y in loader:
        X, y = X.to(device), y.to(device)
        batch_loss = loss_fn(model(X), y)
        optimizer.zero_grad()
        batch_loss.backward()
        optimizer.step()
        total += batch_loss.item() * len(X)
    return total / len(loader.dataset)
    ### END SOLUTION

# %% [markdown] hint="train-epoch"
# - *I don't know where to start.* Follow the table above with your finger, and write one line of code for each of the
#   five steps. A sixth notes the batch's loss for the mean at the end.
# - *The weights come out wrong.* Work out w after the first batch, and compare with the table. If it is right there
#   and wrong after the second batch, something of the first batch is left over.
# - *The weights do not move.* `step()` uses what `backward()` left, and clearing in between throws it away.
# - *My loss is 2.375, or 2.25.* A batch's loss is a mean. To add up examples, undo that mean first; then divide once,
#   at the end.
# - *It says that I return a tensor.* `.item()` makes a number of a tensor of shape (). It also lets go of the graph,
#   which would otherwise stay in memory with all its batches.
# - *It says that the model is in evaluation mode.* Somebody may have evaluated before you. Which call sets the mode?

# %% test="train-epoch" points=2
def by_hand(answer):
    import torch
    from torch import nn
    from torch.utils.data import DataLoader, TensorDataset

    class Spy(nn.Module):
        def __init__(self):
            super().__init__()
            self.line = nn.Linear(1, 1, bias=False)
            self.modes = []

        def forward(self, x):
            self.modes.append(self.training)
            return self.line(x)

    model = Spy()
    nn.init.ones_(model.line.weight)
    model.eval()
    examples = TensorDataset(torch.tensor([[1.0], [2.0], [3.0]]), torch.tensor([[2.0], [4.0], [6.0]]))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    loss = answer(model, DataLoader(examples, batch_size=2), nn.functional.mse_loss, optimizer)
    return {"w": model.line.weight.item(), "modes": model.modes, "is_float": isinstance(loss, float), "loss": None if loss is None else float(loss)}


seen = check.observe(by_hand, train_epoch)
place = "w after one epoch of the example by hand"
check.close(seen["w"], expect=2.4, rtol=1e-4, about=place, mistakes={
    "you did not clear the gradients: the first batch's -5 is still there when the second batch adds its -9": 2.9,
    "no step used a gradient: clear, then backward, then step, in this order": 1.0,
    "you stepped before you went backward: each step used the gradient of the batch before": 1.5,
    "you took one step for the whole epoch: take one after each batch": 2.8,
    "you took one step for the whole epoch, with gradients added up: clear and step at each batch": 3.3})
check.that(bool(seen["modes"]), "the model was never asked for a prediction: call it with each batch")
check.that(all(seen["modes"]), "the model was in evaluation mode while it was trained: call model.train() before the first batch",
           got=seen["modes"])
check.close(seen["loss"], expect=2.4166667, rtol=1e-4, about="the loss of that epoch", mistakes={
    "you gave the last batch's loss: weigh all batches by their sizes": 2.25,
    "you took the mean of the batches' means: the last batch has one example and the first has two, so weigh them": 2.375,
    "you multiplied each batch's loss by loader.batch_size: the last batch is shorter, so use its own number of examples": 3.1666667,
    "you added the batches' losses and did not divide": 4.75,
    "you divided by the number of batches what you had added up for examples": 3.625,
    "you did not divide by the number of examples": 7.25,
    "you divided twice: a batch's loss is a mean already, and has to be multiplied by the batch's size": 1.5833333,
    "you measured after the step: each batch's loss belongs to the weights before it": 0.8966667,
    "you forgot to return the loss": None})
check.that(seen["is_float"], "you return a tensor, with the graph of every batch behind it: .item() makes a float of it")

# %% test="train-epoch" points=2 hidden=true covers="batch normalisation, Adam, cross-entropy, short last batches, three epochs, against a loop written out"
def epochs_seen(answer, tasks):
    import torch
    from torch import nn
    from torch.utils.data import DataLoader, TensorDataset

    out = []
    for X, y, size, weights, kind in tasks:
        model = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.Tanh(), nn.Linear(4, 2)).double()
        with torch.no_grad():
            for parameter, value in zip(model.parameters(), weights):
                parameter.copy_(value)
        model.eval()
        optimizer = {"adam": torch.optim.Adam, "sgd": torch.optim.SGD}[kind](model.parameters(), lr=0.05)
        loader = DataLoader(TensorDataset(X, y), batch_size=size)
        losses = [answer(model, loader, nn.CrossEntropyLoss(), optimizer) for _ in range(3)]
        out.append({"losses": losses, "weights": list(model.parameters()), "running": model[1].running_mean})
    return out


def written_out(X, y, size, weights, kind):
    net = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.Tanh(), nn.Linear(4, 2)).double()
    params = list(net.parameters())
    with torch.no_grad():
        [p.copy_(w) for p, w in zip(params, weights)]
    moments, losses, t = [(torch.zeros_like(p), torch.zeros_like(p)) for p in params], [], 0
    for _ in range(3):
        each = []
        for start in range(0, len(X), size):
            value = nn.functional.cross_entropy(net(X[start:start + size]), y[start:start + size])
            each += [value.item()] * len(X[start:start + size])
            gradients, t = torch.autograd.grad(value, params), t + 1
            for p, g, (m, v) in zip(params, gradients, moments):
                m.mul_(0.9).add_(g, alpha=0.1), v.mul_(0.999).add_(g * g, alpha=0.001)
                adam_step = (m / (1 - 0.9**t)) / ((v / (1 - 0.999**t)).sqrt() + 1e-8)
                p.data -= 0.05 * (adam_step if kind == "adam" else g)
        losses.append(float(np.mean(each)))
    return losses, [p.detach() for p in params], net[1].running_mean


rng = check.rng("train-epoch")
tasks = []
for n, size, kind in [(8, 3, "sgd"), (10, 4, "adam"), (6, 6, "adam"), (11, 3, "adam")]:
    shapes = [(4, 3), (4,), (4,), (4,), (2, 4), (2,)]
    weights = [torch.tensor(rng.normal(size=shape)) for shape in shapes]
    tasks.append((torch.tensor(rng.normal(size=(n, 3))), torch.tensor(rng.integers(0, 2, n)), size, weights, kind))
for task, one in zip(tasks, check.observe(epochs_seen, train_epoch, tasks)):
    losses, weights, running = written_out(*task)
    about = f"{len(task[0])} examples in batches of {task[2]}, {task[4]}"
    check.close(one["losses"], expect=losses, rtol=1e-6, about=f"losses of three epochs, {about}")
    check.close(one["weights"], expect=weights, rtol=1e-5, atol=1e-6, about=f"weights after three epochs, {about}")
    check.close(one["running"], expect=running, rtol=1e-5, atol=1e-6, about=f"statistics of the batch normalisation, {about}")

# %% [markdown]
# ### How good is it
#
# A mean squared error has a unit, and nobody knows whether 0.4 (100 000 EUR)² is good. $R^2$ compares it with the
# error of the laziest prediction, the mean:
#
# $$R^2 = 1 - \frac{\sum_i (y_i - \hat y_i)^2}{\sum_i (y_i - \bar y)^2} ,$$
#
# with all sums over the examples held back and $\bar y$ the mean of their targets. 1 is perfect, 0 is as good as the
# mean, below 0 is worse. By hand, for the predictions 1, 2, 3, 4, 5 and the targets 1, 2, 3, 4, 7.5: the squared
# errors add up to 6.25, so the mean squared error is 1.25. The mean target is 3.5, and the squares around it add up
# to $6.25 + 2.25 + 0.25 + 0.25 + 16 = 25$, so $R^2 = 1 - 6.25/25 = 0.75$.
#
# In batches of three and two, each batch has its own $R^2$: 1 and -0.02. Their mean, 0.49, is nobody's $R^2$, since
# each was measured against another mean. Collect predictions and targets first, with `torch.cat`, then measure once.
#
# An evaluation changes nothing. It runs in evaluation mode and without a graph, and it hands the model back in the
# mode in which it came: a function should give back what it borrowed.
#
# **Law.** Evaluate in evaluation mode, without a graph, over all examples at once, and leave no trace.

# %% exercise="evaluate" minutes=15 difficulty=3 read="How good is it" law="evaluation mode, no graph, all examples at once, and no trace left"
def evaluate(model: nn.Module, loader: DataLoader) -> tuple[float, float]:
    """Mean squared error and R² over all examples of a loader.

    loader: batches (X, y) of any sizes; model(X) and y have the same shape, (n, 1). The targets are not all equal. Batches are
    moved to the model's device. The model runs in evaluation mode, and no graph is recorded while it does.
    Returns (mse, r2), Python floats. The model is left in the mode in which it came, training or evaluation, the same for all
    its parts. Once the function has returned, graphs are recorded again as before the call.
    """
    ### BEGIN SOLUTION
    mode, device = model.training, device_of(model)
    model.eval()
    with torch.no_grad():
        pairs = [(model(X.to(device)), y.to(device)) for X, y in loader]
    model.train(mode)
    y_hat, y = (torch.cat(parts) for parts in zip(*pairs))
    mse = ((y_hat - y) ** 2).mean()
    return mse.item(), (1 - mse / y.var(correction=0)).item()
    ### END SOLUTION

# %% [markdown] hint="evaluate"
# - *I don't know where to start.* Make two empty lists, and append each batch's predictions and targets. Measure
#   after the loop.
# - *My mean squared error is 1.56.* That is the mean of two batches' means. `torch.cat(list)` joins the batches
#   first.
# - *My R² is a little off.* `y.var()` in PyTorch divides by n - 1. Sums of squares need no decision about that.
# - *It says that a graph was recorded.* The model has to run inside a block of `torch.no_grad()`. `.detach()`
#   afterwards comes too late: the graph has been built by then.
# - *It says that the mode has changed.* `model.training` tells the mode. Note it at the beginning;
#   `model.train(True)` and `model.train(False)` set it at the end.

# %% test="evaluate" points=2
def evaluation_seen(answer):
    import torch
    from torch import nn
    from torch.utils.data import DataLoader, TensorDataset

    class Spy(nn.Module):
        def __init__(self):
            super().__init__()
            self.line = nn.Linear(1, 1)
            self.modes, self.graphs = [], []

        def forward(self, x):
            self.modes.append(self.training)
            self.graphs.append(torch.is_grad_enabled())
            return self.line(x)

    model = Spy()
    nn.init.ones_(model.line.weight)
    nn.init.zeros_(model.line.bias)
    targets = torch.tensor([[1.0], [2.0], [3.0], [4.0], [7.5]])
    loader = DataLoader(TensorDataset(torch.arange(1.0, 6.0)[:, None], targets), batch_size=3)
    left, out = [], None
    try:
        for mode in (True, False):
            model.train(mode)
            out = answer(model, loader)
            left.append(model.training)
        switched = torch.is_grad_enabled()
    finally:
        torch.set_grad_enabled(True)
    out = list(out) if isinstance(out, tuple | list) else [out] if out is not None else []
    return {"out": [float(value) for value in out], "floats": [isinstance(value, float) for value in out], "modes": model.modes,
            "graphs": model.graphs, "left": left, "switched": switched}


seen = check.observe(evaluation_seen, evaluate)
check.that(bool(seen["modes"]), "the model was never asked for a prediction: call it with each batch")
check.that(not any(seen["modes"]),
           "the model was in training mode while you evaluated it, where dropout is live: call model.eval() first", got=seen["modes"])
check.that(not any(seen["graphs"]), "a graph was recorded while the model ran, and stays in memory: predict inside torch.no_grad()")
check.equal(len(seen["out"]), expect=2, about="the number of values returned, (mse, r2)", mistakes={
    "you forgot to return them": 0,
    "you returned one number: the mean squared error and R² are wanted": 1})
check.close(seen["out"][0], expect=1.25, about="mse of the example by hand, batches of three and two", mistakes={
    "you took the mean of the batches' means: the second batch is shorter, so measure over all examples at once": 1.5625,
    "you gave the last batch's error: measure over all examples at once": 3.125,
    "you added the squared errors up and did not divide": 6.25,
    "you took the root: the mean squared error is wanted": 1.118034,
    "you swapped the two: the mean squared error comes first": 0.75})
check.close(seen["out"][1], expect=0.75, about="r2 of the example by hand, batches of three and two", mistakes={
    "you took the mean of the batches' R²: each was measured against another mean, so measure over all examples at once": 0.4897959,
    "you divided by the variance with n - 1, which is PyTorch's: compare sums with sums": 0.8,
    "you gave the share that is not explained: R² is 1 minus that": 0.25,
    "your fraction is upside down: the squared errors stand above": -3.0,
    "you took the mean of the predictions: ȳ is the mean of the targets": 0.7619048,
    "you compared with the spread of the predictions: compare with the spread of the targets": 0.375})
check.that(all(seen["floats"]), "you return tensors: .item() makes floats of them")
check.that(seen["left"][0], "you left the model in evaluation mode: it came in training mode, so the next batches would be trained without dropout")
check.that(not seen["left"][1], "you left the model in training mode: it came in evaluation mode", got=seen["left"])
check.that(seen["switched"], "you left gradients switched off for the whole program: with torch.no_grad(): switches them on again")

# %% test="evaluate" points=2 hidden=true covers="dropout and batch normalisation, batches of one, short last batches, predictions worse than the mean, five networks"
def evaluations_seen(answer, tasks):
    import torch
    from torch import nn
    from torch.utils.data import DataLoader, TensorDataset

    out = []
    for X, y, size, weights, mode in tasks:
        model = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.Dropout(0.5), nn.ReLU(), nn.Linear(4, 1)).double()
        with torch.no_grad():
            for parameter, value in zip(model.parameters(), weights):
                parameter.copy_(value)
        model.train(mode)
        before = [value.clone() for value in model.state_dict().values()]
        try:
            result = answer(model, DataLoader(TensorDataset(X, y), batch_size=size))
        finally:
            torch.set_grad_enabled(True)
        same = all(torch.equal(a, b) for a, b in zip(before, model.state_dict().values()))
        out.append({"result": result, "same": same, "modes": [part.training for part in model.modules()],
                    "grads": any(p.grad is not None for p in model.parameters())})
    return out


rng = check.rng("evaluate")
tasks = []
for n, size, mode, shift in [(7, 3, True, 0), (9, 1, True, 0), (8, 8, False, 5), (13, 4, True, -3), (20, 6, False, 0)]:
    weights = [torch.tensor(rng.normal(size=shape)) for shape in [(4, 3), (4,), (4,), (4,), (1, 4), (1,)]]
    tasks.append((torch.tensor(rng.normal(size=(n, 3))), torch.tensor(rng.normal(size=(n, 1)) + shift), size, weights, mode))
for (X, y, size, (w, b, gain, shift, w2, b2), mode), one in zip(tasks, check.observe(evaluations_seen, evaluate, tasks)):
    hidden = (X.numpy() @ w.numpy().T + b.numpy()) / np.sqrt(1 + 1e-5) * gain.numpy() + shift.numpy()
    errors = np.maximum(hidden, 0) @ w2.numpy().T + b2.numpy() - y.numpy()
    wanted = (float(np.mean(errors**2)), float(1 - np.sum(errors**2) / np.sum((y.numpy() - y.numpy().mean()) ** 2)))
    about = f"{len(X)} examples in batches of {size}"
    check.close(one["result"], expect=wanted, rtol=1e-6, about=f"(mse, r2) of {about}")
    check.that(one["same"], f"the evaluation changed the model, whose batch normalisation keeps statistics: {about}")
    check.that(not one["grads"], "the evaluation left gradients behind")
    check.that(one["modes"] == [mode] * 6, "the model is not in the mode in which it came")

# %% [markdown]
# ## Stop and go on
#
# A run of a week will be interrupted. What has to be on disk, so that it can go on as if nothing had happened? The
# weights, of course: `model.state_dict()` is a dict of them by name. And the *optimizer's* state. Adam keeps two
# running means for each weight and counts its steps (lesson 04); a fresh Adam begins from zero, and its first steps
# go elsewhere. And the epoch. `optimizer.state_dict()` and `load_state_dict` do the same for the optimizer as for the
# model, and `torch.save` writes a dict of all this to a file at a path.
#
# Reading has a trap of another kind. Such a file is a *pickle*, and a pickle is a program: loading it can run any
# code that its author liked. `torch.load(path, weights_only=True)` refuses everything but tensors and plain
# containers. It has been the default since PyTorch 2.6, in 2025; write it out, for readers and for older versions. It
# also means that you save dicts of tensors, not whole model objects.
#
# **Law.** A checkpoint holds the model's state, the optimizer's state and where you were, and is read with
# `weights_only=True`.

# %% exercise="checkpoints" minutes=12 difficulty=2 law="what is resumed goes on as if it had never stopped: weights, optimizer state, epoch"
def save_checkpoint(path: str, model: nn.Module, optimizer: torch.optim.Optimizer, epoch: int) -> None:
    """Write all that is needed to go on to the file at path, which torch.load(path, weights_only=True) can read."""
    ### BEGIN SOLUTION
    state = {"model": model.state_dict(), "optimizer": optimizer.state_dict(), "epoch": epoch}
    torch.save(state, path)
    ### END SOLUTION


def load_checkpoint(path: str, model: nn.Module, optimizer: torch.optim.Optimizer) -> int:
    """Put what save_checkpoint wrote into model and optimizer, which are of the same kind as those saved; return the epoch.

    A file that holds anything but tensors and plain containers is refused with an error before any of its code runs.
    """
    ### BEGIN SOLUTION
    state = torch.load(path, map_location=device_of(model), weights_only=True)
    model.load_state_dict(state["model"])
    optimizer.load_state_dict(state["optimizer"])
    return state["epoch"]
    ### END SOLUTION

# %% [markdown] hint="checkpoints"
# - *I don't know where to start.* Which three things does the law name? Put them into one dict under three names, and
#   take them out again under the same names.
# - *It says that my file can't be read with weights_only=True.* Look for a whole object in it: the model or the
#   optimizer itself. Their `state_dict()` is plain.
# - *The weights are right after loading, and wrong three steps later.* Something else than the weights decides what a
#   step of Adam does.
# - *It says that code of the file was run.* The file is a stranger's. Which argument of `torch.load` refuses it?
# - *A file from a machine with a GPU does not load here.* `map_location=device_of(model)` puts its tensors where your
#   model is.

# %% test="checkpoints" points=2
def stopped_and_resumed(save, load):
    import os
    import tempfile

    import torch
    from torch import nn

    def made(seed):
        model = nn.Linear(2, 1)
        with torch.no_grad():
            model.weight.copy_(torch.tensor([[0.5, -1.0]]) + seed)
            model.bias.zero_()
        return model, torch.optim.Adam(model.parameters(), lr=0.1)

    def train(model, optimizer, steps):
        model.train()
        for _ in range(steps):
            loss = nn.functional.mse_loss(model(X), y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()

    class Stranger:
        def __reduce__(self):
            return os.mkdir, (marker,)

    X, y = torch.tensor([[1.0, 2.0], [3.0, -1.0], [0.0, 1.0]]), torch.tensor([[1.0], [2.0], [9.0]])
    with tempfile.TemporaryDirectory() as folder:
        path, strange, marker = (os.path.join(folder, name) for name in ("run.pt", "strange.pt", "code of the file was run"))
        model, optimizer = made(0)
        train(model, optimizer, 3)
        at_save = model.weight.detach().clone()
        save(path, model, optimizer, 3)
        found = {"written": os.path.exists(path), "readable": True, "ran": False, "refused": False}
        try:
            torch.load(path, weights_only=True)
        except Exception:
            found["readable"] = False
        if not found["written"] or not found["readable"]:
            return found
        train(model, optimizer, 3)
        other, other_optimizer = made(7)
        found["epoch"] = load(path, other, other_optimizer)
        found["restored"] = [other.weight.detach().clone(), at_save]
        train(other, other_optimizer, 3)
        found["resumed"] = [other.weight, model.weight]
        torch.save({"model": Stranger(), "optimizer": Stranger(), "epoch": 0}, strange)
        try:
            load(strange, other, other_optimizer)
        except Exception as error:
            found["refused"] = not isinstance(error, NotImplementedError)
        found["ran"] = os.path.exists(marker)
        return found


seen = check.observe(stopped_and_resumed, save_checkpoint, load_checkpoint)
check.that(seen["written"], "there is no file at the path: save_checkpoint writes it there")
check.that(seen["readable"], "your file can't be read with weights_only=True: it holds a whole object; save state_dict()s, which are plain")
check.equal(seen["epoch"], expect=3, about="the epoch that load_checkpoint returns, where 3 was saved", mistakes={
    "you forgot to return the epoch": None,
    "you returned the next epoch: the one that was saved is wanted": 4,
    "you start again from epoch 0: the epoch that was saved is wanted": 0})
(restored, saved), (resumed, uninterrupted) = seen["restored"], seen["resumed"]
check.that(np.allclose(restored, saved, rtol=1e-5), "the weights after loading are not those that were saved: put them into the model that came",
           got=restored)
check.that(np.allclose(resumed, uninterrupted, rtol=1e-5), "right after loading the weights are right, and three steps later they are not: "
           "the optimizer's state belongs to the checkpoint, since a fresh Adam takes other steps", got=resumed)
check.that(not seen["ran"], "code inside a stranger's file was run: load with weights_only=True, and never with False")
check.that(seen["refused"], "a file with foreign objects in it was accepted: load with weights_only=True and let its error through")

# %% test="checkpoints" points=2 hidden=true covers="SGD with momentum, Adam with another rate, batch normalisation's statistics, a save that leaves the run as it was, two files side by side"
def runs_compared(save, load):
    import os
    import tempfile

    import torch
    from torch import nn

    makers = {"adam": lambda p, lr: torch.optim.Adam(p, lr=lr), "momentum": lambda p, lr: torch.optim.SGD(p, lr=lr, momentum=0.9),
              "rmsprop": lambda p, lr: torch.optim.RMSprop(p, lr=lr)}
    X = torch.linspace(-1, 1, 24).reshape(8, 3).double().sin()
    y = (X * X).sum(dim=1, keepdim=True)

    def made(seed, kind, lr):
        torch.manual_seed(40 + seed)
        model = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.Tanh(), nn.Linear(4, 1)).double()
        return model, makers[kind](model.parameters(), lr)

    def go(run, steps):
        model, optimizer = run
        for i in range(steps):
            optimizer.zero_grad()
            (model(X[i % 3:]) - y[i % 3:]).square().mean().backward()
            optimizer.step()

    out = []
    with tempfile.TemporaryDirectory() as folder:
        for kind in makers:
            paths = [os.path.join(folder, f"{kind}-{i}.pt") for i in range(2)]
            saved, unsaved = made(1, kind, 0.05), made(1, kind, 0.05)
            go(saved, 4), go(unsaved, 4)
            save(paths[0], *saved, 4)
            go(saved, 3), go(unsaved, 3)
            save(paths[1], *saved, 17)
            go(saved, 3), go(unsaved, 3)
            late, early = made(2, kind, 0.5), made(3, kind, 0.5)
            epochs = [load(paths[1], *late), load(paths[0], *early)]
            go(late, 3), go(early, 3), go(early, 3)
            ends = [[v.double() for v in run[0].state_dict().values()] for run in (unsaved, saved, late, early)]
            out.append({"kind": kind, "epochs": epochs, "ends": ends, "rates": [run[1].param_groups[0]["lr"] for run in (late, early)]})
    return out


for one in check.observe(runs_compared, save_checkpoint, load_checkpoint):
    unsaved, saved, late, early = one["ends"]
    check.equal(one["epochs"], expect=[17, 4], about="epochs of two checkpoints, the later one loaded first")
    check.close(saved, expect=unsaved, about=f"a run that was saved on the way, {one['kind']}")
    check.close(one["rates"], expect=[0.05, 0.05], about="the learning rate after loading")
    check.close(late, expect=unsaved, rtol=1e-8, atol=1e-10, about=f"a run resumed from its second checkpoint, {one['kind']}")
    check.close(early, expect=unsaved, rtol=1e-8, atol=1e-10, about=f"a run resumed from its first checkpoint, {one['kind']}")

# %% [markdown]
# Where batches are shuffled, the order of the next batches belongs to the state as well. `generator.get_state()` is a
# tensor and could go into the same dict, if `save_checkpoint` had an argument for the generator. Yours has none; the
# challenge at the end asks for it.

# %% [markdown]
# ## Five bugs
#
# A loop that does not crash is not a loop that works. The function below has **five bugs**, all of them common;
# one of the five stands in two lines. It raises nothing, warns of nothing, and returns numbers that look like losses.
#
# Here the loaders give prices of shape (n,), as careless data sets do, and the model has one output. All of it is on the
# processor, so nothing has to be moved. Repair the loop inside `fit`. The tests look at what it does: first at the gradients
# which reach the optimizer, then at the mode in which the model runs, then at the numbers that come back. So you can
# repair one bug, run the tests, and see what is left; where two bugs meet in one number, the message names both. Read
# first, though, before you scroll on: the test cells speak of the bugs. On paper, with a batch of two in mind.

# %% exercise="fix-the-loop" minutes=25 difficulty=4 law="not crashing proves nothing: a loop is right when its gradients, its modes and its numbers are"
def fit(model: nn.Module, train_loader: DataLoader, test_loader: DataLoader, optimizer: torch.optim.Optimizer, epochs: int):
    """Train with the mean squared error for some epochs, and measure after each.

    Both loaders: batches (X, y) of shapes (n, d) and (n,); the last one may be smaller. model(X): (n, 1). The model may hold
    dropout or batch normalisation: training mode while it is trained, evaluation mode while it is tested. Model and batches are on
    the same device.
    Returns a list with one pair (training loss, test loss) for each epoch, Python floats. Both are mean squared errors, as
    means over examples; each training batch is measured before its step, the test part after the epoch's last step.
    """
    ### BEGIN SOLUTION
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
                test_total += ((model(X)[:, 0] - y) ** 2).sum().item()
        history.append((train_total / len(train_loader.dataset), test_total / len(test_loader.dataset)))
    return history
    ### END SOLUTION
    ### BEGIN GIVEN
    # history = []
    # model.train()
    # for _ in range(epochs):
    #     train_total = test_total = 0.0
    #     for X, y in train_loader:
    #         loss = ((model(X) - y) ** 2).mean()
    #         loss.backward()
    #         optimizer.step()
    #         train_total += loss * len(y)
    #     model.eval()
    #     with torch.no_grad():
    #         for X, y in test_loader:
    #             test_total += ((model(X) - y) ** 2).mean().item()
    #     history.append((train_total / len(train_loader.dataset), test_total / len(test_loader)))
    # return history
    ### END GIVEN

# %% [markdown] hint="fix-the-loop"
# - *I don't know where to start.* Go through the laws of this lesson, one after the other, and ask of each line
#   whether it keeps them. Four of the bugs break a law. The fifth breaks what the docstring says about the answer.
# - *A perfect model has a loss.* Write the shapes of `model(X)` and of `y` beside the lines in which they meet. There
#   are two such lines, and they are one bug.
# - *The second gradient holds the first.* What is cleared before `backward()` in your `train_epoch`?
# - *The mode is wrong from the second epoch on.* Walk through two epochs and say the mode aloud at each line.
# - *It says that a tensor comes back.* What has the type of `loss`, and what has the type of `loss.item()`?
# - *The test loss is wrong and everything else is right.* A batch's mean, added up over batches and divided by their
#   number: what does that do to the examples of a short last batch?

# %% test="fix-the-loop" points=2
def what_it_does(answer):
    import torch
    from torch import nn
    from torch.utils.data import DataLoader, TensorDataset

    class Line(nn.Module):
        def __init__(self):
            super().__init__()
            self.line = nn.Linear(1, 1, bias=False)
            nn.init.ones_(self.line.weight)
            self.modes = []

        def forward(self, x):
            self.modes.append(("train" if x[0, 0] > 0 else "test", self.training))
            return self.line(x)

    class Watched(torch.optim.SGD):
        def step(self, closure=None):
            gradient = self.param_groups[0]["params"][0].grad
            seen.append(None if gradient is None else gradient.item())
            return super().step(closure)

    def loader(x, y, size):
        return DataLoader(TensorDataset(torch.tensor(x)[:, None], torch.tensor(y)), batch_size=size)

    out = {}
    away = loader([-1.0, -1.0], [-1.0, -1.0], 2)
    for name, batches in {"perfect": loader([1.0, 2.0], [1.0, 2.0], 2), "singles": loader([1.0, 2.0], [3.0, 6.0], 1)}.items():
        seen, model = [], Line()
        answer(model, batches, away, Watched(model.parameters(), lr=0.0), 2)
        out[name] = seen
        out["modes"] = model.modes
    return out


seen = check.observe(what_it_does, fit)
check.equal(seen["perfect"], expect=[0.0, 0.0], about="the gradients which reach the optimizer where every prediction is right, batches of two", mistakes={
    "a perfect model has a gradient: (n, 1) and (n,) meet as a table, so each prediction is compared with every price": [0.5, 0.5],
    "a perfect model has a gradient: (n, 1) and (n,) meet as a table, so each prediction is compared with every price; and gradients add up":
        [0.5, 1.0],
    "the first step came before the first backward: step uses what backward left": [None, 0.0]})
check.equal(seen["singles"], expect=[-4.0, -16.0, -4.0, -16.0], about="the gradients which reach the optimizer, two batches of one, two epochs", mistakes={
    "gradients of earlier batches are still there: clear them before each backward": [-4.0, -20.0, -24.0, -40.0],
    "you clear the gradients once for each epoch: clear them for each batch": [-4.0, -20.0, -4.0, -20.0],
    "your step comes before backward, so each batch is learned one step late": [None, -4.0, -16.0, -4.0],
    "you clear between backward and step, so no step has a gradient": [None, None, None, None]})
in_training = [mode for part, mode in seen["modes"] if part == "train"]
in_test = [mode for part, mode in seen["modes"] if part == "test"]
check.that(in_training[:2] == [True, True], "the model is trained in evaluation mode: set the mode before the training batches", got=in_training)
check.that(all(in_training), "from the second epoch on the model is trained in evaluation mode: the first test left it so", got=in_training)
check.that(bool(in_test) and not any(in_test), "the model is tested in training mode, where dropout is live", got=in_test)

# %% test="fix-the-loop" points=1
def what_it_reports(answer):
    import torch
    from torch import nn
    from torch.utils.data import DataLoader, TensorDataset

    def loader(x, y, size):
        return DataLoader(TensorDataset(torch.tensor(x)[:, None], torch.tensor(y)), batch_size=size)

    def reported(train, test):
        model = nn.Linear(1, 1, bias=False)
        nn.init.ones_(model.weight)
        history = answer(model, train, test, torch.optim.SGD(model.parameters(), lr=0.0), 1)
        return list(history[0]) if history else []

    short = loader([1.0, 1.0, 2.0], [2.0, 2.0, 5.0], 2)
    perfect = loader([1.0, 2.0], [1.0, 2.0], 2)
    losses = reported(short, short)
    return {"floats": [isinstance(value, float) for value in losses], "short": [float(value) for value in losses],
            "perfect": [float(value) for value in reported(perfect, perfect)]}


seen = check.observe(what_it_reports, fit)
check.equal(len(seen["floats"]), expect=2, about="the number of losses in a pair of the history", mistakes={
    "you forgot to return the history": 0})
check.that(seen["floats"][0], "your training loss is a tensor, which keeps the graph of every batch in memory: .item() makes a float of it")
check.that(seen["floats"][1], "your test loss is a tensor: .item() makes a float of it")
check.close(seen["perfect"], expect=[0.0, 0.0], about="training and test loss where every prediction is right", mistakes={
    "(n, 1) and (n,) still meet as a table where you test: a perfect model has a loss": [0.0, 0.5],
    "(n, 1) and (n,) still meet as a table where you test, and all entries of the table are added up: a perfect model has a loss": [0.0, 1.0],
    "(n, 1) and (n,) still meet as a table where you train: a perfect model has a loss": [0.5, 0.0],
    "(n, 1) and (n,) still meet as a table, where you train and where you test: a perfect model has a loss": [0.5, 0.5]})
place = "squared errors 1 and 1 in one batch, 9 in the next; w stays as it is"
check.close(seen["short"][0], expect=3.6666667, about=f"training loss, {place}", mistakes={
    "your training loss is the mean of the batches' means: weigh each batch by its size": 5.0})
check.close(seen["short"][1], expect=3.6666667, about=f"test loss, {place}", mistakes={
    "your test loss is the mean of the batches' means: the last batch is short, so add up examples and divide by their number": 5.0,
    "your test loss adds up means and divides by the number of examples: add up the squared errors": 3.3333333,
    "your test loss adds up examples and divides by the number of batches": 5.5})

# %% test="fix-the-loop" points=2 hidden=true covers="batch normalisation, Adam, short last batches, one and four epochs: history and final weights against a loop written out"
def fits_seen(answer, tasks):
    import torch
    from torch import nn
    from torch.utils.data import DataLoader, TensorDataset

    out = []
    for train, test, size, weights, epochs in tasks:
        model = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.Tanh(), nn.Linear(4, 1)).double()
        with torch.no_grad():
            for parameter, value in zip(model.parameters(), weights):
                parameter.copy_(value)
        loaders = [DataLoader(TensorDataset(*part), batch_size=size) for part in (train, test)]
        history = answer(model, *loaders, torch.optim.Adam(model.parameters(), lr=0.02), epochs)
        out.append({"history": [list(map(float, pair)) for pair in history], "weights": list(model.parameters())})
    return out


def fit_written_out(train, test, size, weights, epochs):
    net = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.Tanh(), nn.Linear(4, 1)).double()
    with torch.no_grad():
        [p.copy_(w) for p, w in zip(net.parameters(), weights)]
    params, history, t = list(net.parameters()), [], 0
    moments = [(torch.zeros_like(p), torch.zeros_like(p)) for p in params]
    for _epoch in range(epochs):
        net.train()
        squares = []
        for start in range(0, len(train[0]), size):
            errors = net(train[0][start:start + size]).flatten() - train[1][start:start + size]
            squares += (errors * errors).tolist()
            t += 1
            for p, g, (m, v) in zip(params, torch.autograd.grad((errors * errors).mean(), params), moments):
                m += 0.1 * (g - m)
                v += 0.001 * (g * g - v)
                p.data -= 0.02 * (m / (1 - 0.9**t)) / ((v / (1 - 0.999**t)).sqrt() + 1e-8)
        net.eval()
        tested = net(test[0]).flatten().detach() - test[1]
        history.append([float(np.mean(squares)), float(np.mean(tested.numpy() ** 2))])
    return history, [p.detach() for p in params]


rng = check.rng("fix-the-loop")
tasks = []
for n, m, size, epochs in [(8, 5, 3, 1), (10, 7, 4, 4), (6, 3, 6, 4)]:
    parts = [(torch.tensor(rng.normal(size=(k, 3))), torch.tensor(rng.normal(size=k))) for k in (n, m)]
    weights = [torch.tensor(rng.normal(size=shape)) for shape in [(4, 3), (4,), (4,), (4,), (1, 4), (1,)]]
    tasks.append((*parts, size, weights, epochs))
for task, one in zip(tasks, check.observe(fits_seen, fit, tasks)):
    history, weights = fit_written_out(*task)
    about = f"{len(task[0][0])} homes for training, {len(task[1][0])} for the test, batches of {task[2]}, {task[4]} epochs"
    check.close(one["history"], expect=history, rtol=1e-6, about=f"the history, {about}")
    check.close(one["weights"], expect=weights, rtol=1e-5, atol=1e-7, about=f"the weights at the end, {about}")

# %% [markdown]
# ## The house prices, whole
#
# Now all of your parts together: `split_loaders`, `MLP`, `train_epoch`, `evaluate`. The network, the optimizer and
# its rate are those of the run at the top. `device` is a GPU where PyTorch finds one, and the processor elsewhere;
# nothing else in the cell knows the difference. The cell trains five networks, on five splits: allow ten seconds.

# %% demo="houses"
device = torch.accelerator.current_accelerator() if torch.accelerator.is_available() else torch.device("cpu")
homes = data.house_prices()


def trained(seed, epochs=40):
    """A network trained on one split of the homes, the loader of its test part, and R² there after every epoch."""
    generator = torch.Generator().manual_seed(seed)
    train_part, test_part = split_loaders(homes.X, homes.y / 100, 360, 64, generator)
    torch.manual_seed(seed)
    model = MLP([8, 32, 32, 1]).to(device)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.003)
    losses, scores = [], []
    for _ in range(epochs):
        losses.append(train_epoch(model, train_part, nn.functional.mse_loss, optimizer))
        scores.append(evaluate(model, test_part)[1])
    return model, test_part, losses, scores


runs = [trained(seed) for seed in range(5)]
model, test_part, losses, scores = runs[0]
for epoch in (1, 10, 40):
    print(f"epoch {epoch:2}: training loss {losses[epoch - 1]:4.1f}, R² on 360 homes held back {scores[epoch - 1]:5.2f}")
finals = [scores[-1] for *_, scores in runs]
print(f"five splits: R² {np.mean(finals):.2f} on average, {min(finals):.2f} in the worst; 0.85 reached in all: {min(finals) >= 0.85}")

# %% [markdown]
# Both losses fall. (The two cells below also draw the run at the top: if its cell has not run since you opened the
# notebook, run it now.)

# %% demo="curves"
fig, ax = plots.figure(7.0, 3.6)
ax.set(xlabel="epoch", ylabel="training loss", xlim=(1, 40), ylim=(0, 15))
ax.axhline((homes.y[:1440] / 100).var(), color=plots.current().muted, linestyle="--", linewidth=1)
plots.lines(ax, range(1, 41), {"the run at the top": falling, "yours": losses})
plots.show(fig, alt=(
    "Training loss over 40 epochs, two curves. Both begin near 14 and fall steeply in the first epochs. Then the run at the top lies "
    "on a dashed level line at 3.5, the variance of the prices, and yours goes on down, to about 0.3."))

# %% demo="prices"
with torch.no_grad():
    good = torch.cat([model(inputs.to(device)).cpu() for inputs, _ in test_part])[:, 0].numpy()
true = torch.cat([targets for _, targets in test_part])[:, 0].numpy()
print(f"variance of the prices in the run at the top: {(homes.y[:1440] / 100).var():.1f}")
fig, axes = plots.figure(8.4, 3.9, 1, 2)
for ax, y_true, y_hat, title in [(axes[0], homes.y[1440:] / 100, asked[:, 0].numpy(), "the run at the top"),
                                 (axes[1], true, good, "yours")]:
    ax.plot([0, 14], [0, 14], color=plots.current().muted, linestyle="--", linewidth=1)
    ax.plot(y_true, y_hat, "o", markersize=3)
    ax.set(title=title, xlabel="true price, 100 000 EUR", xlim=(0, 14), ylim=(0, 14),
           xticks=range(0, 15, 2), yticks=range(0, 15, 2))
axes[0].set_ylabel("predicted, 100 000 EUR")
plots.show(fig, alt=(
    "Two scatter plots of predicted against true price, with a dashed diagonal where both are equal. In the run at the top all "
    "points lie on a level line at about 4, whatever the true price between 1 and 12. In yours they lie along the diagonal, "
    "closer for cheap homes than for dear ones."))

# %% [markdown]
# The answer to the question at the top. The line is the one with the loss: `network(X[rows])` is (64, 1) and
# `y[rows]` is (64,). The index that it lacks is a `[:, None]` behind `y[rows]`. Without it the network learned the
# mean price, as the formula says it must: its loss fell from 13.9 to 3.5 and stayed there, and 3.5 is the variance of
# those prices. With the index in its place, the same network with the same optimizer explains **0.90** of it on homes
# that it has not seen, the mean of five splits, and 0.88 on the worst of them.
#
# Look closely at the left picture: its points rise a little. In a batch of 64, one of the 64 prices with which a home's
# prediction is compared is that home's own. So the best prediction is not quite the mean: it goes 1/64 of the way from there
# to the home's own price, as far as the features tell it. The rest of the way, 63/64, leaves $(63/64)^2 = 0.97$ of the variance.
#
# Your network can't get much further. Whoever knows the formula by which these prices were made gets 0.92 on the same five
# test parts, from 0.90 to 0.93, and the rest is chance. So the ceiling, too, differs from one split to the next: a gain of
# 0.01 on a single split of 360 homes is no gain.

# %% [markdown]
# ## What breaks in practice
#
# - **`loss.backward()` a second time** through the same graph raises an error, since the graph is freed as it is
#   used. Compute the loss anew. `retain_graph=True` silences the error and is seldom what you want.
# - **float64 from NumPy.** "mat1 and mat2 must have the same dtype" means that a data set handed out float64. Convert
#   in the data set, once.
# - **Labels for `cross_entropy`** are whole numbers of shape (n,), not one-hot and not (n, 1), and scores are raw. A
#   softmax before it trains, slowly, and nothing warns you.
# - **Memory that grows.** A list of losses that are tensors keeps every graph. `.item()` when you record, `no_grad`
#   when you evaluate.
# - **`eval()` and `no_grad()` are two things.** One changes what dropout and batch normalisation do; the other stops
#   recording graphs. Neither implies the other.
# - **The same numbers tomorrow.** `torch.manual_seed` fixes initial weights and dropout, a `Generator` the loaders.
#   On another processor, or with another number of threads, sums may be rounded in another order: the last digit
#   differs at first, and after thousands of steps an earlier one. Compare runs with a margin.
# - **Slow loaders.** A data set that opens files in `__getitem__` starves a GPU. `num_workers=4` reads ahead in four
#   processes.
# - **An optimizer made too early.** An optimizer holds the parameters that existed when it was made. Layers that are
#   added or replaced later are not trained.

# %% [markdown]
# ## Challenge
#
# *Not graded.* Interrupt the training above after 20 epochs, save, and resume in a fresh model, so that the final
# weights are equal to the last bit to those of an uninterrupted run. Your checkpoint is not enough: the loader's
# order has to go on, too. What else would be needed with dropout in the network? And how large is the difference if
# you resume without the optimizer's state? Plot both losses.

# %% [markdown]
# ## Sources
#
# - A. Paszke and others, *PyTorch: an imperative style, high-performance deep learning library*, 2019.
# - A. G. Baydin, B. A. Pearlmutter, A. A. Radul, J. M. Siskind, *Automatic differentiation in machine learning: a
#   survey*, 2018.
# - D. P. Kingma, J. Ba, *Adam: a method for stochastic optimization*, 2015: what the optimizer keeps between steps.
# - S. Kaufman, S. Rosset, C. Perlich, O. Stitelman, *Leakage in data mining: formulation, detection, and avoidance*,
#   2012.
# - S. Kapoor, A. Narayanan, *Leakage and the reproducibility crisis in machine-learning-based science*, 2023: the
#   same mistake in hundreds of published studies.
# - A. Karpathy, *A recipe for training neural networks*, 2019: what to check before a loop may run overnight.
