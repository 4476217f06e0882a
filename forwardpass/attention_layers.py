"""Parts of a Transformer, computed by PyTorch. Tests use them in place of a student's own.

A mask is a bool tensor that broadcasts to (N, heads, Tq, Tk): True where a query may see a key. Everything is batch
first.
"""

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.func import functional_call

LayerNorm = nn.LayerNorm


def scaled_dot_product_attention(q: Tensor, k: Tensor, v: Tensor, mask: Tensor | None = None) -> tuple[Tensor, Tensor]:
    """Output (..., Tq, d_v) and weights (..., Tq, Tk) of q (..., Tq, d_k), k (..., Tk, d_k) and v (..., Tk, d_v)."""
    each = torch.eye(k.shape[-2], dtype=v.dtype).expand(*k.shape[:-2], -1, -1)
    return F.scaled_dot_product_attention(q, k, v, mask), F.scaled_dot_product_attention(q, k, each, mask)


def padding_mask(tokens: Tensor, pad: int = 0) -> Tensor:
    """Which keys are real, (N, 1, 1, T), for tokens (N, T)."""
    return tokens.ne(pad).reshape(len(tokens), 1, 1, -1)


def causal_mask(length: int) -> Tensor:
    """Which positions may see which, (length, length)."""
    mask: Tensor = nn.Transformer.generate_square_subsequent_mask(length) == 0
    return mask


def split_heads(x: Tensor, num_heads: int) -> Tensor:
    """(N, T, d) to (N, heads, T, d / heads)."""
    return torch.stack(x.chunk(num_heads, dim=2), dim=1)


def merge_heads(x: Tensor) -> Tensor:
    """(N, heads, T, d / heads) to (N, T, d)."""
    return torch.cat(x.unbind(dim=1), dim=2)


def positional_encoding(length: int, d: int) -> Tensor:
    """Sines in even columns, cosines in odd ones, (length, d)."""
    rates = torch.tensor([10000.0 ** -(column / d) for column in range(0, d, 2)], dtype=torch.float64)
    turned = torch.polar(torch.ones(length, len(rates)).double(), torch.arange(length).outer(rates))
    return torch.view_as_real(turned).flip(-1).flatten(1)[:, :d].float()


class MultiHeadAttention(nn.Module):
    """Attention with several heads; its four linear layers are query, key, value and out."""

    def __init__(self, d_model: int, num_heads: int) -> None:
        super().__init__()
        self.d_model, self.num_heads = d_model, num_heads
        for name in ("query", "key", "value", "out"):
            self.add_module(name, nn.Linear(d_model, d_model))

    def forward(self, x: Tensor, source: Tensor, mask: Tensor | None = None) -> Tensor:
        """x: (N, Tq, d_model) asks, source: (N, Tk, d_model) is asked. Returns (N, Tq, d_model)."""
        layer = nn.MultiheadAttention(self.d_model, self.num_heads, batch_first=True, dtype=x.dtype)
        parts: list[Any] = [self.get_submodule(name) for name in ("query", "key", "value")]
        last: Any = self.get_submodule("out")
        weights = {"in_proj_weight": torch.cat([part.weight for part in parts]), "out_proj.weight": last.weight}
        weights |= {"in_proj_bias": torch.cat([part.bias for part in parts]), "out_proj.bias": last.bias}
        closed = _closed(mask, len(x), self.num_heads, x.shape[1], source.shape[1])
        options = {"attn_mask": closed, "need_weights": False}
        out: Tensor = functional_call(layer, weights, (x, source, source), options)[0]
        return out


def _closed(mask: Tensor | None, batch: int, heads: int, queries: int, keys: int) -> Tensor | None:
    """A mask as PyTorch's layers want it, (N * heads, Tq, Tk), True where a key is hidden; None stays None."""
    return None if mask is None else (~mask).expand(batch, heads, queries, keys).reshape(-1, queries, keys)


class FeedForward(nn.Module):
    """Two linear layers, up and down, with a ReLU between them, at each position alone."""

    def __init__(self, d_model: int, hidden_dim: int) -> None:
        super().__init__()
        self.add_module("up", nn.Linear(d_model, hidden_dim))
        self.add_module("down", nn.Linear(hidden_dim, d_model))

    def forward(self, x: Tensor) -> Tensor:
        """x: (..., d_model), the same shape as the answer."""
        up, down = (dict(self.get_submodule(name).named_parameters()) for name in ("up", "down"))
        return F.linear(F.linear(x, **up).clamp(min=0), **down)


class EncoderLayer(nn.TransformerEncoderLayer):
    """PyTorch's encoder layer, called as the lesson's."""

    def __init__(self, d_model: int, num_heads: int, hidden_dim: int, norm_first: bool = True) -> None:
        super().__init__(d_model, num_heads, hidden_dim, dropout=0.0, batch_first=True, norm_first=norm_first)
        self.heads = num_heads

    def forward(self, x: Tensor, mask: Tensor | None = None) -> Tensor:  # type: ignore[override]
        """x: (N, T, d_model). Returns the same shape."""
        return super().forward(x, src_mask=_closed(mask, len(x), self.heads, x.shape[1], x.shape[1]))


class DecoderLayer(nn.TransformerDecoderLayer):
    """PyTorch's decoder layer, called as the lesson's."""

    def __init__(self, d_model: int, num_heads: int, hidden_dim: int, norm_first: bool = True) -> None:
        super().__init__(d_model, num_heads, hidden_dim, dropout=0.0, batch_first=True, norm_first=norm_first)
        self.heads = num_heads

    def forward(  # type: ignore[override]
        self, x: Tensor, memory: Tensor, target_mask: Tensor | None = None, memory_mask: Tensor | None = None
    ) -> Tensor:
        """x: (N, Tt, d_model), memory: (N, Ts, d_model). Returns the shape of x."""
        shape = len(x), self.heads, x.shape[1]
        seen, asked = _closed(target_mask, *shape, x.shape[1]), _closed(memory_mask, *shape, memory.shape[1])
        return super().forward(x, memory, tgt_mask=seen, memory_mask=asked)
