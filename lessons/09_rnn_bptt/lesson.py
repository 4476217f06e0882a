# %% [markdown] lesson="Sequences and backpropagation through time" part="Part III. Recurrence" hours=3.5 needs="02_backprop 03_pytorch 04_optimizers"
# # Sequences and backpropagation through time
#
# How does this go on: `raise an excepti`? To guess the next letter you need the last letters, perhaps the last words.
# A network with one input for every pixel can't do it, because a text has no fixed size. So let a network read one
# character at a time and keep 128 numbers in mind. A table that knows only which character follows which needs 3.85
# bits for each character of Python's own manual. **How many bits do 128 numbers of memory save, how many characters
# back does such a network really look, and what happens to its gradient on the way there?** At the end a network
# trained by your own functions, forward and backward, will give all three answers.
#
# **You will be able to**
#
# - run a recurrent network over a batch of sequences, and say what of it grows with their length;
# - write backpropagation through time by hand, exact to the last digits of float64, whole and truncated;
# - say from a matrix and an activation whether gradients vanish or explode, and where the usual rule of thumb fails;
# - train a character model, measure it in bits, and sample from it hotter or colder.
#
# **Where it stands.** Lesson 02 built backpropagation for a network that reads its input at once. Here the same layer
# is used again at every step. Lesson 10 repairs what turns out to be weak in it.
#
# **Time.** About three hours and a half: eleven exercises, three predictions, and one question to answer in words,
# which a person marks. A good place for a break is before "The border".

# %% setup=true
from collections.abc import Callable

import numpy as np
import torch

from forwardpass import NotAttempted, check, data, plots, widgets

# %% [markdown]
# ## What goes in, what comes out
#
# A photograph has a fixed size and gets one label. With sequences there is more to choose from. Count items, not
# numbers: a sentence of seven words is seven items, a photograph or a label is one.
#
# | kind | in | out | for example |
# | --- | :---: | :---: | --- |
# | one-to-one | 1 | 1 | photograph to label: no sequence at all |
# | one-to-many | 1 | several | photograph to caption |
# | many-to-one | several | 1 | review to "liked it" or not |
# | many-to-many, aligned | several | as many | a tag for every word |
# | many-to-many, unaligned | several | several | translation |
#
# The last two need different networks. When every input has an output of its own, the network can answer while it
# reads. A translation may have more words than its source, or fewer, so the network must first read, then write
# (lesson 12).
#
# One example proves little. "Good morning" has two words and so has "guten Morgen"; that does not make translation
# aligned. By hand: the pairs of lengths (2, 2), (5, 6), (4, 3) belong to an unaligned task, because of the second
# pair alone.
#
# **Law.** The kind of a task is decided by all its examples together: one that is longer is enough to make it "many".

# %% exercise="sequence-type" minutes=10 difficulty=2 law="all examples together decide: one of several items makes it many, one pair of different lengths makes it unaligned"
def sequence_type(task: list[tuple[int, int]]) -> str:
    """The kind of a task, told from the lengths of its examples.

    task: (items in, items out) of every example, at least one example, each length at least 1. Returns
    - "one-to-one" if all lengths are 1;
    - "one-to-many" if all inputs have length 1 and some output is longer;
    - "many-to-one" if all outputs have length 1 and some input is longer;
    - "many-to-many, aligned" if some input and some output are longer than 1 and in each example both are equally long;
    - "many-to-many, unaligned" otherwise.
    """
    ### BEGIN SOLUTION
    one_in = all(n == 1 for n, _ in task)
    one_out = all(m == 1 for _, m in task)
    if one_in or one_out:
        return f"{'one' if one_in else 'many'}-to-{'one' if one_out else 'many'}"
    return "many-to-many, aligned" if all(n == m for n, m in task) else "many-to-many, unaligned"
    ### END SOLUTION

# %% [markdown] hint="sequence-type"
# - *I don't know where to start.* Answer two questions first, each with True or False: has every input length 1? Has
#   every output? `all(...)` takes a loop inside its brackets.
# - *(1, 1) comes out as aligned.* Its lengths are equal, but nothing in it is many. Which question comes first?
# - *Captions of one word confuse it.* A photograph may be described by one word and the next one by seven. Did you
#   look at every example before you decided?
# - *A translation comes out as aligned.* How many pairs of equal length does it take, and how many of unequal length
#   does it take to disprove it?

# %% test="sequence-type" points=1
check.equal(sequence_type, [(1, 7), (1, 4)], expect="one-to-many", about="photographs and captions", mistakes={
    "you have in and out the wrong way round: the first number counts what goes in": "many-to-one"})
check.equal(sequence_type, [(9, 1), (4, 1)], expect="many-to-one", about="reviews and verdicts")
check.equal(sequence_type, [(1, 1), (1, 1)], expect="one-to-one", about="photographs and labels", mistakes={
    "you asked for equal lengths first: with nothing longer than 1 it is one-to-one": "many-to-many, aligned"})
check.equal(sequence_type, [(5, 5), (7, 7), (1, 1)], expect="many-to-many, aligned", about="words and their tags", mistakes={
    "you decided by one example: a sentence of one word does not make the task one-to-one": "one-to-one",
    "you asked whether all inputs are longer than 1: one that is longer is enough": "many-to-many, unaligned",
    'you returned half of the name: it is "many-to-many, aligned"': "aligned",
    "you did not say which kind of many-to-many: aligned or unaligned": "many-to-many"})
check.equal(sequence_type, [(2, 2), (5, 6), (4, 3)], expect="many-to-many, unaligned", about="sentences and translations", mistakes={
    "you decided by one example, or by the lengths added up: one pair of different lengths is enough to be unaligned":
        "many-to-many, aligned",
    'you returned half of the name: it is "many-to-many, unaligned"': "unaligned"})
check.equal(sequence_type, [(1, 1), (1, 6)], expect="one-to-many", about="a caption of one word and one of six", mistakes={
    "you decided by the first example: a later output is longer": "one-to-one",
    "you gave up the one for the many: all inputs here have length 1": "many-to-many, unaligned"})
check.equal(sequence_type, [(1, 1), (6, 1)], expect="many-to-one", about="a review of one word and one of six", mistakes={
    "you decided by the first example: a later input is longer": "one-to-one",
    "you gave up the one for the many: all outputs here have length 1": "many-to-many, unaligned"})
check.equal(sequence_type, [(1, 3), (4, 1)], expect="many-to-many, unaligned", about="one long output, and in another example one long input",
            mistakes={"you decided by the first example: a later input is longer": "one-to-many",
                      "you decided by the last example: an earlier output is longer": "many-to-one"})

# %% test="sequence-type" points=1 hidden=true covers="60 random tasks of one to six examples, all five kinds among them"
rng = check.rng("sequence-type")
cases = []
for i in range(60):
    inputs = rng.integers(1, 4 if i % 5 not in (0, 1) else 2, size=int(rng.integers(1, 7)))
    outputs = rng.integers(1, 4 if i % 5 not in (0, 2) else 2, size=len(inputs))
    outputs = inputs if i % 5 == 3 else outputs
    cases.append(([(int(n), int(m)) for n, m in zip(inputs, outputs)],))


def kind_of(task):
    longest_in, longest_out = (max(lengths) for lengths in zip(*task))
    if longest_in == 1:
        return "one-to-one" if longest_out == 1 else "one-to-many"
    if longest_out == 1:
        return "many-to-one"
    return "many-to-many, " + ("unaligned" if [1 for n, m in task if n != m] else "aligned")


check.equal_many(sequence_type, cases, expect=kind_of)

# %% [markdown]
# Predicting the next character is many-to-many and aligned: each character read has one to be guessed. That is the
# task of this lesson.
#
# ## One function at every step
#
# A recurrent network has a **state** $h$, a vector of $m$ numbers. At every step it reads an input $x_t$, and makes
# the new state from the old one and from the input:
#
# $$h_t = \tanh(W_{hh}\, h_{t-1} + W_{xh}\, x_t + b_h), \qquad y_t = W_{hy}\, h_t + b_y .$$
#
# The same function, with the same five parameters, serves every step. That is the whole idea: the network can read a
# sequence of any length, and what it learns at one place holds at every place.
#
# | symbol | code | shape | meaning |
# | :---: | --- | --- | --- |
# | $T, N$ | | | steps in a sequence; sequences side by side in a batch |
# | $d, m, k$ | `d`, `m`, `k` | | numbers in an input, in a state, in an output |
# | $x_t$ | `x[t]` | (N, d) | input at a step; `x` is (T, N, d), time first |
# | $h_t$ | `hs[t]` | (N, m) | state *after* reading `x[t]`; `h0` is the state before the first step |
# | $y_t$ | `ys[t]` | (N, k) | output: scores, without activation |
# | $W_{xh}, W_{hh}, b_h$ | `params["W_xh"]` and so on | (m, d), (m, m), (m,) | make the state |
# | $W_{hy}, b_y$ | `params["W_hy"]`, `params["b_y"]` | (k, m), (k,) | read the state out |
#
# Mind three things. In the formulas steps count from 1, so $h_1$ is `hs[0]`, and $h_0$, `h0`, is not in `hs`. And a
# state is a *column* in the formula, $W h$. In code each sequence is a *row* of the batch, so all rows at once are
# `h @ W.T`, of shape (N, m). (Lessons 01 and 02 wrote $XW$ with $W$ of shape (d, m). PyTorch stores recurrent weights
# as here.) Last, the tests ask for float64 from float64; from float32 either may come back, here and below.
#
# You will meet the same network in other letters:
#
# | here | PyTorch's `nn.RNN` | Goodfellow et al. (2016) | other books and slides |
# | --- | --- | --- | --- |
# | $W_{xh}$ | `weight_ih_l0` | $U$ | $U$ in $a_h = U x(t) + W s(t-1)$ |
# | $W_{hh}$ | `weight_hh_l0` | $W$ | $W$ |
# | $h_t$ | `output[t]` | $h^{(t)}$ | $s(t) = f_h(a_h)$ |
# | $b_h$ | `bias_ih_l0 + bias_hh_l0` | $b$ | |
# | $y_t = W_{hy} h_t + b_y$ | an `nn.Linear` of its own | $o^{(t)} = V h^{(t)} + c$ | $o = f_o(V s)$ |
#
# ### Two steps by hand
#
# Let every size be 1, so that all weights are numbers: $W_{xh} = 1$, $W_{hh} = 0.5$, $W_{hy} = 2$, no biases,
# $h_0 = 0$. The inputs are $x_1 = 1$ and $x_2 = -1$.
#
# | step | before tanh | state | output |
# | ---: | --- | ---: | ---: |
# | 1 | $0.5 \cdot 0 + 1 \cdot 1 = 1$ | $h_1 = \tanh 1 = 0.7616$ | $y_1 = 2 \cdot 0.7616 = 1.5232$ |
# | 2 | $0.5 \cdot 0.7616 + 1 \cdot (-1) = -0.6192$ | $h_2 = \tanh(-0.6192) = -0.5506$ | $y_2 = -1.1011$ |
#
# Without the first input, $h_2$ would be $\tanh(-1) = -0.7616$. The difference is what the network remembers.
#
# **Law.** The state is made from the last state and the input; the output is read from the *new* state, without an
# activation.

# %% [markdown]
# ### One step

# %% exercise="rnn-step" minutes=10 difficulty=2 law="h_t = tanh(W_hh h_{t-1} + W_xh x_t + b_h), and y_t = W_hy h_t + b_y from the new state"
def rnn_step(x: np.ndarray, h: np.ndarray, params: dict[str, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """One step of a recurrent network for N sequences at once.

    x: (N, d), the inputs of this step. h: (N, m), the states before it. params: arrays "W_xh" (m, d), "W_hh" (m, m),
    "b_h" (m,), "W_hy" (k, m), "b_y" (k,), all floats. Returns (the new states (N, m), the outputs (N, k)).
    """
    ### BEGIN SOLUTION
    h = np.tanh(x @ params["W_xh"].T + h @ params["W_hh"].T + params["b_h"])
    return h, h @ params["W_hy"].T + params["b_y"]
    ### END SOLUTION

# %% [markdown] hint="rnn-step"
# - *I don't know where to start.* Three terms lie inside the tanh. Write down the shape of each: all must broadcast
#   to (N, m).
# - *The shapes do not fit.* The inputs are rows of (N, d), and the matrix is (m, d). `.T` turns it into (d, m).
# - *The states are right and the outputs are not.* From which state are they read, and does anything bend them?
# - *The shapes fit and the numbers are wrong.* `W_hh` is square, so a forgotten `.T` makes no error there.

# %% test="rnn-step" points=1
x, h = np.array([[1.0, 0.0], [0.5, -1.0]]), np.array([[0.2, -0.4], [0.0, 0.6]])
params = {"W_xh": np.array([[1.0, 0.0], [0.5, -1.0]]), "W_hh": np.array([[0.0, 0.5], [1.0, 0.25]]), "b_h": np.array([0.1, -0.2]),
          "W_hy": np.array([[1.0, -1.0], [0.0, 2.0]]), "b_y": np.array([0.5, 0.0])}
check.close(rnn_step, x, h, params, rtol=1e-5, atol=2e-6, about="2 sequences, and all sizes 2", expect=([[0.716298, 0.379949], [0.716298, 0.833655]], [[0.836349, 0.759898], [0.382643, 1.667309]]), mistakes={
    "you swapped the two matrices: W_xh belongs to the input and W_hh to the state": ([[0.291313, 0.861723], [-0.379949, -0.50052]], [[-0.070411, 1.723446], [0.620571, -1.00104]]),
    "you did not transpose W_hh: W h of a column is h @ W.T of a row": ([[0.604368, 0.291313], [0.833655, 0.833655]], [[0.813055, 0.582625], [0.5, 1.667309]]),
    "you did not transpose W_xh: W x of a column is x @ W.T of a row": ([[0.716298, -0.099668], [0.379949, 0.739783]], [[1.315966, -0.199336], [0.140166, 1.479566]]),
    "you transposed neither W_xh nor W_hh: W x of a column is x @ W.T of a row": ([[0.604368, -0.197375], [0.604368, 0.739783]], [[1.301743, -0.394751], [0.364585, 1.479566]]),
    "you did not transpose W_hy: W h of a column is h @ W.T of a row": ([[0.716298, 0.379949], [0.716298, 0.833655]], [[1.216298, 0.0436], [1.216298, 0.951011]]),
    "you transposed none of the matrices: W x of a column is x @ W.T of a row": ([[0.604368, -0.197375], [0.604368, 0.739783]], [[1.104368, -0.999118], [1.104368, 0.875198]]),
    "you left b_h out": ([[0.664037, 0.53705], [0.664037, 0.885352]], [[0.626987, 1.074099], [0.278685, 1.770703]]),
    "you left b_y out": ([[0.716298, 0.379949], [0.716298, 0.833655]], [[0.336349, 0.759898], [-0.117357, 1.667309]]),
    "you left both biases out": ([[0.664037, 0.53705], [0.664037, 0.885352]], [[0.126987, 1.074099], [-0.221315, 1.770703]]),
    "you added b_h after the tanh: it belongs inside": ([[0.764037, 0.33705], [0.764037, 0.685352]], [[0.926987, 0.674099], [0.578685, 1.370703]]),
    "you put a tanh on the output: the outputs are scores, without an activation": ([[0.716298, 0.379949], [0.716298, 0.833655]], [[0.68387, 0.641017], [0.365001, 0.931195]]),
    "you put a softmax on the output: the outputs are scores, without an activation": ([[0.716298, 0.379949], [0.716298, 0.833655]], [[0.519103, 0.480897], [0.216757, 0.783243]]),
    "you left the tanh out: the state is bent, the output is not": ([[0.9, 0.4], [0.9, 1.2]], [[1.0, 0.8], [0.2, 2.4]]),
    "you used the sigmoid: the state is made with tanh": ([[0.71095, 0.598688], [0.71095, 0.768525]], [[0.612262, 1.197375], [0.442425, 1.53705]]),
    "you read the output from the old state: read it from the new one": ([[0.716298, 0.379949], [0.716298, 0.833655]], [[1.1, -0.8], [-0.1, 1.2]]),
    "you multiplied as the formula is written, W @ h, and it stands for one column: each sequence is a row here, h @ W.T": ([[0.800499, 0.099668], [0.291313, 0.50052]], [[1.009186, -0.400852], [1.082625, 1.00104]]),
    "you made the state as the formula is written, W @ h, and it stands for one column: each sequence is a row here, h @ W.T": ([[0.800499, 0.099668], [0.291313, 0.50052]], [[1.200831, 0.199336], [0.290792, 1.00104]]),
    "you worked in columns, W @ h.T, and added the biases along the rows: a bias for columns is b[:, None]": ([[0.716298, 0.604368], [0.53705, 0.833655]], [[0.61193, 1.708736], [-0.296605, 1.667309]]),
    "you worked in columns, W @ h.T, and added b_h along the rows: a bias for columns is b[:, None]": ([[0.716298, 0.604368], [0.53705, 0.833655]], [[0.61193, 1.208736], [0.203395, 1.667309]]),
    "you worked in columns and returned columns: each sequence is a row of the results": ([[0.716298, 0.716298], [0.379949, 0.833655]], [[0.836349, 0.382643], [0.759898, 1.667309]]),
    "you closed the tanh too early: the input and b_h belong inside, too": ([[0.902625, 0.399668], [0.891313, 1.198885]], [[1.002957, 0.799336], [0.192428, 2.39777]]),
    "you did not return a pair but the states alone: the outputs are wanted too": [[0.716298, 0.379949], [0.716298, 0.833655]],
    "you did not return a pair but the outputs alone: the states are wanted too": [[0.836349, 0.759898], [0.382643, 1.667309]],
    "you ignored the old state: it comes in through W_hh": ([[0.800499, 0.291313], [0.53705, 0.781806]], [[1.009186, 0.582625], [0.255243, 1.563613]]),
    "you ignored the input: it comes in through W_xh": ([[-0.099668, -0.099668], [0.379949, -0.049958]], [[0.5, -0.199336], [0.929907, -0.099917]]),
    "you returned the outputs first: the states come first": ([[0.836349, 0.759898], [0.382643, 1.667309]], [[0.716298, 0.379949], [0.716298, 0.833655]])})
wide = {"W_xh": np.array([[1.0, 0.0, -1.0], [0.5, 0.5, 0.5]]), "W_hh": np.eye(2), "b_h": np.zeros(2),
        "W_hy": np.array([[1.0, 1.0]]), "b_y": np.array([1.0])}
check.close(rnn_step, np.array([[1.0, 2.0, 3.0]]), np.array([[2.0, -3.0]]), wide, expect=([[0.0, 0.0]], [[1.0]]),
            atol=1e-12, about="1 sequence, d = 3, m = 2, k = 1", mistakes={
    "two shapes do not fit: the inputs are rows (N, d) and W_xh is (m, d), so it has to be transposed": ValueError})

# %% test="rnn-step" points=1 hidden=true covers="30 random steps, sizes from 1 to 6, against torch.nn.RNNCell and torch.nn.Linear with the same weights, in float64"
def torch_step(x, h, params):
    (m, d), k = params["W_xh"].shape, len(params["b_y"])
    cell, out = torch.nn.RNNCell(d, m, dtype=torch.float64), torch.nn.Linear(m, k, dtype=torch.float64)
    with torch.no_grad():
        for parameter, value in zip(cell.parameters(), [params["W_xh"], params["W_hh"], params["b_h"], 0 * params["b_h"]]):
            parameter.copy_(torch.tensor(value))
        out.weight.copy_(torch.tensor(params["W_hy"]))
        out.bias.copy_(torch.tensor(params["b_y"]))
        new = cell(torch.tensor(x), torch.tensor(h))
        return new.numpy(), out(new).numpy()


rng = check.rng("rnn-step")
cases = []
for _ in range(30):
    N, d, m, k = (int(size) for size in rng.integers(1, 7, 4))
    shapes = {"W_xh": (m, d), "W_hh": (m, m), "b_h": (m,), "W_hy": (k, m), "b_y": (k,)}
    cases.append((rng.normal(size=(N, d)), rng.normal(size=(N, m)), {name: rng.normal(size=s) for name, s in shapes.items()}))
check.equal_many(rnn_step, cases, expect=torch_step)

# %% [markdown]
# ### All steps
#
# Now the loop. Two kinds of results are kept: every state, because the way back will need them, and every output.

# %% exercise="rnn-forward" minutes=12 difficulty=2 law="the state that leaves a step enters the next one; h0 enters the first, and only the first"
def rnn_forward(x: np.ndarray, h0: np.ndarray, params: dict[str, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """All states and all outputs of a recurrent network.

    x: (T, N, d), at least one step. h0: (N, m), the states before the first step. params: as for rnn_step.
    Returns (hs, ys): hs (T, N, m), where hs[t] is the state after reading x[t]; ys (T, N, k), read from hs.
    """
    ### BEGIN SOLUTION
    hs, ys, h = [], [], h0
    for x_t in x:
        h, y = rnn_step(x_t, h, params)
        hs.append(h)
        ys.append(y)
    return np.stack(hs), np.stack(ys)
    ### END SOLUTION

# %% [markdown] hint="rnn-forward"
# - *I don't know where to start.* Before the loop there is one state, `h0`. Each turn takes the current state and
#   `x[t]`, calls your step, and keeps what comes back. A loop over an array, `for x_t in x`, goes along its first
#   axis.
# - *All my states are the same.* An array that you change in place is one array, however often you put it into a
#   list.
# - *I have one state too many.* `h0` was there before the first step, so it is not a result.
# - *I have a list and an array is wanted.* `np.stack` makes an array with one more axis, in front, from arrays of one
#   shape.

# %% test="rnn-forward" points=2
def torch_step(x, h, params):
    import numpy as np
    import torch

    W, U, b, V, c = (torch.tensor(np.asarray(params[name], dtype=float)) for name in ("W_hh", "W_xh", "b_h", "W_hy", "b_y"))
    rows, before = (torch.tensor(np.asarray(one, dtype=float)) for one in (np.atleast_2d(x), np.atleast_2d(h)))
    new = torch.rnn_tanh_cell(rows, before, U, W, b, 0 * b)
    out = torch.nn.functional.linear(new, V, c).numpy()
    return new.numpy().reshape(np.shape(h)), out.reshape(np.shape(h)[:-1] + out.shape[-1:])


x = np.array([[[1.0], [0.0]], [[-1.0], [0.5]], [[0.5], [2.0]]])
h0 = np.array([[0.5, -0.5], [0.2, 0.4]])
params = {"W_xh": np.array([[1.0], [-0.5]]), "W_hh": np.array([[0.5, -1.0], [0.0, 0.8]]), "b_h": np.array([0.1, 0.0]),
          "W_hy": np.array([[2.0, -1.0]]), "b_y": np.array([0.3])}
lists = ([[[0.951746, -0.716298], [-0.197375, 0.309507]], [[0.284132, -0.072909], [0.189487, -0.002394]], [[0.672325, -0.298914], [0.975606, -0.762397]]], [[[2.91979], [-0.404258]], [[0.941172], [0.681369]], [[1.943565], [3.013609]]])
with check.given(rnn_step=torch_step):
    check.close(rnn_forward, x, h0, params, rtol=1e-5, atol=2e-6, about="3 steps of 2 sequences", expect=tuple(np.array(one) for one in lists), mistakes={
        "you returned lists: np.stack makes one array of each": lists,
        "you went through the batch and not through time: time is the first axis of x, so step t reads x[t], of shape (N, d)": RuntimeError,
        "you did not return a pair but the states alone: the outputs are wanted too": lists[0],
        "you did not return a pair but the outputs alone: the states are wanted too": lists[1],
        "you ignored h0: it is the state that enters the first step": ([[[0.800499, -0.462117], [0.099668, 0.0]], [[-0.037616, 0.129574], [0.571558, -0.244919]], [[0.423228, -0.145305], [0.989677, -0.83241]]], [[[2.363115], [0.499336]], [[0.095195], [1.688035]], [[1.291762], [3.111765]]]),
        "you started every step from h0: each step starts from the state that the last one left": ([[[0.951746, -0.716298], [-0.197375, 0.309507]], [[-0.148885, 0.099668], [0.291313, 0.069886]], [[0.874053, -0.57167], [0.946806, -0.591519]]], [[[2.91979], [-0.404258]], [[-0.097438], [0.812739]], [[2.619777], [2.785131]]]),
        "you put h0 among the states: hs[t] is the state after reading x[t], so there are T of them":
            ([[[0.5, -0.5], [0.2, 0.4]], [[0.951746, -0.716298], [-0.197375, 0.309507]], [[0.284132, -0.072909], [0.189487, -0.002394]], [[0.672325, -0.298914], [0.975606, -0.762397]]], [[[2.91979], [-0.404258]], [[0.941172], [0.681369]], [[1.943565], [3.013609]]]),
        "you kept the states before each step: hs[t] is the state after reading x[t]":
            ([[[0.5, -0.5], [0.2, 0.4]], [[0.951746, -0.716298], [-0.197375, 0.309507]], [[0.284132, -0.072909], [0.189487, -0.002394]]], [[[2.91979], [-0.404258]], [[0.941172], [0.681369]], [[1.943565], [3.013609]]]),
        "you read each output from the state before its step: read y_t from h_t": ([[[0.951746, -0.716298], [-0.197375, 0.309507]], [[0.284132, -0.072909], [0.189487, -0.002394]], [[0.672325, -0.298914], [0.975606, -0.762397]]], [[[1.8], [0.3]], [[2.91979], [-0.404258]], [[0.941172], [0.681369]]]),
        "you put a tanh on the output: the outputs are scores, without an activation": ([[[0.951746, -0.716298], [-0.197375, 0.309507]], [[0.284132, -0.072909], [0.189487, -0.002394]], [[0.672325, -0.298914], [0.975606, -0.762397]]], [[[0.994197], [-0.383586]], [[0.73576], [0.592409]], [[0.959816], [0.995187]]]),
        "you returned the last state and all outputs: every state is wanted": ([[0.672325, -0.298914], [0.975606, -0.762397]], [[[2.91979], [-0.404258]], [[0.941172], [0.681369]], [[1.943565], [3.013609]]]),
        "you returned what the last step gave: all states and all outputs are wanted": ([[0.672325, -0.298914], [0.975606, -0.762397]], [[1.943565], [3.013609]]),
        "you kept one array and changed it in place: all your states are the last one": ([[[0.672325, -0.298914], [0.975606, -0.762397]], [[0.672325, -0.298914], [0.975606, -0.762397]], [[0.672325, -0.298914], [0.975606, -0.762397]]], [[[2.91979], [-0.404258]], [[0.941172], [0.681369]], [[1.943565], [3.013609]]]),
        "you read the first input at every step: step t reads x[t]": ([[[0.951746, -0.716298], [-0.197375, 0.309507]], [[0.979785, -0.790603], [-0.298794, 0.242667]], [[0.983031, -0.811867], [-0.284033, 0.191731]]], [[[2.91979], [-0.404258]], [[3.050174], [-0.540254]], [[3.077929], [-0.459796]]]),
        "you went through the sequence backwards": ([[[0.874053, -0.57167], [0.946806, -0.591519]], [[0.108271, 0.042638], [0.930877, -0.618897]], [[0.804591, -0.434872], [0.828814, -0.458269]]], [[[2.619777], [2.785131]], [[0.473903], [2.780651]], [[2.344054], [2.415897]]]),
        "you put the batch first: time is the first axis of hs and ys": ([[[0.951746, -0.716298], [0.284132, -0.072909], [0.672325, -0.298914]], [[-0.197375, 0.309507], [0.189487, -0.002394], [0.975606, -0.762397]]], [[[2.91979], [0.941172], [1.943565]], [[-0.404258], [0.681369], [3.013609]]]),
        "you returned the outputs first: the states come first": ([[[2.91979], [-0.404258]], [[0.941172], [0.681369]], [[1.943565], [3.013609]]], [[[0.951746, -0.716298], [-0.197375, 0.309507]], [[0.284132, -0.072909], [0.189487, -0.002394]], [[0.672325, -0.298914], [0.975606, -0.762397]]])})

# %% test="rnn-forward" points=1 hidden=true covers="20 random networks, one step and one sequence among them, against torch.nn.RNN with the same weights, in float64"
def torch_step(x, h, params):
    import numpy as np
    import torch

    W, U, b, V, c = (torch.tensor(np.asarray(params[name], dtype=float)) for name in ("W_hh", "W_xh", "b_h", "W_hy", "b_y"))
    rows, before = (torch.tensor(np.asarray(one, dtype=float)) for one in (np.atleast_2d(x), np.atleast_2d(h)))
    new = torch.rnn_tanh_cell(rows, before, U, W, b, 0 * b)
    out = torch.nn.functional.linear(new, V, c).numpy()
    return new.numpy().reshape(np.shape(h)), out.reshape(np.shape(h)[:-1] + out.shape[-1:])


def torch_rnn(x, h0, params):
    m, d = params["W_xh"].shape
    rnn = torch.nn.RNN(d, m, dtype=torch.float64)
    with torch.no_grad():
        for parameter, value in zip(rnn.parameters(), [params["W_xh"], params["W_hh"], params["b_h"], 0 * params["b_h"]]):
            parameter.copy_(torch.tensor(value))
        hs = rnn(torch.tensor(x), torch.tensor(h0)[None])[0]
        return hs.numpy(), (hs @ torch.tensor(params["W_hy"]).T + torch.tensor(params["b_y"])).numpy()


rng = check.rng("rnn-forward")
cases = []
for i in range(20):
    T, N, d, m, k = (int(size) for size in rng.integers(1, 6, 5))
    T, N = (1, N) if i == 0 else (T, 1) if i == 1 else (T, N)
    shapes = {"W_xh": (m, d), "W_hh": (m, m), "b_h": (m,), "W_hy": (k, m), "b_y": (k,)}
    cases.append((rng.normal(size=(T, N, d)), rng.normal(size=(N, m)), {name: rng.normal(size=s) for name, s in shapes.items()}))
with check.given(rnn_step=torch_step):
    check.equal_many(rnn_forward, cases, expect=torch_rnn)

# %% [markdown]
# ### What grows with the length
#
# A network reads 10 steps. Then it reads sequences of 1 000 steps. How many times as many *parameters* does it have
# then? And how many times as many *states* does `rnn_forward` keep?

# %% predict="what-grows" minutes=1 choices="1 | 10 | 100 | 1000" law="the parameters are shared by all steps; the states are one for each step"
### BEGIN SOLUTION
parameters_grow = 1
states_grow = 100
### END SOLUTION

# %% test="what-grows" points=1 hidden=true covers="your prediction"
check.equal(parameters_grow, expect=1, about="the parameters", mistakes={
    "you gave every step parameters of its own: the same five arrays serve all steps": 100,
    "you gave every step parameters of its own, and the wrong number of steps": 1000,
    "you compared the wrong lengths, and every step shares the same five arrays": 10})
check.equal(states_grow, expect=100, about="the states", mistakes={
    "each step leaves a state of its own, and all are kept for the way back": 1,
    "you gave the number of states: the question is how many times as many as for 10 steps": 1000,
    "you gave the states of the short sequence: 1 000 states are how many times 10?": 10})

# %% exercise="parameter-count" minutes=5 difficulty=1 law="three matrices and two biases, however many steps there are"
def parameter_count(d: int, m: int, k: int, steps: int) -> int:
    """Number of parameters of the network above, biases included.

    d, m, k: numbers in an input, in a state and in an output. steps: length of the sequences. All are whole numbers, at
    least 1. Returns an int.
    """
    ### BEGIN SOLUTION
    return m * d + m * m + m + k * m + k
    ### END SOLUTION

# %% [markdown] hint="parameter-count"
# - *I don't know where to start.* The table of symbols lists five arrays with their shapes. How many numbers has
#   each?
# - *What do I do with `steps`?* Ask what the network would have to learn anew if the sequences became longer.
# - *I have m too many.* The state has one bias here. PyTorch keeps two and adds them up.

# %% test="parameter-count" points=1
check.equal(parameter_count, 3, 5, 2, 7, expect=57, mistakes={
    "you counted every step's parameters: all steps share them": 399,
    "you counted what makes the state once for every step: all steps share it": 327,
    "you counted the steps' states: they are calculated, not learnt": 92,
    "you left the biases out: b_h and b_y are learnt too": 50,
    "you left b_y out": 55,
    "you left b_h out": 52,
    "you counted two biases for the state, as PyTorch keeps them: here there is one": 62,
    "you left W_hh out: it leads from state to state": 32,
    "you left the output out: W_hy and b_y are learnt too": 45})
check.equal(parameter_count, 3, 5, 2, 1, expect=57, mistakes={"you let the length change it": 9})

# %% test="parameter-count" points=1 hidden=true covers="20 random sizes and lengths, against the layers that PyTorch builds, less its second bias"
def torch_count(d, m, k, steps):
    layers = [torch.nn.RNN(d, m, device="meta"), torch.nn.Linear(m, k, device="meta")]
    return sum(p.numel() for layer in layers for p in layer.parameters()) - m


rng = check.rng("parameter-count")
check.equal_many(parameter_count, [tuple(int(size) for size in rng.integers(1, 60, 4)) for _ in range(20)], expect=torch_count)

# %% [markdown]
# Both numbers beside each other, for 10 and for 1 000 steps:

# %% demo="both-lengths"
tiny = {"W_xh": np.ones((5, 3)), "W_hh": np.ones((5, 5)), "b_h": np.ones(5), "W_hy": np.ones((2, 5)), "b_y": np.ones(2)}
for steps in (10, 1000):
    hs, _ = rnn_forward(np.zeros((steps, 1, 3)), np.zeros((1, 5)), tiny)
    print(f"{steps:4} steps: {parameter_count(3, 5, 2, steps)} parameters, {len(hs)} states kept")

# %% [markdown]
# ## A loss at every step
#
# At every step the network guesses the next character, so at every step there is a loss: the cross-entropy of lesson
# 02, minus the logarithm of the probability $p$ that softmax gives to the character that came. The loss of a sequence
# is the **sum over its steps**, and of a batch, the mean over its $N$ sequences:
#
# $$L = \sum_{t=1}^{T} \frac{1}{N} \sum_{n=1}^{N} -\ln p_{t,n} , \qquad \frac{\partial L}{\partial y_{t,n}} = \frac{1}{N} \big(\text{softmax}(y_{t,n}) - \text{one-hot}\big) .$$
#
# By hand, for one sequence of two steps whose right characters get $p = \frac12$ and $p = \frac14$:
# $L = \ln 2 + \ln 4 = 2.0794$. Not $\ln 4$ alone, and not half of it.
#
# **Law.** Every step has a loss, and the sequence's loss is their sum. So every step sends a gradient back.
#
# ### The loss and its gradient
#
# `logits - logits.max(axis=-1, keepdims=True)` shifts the scores at every step of every sequence by their own largest
# one, which keeps `np.exp` finite and changes no probability. For an array of whole numbers `targets` of any shape,
# `np.eye(k)[targets]` has one axis more, with a one-hot row for each number.

# %% exercise="sequence-loss" minutes=15 difficulty=3 law="the sum over the steps of the mean cross-entropy over the sequences"
def sequence_loss(logits: np.ndarray, targets: np.ndarray) -> tuple[float, np.ndarray]:
    """Cross-entropy summed over the steps and averaged over the sequences, and its gradient.

    logits: (T, N, k) floats, of any finite size: 1000 must not overflow. targets: (T, N) whole numbers from 0 to k - 1.
    Returns (the loss, a number in nats; its gradient with respect to the logits, (T, N, k)).
    """
    ### BEGIN SOLUTION
    shifted = logits - logits.max(axis=-1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    one_hot = np.eye(logits.shape[-1], dtype=logits.dtype)[targets]
    N = targets.shape[1]
    return float(-(one_hot * log_p).sum() / N), (np.exp(log_p) - one_hot) / N
    ### END SOLUTION

# %% [markdown] hint="sequence-loss"
# - *I don't know where to start.* It is the softmax cross-entropy of lesson 02 with one axis more in front. Softmax
#   runs along the last axis.
# - *My loss is too small by a factor.* Which axis is averaged, and which is summed? Steps are summed.
# - *It overflows, or gives inf or nan.* Shift the scores first, and write log p as a difference, not as the logarithm
#   of a quotient.
# - *The loss is right and the gradient is off by a factor.* The gradient carries the same division as the loss.

# %% test="sequence-loss" points=2
def loss_and_gradient(answer, *inputs):
    """The two results of an answer, or a sentence about what came instead."""
    result = answer(*inputs)
    if not isinstance(result, tuple) or len(result) != 2:
        return "no pair"
    return [result[0], result[1]]


logits = np.log(np.array([[[1.0, 3.0], [1.0, 1.0]], [[7.0, 1.0], [1.0, 3.0]], [[1.0, 4.0], [9.0, 1.0]]]))
targets = np.array([[1, 0], [0, 0], [0, 1]])
seen = check.observe(loss_and_gradient, sequence_loss, logits, targets)
check.that(seen != "no pair", "you did not return a pair: the loss and its gradient, in this order")
check.close(seen[0], expect=3.206338, rtol=1e-5, about="the loss of 3 steps of 2 sequences", mistakes={
    "you took the last step only: every step has a loss, and they are added up": 1.956012,
    "you averaged over the steps: steps are summed, sequences are averaged": 1.068779,
    "you summed over the sequences too: steps are summed, sequences are averaged": 6.412675,
    "you averaged over the steps and summed over the sequences: it is the other way round": 2.137558,
    "you took the logarithm to base 2: the natural one is meant": 4.625767,
    "your loss is negative: it is minus the logarithm": -3.206338,
    "you divided by the number of all logits: divide by the number of sequences": 0.534390})
gradient = np.array([[[0.25, -0.25], [-0.5, 0.5]], [[-0.125, 0.125], [-0.75, 0.75]], [[-0.8, 0.8], [0.9, -0.9]]]) / 2
last_only = gradient * np.array([0.0, 0.0, 1.0])[:, None, None]
check.close(seen[1], expect=gradient, rtol=1e-5, about="the gradient of 3 steps of 2 sequences", mistakes={
    "you took the last step only: every step has a loss, so every step has a gradient": last_only,
    "you returned the last step's gradient: the gradient has the shape of the logits": gradient[-1],
    "you did not divide the gradient by N: the loss is a mean over the sequences": gradient * 2,
    "you divided the gradient by the steps too: steps are summed": gradient / 3,
    "you divided the gradient by the steps: the loss is a mean over the sequences and a sum over the steps": gradient * 2 / 3,
    "your gradient has the wrong sign: softmax minus one-hot": -gradient,
    "you left the one-hot out: the right character's probability is reduced by 1":
        [[[0.125, 0.375], [0.25, 0.25]], [[0.4375, 0.0625], [0.125, 0.375]], [[0.1, 0.4], [0.45, 0.05]]]})
seen = check.observe(loss_and_gradient, sequence_loss, np.array([[[1000.0, 0.0]], [[0.0, -1000.0]]]), np.array([[1], [1]]))
law = "the loss is finite, however large the logits are"
check.close(seen[0], expect=2000.0, law=law, about="the loss with logits of 1000", mistakes={
    "your exponential overflowed: shift the scores by their largest first": np.nan,
    "you took the logarithm of a probability that was rounded to 0: write log p as a difference before": np.inf,
    "your exponential overflowed: shift the scores by their largest first.": -np.inf,
    "you put something like 1e-12 into the logarithm: write log p as a difference": 55.262042})
check.close(seen[1], expect=[[[1.0, -1.0]], [[1.0, -1.0]]], law=law, about="the gradient with logits of 1000")
check.close(sequence_loss, np.array([[[0.0, 0.0, 0.0]]]), np.array([[2]]), rtol=1e-5, about="one step of one sequence",
            expect=(1.098612, [[[0.333333, 0.333333, -0.666667]]]))

# %% test="sequence-loss" points=1 hidden=true covers="25 random batches, one step, one sequence and one character among them, logits up to 1e4, against PyTorch in float64"
def torch_loss(logits, targets):
    y = torch.tensor(logits, requires_grad=True)
    loss = torch.nn.functional.cross_entropy(y.flatten(0, 1), torch.tensor(targets).flatten(), reduction="sum") / targets.shape[1]
    loss.backward()
    return loss.item(), y.grad.numpy()


rng = check.rng("sequence-loss")
cases = [(np.array([[[3.0]]]), np.array([[0]]))]
for i in range(24):
    T, N, k = (int(size) for size in rng.integers(1, 6, 3))
    cases.append((10.0 ** (i % 6 - 2) * rng.uniform(-10, 10, size=(T, N, k)), rng.integers(0, k, (T, N))))
with check.without("torch.nn.functional.cross_entropy", "torch.nn.functional.log_softmax"):
    check.equal_many(sequence_loss, cases, expect=torch_loss, rtol=1e-8, atol=1e-10)

# %% [markdown]
# ### Bits per character
#
# A loss in nats summed over a sequence is hard to compare: it depends on the length. Language models of characters
# are compared in **bits per character**: the mean of $-\log_2 p$ over all characters. It is the length, in bits, to
# which a text could be packed with this model. By hand: probabilities $\frac12$ and $\frac18$ cost $1$ and $3$ bits,
# 2 bits per character. To guess evenly among $k$ characters costs $\log_2 k$ bits, which is $6.58$ for the 96 of our
# text.
#
# **Law.** One bit less per character means: the right character got, in the geometric mean, twice the probability.

# %% exercise="bits-per-char" minutes=6 difficulty=2 law="the mean of -log2 p over all characters of all sequences"
def bits_per_char(logits: np.ndarray, targets: np.ndarray) -> float:
    """Mean number of bits that the right characters cost.

    logits: (T, N, k) floats; targets: (T, N) whole numbers from 0 to k - 1. Returns a float, 0 or more.
    """
    ### BEGIN SOLUTION
    loss, _ = sequence_loss(logits, targets)
    return loss / len(targets) / np.log(2)
    ### END SOLUTION

# %% [markdown] hint="bits-per-char"
# - *I don't know where to start.* You have a function that adds up $-\ln p$ over the steps. What is left to do is to
#   make a mean of it, and to change the logarithm.
# - *How do I get from nats to bits?* $\log_2 p = \ln p / \ln 2$.
# - *My number is too small or too large by a factor.* Your loss is already divided by N. By what else, for a mean
#   over all characters?

# %% test="bits-per-char" points=1
def torch_loss(logits, targets):
    import torch

    y = torch.tensor(logits, requires_grad=True)
    loss = torch.nn.functional.cross_entropy(y.flatten(0, 1), torch.tensor(targets).flatten(), reduction="sum") / targets.shape[1]
    loss.backward()
    return loss.item(), y.grad.numpy()


logits = np.log(np.array([[[1.0, 1.0], [1.0, 3.0]], [[7.0, 1.0], [1.0, 1.0]], [[1.0, 1.0], [1.0, 1.0]]]))
targets = np.array([[1, 0], [1, 0], [0, 0]])
with check.given(sequence_loss=torch_loss):
    check.close(bits_per_char, logits, targets, expect=1.5, rtol=1e-6, about="3 steps of 2 sequences: 1, 2, 3, 1, 1 and 1 bits", mistakes={
        "you gave nats: divide by ln 2": 1.0397208,
        "you summed over the steps: divide by their number, too": 4.5,
        "you summed over the steps, and gave nats": 3.1191623,
        "you summed over all characters: a mean is wanted": 9.0,
        "you divided by the number of sequences twice": 0.75,
        "you multiplied by ln 2: a nat is more than a bit, so there are more bits": 0.7206796,
        "your sign is wrong: bits are counted upwards": -1.5,
        "you took the logarithm of the mean probability: it is the mean of the logarithms": 1.3370350,
        "you gave 2 to the power of it, the perplexity: bits are the exponent": 2.8284271,
        "you used the logarithm to base 10: bits have base 2": 0.4515450})
    check.close(bits_per_char, np.zeros((2, 1, 8)), np.array([[3], [7]]), expect=3.0, rtol=1e-6, about="even guesses among 8 characters")

# %% test="bits-per-char" points=1 hidden=true covers="20 random batches of 1 to 6 steps and 1 to 4 sequences, against PyTorch"
def given_loss(logits, targets):
    import torch

    y = torch.tensor(logits, requires_grad=True)
    loss = torch.nn.functional.cross_entropy(y.flatten(0, 1), torch.tensor(targets).flatten(), reduction="sum") / targets.shape[1]
    loss.backward()
    return loss.item(), y.grad.numpy()


def torch_bits(logits, targets):
    log_p = torch.tensor(logits).log_softmax(-1).gather(-1, torch.tensor(targets)[..., None])
    return -log_p.mean().item() / float(np.log(2))


rng = check.rng("bits-per-char")
cases = []
for _ in range(20):
    T, N, k = int(rng.integers(1, 7)), int(rng.integers(1, 5)), int(rng.integers(1, 9))
    cases.append((rng.normal(size=(T, N, k)) * 3, rng.integers(0, k, (T, N))))
with check.given(sequence_loss=given_loss):
    check.equal_many(bits_per_char, cases, expect=torch_bits, rtol=1e-7, atol=1e-10)

# %% [markdown]
# ## Back through time
#
# Write the steps one under the other, and a recurrent network is a deep network: $T$ layers that share their weights.
# So backpropagation from lesson 02 works as it is. It is called **backpropagation through time** (BPTT) because it
# runs through the layers, that is through the steps, from the last to the first.
#
# The state $h_t$ is used twice: by the output $y_t$, and by the next state $h_{t+1}$. So two gradients come in and
# add up. Write $z_t$ for what stands inside the tanh, and $\mathrm{d}h_t$ for $\partial L / \partial h_t$. For one
# sequence, in columns,
#
# $$\mathrm{d}h_t = W_{hy}^\top\, \mathrm{d}y_t + W_{hh}^\top\, \mathrm{d}z_{t+1}, \qquad \mathrm{d}z_t = (1 - h_t^2) \odot \mathrm{d}h_t ,$$
#
# where $\odot$ multiplies entry by entry and $\mathrm{d}z_{T+1} = 0$: nothing comes after the last step. The slope of
# tanh is 1 minus the square of its *output*, so the states that you kept are all you need; $z_t$ itself is not.
#
# Every weight is used at every step, so its gradient is a sum over steps:
# $\mathrm{d}W_{hh} = \sum_t \mathrm{d}z_t\, h_{t-1}^\top$, $\mathrm{d}W_{xh} = \sum_t \mathrm{d}z_t\, x_t^\top$,
# $\mathrm{d}W_{hy} = \sum_t \mathrm{d}y_t\, h_t^\top$, and each bias has the sum of what it was added to.
#
# ### The two steps, backwards, by hand
#
# The network from above once more, with the loss $L = y_1 + y_2$, so that $\mathrm{d}y_1 = \mathrm{d}y_2 = 1$. The
# last step comes first:
#
# | step | from the output | from the next step | $\mathrm{d}h$ | $\mathrm{d}z = (1 - h^2)\, \mathrm{d}h$ |
# | ---: | ---: | ---: | ---: | ---: |
# | 2 | $2 \cdot 1 = 2$ | 0 | 2 | $0.6969 \cdot 2 = 1.3937$ |
# | 1 | $2 \cdot 1 = 2$ | $0.5 \cdot 1.3937 = 0.6969$ | 2.6969 | $0.4200 \cdot 2.6969 = 1.1326$ |
#
# Now the sums. $\mathrm{d}W_{xh} = 1.3937 \cdot (-1) + 1.1326 \cdot 1 = -0.2611$;
# $\mathrm{d}W_{hh} = 1.3937 \cdot h_1 + 1.1326 \cdot h_0 = 1.0615$; $\mathrm{d}W_{hy} = h_1 + h_2 = 0.2110$.
#
# Without the term from the next step, $\mathrm{d}W_{xh}$ would be $-1.3937 + 0.8399 = -0.5538$, twice as large: each
# number looks plausible, so check it. The nudge of lesson 02 is an oracle that knows nothing of chain rules:

# %%
def tiny_loss(W_xh, W_hh, W_hy):
    """y_1 + y_2 of the network above, by a slow loop over plain numbers."""
    h, total = 0.0, 0.0
    for x in (1.0, -1.0):
        h = np.tanh(W_hh * h + W_xh * x)
        total += W_hy * h
    return total


weights, nudge = {"W_xh": 1.0, "W_hh": 0.5, "W_hy": 2.0}, 1e-5
for name in weights:
    up, down = ({**weights, name: weights[name] + step} for step in (nudge, -nudge))
    print(f"d{name} by nudging: {(tiny_loss(**up) - tiny_loss(**down)) / (2 * nudge):7.4f}")

# %% [markdown]
# **Law.** A state's gradient is the sum of two: through its output, and through the next step. A weight's gradient is
# the sum over all steps.
#
# ### Backpropagation through time
#
# For a batch, rows stand for columns: $W^\top \mathrm{d}z$ of a column is `dz @ W` of a row, and
# $\sum \mathrm{d}z\, h^\top$ over the sequences of a batch is `dz.T @ h`, of shape (m, m).
#
# The function gets `dys`, the gradient for the outputs, from the loss. It also returns `dh0`: what the loss would
# gain from another state at the beginning. The tests switch autograd off while your function runs.

# %% exercise="rnn-backward" minutes=35 difficulty=4 law="dh_t comes from the output of step t and from step t + 1; every weight adds up what all steps send"
def rnn_backward(
    x: np.ndarray, h0: np.ndarray, hs: np.ndarray, dys: np.ndarray, params: dict[str, np.ndarray]
) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Gradients of a loss with respect to the parameters and the first state, by backpropagation through time.

    x: (T, N, d), h0: (N, m), params: as for rnn_forward. hs: (T, N, m), the states that rnn_forward returned.
    dys: (T, N, k), the gradient of the loss with respect to each output.
    Returns (grads, dh0): grads has the keys and shapes of params; dh0 (N, m) is the gradient with respect to h0.
    Changes no argument in place.
    """
    ### BEGIN SOLUTION
    grads = {name: np.zeros_like(value) for name, value in params.items()}
    dh = np.zeros_like(h0)  # what comes from the next step
    for t in reversed(range(len(x))):
        before = hs[t - 1] if t > 0 else h0
        dz = (dys[t] @ params["W_hy"] + dh) * (1 - hs[t] ** 2)
        grads["W_hy"] += dys[t].T @ hs[t]
        grads["b_y"] += dys[t].sum(axis=0)
        grads["W_xh"] += dz.T @ x[t]
        grads["W_hh"] += dz.T @ before
        grads["b_h"] += dz.sum(axis=0)
        dh = dz @ params["W_hh"]
    return grads, dh
    ### END SOLUTION

# %% [markdown] hint="rnn-backward"
# - *I don't know where to start.* Fill five arrays of zeros in the shapes of the parameters, and one more, (N, m),
#   for what comes from the next step. Then loop over the steps from the last to the first, and do inside it, for one
#   step, what the table by hand does.
# - *Which state goes with W_hh?* The one that entered the step. For the first step that is `h0`; in Python `hs[-1]`
#   is the last state, which is not it.
# - *Only the output's gradients are right.* Look at the two terms of dh. One of them was made in the turn of the loop
#   before this one.
# - *All shapes fit and W_hh is wrong.* It is square, so neither a missing `.T` nor a swapped product shows. On paper,
#   with rows: entry (i, j) joins dz's unit i with the state's unit j.
# - *Everything is right but dh0.* After the loop, what is left over from step 1 for the step before it? It has passed
#   the tanh and W_hh.

# %% test="rnn-backward" points=3
def gradients(answer, x, h0, hs, dys, params):
    """The gradients by name, or a sentence about what came instead."""
    before = {"x": x.copy(), "h0": h0.copy(), "hs": hs.copy(), "dys": dys.copy()}
    try:
        result = answer(x, h0, hs, dys, params)
    except ValueError as error:
        if "matmul" not in str(error) and "not aligned" not in str(error):
            raise
        return "two shapes do not fit in a product: rows are multiplied as dys[t] @ W_hy, and a weight's gradient has its shape, as in dz.T @ h"
    for name, now in {"x": x, "h0": h0, "hs": hs, "dys": dys}.items():
        if (now != before[name]).any():
            return f"your code changed its argument {name} in place: work on a copy"
    if not isinstance(result, tuple) or len(result) != 2 or not isinstance(result[0], dict):
        return "you did not return a pair: a dict of gradients, and the gradient with respect to h0"
    return {**result[0], "h0": result[1]}


x, h0 = np.array([[[1.0]], [[-1.0]], [[0.5]]]), np.array([[0.5, -0.5]])
params = {"W_xh": np.array([[1.0], [-0.5]]), "W_hh": np.array([[0.5, -1.0], [0.3, 0.8]]), "b_h": np.array([0.1, 0.0]),
          "W_hy": np.array([[2.0, -1.0]]), "b_y": np.array([0.3])}
hs = np.array([[[0.951745957165, -0.635148952387]], [[0.207944448969, 0.270501304828]], [[0.408217920354, 0.028776431513]]])
dys = np.array([[[1.0]], [[-0.5]], [[2.0]]])
with check.without("torch.Tensor.backward", "torch.autograd.backward", "torch.autograd.grad"):
    seen = check.observe(gradients, rnn_backward, x, h0, hs, dys, params)
check.that(not isinstance(seen, str), str(seen))
missing = [name for name in params if name not in seen]
check.that(not missing, f"your dict has no {', '.join(missing)}: it has the keys of params")
about = "3 steps of one sequence, m = 2: the gradient with respect to"
check.close(seen["b_y"], expect=[2.5], rtol=1e-5, about=f"{about} b_y", mistakes={
    "you took the last step only: every step sends a gradient back": [2.0],
    "you stopped one step early: the first step counts too": [1.5],
    "you wrote each step's gradient over the last one's: add them up": [1.0]})
check.close(seen["W_hy"], expect=[[1.66421, -0.712847]], rtol=1e-5, atol=2e-6, about=f"{about} W_hy", mistakes={
    "you took the last step only: every step sends a gradient back": [[0.816436, 0.057553]],
    "you stopped one step early: the first step counts too": [[0.712464, -0.077698]],
    "you wrote each step's gradient over the last one's: add them up": [[0.951746, -0.635149]],
    "you paired each output's gradient with the state before it: y_t was read from h_t":
        [[0.440016, 0.358577]]})
check.close(seen["b_h"], expect=[3.473065, -8.701627], rtol=1e-5, atol=2e-6, about=f"{about} b_h", mistakes={
    "you left out the gradient from step t + 1: a state is used by its output and by the next state": [2.565033, -2.131515],
    "you took the last step only: every step sends a gradient back": [3.333433, -1.998344],
    "you stopped one step early: the first step counts too": [3.397739, -6.10615],
    "you took the slope 1 − z² of the value before the tanh: it is 1 − h², with the tanh's output": [1.314556, -7.86313],
    "you applied tanh once more for its slope: h is its output already, and the slope is 1 − h²": [3.855739, -9.227717],
    "you took the slope 1 − h: h has to be squared": [2.103716, -8.820941],
    "you took the sigmoid's slope, h (1 − h): that of tanh is 1 − h²": [0.966859, 0.874332],
    "you took the slope at the state before: step t has the slope 1 − h_t²": [4.727671, -7.220193],
    "you left out the slope of tanh": [5.07, -12.58],
    "you went from the first step to the last: what comes from step t + 1 is known only if you begin at the end": [2.013058, -1.834115],
    "you transposed W_hh the wrong way round: W^T dz of a column is dz @ W of a row": [6.200293, -2.273636],
    "you sent dh back without the slope of tanh: what goes through W_hh is dz": [3.779237, -9.994462],
    "you wrote each step's gradient over the last one's: add them up": [0.075326, -2.595477]})
check.close(seen["W_xh"], expect=[[1.677735], [0.513157]], rtol=1e-5, atol=2e-6, about=f"{about} W_xh", mistakes={
    "you wrote each step's gradient over the last one's: add them up": [[0.075326], [-2.595477]],
    "you stopped one step early: the first step counts too": [[1.60241], [3.108634]]})
check.close(seen["W_hh"], expect=[[0.792035, 0.82319], [-5.622871, 3.366253]], rtol=1e-5, atol=2e-6, about=f"{about} W_hh", mistakes={
    "you paired dz_t with h_t: W_hh was multiplied by the state before, h_{t-1}": [[1.44583, 0.065476], [-4.14019, 0.479843]],
    "you took zero for the state before the first step: it is h0": [[0.754372, 0.860853], [-4.325132, 2.068514]],
    "you took hs[-1] for the state before the first step: in Python that is the last state, and h0 is meant":
        [[0.785122, 0.863021], [-5.384653, 1.993826]],
    "your gradient is transposed: entry (i, j) joins dz's unit i with the state's unit j": [[0.792035, -5.622871], [0.82319, 3.366253]],
    "you wrote each step's gradient over the last one's: add them up": [[0.037663, -0.037663], [-1.297739, 1.297739]]})
check.close(seen["h0"], expect=[[-0.74098, -2.151708]], rtol=1e-5, atol=2e-6, about=f"{about} h0", mistakes={
    "you returned dz of the first step: it has to pass W_hh to reach h0": [[0.075326, -2.595477]],
    "you returned dh of the first step, the gradient for h_1: h0 is one step further back": [[0.799812, -4.350552]],
    "you returned zeros: h0 enters the first step, so it has a gradient": [[0.0, 0.0]]})


def by_autograd(x, h0, dys, params):
    p = {name: torch.tensor(value, requires_grad=True) for name, value in params.items()}
    start = torch.tensor(h0, requires_grad=True)
    h, total = start, 0.0
    for x_t, dy in zip(torch.tensor(x), torch.tensor(dys)):
        h = torch.rnn_tanh_cell(x_t, h, p["W_xh"], p["W_hh"], p["b_h"], torch.zeros_like(p["b_h"]))
        total = total + (torch.nn.functional.linear(h, p["W_hy"], p["b_y"]) * dy).sum()
    total.backward()
    return {name: value.grad.numpy() for name, value in p.items()}, start.grad.numpy()


def states_of(x, h0, params):
    rnn = torch.nn.RNN(x.shape[2], h0.shape[1], dtype=torch.float64)
    with torch.no_grad():
        for parameter, value in zip(rnn.parameters(), [params["W_xh"], params["W_hh"], params["b_h"], 0 * params["b_h"]]):
            parameter.copy_(torch.tensor(value))
        return rnn(torch.tensor(x), torch.tensor(h0)[None])[0].numpy()


rng = np.random.default_rng(1)
sizes = {"W_xh": (2, 5), "W_hh": (2, 2), "b_h": (2,), "W_hy": (3, 2), "b_y": (3,)}
params = {name: rng.normal(size=size).round(1) for name, size in sizes.items()}
x, h0, dys = rng.normal(size=(3, 4, 5)).round(1), rng.normal(size=(4, 2)).round(1), rng.normal(size=(3, 4, 3)).round(1)
with check.without("torch.Tensor.backward", "torch.autograd.backward", "torch.autograd.grad"):
    want = by_autograd(x, h0, dys, params)
    check.close(rnn_backward, x, h0, states_of(x, h0, params), dys, params, expect=want, rtol=1e-8, atol=1e-10,
                about="T = 3, N = 4, d = 5, m = 2, k = 3, against autograd", mistakes={
        "two shapes do not fit: W_hy is (k, m), dys[t] is (N, k), so rows are multiplied from the left, dys[t] @ W_hy": ValueError,
        "you divided the gradients by N: dys is the gradient of the loss, and carries that division already": ({name: g / 4 for name, g in want[0].items()}, want[1]),
        **{f"you divided the gradient of {one} by N: dys carries that division already, so rows are added up":
           ({name: g / 4 if name == one else g for name, g in want[0].items()}, want[1]) for one in want[0]},
        "you divided the gradients of both biases by N: dys carries that division already, so rows are added up":
            ({name: g / 4 if name[0] == "b" else g for name, g in want[0].items()}, want[1])})

# %% test="rnn-backward" points=3 hidden=true covers="20 random networks, one step, one sequence and one unit among them, against autograd in float64 to 1e-8"
def by_autograd(x, h0, hs, dys, params):
    p = {name: torch.tensor(value, requires_grad=True) for name, value in params.items()}
    start = torch.tensor(h0, requires_grad=True)
    h, total = start, 0.0
    for x_t, dy in zip(torch.tensor(x), torch.tensor(dys)):
        h = torch.rnn_tanh_cell(x_t, h, p["W_xh"], p["W_hh"], p["b_h"], torch.zeros_like(p["b_h"]))
        total = total + (torch.nn.functional.linear(h, p["W_hy"], p["b_y"]) * dy).sum()
    total.backward()
    return {name: value.grad.numpy() for name, value in p.items()}, start.grad.numpy()


def states_of(x, h0, params):
    h, hs = h0, []
    for x_t in x:
        h = np.tanh(np.einsum("nd,md->nm", x_t, params["W_xh"]) + np.einsum("nj,ij->ni", h, params["W_hh"]) + params["b_h"])
        hs.append(h)
    return np.array(hs)


rng = check.rng("rnn-backward")
cases = []
for i in range(20):
    T, N, d, m, k = (int(size) for size in rng.integers(1, 6, 5))
    T, N, m = (1, N, m) if i == 0 else (T, 1, m) if i == 1 else (T, N, 1) if i == 2 else (T + i // 4, N, m)
    shapes = {"W_xh": (m, d), "W_hh": (m, m), "b_h": (m,), "W_hy": (k, m), "b_y": (k,)}
    params = {name: rng.normal(size=s) for name, s in shapes.items()}
    x, h0, dys = rng.normal(size=(T, N, d)), rng.normal(size=(N, m)), rng.normal(size=(T, N, k))
    cases.append((x, h0, states_of(x, h0, params), dys, params))
with check.without("torch.Tensor.backward", "torch.autograd.backward", "torch.autograd.grad"):
    check.equal_many(rnn_backward, cases, expect=by_autograd, rtol=1e-8, atol=1e-10)

# %% [markdown]
# PyTorch has this from autograd. Here are your gradients beside its own, for every parameter of a network that reads
# 120 steps:

# %% demo="beside-autograd"
rng = np.random.default_rng(5)
shapes = {"W_xh": (16, 4), "W_hh": (16, 16), "b_h": (16,), "W_hy": (3, 16), "b_y": (3,)}
params = {name: rng.normal(size=shape) / shape[-1] ** 0.5 for name, shape in shapes.items()}
x, h0, targets = rng.normal(size=(120, 2, 4)), np.zeros((2, 16)), rng.integers(0, 3, (120, 2))
hs, ys = rnn_forward(x, h0, params)
loss, dys = sequence_loss(ys, targets)
grads, dh0 = rnn_backward(x, h0, hs, dys, params)

tensors = {name: torch.tensor(value, requires_grad=True) for name, value in params.items()}
h, total = torch.zeros(2, 16, dtype=torch.float64), 0.0
for x_t, target in zip(torch.tensor(x), torch.tensor(targets), strict=True):
    h = torch.tanh(x_t @ tensors["W_xh"].T + h @ tensors["W_hh"].T + tensors["b_h"])
    total = total + torch.nn.functional.cross_entropy(h @ tensors["W_hy"].T + tensors["b_y"], target)
total.backward()
worst = max(abs(grads[name] - tensors[name].grad.numpy()).max() / abs(grads[name]).max() for name in params)
print("largest relative error below 1e-10:", worst < 1e-10)

# %% [markdown]
# ## The border
#
# Our training text has 300 000 characters. One pass of BPTT over all of it would keep 300 000 states for a single
# update. So the text is cut into **chunks**, of 32 steps for example, with one update after each. At the border
# between two chunks two things must be decided, and they are decided differently.
#
# - The **state** goes on. The last state of a chunk is the first of the next one, so the network's memory of the text
#   is never cut.
# - The **gradient** stops. The backward pass of a chunk ends at its first step, and the states of earlier chunks are
#   forgotten. The state that came in counts as a given number, like an input.
#
# This is **truncated BPTT**. By hand, with a text of 7 steps and chunks of 3: steps 1 to 3, update; steps 4 to 6
# starting with $h_3$, update; step 7 starting with $h_6$, update. Three losses, three updates. The loss at step 4
# sends a gradient to step 4 and to no step before it, although its state was made with all of them.
#
# Two mistakes are frequent. Whoever resets the state to `h0` at each border has a network that never sees further
# back than its chunk. Whoever lets the gradient cross it has a backward pass that grows with every chunk, until
# memory is full. PyTorch keeps the graph of the state for you, so there you must cut it, with `detach()`. Here is
# what happens without:

# %%
def graph_size(tensor):
    """Number of operations that autograd keeps behind a tensor."""
    seen, waiting = set(), [tensor.grad_fn]
    while waiting:
        node = waiting.pop()
        if node is not None and node not in seen:
            seen.add(node)
            waiting += [parent for parent, _ in node.next_functions]
    return len(seen)


generator = torch.Generator().manual_seed(0)
cell = torch.nn.RNNCell(4, 8)
for cut in (False, True):
    h, kept = torch.zeros(1, 8), []
    for _ in range(4):
        h = h.detach() if cut else h
        for _ in range(10):
            h = cell(torch.randn(1, 4, generator=generator), h)
        kept.append(graph_size(h))
    print("with detach:   " if cut else "without detach:", "operations behind the state after each chunk:", kept)

# %% [markdown]
# Without `detach` it grows by the same number with every chunk, for ever. (In this toy the loss is left out. With
# one, `backward()` on the second chunk stops with *"Trying to backward through the graph a second time"*, and the
# advice in that message, `retain_graph=True`, is the way to fill the memory.)
#
# **Law.** At the border of a chunk the state goes on and the gradient stops.
#
# ### Training in chunks
#
# In NumPy nothing is kept that you do not keep, so the gradient stops when you do not pass it on. `update` is a
# function that is handed to you: `update(params, grads)` takes a step and *returns* the new parameters; it leaves the
# old ones as they were.

# %% exercise="truncated-bptt" minutes=20 difficulty=3 law="at the border of a chunk the state goes on and the gradient stops"
def truncated_bptt(
    x: np.ndarray,
    targets: np.ndarray,
    h0: np.ndarray,
    params: dict[str, np.ndarray],
    chunk: int,
    update: Callable[[dict[str, np.ndarray], dict[str, np.ndarray]], dict[str, np.ndarray]],
) -> tuple[dict[str, np.ndarray], np.ndarray, list[float]]:
    """Trains a network on a long sequence, chunk after chunk, with one update after each.

    x: (T, N, d). targets: (T, N) whole numbers. h0: (N, m), the state before the first chunk. chunk: steps in a chunk, at
    least 1; the last chunk is shorter where T is no multiple of it. update: see above. Each chunk is run once, with the
    parameters that the update before it returned, and its loss is sequence_loss of its own steps.
    Returns (params after the last update; the state (N, m) after the last step; a list with the loss of each chunk, in order, each a number).
    """
    ### BEGIN SOLUTION
    h, losses = h0, []
    for start in range(0, len(x), chunk):
        piece = x[start : start + chunk]
        hs, ys = rnn_forward(piece, h, params)
        loss, dys = sequence_loss(ys, targets[start : start + chunk])
        grads, _ = rnn_backward(piece, h, hs, dys, params)
        params, h = update(params, grads), hs[-1]
        losses.append(float(loss))
    return params, h, losses
    ### END SOLUTION

# %% [markdown] hint="truncated-bptt"
# - *I don't know where to start.* `range(0, T, chunk)` gives the first step of every chunk. Then do what the
#   example by hand does with steps 1 to 3, in that order. You have written all of it but the cut.
# - *The first loss is right and the second is not.* Two things change between the chunks: the state that enters and
#   the parameters. Which of them did yours forget?
# - *The last, short chunk is missing.* A slice that ends beyond the array stops at its end, without an error: nothing
#   special has to be done.
# - *What do I do with dh0?* It is the gradient that would cross the border.
# - *The losses are right and the state is not.* It is the state after the last step, of the last chunk.

# %% test="truncated-bptt" points=2
def torch_forward(x, h0, params):
    import torch

    W, U, b, V, c = (torch.tensor(params[name]) for name in ("W_hh", "W_xh", "b_h", "W_hy", "b_y"))
    hs, h = [], torch.tensor(h0)
    for x_t in torch.tensor(x):
        h = torch.rnn_tanh_cell(x_t, h, U, W, b, 0 * b)
        hs.append(h)
    return torch.stack(hs).numpy(), torch.nn.functional.linear(torch.stack(hs), V, c).numpy()


def torch_loss(logits, targets):
    import torch

    y = torch.tensor(logits, requires_grad=True)
    loss = torch.nn.functional.cross_entropy(y.flatten(0, 1), torch.tensor(targets).flatten(), reduction="sum") / targets.shape[1]
    loss.backward()
    return loss.item(), y.grad.numpy()


def torch_backward(x, h0, hs, dys, params):
    import torch

    p = {name: torch.tensor(value, requires_grad=True) for name, value in params.items()}
    start = torch.tensor(h0, requires_grad=True)
    h, total = start, 0.0
    for x_t, dy in zip(torch.tensor(x), torch.tensor(dys)):
        h = torch.rnn_tanh_cell(x_t, h, p["W_xh"], p["W_hh"], p["b_h"], torch.zeros_like(p["b_h"]))
        total = total + (torch.nn.functional.linear(h, p["W_hy"], p["b_y"]) * dy).sum()
    total.backward()
    return {name: value.grad.numpy() for name, value in p.items()}, start.grad.numpy()


def trained(answer, x, targets, h0, params, chunk, lr):
    """What came back, and what the update was given: chunks as they were trained."""
    import numpy as np

    steps = []

    def update(params, grads):
        steps.append(np.array(grads["b_h"]).tolist())
        return {name: params[name] - lr * grads[name] for name in params}

    result = answer(x, targets, h0, params, chunk, update)
    if not isinstance(result, tuple) or len(result) != 3:
        return "no triple"
    after, h, losses = result
    return {"params": dict(after), "h": h, "losses": losses if np.ndim(losses) == 0 else list(losses), "steps": steps}


def chunk_by_chunk(x, targets, h0, params, chunk, lr):
    """The right way, by autograd: (params, h, losses, gradients of b_h)."""
    state, losses, steps = torch.tensor(h0), [], []
    for start in range(0, len(x), chunk):
        p = {name: torch.tensor(value, requires_grad=True) for name, value in params.items()}
        total = 0.0
        for t in range(start, min(start + chunk, len(x))):
            state = torch.rnn_tanh_cell(torch.tensor(x[t]), state, p["W_xh"], p["W_hh"], p["b_h"], torch.zeros_like(p["b_h"]))
            logits = torch.nn.functional.linear(state, p["W_hy"], p["b_y"])
            total = total + torch.nn.functional.cross_entropy(logits, torch.tensor(targets[t]))
        total.backward()
        state = state.detach()
        losses.append(total.item())
        steps.append(p["b_h"].grad.tolist())
        params = {name: value.detach().numpy() - lr * value.grad.numpy() for name, value in p.items()}
    return params, state.numpy(), losses, steps


rng = np.random.default_rng(2)
shapes = {"W_xh": (2, 3), "W_hh": (2, 2), "b_h": (2,), "W_hy": (3, 2), "b_y": (3,)}
params = {name: rng.normal(size=shape).round(1) for name, shape in shapes.items()}
x, targets, h0 = rng.normal(size=(7, 2, 3)).round(1), rng.integers(0, 3, (7, 2)), np.array([[0.5, -0.5], [0.2, 0.9]])
given = {"rnn_forward": torch_forward, "sequence_loss": torch_loss, "rnn_backward": torch_backward}
with check.given(**given):
    still = check.observe(trained, truncated_bptt, x, targets, h0, params, 3, 0.0)
    moved = check.observe(trained, truncated_bptt, x, targets, h0, params, 3, 0.3)
check.that(still != "no triple", "you did not return three things: the parameters, the state and the list of losses")
about = "chunks of 3 steps out of 7, with updates that change nothing: "
want, dropped = chunk_by_chunk(x, targets, h0, params, 3, 0.0), "you dropped the last, shorter chunk: 7 steps make 3 + 3 + 1"
check.close(still["losses"], expect=[np.float64(3.770406), np.float64(5.913588), np.float64(2.525982)], rtol=1e-5, about=about + "the losses", mistakes={
    "you reset the state at each border: each chunk starts with the state that the last one left": [3.770406, 5.850946, 2.537521],
    "you started each chunk from zeros: each chunk starts with the state that the last one left": [3.669187, 5.969827, 2.534551],
    dropped: [np.float64(3.770406), np.float64(5.913588)],
    "you returned the sum of the losses: a list with the loss of each chunk is wanted": 12.209976,
    "you returned the last chunk's loss: a list with the loss of each chunk is wanted": 2.525982,
    "your losses grow from chunk to chunk: either you added them up, or you ran over everything read so far, and then memory grows too. A "
    "chunk's loss is that of its own steps": [3.770406, 9.683994, 12.209976],
    "you averaged over the steps: a chunk's loss is the sum that sequence_loss gives": [1.256802, 1.971196, 2.525982]})
crossed = [[0.75420781, -0.05892081], [0.01612749, 0.10644175], [-0.00790565, -0.00554776]]
check.close(still["steps"], expect=want[3], rtol=1e-6, about=about + "the gradient of b_h after each chunk", mistakes={
    "you let the gradient cross the border, so the backward pass and its memory grow with each chunk: it ends at the chunk's first step":
        crossed,
    "you gave rnn_backward the state that left the chunk: it wants the one that entered it, as rnn_forward did":
        [[0.70658098, -0.03550934], [-0.06833901, -0.07350582], [-0.14304256, -0.09218638]],
    "you gave rnn_backward h0 in every chunk: it wants the state that entered this chunk, as rnn_forward did":
        [[0.75420781, -0.05892081], [0.08168637, -0.06209331], [-0.04052494, -0.02166796]],
    "you made one update at the end: there is one after each chunk": [[0.86567746, -0.1229944]],
    "you added each chunk's gradients to those of the chunks before: each update uses its own chunk's": [[0.75420781, -0.05892081], [0.87412132, -0.11747408], [0.86567746, -0.1229944]]})
check.close(still["h"], expect=want[1], rtol=1e-6, about=about + "the state at the end", mistakes={
    "you returned h0: the state after the last step is wanted": h0,
    "you returned all states of the last chunk: the last of them is wanted, of shape (N, m)": want[1][None],
    "you returned the state with which the last chunk began": [[-0.72686456, 0.99997298], [0.55296646, 0.99540994]]})
want, about = chunk_by_chunk(x, targets, h0, params, 3, 0.3), "the same chunks with updates: "
check.close(moved["losses"], expect=want[2], rtol=1e-6, about=about + "the losses", mistakes={
    "you went on with the old parameters: update returns new ones and leaves the old as they were": still["losses"],
    "you ran the chunk once more after its update: the state that goes on is the one that it left when it was run": [3.77040589, 5.69384823, 1.58972628]})
check.close(moved["params"], expect=want[0], rtol=1e-6, about=about + "the parameters at the end", mistakes={
    "you returned the parameters that came in: those after the last update are wanted": params})
check.close(moved["h"], expect=want[1], rtol=1e-6, about=about + "the state at the end")

# %% test="truncated-bptt" points=2 hidden=true covers="12 random networks and texts, chunks of one step, of all steps and longer than the text, with updates, against autograd; that each chunk is run once and backwards over its own steps only"
def given_forward(x, h0, params):
    import torch

    W, U, b, V, c = (torch.tensor(params[name]) for name in ("W_hh", "W_xh", "b_h", "W_hy", "b_y"))
    hs, h = [], torch.tensor(h0)
    for x_t in torch.tensor(x):
        h = torch.rnn_tanh_cell(x_t, h, U, W, b, 0 * b)
        hs.append(h)
    return torch.stack(hs).numpy(), torch.nn.functional.linear(torch.stack(hs), V, c).numpy()


def given_loss(logits, targets):
    import torch

    y = torch.tensor(logits, requires_grad=True)
    loss = torch.nn.functional.cross_entropy(y.flatten(0, 1), torch.tensor(targets).flatten(), reduction="sum") / targets.shape[1]
    loss.backward()
    return loss.item(), y.grad.numpy()


def given_backward(x, h0, hs, dys, params):
    import torch

    p = {name: torch.tensor(value, requires_grad=True) for name, value in params.items()}
    start = torch.tensor(h0, requires_grad=True)
    h, total = start, 0.0
    for x_t, dy in zip(torch.tensor(x), torch.tensor(dys)):
        h = torch.rnn_tanh_cell(x_t, h, p["W_xh"], p["W_hh"], p["b_h"], torch.zeros_like(p["b_h"]))
        total = total + (torch.nn.functional.linear(h, p["W_hy"], p["b_y"]) * dy).sum()
    total.backward()
    return {name: value.grad.numpy() for name, value in p.items()}, start.grad.numpy()


def trained(answer, cases, lr):
    steps, out = [], []

    def update(params, grads):
        steps.append(1)
        return {name: params[name] - lr * grads[name] for name in params}

    for case in cases:
        steps.clear()
        after, h, losses = answer(*case, update)
        out.append([dict(after), h, list(losses), len(steps)])
    return out


def by_autograd(x, targets, h0, params, chunk, lr):
    state, losses = torch.tensor(h0), []
    for start in range(0, len(x), chunk):
        p = {name: torch.tensor(value, requires_grad=True) for name, value in params.items()}
        total = 0.0
        for t in range(start, min(start + chunk, len(x))):
            state = torch.rnn_tanh_cell(torch.tensor(x[t]), state, p["W_xh"], p["W_hh"], p["b_h"], torch.zeros_like(p["b_h"]))
            logits = torch.nn.functional.linear(state, p["W_hy"], p["b_y"])
            total = total + torch.nn.functional.cross_entropy(logits, torch.tensor(targets[t]))
        total.backward()
        state = state.detach()
        losses.append(total.item())
        params = {name: value.detach().numpy() - lr * value.grad.numpy() for name, value in p.items()}
    return [params, state.numpy(), losses, len(losses)]


rng = check.rng("truncated-bptt")
cases = []
for i in range(12):
    N, d, m, k = (int(size) for size in rng.integers(1, 4, 4))
    T = int(rng.integers(2, 9))
    chunk = [1, T, T + 3][i] if i < 3 else int(rng.integers(2, T + 1))
    shapes = {"W_xh": (m, d), "W_hh": (m, m), "b_h": (m,), "W_hy": (k, m), "b_y": (k,)}
    params = {name: rng.normal(size=s) for name, s in shapes.items()}
    cases.append((rng.normal(size=(T, N, d)), rng.integers(0, k, (T, N)), rng.normal(size=(N, m)), params, chunk))
with check.given(rnn_forward=given_forward, sequence_loss=given_loss, rnn_backward=given_backward):
    came = check.observe(trained, truncated_bptt, cases, 0.2)
for seen, one in zip(came, cases):
    check.close(seen, expect=by_autograd(*one, 0.2), rtol=1e-7, atol=1e-10,
                about=f"T = {len(one[0])}, chunk = {one[4]}: parameters, state, losses, number of updates")

# %% [markdown]
# ## A product of many matrices
#
# How much does an early state matter to a late one? One step back, $\partial h_t / \partial h_{t-1}$ is an (m, m)
# matrix, the **Jacobian**: entry $(i, j)$ says how fast unit $i$ after the step grows with unit $j$ before it. From
# $h_t = f(W_{hh} h_{t-1} + \dots)$ it is
#
# $$\frac{\partial h_t}{\partial h_{t-1}} = \text{diag}\big(f'(z_t)\big)\, W_{hh} ,$$
#
# which is $W_{hh}$ with row $i$ multiplied by the slope of unit $i$. Several steps back, the chain rule multiplies:
#
# $$\frac{\partial h_T}{\partial h_{T-s}} = \text{diag}\big(f'(z_T)\big) W_{hh} \cdot \text{diag}\big(f'(z_{T-1})\big) W_{hh} \cdots \text{diag}\big(f'(z_{T-s+1})\big) W_{hh} .$$
#
# Its **norm** is the most that it can stretch a vector: the largest singular value, `np.linalg.norm(J, 2)` in NumPy
# (without the 2 it is another norm).
#
# By hand with one unit, tanh, $W_{hh} = 2$ and $h_1 = 0.5$, $h_2 = 0.8$: one step back $(1 - 0.64) \cdot 2 = 0.72$,
# two steps back $0.72 \cdot (1 - 0.25) \cdot 2 = 1.08$.
#
# ### Before you measure
#
# Let $W_{hh}$ turn every vector and stretch it by $\rho$. All its eigenvalues then have size $\rho$, which is called
# its **spectral radius**. First let the state stay near 0, where the slope of tanh is 1. Go 50 steps back. What is
# the smallest $\rho$ of these for which the gradient is more than 100 times as large there?
#
# Then take the sigmoid in place of tanh. Its slope is $h(1 - h)$. Up to which $\rho$ is it *impossible*, whatever the
# states are, that the gradient grows?

# %% predict="which-radius" minutes=3 choices="0.25 | 0.9 | 1.0 | 1.05 | 1.1 | 1.5 | 2.0 | 4.0" law="each step multiplies by ρ times the slope of the activation"
### BEGIN SOLUTION
tanh_explodes = "1.1"
sigmoid_harmless = "4.0"
### END SOLUTION

# %% test="which-radius" points=1 hidden=true covers="your prediction"
check.equal(tanh_explodes, expect="1.1", about="tanh near 0, 50 steps back", mistakes={
    "at 1.0 the gradient keeps its size: 1 to any power is 1": "1.0",
    "it grows, but 1.05 to the 50th power is only 11": "1.05",
    "it explodes there, to 600 million times, but a smaller one is enough: find ρ with ρ to the 50th power above 100": "1.5",
    "it explodes there, but a smaller one is enough: find ρ with ρ to the 50th power above 100": "2.0",
    "below 1 each step makes it smaller": "0.9"})
check.equal(sigmoid_harmless, expect="4.0", about="the sigmoid", mistakes={
    "the slope of the sigmoid is not 1 but at most 1/4: ρ/4 has to exceed 1": "1.0",
    "1/4 is the largest slope: the radius that makes up for it is its inverse": "0.25",
    "the largest slope is 1/4, at h = 0.5, and not 1/2": "2.0"})

# %% exercise="jacobian-norms" minutes=20 difficulty=4 law="the norm of the product of the steps' Jacobians, the latest step on the left, each W_hh with its rows times the slopes"
def jacobian_norms(hs: np.ndarray, W_hh: np.ndarray, activation: str) -> np.ndarray:
    """Norms of the Jacobians of the last state with respect to the states before it.

    hs: (T, m), states h_1 to h_T of one sequence, outputs of the activation. W_hh: (m, m). activation: "tanh",
    "sigmoid" or "relu"; the slope of ReLU is 0 where its output is 0. Returns (T + 1,) floats: entry s is the norm
    (largest singular value) of dh_T / dh_{T-s}, from s = 0, where it is that of the identity, 1.0, to s = T, for h_0.
    """
    ### BEGIN SOLUTION
    slopes = {"tanh": lambda h: 1 - h**2, "sigmoid": lambda h: h * (1 - h), "relu": lambda h: (h > 0) * 1.0}[activation]
    jacobian = np.eye(len(W_hh))
    norms = [1.0]
    for h in hs[::-1]:
        jacobian = jacobian @ (slopes(h)[:, None] * W_hh)
        norms.append(np.linalg.norm(jacobian, 2))
    return np.array(norms)
    ### END SOLUTION

# %% [markdown] hint="jacobian-norms"
# - *I don't know where to start.* Begin with the identity, `np.eye(m)`. Go through the states from the last to the
#   first, multiply by that step's Jacobian, and take the norm each time.
# - *On which side do I multiply?* In the formula the factor that is added when you go one step further back stands on
#   the right.
# - *The first step is right, the next is not.* Is it the norm of the product, or the product of norms? They differ.
# - *How do I multiply row i by number i?* A column broadcasts over rows: `a[:, None]` is the column of a vector.
# - *The slope of the sigmoid?* All three slopes can be told from the output: you are given $h$, not $z$.

# %% test="jacobian-norms" points=2
hs, W = np.array([[0.5, -0.2], [0.8, 0.1], [-0.6, 0.3]]), np.array([[1.0, 2.0], [-0.5, 0.5]])
check.close(jacobian_norms, hs, W, "tanh", expect=[1.0, 1.448567, 1.167028, 0.923017], rtol=1e-5, mistakes={
    "you multiplied the norms: take the norm of the product, which is never larger": [1.0, 1.448567, 1.266101, 2.143557],
    "you multiplied from the wrong side: the step further back stands on the right": [1.0, 1.448567, 0.910075, 0.931523],
    "you went from the first state on: begin with the last step and go back": [1.0, 1.693037, 1.367435, 0.931523],
    "you went from the first state on, and multiplied from the left: begin with the last step and go back":
        [1.0, 1.693037, 1.057004, 0.923017],
    "you multiplied the columns of W_hh by the slopes: the rows are meant, a[:, None]": [1.0, 1.957621, 2.207022, 1.301602],
    "you transposed W_hh: entry (i, j) leads from unit j to unit i, as it is": [1.0, 1.957621, 1.607787, 1.375976],
    "you left out the slopes: each step multiplies by them, too": [1.0, 2.248307, 3.097986, 2.523358],
    "you applied tanh once more for its slope: the states are its outputs already": [1.0, 1.606471, 1.54347, 0.992705],
    "you took the sigmoid's slope for tanh": [1.0, 2.147141, 0.400585, 0.065862],
    "you took the norm of all entries, np.linalg.norm without the 2: the largest singular value is meant": [1.414214, 1.569092, 1.233735, 1.072649],
    "you took the norm of all entries, but for the identity: the largest singular value is meant, np.linalg.norm(J, 2)": [1.0, 1.569092, 1.233735, 1.072649],
    "you took the largest eigenvalue: the norm is the largest singular value": [1.0, 0.934666, 0.683393, 0.899888],
    "you left out entry 0: nothing lies between the last state and itself, so it is 1": [1.448567, 1.167028, 0.923017],
    "you left out h_0: T states make T steps back": [1.0, 1.448567, 1.167028],
    "your norms run from the first state to the last: entry s is s steps back": [0.923017, 1.167028, 1.448567, 1.0]})
check.close(jacobian_norms, np.array([[0.5, 0.8], [0.2, 0.5]]), W, "sigmoid", expect=[1.0, 0.363279, 0.122269], rtol=1e-5, mistakes={
    "you took the slope of tanh: that of the sigmoid is h (1 − h)": [1.0, 2.153543, 1.908579],
    "you applied the sigmoid once more for its slope: the states are its outputs already": [1.0, 0.55617, 0.175237]})
check.close(jacobian_norms, np.array([[3.0, 0.0], [2.0, 0.5]]), W, "relu", expect=[1.0, 2.248307, 2.5], rtol=1e-5, mistakes={
    "you gave ReLU the slope 1 everywhere: where its output is 0 the slope is 0": [1.0, 2.248307, 3.097986],
    "you multiplied by ReLU's output: its slope is 1 or 0": [1.0, 4.473541, 13.520817]})

# %% test="jacobian-norms" points=2 hidden=true covers="24 random networks, one unit and one step among them, all three activations, against autograd"
def by_autograd(hs, W, activation):
    f = {"tanh": torch.tanh, "sigmoid": torch.sigmoid, "relu": torch.relu}[activation]
    inverse = {"tanh": torch.atanh, "sigmoid": torch.logit, "relu": lambda h: torch.where(h > 0, h, -1.0)}[activation]
    states, matrix = torch.tensor(hs), torch.tensor(W)
    norms = [1.0]
    for s in range(1, len(hs) + 1):
        first = len(hs) - s

        def last_state(h, first=first):
            for t in range(first, len(hs)):
                pull = matrix @ h
                h = f(pull - pull.detach() + inverse(states[t]))
            return h

        start = states[first - 1] if first else torch.zeros(len(W), dtype=torch.float64)
        jacobian = torch.autograd.functional.jacobian(last_state, start)
        norms.append(torch.linalg.svdvals(jacobian).max().item())
    return norms


rng = check.rng("jacobian-norms")
cases = []
for i in range(24):
    T, m = (1, 3) if i == 0 else (4, 1) if i == 1 else (int(rng.integers(2, 6)), int(rng.integers(2, 6)))
    activation = ("tanh", "sigmoid", "relu")[i % 3]
    low = {"tanh": -0.9, "sigmoid": 0.05, "relu": -1.0}[activation]
    hs = np.maximum(rng.uniform(low, 0.95, size=(T, m)), -0.9 if activation == "tanh" else 0.0)
    cases.append((hs, rng.normal(size=(m, m)), activation))
check.equal_many(jacobian_norms, cases, expect=by_autograd, rtol=1e-7, atol=1e-12)

# %% [markdown]
# Now measure. Five networks of 32 units run over 50 random inputs; $W_{hh}$ turns and stretches by $\rho$, as above.
# The vertical axis is logarithmic, so a straight line means: the same factor at every step.

# %% demo="norms"
ACTIVATIONS = {"tanh": np.tanh, "sigmoid": lambda z: 1 / (1 + np.exp(-z)), "relu": lambda z: np.maximum(z, 0)}


def run_states(W, activation, scale, steps=50):
    """States (steps, m) of a network that reads random inputs."""
    rng, h, path = np.random.default_rng(4), np.zeros(len(W)), []
    for _ in range(steps):
        h = ACTIVATIONS[activation](W @ h + scale * rng.normal(size=len(W)))
        path.append(h)
    return np.array(path)


Q, R = np.linalg.qr(np.random.default_rng(0).normal(size=(32, 32)))
turn = Q * np.sign(np.diag(R))  # columns at right angles, each of length 1
settings = {"tanh, ρ = 1.1, near 0": (1.1, "tanh", 0.001), "tanh, ρ = 0.9, near 0": (0.9, "tanh", 0.001),
            "tanh, ρ = 1.1": (1.1, "tanh", 0.5), "relu, ρ = 1.1": (1.1, "relu", 0.5),
            "sigmoid, ρ = 1.1": (1.1, "sigmoid", 0.5)}
norms = {}
for name, (radius, activation, scale) in settings.items():
    norms[name] = jacobian_norms(run_states(radius * turn, activation, scale), radius * turn, activation)
    print(f"{name:22} 50 steps back: {norms[name][-1]:.0e}")

fig, ax = plots.figure(7.6, 4.0)
ax.set(yscale="log", ylim=(1e-12, 1e4), xlabel="steps back", ylabel="norm of the Jacobian")
plots.lines(ax, range(51), {name: np.where(values > 1e-12, values, np.nan) for name, values in norms.items()})
plots.show(fig, alt=(
    "Norm of the Jacobian against steps back, logarithmic. tanh with radius 1.1 near zero climbs in a straight line to about 100 at 50 steps; "
    "with radius 0.9 it falls to about 0.005. tanh with radius 1.1 and larger inputs falls, since its slopes are below 1. "
    "ReLU falls further, with the units that are off. The sigmoid falls steepest and leaves the figure, whose edge is 1e-12, at about 20 steps."))

# %% [markdown]
# Near zero the two tanh networks do what $\rho^{50}$ says: $1.1^{50} = 117$ and $0.9^{50} = 0.005$. The same radius
# of 1.1 with inputs of ordinary size *vanishes*, because states away from 0 have slopes below 1. ReLU has slopes of 1
# and 0, and loses what its silent units would carry. The sigmoid, with slopes of at most 1/4, is hopeless: at
# $\rho = 1.1$ each step multiplies by less than 0.28, so its line leaves the figure at about 20 steps, and up to
# $\rho = 4$ no states whatever could make its gradient grow.
#
# Many slides say: the gradient vanishes if the spectral radius is below 1 and explodes if it is above. You have seen
# the second half fail. The first half holds only in the end. Take units that are all on (ReLU with positive states),
# and a matrix with spectral radius 0.9 that is no plain turn:

# %% demo="not-a-turn"
W = np.array([[0.9, 5.0], [0.0, 0.9]])
print("eigenvalues:", np.linalg.eigvals(W).round(2))
leaning = jacobian_norms(np.ones((100, 2)), W, "relu")
for s in (1, 2, 5, 10, 20, 50, 100):
    print(f"{s:3} steps back: norm {leaning[s]:6.2f}")

# %% [markdown]
# It *grows* to about 19 within ten steps, and only then begins to fall, to 0.01 at 100. What Pascanu, Mikolov and
# Bengio proved (2013) is more careful: if the largest **singular value** of $W_{hh}$ times the largest slope is below
# 1, the gradient must vanish; above 1 it may explode, and need not.
#
# **Law.** Each step back multiplies the gradient by slope times $W_{hh}$. Below 1 on the whole it vanishes, above 1
# it explodes, and 1 is a knife's edge.
#
# Try it. For small inputs, find a radius at which the gradient arrives with tanh, and one for ReLU. Is there one for
# the sigmoid? Then make the inputs large, or the sequence twice as long: does your radius still serve? And what does
# "inputs: none" do to ReLU?

# %% demo="unrolled"
widgets.unrolled_gradient()

# %% [markdown]
# ### Two different cures
#
# A gradient that **explodes** is noticed at once: the loss jumps, or becomes `nan`. The cure is crude and works: if
# the gradient of all parameters together is longer than a limit, shorten it to the limit (lesson 04 did the same with
# a list). The direction stays.
#
# A gradient that **vanishes** is not noticed. The loss falls, the network learns the short-range patterns, and the
# long-range ones are missing. No rescaling helps, because the part from far away is drowned by the part from nearby
# *in the same number*. Lesson 10 changes the network.
#
# By hand: gradients $(3, 0)$ and $(4)$ have the length $\sqrt{9 + 16} = 5$ together. With limit 1 they become
# $(0.6, 0)$ and $(0.8)$.

# %% exercise="clip-gradients" minutes=8 difficulty=2 law="one length for all arrays together, one factor for all, never above 1"
def clip_gradients(grads: dict[str, np.ndarray], max_norm: float) -> tuple[dict[str, np.ndarray], float]:
    """Gradients shortened together so that their common length is at most max_norm, and the length that they had.

    grads: float arrays of any shapes by name, at least one. max_norm: above 0. Returns (new dict with the same keys and
    shapes, length before clipping as a float). Gradients no longer than max_norm, zeros included, keep their values.
    Changes nothing in place.
    """
    ### BEGIN SOLUTION
    norm = float(np.sqrt(sum((g**2).sum() for g in grads.values())))
    factor = max_norm / norm if norm > max_norm else 1.0
    return {name: g * factor for name, g in grads.items()}, norm
    ### END SOLUTION

# %% [markdown] hint="clip-gradients"
# - *I don't know where to start.* First one number: the squares of all entries of all arrays, added up, and the root
#   of that.
# - *Short gradients change too.* What must the factor be when the length is below the limit?
# - *My second result is always the limit.* The length *before* clipping is wanted: it is what one watches during
#   training.
# - *Zeros give nan.* Compare before you divide.

# %% test="clip-gradients" points=1
grads = {"W": np.array([[1.0, 3.0], [5.0, 1.0]]), "b": np.array([8.0])}
shortened = {"W": [[0.2, 0.6], [1.0, 0.2]], "b": [1.6]}
check.close(clip_gradients, grads, 2.0, expect=(shortened, 10.0), rtol=1e-5, mistakes={
    "you clipped each array by itself, and that turns the gradient: all together have one length, here 10":
        ({"W": [[0.333333, 1.0], [1.666667, 0.333333]], "b": [2.0]}, 10.0),
    "you cut off each entry at the limit, and that turns the gradient: multiply all by one factor": ({"W": [[1.0, 2.0], [2.0, 1.0]], "b": [2.0]}, 10.0),
    "you took np.linalg.norm(g, 2) of a matrix, its largest singular value: the length is the root of the sum of all squares":
        ({"W": [[0.207041, 0.621124], [1.035207, 0.207041]], "b": [1.656331]}, 9.659902),
    "you took the length of the longest array: all together have one length, here 10": ({"W": [[0.25, 0.75], [1.25, 0.25]], "b": [2.0]}, 8.0),
    "you returned the length after clipping: the length before is wanted": (shortened, 2.0),
    "you returned the factor: the length before clipping is wanted": (shortened, 0.2),
    "you left out the root: the length is the root of the sum of squares": ({"W": [[0.02, 0.06], [0.1, 0.02]], "b": [0.16]}, 100.0),
    "you added up the lengths of the arrays: add up their squares, and take one root":
        ({"W": [[0.142857, 0.428571], [0.714286, 0.142857]], "b": [1.142857]}, 14.0),
    "you left the gradients as they were: their length, 10, is above the limit": (grads, 10.0),
    "you made the length 1: it is to be max_norm": ({"W": [[0.1, 0.3], [0.5, 0.1]], "b": [0.8]}, 10.0),
    "you returned the gradients alone: a pair is wanted, the gradients and their length before": shortened})
grads = {"W": np.array([[3.0, 0.0]]), "b": np.array([4.0])}
check.close(clip_gradients, grads, 1.0, expect=({"W": [[0.6, 0.0]], "b": [0.8]}, 5.0), rtol=1e-5, about="the example above")
check.close(clip_gradients, grads, 10.0, expect=({"W": [[3.0, 0.0]], "b": [4.0]}, 5.0), rtol=1e-5, mistakes={
    "you made short gradients longer: clipping only shortens": ({"W": [[6.0, 0.0]], "b": [8.0]}, 5.0)})
check.close(clip_gradients, {"b": np.zeros(2)}, 1.0, expect=({"b": [0.0, 0.0]}, 0.0), mistakes={
    "you divided by a length of 0: zeros stay zeros": ({"b": [np.nan, np.nan]}, 0.0),
    "you divided by a length of 0, and that is an error for Python's own numbers: zeros stay zeros": ZeroDivisionError})

# %% test="clip-gradients" points=1 hidden=true covers="20 random dicts of one to four arrays, below, at and above the limit, against torch.nn.utils.clip_grad_norm_"
def torch_clipped(grads, max_norm):
    parameters = {name: torch.nn.Parameter(torch.zeros(g.shape, dtype=torch.float64)) for name, g in grads.items()}
    for name, parameter in parameters.items():
        parameter.grad = torch.tensor(grads[name])
    norm = torch.nn.utils.clip_grad_norm_(parameters.values(), max_norm)
    return {name: parameter.grad.tolist() for name, parameter in parameters.items()}, norm.item()


rng = check.rng("clip-gradients")
shapes = {"W_xh": (2, 3), "W_hh": (2, 2), "b_h": (2,), "last": (1, 2, 3)}
cases = [({"a": np.array([3.0]), "b": np.array([-4.0])}, 5.0), ({"a": np.zeros((2, 2))}, 0.1)]
for i in range(18):
    names = list(shapes)[: 1 + i % 4]
    cases.append(({name: 10.0 ** rng.uniform(-3, 3) * rng.normal(size=shapes[name]) for name in names}, float(10 ** rng.uniform(-1, 2))))
check.equal_many(clip_gradients, cases, expect=torch_clipped, rtol=2e-5)

# %% [markdown]
# ## Writing
#
# A model that gives probabilities for the next character can write: draw a character from them, feed it in as the
# next input, and go on. The state has to be carried along.
#
# **Temperature** $\tau$ sharpens or flattens the choice: draw from $\text{softmax}(y / \tau)$. By hand, for scores
# $\ln 9$ and $\ln 1$: at $\tau = 1$ the probabilities are 0.9 and 0.1. At $\tau = 2$ the scores are halved, $\ln 3$
# and 0, which gives 0.75 and 0.25. At $\tau = 0.5$ they are doubled, $\ln 81$ and 0: 0.988 and 0.012. Towards
# $\tau = 0$ the best character always wins, towards infinity all are alike.
#
# **Law.** What was written is read next. A low temperature repeats itself, a high one forgets how to spell.
#
# ### One character after the other
#
# `rng.choice(k, p=p)` draws a number from 0 to k - 1 with the probabilities `p`, which must add up to 1. The network
# reads characters as one-hot rows. In this lesson $d = k$: what goes in and what comes out are characters of one
# alphabet.

# %% exercise="sample" minutes=20 difficulty=3 law="read a character, draw the next one from softmax(y / temperature), and read that"
def sample(
    params: dict[str, np.ndarray], h: np.ndarray, first: int, length: int, temperature: float, rng: np.random.Generator
) -> np.ndarray:
    """Characters that a network writes.

    params: as for rnn_step, with d = k. h: (m,), the state before the first character is read. first: number of the
    character that is read first; it is not among those returned. length: how many to draw, at least 1. temperature:
    above 0; scores divided by it may be as large as 1e4. Every character is drawn with the probabilities
    softmax(y / temperature), where y is the output after reading the one before it. All chance comes from rng: the
    same seed gives the same characters. Returns (length,) whole numbers from 0 to k - 1. Changes nothing in place.
    """
    ### BEGIN SOLUTION
    one_hot = np.eye(len(params["b_y"]))
    h, written = h[None], [first]
    for _ in range(length):
        h, y = rnn_step(one_hot[[written[-1]]], h, params)
        scores = (y[0] - y[0].max()).astype(np.float64) / temperature
        p = np.exp(scores) / np.exp(scores).sum()
        written.append(int(rng.choice(len(p), p=p)))
    return np.array(written[1:])
    ### END SOLUTION

# %% [markdown] hint="sample"
# - *I don't know where to start.* One turn of the loop: make the current character one-hot, take a step, turn the
#   scores into probabilities, draw, and make what was drawn the current character.
# - *The shapes do not fit.* `rnn_step` wants rows of a batch: (1, d) and (1, m). `h[None]` puts an axis in front,
#   `y[0]` takes it off.
# - *It writes the same character over and over.* What does it read in its second turn? And which state does it start
#   from?
# - *Probabilities do not add up to 1, or are nan.* Shift the scores by their largest before `np.exp`. For
#   `rng.choice` use float64: in float32 the sum may miss 1 by more than it allows.
# - *My first character is the one that was given.* It is read first, and not returned.

# %% test="sample" points=2
def torch_step(x, h, params):
    import numpy as np
    import torch

    W, U, b, V, c = (torch.tensor(np.asarray(params[name], dtype=float)) for name in ("W_hh", "W_xh", "b_h", "W_hy", "b_y"))
    rows, before = (torch.tensor(np.asarray(one, dtype=float)) for one in (np.atleast_2d(x), np.atleast_2d(h)))
    new = torch.rnn_tanh_cell(rows, before, U, W, b, 0 * b)
    out = torch.nn.functional.linear(new, V, c).numpy()
    return new.numpy().reshape(np.shape(h)), out.reshape(np.shape(h)[:-1] + out.shape[-1:])


def written(answer, cases):
    """What is written in each case, as a list, or a sentence about what came instead."""
    import numpy as np

    texts = []
    for params, h, first, length, temperature, seed in cases:
        result = answer(params, h, first, length, temperature, np.random.default_rng(seed))
        if result is None:
            return "you returned nothing"
        numbers = np.asarray(result)
        if numbers.ndim != 1:
            return f"you returned an array of shape {numbers.shape}: (length,) is wanted"
        if numbers.dtype.kind not in "iu":
            return "you did not return whole numbers: each character is a number from 0 to k - 1"
        texts.append(numbers.tolist())
    return texts


# Three networks with known habits. next_one: after character c comes c + 1, after 3 comes 0. clock: it writes 1, 2, 3, 0, ...
# whatever it reads, because its state turns. dice: it forgets everything, and draws with 0.6, 0.3, 0.1.
next_one = {"W_xh": 20 * np.eye(4), "W_hh": np.zeros((4, 4)), "b_h": np.zeros(4), "W_hy": 40 * np.roll(np.eye(4), 1, axis=0), "b_y": np.zeros(4)}
clock = {"W_xh": np.zeros((4, 4)), "W_hh": 20 * np.roll(np.eye(4), 1, axis=0), "b_h": np.zeros(4), "W_hy": 40 * np.eye(4), "b_y": np.zeros(4)}
dice = {"W_xh": np.zeros((1, 3)), "W_hh": np.zeros((1, 1)), "b_h": np.zeros(1), "W_hy": np.zeros((3, 1)), "b_y": np.log([0.6, 0.3, 0.1])}
start = np.array([1.0, 0.0, 0.0, 0.0])
cases = [(next_one, np.zeros(4), 0, 6, 1.0, 0), (clock, start, 2, 6, 1.0, 0), (dice, np.zeros(1), 0, 1500, 1.0, 0),
         (dice, np.zeros(1), 0, 1500, 2.0, 1), (dice, np.zeros(1), 0, 1500, 0.5, 2), (dice, np.zeros(1), 0, 30, 1.0, 7),
         (dice, np.zeros(1), 0, 30, 1.0, 7), (dice, np.zeros(1), 0, 30, 1.0, 8)]
with check.given(rnn_step=torch_step):
    seen = check.observe(written, sample, cases)
check.that(not isinstance(seen, str), str(seen))
habits = {
    "you returned the first character too: it is read, not written": ([2, 1, 2, 3, 0, 1, 2], [0, 1, 2, 3, 0, 1, 2]),
    "you returned the first character, and one too few of those drawn": ([2, 1, 2, 3, 0, 1], [0, 1, 2, 3, 0, 1]),
    "you drew one too many": ([1, 2, 3, 0, 1, 2, 3], [1, 2, 3, 0, 1, 2, 3]),
    "you drew one too few": ([1, 2, 3, 0, 1], [1, 2, 3, 0, 1])}
draws = [(0.6, 0.3, 0.1), (0.473, 0.334, 0.193), (0.783, 0.196, 0.022)]
plain = {"you always took the best character: draw it with its probability": [1.0, 0.0, 0.0],
         "you draw the same character every time: make no generator of your own at each turn, draw from rng": [0.0, 1.0, 0.0],
         "you draw the same character every time: make no generator of your own at each turn, draw from rng.": [0.0, 0.0, 1.0],
         "you draw all characters alike: use the probabilities": [0.333, 0.333, 0.333]}
ignored = "you ignored the temperature, or divided the probabilities by it, which changes nothing once they add up to 1: divide the scores"
multiplied = "you multiplied by the temperature: divide the scores by it"


def check_shares(one, temperature, expect, mistakes):
    check.close([one.count(c) / len(one) for c in range(3)], expect=expect, rtol=0, atol=0.06, mistakes=mistakes,
                about=f"shares of three characters with probabilities 0.6, 0.3, 0.1 among {len(one)} drawn at temperature {temperature}")


check_shares(seen[2], 1, draws[0], plain)
check.equal(seen[1], expect=[1, 2, 3, 0, 1, 2], about="a network that writes 1, 2, 3, 0, ... by its state alone; first = 2, length = 6", mistakes={
    "you started every turn from the same state: the state goes on from turn to turn": [1, 1, 1, 1, 1, 1],
    "you read the output from the old state: read it after the step": [0, 1, 2, 3, 0, 1],
    **{sentence: texts[0] for sentence, texts in habits.items()}})
check.equal(seen[0], expect=[1, 2, 3, 0, 1, 2], about="a network that writes c + 1 after c and 0 after 3; first = 0, length = 6", mistakes={
    "you read the first character at every turn: read what was written last": [1, 1, 1, 1, 1, 1],
    **{sentence: texts[1] for sentence, texts in habits.items()}})
check_shares(seen[3], 2, draws[1], {ignored: draws[0], multiplied: draws[2]})
check_shares(seen[4], 0.5, draws[2], {ignored: draws[0], multiplied: draws[1]})
check.that(seen[5] == seen[6], "the same seed gave two different texts: all chance comes from rng")
check.that(seen[5] != seen[7], "another seed gives the same text: draw from rng")
def written_cold(answer, params, h):
    import numpy as np

    with np.errstate(all="ignore"):
        try:
            return np.asarray(answer(params, h, 0, 3, 0.01, np.random.default_rng(0))).tolist()
        except ValueError as error:
            return str(error)


with check.given(rnn_step=torch_step):
    cold = check.observe(written_cold, sample, next_one, np.zeros(4))
check.that(cold == [1, 2, 3], "at temperature 0.01 the scores reach 4 000, and np.exp overflows: shift the scores by their largest first", got=cold)

# %% test="sample" points=2 hidden=true covers="random networks: which text follows what was read, with the state carried, and how often each character is drawn at temperatures from 0.3 to 3; no argument changed; float32"
def given_step(x, h, params):
    import numpy as np
    import torch

    W, U, b, V, c = (torch.tensor(np.asarray(params[name], dtype=float)) for name in ("W_hh", "W_xh", "b_h", "W_hy", "b_y"))
    rows, before = (torch.tensor(np.asarray(one, dtype=float)) for one in (np.atleast_2d(x), np.atleast_2d(h)))
    new = torch.rnn_tanh_cell(rows, before, U, W, b, 0 * b)
    out = torch.nn.functional.linear(new, V, c).numpy()
    return new.numpy().reshape(np.shape(h)), out.reshape(np.shape(h)[:-1] + out.shape[-1:])


def texts(answer, cases):
    import numpy as np

    out = []
    for params, h, first, length, temperature, seed in cases:
        before = h.copy(), {name: value.copy() for name, value in params.items()}
        text = np.asarray(answer(params, h, first, length, temperature, np.random.default_rng(seed))).tolist()
        kept = bool(np.array_equal(h, before[0])) and all(np.array_equal(params[name], before[1][name]) for name in params)
        out.append([text, kept])
    return out


def likeliest(params, h, first, length):
    """The text at a temperature near 0, by a slow loop."""
    W, U, b, V, c = (torch.tensor(params[name], dtype=torch.float64) for name in ("W_hh", "W_xh", "b_h", "W_hy", "b_y"))
    state, text = torch.tensor(h, dtype=torch.float64), [first]
    for _ in range(length):
        state = torch.tanh(torch.mv(W, state) + U[:, text[-1]] + b)
        text.append(int((torch.mv(V, state) + c).argmax()))
    return text[1:]


rng = check.rng("sample")
cases, follows = [], []
for i in range(6):
    m, k = int(rng.integers(2, 6)), int(rng.integers(2, 7))
    shapes = {"W_xh": (m, k), "W_hh": (m, m), "b_h": (m,), "W_hy": (k, m), "b_y": (k,)}
    params = {name: rng.normal(size=s) for name, s in shapes.items()}
    cases.append((params, rng.normal(size=m), int(rng.integers(0, k)), 12, 1e-4, i))
    follows.append(likeliest(*cases[-1][:4]))
chances, temperatures = rng.dirichlet([2.0, 2.0, 2.0, 2.0]), (0.3, 1.0, 3.0)
for temperature in temperatures:
    kind = np.float32 if temperature == 1.0 else np.float64
    dice = {"W_xh": np.zeros((1, 4)), "W_hh": np.zeros((1, 1)), "b_h": np.zeros(1), "W_hy": np.zeros((4, 1)), "b_y": np.log(chances)}
    cases.append(({name: value.astype(kind) for name, value in dice.items()}, np.zeros(1, dtype=kind), 0, 1500, temperature, 3))
with check.given(rnn_step=given_step):
    came = check.observe(texts, sample, cases)
for (text, kept), want in zip(came, follows):
    check.that(text == want, "at a temperature of 0.0001 your text is not the likeliest one: look at what is read and which state goes on", got=text)
    check.that(kept, "you changed the state or the parameters in place")
for (text, _), temperature in zip(came[len(follows):], temperatures):
    p = chances ** (1 / temperature) / (chances ** (1 / temperature)).sum()
    shares = np.array([text.count(c) / 1500 for c in range(4)])
    check.that(bool((abs(shares - p) < 0.07).all()), f"at temperature {temperature} characters are not drawn with softmax(y / temperature)",
               got=shares.round(2).tolist())

# %% [markdown]
# ## A model of characters
#
# Now everything together. The text is the reference of the Python language, as Python itself carries it for its
# `help()`: statements, expressions, a little grammar, about 330 000 characters over an alphabet of 96. The last tenth
# is held out. Paragraphs that stand in it twice were removed, so the held-out part has not been read before.
#
# The opponent is a table: count, in the training text, how often each character follows each (and add 1 to each
# count, so that no probability is 0). It is called a **bigram** model.

# %% demo="bigram" compare=false
# Each release of Python has an edition of its own, so your numbers may differ a little from those of the text below.
text = data.python_topics()
ids = np.array([data.ALPHABET.index(c) for c in text])
k = len(data.ALPHABET)
train, held_out = np.split(ids, [len(ids) * 9 // 10])

counts = np.ones((k, k))
np.add.at(counts, (train[:-1], train[1:]), 1)
bigram_scores = np.log(counts / counts.sum(axis=1, keepdims=True))
bigram = bits_per_char(bigram_scores[held_out[:-1], None], held_out[1:, None])
print(f"even guesses: {np.log2(k):.2f} bits per character; bigram table: {bigram:.2f}")
print(text[20_000:20_300])

# %% [markdown]
# ### Three borders
#
# Three networks of 128 units, each trained by 2 000 updates of 1 024 characters. They differ in the chunk over which
# gradients flow: 32 steps (of 32 texts side by side), 4 steps (of 256), or **1 step** (of 1 024). All three carry
# their state on. With chunks of 1 a gradient ends at the step where it began: the network can learn to use the state
# that came in, and nothing tells it what to keep for later. The bigram table has 3.85 bits, the network with chunks
# of 32 will reach about 2.7. Where will the network with chunks of 1 end?

# %% predict="chunk-of-one" minutes=2 choices="4.1 | 3.8 | 2.9 | 2.7" law="a state that is carried holds the past even where no gradient taught it to; being taught makes it better"
### BEGIN SOLUTION
one_step_bits = "2.9"
### END SOLUTION

# %% test="chunk-of-one" points=1 hidden=true covers="your prediction"
check.equal(one_step_bits, expect="2.9", mistakes={
    "you gave it no memory: the state is carried on, and it holds traces of the last characters, which the output learns to read": "3.8",
    "you made it worse than a table: it sees all that the table sees, the last character, and more": "4.1",
    "you gave it as much as the taught one: W_hh learns what to keep only where gradients flow through it": "2.7"})

# %% [markdown]
# The training loop is `truncated_bptt` on stretches of the text; the update clips, then takes a step of Adam (lesson
# 04) whose rate falls to 0. It runs for half a minute to a minute, on your own forward and backward passes.

# %% demo="train"
def one_hot(rows):
    return np.eye(k, dtype=np.float32)[rows]


def side_by_side(ids, N):
    """Inputs and targets (T, N): the text in N pieces, each a column."""
    T = (len(ids) - 1) // N
    return ids[: T * N].reshape(N, T).T, ids[1 : T * N + 1].reshape(N, T).T


def adam_update(total, lr=0.003, limit=5.0):
    """An update for truncated_bptt: clips, then takes a step of Adam; the rate falls to 0 over `total` updates."""
    means, squares, t = {}, {}, 0

    def update(params, grads):
        nonlocal t
        t += 1
        grads, _ = clip_gradients(grads, limit)
        new = {}
        for name, g in grads.items():
            means[name] = 0.9 * means.get(name, 0) + 0.1 * g
            squares[name] = 0.999 * squares.get(name, 0) + 0.001 * g**2
            step = means[name] / (1 - 0.9**t) / (np.sqrt(squares[name] / (1 - 0.999**t)) + 1e-8)
            new[name] = (params[name] - lr * max(0.0, 1 - t / total) * step).astype(np.float32)
        return new

    return update


def bits_held_out(params, N=20, stretch=100):
    x, targets = side_by_side(held_out, N)
    h, bits = np.zeros((N, len(params["b_h"])), dtype=np.float32), []
    for s in range(0, len(x) - stretch + 1, stretch):
        hs, ys = rnn_forward(one_hot(x[s : s + stretch]), h, params)
        bits.append(bits_per_char(ys, targets[s : s + stretch]))
        h = hs[-1]
    return float(np.mean(bits))


def train_model(chunk, updates=2000, m=128):
    N = 1024 // chunk
    x, targets = side_by_side(train, N)
    rng = np.random.default_rng(0)
    sizes = {"W_xh": ((m, k), 0.3), "W_hh": ((m, m), 0.08), "b_h": ((m,), 0.0), "W_hy": ((k, m), 0.09), "b_y": ((k,), 0.0)}
    params = {name: (scale * rng.normal(size=shape)).astype(np.float32) for name, (shape, scale) in sizes.items()}
    update, curve, done = adam_update(updates), [], 0
    while done < updates:
        h = np.zeros((N, m), dtype=np.float32)
        for s in range(0, len(x) - 10 * chunk + 1, 10 * chunk):  # stretches of ten chunks
            stretch = slice(s, s + 10 * chunk)
            params, h, losses = truncated_bptt(one_hot(x[stretch]), targets[stretch], h, params, chunk, update)
            done += len(losses)
            if done % 200 == 0:
                curve.append(bits_held_out(params))
            if done >= updates:
                break
    return params, curve


models, curves = {}, {}
for chunk in (32, 4, 1):
    models[chunk], curves[chunk] = train_model(chunk)

# %% demo="curves" compare=false
fig, ax = plots.figure(7.6, 4.0)
ax.set(xlabel="updates", ylabel="bits per character, held out", ylim=(2.4, 4.0))
shown = {**{f"chunks of {chunk}": curves[chunk] for chunk in (1, 4, 32)}, "bigram table": np.full(10, bigram)}
plots.lines(ax, np.arange(200, 2001, 200), shown)
plots.show(fig, alt=(
    f"Bits per character on held-out text against updates, for three networks, with the bigram table as a flat line at {bigram:.2f}. After 200 updates and after 2000, "
    + ", ".join(f"chunks of {chunk} are at {curve[0]:.1f} and {curve[-1]:.2f}" for chunk, curve in sorted(curves.items())) + "."))

# %% [markdown]
# Chunks of 32 reach **2.7 bits**, 30 % below the table's 3.85: one bit less means twice the probability for the right
# character. Two things surprise. Chunks of 4 do as well (2.73 against 2.71). And chunks of 1, through which no
# gradient ever flows back in time, reach 2.86, almost a bit below the table: a state that is carried on holds traces
# of what was read, and the output learns to read them. Being taught what to keep is worth 0.15 bits here.
#
# Why are three steps of gradient enough? A likely reason: the same $W_{hh}$ serves every step. A way of keeping a
# character that was learnt for three steps is used again at the next, and keeps it longer. Whether that reaches as
# far as chunks of 32 do is measured next.
#
# ### How far back does it look
#
# Let a trained network start from a state of zeros at many places of the held-out text, and read. Its first guess
# knows one character, its second two, and so on. Where more characters stop helping, its memory ends. Beside it,
# `jacobian_norms` on the trained networks: how much of a gradient comes through.

# %% demo="reach"
best = curves[32][-1]
print("chunks of 32 beat the bigram table by 25 % or more:", best <= 0.75 * bigram)
print("chunks of 4 are within 0.1 bits of them:", abs(curves[4][-1] - best) < 0.1)
print("chunks of 1 are worse than both and better than the table:", max(best, curves[4][-1]) < curves[1][-1] < bigram)

BINS = [(0, 1), (1, 2), (2, 3), (3, 4), (4, 6), (6, 8), (8, 12), (12, 16), (16, 24), (24, 32)]


def bits_by_context(params, length=32, every=8):
    """Mean bits of a guess by how many characters were read since a cold start: one number for each of BINS."""
    starts = np.arange(0, len(held_out) - length - 1, every)
    places = starts + np.arange(length)[:, None]
    cold = np.zeros((len(starts), len(params["b_h"])), dtype=np.float32)
    _, ys = rnn_forward(one_hot(held_out[places]), cold, params)
    return [bits_per_char(ys[a:b], held_out[places + 1][a:b]) for a, b in BINS]


def norms_on_text(params, steps=32):
    """Norm of the Jacobian by steps back, the median over 20 places of the held-out text: (steps + 1,)."""
    x, _ = side_by_side(held_out, 20)
    hs, _ = rnn_forward(one_hot(x[:200]), np.zeros((20, len(params["b_h"])), dtype=np.float32), params)
    return np.median([jacobian_norms(hs[-steps:, n], params["W_hh"], "tanh") for n in range(20)], axis=0)


reach = {f"chunks of {chunk}": bits_by_context(models[chunk]) for chunk in (1, 4, 32)}
through = {f"chunks of {chunk}": norms_on_text(models[chunk]) for chunk in (1, 4, 32)}
fig, (left, right) = plots.figure(10.4, 4.0, 1, 2)
left.set(xscale="log", xlabel="characters read since the start", ylabel="bits per character, held out", ylim=(2.4, 5.2))
left.set_xticks([1, 2, 4, 8, 16, 32], ["1", "2", "4", "8", "16", "32"])
left.minorticks_off()
plots.lines(left, [(a + 1 + b) / 2 for a, b in BINS], {**reach, "bigram table": np.full(len(BINS), bigram)})
right.set(yscale="log", xlabel="steps back", ylabel="norm of the Jacobian")
right.axhline(1, color=plots.current().muted, linewidth=1)
plots.lines(right, range(33), through)
plots.show(fig, alt=(
    "Two figures. Left: bits per character against characters read since a cold start, 1 to 32, logarithmic. All three networks start above the bigram table's 3.85, at 4.4 "
    "(chunks of 1), 4.6 (chunks of 4) and 4.8 (chunks of 32), and are below it by the third character. Chunks of 1 stay at 2.9 from about 5 characters on; chunks of 4 and of 32 fall to 2.7 at about 10 and stay there. "
    "Right: norm of the Jacobian against steps back, logarithmic, with a line at 1. All rise above 2 in the first steps, pass 1 between 6 and 11 steps, and fall to between 0.003 and 0.02 at 32; chunks of 1 lie highest."))

# %% [markdown]
# A start from zeros is strange to all three networks, so with one character they are worse than the table. Then each
# further character helps, with chunks of 4 and of 32 up to the tenth or so, and from there on nothing: with chunks of
# 32, 2.72 bits after 10 characters, 2.71 after 28. With chunks of 1 the fifth is the last that helps much. So three
# steps of teaching do reach ten.
#
# The gradient of the network with chunks of 32 goes the same way: the Jacobian's norm is 2.4 one step back, 0.74
# eight steps back, 0.15 sixteen and 0.007 thirty-two steps back. The chunk would have let gradients pass from 32
# steps; the network itself does not. But a large Jacobian is not yet a memory. That of chunks of 1 is larger at every
# step back (1.41 at eight), and its network uses fewer characters. The norm says how much of a change in an early
# state arrives; whether what arrives is of any use for the guess, it doesn't say, and with chunks of 1 nothing taught
# it to be.
#
# ### Three temperatures
#
# The network begins with a line break and writes 200 characters. Rounding decides which characters come, so your text
# will not be the same as your neighbour's.

# %% demo="samples" compare=false
for temperature in (0.3, 0.8, 1.5):
    drawn = sample(models[32], np.zeros(128, dtype=np.float32), 0, 200, temperature, np.random.default_rng(1))
    print(f"--- temperature {temperature} ---")
    print("".join(data.ALPHABET[c] for c in drawn), "\n")

# %% [markdown]
# At 0.3 it falls into the manual's most common words and turns in circles. At 0.8 about half of its words exist, in
# lines that have the shape of sentences and mean nothing. At 1.5 the words break up. None of it closes a bracket that
# was opened a line before.
#
# ## The answer
#
# What do 128 numbers of memory save? **30 %** after 2 000 updates: 2.7 bits for each character in place of 3.85, from
# forward and backward passes of your own. How far back does such a network really look? About **ten characters**, a
# word or two. And its gradient? It survives the first steps, even grows, then shrinks by about a fifth at every step,
# to 0.007 at 32. Longer training still pays: 6 000 updates, if you have another minute, give 2.49 bits. But that
# network makes better use of the same ten characters (2.50 bits after 10, 2.49 after 28), and its Jacobian is 0.008 at
# 32. Neither longer chunks nor more updates lengthen the reach: the word at the beginning of a sentence has no way to
# its end. That is what lesson 10 is about.
#
# ## In your own words
#
# *Graded by hand, 4 points.* A colleague trains a recurrent network (tanh, 256 units) on logs of a machine. Each log
# has 5 000 readings; the answer, "fails" or "does not fail", comes once, after the last reading, and depends on an
# alarm that may ring anywhere. She writes:
#
# > I train with truncated BPTT in chunks of 50 steps. I carry the state over the borders, so the network sees the
# > whole log, and the gradient is clipped to length 1. The loss falls a little and stays there. On logs whose alarm
# > rings in the last 20 readings it is right, on all others it guesses. Nothing explodes, so the gradients are fine.
# > I shall make the chunks 500 long and raise the clipping limit to 100, so that more gradient arrives.
#
# Answer in five to ten sentences. Why does it learn the late alarms and not the early ones, although the state is
# carried on? Here the only loss comes at the last reading: follow its gradient back from there, and name the two
# things that keep it from an early alarm. What does it prove that nothing explodes? What will each of the two planned
# changes do? What would you change in its place?

# %% [markdown] written="early-alarms" points=4 minutes=12
# The state is carried over the borders, but the gradient stops there. The loss comes at the last reading only, so its
# gradient reaches the last 50 readings and no others: for an alarm before them, nothing ever tells the network to
# keep it in its state. Second, even inside the chunk the gradient vanishes: every step back multiplies it by W_hh and
# by the slopes of tanh, which lie below 1, so after about 20 steps little is left.
#
# That nothing explodes proves nothing about vanishing: these are two opposite faults, and the second is silent. The
# loss falls, because the late alarms are learnt.
#
# Chunks of 500 take away the first reason for alarms in the last 500 readings, at ten times the memory, but the
# second remains: a gradient that has vanished after 20 steps does not arrive from 500. A higher clipping limit
# changes nothing, since clipping only shortens what is too long, and these gradients are short.
#
# I would change the network so that the path back does not shrink: gates (LSTM, lesson 10), or attention, or a state
# that can hold a value; or shorten the path: pool the readings, put a loss nearer to the alarm, feed in a flag "alarm
# so far". W_hh near an orthogonal matrix with radius 1 also helps a little.
#
# **Marking scheme**
#
# - 1 point: the gradient is cut at the border of the chunk, so no loss reaches an early alarm, although the state is
#   carried on. (That all chunks but the last have no loss and teach nothing is the same reason in other words.)
# - 1 point: inside the chunk it vanishes, as a product of many factors (W_hh, slopes of tanh) below 1.
# - 1 point: "nothing explodes" does not show that gradients arrive, and raising the clipping limit does nothing for
#   short gradients. Both are needed.
# - 1 point: longer chunks alone do not help beyond the reach of the gradient (or: help only the first cause, at ten
#   times the memory), and a change that shortens or protects the path is named (gates, attention, pooling, a loss
#   nearer to the alarm, an orthogonal W_hh).

# %% [markdown]
# ## What breaks in practice
#
# - **The state of another text.** Columns of a batch must continue where they ended. Shuffle the chunks, and each one
#   starts with the memory of a stranger. Cut the text into N long pieces first, as `side_by_side` does.
# - **`detach` forgotten.** Memory grows from chunk to chunk and the run dies after an hour, or PyTorch complains
#   about a second backward pass. Adding up losses as tensors (`total += loss`) keeps graphs too: add `loss.item()`.
# - **Batch first, time first.** `nn.RNN` expects (T, N, d) unless `batch_first=True`. Given the wrong one it runs,
#   without a word, over the batch as if it were time.
# - **Bits per what.** Bits per character, per byte, per word and nats per token are four numbers for one model.
#   Perplexity is 2 to the power of bits per token. Compare models only in one unit, on one text.
# - **A held-out text that was read.** Manuals, licences and code repeat whole paragraphs. Without removing them the
#   held-out bits look better than they are.
# - **Clipping that never lets go.** If every update is clipped, all steps of plain SGD have the same length, the limit
#   times the learning rate. Adam cancels a constant factor, so there it shows even less. Watch the length that
#   `clip_gradients` returns.
# - **Temperature 0.** Dividing by it gives `inf` and `nan` with no more than a warning, and the error comes later, at
#   the draw; take the largest score in its place. And evaluate at temperature 1: bits at another temperature are
#   another model's.

# %% [markdown]
# ## Challenge
#
# *Not graded.* The network starts with `W_hh` random and small. Start it instead as an orthogonal matrix times $\rho$
# (the `turn` above shows how to make one), and find the $\rho$ that gives the lowest bits after 500 updates with
# chunks of 32. Then use ReLU in place of tanh, with $W_{hh}$ as the identity (Le, Jaitly and Hinton, 2015): which
# lines of your forward and backward pass change? Can you reach the tanh network?

# %% [markdown]
# ## Sources
#
# - P. Werbos, *Backpropagation through time: what it does and how to do it*, 1990.
# - J. Elman, *Finding structure in time*, 1990: the network of this lesson.
# - R. Williams and J. Peng, *An efficient gradient-based algorithm for on-line training of recurrent network
#   trajectories*, 1990: truncation.
# - Y. Bengio, P. Simard and P. Frasconi, *Learning long-term dependencies with gradient descent is difficult*, 1994.
# - R. Pascanu, T. Mikolov and Y. Bengio, *On the difficulty of training recurrent neural networks*, 2013: singular
#   values, and clipping.
# - A. Karpathy, *The unreasonable effectiveness of recurrent neural networks*, 2015: character models in 100 lines.
# - Q. Le, N. Jaitly and G. Hinton, *A simple way to initialize recurrent networks of rectified linear units*, 2015.
# - I. Goodfellow, Y. Bengio and A. Courville, *Deep Learning*, 2016, chapter 10.
# - Python Software Foundation, *The Python Language Reference*: the text; its licence and what was done to it stand
#   in `data/python_topics`.
