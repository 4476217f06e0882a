"""The layers that tests hand in agree with sums written out."""

import numpy as np

from forwardpass import conv_layers as layers


def slow_layer(x, w, b, stride, padding):
    x = np.pad(x, [(0, 0), (0, 0), (padding, padding), (padding, padding)])
    f = w.shape[2]
    tops, lefts = range(0, x.shape[2] - f + 1, stride), range(0, x.shape[3] - f + 1, stride)
    return np.array(
        [
            [
                [[(one[:, i : i + f, j : j + f] * k).sum() + c for j in lefts] for i in tops]
                for k, c in zip(w, b, strict=True)
            ]
            for one in x
        ]
    )


def test_a_layer_is_the_sum_over_its_windows():
    rng = np.random.default_rng(0)
    x, w, b = rng.normal(size=(2, 3, 6, 7)), rng.normal(size=(4, 3, 3, 3)), rng.normal(size=4)
    want = slow_layer(x, w, b, 2, 1)
    np.testing.assert_allclose(layers.conv2d_forward(x, w, b, 2, 1), want)
    np.testing.assert_allclose(layers.conv2d_im2col(x, w, b, 2, 1), want)
    rows = layers.im2col(x, 3, 2, 1) @ w.reshape(4, -1).T + b
    np.testing.assert_allclose(rows.reshape(2, 3, 4, 4).transpose(0, 3, 1, 2), want)
    one = layers.conv1x1(x, w[:, :, 0, 0])
    np.testing.assert_allclose(one, np.einsum("kc,nchw->nkhw", w[:, :, 0, 0], x))


def test_filters_of_one_image():
    x, k = np.arange(12.0).reshape(3, 4), np.array([[1.0, 2.0], [3.0, 4.0]])
    np.testing.assert_allclose(layers.cross_correlate2d(x, k)[0, 0], 0 + 2 * 1 + 3 * 4 + 4 * 5)
    np.testing.assert_allclose(layers.convolve2d(x, k)[0, 0], 4 * 0 + 3 * 1 + 2 * 4 + 5)
    np.testing.assert_array_equal(layers.pad2d(x, 2), np.pad(x, 2))


def test_whole_numbers_and_mixed_precision_are_taken():
    x, k = np.arange(12.0).reshape(3, 4), np.array([[1, 2], [3, 4]])
    assert layers.cross_correlate2d(x, k).dtype == np.float64
    np.testing.assert_array_equal(layers.cross_correlate2d(x, k), layers.cross_correlate2d(x, k.astype(float)))
    assert layers.conv2d_forward(x[None, None], k[None, None], np.zeros(1, dtype=int)).shape == (1, 1, 2, 3)
    assert layers.max_pool2d(np.arange(4).reshape(1, 1, 2, 2), 2, 2).tolist() == [[[[3.0]]]]
    assert layers.cross_correlate2d(x.astype(np.float32), np.float32(k)).dtype == np.float32


def test_pooling():
    x = np.arange(18.0).reshape(1, 2, 3, 3)
    np.testing.assert_array_equal(layers.max_pool2d(x, 2, 1)[0, 0], [[4, 5], [7, 8]])
    np.testing.assert_array_equal(layers.avg_pool2d(x, 2, 1)[0, 1], [[11, 12], [14, 15]])
