"""Wrong answers that the tests of lesson 13 must name, and other right answers that they must accept."""

import math

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from autograder.planted import alternative, mistake

# attention


@mistake("attention", named="did not divide by √d_k", name="no scale")
def scaled_dot_product_attention(q, k, v, mask=None):
    scores = q @ k.transpose(-2, -1)
    if mask is not None:
        scores = scores.masked_fill(~mask, -1e9)
    weights = scores.softmax(dim=-1)
    return weights @ v, weights


@mistake("attention", named="divided by d_k", name="divided by d_k")
def scaled_dot_product_attention(q, k, v, mask=None):
    scores = q @ k.transpose(-2, -1) / q.shape[-1]
    if mask is not None:
        scores = scores.masked_fill(~mask, -1e9)
    weights = scores.softmax(dim=-1)
    return weights @ v, weights


@mistake("attention", named="root of d_model", name="root of d_model")
def scaled_dot_product_attention(q, k, v, mask=None):
    heads = q.shape[1] if q.ndim == 4 else 1
    scores = q @ k.transpose(-2, -1) / math.sqrt(heads * q.shape[-1])
    if mask is not None:
        scores = scores.masked_fill(~mask, -1e9)
    weights = scores.softmax(dim=-1)
    return weights @ v, weights


@mistake("attention", named="root of the number of keys", name="root of Tk")
def scaled_dot_product_attention(q, k, v, mask=None):
    scores = q @ k.transpose(-2, -1) / math.sqrt(k.shape[-2])
    if mask is not None:
        scores = scores.masked_fill(~mask, -1e9)
    weights = scores.softmax(dim=-1)
    return weights @ v, weights


@mistake("attention", named="softmax is missing", name="no softmax")
def scaled_dot_product_attention(q, k, v, mask=None):
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
    if mask is not None:
        scores = scores.masked_fill(~mask, 0)
    return scores @ v, scores


@mistake("attention", named="along the queries", name="softmax over queries")
def scaled_dot_product_attention(q, k, v, mask=None):
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
    if mask is not None:
        scores = scores.masked_fill(~mask, -1e9)
    weights = scores.softmax(dim=-2)
    return weights @ v, weights


@mistake("attention", named="which here are the heads", name="softmax over axis 1")
def scaled_dot_product_attention(q, k, v, mask=None):
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
    if mask is not None:
        scores = scores.masked_fill(~mask, -1e9)
    weights = scores.softmax(dim=1)
    return weights @ v, weights


@mistake("attention", named="if mask is not None", name="if mask")
def scaled_dot_product_attention(q, k, v, mask=None):
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
    if mask:
        scores = scores.masked_fill(~mask, -1e9)
    weights = scores.softmax(dim=-1)
    return weights @ v, weights


@mistake("attention", named="output comes first", name="swapped")
def scaled_dot_product_attention(q, k, v, mask=None):
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
    if mask is not None:
        scores = scores.masked_fill(~mask, -1e9)
    weights = scores.softmax(dim=-1)
    return weights, weights @ v


@mistake("attention", named="returned one thing", name="output only")
def scaled_dot_product_attention(q, k, v, mask=None):
    return F.scaled_dot_product_attention(q, k, v, mask)


@mistake("attention", named="last two axes only", name=".T")
def scaled_dot_product_attention(q, k, v, mask=None):
    weights = (q @ k.T / math.sqrt(q.shape[-1])).softmax(dim=-1)
    return weights @ v, weights


@mistake("attention", named="after the softmax: the weights that are left", name="mask after softmax")
def scaled_dot_product_attention(q, k, v, mask=None):
    weights = (q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])).softmax(dim=-1)
    if mask is not None:
        weights = weights * mask
    return weights @ v, weights


@mistake("attention", named="wrong way round", name="mask inverted")
def scaled_dot_product_attention(q, k, v, mask=None):
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
    if mask is not None:
        scores = scores.masked_fill(mask, -1e9)
    weights = scores.softmax(dim=-1)
    return weights @ v, weights


@mistake("attention", named="set hidden scores to 0", name="zero scores")
def scaled_dot_product_attention(q, k, v, mask=None):
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
    if mask is not None:
        scores = scores * mask
    weights = scores.softmax(dim=-1)
    return weights @ v, weights


@mistake("attention", named="as a number to the scores", name="mask added")
def scaled_dot_product_attention(q, k, v, mask=None):
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
    if mask is not None:
        scores = scores + mask
    weights = scores.softmax(dim=-1)
    return weights @ v, weights


@mistake("attention", named="did not use the mask", name="mask ignored")
def scaled_dot_product_attention(q, k, v, mask=None):
    weights = (q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])).softmax(dim=-1)
    return weights @ v, weights


@mistake("attention", named="but the output uses others", name="other weights")
def scaled_dot_product_attention(q, k, v, mask=None):
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
    unmasked = scores.softmax(dim=-1)
    if mask is not None:
        scores = scores.masked_fill(~mask, torch.finfo(q.dtype).min)
        return unmasked @ v, scores.softmax(dim=-1).masked_fill(~mask, 0)
    return unmasked @ v, unmasked


@mistake("attention", named="gets NaN", name="minus infinity")
def scaled_dot_product_attention(q, k, v, mask=None):
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
    if mask is not None:
        scores = scores.masked_fill(~mask, -math.inf)
    weights = scores.softmax(dim=-1)
    return weights @ v, weights


@mistake("attention", named="sees everything", name="a low number")
def scaled_dot_product_attention(q, k, v, mask=None):
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
    if mask is not None:
        scores = scores.masked_fill(~mask, -1e9)
    weights = scores.softmax(dim=-1)
    return weights @ v, weights


@mistake("attention", named="its gradient is NaN", name="NaN repaired afterwards")
def scaled_dot_product_attention(q, k, v, mask=None):
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
    if mask is not None:
        scores = scores + torch.zeros(mask.shape).masked_fill(~mask, -math.inf)
    weights = scores.softmax(dim=-1)
    weights = torch.where(weights.isnan(), 0.0, weights)
    return weights @ v, weights


@alternative("attention", name="NaN repaired behind masked_fill, which stops its gradient")
def scaled_dot_product_attention(q, k, v, mask=None):
    scores = q @ k.mT / q.shape[-1] ** 0.5
    if mask is None:
        weights = torch.softmax(scores, -1)
    else:
        weights = torch.softmax(scores.masked_fill(mask.logical_not(), float("-inf")), -1).nan_to_num(0.0)
    return weights @ v, weights


@alternative("attention", name="exp and a sum")
def scaled_dot_product_attention(q, k, v, mask=None):
    scores = torch.einsum("...qd,...kd->...qk", q, k) * q.size(-1) ** -0.5
    allowed = torch.ones_like(scores) if mask is None else mask.expand_as(scores).to(scores.dtype)
    high = scores.masked_fill(allowed == 0, -1e30).amax(dim=-1, keepdim=True).detach().clamp(min=-1e20)
    shares = torch.exp((scores - high).clamp(max=0)) * allowed
    weights = shares / shares.sum(dim=-1, keepdim=True).clamp(min=1e-30)
    return weights.matmul(v), weights


@alternative("attention", name="torch")
def scaled_dot_product_attention(q, k, v, mask=None):
    eye = torch.eye(k.shape[-2], dtype=v.dtype).expand(*k.shape[:-1], -1)
    return F.scaled_dot_product_attention(q, k, v, mask), F.scaled_dot_product_attention(q, k, eye, mask)


# product-size

mistake("product-size", named="as one of its terms", source="product_spread = 2")
mistake("product-size", named="these have 2", source="product_spread = 8")
mistake("product-size", named="their squares", source="product_spread = 128")
mistake("product-size", named="gave the variance", source="product_spread = 256")

# why-scale


@mistake("why-scale", named="standard deviation", name="standard deviation")
def why_scale(d, rng):
    q, k = rng.normal(size=(2, 5000, d))
    products = (q * k).sum(axis=1)
    return float(products.std()), float((products / math.sqrt(d)).std())


@mistake("why-scale", named="query itself", name="one draw")
def why_scale(d, rng):
    q = rng.normal(size=(5000, d))
    products = (q * q).sum(axis=1)
    return float(products.var()), float((products / math.sqrt(d)).var())


@mistake("why-scale", named="single numbers", name="no sum")
def why_scale(d, rng):
    q, k = rng.normal(size=(2, 5000, d))
    return float((q * k).var()), float((q * k / math.sqrt(d)).var())


@mistake("why-scale", named="divided by d", name="divides by d")
def why_scale(d, rng):
    q, k = rng.normal(size=(2, 5000, d))
    products = (q * k).sum(axis=1)
    return float(products.var()), float((products / d).var())


@mistake("why-scale", named="another distribution", name="uniform")
def why_scale(d, rng):
    q, k = rng.random(size=(2, 5000, d))
    products = (q * k).sum(axis=1)
    return float(products.var()), float((products / math.sqrt(d)).var())


@mistake("why-scale", named="divide the product", name="variance divided by the root")
def why_scale(d, rng):
    q, k = rng.normal(size=(2, 5000, d))
    variance = (q * k).sum(axis=1).var()
    return float(variance), float(variance / math.sqrt(d))


@mistake("why-scale", named="draw from `rng`", name="its own generator")
def why_scale(d, rng):
    q, k = np.random.default_rng(0).normal(size=(2, 5000, d))
    products = (q * k).sum(axis=1)
    return float(products.var()), float((products / math.sqrt(d)).var())


@mistake("why-scale", named="yours come from elsewhere", name="torch.randn")
def why_scale(d, rng):
    products = (torch.randn(5000, d) * torch.randn(5000, d)).sum(dim=1)
    return products.var().item(), (products / math.sqrt(d)).var().item()


@mistake("why-scale", named="NumPy's floats")
def why_scale(d, rng):
    q, k = rng.normal(size=(2, 5000, d))
    products = (q * k).sum(axis=1)
    return products.var(), (products / math.sqrt(d)).var()


@alternative("why-scale", name="einsum")
def why_scale(d, rng):
    products = np.einsum("nd,nd->n", rng.standard_normal((5000, d)), rng.standard_normal((5000, d)))
    return float(np.var(products, ddof=1)), float(np.var(products, ddof=1) / d)


@alternative("why-scale", name="loop")
def why_scale(d, rng):
    products = [float(rng.normal(size=d) @ rng.normal(size=d)) for _ in range(5000)]
    mean = sum(products) / 5000
    variance = sum((one - mean) ** 2 for one in products) / 5000
    return variance, variance / d


# masks

mistake("masks", named="you hide queries", name="queries hidden", change=("[:, None, None, :]", "[:, None, :, None]"))
mistake("masks", named="make room for heads", name="no new axes", change=("(tokens != pad)[:, None, None, :]", "tokens != pad"))
mistake("masks", named="one axis is missing", name="one new axis", change=("[:, None, None, :]", "[:, None, :]"))
mistake("masks", named="wrong way round", name="True hides", change=("tokens != pad", "tokens == pad"))
mistake("masks", named="compare with 0", name="pad ignored", change=("tokens != pad", "tokens != 0"))
mistake("masks", named="holds numbers", name="ints", change=("(tokens != pad)[:, None, None, :]", "(tokens != pad)[:, None, None, :].long()"))
mistake("masks", named="hid the diagonal", name="diagonal hidden", change=(".tril()", ".tril(-1)"))
mistake("masks", named="is transposed", name="transposed", change=(".tril()", ".triu()"))
mistake("masks", named="as nn.MultiheadAttention", name="inverted", change=(".tril()", ".triu(1)"))
mistake("masks", named="one step of the future", name="one too far", change=(".tril()", ".tril(1)"))
mistake("masks", named="holds numbers", name="floats", change=("torch.ones(length, length, dtype=torch.bool).tril()", "torch.ones(length, length).tril()"))
mistake("masks", named="is a NumPy array", name="NumPy", change=("torch.ones(length, length, dtype=torch.bool).tril()", "np.tri(length, dtype=bool)"))
mistake("masks", named="added to the scores", name="additive", change=(
    "torch.ones(length, length, dtype=torch.bool).tril()", "nn.Transformer.generate_square_subsequent_mask(length)"))  # fmt: skip
alternative("masks", name="compare positions", source="""
def padding_mask(tokens, pad=0):
    return tokens.ne(pad).unsqueeze(1).unsqueeze(1)


def causal_mask(length):
    place = torch.arange(length)
    return place[:, None] >= place
""")
alternative("masks", name="lists", source="""
def padding_mask(tokens, pad=0):
    return torch.tensor([[[[one != pad for one in row]]] for row in tokens.tolist()])


def causal_mask(length):
    return torch.tensor([[j <= i for j in range(length)] for i in range(length)])
""")

# heads

mistake("heads", named="left the positions in front", name="no transpose", change=("d // num_heads).transpose(1, 2)", "d // num_heads)"))
mistake("heads", named="moves no number", name="view without transpose",
        change=("x.reshape(n, t, num_heads, d // num_heads).transpose(1, 2)", "x.view(n, num_heads, t, d // num_heads)"))  # fmt: skip
mistake("heads", named="every third number", name="interleaved",
        change=("x.reshape(n, t, num_heads, d // num_heads).transpose(1, 2)", "x.reshape(n, t, d // num_heads, num_heads).permute(0, 3, 1, 2)"))  # fmt: skip
mistake("heads", named="merging mixes", name="merge without transpose", change=("x.transpose(1, 2).reshape(n, t, h * d_k)", "x.reshape(n, t, h * d_k)"))
mistake("heads", named="interleaved", name="merge interleaved", change=("x.transpose(1, 2).reshape(n, t, h * d_k)", "x.permute(0, 2, 3, 1).reshape(n, t, h * d_k)"))
mistake("heads", named="`reshape` copies", name="merge by view", change=("x.transpose(1, 2).reshape(n, t, h * d_k)", "x.transpose(1, 2).view(n, t, h * d_k)"))
mistake("heads", named="dropped numbers", name="drops the rest", change=(
    """    if d % num_heads:
        raise ValueError(f"expected d divisible by the number of heads, got {d} and {num_heads}")
    return x.reshape""", """    x = x[:, :, : d // num_heads * num_heads]
    return x.reshape"""))  # fmt: skip
mistake("heads", named="raise ValueError", name="PyTorch's error", change=(
    """    if d % num_heads:
        raise ValueError(f"expected d divisible by the number of heads, got {d} and {num_heads}")
""", ""))  # fmt: skip
alternative("heads", name="stack and cat", source="""
def split_heads(x, num_heads):
    size, rest = divmod(x.shape[2], num_heads)
    if rest:
        raise ValueError("not divisible")
    return torch.stack([x[:, :, j * size : (j + 1) * size] for j in range(num_heads)], dim=1)


def merge_heads(x):
    return torch.cat([x[:, j] for j in range(x.shape[1])], dim=-1)
""")
alternative("heads", name="unflatten and permute", source="""
def split_heads(x, num_heads):
    if x.size(-1) % num_heads != 0:
        raise ValueError(f"{x.size(-1)} numbers, {num_heads} heads")
    return x.unflatten(2, (num_heads, -1)).permute(0, 2, 1, 3)


def merge_heads(x):
    return x.permute(0, 2, 1, 3).contiguous().flatten(2)
""")

# multi-head-attention

mistake("multi-head-attention", named="√d_model: each head", name="root of d_model",
        change=("scaled_dot_product_attention(q, k, v, mask)", "scaled_dot_product_attention(q * self.num_heads**-0.5, k, v, mask)"))  # fmt: skip
mistake("multi-head-attention", named="did not divide by √d_k", name="no scale",
        change=("scaled_dot_product_attention(q, k, v, mask)", "scaled_dot_product_attention(q * q.shape[-1] ** 0.5, k, v, mask)"))  # fmt: skip
mistake("multi-head-attention", named="single view", name="view without transpose", change=("""        q = split_heads(self.query(x), self.num_heads)
        k = split_heads(self.key(source), self.num_heads)
        v = split_heads(self.value(source), self.num_heads)
""", """        q, k, v = (layer(one).view(len(x), self.num_heads, one.shape[1], -1)
                   for layer, one in ((self.query, x), (self.key, source), (self.value, source)))
"""))  # fmt: skip
mistake("multi-head-attention", named="single reshape", name="merge without transpose", change=("self.out(merge_heads(heads))", "self.out(heads.reshape(x.shape))"))
mistake("multi-head-attention", named="last layer, out, is missing", name="no output layer", change=("self.out(merge_heads(heads))", "merge_heads(heads)"))
mistake("multi-head-attention", named="keys and values come from x", name="keys and values from x", change=(
    """        k = split_heads(self.key(source), self.num_heads)
        v = split_heads(self.value(source), self.num_heads)
""", """        k, v, mask = split_heads(self.key(x), self.num_heads), split_heads(self.value(x), self.num_heads), None
"""))  # fmt: skip
mistake("multi-head-attention", named="keys and values come from x", name="keys and values from x, with the mask", change=(
    """        k = split_heads(self.key(source), self.num_heads)
        v = split_heads(self.value(source), self.num_heads)
""", """        k, v = split_heads(self.key(x), self.num_heads), split_heads(self.value(x), self.num_heads)
"""))  # fmt: skip
mistake("multi-head-attention", named="queries come from x", name="queries from the source", change=("self.query(x)", "self.query(source)"))
mistake("multi-head-attention", named="went through the layer `key`", name="values by key", change=("self.value(source)", "self.key(source)"))
mistake("multi-head-attention", named="did not go through the layer `value`", name="values not projected", change=("self.value(source)", "source"))
mistake("multi-head-attention", named="heads are one", name="one head", change=("""        q = split_heads(self.query(x), self.num_heads)
        k = split_heads(self.key(source), self.num_heads)
        v = split_heads(self.value(source), self.num_heads)
""", """        q, k, v = self.query(x)[:, None], self.key(source)[:, None], self.value(source)[:, None]
"""))  # fmt: skip
mistake("multi-head-attention", named="did not hand the mask on", name="mask ignored", change=("(q, k, v, mask)", "(q, k, v)"))
mistake("multi-head-attention", named="turned the mask round", name="mask inverted", change=("(q, k, v, mask)", "(q, k, v, None if mask is None else ~mask)"))
mistake("multi-head-attention", named="averaged over the heads", name="mean weights", change=("weights.detach()", "weights.mean(dim=1).detach()"))
mistake("multi-head-attention", named="still joined to the graph", name="no detach", change=("weights.detach()", "weights"))
mistake("multi-head-attention", named="should stand in self.weights", name="weights not kept", change=("        self.weights = weights.detach()\n", ""))
mistake("multi-head-attention", named="returned the weights as well", name="a pair", change=("return self.out(merge_heads(heads))", "return self.out(merge_heads(heads)), weights"))
mistake("multi-head-attention", named="have no bias", name="no biases", source="""
class MultiHeadAttention(nn.Module):
    def __init__(self, d_model, num_heads):
        super().__init__()
        self.num_heads = num_heads
        self.query, self.key, self.value, self.out = (nn.Linear(d_model, d_model, bias=False) for _ in range(4))

    def forward(self, x, source, mask=None):
        q, k, v = (split_heads(y, self.num_heads) for y in (self.query(x), self.key(source), self.value(source)))
        heads, weights = scaled_dot_product_attention(q, k, v, mask)
        self.weights = weights.detach()
        return self.out(merge_heads(heads))
""")
alternative("multi-head-attention", name="head by head", source="""
class MultiHeadAttention(nn.Module):
    def __init__(self, d_model, num_heads):
        super().__init__()
        self.query, self.key, self.value, self.out = (nn.Linear(d_model, d_model) for _ in range(4))
        self.h, self.size = num_heads, d_model // num_heads

    def forward(self, x, source, mask=None):
        q, k, v = self.query(x), self.key(source), self.value(source)
        full = None if mask is None else mask.expand(len(x), self.h, x.shape[1], source.shape[1])
        outs, looks = [], []
        for j in range(self.h):
            piece = slice(j * self.size, (j + 1) * self.size)
            out, look = scaled_dot_product_attention(q[..., piece], k[..., piece], v[..., piece], None if full is None else full[:, j])
            outs.append(out)
            looks.append(look)
        self.weights = torch.stack(looks, dim=1).detach()
        return self.out(torch.cat(outs, dim=-1))
""")
alternative("multi-head-attention", name="einsum", source="""
class MultiHeadAttention(nn.Module):
    def __init__(self, d_model, num_heads):
        super().__init__()
        for name in ("query", "key", "value", "out"):
            setattr(self, name, nn.Linear(d_model, d_model))
        self.num_heads = num_heads

    def forward(self, x, source, mask=None):
        cut = lambda y: y.unflatten(-1, (self.num_heads, -1))
        q, k, v = cut(self.query(x)), cut(self.key(source)), cut(self.value(source))
        scores = torch.einsum("nqhd,nkhd->nhqk", q, k) / q.shape[-1] ** 0.5
        if mask is not None:
            scores = scores.masked_fill(~mask, -1e12)
        weights = torch.softmax(scores, -1)
        with torch.no_grad():
            self.weights = weights.clone()
        return self.out(torch.einsum("nhqk,nkhd->nqhd", weights, v).flatten(2))
""")

# shuffled-words

mistake("shuffled-words", named="go with them", source='reversed_gives = "the same outputs in the same order"')
mistake("shuffled-words", named="a sum does not depend", source='reversed_gives = "other outputs"')

# equivariant


@mistake("equivariant", named="exact equality", name="exact")
def is_permutation_equivariant(f, x, permutations):
    return all(torch.equal(f(x[:, p]), f(x)[:, p]) for p in permutations)


@mistake("equivariant", named="commutes with every permutation", name="invariance")
def is_permutation_equivariant(f, x, permutations):
    return all(bool(((f(x[:, p]) - f(x)).abs() <= 1e-4).all()) for p in permutations)


@mistake("equivariant", named="permuted an axis", name="batch permuted")
def is_permutation_equivariant(f, x, permutations):
    return all(bool(((f(x[p]) - f(x)[p]).abs() <= 1e-4).all()) for p in permutations)


@mistake("equivariant", named="commutes with every permutation", name="the inverse")
def is_permutation_equivariant(f, x, permutations):
    return all(bool(((f(x[:, p]) - f(x)[:, p.argsort()]).abs() <= 1e-4).all()) for p in permutations)


@mistake("equivariant", named="all of them have to agree", name="any")
def is_permutation_equivariant(f, x, permutations):
    return any(bool(((f(x[:, p]) - f(x)[:, p]).abs() <= 1e-4).all()) for p in permutations)


@mistake("equivariant", named="NaN equal", name="none is large")
def is_permutation_equivariant(f, x, permutations):
    return not any(bool(((f(x[:, p]) - f(x)[:, p]).abs() > 1e-4).any()) for p in permutations)


@mistake("equivariant", named="True or False", name="a tensor")
def is_permutation_equivariant(f, x, permutations):
    return torch.stack([((f(x[:, p]) - f(x)[:, p]).abs() <= 1e-4).all() for p in permutations]).all()


@mistake("equivariant", named="try the permutations you are given", name="its own permutation")
def is_permutation_equivariant(f, x, permutations):
    p = torch.arange(x.shape[1]).roll(1)
    return bool(((f(x[:, p]) - f(x)[:, p]).abs() <= 1e-4).all())


@mistake("equivariant", named="unless rtol=0", name="allclose with its rtol")
def is_permutation_equivariant(f, x, permutations):
    return all(torch.allclose(f(x[:, p]), f(x)[:, p], atol=1e-4) for p in permutations)


@mistake("equivariant", named="a mean over them hides", name="mean difference")
def is_permutation_equivariant(f, x, permutations):
    return all(bool((f(x[:, p]) - f(x)[:, p]).abs().mean() <= 1e-4) for p in permutations)


@alternative("equivariant", name="allclose")
def is_permutation_equivariant(f, x, permutations):
    return all(torch.allclose(f(x[:, p]), f(x)[:, p], rtol=0, atol=1e-4) for p in permutations)


@alternative("equivariant", name="index_select")
def is_permutation_equivariant(f, x, permutations):
    y = f(x)
    gaps = [(f(x.index_select(1, p)) - y.index_select(1, p)).abs().max().item() for p in permutations]
    return all(gap <= 1e-4 for gap in gaps)


# positional-encoding


@mistake("positional-encoding", named="two blocks", name="blocks")
def positional_encoding(length, d):
    angles = torch.arange(length)[:, None] / 10000.0 ** (torch.arange(0, d, 2) / d)
    return torch.cat([angles.sin(), angles.cos()], dim=1)[:, :d]


@mistake("positional-encoding", named="swapped sine and cosine", name="swapped")
def positional_encoding(length, d):
    columns = torch.arange(d)
    angles = torch.arange(length)[:, None] / 10000.0 ** ((columns - columns % 2) / d)
    return torch.where(columns % 2 == 1, angles.sin(), angles.cos())


@mistake("positional-encoding", named="i/d", name="i over d")
def positional_encoding(length, d):
    columns = torch.arange(d)
    angles = torch.arange(length)[:, None] / 10000.0 ** ((columns // 2) / d)
    return torch.where(columns % 2 == 0, angles.sin(), angles.cos())


@mistake("positional-encoding", named="share one", name="own angles")
def positional_encoding(length, d):
    columns = torch.arange(d)
    angles = torch.arange(length)[:, None] / 10000.0 ** (columns / d)
    return torch.where(columns % 2 == 0, angles.sin(), angles.cos())


@mistake("positional-encoding", named="from 1", name="from one")
def positional_encoding(length, d):
    columns = torch.arange(d)
    angles = torch.arange(1, length + 1)[:, None] / 10000.0 ** ((columns - columns % 2) / d)
    return torch.where(columns % 2 == 0, angles.sin(), angles.cos())


@mistake("positional-encoding", named="become faster", name="multiplied")
def positional_encoding(length, d):
    columns = torch.arange(d)
    angles = torch.arange(length)[:, None] * 10000.0 ** ((columns - columns % 2) / d)
    return torch.where(columns % 2 == 0, angles.sin(), angles.cos())


@mistake("positional-encoding", named="base is not 10000", name="base 100")
def positional_encoding(length, d):
    columns = torch.arange(d)
    angles = torch.arange(length)[:, None] / 1000.0 ** ((columns - columns % 2) / d)
    return torch.where(columns % 2 == 0, angles.sin(), angles.cos())


@mistake("positional-encoding", named="odd d is an error", name="slices clash")
def positional_encoding(length, d):
    pe = torch.zeros(length, d)
    angles = torch.arange(length)[:, None] / 10000.0 ** (torch.arange(0, d, 2) / d)
    pe[:, 0::2] = torch.sin(angles)
    pe[:, 1::2] = torch.cos(angles)
    return pe


@mistake("positional-encoding", named="dropped the last column", name="odd cut")
def positional_encoding(length, d):
    angles = torch.arange(length)[:, None] / 10000.0 ** (torch.arange(0, d - 1, 2) / d)
    return torch.stack([angles.sin(), angles.cos()], dim=2).flatten(1)


@mistake("positional-encoding", named="made odd d even", name="odd grown")
def positional_encoding(length, d):
    angles = torch.arange(length)[:, None] / 10000.0 ** (torch.arange(0, d, 2) / d)
    return torch.stack([angles.sin(), angles.cos()], dim=2).flatten(1)


@mistake("positional-encoding", named="for d + 1", name="odd as even")
def positional_encoding(length, d):
    whole = d + d % 2
    angles = torch.arange(length)[:, None] / 10000.0 ** (torch.arange(0, whole, 2) / whole)
    return torch.stack([angles.sin(), angles.cos()], dim=2).flatten(1)[:, :d]


@mistake("positional-encoding", named="it is a sine", name="last a cosine")
def positional_encoding(length, d):
    columns = torch.arange(d)
    angles = torch.arange(length)[:, None] / 10000.0 ** ((columns - columns % 2) / d)
    pe = torch.where(columns % 2 == 0, angles.sin(), angles.cos())
    if d % 2:
        pe[:, -1] = angles[:, -1].cos()
    return pe


@mistake("positional-encoding", named="float64", name="float64")
def positional_encoding(length, d):
    columns = torch.arange(d)
    angles = torch.arange(length).double()[:, None] / 10000.0 ** ((columns - columns % 2) / d)
    return torch.where(columns % 2 == 0, angles.sin(), angles.cos())


@alternative("positional-encoding", name="the usual slices")
def positional_encoding(length, d):
    pe = torch.zeros(length, d)
    place = torch.arange(length, dtype=torch.float32).unsqueeze(1)
    rates = torch.exp(torch.arange(0, d, 2) * (-math.log(10000.0) / d))
    pe[:, 0::2] = torch.sin(place * rates)
    pe[:, 1::2] = torch.cos(place * rates[: d // 2])
    return pe


@alternative("positional-encoding", name="loops")
def positional_encoding(length, d):
    pe = torch.zeros(length, d)
    for p in range(length):
        for c in range(d):
            angle = p / 10000 ** (2 * (c // 2) / d)
            pe[p, c] = math.cos(angle) if c % 2 else math.sin(angle)
    return pe


# layer-norm

mistake("layer-norm", named="by d − 1", name="unbiased", change=("centred.square().mean(dim=-1, keepdim=True)", "x.var(dim=-1, keepdim=True)"))
mistake("layer-norm", named="divided by the variance", name="by the variance", change=("torch.sqrt(variance + self.eps)", "(variance + self.eps)"))
mistake("layer-norm", named="over another axis", name="over positions", change=(
    """        centred = x - x.mean(dim=-1, keepdim=True)
        variance = centred.square().mean(dim=-1, keepdim=True)
""", """        centred = x - x.mean(dim=0, keepdim=True)
        variance = centred.square().mean(dim=0, keepdim=True)
"""))  # fmt: skip
mistake("layer-norm", named="over the whole sequence", name="over all", change=(
    """        centred = x - x.mean(dim=-1, keepdim=True)
        variance = centred.square().mean(dim=-1, keepdim=True)
""", """        axes = tuple(range(1, x.ndim)) or (0,)
        centred = x - x.mean(dim=axes, keepdim=True)
        variance = centred.square().mean(dim=axes, keepdim=True)
"""))  # fmt: skip
mistake("layer-norm", named="did not subtract the mean", name="no mean", change=("return centred / ", "return x / "))
mistake("layer-norm", named="are not used", name="no parameters", change=(" * self.weight + self.bias", ""))
mistake("layer-norm", named="added the bias before", name="bias first", change=(
    "centred / torch.sqrt(variance + self.eps) * self.weight + self.bias", "(centred / torch.sqrt(variance + self.eps) + self.bias) * self.weight"))  # fmt: skip
mistake("layer-norm", named="your variance lets no gradient", name="variance detached", change=("centred.square().mean(dim=-1, keepdim=True)", "centred.square().mean(dim=-1, keepdim=True).detach()"))
mistake("layer-norm", named="your mean lets no gradient", name="mean detached", change=("x - x.mean(dim=-1, keepdim=True)", "x - x.mean(dim=-1, keepdim=True).detach()"))
mistake("layer-norm", named="mean and variance let no gradient", name="both detached", change=(
    """        centred = x - x.mean(dim=-1, keepdim=True)
        variance = centred.square().mean(dim=-1, keepdim=True)
""", """        with torch.no_grad():
            mean, variance = x.mean(dim=-1, keepdim=True), x.var(dim=-1, keepdim=True, correction=0)
        centred = x - mean
"""))  # fmt: skip
mistake("layer-norm", named="outside the root", name="eps outside", change=("torch.sqrt(variance + self.eps)", "(torch.sqrt(variance) + self.eps)"))
mistake("layer-norm", named="argument eps", name="eps fixed", change=("variance + self.eps", "variance + 1e-5"))
mistake("layer-norm", named="left ε out", name="no eps", change=("variance + self.eps", "variance"))
mistake("layer-norm", named="no parameters", name="plain tensors", change=(
    """        self.weight = nn.Parameter(torch.ones(d))
        self.bias = nn.Parameter(torch.zeros(d))
""", """        self.weight = torch.ones(d)
        self.bias = torch.zeros(d)
"""))  # fmt: skip
alternative("layer-norm", name="var", change=("centred.square().mean(dim=-1, keepdim=True)", "x.var(dim=-1, keepdim=True, unbiased=False)"))
alternative("layer-norm", name="var and mean", source="""
class LayerNorm(nn.Module):
    def __init__(self, d, eps=1e-5):
        super().__init__()
        self.bias, self.weight, self.eps = nn.Parameter(torch.zeros(d)), nn.Parameter(torch.ones(d)), eps

    def forward(self, x):
        variance, mean = torch.var_mean(x, -1, correction=0, keepdim=True)
        return torch.addcmul(self.bias, (x - mean) * (variance + self.eps).rsqrt(), self.weight)
""")
alternative("layer-norm", name="mean of squares", source="""
class LayerNorm(nn.Module):
    def __init__(self, d, eps=1e-5):
        super().__init__()
        self.register_parameter("weight", nn.Parameter(torch.full((d,), 1.0)))
        self.register_parameter("bias", nn.Parameter(torch.full((d,), 0.0)))
        self.d, self.eps = d, eps

    def forward(self, x):
        x = x - x.sum(-1, keepdim=True) / self.d
        return self.weight * (x / (torch.einsum("...d,...d->...", x, x)[..., None] / self.d + self.eps) ** 0.5) + self.bias
""")

# feed-forward

mistake("feed-forward", named="no ReLU", name="no relu", change=("torch.relu(self.up(x))", "self.up(x)"))
mistake("feed-forward", named="at the end as well", name="relu at the end", change=("self.down(torch.relu(self.up(x)))", "torch.relu(self.down(torch.relu(self.up(x))))"))
mistake("feed-forward", named="not the ReLU", name="gelu", change=("torch.relu(self.up(x))", "F.gelu(self.up(x))"))
mistake("feed-forward", named="you added x", name="residual", change=("return self.down", "return x + self.down"))
mistake("feed-forward", named="in front of the first", name="relu first", change=("self.down(torch.relu(self.up(x)))", "self.down(self.up(torch.relu(x)))"))
mistake("feed-forward", named="up and down", name="other names", source="""
class FeedForward(nn.Module):
    def __init__(self, d_model, hidden_dim):
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(d_model, hidden_dim), nn.ReLU(), nn.Linear(hidden_dim, d_model))

    def forward(self, x):
        return self.layers(x)
""")
alternative("feed-forward", name="clamp", change=("torch.relu(self.up(x))", "self.up(x).clamp(min=0)"))
alternative("feed-forward", name="matmul", source="""
class FeedForward(nn.Module):
    def __init__(self, d_model, hidden_dim):
        super().__init__()
        self.down, self.up, self.activation = nn.Linear(hidden_dim, d_model), nn.Linear(d_model, hidden_dim), nn.ReLU()

    def forward(self, x):
        inner = self.activation(x @ self.up.weight.T + self.up.bias)
        return inner @ self.down.weight.T + self.down.bias
""")

# encoder-layer

mistake("encoder-layer", named="shortcut around attention", name="no attention residual", change=("x = x + self.attention(normed", "x = self.attention(normed"))
mistake("encoder-layer", named="shortcut around the feed-forward", name="no feed-forward residual", change=("return x + self.feed_forward(self.norm2", "return self.feed_forward(self.norm2"))
mistake("encoder-layer", named="both shortcuts", name="no residual", change=(
    """            x = x + self.attention(normed, normed, mask)
            return x + self.feed_forward(self.norm2(x))
""", """            x = self.attention(normed, normed, mask)
            return self.feed_forward(self.norm2(x))
"""))  # fmt: skip
mistake("encoder-layer", named="although norm_first is True", name="always post", change=("if self.norm_first:", "if False:"))
mistake("encoder-layer", named="although norm_first is False", name="always pre", change=("if self.norm_first:", "if True:"))
mistake("encoder-layer", named="around attention carries the normalised x", name="normed first shortcut", change=("x = x + self.attention(normed", "x = normed + self.attention(normed"))
mistake("encoder-layer", named="around the feed-forward carries the normalised x", name="normed second shortcut", change=(
    "            return x + self.feed_forward(self.norm2(x))\n", "            x = self.norm2(x)\n            return x + self.feed_forward(x)\n"))  # fmt: skip
mistake("encoder-layer", named="shortcuts carry the normalised x", name="normed shortcuts", change=(
    """            normed = self.norm1(x)
            x = x + self.attention(normed, normed, mask)
            return x + self.feed_forward(self.norm2(x))
""", """            x = self.norm1(x)
            x = x + self.attention(x, x, mask)
            x = self.norm2(x)
            return x + self.feed_forward(x)
"""))  # fmt: skip
mistake("encoder-layer", named="keys and values are not normalised", name="raw keys", change=("self.attention(normed, normed, mask)", "self.attention(normed, x, mask)"))
mistake("encoder-layer", named="not for the feed-forward", name="no norm2", change=("self.feed_forward(self.norm2(x))", "self.feed_forward(x)"))
mistake("encoder-layer", named="norm1 twice", name="norm1 twice", change=("self.feed_forward(self.norm2(x))", "self.feed_forward(self.norm1(x))"))
mistake("encoder-layer", named="fed the same x", name="parallel", change=(
    "x = x + self.attention(normed, normed, mask)\n            return x + self.feed_forward(self.norm2(x))",
    "return x + self.attention(normed, normed, mask) + self.feed_forward(self.norm2(x))"))  # fmt: skip
mistake("encoder-layer", named="did not hand the mask on", name="mask lost", change=("self.attention(normed, normed, mask)", "self.attention(normed, normed)"))
mistake("encoder-layer", named="only once", name="post once", change=("x = self.norm1(x + self.attention(x, x, mask))", "x = x + self.attention(x, x, mask)"))
mistake("encoder-layer", named="the second norm is missing", name="post without norm2", change=("return self.norm2(x + self.feed_forward(x))", "return x + self.feed_forward(x)"))
mistake("encoder-layer", named="in post-norm you used norm1 twice", name="post norm1 twice", change=("return self.norm2(x +", "return self.norm1(x +"))
mistake("encoder-layer", named="in post-norm the shortcut", name="post without shortcut", change=("self.norm1(x + self.attention(x, x, mask))", "self.norm1(self.attention(x, x, mask))"))
mistake("encoder-layer", named="in post-norm you did not hand", name="post without mask", change=("self.norm1(x + self.attention(x, x, mask))", "self.norm1(x + self.attention(x, x))"))
mistake("encoder-layer", named="around the part", name="norm of the part", change=(
    """        x = self.norm1(x + self.attention(x, x, mask))
        return self.norm2(x + self.feed_forward(x))
""", """        x = x + self.norm1(self.attention(x, x, mask))
        return x + self.norm2(self.feed_forward(x))
"""))  # fmt: skip
mistake("encoder-layer", named="both of your norms are one", name="one norm", change=(
    "self.norm1, self.norm2 = LayerNorm(d_model), LayerNorm(d_model)", "self.norm1 = self.norm2 = LayerNorm(d_model)"))  # fmt: skip
alternative("encoder-layer", name="a helper for both", source="""
class EncoderLayer(nn.Module):
    def __init__(self, d_model, num_heads, hidden_dim, norm_first=True):
        super().__init__()
        self.norm_first = norm_first
        self.norm2, self.norm1 = LayerNorm(d_model), LayerNorm(d_model)
        self.feed_forward = FeedForward(d_model, hidden_dim)
        self.attention = MultiHeadAttention(d_model, num_heads)

    def around(self, x, norm, part):
        return x + part(norm(x)) if self.norm_first else norm(x + part(x))

    def forward(self, x, mask=None):
        x = self.around(x, self.norm1, lambda y: self.attention(y, y, mask))
        return self.around(x, self.norm2, self.feed_forward)
""")
alternative("encoder-layer", name="step by step", source="""
class EncoderLayer(nn.Module):
    def __init__(self, d_model, num_heads, hidden_dim, norm_first=True):
        super().__init__()
        self.attention = MultiHeadAttention(d_model=d_model, num_heads=num_heads)
        self.feed_forward = FeedForward(d_model, hidden_dim)
        self.norm1 = LayerNorm(d_model)
        self.norm2 = nn.LayerNorm(d_model)
        self.pre = norm_first

    def forward(self, x, mask=None):
        y = self.norm1(x) if self.pre else x
        y = x + self.attention(y, y, mask=mask)
        y = y if self.pre else self.norm1(y)
        z = y + self.feed_forward(self.norm2(y) if self.pre else y)
        return z if self.pre else self.norm2(z)
""")

# decoder-layer

mistake("decoder-layer", named="keys and values come from the memory", name="keys from the decoder",
        change=("x = x + self.cross_attention(self.norm2(x), memory, memory_mask)", "x = x + self.cross_attention(self.norm2(x), self.norm2(x), target_mask)"))  # fmt: skip
mistake("decoder-layer", named="self-attention is missing", name="no self-attention", change=("            x = x + self.self_attention(normed, normed, target_mask)\n", ""))
mistake("decoder-layer", named="cross-attention is missing", name="no cross-attention", change=("            x = x + self.cross_attention(self.norm2(x), memory, memory_mask)\n", ""))
mistake("decoder-layer", named="cross-attention comes first", name="cross first", change=(
    """            normed = self.norm1(x)
            x = x + self.self_attention(normed, normed, target_mask)
            x = x + self.cross_attention(self.norm2(x), memory, memory_mask)
""", """            x = x + self.cross_attention(self.norm2(x), memory, memory_mask)
            normed = self.norm1(x)
            x = x + self.self_attention(normed, normed, target_mask)
"""))  # fmt: skip
mistake("decoder-layer", named="around self-attention", name="no first residual", change=("x = x + self.self_attention(normed", "x = self.self_attention(normed"))
mistake("decoder-layer", named="around cross-attention", name="no cross residual", change=("x = x + self.cross_attention(self.norm2", "x = self.cross_attention(self.norm2"))
mistake("decoder-layer", named="around the feed-forward", name="no last residual", change=("return x + self.feed_forward(self.norm3", "return self.feed_forward(self.norm3"))
mistake("decoder-layer", named="normalised the memory", name="memory normed", change=("self.cross_attention(self.norm2(x), memory, memory_mask)", "self.cross_attention(self.norm2(x), self.norm2(memory), memory_mask)"))
mistake("decoder-layer", named="x before cross-attention", name="no norm2", change=("self.cross_attention(self.norm2(x), memory, memory_mask)", "self.cross_attention(x, memory, memory_mask)"))
mistake("decoder-layer", named="one norm twice", name="norm1 twice", change=("self.cross_attention(self.norm2(x), memory, memory_mask)", "self.cross_attention(self.norm1(x), memory, memory_mask)"))
mistake("decoder-layer", named="sees the future", name="target mask lost", change=("self.self_attention(normed, normed, target_mask)", "self.self_attention(normed, normed)"))
mistake("decoder-layer", named="sees padding", name="memory mask lost", change=("self.cross_attention(self.norm2(x), memory, memory_mask)", "self.cross_attention(self.norm2(x), memory)"))
mistake("decoder-layer", named="masks do not fit", name="masks swapped", change=(
    """            x = x + self.self_attention(normed, normed, target_mask)
            x = x + self.cross_attention(self.norm2(x), memory, memory_mask)
""", """            x = x + self.self_attention(normed, normed, memory_mask)
            x = x + self.cross_attention(self.norm2(x), memory, target_mask)
"""))  # fmt: skip
mistake("decoder-layer", named="although norm_first is True", name="always post", change=("if self.norm_first:", "if False:"))
mistake("decoder-layer", named="although norm_first is False", name="always pre", change=("if self.norm_first:", "if True:"))
mistake("decoder-layer", named="around self-attention carries the normalised x", name="normed first shortcut", change=("x = x + self.self_attention(normed", "x = normed + self.self_attention(normed"))
mistake("decoder-layer", named="shortcuts carry the normalised x", name="normed shortcuts", change=(
    """            normed = self.norm1(x)
            x = x + self.self_attention(normed, normed, target_mask)
            x = x + self.cross_attention(self.norm2(x), memory, memory_mask)
            return x + self.feed_forward(self.norm3(x))
""", """            x = self.norm1(x)
            x = x + self.self_attention(x, x, target_mask)
            x = self.norm2(x)
            x = x + self.cross_attention(x, memory, memory_mask)
            x = self.norm3(x)
            return x + self.feed_forward(x)
"""))  # fmt: skip
mistake("decoder-layer", named="norm1 is missing", name="post without norm1", change=("self.norm1(x + self.self_attention(x, x, target_mask))", "x + self.self_attention(x, x, target_mask)"))
mistake("decoder-layer", named="norm2 is missing", name="post without norm2", change=("self.norm2(x + self.cross_attention(x, memory, memory_mask))", "x + self.cross_attention(x, memory, memory_mask)"))
mistake("decoder-layer", named="norm3 is missing", name="post without norm3", change=("self.norm3(x + self.feed_forward(x))", "x + self.feed_forward(x)"))
mistake("decoder-layer", named="in post-norm you used one norm twice", name="post norm2 twice", change=("self.norm3(x + self.feed_forward(x))", "self.norm2(x + self.feed_forward(x))"))
mistake("decoder-layer", named="in post-norm your cross-attention asks", name="post asks the decoder", change=("self.norm2(x + self.cross_attention(x, memory, memory_mask))", "self.norm2(x + self.cross_attention(x, x, target_mask))"))
mistake("decoder-layer", named="in post-norm self-attention sees", name="post target mask lost", change=("self.norm1(x + self.self_attention(x, x, target_mask))", "self.norm1(x + self.self_attention(x, x))"))
mistake("decoder-layer", named="in post-norm cross-attention sees", name="post memory mask lost", change=("self.norm2(x + self.cross_attention(x, memory, memory_mask))", "self.norm2(x + self.cross_attention(x, memory))"))
mistake("decoder-layer", named="two attentions are one", name="one attention", change=("self.cross_attention = MultiHeadAttention(d_model, num_heads)", "self.cross_attention = self.self_attention"))
alternative("decoder-layer", name="a helper for all three", source="""
class DecoderLayer(nn.Module):
    def __init__(self, d_model, num_heads, hidden_dim, norm_first=True):
        super().__init__()
        self.norm_first = norm_first
        self.norm1, self.norm2, self.norm3 = (LayerNorm(d_model) for _ in range(3))
        self.cross_attention, self.self_attention = MultiHeadAttention(d_model, num_heads), MultiHeadAttention(d_model, num_heads)
        self.feed_forward = FeedForward(d_model, hidden_dim)

    def forward(self, x, memory, target_mask=None, memory_mask=None):
        parts = [
            (self.norm1, lambda y: self.self_attention(y, y, target_mask)),
            (self.norm2, lambda y: self.cross_attention(y, memory, memory_mask)),
            (self.norm3, self.feed_forward),
        ]
        for norm, part in parts:
            x = x + part(norm(x)) if self.norm_first else norm(x + part(x))
        return x
""")
alternative("decoder-layer", name="step by step", source="""
class DecoderLayer(nn.Module):
    def __init__(self, d_model, num_heads, hidden_dim, norm_first=True):
        super().__init__()
        self.self_attention = MultiHeadAttention(d_model, num_heads)
        self.cross_attention = MultiHeadAttention(d_model, num_heads)
        self.feed_forward = FeedForward(d_model, hidden_dim)
        self.norm1 = LayerNorm(d_model)
        self.norm2 = LayerNorm(d_model)
        self.norm3 = LayerNorm(d_model)
        self.pre = norm_first

    def forward(self, x, memory, target_mask=None, memory_mask=None):
        before = [norm if self.pre else nn.Identity() for norm in (self.norm1, self.norm2, self.norm3)]
        after = [nn.Identity() if self.pre else norm for norm in (self.norm1, self.norm2, self.norm3)]
        asks = before[0](x)
        x = after[0](x + self.self_attention(asks, asks, target_mask))
        x = after[1](x + self.cross_attention(before[1](x), memory, memory_mask))
        return after[2](x + self.feed_forward(before[2](x)))
""")

# transformer

mistake("transformer", named="no positions are added", name="no positions", source="""
class Transformer(nn.Module):
    def __init__(self, source_vocab, target_vocab, d_model, num_heads, hidden_dim, num_layers, norm_first=True):
        super().__init__()
        sizes = d_model, num_heads, hidden_dim, norm_first
        self.source_embedding = nn.Embedding(source_vocab, d_model)
        self.target_embedding = nn.Embedding(target_vocab, d_model)
        self.encoder = nn.ModuleList(EncoderLayer(*sizes) for _ in range(num_layers))
        self.decoder = nn.ModuleList(DecoderLayer(*sizes) for _ in range(num_layers))
        self.encoder_norm = LayerNorm(d_model) if norm_first else nn.Identity()
        self.decoder_norm = LayerNorm(d_model) if norm_first else nn.Identity()
        self.head = nn.Linear(d_model, target_vocab, bias=False)

    def encode(self, source):
        x = self.source_embedding(source)
        for layer in self.encoder:
            x = layer(x, padding_mask(source))
        return self.encoder_norm(x)

    def decode(self, target, memory, source):
        x = self.target_embedding(target)
        for layer in self.decoder:
            x = layer(x, memory, causal_mask(target.shape[1]), padding_mask(source))
        return self.head(self.decoder_norm(x))

    def forward(self, source, target):
        return self.decode(target, self.encode(source), source)
""")
mistake("transformer", named="on one side only", name="no target positions", change=(
    "        x = self.target_embedding(target)\n        x = x + positional_encoding(x.shape[1], x.shape[2]).to(x)\n", "        x = self.target_embedding(target)\n"))  # fmt: skip
mistake("transformer", named="target's side only", name="no source positions", change=(
    "        x = self.source_embedding(source)\n        x = x + positional_encoding(x.shape[1], x.shape[2]).to(x)\n", "        x = self.source_embedding(source)\n"))  # fmt: skip
mistake("transformer", named="encoder sees padding", name="encoder sees padding", change=("layer(x, padding_mask(source))", "layer(x)"))
mistake("transformer", named="decoder sees the source's padding", name="decoder sees padding", change=("causal_mask(target.shape[1]), padding_mask(source))", "causal_mask(target.shape[1]))"))
mistake("transformer", named="target sees its future", name="sees the future", change=("causal_mask(target.shape[1])", "None"))
mistake("transformer", named="asks the embedded source", name="memory skipped", change=("layer(x, memory, ", "layer(x, self.encoder_norm(self.source_embedding(source) + positional_encoding(source.shape[1], x.shape[2]).to(x)), "))
mistake("transformer", named="softmax at the end", name="softmax", change=("return self.head(self.decoder_norm(x))", "return self.head(self.decoder_norm(x)).softmax(dim=-1)"))
mistake("transformer", named="the source's embeddings are multiplied", name="scaled source embedding", change=(
    "        x = self.source_embedding(source)\n        x = x +", "        x = self.source_embedding(source) * self.head.in_features**0.5\n        x = x +"))  # fmt: skip
mistake("transformer", named="the target's embeddings are multiplied", name="scaled target embedding", change=(
    "        x = self.target_embedding(target)\n        x = x +", "        x = self.target_embedding(target) * self.head.in_features**0.5\n        x = x +"))  # fmt: skip
mistake("transformer", named="embeddings are multiplied by √d_model", name="scaled embeddings on both sides", change=(
    "        self.encoder = nn.ModuleList(", """        for table in (self.source_embedding, self.target_embedding):
            table.register_forward_hook(lambda _, inputs, y: y * d_model**0.5)
        self.encoder = nn.ModuleList("""))  # fmt: skip
mistake("transformer", named="hand norm_first on", name="norm_first not handed on", change=("sizes = d_model, num_heads, hidden_dim, norm_first", "sizes = d_model, num_heads, hidden_dim"))
mistake("transformer", named="your encoder's layers are pre-norm", name="norm_first not for the encoder", change=("EncoderLayer(*sizes)", "EncoderLayer(*sizes[:3])"))
mistake("transformer", named="your decoder's layers are pre-norm", name="norm_first not for the decoder", change=("DecoderLayer(*sizes)", "DecoderLayer(*sizes[:3])"))
mistake("transformer", named="layers of your encoder are one", name="shared encoder layers", change=("EncoderLayer(*sizes) for _ in range(num_layers)", "[EncoderLayer(*sizes)] * num_layers"))
mistake("transformer", named="layers of your decoder are one", name="shared decoder layers", change=("DecoderLayer(*sizes) for _ in range(num_layers)", "[DecoderLayer(*sizes)] * num_layers"))
mistake("transformer", named="decoder's layers stand in a plain list", name="plain decoder list", change=(
    "nn.ModuleList(DecoderLayer(*sizes) for _ in range(num_layers))", "[DecoderLayer(*sizes) for _ in range(num_layers)]"))  # fmt: skip
mistake("transformer", named="memory is not normalised", name="memory not normed", change=("return self.encoder_norm(x)", "return x"))
mistake("transformer", named="plain list", name="plain lists", change=(
    """        self.encoder = nn.ModuleList(EncoderLayer(*sizes) for _ in range(num_layers))
        self.decoder = nn.ModuleList(DecoderLayer(*sizes) for _ in range(num_layers))
""", """        self.encoder = [EncoderLayer(*sizes) for _ in range(num_layers)]
        self.decoder = [DecoderLayer(*sizes) for _ in range(num_layers)]
"""))  # fmt: skip
mistake("transformer", named="one and the same", name="shared layers", change=(
    """        self.encoder = nn.ModuleList(EncoderLayer(*sizes) for _ in range(num_layers))
        self.decoder = nn.ModuleList(DecoderLayer(*sizes) for _ in range(num_layers))
""", """        self.encoder = nn.ModuleList([EncoderLayer(*sizes)] * num_layers)
        self.decoder = nn.ModuleList([DecoderLayer(*sizes)] * num_layers)
"""))  # fmt: skip
mistake("transformer", named="two last LayerNorms", name="no last norms", change=(
    """        self.encoder_norm = LayerNorm(d_model) if norm_first else nn.Identity()
        self.decoder_norm = LayerNorm(d_model) if norm_first else nn.Identity()
""", """        self.encoder_norm = self.decoder_norm = nn.Identity()
"""))  # fmt: skip
mistake("transformer", named="head has a bias", name="head with bias", change=(", bias=False", ""))
mistake("transformer", named="no more norms", name="norms in post-norm", change=(
    """        self.encoder_norm = LayerNorm(d_model) if norm_first else nn.Identity()
        self.decoder_norm = LayerNorm(d_model) if norm_first else nn.Identity()
""", """        self.encoder_norm, self.decoder_norm = LayerNorm(d_model), LayerNorm(d_model)
"""))  # fmt: skip
alternative("transformer", name="positions as a buffer, target padding hidden as well", source="""
class Transformer(nn.Module):
    def __init__(self, source_vocab, target_vocab, d_model, num_heads, hidden_dim, num_layers, norm_first=True):
        super().__init__()
        self.source_embedding = nn.Embedding(source_vocab, d_model, padding_idx=0)
        self.target_embedding = nn.Embedding(target_vocab, d_model)
        self.encoder = nn.ModuleList([EncoderLayer(d_model, num_heads, hidden_dim, norm_first) for _ in range(num_layers)])
        self.decoder = nn.ModuleList([DecoderLayer(d_model, num_heads, hidden_dim, norm_first) for _ in range(num_layers)])
        if norm_first:
            self.encoder_norm, self.decoder_norm = LayerNorm(d_model), LayerNorm(d_model)
        self.norm_first = norm_first
        self.head = nn.Linear(d_model, target_vocab, bias=False)
        self.register_buffer("places", positional_encoding(100, d_model), persistent=False)

    def encode(self, source):
        x = F.embedding(source, self.source_embedding.weight) + self.places[: source.shape[1]]
        for layer in self.encoder:
            x = layer(x, mask=padding_mask(source))
        return self.encoder_norm(x) if self.norm_first else x

    def decode(self, target, memory, source):
        x = self.target_embedding(target) + self.places[: target.shape[1]]
        seen = causal_mask(target.shape[1]) & padding_mask(target)
        for layer in self.decoder:
            x = layer(x, memory, target_mask=seen, memory_mask=padding_mask(source))
        return self.head(self.decoder_norm(x) if self.norm_first else x)

    def forward(self, source, target):
        memory = self.encode(source)
        return self.decode(target, memory, source)
""")
alternative("transformer", name="no norms as None", source="""
class Transformer(nn.Module):
    def __init__(self, source_vocab, target_vocab, d_model, num_heads, hidden_dim, num_layers, norm_first=True):
        super().__init__()
        self.head = nn.Linear(d_model, target_vocab, bias=False)
        self.decoder_norm = self.encoder_norm = None
        if norm_first:
            self.decoder_norm = LayerNorm(d_model)
            self.encoder_norm = LayerNorm(d_model)
        self.decoder, self.encoder = nn.ModuleList(), nn.ModuleList()
        for _ in range(num_layers):
            self.encoder.append(EncoderLayer(d_model, num_heads, hidden_dim, norm_first=norm_first))
            self.decoder.append(DecoderLayer(d_model, num_heads, hidden_dim, norm_first=norm_first))
        self.target_embedding = nn.Embedding(target_vocab, d_model)
        self.source_embedding = nn.Embedding(source_vocab, d_model)

    def embed(self, tokens, table):
        x = table(tokens)
        return x + positional_encoding(tokens.shape[1], x.shape[-1]).to(x.dtype)

    def encode(self, source):
        x, mask = self.embed(source, self.source_embedding), (source != 0)[:, None, None]
        for layer in self.encoder:
            x = layer(x, mask)
        return x if self.encoder_norm is None else self.encoder_norm(x)

    def decode(self, target, memory, source):
        x, mask = self.embed(target, self.target_embedding), (source != 0)[:, None, None]
        for layer in self.decoder:
            x = layer(x, memory, causal_mask(target.shape[1]), mask)
        return self.head(x if self.decoder_norm is None else self.decoder_norm(x))

    def forward(self, source, target):
        return self.decode(target, self.encode(source), source)
""")

# heaviest

mistake("heaviest", named="18 attentions", source='heaviest_part = "attention"')
mistake("heaviest", named="37 000 · 512", source='heaviest_part = "embedding"')

# transformer-parameters

mistake("transformer-parameters", named="biases of the linear layers", name="no biases", change=(
    "    attention = 4 * (d_model**2 + d_model)\n    feed_forward = 2 * d_model * hidden_dim + hidden_dim + d_model\n",
    "    attention = 4 * d_model**2\n    feed_forward = 2 * d_model * hidden_dim\n"))  # fmt: skip
mistake("transformer-parameters", named="biases of the attentions", name="no attention biases", change=("4 * (d_model**2 + d_model)", "4 * d_model**2"))
mistake("transformer-parameters", named="biases of the feed-forward", name="no feed-forward biases", change=("2 * d_model * hidden_dim + hidden_dim + d_model", "2 * d_model * hidden_dim"))
mistake("transformer-parameters", named="of pre-norm in every layer", name="last norms in every layer", change=("(2 * norm if norm_first else 0)", "(2 * norm * num_layers if norm_first else 0)"))
mistake("transformer-parameters", named="left the head out", name="no head", change=("source_vocab + 2 * target_vocab", "source_vocab + target_vocab"))
mistake("transformer-parameters", named="bias in the head", name="head bias", change=("return layers + rows", "return target_vocab + layers + rows"))
mistake("transformer-parameters", named="one attention: it has two", name="two attentions a pair", change=("3 * attention", "2 * attention"))
mistake("transformer-parameters", named="two norms: it has three", name="four norms a pair", change=("5 * norm", "4 * norm"))
mistake("transformer-parameters", named="two vectors", name="norms of one vector", change=("norm = 2 * d_model", "norm = d_model"))
mistake("transformer-parameters", named="left the norms out", name="no norms", change=("norm = 2 * d_model", "norm = 0"))
mistake("transformer-parameters", named="you counted three", name="three projections", change=("4 * (d_model", "3 * (d_model"))
mistake("transformer-parameters", named="left the embeddings out", name="head only", change=("source_vocab + 2 * target_vocab", "target_vocab"))
mistake("transformer-parameters", named="at the end of each side", name="pre-norm as post-norm", change=("(2 * norm if norm_first else 0)", "0"))
mistake("transformer-parameters", named="two in all", name="one last norm", change=("(2 * norm if norm_first else 0)", "(norm if norm_first else 0)"))
mistake("transformer-parameters", named="there are num_layers", name="one layer", change=("num_layers * (3", "1 * (3"))
mistake("transformer-parameters", named="three uses", name="head apart", change=("rows = source_vocab if shared", "rows = 2 * source_vocab if shared"))
mistake("transformer-parameters", named="argument shared", name="shared ignored", change=("rows = source_vocab if shared", "rows = source_vocab + 2 * target_vocab if shared"))
mistake("transformer-parameters", named="no matrix can serve both", name="no error", change=(
    "    if shared and source_vocab != target_vocab:\n        raise ValueError(f\"one matrix can't serve vocabularies of {source_vocab} and {target_vocab}\")\n", ""))  # fmt: skip


@alternative("transformer-parameters", name="PyTorch counts")
def transformer_parameters(source_vocab, target_vocab, d_model, hidden_dim, num_layers, norm_first=True, shared=False):
    if shared and source_vocab != target_vocab:
        raise ValueError("two vocabularies")
    with torch.device("meta"):
        sides = [nn.TransformerEncoderLayer(d_model, 1, hidden_dim), nn.TransformerDecoderLayer(d_model, 1, hidden_dim)]
    count = num_layers * sum(p.numel() for side in sides for p in side.parameters())
    tables = [source_vocab] if shared else [source_vocab, target_vocab, target_vocab]
    return count + d_model * sum(tables) + 4 * d_model * bool(norm_first)


@alternative("transformer-parameters", name="layer by layer")
def transformer_parameters(source_vocab, target_vocab, d_model, hidden_dim, num_layers, norm_first=True, shared=False):
    if shared and source_vocab != target_vocab:
        raise ValueError("two vocabularies")

    def linear(a, b, bias=True):
        return a * b + (b if bias else 0)

    total = 0
    for _ in range(num_layers):
        for attentions in (1, 2):
            total += attentions * sum(linear(d_model, d_model) for _ in range(4))
            total += linear(d_model, hidden_dim) + linear(hidden_dim, d_model) + (attentions + 1) * 2 * d_model
    if norm_first:
        total += 4 * d_model
    total += source_vocab * d_model
    if not shared:
        total += target_vocab * d_model + linear(d_model, target_vocab, bias=False)
    return total


# attention-cost

mistake("attention-cost", named="left the four projections", name="the paper's table", change=("4 * n * d**2 + 2 * n**2 * d", "2 * n**2 * d"))
mistake("attention-cost", named="not the means", name="scores only", change=("2 * n**2 * d", "n**2 * d"))
mistake("attention-cost", named="has four projections", name="three projections", change=("4 * n * d**2", "3 * n * d**2"))
mistake("attention-cost", named="two matrices", name="one recurrent matrix", change=("(2 * n * d**2, n, n - 1)", "(n * d**2, n, n - 1)"))
mistake("attention-cost", named="n − 1 moves", name="n moves", change=("n, n - 1)", "n, n)"))
mistake("attention-cost", named="(k − 1)/2", name="k - 1 a layer", change=("((k - 1) // 2)", "(k - 1)"))
mistake("attention-cost", named="round the path", name="not rounded", change=("math.ceil((n - 1) / ((k - 1) // 2))", "(n - 1) / ((k - 1) // 2)"))
mistake("attention-cost", named="up, not down", name="rounded down", change=("math.ceil((n - 1) / ((k - 1) // 2))", "(n - 1) // ((k - 1) // 2)"))
mistake("attention-cost", named="of one layer, 1", name="steps as the path", change=("(k * n * d**2, 1, ", "(k * n * d**2, math.ceil((n - 1) / ((k - 1) // 2)), "))
mistake("attention-cost", named="from position 1 to position n", name="n positions to go", change=("math.ceil((n - 1) / ", "math.ceil(n / "))
mistake("attention-cost", named="one step", name="convolution waits", change=("(k * n * d**2, 1,", "(k * n * d**2, n,"))
mistake("attention-cost", named="window is missing", name="no window", change=("k * n * d**2", "n * d**2"))


@alternative("attention-cost", name="whole-number division")
def attention_cost(n, d, k=3):
    reach = k // 2
    return {
        "attention": (2 * n * d * (2 * d + n), 1, 1),
        "recurrence": (n * (d * d + d * d), n, n - 1),
        "convolution": (n * d * d * k, 1, -(-(n - 1) // reach)),
    }


@alternative("attention-cost", name="counted")
def attention_cost(n, d, k=3):
    layers, reached = 0, 1
    while reached < n:
        reached += (k - 1) // 2
        layers += 1
    projections = sum(n * d * d for _ in ("query", "key", "value", "out"))
    attention = projections + n * n * d + n * n * d
    return {"convolution": (k * n * d * d, 1, layers), "recurrence": (2 * n * d * d, n, n - 1), "attention": (attention, 1, 1)}
