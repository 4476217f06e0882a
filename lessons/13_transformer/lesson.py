# %% [markdown] lesson="The Transformer, module by module" part="Part IV. Attention" hours=4 needs="03_pytorch 12_seq2seq_attention"
# # The Transformer, module by module
#
# The translator of lesson 12 reads *domenica ventisette settembre duemilaventi* character by character. The state after character 42 needs
# the state after character 41, which needs the one before. A processor that could do a thousand things at once does one, 42 times.
#
# In 2017 eight people at Google threw the recurrence out and kept the attention. **If no state is carried from letter to letter, what
# tells the network the order of the letters, does it still learn the dates, and what does it save?** At the end of this lesson a
# Transformer made of functions and modules of yours, each of them equal to PyTorch's own, gives the answer.
#
# **You will be able to**
#
# - build the whole Transformer of the paper, and show that every module agrees with PyTorch's, forwards and backwards;
# - write masks, and test that no position sees the future or any padding;
# - say why attention alone does not know the order of its inputs, and what positions add;
# - count its parameters and its work, and say where it beats a recurrent network and where it does not.
#
# **Where it stands.** Lesson 12 gave a decoder one look at the source for each letter that it writes. Here everything looks at everything:
# source at source, target at target, target at source. Lesson 14 takes the decoder alone and calls it a language model.
#
# **Time.** Three to four hours: fourteen exercises, most of them short, three predictions, one question in words. A good place for a break is before "One layer".

# %% setup=true
import math

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from forwardpass import NotAttempted, attention_layers, check, data, named_modules, plots, widgets

# %% [markdown]
# | symbol | code | meaning |
# | :---: | --- | --- |
# | $N$ | | sequences in a batch |
# | $T$ | | positions; $T_q$ that ask, $T_k$ that are asked |
# | $d_{model}$ | `d_model` | numbers that stand for one position, everywhere between the layers |
# | $h$ | `num_heads` | heads; each works with $d_k = d_{model} / h$ numbers |
# | $Q, K, V$ | `q`, `k`, `v` | queries (..., $T_q$, $d_k$), keys (..., $T_k$, $d_k$), values (..., $T_k$, $d_v$), one in each row |
# | $A$ | `weights` | weights (..., $T_q$, $T_k$): row $i$ says how much query $i$ takes from each key |
# | | `mask` | bool: `True` where a query **may see** a key, as in lessons 11 and 12 |
# | $m$ | `hidden_dim` | units inside the feed-forward layer |
# | $L$ | `num_layers` | layers of the encoder, and of the decoder |
#
# Everything is a PyTorch tensor, batch first. Dots in a shape, as in (..., $T_q$, $d_k$), stand for any axes in front, also none: batches, heads.

# %% [markdown]
# ## One look
#
# ### Two keys by hand
#
# One query, $q = (1, 1, 1, 1)$, so $d_k = 4$. Two positions can be asked. Their keys say what they have, their values what they give:
#
# | | position 1 | position 2 |
# | --- | --- | --- |
# | key $k$ | (1, 1, 1, −1) | (1, −1, −1, 1) |
# | value $v$ | (10, 0) | (0, 10) |
# | product $q \cdot k$ | 2 | 0 |
# | score: divided by $\sqrt{d_k} = 2$ | 1 | 0 |
# | weight: softmax of the scores | 0.731 | 0.269 |
#
# The answer is the mean of the values with these weights: $0.731 \cdot (10, 0) + 0.269 \cdot (0, 10) = (7.31, 2.69)$.
#
# For many queries at once this is two matrix products,
#
# $$\text{Attention}(Q, K, V) = A V, \qquad A = \text{softmax}\!\left(\frac{Q K^\top}{\sqrt{d_k}}\right),$$
#
# with the softmax along each row: every query shares out a weight of 1 among the keys. A **mask** says which keys a query may see. A score that is hidden
# counts as $-\infty$, *before* the softmax: then it gets no weight, and the others share all of it.
#
# **And if a query may see nothing?** Then softmax divides 0 by 0. We promise zeros, weights and output, and a gradient without NaN, as in lesson 12. PyTorch's
# `F.scaled_dot_product_attention` promises the same; its `nn.MultiheadAttention` gives NaN.
#
# `k.transpose(-2, -1)` swaps the last two axes, whatever stands in front of them, and `@` multiplies matrices in those two.

# %% exercise="attention" minutes=20 difficulty=2 law="softmax(QKᵀ / √d_k) along the keys, hidden keys out before the softmax, times V"
def scaled_dot_product_attention(q: Tensor, k: Tensor, v: Tensor, mask: Tensor | None = None) -> tuple[Tensor, Tensor]:
    """Attention of queries to keys.

    q: (..., Tq, d_k), k: (..., Tk, d_k), v: (..., Tk, d_v), finite floats of one dtype. mask: bool, broadcasts to (..., Tq, Tk),
    True where a query may see a key; None hides nothing.
    Returns the output (..., Tq, d_v) and the weights (..., Tq, Tk), in q's dtype. A query that may see no key gets weights and an
    output of zeros, and no gradient becomes NaN because of it.
    """
    ### BEGIN SOLUTION
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
    if mask is None:
        weights = scores.softmax(dim=-1)
    else:
        lowest = torch.finfo(scores.dtype).min
        weights = scores.masked_fill(~mask, lowest).softmax(dim=-1).masked_fill(~mask, 0.0)
    return weights @ v, weights
    ### END SOLUTION

# %% [markdown] hint="attention"
# - *I don't know where to start.* All products of queries and keys are one matrix product. Which of the two has to be transposed so that
#   (Tq, d_k) and the other give (Tq, Tk)?
# - *My weights do not sum to 1 along a row.* Along which axis stand the keys? And does something happen to the weights after the softmax that should
#   have happened to the scores?
# - *A hidden row gives NaN.* A softmax of nothing but −∞ is 0 / 0. What would it give for numbers that are very low, and finite (`torch.finfo(dtype).min`)? That is
#   wrong in such a row as well, but it can be mended.
# - *The output is zeros but the gradient is NaN.* You repaired the NaN after it had come about, and a gradient that comes through 0 / 0 is NaN itself. Either it never comes about, or nothing
#   that led to it gets a gradient: where `masked_fill` has written, none passes.

# %% test="attention" points=2
q = torch.tensor([[1.0, 1.0, 1.0, 1.0], [0.0, 2.0, 0.0, 0.0]])
k = torch.tensor([[1.0, 1.0, 1.0, -1.0], [1.0, -1.0, -1.0, 1.0], [0.0, 1.0, 2.0, 3.0]])
v = torch.tensor([[10.0, 0.0], [0.0, 10.0], [4.0, 4.0]])


def attended(answer, q, k, v, mask):
    """The output and the weights, for the same matrices in a batch of 2 with 3 heads; and what the gradients look like."""
    import torch

    where = lambda one: one[1, 2] if getattr(one, "ndim", 0) == 4 and one.shape[:2] == (2, 3) else one
    inputs = [one.expand(2, 3, *one.shape).clone().requires_grad_() for one in (q, k, v)]
    answered = answer(*inputs, mask)
    if not isinstance(answered, (tuple, list)) or len(answered) != 2:
        return "single", None, None
    out, weights = answered
    out.sum().backward()
    return where(out).detach(), where(weights).detach(), not any(one.grad is not None and bool(one.grad.isnan().any()) for one in inputs)


out, weights, _ = check.observe(attended, scaled_dot_product_attention, q[:1], k[:2], v[:2], None, mistakes={
    "your matrices do not fit: transpose the keys in their last two axes only, since `.T` turns all axes round": RuntimeError})
check.that(not isinstance(out, str), "you returned one thing: the output and the weights, in this order, are wanted", law="output and weights")
about = "the query and the two keys of the table, as one of 3 heads in a batch of 2"
check.close(weights, expect=[[0.73106, 0.26894]], about=f"the weights of {about}", rtol=1e-3, atol=1e-4, mistakes={
    "you did not divide by √d_k": [[0.8808, 0.1192]],
    "you divided by d_k: divide by its root": [[0.62246, 0.37754]],
    "you divided by the root of d_model, heads times d_k: each head has d_k numbers": [[0.64046, 0.35954]],
    "you divided by the root of the number of keys: it is the size of a key": [[0.80443, 0.19557]],
    "your weights are the scores: softmax is missing": [[1.0, 0.0]],
    "your softmax runs along the queries: each row, one query, shares out 1 among the keys": [[1.0, 1.0]],
    "your softmax runs along axis 1, which here are the heads: the keys are the last axis, whatever stands in front": [[1 / 3, 1 / 3]],
    "you returned the weights first: the output comes first": [[7.31059, 2.68941]]})
check.close(out, expect=[[7.3106, 2.6894]], about=f"the output for {about}", rtol=1e-3, atol=1e-3)
mask = torch.tensor([[True, False, True], [True, True, False]])
out, weights, fine = check.observe(attended, scaled_dot_product_attention, q, k, v, mask, mistakes={
    "a mask holds many truths, so `if mask` can't be answered: ask `if mask is not None`": RuntimeError})
about = "two queries; query 1 may see keys 1 and 3, query 2 keys 1 and 2"
check.close(weights, expect=[[0.11920, 0.0, 0.88080], [0.88080, 0.11920, 0.0]], about=f"the weights of {about}", rtol=1e-3, atol=1e-4,
            law="hidden keys get no weight, and those that are seen share all of it", mistakes={
    "you hid keys after the softmax: the weights that are left no longer sum to 1": [[0.1142, 0.0, 0.84379], [0.46831, 0.06338, 0.0]],
    "your mask is the wrong way round: True means that a key may be seen": [[0.0, 1.0, 0.0], [0.0, 0.0, 1.0]],
    "you set hidden scores to 0: that is a score like others, and gets a weight": [[0.1142, 0.04201, 0.84379], [0.66524, 0.09003, 0.24473]],
    "you added the mask as a number to the scores: hide them": [[0.11731, 0.01588, 0.86681], [0.66524, 0.09003, 0.24473]],
    "you did not use the mask": [[0.1142, 0.04201, 0.84379], [0.46831, 0.06338, 0.46831]],
    "your softmax runs along the queries: each row, one query, shares out 1 among the keys": [[0.5, 0.0, 1.0], [0.5, 1.0, 0.0]]})
check.close(out, expect=[[4.71532, 3.52320], [8.80797, 1.19203]], about=f"the output for {about}", rtol=1e-3, atol=1e-3, mistakes={
    "your weights are right, but the output uses others": [[4.51713, 3.79528], [6.55635, 2.50703]]})
mask = torch.tensor([[True, True, True], [False, False, False]])
out, weights, fine = check.observe(attended, scaled_dot_product_attention, q, k, v, mask)
check.that(bool(np.isfinite(weights).all()), "a query that may see nothing gets NaN, 0 / 0: it gets weights and an output of zeros", law="who may see nothing gets zeros")
check.close(np.concatenate([weights[1], out[1]]), expect=[0.0, 0.0, 0.0, 0.0, 0.0], about="weights and output of a query that may see nothing",
            law="who may see nothing gets zeros", mistakes={
    "a query that may see nothing sees everything, in equal parts: set its weights to zero as well": [1 / 3, 1 / 3, 1 / 3, 14 / 3, 14 / 3]})
check.that(fine, "your output is right, but its gradient is NaN: the NaN of 0 / 0 was replaced, and the gradient still flows through it. Don't let it come about",
           law="who may see nothing gets zeros")

# %% test="attention" points=1 hidden=true covers="F.scaled_dot_product_attention: outputs and gradients in float64, 24 shapes with 0 to 2 axes in front, masks that broadcast, float32"
def answers_and_gradients(answer, cases):
    found = []
    for q, k, v, mask, pull in cases:
        inputs = [one.clone().requires_grad_() for one in (q, k, v)]
        out, weights = answer(*inputs, mask)
        (out * pull).sum().backward()
        found.append({"out": out.detach(), "weights": weights.detach(), "grads": [one.grad for one in inputs], "dtype": str(out.dtype)})
    return found


rng = check.rng("attention")
cases = []
for i in range(24):
    n, h, tq, tk, dk, dv = (int(one) for one in rng.integers(1, 5, size=6))
    front = [(), (n,), (n, h)][i % 3]
    q, k, v, pull = (torch.tensor(rng.normal(size=(*front, *shape)) * 2) for shape in ((tq, dk), (tk, dk), (tk, dv), (tq, dv)))
    shape = [None, (tq, tk), (*front, tq, tk), (1, tk), (*front[:1], *[1] * len(front[1:]), 1, tk)][i % 5]
    cases.append((q, k, v, None if shape is None else torch.tensor(rng.random(shape) < 0.6), pull))
for (q, k, v, mask, pull), seen in zip(cases, check.observe(answers_and_gradients, scaled_dot_product_attention, cases)):
    inputs = [one.clone().requires_grad_() for one in (q, k, v)]
    out = F.scaled_dot_product_attention(*inputs, attn_mask=mask)
    (out * pull).sum().backward()
    eye = torch.eye(k.shape[-2], dtype=k.dtype).expand(*k.shape[:-2], -1, -1)
    about = f"q {tuple(q.shape)}, k {tuple(k.shape)}, mask {None if mask is None else tuple(mask.shape)}"
    check.close(seen["out"], expect=out.detach(), rtol=1e-8, atol=1e-10, about=f"the output, {about}")
    check.close(seen["weights"], expect=F.scaled_dot_product_attention(q, k, eye, attn_mask=mask), rtol=1e-8, atol=1e-10, about=f"the weights, {about}")
    for name, got, one in zip("qkv", seen["grads"], inputs):
        check.close(got, expect=one.grad, rtol=1e-7, atol=1e-10, about=f"the gradient of {name}, {about}")
single = [(*(one.float() for one in cases[0][:3]), None, cases[0][4].float())]
check.equal(check.observe(answers_and_gradients, scaled_dot_product_attention, single)[0]["dtype"], expect="torch.float32", about="the dtype for float32")

# %% [markdown]
# **Law.** Attention is a mean of the values, with weights from the products of a query with the keys. What is hidden is taken out before the softmax.
#
# ### Why the root
#
# Dividing by $\sqrt{d_k}$ looks like a detail. Take queries and keys of 64 numbers, all drawn independently with mean 0, those of the queries with standard deviation 2, those of the keys with 1.
# How large is a typical product $q \cdot k$, its standard deviation over many draws?

# %% predict="product-size" minutes=3 choices="2 | 8 | 16 | 128 | 256" law="of independent terms the variances add: the standard deviation grows with the root of their number"
### BEGIN SOLUTION
product_spread = 16
### END SOLUTION

# %% test="product-size" points=1 hidden=true covers="your prediction"
check.equal(product_spread, expect=16, mistakes={
    "you took the sum for as large as one of its terms: 64 terms add up, and their variances add": 2,
    "8 is the root of 64, for terms of standard deviation 1: these have 2": 8,
    "you added 64 standard deviations of 2: their squares, the variances, add": 128,
    "you gave the variance, which is the sum of 64 variances of 4: the standard deviation is its root": 256})

# %% [markdown]
# Now measure it, with variance 1 on both sides. `rng.normal(size=(n, d))` draws with mean 0 and variance 1.

# %% exercise="why-scale" minutes=8 difficulty=1 law="the variance of q · k grows in proportion to d, and dividing by √d takes that out"
def why_scale(d: int, rng: np.random.Generator) -> tuple[float, float]:
    """Variance of q · k, and of q · k / √d, both over the same 5000 pairs of a query and a key.

    Each query meets one key. Each has d >= 1 numbers, drawn independently from rng with mean 0 and variance 1. Returns two Python floats.
    """
    ### BEGIN SOLUTION
    q, k = rng.normal(size=(2, 5000, d))
    products = (q * k).sum(axis=1)
    return float(products.var()), float((products / math.sqrt(d)).var())
    ### END SOLUTION

# %% [markdown] hint="why-scale"
# - *I don't know where to start.* Draw a (5000, d) array of queries and another of keys. Row by row, the product is a sum over d.
# - *I get 5000 × 5000 products.* That is every query with every key. Multiply entry by entry, then sum along the rows.
# - *My second number is not near 1.* If a number is divided by c, its variance is divided by c².

# %% test="why-scale" points=1
def spreads(answer, sizes, seeds):
    import numpy as np

    found = [answer(d, np.random.default_rng(seed)) for d, seed in zip(sizes, seeds)]
    moved = answer(64, np.random.default_rng(99))[0] != found[1][0]
    same = answer(64, np.random.default_rng(seeds[1]))[0] == found[1][0]
    return [[float(one) for one in pair] for pair in found], [[type(one).__name__ for one in pair] for pair in found], moved, same


found, types, moved, same = check.observe(spreads, why_scale, [4, 64], [1, 2])
with_4, with_64 = found[0][0], found[1][0]
scaled_4, scaled_64 = found[0][1], found[1][1]
near = lambda value, wanted: 0.75 * wanted < value < 1.25 * wanted
check.that(not near(with_64, 8), "you gave the standard deviation: the variance is its square", got=found)
check.that(not near(with_64, 128), "your key is the query itself: q · q has another mean and twice the variance; draw two", got=found)
check.that(not near(with_64, 1), "you took the variance of single numbers or of means: the product is a sum over d terms", got=found)
check.that(not 2 < with_64 < 5, "your numbers are drawn from another distribution, `rng.random` or `rng.uniform`: mean 0 and variance 1 are wanted", got=found)
check.that(near(with_4, 4) and near(with_64, 64), "the variance of q · k should come out near d: 4 for d = 4 and 64 for d = 64, for numbers of mean 0 and variance 1", got=found)
check.that(not near(scaled_64, 1 / 64), "you divided by d: by √d, which divides the variance by d", got=found)
check.that(not near(scaled_64, 8), "you divided the variance by √d: divide the product, and take the variance then", got=found)
check.that(near(scaled_4, 1) and near(scaled_64, 1), "the second variance should come out near 1, for every d", got=found)
check.that(moved, "another generator gives the same numbers: draw from `rng`, the argument")
check.that(same, "the same generator, made anew, gives other numbers: yours come from elsewhere; draw from `rng`, the argument")
check.equal(types, expect=[["float", "float"]] * 2, law="two Python floats", mistakes={"you returned NumPy's floats: `float(...)` makes Python's": [["float64", "float64"]] * 2})

# %% test="why-scale" points=1 hidden=true covers="d = 1 to 200, another seed gives another number, the same seed the same"
def many_spreads(answer, sizes, seed):
    import numpy as np

    return [[float(one) for one in answer(d, np.random.default_rng(seed + d))] for d in sizes]


sizes = [1, 2, 7, 30, 200]
seed = int(check.rng("why-scale").integers(1000))
first, again, other = (check.observe(many_spreads, why_scale, sizes, one) for one in (seed, seed, seed + 999))
check.that(first == again, "the same generator, made anew, gives other numbers: yours come from elsewhere; draw from `rng`, the argument")
check.that(first != other, "another generator should draw other numbers: draw from `rng`")
for d, (plain, scaled) in zip(sizes, first):
    check.that(0.7 * d < plain < 1.3 * d and 0.7 < scaled < 1.3, f"the variances for d = {d} should be near {d} and 1", got=(plain, scaled))
    check.close(scaled, expect=plain / d, rtol=0.3, about=f"the second variance for d = {d}")

# %% [markdown]
# What does a large score do? Ten keys share a query's weight. As $d$ grows, see what the largest weight is, on average, and how much gradient gets through the softmax (the mean size of the slope
# $p_i (1 - p_i)$ of a weight by its own score):

# %% demo="saturated"
rng = np.random.default_rng(0)
print("           not divided            divided by √d")
print("   d    largest   slope         largest   slope")
for d in (4, 64, 1024):
    q, k = torch.tensor(rng.normal(size=(500, 1, d))), torch.tensor(rng.normal(size=(500, 10, d)))
    row = []
    for factor in (math.sqrt(d), 1.0):
        _, p = scaled_dot_product_attention(q * factor, k, k)
        row += [p.max(dim=-1).values.mean().item(), (p * (1 - p)).mean().item()]
    print(f"{d:4}     {row[0]:6.2f}  {row[1]:6.3f}          {row[2]:6.2f}  {row[3]:6.3f}")

# %% [markdown]
# Without the root a query of 1024 numbers puts nearly all its weight on one key before it has learnt anything, and the slope, through which it should learn, is
# less than a tenth of what it is with the root. With it both stay what they are at any size.
#
# **Law.** The product of two random vectors of $d$ numbers has variance $d$. Divided by $\sqrt d$ it has variance 1, and the softmax starts soft.
#
# ## Who may see whom
#
# Two masks are all that a Transformer needs.
#
# - **Padding.** No query may look at a padded *key*. In this lesson number 0 is reserved for padding, and no real token has it, so here the mask may come from the
#   tokens. Its shape is (N, 1, 1, T): the ones stand for all heads and all queries.
# - **The future.** While the decoder is trained it gets the whole target at once, and position $t$ has to predict what comes after it. So it may see positions 1 to $t$, itself included, and
#   no more. Its shape is (T, T), a row for each query.
#
# By hand, the padding mask for the sequences 5 8 and 7 with one padded cell:
#
# | tokens | keys that may be seen |
# | --- | --- |
# | 5 8 | True True |
# | 7 0 | True False |
#
# And the causal mask for $T = 3$ (in words we count positions from 1, in code from 0):
#
# | query | may see key 1 | key 2 | key 3 |
# | --- | --- | --- | --- |
# | position 1 | True | False | False |
# | position 2 | True | True | False |
# | position 3 | True | True | True |
#
# The two combine with `&`: shapes (N, 1, 1, T) and (T, T) broadcast to (N, 1, T, T).
#
# Mind the convention. In `F.scaled_dot_product_attention` True means *take part*, as here. In `nn.MultiheadAttention`, `nn.TransformerEncoderLayer` and their relatives True means
# *hidden*. Both accept either without a word.

# %% exercise="masks" minutes=10 difficulty=1 law="padding hides keys, for every query; the causal mask hides what comes later, and never the position itself"
def padding_mask(tokens: Tensor, pad: int = 0) -> Tensor:
    """Which keys may be seen: True where a token is not `pad`. tokens: (N, T) int64. Returns (N, 1, 1, T) bool."""
    ### BEGIN SOLUTION
    return (tokens != pad)[:, None, None, :]
    ### END SOLUTION


def causal_mask(length: int) -> Tensor:
    """Which position may see which. Returns (length, length) bool: entry [i, j] is True if position i may see position j, that is j <= i."""
    ### BEGIN SOLUTION
    return torch.ones(length, length, dtype=torch.bool).tril()
    ### END SOLUTION

# %% [markdown] hint="masks"
# - *I don't know where to start.* The first is one comparison and two new axes: indexing with `None` makes an axis of size 1. In the order (N, heads, queries, keys), which two are new?
# - *How do I get a triangle?* Compare a column of position numbers with a row of them, or look at `torch.tril`.
# - *My triangle is the wrong way round.* Row i is query i. The first row is the first position: how many keys may it see?
# - *`tril` of bools?* It works on a tensor of bools, and `torch.ones` takes a dtype.

# %% test="masks" points=2
def masks_seen(pads, causes):
    import torch

    tokens = torch.tensor([[5, 8, 3], [7, 0, 0]])
    found = pads(tokens), causes(3), pads(torch.tensor([[4, 9]]), pad=9)
    kinds = [str(getattr(one, "dtype", type(one).__name__)) for one in found]
    return [tuple(getattr(one, "shape", ())) for one in found], kinds, list(found)


shapes, dtypes, (hides, causal, other_pad) = check.observe(masks_seen, padding_mask, causal_mask)
check.equal(shapes[0], expect=(2, 1, 1, 3), about="the shape of padding_mask for 2 sequences in 3 cells", mistakes={
    "you hide queries, not keys: keys are the last axis": (2, 1, 3, 1),
    "you returned (N, T): make room for heads and queries between the two": (2, 3),
    "one axis is missing: (N, heads, queries, keys), with 1 for heads and for queries": (2, 1, 3),
    "you put both new axes at the end: keys are the last axis": (2, 3, 1, 1),
    "you made an entry for every query: size 1 there, it broadcasts": (2, 1, 3, 3)})
check.equal(hides[:, 0, 0], expect=[[True, True, True], [True, False, False]], about="padding_mask of 5 8 3 and 7 0 0", mistakes={
    "your mask is the wrong way round: True means that a key may be seen": [[False, False, False], [False, True, True]],
    "your mask holds numbers: it is a bool tensor": [[1, 1, 1], [1, 0, 0]]})
check.equal(other_pad[0, 0], expect=[[True, False]], about="padding_mask of 4 9 with pad=9", mistakes={
    "you compare with 0: the argument `pad` says what padding is": [[True, True]]})
check.equal(shapes[1], expect=(3, 3), about="the shape of causal_mask(3)")
check.equal(causal, expect=[[True, False, False], [True, True, False], [True, True, True]], about="causal_mask(3)", mistakes={
    "you hid the diagonal: a position may see itself, and the first one would see nothing": [[False, False, False], [True, False, False], [True, True, False]],
    "your mask is transposed: row i is the query, and it sees what is not later": [[True, True, True], [False, True, True], [False, False, True]],
    "your mask is the wrong way round, as nn.MultiheadAttention wants it: True means that a key may be seen": [[False, True, True], [False, False, True], [False, False, False]],
    "you let a position see one step of the future": [[True, True, False], [True, True, True], [True, True, True]],
    "your mask holds numbers: it is a bool tensor": [[1, 0, 0], [1, 1, 0], [1, 1, 1]],
    "your mask holds numbers, floats: it is a bool tensor": [[1.0, 0.0, 0.0], [1.0, 1.0, 0.0], [1.0, 1.0, 1.0]],
    "your mask holds floats to be added to the scores: here it is a bool tensor": [[0.0, -math.inf, -math.inf], [0.0, 0.0, -math.inf], [0.0, 0.0, 0.0]]})
check.equal(dtypes, expect=["torch.bool"] * 3, about="dtypes of both masks", law="masks are PyTorch tensors of bools", mistakes={
    "your causal mask is a NumPy array: it is a PyTorch tensor": ["torch.bool", "bool", "torch.bool"]})

# %% test="masks" points=1 hidden=true covers="lengths 1 to 8, other pads, and with PyTorch's attention: changing the future or the padding changes nothing before it"
def many_masks(pads, causes, tokens, pad, lengths):
    return [pads(one, pad) for one in tokens], [causes(n) for n in lengths]


rng = check.rng("masks")
tokens = [torch.tensor(rng.integers(0, 4, size=(int(rng.integers(1, 5)), int(rng.integers(1, 7))))) for _ in range(15)]
lengths = list(range(1, 9))
hiding, causes = check.observe(many_masks, padding_mask, causal_mask, tokens, 3, lengths)
for one, mask in zip(tokens, hiding):
    n, t = one.shape
    check.equal(mask, expect=np.array([[[[int(one[i, j]) != 3 for j in range(t)]]] for i in range(n)]), about=f"padding_mask of a batch {n, t}, pad=3")
for n, mask in zip(lengths, causes):
    check.equal(mask, expect=np.array([[j <= i for j in range(n)] for i in range(n)]), about=f"causal_mask({n})")
    x = torch.tensor(rng.normal(size=(1, n, 4)))
    changed = x.clone()
    changed[:, n // 2 :] += 5.0
    before, after = (F.scaled_dot_product_attention(one, one, one, attn_mask=torch.as_tensor(mask)) for one in (x, changed))
    check.close(after[:, : n // 2], expect=before[:, : n // 2], rtol=1e-9, law="the future changes nothing", about=f"causal_mask({n}) in PyTorch's attention")

# %% [markdown]
# **Law.** A mask is tested by changing what it hides: nothing that may not see it moves.
#
# ## Several looks at once
#
# ### Cut, and put together again
#
# A letter of the year should look for the year, and perhaps at the same time for its neighbours. One softmax can't easily do both. So the $d_{model}$ numbers of each position are cut into $h$ equal pieces, and each piece
# attends on its own: a **head**. Afterwards the pieces are put together again. No number is lost or added.
#
# For one sequence of $T = 2$ positions, $d_{model} = 4$ and $h = 2$:
#
# | | position 1 | position 2 |
# | --- | --- | --- |
# | x | 1 2 3 4 | 5 6 7 8 |
# | head 1 | 1 2 | 5 6 |
# | head 2 | 3 4 | 7 8 |
#
# The heads go in front of the positions, (N, h, T, d_k), since matrix products work on the last two axes. It is tempting to reach that shape with a single `view` or `reshape`. Try it on the table: head 1 would be 1 2 3 4, both halves of
# position 1. The shape is right and the heads are nonsense.

# %% exercise="heads" minutes=12 difficulty=2 law="head j of a position is its j-th piece of d/h neighbouring numbers, and merging undoes splitting"
def split_heads(x: Tensor, num_heads: int) -> Tensor:
    """Cut each position's numbers into pieces, one for each head.

    x: (N, T, d), d divisible by num_heads. Returns (N, num_heads, T, d / num_heads). Raises ValueError if d is not divisible.
    """
    ### BEGIN SOLUTION
    n, t, d = x.shape
    if d % num_heads:
        raise ValueError(f"expected d divisible by the number of heads, got {d} and {num_heads}")
    return x.reshape(n, t, num_heads, d // num_heads).transpose(1, 2)
    ### END SOLUTION


def merge_heads(x: Tensor) -> Tensor:
    """Put the pieces together again: undoes split_heads. x: (N, heads, T, d_k), of any memory layout. Returns (N, T, heads · d_k)."""
    ### BEGIN SOLUTION
    n, h, t, d_k = x.shape
    return x.transpose(1, 2).reshape(n, t, h * d_k)
    ### END SOLUTION

# %% [markdown] hint="heads"
# - *I don't know where to start.* A `reshape` may cut the last axis into two, since that changes the place of no number: (N, T, h, d_k). Then which two axes have to change places?
# - *My heads hold whole positions.* You asked for (N, h, T, d_k) from `reshape` at once. It never moves numbers: it only puts commas elsewhere. `transpose` moves.
# - *`view` complains about strides.* After a `transpose` the numbers no longer lie in order in memory, and `view` never copies. `reshape` copies where it has to.
# - *Merging gives wrong numbers.* Undo the steps in the opposite order: first the transpose, then the reshape.

# %% test="heads" points=2
def heads_seen(splits, merges, x):
    import torch

    first = splits(x, 3)
    pieces = torch.stack([x[:, :, 2 * j : 2 * j + 2] for j in range(3)], dim=1)
    return tuple(first.shape), first, merges(pieces)


x = torch.arange(24.0).reshape(2, 2, 6)
shape, pieces, merged = check.observe(heads_seen, split_heads, merge_heads, x, mistakes={
    "`view` can't do this after a transpose, because the numbers no longer lie in order: `reshape` copies where it has to": RuntimeError})
check.equal(shape, expect=(2, 3, 2, 2), about="the shape of split_heads for (2, 2, 6) and 3 heads", mistakes={
    "you left the positions in front of the heads: (N, heads, T, d_k)": (2, 2, 3, 2)})
check.equal(pieces[0], expect=[[[0.0, 1.0], [6.0, 7.0]], [[2.0, 3.0], [8.0, 9.0]], [[4.0, 5.0], [10.0, 11.0]]], about="the three heads of positions 0 to 5 and 6 to 11", mistakes={
    "your heads mix positions: `view` or `reshape` to (N, heads, T, d_k) moves no number; cut the last axis first, then transpose":
        [[[0.0, 1.0], [2.0, 3.0]], [[4.0, 5.0], [6.0, 7.0]], [[8.0, 9.0], [10.0, 11.0]]],
    "your heads take every third number: a head is a piece of neighbours": [[[0.0, 3.0], [6.0, 9.0]], [[1.0, 4.0], [7.0, 10.0]], [[2.0, 5.0], [8.0, 11.0]]]})
check.equal(tuple(merged.shape), expect=(2, 2, 6), about="the shape of merge_heads for (2, 3, 2, 2)")
check.equal(merged[0], expect=[[0.0, 1.0, 2.0, 3.0, 4.0, 5.0], [6.0, 7.0, 8.0, 9.0, 10.0, 11.0]], about="merge_heads of those three heads, put together again", mistakes={
    "merging mixes heads and positions: transpose first, then reshape": [[0.0, 1.0, 6.0, 7.0, 2.0, 3.0], [8.0, 9.0, 4.0, 5.0, 10.0, 11.0]],
    "merging leaves the numbers of the heads interleaved: heads first, then the numbers of each": [[0.0, 2.0, 4.0, 1.0, 3.0, 5.0], [6.0, 8.0, 10.0, 7.0, 9.0, 11.0]]})
check.equal(merged, expect=x.numpy(), about="merge_heads of the right pieces, both sequences")
check.raises(ValueError, split_heads, torch.zeros(1, 2, 6), 4, mistakes={
    "you dropped numbers: 6 can't be cut into 4 equal pieces": torch.zeros(1, 4, 2, 1),
    "that is PyTorch's own error about a shape: look at d and num_heads first, and raise ValueError": RuntimeError})

# %% test="heads" points=1 hidden=true covers="30 random shapes, round trips in both directions, gradients, float64, tensors that do not lie in order"
def trips(splits, merges, cases):
    found = []
    for x, h in cases:
        x = x.clone().requires_grad_()
        y = splits(x, h)
        (y * y).sum().backward()
        turned = y.detach().transpose(2, 3).contiguous().transpose(2, 3)
        found.append((y.detach(), merges(turned), x.grad))
    return found


rng = check.rng("heads")
cases = []
for _ in range(30):
    n, t, h, d_k = (int(one) for one in rng.integers(1, 5, size=4))
    cases.append((torch.tensor(rng.normal(size=(n, t, h * d_k))), h))
for (x, h), (pieces, back, slopes) in zip(cases, check.observe(trips, split_heads, merge_heads, cases)):
    n, t, d = x.shape
    wanted = np.array([[[[float(x[i, s, j * (d // h) + c]) for c in range(d // h)] for s in range(t)] for j in range(h)] for i in range(n)])
    check.equal(pieces, expect=wanted, about=f"split_heads of {n, t, d} into {h}")
    check.equal(back, expect=x.numpy(), about=f"there and back, {n, t, d} with {h} heads")
    check.close(slopes, expect=2 * x, about=f"the gradient of split_heads, {n, t, d} with {h} heads")

# %% [markdown]
# ### Multi-head attention
#
# Before they are cut, queries, keys and values are made by three linear layers; after the heads are put together, a fourth mixes what they found:
#
# $$\text{head}_j = \text{Attention}(X W^Q_j, \; S W^K_j, \; S W^V_j), \qquad \text{MultiHead}(X, S) = [\text{head}_1; \dots; \text{head}_h] \, W^O .$$
#
# $X$ asks and $S$, the source, is asked: both keys and values come from it. In **self-attention** $S = X$: the positions of one sequence ask each other. In **cross-attention** they are two sequences, and the answer is as long as $X$.
# $W^Q_1$ to $W^Q_h$ side by side are one matrix, so one `nn.Linear(d_model, d_model)` makes the queries of all heads, and so on for the others: four layers, whatever the number of heads. Each adds a bias, which the formula leaves out.

# %% exercise="multi-head-attention" minutes=25 difficulty=3 law="project, split, attend in every head, merge, project: queries from x, keys and values from source"
class MultiHeadAttention(nn.Module):
    """Attention with several heads.

    Attributes: query, key, value, out, each an nn.Linear(d_model, d_model), with bias. weights: after a call, the attention weights of
    that call (N, num_heads, Tq, Tk), detached; before the first call it need not exist. d_model is divisible by num_heads.
    """

    def __init__(self, d_model: int, num_heads: int):
        super().__init__()
        ### BEGIN SOLUTION
        self.num_heads = num_heads
        self.query = nn.Linear(d_model, d_model)
        self.key = nn.Linear(d_model, d_model)
        self.value = nn.Linear(d_model, d_model)
        self.out = nn.Linear(d_model, d_model)
        ### END SOLUTION

    def forward(self, x: Tensor, source: Tensor, mask: Tensor | None = None) -> Tensor:
        """x: (N, Tq, d_model) asks; source: (N, Tk, d_model) is asked. mask: bool, broadcasts to (N, num_heads, Tq, Tk), True where
        a query may see a key; None hides nothing. Returns (N, Tq, d_model)."""
        ### BEGIN SOLUTION
        q = split_heads(self.query(x), self.num_heads)
        k = split_heads(self.key(source), self.num_heads)
        v = split_heads(self.value(source), self.num_heads)
        heads, weights = scaled_dot_product_attention(q, k, v, mask)
        self.weights = weights.detach()
        return self.out(merge_heads(heads))
        ### END SOLUTION

# %% [markdown] hint="multi-head-attention"
# - *I don't know where to start.* Write down the shapes: x is (N, Tq, d_model). After its linear layer? After the split? After the attention? You have a function for each arrow.
# - *"cannot assign ... before Module.__init__() call".* `super().__init__()` has to come first; it stands in the stub.
# - *It works for x = source only.* Which of the three layers is asked with x, and which two with source?
# - *The check says that a parameter is missing.* The four layers have to be attributes with these names, or PyTorch (and the check) can't find them.
# - *The numbers are a little off.* Does each head divide by the root of its own size? And does anything come after the merging?

# %% test="multi-head-attention" points=2
def attention_run(answer, x, source, mask):
    from forwardpass import named_modules

    seen = named_modules.run(answer, [{"args": (6, 3), "inputs": (x, source, mask)}])[0]
    net = named_modules.fill(answer(6, 3).double())
    net(x, source, mask)
    kept = getattr(net, "weights", None)
    return seen, kept if kept is None else kept.detach(), bool(getattr(kept, "requires_grad", False))


x = torch.cos(torch.arange(24.0, dtype=torch.float64) ** 1.2).reshape(2, 2, 6)
source = 2 * torch.sin(torch.arange(48.0, dtype=torch.float64) ** 1.3).reshape(2, 4, 6)
mask = torch.tensor([[True, True, True, False], [True, False, True, True]])[:, None, None, :]
with check.given(attention_layers):
    seen, kept, follows = check.observe(attention_run, MultiHeadAttention, x, source, mask, mistakes={
        "the mask has a column for each of 4 positions that are asked, x has only 2 positions: your keys and values come from x, or something else does not fit; they come from source": RuntimeError})
shapes = {f"{name}.{part}": (6, 6) if part == "weight" else (6,) for name in ("key", "out", "query", "value") for part in ("bias", "weight")}
check.equal(seen["shapes"], expect=shapes, about="names and shapes of the parameters of MultiHeadAttention(6, 3)", law="four linear layers, query, key, value and out, with biases", mistakes={
    "your layers have no bias: `nn.Linear` has one if you leave it": {name: shape for name, shape in shapes.items() if name.endswith("weight")}})
check.equal(seen["kind"], expect="Tensor", about="what forward returns", mistakes={
    "you returned the weights as well: keep them in self.weights and return the output": "tuple", "forward returns nothing: return the output": "NoneType"})
check.equal(tuple(seen["y"].shape), expect=(2, 2, 6), about="the shape of the output: 2 sequences, 2 positions that ask, 4 that are asked", mistakes={
    "your output has a place for each position that is asked: queries come from x": (2, 4, 6)})
theirs = nn.MultiheadAttention(6, 3, batch_first=True).double()
ours = named_modules.weights(shapes)
with torch.no_grad():
    theirs.in_proj_weight.copy_(torch.cat([ours["query.weight"], ours["key.weight"], ours["value.weight"]]))
    theirs.in_proj_bias.copy_(torch.cat([ours["query.bias"], ours["key.bias"], ours["value.bias"]]))
    theirs.out_proj.weight.copy_(ours["out.weight"])
    theirs.out_proj.bias.copy_(ours["out.bias"])
    expected, looked = theirs(x, source, source, attn_mask=~mask.expand(2, 3, 2, 4).reshape(6, 2, 4), average_attn_weights=False)
check.close(seen["y"][0, 1], expect=expected[0, 1], about="the output at the second position of the first sequence, beside nn.MultiheadAttention with the same weights", rtol=1e-4, atol=1e-5, mistakes={
    "you divided by √d_model: each head has d_k = d_model / h numbers": [1.14445, -1.05881, -0.54764, 1.01507, 0.89047, 0.93511],
    "you did not divide by √d_k": [0.7492, -0.51439, -0.25927, 0.85035, 0.63151, 0.76022],
    "you split the heads with a single view, which mixes positions: use split_heads": [-0.46608, -1.63834, -0.94301, 0.40085, 0.30602, 0.45742],
    "you merged the heads with a single reshape, which mixes heads and positions: use merge_heads": [-0.59488, -0.39784, 1.52093, 0.49689, -1.29702, -1.55472],
    "the last layer, out, is missing: it mixes what the heads have found": [-0.28641, 1.21915, 1.09108, -0.06154, -0.47911, 0.15209],
    "your keys and values come from x: they come from source": [1.65262, -1.65516, 0.69591, 1.78295, 0.915, 0.66776],
    "your values went through the layer `key`": [0.88194, -0.65011, -0.39181, 0.85642, 0.69743, 0.82512],
    "your values did not go through the layer `value`": [-0.11968, -0.04189, 0.40893, 0.13612, -0.7496, -0.59245],
    "your heads are one: split all three before you attend": [0.66749, -0.54319, -0.14355, 0.92786, 0.63346, 0.71449],
    "you did not hand the mask on": [1.10124, -0.92759, -0.48296, 1.02291, 0.92352, 1.01258],
    "you turned the mask round: True means that a key may be seen": [1.78138, -2.09451, -0.96138, 1.77989, 1.9174, 1.72465],})
check.close(seen["y"], expect=expected, about="the whole output", rtol=1e-4, atol=1e-5)
check.that(kept is not None, "after a call the attention weights should stand in self.weights")
check.equal(tuple(np.shape(kept)), expect=(2, 3, 2, 4), about="the shape of self.weights", mistakes={"you averaged over the heads: keep those of every head": (2, 2, 4)})
check.close(kept, expect=looked, about="self.weights", rtol=1e-4, atol=1e-5)
check.that(not follows, "self.weights is still joined to the graph: `.detach()` lets go of it, or the memory of every call stays")

# %% test="multi-head-attention" points=2 hidden=true covers="nn.MultiheadAttention with the same weights, outputs and gradients of inputs and parameters, in float64: 12 shapes, self and cross, 1 to 4 heads, masks of three kinds"
def attentions_run(answer, cases):
    from forwardpass import named_modules

    return named_modules.run(answer, cases)


rng = check.rng("multi-head-attention")
cases = []
for i in range(12):
    n, tq, tk, h, d_k = (int(one) for one in rng.integers(1, 5, size=5))
    x, source = (torch.tensor(rng.normal(size=(n, t, h * d_k))) for t in (tq, tk))
    mask = torch.tensor(rng.random([(n, 1, 1, tk), (tq, tk), (n, h, tq, tk)][i % 3]) < 0.6)
    mask[..., 0] = True
    cases.append({"args": (h * d_k, h), "inputs": (x, source, None if i % 4 == 3 else mask)})
with check.given(attention_layers):
    found = check.observe(attentions_run, MultiHeadAttention, cases)
for one, seen in zip(cases, found):
    check.that(seen["kind"] == "Tensor", "forward returns one tensor", got=seen["kind"])
    check.equal(sorted(seen["shapes"]), expect=sorted(f"{part}.{kind}" for part in ("query", "key", "value", "out") for kind in ("weight", "bias")), about=f"names of the parameters of {one['args']}")
    (d, h), (x, source, mask) = one["args"], (part.clone().requires_grad_() if i < 2 else part for i, part in enumerate(one["inputs"]))
    about = f"{h} heads, x {tuple(x.shape)}, source {tuple(source.shape)}, mask {None if mask is None else tuple(mask.shape)}"
    ours = {name: p.requires_grad_() for name, p in named_modules.weights(seen["shapes"]).items()}
    theirs = nn.MultiheadAttention(d, h, batch_first=True).double()
    given = {"in_proj_weight": torch.cat([ours[f"{part}.weight"] for part in ("query", "key", "value")]), "out_proj.weight": ours["out.weight"],
             "in_proj_bias": torch.cat([ours[f"{part}.bias"] for part in ("query", "key", "value")]), "out_proj.bias": ours["out.bias"]}
    closed = None if mask is None else ~mask.expand(len(x), h, x.shape[1], source.shape[1]).reshape(-1, x.shape[1], source.shape[1])
    y, _ = torch.func.functional_call(theirs, given, (x, source, source), {"attn_mask": closed})
    (y * named_modules.pull(y)).sum().backward()
    check.close(seen["y"], expect=y.detach(), rtol=1e-7, atol=1e-9, about=f"the output, {about}")
    for name, got, part in zip(("x", "source"), seen["d_inputs"], (x, source)):
        check.close(got, expect=part.grad, rtol=1e-6, atol=1e-9, about=f"the gradient of {name}, {about}")
    for name, p in ours.items():
        check.close(seen["grads"][name], expect=p.grad, rtol=1e-6, atol=1e-9, about=f"the gradient of {name}, {about}")

# %% [markdown]
# **Law.** Heads are pieces of the same $d_{model}$ numbers. They cost no more parameters or products than one head would; they give several softmaxes for the price of one.
#

# %% [markdown]
# ## Where is what
#
# ### Words in another order
#
# A layer of self-attention without any positions gets five word vectors and gives five outputs. Now it gets the same five words in reverse. What comes out?

# %% predict="shuffled-words" minutes=3 choices="the same outputs in the same order | the same outputs in reverse | other outputs" law="attention is a weighted mean over a set: permuted inputs give the same outputs, permuted"
### BEGIN SOLUTION
reversed_gives = "the same outputs in reverse"
### END SOLUTION

# %% test="shuffled-words" points=1 hidden=true covers="your prediction"
check.equal(reversed_gives, expect="the same outputs in reverse", mistakes={
    "each output belongs to a query, and the queries have changed places: the outputs go with them": "the same outputs in the same order",
    "each query meets the same keys and values as before, in another order, and a sum does not depend on the order": "other outputs"})

# %% [markdown]
# To settle it, a word and a test. A function $f$ of a sequence is **permutation equivariant** if permuting its inputs permutes its outputs in the same way: $f(x_\pi) = f(x)_\pi$. For
# $x = $ (a, b, c) and $\pi = $ (2, 0, 1), $x_\pi = $ (c, a, b): place $i$ holds $x_{\pi(i)}$. In code, indexing an axis with a tensor `p` of place numbers does that. Write the test for it. Computers add in
# another order when inputs are permuted, so exact equality would be too much to ask.

# %% exercise="equivariant" minutes=10 difficulty=2 law="f(x permuted) equals f(x) permuted in the same way, for every permutation"
def is_permutation_equivariant(f, x: Tensor, permutations: list[Tensor]) -> bool:
    """Whether f commutes with these permutations of the positions of x.

    f: takes (N, T, d), gives (N, T, any). x: (N, T, d) floats. permutations: at least one, each (T,) int64 with every number from 0 to T - 1 once.
    Returns the Python bool True if, for every permutation p, all entries of f(x with its positions permuted by p) and of f(x) permuted by p
    differ by at most 1e-4; otherwise False. A NaN on either side counts as a difference.
    """
    ### BEGIN SOLUTION
    plain = f(x)
    return all(bool(((f(x[:, p]) - plain[:, p]).abs() <= 1e-4).all()) for p in permutations)
    ### END SOLUTION

# %% [markdown] hint="equivariant"
# - *I don't know where to start.* There are two orders of doing things: permute, then f; f, then permute. Compute both.
# - *Which axis?* Positions are axis 1: `x[:, p]` permutes them in every sequence of the batch.
# - *It says False where it should say True.* Did you compare with `==`? Or with f(x) as it was, not permuted?
# - *It says True where it should say False.* One permutation may say yes by chance: all of them have to agree. And any comparison with NaN is False: which way round did you ask?

# %% test="equivariant" points=1
def verdicts(answer):
    import torch

    x = torch.sin(torch.arange(24.0) ** 1.1).reshape(2, 4, 3)
    three = [torch.tensor(p) for p in ([0, 1, 2, 3], [1, 2, 3, 0], [3, 1, 0, 2])]
    swap_ends, turn = [torch.tensor([3, 1, 2, 0])], [torch.tensor([1, 2, 3, 0])]
    functions = {
        "square": lambda x: x**2, "sum": lambda x: x.cumsum(dim=1), "mean": lambda x: x.mean(dim=1, keepdim=True).expand(x.shape),
        "rounding": lambda x: (x + 1e-6 * torch.arange(4.0)[:, None]) * 1.0, "nan": lambda x: x * float("nan"), "place": lambda x: x + torch.arange(4.0)[:, None],
        "ends": lambda x: x * torch.tensor([1.0, 2.0, 3.0, 1.0])[:, None], "neighbours": lambda x: x + x.roll(1, dims=1),
        "high": lambda x: 0 * x + 1000 + 0.002 * torch.arange(4.0)[:, None], "spot": lambda x: 0 * x + 0.00015 * torch.tensor([1.0, 0.0, 0.0, 0.0])[:, None],
    }
    found = {name: answer(f, x, three) for name, f in functions.items()}
    found |= {"ends by one": answer(functions["ends"], x, swap_ends), "neighbours by one": answer(functions["neighbours"], x, turn), "wider": answer(lambda x: torch.cat([x, x], dim=2), x, three)}
    return found, answer(functions["place"], x, turn)


found, answer_to_one = check.observe(verdicts, is_permutation_equivariant, mistakes={
    "you permuted an axis that is not the positions: they are axis 1": IndexError,
    "your shapes clash: f may give another last axis than x has, so compare f with f": RuntimeError})
check.that(all(isinstance(one, bool) for one in found.values()), "return Python's True or False: `bool(...)` makes it of a tensor with one truth")
check.that(found["square"] or found["rounding"], "x² entry by entry commutes with every permutation, and you say it does not: permute f(x) in the same way as x, along the positions", got=found)
check.that(found["rounding"], "you asked for exact equality: differences up to 1e-4 are rounding", got=found)
check.that(not found["nan"], "you called NaN equal: ask whether every difference is small, not whether none is large", got=found)
check.that(found["neighbours by one"], "adding the neighbour on the left, in a ring, commutes with turning the ring by one place, and you say it does not: permute both sides in the same direction", got=found)
check.that(found["ends by one"], "a function that treats both ends alike commutes with swapping the ends, and you say it does not: try the permutations you are given", got=found)
check.that(not (found["place"] and answer_to_one), "x plus the number of its place is not equivariant, and you say it is: compare f(x permuted) with f(x) permuted", got=found)
check.that(not (found["sum"] or found["ends"] or found["neighbours"] or found["place"]), "one permutation agrees, another does not, and you say True: all of them have to agree", got=found)
check.that(not found["high"], "you call entries near 1000 equal that differ by 0.002: at most 1e-4 is wanted, and `torch.allclose` allows more for large numbers unless rtol=0", got=found)
check.that(not found["spot"], "half of the entries differ by 0.00015, the others not at all, and you say True: every entry counts, and a mean over them hides it", got=found)
check.that(found["mean"] and found["wider"], "a mean over all positions, and x beside itself, are equivariant", got=found)

# %% test="equivariant" points=1 hidden=true covers="attention with and without positions, layers of PyTorch, 1 to 6 positions, permutations that are not their own inverse"
def more_verdicts(answer, x, permutations, positions):
    import torch
    import torch.nn.functional as F

    torch.manual_seed(1)
    layer = torch.nn.TransformerEncoderLayer(4, 2, 8, dropout=0.0, batch_first=True).double()
    causal = torch.ones(x.shape[1], x.shape[1], dtype=torch.bool).tril()
    linear = torch.nn.Linear(4, 3).double()
    functions = [
        lambda x: F.scaled_dot_product_attention(x, x, x), lambda x: F.scaled_dot_product_attention(x + positions, x + positions, x), layer, lambda x: layer(x + positions),
        linear, lambda x: x.flip(1) * 1.0, lambda x: F.scaled_dot_product_attention(x, x, x, attn_mask=causal), lambda x: x.roll(1, dims=1), lambda x: x.softmax(dim=1)]
    return [answer(f, x, permutations) for f in functions]


rng = check.rng("equivariant")
for t in (6, 3):
    x, positions = torch.tensor(rng.normal(size=(3, t, 4))), torch.tensor(2 * rng.normal(size=(t, 4)))
    turn, swap = torch.arange(t).roll(1), torch.arange(t)
    swap[:2] = torch.tensor([1, 0])
    found = check.observe(more_verdicts, is_permutation_equivariant, x, [turn, swap], positions)
    check.equal(found, expect=[True, False, True, False, True, False, False, False, True], about=f"nine functions of {t} positions")
one = torch.tensor(rng.normal(size=(2, 1, 4)))
check.equal(check.observe(more_verdicts, is_permutation_equivariant, one, [torch.tensor([0])], torch.ones(1, 4)), expect=[True] * 9, about="one position")

# %% demo="equivariance"
torch.manual_seed(0)
attention, x = MultiHeadAttention(8, 2), torch.randn(1, 5, 8)
shuffles = [torch.randperm(5) for _ in range(10)]
no_positions = is_permutation_equivariant(lambda x: attention(x, x), x, shuffles)
marked = is_permutation_equivariant(lambda x: attention(x + torch.arange(5.0)[:, None], x + torch.arange(5.0)[:, None]), x, shuffles)
causal = is_permutation_equivariant(lambda x: attention(x, x, causal_mask(5)), x, shuffles)
print("permutation equivariant:")
print(f"  self-attention                           {no_positions}")
print(f"  the same, with a number for each place   {marked}")
print(f"  the same, with a causal mask             {causal}")

# %% [markdown]
# Attention alone sees a bag of words: *12 may* and *21 may* are one and the same to it, letters and all. (A causal mask breaks the symmetry, and language models without any other positions do exist.)
#
# ### Positions as waves
#
# So the inputs have to say where they stand. The paper adds to the vector at position $p$ (counted from 0) a fixed vector of waves, from fast to slow:
#
# $$PE_{p,\,2i} = \sin\!\left(\frac{p}{10000^{2i/d}}\right), \qquad PE_{p,\,2i+1} = \cos\!\left(\frac{p}{10000^{2i/d}}\right).$$
#
# Column $2i$ and its neighbour $2i+1$ are a sine and a cosine of the *same* angle, that is a point on a circle, the hand of a clock. With $d = 4$ there are two clocks; the second turns 100 times
# more slowly:
#
# | $p$ | sin p | cos p | sin p/100 | cos p/100 |
# | :---: | --- | --- | --- | --- |
# | 0 | 0 | 1 | 0 | 1 |
# | 1 | 0.841 | 0.540 | 0.010 | 1.000 |
# | 2 | 0.909 | −0.416 | 0.020 | 1.000 |
#
# What is it good for? To go $k$ places on, each hand turns by a fixed angle, whatever the hour. So $PE_{p+k} = PE_p R_k$ with *one* matrix $R_k$ for all $p$: a linear layer can learn to look "three places back".

# %% exercise="positional-encoding" minutes=12 difficulty=2 law="columns 2i and 2i + 1 are sine and cosine of the same angle, p / 10000^(2i/d)"
def positional_encoding(length: int, d: int) -> Tensor:
    """The waves of the paper. length >= 0, d >= 1. Returns (length, d) float32; row p is position p, counted from 0.

    For odd d the last column is a sine whose cosine is left out; d stays what it is in the exponent.
    """
    ### BEGIN SOLUTION
    columns = torch.arange(d)
    angles = torch.arange(length)[:, None] / 10000.0 ** ((columns - columns % 2) / d)
    return torch.where(columns % 2 == 0, angles.sin(), angles.cos())
    ### END SOLUTION

# %% [markdown] hint="positional-encoding"
# - *I don't know where to start.* Make the angles first, one row for each position, one column for each *pair* of columns. A column of positions and a row of rates broadcast.
# - *How do I put sines and cosines side by side?* Slices with a step: columns 0, 2, 4, ... of a tensor of zeros are `pe[:, 0::2]`.
# - *Odd d is an error.* There is one cosine less than there are sines.
# - *My fast waves are right and the slow ones are not.* Column 2i has 2i in the exponent, the number of the column itself; i counts pairs.

# %% test="positional-encoding" points=2
check.equal(check.observe(lambda answer: [list(answer(5, 6).shape), list(answer(3, 5).shape), str(answer(2, 4).dtype)], positional_encoding, mistakes={
    "odd d is an error in yours: there is one cosine less than sines": RuntimeError}),
    expect=[[5, 6], [3, 5], "torch.float32"], about="shapes for (5, 6) and (3, 5), and the dtype", law="(length, d), float32", mistakes={
    "you dropped the last column of an odd d": [[5, 6], [3, 4], "torch.float32"],
    "you made odd d even: the last cosine is left out": [[5, 6], [3, 6], "torch.float32"],
    "your answer is transposed: a row is a position": [[6, 5], [5, 3], "torch.float32"],
    "your answer is float64: the model works in float32": [[5, 6], [3, 5], "torch.float64"]})
check.close(positional_encoding, 3, 6, expect=[[0, 1, 0, 1, 0, 1], [0.84147, 0.54030, 0.04640, 0.99892, 0.00215, 1.0], [0.90930, -0.41615, 0.09270, 0.99569, 0.00431, 0.99999]], rtol=1e-4, atol=1e-4, mistakes={
    "your sines and cosines stand in two blocks: they alternate": [[0.0, 0.0, 0.0, 1.0, 1.0, 1.0], [0.84147, 0.0464, 0.00215, 0.5403, 0.99892, 1.0], [0.9093, 0.0927, 0.00431, -0.41615, 0.99569, 0.99999]],
    "you swapped sine and cosine: even columns are sines": [[1.0, 0.0, 1.0, 0.0, 1.0, 0.0], [0.5403, 0.84147, 0.99892, 0.0464, 1.0, 0.00215], [-0.41615, 0.9093, 0.99569, 0.0927, 0.99999, 0.00431]],
    "your exponent is i/d: it is 2i/d, where i counts the pairs": [[0.0, 1.0, 0.0, 1.0, 0.0, 1.0], [0.84147, 0.5403, 0.21378, 0.97688, 0.0464, 0.99892], [0.9093, -0.41615, 0.41768, 0.9086, 0.0927, 0.99569]],
    "every column has an angle of its own: columns 2i and 2i + 1 share one": [[0.0, 1.0, 0.0, 1.0, 0.0, 1.0], [0.84147, 0.97688, 0.0464, 0.99995, 0.00215, 1.0], [0.9093, 0.9086, 0.0927, 0.9998, 0.00431, 1.0]],
    "you count positions from 1: the first is 0": [[0.84147, 0.5403, 0.0464, 0.99892, 0.00215, 1.0], [0.9093, -0.41615, 0.0927, 0.99569, 0.00431, 0.99999], [0.14112, -0.98999, 0.1388, 0.99032, 0.00646, 0.99998]],
    "your waves become faster with the column: divide by the power": [[0.0, 1.0, 0.0, 1.0, 0.0, 1.0], [0.84147, 0.5403, 0.43208, -0.90183, -0.71509, 0.69904], [0.9093, -0.41615, -0.77933, 0.62661, -0.99974, -0.0227]],
    "your base is not 10000": [[0.0, 1.0, 0.0, 1.0, 0.0, 1.0], [0.84147, 0.5403, 0.09983, 0.995, 0.01, 0.99995], [0.9093, -0.41615, 0.19867, 0.98007, 0.02, 0.9998]]})
check.close(positional_encoding, 2, 3, expect=[[0, 1, 0], [0.84147, 0.54030, 0.00215]], rtol=1e-4, atol=1e-5, about="odd d", mistakes={
    "in an odd d you take the number of columns for d + 1: d stays what it is in the exponent": [[0.0, 1.0, 0.0], [0.84147, 0.5403, 0.01]],
    "in an odd d your last column is a cosine: it is a sine": [[0.0, 1.0, 1.0], [0.84147, 0.5403, 1.0]]})

# %% test="positional-encoding" points=1 hidden=true covers="30 lengths and sizes, odd ones, d = 1, no positions; PE(p + k) is one linear map of PE(p)"
rng = check.rng("positional-encoding")
sizes = [(0, 4), (1, 1), (7, 1), (4, 2), (60, 64)] + [(int(rng.integers(1, 40)), int(rng.integers(1, 20))) for _ in range(25)]


def waves(length, d):
    return np.array([[(math.sin, math.cos)[c % 2](p / 10000.0 ** ((c - c % 2) / d)) for c in range(d)] for p in range(length)], dtype="f4").reshape(length, d)


check.equal_many(positional_encoding, sizes, expect=waves, rtol=1e-4, atol=1e-4)
pe = np.asarray(check.observe(lambda answer: answer(40, 8), positional_encoding), dtype="f8")
for k in (1, 3, 10):
    turn, *_ = np.linalg.lstsq(pe[: 40 - k], pe[k:], rcond=None)
    check.that(float(np.abs(pe[: 40 - k] @ turn - pe[k:]).max()) < 1e-3, f"PE(p + {k}) should be one linear map of PE(p), the same for every p")

# %% demo="waves"
pe = positional_encoding(60, 32)
fig, (left, right) = plots.figure(9.0, 3.6, 1, 2)
fig.colorbar(left.imshow(pe.T, aspect="auto", vmin=-1, vmax=1), ax=left)
left.set(xlabel="position p", ylabel="column", title="fast waves above, slow below")
left.grid(visible=False)
right.plot(range(-29, 31), pe @ pe[29], marker="o", markersize=3)
right.set(xlabel="distance in positions", ylabel="product of two encodings", title="it depends on the distance only")
plots.show(fig, alt=(
    "Left: an image of 60 positions and 32 columns, values from −1 to 1; the top columns alternate quickly along the positions, the lower half hardly changes. Right: the product of position 29's "
    "encoding with that of every position: a peak of 16 at distance 0, falling alike on both sides to 12 within three places, then in ripples to about 6 at distance 28."))
turn = torch.linalg.lstsq(pe[:-3].double(), pe[3:].double()).solution
print(f"largest error of PE(p + 3) = PE(p) R over 57 positions: below 0.001: {bool((pe[:-3].double() @ turn - pe[3:]).abs().max() < 1e-3)}")

# %% [markdown]
# The product of two such encodings depends on the distance of the positions only. It is largest at distance 0 and, with ripples, smaller further away. (What attention takes is the product behind two learnt matrices, which may use the clocks as they like.)
#
# **Law.** Attention knows no order; positions are added to the inputs. In the paper's waves, moving on by $k$ places is the same rotation everywhere.
#
# ## One layer
#
# ### The same size for every vector
#
# A Transformer adds and adds. So that numbers stay in a range, each position's vector is brought to mean 0 and variance 1 over its own $d$ numbers, then stretched and shifted by two learnt vectors:
#
# $$\text{LayerNorm}(x) = \frac{x - \mu}{\sqrt{\sigma^2 + \varepsilon}} \odot \gamma + \beta, \qquad \mu = \frac1d \sum_j x_j, \quad \sigma^2 = \frac1d \sum_j (x_j - \mu)^2 .$$
#
# By hand, for $x = (1, 3)$ and $\varepsilon = 0$: $\mu = 2$, $\sigma^2 = 1$, so $(-1, 1)$. It divides by $d$, not by $d - 1$, and no other position and no other sequence has a say: padding cannot disturb it, unlike batch norm.

# %% exercise="layer-norm" minutes=10 difficulty=2 law="over the last axis: minus the mean, divided by √(σ² + ε) with σ² over d, times weight, plus bias"
class LayerNorm(nn.Module):
    """Normalises over the last axis.

    Attributes: weight, (d,), ones at the start; bias, (d,), zeros at the start: both nn.Parameter.
    """

    def __init__(self, d: int, eps: float = 1e-5):
        super().__init__()
        ### BEGIN SOLUTION
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(d))
        self.bias = nn.Parameter(torch.zeros(d))
        ### END SOLUTION

    def forward(self, x: Tensor) -> Tensor:
        """x: (..., d). Returns the same shape. The gradient flows through mean and variance too."""
        ### BEGIN SOLUTION
        centred = x - x.mean(dim=-1, keepdim=True)
        variance = centred.square().mean(dim=-1, keepdim=True)
        return centred / torch.sqrt(variance + self.eps) * self.weight + self.bias
        ### END SOLUTION

# %% [markdown] hint="layer-norm"
# - *I don't know where to start.* Mean over the last axis with `keepdim=True`, so that it broadcasts back. Then the variance of what is left.
# - *I am off by a few percent.* `x.var(...)` divides by d − 1 unless you tell it not to.
# - *I am off by very little, or by much for tiny x.* Where does ε stand: under the root or beside it?
# - *The optimiser never moves my weight.* A plain tensor is no parameter: wrap it in `nn.Parameter`.

# %% test="layer-norm" points=1
def normalised(answer, x, tiny):
    from forwardpass import named_modules

    fresh = {name: p.detach().clone() for name, p in sorted(answer(4).named_parameters())}
    seen = named_modules.run(answer, [{"args": (4,), "inputs": (x,)}, {"args": (2, 0.25), "inputs": (tiny,)}])
    return fresh, seen


x = torch.tensor([[[1.0, 2.0, 4.0, 9.0], [0.0, 0.0, 1.0, 0.0]], [[-3.0, 5.0, 2.0, 2.0], [6.0, 6.0, 7.0, 5.0]]], dtype=torch.float64)
tiny = torch.tensor([[1.0, 3.0], [0.1, 0.5]], dtype=torch.float64)
with check.without("torch.nn.functional.layer_norm", "torch.layer_norm", "torch.nn.LayerNorm.forward"):
    fresh, (seen, small) = check.observe(normalised, LayerNorm, x, tiny)
check.equal(seen["shapes"], expect={"bias": (4,), "weight": (4,)}, about="names and shapes of the parameters of LayerNorm(4)", law="two parameters, weight and bias", mistakes={
    "your module has no parameters: wrap the tensors in nn.Parameter": {}})
check.equal([fresh["weight"].tolist(), fresh["bias"].tolist()], expect=[[1.0] * 4, [0.0] * 4], about="weight and bias at the start")
ours = named_modules.weights(seen["shapes"])
expected = F.layer_norm(x, (4,), ours["weight"], ours["bias"])
check.close(seen["y"][0, 0], expect=expected[0, 0], rtol=1e-4, atol=1e-5, about="the output for 1 2 4 9, beside F.layer_norm", mistakes={
    "you divided the sum of squares by d − 1: divide by d": [-0.42087, 0.7081, 0.30854, -0.1788],
    "you divided by the variance: divide by its root": [-0.09513, 0.68936, 0.30854, -0.35568],
    "you normalised over another axis: every position by itself, over its last axis": [0.71792, 0.73146, -0.18237, -0.26031],
    "you normalised over the whole sequence: every position by itself": [-0.14044, 0.68044, -0.00982, 0.01709],
    "you did not subtract the mean": [0.30048, 0.64353, -0.32855, 0.12624],
    "weight and bias are not used": [-0.97333, -0.64889, 0.0, 1.62221],
    "you added the bias before you multiplied by the weight": [-0.53965, -0.00156, -0.15147, 0.23366]})
check.close(seen["y"], expect=expected, rtol=1e-4, atol=1e-5, about="the whole output")
check.close(seen["d_inputs"][0][0, 0], expect=[0.00705, -0.07952, 0.10005, -0.02758], rtol=1e-3, atol=1e-4, about="the gradient at 1 2 4 9 of a sum of the outputs, each times a number", mistakes={
    "your variance lets no gradient through, as if it did not depend on x: leave out `detach` or `no_grad`": [0.05069, -0.05043, 0.10005, -0.10032],
    "your mean lets no gradient through, as if it did not depend on x: leave out `detach` or `no_grad`": [0.06468, -0.0219, 0.15768, 0.03005],
    "mean and variance let no gradient through, as if they did not depend on x: leave out `detach` or `no_grad`": [0.10832, 0.0072, 0.15768, -0.0427]})
ours = named_modules.weights(small["shapes"])
check.close(small["y"], expect=F.layer_norm(tiny, (2,), ours["weight"], ours["bias"], 0.25), rtol=1e-4, atol=1e-5, about="the output for 1 3 and 0.1 0.5 with eps = 0.25", mistakes={
    "your ε stands outside the root: it is added to the variance": [[-0.39434, 0.63548], [-0.17463, 0.65444]],
    "you did not use the argument eps": [[-0.51792, 0.62481], [-0.51785, 0.62482]],
    "you left ε out": [[-0.51793, 0.62481], [-0.51793, 0.62481]]})

# %% test="layer-norm" points=1 hidden=true covers="torch.nn.LayerNorm with the same weights in float64, outputs and gradients, 10 shapes, constant rows"
def layers_run(answer, cases):
    from forwardpass import named_modules

    return named_modules.run(answer, cases)


rng = check.rng("layer-norm")
cases = []
for i in range(10):
    shape = tuple(int(one) for one in rng.integers(1, 6, size=1 + i % 3))
    x = torch.tensor(rng.normal(size=(*shape, int(rng.integers(2, 9)))) * 10.0 ** rng.integers(-2, 3) + 3)
    if i % 4 == 3:
        x[0] = 2.5
    cases.append({"args": (x.shape[-1], float(rng.choice([1e-5, 1e-2]))), "inputs": (x,)})
with check.without("torch.nn.functional.layer_norm", "torch.layer_norm", "torch.nn.LayerNorm.forward"):
    found = check.observe(layers_run, LayerNorm, cases)
for one, seen in zip(cases, found):
    check.that(seen["kind"] == "Tensor", "forward returns one tensor", got=seen["kind"])
    check.equal(sorted(seen["shapes"]), expect=["bias", "weight"], about="names of the parameters")
    (d, eps), x = one["args"], one["inputs"][0].clone().requires_grad_()
    ours = {name: p.requires_grad_() for name, p in named_modules.weights(seen["shapes"]).items()}
    y = F.layer_norm(x, (d,), ours["weight"], ours["bias"], eps)
    (y * named_modules.pull(y)).sum().backward()
    about = f"x {tuple(x.shape)}, eps = {eps}"
    check.close(seen["y"], expect=y.detach(), rtol=1e-7, atol=1e-9, about=f"the output, {about}")
    check.close(seen["d_inputs"][0], expect=x.grad, rtol=1e-5, atol=1e-7, about=f"the gradient of x, {about}")
    for name, p in ours.items():
        check.close(seen["grads"][name], expect=p.grad, rtol=1e-6, atol=1e-8, about=f"the gradient of {name}, {about}")

# %% [markdown]
# ### Each position by itself
#
# Attention moves information between positions, and does it by means, which are linear in the values. What thinks about what has arrived is a network of two layers, the same at every position:
# $\text{FFN}(x) = \max(0, x W_1 + b_1) W_2 + b_2$, wide in the middle: 512 to 2048 to 512 in the paper.

# %% exercise="feed-forward" minutes=5 difficulty=1 law="up, ReLU, down, at every position alone"
class FeedForward(nn.Module):
    """Two linear layers with a ReLU between them. Attributes: up, nn.Linear(d_model, hidden_dim); down, nn.Linear(hidden_dim, d_model)."""

    def __init__(self, d_model: int, hidden_dim: int):
        super().__init__()
        ### BEGIN SOLUTION
        self.up = nn.Linear(d_model, hidden_dim)
        self.down = nn.Linear(hidden_dim, d_model)
        ### END SOLUTION

    def forward(self, x: Tensor) -> Tensor:
        """x: (..., d_model). Returns the same shape."""
        ### BEGIN SOLUTION
        return self.down(torch.relu(self.up(x)))
        ### END SOLUTION

# %% [markdown] hint="feed-forward"
# - *I don't know where to start.* It is the MLP of lesson 03 with one hidden layer. `nn.Linear` works on the last axis, whatever stands in front.
# - *Do I need a loop over positions?* No: that the same layer acts on every row is what "at each position" means.
# - *My output is never negative.* There is a ReLU too many. It stands between the two layers only.

# %% test="feed-forward" points=1
def fed(answer, x):
    from forwardpass import named_modules

    return named_modules.run(answer, [{"args": (3, 5), "inputs": (x,)}])[0]


x = 3 * torch.sin(2 * torch.arange(12.0, dtype=torch.float64) + 3).reshape(2, 2, 3)
seen = check.observe(fed, FeedForward, x)
shapes = {"down.bias": (3,), "down.weight": (3, 5), "up.bias": (5,), "up.weight": (5, 3)}
check.equal(seen["shapes"], expect=shapes, about="names and shapes of the parameters of FeedForward(3, 5)", law="two linear layers, up and down")
ours = named_modules.weights(shapes)
check.close(seen["y"][0, 0], expect=[-0.95193, 1.86908, 0.61917], rtol=1e-4, atol=1e-5, about="the output at the first position", mistakes={
    "there is no ReLU between the two layers: then they are one": [-3.073, 2.61329, 0.12231],
    "there is a ReLU at the end as well: the output may be negative": [0.0, 1.86908, 0.61917],
    "your activation is not the ReLU": [-1.07635, 1.89525, 0.54286],
    "you added x: the shortcut comes in the layer around this one": [-0.52857, -1.00769, 2.59013],
    "your ReLU stands in front of the first layer": [-0.95308, 1.29923, 0.28679]})

# %% test="feed-forward" points=1 hidden=true covers="8 shapes in float64, outputs and gradients by autograd of the formula, positions kept apart"
def fed_many(answer, cases):
    from forwardpass import named_modules

    return named_modules.run(answer, cases)


rng = check.rng("feed-forward")
cases = []
for i in range(8):
    d, m, *front = (int(one) for one in rng.integers(1, 6, size=2 + i % 3 + 1))
    cases.append({"args": (d, m), "inputs": (torch.tensor(rng.normal(size=(*front, d))),)})
for one, seen in zip(cases, check.observe(fed_many, FeedForward, cases)):
    check.that(seen["kind"] == "Tensor", "forward returns one tensor", got=seen["kind"])
    check.equal(sorted(seen["shapes"]), expect=sorted(f"{part}.{kind}" for part in ("up", "down") for kind in ("weight", "bias")), about=f"names of the parameters of {one['args']}")
    x = one["inputs"][0].clone().requires_grad_()
    ours = {name: p.requires_grad_() for name, p in named_modules.weights(seen["shapes"]).items()}
    inner = torch.einsum("...d,md->...m", x, ours["up.weight"]) + ours["up.bias"]
    y = torch.einsum("...m,dm->...d", inner * (inner > 0), ours["down.weight"]) + ours["down.bias"]
    (y * named_modules.pull(y)).sum().backward()
    about = f"FeedForward{one['args']}, x {tuple(x.shape)}"
    check.close(seen["y"], expect=y.detach(), rtol=1e-8, atol=1e-10, about=f"the output, {about}")
    check.close(seen["d_inputs"][0], expect=x.grad, rtol=1e-7, atol=1e-10, about=f"the gradient of x, {about}")
    for name, p in ours.items():
        check.close(seen["grads"][name], expect=p.grad, rtol=1e-7, atol=1e-10, about=f"the gradient of {name}, {about}")

# %% [markdown]
# ### The encoder layer: before or after?
#
# Now the parts meet. An encoder layer is self-attention, then feed-forward, each with a shortcut around it as in the residual blocks of lesson 08, and a LayerNorm. Where does the norm go?
#
# - **After** (post-norm), as in the paper: $x \leftarrow \text{norm}(x + \text{sublayer}(x))$.
# - **Before** (pre-norm), as in most models since about 2019: $x \leftarrow x + \text{sublayer}(\text{norm}(x))$.
#
# The difference is the way back. Pre-norm leaves a path from the last layer to the first on which nothing stands but additions, so the gradient arrives whole. Post-norm puts a norm on that path in every layer, which is why the paper needs a warm-up of 4000
# steps. The price of pre-norm: what comes out of the last layer was never normalised, so one more LayerNorm is needed at the very end. Our layers can do both, `norm_first=True` is pre-norm, and it is what we train with.
#
# By hand, with one number in place of a vector, so that norm is left out: $x = 2$, attention that gives 5 and a feed-forward that doubles. After attention: $2 + 5 = 7$. After feed-forward: $7 + 14 = 21$. Not $14$: the shortcut carries the 7 along.

# %% exercise="encoder-layer" minutes=15 difficulty=3 law="x + attention, then that + feed-forward; norms inside the branches (pre-norm) or after the sums (post-norm)"
class EncoderLayer(nn.Module):
    """Self-attention and feed-forward, each with a shortcut and a LayerNorm.

    Attributes: attention, a MultiHeadAttention; feed_forward, a FeedForward; norm1 (of attention) and norm2 (of feed-forward), each a LayerNorm.
    norm_first: True for pre-norm, x + sublayer(norm(x)); False for post-norm, norm(x + sublayer(x)).
    """

    def __init__(self, d_model: int, num_heads: int, hidden_dim: int, norm_first: bool = True):
        super().__init__()
        ### BEGIN SOLUTION
        self.attention = MultiHeadAttention(d_model, num_heads)
        self.feed_forward = FeedForward(d_model, hidden_dim)
        self.norm1, self.norm2 = LayerNorm(d_model), LayerNorm(d_model)
        self.norm_first = norm_first
        ### END SOLUTION

    def forward(self, x: Tensor, mask: Tensor | None = None) -> Tensor:
        """x: (N, T, d_model). mask: bool, broadcasts to (N, num_heads, T, T), True where a position may see another. Returns (N, T, d_model)."""
        ### BEGIN SOLUTION
        if self.norm_first:
            normed = self.norm1(x)
            x = x + self.attention(normed, normed, mask)
            return x + self.feed_forward(self.norm2(x))
        x = self.norm1(x + self.attention(x, x, mask))
        return self.norm2(x + self.feed_forward(x))
        ### END SOLUTION

# %% [markdown] hint="encoder-layer"
# - *I don't know where to start.* Do post-norm first. Two lines, each: new x = norm of (old x + what a part makes of old x). Then write pre-norm beside it.
# - *Which x goes into the shortcut?* The one that has not been normalised, in pre-norm. That is the point of it.
# - *In pre-norm, who asks whom?* Self-attention: both arguments are the same, the normalised x.
# - *Post-norm is right and pre-norm is off.* Count the norms: one before attention, one before feed-forward, none after the sums.

# %% test="encoder-layer" points=2
def encoders_run(answer, x, mask):
    from forwardpass import named_modules

    return named_modules.run(answer, [{"args": (6, 3, 5, first), "inputs": (x, mask)} for first in (True, False)] + [{"args": (6, 3, 5), "inputs": (x, mask)}])


x = 2 * torch.cos(torch.arange(48.0, dtype=torch.float64) ** 1.2).reshape(2, 4, 6)
mask = torch.tensor([[True, True, True, False], [True, True, False, False]])[:, None, None, :]
with check.given(attention_layers, MultiHeadAttention=attention_layers.MultiHeadAttention, LayerNorm=attention_layers.LayerNorm, FeedForward=attention_layers.FeedForward):
    pre, post, default = check.observe(encoders_run, EncoderLayer, x, mask)
shapes = {f"attention.{name}.{part}": (6, 6) if part == "weight" else (6,) for name in ("key", "out", "query", "value") for part in ("bias", "weight")}
shapes |= {"feed_forward.down.bias": (6,), "feed_forward.down.weight": (6, 5), "feed_forward.up.bias": (5,), "feed_forward.up.weight": (5, 6)}
shapes |= {f"{norm}.{part}": (6,) for norm in ("norm1", "norm2") for part in ("bias", "weight")}
check.equal(pre["shapes"], expect=shapes, about="names and shapes of the parameters of EncoderLayer(6, 3, 5)", law="attention, feed_forward, norm1 and norm2", mistakes={
    "both of your norms are one: each has weights of its own": {name: shape for name, shape in shapes.items() if not name.startswith("norm2")}})


def torch_names(weights):
    """Our names of an encoder layer's weights as PyTorch's layer has them."""
    named = {f"self_attn.in_proj_{part}": torch.cat([weights[f"attention.{one}.{part}"] for one in ("query", "key", "value")]) for part in ("weight", "bias")}
    for ours, theirs in (("attention.out", "self_attn.out_proj"), ("feed_forward.up", "linear1"), ("feed_forward.down", "linear2"), ("norm1", "norm1"), ("norm2", "norm2")):
        named |= {f"{theirs}.{part}": weights[f"{ours}.{part}"] for part in ("weight", "bias")}
    return named


expected = {}
for first in (True, False):
    layer = nn.TransformerEncoderLayer(6, 3, 5, dropout=0.0, batch_first=True, norm_first=first).double()
    layer.load_state_dict(torch_names(named_modules.weights(shapes)))
    expected[first] = layer(x, src_mask=~mask.expand(2, 3, 4, 4).reshape(6, 4, 4)).detach()
check.equal(pre["kind"], expect="Tensor", about="what forward returns")
check.close(pre["y"][0, 1], expect=expected[True][0, 1], rtol=1e-4, atol=1e-5, about="norm_first=True: the output at position 2 of sequence 1, beside nn.TransformerEncoderLayer with the same weights", mistakes={
    "the shortcut around attention is missing: x + attention(...)": [0.78389, 0.40193, -1.01695, 3.94324, -0.15438, 2.7347],
    "the shortcut around the feed-forward is missing": [-0.96028, 2.50713, -0.77378, 2.62254, -1.53321, 2.11551],
    "both shortcuts are missing": [-0.70104, 2.10834, -0.69055, 2.37292, -1.4037, 1.70268],
    "you normalised after the sum although norm_first is True": [-0.58526, 0.48977, 0.51571, 0.25412, -0.28067, 0.34263],
    "both of your shortcuts carry the normalised x: they carry x as it was": [-1.18536, 0.70016, -0.35789, 2.41714, -1.65679, 2.18796],
    "your shortcut around attention carries the normalised x: it carries x as it was": [0.29446, 1.00179, -1.3403, 3.4537, -0.9783, 3.24425],
    "your shortcut around the feed-forward carries the normalised x: it carries what attention has made of x": [-1.41545, 0.9337, -0.08083, 2.71781, -1.84975, 2.50722],
    "the keys and values are not normalised: self-attention gets the normalised x twice": [-2.60343, 2.20203, 1.30195, 2.15591, -3.97178, 2.77327],
    "you normalised for attention, but not for the feed-forward": [-1.40826, 2.33131, -0.64949, 6.72838, -3.55293, 6.39986],
    "you used norm1 twice: the second norm has weights of its own": [-0.51924, -2.74643, 1.95813, 2.81328, -1.11083, 2.14867],
    "feed-forward and attention are fed the same x: feed-forward gets what attention has made": [-0.81982, -0.51123, 0.80421, 4.41133, -2.18641, 4.05852],
    "you did not hand the mask on": [-0.88642, -0.3476, 0.72396, 4.48946, -2.29936, 4.07676]})
check.close(pre["y"], expect=expected[True], rtol=1e-4, atol=1e-5, about="the whole output, norm_first=True")
check.close(default["y"], expect=expected[True], rtol=1e-4, atol=1e-5, about="the output without the argument: pre-norm")
check.close(post["y"][0, 1], expect=expected[False][0, 1], rtol=1e-4, atol=1e-5, about="norm_first=False: the same place", mistakes={
    "you normalised before the parts although norm_first is False": pre["y"][0, 1],
    "you normalised only once: after each of the two sums": [-0.6062, 0.13909, 0.47942, 0.17081, -0.28709, 0.63838],
    "the second norm is missing: one after each of the two sums": [-0.93089, 1.26638, 0.06381, 0.68507, -1.64582, 0.99905],
    "in post-norm you used norm1 twice: the second norm has weights of its own": [-0.42969, 0.58312, 0.27445, -0.33419, -1.14969, 0.58627],
    "in post-norm the shortcut around attention is missing: norm(x + attention(...))": [-0.58084, 0.31809, 0.78993, 0.54789, -0.2796, 0.21315],
    "in post-norm you did not hand the mask on": [-0.58656, 0.49299, 0.52247, 0.25812, -0.28063, 0.33404],
    "your norm stands around the part and not around the sum: norm(x + part)": [-1.29921, -0.12327, 3.06158, -0.25551, -2.63389, 1.87821]})
check.close(post["y"], expect=expected[False], rtol=1e-4, atol=1e-5, about="the whole output, norm_first=False")

# %% test="encoder-layer" points=1 hidden=true covers="nn.TransformerEncoderLayer in float64, outputs and all gradients: 10 shapes, 1 to 3 heads, masks of three kinds, pre- and post-norm"
def encoders_run(answer, cases):
    from forwardpass import named_modules

    return named_modules.run(answer, cases)


def torch_names(weights):
    named = {f"self_attn.in_proj_{part}": torch.cat([weights[f"attention.{one}.{part}"] for one in ("query", "key", "value")]) for part in ("weight", "bias")}
    for ours, theirs in (("attention.out", "self_attn.out_proj"), ("feed_forward.up", "linear1"), ("feed_forward.down", "linear2"), ("norm1", "norm1"), ("norm2", "norm2")):
        named |= {f"{theirs}.{part}": weights[f"{ours}.{part}"] for part in ("weight", "bias")}
    return named


rng = check.rng("encoder-layer")
cases = []
for i in range(10):
    n, t, h, d_k, m = (int(one) for one in rng.integers([1, 1, 1, 2, 2], [4, 6, 4, 4, 7]))
    mask = torch.tensor(rng.random([(n, 1, 1, t), (t, t), (n, h, t, t)][i % 3]) < 0.6) | torch.eye(t, dtype=torch.bool)
    cases.append({"args": (h * d_k, h, m, i % 2 == 0), "inputs": (torch.tensor(rng.normal(size=(n, t, h * d_k))), None if i % 5 == 4 else mask)})
with check.given(attention_layers, MultiHeadAttention=attention_layers.MultiHeadAttention, LayerNorm=attention_layers.LayerNorm, FeedForward=attention_layers.FeedForward):
    found = check.observe(encoders_run, EncoderLayer, cases)
parts = ["attention.query", "attention.key", "attention.value", "attention.out", "feed_forward.up", "feed_forward.down", "norm1", "norm2"]
for one, seen in zip(cases, found):
    check.that(seen["kind"] == "Tensor", "forward returns one tensor", got=seen["kind"])
    check.equal(sorted(seen["shapes"]), expect=sorted(f"{part}.{kind}" for part in parts for kind in ("weight", "bias")), about=f"names of the parameters of {one['args']}")
    (d, h, m, first), (x, mask) = one["args"], one["inputs"]
    x, ours = x.clone().requires_grad_(), {name: p.requires_grad_() for name, p in named_modules.weights(seen["shapes"]).items()}
    layer = nn.TransformerEncoderLayer(d, h, m, dropout=0.0, batch_first=True, norm_first=first).double()
    closed = None if mask is None else ~mask.expand(len(x), h, x.shape[1], x.shape[1]).reshape(-1, x.shape[1], x.shape[1])
    y = torch.func.functional_call(layer, torch_names(ours), (x,), {"src_mask": closed})
    (y * named_modules.pull(y)).sum().backward()
    about = f"EncoderLayer{one['args']}, x {tuple(x.shape)}, mask {None if mask is None else tuple(mask.shape)}"
    check.close(seen["y"], expect=y.detach(), rtol=1e-7, atol=1e-9, about=f"the output, {about}")
    check.close(seen["d_inputs"][0], expect=x.grad, rtol=1e-6, atol=1e-8, about=f"the gradient of x, {about}")
    for name, p in ours.items():
        check.close(seen["grads"][name], expect=p.grad, rtol=1e-6, atol=1e-8, about=f"the gradient of {name}, {about}")

# %% [markdown]
# What is said of the way back can be measured. Twenty layers, 64 numbers wide, weights drawn as PyTorch's `nn.Transformer` draws them, a gradient of length 1 for each position at the top: how long is it when it has come back to the input?

# %% demo="before-or-after"
for name, first in (("pre-norm", True), ("post-norm", False)):
    torch.manual_seed(0)
    x = torch.randn(8, 10, 64, requires_grad=True)
    y = x
    for _ in range(20):
        layer = EncoderLayer(64, 4, 128, first)
        for p in layer.parameters():
            if p.ndim == 2:
                nn.init.xavier_uniform_(p)
        y = layer(y)
    (slope,) = torch.autograd.grad(y, x, F.normalize(torch.randn(8, 10, 64), dim=-1))
    print(f"{name:10} gradient at the input: {slope.norm(dim=-1).mean().item():.1f}     numbers at the top: {y.std().item():.1f}")

# %% [markdown]
# In post-norm less than half of the gradient comes back through twenty layers: every norm takes its share. In pre-norm it has grown, since each branch adds its own part, and so have the numbers at the top: that is what the last norm is for.
#
# **Law.** In pre-norm the shortcuts alone lead from the last layer to the first. In post-norm a norm stands across the path in every layer.
#
# ### The decoder layer
#
# A decoder layer has three parts, each with its shortcut and its norm, in this order:
#
# 1. self-attention among the positions of the target, under the causal mask;
# 2. cross-attention: the target asks, the **memory** is asked, which is what the encoder's last layer put out;
# 3. feed-forward.
#
# In pre-norm the memory is not normalised again: it comes out of the encoder's last LayerNorm.

# %% exercise="decoder-layer" minutes=15 difficulty=3 law="masked self-attention, then cross-attention (queries from the decoder, keys and values from the memory), then feed-forward"
class DecoderLayer(nn.Module):
    """Self-attention, cross-attention and feed-forward, each with a shortcut and a LayerNorm.

    Attributes: self_attention and cross_attention, MultiHeadAttention; feed_forward, a FeedForward; norm1, norm2, norm3, LayerNorms of the
    three, in this order. norm_first: True for pre-norm, False for post-norm.
    """

    def __init__(self, d_model: int, num_heads: int, hidden_dim: int, norm_first: bool = True):
        super().__init__()
        ### BEGIN SOLUTION
        self.self_attention = MultiHeadAttention(d_model, num_heads)
        self.cross_attention = MultiHeadAttention(d_model, num_heads)
        self.feed_forward = FeedForward(d_model, hidden_dim)
        self.norm1, self.norm2, self.norm3 = LayerNorm(d_model), LayerNorm(d_model), LayerNorm(d_model)
        self.norm_first = norm_first
        ### END SOLUTION

    def forward(self, x: Tensor, memory: Tensor, target_mask: Tensor | None = None, memory_mask: Tensor | None = None) -> Tensor:
        """x: (N, Tt, d_model), the target. memory: (N, Ts, d_model), from the encoder. Masks are bool, True where a query may see a key, or None:
        target_mask broadcasts to (N, num_heads, Tt, Tt), memory_mask to (N, num_heads, Tt, Ts). Returns (N, Tt, d_model)."""
        ### BEGIN SOLUTION
        if self.norm_first:
            normed = self.norm1(x)
            x = x + self.self_attention(normed, normed, target_mask)
            x = x + self.cross_attention(self.norm2(x), memory, memory_mask)
            return x + self.feed_forward(self.norm3(x))
        x = self.norm1(x + self.self_attention(x, x, target_mask))
        x = self.norm2(x + self.cross_attention(x, memory, memory_mask))
        return self.norm3(x + self.feed_forward(x))
        ### END SOLUTION

# %% [markdown] hint="decoder-layer"
# - *I don't know where to start.* Copy your encoder layer. One part more goes into the middle; who asks in it, and who is asked?
# - *"The size of tensor a must match ..." in cross-attention.* Which mask has a row for each target position and a column for each *source* position?
# - *The numbers are off although all parts are there.* Check the order, the norm in front of each part, and that the memory goes in as it came.

# %% test="decoder-layer" points=2
def decoders_run(answer, x, memory, causal, real):
    from forwardpass import named_modules

    return named_modules.run(answer, [{"args": (6, 3, 5, first), "inputs": (x, memory, causal, real)} for first in (True, False)])


x = 2 * torch.cos(torch.arange(36.0, dtype=torch.float64) ** 1.2).reshape(2, 3, 6)
memory = 2 * torch.sin(torch.arange(48.0, dtype=torch.float64) ** 1.3).reshape(2, 4, 6)
causal, real = torch.tensor([[True, False, False], [True, True, False], [True, True, True]]), torch.tensor([[True, True, True, False], [True, True, False, False]])[:, None, None, :]
with check.given(attention_layers, MultiHeadAttention=attention_layers.MultiHeadAttention, LayerNorm=attention_layers.LayerNorm, FeedForward=attention_layers.FeedForward):
    pre, post = check.observe(decoders_run, DecoderLayer, x, memory, causal, real, mistakes={
        "the masks do not fit: target_mask belongs to self-attention, memory_mask to cross-attention": RuntimeError})
shapes = {f"{which}.{name}.{part}": (6, 6) if part == "weight" else (6,) for which in ("cross_attention", "self_attention") for name in ("key", "out", "query", "value") for part in ("bias", "weight")}
shapes |= {"feed_forward.down.bias": (6,), "feed_forward.down.weight": (6, 5), "feed_forward.up.bias": (5,), "feed_forward.up.weight": (5, 6)}
shapes |= {f"norm{i}.{part}": (6,) for i in (1, 2, 3) for part in ("bias", "weight")}
check.equal(pre["shapes"], expect=dict(sorted(shapes.items())), about="names and shapes of the parameters of DecoderLayer(6, 3, 5)", law="self_attention, cross_attention, feed_forward, norm1, norm2, norm3", mistakes={
    "two of your norms are one: each part has its own": dict(sorted((name, shape) for name, shape in shapes.items() if not name.startswith("norm3"))),
    "your two attentions are one: each has weights of its own": dict(sorted((name, shape) for name, shape in shapes.items() if not name.startswith("cross")))})


def torch_names(weights):
    """Our names of a decoder layer's weights as PyTorch's layer has them."""
    pairs = [("feed_forward.up", "linear1"), ("feed_forward.down", "linear2"), ("norm1", "norm1"), ("norm2", "norm2"), ("norm3", "norm3")]
    named = {}
    for ours, theirs in (("self_attention", "self_attn"), ("cross_attention", "multihead_attn")):
        named |= {f"{theirs}.in_proj_{part}": torch.cat([weights[f"{ours}.{one}.{part}"] for one in ("query", "key", "value")]) for part in ("weight", "bias")}
        pairs.append((f"{ours}.out", f"{theirs}.out_proj"))
    return named | {f"{theirs}.{part}": weights[f"{ours}.{part}"] for ours, theirs in pairs for part in ("weight", "bias")}


expected = {}
for first in (True, False):
    layer = nn.TransformerDecoderLayer(6, 3, 5, dropout=0.0, batch_first=True, norm_first=first).double()
    layer.load_state_dict(torch_names(named_modules.weights(shapes)))
    expected[first] = layer(x, memory, tgt_mask=~causal, memory_mask=~real.expand(2, 3, 3, 4).reshape(6, 3, 4)).detach()
check.close(pre["y"][0, 1], expect=expected[True][0, 1], rtol=1e-4, atol=1e-5, about="norm_first=True: the output at target position 2 of sequence 1, beside nn.TransformerDecoderLayer with the same weights", mistakes={
    "your cross-attention asks the decoder: keys and values come from the memory": [0.96562, -3.07745, 0.90167, 3.4486, -1.17208, 2.91221],
    "self-attention is missing": [0.15038, -1.96368, 1.41479, 2.75855, -1.9503, 2.09283],
    "cross-attention is missing": [0.70319, -2.89075, 1.36275, 3.21334, -1.39968, 2.40145],
    "cross-attention comes first in yours: self-attention comes first": [1.76011, -3.82686, 1.21956, 4.23545, -0.54908, 3.19266],
    "the shortcut around self-attention is missing": [3.34057, -3.8951, -0.84123, 4.26216, 1.99425, 2.36164],
    "the shortcut around cross-attention is missing": [1.41656, -1.1886, -0.23104, 2.3061, 0.27096, 0.98871],
    "the shortcut around the feed-forward is missing": [0.43937, 0.04056, 0.11583, 1.28802, -0.69738, 0.18313],
    "you normalised the memory: it comes out of the encoder's last norm": [1.42917, -3.63149, 0.77046, 3.89026, -0.57324, 3.35931],
    "you did not normalise x before cross-attention": [1.50714, -3.6008, 1.14313, 4.07838, -0.66714, 3.14017],
    "you used one norm twice: norm1, norm2 and norm3 belong to the three parts": [2.34531, -4.48624, 0.69778, 4.58296, 0.07502, 3.59635],
    "self-attention sees the future: hand target_mask on": [1.59349, -3.83233, 1.09247, 4.16998, -0.55981, 3.19426],
    "cross-attention sees padding: hand memory_mask on": [1.95918, -4.3395, 0.89469, 4.38706, -0.21974, 3.43483],
    "your shortcut around self-attention carries the normalised x: it carries x as it was": [2.91023, -2.58772, -1.27929, 3.65784, 0.85818, 2.8805],
    "your shortcuts carry the normalised x: they carry x as it was": [0.79609, 0.46183, -0.54327, 1.9181, -0.10054, -0.23223],
    "you normalised after the sums although norm_first is True": [0.99094, -0.16698, -0.74392, 1.0066, 1.1241, -0.40424]})
check.close(pre["y"], expect=expected[True], rtol=1e-4, atol=1e-5, about="the whole output, norm_first=True")
check.close(post["y"][0, 1], expect=expected[False][0, 1], rtol=1e-4, atol=1e-5, about="norm_first=False: the same place", mistakes={
    "you normalised before the parts although norm_first is False": pre["y"][0, 1],
    "in post-norm norm1 is missing: one norm after each of the three sums": [1.02853, -0.16556, -0.63846, 0.98372, 1.14358, -0.40128],
    "in post-norm norm2 is missing: one norm after each of the three sums": [0.21982, 0.09719, -1.23675, 0.93056, 0.92303, -0.32357],
    "in post-norm norm3 is missing: one norm after each of the three sums": [-1.03889, 0.69406, -0.43058, 2.55543, -1.67779, 1.95007],
    "in post-norm you used one norm twice: norm1, norm2 and norm3 belong to the three parts": [-0.57656, -0.13596, 0.38708, -0.15467, -0.29178, 0.45637],
    "in post-norm your cross-attention asks the decoder: keys and values come from the memory": [0.98896, -0.15194, -0.71269, 1.00497, 1.13217, -0.40823],
    "in post-norm self-attention sees the future: hand target_mask on": [1.05708, -0.20494, -0.73783, 0.91266, 1.10413, -0.43693],
    "in post-norm cross-attention sees padding: hand memory_mask on": [0.99348, -0.16645, -0.74398, 1.00259, 1.12265, -0.40715]})
check.close(post["y"], expect=expected[False], rtol=1e-4, atol=1e-5, about="the whole output, norm_first=False")

# %% test="decoder-layer" points=1 hidden=true covers="nn.TransformerDecoderLayer in float64, outputs and all gradients: 10 shapes, 1 to 3 heads, masks of several kinds, pre- and post-norm; the future changes nothing"
def decoders_run(answer, cases):
    from forwardpass import named_modules

    return named_modules.run(answer, cases)


def torch_names(weights):
    pairs = [("feed_forward.up", "linear1"), ("feed_forward.down", "linear2"), ("norm1", "norm1"), ("norm2", "norm2"), ("norm3", "norm3")]
    named = {}
    for ours, theirs in (("self_attention", "self_attn"), ("cross_attention", "multihead_attn")):
        named |= {f"{theirs}.in_proj_{part}": torch.cat([weights[f"{ours}.{one}.{part}"] for one in ("query", "key", "value")]) for part in ("weight", "bias")}
        pairs.append((f"{ours}.out", f"{theirs}.out_proj"))
    return named | {f"{theirs}.{part}": weights[f"{ours}.{part}"] for ours, theirs in pairs for part in ("weight", "bias")}


rng = check.rng("decoder-layer")
cases = []
for i in range(10):
    n, t, s, h, d_k, m = (int(one) for one in rng.integers([1, 2, 1, 1, 2, 2], [4, 6, 6, 4, 4, 7]))
    real = torch.tensor(rng.random([(n, 1, 1, s), (t, s), (n, h, t, s)][i % 3]) < 0.6)
    real[..., 0] = True
    x, memory = (torch.tensor(rng.normal(size=(n, length, h * d_k))) for length in (t, s))
    changed = x.clone()
    changed[:, -1] += 3.0
    causal = None if i % 5 == 4 else torch.ones(t, t, dtype=torch.bool).tril()
    real = None if i % 4 == 3 else real
    cases.append({"args": (h * d_k, h, m, i % 2 == 0), "inputs": (x, memory, causal, real), "again": [(changed, memory, causal, real)]})
with check.given(attention_layers, MultiHeadAttention=attention_layers.MultiHeadAttention, LayerNorm=attention_layers.LayerNorm, FeedForward=attention_layers.FeedForward):
    found = check.observe(decoders_run, DecoderLayer, cases)
parts = [f"{look}_attention.{part}" for look in ("self", "cross") for part in ("query", "key", "value", "out")]
parts += ["feed_forward.up", "feed_forward.down", "norm1", "norm2", "norm3"]
for one, seen in zip(cases, found):
    check.that(seen["kind"] == "Tensor", "forward returns one tensor", got=seen["kind"])
    check.equal(sorted(seen["shapes"]), expect=sorted(f"{part}.{kind}" for part in parts for kind in ("weight", "bias")), about=f"names of the parameters of {one['args']}")
    (d, h, m, first), (x, memory, causal, real) = one["args"], one["inputs"]
    x, memory = x.clone().requires_grad_(), memory.clone().requires_grad_()
    ours = {name: p.requires_grad_() for name, p in named_modules.weights(seen["shapes"]).items()}
    layer = nn.TransformerDecoderLayer(d, h, m, dropout=0.0, batch_first=True, norm_first=first).double()
    closed = None if real is None else ~real.expand(len(x), h, x.shape[1], memory.shape[1]).reshape(-1, x.shape[1], memory.shape[1])
    y = torch.func.functional_call(layer, torch_names(ours), (x, memory), {"tgt_mask": None if causal is None else ~causal, "memory_mask": closed})
    (y * named_modules.pull(y)).sum().backward()
    about = f"DecoderLayer{one['args']}, x {tuple(x.shape)}, memory {tuple(memory.shape)}, memory_mask {None if real is None else tuple(real.shape)}"
    check.close(seen["y"], expect=y.detach(), rtol=1e-7, atol=1e-9, about=f"the output, {about}")
    for name, got, part in zip(("x", "memory"), seen["d_inputs"], (x, memory)):
        check.close(got, expect=part.grad, rtol=1e-6, atol=1e-8, about=f"the gradient of {name}, {about}")
    for name, p in ours.items():
        check.close(seen["grads"][name], expect=p.grad, rtol=1e-6, atol=1e-8, about=f"the gradient of {name}, {about}")
    if causal is not None:
        check.close(seen["again"][0][:, :-1], expect=seen["y"][:, :-1], rtol=1e-9, atol=1e-12, law="the future changes nothing", about=about)

# %% [markdown]
# **Law.** Self-attention: queries, keys and values from one sequence. Cross-attention: queries from the decoder, keys and values from the memory.
#
# ## The whole
#
# ### Encoder and decoder
#
# Token numbers in, scores out. Both sides look their tokens up, add positions, and go through their layers; pre-norm ends with one more LayerNorm on each side; a last linear layer, the head, gives a score for each token of the target's vocabulary.
#
# While it is trained, the decoder gets the target moved one place to the right: a start token first, the last token left out. At position $t$ it sees the start and the first $t - 1$ tokens and has to predict token $t$. All positions are trained in one pass,
# each as if the rest did not exist yet: the causal mask sees to that. A recurrent decoder is trained in ten steps for a date, one after another; this in one. (Writing takes ten for both: what is not yet written can't be looked at.)

# %% exercise="transformer" minutes=25 difficulty=3 law="embed, add positions, encode under the padding mask, decode under the causal mask with the memory, score"
class Transformer(nn.Module):
    """Encoder and decoder.

    Attributes: source_embedding and target_embedding, nn.Embedding; encoder and decoder, nn.ModuleList of num_layers EncoderLayers and
    DecoderLayers; encoder_norm and decoder_norm, a LayerNorm each, for pre-norm only; head, nn.Linear(d_model, target_vocab) without bias.
    Token 0 is padding. Embeddings are used as they are, with positional_encoding added to them.
    """

    def __init__(self, source_vocab: int, target_vocab: int, d_model: int, num_heads: int, hidden_dim: int, num_layers: int, norm_first: bool = True):
        super().__init__()
        ### BEGIN SOLUTION
        sizes = d_model, num_heads, hidden_dim, norm_first
        self.source_embedding = nn.Embedding(source_vocab, d_model)
        self.target_embedding = nn.Embedding(target_vocab, d_model)
        self.encoder = nn.ModuleList(EncoderLayer(*sizes) for _ in range(num_layers))
        self.decoder = nn.ModuleList(DecoderLayer(*sizes) for _ in range(num_layers))
        self.encoder_norm = LayerNorm(d_model) if norm_first else nn.Identity()
        self.decoder_norm = LayerNorm(d_model) if norm_first else nn.Identity()
        self.head = nn.Linear(d_model, target_vocab, bias=False)
        ### END SOLUTION

    def encode(self, source: Tensor) -> Tensor:
        """source: (N, Ts) int64. Returns the memory (N, Ts, d_model). What stands in padded places of it is up to you."""
        ### BEGIN SOLUTION
        x = self.source_embedding(source)
        x = x + positional_encoding(x.shape[1], x.shape[2]).to(x)
        for layer in self.encoder:
            x = layer(x, padding_mask(source))
        return self.encoder_norm(x)
        ### END SOLUTION

    def decode(self, target: Tensor, memory: Tensor, source: Tensor) -> Tensor:
        """target: (N, Tt) int64, what was written so far, starting with the start token. memory: what encode returned for source.
        Returns scores (N, Tt, target_vocab) for the token that comes after each position. They do not depend on later positions of the
        target, nor on padding of the source. Padding of the target stands at its end, where the causal mask hides it from all real positions: no other mask is needed."""
        ### BEGIN SOLUTION
        x = self.target_embedding(target)
        x = x + positional_encoding(x.shape[1], x.shape[2]).to(x)
        for layer in self.decoder:
            x = layer(x, memory, causal_mask(target.shape[1]), padding_mask(source))
        return self.head(self.decoder_norm(x))
        ### END SOLUTION

    def forward(self, source: Tensor, target: Tensor) -> Tensor:
        """Scores (N, Tt, target_vocab) for source (N, Ts) and target (N, Tt)."""
        ### BEGIN SOLUTION
        return self.decode(target, self.encode(source), source)
        ### END SOLUTION

# %% [markdown] hint="transformer"
# - *I don't know where to start.* Write `encode` and test its shape: tokens (N, Ts), embedded (N, Ts, d_model), and so it stays to the end.
# - *A parameter is missing.* Layers in a plain list are not found. `nn.ModuleList` takes a list or a generator, and each layer has to be made anew: `[layer] * n` is the same layer n times.
# - *Which mask goes where?* Three attentions: source to source, target to target, target to source. In which of them can padding of the source be seen? In which the future?
# - *Float against double.* `positional_encoding` is float32; `.to(x)` gives a tensor the dtype and device of x.
# - *The output is a little off, in pre-norm only.* Two norms belong neither to a layer nor to an embedding.

# %% test="transformer" points=2
def names_of(answer, args):
    return sorted(name for name, _ in answer(*args).named_parameters())


def translators_run(answer, cases):
    import torch

    from forwardpass import named_modules

    found = named_modules.run(answer, cases)
    net = named_modules.fill(answer(*cases[0]["args"]).double())
    source, target = cases[0]["inputs"]
    with torch.no_grad():
        found[0]["by parts"] = net.decode(target, net.encode(source), source)
    return found


source = torch.tensor([[3, 1, 6, 2, 0], [5, 2, 0, 0, 0]])
target, later = torch.tensor([[1, 4, 2], [1, 3, 5]]), torch.tensor([[1, 4, 5], [1, 3, 2]])
parts = {"EncoderLayer": attention_layers.EncoderLayer, "DecoderLayer": attention_layers.DecoderLayer, "LayerNorm": attention_layers.LayerNorm}
longer = torch.tensor([[3, 1, 6, 2, 0, 0, 0], [5, 2, 0, 0, 0, 0, 0]])
reference = nn.ModuleDict({
    "source_embedding": nn.Embedding(7, 4), "target_embedding": nn.Embedding(6, 4), "encoder": nn.ModuleList(attention_layers.EncoderLayer(4, 2, 5) for _ in range(2)),
    "decoder": nn.ModuleList(attention_layers.DecoderLayer(4, 2, 5) for _ in range(2)), "encoder_norm": nn.LayerNorm(4), "decoder_norm": nn.LayerNorm(4), "head": nn.Linear(4, 6, bias=False)})
shapes = {name: tuple(p.shape) for name, p in sorted(reference.named_parameters())}
with check.given(attention_layers, **parts):
    found = check.observe(names_of, Transformer, (7, 6, 4, 2, 5, 2))
whole = ["decoder.0", "decoder.1", "decoder_norm", "encoder.0", "encoder.1", "encoder_norm", "head", "source_embedding", "target_embedding"]
without = lambda *left_out: [part for part in whole if part not in left_out]
check.equal(sorted({".".join(name.split(".")[:2]) if name.startswith(("encoder.", "decoder.")) else name.split(".")[0] for name in found}), expect=whole,
            about="the parts of Transformer(7, 6, 4, 2, 5, 2) that have parameters", law="the attributes that the docstring names", mistakes={
    "your layers stand in a plain list, which PyTorch does not look into: use nn.ModuleList": without("encoder.0", "encoder.1", "decoder.0", "decoder.1"),
    "your encoder's layers stand in a plain list, which PyTorch does not look into: use nn.ModuleList": without("encoder.0", "encoder.1"),
    "your decoder's layers stand in a plain list, which PyTorch does not look into: use nn.ModuleList": without("decoder.0", "decoder.1"),
    "all layers of a side are one and the same: make each anew": without("encoder.1", "decoder.1"),
    "all layers of your encoder are one and the same: make each anew": without("encoder.1"),
    "all layers of your decoder are one and the same: make each anew": without("decoder.1"),
    "the two last LayerNorms are missing: pre-norm ends with one on each side": without("encoder_norm", "decoder_norm"),
    "the memory's LayerNorm is missing: pre-norm ends with one on each side": without("encoder_norm"),
    "the decoder's last LayerNorm is missing: pre-norm ends with one on each side": without("decoder_norm")})
check.that("head.bias" not in found, "your head has a bias: it has none", law="the attributes that the docstring names")
with check.given(attention_layers, **parts):
    pre, post = check.observe(translators_run, Transformer, [
        {"args": (7, 6, 4, 2, 5, 2, True), "inputs": (source, target), "again": [(source, later), (longer, target)]}, {"args": (7, 6, 4, 2, 5, 1, False), "inputs": (source, target)}])
check.equal(pre["shapes"], expect=shapes, about="shapes of the parameters of Transformer(7, 6, 4, 2, 5, 2); the layers inside are PyTorch's, under PyTorch's names")
check.equal(tuple(pre["y"].shape), expect=(2, 3, 6), about="the shape of the scores: 2 sequences, 3 target positions, 6 tokens")
check.close(pre["y"][0, 1], expect=[-0.27313, -0.19554, -0.23829, -0.01366, 0.41026, 0.46621], rtol=1e-3, atol=1e-4, about="the scores after target position 2 of sequence 1", mistakes={
    "no positions are added: neither side knows any order": [-0.20405, -0.09754, -0.19451, -0.03671, 0.35357, 0.46968],
    "positions are added on one side only: both need them": [-0.2039, -0.09845, -0.19624, -0.03963, 0.3525, 0.47227],
    "positions are added on the target's side only: both need them": [-0.2717, -0.19348, -0.23721, -0.01406, 0.40905, 0.46641],
    "the encoder sees padding: hand the padding mask to its layers": [-0.2733, -0.19595, -0.23875, -0.01403, 0.41031, 0.46646],
    "the decoder sees the source's padding: hand its mask to cross-attention": [-0.29324, -0.23468, -0.27531, -0.03458, 0.42126, 0.47974],
    "the target sees its future: hand the causal mask on": [-0.26654, -0.17597, -0.21305, 0.01065, 0.4113, 0.44922],
    "the decoder asks the embedded source: it asks the memory": [-0.33538, -0.31472, -0.35198, -0.07354, 0.44704, 0.50039],
    "you put a softmax at the end: these are raw scores": [0.11782, 0.12733, 0.122, 0.15272, 0.23335, 0.24678],
    "embeddings are multiplied by √d_model: here they are used as they are": [-0.22968, -0.1645, -0.27086, -0.10724, 0.35397, 0.52428],
    "the source's embeddings are multiplied by √d_model: here they are used as they are": [-0.29314, -0.23516, -0.27655, -0.03621, 0.42081, 0.48075],
    "the target's embeddings are multiplied by √d_model: here they are used as they are": [-0.21056, -0.13207, -0.2465, -0.0998, 0.34098, 0.51812],
    "the memory is not normalised: pre-norm ends with a norm on each side": [-0.30743, -0.37271, -0.62591, -0.34178, 0.40575, 0.54041],})
check.close(pre["again"][0][:, :2], expect=pre["y"][:, :2], rtol=1e-6, atol=1e-9, law="the future changes nothing", about="the first two positions with another third token")
check.close(pre["again"][1], expect=pre["y"], rtol=1e-6, atol=1e-9, law="padding changes nothing", about="the same source with two more cells of padding")
check.close(pre["by parts"], expect=pre["y"], rtol=1e-6, atol=1e-9, about="encode and then decode, against forward")
check.that(not any("_norm" in name for name in post["shapes"]), "in post-norm every layer ends with a norm: no more norms are needed at the end", got=sorted(name for name in post["shapes"] if "_norm" in name))
check.close(post["y"][0, 1], expect=[1.04639, 0.79089, 0.70709, 0.32759, -0.12984, -0.07082], rtol=1e-3, atol=1e-4, about="norm_first=False: the scores at the same place", mistakes={
    "your layers are pre-norm although norm_first is False: hand norm_first on to them": [3.53472, 2.56468, 3.23893, 3.06987, 0.86999, -1.09451],
    "your encoder's layers are pre-norm although norm_first is False: hand norm_first on to them": [1.02078, 0.76271, 0.63696, 0.26168, -0.10992, 0.01377],
    "your decoder's layers are pre-norm although norm_first is False: hand norm_first on to them": [1.04408, 0.41117, 1.31795, 2.70064, 2.23331, -0.37034]})

# %% test="transformer" points=1 hidden=true covers="8 models beside PyTorch's layers in float64, scores and gradients of all parameters, pre- and post-norm, 1 to 3 layers; padding and the future change nothing"
def translators_run(answer, cases):
    from forwardpass import named_modules

    return named_modules.run(answer, cases)


def positions(length, d):
    return torch.tensor([[(math.sin, math.cos)[c % 2](p / 10000.0 ** ((c - c % 2) / d)) for c in range(d)] for p in range(length)], dtype=torch.float64).reshape(length, d)


rng = check.rng("transformer")
cases = []
for i in range(8):
    n, s, t, h, d_k, m, layers = (int(one) for one in rng.integers([1, 1, 2, 1, 2, 2, 1], [4, 6, 6, 3, 4, 6, 4]))
    source, target = torch.tensor(rng.integers(1, 7, size=(n, s))), torch.tensor(rng.integers(1, 6, size=(n, t)))
    source = torch.where(torch.arange(s) < torch.tensor(rng.integers(1, s + 1, size=n))[:, None], source, 0)
    changed = target.clone()
    changed[:, -1] = changed[:, -1] % 5 + 1
    cases.append({"args": (7, 6, h * d_k, h, m, layers, i % 2 == 0), "inputs": (source, target), "again": [(F.pad(source, (0, 2)), target), (source, changed)]})
parts = {"EncoderLayer": attention_layers.EncoderLayer, "DecoderLayer": attention_layers.DecoderLayer, "LayerNorm": attention_layers.LayerNorm}
with check.given(attention_layers, **parts):
    found = check.observe(translators_run, Transformer, cases)
for one, seen in zip(cases, found):
    (v, w, d, h, m, layers, first), (source, target) = one["args"], one["inputs"]
    ends = {f"{side}_norm": nn.LayerNorm(d) if first else nn.Identity() for side in ("encoder", "decoder")}
    whole = nn.ModuleDict({
        "source_embedding": nn.Embedding(v, d), "target_embedding": nn.Embedding(w, d), "encoder": nn.ModuleList(attention_layers.EncoderLayer(d, h, m, first) for _ in range(layers)),
        "decoder": nn.ModuleList(attention_layers.DecoderLayer(d, h, m, first) for _ in range(layers)), "head": nn.Linear(d, w, bias=False), **ends}).double()
    about = f"Transformer{one['args']}, source {tuple(source.shape)}, target {tuple(target.shape)}"
    check.equal(seen["shapes"], expect={name: tuple(p.shape) for name, p in sorted(whole.named_parameters())}, about=f"parameters, {about}")
    named_modules.fill(whole)
    real, causal = (source != 0)[:, None, None], torch.ones(target.shape[1], target.shape[1], dtype=torch.bool).tril()
    memory = whole["source_embedding"](source) + positions(source.shape[1], d)
    for layer in whole["encoder"]:
        memory = layer(memory, real)
    memory, y = whole["encoder_norm"](memory), whole["target_embedding"](target) + positions(target.shape[1], d)
    for layer in whole["decoder"]:
        y = layer(y, memory, causal, real)
    y = whole["head"](whole["decoder_norm"](y))
    (y * named_modules.pull(y)).sum().backward()
    check.close(seen["y"], expect=y.detach(), rtol=1e-4, atol=1e-5, about=f"scores, {about}")
    for name, p in whole.named_parameters():
        check.close(seen["grads"][name], expect=p.grad, rtol=1e-3, atol=1e-4, about=f"the gradient of {name}, {about}")
    check.close(seen["again"][0], expect=seen["y"], rtol=1e-6, atol=1e-8, law="padding changes nothing", about=about)
    check.close(seen["again"][1][:, :-1], expect=seen["y"][:, :-1], rtol=1e-6, atol=1e-8, law="the future changes nothing", about=about)

# %% [markdown]
# ### What it weighs
#
# The base model of the paper: $d_{model} = 512$, $m = 2048$, $h = 8$, $L = 6$, and a vocabulary of about 37 000 pieces of words, with *one* matrix for both embeddings and the head. Three kinds of parameters: all attentions together, all
# feed-forward layers together, and the embedding matrix. Which holds most? (Count first how many there are of each.)

# %% predict="heaviest" minutes=3 choices="attention | feed-forward | embedding" law="an attention has 4 d² weights, a feed-forward layer 2 · d · 4d = 8 d²"
### BEGIN SOLUTION
heaviest_part = "feed-forward"
### END SOLUTION

# %% test="heaviest" points=1 hidden=true covers="your prediction"
check.equal(heaviest_part, expect="feed-forward", mistakes={
    "18 attentions of 4 · 512² weights are 19 million; 12 feed-forward layers of 2 · 512 · 2048 are more": "attention",
    "37 000 · 512 is 19 million; 12 feed-forward layers of 2 · 512 · 2048 are more": "embedding"})

# %% [markdown]
# By hand, for the smallest one: $d_{model} = 2$, $m = 3$, one layer, vocabularies of 5 and 4, post-norm. An attention: $4 (2 \cdot 2 + 2) = 24$. A feed-forward layer: $2 \cdot 3 + 3 + 3 \cdot 2 + 2 = 17$. A LayerNorm: 4. The encoder layer: $24 + 17 + 2 \cdot 4 = 49$. The decoder
# layer: $2 \cdot 24 + 17 + 3 \cdot 4 = 77$. Embeddings $5 \cdot 2 + 4 \cdot 2 = 18$, head $2 \cdot 4 = 8$. Together 152. Pre-norm has two norms more: 160.

# %% exercise="transformer-parameters" minutes=10 difficulty=2 law="every matrix, every bias and both vectors of every norm, each counted once"
def transformer_parameters(source_vocab: int, target_vocab: int, d_model: int, hidden_dim: int, num_layers: int, norm_first: bool = True, shared: bool = False) -> int:
    """Number of parameters of the Transformer of this lesson.

    Counted: weights and biases of all linear layers (the head has no bias), both vectors of every LayerNorm, embeddings. Positions have none.
    shared: one matrix serves as both embeddings and as the head; then ValueError if the two vocabularies differ in size.
    """
    ### BEGIN SOLUTION
    if shared and source_vocab != target_vocab:
        raise ValueError(f"one matrix can't serve vocabularies of {source_vocab} and {target_vocab}")
    attention = 4 * (d_model**2 + d_model)
    feed_forward = 2 * d_model * hidden_dim + hidden_dim + d_model
    norm = 2 * d_model
    layers = num_layers * (3 * attention + 2 * feed_forward + 5 * norm)
    rows = source_vocab if shared else source_vocab + 2 * target_vocab
    return layers + rows * d_model + (2 * norm if norm_first else 0)
    ### END SOLUTION

# %% [markdown] hint="transformer-parameters"
# - *I don't know where to start.* Count one attention, one feed-forward layer and one norm, as above. How many of each has a pair of one encoder and one decoder layer?
# - *I am off by a few thousand.* Biases: an `nn.Linear(a, b)` has a · b + b. And how many norms does a decoder layer have?
# - *Does the number of heads matter?* No: heads are pieces of the same numbers.
# - *Pre-norm or shared comes out wrong.* Pre-norm has one norm more on each side. Shared, three matrices become one.

# %% test="transformer-parameters" points=1
check.equal(transformer_parameters, 9, 7, 4, 5, 1, norm_first=False, expect=470, mistakes={
    "you left the biases of the linear layers out": 404,
    "you left the biases of the attentions out: each of the four linear layers has one": 422,
    "you left the biases of the feed-forward layers out": 452,
    "you counted a bias in the head": 477,
    "you left the head out": 442,
    "your decoder layer has one attention: it has two": 390,
    "your decoder layer has two norms: it has three": 462,
    "you left the norms out": 430,
    "a norm has two vectors, weight and bias": 450,
    "you left the embeddings out": 406,
    "an attention has four linear layers, query, key, value and out: you counted three": 410})
check.equal(transformer_parameters, 9, 7, 4, 5, 1, expect=486, about="with norm_first left as it is", mistakes={
    "pre-norm has one norm more at the end of each side": 470, "pre-norm has one norm more at the end of each side, two in all": 478,
    "pre-norm has one norm more at the end of each side, not of each layer's parts": 502})
check.equal(transformer_parameters, 9, 7, 4, 5, 3, norm_first=False, expect=1226, about="three layers", mistakes={
    "you counted one layer of each side: there are num_layers": 470,
    "you multiplied the embeddings by the number of layers": 1354,
    "you multiplied everything by the number of layers: embeddings and head are there once": 1410})
check.equal(transformer_parameters, 9, 7, 4, 5, 3, expect=1242, about="three layers, with norm_first left as it is", mistakes={
    "you counted the norms of pre-norm in every layer: one more at the end of each side, two in all": 1274})
check.equal(transformer_parameters, 7, 7, 4, 5, 1, norm_first=False, shared=True, expect=406, about="vocabularies of 7, shared", mistakes={
    "shared means one matrix for three uses: both embeddings and the head": 434, "you did not use the argument shared": 462,
    "one matrix is left when it is shared, not none": 378})
check.raises(ValueError, transformer_parameters, 9, 7, 4, 5, 1, shared=True, mistakes={
    "you gave a number where no matrix can serve both": 414, "you gave a number where no matrix can serve both vocabularies": 430})

# %% test="transformer-parameters" points=1 hidden=true covers="PyTorch's layers counted, 15 random models, and the base model of the paper"
rng = check.rng("transformer-parameters")
cases = [(37000, 37000, 512, 2048, 6, False, True), (37000, 37000, 512, 2048, 6, False, False)]
expected = [63082496, 100970496]
for i in range(13):
    v, w, m, layers = (int(one) for one in rng.integers([3, 3, 1, 1], [50, 50, 30, 4]))
    d, first, shared = 2 * int(rng.integers(1, 9)), bool(i % 2), i % 3 == 0
    w = v if shared else w
    sides = [attention_layers.EncoderLayer(d, 2, m, first), attention_layers.DecoderLayer(d, 2, m, first)]
    count = layers * sum(p.numel() for side in sides for p in side.parameters()) + (4 * d if first else 0)
    cases.append((v, w, d, m, layers, first, shared))
    expected.append(count + d * (v if shared else v + w + w))
check.equal_many(transformer_parameters, cases, expect=expected)

# %% demo="base-model"
base = {"source_vocab": 37000, "target_vocab": 37000, "d_model": 512, "hidden_dim": 2048, "num_layers": 6, "norm_first": False}
print(f"base model, one shared matrix:  {transformer_parameters(**base, shared=True):12,}")
print(f"base model, three matrices:     {transformer_parameters(**base):12,}")
small = Transformer(30, 20, 16, 4, 24, 2)
print(f"a small one, counted and built: {transformer_parameters(30, 20, 16, 24, 2):,} and {sum(p.numel() for p in small.parameters()):,}")

# %% [markdown]
# With one shared matrix your function counts **63 082 496** parameters in the base model: 18.9 million in the attentions, 25.2 in the feed-forward layers, 18.9 in the embedding, and 0.03 in the norms. The paper's table says 65 million. It gives the vocabulary as "about 37 000"
# and does not say what else its number holds; nobody can check the difference of 3 %. With three matrices of their own it would be **100 970 496**. A count without what is in it is worth little.
#
# ### What it costs
#
# One layer over $n$ positions of $d$ numbers. Three rivals: self-attention, a recurrent layer $h_t = \tanh(W x_t + U h_{t-1})$, a convolution with a window of $k$ positions (from $d$ channels to $d$). For each, three numbers:
#
# - **products**: multiply-adds of matrices (no biases, no softmax);
# - **steps** that have to wait for each other;
# - **path**: how many moves something makes on its way from the first position to the last. In attention it is one: every position looks at every other. In the recurrent layer, the moves from state 1 to state $n$. In the convolution, the layers that it takes, one above
#   the other (although products and steps are those of one layer): each moves it on by $(k-1)/2$ positions at most.
#
# For attention the products are the four projections, each $n d^2$, the scores, $n^2 d$, and the means of the values, again $n^2 d$.
#
# By hand for $n = 5$, $d = 2$, $k = 3$: attention $4 \cdot 5 \cdot 4 + 2 \cdot 25 \cdot 2 = 180$ products, 1 step, path 1. Recurrent: $2 \cdot 5 \cdot 4 = 40$, 5 steps, path 4. Convolution: $3 \cdot 5 \cdot 4 = 60$ (windows at the ends count as full), 1 step, path 4: one position for each layer.

# %% exercise="attention-cost" minutes=10 difficulty=2 law="products are counted from shapes; steps and path from who waits for whom"
def attention_cost(n: int, d: int, k: int = 3) -> dict[str, tuple[int, int, int]]:
    """Cost of one layer over n >= 2 positions of d numbers; k >= 3 is the convolution's window, odd.

    Returns {"attention": (products, steps, path), "recurrence": ..., "convolution": ...}, all Python ints, as defined above.
    """
    ### BEGIN SOLUTION
    return {
        "attention": (4 * n * d**2 + 2 * n**2 * d, 1, 1),
        "recurrence": (2 * n * d**2, n, n - 1),
        "convolution": (k * n * d**2, 1, math.ceil((n - 1) / ((k - 1) // 2))),
    }
    ### END SOLUTION

# %% [markdown] hint="attention-cost"
# - *I don't know where to start.* Multiplying (a, b) by (b, c) takes a · b · c products. Write down the shapes of every product of matrices in the three layers.
# - *My path of the convolution is off.* From position 1 to n it is n − 1 positions. How many does one layer with a window of 5 bridge? And a part of a layer is a whole one.
# - *My attention is too cheap.* Count the four projections too. Many tables leave them out.

# %% test="attention-cost" points=1
check.equal(attention_cost, 8, 3, k=5, expect={"attention": (672, 1, 1), "recurrence": (144, 8, 7), "convolution": (360, 1, 4)}, mistakes={
    "you left the four projections of attention out": {"attention": (384, 1, 1), "recurrence": (144, 8, 7), "convolution": (360, 1, 4)},
    "you counted the scores of attention and not the means, which cost as much again": {"attention": (480, 1, 1), "recurrence": (144, 8, 7), "convolution": (360, 1, 4)},
    "attention has four projections: query, key, value and out": {"attention": (600, 1, 1), "recurrence": (144, 8, 7), "convolution": (360, 1, 4)},
    "a recurrent layer has two matrices, one for the input and one for the state": {"attention": (672, 1, 1), "recurrence": (72, 8, 7), "convolution": (360, 1, 4)},
    "from the first state to the last of n there are n − 1 moves": {"attention": (672, 1, 1), "recurrence": (144, 8, 8), "convolution": (360, 1, 4)},
    "one layer of the convolution reaches (k − 1)/2 positions to each side, not k or k − 1": {"attention": (672, 1, 1), "recurrence": (144, 8, 7), "convolution": (360, 1, 2)},
    "round the path of the convolution up, not down: a part of a layer is a whole one": {"attention": (672, 1, 1), "recurrence": (144, 8, 7), "convolution": (360, 1, 3)},
    "round the path of the convolution up: a part of a layer is a whole one": {"attention": (672, 1, 1), "recurrence": (144, 8, 7), "convolution": (360, 1, 3.5)},
    "positions of a convolution do not wait for each other: one step": {"attention": (672, 1, 1), "recurrence": (144, 8, 7), "convolution": (360, 8, 4)},
    "the steps of the convolution are those of one layer, 1; the layers above each other are its path": {"attention": (672, 1, 1), "recurrence": (144, 8, 7), "convolution": (360, 4, 4)},
    "the window is missing in the products of the convolution": {"attention": (672, 1, 1), "recurrence": (144, 8, 7), "convolution": (72, 1, 4)}})
check.equal(attention_cost, 9, 1, expect={"attention": (198, 1, 1), "recurrence": (18, 9, 8), "convolution": (27, 1, 8)}, about="one number for each position, and k left as it is", mistakes={
    "the path goes from position 1 to position n: n − 1 positions": {"attention": (198, 1, 1), "recurrence": (18, 9, 8), "convolution": (27, 1, 9)}})

# %% test="attention-cost" points=1 hidden=true covers="40 random sizes, long sequences, windows of 3 to 9, whole numbers"
rng = check.rng("attention-cost")
cases = [(2, 1), (1000, 512), (513, 64, 5)] + [(int(rng.integers(2, 300)), int(rng.integers(1, 100)), 3 + 2 * int(rng.integers(4))) for _ in range(37)]


def counted(n, d, k=3):
    reached, layers = 1, 0
    while reached < n:
        reached, layers = reached + k // 2, layers + 1
    projections, scores = sum(n * d * d for _ in range(4)), sum(2 * n * d for _ in range(n))
    return {"attention": (projections + scores, 1, 1), "recurrence": (n * d * d + n * d * d, n, len(range(1, n))), "convolution": (n * k * d * d, 1, layers)}


check.equal_many(attention_cost, cases, expect=counted)

# %% demo="costs"
fig, (top, low) = plots.figure(7.4, 6.4, 2, 1)
n = np.array([8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096])
costs = [attention_cost(int(one), 64) for one in n]
for ax, which, limits, title in ((top, 0, (3e4, 6e9), "products, d = 64"), (low, 1, (0.5, 1e4), "steps that wait, d = 64")):
    ax.set(xscale="log", yscale="log", xlim=(6, 5500), ylim=limits, xlabel="positions n", title=title)
    plots.lines(ax, n, {name: np.array([one[name][which] for one in costs], dtype=float) for name in costs[0]})
plots.show(fig, alt=(
    "Two charts over 8 to 4096 positions, all axes logarithmic, d = 64. Above, products: attention is always above recurrence, twice as much for short sequences, and bends upwards beyond about 128 positions, "
    "to 66 times as much at 4096; convolution runs parallel, half as high again as recurrence. Below, steps: recurrence climbs from 8 to 4096, attention and convolution stay at 1, one line on top of the other."))
for length in (26, 128, 4096):
    cost = attention_cost(length, 64)
    print(f"n = {length:4}: attention takes {cost['attention'][0] / cost['recurrence'][0]:5.1f} times the products of recurrence, in 1 step instead of {cost['recurrence'][1]}")

# %% [markdown]
# The paper's table compares $n^2 d$ with $n d^2$ and concludes that attention is the cheaper one while $n < d$. That leaves the projections out. With them, attention takes *more* products than a plain recurrent layer at every length: $4nd^2 + 2n^2d$ against $2nd^2$. Its gain is
# elsewhere: they can all be done at once, and nothing is further away than one step. The $n^2$ outweighs the projections beyond $n = 2d$.
#
# **Law.** Attention buys a path of length 1 and no waiting, and pays with $n^2$.
#

# %% [markdown]
# ## The dates again
#
# The data of lesson 12: dates in five languages and four forms (short, long, full with the weekday, and spoken, all in words), and their ISO form to write. No date of the test set is in the training set in any language or form. Tokens are characters: 0 is padding, 1 stands before the first character that is written (all
# ISO dates have ten, so no end token is needed).
#
# A recurrent reader is born with the notion that neighbours belong together: state 42 is made of letter 42 and of what came just before. To a Transformer letter 41 is no nearer than letter 1; whatever the waves say about nearness, it has to learn from examples what that is worth.
# How much is it worth? We train three models on the same 16 000 dates, each date once, with your classes and in the same number of steps:
#
# - **letters, no waves**: the source embedding takes away what `encode` is going to add, so the encoder has no positions;
# - **letters**: the Transformer as you built it;
# - **windows**: the same, but in place of the source's embedding stands a convolution (lesson 07). Each place gets a vector made of nine letters, its own and four to each side. Everything behind it is yours.
#
# Models that read sound (wav2vec 2.0, Whisper) or characters (CharacterBERT, CANINE) put convolutions before or between their layers for the same reason.

# %% demo="train"
train, test = data.dates(16000), data.dates(600, "test", seed=1)
letters = {letter: i for i, letter in enumerate(sorted({letter for row in train for letter in row.words}), start=2)}
written = {letter: i for i, letter in enumerate("0123456789-", start=2)}


class Windows(nn.Module):
    """In place of an embedding: a vector for each letter with its neighbours, by a convolution over small letter vectors and a ReLU.

    As in lesson 07 the windows are laid out side by side, and the convolution is one matrix product.
    """

    def __init__(self, vocab, letter_dim, d_model, window):
        super().__init__()
        self.letters = nn.Embedding(vocab, letter_dim, padding_idx=0)
        self.join = nn.Linear(window * letter_dim, d_model)
        self.window = window
        nn.init.normal_(self.letters.weight, std=0.5)
        with torch.no_grad():
            self.letters.weight[0] = 0  # padding is zeros, as beyond both ends

    def forward(self, tokens):
        beyond = self.window // 2
        windows = F.pad(self.letters(tokens), (0, 0, beyond, beyond)).unfold(1, self.window, 1)
        return torch.relu(self.join(windows.flatten(2)))


class WithoutWaves(nn.Module):
    """A source embedding that takes away beforehand what `encode` adds: the encoder is left without positions."""

    def __init__(self, embedding):
        super().__init__()
        self.embedding = embedding

    def forward(self, tokens):
        x = self.embedding(tokens)
        return x - positional_encoding(x.shape[1], x.shape[2])


def translator(windows, waves=True, seed=0):
    """A Transformer that reads single letters or windows of nine, with or without the waves on the source."""
    torch.manual_seed(seed)
    model = Transformer(len(letters) + 2, len(written) + 2, d_model=64, num_heads=4, hidden_dim=64, num_layers=1)
    if windows:
        model.source_embedding = Windows(len(letters) + 2, letter_dim=24, d_model=64, window=9)
    else:
        nn.init.normal_(model.source_embedding.weight, std=0.3)  # PyTorch's 1 would drown the waves
    nn.init.normal_(model.target_embedding.weight, std=0.3)
    if not waves:
        model.source_embedding = WithoutWaves(model.source_embedding)
    return model


def batch_of(rows):
    """Tokens of the sources, padded to the longest, and of the ten characters to write."""
    sources = nn.utils.rnn.pad_sequence([torch.tensor([letters[letter] for letter in row.words]) for row in rows], batch_first=True)
    return sources, torch.tensor([[written[letter] for letter in row.iso] for row in rows])


def batches_by_length(rows, size, rng):
    """Batches in random order; in each, sources of about the same length, so that little is padding."""
    order = rng.permutation(len(rows))
    groups = [sorted(group, key=lambda i: len(rows[i].words)) for group in np.array_split(order, len(rows) // (8 * size))]
    batches = [group[i : i + size] for group in groups for i in range(0, len(group), size)]
    return [batch_of([rows[i] for i in batches[j]]) for j in rng.permutation(len(batches))]


def fit(model, rows, size=8, lr=3e-3, seed=0):
    """One pass over the rows, with a warm-up over the first tenth of the steps, then half a cosine down to 0."""
    batches = batches_by_length(rows, size, np.random.default_rng(seed))
    optimizer = torch.optim.Adam(model.parameters(), lr, betas=(0.9, 0.98), fused=True)
    warm = len(batches) // 10
    rate = lambda step: min((step + 1) / warm, (1 + math.cos(math.pi * (step - warm) / (len(batches) - warm))) / 2)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, rate)
    for source, iso in batches:
        start = torch.ones(len(iso), 1, dtype=torch.int64)
        scores = model(source, torch.cat([start, iso[:, :-1]], dim=1))
        optimizer.zero_grad()
        F.cross_entropy(scores.flatten(0, 1), iso.flatten()).backward()
        optimizer.step()
        schedule.step()
    return model


@torch.no_grad()
def write(model, source, steps=10):
    """Greedy decoding: the likeliest next character, again and again."""
    memory, target = model.encode(source), torch.ones(len(source), 1, dtype=torch.int64)
    for _ in range(steps):
        likeliest = model.decode(target, memory, source)[:, -1].argmax(dim=1)
        target = torch.cat([target, likeliest[:, None]], dim=1)
    return target[:, 1:]


print("training three models, one pass each: about a minute, more on a busy machine", flush=True)
models = {"letters, no waves": translator(windows=False, waves=False), "letters": translator(windows=False), "windows": translator(windows=True)}
source, iso = batch_of(test)
right = {}
for name, model in models.items():
    fit(model, train)
    right[name] = (write(model, source) == iso).all(dim=1)
    print(f"{name}: trained, {sum(p.numel() for p in model.parameters()):,} parameters", flush=True)
print("windows: exact match on 600 dates never seen, above 0.93:", bool(right["windows"].float().mean() > 0.93))
print("and better than single letters, and these better than letters without waves:", bool(right["windows"].sum() > right["letters"].sum() > right["letters, no waves"].sum()))

# %% demo="by-form" compare=false
print(f"{'exact match':16}  {'all':>6}" + "".join(f"{form:>9}" for form in data.DATE_FORMS))
for name, ok in right.items():
    forms = [ok[torch.tensor([row.form == form for row in test])].float().mean() for form in data.DATE_FORMS]
    print(f"{name:16}  {ok.float().mean():6.3f}" + "".join(f"{share:9.3f}" for share in forms))

# %% [markdown]
# ### Where the heads look
#
# One date, read by the model with windows: a line of the cross-attention for each character that is written. Each of the four pictures is one of the four heads. A column stands for a letter, but mind that its vector knows four letters to each side as well.

# %% demo="heads-drawn"
row = next(row for row in test if row.language == "fr" and row.form == "full")
source, iso = batch_of([row])
model = models["windows"]
with torch.no_grad():
    model(source, torch.cat([torch.ones(1, 1, dtype=torch.int64), iso[:, :-1]], dim=1))
crossing, reading = model.decoder[0].cross_attention.weights[0], model.encoder[0].attention.weights[0]
fig, axes = plots.figure(10.4, 6.4, 2, 2)
for head, ax in enumerate(axes.flat):
    ax.imshow(crossing[head], aspect="auto", vmin=0, vmax=1)
    ax.set_xticks(range(len(row.words)), row.words.replace(" ", "␣"), fontsize=9)
    ax.set_yticks(range(10), row.iso, fontsize=9)
    ax.set_title(f"head {head + 1}")
    ax.grid(visible=False)
    ax.set(xlabel="character of the source", ylabel="character written")
plots.show(fig, alt=(
    f"Four maps of weights for the date {row.words}, characters of the source across, the ten characters of {row.iso} down; bright means a large weight. For the digits "
    "of the year the heads look mostly at the end of the source, for the month at letters of its name or the blank beside it, for the day at its number or shortly after it; which letters, and how sharply, differs from head to head."))

# %% [markdown]
# Now pick for yourself: a layer, a head, a token. It opens on the cross-attention: which head reads the year, and do all heads of a layer do the same? Then try the encoder: which heads look at neighbours, which at one kind of character wherever it stands? The line of numbers
# below the figure says the same in text; the controls work with the keyboard. The sign ▸ is the start token.

# %% demo="heads-widget" compare=false
widgets.attention_heads({
    "decoder, target to source": (crossing, list(row.iso), list(row.words)),
    "decoder, target to itself": (model.decoder[0].self_attention.weights[0], ["▸", *row.iso[:-1]], ["▸", *row.iso[:-1]]),
    "encoder, source to source": (reading, list(row.words), list(row.words)),
})

# %% [markdown]
# In our run all heads look at the end of the source for the first, third and fourth digit of the year; for the second their weights are spread. For the day's *7* three heads look at the *7* itself and one at the *s* of *septembre*, whose window still holds it. For the month's *9* three heads take that *s*,
# whose window holds *sept*, and one the *b*. Why these, the weights alone do not say.
#
# ## The answer
#
# **What tells it the order?** The waves. Without any positions the encoder is permutation equivariant, as your test showed: *12* and *21* are one to it, and of 600 dates never seen **16.5 %** came out right. With the waves the same model in the same number of steps gets **74 %**. But waves are not the only
# way. A window of nine letters holds the order of its neighbours in itself: the model with windows gets **98.2 %**, and trained without the waves (`translator(windows=True, waves=False)`, try it) it got 97 % in our run. What is left for the waves to say is where a window stands, and in a date the letters around it tell that nearly as well.
#
# **Does it still learn the dates?** Letters alone learn the short and the long form from a single pass over 16 000 dates, and only **20 %** of those in words. (Four passes, in an earlier run, brought a model like it to 96 %.) They have to learn first what a recurrent network is born with: that neighbours belong together. Lend
# it that by one convolution, and it gets **98.2 %**, and **94 %** of those in words. Over three seeds it got 98.0 to 98.2 %, and lesson 12's GRU with attention 97.5 to 98.7 %, from the same dates, seen as often: on average the same.
#
# **What does it save?** In training, the waiting. A date of 30 letters is 30 steps, one after another, for a recurrent reader and one for this; your table of costs says so for any length. (Writing takes ten steps for both.) Side by side on one core, each over the same dates once, the model with windows takes about **three quarters** of the
# seconds of lesson 12's model (0.72 here, and 0.9 with two threads); `benchmarks/dates.py` in the course's repository times both on your machine. That is a small gain, because one core has to do all products anyway, whether they wait for each other or not. On a processor with thousands of cores, with long sequences and far more text than one could read in a year, it is a
# large one, and there, with so many examples, a network can also learn for itself that neighbours belong together. That is where the Transformer took over.

# %% [markdown]
# ## A question in words
#
# A team trains a Transformer to translate reports. After an hour the training loss is almost zero, 0.02 for each token. With greedy decoding the model writes rubbish from the first word on: exact match 0 %. The training code is that of this lesson, except that somebody wrote
# `causal_mask(T).T` where it says `causal_mask(T)`. The team has two proposals: a model twice as wide, and regularisation, "since it overfits".
#
# In five to eight sentences: why does the training loss look so good, and why does decoding fail all the same? How could one test, in a minute and without training, show the fault? And what would each of the two proposals do?

# %% [markdown] written="too-good" points=4 minutes=12
# Transposed, the mask lets each position see itself and everything after it. The decoder's input is the target moved by one, so at position t the answer, token t, stands in the input at position t + 1, and the mask shows it. The model learns to copy it from
# there. Only the last position has nothing after it, and so a real task; it is one among many, and the mean loss is almost zero without anything being learnt about translation.
#
# In decoding we always read the last position, and nothing stands after it yet: what is to be copied does not exist. Already at the first word position 1 sees itself alone, while in training it always saw the whole sentence. At best the last position writes what it was trained to write, the end of a sentence.
#
# Test: put in a target, change its last token, and compare the scores at the positions before. They must not move; here they do. It needs no trained weights. (A loss far below what seems possible on held-out sentences with teacher forcing as well points the same way.)
#
# It is not overfitting: the loss on new sentences with teacher forcing is as low. A wider model copies at least as well, and regularisation does not take the answer out of the input. Neither helps; mend the mask and train again.
#
# **Marking scheme**
#
# - 1 point: with the transposed mask a position sees what comes after it, and the shifted input holds the answer there, so the model copies.
# - 1 point: in decoding the later tokens do not exist, from the first word on, so what it learnt to use is missing (training and decoding differ).
# - 1 point: a test that changes later target tokens and looks at earlier scores (or compares the scores of a prefix alone with those of the whole), on untrained weights.
# - 1 point: neither proposal helps, with the reason: a leak is not overfitting; the loss with teacher forcing is low on new data, too.

# %% [markdown]
# ## What breaks in practice
#
# - **A mask the wrong way round.** PyTorch has both conventions, sometimes in one call. Test with a change of what should be hidden, never by reading.
# - **NaN after the first batch with an empty row.** A row that may see nothing is 0 / 0 in `nn.MultiheadAttention`. Keep at least one key open, or use weights of zero.
# - **Padding that queries.** Padded positions still compute something. Their outputs mean nothing, and the loss must leave them out (lesson 12).
# - **`view` where `transpose` is missing.** Shapes fit, the loss falls, and the model is worse than it need be. Round trips do not find it; a comparison with PyTorch's layer does.
# - **Post-norm without a warm-up** may never start when it is deep. With pre-norm, forgetting the last LayerNorm leaves outputs that grow with the depth.
# - **Longer than ever.** Positions that never came in training are unknown ground, for learnt and for fixed encodings alike. Test on the lengths that you will meet.
# - **Memory.** Weights are N · h · T² numbers in each layer, kept for the way back. Twice the length is four times the memory. `F.scaled_dot_product_attention` computes the same without keeping them.
# - **Decoding is not parallel.** Training sees all positions at once; writing still takes one step for each token. Lesson 14 keeps the keys and values of the past, so that a step costs less.
# - **Weights are no explanation.** A map of attention shows where a head took its mean. What the values held is another matter.
#
# What we left out of the paper: dropout of 0.1 after every sublayer, label smoothing, embeddings shared and multiplied by $\sqrt{d_{model}}$. What has changed since: pre-norm (2019), positions turned into rotations of queries and keys (2021), gated feed-forward layers (2020), RMSNorm in place of LayerNorm (2019).

# %% [markdown]
# ## Challenge
#
# *Not graded.* The waves are added once, at the bottom. Rotary positions turn the queries and keys instead, in every layer: columns $2i$ and $2i + 1$ of $q$ at position $p$ are rotated by the angle $p / 10000^{2i/d_k}$, and so are those of $k$. Show on paper that $q \cdot k$ then depends on the distance
# of the two positions only. Write it as a subclass of your `MultiHeadAttention`, leave the waves out, and train on the dates with the same number of steps. Does it learn sooner?

# %% [markdown]
# ## Sources
#
# - A. Vaswani, N. Shazeer, N. Parmar, J. Uszkoreit, L. Jones, A. Gomez, L. Kaiser, I. Polosukhin, *Attention is all you need*, 2017.
# - J. Ba, J. Kiros, G. Hinton, *Layer normalization*, 2016.
# - A. Rush, *The annotated Transformer*, 2018: the paper line by line in PyTorch.
# - R. Xiong and others, *On layer normalization in the Transformer architecture*, 2020: why post-norm needs a warm-up.
# - B. Zhang, R. Sennrich, *Root mean square layer normalization*, 2019.
# - N. Shazeer, *GLU variants improve Transformer*, 2020.
# - J. Su and others, *RoFormer: enhanced Transformer with rotary position embedding*, 2021.
# - S. Jain, B. Wallace, *Attention is not explanation*, 2019, and S. Wiegreffe, Y. Pinter, *Attention is not not explanation*, 2019.

