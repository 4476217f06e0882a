"""Wrong answers that the tests of lesson 11 must name, and other right answers that they must accept."""

import math

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from autograder.planted import alternative, mistake

# padding-share

mistake("padding-share", named="share of long sentences", source="padding_percent = 10")
mistake("padding-share", named="mean length", source="padding_percent = 44")
mistake("padding-share", named="40 of 45", source="padding_percent = 89")

# pad-and-mask


@mistake("pad-and-mask", named="from the values", name="mask from the values")
def pad_and_mask(sequences):
    longest = max(map(len, sequences))
    tokens = torch.tensor([one + [0] * (longest - len(one)) for one in sequences])
    return tokens, tokens != 0


@mistake("pad-and-mask", named="padded in front", name="left padding")
def pad_and_mask(sequences):
    longest = max(map(len, sequences))
    tokens = torch.tensor([[0] * (longest - len(one)) + one for one in sequences])
    return tokens, torch.tensor([[False] * (longest - len(one)) + [True] * len(one) for one in sequences])


@mistake("pad-and-mask", named="wrong way round", name="True means padding")
def pad_and_mask(sequences):
    longest = max(map(len, sequences))
    tokens = torch.tensor([one + [0] * (longest - len(one)) for one in sequences])
    return tokens, torch.tensor([[t >= len(one) for t in range(longest)] for one in sequences])


@mistake("pad-and-mask", named="too long", name="mask off by one")
def pad_and_mask(sequences):
    longest = max(map(len, sequences))
    tokens = torch.tensor([one + [0] * (longest - len(one)) for one in sequences])
    return tokens, torch.tensor([[t <= len(one) for t in range(longest)] for one in sequences])


@mistake("pad-and-mask", named="too short", name="mask off by one, the other way")
def pad_and_mask(sequences):
    longest = max(map(len, sequences))
    tokens = torch.tensor([one + [0] * (longest - len(one)) for one in sequences])
    return tokens, torch.tensor([[t < len(one) - 1 for t in range(longest)] for one in sequences])


@mistake("pad-and-mask", named="floats", name="float tokens")
def pad_and_mask(sequences):
    longest = max(map(len, sequences))
    tokens, mask = torch.zeros(len(sequences), longest), torch.zeros(len(sequences), longest, dtype=torch.bool)
    for i, one in enumerate(sequences):
        tokens[i, : len(one)] = torch.tensor(one)
        mask[i, : len(one)] = True
    return tokens, mask


@mistake("pad-and-mask", named="holds numbers", name="mask of ones and zeros")
def pad_and_mask(sequences):
    longest = max(map(len, sequences))
    tokens = torch.tensor([one + [0] * (longest - len(one)) for one in sequences])
    return tokens, torch.tensor([[int(t < len(one)) for t in range(longest)] for one in sequences])


@mistake("pad-and-mask", named="shortest", name="cut to the shortest")
def pad_and_mask(sequences):
    tokens = torch.tensor([list(step) for step in zip(*sequences, strict=False)]).T
    return tokens, torch.ones_like(tokens, dtype=torch.bool)


@mistake("pad-and-mask", named="keeps its row", name="empty sequences dropped")
def pad_and_mask(sequences):
    sequences = [one for one in sequences if one]
    longest = max(map(len, sequences))
    tokens = torch.tensor([one + [0] * (longest - len(one)) for one in sequences])
    return tokens, torch.tensor([[t < len(one) for t in range(longest)] for one in sequences])


@mistake("pad-and-mask", named="NumPy arrays")
def pad_and_mask(sequences):
    longest = max(map(len, sequences))
    tokens = np.array([one + [0] * (longest - len(one)) for one in sequences])
    return tokens, np.array([[t < len(one) for t in range(longest)] for one in sequences])


@mistake("pad-and-mask", named="you returned lists")
def pad_and_mask(sequences):
    longest = max(map(len, sequences))
    tokens = [one + [0] * (longest - len(one)) for one in sequences]
    return tokens, [[t < len(one) for t in range(longest)] for one in sequences]


@alternative("pad-and-mask", name="pad_sequence")
def pad_and_mask(sequences):
    from torch.nn.utils.rnn import pad_sequence

    rows = [torch.tensor(one, dtype=torch.int64) for one in sequences]
    real = [torch.ones(len(one), dtype=torch.bool) for one in sequences]
    return pad_sequence(rows, batch_first=True), pad_sequence(real, batch_first=True)


@alternative("pad-and-mask", name="lists")
def pad_and_mask(sequences):
    longest = max(len(one) for one in sequences)
    tokens = [list(one) + [0] * (longest - len(one)) for one in sequences]
    mask = [[True] * len(one) + [False] * (longest - len(one)) for one in sequences]
    return torch.tensor(tokens), torch.tensor(mask)


# last-valid-state


@mistake("last-valid-state", named="you read padding", name="reads padding")
def last_valid_state(states, mask):
    return states[:, -1]


@mistake("last-valid-state", named="one step late", name="off by one, late")
def last_valid_state(states, mask):
    return states[torch.arange(len(states)), mask.sum(dim=1)]


@mistake("last-valid-state", named="no such step", name="late in full rows only")
def last_valid_state(states, mask):
    lengths = mask.sum(dim=1)
    index = torch.where(lengths == states.shape[1], lengths, (lengths - 1).clamp(min=0))
    return states[torch.arange(len(states)), index]


@mistake("last-valid-state", named="one step early", name="off by one, early")
def last_valid_state(states, mask):
    return states[torch.arange(len(states)), mask.sum(dim=1) - 2]


@mistake("last-valid-state", named="became -1", name="empty row wraps round")
def last_valid_state(states, mask):
    return states[torch.arange(len(states)), mask.sum(dim=1) - 1]


@mistake("last-valid-state", named="gave its first step", name="empty row clamped")
def last_valid_state(states, mask):
    return states[torch.arange(len(states)), (mask.sum(dim=1) - 1).clamp(min=0)]


@mistake("last-valid-state", named="one index for all rows")
def last_valid_state(states, mask):
    return states[:, mask.sum(dim=1).max() - 1]


@mistake("last-valid-state", named="every index from every row", name="one fancy index")
def last_valid_state(states, mask):
    return states[:, mask.sum(dim=1) - 1]


@mistake("last-valid-state", named="multiplied away", name="NaN through a product")
def last_valid_state(states, mask):
    lengths = mask.sum(dim=1)
    last = torch.arange(mask.shape[1]) == lengths[:, None] - 1
    return (states * last[:, :, None]).sum(dim=1)


@mistake("last-valid-state", named="float64", name="zeros of another dtype")
def last_valid_state(states, mask):
    out = torch.zeros(len(states), states.shape[2])
    for i, n in enumerate(mask.sum(dim=1).tolist()):
        if n:
            out[i] = states[i, n - 1]
    return out


@mistake("last-valid-state", named="condition chose columns, not rows", name="condition of shape (N,)")
def last_valid_state(states, mask):
    lengths = mask.sum(dim=1)
    last = states[torch.arange(len(states)), (lengths - 1).clamp(min=0)]
    return torch.where(lengths > 0, last, torch.zeros_like(last))


@mistake("last-valid-state", named="condition chose columns and not rows", name="condition of shape (N,), index not clamped")
def last_valid_state(states, mask):
    lengths = mask.sum(dim=1)
    last = states[torch.arange(len(states)), lengths - 1]
    return torch.where(lengths > 0, last, torch.zeros_like(last))


@alternative("last-valid-state", name="gather")
def last_valid_state(states, mask):
    lengths = mask.sum(1)
    index = (lengths - 1).clamp(min=0)[:, None, None].expand(-1, 1, states.shape[2])
    return states.gather(1, index)[:, 0].masked_fill((lengths == 0)[:, None], 0)


@alternative("last-valid-state", name="loop")
def last_valid_state(states, mask):
    out = torch.zeros_like(states[:, 0])
    for i, real in enumerate(mask):
        if real.any():
            out[i] = states[i][real][-1]
    return out


# masked-mean


@mistake("masked-mean", named="averaged the padding too", name="reads padding")
def masked_mean(states, mask):
    return states.mean(dim=1)


@mistake("masked-mean", named="divided by T", name="divides by T")
def masked_mean(states, mask):
    return states.masked_fill(~mask[:, :, None], 0).mean(dim=1)


@mistake("masked-mean", named="0 · NaN is NaN", name="multiplies by the mask")
def masked_mean(states, mask):
    return (states * mask[:, :, None]).sum(dim=1) / mask.sum(dim=1, keepdim=True).clamp(min=1)


@mistake("masked-mean", named="0 / 0", name="an empty row divides by zero")
def masked_mean(states, mask):
    return states.masked_fill(~mask[:, :, None], 0).sum(dim=1) / mask.sum(dim=1, keepdim=True)


@mistake("masked-mean", named="did not divide", name="sum")
def masked_mean(states, mask):
    return states.masked_fill(~mask[:, :, None], 0).sum(dim=1)


@mistake("masked-mean", named="real steps of the batch", name="one count for all")
def masked_mean(states, mask):
    return states.masked_fill(~mask[:, :, None], 0).sum(dim=1) / mask.sum()


@mistake("masked-mean", named="instead of the real steps", name="mask the wrong way round")
def masked_mean(states, mask):
    return states.masked_fill(mask[:, :, None], 0).sum(dim=1) / (~mask).sum(dim=1, keepdim=True).clamp(min=1)


@mistake("masked-mean", named="one off", name="plus one against zero")
def masked_mean(states, mask):
    return states.masked_fill(~mask[:, :, None], 0).sum(dim=1) / (mask.sum(dim=1, keepdim=True) + 1)


@mistake("masked-mean", named="not infinity", name="nansum")
def masked_mean(states, mask):
    states = torch.where(states.isnan(), 0.0, states)
    weights = torch.where(states.isinf(), 1.0, mask[:, :, None].to(states.dtype))
    return (states * weights).sum(dim=1) / mask.sum(dim=1, keepdim=True).clamp(min=1)


@alternative("masked-mean", name="loop")
def masked_mean(states, mask):
    rows = [row[real].mean(dim=0) if real.any() else torch.zeros_like(row[0]) for row, real in zip(states, mask, strict=True)]
    return torch.stack(rows)


@alternative("masked-mean", name="where and a product")
def masked_mean(states, mask):
    clean = torch.where(mask.unsqueeze(-1), states, torch.zeros((), dtype=states.dtype))
    weights = mask.to(states.dtype)
    weights = weights / weights.sum(1, keepdim=True).clamp(min=1)
    return torch.einsum("nt,nth->nh", weights, clean)


# masked-cross-entropy


@mistake("masked-cross-entropy", named="counted the padding", name="loss over padding")
def masked_cross_entropy(logits, tags, mask):
    return F.cross_entropy(logits.reshape(-1, logits.shape[2]), tags.reshape(-1))


@mistake("masked-cross-entropy", named="divided by all cells")
def masked_cross_entropy(logits, tags, mask):
    each = F.cross_entropy(logits.flatten(0, 1), tags.flatten(), reduction="none")
    return (each * mask.flatten()).mean()


@mistake("masked-cross-entropy", named="within each sentence")
def masked_cross_entropy(logits, tags, mask):
    rows = [F.cross_entropy(a[m], b[m]) for a, b, m in zip(logits, tags, mask, strict=True) if m.any()]
    return torch.stack(rows).mean()


@mistake("masked-cross-entropy", named="you summed")
def masked_cross_entropy(logits, tags, mask):
    return F.cross_entropy(logits[mask], tags[mask], reduction="sum")


@mistake("masked-cross-entropy", named="number of sentences")
def masked_cross_entropy(logits, tags, mask):
    return F.cross_entropy(logits[mask], tags[mask], reduction="sum") / len(logits)


@mistake("masked-cross-entropy", named="zeroed the logits", name="zero logits in padding")
def masked_cross_entropy(logits, tags, mask):
    logits = logits.masked_fill(~mask[:, :, None], 0)
    return F.cross_entropy(logits.flatten(0, 1), tags.flatten())


@mistake("masked-cross-entropy", named="softmax first", name="two softmaxes")
def masked_cross_entropy(logits, tags, mask):
    return F.cross_entropy(logits.softmax(dim=2)[mask], tags[mask])


@mistake("masked-cross-entropy", named="looked up the tag of padding", name="masks the losses, not the tags")
def masked_cross_entropy(logits, tags, mask):
    p = logits.log_softmax(dim=2).gather(2, tags[:, :, None])[:, :, 0]
    return -(p * mask).sum() / mask.sum()


@mistake("masked-cross-entropy", named="Python number", name="item")
def masked_cross_entropy(logits, tags, mask):
    return F.cross_entropy(logits[mask], tags[mask]).item()


@mistake("masked-cross-entropy", named="no gradient flows", name="detach")
def masked_cross_entropy(logits, tags, mask):
    return F.cross_entropy(logits[mask], tags[mask]).detach()


@mistake("masked-cross-entropy", named="refuses the shapes", name="not transposed")
def masked_cross_entropy(logits, tags, mask):
    return F.cross_entropy(logits, tags)


@mistake("masked-cross-entropy", named="by the same mask", name="only the tags picked out")
def masked_cross_entropy(logits, tags, mask):
    return F.cross_entropy(logits.flatten(0, 1), tags[mask])


@alternative("masked-cross-entropy", name="ignore_index")
def masked_cross_entropy(logits, tags, mask):
    hidden = tags.masked_fill(~mask, -100)
    return F.cross_entropy(logits.transpose(1, 2), hidden, ignore_index=-100)


@alternative("masked-cross-entropy", name="by hand")
def masked_cross_entropy(logits, tags, mask):
    scores, wanted = logits[mask], tags[mask]
    return (scores.logsumexp(dim=1) - scores[torch.arange(len(scores)), wanted]).mean()


# masked-accuracy


@mistake("masked-accuracy", named="counted padding", name="padding counts")
def masked_accuracy(logits, tags, mask):
    return (logits.argmax(dim=2) == tags).float().mean().item()


@mistake("masked-accuracy", named="divided by all cells")
def masked_accuracy(logits, tags, mask):
    return ((logits.argmax(dim=2) == tags) & mask).float().mean().item()


@mistake("masked-accuracy", named="within each sentence")
def masked_accuracy(logits, tags, mask):
    right = (logits.argmax(dim=2) == tags) & mask
    return (right.sum(dim=1) / mask.sum(dim=1).clamp(min=1)).mean().item()


@mistake("masked-accuracy", named="share of errors")
def masked_accuracy(logits, tags, mask):
    return (logits.argmax(dim=2) != tags)[mask].float().mean().item()


@mistake("masked-accuracy", named="percent")
def masked_accuracy(logits, tags, mask):
    return 100 * (logits.argmax(dim=2) == tags)[mask].float().mean().item()


@mistake("masked-accuracy", named="padding's answers", name="right anywhere over real")
def masked_accuracy(logits, tags, mask):
    return ((logits.argmax(dim=2) == tags).sum() / mask.sum()).item()


@mistake("masked-accuracy", named="tensor", name="returns a tensor")
def masked_accuracy(logits, tags, mask):
    return (logits.argmax(dim=2) == tags)[mask].float().mean()


@mistake("masked-accuracy", named="axis of the tags", name="argmax along the steps")
def masked_accuracy(logits, tags, mask):
    return (logits.argmax(dim=1) == tags)[mask].float().mean().item()


@alternative("masked-accuracy", name="count")
def masked_accuracy(logits, tags, mask):
    right = (logits.argmax(-1) == tags) & mask
    return int(right.sum()) / int(mask.sum())


@alternative("masked-accuracy", name="loop")
def masked_accuracy(logits, tags, mask):
    verdicts = [int(logits[i, t].argmax() == tags[i, t]) for i, t in mask.nonzero().tolist()]
    return sum(verdicts) / len(verdicts)


# words-read

mistake("words-read", named="left out the word itself", source="forward_has_read = 2\nbackward_has_read = 5")
mistake("words-read", named="counted the padding", source="forward_has_read = 3\nbackward_has_read = 8")
mistake("words-read", named="other reader's", source="forward_has_read = 5\nbackward_has_read = 3")
mistake("words-read", named="wrong end", source="forward_has_read = 3\nbackward_has_read = 3")

# reverse-valid


@mistake("reverse-valid", named="so it leads", name="flip")
def reverse_valid(x, mask):
    return x.flip(1)


@mistake("reverse-valid", named="then turned everything", name="zero, then flip")
def reverse_valid(x, mask):
    return x.masked_fill(~mask[:, :, None], 0).flip(1)


@mistake("reverse-valid", named="keeps its old values", name="padding kept")
def reverse_valid(x, mask):
    out = x.clone()
    for i, n in enumerate(mask.sum(dim=1).tolist()):
        out[i, :n] = x[i, :n].flip(0)
    return out


@mistake("reverse-valid", named="one step off")
def reverse_valid(x, mask):
    lengths = mask.sum(dim=1, keepdim=True)
    index = lengths - torch.arange(x.shape[1])
    out = torch.zeros_like(x)
    for i in range(len(x)):
        for t in range(int(lengths[i])):
            if index[i, t] < x.shape[1]:
                out[i, t] = x[i, index[i, t]]
    return out


@mistake("reverse-valid", named="turned the batch round")
def reverse_valid(x, mask):
    return x.flip(0)


@mistake("reverse-valid", named="features", name="features turned too")
def reverse_valid(x, mask):
    out = torch.zeros_like(x)
    for i, n in enumerate(mask.sum(dim=1).tolist()):
        out[i, :n] = x[i, :n].flip(0, 1)
    return out


@mistake("reverse-valid", named="nothing is turned")
def reverse_valid(x, mask):
    return x.masked_fill(~mask[:, :, None], 0)


@mistake("reverse-valid", named="float64", name="zeros of another dtype")
def reverse_valid(x, mask):
    out = torch.zeros(x.shape)
    for i, n in enumerate(mask.sum(dim=1).tolist()):
        out[i, :n] = x[i, :n].flip(0)
    return out


@mistake("reverse-valid", named="cut off at the mask", name="flip, then zero")
def reverse_valid(x, mask):
    return x.flip(1) * mask[:, :, None]


@alternative("reverse-valid", name="gather")
def reverse_valid(x, mask):
    index = (mask.sum(dim=1, keepdim=True) - 1 - torch.arange(x.shape[1])).clamp(min=0)
    return x[torch.arange(len(x))[:, None], index] * mask[:, :, None].to(x.dtype)


@alternative("reverse-valid", name="cat")
def reverse_valid(x, mask):
    rows = [torch.cat([row[real].flip(0), torch.zeros_like(row[~real])]) for row, real in zip(x, mask, strict=True)]
    return torch.stack(rows)


# bidirectional

mistake("bidirectional", named="turn the backward states round again", name="not re-reversed", source="""
def run(step, x, hidden_dim):
    h, states = x.new_zeros(len(x), hidden_dim), []
    for t in range(x.shape[1]):
        h = step(x[:, t], h)
        states.append(h)
    return torch.stack(states, dim=1)

def bidirectional(forward_step, backward_step, x, mask, hidden_dim):
    there = run(forward_step, x, hidden_dim)
    back = run(backward_step, reverse_valid(x, mask), hidden_dim)
    return torch.cat([there, back], dim=2) * mask[:, :, None]
""")
mistake("bidirectional", named="padding leads", name="flip: padding leads", source="""
def run(step, x, hidden_dim):
    h, states = x.new_zeros(len(x), hidden_dim), []
    for t in range(x.shape[1]):
        h = step(x[:, t], h)
        states.append(h)
    return torch.stack(states, dim=1)

def bidirectional(forward_step, backward_step, x, mask, hidden_dim):
    there = run(forward_step, x, hidden_dim)
    back = run(backward_step, x.flip(1), hidden_dim).flip(1)
    return torch.cat([there, back], dim=2) * mask[:, :, None]
""")
mistake("bidirectional", named="left states in padding", name="flip, and padding left", source="""
def run(step, x, hidden_dim):
    h, states = x.new_zeros(len(x), hidden_dim), []
    for t in range(x.shape[1]):
        h = step(x[:, t], h)
        states.append(h)
    return torch.stack(states, dim=1)

def bidirectional(forward_step, backward_step, x, mask, hidden_dim):
    there = run(forward_step, x, hidden_dim)
    back = run(backward_step, x.flip(1), hidden_dim).flip(1)
    return torch.cat([there, back], dim=2)
""")
mistake("bidirectional", named="forward states in padding", name="padding left in the forward half", source="""
def run(step, x, hidden_dim):
    h, states = x.new_zeros(len(x), hidden_dim), []
    for t in range(x.shape[1]):
        h = step(x[:, t], h)
        states.append(h)
    return torch.stack(states, dim=1)

def bidirectional(forward_step, backward_step, x, mask, hidden_dim):
    there = run(forward_step, x, hidden_dim)
    back = reverse_valid(run(backward_step, reverse_valid(x, mask), hidden_dim), mask)
    return torch.cat([there, back], dim=2)
""")
mistake("bidirectional", named="weights of its own", name="one step for both", source="""
def run(step, x, hidden_dim):
    h, states = x.new_zeros(len(x), hidden_dim), []
    for t in range(x.shape[1]):
        h = step(x[:, t], h)
        states.append(h)
    return torch.stack(states, dim=1)

def bidirectional(forward_step, backward_step, x, mask, hidden_dim):
    there = run(forward_step, x, hidden_dim)
    back = reverse_valid(run(forward_step, reverse_valid(x, mask), hidden_dim), mask)
    return torch.cat([there, back], dim=2) * mask[:, :, None]
""")
mistake("bidirectional", named="swapped the halves", source="""
def run(step, x, hidden_dim):
    h, states = x.new_zeros(len(x), hidden_dim), []
    for t in range(x.shape[1]):
        h = step(x[:, t], h)
        states.append(h)
    return torch.stack(states, dim=1)

def bidirectional(forward_step, backward_step, x, mask, hidden_dim):
    there = run(forward_step, x, hidden_dim)
    back = reverse_valid(run(backward_step, reverse_valid(x, mask), hidden_dim), mask)
    return torch.cat([back, there], dim=2) * mask[:, :, None]
""")
mistake("bidirectional", named="goes forwards", name="never turned", source="""
def run(step, x, hidden_dim):
    h, states = x.new_zeros(len(x), hidden_dim), []
    for t in range(x.shape[1]):
        h = step(x[:, t], h)
        states.append(h)
    return torch.stack(states, dim=1)

def bidirectional(forward_step, backward_step, x, mask, hidden_dim):
    there = run(forward_step, x, hidden_dim)
    return torch.cat([there, run(backward_step, x, hidden_dim)], dim=2) * mask[:, :, None]
""")
mistake("bidirectional", named="added the two", source="""
def run(step, x, hidden_dim):
    h, states = x.new_zeros(len(x), hidden_dim), []
    for t in range(x.shape[1]):
        h = step(x[:, t], h)
        states.append(h)
    return torch.stack(states, dim=1)

def bidirectional(forward_step, backward_step, x, mask, hidden_dim):
    there = run(forward_step, x, hidden_dim)
    back = reverse_valid(run(backward_step, reverse_valid(x, mask), hidden_dim), mask)
    return (there + back) * mask[:, :, None]
""")
mistake("bidirectional", named="last state", name="the second reader goes on from the first", source="""
def bidirectional(forward_step, backward_step, x, mask, hidden_dim):
    n, T, _ = x.shape
    out = x.new_zeros(n, T, 2 * hidden_dim)
    for i in range(n):
        h, last = x.new_zeros(1, hidden_dim), int(mask[i].sum())
        for t in range(last):
            h = forward_step(x[i : i + 1, t], h)
            out[i, t, :hidden_dim] = h[0]
        for t in reversed(range(last)):
            h = backward_step(x[i : i + 1, t], h)
            out[i, t, hidden_dim:] = h[0]
    return out
""")
mistake("bidirectional", named="each row is shifted", name="states flipped with their padding", source="""
def run(step, x, hidden_dim):
    h, states = x.new_zeros(len(x), hidden_dim), []
    for t in range(x.shape[1]):
        h = step(x[:, t], h)
        states.append(h)
    return torch.stack(states, dim=1)

def bidirectional(forward_step, backward_step, x, mask, hidden_dim):
    there = run(forward_step, x, hidden_dim)
    back = (run(backward_step, reverse_valid(x, mask), hidden_dim) * mask[:, :, None]).flip(1)
    return torch.cat([there * mask[:, :, None], back], dim=2)
""")


@mistake("bidirectional", named="x's dtype", name="zeros of another dtype")
def bidirectional(forward_step, backward_step, x, mask, hidden_dim):
    n, steps, _ = x.shape
    out = torch.zeros(n, steps, 2 * hidden_dim, dtype=x.dtype)
    h = torch.zeros(n, hidden_dim)
    for t in range(steps):
        h = torch.where(mask[:, t, None], forward_step(x[:, t], h), 0.0)
        out[:, t, :hidden_dim] = h
    h = torch.zeros(n, hidden_dim)
    for t in reversed(range(steps)):
        h = torch.where(mask[:, t, None], backward_step(x[:, t], h), 0.0)
        out[:, t, hidden_dim:] = h
    return out


@mistake("bidirectional", named="last state", name="one state carried through both loops")
def bidirectional(forward_step, backward_step, x, mask, hidden_dim):
    n, steps, _ = x.shape
    h, there, back = x.new_zeros(n, hidden_dim), [], []
    for t in range(steps):
        h = torch.where(mask[:, t, None], forward_step(x[:, t], h), h)
        there.append(h)
    for t in reversed(range(steps)):
        h = torch.where(mask[:, t, None], backward_step(x[:, t], h), h)
        back.append(h)
    states = torch.cat([torch.stack(there, dim=1), torch.stack(back[::-1], dim=1)], dim=2)
    return states * mask[:, :, None]


mistake("bidirectional", named="stands still in padding", name="padding keeps the last state", source="""
def bidirectional(forward_step, backward_step, x, mask, hidden_dim):
    n, steps, _ = x.shape
    there, back = [], []
    h = x.new_zeros(n, hidden_dim)
    for t in range(steps):
        h = torch.where(mask[:, t, None], forward_step(x[:, t], h), h)
        there.append(h)
    h = x.new_zeros(n, hidden_dim)
    for t in reversed(range(steps)):
        h = torch.where(mask[:, t, None], backward_step(x[:, t], h), h)
        back.append(h)
    return torch.cat([torch.stack(there, dim=1), torch.stack(back[::-1], dim=1)], dim=2)
""")


mistake("bidirectional", named="step(x_t, h)", name="arguments of the steps swapped", source="""
def run(step, x, hidden_dim):
    h, states = x.new_zeros(len(x), hidden_dim), []
    for t in range(x.shape[1]):
        h = step(h, x[:, t])
        states.append(h)
    return torch.stack(states, dim=1)

def bidirectional(forward_step, backward_step, x, mask, hidden_dim):
    there = run(forward_step, x, hidden_dim)
    back = reverse_valid(run(backward_step, reverse_valid(x, mask), hidden_dim), mask)
    return torch.cat([there, back], dim=2) * mask[:, :, None]
""")
mistake("bidirectional", named="as wide as x", name="states of x's width", source="""
def run(step, x, hidden_dim):
    h, states = x.new_zeros(len(x), x.shape[2]), []
    for t in range(x.shape[1]):
        h = step(x[:, t], h)
        states.append(h)
    return torch.stack(states, dim=1)

def bidirectional(forward_step, backward_step, x, mask, hidden_dim):
    there = run(forward_step, x, hidden_dim)
    back = reverse_valid(run(backward_step, reverse_valid(x, mask), hidden_dim), mask)
    return torch.cat([there, back], dim=2) * mask[:, :, None]
""")


@mistake("bidirectional", named="a state of another size", name="states of x's width, broadcast into the answer")
def bidirectional(forward_step, backward_step, x, mask, hidden_dim):
    n, steps, width = x.shape
    out = x.new_zeros(n, steps, 2 * hidden_dim)
    h = x.new_zeros(n, width)
    for t in range(steps):
        h = torch.where(mask[:, t, None], forward_step(x[:, t], h), 0.0)
        out[:, t, :hidden_dim] = h
    h = x.new_zeros(n, width)
    for t in reversed(range(steps)):
        h = torch.where(mask[:, t, None], backward_step(x[:, t], h), 0.0)
        out[:, t, hidden_dim:] = h
    return out


@alternative("bidirectional", name="walk backwards with a mask")
def bidirectional(forward_step, backward_step, x, mask, hidden_dim):
    n, steps, _ = x.shape
    there, back = [None] * steps, [None] * steps
    h = torch.zeros(n, hidden_dim, dtype=x.dtype)
    for t in range(steps):
        h = torch.where(mask[:, t, None], forward_step(x[:, t], h), torch.zeros_like(h))
        there[t] = h
    h = torch.zeros(n, hidden_dim, dtype=x.dtype)
    for t in reversed(range(steps)):
        h = torch.where(mask[:, t, None], backward_step(x[:, t], h), torch.zeros_like(h))
        back[t] = h
    return torch.cat([torch.stack(there, 1), torch.stack(back, 1)], dim=-1)


@alternative("bidirectional", name="row by row")
def bidirectional(forward_step, backward_step, x, mask, hidden_dim):
    rows = []
    for row, real in zip(x, mask, strict=True):
        last = int(real.sum())
        halves = []
        for step, order in ((forward_step, range(last)), (backward_step, reversed(range(last)))):
            h, states = row.new_zeros(1, hidden_dim), {}
            for t in order:
                states[t] = h = step(row[None, t], h)
            empty = row.new_zeros(1, hidden_dim)
            halves.append(torch.cat([states.get(t, empty) for t in range(len(row))]))
        rows.append(torch.cat(halves, dim=1))
    return torch.stack(rows)


# path-length

mistake("path-length", named="steps in time only", source="longest_way = 20")
mistake("path-length", named="state twice", source="longest_way = 23")
mistake("path-length", named="all states", source="longest_way = 60")

# stacked


@mistake("stacked", named="layer 2 reads inputs of size D")
def stacked(input_dim, hidden_dim, layers, steps):
    weights = layers * hidden_dim * (input_dim + hidden_dim)
    return weights + layers * hidden_dim, weights * steps, steps + layers - 1, math.comb(steps + layers - 2, layers - 1)


@mistake("stacked", named="layer 1 reads inputs of size H")
def stacked(input_dim, hidden_dim, layers, steps):
    weights = layers * hidden_dim * 2 * hidden_dim
    return weights + layers * hidden_dim, weights * steps, steps + layers - 1, math.comb(steps + layers - 2, layers - 1)


@mistake("stacked", named="biases out")
def stacked(input_dim, hidden_dim, layers, steps):
    weights = hidden_dim * (input_dim + hidden_dim) + (layers - 1) * 2 * hidden_dim**2
    return weights, weights * steps, steps + layers - 1, math.comb(steps + layers - 2, layers - 1)


@mistake("stacked", named="two bias vectors")
def stacked(input_dim, hidden_dim, layers, steps):
    weights = hidden_dim * (input_dim + hidden_dim) + (layers - 1) * 2 * hidden_dim**2
    parameters = sum(p.numel() for p in nn.RNN(input_dim, hidden_dim, layers, device="meta").parameters())
    return parameters, weights * steps, steps + layers - 1, math.comb(steps + layers - 2, layers - 1)


@mistake("stacked", named="biases as multiply-adds")
def stacked(input_dim, hidden_dim, layers, steps):
    parameters = hidden_dim * (input_dim + hidden_dim + 1) + (layers - 1) * hidden_dim * (2 * hidden_dim + 1)
    return parameters, parameters * steps, steps + layers - 1, math.comb(steps + layers - 2, layers - 1)


@mistake("stacked", named="parameters by the steps", name="new weights at every step")
def stacked(input_dim, hidden_dim, layers, steps):
    weights = hidden_dim * (input_dim + hidden_dim) + (layers - 1) * 2 * hidden_dim**2
    parameters = (weights + layers * hidden_dim) * steps
    return parameters, weights * steps, steps + layers - 1, math.comb(steps + layers - 2, layers - 1)


@mistake("stacked", named="all states", name="path through all states")
def stacked(input_dim, hidden_dim, layers, steps):
    weights = hidden_dim * (input_dim + hidden_dim) + (layers - 1) * 2 * hidden_dim**2
    return weights + layers * hidden_dim, weights * steps, steps * layers, math.comb(steps + layers - 2, layers - 1)


@mistake("stacked", named="one too long", name="path T + L")
def stacked(input_dim, hidden_dim, layers, steps):
    weights = hidden_dim * (input_dim + hidden_dim) + (layers - 1) * 2 * hidden_dim**2
    return weights + layers * hidden_dim, weights * steps, steps + layers, math.comb(steps + layers - 2, layers - 1)


@mistake("stacked", named="layers times steps as ways")
def stacked(input_dim, hidden_dim, layers, steps):
    weights = hidden_dim * (input_dim + hidden_dim) + (layers - 1) * 2 * hidden_dim**2
    return weights + layers * hidden_dim, weights * steps, steps + layers - 1, steps * layers


@mistake("stacked", named="happens to be right for two layers", name="ways are the steps")
def stacked(input_dim, hidden_dim, layers, steps):
    weights = hidden_dim * (input_dim + hidden_dim) + (layers - 1) * 2 * hidden_dim**2
    return weights + layers * hidden_dim, weights * steps, steps + layers - 1, steps if layers > 1 else 1


@mistake("stacked", named="the one into layer 1", name="the entry arrow counted as up")
def stacked(input_dim, hidden_dim, layers, steps):
    weights = hidden_dim * (input_dim + hidden_dim) + (layers - 1) * 2 * hidden_dim**2
    return weights + layers * hidden_dim, weights * steps, steps + layers - 1, math.comb(steps + layers - 1, layers)


@mistake("stacked", named="an arrow too many: after", name="the entry arrow counted as right")
def stacked(input_dim, hidden_dim, layers, steps):
    weights = hidden_dim * (input_dim + hidden_dim) + (layers - 1) * 2 * hidden_dim**2
    return weights + layers * hidden_dim, weights * steps, steps + layers - 1, math.comb(steps + layers - 1, layers - 1)


@mistake("stacked", named="so there is one way", name="ways are always the steps")
def stacked(input_dim, hidden_dim, layers, steps):
    weights = hidden_dim * (input_dim + hidden_dim) + (layers - 1) * 2 * hidden_dim**2
    return weights + layers * hidden_dim, weights * steps, steps + layers - 1, steps


@mistake("stacked", named="never goes down again", name="a layer for every step")
def stacked(input_dim, hidden_dim, layers, steps):
    weights = hidden_dim * (input_dim + hidden_dim) + (layers - 1) * 2 * hidden_dim**2
    return weights + layers * hidden_dim, weights * steps, steps + layers - 1, layers ** (steps - 1)


@alternative("stacked", name="layer by layer")
def stacked(input_dim, hidden_dim, layers, steps):
    parameters = work = 0
    ways = [1] + [0] * (steps - 1)
    size = input_dim
    for _ in range(layers):
        parameters += (size + hidden_dim + 1) * hidden_dim
        work += (size + hidden_dim) * hidden_dim * steps
        size = hidden_dim
        ways = [sum(ways[: t + 1]) for t in range(steps)]
    return parameters, work, (steps - 1) + (layers - 1) + 1, ways[-1]


@alternative("stacked", name="measure PyTorch")
def stacked(input_dim, hidden_dim, layers, steps):
    rnn = nn.RNN(input_dim, hidden_dim, layers, device="meta")
    weights = sum(p.numel() for name, p in rnn.named_parameters() if "weight" in name)
    ways = math.factorial(steps + layers - 2) // math.factorial(steps - 1) // math.factorial(layers - 1)
    return weights + layers * hidden_dim, steps * weights, layers + steps - 1, ways


# pyramid


@mistake("pyramid", named="came in as a neighbour", name="padding joined")
def pyramid(states, mask):
    n, steps, size = states.shape
    odd = steps % 2
    states, mask = F.pad(states, (0, 0, 0, odd)), F.pad(mask, (0, odd))
    return states.reshape(n, -1, 2 * size), mask[:, ::2]


@mistake("pyramid", named="forgets a last step", name="mask wants both")
def pyramid(states, mask):
    n, steps, size = states.shape
    odd = steps % 2
    states, mask = F.pad(states.masked_fill(~mask[:, :, None], 0), (0, 0, 0, odd)), F.pad(mask, (0, odd))
    return states.reshape(n, -1, 2 * size), mask[:, ::2] & mask[:, 1::2]


@mistake("pyramid", named="dropped a last step", name="lone real steps dropped")
def pyramid(states, mask):
    n, steps, size = states.shape
    odd = steps % 2
    states, mask = F.pad(states.masked_fill(~mask[:, :, None], 0), (0, 0, 0, odd)), F.pad(mask, (0, odd))
    both = mask[:, ::2] & mask[:, 1::2]
    return states.reshape(n, -1, 2 * size) * both[:, :, None], both


@mistake("pyramid", named="round up", name="odd T cut")
def pyramid(states, mask):
    n, steps, size = states.shape
    half = steps // 2
    states, mask = states.masked_fill(~mask[:, :, None], 0)[:, : 2 * half], mask[:, : 2 * half]
    return states.reshape(n, half, 2 * size), mask[:, ::2]


@mistake("pyramid", named="first half with the second")
def pyramid(states, mask):
    odd = states.shape[1] % 2
    states, mask = F.pad(states.masked_fill(~mask[:, :, None], 0), (0, 0, 0, odd)), F.pad(mask, (0, odd))
    half = states.shape[1] // 2
    return torch.cat([states[:, :half], states[:, half:]], dim=2), mask[:, ::2]


@mistake("pyramid", named="averaged the two")
def pyramid(states, mask):
    odd = states.shape[1] % 2
    states, mask = F.pad(states.masked_fill(~mask[:, :, None], 0), (0, 0, 0, odd)), F.pad(mask, (0, odd))
    return (states[:, ::2] + states[:, 1::2]) / 2, mask[:, ::2]


@mistake("pyramid", named="later step comes first")
def pyramid(states, mask):
    odd = states.shape[1] % 2
    states, mask = F.pad(states.masked_fill(~mask[:, :, None], 0), (0, 0, 0, odd)), F.pad(mask, (0, odd))
    return torch.cat([states[:, 1::2], states[:, ::2]], dim=2), mask[:, ::2]


@mistake("pyramid", named="mask as long as it was")
def pyramid(states, mask):
    n, steps, size = states.shape
    states = F.pad(states.masked_fill(~mask[:, :, None], 0), (0, 0, 0, steps % 2))
    return states.reshape(n, -1, 2 * size), mask


@mistake("pyramid", named="an odd T stops", name="odd T forgotten")
def pyramid(states, mask):
    n, steps, size = states.shape
    return states.masked_fill(~mask[:, :, None], 0).reshape(n, steps // 2, 2 * size), mask[:, ::2]


@mistake("pyramid", named="mixed the numbers", name="interleaved")
def pyramid(states, mask):
    n, steps, size = states.shape
    states = F.pad(states.masked_fill(~mask[:, :, None], 0), (0, 0, 0, steps % 2))
    return states.reshape(n, -1, 2, size).transpose(2, 3).reshape(n, -1, 2 * size), mask[:, ::2]


@mistake("pyramid", named="float64", name="zeros of another dtype")
def pyramid(states, mask):
    n, steps, size = states.shape
    out, real = torch.zeros(n, (steps + 1) // 2, 2 * size), torch.zeros(n, (steps + 1) // 2, dtype=torch.bool)
    for i, t in mask.nonzero().tolist():
        out[i, t // 2, t % 2 * size : (t % 2 + 1) * size] = states[i, t]
        real[i, t // 2] = True
    return out, real


@alternative("pyramid", name="slices")
def pyramid(states, mask):
    clean = states * mask.unsqueeze(2).to(states.dtype)
    if clean.shape[1] % 2:
        clean = torch.cat([clean, torch.zeros_like(clean[:, :1])], dim=1)
        mask = torch.cat([mask, torch.zeros_like(mask[:, :1])], dim=1)
    return torch.cat([clean[:, 0::2], clean[:, 1::2]], dim=-1), mask[:, 0::2] | mask[:, 1::2]


@alternative("pyramid", name="loop")
def pyramid(states, mask):
    n, steps, size = states.shape
    out = torch.zeros(n, math.ceil(steps / 2), 2 * size, dtype=states.dtype)
    real = torch.zeros(n, math.ceil(steps / 2), dtype=torch.bool)
    for i in range(n):
        for t in range(steps):
            if mask[i, t]:
                out[i, t // 2, (t % 2) * size : (t % 2 + 1) * size] = states[i, t]
                real[i, t // 2] = True
    return out, real


# tagger

mistake("tagger", named="backward reader starts in it", name="no packing", change=("""        lengths = mask.sum(dim=1)
        packed = pack_padded_sequence(self.embedding(tokens), lengths, batch_first=True, enforce_sorted=False)
        states, _ = pad_packed_sequence(self.rnn(packed)[0], batch_first=True, total_length=tokens.shape[1])
""", """        states, _ = self.rnn(self.embedding(tokens))
"""))  # fmt: skip
mistake("tagger", named="total_length", name="total_length forgotten", change=(", total_length=tokens.shape[1]", ""))
mistake("tagger", named="enforce_sorted", name="enforce_sorted forgotten", change=(", enforce_sorted=False", ""))
mistake("tagger", named="always reads in both", name="always bidirectional",
        change=("batch_first=True, bidirectional=bidirectional)\n        self.head = nn.Linear(hidden_dim * (2 if bidirectional else 1), num_tags)",
                "batch_first=True, bidirectional=True)\n        self.head = nn.Linear(hidden_dim * 2, num_tags)"))  # fmt: skip
mistake("tagger", named="never reads backwards", name="bidirectional not handed on",
        change=("batch_first=True, bidirectional=bidirectional)\n        self.head = nn.Linear(hidden_dim * (2 if bidirectional else 1), num_tags)",
                "batch_first=True)\n        self.head = nn.Linear(hidden_dim, num_tags)"))  # fmt: skip
mistake("tagger", named="softmax at the end", name="softmax", change=("return self.head(states)", "return self.head(states).softmax(dim=2)"))
mistake("tagger", named="log-softmax", change=("return self.head(states)", "return self.head(states).log_softmax(dim=2)"))
mistake("tagger", named="takes the batch for time", name="batch_first forgotten, no packing", source="""
class Tagger(nn.Module):
    def __init__(self, vocab_size, embed_dim, hidden_dim, num_tags, bidirectional=True):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, embed_dim)
        self.rnn = nn.LSTM(embed_dim, hidden_dim, bidirectional=bidirectional)
        self.head = nn.Linear(hidden_dim * (1 + bidirectional), num_tags)

    def forward(self, tokens, mask):
        return self.head(self.rnn(self.embedding(tokens))[0])
""")
mistake("tagger", named="one class for each sequence", name="many to one", source="""
class Tagger(nn.Module):
    def __init__(self, vocab_size, embed_dim, hidden_dim, num_tags, bidirectional=True):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, embed_dim)
        self.rnn = nn.LSTM(embed_dim, hidden_dim, batch_first=True, bidirectional=bidirectional)
        self.head = nn.Linear(hidden_dim * (1 + bidirectional), num_tags)

    def forward(self, tokens, mask):
        return self.head(self.rnn(self.embedding(tokens))[0][:, -1])
""")
mistake("tagger", named="named embedding, rnn and head", name="other names", source="""
class Tagger(nn.Module):
    def __init__(self, vocab_size, embed_dim, hidden_dim, num_tags, bidirectional=True):
        super().__init__()
        self.embed = nn.Embedding(vocab_size, embed_dim)
        self.lstm = nn.LSTM(embed_dim, hidden_dim, batch_first=True, bidirectional=bidirectional)
        self.out = nn.Linear(hidden_dim * (1 + bidirectional), num_tags)

    def forward(self, tokens, mask):
        return self.out(self.lstm(self.embed(tokens))[0])
""")
mistake("tagger", named="does not fit", name="head for one reader", change=("hidden_dim * (2 if bidirectional else 1)", "hidden_dim"))
mistake("tagger", named="batch_first=True is missing", name="packed without batch_first",
        change=("batch_first=True, enforce_sorted=False", "enforce_sorted=False"))  # fmt: skip
mistake("tagger", named="returns nothing", name="no return", change=("        return self.head(states)", "        self.head(states)"))
mistake("tagger", named="likeliest tag at every step", name="argmax", change=("return self.head(states)", "return self.head(states).argmax(dim=2)"))
mistake("tagger", named="and not h_n", name="h_n in place of the states",
        change=("states, _ = pad_packed_sequence(self.rnn(packed)[0], batch_first=True, total_length=tokens.shape[1])",
                "_, (states, _) = self.rnn(packed)"))  # fmt: skip
mistake("tagger", named="still steps through it", name="zeros in place of packing", change=("""        lengths = mask.sum(dim=1)
        packed = pack_padded_sequence(self.embedding(tokens), lengths, batch_first=True, enforce_sorted=False)
        states, _ = pad_packed_sequence(self.rnn(packed)[0], batch_first=True, total_length=tokens.shape[1])
""", """        states, _ = self.rnn(self.embedding(tokens) * mask[:, :, None])
"""))  # fmt: skip
mistake("tagger", named="where you unpack", name="unpacked without batch_first",
        change=("[0], batch_first=True, total_length", "[0], total_length"))  # fmt: skip
mistake("tagger", named="and it is short", name="unpacked without batch_first and total_length",
        change=("[0], batch_first=True, total_length=tokens.shape[1]", "[0]"))  # fmt: skip
alternative("tagger", name="row by row", source="""
class Tagger(nn.Module):
    def __init__(self, vocab_size, embed_dim, hidden_dim, num_tags, bidirectional=True):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, embed_dim)
        self.rnn = nn.LSTM(embed_dim, hidden_dim, bidirectional=bidirectional)
        self.head = nn.Linear(hidden_dim * (1 + bidirectional), num_tags)

    def forward(self, tokens, mask):
        rows = []
        for row, n in zip(tokens, mask.sum(dim=1).tolist()):
            states, _ = self.rnn(self.embedding(row[:n])[:, None])
            rows.append(F.pad(self.head(states[:, 0]), (0, 0, 0, len(row) - n)))
        return torch.stack(rows)
""")
alternative("tagger", name="sorted by length, no packing forwards", source="""
class Tagger(nn.Module):
    def __init__(self, vocab_size, embed_dim, hidden_dim, num_tags, bidirectional=True):
        super().__init__()
        self.both = bidirectional
        self.embedding = nn.Embedding(vocab_size, embed_dim, padding_idx=0)
        self.rnn = nn.LSTM(embed_dim, hidden_dim, 1, batch_first=True, bidirectional=bidirectional)
        self.head = nn.Linear(2 * hidden_dim if bidirectional else hidden_dim, num_tags)

    def forward(self, tokens, mask):
        x = F.embedding(tokens, self.embedding.weight)
        if not self.both:
            return self.head(self.rnn(x)[0])
        order = mask.sum(1).argsort(descending=True)
        packed = pack_padded_sequence(x[order], mask.sum(1)[order].tolist(), batch_first=True)
        states, _ = pad_packed_sequence(self.rnn(packed)[0], batch_first=True, total_length=mask.size(1))
        return self.head(states)[order.argsort()]
""")

# forward-tagger

mistake("forward-tagger", named="worse than it is", source="forward_percent = 37")
mistake("forward-tagger", named="toss a coin", source="forward_percent = 50")
mistake("forward-tagger", named="what it can't", source="forward_percent = 80")

# name-classifier

mistake("name-classifier", named="backward half has read one letter", name="both halves from the last step",
        change=("""        lengths = mask.sum(dim=1)
        packed = pack_padded_sequence(self.embedding(tokens), lengths, batch_first=True, enforce_sorted=False)
        _, (ends, _) = self.rnn(packed)
        return self.head(torch.cat([ends[0], ends[1]], dim=1))
""", """        packed = pack_padded_sequence(self.embedding(tokens), mask.sum(dim=1), batch_first=True, enforce_sorted=False)
        states, _ = pad_packed_sequence(self.rnn(packed)[0], batch_first=True, total_length=tokens.shape[1])
        last = mask.sum(dim=1) - 1
        rows, half = torch.arange(len(tokens)), self.rnn.hidden_size
        return self.head(states[rows, last])
"""))  # fmt: skip
mistake("name-classifier", named="forward half has read one letter", name="both halves from the first step",
        change=("""        lengths = mask.sum(dim=1)
        packed = pack_padded_sequence(self.embedding(tokens), lengths, batch_first=True, enforce_sorted=False)
        _, (ends, _) = self.rnn(packed)
        return self.head(torch.cat([ends[0], ends[1]], dim=1))
""", """        packed = pack_padded_sequence(self.embedding(tokens), mask.sum(dim=1), batch_first=True, enforce_sorted=False)
        states, _ = pad_packed_sequence(self.rnn(packed)[0], batch_first=True, total_length=tokens.shape[1])
        last = mask.sum(dim=1) - 1
        rows, half = torch.arange(len(tokens)), self.rnn.hidden_size
        return self.head(states[:, 0])
"""))  # fmt: skip
mistake("name-classifier", named="last step of the batch", name="states[:, -1] without packing",
        change=("""        lengths = mask.sum(dim=1)
        packed = pack_padded_sequence(self.embedding(tokens), lengths, batch_first=True, enforce_sorted=False)
        _, (ends, _) = self.rnn(packed)
        return self.head(torch.cat([ends[0], ends[1]], dim=1))
""", """        return self.head(self.rnn(self.embedding(tokens))[0][:, -1])
"""))  # fmt: skip
mistake("name-classifier", named="both of your readers", name="h_n without packing",
        change=("""        lengths = mask.sum(dim=1)
        packed = pack_padded_sequence(self.embedding(tokens), lengths, batch_first=True, enforce_sorted=False)
        _, (ends, _) = self.rnn(packed)
        return self.head(torch.cat([ends[0], ends[1]], dim=1))
""", """        _, (ends, _) = self.rnn(self.embedding(tokens))
        return self.head(torch.cat([ends[0], ends[1]], dim=1))
"""))  # fmt: skip
mistake("name-classifier", named="swapped the halves", change=("torch.cat([ends[0], ends[1]]", "torch.cat([ends[1], ends[0]]"))
mistake("name-classifier", named="sequences mix", name="h_n reshaped", change=("torch.cat([ends[0], ends[1]], dim=1)", "ends.reshape(len(tokens), -1)"))
mistake("name-classifier", named="cells c", name="c in place of h", change=("_, (ends, _) =", "_, (_, ends) ="))
mistake("name-classifier", named="softmax at the end", change=("return self.head(torch.cat([ends[0], ends[1]], dim=1))",
                                                             "return self.head(torch.cat([ends[0], ends[1]], dim=1)).softmax(dim=1)"))  # fmt: skip
mistake("name-classifier", named="averaged over the steps", name="mean of the states",
        change=("""        lengths = mask.sum(dim=1)
        packed = pack_padded_sequence(self.embedding(tokens), lengths, batch_first=True, enforce_sorted=False)
        _, (ends, _) = self.rnn(packed)
        return self.head(torch.cat([ends[0], ends[1]], dim=1))
""", """        packed = pack_padded_sequence(self.embedding(tokens), mask.sum(dim=1), batch_first=True, enforce_sorted=False)
        states, _ = pad_packed_sequence(self.rnn(packed)[0], batch_first=True, total_length=tokens.shape[1])
        last = mask.sum(dim=1) - 1
        rows, half = torch.arange(len(tokens)), self.rnn.hidden_size
        return self.head(masked_mean(states, mask))
"""))  # fmt: skip
mistake("name-classifier", named="does not read backwards", name="one direction", source="""
class NameClassifier(nn.Module):
    def __init__(self, vocab_size, embed_dim, hidden_dim, num_classes):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, embed_dim)
        self.rnn = nn.LSTM(embed_dim, hidden_dim, batch_first=True)
        self.head = nn.Linear(hidden_dim, num_classes)

    def forward(self, tokens, mask):
        packed = pack_padded_sequence(self.embedding(tokens), mask.sum(dim=1), batch_first=True, enforce_sorted=False)
        return self.head(self.rnn(packed)[1][0][0])
""")
mistake("name-classifier", named="answered at every step", name="many to many",
        change=("""        lengths = mask.sum(dim=1)
        packed = pack_padded_sequence(self.embedding(tokens), lengths, batch_first=True, enforce_sorted=False)
        _, (ends, _) = self.rnn(packed)
        return self.head(torch.cat([ends[0], ends[1]], dim=1))
""", """        return self.head(self.rnn(self.embedding(tokens))[0])
"""))  # fmt: skip
mistake("name-classifier", named="does not fit", name="one reader's end", change=("torch.cat([ends[0], ends[1]], dim=1)", "ends[-1]"))
mistake("name-classifier", named="side by side", name="ends added", change=("torch.cat([ends[0], ends[1]], dim=1)", "ends.sum(dim=0)"))
mistake("name-classifier", named="side by side", name="ends below each other",
        change=("torch.cat([ends[0], ends[1]], dim=1)", "torch.cat([ends[0], ends[1]], dim=0)"))  # fmt: skip
mistake("name-classifier", named="has come through the padding", name="ends picked, not packed",
        change=("""        lengths = mask.sum(dim=1)
        packed = pack_padded_sequence(self.embedding(tokens), lengths, batch_first=True, enforce_sorted=False)
        _, (ends, _) = self.rnn(packed)
        return self.head(torch.cat([ends[0], ends[1]], dim=1))
""", """        states, last = self.rnn(self.embedding(tokens))[0], mask.sum(dim=1) - 1
        half = states.shape[2] // 2
        return self.head(torch.cat([states[torch.arange(len(tokens)), last, :half], states[:, 0, half:]], dim=1))
"""))  # fmt: skip
mistake("name-classifier", named="still step through it", name="zeros in place of packing",
        change=("""        lengths = mask.sum(dim=1)
        packed = pack_padded_sequence(self.embedding(tokens), lengths, batch_first=True, enforce_sorted=False)
        _, (ends, _) = self.rnn(packed)
        return self.head(torch.cat([ends[0], ends[1]], dim=1))
""", """        _, (ends, _) = self.rnn(self.embedding(tokens) * mask[:, :, None])
        return self.head(torch.cat([ends[0], ends[1]], dim=1))
"""))  # fmt: skip
mistake("name-classifier", named="last column of the unpacked states", name="states[:, -1] after unpacking",
        change=("""        _, (ends, _) = self.rnn(packed)
        return self.head(torch.cat([ends[0], ends[1]], dim=1))
""", """        states, _ = pad_packed_sequence(self.rnn(packed)[0], batch_first=True, total_length=tokens.shape[1])
        return self.head(states[:, -1])
"""))  # fmt: skip
mistake("name-classifier", named="longest name half read", name="states[:, -1] after unpacking without total_length",
        change=("""        _, (ends, _) = self.rnn(packed)
        return self.head(torch.cat([ends[0], ends[1]], dim=1))
""", """        states, _ = pad_packed_sequence(self.rnn(packed)[0], batch_first=True)
        return self.head(states[:, -1])
"""))  # fmt: skip
mistake("name-classifier", named="come as a pair", name="the pair taken for h_n", change=("_, (ends, _) =", "_, ends ="))
mistake("name-classifier", named="come as a pair", name="the pair handed on", change=(
    "_, (ends, _) = self.rnn(packed)\n        return self.head(torch.cat([ends[0], ends[1]], dim=1))",
    "_, ends = self.rnn(packed)\n        return self.head(ends)"))  # fmt: skip
mistake("name-classifier", named="likeliest class", name="argmax",
        change=("ends[1]], dim=1))", "ends[1]], dim=1)).argmax(dim=1)"))  # fmt: skip
alternative("name-classifier", name="from the states",
            change=("""        lengths = mask.sum(dim=1)
        packed = pack_padded_sequence(self.embedding(tokens), lengths, batch_first=True, enforce_sorted=False)
        _, (ends, _) = self.rnn(packed)
        return self.head(torch.cat([ends[0], ends[1]], dim=1))
""", """        packed = pack_padded_sequence(self.embedding(tokens), mask.sum(dim=1), batch_first=True, enforce_sorted=False)
        states, _ = pad_packed_sequence(self.rnn(packed)[0], batch_first=True, total_length=tokens.shape[1])
        last = mask.sum(dim=1) - 1
        rows, half = torch.arange(len(tokens)), self.rnn.hidden_size
        return self.head(torch.cat([states[rows, last, :half], states[:, 0, half:]], dim=1))
"""))  # fmt: skip
alternative("name-classifier", name="h_n transposed",
            change=("torch.cat([ends[0], ends[1]], dim=1)", "ends.transpose(0, 1).reshape(len(tokens), -1)"))  # fmt: skip
alternative("name-classifier", name="row by row", change=("""        lengths = mask.sum(dim=1)
        packed = pack_padded_sequence(self.embedding(tokens), lengths, batch_first=True, enforce_sorted=False)
        _, (ends, _) = self.rnn(packed)
        return self.head(torch.cat([ends[0], ends[1]], dim=1))
""", """        rows = []
        for row, n in zip(tokens, mask.sum(dim=1).tolist()):
            _, (h, _) = self.rnn(self.embedding(row[None, :n]))
            rows.append(self.head(h.flatten()))
        return torch.stack(rows)
"""))  # fmt: skip
