"""Wrong answers that the tests of lesson 12 must name, and other right answers that they must accept."""

import torch
import torch.nn.functional as F
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from autograder.planted import alternative, mistake

# encoder

mistake("encoder", named="padding is read: the", name="no packing", change=("""        packed = pack_padded_sequence(self.embedding(tokens), mask.sum(dim=1), batch_first=True, enforce_sorted=False)
        packed_states, ends = self.rnn(packed)
        states, _ = pad_packed_sequence(packed_states, batch_first=True, total_length=tokens.shape[1])
""", "        states, ends = self.rnn(self.embedding(tokens))\n"))
mistake("encoder", named="zeroed afterwards", name="no packing, zeroed",
        change=("""        packed = pack_padded_sequence(self.embedding(tokens), mask.sum(dim=1), batch_first=True, enforce_sorted=False)
        packed_states, ends = self.rnn(packed)
        states, _ = pad_packed_sequence(packed_states, batch_first=True, total_length=tokens.shape[1])
""", "        states, ends = self.rnn(self.embedding(tokens))\n        states = states * mask[:, :, None]\n"))  # fmt: skip
mistake("encoder", named="`total_length`", name="no total_length", change=(", total_length=tokens.shape[1]", ""))
mistake("encoder", named="last column", name="last column", change=("torch.cat([ends[0], ends[1]], dim=1)", "states[:, -1]"))
mistake("encoder", named="texts mix", name="reshaped h_n", change=("torch.cat([ends[0], ends[1]], dim=1)", "ends.reshape(len(tokens), -1)"))
mistake("encoder", named="swapped the halves: the forward reader's comes", change=("torch.cat([ends[0], ends[1]], dim=1)", "torch.cat([ends[1], ends[0]], dim=1)"))
mistake("encoder", named="one below the other", change=("torch.cat([ends[0], ends[1]], dim=1)", "torch.cat([ends[0], ends[1]], dim=0)"))
mistake("encoder", named="as it came", name="h_n returned", change=("torch.cat([ends[0], ends[1]], dim=1)", "ends"))
mistake("encoder", named="one reader's end", name="ends[-1]", change=("torch.cat([ends[0], ends[1]], dim=1)", "ends[-1]"))
mistake("encoder", named="other order", name="swapped", change=("return states, torch.cat([ends[0], ends[1]], dim=1)", "return torch.cat([ends[0], ends[1]], dim=1), states"))
mistake("encoder", named="two things", name="states only", change=("return states, torch.cat([ends[0], ends[1]], dim=1)", "return states"))
mistake("encoder", named="averaged", name="mean", change=("torch.cat([ends[0], ends[1]], dim=1)", "states.sum(dim=1) / mask.sum(dim=1, keepdim=True)"))
mistake("encoder", named="backward half has read one token", name="both from the last step",
        change=("torch.cat([ends[0], ends[1]], dim=1)", "states[torch.arange(len(tokens)), mask.sum(dim=1) - 1]"))  # fmt: skip
mistake("encoder", named="forward half has read one token", name="both from the first step", change=("torch.cat([ends[0], ends[1]], dim=1)", "states[:, 0]"))
mistake("encoder", named="one piece for each direction", name="one direction", change=(
    "nn.GRU(embed_dim, hidden_dim, batch_first=True, bidirectional=True)", "nn.GRU(embed_dim, hidden_dim, batch_first=True)"))  # fmt: skip
mistake("encoder", named="took an LSTM", name="LSTM", source="""
class Encoder(nn.Module):
    def __init__(self, vocab_size, embed_dim, hidden_dim):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, embed_dim)
        self.rnn = nn.LSTM(embed_dim, hidden_dim, batch_first=True, bidirectional=True)

    def forward(self, tokens, mask):
        packed = pack_padded_sequence(self.embedding(tokens), mask.sum(dim=1), batch_first=True, enforce_sorted=False)
        packed_states, (ends, _) = self.rnn(packed)
        states, _ = pad_packed_sequence(packed_states, batch_first=True, total_length=tokens.shape[1])
        return states, torch.cat([ends[0], ends[1]], dim=1)
""")
mistake("encoder", named="batch_first=True is missing", name="batch_first forgotten where packed",
        change=("batch_first=True, enforce_sorted=False", "enforce_sorted=False"))  # fmt: skip
mistake("encoder", named="time comes first", name="batch_first forgotten where unpacked",
        change=("(packed_states, batch_first=True, total_length", "(packed_states, total_length"))  # fmt: skip
mistake("encoder", named="one piece for each direction", name="unpacked like an LSTM", change=("packed_states, ends = self.rnn(packed)", "packed_states, (ends, _) = self.rnn(packed)"))
mistake("encoder", named="enforce_sorted", name="enforce_sorted forgotten", change=(", enforce_sorted=False", ""))
alternative("encoder", name="row by row", source="""
class Encoder(nn.Module):
    def __init__(self, vocab_size, embed_dim, hidden_dim):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, embed_dim)
        self.rnn = nn.GRU(embed_dim, hidden_dim, bidirectional=True, batch_first=True)

    def forward(self, tokens, mask):
        states, last = [], []
        for row, n in zip(tokens, mask.sum(dim=1).tolist()):
            out, h = self.rnn(self.embedding(row[None, :n]))
            states.append(F.pad(out[0], (0, 0, 0, len(row) - n)))
            last.append(h.flatten())
        return torch.stack(states), torch.stack(last)
""")
alternative("encoder", name="ends from the states", change=(
    "return states, torch.cat([ends[0], ends[1]], dim=1)",
    "h = self.rnn.hidden_size\n        at = mask.sum(dim=1) - 1\n        return states, torch.cat([states[torch.arange(len(tokens)), at, :h], states[:, 0, h:]], dim=1)"))  # fmt: skip
alternative("encoder", name="transposed h_n", change=("torch.cat([ends[0], ends[1]], dim=1)", "ends.transpose(0, 1).flatten(1)"))

# dot-score


@mistake("dot-score", named="did not sum over d", name="no sum")
def dot_score(query, keys):
    return query[:, None] * keys


@mistake("dot-score", named="summed over the steps", name="wrong axis")
def dot_score(query, keys):
    return (query[:, None] * keys).sum(dim=1)


@mistake("dot-score", named="first text's query", name="one query for all")
def dot_score(query, keys):
    return keys @ query[0]


@mistake("dot-score", named="every query meets", name="across texts")
def dot_score(query, keys):
    return torch.einsum("nd,mtd->nmt", query, keys)


@mistake("dot-score", named="one axis is left over", name="bmm, not squeezed")
def dot_score(query, keys):
    return torch.bmm(keys, query[:, :, None])


@mistake("dot-score", named="(N, 1, T)", name="bmm the other way")
def dot_score(query, keys):
    return query[:, None] @ keys.transpose(1, 2)


@mistake("dot-score", named="square root of D", name="scaled")
def dot_score(query, keys):
    return torch.einsum("nd,ntd->nt", query, keys) / query.shape[1] ** 0.5


@mistake("dot-score", named="softmax already", name="softmax")
def dot_score(query, keys):
    return torch.einsum("nd,ntd->nt", query, keys).softmax(dim=1)


@mistake("dot-score", named="cosine", name="cosine")
def dot_score(query, keys):
    return F.cosine_similarity(query[:, None], keys, dim=2)


@mistake("dot-score", named="averaged over d", name="mean")
def dot_score(query, keys):
    return (query[:, None] * keys).mean(dim=2)


@mistake("dot-score", named="axis in the middle", name="no axis added")
def dot_score(query, keys):
    return (query * keys).sum(dim=2)


@mistake("dot-score", named="axis in the middle", name="queries as one matrix")
def dot_score(query, keys):
    return query @ keys.transpose(1, 2)


@mistake("dot-score", named="axis at the end", name="queries as one matrix, transposed")
def dot_score(query, keys):
    return keys @ query.T


@mistake("dot-score", named="takes every axis of size 1", name="bare squeeze")
def dot_score(query, keys):
    return (keys @ query[:, :, None]).squeeze()


@mistake("dot-score", named="two vectors and no batch", name="torch.dot")
def dot_score(query, keys):
    return torch.dot(query, keys)


@alternative("dot-score", name="bmm")
def dot_score(query, keys):
    return torch.bmm(keys, query.unsqueeze(2)).squeeze(2)


@alternative("dot-score", name="loop")
def dot_score(query, keys):
    return torch.stack([rows @ q for q, rows in zip(query, keys, strict=True)])


# additive-score


@mistake("additive-score", named="tanh is missing", name="no tanh")
def additive_score(query, keys, W_q, W_k, v):
    return ((query @ W_q.T)[:, None] + keys @ W_k.T) @ v


@mistake("additive-score", named="each part", name="two tanhs")
def additive_score(query, keys, W_q, W_k, v):
    return (torch.tanh(query @ W_q.T)[:, None] + torch.tanh(keys @ W_k.T)) @ v


@mistake("additive-score", named="tanh last", name="tanh outside")
def additive_score(query, keys, W_q, W_k, v):
    return torch.tanh(((query @ W_q.T)[:, None] + keys @ W_k.T) @ v)


@mistake("additive-score", named="sigmoid", name="sigmoid")
def additive_score(query, keys, W_q, W_k, v):
    return torch.sigmoid((query @ W_q.T)[:, None] + keys @ W_k.T) @ v


@mistake("additive-score", named="ReLU", name="relu")
def additive_score(query, keys, W_q, W_k, v):
    return torch.relu((query @ W_q.T)[:, None] + keys @ W_k.T) @ v


@mistake("additive-score", named="without v", name="summed")
def additive_score(query, keys, W_q, W_k, v):
    return torch.tanh((query @ W_q.T)[:, None] + keys @ W_k.T).sum(dim=2)


@mistake("additive-score", named="left the query out")
def additive_score(query, keys, W_q, W_k, v):
    return torch.tanh(keys @ W_k.T) @ v


@mistake("additive-score", named="left the keys out")
def additive_score(query, keys, W_q, W_k, v):
    return (torch.tanh(query @ W_q.T) @ v)[:, None].expand(len(keys), keys.shape[1])


@mistake("additive-score", named="first text's query", name="one query for all")
def additive_score(query, keys, W_q, W_k, v):
    return torch.tanh(query[0] @ W_q.T + keys @ W_k.T) @ v


@mistake("additive-score", named="adds them", name="product")
def additive_score(query, keys, W_q, W_k, v):
    return torch.tanh((query @ W_q.T)[:, None] * (keys @ W_k.T)) @ v


@mistake("additive-score", named="softmax already", name="softmax")
def additive_score(query, keys, W_q, W_k, v):
    return (torch.tanh((query @ W_q.T)[:, None] + keys @ W_k.T) @ v).softmax(dim=1)


@mistake("additive-score", named="shapes do not fit", name="not transposed")
def additive_score(query, keys, W_q, W_k, v):
    return torch.tanh((query @ W_q)[:, None] + keys @ W_k) @ v


@mistake("additive-score", named="shapes do not fit", name="no axis added")
def additive_score(query, keys, W_q, W_k, v):
    return torch.tanh(query @ W_q.T + keys @ W_k.T) @ v


@alternative("additive-score", name="einsum")
def additive_score(query, keys, W_q, W_k, v):
    asked = torch.einsum("nq,aq->na", query, W_q).unsqueeze(1)
    return torch.einsum("nta,a->nt", torch.tanh(asked + torch.einsum("ntk,ak->nta", keys, W_k)), v)


@alternative("additive-score", name="one wide matrix")
def additive_score(query, keys, W_q, W_k, v):
    both = torch.cat([query[:, None].expand(-1, keys.shape[1], -1), keys], dim=2)
    return torch.tanh(F.linear(both, torch.cat([W_q, W_k], dim=1))).matmul(v)


# masked-softmax


@mistake("masked-softmax", named="masked after the softmax", name="mask after softmax")
def masked_softmax(scores, mask):
    return scores.softmax(dim=1) * mask


@mistake("masked-softmax", named="over the texts", name="wrong axis")
def masked_softmax(scores, mask):
    return scores.masked_fill(~mask, -torch.inf).softmax(dim=0)


@mistake("masked-softmax", named="over the texts", name="wrong axis, masked after")
def masked_softmax(scores, mask):
    return scores.softmax(dim=0) * mask


@mistake("masked-softmax", named="0 / 0", name="NaN in an empty row")
def masked_softmax(scores, mask):
    return scores.masked_fill(~mask, -torch.inf).softmax(dim=1)


@mistake("masked-softmax", named="looks at padding: a very small", name="minus a billion")
def masked_softmax(scores, mask):
    return scores.masked_fill(~mask, -1e9).softmax(dim=1)


@mistake("masked-softmax", named="looks at padding, by its scores", name="minus a billion added")
def masked_softmax(scores, mask):
    return (scores - 1e4 * ~mask).softmax(dim=1)


@mistake("masked-softmax", named="took the real weights with it", name="minus infinity added")
def masked_softmax(scores, mask):
    return (scores + torch.where(mask, 0.0, -torch.inf)).softmax(dim=1).nan_to_num(0.0)


@alternative("masked-softmax", name="nan_to_num")
def masked_softmax(scores, mask):
    return scores.masked_fill(~mask, -torch.inf).softmax(dim=1).nan_to_num(0.0)


@mistake("masked-softmax", named="exp(0) is 1", name="scores times mask")
def masked_softmax(scores, mask):
    return (scores * mask).softmax(dim=1)


@mistake("masked-softmax", named="in the sum already", name="scores times mask, masked again")
def masked_softmax(scores, mask):
    return (scores * mask).softmax(dim=1) * mask


@mistake("masked-softmax", named="ignored the mask")
def masked_softmax(scores, mask):
    return scores.softmax(dim=1)


@mistake("masked-softmax", named="wrong way round", name="mask inverted")
def masked_softmax(scores, mask):
    return scores.masked_fill(mask, -torch.inf).softmax(dim=1)


@mistake("masked-softmax", named="exp of 10 000 is infinity", name="naive exp")
def masked_softmax(scores, mask):
    powers = torch.where(mask, torch.where(mask, scores, 0.0).exp(), 0.0)
    return powers / powers.sum(dim=1, keepdim=True).clamp(min=1e-30)


@mistake("masked-softmax", named="maximum of the real scores only", name="multiplied away")
def masked_softmax(scores, mask):
    powers = (scores - scores.max(dim=1, keepdim=True).values).exp() * mask
    return powers / powers.sum(dim=1, keepdim=True).clamp(min=1e-30)


@mistake("masked-softmax", named="maximum of all", name="multiplied away, one maximum")
def masked_softmax(scores, mask):
    powers = (scores - scores.max()).exp() * mask
    return powers / powers.sum(dim=1, keepdim=True).clamp(min=1e-30)


@mistake("masked-softmax", named="not small enough", name="minus ten thousand")
def masked_softmax(scores, mask):
    weights = scores.masked_fill(~mask, -1e4).softmax(dim=1)
    return weights.masked_fill(~mask, 0.0)


@mistake("masked-softmax", named="0 times infinity", name="mask times infinity")
def masked_softmax(scores, mask):
    return (scores + (~mask) * -torch.inf).softmax(dim=1)


@mistake("masked-softmax", named="did not divide", name="exp")
def masked_softmax(scores, mask):
    return scores.exp() * mask


@mistake("masked-softmax", named="sum over the batch")
def masked_softmax(scores, mask):
    powers = scores.exp() * mask
    return powers / powers.sum()


@mistake("masked-softmax", named="logarithm", name="log-softmax")
def masked_softmax(scores, mask):
    return scores.masked_fill(~mask, -torch.inf).log_softmax(dim=1)


@alternative("masked-softmax", name="exp by hand")
def masked_softmax(scores, mask):
    clean = torch.where(mask, scores, torch.full_like(scores, torch.finfo(scores.dtype).min))
    powers = torch.exp(clean - clean.max(dim=1, keepdim=True).values) * mask
    total = powers.sum(dim=1, keepdim=True)
    return powers / torch.where(total > 0, total, torch.ones_like(total))


@alternative("masked-softmax", name="loop")
def masked_softmax(scores, mask):
    out = torch.zeros_like(scores)
    for i, real in enumerate(mask):
        if real.any():
            out[i, real] = scores[i][real].softmax(dim=0)
    return out


@alternative("masked-softmax", name="smallest float")
def masked_softmax(scores, mask):
    return scores.masked_fill(~mask, torch.finfo(scores.dtype).min).softmax(dim=1) * mask


# context-vector


@mistake("context-vector", named="averaged the weighted", name="mean")
def context_vector(weights, states):
    return (weights[:, :, None] * states).mean(dim=1)


@mistake("context-vector", named="did not sum over the steps", name="no sum")
def context_vector(weights, states):
    return weights[:, :, None] * states


@mistake("context-vector", named="summed over d", name="wrong axis")
def context_vector(weights, states):
    return (weights[:, :, None] * states).sum(dim=2)


@mistake("context-vector", named="left the weights out")
def context_vector(weights, states):
    return states.sum(dim=1)


@mistake("context-vector", named="largest weight", name="hard")
def context_vector(weights, states):
    return states[torch.arange(len(states)), weights.argmax(dim=1)]


@mistake("context-vector", named="over the texts", name="summed over the batch")
def context_vector(weights, states):
    return torch.einsum("nt,ntd->d", weights, states)


@mistake("context-vector", named="first text's weights")
def context_vector(weights, states):
    return weights[0] @ states


@mistake("context-vector", named="(N, 1, D)", name="not squeezed")
def context_vector(weights, states):
    return weights[:, None] @ states


@mistake("context-vector", named="weights already", name="softmax again")
def context_vector(weights, states):
    return torch.einsum("nt,ntd->nd", weights.softmax(dim=1), states)


@mistake("context-vector", named="third axis", name="no axis added")
def context_vector(weights, states):
    return (weights * states).sum(dim=1)


@mistake("context-vector", named="every text's weights meet", name="across texts")
def context_vector(weights, states):
    return weights @ states


@alternative("context-vector", name="bmm")
def context_vector(weights, states):
    return (weights.unsqueeze(1) @ states).squeeze(1)


@alternative("context-vector", name="loop")
def context_vector(weights, states):
    return torch.stack([(row[:, None] * h).sum(dim=0) for row, h in zip(weights, states, strict=True)])


# attention-decoder

mistake("attention-decoder", named="writer's own state", name="context from decoder states",
        change=("context_vector(weights, memory)", "context_vector(weights, state[:, None].expand_as(memory))"))  # fmt: skip
mistake("attention-decoder", named="looked at padding", name="mask ignored", change=("masked_softmax(scores, mask)", "scores.softmax(dim=1)"))
mistake("attention-decoder", named="mask of one for padding", name="mask inverted", change=("masked_softmax(scores, mask)", "masked_softmax(scores, ~mask)"))
mistake("attention-decoder", named="dot products", name="dot", change=("scores = additive_score(state, memory, self.query.weight, self.key.weight, self.energy.weight[0])", "scores = dot_score(state, memory)"))
mistake("attention-decoder", named="swapped W_q and W_k", change=("self.query.weight, self.key.weight, self", "self.key.weight, self.query.weight, self"))
mistake("attention-decoder", named="returned the scores", change=("dim=1)), state, weights", "dim=1)), state, scores"))
mistake("attention-decoder", named="returned the old state", change=(
    """        state = self.cell(torch.cat([self.embedding(tokens), context], dim=1), state)
        return self.head(torch.cat([state, context], dim=1))""", """        new = self.cell(torch.cat([self.embedding(tokens), context], dim=1), state)
        return self.head(torch.cat([new, context], dim=1))"""))  # fmt: skip
mistake("attention-decoder", named="embedding comes first", name="context first", change=("[self.embedding(tokens), context]", "[context, self.embedding(tokens)]"))
mistake("attention-decoder", named="zeros", name="state not handed to the cell", change=("self.cell(torch.cat([self.embedding(tokens), context], dim=1), state)", "self.cell(torch.cat([self.embedding(tokens), context], dim=1))"))
mistake("attention-decoder", named="plain mean", change=("context_vector(weights, memory)", "memory.mean(dim=1)"))
mistake("attention-decoder", named="old state: the head", name="head on the old state", change=(
    """        state = self.cell(torch.cat([self.embedding(tokens), context], dim=1), state)
        return self.head(torch.cat([state, context], dim=1)), state, weights""",
    """        new = self.cell(torch.cat([self.embedding(tokens), context], dim=1), state)
        return self.head(torch.cat([state, context], dim=1)), new, weights"""))  # fmt: skip
mistake("attention-decoder", named="new state comes first", name="head order", change=("self.head(torch.cat([state, context], dim=1))", "self.head(torch.cat([context, state], dim=1))"))
mistake("attention-decoder", named="new state twice", change=("self.head(torch.cat([state, context], dim=1))", "self.head(torch.cat([state, state], dim=1))"))
mistake("attention-decoder", named="second time", name="looks again with the new state", change=(
    "        return self.head(torch.cat([state, context], dim=1))",
    "        again = masked_softmax(additive_score(state, memory, self.query.weight, self.key.weight, self.energy.weight[0]), mask)\n"
    "        return self.head(torch.cat([state, context_vector(again, memory)], dim=1))"))  # fmt: skip
mistake("attention-decoder", named="softmax at the end", change=("self.head(torch.cat([state, context], dim=1))", "self.head(torch.cat([state, context], dim=1)).softmax(dim=1)"))
mistake("attention-decoder", named="sizes clash", name="head without context", change=("self.head(torch.cat([state, context], dim=1))", "self.head(state)"))
mistake("attention-decoder", named="no bias", name="bias in the query", change=(
    "self.query = nn.Linear(state_dim, attention_dim, bias=False)", "self.query = nn.Linear(state_dim, attention_dim)"))  # fmt: skip
mistake("attention-decoder", named="three things", name="weights not returned", change=(", state, weights", ", state"))
mistake("attention-decoder", named="returned the weights second", change=(", state, weights", ", weights, state"))
mistake("attention-decoder", named="second look", name="the cell moves first", change=(
    """        scores = additive_score(state, memory, self.query.weight, self.key.weight, self.energy.weight[0])
        weights = masked_softmax(scores, mask)
        context = context_vector(weights, memory)
        state = self.cell(torch.cat([self.embedding(tokens), context], dim=1), state)""",
    """        before = context_vector(masked_softmax(additive_score(state, memory, self.query.weight, self.key.weight, self.energy.weight[0]), mask), memory)
        state = self.cell(torch.cat([self.embedding(tokens), before], dim=1), state)
        weights = masked_softmax(additive_score(state, memory, self.query.weight, self.key.weight, self.energy.weight[0]), mask)
        context = context_vector(weights, memory)"""))  # fmt: skip
mistake("attention-decoder", named="v is `self.energy.weight[0]`", name="energy.weight without [0]", change=("self.energy.weight[0]", "self.energy.weight"))
mistake("attention-decoder", named="`.squeeze(-1)`", name="energy called, not squeezed", change=(
    "additive_score(state, memory, self.query.weight, self.key.weight, self.energy.weight[0])",
    "self.energy(torch.tanh(self.query(state)[:, None] + self.key(memory)))"))  # fmt: skip
alternative("attention-decoder", name="with the modules", change=("scores = additive_score(state, memory, self.query.weight, self.key.weight, self.energy.weight[0])", "scores = self.energy(torch.tanh(self.query(state)[:, None] + self.key(memory))).squeeze(2)"))
alternative("attention-decoder", name="by hand", source="""
class AttentionDecoder(nn.Module):
    def __init__(self, vocab_size, embed_dim, state_dim, attention_dim):
        super().__init__()
        self.head = nn.Linear(state_dim + state_dim, vocab_size)
        self.cell = nn.GRUCell(state_dim + embed_dim, state_dim)
        self.energy = nn.Linear(attention_dim, 1, bias=False)
        self.key = nn.Linear(state_dim, attention_dim, bias=False)
        self.query = nn.Linear(state_dim, attention_dim, bias=False)
        self.embedding = nn.Embedding(vocab_size, embed_dim)

    def forward(self, tokens, state, memory, mask):
        e = self.energy((self.query(state).unsqueeze(1) + self.key(memory)).tanh())[..., 0]
        alpha = torch.softmax(torch.where(mask, e, torch.full_like(e, -1e30)), dim=-1)
        c = (alpha.unsqueeze(1) @ memory)[:, 0]
        new = self.cell(torch.hstack((self.embedding(tokens), c)), state)
        return self.head(torch.hstack((new, c))), new, alpha
""")

# teacher-forcing-loss

mistake("teacher-forcing-loss", named="not shifted", name="not shifted", change=("torch.cat([torch.full_like(targets[:, :1], start), targets[:, :-1]], dim=1)", "targets"))
mistake("teacher-forcing-loss", named="start token is missing", name="shifted without start", change=(
    "torch.cat([torch.full_like(targets[:, :1], start), targets[:, :-1]], dim=1)", "targets[:, :-1]\n    targets, mask = targets[:, 1:], mask[:, 1:]"))  # fmt: skip
mistake("teacher-forcing-loss", named="nobody learns to end", name="one step short", change=(
    "torch.cat([torch.full_like(targets[:, :1], start), targets[:, :-1]], dim=1)", "torch.cat([torch.full_like(targets[:, :1], start), targets[:, :-2]], dim=1)\n    targets, mask = targets[:, :-1], mask[:, :-1]"))  # fmt: skip
mistake("teacher-forcing-loss", named="start goes in at every step", change=("torch.cat([torch.full_like(targets[:, :1], start), targets[:, :-1]], dim=1)", "torch.full_like(targets, start)"))
mistake("teacher-forcing-loss", named="`roll`", name="rolled", change=("torch.cat([torch.full_like(targets[:, :1], start), targets[:, :-1]], dim=1)", "targets.roll(1, dims=1)"))
mistake("teacher-forcing-loss", named="counted the padding", change=("return F.cross_entropy(torch.stack(logits, dim=1)[mask], targets[mask])", "return F.cross_entropy(torch.stack(logits, dim=1).flatten(0, 1), targets.flatten())"))
mistake("teacher-forcing-loss", named="real target that is 0", name="ignore_index=0", change=("return F.cross_entropy(torch.stack(logits, dim=1)[mask], targets[mask])", "return F.cross_entropy(torch.stack(logits, dim=2), targets, ignore_index=0)"))
mistake("teacher-forcing-loss", named="divided by all cells", change=(
    "return F.cross_entropy(torch.stack(logits, dim=1)[mask], targets[mask])", 'return (F.cross_entropy(torch.stack(logits, dim=2), targets, reduction="none") * mask).mean()'))  # fmt: skip
mistake("teacher-forcing-loss", named="you summed", change=("return F.cross_entropy(torch.stack(logits, dim=1)[mask], targets[mask])", 'return F.cross_entropy(torch.stack(logits, dim=1)[mask], targets[mask], reduction="sum")'))
mistake("teacher-forcing-loss", named="number of texts", change=(
    "return F.cross_entropy(torch.stack(logits, dim=1)[mask], targets[mask])", 'return F.cross_entropy(torch.stack(logits, dim=1)[mask], targets[mask], reduction="sum") / len(targets)'))  # fmt: skip
mistake("teacher-forcing-loss", named="each step first", change=(
    "return F.cross_entropy(torch.stack(logits, dim=1)[mask], targets[mask])", "return torch.stack([F.cross_entropy(a[m], b[m]) for a, b, m in zip(logits, targets.T, mask.T) if m.any()]).mean()"))  # fmt: skip
mistake("teacher-forcing-loss", named="each text first", change=(
    "return F.cross_entropy(torch.stack(logits, dim=1)[mask], targets[mask])", "return torch.stack([F.cross_entropy(a[m], b[m]) for a, b, m in zip(torch.stack(logits, dim=1), targets, mask) if m.any()]).mean()"))  # fmt: skip
mistake("teacher-forcing-loss", named="hand the state on", name="state not carried", change=("""        scores, state = step(tokens, state)
""", "        scores, _ = step(tokens, state)\n"))
mistake("teacher-forcing-loss", named="own answers", name="free running", change=("""        scores, state = step(tokens, state)
""", """        if logits:
            tokens = logits[-1].argmax(dim=1)
        scores, state = step(tokens, state)
"""))
mistake("teacher-forcing-loss", named="Python number", name="item", change=("return F.cross_entropy(torch.stack(logits, dim=1)[mask], targets[mask])", "return F.cross_entropy(torch.stack(logits, dim=1)[mask], targets[mask]).item()"))
mistake("teacher-forcing-loss", named="no gradient flows", name="detached", change=("logits.append(scores)", "logits.append(scores.detach())"))
mistake("teacher-forcing-loss", named="shape (N,)", name="a column kept", change=("for tokens in inputs.unbind(dim=1):", "for tokens in inputs.split(1, dim=1):"))
mistake("teacher-forcing-loss", named="takes one token for each text", name="rows for columns", change=("inputs.unbind(dim=1)", "[inputs]"))
mistake("teacher-forcing-loss", named="at first N start tokens", name="start as an int", source="""
def teacher_forcing_loss(step, state, targets, mask, start):
    tokens, logits = start, []
    for t in range(targets.shape[1]):
        scores, state = step(tokens, state)
        logits.append(scores)
        tokens = targets[:, t]
    return F.cross_entropy(torch.stack(logits, dim=1)[mask], targets[mask])
""")
alternative("teacher-forcing-loss", name="summed as it goes", source="""
def teacher_forcing_loss(step, state, targets, mask, start):
    total, tokens = 0.0, torch.tensor([start] * len(targets))
    for t in range(targets.shape[1]):
        logits, state = step(tokens, state)
        each = F.cross_entropy(logits, targets[:, t], reduction="none")
        total = total + each[mask[:, t]].sum()
        tokens = targets[:, t]
    return total / mask.sum()
""")
alternative("teacher-forcing-loss", name="ignore_index", source="""
def teacher_forcing_loss(step, state, targets, mask, start):
    inputs = F.pad(targets, (1, 0), value=start)
    out = []
    for t in range(targets.shape[1]):
        logits, state = step(inputs[:, t], state)
        out.append(logits)
    return F.cross_entropy(torch.stack(out, dim=2), targets.masked_fill(~mask, -100))
""")

# greedy-decode

mistake("greedy-decode", named="comes after the end token", name="end not honoured", change=("return [text[: text.index(end)] if end in text else text for text in texts]", "return texts"))
mistake("greedy-decode", named="and ran all the steps: a text stops", name="end not honoured at all", source="""
def greedy_decode(step, state, start, end, max_steps):
    tokens, written = torch.full((len(state),), start), []
    for _ in range(max_steps):
        logits, state = step(tokens, state)
        tokens = logits.argmax(dim=1)
        written.append(tokens)
    return torch.stack(written, dim=1).tolist()
""")
mistake("greedy-decode", named="kept the end token", change=("return [text[: text.index(end)] if end in text else text for text in texts]", "return [text[: text.index(end) + 1] if end in text else text for text in texts]"))
mistake("greedy-decode", named="took the end tokens out", change=("return [text[: text.index(end)] if end in text else text for text in texts]", "return [[token for token in text if token != end] for text in texts]"))
mistake("greedy-decode", named="stopped all texts", name="stops with the first to end", change=("if all(end in text for text in zip(*written)):", "if (tokens == end).any():"))
mistake("greedy-decode", named="stopped before the second", name="looks at the first text only", change=("if all(end in text for text in zip(*written)):", "if int(tokens[0]) == end:"))
mistake("greedy-decode", named="kept the start token", change=("texts = [list(text) for text", "texts = [[start, *text] for text"))
mistake("greedy-decode", named="start went in at every step", change=("tokens = logits.argmax(dim=1)\n        written.append(tokens.tolist())", "written.append(logits.argmax(dim=1).tolist())"))
mistake("greedy-decode", named="hand the state on", change=("logits, state = step(tokens, state)", "logits, _ = step(tokens, state)"))
mistake("greedy-decode", named="called again", name="never stops early", change=("if all(end in text for text in zip(*written)):", "if False:"))
mistake("greedy-decode", named="called again", name="waits for all to end in one step", change=("if all(end in text for text in zip(*written)):", "if (tokens == end).all():"))
mistake("greedy-decode", named="one step too many", change=("range(max_steps)", "range(max_steps + 1)"))
mistake("greedy-decode", named="gave up the last token", change=("return [text[: text.index(end)] if end in text else text for text in texts]", "return [text[: text.index(end)] if end in text else text[:-1] for text in texts]"))
mistake("greedy-decode", named="emptied texts", change=("return [text[: text.index(end)] if end in text else text for text in texts]", "return [text[: text.index(end)] if end in text else [] for text in texts]"))
mistake("greedy-decode", named="dim=1", name="argmax over the batch", change=("logits.argmax(dim=1)", "logits.argmax(dim=0)"))
mistake("greedy-decode", named="whole numbers", name="float start tokens", change=("torch.full((len(state),), start)", "torch.full((len(state),), float(start))"))
mistake("greedy-decode", named="without dim looks over the whole batch", name="argmax without dim", change=("logits.argmax(dim=1)", "logits.argmax()"))
alternative("greedy-decode", name="with a flag for each text", source="""
def greedy_decode(step, state, start, end, max_steps):
    n = len(state)
    out, done = [[] for _ in range(n)], [False] * n
    tokens = torch.tensor([start] * n)
    for _ in range(max_steps):
        logits, state = step(tokens, state)
        tokens = torch.argmax(logits, dim=-1)
        for i, token in enumerate(tokens.tolist()):
            done[i] = done[i] or token == end
            if not done[i]:
                out[i].append(token)
        if all(done):
            return out
    return out
""")
alternative("greedy-decode", name="a tensor of all steps", source="""
def greedy_decode(step, state, start, end, max_steps):
    tokens = torch.full((state.shape[0],), start, dtype=torch.int64)
    ended, columns = torch.zeros(state.shape[0], dtype=torch.bool), []
    with torch.no_grad():
        while len(columns) < max_steps and not ended.all():
            logits, state = step(tokens, state)
            tokens = logits.max(dim=1).indices
            ended = ended | (tokens == end)
            columns.append(tokens)
    texts = []
    for row in torch.stack(columns, dim=1):
        places = (row == end).nonzero()
        texts.append(row[: int(places[0])].tolist() if len(places) else row.tolist())
    return texts
""")

# exact-match


@mistake("exact-match", named="end of the shorter", name="zip")
def exact_match(predicted, wanted):
    return sum(all(a == b for a, b in zip(one, other)) for one, other in zip(predicted, wanted)) / len(wanted)


@mistake("exact-match", named="counted tokens", name="token accuracy")
def exact_match(predicted, wanted):
    right = sum(a == b for one, other in zip(predicted, wanted) for a, b in zip(one, other))
    return right / sum(map(len, wanted))


@mistake("exact-match", named="not in what order", name="sorted")
def exact_match(predicted, wanted):
    return sum(sorted(one) == sorted(other) for one, other in zip(predicted, wanted)) / len(wanted)


@mistake("exact-match", named="is cut off for right", name="prefix")
def exact_match(predicted, wanted):
    return sum(one == other[: len(one)] for one, other in zip(predicted, wanted)) / len(wanted)


@mistake("exact-match", named="did not divide", name="count")
def exact_match(predicted, wanted):
    return float(sum(one == other for one, other in zip(predicted, wanted)))


@mistake("exact-match", named="percent", name="percent")
def exact_match(predicted, wanted):
    return 100 * sum(one == other for one, other in zip(predicted, wanted)) / len(wanted)


@mistake("exact-match", named="share of wrong", name="error")
def exact_match(predicted, wanted):
    return sum(one != other for one, other in zip(predicted, wanted)) / len(wanted)


@mistake("exact-match", named="True or False", name="all")
def exact_match(predicted, wanted):
    return predicted == wanted


@mistake("exact-match", named="lists as wholes", name="float of one comparison")
def exact_match(predicted, wanted):
    return float(predicted == wanted)


@mistake("exact-match", named="divides by zero", name="mean of token accuracies")
def exact_match(predicted, wanted):
    return sum(sum(a == b for a, b in zip(one, other)) / len(other) for one, other in zip(predicted, wanted)) / len(wanted)


@alternative("exact-match", name="loop")
def exact_match(predicted, wanted):
    right = 0
    for i in range(len(wanted)):
        if list(predicted[i]) == list(wanted[i]):
            right += 1
    return right / len(wanted)


@alternative("exact-match", name="mean of bools")
def exact_match(predicted, wanted):
    same = [len(one) == len(other) and all(a == b for a, b in zip(one, other)) for one, other in zip(predicted, wanted)]
    return torch.tensor(same).double().mean().item()


# predictions

mistake("greedy-or-best", named="does not look ahead", source="greedy_percent, best_percent = 36, 36")
mistake("greedy-or-best", named="first step alone", source="greedy_percent, best_percent = 60, 36")
mistake("greedy-or-best", named="starts with y", source="greedy_percent, best_percent = 24, 24")
mistake("greedy-or-best", named="stays in its row", source="greedy_percent, best_percent = 24, 54")
mistake("length-or-form", named="whole languages and forms", source='longest_third = "fewer than half as many"')
mistake("length-or-form", named="no shorter for the reader", source='longest_third = "more than twice as many"')

mistake("month-attention", named="many months end alike", source='month_attention = "its last three letters"')
mistake("month-attention", named="mix in", source='month_attention = "all its letters alike"')
mistake("month-attention", named="more directly", source='month_attention = "the space after it"')
mistake("steps-in-a-row", named="left out the reader", source="steps_in_a_row = 11")
mistake("steps-in-a-row", named="left out the writer", source="steps_in_a_row = 40")
mistake("steps-in-a-row", named="side by side", source="steps_in_a_row = 91")

# beam-search

mistake("beam-search", named="greedy's text", name="one text only", change=("topk(min(width, candidates.numel()))", "topk(1)"))
mistake("beam-search", named="returned the total", name="sum of logs", change=(
    "score, text = max(finished or [(total / len(text), text)", "score, text = max([(s * (len(t) + 1), t) for s, t in finished] or [(total, text)"))  # fmt: skip
mistake("beam-search", named="compared totals", name="totals compared, mean returned", change=(
    "score, text = max(finished or [(total / len(text), text) for total, text in zip(totals.tolist(), texts)])",
    "score, text = max(finished or [(total / len(text), text) for total, text in zip(totals.tolist(), texts)],\n"
    "                      key=lambda one: one[0] * (len(one[1]) + bool(finished)))"))  # fmt: skip
mistake("beam-search", named="returned the total", change=("return text, score", "return text, score * (len(text) + bool(finished))"))
mistake("beam-search", named="without end", change=("finished += [(total / len(text), text[:-1])", "finished += [(total / max(len(text) - 1, 1), text[:-1])"))
mistake("beam-search", named="counted start", change=("finished += [(total / len(text), text[:-1])", "finished += [(total / (len(text) + 1), text[:-1])"))
mistake("beam-search", named="summed logits", change=("logits.log_softmax(dim=1)", "logits"))
mistake("beam-search", named="returned a probability", change=("return text, score", "return text, math.exp(score * (len(text) + bool(finished)))"))
mistake("beam-search", named="do not follow their texts", name="states not reordered", change=(
    "best[is_open], tokens[is_open], state[rows[is_open]]", "best[is_open], tokens[is_open], state.expand(max(len(rows), len(state)), -1)[: len(rows)][is_open]"))  # fmt: skip
mistake("beam-search", named="stopped when the first text", name="stops with the first finished", change=("if not texts:", "if finished:"))
mistake("beam-search", named="kept the end token", change=("text[:-1]) for total", "text) for total"))
mistake("beam-search", named="kept the start token", change=("texts, totals, finished = [[]],", "texts, totals, finished = [[start]],"))
mistake("beam-search", named="row · K + token", name="row and token mixed up", change=(
    "places // logits.shape[1], places % logits.shape[1]", "places % logits.shape[1], places // logits.shape[1]"))  # fmt: skip
mistake("beam-search", named="lost its first token", change=("[*texts[row], token]", "[*texts[row][1:], token]"))
mistake("beam-search", named="more open texts than width", name="width for each text", change=(
    "best, places = candidates.flatten().topk(min(width, candidates.numel()))",
    "each = candidates.topk(min(width, logits.shape[1]), dim=1)\n        best = each.values.flatten()\n"
    "        places = (each.indices + torch.arange(len(texts))[:, None] * logits.shape[1]).flatten()"))  # fmt: skip
mistake("beam-search", named="returned an empty text", name="nothing finished, nothing returned", change=(
    "finished or [(total / len(text), text) for total, text in zip(totals.tolist(), texts)]", "finished or [(0.0, [])]"))  # fmt: skip
mistake("beam-search", named="after end nothing follows", name="finished texts go on", change=(
    "is_open = tokens != end\n        texts = [text for text in texts if text[-1] != end]", "is_open = tokens >= 0"))  # fmt: skip
mistake("beam-search", named="returned the one that finished first", name="first finished", change=(
    "score, text = max(finished or [(total / len(text), text) for total, text in zip(totals.tolist(), texts)])",
    "score, text = finished[0] if finished else max((total / len(text), text) for total, text in zip(totals.tolist(), texts))"))  # fmt: skip
mistake("beam-search", named="the smaller of the two numbers", name="topk without a minimum", change=("topk(min(width, candidates.numel()))", "topk(width)"))
mistake("beam-search", named="open ones no longer count", name="open texts compared as well", change=(
    "max(finished or [(total", "max(finished + [(total"))  # fmt: skip
mistake("beam-search", named="new states", name="state not handed on", change=("logits, state = step(tokens, state)", "logits, _ = step(tokens, state)"))
mistake("beam-search", named="over the K tokens", name="softmax down the texts", change=("logits.log_softmax(dim=1)", "logits.log_softmax(dim=0)"))
alternative("beam-search", name="lists of tuples", source="""
def beam_search(step, state, start, end, width, max_steps):
    alive, done = [(0.0, [], state)], []
    for _ in range(max_steps):
        candidates = []
        for total, text, before in alive:
            last = torch.tensor([text[-1] if text else start])
            logits, after = step(last, before)
            log_p = torch.log_softmax(logits[0].double(), dim=0)
            candidates += [(total + float(p), [*text, k], after) for k, p in enumerate(log_p)]
        candidates.sort(key=lambda one: one[0], reverse=True)
        alive = []
        for one in candidates[:width]:
            (done if one[1][-1] == end else alive).append(one)
        if not alive:
            break
    pool = done if done else alive
    total, text, _ = max(pool, key=lambda one: one[0] / len(one[1]))
    return (text[:-1] if done else text), total / len(text)
""")
alternative("beam-search", name="all steps remembered", source="""
def beam_search(step, state, start, end, width, max_steps):
    texts = torch.tensor([[start]])
    totals, best_text, best_score = torch.zeros(1, dtype=torch.float64), None, -math.inf
    for t in range(1, max_steps + 1):
        logits, state = step(texts[:, -1], state)
        scores = (totals[:, None] + F.log_softmax(logits.double(), dim=-1)).reshape(-1)
        order = scores.argsort(descending=True)[:width]
        totals, rows, tokens = scores[order], order // logits.shape[1], order % logits.shape[1]
        texts, state = torch.cat([texts[rows], tokens[:, None]], dim=1), state[rows]
        for i in range(len(texts)):
            if tokens[i] == end and totals[i] / t > best_score:
                best_score, best_text = float(totals[i] / t), texts[i, 1:-1].tolist()
        keep = tokens != end
        texts, totals, state = texts[keep], totals[keep], state[keep]
        if not keep.any():
            break
    if best_text is None:
        i = int(totals.argmax())
        return texts[i, 1:].tolist(), float(totals[i] / t)
    return best_text, best_score
""")
