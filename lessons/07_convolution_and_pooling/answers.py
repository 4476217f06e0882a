"""Wrong answers that the tests of lesson 07 must name, and other right answers that they must accept."""

import numpy as np
import torch

from autograder.planted import alternative, mistake

# pad2d


@mistake("pad2d", named="one side only", name="one side")
def pad2d(x, padding):
    return np.pad(x, [(0, 0)] * (x.ndim - 2) + [(0, padding)] * 2)


@mistake("pad2d", named="left and right only", name="columns only")
def pad2d(x, padding):
    return np.pad(x, [(0, 0)] * (x.ndim - 1) + [(padding, padding)])


@mistake("pad2d", named="above and below only", name="rows only")
def pad2d(x, padding):
    return np.pad(x, [(0, 0)] * (x.ndim - 2) + [(padding, padding), (0, 0)])


@mistake("pad2d", named="repeated the edge", name="edge")
def pad2d(x, padding):
    return np.pad(x, [(0, 0)] * (x.ndim - 2) + [(padding, padding)] * 2, mode="edge")


@mistake("pad2d", named="every axis", name="all axes")
def pad2d(x, padding):
    return np.pad(x, padding)


@mistake("pad2d", named="first two axes", name="first two axes")
def pad2d(x, padding):
    return np.pad(x, [(padding, padding)] * 2 + [(0, 0)] * (x.ndim - 2))


@mistake("pad2d", named="float64", name="precision lost")
def pad2d(x, padding):
    out = np.zeros((*x.shape[:-2], x.shape[-2] + 2 * padding, x.shape[-1] + 2 * padding))
    out[..., padding : padding + x.shape[-2], padding : padding + x.shape[-1]] = x
    return out


@mistake("pad2d", named="nothing of x is left", name="slice ends at -0")
def pad2d(x, padding):
    out = np.zeros((*x.shape[:-2], x.shape[-2] + 2 * padding, x.shape[-1] + 2 * padding), x.dtype)
    if padding:
        out[..., padding:-padding, padding:-padding] = x
    return out


@mistake("pad2d", named="np.pad or a slice", name="slice ends at -0, crashing")
def pad2d(x, padding):
    out = np.zeros((*x.shape[:-2], x.shape[-2] + 2 * padding, x.shape[-1] + 2 * padding), x.dtype)
    out[..., padding:-padding, padding:-padding] = x
    return out


mistake(
    "pad2d",
    named="one pair for each axis",
    name="four pairs for np.pad",
    change=("[(0, 0)] * (x.ndim - 2)", "[(0, 0), (0, 0)]"),
)


@alternative("pad2d", name="frame of zeros")
def pad2d(x, padding):
    h, w = x.shape[-2:]
    out = np.zeros((*x.shape[:-2], h + 2 * padding, w + 2 * padding), dtype=x.dtype)
    out[..., padding : padding + h, padding : padding + w] = x
    return out


@alternative("pad2d", name="glue strips")
def pad2d(x, padding):
    side = np.zeros((*x.shape[:-1], padding), dtype=x.dtype)
    x = np.concatenate([side, x, side], axis=-1)
    strip = np.zeros((*x.shape[:-2], padding, x.shape[-1]), dtype=x.dtype)
    return np.concatenate([strip, x, strip], axis=-2)


# cross-correlate2d


@mistake("cross-correlate2d", named="turned the filter", name="filter turned")
def cross_correlate2d(x, k):
    h, w = k.shape
    out = np.empty((x.shape[0] - h + 1, x.shape[1] - w + 1))
    for i, j in np.ndindex(out.shape):
        out[i, j] = (x[i : i + h, j : j + w] * k[::-1, ::-1]).sum()
    return out


@mistake("cross-correlate2d", named="upside down", name="rows flipped")
def cross_correlate2d(x, k):
    h, w = k.shape
    out = np.empty((x.shape[0] - h + 1, x.shape[1] - w + 1))
    for i, j in np.ndindex(out.shape):
        out[i, j] = (x[i : i + h, j : j + w] * k[::-1]).sum()
    return out


@mistake("cross-correlate2d", named="left to right", name="columns flipped")
def cross_correlate2d(x, k):
    h, w = k.shape
    out = np.empty((x.shape[0] - h + 1, x.shape[1] - w + 1))
    for i, j in np.ndindex(out.shape):
        out[i, j] = (x[i : i + h, j : j + w] * k[:, ::-1]).sum()
    return out


@mistake("cross-correlate2d", named="transposed the filter", name="filter transposed")
def cross_correlate2d(x, k):
    k = k.T
    h, w = k.shape
    out = np.empty((x.shape[0] - h + 1, x.shape[1] - w + 1))
    for i, j in np.ndindex(out.shape):
        out[i, j] = (x[i : i + h, j : j + w] * k).sum()
    return out


@mistake("cross-correlate2d", named="plus one", name="one window short")
def cross_correlate2d(x, k):
    h, w = k.shape
    out = np.empty((x.shape[0] - h, x.shape[1] - w))
    for i, j in np.ndindex(out.shape):
        out[i, j] = (x[i : i + h, j : j + w] * k).sum()
    return out


@mistake("cross-correlate2d", named="mean of the products", name="mean")
def cross_correlate2d(x, k):
    h, w = k.shape
    out = np.empty((x.shape[0] - h + 1, x.shape[1] - w + 1))
    for i, j in np.ndindex(out.shape):
        out[i, j] = (x[i : i + h, j : j + w] * k).mean()
    return out


@mistake("cross-correlate2d", named="added up to one number", name="matrix product summed")
def cross_correlate2d(x, k):
    h, w = k.shape
    out = np.empty((x.shape[0] - h + 1, x.shape[1] - w + 1))
    for i, j in np.ndindex(out.shape):
        out[i, j] = (x[i : i + h, j : j + w] @ k.T).sum()
    return out


@mistake("cross-correlate2d", named="keep the size", name="padded")
def cross_correlate2d(x, k):
    h, w = k.shape
    out = np.empty(x.shape)
    x = np.pad(x, [((h - 1) // 2, h // 2), ((w - 1) // 2, w // 2)])
    for i, j in np.ndindex(out.shape):
        out[i, j] = (x[i : i + h, j : j + w] * k).sum()
    return out


@mistake("cross-correlate2d", named="side by side", name="windows side by side")
def cross_correlate2d(x, k):
    h, w = k.shape
    out = np.empty((x.shape[0] // h, x.shape[1] // w))
    for i, j in np.ndindex(out.shape):
        out[i, j] = (x[i * h : i * h + h, j * w : j * w + w] * k).sum()
    return out


@mistake("cross-correlate2d", named="height for both", name="square filter assumed")
def cross_correlate2d(x, k):
    f = k.shape[0]
    out = np.empty((x.shape[0] - f + 1, x.shape[1] - f + 1))
    for i, j in np.ndindex(out.shape):
        out[i, j] = (x[i : i + f, j : j + f] * k[:, :f]).sum()
    return out


@mistake("cross-correlate2d", named="columns with its width", name="square filter assumed, crashing")
def cross_correlate2d(x, k):
    f = k.shape[0]
    out = np.empty((x.shape[0] - f + 1, x.shape[1] - f + 1))
    for i, j in np.ndindex(out.shape):
        out[i, j] = (x[i : i + f, j : j + f] * k).sum()
    return out


mistake(
    "cross-correlate2d",
    named="columns with its width",
    name="height and width of the answer swapped",
    change=("x.shape[0] - height + 1, x.shape[1] - width + 1", "x.shape[0] - width + 1, x.shape[1] - height + 1"),
)

mistake(
    "cross-correlate2d",
    named="one number for each cell",
    name="matrix product, not added up",
    change=("(x[i : i + height, j : j + width] * k).sum()", "x[i : i + height, j : j + width] @ k"),
)


@alternative("cross-correlate2d", name="four loops")
def cross_correlate2d(x, k):
    out = np.zeros((len(x) - len(k) + 1, len(x[0]) - len(k[0]) + 1))
    for i in range(len(out)):
        for j in range(len(out[0])):
            for a in range(len(k)):
                for b in range(len(k[0])):
                    out[i, j] += x[i + a, j + b] * k[a, b]
    return out


@alternative("cross-correlate2d", name="shifted images")
def cross_correlate2d(x, k):
    h, w = x.shape[0] - k.shape[0] + 1, x.shape[1] - k.shape[1] + 1
    return sum(k[a, b] * x[a : a + h, b : b + w] for a, b in np.ndindex(k.shape))


@alternative("cross-correlate2d", name="views and einsum")
def cross_correlate2d(x, k):
    return np.einsum("ijab,ab->ij", np.lib.stride_tricks.sliding_window_view(x, k.shape), k)


# flip-difference

mistake("flip-difference", named="same from behind", source='changed_by_turning = "box"')

mistake("flip-difference", named="centre of the Laplacian", source='changed_by_turning = "Laplacian"')

mistake("flip-difference", named="same on both sides", source='changed_by_turning = "Gaussian"')

# convolve2d


@mistake("convolve2d", named="did not turn", name="no flip")
def convolve2d(x, k):
    return cross_correlate2d(x, k)


@mistake("convolve2d", named="rows only", name="rows flipped only")
def convolve2d(x, k):
    return cross_correlate2d(x, k[::-1])


@mistake("convolve2d", named="columns only", name="columns flipped only")
def convolve2d(x, k):
    return cross_correlate2d(x, k[:, ::-1])


@mistake("convolve2d", named="turned the image", name="image flipped")
def convolve2d(x, k):
    return cross_correlate2d(x[::-1, ::-1], k)


@mistake("convolve2d", named="turned both", name="both flipped")
def convolve2d(x, k):
    return cross_correlate2d(x[::-1, ::-1], k[::-1, ::-1])


@mistake("convolve2d", named="or the answer", name="answer flipped")
def convolve2d(x, k):
    return cross_correlate2d(x, k)[::-1, ::-1]


@mistake("convolve2d", named="transposed", name="transposed")
def convolve2d(x, k):
    return cross_correlate2d(x, k.T)


@mistake("convolve2d", named="quarter", name="quarter turn")
def convolve2d(x, k):
    return cross_correlate2d(x, np.rot90(k))


@mistake("convolve2d", named="became negative", name="the formula, wrapping")
def convolve2d(x, k):
    out = np.zeros((x.shape[0] - k.shape[0] + 1, x.shape[1] - k.shape[1] + 1))
    for (i, j), (u, v) in ((p, q) for p in np.ndindex(out.shape) for q in np.ndindex(k.shape)):
        out[i, j] += k[u, v] * x[i - u, j - v]
    return out


@mistake("convolve2d", named="zeros outside", name="the formula, zeros outside")
def convolve2d(x, k):
    out = np.zeros((x.shape[0] - k.shape[0] + 1, x.shape[1] - k.shape[1] + 1))
    for (i, j), (u, v) in ((p, q) for p in np.ndindex(out.shape) for q in np.ndindex(k.shape)):
        if i >= u and j >= v:
            out[i, j] += k[u, v] * x[i - u, j - v]
    return out


@mistake("convolve2d", named="changed places in your call", name="x and k swapped")
def convolve2d(x, k):
    return cross_correlate2d(k[::-1, ::-1], x)


@alternative("convolve2d", name="half a turn")
def convolve2d(x, k):
    return cross_correlate2d(x, np.rot90(k, 2))


@alternative("convolve2d", name="by the definition")
def convolve2d(x, k):
    h, w = k.shape
    out = np.zeros((x.shape[0] - h + 1, x.shape[1] - w + 1))
    for (i, j), (a, b) in ((p, q) for p in np.ndindex(out.shape) for q in np.ndindex(k.shape)):
        out[i, j] += k[a, b] * x[i + h - 1 - a, j + w - 1 - b]
    return out


@alternative("convolve2d", name="image turned, answer turned back")
def convolve2d(x, k):
    return np.flip(cross_correlate2d(np.flip(x), k))


# edge-image


@mistake("edge-image", named="left out the root", name="no root")
def edge_image(photo):
    laplacian = np.array([[0.0, 1.0, 0.0], [1.0, -4.0, 1.0], [0.0, 1.0, 0.0]])
    across = np.array([[-1.0, 0.0, 1.0], [-2.0, 0.0, 2.0], [-1.0, 0.0, 1.0]])
    second = cross_correlate2d(photo, laplacian)
    gx, gy = cross_correlate2d(photo, across), cross_correlate2d(photo, across.T)
    return second, gx**2 + gy**2


@mistake("edge-image", named="added the absolute values", name="absolute values")
def edge_image(photo):
    laplacian = np.array([[0.0, 1.0, 0.0], [1.0, -4.0, 1.0], [0.0, 1.0, 0.0]])
    across = np.array([[-1.0, 0.0, 1.0], [-2.0, 0.0, 2.0], [-1.0, 0.0, 1.0]])
    second = cross_correlate2d(photo, laplacian)
    gx, gy = cross_correlate2d(photo, across), cross_correlate2d(photo, across.T)
    return second, abs(gx) + abs(gy)


@mistake("edge-image", named="across alone", name="one direction")
def edge_image(photo):
    laplacian = np.array([[0.0, 1.0, 0.0], [1.0, -4.0, 1.0], [0.0, 1.0, 0.0]])
    across = np.array([[-1.0, 0.0, 1.0], [-2.0, 0.0, 2.0], [-1.0, 0.0, 1.0]])
    second = cross_correlate2d(photo, laplacian)
    gx, _gy = cross_correlate2d(photo, across), cross_correlate2d(photo, across.T)
    return second, abs(gx)


@mistake("edge-image", named="measure the slope across", name="not transposed")
def edge_image(photo):
    laplacian = np.array([[0.0, 1.0, 0.0], [1.0, -4.0, 1.0], [0.0, 1.0, 0.0]])
    across = np.array([[-1.0, 0.0, 1.0], [-2.0, 0.0, 2.0], [-1.0, 0.0, 1.0]])
    second = cross_correlate2d(photo, laplacian)
    gx, gy = cross_correlate2d(photo, across), cross_correlate2d(photo, across)
    return second, np.sqrt(gx**2 + gy**2)


@mistake("edge-image", named="added the two answers", name="plain sum")
def edge_image(photo):
    laplacian = np.array([[0.0, 1.0, 0.0], [1.0, -4.0, 1.0], [0.0, 1.0, 0.0]])
    across = np.array([[-1.0, 0.0, 1.0], [-2.0, 0.0, 2.0], [-1.0, 0.0, 1.0]])
    second = cross_correlate2d(photo, laplacian)
    gx, gy = cross_correlate2d(photo, across), cross_correlate2d(photo, across.T)
    return second, gx + gy


@mistake("edge-image", named="Prewitt", name="twos forgotten")
def edge_image(photo):
    laplacian = np.array([[0.0, 1.0, 0.0], [1.0, -4.0, 1.0], [0.0, 1.0, 0.0]])
    across = np.array([[-1.0, 0.0, 1.0], [-1.0, 0.0, 1.0], [-1.0, 0.0, 1.0]])
    second = cross_correlate2d(photo, laplacian)
    gx, gy = cross_correlate2d(photo, across), cross_correlate2d(photo, across.T)
    return second, np.sqrt(gx**2 + gy**2)


@mistake("edge-image", named="+4", name="sign of the Laplacian")
def edge_image(photo):
    laplacian = np.array([[0.0, 1.0, 0.0], [1.0, 4.0, 1.0], [0.0, 1.0, 0.0]])
    across = np.array([[-1.0, 0.0, 1.0], [-2.0, 0.0, 2.0], [-1.0, 0.0, 1.0]])
    second = cross_correlate2d(photo, laplacian)
    gx, gy = cross_correlate2d(photo, across), cross_correlate2d(photo, across.T)
    return second, np.sqrt(gx**2 + gy**2)


@mistake("edge-image", named="sign was turned", name="negative Laplacian")
def edge_image(photo):
    laplacian = np.array([[0.0, 1.0, 0.0], [1.0, -4.0, 1.0], [0.0, 1.0, 0.0]])
    across = np.array([[-1.0, 0.0, 1.0], [-2.0, 0.0, 2.0], [-1.0, 0.0, 1.0]])
    second = cross_correlate2d(photo, laplacian)
    gx, gy = cross_correlate2d(photo, across), cross_correlate2d(photo, across.T)
    return -second, np.sqrt(gx**2 + gy**2)


@mistake("edge-image", named="eight neighbours", name="eight neighbours")
def edge_image(photo):
    laplacian = np.array([[1.0, 1.0, 1.0], [1.0, -8.0, 1.0], [1.0, 1.0, 1.0]])
    across = np.array([[-1.0, 0.0, 1.0], [-2.0, 0.0, 2.0], [-1.0, 0.0, 1.0]])
    second = cross_correlate2d(photo, laplacian)
    gx, gy = cross_correlate2d(photo, across), cross_correlate2d(photo, across.T)
    return second, np.sqrt(gx**2 + gy**2)


@mistake("edge-image", named="took the size of the Laplacian", name="absolute Laplacian")
def edge_image(photo):
    laplacian = np.array([[0.0, 1.0, 0.0], [1.0, -4.0, 1.0], [0.0, 1.0, 0.0]])
    across = np.array([[-1.0, 0.0, 1.0], [-2.0, 0.0, 2.0], [-1.0, 0.0, 1.0]])
    second = cross_correlate2d(photo, laplacian)
    gx, gy = cross_correlate2d(photo, across), cross_correlate2d(photo, across.T)
    return abs(second), np.sqrt(gx**2 + gy**2)


@mistake("edge-image", named="cut off the negative", name="negative cut")
def edge_image(photo):
    laplacian = np.array([[0.0, 1.0, 0.0], [1.0, -4.0, 1.0], [0.0, 1.0, 0.0]])
    across = np.array([[-1.0, 0.0, 1.0], [-2.0, 0.0, 2.0], [-1.0, 0.0, 1.0]])
    second = cross_correlate2d(photo, laplacian)
    gx, gy = cross_correlate2d(photo, across), cross_correlate2d(photo, across.T)
    return second.clip(0), np.sqrt(gx**2 + gy**2)


@mistake("edge-image", named="padded the photograph", name="padded")
def edge_image(photo):
    laplacian = np.array([[0.0, 1.0, 0.0], [1.0, -4.0, 1.0], [0.0, 1.0, 0.0]])
    across = np.array([[-1.0, 0.0, 1.0], [-2.0, 0.0, 2.0], [-1.0, 0.0, 1.0]])
    photo = np.pad(photo, 1)
    second = cross_correlate2d(photo, laplacian)
    gx, gy = cross_correlate2d(photo, across), cross_correlate2d(photo, across.T)
    return second, np.sqrt(gx**2 + gy**2)


@mistake("edge-image", named="changed places", name="order")
def edge_image(photo):
    laplacian = np.array([[0.0, 1.0, 0.0], [1.0, -4.0, 1.0], [0.0, 1.0, 0.0]])
    across = np.array([[-1.0, 0.0, 1.0], [-2.0, 0.0, 2.0], [-1.0, 0.0, 1.0]])
    second = cross_correlate2d(photo, laplacian)
    gx, gy = cross_correlate2d(photo, across), cross_correlate2d(photo, across.T)
    return np.sqrt(gx**2 + gy**2), second


mistake(
    "edge-image",
    named="measure the slope across",
    name="rows reversed instead of transposed",
    change=("sobel.T", "sobel[::-1]"),
)

mistake(
    "edge-image",
    named="you returned one array",
    name="both stacked",
    change=("return cross_correlate2d(photo, laplacian), np.sqrt(gx**2 + gy**2)",
            "return np.array([cross_correlate2d(photo, laplacian), np.sqrt(gx**2 + gy**2)])"),
)

alternative(
    "edge-image",
    name="slices",
    source="""
def edge_image(photo):
    u, d, l, r = photo[:-2, 1:-1], photo[2:, 1:-1], photo[1:-1, :-2], photo[1:-1, 2:]
    smooth_rows = photo[:-2] + 2 * photo[1:-1] + photo[2:]
    smooth_columns = photo[:, :-2] + 2 * photo[:, 1:-1] + photo[:, 2:]
    gx, gy = smooth_rows[:, 2:] - smooth_rows[:, :-2], smooth_columns[2:] - smooth_columns[:-2]
    return [u + d + l + r - 4 * photo[1:-1, 1:-1], np.hypot(gx, gy)]
""",
)

alternative(
    "edge-image",
    name="as true convolutions",
    source="""
def edge_image(photo):
    sobel = np.outer([1.0, 2.0, 1.0], [1.0, 0.0, -1.0])
    laplacian = np.zeros((3, 3))
    laplacian[1] = laplacian[:, 1] = 1
    laplacian[1, 1] = -4
    return convolve2d(photo, laplacian), abs(convolve2d(photo, sobel) + 1j * convolve2d(photo, sobel.T))
""",
)

@alternative("edge-image", name="filters of whole numbers")
def edge_image(photo):
    laplacian = np.array([[0, 1, 0], [1, -4, 1], [0, 1, 0]])
    sobel = np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]])
    across, down = cross_correlate2d(photo, sobel), cross_correlate2d(photo, sobel.T)
    return cross_correlate2d(photo, laplacian), (across**2 + down**2) ** 0.5


# conv2d-forward


@mistake("conv2d-forward", named="first channel alone", name="only channel 0")
def conv2d_forward(x, w, b, stride=1, padding=0):
    f = w.shape[2]
    x = pad2d(x, padding)
    n, _depth, height, width = x.shape
    out = np.empty((n, len(w), (height - f) // stride + 1, (width - f) // stride + 1))
    for image, k, i, j in np.ndindex(out.shape):
        top, left = i * stride, j * stride
        window = x[image, :, top : top + f, left : left + f]
        out[image, k, i, j] = (window[0] * w[k, 0]).sum() + b[k]
    return out


@mistake("conv2d-forward", named="last channel alone", name="only the last channel")
def conv2d_forward(x, w, b, stride=1, padding=0):
    f = w.shape[2]
    x = pad2d(x, padding)
    n, _depth, height, width = x.shape
    out = np.empty((n, len(w), (height - f) // stride + 1, (width - f) // stride + 1))
    for image, k, i, j in np.ndindex(out.shape):
        top, left = i * stride, j * stride
        window = x[image, :, top : top + f, left : left + f]
        out[image, k, i, j] = (window[-1] * w[k, -1]).sum() + b[k]
    return out


@mistake("conv2d-forward", named="did not add up the channels", name="a map for each channel")
def conv2d_forward(x, w, b, stride=1, padding=0):
    f = w.shape[2]
    x = pad2d(x, padding)
    n, depth, height, width = x.shape
    out = np.empty((n, len(w), depth, (height - f) // stride + 1, (width - f) // stride + 1))
    for image, k, c, i, j in np.ndindex(out.shape):
        top, left = i * stride, j * stride
        window = x[image, c, top : top + f, left : left + f]
        out[image, k, c, i, j] = (window * w[k, c]).sum() + b[k]
    return out


@mistake("conv2d-forward", named="for every channel", name="bias for each channel")
def conv2d_forward(x, w, b, stride=1, padding=0):
    f = w.shape[2]
    x = pad2d(x, padding)
    n, depth, height, width = x.shape
    out = np.empty((n, len(w), (height - f) // stride + 1, (width - f) // stride + 1))
    for image, k, i, j in np.ndindex(out.shape):
        top, left = i * stride, j * stride
        window = x[image, :, top : top + f, left : left + f]
        out[image, k, i, j] = (window * w[k]).sum() + depth * b[k]
    return out


@mistake("conv2d-forward", named="left out the bias", name="no bias")
def conv2d_forward(x, w, b, stride=1, padding=0):
    f = w.shape[2]
    x = pad2d(x, padding)
    n, _depth, height, width = x.shape
    out = np.empty((n, len(w), (height - f) // stride + 1, (width - f) // stride + 1))
    for image, k, i, j in np.ndindex(out.shape):
        top, left = i * stride, j * stride
        window = x[image, :, top : top + f, left : left + f]
        out[image, k, i, j] = (window * w[k]).sum()
    return out


@mistake("conv2d-forward", named="first bias", name="first bias for all")
def conv2d_forward(x, w, b, stride=1, padding=0):
    f = w.shape[2]
    x = pad2d(x, padding)
    n, _depth, height, width = x.shape
    out = np.empty((n, len(w), (height - f) // stride + 1, (width - f) // stride + 1))
    for image, k, i, j in np.ndindex(out.shape):
        top, left = i * stride, j * stride
        window = x[image, :, top : top + f, left : left + f]
        out[image, k, i, j] = (window * w[k]).sum() + b[0]
    return out


@mistake("conv2d-forward", named="down the rows only", name="stride on rows only")
def conv2d_forward(x, w, b, stride=1, padding=0):
    f = w.shape[2]
    x = pad2d(x, padding)
    n, _depth, height, width = x.shape
    out = np.empty((n, len(w), (height - f) // stride + 1, width - f + 1))
    for image, k, i, j in np.ndindex(out.shape):
        top, left = i * stride, j
        window = x[image, :, top : top + f, left : left + f]
        out[image, k, i, j] = (window * w[k]).sum() + b[k]
    return out


@mistake("conv2d-forward", named="along the columns only", name="stride on columns only")
def conv2d_forward(x, w, b, stride=1, padding=0):
    f = w.shape[2]
    x = pad2d(x, padding)
    n, _depth, height, width = x.shape
    out = np.empty((n, len(w), height - f + 1, (width - f) // stride + 1))
    for image, k, i, j in np.ndindex(out.shape):
        top, left = i, j * stride
        window = x[image, :, top : top + f, left : left + f]
        out[image, k, i, j] = (window * w[k]).sum() + b[k]
    return out


@mistake("conv2d-forward", named="ignored the stride", name="stride ignored")
def conv2d_forward(x, w, b, stride=1, padding=0):
    f = w.shape[2]
    x = pad2d(x, padding)
    n, _depth, height, width = x.shape
    out = np.empty((n, len(w), height - f + 1, width - f + 1))
    for image, k, i, j in np.ndindex(out.shape):
        top, left = i, j
        window = x[image, :, top : top + f, left : left + f]
        out[image, k, i, j] = (window * w[k]).sum() + b[k]
    return out


@mistake("conv2d-forward", named="moved the window by one pixel", name="size right, steps wrong")
def conv2d_forward(x, w, b, stride=1, padding=0):
    f = w.shape[2]
    x = pad2d(x, padding)
    n, _depth, height, width = x.shape
    out = np.empty((n, len(w), (height - f) // stride + 1, (width - f) // stride + 1))
    for image, k, i, j in np.ndindex(out.shape):
        top, left = i, j
        window = x[image, :, top : top + f, left : left + f]
        out[image, k, i, j] = (window * w[k]).sum() + b[k]
    return out


@mistake("conv2d-forward", named="ignored the padding", name="no padding")
def conv2d_forward(x, w, b, stride=1, padding=0):
    f = w.shape[2]
    pass
    n, _depth, height, width = x.shape
    out = np.empty((n, len(w), (height - f) // stride + 1, (width - f) // stride + 1))
    for image, k, i, j in np.ndindex(out.shape):
        top, left = i * stride, j * stride
        window = x[image, :, top : top + f, left : left + f]
        out[image, k, i, j] = (window * w[k]).sum() + b[k]
    return out


@mistake("conv2d-forward", named="turned the filter", name="true convolution")
def conv2d_forward(x, w, b, stride=1, padding=0):
    f = w.shape[2]
    x = pad2d(x, padding)
    n, _depth, height, width = x.shape
    out = np.empty((n, len(w), (height - f) // stride + 1, (width - f) // stride + 1))
    for image, k, i, j in np.ndindex(out.shape):
        top, left = i * stride, j * stride
        window = x[image, :, top : top + f, left : left + f]
        out[image, k, i, j] = (window * w[k, :, ::-1, ::-1]).sum() + b[k]
    return out


@mistake("conv2d-forward", named="turned the filter", name="true convolution, channels turned too")
def conv2d_forward(x, w, b, stride=1, padding=0):
    f = w.shape[2]
    x = pad2d(x, padding)
    n, _depth, height, width = x.shape
    out = np.empty((n, len(w), (height - f) // stride + 1, (width - f) // stride + 1))
    for image, k, i, j in np.ndindex(out.shape):
        top, left = i * stride, j * stride
        window = x[image, :, top : top + f, left : left + f]
        out[image, k, i, j] = (window * np.flip(w[k])).sum() + b[k]
    return out


@mistake("conv2d-forward", named="first image", name="first image for all")
def conv2d_forward(x, w, b, stride=1, padding=0):
    f = w.shape[2]
    x = pad2d(x, padding)
    n, _depth, height, width = x.shape
    out = np.empty((n, len(w), (height - f) // stride + 1, (width - f) // stride + 1))
    for image, k, i, j in np.ndindex(out.shape):
        top, left = i * stride, j * stride
        window = x[0, :, top : top + f, left : left + f]
        out[image, k, i, j] = (window * w[k]).sum() + b[k]
    return out


@mistake("conv2d-forward", named="channels last", name="channels last")
def conv2d_forward(x, w, b, stride=1, padding=0):
    f = w.shape[2]
    x = pad2d(x, padding)
    n, _depth, height, width = x.shape
    out = np.empty((n, len(w), (height - f) // stride + 1, (width - f) // stride + 1))
    for image, k, i, j in np.ndindex(out.shape):
        top, left = i * stride, j * stride
        window = x[image, :, top : top + f, left : left + f]
        out[image, k, i, j] = (window * w[k]).sum() + b[k]
    return out.transpose(0, 2, 3, 1)


@mistake("conv2d-forward", named="height for both", name="square image assumed")
def conv2d_forward(x, w, b, stride=1, padding=0):
    f = w.shape[2]
    x = pad2d(x, padding)
    n, _depth, height, _width = x.shape
    out = np.empty((n, len(w), (height - f) // stride + 1, (height - f) // stride + 1))
    for image, k, i, j in np.ndindex(out.shape):
        top, left = i * stride, j * stride
        window = x[image, :, top : top + f, left : left + f]
        out[image, k, i, j] = (window * w[k]).sum() + b[k]
    return out


@mistake("conv2d-forward", named="mean", name="mean over the window")
def conv2d_forward(x, w, b, stride=1, padding=0):
    f = w.shape[2]
    x = pad2d(x, padding)
    n, _depth, height, width = x.shape
    out = np.empty((n, len(w), (height - f) // stride + 1, (width - f) // stride + 1))
    for image, k, i, j in np.ndindex(out.shape):
        top, left = i * stride, j * stride
        window = x[image, :, top : top + f, left : left + f]
        out[image, k, i, j] = (window * w[k]).mean() + b[k]
    return out


mistake(
    "conv2d-forward", named="axis of the channels", name="F from the channels", change=("f = w.shape[2]", "f = w.shape[1]")
)

mistake(
    "conv2d-forward",
    named="plus one comes after",
    name="plus one before the division",
    change=("(height - f) // stride + 1, (width - f) // stride + 1", "(height - f + 1) // stride, (width - f + 1) // stride"),
)

mistake(
    "conv2d-forward",
    named="your window ends at i + F",
    name="end of the window without the stride",
    change=("top : top + f, left : left + f", "top : i + f, left : j + f"),
)

mistake(
    "conv2d-forward",
    named="on the bare image",
    name="size of the bare image",
    change=("x = pad2d(x, padding)\n    n, _, height, width = x.shape", "n, _, height, width = x.shape\n    x = pad2d(x, padding)"),
)

mistake(
    "conv2d-forward",
    named="on the right and below only",
    name="padded after only",
    change=("pad2d(x, padding)", "np.pad(x, [(0, 0)] * 2 + [(0, padding)] * 2)"),
)

mistake(
    "conv2d-forward",
    named="on the left and above only",
    name="padded before only",
    change=("pad2d(x, padding)", "np.pad(x, [(0, 0)] * 2 + [(padding, 0)] * 2)"),
)


@alternative("conv2d-forward", name="from one-channel answers")
def conv2d_forward(x, w, b, stride=1, padding=0):
    x = pad2d(x, padding)
    maps = [[sum(cross_correlate2d(c, k) for c, k in zip(one, filt)) + bias for filt, bias in zip(w, b)] for one in x]
    return np.array(maps)[:, :, ::stride, ::stride]


@alternative("conv2d-forward", name="all images and filters at once")
def conv2d_forward(x, w, b, stride=1, padding=0):
    (n, _, h, v), (k, _, f, _) = x.shape, w.shape
    padded = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    rows, columns = range(0, h + 2 * padding - f + 1, stride), range(0, v + 2 * padding - f + 1, stride)
    out = np.zeros((n, k, len(rows), len(columns)))
    for i, top in enumerate(rows):
        for j, left in enumerate(columns):
            out[:, :, i, j] = (
                np.tensordot(padded[:, :, top : top + f, left : left + f], w, axes=([1, 2, 3], [1, 2, 3])) + b
            )
    return out


@alternative("conv2d-forward", name="views")
def conv2d_forward(x, w, b, stride=1, padding=0):
    views = np.lib.stride_tricks.sliding_window_view(pad2d(x, padding), w.shape[2:], axis=(2, 3))[
        :, :, ::stride, ::stride
    ]
    return np.einsum("ncijab,kcab->nkij", views, w) + b[:, None, None]


# im2col


@mistake("im2col", named="without moving the axes", name="reshape without transpose")
def im2col(x, f, stride=1, padding=0):
    padded = pad2d(x, padding)
    views = np.lib.stride_tricks.sliding_window_view(padded, (f, f), axis=(2, 3))[:, :, ::stride, ::stride]
    return views.reshape(-1, x.shape[1] * f * f)


@mistake("im2col", named="transposed", name="one column for each window")
def im2col(x, f, stride=1, padding=0):
    padded = pad2d(x, padding)
    views = np.lib.stride_tricks.sliding_window_view(padded, (f, f), axis=(2, 3))[:, :, ::stride, ::stride]
    return views.transpose(0, 2, 3, 1, 4, 5).reshape(-1, x.shape[1] * f * f).T


@mistake("im2col", named="channel varies fastest", name="channels last in a row")
def im2col(x, f, stride=1, padding=0):
    padded = pad2d(x, padding)
    views = np.lib.stride_tricks.sliding_window_view(padded, (f, f), axis=(2, 3))[:, :, ::stride, ::stride]
    return views.transpose(0, 2, 3, 4, 5, 1).reshape(-1, x.shape[1] * f * f)


@mistake("im2col", named="inside the window changed places", name="window transposed")
def im2col(x, f, stride=1, padding=0):
    padded = pad2d(x, padding)
    views = np.lib.stride_tricks.sliding_window_view(padded, (f, f), axis=(2, 3))[:, :, ::stride, ::stride]
    return views.transpose(0, 2, 3, 1, 5, 4).reshape(-1, x.shape[1] * f * f)


@mistake("im2col", named="down the columns", name="windows column by column")
def im2col(x, f, stride=1, padding=0):
    padded = pad2d(x, padding)
    views = np.lib.stride_tricks.sliding_window_view(padded, (f, f), axis=(2, 3))[:, :, ::stride, ::stride]
    return views.transpose(0, 3, 2, 1, 4, 5).reshape(-1, x.shape[1] * f * f)


@mistake("im2col", named="images vary fastest", name="images last")
def im2col(x, f, stride=1, padding=0):
    padded = pad2d(x, padding)
    views = np.lib.stride_tricks.sliding_window_view(padded, (f, f), axis=(2, 3))[:, :, ::stride, ::stride]
    return views.transpose(2, 3, 0, 1, 4, 5).reshape(-1, x.shape[1] * f * f)


@mistake("im2col", named="ignored the stride", name="stride ignored")
def im2col(x, f, stride=1, padding=0):
    padded = pad2d(x, padding)
    views = np.lib.stride_tricks.sliding_window_view(padded, (f, f), axis=(2, 3))
    return views.transpose(0, 2, 3, 1, 4, 5).reshape(-1, x.shape[1] * f * f)


@mistake("im2col", named="one axis only", name="stride on rows only")
def im2col(x, f, stride=1, padding=0):
    padded = pad2d(x, padding)
    views = np.lib.stride_tricks.sliding_window_view(padded, (f, f), axis=(2, 3))[:, :, ::stride]
    return views.transpose(0, 2, 3, 1, 4, 5).reshape(-1, x.shape[1] * f * f)


@mistake("im2col", named="ignored the padding", name="padding ignored")
def im2col(x, f, stride=1, padding=0):
    padded = x
    views = np.lib.stride_tricks.sliding_window_view(padded, (f, f), axis=(2, 3))[:, :, ::stride, ::stride]
    return views.transpose(0, 2, 3, 1, 4, 5).reshape(-1, x.shape[1] * f * f)


@mistake("im2col", named="row for each channel", name="channels in rows of their own")
def im2col(x, f, stride=1, padding=0):
    padded = pad2d(x, padding)
    views = np.lib.stride_tricks.sliding_window_view(padded, (f, f), axis=(2, 3))[:, :, ::stride, ::stride]
    return views.transpose(0, 2, 3, 1, 4, 5).reshape(-1, f * f)


@mistake("im2col", named="loop over the positions", name="a loop over positions")
def im2col(x, f, stride=1, padding=0):
    x = pad2d(x, padding)
    tops, lefts = range(0, x.shape[2] - f + 1, stride), range(0, x.shape[3] - f + 1, stride)
    return np.array([one[:, i : i + f, j : j + f].ravel() for one in x for i in tops for j in lefts])


mistake(
    "im2col",
    named="stride inside the windows",
    name="stride on the last two axes",
    change=("windows[:, :, ::stride, ::stride]", "windows[..., ::stride, ::stride]"),
)


@mistake("im2col", named="loop over the positions", name="a loop over rows of places")
def im2col(x, f, stride=1, padding=0):
    views = np.lib.stride_tricks.sliding_window_view(pad2d(x, padding), (f, f), axis=(2, 3))[:, :, ::stride, ::stride]
    rows = []
    for image in views:
        for i in range(views.shape[2]):
            rows.append(image[:, i].swapaxes(0, 1).reshape(-1, x.shape[1] * f * f))
    return np.concatenate(rows)


@alternative("im2col", name="a loop over channels and cells")
def im2col(x, f, stride=1, padding=0):
    x = pad2d(x, padding)
    height, width = (x.shape[2] - f) // stride + 1, (x.shape[3] - f) // stride + 1
    columns = []
    for c in range(x.shape[1]):
        for a in range(f):
            for b in range(f):
                last_row, last_column = a + stride * height, b + stride * width
                columns.append(x[:, c, a:last_row:stride, b:last_column:stride].ravel())
    return np.stack(columns, axis=1)


@alternative("im2col", name="a loop over the cells of the filter")
def im2col(x, f, stride=1, padding=0):
    x = pad2d(x, padding)
    n, c, h, w = x.shape
    height, width = (h - f) // stride + 1, (w - f) // stride + 1
    out = np.empty((n, height, width, c, f, f), x.dtype)
    for a in range(f):
        for b in range(f):
            cells = x[:, :, a : a + stride * height : stride, b : b + stride * width : stride]
            out[..., a, b] = np.moveaxis(cells, 1, -1)
    return out.reshape(n * height * width, -1)


@alternative("im2col", name="index arrays")
def im2col(x, f, stride=1, padding=0):
    x = pad2d(x, padding)
    _n, c, h, w = x.shape
    i = np.arange(0, h - f + 1, stride)[:, None, None, None, None] + np.arange(f)[:, None]
    j = np.arange(0, w - f + 1, stride)[:, None, None, None] + np.arange(f)
    windows = x[:, np.arange(c)[:, None, None], i, j]
    return windows.reshape(-1, c * f * f)


# conv2d-im2col


@mistake("conv2d-im2col", named="straight into", name="reshape without transpose")
def conv2d_im2col(x, w, b, stride=1, padding=0):
    f = w.shape[2]
    height = (x.shape[2] + 2 * padding - f) // stride + 1
    width = (x.shape[3] + 2 * padding - f) // stride + 1
    out = im2col(x, f, stride, padding) @ w.reshape(len(w), -1).T + b
    return out.reshape(len(x), len(w), height, width)


@mistake("conv2d-im2col", named="channels last", name="channels last")
def conv2d_im2col(x, w, b, stride=1, padding=0):
    f = w.shape[2]
    height = (x.shape[2] + 2 * padding - f) // stride + 1
    width = (x.shape[3] + 2 * padding - f) // stride + 1
    out = im2col(x, f, stride, padding) @ w.reshape(len(w), -1).T + b
    return out.reshape(len(x), height, width, len(w))


@mistake("conv2d-im2col", named="left out the bias", name="no bias")
def conv2d_im2col(x, w, b, stride=1, padding=0):
    f = w.shape[2]
    height = (x.shape[2] + 2 * padding - f) // stride + 1
    width = (x.shape[3] + 2 * padding - f) // stride + 1
    out = im2col(x, f, stride, padding) @ w.reshape(len(w), -1).T
    return out.reshape(len(x), height, width, len(w)).transpose(0, 3, 1, 2)


@mistake("conv2d-im2col", named="table of windows", name="not folded back")
def conv2d_im2col(x, w, b, stride=1, padding=0):
    f = w.shape[2]
    out = im2col(x, f, stride, padding) @ w.reshape(len(w), -1).T + b
    return out


@mistake("conv2d-im2col", named="reshape the filters", name="filters reshaped the wrong way")
def conv2d_im2col(x, w, b, stride=1, padding=0):
    f = w.shape[2]
    height = (x.shape[2] + 2 * padding - f) // stride + 1
    width = (x.shape[3] + 2 * padding - f) // stride + 1
    out = im2col(x, f, stride, padding) @ w.reshape(-1, len(w)) + b
    return out.reshape(len(x), height, width, len(w)).transpose(0, 3, 1, 2)


@mistake("conv2d-im2col", named="height and width changed places", name="height and width swapped")
def conv2d_im2col(x, w, b, stride=1, padding=0):
    f = w.shape[2]
    height = (x.shape[2] + 2 * padding - f) // stride + 1
    width = (x.shape[3] + 2 * padding - f) // stride + 1
    out = im2col(x, f, stride, padding) @ w.reshape(len(w), -1).T + b
    return out.reshape(len(x), width, height, len(w)).transpose(0, 3, 1, 2)


@mistake("conv2d-im2col", named="the stride counts in both", name="stride not handed on")
def conv2d_im2col(x, w, b, stride=1, padding=0):
    f = w.shape[2]
    height = (x.shape[2] + 2 * padding - f) // stride + 1
    width = (x.shape[3] + 2 * padding - f) // stride + 1
    out = im2col(x, f) @ w.reshape(len(w), -1).T + b
    return out.reshape(len(x), height, width, len(w)).transpose(0, 3, 1, 2)


@mistake("conv2d-im2col", named="the padding counts once in each", name="padding not handed on")
def conv2d_im2col(x, w, b, stride=1, padding=0):
    f = w.shape[2]
    height = (x.shape[2] + 2 * padding - f) // stride + 1
    width = (x.shape[3] + 2 * padding - f) // stride + 1
    out = im2col(x, f, stride) @ w.reshape(len(w), -1).T + b
    return out.reshape(len(x), height, width, len(w)).transpose(0, 3, 1, 2)


@mistake("conv2d-im2col", named="hand the stride on", name="stride not handed on, width left to reshape")
def conv2d_im2col(x, w, b, stride=1, padding=0):
    f = w.shape[2]
    height = (x.shape[2] + 2 * padding - f) // stride + 1
    out = im2col(x, f, padding=padding) @ w.reshape(len(w), -1).T + b
    return out.reshape(len(x), height, -1, len(w)).transpose(0, 3, 1, 2)


@mistake("conv2d-im2col", named="loop over the positions", name="loops")
def conv2d_im2col(x, w, b, stride=1, padding=0):
    f, x = w.shape[2], np.pad(x, [(0, 0)] * 2 + [(padding, padding)] * 2)
    out = np.empty((len(x), len(w), (x.shape[2] - f) // stride + 1, (x.shape[3] - f) // stride + 1))
    for i, j in np.ndindex(out.shape[2:]):
        window = x[:, None, :, i * stride : i * stride + f, j * stride : j * stride + f]
        out[:, :, i, j] = (window * w).sum(axis=(2, 3, 4)) + b
    return out


mistake(
    "conv2d-im2col",
    named="that of the bare image",
    name="padding forgotten in the height, width left to reshape",
    change=("(x.shape[2] + 2 * padding - f)", "(x.shape[2] - f)"),
)


@mistake("conv2d-im2col", named="the padding counts once in each", name="padding forgotten in the sizes")
def conv2d_im2col(x, w, b, stride=1, padding=0):
    f = w.shape[2]
    height, width = (x.shape[2] - f) // stride + 1, (x.shape[3] - f) // stride + 1
    out = im2col(x, f, stride, padding) @ w.reshape(len(w), -1).T + b
    return out.reshape(len(x), height, width, len(w)).transpose(0, 3, 1, 2)


mistake(
    "conv2d-im2col",
    named="the padding counts once in each",
    name="padded twice",
    change=("im2col(x, f, stride, padding)", "im2col(pad2d(x, padding), f, stride, padding)"),
)

mistake(
    "conv2d-im2col",
    named="go into the product transposed",
    name="filters not transposed",
    change=("w.reshape(len(w), -1).T", "w.reshape(len(w), -1)"),
)


@alternative("conv2d-im2col", name="windows as columns")
def conv2d_im2col(x, w, b, stride=1, padding=0):
    n, k, f = len(x), len(w), w.shape[-1]
    maps = w.reshape(k, -1) @ im2col(x, f, stride, padding).T + b[:, None]
    height = (x.shape[2] + 2 * padding - f) // stride + 1
    return maps.reshape(k, n, height, -1).swapaxes(0, 1)


@alternative("conv2d-im2col", name="einsum")
def conv2d_im2col(x, w, b, stride=1, padding=0):
    height = (x.shape[2] + 2 * padding - w.shape[2]) // stride + 1
    table = im2col(x, w.shape[2], stride, padding).reshape(len(x), height, -1, w[0].size)
    return np.einsum("nijd,kd->nkij", table, w.reshape(len(w), -1)) + b.reshape(1, -1, 1, 1)


# conv1x1


@mistake("conv1x1", named="channels last", name="channels last")
def conv1x1(x, w):
    return x.transpose(0, 2, 3, 1) @ w.T


@mistake("conv1x1", named="transposed the filters", name="transposed")
def conv1x1(x, w):
    return np.einsum("ck,nchw->nkhw", w, x) if w.shape[0] == w.shape[1] else np.einsum("kc,nchw->nkhw", w, x)


@mistake("conv1x1", named="transposed the filters", name="transposed, crashing for other sizes")
def conv1x1(x, w):
    return np.einsum("ck,nchw->nkhw", w, x)


@mistake("conv1x1", named="mixed up the pixels", name="reshape without transpose")
def conv1x1(x, w):
    n, c, h, v = x.shape
    return (x.reshape(-1, c) @ w.T).reshape(n, len(w), h, v)


@mistake("conv1x1", named="mixed up the pixels", name="result not transposed")
def conv1x1(x, w):
    n, c, h, v = x.shape
    return (x.transpose(0, 2, 3, 1).reshape(-1, c) @ w.T).reshape(n, len(w), h, v)


@mistake("conv1x1", named="first image", name="first image only")
def conv1x1(x, w):
    return np.tensordot(w, x[0], axes=1)


@mistake("conv1x1", named="axis of the filters", name="filters first")
def conv1x1(x, w):
    return np.tensordot(w, x, axes=([1], [1]))


@mistake("conv1x1", named="did not weigh", name="channels summed")
def conv1x1(x, w):
    return np.repeat(x.sum(axis=1, keepdims=True), len(w), axis=1)


@mistake("conv1x1", named="those of x are height and width", name="w @ x")
def conv1x1(x, w):
    return w @ x


@alternative("conv1x1", name="matrix product over the pixels")
def conv1x1(x, w):
    n, c, h, v = x.shape
    return (w @ x.reshape(n, c, h * v)).reshape(n, -1, h, v)


@alternative("conv1x1", name="as a convolution layer")
def conv1x1(x, w):
    return conv2d_forward(x, w[:, :, None, None], np.zeros(len(w)))


@alternative("conv1x1", name="pixel by pixel")
def conv1x1(x, w):
    out = np.empty((len(x), len(w), *x.shape[2:]))
    for i, j in np.ndindex(x.shape[2:]):
        out[:, :, i, j] = x[:, :, i, j] @ w.T
    return out


# bias-slope

mistake("bias-slope", named="one map", source="bias_slope = 16.0")

mistake("bias-slope", named="averaged", source="bias_slope = 1.0")

mistake("bias-slope", named="all three filters", source="bias_slope = 96.0")

mistake("bias-slope", named="each image once", source="bias_slope = 2.0")

# conv2d-backward


@mistake("conv2d-backward", named="cut the padding off", name="not cropped")
def conv2d_backward(dout, x, w, stride=1, padding=0):
    f = w.shape[2]
    padded = pad2d(x, padding)
    dpadded, dw = np.zeros_like(padded), np.zeros_like(w)
    for image, k, i, j in np.ndindex(dout.shape):
        rows = slice(i * stride, i * stride + f)
        columns = slice(j * stride, j * stride + f)
        dpadded[image, :, rows, columns] += dout[image, k, i, j] * w[k]
        dw[k] += dout[image, k, i, j] * padded[image, :, rows, columns]
    dx = dpadded
    db = dout.sum(axis=(0, 2, 3))
    return dx, dw, db


@mistake("conv2d-backward", named="wrong corner", name="cropped at the wrong corner")
def conv2d_backward(dout, x, w, stride=1, padding=0):
    f = w.shape[2]
    padded = pad2d(x, padding)
    dpadded, dw = np.zeros_like(padded), np.zeros_like(w)
    for image, k, i, j in np.ndindex(dout.shape):
        rows = slice(i * stride, i * stride + f)
        columns = slice(j * stride, j * stride + f)
        dpadded[image, :, rows, columns] += dout[image, k, i, j] * w[k]
        dw[k] += dout[image, k, i, j] * padded[image, :, rows, columns]
    dx = dpadded[:, :, : x.shape[2], : x.shape[3]]
    db = dout.sum(axis=(0, 2, 3))
    return dx, dw, db


@mistake("conv2d-backward", named="wrong way round", name="filter turned in the stamp")
def conv2d_backward(dout, x, w, stride=1, padding=0):
    f = w.shape[2]
    padded = pad2d(x, padding)
    dpadded, dw = np.zeros_like(padded), np.zeros_like(w)
    for image, k, i, j in np.ndindex(dout.shape):
        rows = slice(i * stride, i * stride + f)
        columns = slice(j * stride, j * stride + f)
        dpadded[image, :, rows, columns] += dout[image, k, i, j] * w[k, :, ::-1, ::-1]
        dw[k] += dout[image, k, i, j] * padded[image, :, rows, columns]
    dx = dpadded[:, :, padding : padding + x.shape[2], padding : padding + x.shape[3]]
    db = dout.sum(axis=(0, 2, 3))
    return dx, dw, db


@mistake("conv2d-backward", named="averaged db", name="db averaged")
def conv2d_backward(dout, x, w, stride=1, padding=0):
    f = w.shape[2]
    padded = pad2d(x, padding)
    dpadded, dw = np.zeros_like(padded), np.zeros_like(w)
    for image, k, i, j in np.ndindex(dout.shape):
        rows = slice(i * stride, i * stride + f)
        columns = slice(j * stride, j * stride + f)
        dpadded[image, :, rows, columns] += dout[image, k, i, j] * w[k]
        dw[k] += dout[image, k, i, j] * padded[image, :, rows, columns]
    dx = dpadded[:, :, padding : padding + x.shape[2], padding : padding + x.shape[3]]
    db = dout.mean(axis=(0, 2, 3))
    return dx, dw, db


@mistake("conv2d-backward", named="averaged db", name="db averaged over images")
def conv2d_backward(dout, x, w, stride=1, padding=0):
    f = w.shape[2]
    padded = pad2d(x, padding)
    dpadded, dw = np.zeros_like(padded), np.zeros_like(w)
    for image, k, i, j in np.ndindex(dout.shape):
        rows = slice(i * stride, i * stride + f)
        columns = slice(j * stride, j * stride + f)
        dpadded[image, :, rows, columns] += dout[image, k, i, j] * w[k]
        dw[k] += dout[image, k, i, j] * padded[image, :, rows, columns]
    dx = dpadded[:, :, padding : padding + x.shape[2], padding : padding + x.shape[3]]
    db = dout.sum(axis=(0, 2, 3)) / len(dout)
    return dx, dw, db


@mistake("conv2d-backward", named="db for each image", name="db not summed over images")
def conv2d_backward(dout, x, w, stride=1, padding=0):
    f = w.shape[2]
    padded = pad2d(x, padding)
    dpadded, dw = np.zeros_like(padded), np.zeros_like(w)
    for image, k, i, j in np.ndindex(dout.shape):
        rows = slice(i * stride, i * stride + f)
        columns = slice(j * stride, j * stride + f)
        dpadded[image, :, rows, columns] += dout[image, k, i, j] * w[k]
        dw[k] += dout[image, k, i, j] * padded[image, :, rows, columns]
    dx = dpadded[:, :, padding : padding + x.shape[2], padding : padding + x.shape[3]]
    db = dout.sum(axis=(2, 3))
    return dx, dw, db


@mistake("conv2d-backward", named="one number for db", name="db summed over everything")
def conv2d_backward(dout, x, w, stride=1, padding=0):
    f = w.shape[2]
    padded = pad2d(x, padding)
    dpadded, dw = np.zeros_like(padded), np.zeros_like(w)
    for image, k, i, j in np.ndindex(dout.shape):
        rows = slice(i * stride, i * stride + f)
        columns = slice(j * stride, j * stride + f)
        dpadded[image, :, rows, columns] += dout[image, k, i, j] * w[k]
        dw[k] += dout[image, k, i, j] * padded[image, :, rows, columns]
    dx = dpadded[:, :, padding : padding + x.shape[2], padding : padding + x.shape[3]]
    db = dout.sum()
    return dx, dw, db


@mistake("conv2d-backward", named="overwrote", name="stamps overwrite")
def conv2d_backward(dout, x, w, stride=1, padding=0):
    f = w.shape[2]
    padded = pad2d(x, padding)
    dpadded, dw = np.zeros_like(padded), np.zeros_like(w)
    for image, k, i, j in np.ndindex(dout.shape):
        rows = slice(i * stride, i * stride + f)
        columns = slice(j * stride, j * stride + f)
        dpadded[image, :, rows, columns] = dout[image, k, i, j] * w[k]
        dw[k] += dout[image, k, i, j] * padded[image, :, rows, columns]
    dx = dpadded[:, :, padding : padding + x.shape[2], padding : padding + x.shape[3]]
    db = dout.sum(axis=(0, 2, 3))
    return dx, dw, db


@mistake("conv2d-backward", named="overwrote dw", name="dw overwritten")
def conv2d_backward(dout, x, w, stride=1, padding=0):
    f = w.shape[2]
    padded = pad2d(x, padding)
    dpadded, dw = np.zeros_like(padded), np.zeros_like(w)
    for image, k, i, j in np.ndindex(dout.shape):
        rows = slice(i * stride, i * stride + f)
        columns = slice(j * stride, j * stride + f)
        dpadded[image, :, rows, columns] += dout[image, k, i, j] * w[k]
        dw[k] = dout[image, k, i, j] * padded[image, :, rows, columns]
    dx = dpadded[:, :, padding : padding + x.shape[2], padding : padding + x.shape[3]]
    db = dout.sum(axis=(0, 2, 3))
    return dx, dw, db


@mistake("conv2d-backward", named="averaged dw", name="dw averaged over images")
def conv2d_backward(dout, x, w, stride=1, padding=0):
    f = w.shape[2]
    padded = pad2d(x, padding)
    dpadded, dw = np.zeros_like(padded), np.zeros_like(w)
    for image, k, i, j in np.ndindex(dout.shape):
        rows = slice(i * stride, i * stride + f)
        columns = slice(j * stride, j * stride + f)
        dpadded[image, :, rows, columns] += dout[image, k, i, j] * w[k]
        dw[k] += dout[image, k, i, j] * padded[image, :, rows, columns]
    dx = dpadded[:, :, padding : padding + x.shape[2], padding : padding + x.shape[3]]
    db = dout.sum(axis=(0, 2, 3))
    return dx, dw / len(x), db


@mistake("conv2d-backward", named="ignored the stride", name="stride ignored")
def conv2d_backward(dout, x, w, stride=1, padding=0):
    f = w.shape[2]
    padded = pad2d(x, padding)
    dpadded, dw = np.zeros_like(padded), np.zeros_like(w)
    for image, k, i, j in np.ndindex(dout.shape):
        rows = slice(i, i + f)
        columns = slice(j, j + f)
        dpadded[image, :, rows, columns] += dout[image, k, i, j] * w[k]
        dw[k] += dout[image, k, i, j] * padded[image, :, rows, columns]
    dx = dpadded[:, :, padding : padding + x.shape[2], padding : padding + x.shape[3]]
    db = dout.sum(axis=(0, 2, 3))
    return dx, dw, db


@mistake("conv2d-backward", named="order dx, dw, db", name="order")
def conv2d_backward(dout, x, w, stride=1, padding=0):
    f = w.shape[2]
    padded = pad2d(x, padding)
    dpadded, dw = np.zeros_like(padded), np.zeros_like(w)
    for image, k, i, j in np.ndindex(dout.shape):
        rows = slice(i * stride, i * stride + f)
        columns = slice(j * stride, j * stride + f)
        dpadded[image, :, rows, columns] += dout[image, k, i, j] * w[k]
        dw[k] += dout[image, k, i, j] * padded[image, :, rows, columns]
    dx = dpadded[:, :, padding : padding + x.shape[2], padding : padding + x.shape[3]]
    db = dout.sum(axis=(0, 2, 3))
    return dw, db, dx


@mistake("conv2d-backward", named="padded input", name="dw from the bare input")
def conv2d_backward(dout, x, w, stride=1, padding=0):
    f = w.shape[2]
    padded = pad2d(x, padding)
    dpadded, dw = np.zeros_like(padded), np.zeros_like(w)
    for image, k, i, j in np.ndindex(dout.shape):
        rows = slice(i * stride, i * stride + f)
        columns = slice(j * stride, j * stride + f)
        dpadded[image, :, rows, columns] += dout[image, k, i, j] * w[k]
        dw[k] += dout[image, k, i, j] * x[image, :, rows, columns]
    dx = dpadded[:, :, padding : padding + x.shape[2], padding : padding + x.shape[3]]
    db = dout.sum(axis=(0, 2, 3))
    return dx, dw, db


@mistake("conv2d-backward", named="first channel", name="dx in the first channel only")
def conv2d_backward(dout, x, w, stride=1, padding=0):
    f = w.shape[2]
    padded = pad2d(x, padding)
    dpadded, dw = np.zeros_like(padded), np.zeros_like(w)
    for image, k, i, j in np.ndindex(dout.shape):
        rows = slice(i * stride, i * stride + f)
        columns = slice(j * stride, j * stride + f)
        dpadded[image, 0, rows, columns] += dout[image, k, i, j] * w[k, 0]
        dw[k] += dout[image, k, i, j] * padded[image, :, rows, columns]
    dx = dpadded[:, :, padding : padding + x.shape[2], padding : padding + x.shape[3]]
    db = dout.sum(axis=(0, 2, 3))
    return dx, dw, db


@mistake("conv2d-backward", named="wrong way round", name="full correlation without turning")
def conv2d_backward(dout, x, w, stride=1, padding=0):
    n, k, height, width = dout.shape
    f = w.shape[2]
    spread = np.zeros((n, k, x.shape[2] + 2 * padding - f + 1, x.shape[3] + 2 * padding - f + 1))
    spread[:, :, : height * stride : stride, : width * stride : stride] = dout
    flat = np.zeros(x.shape[1])
    dpadded = conv2d_forward(spread, w.swapaxes(0, 1), flat, 1, f - 1)
    dx = dpadded[:, :, padding : padding + x.shape[2], padding : padding + x.shape[3]]
    dw = conv2d_forward(pad2d(x, padding).swapaxes(0, 1), spread.swapaxes(0, 1), np.zeros(k)).swapaxes(0, 1)
    return dx, dw, dout.sum(axis=(0, 2, 3))


mistake(
    "conv2d-backward",
    named="nothing of dx is left",
    name="slice ends at -0",
    change=(
        "padding : padding + x.shape[2], padding : padding + x.shape[3]",
        "padding:-padding, padding:-padding",
    ),
)

mistake(
    "conv2d-backward",
    named="by the height of x",
    name="cut by the height",
    change=(
        "padding : padding + x.shape[2], padding : padding + x.shape[3]",
        "padding : padding + x.shape[2], padding : padding + x.shape[2]",
    ),
)

mistake(
    "conv2d-backward",
    named="by the width of x",
    name="cut by the width",
    change=(
        "padding : padding + x.shape[2], padding : padding + x.shape[3]",
        "padding : padding + x.shape[3], padding : padding + x.shape[3]",
    ),
)

mistake(
    "conv2d-backward",
    named="added up the images only",
    name="db summed over images only",
    change=("dout.sum(axis=(0, 2, 3))", "dout.sum(axis=0)"),
)

mistake(
    "conv2d-backward",
    named="you added to dw[n]",
    name="dw of the image's number",
    change=("dw[k] +=", "dw[image] +="),
)

mistake(
    "conv2d-backward",
    named="image and filter changed places",
    name="image and filter swapped in dw",
    change=("dw[k] += dout[image, k, i, j] * padded[image,", "dw[image] += dout[image, k, i, j] * padded[k,"),
)


@mistake("conv2d-backward", named="both the stride and the padding", name="stride and padding ignored")
def conv2d_backward(dout, x, w, stride=1, padding=0):
    f = w.shape[2]
    dx, dw = np.zeros_like(x), np.zeros_like(w)
    for image, k, i, j in np.ndindex(dout.shape):
        dx[image, :, i : i + f, j : j + f] += dout[image, k, i, j] * w[k]
        dw[k] += dout[image, k, i, j] * x[image, :, i : i + f, j : j + f]
    return dx, dw, dout.sum(axis=(0, 2, 3))


@mistake("conv2d-backward", named="both the stride and the padding", name="stride and padding ignored in dx")
def conv2d_backward(dout, x, w, stride=1, padding=0):
    f = w.shape[2]
    dx, dw = np.zeros_like(x), np.zeros_like(w)
    padded = pad2d(x, padding)
    for image, k, i, j in np.ndindex(dout.shape):
        dx[image, :, i : i + f, j : j + f] += dout[image, k, i, j] * w[k]
        top, left = i * stride, j * stride
        dw[k] += dout[image, k, i, j] * padded[image, :, top : top + f, left : left + f]
    return dx, dw, dout.sum(axis=(0, 2, 3))


@alternative("conv2d-backward", name="two more convolutions")
def conv2d_backward(dout, x, w, stride=1, padding=0):
    n, k, height, width = dout.shape
    f = w.shape[2]
    spread = np.zeros((n, k, x.shape[2] + 2 * padding - f + 1, x.shape[3] + 2 * padding - f + 1))
    spread[:, :, : height * stride : stride, : width * stride : stride] = dout
    dpadded = conv2d_forward(spread, w.swapaxes(0, 1)[:, :, ::-1, ::-1], np.zeros(x.shape[1]), 1, f - 1)
    dx = dpadded[:, :, padding : padding + x.shape[2], padding : padding + x.shape[3]]
    dw = conv2d_forward(pad2d(x, padding).swapaxes(0, 1), spread.swapaxes(0, 1), np.zeros(k)).swapaxes(0, 1)
    return dx, dw, dout.sum(axis=(0, 2, 3))


@alternative("conv2d-backward", name="with im2col")
def conv2d_backward(dout, x, w, stride=1, padding=0):
    n, k, height, width = dout.shape
    c, f = x.shape[1], w.shape[2]
    flat = dout.transpose(0, 2, 3, 1).reshape(-1, k)
    dw = (flat.T @ im2col(x, f, stride, padding)).reshape(w.shape)
    stamps = (flat @ w.reshape(k, -1)).reshape(n, height, width, c, f, f)
    dx = pad2d(np.zeros(x.shape), padding)
    for i in range(height):
        for j in range(width):
            dx[:, :, i * stride : i * stride + f, j * stride : j * stride + f] += stamps[:, i, j]
    if padding:
        dx = dx[:, :, padding:-padding, padding:-padding]
    return dx, dw, flat.sum(axis=0)


# pooling
mistake(
    "pooling",
    named="over the channels",
    name="average over channels",
    source="""
def max_pool2d(x, f, stride):
    return pooled(x, f, stride, np.max)

def avg_pool2d(x, f, stride):
    return pooled(x, f, stride, np.mean).mean(axis=1, keepdims=True)

def pooled(x, f, stride, summary):
    n, c, height, width = x.shape
    out = np.empty((n, c, (height - f) // stride + 1, (width - f) // stride + 1))
    for i, j in np.ndindex(out.shape[2:]):
        window = x[:, :, i * stride : i * stride + f, j * stride : j * stride + f]
        out[:, :, i, j] = summary(window, axis=(2, 3))
    return out
""",
)
mistake(
    "pooling",
    named="over the channels",
    name="maximum over channels",
    source="""
def max_pool2d(x, f, stride):
    return pooled(x, f, stride, np.max).max(axis=1, keepdims=True)

def avg_pool2d(x, f, stride):
    return pooled(x, f, stride, np.mean)

def pooled(x, f, stride, summary):
    n, c, height, width = x.shape
    out = np.empty((n, c, (height - f) // stride + 1, (width - f) // stride + 1))
    for i, j in np.ndindex(out.shape[2:]):
        window = x[:, :, i * stride : i * stride + f, j * stride : j * stride + f]
        out[:, :, i, j] = summary(window, axis=(2, 3))
    return out
""",
)
mistake(
    "pooling",
    named="over the channels",
    name="one value for all channels",
    source="""
def max_pool2d(x, f, stride):
    return pooled(x, f, stride, np.max)

def avg_pool2d(x, f, stride):
    return pooled(x, f, stride, np.mean)

def pooled(x, f, stride, summary):
    n, c, height, width = x.shape
    out = np.empty((n, c, (height - f) // stride + 1, (width - f) // stride + 1))
    for i, j in np.ndindex(out.shape[2:]):
        window = x[:, :, i * stride : i * stride + f, j * stride : j * stride + f]
        out[:, :, i, j] = summary(window, axis=(1, 2, 3))[:, None]
    return out
""",
)
mistake(
    "pooling",
    named="side by side",
    name="overlap ignored",
    source="""
def max_pool2d(x, f, stride):
    return pooled(x, f, stride, np.max)

def avg_pool2d(x, f, stride):
    return pooled(x, f, stride, np.mean)

def pooled(x, f, stride, summary):
    n, c, height, width = x.shape
    out = np.empty((n, c, height // f, width // f))
    for i, j in np.ndindex(out.shape[2:]):
        window = x[:, :, i * f : i * f + f, j * f : j * f + f]
        out[:, :, i, j] = summary(window, axis=(2, 3))
    return out
""",
)
mistake(
    "pooling",
    named="divide by the F·F",
    name="sum instead of mean",
    source="""
def max_pool2d(x, f, stride):
    return pooled(x, f, stride, np.max)

def avg_pool2d(x, f, stride):
    return pooled(x, f, stride, np.sum)

def pooled(x, f, stride, summary):
    n, c, height, width = x.shape
    out = np.empty((n, c, (height - f) // stride + 1, (width - f) // stride + 1))
    for i, j in np.ndindex(out.shape[2:]):
        window = x[:, :, i * stride : i * stride + f, j * stride : j * stride + f]
        out[:, :, i, j] = summary(window, axis=(2, 3))
    return out
""",
)
mistake(
    "pooling",
    named="changed places",
    name="max and mean swapped",
    source="""
def max_pool2d(x, f, stride):
    return pooled(x, f, stride, np.average)

def avg_pool2d(x, f, stride):
    return pooled(x, f, stride, np.max)

def pooled(x, f, stride, summary):
    n, c, height, width = x.shape
    out = np.empty((n, c, (height - f) // stride + 1, (width - f) // stride + 1))
    for i, j in np.ndindex(out.shape[2:]):
        window = x[:, :, i * stride : i * stride + f, j * stride : j * stride + f]
        out[:, :, i, j] = summary(window, axis=(2, 3))
    return out
""",
)
mistake(
    "pooling",
    named="0 as the first candidate",
    name="maximum starts at 0",
    source="""
def max_pool2d(x, f, stride):
    return pooled(x, f, stride, np.max).clip(0)

def avg_pool2d(x, f, stride):
    return pooled(x, f, stride, np.mean)

def pooled(x, f, stride, summary):
    n, c, height, width = x.shape
    out = np.empty((n, c, (height - f) // stride + 1, (width - f) // stride + 1))
    for i, j in np.ndindex(out.shape[2:]):
        window = x[:, :, i * stride : i * stride + f, j * stride : j * stride + f]
        out[:, :, i, j] = summary(window, axis=(2, 3))
    return out
""",
)
mistake(
    "pooling",
    named="down the rows only",
    name="stride on rows only",
    source="""
def max_pool2d(x, f, stride):
    return pooled(x, f, stride, np.max)

def avg_pool2d(x, f, stride):
    return pooled(x, f, stride, np.mean)

def pooled(x, f, stride, summary):
    n, c, height, width = x.shape
    out = np.empty((n, c, (height - f) // stride + 1, width - f + 1))
    for i, j in np.ndindex(out.shape[2:]):
        window = x[:, :, i * stride : i * stride + f, j : j + f]
        out[:, :, i, j] = summary(window, axis=(2, 3))
    return out
""",
)
mistake(
    "pooling",
    named="along the columns only",
    name="stride on columns only",
    source="""
def max_pool2d(x, f, stride):
    return pooled(x, f, stride, np.max)

def avg_pool2d(x, f, stride):
    return pooled(x, f, stride, np.mean)

def pooled(x, f, stride, summary):
    n, c, height, width = x.shape
    out = np.empty((n, c, height - f + 1, (width - f) // stride + 1))
    for i, j in np.ndindex(out.shape[2:]):
        window = x[:, :, i : i + f, j * stride : j * stride + f]
        out[:, :, i, j] = summary(window, axis=(2, 3))
    return out
""",
)
mistake(
    "pooling",
    named="ignored the stride",
    name="stride ignored",
    source="""
def max_pool2d(x, f, stride):
    return pooled(x, f, stride, np.max)

def avg_pool2d(x, f, stride):
    return pooled(x, f, stride, np.mean)

def pooled(x, f, stride, summary):
    n, c, height, width = x.shape
    out = np.empty((n, c, height - f + 1, width - f + 1))
    for i, j in np.ndindex(out.shape[2:]):
        window = x[:, :, i : i + f, j : j + f]
        out[:, :, i, j] = summary(window, axis=(2, 3))
    return out
""",
)
mistake(
    "pooling",
    named="hangs over",
    name="rounded up",
    source="""
def max_pool2d(x, f, stride):
    return pooled(x, f, stride, np.max)

def avg_pool2d(x, f, stride):
    return pooled(x, f, stride, np.mean)

def pooled(x, f, stride, summary):
    n, c, height, width = x.shape
    out = np.empty((n, c, -((f - height) // stride) + 1, -((f - width) // stride) + 1))
    for i, j in np.ndindex(out.shape[2:]):
        window = x[:, :, i * stride : i * stride + f, j * stride : j * stride + f]
        out[:, :, i, j] = summary(window, axis=(2, 3))
    return out
""",
)
mistake(
    "pooling",
    named="first image",
    name="first image only",
    source="""
def max_pool2d(x, f, stride):
    return pooled(x, f, stride, np.max)

def avg_pool2d(x, f, stride):
    return pooled(x, f, stride, np.mean)

def pooled(x, f, stride, summary):
    n, c, height, width = x.shape
    out = np.empty((n, c, (height - f) // stride + 1, (width - f) // stride + 1))
    for i, j in np.ndindex(out.shape[2:]):
        window = x[:1, :, i * stride : i * stride + f, j * stride : j * stride + f]
        out[:, :, i, j] = summary(window, axis=(2, 3))
    return out
""",
)

mistake(
    "pooling",
    named="over all images and channels",
    name="max without axes",
    source="""
def max_pool2d(x, f, stride):
    return pooled(x, f, stride, lambda window, axis: window.max())

def avg_pool2d(x, f, stride):
    return pooled(x, f, stride, np.mean)

def pooled(x, f, stride, summary):
    n, c, height, width = x.shape
    out = np.empty((n, c, (height - f) // stride + 1, (width - f) // stride + 1))
    for i, j in np.ndindex(out.shape[2:]):
        window = x[:, :, i * stride : i * stride + f, j * stride : j * stride + f]
        out[:, :, i, j] = summary(window, axis=(2, 3))
    return out
""",
)

mistake(
    "pooling",
    named="over all images and channels",
    name="mean without axes",
    source="""
def max_pool2d(x, f, stride):
    return pooled(x, f, stride, np.max)

def avg_pool2d(x, f, stride):
    return pooled(x, f, stride, lambda window, axis: window.mean())

def pooled(x, f, stride, summary):
    n, c, height, width = x.shape
    out = np.empty((n, c, (height - f) // stride + 1, (width - f) // stride + 1))
    for i, j in np.ndindex(out.shape[2:]):
        window = x[:, :, i * stride : i * stride + f, j * stride : j * stride + f]
        out[:, :, i, j] = summary(window, axis=(2, 3))
    return out
""",
)

mistake(
    "pooling",
    named="cut into tiles",
    name="tiles by reshape",
    source="""
def tiles(x, f):
    n, c, height, width = x.shape
    return x.reshape(n, c, height // f, f, width // f, f)

def max_pool2d(x, f, stride):
    return tiles(x, f).max(axis=(3, 5))

def avg_pool2d(x, f, stride):
    return tiles(x, f).mean(axis=(3, 5))
""",
)

alternative(
    "pooling",
    name="views",
    source="""
def windows_of(x, f, stride):
    return np.lib.stride_tricks.sliding_window_view(x, (f, f), axis=(2, 3))[:, :, ::stride, ::stride]

def max_pool2d(x, f, stride):
    return windows_of(x, f, stride).max(axis=(-1, -2))

def avg_pool2d(x, f, stride):
    return windows_of(x, f, stride).mean(axis=(-1, -2))
""",
)

alternative(
    "pooling",
    name="with earlier answers",
    source="""
def table(x, f, stride):
    n, c, h, w = x.shape
    rows = im2col(x.reshape(n * c, 1, h, w), f, stride)
    return rows.reshape(n, c, (h - f) // stride + 1, (w - f) // stride + 1, f * f)

def max_pool2d(x, f, stride):
    return table(x, f, stride).max(axis=4)

def avg_pool2d(x, f, stride):
    return table(x, f, stride).mean(axis=4)
""",
)

alternative(
    "pooling",
    name="plain loops",
    source="""
def max_pool2d(x, f, stride):
    n, c, h, w = x.shape
    out = np.full((n, c, (h - f) // stride + 1, (w - f) // stride + 1), -np.inf)
    for m, d, i, j in np.ndindex(out.shape):
        for a in range(f):
            for b in range(f):
                out[m, d, i, j] = max(out[m, d, i, j], x[m, d, i * stride + a, j * stride + b])
    return out

def avg_pool2d(x, f, stride):
    w = np.zeros((x.shape[1], x.shape[1], f, f))
    w[range(len(w)), range(len(w))] = 1 / f**2
    return conv2d_forward(x, w, np.zeros(len(w)), stride)
""",
)

# max-pool2d-backward


@mistake("max-pool2d-backward", named="to all of them", name="gradient to all ties")
def max_pool2d_backward(dout, x, f, stride):
    dx = np.zeros_like(x)
    for image, channel, i, j in np.ndindex(dout.shape):
        top, left = i * stride, j * stride
        window = x[image, channel, top : top + f, left : left + f]
        dx[image, channel, top : top + f, left : left + f] += (window == window.max()) * dout[image, channel, i, j]
    return dx


@mistake("max-pool2d-backward", named="shared it", name="gradient shared by ties")
def max_pool2d_backward(dout, x, f, stride):
    dx = np.zeros_like(x)
    for image, channel, i, j in np.ndindex(dout.shape):
        top, left = i * stride, j * stride
        window = x[image, channel, top : top + f, left : left + f]
        dx[image, channel, top : top + f, left : left + f] += (
            (window == window.max()) * dout[image, channel, i, j] / (window == window.max()).sum()
        )
    return dx


@mistake("max-pool2d-backward", named="last of them", name="last winner")
def max_pool2d_backward(dout, x, f, stride):
    dx = np.zeros_like(x)
    for image, channel, i, j in np.ndindex(dout.shape):
        top, left = i * stride, j * stride
        window = x[image, channel, top : top + f, left : left + f]
        row, column = np.unravel_index(window.size - 1 - window.ravel()[::-1].argmax(), window.shape)
        dx[image, channel, top + row, left + column] += dout[image, channel, i, j]
    return dx


@mistake("max-pool2d-backward", named="first column by column", name="column order")
def max_pool2d_backward(dout, x, f, stride):
    dx = np.zeros_like(x)
    for image, channel, i, j in np.ndindex(dout.shape):
        top, left = i * stride, j * stride
        window = x[image, channel, top : top + f, left : left + f]
        column, row = np.unravel_index(window.T.argmax(), window.shape)
        dx[image, channel, top + row, left + column] += dout[image, channel, i, j]
    return dx


@mistake("max-pool2d-backward", named="overwrote", name="overlap overwritten")
def max_pool2d_backward(dout, x, f, stride):
    dx = np.zeros_like(x)
    for image, channel, i, j in np.ndindex(dout.shape):
        top, left = i * stride, j * stride
        window = x[image, channel, top : top + f, left : left + f]
        row, column = np.unravel_index(window.argmax(), window.shape)
        dx[image, channel, top + row, left + column] = dout[image, channel, i, j]
    return dx


@mistake("max-pool2d-backward", named="whole window", name="gradient to the whole window")
def max_pool2d_backward(dout, x, f, stride):
    dx = np.zeros_like(x)
    for image, channel, i, j in np.ndindex(dout.shape):
        top, left = i * stride, j * stride
        dx[image, channel, top : top + f, left : left + f] += dout[image, channel, i, j]
    return dx


@mistake("max-pool2d-backward", named="mean", name="the backward pass of the mean")
def max_pool2d_backward(dout, x, f, stride):
    dx = np.zeros_like(x)
    for image, channel, i, j in np.ndindex(dout.shape):
        top, left = i * stride, j * stride
        dx[image, channel, top : top + f, left : left + f] += dout[image, channel, i, j] / f**2
    return dx


@mistake(
    "max-pool2d-backward", named="place inside the window", name="place in the window taken for the place in the image"
)
def max_pool2d_backward(dout, x, f, stride):
    dx = np.zeros_like(x)
    for image, channel, i, j in np.ndindex(dout.shape):
        top, left = i * stride, j * stride
        window = x[image, channel, top : top + f, left : left + f]
        row, column = np.unravel_index(window.argmax(), window.shape)
        dx[image, channel, row, column] += dout[image, channel, i, j]
    return dx


@mistake("max-pool2d-backward", named="ignored the stride", name="stride ignored")
def max_pool2d_backward(dout, x, f, stride):
    dx = np.zeros_like(x)
    for image, channel, i, j in np.ndindex(dout.shape):
        top, left = i, j
        window = x[image, channel, top : top + f, left : left + f]
        row, column = np.unravel_index(window.argmax(), window.shape)
        dx[image, channel, top + row, left + column] += dout[image, channel, i, j]
    return dx


@mistake("max-pool2d-backward", named="side by side", name="overlap ignored")
def max_pool2d_backward(dout, x, f, stride):
    dx = np.zeros_like(x)
    for image, channel, i, j in np.ndindex(*dout.shape[:2], x.shape[2] // f, x.shape[3] // f):
        top, left = i * f, j * f
        window = x[image, channel, top : top + f, left : left + f]
        row, column = np.unravel_index(window.argmax(), window.shape)
        dx[image, channel, top + row, left + column] += dout[image, channel, i, j]
    return dx


@mistake("max-pool2d-backward", named="largest value itself", name="value instead of gradient")
def max_pool2d_backward(dout, x, f, stride):
    dx = np.zeros_like(x)
    for image, channel, i, j in np.ndindex(dout.shape):
        top, left = i * stride, j * stride
        window = x[image, channel, top : top + f, left : left + f]
        row, column = np.unravel_index(window.argmax(), window.shape)
        dx[image, channel, top + row, left + column] += window.max()
    return dx


mistake(
    "max-pool2d-backward",
    named="outside the image",
    name="place counted in rows of the image",
    change=("window.shape)", "x.shape[2:])"),
)

mistake(
    "max-pool2d-backward",
    named="first channel of the first image",
    name="winners of one channel for all",
    change=("window = x[image, channel,", "window = x[0, 0,"),
)

mistake(
    "max-pool2d-backward",
    named="in channel 0",
    name="winners of channel 0",
    change=("window = x[image, channel,", "window = x[image, 0,"),
)

mistake(
    "max-pool2d-backward",
    named="winners in the first image",
    name="winners of the first image",
    change=("window = x[image, channel,", "window = x[0, channel,"),
)

mistake(
    "max-pool2d-backward",
    named="0 as the first candidate",
    name="search starts at 0",
    change=("window.argmax()", "window.clip(0).argmax()"),
)

mistake(
    "max-pool2d-backward",
    named="whatever its sign",
    name="nothing to winners of 0 or less",
    change=("+= dout[image, channel, i, j]", "+= dout[image, channel, i, j] * (window.max() > 0)"),
)


@alternative("max-pool2d-backward", name="divmod")
def max_pool2d_backward(dout, x, f, stride):
    n, c, height, width = dout.shape
    dx = np.zeros(x.shape)
    for i in range(height):
        for j in range(width):
            flat = x[:, :, i * stride : i * stride + f, j * stride : j * stride + f].reshape(n, c, -1)
            row, column = divmod(flat.argmax(axis=2), f)
            for m, d in np.ndindex(n, c):
                dx[m, d, i * stride + row[m, d], j * stride + column[m, d]] += dout[m, d, i, j]
    return dx


@alternative("max-pool2d-backward", name="search")
def max_pool2d_backward(dout, x, f, stride):
    largest, dx = max_pool2d(x, f, stride), np.zeros(x.shape)
    for m, d, i, j in np.ndindex(dout.shape):
        cells = [(i * stride + a, j * stride + b) for a in range(f) for b in range(f)]
        first = next(cell for cell in cells if x[m, d, cell[0], cell[1]] == largest[m, d, i, j])
        dx[m, d, first[0], first[1]] += dout[m, d, i, j]
    return dx


@alternative("max-pool2d-backward", name="np.add.at")
def max_pool2d_backward(dout, x, f, stride):
    views = np.lib.stride_tricks.sliding_window_view(x, (f, f), axis=(2, 3))[:, :, ::stride, ::stride]
    row, column = np.unravel_index(views.reshape(*dout.shape, f * f).argmax(axis=-1), (f, f))
    m, d, i, j = np.indices(dout.shape)
    dx = np.zeros(x.shape)
    np.add.at(dx, (m, d, i * stride + row, j * stride + column), dout)
    return dx


# dot-stays

mistake("dot-stays", named="crosses into", source="percent_unchanged = 100")

mistake("dot-stays", named="within its window", source="percent_unchanged = 0")

mistake("dot-stays", named="one direction", source="percent_unchanged = 25")

mistake("dot-stays", named="both columns", source="percent_unchanged = 75")

# shift-test


@mistake("shift-test", named="one side only", name="answer not moved")
def shift_test(f, x, dy, dx, margin):
    first = f(np.roll(x, (dy, dx), axis=(0, 1)))
    after = f(x)
    inside = slice(margin, -margin)
    return float(np.abs(first - after)[inside, inside].max())


@mistake("shift-test", named="one side only", name="input not moved")
def shift_test(f, x, dy, dx, margin):
    first = f(x)
    after = np.roll(f(x), (dy, dx), axis=(0, 1))
    inside = slice(margin, -margin)
    return float(np.abs(first - after)[inside, inside].max())


@mistake("shift-test", named="with its sign", name="no absolute value")
def shift_test(f, x, dy, dx, margin):
    first = f(np.roll(x, (dy, dx), axis=(0, 1)))
    after = np.roll(f(x), (dy, dx), axis=(0, 1))
    inside = slice(margin, -margin)
    return float((first - after)[inside, inside].max())


@mistake("shift-test", named="mean", name="mean")
def shift_test(f, x, dy, dx, margin):
    first = f(np.roll(x, (dy, dx), axis=(0, 1)))
    after = np.roll(f(x), (dy, dx), axis=(0, 1))
    inside = slice(margin, -margin)
    return float(np.abs(first - after)[inside, inside].mean())


@mistake("shift-test", named="sum", name="sum")
def shift_test(f, x, dy, dx, margin):
    first = f(np.roll(x, (dy, dx), axis=(0, 1)))
    after = np.roll(f(x), (dy, dx), axis=(0, 1))
    inside = slice(margin, -margin)
    return float(np.abs(first - after)[inside, inside].sum())


@mistake("shift-test", named="margin", name="border counted")
def shift_test(f, x, dy, dx, margin):
    first = f(np.roll(x, (dy, dx), axis=(0, 1)))
    after = np.roll(f(x), (dy, dx), axis=(0, 1))
    return float(np.abs(first - after).max())


@mistake("shift-test", named="margin", name="border of the rows counted")
def shift_test(f, x, dy, dx, margin):
    first = f(np.roll(x, (dy, dx), axis=(0, 1)))
    after = np.roll(f(x), (dy, dx), axis=(0, 1))
    inside = slice(margin, -margin)
    return float(np.abs(first - after)[:, inside].max())


@mistake("shift-test", named="opposite", name="moved the other way")
def shift_test(f, x, dy, dx, margin):
    first = f(np.roll(x, (-dy, -dx), axis=(0, 1)))
    after = np.roll(f(x), (-dy, -dx), axis=(0, 1))
    inside = slice(margin, -margin)
    return float(np.abs(first - after)[inside, inside].max())


@mistake("shift-test", named="changed places", name="dy and dx swapped")
def shift_test(f, x, dy, dx, margin):
    first = f(np.roll(x, (dx, dy), axis=(0, 1)))
    after = np.roll(f(x), (dx, dy), axis=(0, 1))
    inside = slice(margin, -margin)
    return float(np.abs(first - after)[inside, inside].max())


@mistake("shift-test", named="True or False", name="a verdict")
def shift_test(f, x, dy, dx, margin):
    first = f(np.roll(x, (dy, dx), axis=(0, 1)))
    after = np.roll(f(x), (dy, dx), axis=(0, 1))
    inside = slice(margin, -margin)
    return bool(np.allclose(first[inside, inside], after[inside, inside]))


@mistake("shift-test", named="opposite directions", name="moved back instead of along")
def shift_test(f, x, dy, dx, margin):
    first = f(np.roll(x, (dy, dx), axis=(0, 1)))
    after = np.roll(f(x), (-dy, -dx), axis=(0, 1))
    inside = slice(margin, -margin)
    return float(np.abs(first - after)[inside, inside].max())


mistake(
    "shift-test",
    named="in one long line",
    name="np.roll without axes",
    source="""
def shift_test(f, x, dy, dx, margin):
    gap = f(np.roll(x, (dy, dx))) - np.roll(f(x), (dy, dx))
    return float(abs(gap[margin:-margin, margin:-margin]).max())
""",
)

mistake(
    "shift-test",
    named="before the second shift",
    name="margin off before the second shift",
    source="""
def shift_test(f, x, dy, dx, margin):
    inside = slice(margin, -margin)
    gap = f(np.roll(x, (dy, dx), axis=(0, 1)))[inside, inside] - np.roll(f(x)[inside, inside], (dy, dx), axis=(0, 1))
    return float(abs(gap).max())
""",
)


@alternative("shift-test", name="zeros come in")
def shift_test(f, x, dy, dx, margin):
    def moved(image):
        h, w = image.shape
        out = np.zeros(image.shape)
        out[max(dy, 0) : h + min(dy, 0), max(dx, 0) : w + min(dx, 0)] = image[
            max(-dy, 0) : h - max(dy, 0), max(-dx, 0) : w - max(dx, 0)
        ]
        return out

    gap = f(moved(x)) - moved(f(x))
    h, w = gap.shape
    return np.abs(gap[margin : h - margin, margin : w - margin]).max()


@alternative("shift-test", name="cell by cell")
def shift_test(f, x, dy, dx, margin):
    one, two = f(np.roll(np.roll(x, dy, axis=0), dx, axis=1)), f(x)
    h, w = x.shape
    cells = [(i, j) for i in range(margin, h - margin) for j in range(margin, w - margin)]
    return max(abs(one[i, j] - two[i - dy, j - dx]) for i, j in cells)


@alternative("shift-test", name="with PyTorch")
def shift_test(f, x, dy, dx, margin):
    moved = torch.roll(torch.from_numpy(x), (dy, dx), (0, 1)).numpy()
    gap = torch.from_numpy(f(moved)) - torch.roll(torch.from_numpy(f(x)), (dy, dx), (0, 1))
    return gap[margin:-margin, margin:-margin].abs().max().item()
