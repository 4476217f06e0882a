"""Wrong answers that the tests of lesson 09 must name, and other right answers that they must accept."""

import numpy as np
import torch

from autograder.planted import alternative, mistake

# sequence-type


@mistake("sequence-type", named="one example", name="first example only")
def sequence_type(task):
    n, m = task[0]
    if n == 1 or m == 1:
        return f"{'one' if n == 1 else 'many'}-to-{'one' if m == 1 else 'many'}"
    return "many-to-many, aligned" if n == m else "many-to-many, unaligned"


mistake("sequence-type", named="equal lengths first", name="aligned asked first", change=(
    "    if one_in or one_out:", '    if all(n == m for n, m in task):\n        return "many-to-many, aligned"\n    if one_in or one_out:'))
mistake("sequence-type", named="one pair of different lengths", name="any equal pair is aligned", change=(
    'aligned" if all(n == m', 'aligned" if any(n == m'))
mistake("sequence-type", named="lengths added up", name="totals compared", change=(
    "all(n == m for n, m in task)", "sum(n for n, _ in task) == sum(m for _, m in task)"))
mistake("sequence-type", named="wrong way round", name="in and out swapped", change=(
    "{'one' if one_in else 'many'}-to-{'one' if one_out else 'many'}", "{'one' if one_out else 'many'}-to-{'one' if one_in else 'many'}"))


@mistake("sequence-type", named="decided by one example", name="any single item is one")
def sequence_type(task):
    one_in, one_out = any(n == 1 for n, _ in task), any(m == 1 for _, m in task)
    if one_in or one_out:
        return f"{'one' if one_in else 'many'}-to-{'one' if one_out else 'many'}"
    return "many-to-many, aligned" if all(n == m for n, m in task) else "many-to-many, unaligned"


@mistake("sequence-type", named="one for the many", name="unaligned asked first")
def sequence_type(task):
    if all(n == m == 1 for n, m in task):
        return "one-to-one"
    if all(n == 1 and m > 1 for n, m in task):
        return "one-to-many"
    if all(n > 1 and m == 1 for n, m in task):
        return "many-to-one"
    return "many-to-many, aligned" if all(n == m for n, m in task) else "many-to-many, unaligned"


mistake("sequence-type", named="half of the name", name="aligned alone", change=(
    '"many-to-many, aligned" if all(n == m for n, m in task) else "many-to-many, unaligned"',
    '"aligned" if all(n == m for n, m in task) else "unaligned"'))
mistake("sequence-type", named="which kind of many-to-many", name="many-to-many alone", change=(
    '"many-to-many, aligned" if all(n == m for n, m in task) else "many-to-many, unaligned"', '"many-to-many"'))


@alternative("sequence-type", name="longest")
def sequence_type(task):
    n, m = max(a for a, _ in task), max(b for _, b in task)
    if n > 1 and m > 1:
        return "many-to-many, " + ("un" if any(a - b for a, b in task) else "") + "aligned"
    return ("one" if n == 1 else "many") + "-to-" + ("one" if m == 1 else "many")


@alternative("sequence-type", name="arrays")
def sequence_type(task):
    lengths = np.array(task)
    kinds = {(False, False): "one-to-one", (False, True): "one-to-many", (True, False): "many-to-one"}
    many = tuple(bool(flag) for flag in (lengths > 1).any(axis=0))
    if many in kinds:
        return kinds[many]
    return "many-to-many, aligned" if (lengths[:, 0] == lengths[:, 1]).all() else "many-to-many, unaligned"


# rnn-step

mistake("rnn-step", named="swapped the two matrices", name="roles swapped", change=(
    'x @ params["W_xh"].T + h @ params["W_hh"].T + params["b_h"]',
    'x @ params["W_hh"].T + h @ params["W_xh"].T + params["b_h"]'))
mistake("rnn-step", named="not transpose W_hh", change=('h @ params["W_hh"].T', 'h @ params["W_hh"]'))
mistake("rnn-step", named="transposed none", name="nothing transposed", source="""
def rnn_step(x, h, params):
    h = np.tanh(x @ params["W_xh"] + h @ params["W_hh"] + params["b_h"])
    return h, h @ params["W_hy"] + params["b_y"]
""")
mistake("rnn-step", named="left b_h out", change=(' + params["b_h"]', ""))
mistake("rnn-step", named="left b_y out", change=(' + params["b_y"]', ""))
mistake("rnn-step", named="both biases", name="no biases", source="""
def rnn_step(x, h, params):
    h = np.tanh(x @ params["W_xh"].T + h @ params["W_hh"].T)
    return h, h @ params["W_hy"].T
""")
mistake("rnn-step", named="tanh on the output", change=(
    'h @ params["W_hy"].T + params["b_y"]',
    'np.tanh(h @ params["W_hy"].T + params["b_y"])'))
mistake("rnn-step", named="softmax on the output", change=(
    'h @ params["W_hy"].T + params["b_y"]',
    'np.exp(h @ params["W_hy"].T + params["b_y"]) / np.exp(h @ params["W_hy"].T + params["b_y"]).sum(axis=1, keepdims=True)'))
mistake("rnn-step", named="left the tanh out", change=("np.tanh", ""))
mistake("rnn-step", named="used the sigmoid", change=(
    'np.tanh(x @ params["W_xh"].T + h @ params["W_hh"].T + params["b_h"])',
    '1 / (1 + np.exp(-(x @ params["W_xh"].T + h @ params["W_hh"].T + params["b_h"])))'))
mistake("rnn-step", named="after the tanh", name="bias outside the tanh", change=(
    'np.tanh(x @ params["W_xh"].T + h @ params["W_hh"].T + params["b_h"])',
    'np.tanh(x @ params["W_xh"].T + h @ params["W_hh"].T) + params["b_h"]'))
mistake("rnn-step", named="from the old state", change=(
    '    h = np.tanh(x @ params["W_xh"].T + h @ params["W_hh"].T + params["b_h"])\n    return h, ',
    '    return np.tanh(x @ params["W_xh"].T + h @ params["W_hh"].T + params["b_h"]), '))
mistake("rnn-step", named="ignored the old state", change=('h @ params["W_hh"].T + ', ""))
mistake("rnn-step", named="outputs first", change=(
    'return h, h @ params["W_hy"].T + params["b_y"]',
    'return h @ params["W_hy"].T + params["b_y"], h'))


mistake("rnn-step", named="as the formula is written", name="formula copied", source="""
def rnn_step(x, h, params):
    h = np.tanh(params["W_hh"] @ h + params["W_xh"] @ x + params["b_h"])
    return h, params["W_hy"] @ h + params["b_y"]
""")
mistake("rnn-step", named="as the formula is written", name="formula copied for the state", source="""
def rnn_step(x, h, params):
    h = np.tanh(params["W_hh"] @ h + params["W_xh"] @ x + params["b_h"])
    return h, h @ params["W_hy"].T + params["b_y"]
""")
mistake("rnn-step", named="added the biases along the rows", name="columns, biases along rows", source="""
def rnn_step(x, h, params):
    h = np.tanh(params["W_hh"] @ h.T + params["W_xh"] @ x.T + params["b_h"])
    return h.T, (params["W_hy"] @ h + params["b_y"]).T
""")
mistake("rnn-step", named="added b_h along the rows", name="columns, b_h along rows", source="""
def rnn_step(x, h, params):
    h = np.tanh(params["W_hh"] @ h.T + params["W_xh"] @ x.T + params["b_h"]).T
    return h, h @ params["W_hy"].T + params["b_y"]
""")
mistake("rnn-step", named="returned columns", source="""
def rnn_step(x, h, params):
    h = np.tanh(params["W_hh"] @ h.T + params["W_xh"] @ x.T + params["b_h"][:, None])
    return h, params["W_hy"] @ h + params["b_y"][:, None]
""")
mistake("rnn-step", named="closed the tanh too early", change=(
    'np.tanh(x @ params["W_xh"].T + h @ params["W_hh"].T + params["b_h"])',
    'np.tanh(h @ params["W_hh"].T) + x @ params["W_xh"].T + params["b_h"]'))
mistake("rnn-step", named="did not return a pair", name="states alone", change=('return h, h @ params["W_hy"].T + params["b_y"]', "return h"))
mistake("rnn-step", named="did not return a pair", name="outputs alone", change=('return h, h @', "return h @"))


@alternative("rnn-step", name="columns")
def rnn_step(x, h, params):
    new = np.tanh(params["W_hh"] @ h.T + params["W_xh"] @ x.T + params["b_h"][:, None])
    return new.T, (params["W_hy"] @ new + params["b_y"][:, None]).T


@alternative("rnn-step", name="einsum")
def rnn_step(x, h, params):
    z = np.einsum("nd,md->nm", x, params["W_xh"]) + np.einsum("nj,ij->ni", h, params["W_hh"])
    new = np.tanh(z + params["b_h"])
    return new, np.einsum("nm,km->nk", new, params["W_hy"]) + params["b_y"]


@alternative("rnn-step", name="one matrix, sequence by sequence")
def rnn_step(x, h, params):
    W = np.concatenate([params["W_hh"], params["W_xh"]], axis=1)
    new = np.array([np.tanh(W @ np.concatenate([row, given]) + params["b_h"]) for row, given in zip(h, x)])
    return new, np.array([params["W_hy"] @ row + params["b_y"] for row in new])


# rnn-forward

mistake("rnn-forward", named="ignored h0", change=("h = [], [], h0", "h = [], [], np.zeros_like(h0)"))
mistake("rnn-forward", named="every step from h0", name="state not carried", change=("rnn_step(x_t, h, params)", "rnn_step(x_t, h0, params)"))
mistake("rnn-forward", named="h0 among the states", change=("hs, ys, h = [], [], h0", "hs, ys, h = [h0], [], h0"))
mistake("rnn-forward", named="states before each step", change=(
    "        h, y = rnn_step(x_t, h, params)\n        hs.append(h)", "        hs.append(h)\n        h, y = rnn_step(x_t, h, params)"))
mistake("rnn-forward", named="state before its step", name="output lags", change=(
    "        h, y = rnn_step(x_t, h, params)", '        y = h @ params["W_hy"].T + params["b_y"]\n        h, _ = rnn_step(x_t, h, params)'))
mistake("rnn-forward", named="tanh on the output", change=("ys.append(y)", "ys.append(np.tanh(y))"))
mistake("rnn-forward", named="last state and all", change=("return np.stack(hs), ", "return h, "))
mistake("rnn-forward", named="what the last step gave", change=("return np.stack(hs), np.stack(ys)", "return h, y"))
mistake("rnn-forward", named="one array", name="one buffer", source="""
def rnn_forward(x, h0, params):
    h, hs, ys = h0.copy(), [], []
    for x_t in x:
        new, y = rnn_step(x_t, h, params)
        h[:] = new
        hs.append(h)
        ys.append(y)
    return np.stack(hs), np.stack(ys)
""")
mistake("rnn-forward", named="backwards", change=("for x_t in x:", "for x_t in x[::-1]:"))
mistake("rnn-forward", named="batch first", change=("np.stack(hs), np.stack(ys)", "np.stack(hs, axis=1), np.stack(ys, axis=1)"))
mistake("rnn-forward", named="h0", name="h0 overwritten in place", source="""
def rnn_forward(x, h0, params):
    hs, ys = [], []
    for x_t in x:
        h0[:], y = rnn_step(x_t, h0, params)
        hs.append(h0.copy())
        ys.append(y)
    return np.stack(hs), np.stack(ys)
""")


mistake("rnn-forward", named="you returned lists", change=("return np.stack(hs), np.stack(ys)", "return hs, ys"))
mistake("rnn-forward", named="did not return a pair", name="states alone", change=("return np.stack(hs), np.stack(ys)", "return np.stack(hs)"))
mistake("rnn-forward", named="did not return a pair", name="outputs alone", change=("return np.stack(hs), np.stack(ys)", "return np.stack(ys)"))
mistake("rnn-forward", named="went through the batch", change=("for x_t in x:", "for x_t in x.transpose(1, 0, 2):"))


@alternative("rnn-forward", name="arrays filled in")
def rnn_forward(x, h0, params):
    T, N, _ = x.shape
    hs = np.empty((T, N, h0.shape[1]))
    ys = np.empty((T, N, len(params["b_y"])))
    for t in range(T):
        hs[t], ys[t] = rnn_step(x[t], hs[t - 1] if t else h0, params)
    return hs, ys


@alternative("rnn-forward", name="inputs multiplied at once")
def rnn_forward(x, h0, params):
    pushed = x @ params["W_xh"].T + params["b_h"]
    states = [h0]
    for push in pushed:
        states.append(np.tanh(push + states[-1] @ params["W_hh"].T))
    hs = np.array(states[1:])
    return hs, hs @ params["W_hy"].T + params["b_y"]


# what-grows

mistake("what-grows", named="same five arrays serve all", source="parameters_grow = 100\nstates_grow = 100")
mistake("what-grows", named="leaves a state of its own", source="parameters_grow = 1\nstates_grow = 1")
mistake("what-grows", named="number of states", source="parameters_grow = 1\nstates_grow = 1000")

# parameter-count

mistake("parameter-count", named="every step's parameters", change=(
    "m * d + m * m + m + k * m + k",
    "(m * d + m * m + m + k * m + k) * steps"))
mistake("parameter-count", named="steps' states", change=(
    "m * d + m * m + m + k * m + k",
    "m * d + m * m + m + k * m + k + m * steps"))
mistake("parameter-count", named="left the biases out", change=(
    "m * d + m * m + m + k * m + k",
    "m * d + m * m + k * m"))
mistake("parameter-count", named="two biases", change=(
    "m * d + m * m + m + k * m + k",
    "m * d + m * m + m + k * m + k + m"))
mistake("parameter-count", named="left W_hh out", change=(
    "m * d + m * m + m + k * m + k",
    "m * d + m + k * m + k"))
mistake("parameter-count", named="left the output out", change=(
    "m * d + m * m + m + k * m + k",
    "m * (d + m + 1)"))
mistake("parameter-count", named="left b_y out", change=(
    "m * d + m * m + m + k * m + k",
    "m * d + m * m + m + k * m"))
mistake("parameter-count", named="what makes the state once for every step", change=(
    "m * d + m * m + m + k * m + k",
    "(m * d + m * m + m) * steps + k * m + k"))
alternative("parameter-count", name="factored", change=(
    "m * d + m * m + m + k * m + k",
    "m * (d + m + 1) + k * (m + 1)"))


@alternative("parameter-count", name="arrays")
def parameter_count(d, m, k, steps):
    return sum(int(np.prod(shape)) for shape in [(m, d), (m, m), (m,), (k, m), (k,)])


# sequence-loss

mistake("sequence-loss", named="last step only", change=(
    "    N = targets.shape[1]", "    N = targets.shape[1]\n    log_p[:-1] = 0\n    one_hot[:-1] = 1"))
mistake("sequence-loss", named="last step only", name="last step's loss, all gradients", change=(
    "-(one_hot * log_p).sum() / N", "-(one_hot[-1] * log_p[-1]).sum() / N"))
mistake("sequence-loss", named="averaged over the steps", change=("N = targets.shape[1]", "N = targets.size"))
mistake("sequence-loss", named="summed over the sequences too", change=("N = targets.shape[1]", "N = 1"))
mistake("sequence-loss", named="other way round", name="N and T confused", change=("N = targets.shape[1]", "N = len(targets)"))
mistake("sequence-loss", named="did not divide the gradient", change=("(np.exp(log_p) - one_hot) / N", "np.exp(log_p) - one_hot"))
mistake("sequence-loss", named="wrong sign", change=("(np.exp(log_p) - one_hot)", "(one_hot - np.exp(log_p))"))
mistake("sequence-loss", named="left the one-hot out", change=("(np.exp(log_p) - one_hot)", "np.exp(log_p)"))
mistake("sequence-loss", named="base 2", change=("float(-(one_hot * log_p).sum() / N)", "float(-(one_hot * log_p).sum() / N / np.log(2))"))
mistake("sequence-loss", named="overflowed", change=("logits - logits.max(axis=-1, keepdims=True)", "logits"))
mistake("sequence-loss", named="rounded to 0", name="log of a rounded probability", source="""
def sequence_loss(logits, targets):
    e = np.exp(logits - logits.max(axis=-1, keepdims=True))
    p = e / e.sum(axis=-1, keepdims=True)
    picked = np.take_along_axis(p, targets[..., None], axis=-1)
    return float(-np.log(picked).sum() / targets.shape[1]), (p - np.eye(p.shape[-1])[targets]) / targets.shape[1]
""")
mistake("sequence-loss", named="1e-12", name="1e-12 in the logarithm", source="""
def sequence_loss(logits, targets):
    e = np.exp(logits - logits.max(axis=-1, keepdims=True))
    p = e / e.sum(axis=-1, keepdims=True)
    picked = np.take_along_axis(p, targets[..., None], axis=-1)
    return float(-np.log(picked + 1e-12).sum() / targets.shape[1]), (p - np.eye(p.shape[-1])[targets]) / targets.shape[1]
""")
mistake("sequence-loss", named="pair", name="loss alone", change=("return float(-(one_hot * log_p).sum() / N), (np.exp(log_p) - one_hot) / N",
                                                                  "return float(-(one_hot * log_p).sum() / N)"))


@alternative("sequence-loss", name="step by step")
def sequence_loss(logits, targets):
    T, N, _ = logits.shape
    total, grad = 0.0, np.zeros(logits.shape)
    for t in range(T):
        for n in range(N):
            row = logits[t, n] - logits[t, n].max()
            log_sum = np.log(np.exp(row).sum())
            total += log_sum - row[targets[t, n]]
            grad[t, n] = np.exp(row - log_sum)
            grad[t, n, targets[t, n]] -= 1
    return total / N, grad / N


@alternative("sequence-loss", name="indices")
def sequence_loss(logits, targets):
    T, N, _ = logits.shape
    log_p = logits - np.logaddexp.reduce(logits, axis=-1, keepdims=True)
    rows = np.arange(T)[:, None], np.arange(N)[None], targets
    grad = np.exp(log_p)
    grad[rows] -= 1
    return -log_p[rows].mean(axis=1).sum(), grad / N


# bits-per-char

mistake("bits-per-char", named="gave nats", change=(
    "loss / len(targets) / np.log(2)",
    "loss / len(targets)"))
mistake("bits-per-char", named="summed over the steps", change=(
    "loss / len(targets) / np.log(2)",
    "loss / np.log(2)"))
mistake("bits-per-char", named="summed over the steps, and gave nats", change=(
    "loss / len(targets) / np.log(2)",
    "loss"))
mistake("bits-per-char", named="sequences twice", change=(
    "loss / len(targets) / np.log(2)",
    "loss / targets.size / np.log(2)"))
mistake("bits-per-char", named="multiplied by ln 2", change=(
    "loss / len(targets) / np.log(2)",
    "loss / len(targets) * np.log(2)"))
mistake("bits-per-char", named="perplexity", change=(
    "loss / len(targets) / np.log(2)",
    "2 ** (loss / len(targets) / np.log(2))"))
mistake("bits-per-char", named="mean probability", source="""
def bits_per_char(logits, targets):
    e = np.exp(logits - logits.max(axis=-1, keepdims=True))
    p = e / e.sum(axis=-1, keepdims=True)
    return -np.log2(np.take_along_axis(p, targets[..., None], axis=-1).mean())
""")


@alternative("bits-per-char", name="directly")
def bits_per_char(logits, targets):
    log_p = logits - np.logaddexp.reduce(logits, axis=-1, keepdims=True)
    return -np.take_along_axis(log_p, targets[..., None], axis=-1).mean() / np.log(2)


@alternative("bits-per-char", name="torch")
def bits_per_char(logits, targets):
    flat = torch.tensor(logits).reshape(-1, logits.shape[-1])
    return torch.nn.functional.cross_entropy(flat, torch.tensor(targets).reshape(-1)).item() / np.log(2)


# rnn-backward

mistake("rnn-backward", named="gradient from step t + 1", name="no gradient from t + 1", change=(" + dh) *", ") *"))
mistake("rnn-backward", named="last step only", change=("in reversed(range(len(x))):", "in [len(x) - 1]:"))
mistake("rnn-backward", named="stopped one step early", change=("reversed(range(len(x)))", "range(len(x) - 1, 0, -1)"))
mistake("rnn-backward", named="before the tanh", name="1 - z squared", change=(
    '        dz = (dys[t] @ params["W_hy"] + dh) * (1 - hs[t] ** 2)',
    '        z = x[t] @ params["W_xh"].T + before @ params["W_hh"].T + params["b_h"]\n        dz = (dys[t] @ params["W_hy"] + dh) * (1 - z**2)'))
mistake("rnn-backward", named="tanh once more", change=("1 - hs[t] ** 2", "1 - np.tanh(hs[t]) ** 2"))
mistake("rnn-backward", named="slope 1 − h:", change=("1 - hs[t] ** 2", "1 - hs[t]"))
mistake("rnn-backward", named="left out the slope", change=(" * (1 - hs[t] ** 2)", ""))
mistake("rnn-backward", named="slope at the state before", change=("1 - hs[t] ** 2", "1 - before ** 2"))
mistake("rnn-backward", named="transposed W_hh", change=('dz @ params["W_hh"]', 'dz @ params["W_hh"].T'))
mistake("rnn-backward", named="without the slope of tanh", name="dh sent back", change=(
    'dh = dz @ params["W_hh"]', 'dh = (dys[t] @ params["W_hy"] + dh) @ params["W_hh"]'))
mistake("rnn-backward", named="over the last one's", name="overwrites", source="""
def rnn_backward(x, h0, hs, dys, params):
    grads, dh = {}, np.zeros_like(h0)
    for t in reversed(range(len(x))):
        before = hs[t - 1] if t > 0 else h0
        dz = (dys[t] @ params["W_hy"] + dh) * (1 - hs[t] ** 2)
        grads = {"W_hy": dys[t].T @ hs[t], "b_y": dys[t].sum(axis=0), "W_xh": dz.T @ x[t], "W_hh": dz.T @ before, "b_h": dz.sum(axis=0)}
        dh = dz @ params["W_hh"]
    return grads, dh
""")
mistake("rnn-backward", named="dz_t with h_t", change=("dz.T @ before", "dz.T @ hs[t]"))
mistake("rnn-backward", named="state before it", name="W_hy with the state before", change=("dys[t].T @ hs[t]", "dys[t].T @ before"))
mistake("rnn-backward", named="took zero for the state", change=("if t > 0 else h0", "if t > 0 else np.zeros_like(h0)"))
mistake("rnn-backward", named="hs[-1]", change=("hs[t - 1] if t > 0 else h0", "hs[t - 1]"))
mistake("rnn-backward", named="your gradient is transposed", change=("dz.T @ before", "before.T @ dz"))
mistake("rnn-backward", named="has to pass W_hh", name="dh0 before W_hh", change=("return grads, dh", "return grads, dz"))
mistake("rnn-backward", named="returned zeros", change=("return grads, dh", "return grads, np.zeros_like(h0)"))
mistake("rnn-backward", named="did not return a pair", change=("return grads, dh", "return grads"))
mistake("rnn-backward", named="switched off", name="autograd", source="""
def rnn_backward(x, h0, hs, dys, params):
    p = {name: torch.tensor(value, requires_grad=True) for name, value in params.items()}
    h = start = torch.tensor(h0, requires_grad=True)
    total = 0
    for x_t, dy in zip(torch.tensor(x), torch.tensor(dys)):
        h = torch.tanh(x_t @ p["W_xh"].T + h @ p["W_hh"].T + p["b_h"])
        total = total + ((h @ p["W_hy"].T + p["b_y"]) * dy).sum()
    total.backward()
    return {name: value.grad.numpy() for name, value in p.items()}, start.grad.numpy()
""")


mistake("rnn-backward", named="from the first step to the last", name="forward order", change=("reversed(range(len(x)))", "range(len(x))"))
mistake("rnn-backward", named="argument hs in place", name="hs changed in place", change=(
    "        dz = ", "        hs[t] = hs[t].copy()\n        hs *= 0.5\n        dz = "))
mistake("rnn-backward", named="argument dys in place", name="dys changed in place", change=(
    "        dz = ", "        dys[t] *= 0.5\n        dz = "))
mistake("rnn-backward", named="gradients by N", name="all divided by N", change=(
    "    return grads, dh", "    return {name: g / h0.shape[0] for name, g in grads.items()}, dh"))
mistake("rnn-backward", named="gradient of b_h by N", name="mean for b_h", change=("dz.sum(axis=0)", "dz.mean(axis=0)"))
mistake("rnn-backward", named="gradient of W_hy by N", name="W_hy divided by N", change=("dys[t].T @ hs[t]", "dys[t].T @ hs[t] / len(h0)"))
mistake("rnn-backward", named="both biases by N", source="""
def rnn_backward(x, h0, hs, dys, params):
    grads, dh = {name: np.zeros_like(value) for name, value in params.items()}, np.zeros_like(h0)
    for t in reversed(range(len(x))):
        before = hs[t - 1] if t > 0 else h0
        dz = (dys[t] @ params["W_hy"] + dh) * (1 - hs[t] ** 2)
        grads["W_hy"] += dys[t].T @ hs[t]
        grads["b_y"] += dys[t].mean(axis=0)
        grads["W_xh"] += dz.T @ x[t]
        grads["W_hh"] += dz.T @ before
        grads["b_h"] += dz.mean(axis=0)
        dh = dz @ params["W_hh"]
    return grads, dh
""")
mistake("rnn-backward", named="as dys[t] @ W_hy", name="W_hy transposed", change=('dys[t] @ params["W_hy"] + dh', 'dys[t] @ params["W_hy"].T + dh'))


@alternative("rnn-backward", name="weights at once")
def rnn_backward(x, h0, hs, dys, params):
    before = np.concatenate([h0[None], hs[:-1]])
    dzs, dh = np.zeros_like(hs), 0
    for t in range(len(x) - 1, -1, -1):
        dzs[t] = (dys[t] @ params["W_hy"] + dh) * (1 - hs[t] * hs[t])
        dh = dzs[t] @ params["W_hh"]
    grads = {"W_xh": np.einsum("tni,tnj->ij", dzs, x), "W_hh": np.einsum("tni,tnj->ij", dzs, before), "b_h": dzs.sum((0, 1)),
             "W_hy": np.einsum("tni,tnj->ij", dys, hs), "b_y": dys.sum((0, 1))}
    return grads, dh


@alternative("rnn-backward", name="sequence by sequence, in columns")
def rnn_backward(x, h0, hs, dys, params):
    grads = {name: np.zeros(value.shape) for name, value in params.items()}
    dh0 = np.zeros(h0.shape)
    for n in range(len(h0)):
        came = np.zeros(h0.shape[1])
        for t in range(len(x))[::-1]:
            h, before = hs[t, n], h0[n] if t == 0 else hs[t - 1, n]
            dz = np.diag(1 - h**2) @ (params["W_hy"].T @ dys[t, n] + came)
            grads["W_hy"] += np.outer(dys[t, n], h)
            grads["b_y"] += dys[t, n]
            grads["W_xh"] += np.outer(dz, x[t, n])
            grads["W_hh"] += np.outer(dz, before)
            grads["b_h"] += dz
            came = params["W_hh"].T @ dz
        dh0[n] = came
    return grads, dh0


# truncated-bptt

mistake("truncated-bptt", named="reset the state", change=("rnn_forward(piece, h, params)", "rnn_forward(piece, h0, params)"))
mistake("truncated-bptt", named="from zeros", change=("rnn_forward(piece, h, params)", "rnn_forward(piece, np.zeros_like(h0), params)"))
mistake("truncated-bptt", named="dropped the last", change=("range(0, len(x), chunk)", "range(0, len(x) - chunk + 1, chunk)"))
mistake("truncated-bptt", named="old parameters", change=("params, h = update(params, grads), hs[-1]", "update(params, grads)\n        h = hs[-1]"))
mistake("truncated-bptt", named="returned h0", change=("return params, h, losses", "return params, h0, losses"))
mistake("truncated-bptt", named="averaged over the steps", change=("losses.append(float(loss))", "losses.append(float(loss) / len(piece))"))
mistake("truncated-bptt", named="once more", name="state made again after the update", change=(
    "params, h = update(params, grads), hs[-1]", "params = update(params, grads)\n        h = rnn_forward(piece, h, params)[0][-1]"))
mistake("truncated-bptt", named="those of the chunks before", name="gradients not set to zero", change=(
    "        params, h = update(params, grads), hs[-1]",
    "        total = grads if not start else {name: total[name] + grads[name] for name in grads}\n"
    "        params, h = update(params, total), hs[-1]"))
mistake("truncated-bptt", named="own steps", name="everything read again", source="""
def truncated_bptt(x, targets, h0, params, chunk, update):
    losses = []
    for end in range(chunk, len(x) + chunk, chunk):
        hs, ys = rnn_forward(x[:end], h0, params)
        loss, dys = sequence_loss(ys, targets[:end])
        grads, _ = rnn_backward(x[:end], h0, hs, dys, params)
        params = update(params, grads)
        losses.append(float(loss))
    return params, hs[-1], losses
""")
mistake("truncated-bptt", named="gradient cross the border", name="graph kept: memory grows", source="""
def truncated_bptt(x, targets, h0, params, chunk, update):
    h, losses, kept = h0, [], []
    for start in range(0, len(x), chunk):
        piece = x[start:start + chunk]
        hs, ys = rnn_forward(piece, h, params)
        loss, dys = sequence_loss(ys, targets[start:start + chunk])
        kept.append((hs, dys))
        earlier = [0 * d for _, d in kept[:-1]]
        states = np.concatenate([s for s, _ in kept])
        grads, _ = rnn_backward(x[:start + chunk], h0, states, np.concatenate(earlier + [dys]), params)
        params, h = update(params, grads), hs[-1]
        losses.append(float(loss))
    return params, h, losses
""")
mistake("truncated-bptt", named="one update at the end", source="""
def truncated_bptt(x, targets, h0, params, chunk, update):
    h, losses, total = h0, [], None
    for start in range(0, len(x), chunk):
        piece = x[start:start + chunk]
        hs, ys = rnn_forward(piece, h, params)
        loss, dys = sequence_loss(ys, targets[start:start + chunk])
        grads, _ = rnn_backward(piece, h, hs, dys, params)
        total = grads if total is None else {name: total[name] + grads[name] for name in grads}
        h = hs[-1]
        losses.append(float(loss))
    return update(params, total), h, losses
""")
mistake("truncated-bptt", named="own steps", change=("losses.append(float(loss))", "losses.append(float(loss) + (losses[-1] if losses else 0))"))


mistake("truncated-bptt", named="the state that left the chunk", change=(
    "        grads, _ = rnn_backward(piece, h, hs, dys, params)\n        params, h = update(params, grads), hs[-1]",
    "        h = hs[-1]\n        grads, _ = rnn_backward(piece, h, hs, dys, params)\n        params = update(params, grads)"))
mistake("truncated-bptt", named="h0 in every chunk", change=("rnn_backward(piece, h, hs", "rnn_backward(piece, h0, hs"))
mistake("truncated-bptt", named="all states of the last chunk", change=("return params, h, losses", "return params, hs, losses"))
mistake("truncated-bptt", named="sum of the losses", change=("return params, h, losses", "return params, h, sum(losses)"))
mistake("truncated-bptt", named="last chunk's loss", change=("return params, h, losses", "return params, h, losses[-1]"))


@alternative("truncated-bptt", name="while")
def truncated_bptt(x, targets, h0, params, chunk, update):
    losses = []
    while len(x):
        hs, ys = rnn_forward(x[:chunk], h0, params)
        loss, dys = sequence_loss(ys, targets[:chunk])
        params = update(params, rnn_backward(x[:chunk], h0, hs, dys, params)[0])
        losses.append(loss)
        x, targets, h0 = x[chunk:], targets[chunk:], hs[-1].copy()
    return params, h0, losses


@alternative("truncated-bptt", name="torch, with detach")
def truncated_bptt(x, targets, h0, params, chunk, update):
    h, losses = torch.tensor(h0), []
    for s in range(0, len(x), chunk):
        p = {name: torch.tensor(value, requires_grad=True) for name, value in params.items()}
        h, loss = h.detach(), 0
        for x_t, t in zip(torch.tensor(x[s : s + chunk]), torch.tensor(targets[s : s + chunk])):
            h = torch.tanh(x_t @ p["W_xh"].T + h @ p["W_hh"].T + p["b_h"])
            loss = loss + torch.nn.functional.cross_entropy(h @ p["W_hy"].T + p["b_y"], t)
        loss.backward()
        params = update(params, {name: value.grad.numpy() for name, value in p.items()})
        losses.append(loss.item())
    return params, h.detach().numpy(), losses


# which-radius

mistake("which-radius", named="only 11", source='tanh_explodes = "1.05"\nsigmoid_harmless = "4.0"')
mistake("which-radius", named="keeps its size", source='tanh_explodes = "1.0"\nsigmoid_harmless = "4.0"')
mistake("which-radius", named="at most 1/4", source='tanh_explodes = "1.1"\nsigmoid_harmless = "1.0"')
mistake("which-radius", named="inverse", source='tanh_explodes = "1.1"\nsigmoid_harmless = "0.25"')

# jacobian-norms

mistake("jacobian-norms", named="wrong side", change=(
    "jacobian @ (slopes(h)[:, None] * W_hh)",
    "(slopes(h)[:, None] * W_hh) @ jacobian"))
mistake("jacobian-norms", named="multiplied the norms", change=(
    '        jacobian = jacobian @ (slopes(h)[:, None] * W_hh)\n        norms.append(np.linalg.norm(jacobian, 2))',
    "        norms.append(norms[-1] * np.linalg.norm(slopes(h)[:, None] * W_hh, 2))"))
mistake("jacobian-norms", named="begin with the last step", name="forward order", change=("hs[::-1]", "hs"))
mistake("jacobian-norms", named="multiplied from the left", name="from the first state on", source="""
def jacobian_norms(hs, W_hh, activation):
    slopes = {"tanh": lambda h: 1 - h**2, "sigmoid": lambda h: h * (1 - h), "relu": lambda h: (h > 0) * 1.0}[activation]
    J, norms = np.eye(len(W_hh)), [1.0]
    for h in hs:
        J = np.diag(slopes(h)) @ W_hh @ J
        norms.append(np.linalg.norm(J, 2))
    return np.array(norms)
""")
mistake("jacobian-norms", named="columns of W_hh", change=("slopes(h)[:, None] * W_hh", "slopes(h) * W_hh"))
mistake("jacobian-norms", named="transposed W_hh", change=("slopes(h)[:, None] * W_hh", "slopes(h)[:, None] * W_hh.T"))
mistake("jacobian-norms", named="left out the slopes", change=(
    "jacobian @ (slopes(h)[:, None] * W_hh)",
    "jacobian @ W_hh"))
mistake("jacobian-norms", named="tanh once more", change=("lambda h: 1 - h**2", "lambda h: 1 - np.tanh(h)**2"))
mistake("jacobian-norms", named="norm of all entries", change=("np.linalg.norm(jacobian, 2)", "np.linalg.norm(jacobian)"))
mistake("jacobian-norms", named="largest eigenvalue", change=("np.linalg.norm(jacobian, 2)", "np.abs(np.linalg.eigvals(jacobian)).max()"))
mistake("jacobian-norms", named="left out entry 0", change=("norms = [1.0]", "norms = []"))
mistake("jacobian-norms", named="left out h_0", change=("hs[::-1]", "hs[:0:-1]"))
mistake("jacobian-norms", named="slope of tanh", name="tanh for the sigmoid", change=("lambda h: h * (1 - h)", "lambda h: 1 - h**2"))
mistake("jacobian-norms", named="slope 1 everywhere", change=("(h > 0) * 1.0", "np.ones_like(h)"))
mistake("jacobian-norms", named="multiplied by ReLU's output", change=("(h > 0) * 1.0", "h"))


@alternative("jacobian-norms", name="matrix by matrix")
def jacobian_norms(hs, W_hh, activation):
    out = [1.0]
    for s in range(1, len(hs) + 1):
        J = np.eye(W_hh.shape[0])
        for h in hs[len(hs) - s :]:
            slope = {"tanh": 1 - h * h, "sigmoid": h - h * h, "relu": np.where(h > 0, 1.0, 0.0)}[activation]
            J = np.diag(slope) @ W_hh @ J
        out.append(float(np.linalg.svd(J, compute_uv=False)[0]))
    return out


@alternative("jacobian-norms", name="torch")
def jacobian_norms(hs, W_hh, activation):
    h = torch.tensor(hs)
    slopes = {"tanh": 1 - h**2, "sigmoid": h * (1 - h), "relu": h.sign().clamp(min=0)}[activation]
    product = torch.eye(len(W_hh), dtype=torch.float64)
    norms = [1.0]
    for slope in slopes.flip(0):
        product = product @ torch.diag(slope) @ torch.tensor(W_hh)
        norms.append(torch.linalg.matrix_norm(product, 2).item())
    return np.array(norms)


# clip-gradients

mistake("clip-gradients", named="each array by itself", change=(
    "{name: g * factor for name, g in grads.items()}, norm",
    "{name: g * min(1.0, max_norm / max(np.linalg.norm(g), 1e-300)) for name, g in grads.items()}, norm"))
mistake("clip-gradients", named="largest singular value", name="norm 2 of a matrix", change=(
    "np.sqrt(sum((g**2).sum() for g in grads.values()))", "np.sqrt(sum(np.linalg.norm(g, 2) ** 2 if g.ndim < 3 else (g**2).sum() for g in grads.values()))"))
mistake("clip-gradients", named="longest array", change=(
    "np.sqrt(sum((g**2).sum() for g in grads.values()))", "max(np.linalg.norm(g) for g in grads.values())"))
mistake("clip-gradients", named="cut off each entry", name="entries cut off", change=(
    "{name: g * factor for name, g in grads.items()}, norm",
    "{name: np.clip(g, -max_norm, max_norm) for name, g in grads.items()}, norm"))
mistake("clip-gradients", named="length after clipping", change=(
    "{name: g * factor for name, g in grads.items()}, norm",
    "{name: g * factor for name, g in grads.items()}, norm * factor"))
mistake("clip-gradients", named="left out the root", change=("np.sqrt(sum((g**2).sum() for g in grads.values()))", "sum((g**2).sum() for g in grads.values())"))
mistake("clip-gradients", named="short gradients longer", change=("max_norm / norm if norm > max_norm else 1.0", "max_norm / norm if norm > 0 else 1.0"))
mistake("clip-gradients", named="added up the lengths", change=("np.sqrt(sum((g**2).sum() for g in grads.values()))", "sum(np.linalg.norm(g) for g in grads.values())"))
mistake("clip-gradients", named="divided by a length of 0", change=("max_norm / norm if norm > max_norm else 1.0", "min(1.0, max_norm / norm)"))
mistake("clip-gradients", named="gradients alone", change=(
    "{name: g * factor for name, g in grads.items()}, norm",
    "{name: g * factor for name, g in grads.items()}"))
mistake("clip-gradients", named="in place", source="""
def clip_gradients(grads, max_norm):
    norm = float(np.sqrt(sum((g**2).sum() for g in grads.values())))
    if norm > max_norm:
        for g in grads.values():
            g *= max_norm / norm
    return grads, norm
""")


@alternative("clip-gradients", name="one long vector")
def clip_gradients(grads, max_norm):
    norm = np.linalg.norm(np.concatenate([g.ravel() for g in grads.values()]))
    return {name: g / max(1.0, norm / max_norm) for name, g in grads.items()}, norm


@alternative("clip-gradients", name="torch")
def clip_gradients(grads, max_norm):
    norm = torch.linalg.vector_norm(torch.cat([torch.tensor(g).flatten() for g in grads.values()])).item()
    if norm <= max_norm:
        return dict(grads), norm
    return {name: g * max_norm / norm for name, g in grads.items()}, norm


# sample

mistake("sample", named="first character at every turn", name="not fed back", change=("one_hot[[written[-1]]]", "one_hot[[first]]"))
mistake("sample", named="same state", name="state not carried", change=("h, y = rnn_step(one_hot[[written[-1]]], h, params)", "_, y = rnn_step(one_hot[[written[-1]]], h, params)"))
mistake("sample", named="returned the first character too", change=("np.array(written[1:])", "np.array(written)"))
mistake("sample", named="returned the first character, and", change=("np.array(written[1:])", "np.array(written[:-1])"))
mistake("sample", named="one too few", change=("range(length)", "range(length - 1)"))
mistake("sample", named="always took the best", change=("rng.choice(len(p), p=p)", "np.argmax(p)"))
mistake("sample", named="ignored the temperature", change=(".astype(np.float64) / temperature", ".astype(np.float64)"))
mistake("sample", named="multiplied by the temperature", change=(".astype(np.float64) / temperature", ".astype(np.float64) * temperature"))
mistake("sample", named="ignored the temperature", name="probabilities divided", source="""
def sample(params, h, first, length, temperature, rng):
    one_hot = np.eye(len(params["b_y"]))
    h, written = h[None], [first]
    for _ in range(length):
        h, y = rnn_step(one_hot[[written[-1]]], h, params)
        p = np.exp(y[0] - y[0].max()) / temperature
        written.append(int(rng.choice(len(p), p=p / p.sum())))
    return np.array(written[1:])
""")
mistake("sample", named="shift the scores", name="overflow", change=("(y[0] - y[0].max())", "y[0]"))
mistake("sample", named="draw from rng", name="own generator", change=("int(rng.choice", "int(np.random.default_rng(len(written)).choice"))
mistake("sample", named="no generator of your own", name="new generator at each turn", change=("int(rng.choice", "int(np.random.default_rng(0).choice"))
mistake("sample", named="draw from rng", name="own generator, one seed", change=(
    "    one_hot = np.eye", "    rng = np.random.default_rng(0)\n    one_hot = np.eye"))
mistake("sample", named="same seed", name="global generator", change=("int(rng.choice", "int(np.random.choice"))
mistake("sample", named="alike", name="probabilities not used", change=("rng.choice(len(p), p=p)", "rng.integers(len(p))"))
mistake("sample", named="(length,) is wanted", name="a matrix", change=("np.array(written[1:])", "np.array([written[1:]])"))
mistake("sample", named="old state", name="read before the step", change=(
    "        h, y = rnn_step(one_hot[[written[-1]]], h, params)",
    '        y = h @ params["W_hy"].T + params["b_y"]\n        h, _ = rnn_step(one_hot[[written[-1]]], h, params)'))


@alternative("sample", name="running sum")
def sample(params, h, first, length, temperature, rng):
    state, current, out = h.reshape(1, -1), first, []
    while len(out) < length:
        x = np.zeros((1, params["W_xh"].shape[1]))
        x[0, current] = 1
        state, y = rnn_step(x, state, params)
        weights = np.exp((y.ravel().astype(float) - y.max()) / temperature)
        current = min(int(np.searchsorted(weights.cumsum() / weights.sum(), rng.random(), side="right")), len(weights) - 1)
        out.append(current)
    return out


@alternative("sample", name="Gumbel")
def sample(params, h, first, length, temperature, rng):
    text = np.empty(length, dtype=np.int64)
    for i in range(length):
        x = np.eye(params["W_xh"].shape[1])[[first]]
        h, y = rnn_step(x, np.reshape(h, (1, -1)), params)
        first = text[i] = np.argmax(y[0].astype(np.float64) / temperature + rng.gumbel(size=y.shape[1]))
    return text


# chunk-of-one

mistake("chunk-of-one", named="no memory", source='one_step_bits = "3.8"')
mistake("chunk-of-one", named="worse than a table", source='one_step_bits = "4.1"')
mistake("chunk-of-one", named="as the taught one", source='one_step_bits = "2.7"')
