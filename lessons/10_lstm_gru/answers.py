"""Wrong answers that the tests of lesson 10 must name, and other right answers that they must accept."""

import numpy as np
import torch
from torch import nn

from autograder.planted import alternative, mistake

# lstm-gates

mistake("lstm-gates", named="x before h", change=("np.concatenate([h, x], axis=1)", "np.concatenate([x, h], axis=1)"))
mistake("lstm-gates", named="left out the biases", change=(" + params[\"b_\" + name]", ""))
mistake("lstm-gates", named="sigmoid for the candidate", change=("np.tanh(z[\"C\"])", "sigmoid(z[\"C\"])"))
mistake("lstm-gates", named="without its tanh", change=("np.tanh(z[\"C\"])", "z[\"C\"]"))
mistake("lstm-gates", named="swapped forget and input", change=(
    "sigmoid(z[\"f\"]), sigmoid(z[\"i\"])",
    "sigmoid(z[\"i\"]), sigmoid(z[\"f\"])"))
mistake("lstm-gates", named="o before C_tilde", change=(
    "np.tanh(z[\"C\"]), sigmoid(z[\"o\"])",
    "sigmoid(z[\"o\"]), np.tanh(z[\"C\"])"))
mistake("lstm-gates", named="axis=1", name="h and x below each other",
        change=("np.concatenate([h, x], axis=1)", "np.concatenate([h, x], axis=0)"))
mistake("lstm-gates", named="turn W round", change=("params[\"W_\" + name].T", "params[\"W_\" + name]"))
mistake("lstm-gates", named="before the sigmoid", change=(
    "return sigmoid",
    "return z['f'], z['i'], z['C'], z['o']\n    return sigmoid"))


@mistake("lstm-gates", named="tanh for the gates", name="tanh everywhere")
def lstm_gates(x, h, params):
    hx = np.concatenate([h, x], axis=1)
    return tuple(np.tanh(hx @ params["W_" + name].T + params["b_" + name]) for name in "fiCo")


@alternative("lstm-gates", name="two products each")
def lstm_gates(x, h, params):
    H = h.shape[1]

    def before(name):
        W = params["W_" + name]
        return np.einsum("nh,kh->nk", h, W[:, :H]) + np.einsum("nd,kd->nk", x, W[:, H:]) + params["b_" + name]

    return sigmoid(before("f")), sigmoid(before("i")), np.tanh(before("C")), sigmoid(before("o"))


@alternative("lstm-gates", name="columns, and a list")
def lstm_gates(x, h, params):
    hx = np.hstack((h, x)).T
    f = 1 / (1 + np.exp(-(params["W_f"] @ hx + params["b_f"][:, None]))).T
    i = 1 / (1 + np.exp(-(params["W_i"] @ hx + params["b_i"][:, None]))).T
    C = np.tanh(params["W_C"] @ hx + params["b_C"][:, None]).T
    o = 1 / (1 + np.exp(-(params["W_o"] @ hx + params["b_o"][:, None]))).T
    return [f, i, C, o]


# lstm-step

mistake("lstm-step", named="f goes with the old cell", change=("f * C + i * C_tilde", "i * C + f * C_tilde"))
mistake("lstm-step", named="left out the tanh", change=("o * np.tanh(C_new), C_new", "o * C_new, C_new"))
mistake("lstm-step", named="it guards only what is shown", change=("f * C + i * C_tilde", "o * (f * C + i * C_tilde)"))
mistake("lstm-step", named="inside the tanh", change=("o * np.tanh(C_new), C_new", "np.tanh(o * C_new), C_new"))
mistake("lstm-step", named="you showed the old cell", change=("o * np.tanh(C_new), C_new", "o * np.tanh(C), C_new"))
mistake("lstm-step", named="returned C before h", change=("o * np.tanh(C_new), C_new", "C_new, o * np.tanh(C_new)"))
mistake("lstm-step", named="left out the input gate", change=("f * C + i * C_tilde", "f * C + C_tilde"))
mistake("lstm-step", named="left out the forget gate", change=("f * C + i * C_tilde", "C + i * C_tilde"))
mistake("lstm-step", named="kept 1 − f", change=("f * C + i * C_tilde", "(1 - f) * C + i * C_tilde"))
mistake("lstm-step", named="the cell that you keep", change=(
    "return o * np.tanh(C_new), C_new",
    "C_new = np.tanh(C_new)\n    return o * C_new, C_new"))
mistake("lstm-step", named="tanh on the old cell", change=("f * C + i * C_tilde", "f * np.tanh(C) + i * C_tilde"))
mistake("lstm-step", named="left out the output gate", change=("o * np.tanh(C_new), C_new", "np.tanh(C_new), C_new"))
mistake("lstm-step", named="only what is shown, after the tanh", name="o applied to C, both",
        change=("return o * np.tanh(C_new), C_new", "return np.tanh(o * C_new), o * C_new"))
mistake("lstm-step", named="in place", name="changes the cell in place",
        change=("C_new = f * C + i * C_tilde", "C *= f\n    C += i * C_tilde\n    C_new = C"))


@alternative("lstm-step", name="without lstm_gates, fused")
def lstm_step(x, h, C, params):
    W = np.vstack([params["W_f"], params["W_i"], params["W_C"], params["W_o"]])
    b = np.hstack([params["b_f"], params["b_i"], params["b_C"], params["b_o"]])
    f, i, g, o = np.hsplit(np.hstack([h, x]) @ W.T + b, 4)
    C = C * sigmoid(f) + sigmoid(i) * np.tanh(g)
    return sigmoid(o) * np.tanh(C), C


@alternative("lstm-step", name="ask PyTorch")
def lstm_step(x, h, C, params):
    H = h.shape[1]
    cell = nn.LSTMCell(x.shape[1], H, bias=True, dtype=torch.float64)
    with torch.no_grad():
        cell.weight_hh[:] = torch.tensor(np.concatenate([params["W_" + k][:, :H] for k in "ifCo"]))
        cell.weight_ih[:] = torch.tensor(np.concatenate([params["W_" + k][:, H:] for k in "ifCo"]))
        cell.bias_ih[:] = torch.tensor(np.concatenate([params["b_" + k] for k in "ifCo"]))
        cell.bias_hh[:] = 0
        h, C = cell(torch.tensor(x), (torch.tensor(h), torch.tensor(C)))
    return h.numpy(), C.numpy()


# lstm-forward

mistake("lstm-forward", named="started every step from h0 and C0", change=(
    "h, C = lstm_step(x, h, C, params)",
    "h, C = lstm_step(x, h0, C0, params)"))
mistake("lstm-forward", named="every step read h0", change=(
    "h, C = lstm_step(x, h, C, params)",
    "h, C = lstm_step(x, h0, C, params)"))
mistake("lstm-forward", named="every step started from C0", change=(
    "h, C = lstm_step(x, h, C, params)",
    "h, C = lstm_step(x, h, C0, params)"))
mistake("lstm-forward", named="started from zeros", change=(
    "h, C = h0, C0",
    "h, C = np.zeros_like(h0), np.zeros_like(C0)"))
mistake("lstm-forward", named="from an empty cell", change=("h, C = h0, C0", "h, C = h0, np.zeros_like(C0)"))
mistake("lstm-forward", named="an output of zeros", change=("h, C = h0, C0", "h, C = np.zeros_like(h0), C0"))
mistake("lstm-forward", named="each other's place", change=(
    "h, C = lstm_step(x, h, C, params)",
    "h, C = lstm_step(x, C, h, params) if not hs else lstm_step(x, h, C, params)"))
mistake("lstm-forward", named="cells first", change=(
    "return np.stack(hs), np.stack(Cs)",
    "return np.stack(Cs), np.stack(hs)"))
mistake("lstm-forward", named="last states only", change=("return np.stack(hs), np.stack(Cs)", "return h, C"))
mistake("lstm-forward", named="the last cell: all cells", change=(
    "return np.stack(hs), np.stack(Cs)",
    "return np.stack(hs), C"))
mistake("lstm-forward", named="kept h0 and C0 among", change=("hs, Cs = [], []", "hs, Cs = [h0], [C0]"))
mistake("lstm-forward", named="sequences first", change=(
    "return np.stack(hs), np.stack(Cs)",
    "return np.stack(hs, axis=1), np.stack(Cs, axis=1)"))


mistake("lstm-forward", named="np.stack makes one of a list", name="lists",
        change=("return np.stack(hs), np.stack(Cs)", "return hs, Cs"))


@alternative("lstm-forward", name="arrays made beforehand")
def lstm_forward(X, h0, C0, params):
    T = len(X)
    hs, Cs = np.empty((T, *h0.shape)), np.empty((T, *C0.shape))
    for t in range(T):
        before = (h0, C0) if t == 0 else (hs[t - 1], Cs[t - 1])
        hs[t], Cs[t] = lstm_step(X[t], *before, params)
    return hs, Cs


@alternative("lstm-forward", name="all in one")
def lstm_forward(X, h0, C0, params):
    state, kept = (h0, C0), []
    for t in range(len(X)):
        hx = np.concatenate([state[0], X[t]], axis=1)
        z = {k: hx @ params["W_" + k].T + params["b_" + k] for k in "fiCo"}
        C = sigmoid(z["f"]) * state[1] + sigmoid(z["i"]) * np.tanh(z["C"])
        state = (sigmoid(z["o"]) * np.tanh(C), C)
        kept.append(state)
    return np.array([h for h, _ in kept]), np.array([C for _, C in kept])


# lstm-parameters

mistake("lstm-parameters", named="plain layer", source="lstm_parameters = 60200")
mistake("lstm-parameters", named="three gates", source="lstm_parameters = 180600")
mistake("lstm-parameters", named="two of them", source="lstm_parameters = 120400")

# fuse-weights


@mistake("fuse-weights", named="PyTorch's order")
def fuse_weights(params):
    return np.concatenate([params["W_" + k] for k in "ifCo"]), np.concatenate([params["b_" + k] for k in "ifCo"])


@mistake("fuse-weights", named="o before C")
def fuse_weights(params):
    return np.concatenate([params["W_" + k] for k in "fioC"]), np.concatenate([params["b_" + k] for k in "fioC"])


@mistake("fuse-weights", named="dict lists its keys")
def fuse_weights(params):
    return (np.concatenate([v for k, v in params.items() if k[0] == "W"]),
            np.concatenate([v for k, v in params.items() if k[0] == "b"]))


@mistake("fuse-weights", named="sorted the names")
def fuse_weights(params):
    return (np.concatenate([params[k] for k in sorted(params) if k[0] == "W"]),
            np.concatenate([params[k] for k in sorted(params) if k[0] == "b"]))


@mistake("fuse-weights", named="side by side")
def fuse_weights(params):
    return np.concatenate([params["W_" + k] for k in "fiCo"], axis=1), np.concatenate([params["b_" + k] for k in "fiCo"])


@mistake("fuse-weights", named="new axis")
def fuse_weights(params):
    return np.stack([params["W_" + k] for k in "fiCo"]), np.stack([params["b_" + k] for k in "fiCo"])


@mistake("fuse-weights", named="mixed the rows")
def fuse_weights(params):
    W = np.stack([params["W_" + k] for k in "fiCo"], axis=1)
    return W.reshape(-1, W.shape[-1]), np.stack([params["b_" + k] for k in "fiCo"], axis=1).ravel()


@alternative("fuse-weights", name="vstack and hstack")
def fuse_weights(params):
    return (np.vstack([params["W_f"], params["W_i"], params["W_C"], params["W_o"]]),
            np.hstack([params["b_f"], params["b_i"], params["b_C"], params["b_o"]]))


@alternative("fuse-weights", name="fill by blocks")
def fuse_weights(params):
    H, width = params["W_f"].shape
    W, b = np.empty((4 * H, width)), np.empty(4 * H)
    for k, name in enumerate(["f", "i", "C", "o"]):
        W[k * H : (k + 1) * H] = params["W_" + name]
        b[k * H : (k + 1) * H] = params["b_" + name]
    return W, b


# fused-lstm-step

mistake("fused-lstm-step", named="PyTorch's order", change=(
    "z_f, z_i, z_C, z_o = np.split",
    "z_i, z_f, z_C, z_o = np.split"))
mistake("fused-lstm-step", named="fourth block for the candidate", change=(
    "z_f, z_i, z_C, z_o = np.split",
    "z_f, z_i, z_o, z_C = np.split"))
mistake("fused-lstm-step", named="every fourth column", change=(
    "np.split(z, 4, axis=1)",
    "(z[:, k::4] for k in range(4))"))
mistake("fused-lstm-step", named="x before h", change=(
    "np.concatenate([h, x], axis=1)",
    "np.concatenate([x, h], axis=1)"))
mistake("fused-lstm-step", named="left out b", change=(" @ W.T + b", " @ W.T"))
mistake("fused-lstm-step", named="sigmoid for all four", change=("np.tanh(z_C)", "sigmoid(z_C)"))
mistake("fused-lstm-step", named="C before h", change=(
    "return sigmoid(z_o) * np.tanh(C_new), C_new",
    "return C_new, sigmoid(z_o) * np.tanh(C_new)"))


@mistake("fused-lstm-step", named="multiply once", name="four products")
def fused_lstm_step(x, h, C, W, b):
    H = h.shape[1]
    hx = np.concatenate([h, x], axis=1)
    f, i, g, o = (hx @ W[k * H : (k + 1) * H].T + b[k * H : (k + 1) * H] for k in range(4))
    C = sigmoid(f) * C + sigmoid(i) * np.tanh(g)
    return sigmoid(o) * np.tanh(C), C


@mistake("fused-lstm-step", named="multiply once", name="four products with np.dot")
def fused_lstm_step(x, h, C, W, b):
    hx = np.concatenate([h, x], axis=1)
    f, i, g, o = (np.dot(hx, part.T) + bias for part, bias in zip(np.split(W, 4), np.split(b, 4)))
    C = sigmoid(f) * C + sigmoid(i) * np.tanh(g)
    return sigmoid(o) * np.tanh(C), C


@mistake("fused-lstm-step", named="multiply once", name="four products with the method dot")
def fused_lstm_step(x, h, C, W, b):
    hx = np.concatenate([h, x], axis=1)
    f, i, g, o = (hx.dot(part.T) + bias for part, bias in zip(np.split(W, 4), np.split(b, 4)))
    C = sigmoid(f) * C + sigmoid(i) * np.tanh(g)
    return sigmoid(o) * np.tanh(C), C


@alternative("fused-lstm-step", name="one einsum")
def fused_lstm_step(x, h, C, W, b):
    z_f, z_i, z_C, z_o = np.hsplit(np.einsum("nk,mk->nm", np.hstack([h, x]), W) + b, 4)
    C = sigmoid(z_f) * C + sigmoid(z_i) * np.tanh(z_C)
    return sigmoid(z_o) * np.tanh(C), C


@alternative("fused-lstm-step", name="np.dot and slices")
def fused_lstm_step(x, h, C, W, b):
    H = h.shape[1]
    z = np.dot(np.hstack([h, x]), W.T)
    z += b
    gates = 1 / (1 + np.exp(-z))
    C = gates[:, :H] * C + gates[:, H : 2 * H] * np.tanh(z[:, 2 * H : 3 * H])
    return gates[:, 3 * H :] * np.tanh(C), C


@alternative("fused-lstm-step", name="columns")
def fused_lstm_step(x, h, C, W, b):
    z = W @ np.concatenate([h.T, x.T]) + b[:, None]
    f, i, g, o = z.reshape(4, h.shape[1], -1).swapaxes(1, 2)
    C = sigmoid(f) * C + sigmoid(i) * np.tanh(g)
    return sigmoid(o) * np.tanh(C), C


@alternative("fused-lstm-step", name="in torch")
def fused_lstm_step(x, h, C, W, b):
    x, h, C, W, b = (torch.from_numpy(np.array(one)) for one in (x, h, C, W, b))
    f, i, g, o = torch.nn.functional.linear(torch.cat([h, x], 1), W, b).chunk(4, 1)
    C = f.sigmoid() * C + i.sigmoid() * g.tanh()
    return o.sigmoid() * C.tanh(), C


# split-weights

mistake("split-weights", named="returned U first", change=(
    "return W_concat[:, :H], W_concat[:, H:]",
    "return W_concat[:, H:], W_concat[:, :H]"))
mistake("split-weights", named="from the end", change=(
    "return W_concat[:, :H], W_concat[:, H:]",
    "return W_concat[:, -H:], W_concat[:, :-H]"))
mistake("split-weights", named="cut the rows", change=(
    "return W_concat[:, :H], W_concat[:, H:]",
    "return W_concat[: H // 2], W_concat[H // 2 :]"))
mistake("split-weights", named="after D columns", change=(
    "return W_concat[:, :H], W_concat[:, H:]",
    "D = W_concat.shape[1] - H\n    return W_concat[:, :D], W_concat[:, D:]"))
mistake("split-weights", named="last column alone", change=(
    "return W_concat[:, :H], W_concat[:, H:]",
    "return W_concat[:, :-1], W_concat[:, -1:]"))
mistake("split-weights", named="not all tensors", name="arrays", change=(
    "    return {\n        \"weight_ih_l0\": torch.tensor(np.concatenate([U for _, U in pairs])),",
    "    return {\n        \"weight_ih_l0\": np.concatenate([U for _, U in pairs]),"))
mistake("split-weights", named="transposed", change=(
    "return W_concat[:, :H], W_concat[:, H:]",
    "return W_concat[:, :H].T, W_concat[:, H:].T"))
mistake("split-weights", named="to_pytorch for one unit", change=(
    "pairs = [split_weights(params[\"W_\" + name]) for name in \"ifCo\"]",
    "pairs = [split_weights(params[\"W_\" + name]) for name in \"fiCo\"]"))
mistake("split-weights", named="hh acts on h", change=(
    "for _, U in pairs])),\n        \"weight_hh_l0\": torch.tensor(np.concatenate([W for W, _ in pairs]",
    "for U, _ in pairs])),\n        \"weight_hh_l0\": torch.tensor(np.concatenate([W for _, W in pairs]"))
mistake("split-weights", named="whole bias", change=("torch.zeros(len(b), dtype=torch.float64)", "torch.tensor(b)"))
mistake("split-weights", named="our order in the biases", change=(
    "params[\"b_\" + name] for name in \"ifCo\"",
    "params[\"b_\" + name] for name in \"fiCo\""))
mistake("split-weights", named="another precision", name="float32",
        change=("torch.tensor(np.concatenate([W for W, _ in pairs]))", "torch.Tensor(np.concatenate([W for W, _ in pairs]))"))
alternative("split-weights", name="shared bias, fused first", source="""
def split_weights(W_concat):
    W, U = np.split(W_concat, [len(W_concat)], axis=1)
    return W, U

def to_pytorch(params):
    H = len(params["b_f"])
    W = np.vstack([params["W_i"], params["W_f"], params["W_C"], params["W_o"]])
    b = torch.from_numpy(np.hstack([params["b_i"], params["b_f"], params["b_C"], params["b_o"]]))
    return {"bias_hh_l0": b / 2, "bias_ih_l0": b / 2, "weight_hh_l0": torch.from_numpy(W[:, :H]),
            "weight_ih_l0": torch.from_numpy(W[:, H:])}
""")
alternative("split-weights", name="from a layer's own state", source="""
def split_weights(W_concat):
    H = W_concat.shape[0]
    return np.array([row[:H] for row in W_concat]), np.array([row[H:] for row in W_concat])

def to_pytorch(params):
    H, width = params["W_f"].shape
    state = nn.LSTM(width - H, H, dtype=torch.float64).state_dict()
    for k, name in enumerate("ifCo"):
        W, U = split_weights(params["W_" + name])
        block = slice(k * H, (k + 1) * H)
        state["weight_hh_l0"][block] = torch.tensor(W)
        state["weight_ih_l0"][block] = torch.tensor(U)
        state["bias_hh_l0"][block] = torch.tensor(params["b_" + name])
        state["bias_ih_l0"][block] = 0
    return state
""")

# hold-z

mistake("hold-z", named="single step", source="smallest_z = 5")
mistake("hold-z", named="thousandth", source="smallest_z = 7")
mistake("hold-z", named="further than needed", source="smallest_z = 50")

# keep-forever


@mistake("keep-forever", named="every weight with its worst sign", name="rows ignored")
def keep_forever(W_f, W_i, steps=1000, tolerance=0.01):
    needed = np.log(2 * steps / tolerance)
    return np.full(len(W_f), needed), np.full(len(W_i), -needed)


@mistake("keep-forever", named="every weight with its worst sign", name="row sum without sizes")
def keep_forever(W_f, W_i, steps=1000, tolerance=0.01):
    needed = np.log(2 * steps / tolerance)
    return needed - W_f.sum(axis=1), -needed - W_i.sum(axis=1)


@mistake("keep-forever", named="every weight with its worst sign", name="largest weight only")
def keep_forever(W_f, W_i, steps=1000, tolerance=0.01):
    needed = np.log(2 * steps / tolerance)
    return needed + np.abs(W_f).max(axis=1), -needed - np.abs(W_i).sum(axis=1)


@mistake("keep-forever", named="its row pulls up", name="input gate's row with the wrong sign")
def keep_forever(W_f, W_i, steps=1000, tolerance=0.01):
    needed = np.log(2 * steps / tolerance)
    return needed + np.abs(W_f).sum(axis=1), -needed + np.abs(W_i).sum(axis=1)


@mistake("keep-forever", named="share one tolerance", name="1 % for each")
def keep_forever(W_f, W_i, steps=1000, tolerance=0.01):
    needed = np.log(steps / tolerance)
    return needed + np.abs(W_f).sum(axis=1), -needed - np.abs(W_i).sum(axis=1)


@mistake("keep-forever", named="1 % go at every step", name="tolerance for each step")
def keep_forever(W_f, W_i, steps=1000, tolerance=0.01):
    needed = np.log((1 - tolerance / 2) / (tolerance / 2))
    return needed + np.abs(W_f).sum(axis=1), -needed - np.abs(W_i).sum(axis=1) - 10


@mistake("keep-forever", named="not negative", name="both gates open")
def keep_forever(W_f, W_i, steps=1000, tolerance=0.01):
    needed = np.log(2 * steps / tolerance)
    return needed + np.abs(W_f).sum(axis=1), needed + np.abs(W_i).sum(axis=1)


@mistake("keep-forever", named="not negative", name="input gate forgotten")
def keep_forever(W_f, W_i, steps=1000, tolerance=0.01):
    return np.log(2 * steps / tolerance) + np.abs(W_f).sum(axis=1), np.zeros(len(W_i))


@mistake("keep-forever", named="swapped", name="swapped")
def keep_forever(W_f, W_i, steps=1000, tolerance=0.01):
    needed = np.log(2 * steps / tolerance)
    return -needed - np.abs(W_i).sum(axis=1), needed + np.abs(W_f).sum(axis=1)


@mistake("keep-forever", named="a single number came", name="the largest need, as numbers")
def keep_forever(W_f, W_i, steps=1000, tolerance=0.01):
    needed = np.log(2 * steps / tolerance)
    return float(needed + np.abs(W_f).sum()), float(-needed - np.abs(W_i).sum())


@mistake("keep-forever", named="much further than needed", name="25, whatever the steps")
def keep_forever(W_f, W_i, steps=1000, tolerance=0.01):
    return 25 + np.abs(W_f).sum(axis=1), -25 - np.abs(W_i).sum(axis=1)


@mistake("keep-forever", named="its own row alone", name="all rows for every unit")
def keep_forever(W_f, W_i, steps=1000, tolerance=0.01):
    needed = np.log(2 * steps / tolerance)
    return np.full(len(W_f), needed + np.abs(W_f).sum()), np.full(len(W_i), -needed - np.abs(W_i).sum())


@mistake("keep-forever", named="do steps and tolerance both enter", name="tolerance ignored")
def keep_forever(W_f, W_i, steps=1000, tolerance=0.01):
    needed = np.log(2 * steps / 0.01)
    return needed + np.abs(W_f).sum(axis=1), -needed - np.abs(W_i).sum(axis=1)


@mistake("keep-forever", named="could never learn", name="a million")
def keep_forever(W_f, W_i, steps=1000, tolerance=0.01):
    return np.full(len(W_f), 1e6), np.full(len(W_i), -1e6)


@mistake("keep-forever", named="one bias for each unit", name="one bias for all, as a number")
def keep_forever(W_f, W_i, steps=1000, tolerance=0.01):
    needed = np.log(2 * steps / tolerance)
    return needed + np.abs(W_f).sum(axis=1).max(), -needed - np.abs(W_i).sum(axis=1).max()


@mistake("keep-forever", named="are these the biases for 1 000 steps", name="steps ignored")
def keep_forever(W_f, W_i, steps=1000, tolerance=0.01):
    return 12.5 + np.abs(W_f).sum(axis=1), -12.5 - np.abs(W_i).sum(axis=1)


@mistake("keep-forever", named="even with [h, x] = 0 your input gates", name="input gate at -5")
def keep_forever(W_f, W_i, steps=1000, tolerance=0.01):
    return np.log(2 * steps / tolerance) + np.abs(W_f).sum(axis=1), np.full(len(W_i), -5.0)


@alternative("keep-forever", name="a fifth of the tolerance each")
def keep_forever(W_f, W_i, steps=1000, tolerance=0.01):
    needed = np.log(5 * steps / tolerance)
    return [needed + sum(abs(row)) for row in W_f], [-needed - sum(abs(row)) for row in W_i]


@alternative("keep-forever", name="a reserve of 2")
def keep_forever(W_f, W_i, steps=1000, tolerance=0.01):
    needed = 2 - np.log(tolerance / 2) + np.log(steps)
    return needed + np.linalg.norm(W_f, 1, axis=1), -(needed + np.linalg.norm(W_i, 1, axis=1))


@alternative("keep-forever", name="exact inverse of the sigmoid")
def keep_forever(W_f, W_i, steps=1000, tolerance=0.01):
    f = (1 - tolerance / 2) ** (1 / steps)
    i = tolerance / 2 / steps
    b_f = [np.log(f / (1 - f)) + sum(abs(w) for w in row) for row in W_f]
    b_i = [np.log(i / (1 - i)) - sum(abs(w) for w in row) for row in W_i]
    return b_f, b_i


# cell-gradient

mistake("cell-gradient", named="cell's own path", change=(
    "return dC + dh * o * (1 - np.tanh(C_new) ** 2)",
    "return dh * o * (1 - np.tanh(C_new) ** 2)"))
mistake("cell-gradient", named="path through h", change=(
    "return dC + dh * o * (1 - np.tanh(C_new) ** 2)",
    "return dC.copy()"))
mistake("cell-gradient", named="left out the output gate", change=(
    "return dC + dh * o * (1 - np.tanh(C_new) ** 2)",
    "return dC + dh * (1 - np.tanh(C_new) ** 2)"))
mistake("cell-gradient", named="left out the slope", change=(
    "return dC + dh * o * (1 - np.tanh(C_new) ** 2)",
    "return dC + dh * o"))
mistake("cell-gradient", named="squared the cell", change=(
    "return dC + dh * o * (1 - np.tanh(C_new) ** 2)",
    "return dC + dh * o * (1 - C_new**2)"))
mistake("cell-gradient", named="forgot the square", change=(
    "return dC + dh * o * (1 - np.tanh(C_new) ** 2)",
    "return dC + dh * o * (1 - np.tanh(C_new))"))
mistake("cell-gradient", named="by tanh(C) itself", change=(
    "return dC + dh * o * (1 - np.tanh(C_new) ** 2)",
    "return dC + dh * o * np.tanh(C_new)"))
mistake("cell-gradient", named="sent dC through the output", change=(
    "return dC + dh * o * (1 - np.tanh(C_new) ** 2)",
    "return (dC + dh) * o * (1 - np.tanh(C_new) ** 2)"))
mistake("cell-gradient", named="slope of a sigmoid", change=(
    "return dC + dh * o * (1 - np.tanh(C_new) ** 2)",
    "return dC + dh * o * sigmoid(C_new) * (1 - sigmoid(C_new))"))
mistake("cell-gradient", named="tanh twice", change=(
    "return dC + dh * o * (1 - np.tanh(C_new) ** 2)",
    "return dC + dh * o * (1 - np.tanh(np.tanh(C_new)) ** 2)"))
mistake("cell-gradient", named="in place", change=(
    "return dC + dh * o * (1 - np.tanh(C_new) ** 2)",
    "dC += dh * o * (1 - np.tanh(C_new) ** 2)\n    return dC"))


@alternative("cell-gradient", name="one over cosh")
def cell_gradient(dh, dC, o, C_new):
    return dC + dh * o / np.cosh(C_new) ** 2


@alternative("cell-gradient", name="autograd")
def cell_gradient(dh, dC, o, C_new):
    C = torch.tensor(C_new, requires_grad=True)
    h = torch.tensor(o) * torch.tanh(C)
    return torch.autograd.grad((h, C * 1), C, (torch.tensor(dh), torch.tensor(dC)))[0]


# lstm-step-backward

mistake("lstm-step-backward", named="cell's own path", change=(
    "delta = cell_gradient(dh, dC, o, C_new)",
    "delta = dh * o * (1 - np.tanh(C_new) ** 2)"))
mistake("lstm-step-backward", named="path from h into the cell", change=(
    "delta = cell_gradient(dh, dC, o, C_new)",
    "delta = dC"))
mistake("lstm-step-backward", named="without the forget gate", change=("delta * f, dz.T", "delta, dz.T"))
mistake("lstm-step-backward", named="by the input gate", change=("delta * f, dz.T", "delta * i, dz.T"))
mistake("lstm-step-backward", named="averaged", change=("dz.sum(axis=0)", "dz.mean(axis=0)"))
mistake("lstm-step-backward", named="did not sum", change=("dz.sum(axis=0)", "dz"))
mistake("lstm-step-backward", named="sigmoid's slope for the candidate", change=(
    "(1 - C_tilde**2)",
    "C_tilde * (1 - C_tilde)"))
mistake("lstm-step-backward", named="forgot a square", change=("(1 - C_tilde**2)", "(1 - C_tilde)"))
mistake("lstm-step-backward", named="left out the slope of the candidate's tanh", change=(
    "delta * i * (1 - C_tilde**2)",
    "delta * i"))
mistake("lstm-step-backward", named="left the tanh out", change=("dh * np.tanh(C_new) * o", "dh * C_new * o"))
mistake("lstm-step-backward", named="it gets dh", change=("dh * np.tanh(C_new) * o", "delta * np.tanh(C_new) * o"))
mistake("lstm-step-backward", named="multiplied the old one", change=("delta * C * f", "delta * C_new * f"))
mistake("lstm-step-backward", named="PyTorch's order", change=("[dz_f, dz_i, dz_C, dz_o]", "[dz_i, dz_f, dz_C, dz_o]"))
mistake("lstm-step-backward", named="x before h", change=(
    "dz.T @ np.concatenate([h, x], axis=1)",
    "dz.T @ np.concatenate([x, h], axis=1)"))
mistake("lstm-step-backward", named="transposed", change=(
    "dz.T @ np.concatenate([h, x], axis=1)",
    "np.concatenate([h, x], axis=1).T @ dz"))
mistake("lstm-step-backward", named="swapped dx and dh_old", change=(
    "return dhx[:, H:], dhx[:, :H]",
    "return dhx[:, :H], dhx[:, H:]"))
mistake("lstm-step-backward", named="you returned 4 things", change=(", dz.sum(axis=0)", ""))
mistake("lstm-step-backward", named="swapped the partners", name="partners swapped", change=(
    "dz = np.concatenate([dz_f", "dz_f, dz_i = delta * C_tilde * f * (1 - f), delta * C * i * (1 - i)\n    dz = np.concatenate([dz_f"))
mistake("lstm-step-backward", named="before the gates' functions", name="no slopes of the gates", change=(
    "dz = np.concatenate([dz_f, dz_i, dz_C, dz_o], axis=1)",
    "dz = np.concatenate([delta * C, delta * C_tilde, delta * i, dh * np.tanh(C_new)], axis=1)"))


mistake("lstm-step-backward", named="sizes of a product do not fit", name="W turned round",
        change=("dhx = dz @ W", "dhx = dz @ W.T"))
mistake("lstm-step-backward", named="sizes of a product do not fit", name="dz not turned round",
        change=("dz.T @ np.concatenate", "dz @ np.concatenate"))
mistake("lstm-step-backward", named="you added dh:", change=("dhx[:, :H], delta", "dhx[:, :H] + dh, delta"))
mistake("lstm-step-backward", named="added dC once more", change=("delta * f, dz.T", "delta * f + dC, dz.T"))


@alternative("lstm-step-backward", name="autograd from the gates")
def lstm_step_backward(dh, dC, cache, W):
    x, h, C, f, i, g, o, _ = (torch.tensor(one) for one in cache)
    leaves = [x, h, C, torch.tensor(W), torch.zeros(len(W), dtype=torch.float64)]
    for leaf in leaves:
        leaf.requires_grad_()
    x, h, C, W, b = leaves
    z = torch.cat([h, x], 1) @ W.T + b
    b0 = torch.cat([torch.logit(f), torch.logit(i), torch.atanh(g), torch.logit(o)], 1) - z.detach()
    f, i, g, o = (z + b0).chunk(4, 1)
    C_new = f.sigmoid() * C + i.sigmoid() * g.tanh()
    return torch.autograd.grad([o.sigmoid() * C_new.tanh(), C_new], leaves, [torch.tensor(dh), torch.tensor(dC)])


@alternative("lstm-step-backward", name="gate by gate")
def lstm_step_backward(dh, dC, cache, W):
    x, h, C, f, i, g, o, C_new = cache
    t = np.tanh(C_new)
    d = dC + dh * o * (1 - t * t)
    N, H = h.shape
    dz = np.zeros((N, 4, H))
    dz[:, 0], dz[:, 1], dz[:, 2], dz[:, 3] = d * C * (f - f**2), d * g * (i - i**2), d * (i - i * g**2), dh * t * (o - o**2)
    dz = dz.reshape(N, 4 * H)
    dW = sum(np.outer(dz[n], np.r_[h[n], x[n]]) for n in range(N))
    return dz @ W[:, H:], dz @ W[:, :H], d * f, dW, np.ones(N) @ dz


# half-forgotten

mistake("half-forgotten", named="one step leaves", source='part_left = "one half"')
mistake("half-forgotten", named="not averaged", source='part_left = "one hundredth"')
mistake("half-forgotten", named="third of the way", source='part_left = "1e-10"')

# gradient-survival

mistake("gradient-survival", named="asked more than the last step", change=("outputs[-1].sum()", "outputs.sum()"))
mistake("gradient-survival", named="did not divide by the last", change=("return norms / norms[-1]", "return norms"))
mistake("gradient-survival", named="first step's norm", change=("return norms / norms[-1]", "return norms / norms[0]"))
mistake("gradient-survival", named="divided by the sum", change=(
    "return norms / norms[-1]",
    "return norms / norms.sum()"))
mistake("gradient-survival", named="norm squared", change=("slope.norm(dim=(1, 2))", "(slope**2).sum(dim=(1, 2))"))
mistake("gradient-survival", named="turned time round", change=(
    "return norms / norms[-1]",
    "return (norms / norms[-1]).flip(0)"))
mistake("gradient-survival", named="norms over time", change=("slope.norm(dim=(1, 2))", "slope.norm(dim=(0, 2))"))
mistake("gradient-survival", named="instead of taking their norm", change=(
    "norms = slope.norm(dim=(1, 2))\n    return norms / norms[-1]",
    "return slope.sum(dim=(1, 2))"))
mistake("gradient-survival", named="The first axis is time", name="last sequence, not last step",
        change=("outputs[-1].sum()", "outputs[:, -1].sum()"))

mistake("gradient-survival", named="caller's X", name="X itself",
        change=("X = X.clone().requires_grad_()", "X.requires_grad_()"))
mistake("gradient-survival", named="a tensor of shape (T,) is wanted", name="a list", change=(
    "return norms / norms[-1]",
    "return [float(one) for one in norms / norms[-1]]"))
mistake("gradient-survival", named="a tensor of shape (T,) is wanted", name="an array",
        change=("return norms / norms[-1]", "return (norms / norms[-1]).numpy()"))

mistake("gradient-survival", named="final cell", name="the final state's last part",
        change=("outputs, _ = net(X)\n    (slope,) = torch.autograd.grad(outputs[-1].sum(), X)",
                "_, state = net(X)\n    (slope,) = torch.autograd.grad(state[-1].sum(), X)"))


@alternative("gradient-survival", name="backward and numpy")
def gradient_survival(net, X):
    X = X.detach().clone()
    X.requires_grad = True
    net(X)[0][len(X) - 1].sum().backward()
    squares = (X.grad.numpy() ** 2).sum(axis=2).sum(axis=1)
    return torch.from_numpy(np.sqrt(squares / squares[-1]))


@alternative("gradient-survival", name="from a list of steps")
def gradient_survival(net, X):
    steps = [x.clone().requires_grad_() for x in X]
    out = net(torch.stack(steps))[0][-1].sum()
    norms = torch.stack([torch.linalg.vector_norm(slope) for slope in torch.autograd.grad(out, steps)])
    return norms / norms[-1]


# forget-bias

mistake("forget-bias", named="set most often", source="smallest_bias = 1")
mistake("forget-bias", named="less than 1 %", source="smallest_bias = 3")
mistake("forget-bias", named="further than needed", source="smallest_bias = 7")

# forget-bias-init

mistake("forget-bias-init", named="twice the value", change=(
    "parameter[H:2 * H] = value if name.startswith(\"bias_ih\") else 0.0",
    "parameter[H:2 * H] = value"))
mistake("forget-bias-init", named="input gate's in PyTorch", change=(
    "parameter[H:2 * H] = value if name.startswith(\"bias_ih\") else 0.0",
    "parameter[:H] = value if name.startswith(\"bias_ih\") else 0.0"))
mistake("forget-bias-init", named="of all gates", change=(
    "parameter[H:2 * H] = value if name.startswith(\"bias_ih\") else 0.0",
    "parameter[:] = value if name.startswith(\"bias_ih\") else 0.0"))
mistake("forget-bias-init", named="do not add up", change=(
    "parameter[H:2 * H] = value if name.startswith(\"bias_ih\") else 0.0",
    "if name.startswith(\"bias_ih\"):\n                    parameter[H:2 * H] = value"))
mistake("forget-bias-init", named="other gates", change=(
    "parameter[H:2 * H] = value if name.startswith(\"bias_ih\") else 0.0",
    "parameter[:] = 0.0\n                if name.startswith(\"bias_ih\"):\n                    parameter[H:2 * H] = value"))
mistake("forget-bias-init", named="Every layer", change=(
    "name.startswith(\"bias\"):",
    "name.startswith(\"bias\") and name.endswith(\"l0\"):"))
mistake("forget-bias-init", named="every direction", change=(
    "name.startswith(\"bias\"):",
    "name.startswith(\"bias\") and not name.endswith(\"reverse\"):"))
mistake("forget-bias-init", named="changed weights", change=("name.startswith(\"bias\"):", "True:"))
mistake("forget-bias-init", named="in silence", change=(
    "raise ValueError(\"this LSTM has no biases: make it with bias=True\")",
    "return"))
mistake("forget-bias-init", named="leaf Variable", change=("with torch.no_grad():", "with torch.enable_grad():"))
mistake("forget-bias-init", named="no longer learns", change=(
    "with torch.no_grad():",
    "lstm.requires_grad_(False)\n    with torch.no_grad():"))


@alternative("forget-bias-init", name="half each")
def forget_bias_init(lstm, value):
    if not lstm.bias:
        raise ValueError("no biases")
    for name, p in lstm.named_parameters():
        if "bias" in name:
            p.data[lstm.hidden_size : lstm.hidden_size * 2].fill_(value / 2)


@alternative("forget-bias-init", name="what is missing")
def forget_bias_init(lstm, value):
    parameters = dict(lstm.named_parameters())
    if "bias_ih_l0" not in parameters:
        raise ValueError("no biases")
    for layer in range(lstm.num_layers):
        for end in [f"_l{layer}", f"_l{layer}_reverse"][: 2 if lstm.bidirectional else 1]:
            with torch.no_grad():
                first, second = (parameters[f"bias_{kind}{end}"].chunk(4)[1] for kind in ("ih", "hh"))
                first.copy_(value - second)


# gru-step

mistake("gru-step", named="you reset h before the product", change=("if reset_after else", "if not reset_after else"))
mistake("gru-step", named="swapped z and 1", change=("return (1 - z) * n + z * h", "return z * n + (1 - z) * h"))
mistake("gru-step", named="left out the reset", change=("memory = r *", "r = np.ones_like(r)\n    memory = r *"))
mistake("gru-step", named="what comes from x", change=(
    "n = np.tanh(from_x[:, 2 * H:] + memory)",
    "n = np.tanh(r * from_x[:, 2 * H:] + memory)"))
mistake("gru-step", named="left c outside", change=(
    "r * from_h[:, 2 * H:] if",
    "r * (from_h[:, 2 * H:] - c[2 * H:]) + c[2 * H:] if"))
mistake("gru-step", named="took b into the bracket", change=(
    "r * from_h[:, 2 * H:] if",
    "r * (from_h[:, 2 * H:] + b[2 * H:]) - b[2 * H:] if"))
mistake("gru-step", named="sigmoid for the candidate", change=("n = np.tanh(", "n = sigmoid("))
mistake("gru-step", named="returned the candidate", change=("return (1 - z) * n + z * h", "return n"))
mistake("gru-step", named="with reset_after=False", change=(
    "if reset_after else (r * h) @ W[2 * H:].T + c[2 * H:]",
    ""))
mistake("gru-step", named="left out c_n: it stands inside", name="no c_n, after",
        change=("memory = r * from_h[:, 2 * H:] if", "memory = r * (h @ W[2 * H:].T) if"))
mistake("gru-step", named="left out c_n: it is added", name="no c_n, before",
        change=("@ W[2 * H:].T + c[2 * H:]", "@ W[2 * H:].T"))
mistake("gru-step", named="and c_n not", name="r on the product, before",
        change=("(r * h) @ W[2 * H:].T", "r * (h @ W[2 * H:].T)"))
mistake("gru-step", named="c_n by r as well", name="r on c_n, before",
        change=("@ W[2 * H:].T + c[2 * H:]", "@ W[2 * H:].T + r * c[2 * H:]"))
mistake("gru-step", named="reset twice", change=(
    "(r * h) @ W[2 * H:].T + c[2 * H:]",
    "r * ((r * h) @ W[2 * H:].T + c[2 * H:])"))
mistake("gru-step", named="order is r, z, n", name="z before r",
        change=("memory = r *", "r, z = z, r\n    memory = r *"))


@alternative("gru-step", name="ask PyTorch")
def gru_step(x, h, U, W, b, c, reset_after=True):
    x, h, U, W, b, c = (torch.tensor(one) for one in (x, h, U, W, b, c))
    if reset_after:
        return torch.gru_cell(x, h, U, W, b, c).numpy()
    (xr, xz, xn), (hr, hz, _) = (x @ U.T + b).chunk(3, 1), (h @ W.T + c).chunk(3, 1)
    r, z = torch.sigmoid(xr + hr), torch.sigmoid(xz + hz)
    n = torch.tanh(xn + (r * h) @ W.chunk(3)[2].T + c.chunk(3)[2])
    return torch.lerp(n, h, z).numpy()


@alternative("gru-step", name="gate by gate")
def gru_step(x, h, U, W, b, c, reset_after=True):
    (Ur, Uz, Un), (Wr, Wz, Wn), (br, bz, bn), (cr, cz, cn) = (np.split(one, 3) for one in (U, W, b, c))
    r = 1 / (1 + np.exp(-(x @ Ur.T + h @ Wr.T + br + cr)))
    z = 1 / (1 + np.exp(-(x @ Uz.T + h @ Wz.T + bz + cz)))
    if reset_after:
        n = np.tanh(x @ Un.T + bn + r * (h @ Wn.T + cn))
    else:
        n = np.tanh(x @ Un.T + bn + np.einsum("nj,kj->nk", r * h, Wn) + cn)
    return n + z * (h - n)
