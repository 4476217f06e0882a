# %% [markdown] lesson="Attention: where to look while translating" part="Part IV. Attention" hours=3 needs="09_rnn_bptt 10_lstm_gru 11_deep_and_bidirectional"
# # Attention: where to look while translating
#
# > *mercredi vingt-sept septembre deux mille vingt-trois*
# >
# > `2023-09-27`
#
# Copy the second line from the first and watch your eyes. To write 2023 they go to the end of the line, for 09 to its middle, for 27 further to the
# left, and *mercredi* they never needed. A network could do it in another way: read the whole line, keep 96 numbers in mind, close the book and write.
#
# **How long may the line be before 96 numbers are too few? What changes if the writer may look back at it? And where does it look while it
# writes the month?** At the end two networks, built from the same functions of yours and with the same number of weights, give the answers.
#
# **You will be able to**
#
# - build a reader and a writer, and let the writer look at every state of the reader: scores, weights, context;
# - train a writer on right answers without showing it the one it is to give, and without counting padding;
# - write a text out, one token at a time or several texts at once, and say what the second costs;
# - read an alignment from a picture, and say what it does not prove.
#
# **Where it stands.** Lesson 11 left a state at every step of a text, from both ends, and used them one by one or only the last. Here a second network
# chooses among them. Lesson 13 keeps the choosing and throws the recurrence away.
#
# **Time.** About three hours: ten exercises, four predictions. A good place for a break is before "Learning from the right answer".

# %% setup=true
import math
from collections.abc import Callable
from itertools import pairwise

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from forwardpass import NotAttempted, check, data, plots

# %% [markdown]
# Our task: a date in words, in one of five languages, in; the same date as ten characters out. There is one right answer, so we can count.

# %%
for row in data.dates(400, "train", seed=5)[:8]:
    print(f"{row.iso}   {row.words}")

# %% [markdown]
# Some are short (*24 dic 2000*), some are all in words. The days of the test are not among those to learn from, in no language and no form.
#
# ## By hand
#
# The writer is about to write a character. The reader has left three states, one number each: 8, 16 and 24. The writer gives each a **score** for how much it wants it now:
# 0, $\ln 2$ and $\ln 5$. Then come two steps that you know.
#
# | | state 1 | state 2 | state 3 | |
# | --- | :---: | :---: | :---: | --- |
# | score $e_t$ | 0 | 0.693 | 1.609 | how well state $t$ answers the writer |
# | $\exp e_t$ | 1 | 2 | 5 | sum 8 |
# | weight $\alpha_t$ | 1/8 | 2/8 | 5/8 | softmax: they sum to 1 |
# | state | 8 | 16 | 24 | what is there to read |
# | $\alpha_t \cdot$ state | 1 | 4 | 15 | sum **20**: the context |
#
# The context, 20, lies between the states and nearest to the third. It goes into the next step of the writer. No state was *chosen*: all were read, some
# more than others. That is why gradients flow through it, and why nobody has to tell the network where to look.
#
# | symbol | code | meaning |
# | :---: | --- | --- |
# | $N$, $T$ | | texts in a batch; tokens of the longest source, padding included |
# | $h_t$ | `states`, `memory` | the reader's state at source step $t$; all of them: (N, T, D) |
# | $s$ | `state` | the writer's state, (N, D) |
# | $e_t$, $\alpha_t$ | `scores`, `weights` | score and weight of source step $t$, (N, T) each |
# | $c$ | `context` | $\sum_t \alpha_t h_t$, (N, D) |
# | $K$ | | tokens that the writer may write |
# | | `mask` | (N, T) bool: `True` where a step is real, as in lesson 11 |
#
# Everything is a PyTorch tensor, batch first. The one who asks is called the *query* (the writer's state), those who are asked the *keys* (the reader's states).

# %% [markdown]
# ## The reader
#
# The **encoder** reads the source from both ends, as in lesson 11. With $H$ units in each direction it leaves $D = 2H$ numbers at every step, and one vector of $2H$ numbers for the
# whole text: where the forward reader ended, and where the backward reader ended. We take a GRU, which has one state, not two: called with a packed batch it returns `packed_states, h_n`,
# with `h_n` of shape (2, N, H).
#
# By hand, who has read what, for a text of 4 tokens in a batch with $T = 6$:
#
# | | 1 | 2 | 3 | 4 | 5 | 6 |
# | --- | :---: | :---: | :---: | :---: | :---: | :---: |
# | forward half | 1 | 1–2 | 1–3 | 1–4 | zeros | zeros |
# | backward half | 1–4 | 2–4 | 3–4 | 4 | zeros | zeros |
#
# The last vector is [forward half at step 4; backward half at step 1]. Both have read everything.
#
# ### The encoder

# %% exercise="encoder" minutes=15 difficulty=3 law="a state [h→; h←] for every real step, and the two states in which the readers end"
class Encoder(nn.Module):
    """An embedding and a bidirectional GRU over real steps.

    self.embedding: nn.Embedding(vocab_size, embed_dim). self.rnn: nn.GRU with one layer, embed_dim inputs, hidden_dim units in each of two
    directions. No other parameters.
    """

    def __init__(self, vocab_size: int, embed_dim: int, hidden_dim: int) -> None:
        super().__init__()
        ### BEGIN SOLUTION
        self.embedding = nn.Embedding(vocab_size, embed_dim)
        self.rnn = nn.GRU(embed_dim, hidden_dim, batch_first=True, bidirectional=True)
        ### END SOLUTION

    def forward(self, tokens: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        """States (N, T, 2 H), zeros in padding, and last (N, 2 H): forward state after the row's last real step, then backward state after its first.

        tokens: (N, T) int64. mask: (N, T) bool, in every row first True, then False; at least one True in each. It may be that no row fills all T steps.
        """
        ### BEGIN SOLUTION
        packed = pack_padded_sequence(self.embedding(tokens), mask.sum(dim=1), batch_first=True, enforce_sorted=False)
        packed_states, ends = self.rnn(packed)
        states, _ = pad_packed_sequence(packed_states, batch_first=True, total_length=tokens.shape[1])
        return states, torch.cat([ends[0], ends[1]], dim=1)
        ### END SOLUTION

# %% [markdown] hint="encoder"
# - *I don't know where to start.* It is the tagger and the name classifier of lesson 11 in one, without their linear layers: the first wanted the states, the
#   second the ends.
# - *It says that padding is read.* Tell the GRU where each row ends: `pack_padded_sequence` before it (lengths, `batch_first=True`, `enforce_sorted=False`), `pad_packed_sequence` after it.
# - *My states have too few steps.* `pad_packed_sequence` fills up to the longest text. `total_length=` asks for the batch's own length.
# - *My last vectors mix texts.* `h_n` is (2, N, H), direction first. Join its two pieces of shape (N, H) side by side; a reshape cuts across texts.

# %% test="encoder" points=2
def encoder_seen(answer, tokens, mask, junk):
    import torch

    torch.manual_seed(3)
    net = answer(9, 3, 4)
    try:
        out = [net(tokens, mask), net(junk, mask)]
    except RuntimeError as error:
        if "sorted in decreasing order" in str(error):
            return "not sorted"
        raise
    if not all(isinstance(one, (tuple, list)) and len(one) == 2 for one in out):
        return "not two"
    return {"weights": {name: p.detach() for name, p in net.named_parameters()}, "states": [one[0].detach() for one in out], "last": [one[1].detach() for one in out]}


tokens = torch.tensor([[4, 2, 8, 0, 0], [1, 5, 3, 6, 0], [7, 0, 0, 0, 0]])
mask = torch.arange(5) < torch.tensor([[3], [4], [1]])
junk = torch.where(mask, tokens, torch.tensor(8))
seen = check.observe(encoder_seen, Encoder, tokens, mask, junk, mistakes={
    "batch_first=True is missing where you pack or unpack: without it rows are taken for steps": RuntimeError,
    "an axis is out of range where you join h_n: a bidirectional GRU returns `states, h_n`, and h_n is (2, N, H), one piece for each direction; only an LSTM's comes in a pair with c_n": IndexError})
check.that(seen != "not sorted", "`enforce_sorted=False` is missing: without it pack_padded_sequence takes only batches whose longest text comes first")
check.that(seen != "not two", "forward returns two things: all the states, and the last ones")
weights = {name: torch.as_tensor(p) for name, p in seen["weights"].items()}
shapes = {name: tuple(p.shape) for name, p in weights.items()}
check.that("rnn.weight_ih_l0" not in shapes or "rnn.weight_ih_l0_reverse" in shapes, "your encoder does not read backwards: the GRU is bidirectional", got=shapes)
check.that(shapes.get("rnn.weight_ih_l0") != (16, 3), "you took an LSTM, which has four gates and two states: the docstring asks for a GRU", got=shapes)
wanted = {"embedding.weight": (9, 3)}
for half in ("", "_reverse"):
    wanted |= {f"rnn.weight_ih_l0{half}": (12, 3), f"rnn.weight_hh_l0{half}": (12, 4), f"rnn.bias_ih_l0{half}": (12,), f"rnn.bias_hh_l0{half}": (12,)}
check.equal(dict(sorted(shapes.items())), expect=dict(sorted(wanted.items())), about="shapes of the parameters of Encoder(9, 3, 4)",
            law="an embedding and a bidirectional nn.GRU of one layer, named embedding and rnn, and nothing else")
gru = nn.GRU(3, 4, batch_first=True, bidirectional=True)
gru.load_state_dict({name.removeprefix("rnn."): p for name, p in weights.items() if name.startswith("rnn.")})


def read(lengths):
    """States and ends of each row by itself, cut off at a length."""
    with torch.no_grad():
        each = [gru(weights["embedding.weight"][row][None, :n]) for row, n in zip(tokens, lengths)]
    return [one[0] for one, _ in each], torch.stack([torch.cat([ends[0, 0], ends[1, 0]]) for _, ends in each])


alone, ends = read([3, 4, 1])
padded, padded_ends = read([5, 5, 5])
right = torch.stack([F.pad(one, (0, 0, 0, 5 - len(one))) for one in alone])
states, last = torch.as_tensor(seen["states"][0]), torch.as_tensor(seen["last"][0])
check.that(tuple(states.shape) != (3, 8), "you returned the two in the other order: states first, then last", got=tuple(states.shape))
check.equal(tuple(states.shape), expect=(3, 5, 8), about="the shape of the states of three texts, T = 5, H = 4", mistakes={
    "your states have as many steps as the longest text, 4, and the batch has 5: `total_length` asks for the batch's own length": (3, 4, 8),
    "time comes first in your states: batch_first=True is missing where you unpack": (5, 3, 8),
    "you returned h_n for the states: it holds only where the readers end": (2, 3, 4)})
check.close(states, expect=right, rtol=1e-4, atol=1e-5, about="states of texts with 3, 4 and 1 tokens, padded to 5", mistakes={
    "padding is read: the backward reader starts in it, so pack the batch": torch.stack(padded),
    "padding is read, and zeroed afterwards: the backward reader has already come through it, so pack the batch": torch.stack(padded) * mask[:, :, None],
    "you swapped the halves: the forward reader's come first": right.roll(4, dims=2)})
check.equal(tuple(last.shape), expect=(3, 8), about="the shape of the last states of three texts, H = 4", mistakes={
    "you returned h_n as it came, (2, N, H): join its two pieces side by side": (2, 3, 4),
    "you joined the two pieces one below the other: side by side is dim=1": (6, 4),
    "you returned one reader's end: join both": (3, 4)})
mixed = torch.stack([ends[:, :4], ends[:, 4:]]).reshape(3, 8)
check.close(last, expect=ends, rtol=1e-4, atol=1e-5, about="the last states of texts with 3, 4 and 1 tokens", mistakes={
    "your last is the last column of the batch, which is padding: take h_n": right[:, -1],
    "your backward half has read one token: the backward reader ends at the first step": torch.stack([one[-1] for one in alone]),
    "your forward half has read one token: the forward reader ends at the last real step": right[:, 0],
    "your last has read padding: pack the batch": padded_ends,
    "texts mix: h_n is (2, N, H), and reshaping it to (N, 2 H) cuts across texts": mixed,
    "you swapped the halves: the forward reader's comes first": ends.roll(4, dims=1),
    "you averaged the states: last is where the readers end": torch.stack([one.mean(dim=0) for one in alone])})
check.close(seen["states"][1], expect=states, rtol=1e-4, atol=1e-5, law="what stands in padding changes nothing", about="other numbers in padding")

# %% test="encoder" points=2 hidden=true covers="8 random batches: states, ends and gradients against every text read alone; more padding, one token"
def encoders_seen(answer, cases):
    import torch

    out = []
    for tokens, mask, sizes in cases:
        torch.manual_seed(5)
        net = answer(*sizes).double()
        states, last = net(tokens, mask)
        (states.square().sum() + last.sum()).backward()
        out.append({"weights": {name: p.detach() for name, p in net.named_parameters()}, "states": states.detach(), "last": last.detach(),
                    "grads": {name: p.grad for name, p in net.named_parameters()}})
    return out


rng = check.rng("encoder")
cases = []
for i in range(8):
    n, t, spare = int(rng.integers(1, 5)), int(rng.integers(1, 7)), i % 3
    real = torch.tensor(np.arange(t + spare) < rng.integers(1, t + 1, size=n)[:, None])
    cases.append((torch.tensor(rng.integers(0, 7, size=(n, t + spare))), real, (7, int(rng.integers(2, 5)), int(rng.integers(2, 5)))))
for (tokens, mask, (vocab, embed, hidden)), one in zip(cases, check.observe(encoders_seen, Encoder, cases)):
    about = f"lengths {mask.sum(dim=1).tolist()} of {mask.shape[1]}"
    whole = nn.ModuleDict({"embedding": nn.Embedding(vocab, embed), "rnn": nn.GRU(embed, hidden, batch_first=True, bidirectional=True)}).double()
    check.equal({name: tuple(one["weights"][name].shape) for name in sorted(one["weights"])},
                expect=dict(sorted((name, tuple(p.shape)) for name, p in whole.named_parameters())), about=f"shapes of the parameters, {about}")
    whole.load_state_dict({name: torch.as_tensor(p) for name, p in one["weights"].items()})
    rows = [whole["rnn"](whole["embedding"](row[None, :n]))[0][0] for row, n in zip(tokens, mask.sum(dim=1).tolist())]
    ends = torch.stack([torch.cat([row[-1, :hidden], row[0, hidden:]]) for row in rows])
    padded = torch.stack([F.pad(row, (0, 0, 0, mask.shape[1] - len(row))) for row in rows])
    (padded.square().sum() + ends.sum()).backward()
    check.close(one["states"], expect=padded.detach(), rtol=1e-8, atol=1e-10, about=f"states, {about}")
    check.close(one["last"], expect=ends.detach(), rtol=1e-8, atol=1e-10, about=f"last states, {about}")
    for name, p in whole.named_parameters():
        check.close(one["grads"][name], expect=p.grad, rtol=1e-6, atol=1e-9, about=f"the gradient of {name}, {about}")

# %% [markdown]
# **Law.** An encoder leaves two things: one vector for the whole, whose size does not depend on the length, and one vector for every step, as many as there are.
#
# ## Scores
#
# How well does a state answer what the writer looks for? Two answers are in use.
#
# The **dot product**, $e_t = s \cdot h_t = \sum_d s_d h_{td}$: large when the two point the same way. It has no weights, and the two vectors must have the same size.
#
# The **additive** score, $e_t = v \cdot \tanh(W_q s + W_k h_t)$: a small network with $A$ units that looks at both vectors. $W_q$ is $(A, D_q)$, $W_k$ is $(A, D_k)$, $v$ is $(A,)$; the two
# sizes $D_q$ and $D_k$ may differ.
#
# By hand, $s = (2, -1)$ and two states $(1, 0)$ and $(3, 5)$. Dot products: $2 \cdot 1 - 1 \cdot 0 = 2$ and $2 \cdot 3 - 1 \cdot 5 = 1$. The longer vector has the smaller score.
#
# One idiom for what follows: an axis of size 1 is repeated as needed. `query[:, None]` has shape (N, 1, D) and meets keys of shape (N, T, D): each text's query with each of its own states.
#
# ### The dot product

# %% exercise="dot-score" minutes=6 difficulty=1 law="score t of text i: the sum over d of query[i, d] · keys[i, t, d]"
def dot_score(query: Tensor, keys: Tensor) -> Tensor:
    """Dot product of each text's query with each of its own keys. query: (N, D) floats. keys: (N, T, D) floats. Returns (N, T)."""
    ### BEGIN SOLUTION
    return (query[:, None] * keys).sum(dim=2)
    ### END SOLUTION

# %% [markdown] hint="dot-score"
# - *I don't know where to start.* Take one text: a vector (D,) and a table (T, D) whose rows are the keys. Which product of the two gives T numbers?
# - *My shapes don't match.* (N, D) and (N, T, D) need an axis more in the first, in the middle.
# - *I'd like it in one call.* `torch.einsum` takes a string that names the axes of what goes in and of what comes out; a name that is missing on the right is summed over.

# %% test="dot-score" points=1
query = torch.tensor([[2.0, -1.0], [1.0, 3.0]])
keys = torch.tensor([[[1.0, 0.0], [3.0, 5.0], [4.0, 1.0]], [[1.0, 1.0], [0.0, 2.0], [5.0, -1.0]]])
check.close(dot_score, query, keys, expect=[[2.0, 1.0, 7.0], [4.0, 6.0, 2.0]], mistakes={
    "you multiplied and did not sum over d": [[[2.0, 0.0], [6.0, -5.0], [8.0, -1.0]], [[1.0, 3.0], [0.0, 6.0], [5.0, -3.0]]],
    "you summed over the steps: the sum goes over the D numbers of a vector": [[16.0, -6.0], [6.0, 6.0]],
    "you used the first text's query for all: each text has its own": [[2.0, 1.0, 7.0], [1.0, -2.0, 11.0]],
    "every query meets every text's keys: each text has its own": [[[2.0, 1.0, 7.0], [1.0, -2.0, 11.0]], [[1.0, 18.0, 7.0], [4.0, 6.0, 2.0]]],
    "every query meets every text's keys: as (N, D) the queries are one matrix for all texts, so give each text its own by an axis in the middle":
        [[[2.0, 1.0, 7.0], [1.0, 18.0, 7.0]], [[1.0, -2.0, 11.0], [4.0, 6.0, 2.0]]],
    "every text's keys meet every query: as (D, N) the queries are one matrix for all texts, so give each text its own by an axis at the end":
        [[[2.0, 1.0], [1.0, 18.0], [7.0, 7.0]], [[1.0, 4.0], [-2.0, 6.0], [11.0, 2.0]]],
    "one axis is left over: the answer is (N, T), so take it away with `[..., 0]` or `.squeeze(-1)`": [[[2.0], [1.0], [7.0]], [[4.0], [6.0], [2.0]]],
    "one axis is left over: the answer is (N, T), and yours is (N, 1, T)": [[[2.0, 1.0, 7.0]], [[4.0, 6.0, 2.0]]],
    "you divided by the square root of D: that comes in lesson 13": [[1.4142135, 0.7071068, 4.9497475], [2.8284271, 4.2426407, 1.4142135]],
    "you took the softmax already: these are scores": [[0.00667641, 0.00245611, 0.99086747], [0.11731043, 0.86681333, 0.01587624]],
    "you took the cosine: lengths count in a dot product": [[0.89442719, 0.07669650, 0.75925660], [0.89442719, 0.94868330, 0.12403473]],
    "you averaged over d: a dot product is a sum": [[1.0, 0.5, 3.5], [2.0, 3.0, 1.0]],
    "your shapes do not fit: for a product with `*`, (N, D) needs an axis in the middle to meet (N, T, D); torch.dot takes two vectors and no batch": RuntimeError})
check.close(dot_score, query[:1], keys[:1], expect=[[2.0, 1.0, 7.0]], about="a batch of one text", mistakes={
    "a bare `.squeeze()` takes every axis of size 1 away, N as well: say which one, `.squeeze(-1)`": [2.0, 1.0, 7.0]})

# %% test="dot-score" points=1 hidden=true covers="N, T or D of 1, N = T, float64, 20 random batches"
rng = check.rng("dot-score")
cases = [tuple(torch.tensor(rng.normal(size=shape)) for shape in ((n, d), (n, t, d))) for n, t, d in [(1, 1, 1), (3, 3, 3), *rng.integers(1, 6, size=(18, 3)).tolist()]]
check.equal_many(dot_score, cases, rtol=1e-9, atol=1e-12,
                 expect=lambda query, keys: np.array([[q @ k for k in rows] for q, rows in zip(query.numpy(), keys.numpy())]))

# %% [markdown]
# ### The additive score

# %% exercise="additive-score" minutes=10 difficulty=2 law="the sum W_q s + W_k h first, then tanh, then the product with v"
def additive_score(query: Tensor, keys: Tensor, W_q: Tensor, W_k: Tensor, v: Tensor) -> Tensor:
    """v · tanh(W_q q + W_k k) for each text's query with each of its own keys.

    query: (N, D_q). keys: (N, T, D_k). W_q: (A, D_q), W_k: (A, D_k), v: (A,). All floats of one dtype. Returns (N, T).
    """
    ### BEGIN SOLUTION
    asked, offered = query @ W_q.T, keys @ W_k.T
    return torch.tanh(asked[:, None] + offered) @ v
    ### END SOLUTION

# %% [markdown] hint="additive-score"
# - *I don't know where to start.* Write the shapes down: W_q times a query gives (A,), W_k times a key gives (A,). Do it for all texts, then for all texts and steps.
# - *Which side of the product?* A row of a batch meets a weight matrix (units, inputs) as `x @ W.T`. That works for (N, T, D_k) too: the last axis is the one that counts.
# - *My sum fails, or has the wrong shape.* (N, A) and (N, T, A) meet as in the dot product.

# %% test="additive-score" points=2
query = torch.tensor([[1.0, 2.0, 0.0], [0.0, -1.0, 1.0]])
keys = torch.tensor([[[1.0, 0.0], [0.0, 1.0], [1.0, 1.0], [2.0, 0.0]], [[0.5, 1.0], [1.0, -1.0], [0.0, 0.0], [1.0, 2.0]]])
W_q = torch.tensor([[0.5, 0.0, 1.0], [0.0, 0.5, 0.0], [1.0, -1.0, 0.0], [0.0, 0.25, 0.5]])
W_k = torch.tensor([[1.0, 0.0], [0.0, 1.0], [0.5, 0.5], [-1.0, 0.5]])
v = torch.tensor([1.0, -2.0, 0.5, 3.0])
check.close(additive_score, query, keys, W_q, W_k, v, expect=[[-2.2355, 0.5878, -1.0229, -3.252], [1.1864, 0.6103, 2.8014, 0.3818]], rtol=1e-4, atol=1e-4,
            about="2 texts, 4 steps, D_q = 3, D_k = 2, A = 4", mistakes={
    "the tanh is missing": [[-2.25, -0.75, -2.5, -4.0], [2.125, 1.75, 3.25, 1.0]],
    "you took the tanh of each part and added afterwards: add first, then one tanh": [[-1.3476, 0.0387, -1.8227, -1.6028], [2.0579, 2.3707, 2.8014, 2.0875]],
    "you took the tanh last, of the score: it stands inside, before v": [[-0.978, -0.6351, -0.9866, -0.9993], [0.9719, 0.9414, 0.997, 0.7616]],
    "you put a sigmoid where the tanh is": [[0.6768, 1.2428, 0.806, 0.2593], [1.6852, 1.5496, 2.028, 1.3942]],
    "you put a ReLU where the tanh is": [[-0.5, -0.5, -2.5, 0.5], [2.125, 2.5, 2.25, 1.0]],
    "you summed the A units without v": [[0.7425, 1.7256, 1.8692, 0.8431], [2.5536, -0.0278, 1.306, 3.1007]],
    "you left the query out: a score depends on who asks": [[-1.2921, 0.0942, -1.7671, -1.5473], [-0.7435, -0.4307, 0.0, -0.7139]],
    "you left the keys out, so all steps have the same score": [[-0.0555, -0.0555, -0.0555, -0.0555], [2.8014, 2.8014, 2.8014, 2.8014]],
    "you used the first text's query for all": [[-2.2355, 0.5878, -1.0229, -3.252], [0.0974, -1.7604, -0.0555, 0.5324]],
    "you multiplied the two parts: the additive score adds them": [[-1.1553, -1.0195, -2.1766, -1.904], [1.7039, -1.2377, 0.0, 2.7374]],
    "you took the softmax already: these are scores": [[0.0464, 0.7808, 0.156, 0.0168], [0.1421, 0.0799, 0.7145, 0.0636]],
    "your shapes do not fit: a batch meets a weight matrix (A, D) as `x @ W.T`, and (N, A) needs an axis in the middle to meet (N, T, A)": RuntimeError})

# %% test="additive-score" points=1 hidden=true covers="sizes of 1, N = T, 12 random batches with gradients in float64"
def scores_and_gradients(answer, cases):
    out = []
    for case in cases:
        inputs = [one.clone().requires_grad_() for one in case]
        scores = answer(*inputs)
        scores.square().sum().backward()
        out.append((scores.detach(), [one.grad for one in inputs]))
    return out


rng = check.rng("additive-score")
sizes = [(1, 1, 1, 1, 1), (3, 3, 2, 4, 3), *rng.integers(1, 6, size=(10, 5)).tolist()]
cases = [[torch.tensor(rng.normal(size=shape)) for shape in ((n, q), (n, t, k), (a, q), (a, k), (a,))] for n, t, q, k, a in sizes]
for case, (scores, slopes) in zip(cases, check.observe(scores_and_gradients, additive_score, cases)):
    inputs = [one.clone().requires_grad_() for one in case]
    query, keys, W_q, W_k, v = inputs
    oracle = torch.stack([torch.stack([(v * torch.tanh(W_q @ q + W_k @ key)).sum() for key in rows]) for q, rows in zip(query, keys)])
    oracle.square().sum().backward()
    about = f"query {tuple(query.shape)}, keys {tuple(keys.shape)}"
    check.close(scores, expect=oracle.detach(), rtol=1e-8, atol=1e-10, about=f"scores, {about}")
    for name, got, one in zip(("query", "keys", "W_q", "W_k", "v"), slopes, inputs):
        check.close(got, expect=one.grad, rtol=1e-6, atol=1e-9, about=f"the gradient of {name}, {about}")

# %% [markdown]
# **Law.** A score asks one state one question. No state knows the others' scores, so all scores can be worked out at the same time.
#
# ## Weights and context
#
# Scores become weights by a softmax over the steps of the source. Padding must get the weight 0, and the real ones must still sum to 1. There are many ways to get this
# wrong, and few of them raise an error. By hand, scores 0, $\ln 3$ and, in padding, $\ln 4$:
#
# | | | | padding |
# | --- | :---: | :---: | :---: |
# | softmax, then the mask | 1/8 | 3/8 | 0 |
# | scores times the mask, then softmax | 1/5 | 3/5 | 1/5 |
# | **padding left out, then softmax** | 1/4 | 3/4 | 0 |
#
# The first does not sum to 1, the second reads padding. A score of minus infinity does what we want: $\exp(-\infty) = 0$. But what if *all* is padding? Then softmax
# divides 0 by 0. We promise zeros: whoever has nothing to look at reads nothing.
#
# ### Softmax over what is real

# %% exercise="masked-softmax" minutes=15 difficulty=3 law="exp over the real steps of a row, divided by their sum; zeros elsewhere"
def masked_softmax(scores: Tensor, mask: Tensor) -> Tensor:
    """Weights over the real steps of each row.

    scores: (N, T) floats; finite where the mask is True, anything elsewhere, NaN included. mask: (N, T) bool, with True and False in any places.
    Returns (N, T) in scores' dtype: zeros where the mask is False; the rest of a row sums to 1. A row without True is all zeros. Real scores may be as large as
    ±10 000. Gradients are finite, too.
    """
    ### BEGIN SOLUTION
    scores = scores.masked_fill(~mask, -torch.inf)
    empty = ~mask.any(dim=1, keepdim=True)
    return scores.masked_fill(empty, 0.0).softmax(dim=1).masked_fill(~mask, 0.0)
    ### END SOLUTION

# %% [markdown] hint="masked-softmax"
# - *I don't know where to start.* What score must padding have to come out of a softmax as 0? `masked_fill(condition, value)` puts a value in. Is the condition the mask, or its opposite `~mask`?
# - *A row of padding gives NaN.* Such a row must not meet the softmax as it is. Give it any finite scores, and make its weights zero afterwards.
# - *NaN in padding comes through.* Nothing that you add to NaN, or multiply it by, makes it go away. Put a value in its place.

# %% test="masked-softmax" points=2
scores = torch.tensor([[1.0, 3.0, 4.0], [2.0, 6.0, 1.0]], dtype=torch.float64).log()
mask = torch.tensor([[True, True, False], [True, True, True]])
check.close(masked_softmax, scores, mask, expect=[[1 / 4, 3 / 4, 0], [2 / 9, 6 / 9, 1 / 9]], about="scores ln 1, ln 3, ln 4 (padding) and ln 2, ln 6, ln 1", mistakes={
    "you masked after the softmax, so the rest does not sum to 1: leave padding out first": [[1 / 8, 3 / 8, 0], [2 / 9, 6 / 9, 1 / 9]],
    "you normalised over the texts: the softmax goes along the steps, dim=1": [[1 / 3, 3 / 9, 0], [2 / 3, 6 / 9, 1]],
    "you normalised over the texts: the softmax goes along the steps, dim=1, and padding is left out before it": [[1 / 3, 3 / 9, 0], [2 / 3, 6 / 9, 1 / 5]],
    "padding has the score 0 in your softmax, and exp(0) is 1: its score must be minus infinity": [[1 / 5, 3 / 5, 1 / 5], [2 / 9, 6 / 9, 1 / 9]],
    "you set padding to score 0, then masked: its exp(0) = 1 was in the sum already": [[1 / 5, 3 / 5, 0], [2 / 9, 6 / 9, 1 / 9]],
    "you ignored the mask": [[1 / 8, 3 / 8, 4 / 8], [2 / 9, 6 / 9, 1 / 9]],
    "your mask is the wrong way round: True means real": [[0.0, 0.0, 1.0], [0.0, 0.0, 0.0]],
    "your mask is the wrong way round, and a row without padding became 0 / 0: True means real": [[0, 0, 1], [float("nan")] * 3],
    "you divided by the sum over the batch: each row sums to 1": [[1 / 13, 3 / 13, 0], [2 / 13, 6 / 13, 1 / 13]],
    "0 times infinity is NaN, so every real score is lost: do not multiply the mask by infinity, put the value in, with masked_fill or torch.where": [[float("nan")] * 3] * 2,
    "you took exp and did not divide": [[1.0, 3.0, 0.0], [2.0, 6.0, 1.0]],
    "you returned the logarithm of the weights": [[math.log(1 / 4), math.log(3 / 4), -math.inf], [math.log(2 / 9), math.log(6 / 9), math.log(1 / 9)]]})
nan = float("nan")
check.close(masked_softmax, torch.tensor([[1.0, 2.0], [0.0, 0.0]]), torch.tensor([[False, False], [True, False]]), expect=[[0.0, 0.0], [1.0, 0.0]],
            law="a row without a real step has nothing to look at: zeros", about="the first row has no real step", mistakes={
    "a row without a real step is 0 / 0, which is NaN: it must give zeros": [[nan, nan], [1.0, 0.0]],
    "the row without a real step looks at padding: a very small score is not enough when all have it, so make its weights zero": [[0.5, 0.5], [1.0, 0.0]],
    "the row without a real step looks at padding, by its scores: make its weights zero": [[0.26894142, 0.73105858], [1.0, 0.0]]})
check.close(masked_softmax, torch.tensor([[1e4, 1e4, nan], [-1e4, -1e4, 1e4]]), torch.tensor([[True, True, False], [True, True, False]]),
            expect=[[0.5, 0.5, 0.0], [0.5, 0.5, 0.0]], law="large scores and anything in padding: only differences between real scores count",
            about="scores of ±10 000, and NaN or 10 000 in padding", mistakes={
    "exp of 10 000 is infinity, and exp of −10 000 is 0: subtract the largest real score of the row first, or let torch's softmax do it": [[nan, nan, 0.0], [0.0, 0.0, 0.0]],
    "exp of 10 000 is infinity: subtract the largest real score of the row first, or let torch's softmax do it": [[nan, nan, 0.0], [nan, nan, 0.0]],
    "NaN in padding spreads: whatever it is added to or multiplied by becomes NaN, so put a value in its place": [[nan, nan, nan], [0.5, 0.5, 0.0]],
    "NaN in padding spreads, and took the real weights with it: put a value in its place": [[0.0, 0.0, 0.0], [0.5, 0.5, 0.0]],
    "NaN in padding spreads: put a value in its place, and take the maximum of the real scores only": [[nan, nan, nan], [0.0, 0.0, 0.0]],
    "NaN in padding spreads: put a value in its place before you look for the maximum of all": [[nan, nan, nan], [nan, nan, nan]],
    "your score for padding is not small enough: next to −10 000 it still counts. Use minus infinity": [[0.5, 0.5, 0.0], [1 / 3, 1 / 3, 0.0]]})


def slopes_seen(answer, scores, mask):
    scores = scores.clone().requires_grad_()
    (answer(scores, mask) * scores.new_tensor([1.0, 2.0, 3.0])).sum().backward()
    return scores.grad


slopes = check.observe(slopes_seen, masked_softmax, torch.zeros(2, 3), torch.tensor([[True, True, False], [False, False, False]]))
check.close(slopes, expect=[[-0.25, 0.25, 0.0], [0.0, 0.0, 0.0]], about="a gradient; the second row has no real step", law="gradients are finite, and zero in padding")

# %% test="masked-softmax" points=1 hidden=true covers="any masks, empty rows, NaN in padding, large scores, float32 and float64, gradients, 30 random batches"
rng = check.rng("masked-softmax")
cases = []
for i in range(30):
    n, t = (int(size) for size in rng.integers(1, 6, size=2))
    values, real = rng.normal(size=(n, t)) * (1, 3, 3000)[i % 3], rng.random((n, t)) < 0.6
    real[int(rng.integers(n)), 0] = True
    values[~real] = (math.nan, 9e3, math.inf)[i % 3]
    cases.append((torch.tensor(values, dtype=torch.float64 if i % 2 else torch.float32), torch.tensor(real)))


def row_by_row(scores, mask):
    out = np.zeros(scores.shape)
    for row, values, real in zip(out, scores.double().numpy(), mask.numpy()):
        if real.any():
            powers = np.exp(values[real] - values[real].max())
            row[real] = powers / powers.sum()
    return out.astype(scores.numpy().dtype)


def slopes_of(answer, cases):
    out = []
    for scores, mask in cases:
        scores = scores.clone().requires_grad_()
        answer(scores, mask)[:, 0].sum().backward()
        out.append(scores.grad)
    return out


check.equal_many(masked_softmax, cases, expect=row_by_row, rtol=1e-5, atol=1e-6)
for (scores, mask), slopes in zip(cases, check.observe(slopes_of, masked_softmax, cases)):
    weights = row_by_row(scores.double(), mask)
    expected = weights * (np.eye(scores.shape[1])[0] - weights[:, :1])
    check.close(slopes, expect=expected, rtol=1e-4, atol=1e-6, about=f"gradient of the first weights, mask {mask.tolist()}")

# %% [markdown]
# ### The context

# %% exercise="context-vector" minutes=5 difficulty=1 law="c = Σ_t α_t h_t, for each text its own"
def context_vector(weights: Tensor, states: Tensor) -> Tensor:
    """Sum of each text's states, each times its weight. weights: (N, T) floats. states: (N, T, D) floats. Returns (N, D)."""
    ### BEGIN SOLUTION
    return torch.einsum("nt,ntd->nd", weights, states)
    ### END SOLUTION

# %% [markdown] hint="context-vector"
# - *I don't know where to start.* One text: weights (T,), states (T, D). The answer has no axis T any more, so the sum goes over it.
# - *My shapes don't match.* A weight belongs to a whole state: give the weights a third axis of size 1.
# - *My numbers are too small.* The weights sum to 1 already. There is nothing left to divide by.

# %% test="context-vector" points=1
weights = torch.tensor([[0.125, 0.25, 0.625], [0.5, 0.5, 0.0]])
states = torch.tensor([[[8.0, 0.0], [16.0, 4.0], [24.0, 8.0]], [[2.0, 6.0], [4.0, 0.0], [9.0, 9.0]]])
check.close(context_vector, weights, states, expect=[[20.0, 6.0], [3.0, 3.0]], mistakes={
    "you averaged the weighted states: the weights sum to 1 already, so only sum": [[20 / 3, 2.0], [1.0, 1.0]],
    "you multiplied and did not sum over the steps": [[[1.0, 0.0], [4.0, 1.0], [15.0, 5.0]], [[1.0, 3.0], [2.0, 0.0], [0.0, 0.0]]],
    "you summed over d: the sum goes over the steps": [[1.0, 5.0, 20.0], [4.0, 2.0, 0.0]],
    "you left the weights out": [[48.0, 12.0], [15.0, 15.0]],
    "you took only the state with the largest weight: all are read, each by its weight": [[24.0, 8.0], [2.0, 6.0]],
    "you summed over the texts as well: each has its own context": [23.0, 9.0],
    "you used the first text's weights for all": [[20.0, 6.0], [6.875, 6.375]],
    "every text's weights meet every text's states: each text has its own": [[[20.0, 6.0], [12.0, 2.0]], [[6.875, 6.375], [3.0, 3.0]]],
    "one axis is left over: the answer is (N, D), and yours is (N, 1, D)": [[[20.0, 6.0]], [[3.0, 3.0]]],
    "you took a softmax of the weights: they are weights already": [[17.372276, 4.686138], [4.396179, 4.396179]],
    "your shapes do not fit: weights need a third axis, of size 1": RuntimeError})

# %% test="context-vector" points=1 hidden=true covers="sizes of 1, N = T = D, rows of zeros, float64, 20 random batches"
rng = check.rng("context-vector")
cases = []
for n, t, d in [(1, 1, 1), (3, 3, 3), *rng.integers(1, 6, size=(18, 3)).tolist()]:
    weights = rng.random((n, t))
    weights[0] *= rng.integers(0, 2)
    cases.append((torch.tensor(weights), torch.tensor(rng.normal(size=(n, t, d)))))
check.equal_many(context_vector, cases, rtol=1e-9, atol=1e-12,
                 expect=lambda weights, states: np.array([sum(a * h for a, h in zip(row, rows)) for row, rows in zip(weights.numpy(), states.numpy())]))

# %% [markdown]
# **Law.** A context is a mean of the reader's states in which the writer sets the weights. It is as large as one state, however long the source is.
#
# ## The writer
#
# The **decoder** is a recurrent network that writes. One step takes the token written last, the state $s$ from before, and the reader's states; it gives scores for the next token
# and a new state $s'$.
#
# 1. Look: $e_t = v \cdot \tanh(W_q s + W_k h_t)$, then $\alpha$, then $c = \sum_t \alpha_t h_t$. The one who asks is $s$, the state *before* the step.
# 2. Move on: $s' = \text{GRU}([x; c], s)$, where $x$ is the embedding of the token written last.
# 3. Answer: $\text{logits} = W\,[s'; c] + b$.
#
# So, but for the state in which it starts, the writer knows the source through $c$ alone. Nothing of $h_1 \dots h_T$ has to be kept in $s$: it can be looked up when it is needed.
#
# Our encoder leaves states of $D = 2H$ numbers, and the writer's state has the same $D$, so that it can start with the encoder's last vector.
#
# ### One step with attention

# %% exercise="attention-decoder" minutes=25 difficulty=3 law="look with the old state, move on with [x; c], answer from [s'; c]"
class AttentionDecoder(nn.Module):
    """One step of a writer that looks at the reader's states.

    self.embedding: nn.Embedding(vocab_size, embed_dim). self.query: nn.Linear(state_dim, attention_dim, bias=False), its weight is W_q.
    self.key: nn.Linear(state_dim, attention_dim, bias=False), its weight is W_k. self.energy: nn.Linear(attention_dim, 1, bias=False), the only row of its
    weight is v. self.cell: nn.GRUCell(embed_dim + state_dim, state_dim). self.head: nn.Linear(2 * state_dim, vocab_size). No other parameters.
    """

    def __init__(self, vocab_size: int, embed_dim: int, state_dim: int, attention_dim: int) -> None:
        super().__init__()
        ### BEGIN SOLUTION
        self.embedding = nn.Embedding(vocab_size, embed_dim)
        self.query = nn.Linear(state_dim, attention_dim, bias=False)
        self.key = nn.Linear(state_dim, attention_dim, bias=False)
        self.energy = nn.Linear(attention_dim, 1, bias=False)
        self.cell = nn.GRUCell(embed_dim + state_dim, state_dim)
        self.head = nn.Linear(2 * state_dim, vocab_size)
        ### END SOLUTION

    def forward(self, tokens: Tensor, state: Tensor, memory: Tensor, mask: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Logits (N, vocab_size) for the next token, the new state (N, D), and the weights (N, T) with which it looked.

        tokens: (N,) int64, written last. state: (N, D), from before. memory: (N, T, D), the reader's states. mask: (N, T) bool, True where memory is real.
        """
        ### BEGIN SOLUTION
        scores = additive_score(state, memory, self.query.weight, self.key.weight, self.energy.weight[0])
        weights = masked_softmax(scores, mask)
        context = context_vector(weights, memory)
        state = self.cell(torch.cat([self.embedding(tokens), context], dim=1), state)
        return self.head(torch.cat([state, context], dim=1)), state, weights
        ### END SOLUTION

# %% [markdown] hint="attention-decoder"
# - *I don't know where to start.* Six modules with the names and sizes of the docstring. Then three lines for "look" with functions that you have, one for "move on", one for "answer".
# - *How do I get W_q, W_k and v?* `self.query.weight` is (A, D), as `additive_score` wants it. `self.energy.weight` is (1, A), and v is its only row, a vector.
# - *My sizes clash.* In the scores: v is (A,), and the scores are (N, T), without a third axis. Later: the cell takes [embedding; context], in this order; the head takes [new state; context]. Join along dim=1.
# - *It says that I look twice.* The one look is the first thing that happens, with the state that came in. The cell and the head both use its context.

# %% test="attention-decoder" points=3
def decoder_seen(answer, tokens, state, memory, mask, junk):
    import torch

    torch.manual_seed(4)
    net = answer(7, 3, 4, 5)
    with torch.no_grad():
        for p in net.parameters():
            p.mul_(3.0)
    reached = []
    if hasattr(net, "cell"):
        net.cell.register_forward_pre_hook(lambda *_: reached.append(True))
    try:
        out = [net(tokens, state, one, mask) for one in (memory, junk)]
    except RuntimeError as error:
        if reached or not hasattr(net, "cell"):
            raise
        return f"before the cell: {error}"
    if not all(isinstance(one, (tuple, list)) and len(one) == 3 for one in out):
        return "not three"
    return {"weights": {name: p.detach() for name, p in net.named_parameters()}, "out": [[part.detach() for part in one] for one in out]}


def trusted_additive(query, keys, W_q, W_k, v):
    return ((query @ W_q.T)[:, None] + keys @ W_k.T).tanh() @ v


def trusted_dot(query, keys):
    return (query[:, None] * keys).sum(-1)


def trusted_softmax(scores, mask):
    powers = (scores - scores.masked_fill(~mask, -1e30).max(1, keepdim=True).values).masked_fill(~mask, -1e30).exp() * mask
    return powers / powers.sum(1, keepdim=True).clamp(min=1e-30)


def trusted_context(weights, states):
    return (weights[:, :, None] * states).sum(1)


draw = torch.Generator().manual_seed(12)
tokens = torch.tensor([2, 6])
state, memory = torch.randn(2, 4, generator=draw), torch.randn(2, 5, 4, generator=draw)
mask = torch.tensor([[True, True, True, False, False], [True, True, True, True, False]])
junk = torch.where(mask[:, :, None], memory, torch.tensor(50.0))
with check.given(additive_score=trusted_additive, dot_score=trusted_dot, masked_softmax=trusted_softmax, context_vector=trusted_context):
    seen = check.observe(decoder_seen, AttentionDecoder, tokens, state, memory, mask, junk, mistakes={
        "your sizes clash: the cell takes [embedding; context], embed_dim + state_dim numbers; the head takes [new state; context], 2 · state_dim": RuntimeError,
        "an index or an axis is out of range: v is row 0 of self.energy.weight, and the pieces are joined along dim=1": IndexError})
check.that(not isinstance(seen, str) or seen == "not three", "your sizes clash in the look, before the cell is reached: v is `self.energy.weight[0]`, since the weight itself is (1, A); "
           "and if you call self.energy as a module, it leaves an axis of size 1 at the end, to be taken away with `.squeeze(-1)`", got=seen if isinstance(seen, str) else None)
check.that(seen != "not three", "forward returns three things: logits, new state, weights")
shapes = {name: tuple(p.shape) for name, p in seen["weights"].items()}
check.that("query.bias" not in shapes and "key.bias" not in shapes and "energy.bias" not in shapes, "query, key and energy have no bias", got=shapes)
check.equal(dict(sorted(shapes.items())), expect={
    "cell.bias_hh": (12,), "cell.bias_ih": (12,), "cell.weight_hh": (12, 4), "cell.weight_ih": (12, 7), "embedding.weight": (7, 3), "energy.weight": (1, 5),
    "head.bias": (7,), "head.weight": (7, 8), "key.weight": (5, 4), "query.weight": (5, 4)}, about="shapes of the parameters of AttentionDecoder(7, 3, 4, 5)",
    law="embedding, query, key, energy, cell and head, as the docstring names them")
w = {name: torch.as_tensor(p) for name, p in seen["weights"].items()}
cell = nn.GRUCell(7, 4)
cell.load_state_dict({name.removeprefix("cell."): p for name, p in w.items() if name.startswith("cell.")})
embedded = w["embedding.weight"][tokens]


def looked(asker, masked=mask, query="query", key="key"):
    return trusted_softmax(trusted_additive(asker, memory, w[f"{query}.weight"], w[f"{key}.weight"], w["energy.weight"][0]), masked)


def moved(context, order=0):
    with torch.no_grad():
        return cell(torch.cat([embedded, context] if order == 0 else [context, embedded], dim=1), state)


def answered(one, other):
    return torch.cat([one, other], dim=1) @ w["head.weight"].T + w["head.bias"]


right = looked(state)
c = trusted_context(right, memory)
everything = torch.ones_like(mask)
logits, new, weights = (torch.as_tensor(part) for part in seen["out"][0])
check.equal((tuple(logits.shape), tuple(new.shape), tuple(weights.shape)), expect=((2, 7), (2, 4), (2, 5)),
            about="shapes of logits, new state and weights for N = 2, T = 5, D = 4 and 7 tokens", mistakes={
    "the order is logits, new state, weights": ((2, 4), (2, 7), (2, 5)),
    "you returned the context for the weights": ((2, 7), (2, 4), (2, 4)),
    "you returned the weights second: the order is logits, new state, weights": ((2, 7), (2, 5), (2, 4))})
moved_first = moved(c)
raw = trusted_additive(state, memory, w["query.weight"], w["key.weight"], w["energy.weight"][0])
check.close(weights, expect=right, rtol=1e-4, atol=1e-5, about="the weights, for two texts with 3 and 4 real steps of 5", mistakes={
    "you looked at padding: the mask belongs into the softmax": looked(state, everything),
    "you returned the scores: the weights come out of the softmax": raw,
    "you took the mask of one for padding: True means real": looked(state, ~mask),
    "you used dot products: this decoder has W_q, W_k and v": trusted_softmax(trusted_dot(state, memory), mask),
    "the weights that you return are of a second look, with the new state: there is one look at each step, with the state from before": looked(moved_first),
    "you swapped W_q and W_k": looked(state, mask, "key", "query"),
    "you divided the scores by a root: additive scores are taken as they are": trusted_softmax(raw / 2, mask)})
s = state[:, None].expand(2, 5, 4)
check.close(new, expect=moved(c), rtol=1e-4, atol=1e-5, about="the new state", mistakes={
    "your context is made of the writer's own state: the weights belong to the reader's states, memory": moved(trusted_context(right, s)),
    "you returned the old state": state,
    "you joined [context; embedding]: the embedding comes first": moved(c, 1),
    "your context does not use the weights: it is the plain mean of the steps": moved(memory.mean(dim=1)),
    "your context is the plain sum of the steps": moved(memory.sum(dim=1)),
    "the cell started with zeros: hand it the state from before": cell(torch.cat([embedded, c], dim=1)).detach(),
    "the cell got the context twice: its second argument is the state from before": cell(torch.cat([embedded, c], dim=1), c).detach()})
scores = answered(new, c)
check.close(logits, expect=scores, rtol=1e-4, atol=1e-5, about="the logits", mistakes={
    "you answered from the old state: the head takes [new state; context]": answered(state, c),
    "you joined [context; state] for the head: the new state comes first": answered(c, new),
    "the head got the new state twice: the second half is the context": answered(new, new),
    "you looked a second time, with the new state: the head gets the context that the cell got": answered(new, trusted_context(looked(new), memory)),
    "you put a softmax at the end: these are raw scores": scores.softmax(dim=1),
    "you put a log-softmax at the end: these are raw scores": scores.log_softmax(dim=1),
    "the head got the writer's old state for the context: the second half is Σ α h": answered(new, state)})
check.close(seen["out"][1][0], expect=logits, rtol=1e-4, atol=1e-5, law="what stands in padding changes nothing", about="other numbers in the padding of memory")

# %% test="attention-decoder" points=2 hidden=true covers="8 random batches of other sizes: all three answers and the gradients of all parameters, of state and of memory; one step only; any masks"
def decoders_seen(answer, cases):
    import torch

    out = []
    for tokens, state, memory, mask, sizes in cases:
        torch.manual_seed(6)
        net = answer(*sizes).double()
        state, memory = state.clone().requires_grad_(), memory.clone().requires_grad_()
        logits, new, weights = net(tokens, state * 1.0, memory * 1.0, mask)
        (logits.square().sum() + new.sum() + (weights * weights).sum()).backward()
        out.append({"weights": {name: p.detach() for name, p in net.named_parameters()}, "out": [logits.detach(), new.detach(), weights.detach()],
                    "grads": {"state": state.grad, "memory": memory.grad, **{name: p.grad for name, p in net.named_parameters()}}})
    return out


def trusted_additive(query, keys, W_q, W_k, v):
    return ((query @ W_q.T)[:, None] + keys @ W_k.T).tanh() @ v


def trusted_dot(query, keys):
    return (query[:, None] * keys).sum(-1)


def trusted_softmax(scores, mask):
    powers = (scores - scores.masked_fill(~mask, -1e30).max(1, keepdim=True).values).masked_fill(~mask, -1e30).exp() * mask
    return powers / powers.sum(1, keepdim=True).clamp(min=1e-30)


def trusted_context(weights, states):
    return (weights[:, :, None] * states).sum(1)


rng = check.rng("attention-decoder")
cases = []
for _ in range(8):
    n, t, d, e, a = (int(size) for size in rng.integers(1, 6, size=5))
    real = rng.random((n, t)) < 0.7
    real[:, int(rng.integers(t))] = True
    cases.append((torch.tensor(rng.integers(0, 6, size=n)), torch.tensor(rng.normal(size=(n, d))), torch.tensor(rng.normal(size=(n, t, d))), torch.tensor(real), (6, e, d, a)))
with check.given(additive_score=trusted_additive, dot_score=trusted_dot, masked_softmax=trusted_softmax, context_vector=trusted_context):
    everything = check.observe(decoders_seen, AttentionDecoder, cases)
for (tokens, state, memory, mask, (k, e, d, a)), one in zip(cases, everything):
    about = f"N = {len(tokens)}, T = {mask.shape[1]}, D = {d}, A = {a}"
    net = nn.ModuleDict({"embedding": nn.Embedding(k, e), "query": nn.Linear(d, a, bias=False), "key": nn.Linear(d, a, bias=False),
                         "energy": nn.Linear(a, 1, bias=False), "cell": nn.GRUCell(e + d, d), "head": nn.Linear(2 * d, k)}).double()
    check.equal({name: tuple(one["weights"][name].shape) for name in sorted(one["weights"])},
                expect=dict(sorted((name, tuple(p.shape)) for name, p in net.named_parameters())), about=f"shapes of the parameters, {about}")
    net.load_state_dict({name: torch.as_tensor(p) for name, p in one["weights"].items()})
    state, memory = state.clone().requires_grad_(), memory.clone().requires_grad_()
    energies = net["energy"](torch.tanh(net["query"](state)[:, None] + net["key"](memory)))[:, :, 0]
    weights = energies.masked_fill(~mask, -torch.inf).softmax(dim=1)
    c = torch.bmm(weights[:, None], memory)[:, 0]
    new = net["cell"](torch.cat([net["embedding"](tokens), c], dim=1), state)
    logits = net["head"](torch.cat([new, c], dim=1))
    (logits.square().sum() + new.sum() + (weights * weights).sum()).backward()
    for name, got, want in zip(("logits", "new state", "weights"), one["out"], (logits, new, weights)):
        check.close(got, expect=want.detach(), rtol=1e-8, atol=1e-10, about=f"{name}, {about}")
    for name, p in {"state": state, "memory": memory, **dict(net.named_parameters())}.items():
        check.close(one["grads"][name], expect=p.grad, rtol=1e-6, atol=1e-9, about=f"the gradient of {name}, {about}")

# %% [markdown]
# **Law.** At every step the writer asks anew, and what it gets is a weighted mean of the *reader's* states.
#
# ## Learning from the right answer
#
# The writer has to write 11 tokens: ten characters and an **end token**. A **start token** sets it going. While it learns, we know what it should have written. So at each step it gets
# the token that *should* stand before, not the one it chose itself: **teacher forcing**. All steps then have right inputs, even while the network still writes nonsense.
#
# By hand, for the target `0 9 end`:
#
# | step | goes in | should come out |
# | :---: | :---: | :---: |
# | 1 | start | 0 |
# | 2 | 0 | 9 |
# | 3 | 9 | end |
#
# What goes in is the target *shifted by one*. Whoever forgets the shift shows the network the answer it is to give. The loss falls towards zero, and what the network has learnt is to copy its input, which it will not have when it writes.
#
# From here on a writer is a **step function**: `step(tokens, state)` takes the tokens written last, (N,) int64, and the state before, (N, D), and returns the logits, (N, K), and the state after.
# How it looks at the source is its own affair. So your functions will work for any writer, with attention or without, and a small table can test them.
#
# ### The loss of a writer

# %% exercise="teacher-forcing-loss" minutes=15 difficulty=3 law="step t gets target t − 1 (the first one gets start) and pays −log p(target t); the mean goes over real targets"
def teacher_forcing_loss(step: Callable, state: Tensor, targets: Tensor, mask: Tensor, start: int) -> Tensor:
    """Mean cross-entropy over all real targets of the batch, a tensor of shape () that carries gradients.

    step(tokens, state): (N,) int64 and (N, D) to logits (N, K) and the next state (N, D). state: (N, D), before the first step.
    targets: (N, T) int64 without the start token, with the end token, then 0 as padding; 0 may be a real target, too. mask: (N, T) bool, in every row first True, then False; at least one True in all.
    start: the token that goes in first. What the steps in padding say must not count.
    """
    ### BEGIN SOLUTION
    inputs = torch.cat([torch.full_like(targets[:, :1], start), targets[:, :-1]], dim=1)
    logits = []
    for tokens in inputs.unbind(dim=1):
        scores, state = step(tokens, state)
        logits.append(scores)
    return F.cross_entropy(torch.stack(logits, dim=1)[mask], targets[mask])
    ### END SOLUTION

# %% [markdown] hint="teacher-forcing-loss"
# - *I don't know where to start.* Write down what goes in at each step: a column of start tokens, then the targets but for the last. Then a loop over the columns that hands the state on.
# - *What do I do with the logits of all steps?* Collect them in a list. `torch.stack(..., dim=1)` makes (N, T, K) of it, and then it is the masked cross-entropy of lesson 11.
# - *It says that the targets are not shifted.* At the step that has to answer with target t, target t itself must not go in.
# - *The mean is a little wrong.* Take one mean over all the real positions of the batch, not one for each step or each text.

# %% test="teacher-forcing-loss" points=2
def loss_seen(answer, table, targets, mask, start, probes):
    import torch

    def run(targets):
        fed = []
        leaf = table.clone().requires_grad_()

        def step(tokens, state):
            if not isinstance(tokens, torch.Tensor):
                raise ValueError(f"step takes a tensor of tokens, (N,) int64, and got {tokens!r}")
            if tokens.ndim != 1 or tokens.is_floating_point():
                raise ValueError(f"step takes int64 tokens of shape (N,), and got {tokens.dtype} of shape {tuple(tokens.shape)}")
            fed.append(tokens.tolist())
            return leaf[state[:, 0].long(), tokens], tokens[:, None].to(state.dtype)

        loss = answer(step, torch.zeros(len(targets), 1, dtype=torch.float64), targets, mask, start)
        is_tensor = isinstance(loss, torch.Tensor)
        carries = is_tensor and loss.requires_grad
        return [loss.detach() if is_tensor else loss, is_tensor, carries, fed]

    return run(targets)


table = torch.tensor(np.random.default_rng(1).normal(size=(5, 5, 5)) * 2)
targets = torch.tensor([[3, 2, 4, 1], [4, 1, 0, 0], [2, 0, 1, 0]])
mask = torch.tensor([[True] * 4, [True, True, False, False], [True, True, True, False]])
loss, is_tensor, carries, fed = check.observe(loss_seen, teacher_forcing_loss, table, targets, mask, 0, None, mistakes={
    "step takes one token for each text, an int64 tensor of shape (N,): a column `[:, t]`, and at first N start tokens": ValueError,
    "your shapes do not fit: F.cross_entropy wants logits (n, K) with targets (n,)": RuntimeError})
check.that(is_tensor, "you returned a Python number: a loss is a tensor, with gradients behind it")
shifted = [[0, 0, 0], [3, 4, 2], [2, 1, 0], [4, 0, 1]]
check.that(len(fed) > 0, "step was never called")
check.equal(fed[:4], expect=shifted, about="the tokens that went in, step by step, for three texts; start is 0", law="what goes in is the target shifted by one: start first", mistakes={
    "your targets are not shifted: at each step the answer itself goes in": targets.T.tolist(),
    "the start token is missing, and you have one step too few: start goes in first, and the first target is paid for too": targets.T.tolist()[:3],
    "the last step is missing: nobody learns to end": shifted[:3],
    "start goes in at every step: from the second step on it is the target before": [[0, 0, 0]] * 4,
    "your network's own answers go in: with teacher forcing it is the target before": [[0, 0, 0], [4, 4, 4], [2, 2, 2], [3, 3, 3]],
    "the first step got the last targets: `roll` brings the end to the front, and start belongs there": [[1, 0, 0], [3, 4, 2], [2, 1, 0], [4, 0, 1]]})


def losses_of(carry=True):
    out = torch.zeros(3, 4, dtype=torch.float64)
    for i in range(3):
        before = 0
        for t in range(4):
            token = shifted[t][i]
            out[i, t] = -table[before, token].log_softmax(dim=0)[targets[i, t]]
            before = token if carry else 0
    return out


each, stuck = losses_of(), losses_of(carry=False)
check.close(loss, expect=each[mask].mean(), rtol=1e-6, about="the loss of targets 3 2 4 1, 4 1 and 2 0 1", mistakes={
    "you counted the padding": each.mean(),
    "you set the padding's loss to 0 and divided by all cells: divide by the number of real ones": (each * mask).sum() / 12,
    "you summed: the loss is a mean": each[mask].sum(),
    "you divided by the number of texts: divide by the number of real targets": each[mask].sum() / 3,
    "you averaged each step first: every real target counts the same": torch.stack([each[:, t][mask[:, t]].mean() for t in range(4)]).mean(),
    "you averaged each text first: every real target counts the same": torch.stack([row[real].mean() for row, real in zip(each, mask)]).mean(),
    "you did not hand the state on: each step gets the state that the last one returned": stuck[mask].mean(),
    "you left out the first target: it is paid for too": each[:, 1:][mask[:, 1:]].mean(),
    "you left out a real target that is 0: the mask says what is padding, not the token": each[mask & (targets != 0)].mean(),
    "your sign is wrong: the loss is −log p": -each[mask].mean()})
check.that(carries, "no gradient flows through your loss: something on the way cut it off, such as `.detach()` or `torch.tensor(...)`")

# %% test="teacher-forcing-loss" points=1 hidden=true covers="one text, one step, no padding, other start tokens, 12 random tables with gradients"
def losses_seen(answer, cases):
    import torch

    out = []
    for table, targets, mask, start in cases:
        leaf = table.clone().requires_grad_()

        def step(tokens, state, leaf=leaf):
            return leaf[state[:, 0].long(), tokens], tokens[:, None].to(state.dtype)

        loss = answer(step, torch.zeros(len(targets), 1, dtype=torch.float64), targets, mask, start)
        loss.sum().backward()
        out.append((loss.detach(), leaf.grad))
    return out


rng = check.rng("teacher-forcing-loss")
cases = []
for _ in range(12):
    n, t, k = int(rng.integers(1, 5)), int(rng.integers(1, 6)), int(rng.integers(3, 6))
    real = torch.tensor(np.arange(t) < rng.integers(1, t + 1, size=n)[:, None])
    targets = torch.where(real, torch.tensor(rng.integers(0, k, size=(n, t))), torch.tensor(0))
    cases.append((torch.tensor(rng.normal(size=(k, k, k)) * 2), targets, real, int(rng.integers(k))))
for (table, targets, mask, start), (loss, slopes) in zip(cases, check.observe(losses_seen, teacher_forcing_loss, cases)):
    leaf, total = table.clone().requires_grad_(), 0.0
    for row, real in zip(targets.tolist(), mask.tolist()):
        before, token = 0, start
        for target, ok in zip(row, real):
            if ok:
                total = total - leaf[before, token].log_softmax(dim=0)[target] / int(mask.sum())
            before, token = token, target
    total.backward()
    about = f"lengths {mask.sum(dim=1).tolist()} of {mask.shape[1]}, start {start}"
    check.close(loss, expect=total.detach(), rtol=1e-8, atol=1e-10, about=f"the loss, {about}")
    check.close(slopes, expect=leaf.grad, rtol=1e-6, atol=1e-9, about=f"the gradient, {about}")

# %% [markdown]
# **Law.** With teacher forcing the input of a step is the target before it. In training all inputs are known beforehand; in writing, none is.
#
# ## Writing it out
#
# Nobody shows the trained writer the right answer. It gets its own last token back, until it writes the end token.
#
# **Greedy**: at each step take the token with the largest logit.
#
# By hand, two texts side by side, with 1 as the end token. The steps give 5 and 3 (one token for each text), then 1 and 4, then 2 and 1. Text one is `5`: it ended at the second step, and the 2 after that is the
# babble of a writer that has finished. Text two is `3 4`. After the third step both have ended, and no fourth is needed.
#
# ### One token at a time

# %% exercise="greedy-decode" minutes=15 difficulty=2 law="the likeliest token at each step, fed back; a text stops before its first end token"
def greedy_decode(step: Callable, state: Tensor, start: int, end: int, max_steps: int) -> list[list[int]]:
    """The likeliest token at every step, for N texts side by side.

    step(tokens, state): (N,) int64 and (N, D) to logits (N, K) and the next state. It always gets all N texts, in their order, also those that have ended.
    state: (N, D), before the first step. start goes in first. max_steps >= 1.
    Returns N lists of ints: the tokens before the first `end`, without start and end; a text that has not ended after max_steps steps keeps its max_steps tokens.
    Calls step at most max_steps times, and not again once every text has ended. No two logits are equal.
    """
    ### BEGIN SOLUTION
    tokens, written = torch.full((len(state),), start), []
    for _ in range(max_steps):
        logits, state = step(tokens, state)
        tokens = logits.argmax(dim=1)
        written.append(tokens.tolist())
        if all(end in text for text in zip(*written)):
            break
    texts = [list(text) for text in zip(*written)]
    return [text[: text.index(end)] if end in text else text for text in texts]
    ### END SOLUTION

# %% [markdown] hint="greedy-decode"
# - *I don't know where to start.* A loop of at most max_steps: step, argmax over the tokens, remember, feed back. `torch.full((N,), start)` is what goes in first.
# - *One text ends before the others.* Let it go on, in step with the batch, and cut its list afterwards before the first `end`.
# - *When may I stop?* When every text has written `end` at least once, not when one has.
# - *My lists hold tensors.* `.tolist()` of a tensor gives Python ints.

# %% test="greedy-decode" points=2
def greedy_seen(answer, table, starts, start, end, max_steps):
    import torch

    calls = []

    def step(tokens, state):
        if not isinstance(tokens, torch.Tensor):
            raise ValueError(f"step takes a tensor of tokens, (N,) int64, and got {tokens!r}")
        if tokens.ndim != 1 or tokens.is_floating_point():
            raise ValueError(f"step takes int64 tokens of shape (N,), and got {tokens.dtype} of shape {tuple(tokens.shape)}")
        calls.append(tokens.tolist())
        return table[state[:, 0].long(), tokens], tokens[:, None].to(state.dtype)

    texts = answer(step, torch.tensor(starts)[:, None].double(), start, end, max_steps)
    return texts, calls


# 0 is start, 1 is end. A row of `follows` reads: after these two tokens, this one.
follows = {(0, 0): 2, (0, 2): 3, (2, 3): 1, (3, 1): 4, (1, 4): 1, (4, 1): 1, (4, 0): 3, (0, 3): 4, (3, 4): 2, (4, 2): 1, (2, 1): 4, (1, 1): 1, (3, 0): 1, (0, 1): 3, (1, 3): 4}
table = torch.zeros(5, 5, 5, dtype=torch.float64) - torch.arange(5.0)
for (before, token), after in follows.items():
    table[before, token, after] = 9.0
texts, calls = check.observe(greedy_seen, greedy_decode, table, [0, 4, 3], 0, 1, 8, mistakes={
    "step takes one token for each text, an int64 tensor of shape (N,): whole numbers, and an argmax over the K logits of each text, dim=1": ValueError,
    "one number stands where N should stand: `argmax()` without dim looks over the whole batch at once, and dim=1 gives one token for each text": TypeError,
    "step got fewer tokens than there are texts: it always gets all N, also those that have ended": RuntimeError,
    "step got as many tokens as the vocabulary has, or one that is not in it: take the argmax over the K logits of each text, dim=1": IndexError})
check.equal(texts, expect=[[2, 3], [3, 4, 2], []], about="three texts that write 2 3 end 4 end, 3 4 2 end and end 3 4 2, where end is 1", mistakes={
    "you kept what comes after the end token: a text stops before its first end": [[2, 3, 1, 4], [3, 4, 2, 1], [1, 3, 4, 2]],
    "you kept what comes after the end token, and ran all the steps: a text stops before its first end": [[2, 3, 1, 4, 1, 1, 1, 1], [3, 4, 2, 1, 4, 1, 1, 1], [1, 3, 4, 2, 1, 4, 1, 1]],
    "you kept the end token: it ends the text and is no part of it": [[2, 3, 1], [3, 4, 2, 1], [1]],
    "you took the end tokens out and kept what follows: cut before the first": [[2, 3, 4], [3, 4, 2], [3, 4, 2]],
    "you took the end tokens out and kept what follows, and ran all the steps: cut before the first": [[2, 3, 4], [3, 4, 2, 4], [3, 4, 2, 4]],
    "you stopped all texts when the first had ended": [[2], [3], []],
    "you kept the start token: the text begins after it": [[0, 2, 3], [0, 3, 4, 2], [0]],
    "start went in at every step: feed the last token back": [[2, 2, 2, 2, 2, 2, 2, 2], [3] + [2] * 7, []],
    "you did not hand the state on: each step gets the state that the last one returned": [[2, 3, 4, 0, 2, 3, 4, 0], [3, 0, 3, 0, 3, 0, 3, 0], []],
    "your answer has steps for rows: one list for each text": [[2, 3, 0], [3, 4, 0], [0, 0, 0]]})
check.that(len(calls) >= 4, "you stopped before the second text had ended: wait for all", got=len(calls))
check.that(len(calls) == 4, "step was called again after every text had ended: stop there", got=len(calls))
texts, calls = check.observe(greedy_seen, greedy_decode, table, [4, 0], 0, 1, 2)
check.equal(texts, expect=[[3, 4], [2, 3]], about="max_steps = 2, and no text has ended", law="a text that has not ended keeps its max_steps tokens", mistakes={
    "you gave up the last token of a text that has not ended": [[3], [2]],
    "you made one step too many": [[3, 4, 2], [2, 3]],
    "you dropped texts that have not ended": [],
    "you emptied texts that have not ended: they keep their tokens": [[], []]})
check.that(len(calls) == 2, "step is called at most max_steps times", got=len(calls))

# %% test="greedy-decode" points=1 hidden=true covers="one text, one step, other start and end tokens, ints, no call too many, 30 random tables"
def greedies_seen(answer, cases):
    import torch

    out = []
    for table, starts, start, end, max_steps in cases:
        calls = []

        def step(tokens, state, table=table, calls=calls):
            calls.append(len(tokens))
            return table[state[:, 0].long(), tokens], tokens[:, None].to(state.dtype)

        texts = answer(step, torch.tensor(starts)[:, None].double(), start, end, max_steps)
        out.append((texts, calls))
    return out


rng = check.rng("greedy-decode")
cases = []
for _ in range(30):
    k, n = int(rng.integers(3, 6)), int(rng.integers(1, 5))
    start, end = (int(token) for token in rng.permutation(k)[:2])
    cases.append((torch.tensor(rng.normal(size=(k, k, k)) * 3), rng.integers(0, k, size=n).tolist(), start, end, int(rng.integers(1, 9))))
for (table, starts, start, end, max_steps), (texts, calls) in zip(cases, check.observe(greedies_seen, greedy_decode, cases)):
    expected, needed = [], 0
    for before in starts:
        text, token, length = [], start, max_steps
        for t in range(max_steps):
            before, token = token, int(table[before, token].argmax())
            if token == end:
                length = t + 1
                break
            text.append(token)
        expected.append(text)
        needed = max(needed, length)
    about = f"{len(starts)} texts, at most {max_steps} steps, end is {end}"
    check.equal(texts, expect=expected, about=about)
    check.equal(len(calls), expect=needed, about=f"calls of step, {about}")

# %% [markdown]
# ### Right or wrong
#
# A date with one wrong digit is a wrong date. So count whole texts.

# %% exercise="exact-match" minutes=5 difficulty=1 law="a text counts if all of it is right, and nothing is missing or too much"
def exact_match(predicted: list[list[int]], wanted: list[list[int]]) -> float:
    """Share of the texts that are equal to what is wanted, token by token and in length, 0.0 to 1.0. Both lists have N >= 1 texts, in the same order; a text may be empty."""
    ### BEGIN SOLUTION
    return sum(one == other for one, other in zip(predicted, wanted)) / len(wanted)
    ### END SOLUTION

# %% [markdown] hint="exact-match"
# - *I don't know where to start.* Two lists of ints are equal if `==` says so. How often is that the case?
# - *My share is too high.* Does your comparison stop at the end of the shorter text? Then a text that is cut off looks right.
# - *My share lies between two counts.* You average over tokens. A text is right or wrong.

# %% test="exact-match" points=1
predicted = [[2, 0, 4], [2, 0], [5, 6, 7], [8, 9, 9], [], [1, 1], [3], [5], [7], [9, 1]]
wanted = [[2, 0, 4], [2, 0, 4], [6, 5, 7], [8, 9, 9, 1], [], [1], [4, 4], [6, 6], [7, 7, 7], [1, 9]]
check.close(exact_match, predicted, wanted, expect=0.2, mistakes={
    "you compared up to the end of the shorter text: one that is cut off is wrong, and so is one that goes on": 0.6,
    "you took a text that is cut off for right: nothing may be missing": 0.5,
    "you took a text that goes on for right: nothing may be too much": 0.3,
    "you counted tokens: a text is right as a whole or wrong": 11 / 23,
    "you compared which tokens occur, not in what order": 0.4,
    "you counted and did not divide": 2.0,
    "you gave percent: the share lies between 0 and 1": 20.0,
    "you gave the share of wrong texts": 0.8,
    "you returned True or False for all texts together: it is a share": False,
    "you compared the two lists as wholes: compare text by text, and count": 0.0,
    "you left the empty texts out: an empty text can be right, too": 1 / 9,
    "an empty text divides by zero: compare whole lists": ZeroDivisionError})
check.close(exact_match, [[1], [2, 3], [4, 4], [7]], [[1], [2, 3], [4, 5], [7]], expect=0.75, mistakes={
    "you gave the share of wrong texts": 0.25,
    "you counted tokens: a text is right as a whole or wrong": 5 / 6,
    "you averaged over each text's tokens: a text is right as a whole or wrong": 0.875})

# %% test="exact-match" points=1 hidden=true covers="all right, none right, empty texts, different lengths, 30 random pairs"
rng = check.rng("exact-match")
cases = [([[1, 2]], [[1, 2]]), ([[1]], [[]])]
for _ in range(30):
    wanted = [rng.integers(0, 3, size=int(rng.integers(0, 4))).tolist() for _ in range(int(rng.integers(1, 8)))]
    cases.append(([one if rng.random() < 0.5 else rng.integers(0, 3, size=int(rng.integers(0, 4))).tolist() for one in wanted], wanted))
check.equal_many(exact_match, cases, expect=lambda predicted, wanted: float(np.mean([tuple(a) == tuple(b) for a, b in zip(predicted, wanted)])))

# %% [markdown]
# ### Greedy is not the best
#
# A writer that you can hold in your hand. It first writes `x` or `y`, then `p`, `q` or `r`, then it ends for sure.
#
# | first | | then `p` | then `q` | then `r` |
# | --- | :---: | :---: | :---: | :---: |
# | `x` | 0.6 | 0.4 | 0.3 | 0.3 |
# | `y` | 0.4 | 0.9 | 0.1 | 0 |
#
# The probability of a text is the product along the way. Two numbers, in whole percent: how probable is the text that greedy writes, and how probable is the most probable one of all?

# %% predict="greedy-or-best" minutes=3 law="greedy takes the best next token, which need not lie on the best text"
### BEGIN SOLUTION
greedy_percent = 24
best_percent = 36
### END SOLUTION

# %% test="greedy-or-best" points=1 hidden=true covers="your two predictions"
check.equal(greedy_percent, expect=24, mistakes={
    "you gave the best text: greedy does not look ahead, and takes x first": 36,
    "you gave the first step alone: multiply along the way": 60,
    "you gave the second step alone: multiply along the way": 40,
    "you multiplied x with the best that follows y: a text stays in its row": 54})
check.equal(best_percent, expect=36, mistakes={
    "you gave greedy's text: there is one that starts with y and is more probable": 24,
    "you multiplied x with the best that follows y: a text stays in its row": 54,
    "you gave the second step alone: multiply along the way": 90})

# %%
first = {"x": 0.6, "y": 0.4}
then = {"x": {"p": 0.4, "q": 0.3, "r": 0.3}, "y": {"p": 0.9, "q": 0.1}}
for one, p in first.items():
    print("   ".join(f"{one} {other}: {p * q:.2f}" for other, q in then[one].items()))

# %% [markdown]
# ### Several at once
#
# **Beam search** keeps not one text but the `width` best ones so far. At each step every one of them is continued by every token, and of all these continuations the `width` best stay. "Best" is the largest sum of
# log-probabilities, since the logarithm of a product is a sum.
#
# With width 2, on the table above: after one step `x` and `y` are kept, both. Of their five continuations, printed above, the two best stay, `y p` and `x p`, in this order: what came second now leads.
#
# Two things need a rule, and libraries differ in both.
#
# *Ended texts.* Of the `width` continuations that stay, those that end in the end token are finished and are put aside; the rest goes on, so there may be fewer than `width` of them.
#
# *Length.* Each token makes a probability smaller, so a sum of log-probabilities prefers whatever ends early. Here a text is worth its **mean** log-probability, the sum divided by the number of tokens, the end token counted. By hand:
# `x end` with 0.5 · 0.5 has the sum $\ln 0.25 = -1.39$ and the mean $-0.69$. `y p q end` with $0.5 \cdot 0.8 \cdot 0.8 \cdot 0.75 = 0.24$ has the sum $-1.43$ and the mean $-0.36$. By the sum the short one wins, by the mean the long one.
# Within a step all texts are equally long, so there sum and mean agree; the mean matters only where finished ones are compared.
#
# ### Beam search

# %% exercise="beam-search" minutes=35 difficulty=4 law="of all continuations of all open texts the `width` best stay; finished ones are compared by their mean log-probability"
def beam_search(step: Callable, state: Tensor, start: int, end: int, width: int, max_steps: int) -> tuple[list[int], float]:
    """The best text that a beam finds for one source, and its score.

    step(tokens, state): (B,) int64 and (B, D) to logits (B, K) and the next states, row by row, for any B >= 1. state: (1, D), before the first step.
    At each step every open text is continued by every token; of all these continuations the `width` with the largest total log-probability stay (all, if there
    are fewer). Those that end in `end` are finished and put aside; the others stay open. It goes on until no text is open, or max_steps >= 1 steps are done.
    Returns the finished text with the largest score, without start and end, and its score: total log-probability / number of tokens, `end` counted, `start` not.
    If none has finished, the same for the open texts. No two scores are equal.
    """
    ### BEGIN SOLUTION
    texts, totals, finished = [[]], torch.zeros(1, dtype=state.dtype), []
    tokens = torch.tensor([start])
    for _ in range(max_steps):
        logits, state = step(tokens, state)
        candidates = totals[:, None] + logits.log_softmax(dim=1)
        best, places = candidates.flatten().topk(min(width, candidates.numel()))
        rows, tokens = places // logits.shape[1], places % logits.shape[1]
        texts = [[*texts[row], token] for row, token in zip(rows.tolist(), tokens.tolist())]
        finished += [(total / len(text), text[:-1]) for total, text in zip(best.tolist(), texts) if text[-1] == end]
        is_open = tokens != end
        texts = [text for text in texts if text[-1] != end]
        totals, tokens, state = best[is_open], tokens[is_open], state[rows[is_open]]
        if not texts:
            break
    score, text = max(finished or [(total / len(text), text) for total, text in zip(totals.tolist(), texts)])
    return text, score
    ### END SOLUTION

# %% [markdown] hint="beam-search"
# - *I don't know where to start.* Keep three things side by side: the open texts (lists), their totals (B,), their states (B, D). One step of the loop: step, log-softmax, add the totals, choose, sort out the finished.
# - *How do I choose among (B, K) continuations?* Flatten them; `topk` gives values and places. A place is row · K + token: whole division and remainder by K take it apart.
# - *It says that the states do not follow.* A continuation of row 3 needs row 3's *new* state, wherever it stands now. Index the states with the rows that you chose.
# - *What happens to finished texts?* Out of all three things, into a list of their own with their score. Compare that list at the very end, not before.
# - *Nothing has finished after max_steps.* Then the open texts are what you have: score them the same way.

# %% test="beam-search" points=3
def beams_seen(answer, cases):
    import torch

    out = []
    for table, start, end, width, max_steps in cases:
        calls = []

        def step(tokens, state, table=table, calls=calls):
            if tokens.ndim != 1 or len(tokens) != len(state):
                raise ValueError(f"step takes tokens (B,) and as many states (B, D), and got {tuple(tokens.shape)} and {tuple(state.shape)}")
            calls.append(len(tokens))
            return table[state[:, 0].long(), tokens] + 2.0, tokens[:, None].to(state.dtype)

        text, score = answer(step, torch.zeros(1, 1, dtype=torch.float64), start, end, width, max_steps)
        out.append((text, float(score), calls))
    return out


def markov(size, **chances):
    """A table of log-probabilities; `chances` has a dict of next tokens for each "before_last" pair."""
    table = torch.full((size, size, size), 1e-9, dtype=torch.float64)
    for pair, follows in chances.items():
        before, last = (int(token) for token in pair[1:].split("_"))
        for token, p in follows.items():
            table[before, last, token] = p
    return table.log()


# 0 start, 1 end, 2 x, 3 y, 4 p, 5 q, 6 r: the table of the text
ends = {f"_{a}_{b}": {1: 1.0} for a in (2, 3) for b in (4, 5, 6)}
by_hand = markov(7, _0_0={2: 0.6, 3: 0.4}, _0_2={4: 0.4, 5: 0.3, 6: 0.3}, _0_3={4: 0.9, 5: 0.1}, **ends)
# short or long: x end against y p q end
lengths = markov(6, _0_0={2: 0.5001, 3: 0.4999}, _0_2={1: 0.5, 4: 0.3, 5: 0.2}, _2_4={4: 0.6, 1: 0.4}, _2_5={4: 0.6, 1: 0.4}, _4_4={1: 1.0}, _5_4={1: 1.0},
                 _0_3={4: 0.8, 5: 0.2}, _3_4={5: 0.8, 4: 0.2}, _3_5={4: 1.0}, _4_5={1: 0.75, 4: 0.25}, _5_5={1: 1.0})
# the two best change places, and what follows depends on who stood before: states must follow their texts
crossing = markov(6, _0_0={2: 0.55, 3: 0.45}, _0_2={4: 0.5, 5: 0.5 - 1e-6, 1: 1e-6}, _0_3={4: 0.99, 1: 0.01}, _2_4={5: 0.9, 1: 0.1}, _3_4={1: 0.54, 5: 0.46},
                  _2_5={1: 0.6, 4: 0.4}, _4_5={1: 0.99, 4: 0.01}, _5_4={1: 1.0})
found = check.observe(beams_seen, beam_search, [(by_hand, 0, 1, 2, 5), (by_hand, 0, 1, 1, 5), (lengths, 0, 1, 2, 6), (crossing, 0, 1, 2, 6), (by_hand, 0, 1, 2, 2),
                                              (lengths, 0, 1, 2, 2)], mistakes={
    "step takes as many states as tokens: one row for each open text": ValueError,
    "something does not fit: how many open texts are there? At first one, then at most width": RuntimeError,
    "an index is out of range: a place in the flattened (B, K) scores is row · K + token": IndexError})
(text, score, calls), greedy, long, crossed, unfinished, cut = found
mean = math.log(0.36) / 3
check.equal(text, expect=[3, 4], about="the table with x, y and p, q, r; width 2", mistakes={
    "that is greedy's text: y p is more probable, and a beam of 2 keeps y": [2, 4],
    "you kept the end token: it ends the text and is no part of it": [3, 4, 1],
    "you kept the start token": [0, 3, 4],
    "you kept both start and end": [0, 3, 4, 1],
    "you did not hand the new states on: the states that a step returns go into the next step": [3, 4, 5, 3, 4],
    "your softmax runs down the open texts: it goes over the K tokens of each, dim=1": [4, 3, 3, 3, 3],
    "your text has lost its first token: a continuation keeps all that stood before": []})
check.close(score, expect=mean, rtol=1e-5, about="the score of y p end, of probability 0.36", mistakes={
    "you returned the total: divide by the number of tokens": math.log(0.36),
    "you divided by the tokens without end: it counts, too": math.log(0.36) / 2,
    "you counted start as well: it was given, not written": math.log(0.36) / 4,
    "you returned a probability: the score is a mean of logarithms": 0.36,
    "you returned the probability's root: the score is its logarithm": 0.36 ** (1 / 3),
    "you summed logits: take log_softmax first": mean + 2.0,
    "you summed logits and did not divide: take log_softmax first": math.log(0.36) + 6.0})
check.equal(greedy[0], expect=[2, 4], about="the same table, width 1, which is greedy", mistakes={
    "with width 1 only one text may be open: you kept more": [3, 4]})
check.that(max(greedy[2]) == 1 and max(calls) <= 2, "you kept more open texts than width", got=[calls, greedy[2]])
check.that(sum(calls) == 5, "you went on with a finished text: after end nothing follows", got=calls)
check.equal(crossed[0], expect=[2, 4, 5], about="a writer whose next token depends on the last two, so that states matter; width 2", mistakes={
    "your states do not follow their texts: index them with the rows that you chose": [3, 4, 5],
    "you stopped when the first text had finished, or returned the one that finished first: all finished ones are compared at the end, by their score": [3, 4]})
check.equal(long[0], expect=[3, 4, 5], about="x end has probability 0.25, y p q end 0.24; width 2", mistakes={
    "you compared totals: a sum prefers the short text. Divide by the number of tokens": [2]},
    law="finished texts are compared by their mean, so that the short do not win for being short")
check.equal(unfinished[0], expect=[3, 4], about="max_steps = 2: no text has finished", mistakes={
    "you cut off the last token of a text that has not finished": [3],
    "you returned an empty text: if none has finished, the open ones count": []})
check.close(unfinished[1], expect=math.log(0.36) / 2, rtol=1e-5, about="max_steps = 2: no text has finished", law="if none has finished, the open texts are scored the same way", mistakes={
    "you returned the total of the open text: divide by the number of its tokens": math.log(0.36),
    "you counted an end token that was not written": math.log(0.36) / 3})
check.equal(cut[0], expect=[2], about="max_steps = 2: x end has finished, y p is open and has the better mean", law="an open text counts only if none has finished", mistakes={
    "you compared open texts with finished ones: if one has finished, the open ones no longer count": [3, 4],
    "you compared open texts with finished ones, and cut off the open one's last token: if one has finished, the open ones no longer count": [3]})
wide = check.observe(beams_seen, beam_search, [(by_hand, 0, 1, 50, 3)], mistakes={
    "width is 50 here, and `topk` cannot take more continuations than there are: take the smaller of the two numbers": RuntimeError})[0]
check.equal(wide[0], expect=[3, 4], about="width 50, more than there are continuations: all stay")

# width 1 is greedy: 20 random writers
draw = np.random.default_rng(20)
cases = [(torch.tensor(draw.normal(size=(5, 5, 5)) * 2), 0, 1, 1, 7) for _ in range(20)]
for (table, start, end, _, max_steps), (text, score, calls) in zip(cases, check.observe(beams_seen, beam_search, cases)):
    before, token, alone, total = 0, start, [], 0.0
    while len(alone) < max_steps and (token != end):
        p = table[before, token].log_softmax(dim=0)
        before, token = token, int(p.argmax())
        total += float(p[token])
        alone.append(token)
    check.equal(text, expect=alone[:-1] if token == end else alone, about="a random writer, width 1", law="width 1 is greedy")
    check.close(score, expect=total / len(alone), rtol=1e-6, about="a random writer, width 1: the score")
    check.that(len(calls) == len(alone), "step was called again after no text was open", got=calls)

# %% test="beam-search" points=2 hidden=true covers="widths 1 to 5 against a slow beam, a very wide one against all texts there are, one step, other start and end tokens, 40 random writers"
def beams_found(answer, cases):
    import torch

    out = []
    for table, start, end, width, max_steps in cases:
        def step(tokens, state, table=table):
            return table[state[:, 0].long(), tokens] + 1.5, tokens[:, None].to(state.dtype)

        text, score = answer(step, torch.zeros(1, 1, dtype=torch.float64), start, end, width, max_steps)
        out.append((text, float(score)))
    return out


def slow_beam(table, start, end, width, max_steps):
    """Texts as tuples with start in front; every continuation in one list."""
    p = table.log_softmax(dim=2).numpy()
    alive, done = [(0.0, (0, start))], []
    for _ in range(max_steps):
        longer = sorted(((total + p[text[-2], text[-1], k], (*text, k)) for total, text in alive for k in range(len(p))), reverse=True)[:width]
        done += [one for one in longer if one[1][-1] == end]
        alive = [one for one in longer if one[1][-1] != end]
    ranked = [(total / (len(text) - 2), text) for total, text in done or alive]
    score, text = max(ranked)
    return [int(token) for token in text[2:]][: -1 if done else None], float(score)


rng = check.rng("beam-search")
cases = []
for i in range(40):
    k = int(rng.integers(3, 6))
    start, end = (int(token) for token in rng.permutation(k)[:2])
    wide = i % 5 == 0
    cases.append((torch.tensor(rng.normal(size=(k, k, k)) * 2), start, end, 700 if wide else int(rng.integers(1, 6)), 4 if wide else int(rng.integers(1, 8))))
for case, (text, score) in zip(cases, check.observe(beams_found, beam_search, cases)):
    expected, value = slow_beam(*case)
    check.equal(text, expect=expected, about=f"width {case[3]}, at most {case[4]} steps, end is {case[2]}")
    check.close(score, expect=value, rtol=1e-8, atol=1e-10, about=f"the score, width {case[3]}, at most {case[4]} steps")

# %% [markdown]
# **Law.** A beam keeps up to `width` texts alive, at up to `width` times the cost of greedy. It looks further and promises nothing: the best text may have left the beam at the second step.

# %% [markdown]
# ## Dates
#
# Now both networks. 16 000 dates in words to learn from, each seen once, 600 others to test on.
#
# The one **with attention** is what you built. The other one is the **fixed vector** of 2014: the source is pressed into one vector, and the writer gets nothing else. It needs no new code. Give your
# decoder a `memory` with one single state, the encoder's last vector: a softmax over one score is 1, so the context is that vector, at every step. Same functions, same number of weights,
# 105 806. (To be fair to it: 12 352 of them, in `query`, `key` and `energy`, have nothing to decide where there is only one state to look at.)
#
# The next cell trains both. It says little while it works, for half a minute on a free machine and two minutes on a busy one.

# %% demo="train"
PAD, START, END = 0, 1, 2
SIGNS = "0123456789-"


def pad(rows):
    """Lists of ints as tokens (N, T) and mask (N, T): lesson 11."""
    mask = torch.arange(max(map(len, rows))) < torch.tensor([len(row) for row in rows])[:, None]
    tokens = torch.zeros(mask.shape, dtype=torch.int64)
    tokens[mask] = torch.tensor([token for row in rows for token in row])
    return tokens, mask


train, test = data.dates(16000, "train", seed=0), data.dates(600, "test", seed=1)
letters = {letter: i for i, letter in enumerate(sorted({letter for row in train for letter in row.words}), start=1)}
signs = {sign: i for i, sign in enumerate(SIGNS, start=3)}


def source(rows):
    return [[letters[letter] for letter in row.words] for row in rows]


def target(rows):
    return [[signs[sign] for sign in row.iso] for row in rows]


class Translator(nn.Module):
    """Your encoder and your decoder. Without attention the decoder sees one state: the encoder's last."""

    def __init__(self, attention):
        super().__init__()
        self.attention = attention
        self.encoder = Encoder(len(letters) + 1, 32, 48)
        self.decoder = AttentionDecoder(len(signs) + 3, 32, 96, 64)

    def read(self, tokens, mask):
        """memory, its mask, and the state in which the writer starts."""
        states, last = self.encoder(tokens, mask)
        if self.attention:
            return states, mask, last
        return last[:, None], mask[:, :1], last

    def step(self, memory, mask):
        """A step function for these sources; if there is one source and several texts, it serves all of them."""
        def step(tokens, state):
            rows = len(tokens)
            logits, state, _ = self.decoder(tokens, state, memory.expand(rows, -1, -1), mask.expand(rows, -1))
            return logits, state
        return step


def batches(rows, size, rng):
    """Shuffled batches of texts of similar length, so that there is little padding."""
    lengths = np.array([len(row.words) for row in rows])
    groups = np.array_split(rng.permutation(len(rows)), len(rows) // (4 * size))
    cut = [group[np.argsort(lengths[group], kind="stable")][i : i + size] for group in groups for i in range(0, len(group), size)]
    return [cut[i] for i in rng.permutation(len(cut))]


def fit(model, rows, size=32, lr=8e-3, seed=0):
    """One pass over the rows: the rate rises for the first 5 % of the steps, then falls along a half cosine (lesson 04)."""
    optimizer = torch.optim.Adam(model.parameters(), lr)
    plan = batches(rows, size, np.random.default_rng(seed))
    for i, batch in enumerate(plan, start=1):
        optimizer.param_groups[0]["lr"] = lr * min(20 * i / len(plan), 0.5 + 0.5 * math.cos(math.pi * i / len(plan)))
        chosen = [rows[j] for j in batch]
        memory, mask, state = model.read(*pad(source(chosen)))
        loss = teacher_forcing_loss(model.step(memory, mask), state, *pad([[*text, END] for text in target(chosen)]), START)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
    return model.eval()


def translate(model, rows):
    """Greedy, in batches of similar length; the answers in the rows' order."""
    order = sorted(range(len(rows)), key=lambda i: len(rows[i].words))
    texts = {}
    for part in np.array_split(order, max(1, len(rows) // 100)):
        with torch.no_grad():
            memory, mask, state = model.read(*pad(source([rows[i] for i in part])))
            texts |= zip(part.tolist(), greedy_decode(model.step(memory, mask), state, START, END, 12))
    return [texts[i] for i in range(len(rows))]


print("training two networks, one pass each: half a minute to two minutes in all", flush=True)
models, answers = {}, {}
for name, attention in [("fixed vector", False), ("attention", True)]:
    torch.manual_seed(0)
    models[name] = fit(Translator(attention), train)
    answers[name] = translate(models[name], test)
    print(f"{name}: trained, {sum(p.numel() for p in models[name].parameters()):,} parameters", flush=True)

# %% [markdown]
# Watch them write. Dates of the test, which neither has seen, first with digits, then all in words; a wrong sign is followed by `!`.

# %% demo="writing" compare=false
signs_back = {token: sign for sign, token in signs.items()}


def spelt(text, wanted):
    """What was written, with ! after each sign that is wrong."""
    return "".join(signs_back.get(token, "?") + "!" * (sign is not None and token != sign) for token, sign in zip(text, [*wanted, *[None] * 9]))


for name, texts in answers.items():
    print(f"{name:12}  {100 * exact_match(texts, target(test)):.1f} % of {len(test)} dates all right")
print()
shown = [i for form, count in [("short", 2), ("full", 2), ("spoken", 10)] for i in [i for i, row in enumerate(test) if row.form == form][:count]]
print(f"{'right':12} {'attention':14} {'fixed vector':18} source")
for i in shown:
    attention, fixed = (spelt(answers[name][i], target([test[i]])[0]) for name in ("attention", "fixed vector"))
    print(f"{test[i].iso:12} {attention:14} {fixed:18} {test[i].words}")

# %% demo="by-length" compare=false
lengths = np.array([len(row.words) for row in test])
right = {name: np.array([text == wanted for text, wanted in zip(answers[name], target(test))]) for name in ("attention", "fixed vector")}
groups = {f"{low}–{high - 1}": (lengths >= low) & (lengths < high) for low, high in pairwise([10, 16, 24, 32, 40, 50, 76])}
curves = {name: [100 * ok[group].mean() for group in groups.values()] for name, ok in right.items()}
fig, ax = plots.figure(7.4, 3.8)
ax.set(ylim=(0, 106), ylabel="all right, in percent", xlim=(-0.3, len(groups) - 0.7), title="all dates", xlabel="characters of the source")
ax.set_xticks(range(len(groups)), [f"{name}\n{group.sum()} dates" for name, group in groups.items()], fontsize=9)
plots.lines(ax, range(len(groups)), curves)
plots.show(fig, alt="Percent of dates all right in groups of source length. " + " ".join(
    f"{name.capitalize()}: " + ", ".join(f"{share:.0f} for {group}" for group, share in zip(groups, shares)) + "." for name, shares in curves.items()))

# %% [markdown]
# This is the famous figure: up to 31 characters the two can hardly be told apart, with 98 to 100 of 100 right. Then the fixed vector falls, to **about 35 %** of the dates of 40 characters and more, while attention stays **above 90 %** there. (The point at 32 to 39 stands on 15 dates
# only.) So a fixed vector fails on long texts, says many a slide.
#
# Look at the data before you believe it. Which dates are long? Those that are all in words, and nearly none of the short ones is. The figure has changed two things at once, length and form. Sorting all dates in words by length would not do either: the shortest of them are mostly Italian, the longest
# German and Spanish.
#
# So take one language at a time, only its dates all in words, and cut them into three parts by length. Of the shortest third the fixed vector gets about 30 of 100 right. The texts of the longest third have about a third more characters. How many of those does it get right?

# %% predict="length-or-form" minutes=2 choices="fewer than half as many | about as many | more than twice as many" law="what is compared must differ in one thing: at equal language and form, length does next to nothing here"
### BEGIN SOLUTION
longest_third = "about as many"
### END SOLUTION

# %% test="length-or-form" points=1 hidden=true covers="your prediction"
check.equal(longest_third, expect="about as many", mistakes={
    "you went by the first figure, which compares whole languages and forms as well as lengths": "fewer than half as many",
    "more letters say nothing more here, and the way is no shorter for the reader": "more than twice as many"})

# %% demo="in-words" compare=false
spoken = data.dates(3000, "test", seed=3, forms=["spoken"])
in_words = {name: translate(models[name], spoken) for name in ("fixed vector", "attention")}
thirds = {language: np.array_split(sorted((i for i, row in enumerate(spoken) if row.language == language), key=lambda i: len(spoken[i].words)), 3)
          for language in data.DATE_LANGUAGES}


def percent(name, chosen, part=slice(None)):
    """Of these dates in words, how many of 100 has this model right, in this part of the ten characters?"""
    return 100 * exact_match([in_words[name][i][part] for i in chosen], [text[part] for text in target([spoken[i] for i in chosen])])


by_third = {name: {language: [percent(name, third) for third in parts] for language, parts in thirds.items()} for name in in_words}
names = ("shortest third", "middle third", "longest third")
fig, ax = plots.figure(7.4, 3.8)
ax.set(ylim=(0, 106), ylabel="all right, in percent", xlim=(-0.2, 2.2), title="fixed vector, only dates all in words, each language by itself")
ax.set_xticks(range(3), names)
plots.lines(ax, range(3), by_third["fixed vector"])
plots.show(fig, alt="Percent of dates in words that the fixed vector gets all right, one line for each language, from the shortest third of its dates to the longest. " + " ".join(
    f"{language}: " + ", ".join(f"{share:.0f}" for share in shares) + "." for language, shares in by_third["fixed vector"].items()))
print("            " + "".join(f"{name:>18}" for name in names))
for language, parts in thirds.items():
    print(f"{language}  letters " + "".join(f"{np.mean([len(spoken[i].words) for i in third]):18.0f}" for third in parts))
    for name, found in by_third.items():
        print(f"  {name:12}" + "".join(f"{share:{18 if k else 16}.0f}" for k, share in enumerate(found[language])))
print("\nall in words, percent right:   year  month    day")
for name in in_words:
    print(f"  {name:28}" + "".join(f"{percent(name, range(len(spoken)), part):7.0f}" for part in (slice(0, 4), slice(5, 7), slice(8, 10))))

# %% demo="holds"
short, words = lengths < 32, lengths >= 40
fixed = np.array(list(by_third["fixed vector"].values()))
print("What should hold on your machine, too, whatever the last digits:")
print("attention has over 95 % of all test dates right:", right["attention"].mean() > 0.95)
print("up to 31 characters both have over 95 % right:", min(ok[short].mean() for ok in right.values()) > 0.95)
print("from 40 characters on the fixed vector has under 60 %, attention over 85 %:", right["fixed vector"][words].mean() < 0.6 and right["attention"][words].mean() > 0.85)
print("in words, mean of the languages: longest and shortest third are less than 15 points apart:", abs(fixed[:, 2].mean() - fixed[:, 0].mean()) < 15)
print("in words the fixed vector has the day right less often than the year, and the year less often than the month:",
      percent("fixed vector", range(3000), slice(8, 10)) < percent("fixed vector", range(3000), slice(0, 4)) < percent("fixed vector", range(3000), slice(5, 7)))

# %% [markdown]
# No line falls by more than a few points; some rise. (Within a language a longer text is still one with other numbers in it, so even here length is not quite alone. Attention, too, has such a spot: the longest French third, with its years like *quatre-vingt-trois*.) **It is not the length.** In every text there is one date to keep, a few bits, and 96 numbers are plenty.
#
# Then what is it? The last two lines say where the fixed vector goes wrong: nearly always right about the month, mostly about the year, and in more than half of the texts wrong about the **day**. Count how often each was practised. A month's name stands in three of the four forms; a day in words only in one,
# and 31 days in five languages share those 4000 texts, so each is seen about 26 times. And the digits, `27`, can be carried over sign by sign.
#
# If examples are what is missing, more of them must help. We tried: in one run with 40 000 dates instead of 16 000, each seen once and so with more steps, all else the same, the fixed vector had **90 %** of the dates in words right instead of 34 %, and 93 % of the days. The same 96 numbers. So what attention buys here is not room but *learning*: the day's word stands in
# the line, the writer looks at it when it writes the day, and few examples tell it what to do with what it sees.
#
# Where more has to be *kept* as a text grows, as in the sentences of Cho and others (2014), length does count. Here it only looked like it.
#
# *For yourself, not graded:* write one sentence under the first figure that says what it shows and no more, and one that says what it does not show.
#
# ### What a beam adds
#
# Does the better search help? The 60 longest test dates again, one by one, with a beam of 4:

# %% demo="beam" compare=false
def with_beam(model, row, width):
    with torch.no_grad():
        memory, mask, state = model.read(*pad(source([row])))
        return beam_search(model.step(memory, mask), state, START, END, width, 12)[0]


longest = sorted(range(len(test)), key=lambda i: -len(test[i].words))[:60]
for name, model in models.items():
    found = [with_beam(model, test[i], 4) for i in longest]
    wanted = target([test[i] for i in longest])
    greedy = [answers[name][i] for i in longest]
    print(f"{name:12} greedy {100 * exact_match(greedy, wanted):.0f} %, a beam of 4 {100 * exact_match(found, wanted):.0f} %")

# %% [markdown]
# It changes next to nothing. A beam finds texts that the model itself thinks more probable, and a writer that has understood the date is sure of each sign, while one that has not is wrong about the date and not about the search. Beams pay where many texts are nearly
# equally probable, as in translation of sentences.
#
# ## Where it looks
#
# The weights are there to be drawn: a row for each character that is written, a column for each character of the source. Before you look: while the network writes the two digits of the **month**, most of the weight falls on the month's name, of
# course. But on which part of it?

# %% predict="month-attention" minutes=2 choices="its first three letters | its last three letters | all its letters alike | the space after it" law="the weight falls where what is needed can be told, and a month can be told from its first letters"
### BEGIN SOLUTION
month_attention = "its first three letters"
### END SOLUTION

# %% test="month-attention" points=1 hidden=true covers="your prediction"
check.equal(month_attention, expect="its first three letters", mistakes={
    "in these five languages many months end alike, such as september, november, december: the ends tell little": "its last three letters",
    "a mean over all letters would mix in the ones that many months share": "all its letters alike",
    "the forward reader has read the whole name there, and it could do; but the first letters tell more directly": "the space after it"})

# %% demo="alignment"
from matplotlib.colors import PowerNorm

name_of = {}
for row in data.dates(4000, "train", seed=9, forms=["long"]):
    name_of[row.language, row.iso[5:7]] = row.words.replace(" de ", " ").split()[1]


def month_place(row):
    """Where the month's name begins in a date, and where it has ended."""
    name = name_of[row.language, row.iso[5:7]]
    start = row.words.rindex(" " + name) + 1
    return start, start + len(name)


def alignment(row):
    """Weights (10, T) with which the model with attention looks while it writes, and what it writes."""
    model, weights, tokens, written = models["attention"], [], torch.tensor([START]), ""
    with torch.no_grad():
        memory, mask, state = model.read(*pad(source([row])))
        for _ in range(10):
            logits, state, looked_at = model.decoder(tokens, state, memory, mask)
            tokens = logits[0].argmax()[None]
            weights.append(looked_at[0].numpy())
            written += (["?"] * 3 + list(SIGNS))[int(tokens)]
    return np.array(weights), written


chosen = [next(row for row in test if (row.language, row.form) == kind and "bre " in row.words) for kind in [("fr", "full"), ("it", "spoken")]]
fig, axes = plots.figure(8.6, 6.6, rows=2)
seen_most = []
for ax, row in zip(axes, chosen):
    weights, written = alignment(row)
    picture = ax.imshow(weights, norm=PowerNorm(0.5, 0, 1), aspect="auto")  # the root of a weight, so that small ones show
    for edge in month_place(row):
        ax.axvline(edge - 0.5, color="white", linestyle="--", linewidth=1.5)
    ax.set_xticks(range(len(row.words)), row.words.replace(" ", "·"), fontsize=10, family="DejaVu Sans Mono")
    ax.set_yticks(range(10), written, fontsize=9, family="DejaVu Sans Mono")
    ax.set(ylabel="written, from top to bottom", title=row.words)
    ax.grid(visible=False)
    places = {part: int(weights[rows].sum(axis=0).argmax()) for part, rows in (("year", slice(0, 4)), ("month", slice(5, 7)), ("day", slice(8, 10)))}
    seen_most.append(f"{row.words}: most weight of the " + ", of the ".join(f"{part} on {row.words.split()[row.words[:at].count(' ')]}" for part, at in places.items()) + ".")
axes[1].set_xlabel("source")
fig.colorbar(picture, ax=axes, label="weight", shrink=0.6, ticks=[0, 0.05, 0.2, 0.5, 1])
plots.show(fig, alt="Two maps of weights: a row for each character written, a column for each of the source, bright where the weight is large; dashed lines stand around the month's name. " + " ".join(seen_most))

# %% demo="month"
shares = {"the name": [], "its first three letters": [], "its last three letters": [], "the space after it": []}
by_language = {language: [] for language in data.DATE_LANGUAGES}
for row in [row for row in test if row.form != "short"]:
    weights = alignment(row)[0][5:7].mean(axis=0)
    start, end = month_place(row)
    for part, (low, high) in zip(shares, [(start, end), (start, start + 3), (end - 3, end), (end, end + 1)]):
        shares[part].append(weights[low:high].sum())
    by_language[row.language].append(shares["its first three letters"][-1])
for part, found in shares.items():
    mean = float(np.mean(found))
    print(f"weight on {part:24} while the month is written: " + next((f"over {bound} %" for bound in (90, 80, 50, 20) if 100 * mean > bound), "under 20 %"))
print("first three letters, over 70 % in each language:", all(np.mean(found) > 0.7 for found in by_language.values()))

# %% [markdown]
# Read the figure from the top; the dashed lines frame the month, and a dot is a space. The first four rows, the year, look at the end of the line; then the weight jumps back to the month, then further back to the day. The weekday gets little: it is not needed. The leading 0 of the day looks at the day as well:
# whether it is a 0 depends on how many digits follow. In French the digits are carried over from their places, or from beside them. In Italian, all in words, no letter is a digit, and the weight lies
# where words for numbers can be told apart. On average over all test dates with a month written out, **over 90 %** of the weight lies on its name while its two digits are written, and **over 80 %** on the first three letters (in the maps above on some of *sep* and *ott*). It is so in each of the five languages. The ends, *-bre* or *-ber*, say little.
#
# The dashes are a warning. They need nothing from the source, for there is always a dash after four digits, and yet their weights must sum to 1: so they fall somewhere, often on what was written last or is wanted next. Weight is no proof that something was needed.
#
# **Law.** Weights say where the writer looked. They do not say what it found there: a state of the reader has read the whole text, from both ends, and stands at one letter.

# %% [markdown]
# ## What still has to wait
#
# Attention shortened one path. A source token is one look away from every step of the writer, however far apart the two are; through the fixed vector it had to survive all the steps in between. But the states themselves are still
# made one after the other. Count steps of a GRU that must *wait for one another* in training: 40 source characters, two readers that run at the same time, and 11 tokens to write (10 characters and the end), with teacher forcing. The writer starts with the
# encoder's last vector.

# %% predict="steps-in-a-row" minutes=2 choices="11 | 40 | 51 | 91" law="each state waits for the one before: no processor, however wide, makes T steps fewer"
### BEGIN SOLUTION
steps_in_a_row = 51
### END SOLUTION

# %% test="steps-in-a-row" points=1 hidden=true covers="your prediction"
check.equal(steps_in_a_row, expect=51, mistakes={
    "you left out the reader: the writer starts with its last vector, so it waits for 40 steps": 11,
    "you left out the writer: each of its states waits for the one before, also with teacher forcing": 40,
    "you let the two readers wait for each other: they run side by side": 91})

# %% [markdown]
# | | steps in a row | from a source token to the writer | from one source token to another, $k$ away |
# | --- | :---: | :---: | :---: |
# | fixed vector | $T$ + steps written | up to $T$ steps of the reader, then those of the writer | $k$ steps |
# | with attention | $T$ + steps written | one look | $k$ steps |
# | lesson 13, in training | one for each layer | one look | one look |
#
# Teacher forcing made all *inputs* of the writer known beforehand, and still its states have to be worked out one by one, because each needs the one before. A machine that can do ten thousand products at once waits. So: what if a state were made by *looking*, not by
# remembering? Scores, weights and contexts you worked out for all steps at the same time, by one product. Every token asks, every token answers, nothing waits. That is lesson 13.
#
# **Law.** Recurrence costs as many steps in a row as the text is long, and gives two tokens $k$ apart a path of length $k$. Attention costs one product, and a path of length 1.

# %% [markdown]
# ## The answer
#
# How long may the line be before 96 numbers are too few? That was the wrong question. The fixed vector gets 98 to 100 of 100 unseen dates right up to 31 characters and about 35 from 40 on, but within one language and one form length does next to nothing: digits nearly always, words a third of the time, short or long. It is the
# examples that are too few: with 40 000 instead of 16 000 the same 96 numbers reached 90. What changes if the writer may look back? It learns faster: over 90 of 100 of
# the dates in words from the 16 000 examples, with the same number of weights. And where does it look while it writes the month? At the first letters of the month's name, in all five languages, although nobody ever told it what a month is, or which part of the line belongs to which part of
# the answer.

# %% [markdown]
# ## What breaks in practice
#
# - **A loss that is too good.** A training loss near zero and nonsense when it writes: the target was not shifted, or the mask let the writer see it.
# - **Exposure.** In training the writer has only ever seen right beginnings. After its first own mistake it is where it never was. (Scheduled sampling mixes its own tokens in.)
# - **NaN, once a week.** One empty text in one batch, a softmax over nothing, and all weights of the model are NaN from then on. Now you know where to look.
# - **A small number for minus infinity.** `-1e9` works in float32 and is minus infinity in float16, whose largest number is 65 504. `torch.finfo(dtype).min` is safe.
# - **Beams that like it short.** Summed log-probabilities prefer what ends early, and the wider the beam, the worse. The mean, or a power of the length between sum and mean, is the usual repair.
# - **A mean hides its size.** A context is a mean, so attention can't count: a text of two equal states and one of ten give the same context.
# - **Pictures of attention.** They are good for finding bugs, such as weight on padding. They are not an explanation: other weights can give the same answer.
# - **Exact match** forgives nothing and knows only one right answer. For dates that is fair. For sentences it is not.

# %% [markdown]
# ## Challenge
#
# *Not graded.* Give the decoder your `dot_score` in place of the additive one: write a class `DotDecoder` with the same `forward`, without `query`, `key` and `energy`, and train it on the same batches with `fit`. How many weights are
# saved, how much exact match is lost, and does dividing the scores by $\sqrt{D}$ change it? Then halve `hidden_dim`. Which of the three models, fixed, dot and additive, minds most? And train the fixed vector on 24 000, 32 000 and 40 000 dates: is there a place where it gets the days?

# %% [markdown]
# ## Sources
#
# - I. Sutskever, O. Vinyals, Q. Le, *Sequence to sequence learning with neural networks*, 2014: the fixed vector, and beams.
# - K. Cho et al., *Learning phrase representations using RNN encoder-decoder for statistical machine translation*, 2014: the GRU; *On the properties of neural machine translation*, 2014: it falls with length.
# - D. Bahdanau, K. Cho, Y. Bengio, *Neural machine translation by jointly learning to align and translate*, 2015 (preprint 2014): the additive score.
# - M. Luong, H. Pham, C. Manning, *Effective approaches to attention-based neural machine translation*, 2015: the dot product, asked with the new state.
# - R. Williams, D. Zipser, *A learning algorithm for continually running fully recurrent neural networks*, 1989: teacher forcing.
# - S. Bengio et al., *Scheduled sampling for sequence prediction with recurrent neural networks*, 2015.
# - Y. Wu et al., *Google's neural machine translation system*, 2016: a length penalty. F. Stahlberg, B. Byrne, *On NMT search errors and model errors: cat got your tongue?*, 2019: the most probable text is often the empty one.
# - S. Jain, B. Wallace, *Attention is not explanation*, 2019.
