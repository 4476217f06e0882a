"""Wrong answers that the tests of lesson 14 must name, and other right answers that they must accept."""

import math
from collections import Counter
from itertools import pairwise

import numpy as np
import torch
import torch.nn.functional as F

from autograder.planted import alternative, mistake

# byte-count

mistake("byte-count", named="you counted characters", source="bytes_in_string = 7")
mistake("byte-count", named="16-bit", source="bytes_in_string = 8")
mistake("byte-count", named="four bytes to every character", source="bytes_in_string = 28")

# bpe-train

mistake("bpe-train", named="overlapping pairs", change=("""            if pair == previous:  # only in a run, a a a, and there it overlaps the one before
                previous = None
                continue
""", ""))
mistake("bpe-train", named="smallest numbers", name="tie to the smallest",
        change=("best = max(counts, key=counts.get, default=None)", "best = min(counts, key=lambda p: (-counts[p], p), default=None)"))  # fmt: skip
mistake("bpe-train", named="largest numbers", name="tie to the largest",
        change=("best = max(counts, key=counts.get, default=None)", "best = max(counts, key=lambda p: (counts[p], p), default=None)"))  # fmt: skip
mistake("bpe-train", named="went to the last one", name="tie to the last",
        change=("best = max(counts, key=counts.get, default=None)", "best = sorted(counts, key=counts.get)[-1] if counts else None"))  # fmt: skip
mistake("bpe-train", named="joined characters", change=('list(text.encode("utf-8"))', "[ord(c) for c in text]"))
mistake("bpe-train", named="went on", name="no early stop", change=("if best is None or counts[best] < 2:", "if best is None:"))
mistake("bpe-train", named="needs a default", name="max of nothing",
        change=(", default=None)\n        if best is None or counts[best] < 2:", ")\n        if counts[best] < 2:"))  # fmt: skip
mistake("bpe-train", named="did not replace", change=("tokens = replace_pair(tokens, best, 256 + len(merges))", "pass"))
mistake("bpe-train", named="start at 0", change=("256 + len(merges)", "len(merges)"))
mistake("bpe-train", named="start at 257", change=("256 + len(merges)", "257 + len(merges)"))
mistake("bpe-train", named="gets the number 256", change=("256 + len(merges)", "256"))


@mistake("bpe-train", named="counted once", name="the most frequent pairs of the first count")
def bpe_train(text, num_merges):
    tokens = list(text.encode())
    return [pair for pair, count in Counter(pairwise(tokens)).most_common(num_merges) if count > 1]


@mistake("bpe-train", named="overlapping", name="Counter over zip")
def bpe_train(text, num_merges):
    tokens, merges = list(text.encode()), []
    for i in range(num_merges):
        pairs = Counter(pairwise(tokens)).most_common(1)
        if not pairs or pairs[0][1] < 2:
            break
        merges.append(pairs[0][0])
        tokens = replace_pair(tokens, merges[-1], 256 + i)
    return merges


@alternative("bpe-train", name="by what replacing saves")
def bpe_train(text, num_merges):
    tokens, merges = list(text.encode()), []
    for new in range(256, 256 + num_merges):
        best, saved = None, 1
        for pair in dict.fromkeys(pairwise(tokens)):
            now = len(tokens) - len(replace_pair(tokens, pair, new))
            if now > saved:
                best, saved = pair, now
        if best is None:
            return merges
        merges.append(best)
        tokens = replace_pair(tokens, best, new)
    return merges


@alternative("bpe-train", name="runs counted by length")
def bpe_train(text, num_merges):
    tokens, merges = [int(b) for b in np.frombuffer(text.encode(), dtype=np.uint8)], []
    while len(merges) < num_merges:
        counts, i = Counter(), 0
        while i < len(tokens) - 1:
            j = i
            while j + 1 < len(tokens) and tokens[j + 1] == tokens[i]:
                j += 1
            if j > i:
                counts[tokens[i], tokens[i]] += (j - i + 1) // 2
            if j + 1 < len(tokens):
                counts[tokens[j], tokens[j + 1]] += 1
            i = j + 1
        if not counts or max(counts.values()) < 2:
            break
        top = max(counts.values())
        pair = next(pair for pair in counts if counts[pair] == top)
        tokens = replace_pair(tokens, pair, 256 + len(merges))
        merges.append(pair)
    return merges


# bpe-encode


@mistake("bpe-encode", named="stands further left", name="leftmost pair first")
def bpe_encode(text, merges):
    tokens = list(text.encode())
    while True:
        for j, pair in enumerate(pairwise(tokens)):
            if pair in merges:
                tokens[j : j + 2] = [256 + merges.index(pair)]
                break
        else:
            return tokens


@mistake("bpe-encode", named="in reverse", name="last merge first")
def bpe_encode(text, merges):
    tokens = list(text.encode())
    while True:
        fitting = [i for i, pair in enumerate(merges) if pair in list(pairwise(tokens))]
        if not fitting:
            return tokens
        tokens = replace_pair(tokens, merges[max(fitting)], 256 + max(fitting))


@mistake("bpe-encode", named="longest token", name="longest token anywhere")
def bpe_encode(text, merges):
    pieces = [(b,) for b in range(256)]
    for a, b in merges:
        pieces.append(pieces[a] + pieces[b])
    order = sorted(range(256, len(pieces)), key=lambda i: (-len(pieces[i]), i))
    tokens = list(text.encode())
    for i in order:
        j = 0
        while j < len(tokens):
            if tuple(tokens[j : j + len(pieces[i])]) == pieces[i]:
                tokens[j : j + len(pieces[i])] = [i]
            j += 1
    return tokens


@mistake("bpe-encode", named="first occurrence", name="one occurrence of each merge")
def bpe_encode(text, merges):
    tokens = list(text.encode())
    for i, pair in enumerate(merges):
        for j in range(len(tokens) - 1):
            if (tokens[j], tokens[j + 1]) == pair:
                tokens[j : j + 2] = [256 + i]
                break
    return tokens


mistake("bpe-encode", named="started from characters", change=('list(text.encode("utf-8"))', "[ord(c) for c in text]"))
mistake("bpe-encode", named="start at 0", change=("pair, 256 + i)", "pair, i)"))
mistake("bpe-encode", named="start at 257", change=("pair, 256 + i)", "pair, 257 + i)"))
mistake("bpe-encode", named="after one merge", name="return in the loop", change=("    return tokens", "        return tokens\n    return tokens"))
mistake("bpe-encode", named="applied no merge", name="result thrown away", change=("tokens = replace_pair(tokens, pair, 256 + i)", "replace_pair(tokens, pair, 256 + i)"))  # fmt: skip


@mistake("bpe-encode", named="numbered them in this order", name="reversed and counted from there")
def bpe_encode(text, merges):
    tokens = list(text.encode())
    for i, pair in enumerate(reversed(merges)):
        tokens = replace_pair(tokens, pair, 256 + i)
    return tokens


@alternative("bpe-encode", name="lowest rank first")
def bpe_encode(text, merges):
    rank = {pair: i for i, pair in enumerate(merges)}
    tokens = list(text.encode())
    while len(tokens) > 1:
        pair = min(pairwise(tokens), key=lambda pair: rank.get(pair, math.inf))
        if pair not in rank:
            break
        tokens = replace_pair(tokens, pair, 256 + rank[pair])
    return tokens


@alternative("bpe-encode", name="own replacing loop")
def bpe_encode(text, merges):
    tokens = list(bytearray(text, "utf-8"))
    for new, (a, b) in enumerate(merges, start=256):
        out = []
        for token in tokens:
            if out and out[-1] == a and token == b:
                out[-1] = new
            else:
                out.append(token)
        tokens = out
    return tokens


# bpe-decode

mistake("bpe-decode", named="wrong order", name="right part first", change=("pieces[a] + pieces[b]", "pieces[b] + pieces[a]"))
mistake("bpe-decode", named="returned bytes", change=('.decode("utf-8", errors="replace")', ""))
mistake("bpe-decode", named="puts a sign in its place", name="strict", change=('.decode("utf-8", errors="replace")', '.decode("utf-8")'))
mistake("bpe-decode", named="left broken bytes out", name="ignore", change=('errors="replace")', 'errors="ignore")'))
mistake("bpe-decode", named="bytes for characters", name="latin-1", change=('.decode("utf-8", errors="replace")', '.decode("latin-1")'))


@mistake("bpe-decode", named="every token by itself", name="token by token")
def bpe_decode(tokens, merges):
    pieces = [bytes([b]) for b in range(256)]
    for a, b in merges:
        pieces.append(pieces[a] + pieces[b])
    return "".join(pieces[token].decode("utf-8", errors="replace") for token in tokens)


@mistake("bpe-decode", named="every token by itself", name="token by token, strict")
def bpe_decode(tokens, merges):
    pieces = [bytes([b]) for b in range(256)]
    for a, b in merges:
        pieces.append(pieces[a] + pieces[b])
    return "".join(pieces[token].decode("utf-8") for token in tokens)


@mistake("bpe-decode", named="took a merge apart once", name="one level")
def bpe_decode(tokens, merges):
    out = []
    for token in tokens:
        out += merges[token - 256] if token > 255 else [token]
    return bytes(out).decode("utf-8", errors="replace")


@alternative("bpe-decode", name="a stack")
def bpe_decode(tokens, merges):
    out, waiting = bytearray(), list(reversed(tokens))
    while waiting:
        token = waiting.pop()
        if token < 256:
            out.append(token)
        else:
            waiting += reversed(merges[token - 256])
    return str(out, "utf-8", "replace")


@alternative("bpe-decode", name="merges undone from the last")
def bpe_decode(tokens, merges):
    for i in reversed(range(len(merges))):
        tokens = [part for token in tokens for part in (merges[i] if token == 256 + i else (token,))]
    return bytes(tokens).decode("utf-8", "replace")


# next-token-batches

mistake("next-token-batches", named="y is x, unshifted", change=("y = tokens[1 : windows * length + 1].reshape(windows, length)", "y = x"))
mistake("next-token-batches", named="the wrong way", name="the token before", change=("y = tokens[1 : windows * length + 1].reshape(windows, length)", "y = torch.roll(tokens, 1)[: windows * length].reshape(windows, length)"))
mistake("next-token-batches", named="rolled each row", change=("y = tokens[1 : windows * length + 1].reshape(windows, length)", "y = x.roll(-1, dims=1)"))
mistake("next-token-batches", named="shifted by two", change=("y = tokens[1 : windows * length + 1].reshape(windows, length)", "y = tokens[2 : windows * length + 2].reshape(windows, length)"))
mistake("next-token-batches", named="left windows out", name="drops the last batch",
        change=(".split(size):\n", ".split(size):\n        if len(rows) < size:\n            continue\n"))  # fmt: skip
mistake("next-token-batches", named="order of the text", name="not shuffled", change=("rng.permutation(windows)", "np.arange(windows)"))
mistake("next-token-batches", named="two orders", name="global chance", change=("torch.from_numpy(rng.permutation(windows))", "torch.randperm(windows)"))
mistake("next-token-batches", named="another seed gives the same", name="own seed", change=("rng.permutation", "np.random.default_rng(0).permutation"))


@mistake("next-token-batches", named="the first one of the whole text", name="one window too many, wrapped round")
def next_token_batches(tokens, length, size, rng):
    windows = len(tokens) // length
    x = tokens[: windows * length].reshape(windows, length)
    y = tokens.roll(-1)[: windows * length].reshape(windows, length)
    for rows in torch.from_numpy(rng.permutation(windows)).split(size):
        yield x[rows], y[rows]


@mistake("next-token-batches", named="no answer to its last question", name="one window too many")
def next_token_batches(tokens, length, size, rng):
    windows = len(tokens) // length
    starts = rng.permutation(windows) * length
    for i in range(0, windows, size):
        rows = starts[i : i + size]
        yield torch.stack([tokens[s : s + length] for s in rows]), torch.stack([tokens[s + 1 : s + length + 1] for s in rows])


@mistake("next-token-batches", named="start at every token", name="overlapping windows")
def next_token_batches(tokens, length, size, rng):
    starts = rng.permutation(len(tokens) - length)
    for i in range(0, len(starts), size):
        rows = starts[i : i + size]
        yield torch.stack([tokens[s : s + length] for s in rows]), torch.stack([tokens[s + 1 : s + length + 1] for s in rows])


@mistake("next-token-batches", named="a window comes twice", name="drawn with replacement")
def next_token_batches(tokens, length, size, rng):
    windows = (len(tokens) - 1) // length
    starts = rng.integers(0, windows, size=windows) * length
    for i in range(0, windows, size):
        rows = starts[i : i + size]
        yield torch.stack([tokens[s : s + length] for s in rows]), torch.stack([tokens[s + 1 : s + length + 1] for s in rows])


mistake("next-token-batches", named="NumPy arrays", change=("yield x[rows], y[rows]", "yield x[rows].numpy(), y[rows].numpy()"))


@alternative("next-token-batches", name="stacked slices")
def next_token_batches(tokens, length, size, rng):
    starts = list(range(0, len(tokens) - length, length))
    rng.shuffle(starts)
    for i in range(0, len(starts), size):
        pieces = torch.stack([tokens[s : s + length + 1] for s in starts[i : i + size]])
        yield pieces[:, :-1], pieces[:, 1:]


@alternative("next-token-batches", name="unfold, a list returned")
def next_token_batches(tokens, length, size, rng):
    pieces = tokens.unfold(0, length + 1, length)
    pieces = pieces[torch.as_tensor(rng.permutation(len(pieces)))]
    return [(part[:, :-1], part[:, 1:]) for part in pieces.split(size)]


# perplexity

mistake("perplexity", named="you summed over the positions", change=("targets.flatten())", 'targets.flatten(), reduction="sum")'))
mistake("perplexity", named="summed over the steps", change=("math.exp(F.cross_entropy(logits.flatten(0, 1), targets.flatten()).item())", 'math.exp(F.cross_entropy(logits.flatten(0, 1), targets.flatten(), reduction="sum").item() / len(logits))'))
mistake("perplexity", named="each row's perplexity", change=("math.exp(F.cross_entropy(logits.flatten(0, 1), targets.flatten()).item())", "float(np.mean([math.exp(F.cross_entropy(a, b).item()) for a, b in zip(logits, targets)]))"))
mistake("perplexity", named="averaged 1 / p", change=("math.exp(F.cross_entropy(logits.flatten(0, 1), targets.flatten()).item())", 'F.cross_entropy(logits.flatten(0, 1), targets.flatten(), reduction="none").exp().mean().item()'))
mistake("perplexity", named="averaged p", change=("math.exp(F.cross_entropy(logits.flatten(0, 1), targets.flatten()).item())", '1 / (-F.cross_entropy(logits.flatten(0, 1), targets.flatten(), reduction="none")).exp().mean().item()'))
mistake("perplexity", named="2 to the power of natural", change=("math.exp(", "2 ** ("))
mistake("perplexity", named="base-2", change=("math.exp(F.cross_entropy(logits.flatten(0, 1), targets.flatten()).item())", "math.exp(F.cross_entropy(logits.flatten(0, 1), targets.flatten()).item() / math.log(2))"))
mistake("perplexity", named="mean loss", change=("math.exp(F.cross_entropy(logits.flatten(0, 1), targets.flatten()).item())", "F.cross_entropy(logits.flatten(0, 1), targets.flatten()).item()"))
mistake("perplexity", named="returned bits", change=("math.exp(F.cross_entropy(logits.flatten(0, 1), targets.flatten()).item())", "F.cross_entropy(logits.flatten(0, 1), targets.flatten()).item() / math.log(2)"))
mistake("perplexity", named="tensor", change=("math.exp(F.cross_entropy(logits.flatten(0, 1), targets.flatten()).item())", "F.cross_entropy(logits.flatten(0, 1), targets.flatten()).exp()"))
mistake("perplexity", named="softmax first", change=("logits.flatten(0, 1)", "logits.softmax(dim=-1).flatten(0, 1)"))
mistake("perplexity", named="refuses the shapes", change=("logits.flatten(0, 1), targets.flatten()", "logits, targets"))


mistake("perplexity", named="rounded to 0", name="softmax, then log", change=(
    "return math.exp(F.cross_entropy(logits.flatten(0, 1), targets.flatten()).item())",
    "return math.exp(-logits.softmax(dim=-1).gather(-1, targets[..., None]).log().mean().item())"))  # fmt: skip
mistake("perplexity", named="overflow", name="exponentials of scores", change=(
    "return math.exp(F.cross_entropy(logits.flatten(0, 1), targets.flatten()).item())",
    "share = logits.exp() / logits.exp().sum(dim=-1, keepdim=True)\n    return math.exp(-share.gather(-1, targets[..., None]).log().mean().item())"))  # fmt: skip


@alternative("perplexity", name="by hand")
def perplexity(logits, targets):
    log_p = logits.log_softmax(dim=-1).gather(-1, targets[..., None])
    return float(2 ** (-log_p.mean() / math.log(2)))


@alternative("perplexity", name="transposed")
def perplexity(logits, targets):
    return torch.exp(F.cross_entropy(logits.transpose(1, 2).double(), targets)).item()


# which-is-better

mistake("which-is-better", named="compared 5 with 40", source='better_model = "A"')
mistake("which-is-better", named="close, but not the same", source='better_model = "both the same"')
mistake("which-is-better", named="it can be known", source='better_model = "it can\'t be known"')

# bits-per-byte

mistake("bits-per-byte", named="divided by the tokens", change=("/ num_bytes", "/ targets.numel()"))
mistake("bits-per-byte", named="natural logarithms", change=("nats / math.log(2) / num_bytes", "nats / num_bytes"))
mistake("bits-per-byte", named="multiplied by ln 2", change=("nats / math.log(2) / num_bytes", "nats * math.log(2) / num_bytes"))
mistake("bits-per-byte", named="the mean of the bits", change=(', reduction="sum"', ""))
mistake("bits-per-byte", named="did not divide", change=(" / num_bytes", ""))
mistake("bits-per-byte", named="bytes per bit", change=("nats / math.log(2) / num_bytes", "num_bytes * math.log(2) / nats"))
mistake("bits-per-byte", named="tensor", change=('reduction="sum").item()', 'reduction="sum")'))
mistake("bits-per-byte", named="refuses the shapes", change=("logits.flatten(0, 1), targets.flatten()", "logits, targets"))
alternative("bits-per-byte", name="through perplexity", change=("    nats = F.cross_entropy(logits.flatten(0, 1), targets.flatten(), reduction=\"sum\").item()\n    return nats / math.log(2) / num_bytes",
                                                                "    mean = F.cross_entropy(logits.flatten(0, 1).double(), targets.flatten()).item()\n    return math.log2(math.e) * mean * targets.numel() / num_bytes"))  # fmt: skip


@alternative("bits-per-byte", name="log2 of the perplexity")
def bits_per_byte(logits, targets, num_bytes):
    return math.log2(perplexity(logits, targets)) * targets.numel() / num_bytes


@alternative("bits-per-byte", name="log2 by hand")
def bits_per_byte(logits, targets, num_bytes):
    total = 0.0
    for rows, wanted in zip(logits, targets):
        for z, y in zip(rows.double(), wanted):
            total += float(z.logsumexp(dim=0) - z[y]) / math.log(2)
    return total / num_bytes


# block

mistake("block", named="the future leaks", name="leak of the future", change=(".tril()", ""))
mistake("block", named="wrong way round", name="triu", change=(".tril()", ".triu()"))
mistake("block", named="hides each position from itself", name="diagonal hidden", change=(".tril()", ".tril(-1)"))
mistake("block", named="forgot norm1", change=("self.qkv(self.norm1(x))", "self.qkv(x)"))
mistake("block", named="forgot norm2", change=("self.mlp(self.norm2(x))", "self.mlp(x)"))
mistake("block", named="norm1 is used twice", change=("self.mlp(self.norm2(x))", "self.mlp(self.norm1(x))"))
mistake("block", named="pre-norm leaves the sum alone", name="post-norm", change=(
    "q, k, v = self.qkv(self.norm1(x)).chunk(3, dim=-1)\n        visible = torch.ones(T, T, dtype=torch.bool, device=x.device).tril()\n"
    """        x = x + self.out(attend(q, k, v, self.num_heads, visible))
        return x + self.mlp(self.norm2(x))
""",
    "q, k, v = self.qkv(x).chunk(3, dim=-1)\n        visible = torch.ones(T, T, dtype=torch.bool, device=x.device).tril()\n"
    "        x = self.norm1(x + self.out(attend(q, k, v, self.num_heads, visible)))\n        return self.norm2(x + self.mlp(x))\n"))  # fmt: skip
mistake("block", named="both residual connections", name="no residuals", change=("""        x = x + self.out(attend(q, k, v, self.num_heads, visible))
        return x + self.mlp(self.norm2(x))
""", """        x = self.out(attend(q, k, v, self.num_heads, visible))
        return self.mlp(self.norm2(x))
"""))  # fmt: skip
mistake("block", named="residual", name="no residual in the MLP", change=("return x + self.mlp", "return self.mlp"))
mistake("block", named="residual", name="no residual in attention", change=("x = x + self.out", "x = self.out"))
mistake("block", named="normalised x", name="adds to the normalised x", change=("        q, k, v = self.qkv(self.norm1(x))", "        x = self.norm1(x)\n        q, k, v = self.qkv(x)"))  # fmt: skip
mistake("block", named="ReLU", change=("nn.GELU(), nn.Linear", "nn.ReLU(), nn.Linear"))
mistake("block", named="wrong number of heads", change=("self.num_heads, visible", "x.shape[-1] // self.num_heads, visible"))
mistake("block", named="one head", change=("self.num_heads, visible", "1, visible"))
mistake("block", named="q, k, v in this order", name="k, q, v", change=("q, k, v = ", "k, q, v = "))
mistake("block", named="left out `out`", change=("self.out(attend(q, k, v, self.num_heads, visible))", "attend(q, k, v, self.num_heads, visible)"))
mistake("block", named="num_heads is missing", source="""
class Block(nn.Module):
    def __init__(self, d_model, num_heads):
        super().__init__()
        self.heads = num_heads
        self.norm1, self.norm2 = nn.LayerNorm(d_model), nn.LayerNorm(d_model)
        self.qkv, self.out = nn.Linear(d_model, 3 * d_model), nn.Linear(d_model, d_model)
        self.mlp = nn.Sequential(nn.Linear(d_model, 4 * d_model), nn.GELU(), nn.Linear(4 * d_model, d_model))

    def forward(self, x):
        q, k, v = self.qkv(self.norm1(x)).chunk(3, dim=-1)
        x = x + self.out(attend(q, k, v, self.heads, torch.ones(x.shape[1], x.shape[1], dtype=torch.bool).tril()))
        return x + self.mlp(self.norm2(x))
""")
mistake("block", named="side by side", name="parallel", change=("""        x = x + self.out(attend(q, k, v, self.num_heads, visible))
        return x + self.mlp(self.norm2(x))
""", "        return x + self.out(attend(q, k, v, self.num_heads, visible)) + self.mlp(self.norm2(x))\n"))
mistake("block", named="in place", change=("x = x + self.out(attend(q, k, v, self.num_heads, visible))", "x += self.out(attend(q, k, v, self.num_heads, visible))"))
mistake("block", named="attention's part is lost", name="the MLP added to x", change=("""        x = x + self.out(attend(q, k, v, self.num_heads, visible))
        return x + self.mlp(self.norm2(x))
""", """        u = x + self.out(attend(q, k, v, self.num_heads, visible))
        return x + self.mlp(self.norm2(u))
"""))  # fmt: skip
mistake("block", named="dtype torch.bool", name="mask of ones and zeros", change=("dtype=torch.bool, ", ""))
alternative("block", name="sdpa by hand", change=("""        visible = torch.ones(T, T, dtype=torch.bool, device=x.device).tril()
        x = x + self.out(attend(q, k, v, self.num_heads, visible))
""", """        q, k, v = (one.reshape(len(x), T, self.num_heads, -1).transpose(1, 2) for one in (q, k, v))
        mixed = F.scaled_dot_product_attention(q, k, v, is_causal=True).transpose(1, 2).reshape(x.shape)
        x = x + self.out(mixed)
"""))  # fmt: skip
alternative("block", name="slices and comparison", change=("""        q, k, v = self.qkv(self.norm1(x)).chunk(3, dim=-1)
        visible = torch.ones(T, T, dtype=torch.bool, device=x.device).tril()
""", """        d = x.shape[-1]
        z = self.qkv(self.norm1(x))
        q, k, v = z[..., :d], z[..., d : 2 * d], z[..., 2 * d :]
        visible = torch.arange(T)[:, None] >= torch.arange(T)
"""))  # fmt: skip

mistake("block", named="three", name="qkv not cut", change=("self.qkv(self.norm1(x)).chunk(3, dim=-1)", "self.qkv(self.norm1(x)).chunk(2, dim=-1)"))
mistake("block", named="your shapes clash", name="cut along the steps", change=(".chunk(3, dim=-1)", ".chunk(3, dim=1)"))

# gpt

mistake("gpt", named="matrix of their own", name="not tied", change=("self.norm = nn.LayerNorm(d_model)\n", "self.norm = nn.LayerNorm(d_model)\n        self.head = nn.Linear(d_model, vocab_size, bias=False)\n"))  # fmt: skip
mistake("gpt", named="have a bias", name="tied, with a bias", change=("self.norm = nn.LayerNorm(d_model)\n", "self.norm = nn.LayerNorm(d_model)\n        self.bias = nn.Parameter(torch.zeros(vocab_size))\n"))  # fmt: skip
mistake("gpt", named="positions are missing", change=("self.token(tokens) + self.position.weight[:T]", "self.token(tokens)"))
mistake("gpt", named="start at 1", change=("self.position.weight[:T]", "self.position(torch.arange(1, T + 1).clamp(max=self.context - 1))"))
mistake("gpt", named="by the tokens", change=("self.position.weight[:T]", "self.position(tokens.clamp(max=self.context - 1))"))
mistake("gpt", named="last norm is made, and not used", change=("return self.norm(x) @", "return x @"))
mistake("gpt", named="last norm is missing", change=("        self.norm = nn.LayerNorm(d_model)\n", "        self.norm = nn.Identity()\n"))
mistake("gpt", named="scaled the tokens", change=("self.token(tokens) +", "self.token(tokens) * self.token.embedding_dim**0.5 +"))
mistake("gpt", named="softmax at the end", change=("return self.norm(x) @ self.token.weight.T", "return (self.norm(x) @ self.token.weight.T).softmax(dim=-1)"))  # fmt: skip
mistake("gpt", named="plain list hides", change=("nn.ModuleList([Block(d_model, num_heads) for _ in range(num_layers)])", "[Block(d_model, num_heads).double() for _ in range(num_layers)]"))  # fmt: skip
mistake("gpt", named="one and the same block", change=("nn.ModuleList([Block(d_model, num_heads) for _ in range(num_layers)])", "nn.ModuleList([Block(d_model, num_heads)] * num_layers)"))  # fmt: skip
mistake("gpt", named="last position only", change=("return self.norm(x) @", "return self.norm(x[:, -1]) @"))
mistake("gpt", named="standard deviation of 0.1", name="PyTorch's own first weights", change=("nn.init.normal_(table.weight, std=0.1)", "pass"))
mistake("gpt", named="raise a ValueError", name="too many tokens", change=("if self.context < T:", "if False:"))
mistake("gpt", named="returned vectors", change=(" @ self.token.weight.T", ""))
alternative("gpt", name="tied linear layer", change=("        return self.norm(x) @ self.token.weight.T", "        return F.linear(self.norm(x), self.token.weight)"))
alternative("gpt", name="head shares its weight, Sequential", source='''
class GPT(nn.Module):
    def __init__(self, vocab_size, context, d_model, num_heads, num_layers):
        super().__init__()
        self.context = context
        self.token = nn.Embedding(vocab_size, d_model)
        self.position = nn.Embedding(context, d_model)
        self.blocks = nn.ModuleList()
        for _ in range(num_layers):
            self.blocks.append(Block(d_model, num_heads))
        self.norm = nn.LayerNorm(d_model)
        self.head = nn.Linear(d_model, vocab_size, bias=False)
        with torch.no_grad():
            self.token.weight.copy_(0.1 * torch.randn(vocab_size, d_model))
            self.position.weight.mul_(0.1)
        self.head.weight = self.token.weight

    def forward(self, tokens):
        N, T = tokens.shape
        if T > self.context:
            raise ValueError("too long")
        x = self.token(tokens) + self.position(torch.arange(T).expand(N, T))
        for block in self.blocks:
            x = block(x)
        return self.head(self.norm(x))
''')  # fmt: skip

mistake("gpt", named="PyTorch's 1", name="mean in place of the standard deviation", change=("std=0.1", "0.1"))

# who-wins

mistake("who-wins", named="hopeless when small", source='ahead = "the RNN, by more than 0.3 bits per byte"')
mistake("who-wins", named="as the large ones do", source='ahead = "the GPT, by more than 0.3 bits per byte"')

# temperature-and-top-k

mistake("temperature-and-top-k", named="multiplied", change=("logits / temperature", "logits * temperature"))
mistake("temperature-and-top-k", named="took a softmax", change=("return logits / temperature", "return (logits / temperature).softmax(dim=-1)"))
mistake("temperature-and-top-k", named="divided by 0", change=("if not temperature > 0:", "if temperature < 0:"))
mistake("temperature-and-top-k", named="negative temperature", change=("if not temperature > 0:", "if temperature == 0:"))
mistake("temperature-and-top-k", named="set the others to 0", change=("smallest_kept, -math.inf)", "smallest_kept, 0.0)"))
mistake("temperature-and-top-k", named="kept the smallest", change=("dim=-1).values[..., -1:]\n    return logits.masked_fill(logits < smallest_kept", "dim=-1, largest=False).values[..., -1:]\n    return logits.masked_fill(logits > smallest_kept"))  # fmt: skip
mistake("temperature-and-top-k", named="one too few", change=("logits < smallest_kept", "logits <= smallest_kept"))
mistake("temperature-and-top-k", named="whole table", change=("logits.topk(min(k, logits.shape[-1]), dim=-1).values[..., -1:]", "logits.flatten().topk(min(k, logits.numel())).values[-1]"))  # fmt: skip
mistake("temperature-and-top-k", named="the k largest alone", change=("return logits.masked_fill(logits < smallest_kept, -math.inf)", "return logits.topk(min(k, logits.shape[-1]), dim=-1).values"))  # fmt: skip
mistake("temperature-and-top-k", named="keep all of them", name="k larger than V", change=("min(k, logits.shape[-1])", "k"))
mistake("temperature-and-top-k", named="keep the last axis", change=("values[..., -1:]", "values[..., -1]"))
mistake("temperature-and-top-k", named="in place", change=("logits.masked_fill(", "logits.masked_fill_("))
alternative("temperature-and-top-k", name="scatter", change=("""    smallest_kept = logits.topk(min(k, logits.shape[-1]), dim=-1).values[..., -1:]
    return logits.masked_fill(logits < smallest_kept, -math.inf)
""", """    out = torch.full_like(logits, float("-inf"))
    values, places = logits.topk(min(k, logits.shape[-1]))
    return out.scatter(-1, places, values)
"""))  # fmt: skip
alternative("temperature-and-top-k", name="ranks", change=("""    smallest_kept = logits.topk(min(k, logits.shape[-1]), dim=-1).values[..., -1:]
    return logits.masked_fill(logits < smallest_kept, -math.inf)
""", """    rank = logits.argsort(dim=-1, descending=True).argsort(dim=-1)
    return torch.where(rank < k, logits, torch.tensor(-math.inf, dtype=logits.dtype))
"""))  # fmt: skip

# top-p

mistake("top-p", named="left out the token with which", name="p reached exclusive", change=("before >= p", "before + share > p"))
mistake("top-p", named="except where nothing", name="p reached exclusive, one always left", change=("before >= p", "(before + share > p) & (before > 0)"))
mistake("top-p", named="one too many", change=("before >= p", "before - share.roll(1, dims=-1) >= p"))
mistake("top-p", named="least likely", change=("descending=True", "descending=False"))
mistake("top-p", named="order of the vocabulary", change=("logits.sort(dim=-1, descending=True)", "logits, torch.arange(logits.shape[-1]).expand(logits.shape)"))  # fmt: skip
mistake("top-p", named="belongs to the sorted row", name="mask not put back", change=("drop = torch.zeros_like(logits, dtype=torch.bool).scatter(-1, places, before >= p)", "drop = before >= p"))  # fmt: skip
mistake("top-p", named="come out sorted", change=("logits.masked_fill(drop, -math.inf)", "ordered.masked_fill(before >= p, -math.inf)"))
mistake("top-p", named="probability of p or more", change=("""    drop = torch.zeros_like(logits, dtype=torch.bool).scatter(-1, places, before >= p)
""", """    drop = logits.softmax(dim=-1) < p
"""))  # fmt: skip
mistake("top-p", named="set the others to 0", change=("(drop, -math.inf)", "(drop, 0.0)"))
mistake("top-p", named="returned probabilities", change=("return logits.masked_fill(drop, -math.inf)", "return logits.masked_fill(drop, -math.inf).softmax(dim=-1)"))
mistake("top-p", named="in place", change=("logits.masked_fill(", "logits.masked_fill_("))


mistake("top-p", named="`gather`", name="gather for scatter", change=("torch.zeros_like(logits, dtype=torch.bool).scatter(-1, places, before >= p)", "(before >= p).gather(-1, places)"))  # fmt: skip
mistake("top-p", named="more than 1 − p", change=("drop = torch.zeros_like(logits, dtype=torch.bool).scatter(-1, places, before >= p)", "drop = logits.softmax(dim=-1) <= 1 - p"))  # fmt: skip
mistake("top-p", named="rounded to 1", name="the law, word for word, at p = 1", change=("    if p >= 1:\n        return logits.clone()\n", ""))


@mistake("top-p", named="one border for all rows", name="the whole table as one row")
def top_p(logits, p):
    ordered = logits.flatten().sort(descending=True).values
    share = ordered.softmax(dim=0)
    border = ordered[share.cumsum(dim=0) - share < p][-1]
    return logits.masked_fill(logits < border, -math.inf)


@alternative("top-p", name="smallest score that stays")
def top_p(logits, p):
    ordered = torch.sort(logits, dim=-1, descending=True).values
    total = ordered.double().softmax(dim=-1).cumsum(dim=-1)
    count = (total < p).sum(dim=-1, keepdim=True).clamp(max=logits.shape[-1] - 1)
    border = ordered.gather(-1, count) if p < 1 else ordered[..., -1:]
    return torch.where(logits >= border, logits, float("-inf"))


@alternative("top-p", name="loop")
def top_p(logits, p):
    out = torch.full_like(logits, -math.inf)
    for row, kept in zip(logits.reshape(-1, logits.shape[-1]), out.view(-1, logits.shape[-1])):
        probability, total = row.double().softmax(dim=0), 0.0
        for i in probability.argsort(descending=True).tolist():
            if total >= p and p < 1:
                break
            kept[i] = row[i]
            total += float(probability[i])
    return out


# generate

mistake("generate", named="largest", name="argmax", change=("torch.multinomial(odds, 1, generator=generator)", "odds.argmax(dim=-1, keepdim=True)"))
mistake("generate", named="different texts", name="global chance", change=(", generator=generator)]", ")]"))
mistake("generate", named="same text", name="own seed", change=("torch.multinomial(odds, 1, generator=generator)", "torch.multinomial(odds, 1, generator=torch.Generator().manual_seed(0))"))  # fmt: skip
mistake("generate", named="more tokens than its context", name="not cropped", change=("tokens[:, -model.context :]", "tokens"))
mistake("generate", named="reads the first tokens", change=("tokens[:, -model.context :]", "tokens[:, : model.context]"))
mistake("generate", named="only the last token", change=("tokens[:, -model.context :]", "tokens[:, -1:]"))
mistake("generate", named="one token less", change=("tokens[:, -model.context :]", "tokens[:, -model.context + 1 :]"))
mistake("generate", named="gets the logits of the last position", name="all positions changed", change=("change(model(tokens[:, -model.context :])[:, -1])", "change(model(tokens[:, -model.context :]))[:, -1]"))  # fmt: skip
mistake("generate", named="not used, or it gets probabilities", name="probabilities changed", change=("change(model(tokens[:, -model.context :])[:, -1]).softmax(dim=-1)", "change(model(tokens[:, -model.context :])[:, -1].softmax(dim=-1))"))  # fmt: skip
mistake("generate", named="new tokens alone", change=("    return tokens", "    return tokens[:, -new_tokens:]"))  # fmt: skip
mistake("generate", named="on the logits", name="change forgotten", change=("change(model(tokens[:, -model.context :])[:, -1])", "model(tokens[:, -model.context :])[:, -1]"))
mistake("generate", named="what did not fit is lost", name="prompt cropped for good", change=("    for _ in range(new_tokens):", "    tokens = tokens[:, -model.context :]\n    for _ in range(new_tokens):"))  # fmt: skip


mistake("generate", named="gradients are followed", name="no no_grad", change=("with torch.no_grad():", "if True:"))


@alternative("generate", name="inference mode, log odds")
def generate(model, tokens, new_tokens, change, generator):
    for _ in range(new_tokens):
        start = max(0, tokens.shape[1] - model.context)
        with torch.inference_mode():
            z = change(model(tokens[:, start:])[:, -1, :])
        odds = torch.exp(z - z.logsumexp(dim=-1, keepdim=True))
        tokens = torch.hstack([tokens, torch.multinomial(odds, num_samples=1, generator=generator)])
    return tokens


@alternative("generate", name="filled in, inverse of the running sum")
def generate(model, tokens, new_tokens, change, generator):
    N, T = tokens.shape
    out = torch.zeros(N, T + new_tokens, dtype=torch.int64)
    out[:, :T] = tokens
    for t in range(T, T + new_tokens):
        z = change(model(out[:, max(0, t - model.context) : t]).detach()[:, -1])
        below = z.double().softmax(dim=-1).cumsum(dim=-1)
        drawn = torch.rand(N, 1, generator=generator, dtype=torch.float64)
        out[:, t] = (below < drawn).sum(dim=-1).clamp(max=z.shape[-1] - 1)
    return out


# kv-cache

mistake("kv-cache", named="positions start again at 0", change=("model.position.weight[past : past + T]", "model.position.weight[:T]"))
mistake("kv-cache", named="position is one too high", change=("model.position.weight[past : past + T]", "model.position.weight[past + bool(past) : past + T + bool(past)]"))
mistake("kv-cache", named="row 0", name="mask starts again", change=(".tril(diagonal=past)", ".tril()"))
mistake("kv-cache", named="the future leaks", name="no mask", change=(".tril(diagonal=past)", ""))
mistake("kv-cache", named="among the new tokens", name="no mask after the first piece", change=(".tril(diagonal=past)", ".tril(diagonal=past or 0) | bool(past)"))
mistake("kv-cache", named="nothing is remembered", change=(
    """        visible = torch.ones(T, past + T, dtype=torch.bool, device=tokens.device).tril(diagonal=past)
        for i, block in enumerate(model.blocks):
            q, k, v = block.qkv(block.norm1(x)).chunk(3, dim=-1)
            if past:
                k, v = torch.cat([self.keys[i], k], dim=1), torch.cat([self.values[i], v], dim=1)
""", """        visible = torch.ones(T, T, dtype=torch.bool).tril()
        for i, block in enumerate(model.blocks):
            q, k, v = block.qkv(block.norm1(x)).chunk(3, dim=-1)
"""))
mistake("kv-cache", named="in front of the old", change=("torch.cat([self.keys[i], k], dim=1), torch.cat([self.values[i], v], dim=1)", "torch.cat([k, self.keys[i]], dim=1), torch.cat([v, self.values[i]], dim=1)"))  # fmt: skip
mistake("kv-cache", named="raise a ValueError", name="too many tokens", change=("if past + T > model.context:", "if False:"))
mistake("kv-cache", named="the first piece is right", name="joined along the batch", change=("k, v = torch.cat([self.keys[i], k], dim=1), torch.cat([self.values[i], v], dim=1)", "k, v = torch.cat([self.keys[i], k], dim=0), torch.cat([self.values[i], v], dim=0)"))  # fmt: skip
mistake("kv-cache", named="nothing in common", name="shared by all caches",
        change=("        self.keys = [None] * len(model.blocks)\n", "        KVCache.keys = [None] * len(model.blocks)\n"))  # fmt: skip
mistake("kv-cache", named="last position only", change=("return model.norm(x) @", "return model.norm(x[:, -1]) @"))
mistake("kv-cache", named="length", name="length not kept", change=("self.length = past + T", "self.length = T"))
mistake("kv-cache", named="go through the blocks again", name="runs everything again", source='''
class KVCache:
    def __init__(self, model):
        self.model, self.length, self.text = model, 0, None

    def step(self, tokens):
        model, past = self.model, self.length
        self.text = tokens if self.text is None else torch.cat([self.text, tokens], dim=1)
        T = self.text.shape[1]
        if T > model.context:
            raise ValueError("too long")
        x = model.token(self.text) + model.position.weight[:T]
        for block in model.blocks:
            q, k, v = block.qkv(block.norm1(x)).chunk(3, dim=-1)
            x = x + block.out(attend(q, k, v, block.num_heads, torch.ones(T, T, dtype=torch.bool).tril()))
            x = x + block.mlp(block.norm2(x))
        self.length = T
        return (model.norm(x) @ model.token.weight.T)[:, past:]
''')
mistake("kv-cache", named="as a whole", name="calls the blocks", source='''
class KVCache:
    def __init__(self, model):
        self.model, self.length = model, 0

    def step(self, tokens):
        x = self.model.token(tokens) + self.model.position.weight[self.length : self.length + tokens.shape[1]]
        for block in self.model.blocks:
            x = block(x)
        self.length += tokens.shape[1]
        return self.model.norm(x) @ self.model.token.weight.T
''')
mistake("kv-cache", named="did not fit", name="length moves before the error", change=(
    "        if past + T > model.context:", "        self.length = past + T\n        if past + T > model.context:"))  # fmt: skip
mistake("kv-cache", named="kept for the third", name="only the first piece kept", change=(
    "            self.keys[i], self.values[i] = k, v\n", "            if not past:\n                self.keys[i], self.values[i] = k, v\n"))  # fmt: skip
mistake("kv-cache", named="forgot norm1", change=("block.qkv(block.norm1(x))", "block.qkv(x)"))
mistake("kv-cache", named="forgot norm2", change=("block.mlp(block.norm2(x))", "block.mlp(x)"))
mistake("kv-cache", named="last norm", change=("return model.norm(x) @", "return x @"))
mistake("kv-cache", named="positions are missing", change=(" + model.position.weight[past : past + T]", ""))
mistake("kv-cache", named="and bool", name="mask of ones and zeros", change=("dtype=torch.bool, ", ""))
alternative("kv-cache", name="tables filled in place", source='''
class KVCache:
    def __init__(self, model):
        self.model = model
        self.length = 0
        self.past = {}

    def step(self, tokens):
        N, T = tokens.shape
        S = self.length + T
        if S > self.model.context:
            raise ValueError("too long")
        at = torch.arange(self.length, S)
        x = self.model.token(tokens) + self.model.position(at)
        for i, block in enumerate(self.model.blocks):
            q, k, v = block.qkv(block.norm1(x)).chunk(3, dim=-1)
            if i not in self.past:
                self.past[i] = k.new_zeros(2, N, self.model.context, k.shape[-1])
            self.past[i][0, :, self.length : S], self.past[i][1, :, self.length : S] = k, v
            old_k, old_v = self.past[i][:, :, :S]
            x = x + block.out(attend(q, old_k, old_v, block.num_heads, at[:, None] >= torch.arange(S)))
            x = x + block.mlp(block.norm2(x))
        self.length = S
        return F.linear(self.model.norm(x), self.model.token.weight)
''')
alternative("kv-cache", name="pairs, one token at a time", source='''
class KVCache:
    def __init__(self, model):
        self.model, self.length = model, 0
        self.pairs = [[] for _ in model.blocks]

    def step(self, tokens):
        if self.length + tokens.shape[1] > self.model.context:
            raise ValueError("too long")
        return torch.cat([self.one(tokens[:, t : t + 1]) for t in range(tokens.shape[1])], dim=1)

    def one(self, token):
        x = self.model.token(token) + self.model.position.weight[self.length]
        for block, pairs in zip(self.model.blocks, self.pairs):
            q, k, v = block.qkv(block.norm1(x)).split(x.shape[-1], dim=-1)
            pairs.append((k, v))
            keys, values = (torch.cat(part, dim=1) for part in zip(*pairs))
            x = x + block.out(attend(q, keys, values, block.num_heads, torch.ones(1, len(pairs), dtype=torch.bool)))
            x = x + block.mlp(block.norm2(x))
        self.length += 1
        return self.model.norm(x) @ self.model.token.weight.T
''')
