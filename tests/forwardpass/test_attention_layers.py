"""The trusted parts of a Transformer are PyTorch's, called as lesson 13 calls its own."""

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from forwardpass import attention_layers, named_modules


def some(*shape):
    return torch.randn(shape, dtype=torch.float64, generator=torch.Generator().manual_seed(len(shape) + sum(shape)))


def test_attention_gives_output_and_weights_and_zeros_for_who_sees_nothing():
    q, k, v = some(2, 3, 4, 5), some(2, 3, 6, 5), some(2, 3, 6, 2)
    mask = torch.ones(4, 6, dtype=torch.bool).tril()
    mask[1] = False
    out, weights = attention_layers.scaled_dot_product_attention(q, k, v, mask)
    torch.testing.assert_close(weights @ v, out)
    torch.testing.assert_close(out, F.scaled_dot_product_attention(q, k, v, attn_mask=mask))
    assert weights[:, :, 1].eq(0).all()


def test_masks_are_true_where_a_key_may_be_seen():
    assert attention_layers.causal_mask(3).tolist() == [[True, False, False], [True, True, False], [True, True, True]]
    assert attention_layers.padding_mask(torch.tensor([[4, 0]])).tolist() == [[[[True, False]]]]


def test_heads_are_pieces_of_neighbours_and_merging_undoes_splitting():
    x = some(2, 3, 6)
    pieces = attention_layers.split_heads(x, 2)
    torch.testing.assert_close(pieces[:, 1], x[:, :, 3:])
    torch.testing.assert_close(attention_layers.merge_heads(pieces), x)


@pytest.mark.parametrize(("length", "d"), [(5, 6), (4, 3), (1, 1), (0, 4)])
def test_positions_are_sines_and_cosines(length, d):
    pe = attention_layers.positional_encoding(length, d)
    assert pe.shape == (length, d)
    for p in range(length):
        angle = torch.tensor(p / 10000.0 ** ((d - 1 - (d - 1) % 2) / d))
        torch.testing.assert_close(pe[p, -1], angle.sin() if d % 2 else angle.cos())


def test_multi_head_attention_is_pytorchs_with_the_same_weights():
    net = named_modules.fill(attention_layers.MultiHeadAttention(6, 3).double())
    theirs = nn.MultiheadAttention(6, 3, batch_first=True).double()
    ours = dict(net.named_parameters())
    with torch.no_grad():
        for part in ("weight", "bias"):
            joined = torch.cat([ours[f"{name}.{part}"] for name in ("query", "key", "value")])
            getattr(theirs, f"in_proj_{part}").copy_(joined)
            getattr(theirs.out_proj, part).copy_(ours[f"out.{part}"])
    x, source = some(2, 3, 6), some(2, 4, 6)
    mask = torch.tensor([True, True, False, True]).expand(2, 1, 1, 4)
    expected, _ = theirs(x, source, source, key_padding_mask=~mask[:, 0, 0])
    torch.testing.assert_close(net(x, source, mask), expected)


def test_the_decoder_layer_sees_neither_the_future_nor_padding():
    layer = attention_layers.DecoderLayer(4, 2, 5).double()
    x, memory = some(1, 3, 4), some(1, 2, 4)
    real, causal = torch.tensor([[[[True, False]]]]), attention_layers.causal_mask(3)
    before = layer(x, memory, causal, real)
    x[:, 2], memory[:, 1] = 9.0, 9.0
    torch.testing.assert_close(layer(x, memory, causal, real)[:, :2], before[:, :2])


def test_the_encoder_layer_sees_no_padding():
    layer = attention_layers.EncoderLayer(4, 2, 5).double()
    x = some(1, 3, 4)
    mask = torch.tensor([[[[True, True, False]]]])
    before = layer(x, mask)
    x[:, 2] = 9.0
    torch.testing.assert_close(layer(x, mask)[:, :2], before[:, :2])


def test_a_run_returns_outputs_and_gradients_under_weights_that_follow_from_names():
    x = some(2, 3)
    (seen,) = named_modules.run(nn.Linear, [{"args": (3, 2), "inputs": (x,), "again": [(2 * x,)]}])
    ours = named_modules.weights(seen["shapes"])
    y = F.linear(x, **ours)
    torch.testing.assert_close(seen["y"], y)
    torch.testing.assert_close(seen["again"][0], F.linear(2 * x, **ours))
    torch.testing.assert_close(seen["grads"]["weight"], named_modules.pull(y).T @ x)
    torch.testing.assert_close(seen["d_inputs"][0], named_modules.pull(y) @ ours["weight"])


def test_what_is_no_tensor_is_named():
    class Pair(nn.Linear):
        def forward(self, x):
            return super().forward(x), None

    (seen,) = named_modules.run(Pair, [{"args": (3, 2), "inputs": (some(2, 3),)}])
    assert seen["kind"] == "tuple"
    assert "y" not in seen
