# %% [markdown] lesson="Convolution and pooling by hand" part="Part II. Convolution" hours=3.5 needs="00_start_here 02_backprop 06_conv_arithmetic"
# # Convolution and pooling by hand
#
# Move a photograph one pixel to the right. What happens to the numbers that a convolutional network computes from it?
# Textbooks give two short answers: convolution follows the shift, and pooling makes it vanish. **One of the two is
# exact to the last digit. The other fails already for a single white dot. Which is which, by how much does it fail,
# and which setting of the layer is to blame?** At the end of this lesson a function of yours will measure it, on layers
# that you wrote yourself.
#
# **You will be able to**
#
# - write a convolution layer, forward and backward, and say where each number of its gradients comes from;
# - turn it into one matrix product, which is how it becomes fast;
# - write pooling and its backward pass, ties and overlaps included;
# - say what a given 3×3 filter does to a photograph before you run it;
# - test whether an operation commutes with a shift, instead of believing it.
#
# **Where it stands.** Lesson 06 counted: how many windows, weights, multiply-adds. This lesson does what was counted,
# with NumPy alone. Lesson 02's rule, that a number used twice gets both slopes, will do most of the backward pass.
# Lesson 08 stacks these layers and trains them.
#
# **Time.** About three hours and a half: twelve exercises and three predictions. A good place for a break is before
# "The way back". PyTorch is imported for the tests, and for one comparison; you need NumPy alone.

# %% setup=true
import time

import numpy as np
import torch
from torch.nn import functional

from forwardpass import NotAttempted, check, conv_layers, data, plots, widgets

# %% [markdown]
# ## One filter, one image
#
# | symbol | code | meaning |
# | :---: | --- | --- |
# | $H$, $W$ | | height and width of an image, in pixels |
# | $F$ | `f` | side of a filter or a pooling window |
# | $S$, $P$ | `stride`, `padding` | as in lesson 06: the step of the window, and the zeros on *each* side |
# | $N$ | | number of images in a batch (in lesson 06 this letter was the size of an input) |
# | $C$, $K$ | | channels of the input, number of filters |
# | `x` | `x` | images: (H, W) for one grey image, (N, C, H, W) for a batch, as in PyTorch |
# | `k` | `k` | one filter for one grey image, ($F_h$, $F_w$): here height and width may differ |
# | `w`, `b` | `w`, `b` | the filters of a layer, (K, C, F, F), and their biases (K,) |
# | $H'$, $W'$ | | height and width of the output |
# | $u$, $v$ | | row and column inside a window, counted from 0 |
#
# Three names serve twice, as they do in most books. `k` is a filter, and as an index ($b_k$, $w_k$) the number of a
# filter. `dx` is the gradient of `x`, and in the last part a shift in pixels. `f` is the side of a window, and there
# an operation. Each docstring says which.
#
# ### One window at a time
#
# A filter `k` lies on a window of the image. Multiply each weight by the pixel under it and add up: that is one number
# of the output. By hand, for the first window below:
# $1 \cdot 1 + 0 \cdot 0 + 2 \cdot 3 + (-1) \cdot 1 = 6$. One step to the right:
# $1 \cdot 0 + 0 \cdot 2 + 2 \cdot 1 + (-1) \cdot 0 = 2$.

# %%
by_hand = {"image": np.array([[1, 0, 2, 1], [3, 1, 0, 2], [0, 2, 1, 1]]), "filter": np.array([[1, 0], [2, -1]]),
           "output": np.array([[6, 2, 0], [1, 4, 1]])}
fig, axes = plots.figure(7.2, 2.6, 1, 3)
for ax, (name, values), window in zip(axes, by_hand.items(), [(0, 1, 2, 2), None, (0, 1, 1, 1)]):
    plots.cells(ax, values, windows={"second window" if name == "image" else "its output": window} if window else None)
    ax.set(xlim=(-0.1, 4.1), ylim=(3.1, -0.1))
    ax.set_title(f"{name}, {values.shape[0]} × {values.shape[1]}")
plots.show(fig, alt=(
    "Three grids. The image, rows 1 0 2 1, 3 1 0 2 and 0 2 1 1, with its second window, 0 2 over 1 0, outlined. The filter, "
    "rows 1 0 and 2 -1. The output, rows 6 2 0 and 1 4 1, with the 2 outlined, which comes from the second window."))

# %% [markdown]
# In symbols, with $k$ of shape $(F_h, F_w)$,
#
# $$\text{out}_{ij} = \sum_{u=0}^{F_h - 1} \sum_{v=0}^{F_w - 1} x_{i+u,\,j+v}\; k_{uv},
# \qquad \text{out has shape } (H - F_h + 1,\; W - F_w + 1).$$
#
# Signs stand as they are, and nothing is turned or mirrored. Mathematicians call this **cross-correlation**. Every
# deep-learning library calls it convolution. The difference comes in a moment.

# %% exercise="cross-correlate2d" minutes=12 difficulty=2 law="each output is the sum of a full window's pixels, each times the weight that lies on it"
def cross_correlate2d(x: np.ndarray, k: np.ndarray) -> np.ndarray:
    """Slide the filter k over the image x, full windows only.

    x: (H, W) float64. k: (Fh, Fw) float64, not always square, Fh <= H and Fw <= W.
    Returns (H - Fh + 1, W - Fw + 1) float64.
    """
    ### BEGIN SOLUTION
    height, width = k.shape
    out = np.empty((x.shape[0] - height + 1, x.shape[1] - width + 1))
    for i, j in np.ndindex(out.shape):
        out[i, j] = (x[i : i + height, j : j + width] * k).sum()
    return out
    ### END SOLUTION

# %% [markdown] hint="cross-correlate2d"
# - *I don't know where to start.* Make an array of the output's shape, and go through its cells with two loops. (Or
#   with one: `for i, j in np.ndindex(3, 2)` visits (0, 0), (0, 1), (1, 0) and so on.) Which slice of `x` lies under
#   the filter for the cell (i, j)?
# - *A slice has the wrong size.* `x[i : i + 2]` holds rows i and i + 1. The window is as high and as wide as `k`, and
#   the two need not be equal.
# - *I have a row of numbers where I want one.* `*` multiplies entry by entry; after it all the products have to be
#   added up. `@` is a matrix product, which adds up other pairs.

# %% test="cross-correlate2d" points=2
x = np.array([[1.0, 2.0, 0.0, 1.0], [0.0, 1.0, 3.0, 1.0], [2.0, 0.0, 1.0, 2.0]])
k = np.array([[1.0, 2.0], [3.0, 4.0]])
with check.without("torch.conv2d", "torch.nn.functional.conv2d"):
    check.equal(cross_correlate2d, x, k, expect=[[9.0, 17.0, 15.0], [8.0, 11.0, 16.0]], draw=True, mistakes={
        "you turned the filter by half a turn: here nothing is turned": [[11.0, 13.0, 10.0], [7.0, 14.0, 19.0]],
        "you turned the filter upside down: its first row lies on the window's first row":
            [[13.0, 13.0, 9.0], [6.0, 17.0, 18.0]],
        "you mirrored the filter left to right: its first column lies on the window's first column":
            [[7.0, 17.0, 16.0], [9.0, 8.0, 17.0]],
        "you transposed the filter: row u of the filter lies on row i + u of the image":
            [[11.0, 16.0, 13.0], [7.0, 14.0, 16.0]],
        "your answer lacks a row and a column: there are H - Fh, plus one, places": [[9.0, 17.0]],
        "you took the mean of the products: add them up": [[2.25, 4.25, 3.75], [2.0, 2.75, 4.0]],
        "you multiplied matrices and added up to one number: multiply entry by entry":
            [[22.0, 30.0, 24.0], [14.0, 28.0, 34.0]],
        "you padded the image to keep the size: only full windows count":
            [[9.0, 17.0, 15.0, 4.0], [8.0, 11.0, 16.0, 7.0], [2.0, 2.0, 5.0, 2.0]],
        "you laid the windows side by side: the next one starts one pixel further on":
            [[9.0, 15.0]],
        "your sizes clash: a window is as large as k, and its products, entry by entry, add up to one number for each cell": ValueError})
    k = np.array([[1.0, 0.0, 2.0], [0.0, -1.0, 3.0]])
    check.equal(cross_correlate2d, x, k, expect=[[9.0, 4.0], [9.0, 8.0]], mistakes={
        "you used the filter's height for both of its sides: it has a width of its own":
            [[0.0, -1.0, -1.0], [0.0, 0.0, 1.0]],
        "your window does not fit the filter: rows go with its height and columns with its width, in the slices and in the answer's size":
            ValueError})

# %% test="cross-correlate2d" points=1 hidden=true covers="40 random images and filters, most of them not square, filters as large as the image"
rng = check.rng("cross-correlate2d")
cases = [(rng.normal(size=(3, 4)), rng.normal(size=(3, 4))), (rng.normal(size=(1, 5)), rng.normal(size=(1, 2)))]
for _ in range(38):
    h, w = (int(size) for size in rng.integers(1, 9, 2))
    cases.append((rng.normal(size=(h, w)), rng.normal(size=(rng.integers(1, h + 1), rng.integers(1, w + 1)))))
with check.without("torch.conv2d", "torch.nn.functional.conv2d"):
    check.equal_many(cross_correlate2d, cases, expect=conv_layers.cross_correlate2d)

# %% [markdown]
# **Law.** One output, one window: the sum of pixel times weight. The same weights serve at every place.
#
# ## What the word means
#
# A **convolution**, as mathematicians and signal engineers have it, reads the filter backwards:
#
# $$(x * k)_{ij} = \sum_{u=0}^{F_h - 1} \sum_{v=0}^{F_w - 1} x_{i-u,\,j-v}\; k_{uv} .$$
#
# Here $(i, j)$ is the *lower right* corner of the window. With full windows it starts at $i = F_h - 1$, $j = F_w - 1$:
# that number is the first of the answer. Mind the minus signs. Rows *and* columns of the filter run against those of
# the image, so it is the cross-correlation with the filter turned by half a turn. There is a reason for this twist: with it the order does not matter,
# $x * k = k * x$, and filtering twice is the same as filtering once with $k_1 * k_2$. Cross-correlation has neither
# property.
#
# So the layer that PyTorch names `Conv2d`, and the formula printed under the word "convolution" in most books on deep
# learning, is cross-correlation. It does no harm: the weights are learnt, and a network that needs the turned filter
# learns the turned filter. It matters when a filter comes from somewhere else: from a book on signals, from
# `scipy.signal`, from your own head.
#
# By hand, in one dimension: slide $(1, 2, 5)$ over a single 1 among zeros, $(0, 0, 1, 0, 0)$. Cross-correlation gives
# $(5, 2, 1)$, since the 1 first meets the *last* weight. Convolution gives $(1, 2, 5)$: a dot is replaced by a copy of
# the filter. The next function is to do that in two dimensions.
#
# ### Who would notice?
#
# Four filters are used the way PyTorch uses them, and then turned by half a turn. For three of them nothing changes,
# on any image. For which one does the answer change? (You will see after the next exercise, with your own functions.)
#
# | `"box"` | `"Laplacian"` | `"Sobel"` | `"Gaussian"` |
# | :---: | :---: | :---: | :---: |
# | 1 1 1 | 0 1 0 | -1 0 1 | 1 2 1 |
# | 1 1 1 | 1 -4 1 | -2 0 2 | 2 4 2 |
# | 1 1 1 | 0 1 0 | -1 0 1 | 1 2 1 |

# %% predict="flip-difference" minutes=2 choices="box | Laplacian | Sobel | Gaussian" law="turning matters where the filter differs from itself turned by half a turn"
### BEGIN SOLUTION
changed_by_turning = "Sobel"
### END SOLUTION

# %% test="flip-difference" points=1 hidden=true covers="your prediction"
check.equal(changed_by_turning, expect="Sobel", mistakes={
    "nine equal weights read the same from behind": "box",
    "the centre of the Laplacian stays in the centre, and its four ones change places with each other": "Laplacian",
    "the Gaussian is the same on both sides of its centre: turned by half a turn it is itself": "Gaussian"})

# %% exercise="convolve2d" minutes=6 difficulty=1 read="What the word means" law="a convolution is a cross-correlation with the filter turned by half a turn: rows and columns reversed"
def convolve2d(x: np.ndarray, k: np.ndarray) -> np.ndarray:
    """The convolution of mathematics, full windows only.

    x: (H, W) float64. k: (Fh, Fw) float64, Fh <= H and Fw <= W. Returns (H - Fh + 1, W - Fw + 1) float64: what
    scipy.signal.convolve2d(x, k, mode="valid") returns.
    """
    ### BEGIN SOLUTION
    return cross_correlate2d(x, k[::-1, ::-1])
    ### END SOLUTION

# %% [markdown] hint="convolve2d"
# - *I don't know where to start.* You have a function that slides a filter over an image as it is. What has to happen
#   to the filter first?
# - *How do I reverse an array?* A slice with step -1 runs backwards: `np.array([1, 2, 5])[::-1]` is 5, 2, 1. A table
#   has two axes, and each can have its own slice.
# - *My answer is a turned copy of what is expected.* What you turned was the image. Turn the small one.

# %% test="convolve2d" points=1
x = np.array([[1.0, 2.0, 0.0, 1.0], [0.0, 1.0, 3.0, 1.0], [2.0, 0.0, 1.0, 2.0]])
k = np.array([[1.0, 2.0], [3.0, 4.0]])
with check.given(conv_layers), check.without("torch.conv2d", "torch.nn.functional.conv2d"):
    check.equal(convolve2d, x, k, expect=[[11.0, 13.0, 10.0], [7.0, 14.0, 19.0]], draw=True, mistakes={
        "you did not turn the filter: that is cross-correlation": [[9.0, 17.0, 15.0], [8.0, 11.0, 16.0]],
        "you reversed the rows only: half a turn reverses the columns too": [[13.0, 13.0, 9.0], [6.0, 17.0, 18.0]],
        "you reversed the columns only: half a turn reverses the rows too": [[7.0, 17.0, 16.0], [9.0, 8.0, 17.0]],
        "you turned the image: the one to turn is the filter": [[19.0, 14.0, 7.0], [10.0, 13.0, 11.0]],
        "you turned both image and filter, or the answer: turn the filter alone, before it slides":
            [[16.0, 11.0, 8.0], [15.0, 17.0, 9.0]],
        "you transposed the filter: half a turn reverses rows and columns": [[11.0, 16.0, 13.0], [7.0, 14.0, 16.0]],
        "you gave the filter a quarter of a turn: it takes two of them": [[13.0, 14.0, 10.0], [6.0, 17.0, 17.0]],
        "your indices i - u and j - v became negative, and wrapped to the far side: the first full window has i = Fh - 1, j = Fw - 1":
            [[17.0, 12.0, 7.0], [9.0, 11.0, 13.0]],
        "you took zeros outside the image: the first full window has i = Fh - 1, j = Fw - 1":
            [[1.0, 4.0, 4.0], [3.0, 11.0, 13.0]],
        "image and filter changed places in your call: the image comes first": RuntimeError})

# %% test="convolve2d" points=1 hidden=true covers="30 random images and filters, not all of them square"
rng = check.rng("convolve2d")
cases = []
for _ in range(30):
    h, w = (int(size) for size in rng.integers(1, 8, 2))
    cases.append((rng.normal(size=(h, w)), rng.normal(size=(rng.integers(1, h + 1), rng.integers(1, w + 1)))))
with check.given(conv_layers), check.without("torch.conv2d", "torch.nn.functional.conv2d"):
    check.equal_many(convolve2d, cases, expect=conv_layers.convolve2d)

# %% [markdown]
# A single 1 among zeros shows what a filter does to each pixel: it is called the *impulse*. Here is what both of your
# functions make of it, with a filter of the numbers 1 to 9.

# %% demo="impulse"
dot, numbers = np.zeros((5, 5)), np.arange(1.0, 10.0).reshape(3, 3)
dot[2, 2] = 1
fig, axes = plots.figure(7.2, 2.9, 1, 3)
for ax, title, values in zip(axes, ["the filter", "cross-correlation", "convolution"],
                             [numbers, cross_correlate2d(dot, numbers), convolve2d(dot, numbers)]):
    plots.cells(ax, values, shade=True)
    ax.set_title(title)
plots.show(fig, alt=(
    "Three grids of 3 by 3. The filter holds 1 to 9 in reading order. The cross-correlation of a single dot with it holds 9 down "
    "to 1, the filter turned by half a turn. The convolution holds 1 to 9 again."))
four = {"box": [[1.0, 1, 1], [1, 1, 1], [1, 1, 1]], "Laplacian": [[0.0, 1, 0], [1, -4, 1], [0, 1, 0]],
        "Sobel": [[-1.0, 0, 1], [-2, 0, 2], [-1, 0, 1]], "Gaussian": [[1.0, 2, 1], [2, 4, 2], [1, 2, 1]]}
noise = np.random.default_rng(0).normal(size=(8, 8))
for name, k in four.items():
    same = np.allclose(cross_correlate2d(noise, np.array(k)), convolve2d(noise, np.array(k)))
    print(f"{name:10} the same after half a turn: {same}")

# %% [markdown]
# Sobel alone notices: turned by half a turn it is its own negative, so its answer changes sign. The other three are
# the same turned.
#
# **Law.** Convolution turns the filter by half a turn, cross-correlation does not. The layer named convolution is
# cross-correlation.
#
# ## What filters see
#
# ### Edges
#
# Where neighbouring pixels differ, there is an edge. Two classics look for it.
#
# - The **Laplacian**, as in the table above, adds up the four neighbours and takes the pixel away four times. On an
#   even area that is 0. On an even *slope* it is 0 too: the Laplacian answers where a slope changes, with opposite
#   signs on the two sides of an edge.
# - The **Sobel** filter of the table subtracts the left from the right: the slope $g_x$ across the columns, smoothed
#   over three rows. Transposed, it measures the slope $g_y$ down the rows. Together they give the steepness in
#   whatever direction the edge runs: $\sqrt{g_x^2 + g_y^2}$ at each pixel.
#
# By hand, on three equal rows $(0, 0, 1, 1)$, a step from dark to bright: the Laplacian is $1$ left of the step,
# since one neighbour is brighter by 1, and $-1$ right of it. $g_x$ is $1 + 2 + 1 = 4$ at both, and $g_y = 0$.

# %% exercise="edge-image" minutes=12 difficulty=2 law="the Laplacian as it is, with its signs; and the root of the two squared Sobel slopes"
def edge_image(photo: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The Laplacian of a grey image, and the steepness of its edges.

    photo: (H, W) float64, H and W at least 3. Full windows only, no padding.
    Returns (laplacian, steepness), each (H - 2, W - 2) float64. laplacian: slid with the centre -4, signs kept.
    steepness: the square root of gx squared plus gy squared, with the Sobel filter above and its transpose.
    """
    ### BEGIN SOLUTION
    laplacian = np.array([[0.0, 1.0, 0.0], [1.0, -4.0, 1.0], [0.0, 1.0, 0.0]])
    sobel = np.array([[-1.0, 0.0, 1.0], [-2.0, 0.0, 2.0], [-1.0, 0.0, 1.0]])
    gx, gy = cross_correlate2d(photo, sobel), cross_correlate2d(photo, sobel.T)
    return cross_correlate2d(photo, laplacian), np.sqrt(gx**2 + gy**2)
    ### END SOLUTION

# %% [markdown] hint="edge-image"
# - *I don't know where to start.* Write both filters down as arrays of 3×3, and slide them with your function: three
#   slides in all, since Sobel has two directions.
# - *How do I get the second Sobel filter?* Rows become columns: it is the first one, transposed.
# - *The steepness is off where an edge runs askew.* Add squares, not values, and take the root at each pixel, after
#   both slides.
# - *My answer is larger than expected by a frame.* Only full windows count: do not pad.

# %% test="edge-image" points=2
def both_images(answer, photo):
    """The two images, or what came instead."""
    found = answer(photo)
    if hasattr(found, "shape"):
        return "one array"
    return [found[0], found[1]] if isinstance(found, (tuple, list)) and len(found) == 2 else "not two"


def edges_of(photo):
    """The two images, as the answer gives them."""
    found = check.observe(both_images, edge_image, photo)
    check.that(found != "one array", "you returned one array: return two, the Laplacian and the steepness, with a comma between them")
    check.that(found != "not two", "you did not return two images: the Laplacian, then the steepness")
    return found


step = np.array([[0.0, 0.0, 1.0, 1.0], [0.0, 0.0, 1.0, 1.0], [0.0, 0.0, 1.0, 1.0]])
dot = np.zeros((5, 5))
dot[2, 2] = 1.0
with check.given(conv_layers):
    laplacian, steepness = edges_of(step)
    about = "the Laplacian of three equal rows 0 0 1 1"
    check.close(laplacian, expect=[[1.0, -1.0]], rtol=1e-9, atol=1e-9, about=about, mistakes={
        "you took the size of the Laplacian: keep its signs, they tell the two sides of an edge apart": [[1.0, 1.0]],
        "you cut off the negative numbers: they are one side of each edge": [[1.0, 0.0]],
        "your centre is +4: the four neighbours count once each and the pixel −4 times": [[1.0, 7.0]],
        "your sign was turned: the centre is −4": [[-1.0, 1.0]],
        "you used eight neighbours: this Laplacian has four": [[3.0, -3.0]],
        "you padded the photograph: full windows only, or its border becomes an edge":
            [[0.0, 1.0, -2.0, -2.0], [0.0, 1.0, -1.0, -1.0], [0.0, 1.0, -2.0, -2.0]],
        "your two answers changed places: the Laplacian comes first": [[4.0, 4.0]]})
    laplacian, steepness = edges_of(dot)
    about = "a photograph of 5×5 with a single white dot: {}".format
    check.close(laplacian, expect=[[0.0, 1.0, 0.0], [1.0, -4.0, 1.0], [0.0, 1.0, 0.0]], draw=True,
        about=about("the Laplacian"))
    check.close(steepness, expect=[[1.41421356, 2.0, 1.41421356], [2.0, 0.0, 2.0], [1.41421356, 2.0, 1.41421356]],
        draw=True, about=about("the steepness"), mistakes={
        "you left out the root": [[2.0, 4.0, 2.0], [4.0, 0.0, 4.0], [2.0, 4.0, 2.0]],
        "you added the absolute values: add the squares and take the root":
            [[2.0, 2.0, 2.0], [2.0, 0.0, 2.0], [2.0, 2.0, 2.0]],
        "you took the slope across alone: the slope down the rows belongs to it":
            [[1.0, 0.0, 1.0], [2.0, 0.0, 2.0], [1.0, 0.0, 1.0]],
        "both of your Sobel filters measure the slope across: the second one is the first, transposed":
            [[1.41421356, 0.0, 1.41421356], [2.82842712, 0.0, 2.82842712], [1.41421356, 0.0, 1.41421356]],
        "you added the two answers: add their squares and take the root":
            [[2.0, 2.0, 0.0], [2.0, 0.0, -2.0], [0.0, -2.0, -2.0]],
        "you used Prewitt's filter: Sobel's middle row counts twice":
            [[1.41421356, 1.0, 1.41421356], [1.0, 0.0, 1.0], [1.41421356, 1.0, 1.41421356]]})

# %% test="edge-image" points=1 hidden=true covers="20 random images, from 3×3 upwards, not all of them square"
def edges(photo):
    sobel = np.outer([1.0, 2.0, 1.0], [-1.0, 0.0, 1.0])
    laplacian = np.array([[0.0, 1.0, 0.0], [1.0, -4.0, 1.0], [0.0, 1.0, 0.0]])
    slide = conv_layers.cross_correlate2d
    return slide(photo, laplacian), np.hypot(slide(photo, sobel), slide(photo, sobel.T))


rng = check.rng("edge-image")
cases = [(rng.uniform(size=tuple(rng.integers(3, 9, 2))),) for _ in range(20)]
with check.given(conv_layers):
    check.equal_many(edge_image, cases, expect=edges)

# %% [markdown]
# Now a real photograph: a pavilion above a lake (photograph: danielbuechele, CC BY 2.0). It is made grey, each 3×3
# pixels are averaged into one, and a piece of 96×128 is cut out. For the Laplacian mid grey means 0; for the steepness
# black does. The last picture is a piece of the Laplacian, enlarged: there the two signs of each edge can be seen side
# by side.

# %% demo="edges"
grey = data.photograph("china").mean(axis=2) / 255
small = grey[:426, :639].reshape(142, 3, 213, 3).mean(axis=(1, 3))
photo = small[5:101, 12:140]  # 96 × 128, values from 0 to 1


def draw_images(images, alt, columns=3, signed=()):
    """Grey images with titles. Those named in `signed` have mid grey for 0."""
    rows = -(-len(images) // columns)
    fig, axes = plots.figure(7.2, 2.2 * rows, rows, columns)
    for ax, (title, image) in zip(axes.flat, images.items()):
        top = np.abs(image).max() if title in signed else image.max()
        ax.imshow(image, cmap="gray", vmin=-top if title in signed else min(0.0, image.min()), vmax=top,
            interpolation="nearest")
        ax.set_title(title, fontsize=10)
        ax.axis("off")
    plots.show(fig, alt=alt)


laplacian, steepness = edge_image(photo)
corner = "its roof's corner, enlarged"
draw_images({"photograph": photo, "steepness": steepness, "Laplacian": laplacian, corner: laplacian[24:42, 74:98]},
    columns=2, signed=["Laplacian", corner], alt=(
    "Four grey images. A pavilion with three storeyed roofs before a bright sky. Its steepness, black sky and bright outlines. "
    "Its Laplacian, mid grey nearly everywhere, with thin lines along roofs and columns. A corner of the upper roof in the "
    "Laplacian, enlarged to single pixels: bright pixels stand beside dark ones along the edge, which is a double line."))
for name, values in [("|Laplacian|", abs(laplacian)), ("steepness", steepness)]:
    print(f"{name:11}  sky: {values[:25, :45].mean():.3f}   whole picture: {values.mean():.3f}")

# %% [markdown]
# ### A filter of your own
#
# Here you can type any filter of 3×3 (the panel calls it a *kernel*, its other name) and see at once what it does. The
# words below the pictures say what its sum means. Where widgets don't run you see one picture, of *sharpen*. Try these,
# and guess before you look:
#
# - Start from the *identity* and raise its centre to 2. Then put −0.25 on the four neighbours, so that the sum
#   is 1 again. What has changed beside the brightness?
# - *Sobel, across*: which edges of the pavilion are missing? Turn the filter by half a turn, by hand. What changes?
# - *Emboss*: its sum is 1, and yet it draws edges. Where does the light come from?

# %% demo="kernel-editor"
widgets.edit_kernel()

# %% [markdown]
# **Law.** A filter's sum says what becomes of an even area: sum 1 keeps its brightness, sum 0 makes it 0 and leaves the
# changes alone.

# %% [markdown]
# ## A whole layer
#
# ### A frame of zeros
#
# A layer pads first. One function for all cases: whatever axes come in front, images or channels or none, the frame
# of zeros goes round the last two, height and width. `x[..., 1:3, 1:3]` takes a slice of the last two axes, however
# many there are before them; `np.pad` takes one pair (before, after) for each axis.

# %% exercise="pad2d" minutes=6 difficulty=1 law="P zeros on each of the four sides of the last two axes, and nothing on any other axis"
def pad2d(x: np.ndarray, padding: int) -> np.ndarray:
    """A frame of zeros round the last two axes.

    x: (..., H, W) floats, with two axes or more. padding: P, at least 0. Returns (..., H + 2P, W + 2P) in x's dtype.
    """
    ### BEGIN SOLUTION
    sides = [(0, 0)] * (x.ndim - 2) + [(padding, padding)] * 2
    return np.pad(x, sides)
    ### END SOLUTION

# %% [markdown] hint="pad2d"
# - *I don't know where to start.* Two ways: make a larger array of zeros and write `x` into its middle, or tell
#   `np.pad` how much to add before and after each axis.
# - *It pads the channels too.* A single number means every axis to `np.pad`. How many axes have to stay as they are?
#   `x.ndim` counts them all.
# - *With padding 0 everything is lost, or it raises an error.* `out[0:-0]` is empty, since −0 is 0. Say where the slice
#   ends by counting from its start.
# - *The dtype differs.* `np.zeros(shape)` makes float64 unless you name another: `x.dtype`.

# %% test="pad2d" points=1
x = np.array([[1.0, 2.0], [3.0, 4.0]])
with check.without("torch.nn.functional.pad"):
    check.equal(pad2d, x, 1, expect=[[0.0, 0.0, 0.0, 0.0], [0.0, 1.0, 2.0, 0.0], [0.0, 3.0, 4.0, 0.0],
        [0.0, 0.0, 0.0, 0.0]], draw=True, mistakes={
        "you padded one side only, on the right and below: zeros come on each side":
            [[1.0, 2.0, 0.0], [3.0, 4.0, 0.0], [0.0, 0.0, 0.0]],
        "you padded left and right only: zeros come above and below, too": [[0.0, 1.0, 2.0, 0.0], [0.0, 3.0, 4.0, 0.0]],
        "you padded above and below only: zeros come left and right, too":
            [[0.0, 0.0], [1.0, 2.0], [3.0, 4.0], [0.0, 0.0]],
        "you repeated the edge: the frame holds zeros":
            [[1.0, 1.0, 2.0, 2.0], [1.0, 1.0, 2.0, 2.0], [3.0, 3.0, 4.0, 4.0], [3.0, 3.0, 4.0, 4.0]],
        "your sizes clash: np.pad takes one pair for each axis that x has (x.ndim counts them), and a slice that gets x must have its size":
            ValueError})
    x = np.array([[[1.0, 2.0]], [[3.0, 4.0]]])
    check.equal(pad2d, x, 1, expect=[[[0.0, 0.0, 0.0, 0.0], [0.0, 1.0, 2.0, 0.0], [0.0, 0.0, 0.0, 0.0]],
        [[0.0, 0.0, 0.0, 0.0], [0.0, 3.0, 4.0, 0.0], [0.0, 0.0, 0.0, 0.0]]], mistakes={
        "you padded every axis: only the last two, height and width, get a frame":
            [[[0.0, 0.0, 0.0, 0.0], [0.0, 0.0, 0.0, 0.0], [0.0, 0.0, 0.0, 0.0]], [[0.0, 0.0, 0.0, 0.0],
            [0.0, 1.0, 2.0, 0.0], [0.0, 0.0, 0.0, 0.0]], [[0.0, 0.0, 0.0, 0.0], [0.0, 3.0, 4.0, 0.0],
            [0.0, 0.0, 0.0, 0.0]], [[0.0, 0.0, 0.0, 0.0], [0.0, 0.0, 0.0, 0.0], [0.0, 0.0, 0.0, 0.0]]],
        "you padded the first two axes: height and width are the last two":
            [[[0.0, 0.0], [0.0, 0.0], [0.0, 0.0]], [[0.0, 0.0], [1.0, 2.0], [0.0, 0.0]], [[0.0, 0.0], [3.0, 4.0],
            [0.0, 0.0]], [[0.0, 0.0], [0.0, 0.0], [0.0, 0.0]]]})
    check.equal(pad2d, x, 0, expect=[[[1.0, 2.0]], [[3.0, 4.0]]], law="with padding 0 the image stays as it is",
        mistakes={
        "nothing of x is left: a slice [0:-0] is empty": [[[0.0, 0.0]], [[0.0, 0.0]]],
        "you wrote x into an empty slice: 0:-0 is empty, so use np.pad or a slice that ends at padding plus the size":
            ValueError})
    check.equal(pad2d, np.array([[7.0]], dtype=np.float32), 1, expect=np.array([[0, 0, 0], [0, 7, 0], [0, 0, 0]],
        dtype=np.float32),
                mistakes={"you made float64 of float32: the answer has x's dtype": np.array([[0.0, 0, 0], [0, 7, 0],
                    [0, 0, 0]])})

# %% test="pad2d" points=1 hidden=true covers="24 random arrays with two to four axes, float32 among them, padding 0 to 3"
rng = check.rng("pad2d")
cases = []
for i in range(24):
    shape = tuple(int(size) for size in rng.integers(1, 5, 2 + i % 3))
    cases.append((rng.normal(size=shape).astype([np.float64, np.float32][i % 2]), i % 4))
with check.without("torch.nn.functional.pad"):
    check.equal_many(pad2d, cases, expect=conv_layers.pad2d)

# %% [markdown]
# ### Images, channels, filters
#
# The layer gets a batch `x` of shape (N, C, H, W) and filters `w` of shape (K, C, F, F). A filter is as deep as its
# input: it has a slice of weights for each channel, and **all $C \cdot F \cdot F$ products of a window are added up**,
# together with the filter's one bias. So each filter makes one map:
#
# $$\text{out}_{n k i j} = b_k + \sum_{c=0}^{C-1} \sum_{u=0}^{F-1} \sum_{v=0}^{F-1} x^{\text{padded}}_{n,\,c,\;iS + u,\;jS + v}\; w_{k c u v},
# \qquad \text{shape } (N, K, H', W').$$
# (It is also the sum of $C$ answers of `cross_correlate2d`, one for each channel, plus the bias. You may build it so.)
#
# By hand, for two channels and $F = 1$: a pixel holds $(3, 5)$, the filter $(2, -1)$ and the bias is $4$. The output is
# $4 + 2 \cdot 3 - 1 \cdot 5 = 5$, one number, and the bias comes in once. $H'$ and $W'$ follow lesson 06:
# $H' = \lfloor (H + 2P - F)/S \rfloor + 1$.

# %% exercise="conv2d-forward" minutes=18 difficulty=3 law="one number for each image, filter and place: the sum over all channels of the window, plus the filter's bias once"
def conv2d_forward(x: np.ndarray, w: np.ndarray, b: np.ndarray, stride: int = 1, padding: int = 0) -> np.ndarray:
    """A convolution layer as PyTorch has it.

    x: (N, C, H, W), w: (K, C, F, F), b: (K,), all float64. The filter fits: F <= H + 2 * padding, and the same for W.
    stride (at least 1) and padding (at least 0) hold for both axes; pixels that are left over at the end are not read.
    Returns (N, K, H', W') float64.
    """
    ### BEGIN SOLUTION
    f = w.shape[2]
    x = pad2d(x, padding)
    n, _, height, width = x.shape
    out = np.empty((n, len(w), (height - f) // stride + 1, (width - f) // stride + 1))
    for image, k, i, j in np.ndindex(out.shape):
        top, left = i * stride, j * stride
        window = x[image, :, top : top + f, left : left + f]  # (C, F, F)
        out[image, k, i, j] = (window * w[k]).sum() + b[k]
    return out
    ### END SOLUTION

# %% [markdown] hint="conv2d-forward"
# - *I don't know where to start.* Four loops make a fine first version: images, filters, rows and columns of the
#   output. `np.ndindex(out.shape)` runs through all four at once.
# - *What does the window look like?* For one image it has three axes, all channels with F rows and F columns, and so
#   has one filter. They can be multiplied entry by entry.
# - *It is right with stride 1 and wrong with stride 2.* The output's cell (i, j) belongs to a window that begins at row
#   i times the stride, and at column j times the stride.
# - *The size is off.* Is it measured on the padded image?
# - *One filter is right and the other off by a constant.* Each filter has a bias of its own, and adds it once.

# %% test="conv2d-forward" points=2
x = np.array([[[[1.0, 2.0, 0.0], [0.0, 1.0, 3.0]], [[2.0, 0.0, 1.0], [1.0, 1.0, 0.0]]]])
w = np.array([[[[1.0, 2.0], [0.0, 1.0]], [[0.0, 1.0], [3.0, 0.0]]], [[[2.0, 0.0], [0.0, 1.0]], [[1.0, 1.0],
    [0.0, 4.0]]]])
b = np.array([10.0, 20.0])
with check.given(conv_layers), check.without("torch.conv2d", "torch.nn.functional.conv2d"):
    check.equal(conv2d_forward, x, w, b, expect=[[[[19.0, 19.0]], [[29.0, 28.0]]]], mistakes={
        "you used the first channel alone: add up over all channels": [[[[16.0, 15.0]], [[23.0, 27.0]]]],
        "you used the last channel alone: did it overwrite the others? Add up over all channels":
            [[[[13.0, 14.0]], [[26.0, 21.0]]]],
        "you did not add up the channels: a filter makes one map, however many channels it reads":
            [[[[[16.0, 15.0]], [[13.0, 14.0]]], [[[23.0, 27.0]], [[26.0, 21.0]]]]],
        "you added the bias for every channel: it comes in once for each output": [[[[29.0, 29.0]], [[49.0, 48.0]]]],
        "you left out the bias": [[[[9.0, 9.0]], [[9.0, 8.0]]]],
        "you gave the first bias to all filters: each has its own": [[[[19.0, 19.0]], [[19.0, 18.0]]]],
        "you turned the filter: the layer named convolution is cross-correlation": [[[[13.0, 21.0]], [[33.0, 29.0]]]],
        "you turned the filter, and its channels with it: the layer named convolution is cross-correlation":
            [[[[21.0, 13.0]], [[29.0, 32.0]]]],
        "you took the mean of the products: add them up": [[[[11.125, 11.125]], [[21.125, 21.0]]]],
        "you used the height for both sides of the image: the width has a size of its own":
            [[[[19.0]], [[29.0]]]],
        "you put the channels last: the shape is (N, K, H', W')": [[[[19.0, 29.0], [19.0, 28.0]]]]})
    two = np.array([[[[1.0, 2.0], [3.0, 4.0]]], [[[5.0, 6.0], [7.0, 9.0]]]])
    one_filter = np.array([[[[1.0, 0.0], [0.0, 2.0]]]])
    check.equal(conv2d_forward, two, one_filter, np.zeros(1), expect=[[[[9.0]]], [[[23.0]]]],
        mistakes={
        "you took F from the axis of the channels: w is (K, C, F, F)":
            [[[[3.0, 6.0], [9.0, 12.0]]], [[[15.0, 18.0], [21.0, 27.0]]]],
        "you gave the first image's answer for all: each image has its own": [[[[9.0]]], [[[9.0]]]]})

# %% test="conv2d-forward" points=1
x = np.array([[[[1.0, 2.0, 0.0, 1.0], [0.0, 1.0, 3.0, 1.0], [2.0, 0.0, 1.0, 2.0]]]])
w, b = np.array([[[[1.0, 2.0], [3.0, 4.0]]]]), np.array([100.0])
with check.given(conv_layers), check.without("torch.conv2d", "torch.nn.functional.conv2d"):
    check.equal(conv2d_forward, x, w, b, stride=2, expect=[[[[109.0, 115.0]]]], draw=True, mistakes={
        "you used the stride down the rows only: it holds for both axes": [[[[109.0, 117.0, 115.0]]]],
        "you used the stride along the columns only: it holds for both axes": [[[[109.0, 115.0], [108.0, 116.0]]]],
        "you ignored the stride": [[[[109.0, 117.0, 115.0], [108.0, 111.0, 116.0]]]],
        "your size is right, but you moved the window by one pixel: the next one starts a whole stride further on":
            [[[[109.0, 117.0]]]],
        "your window ends at i + F: it begins at i times the stride, and ends F further on": [[[[109.0, 121.0]]]],
        "you rounded (H - F + 1)/S down: the plus one comes after the division": [[[[109.0]]]]})
    check.equal(conv2d_forward, x, w, b, stride=2, padding=1, expect=[[[[104.0, 106.0, 103.0],
        [108.0, 111.0, 107.0]]]], mistakes={
        "you ignored the padding: a frame of zeros comes first": [[[[109.0, 115.0]]]],
        "you measured H' and W' on the bare image: the frame counts, 2P more": [[[[104.0, 106.0]]]],
        "you padded on the right and below only: zeros come on all four sides": [[[[109.0, 115.0], [102.0, 105.0]]]],
        "you padded on the left and above only: zeros come on all four sides": [[[[104.0, 106.0], [108.0, 111.0]]]]})

# %% test="conv2d-forward" points=1 hidden=true covers="30 random layers, images that are not square, strides 1 to 3, padding 0 to 2, pixels left over, as PyTorch computes them"
rng = check.rng("conv2d-forward")
cases = []
for _ in range(30):
    f, padding = int(rng.integers(1, 4)), int(rng.integers(0, 3))
    n, c, k = (int(size) for size in rng.integers(1, 4, 3))
    h, width = (int(size) for size in rng.integers(f, f + 4, 2))
    cases.append((rng.normal(size=(n, c, h, width)), rng.normal(size=(k, c, f, f)), rng.normal(size=k),
        int(rng.integers(1, 4)), padding))
with check.given(conv_layers), check.without("torch.conv2d", "torch.nn.functional.conv2d"):
    check.equal_many(conv2d_forward, cases, expect=conv_layers.conv2d_forward)

# %% [markdown]
# A layer of five filters makes five maps. Here they are written by hand; from lesson 08 on they are learnt, and the
# first layer of a trained network often holds filters much like these. After the layer comes a ReLU, as in most
# networks: of each map only the positive part goes on. (In lesson 01's words, a map is the output of one neuron, laid
# at every place of the image.)

# %% demo="activation-maps"
filters = {
    "blur": np.ones((3, 3)) / 9,
    "bright left of dark": np.array([[1.0, 0, -1], [2, 0, -2], [1, 0, -1]]),
    "dark left of bright": np.array([[-1.0, 0, 1], [-2, 0, 2], [-1, 0, 1]]),
    "dark above bright": np.array([[-1.0, -2, -1], [0, 0, 0], [1, 2, 1]]),
    "fine dark detail": np.array([[1.0, 1, 1], [1, -8, 1], [1, 1, 1]]),
}
w = np.array(list(filters.values()))[:, None]  # (5, 1, 3, 3)
maps = np.maximum(conv2d_forward(photo[None, None], w, np.zeros(5), padding=1)[0], 0)  # (5, 96, 128)
draw_images({"photograph": photo} | {name: image[1:-1, 1:-1] for name, image in zip(filters, maps)}, alt=(
    "The photograph and five activation maps after a ReLU, black where nothing is found. The photograph, blurred. The left-hand outline of "
    "the pavilion, where bright sky lies left of dark roof. Its right-hand outline. The lower edges of roofs and ledges, where dark lies "
    "above bright. Fine dark detail: thin lines along roofs and columns."))
for name, image in zip(filters, maps):
    print(f"{name:19} answers with more than 0.5 at {np.mean(image[1:-1, 1:-1] > 0.5):4.0%} of the pixels")

# %% [markdown]
# **Law.** A filter reads all channels of its window and writes one number. $K$ filters write $K$ maps.
#
# ## One matrix product
#
# Your layer is right, and slow: Python goes round a loop for every single number. The way out is as old as the
# libraries themselves. Copy every window into a row of a table. Then a filter is a column, and the whole layer is one
# matrix product, for which processors and their libraries have been tuned for decades. It is called **im2col**,
# "image to columns"; we write rows, since a row is an example in this course.
#
# By hand: the image with rows $(1, 2, 3)$ and $(4, 5, 6)$ has two windows of 2×2, and the table is
#
# | window | top left | top right | bottom left | bottom right |
# | --- | :---: | :---: | :---: | :---: |
# | at column 0 | 1 | 2 | 4 | 5 |
# | at column 1 | 2 | 3 | 5 | 6 |
#
# The 2 and the 5 stand in it twice. That is the price: the table is up to $F^2$ times as large as the image.
#
# ### Windows without a loop
#
# NumPy can look at all windows of an array at once, without copying anything. Run this and read the shapes.

# %%
line = np.array([3, 1, 4, 1, 5])
print(np.lib.stride_tricks.sliding_window_view(line, 2).tolist())
pictures = np.zeros((2, 3, 6, 7))  # (N, C, H, W)
views = np.lib.stride_tricks.sliding_window_view(pictures, (4, 4), axis=(2, 3))
print(views.shape, "is (N, C, H', W', F, F): a window of 4 by 4 at each of 3 by 4 places")

# %% [markdown]
# `reshape` never moves an axis: it reads the numbers in the order in which they stand, the last axis fastest. To put
# the axes into another order, `transpose(0, 2, 1)` lists the old axes in their new order. So first `transpose`, then
# `reshape`.
#
# The table's order is part of the contract, because the next function relies on it. Rows: images, and within an image
# its places in reading order. Within a row: channels, and within a channel the window in reading order, as the weights
# stand in `w[k].ravel()`.

# %% exercise="im2col" minutes=20 difficulty=4 law="row: image, row, column of the output; within it: channel, row, column of the window"
def im2col(x: np.ndarray, f: int, stride: int = 1, padding: int = 0) -> np.ndarray:
    """Every window of every image as a row of a table.

    x: (N, C, H, W) float64. f: side of the window, at most H + 2 * padding and W + 2 * padding. stride, padding: as in
    conv2d_forward. Returns (N * H' * W', C * f * f). Rows: image, then row and column of the output. Within a row:
    channel, then row and column of the window. No Python loop over images or places, nor over rows of places (a loop
    over the f * f cells of a window, or over the channels, is fine).
    """
    ### BEGIN SOLUTION
    windows = np.lib.stride_tricks.sliding_window_view(pad2d(x, padding), (f, f), axis=(2, 3))
    windows = windows[:, :, ::stride, ::stride]  # (N, C, H', W', F, F)
    return windows.transpose(0, 2, 3, 1, 4, 5).reshape(-1, x.shape[1] * f * f)
    ### END SOLUTION

# %% [markdown] hint="im2col"
# - *I don't know where to start.* Pad, then take the view of all windows as shown above. It has six axes. Which of them
#   say which *row* of the table it is, and which say where *within* the row?
# - *What about the stride?* The view holds the windows at every place. A slice with a step takes every second one, on
#   the two axes of the places.
# - *The shape is right and the numbers are not.* Did you reshape without moving the axes? Write the six axes down,
#   first in the order of the view, then in the order of the contract, and let `transpose` do that.
# - *How does reshape know the number of rows?* It finds out one size by itself if you write −1 for it.

# %% test="im2col" points=2
def table_and_steps(answer, *arguments):
    """The answer, and how many lines of Python ran for it in the file of the answer."""
    import sys

    steps, before, scope = 0, sys.gettrace(), getattr(answer, "__globals__", None)

    def trace(frame, event, argument):
        nonlocal steps
        if frame.f_globals is not scope:
            return None
        steps += event == "line"
        return trace

    sys.settrace(trace)
    try:
        table = answer(*arguments)
    finally:
        sys.settrace(before)
    return {"table": table, "steps": steps}


with check.given(conv_layers), check.without("torch.nn.functional.unfold"):
    x = np.arange(1.0, 13.0).reshape(1, 2, 2, 3)
    check.equal(im2col, x, 2, expect=[[1.0, 2.0, 4.0, 5.0, 7.0, 8.0, 10.0, 11.0],
        [2.0, 3.0, 5.0, 6.0, 8.0, 9.0, 11.0, 12.0]], mistakes={
        "you reshaped without moving the axes: reshape reads on in the old order":
            [[1.0, 2.0, 4.0, 5.0, 2.0, 3.0, 5.0, 6.0], [7.0, 8.0, 10.0, 11.0, 8.0, 9.0, 11.0, 12.0]],
        "your table is transposed: each window is a row":
            [[1.0, 2.0], [2.0, 3.0], [4.0, 5.0], [5.0, 6.0], [7.0, 8.0], [8.0, 9.0], [10.0, 11.0], [11.0, 12.0]],
        "in your rows the channel varies fastest: all of channel 0 comes first, then channel 1":
            [[1.0, 7.0, 2.0, 8.0, 4.0, 10.0, 5.0, 11.0], [2.0, 8.0, 3.0, 9.0, 5.0, 11.0, 6.0, 12.0]],
        "rows and columns inside the window changed places: a window is read row by row":
            [[1.0, 4.0, 2.0, 5.0, 7.0, 10.0, 8.0, 11.0], [2.0, 5.0, 3.0, 6.0, 8.0, 11.0, 9.0, 12.0]],
        "you made a row for each channel: one row holds the window in all channels":
            [[1.0, 2.0, 4.0, 5.0], [7.0, 8.0, 10.0, 11.0], [2.0, 3.0, 5.0, 6.0], [8.0, 9.0, 11.0, 12.0]]})
    x = np.arange(1.0, 9.0).reshape(2, 1, 2, 2)
    check.equal(im2col, x, 1, expect=[[1.0], [2.0], [3.0], [4.0], [5.0], [6.0], [7.0], [8.0]], mistakes={
        "you went down the columns: places come in reading order, row by row":
            [[1.0], [3.0], [2.0], [4.0], [5.0], [7.0], [6.0], [8.0]],
        "in your table the images vary fastest: all places of image 0 come first, then image 1":
            [[1.0], [5.0], [2.0], [6.0], [3.0], [7.0], [4.0], [8.0]]})
    x = np.arange(1.0, 10.0).reshape(1, 1, 3, 3)
    check.equal(im2col, x, 2, stride=2, padding=1, expect=[[0.0, 0.0, 0.0, 1.0], [0.0, 0.0, 2.0, 3.0],
        [0.0, 4.0, 0.0, 7.0], [5.0, 6.0, 8.0, 9.0]], mistakes={
        "you ignored the stride":
            [[0.0, 0.0, 0.0, 1.0], [0.0, 0.0, 1.0, 2.0], [0.0, 0.0, 2.0, 3.0], [0.0, 0.0, 3.0, 0.0],
            [0.0, 1.0, 0.0, 4.0], [1.0, 2.0, 4.0, 5.0], [2.0, 3.0, 5.0, 6.0], [3.0, 0.0, 6.0, 0.0],
            [0.0, 4.0, 0.0, 7.0], [4.0, 5.0, 7.0, 8.0], [5.0, 6.0, 8.0, 9.0], [6.0, 0.0, 9.0, 0.0],
            [0.0, 7.0, 0.0, 0.0], [7.0, 8.0, 0.0, 0.0], [8.0, 9.0, 0.0, 0.0], [9.0, 0.0, 0.0, 0.0]],
        "you used the stride on one axis only":
            [[0.0, 0.0, 0.0, 1.0], [0.0, 0.0, 1.0, 2.0], [0.0, 0.0, 2.0, 3.0], [0.0, 0.0, 3.0, 0.0],
            [0.0, 4.0, 0.0, 7.0], [4.0, 5.0, 7.0, 8.0], [5.0, 6.0, 8.0, 9.0], [6.0, 0.0, 9.0, 0.0]],
        "you used the stride inside the windows: it belongs to the two axes of the places, not to the last two":
            [[0.0, 0.0, 0.0, 0.0], [0.0, 1.0, 2.0, 3.0], [0.0, 4.0, 5.0, 6.0], [0.0, 7.0, 8.0, 9.0]],
        "you ignored the padding": [[1.0, 2.0, 4.0, 5.0]]})
    seen = check.observe(table_and_steps, im2col, np.zeros((2, 2, 101, 101)), 2)
    slow = (f"your code ran {seen['steps']} steps for 100 rows of 100 windows in two images: no Python loop over the positions "
        "or their rows, NumPy takes all at once")
    check.that(seen["steps"] < 150, slow, law="the number of steps of Python does not grow with the number of windows")

# %% test="im2col" points=1 hidden=true covers="30 random batches, images that are not square, strides 1 to 3, padding 0 to 2, as PyTorch's unfold has them"
rng = check.rng("im2col")
cases = []
for _ in range(30):
    f, padding = int(rng.integers(1, 4)), int(rng.integers(0, 3))
    shape = (*rng.integers(1, 4, 2), *rng.integers(f, f + 4, 2))
    cases.append((rng.normal(size=shape), f, int(rng.integers(1, 4)), padding))
with check.given(conv_layers), check.without("torch.nn.functional.unfold"):
    check.equal_many(im2col, cases, expect=conv_layers.im2col)

# %% [markdown]
# ### The layer again
#
# The table is ($N H' W'$, $CFF$). Laid out flat, the $K$ filters are ($K$, $CFF$). Their product has a row for each
# place and a column for each filter. What is left is to bring that into the shape (N, K, H', W'), and there waits the
# trap of the last exercise once more.

# %% exercise="conv2d-im2col" minutes=10 difficulty=3 law="table of windows times flat filters, plus the bias; then unfold the rows, and only then move the channels forward"
def conv2d_im2col(x: np.ndarray, w: np.ndarray, b: np.ndarray, stride: int = 1, padding: int = 0) -> np.ndarray:
    """The same layer as conv2d_forward, with one matrix product.

    Arguments and answer: as in conv2d_forward. No Python loop over images or places.
    """
    ### BEGIN SOLUTION
    f = w.shape[2]
    height = (x.shape[2] + 2 * padding - f) // stride + 1
    out = im2col(x, f, stride, padding) @ w.reshape(len(w), -1).T + b  # (N·H'·W', K)
    return out.reshape(len(x), height, -1, len(w)).transpose(0, 3, 1, 2)
    ### END SOLUTION

# %% [markdown] hint="conv2d-im2col"
# - *I don't know where to start.* Write the shapes of the table and of the flat filters on paper. Which of the two must
#   be transposed, so that the inner sizes agree?
# - *How do I flatten the filters?* One filter, one row: keep the first axis and let reshape find the other size.
# - *The shape is right and the numbers are scrambled.* In the product the filter is the last axis. Unfold the rows into
#   images, height and width first; then move the last axis to the second place.

# %% test="conv2d-im2col" points=1
def answer_and_steps(answer, *arguments):
    """The answer, and how many lines of Python ran for it in the file of the answer."""
    import sys

    steps, before, scope = 0, sys.gettrace(), getattr(answer, "__globals__", None)

    def trace(frame, event, argument):
        nonlocal steps
        if frame.f_globals is not scope:
            return None
        steps += event == "line"
        return trace

    sys.settrace(trace)
    try:
        out = answer(*arguments)
    finally:
        sys.settrace(before)
    return {"out": out, "steps": steps}


x = np.array([[[[1.0, 2.0, 0.0, 1.0], [0.0, 1.0, 3.0, 1.0], [2.0, 0.0, 1.0, 2.0]]]])
w, b = np.array([[[[1.0, 2.0], [3.0, 4.0]]], [[[0.0, 1.0], [0.0, -1.0]]]]), np.array([100.0, 0.0])
with check.given(pad2d=conv_layers.pad2d, im2col=conv_layers.im2col), check.without("torch.conv2d",
    "torch.nn.functional.conv2d"):
    check.equal(conv2d_im2col, x, w, b, expect=[[[[109.0, 117.0, 115.0], [108.0, 111.0, 116.0]], [[1.0, -3.0, 0.0],
        [1.0, 2.0, -1.0]]]], mistakes={
        "you reshaped the product straight into (N, K, H', W'): its last axis is the filter, so unfold first and then transpose":
            [[[[109.0, 1.0, 117.0], [-3.0, 115.0, 0.0]], [[108.0, 1.0, 111.0], [2.0, 116.0, -1.0]]]],
        "you left the channels last: the shape is (N, K, H', W')":
            [[[[109.0, 1.0], [117.0, -3.0], [115.0, 0.0]], [[108.0, 1.0], [111.0, 2.0], [116.0, -1.0]]]],
        "you left out the bias": [[[[9.0, 17.0, 15.0], [8.0, 11.0, 16.0]], [[1.0, -3.0, 0.0], [1.0, 2.0, -1.0]]]],
        "you returned the table of windows times filters: fold it back into (N, K, H', W')":
            [[109.0, 1.0], [117.0, -3.0], [115.0, 0.0], [108.0, 1.0], [111.0, 2.0], [116.0, -1.0]],
        "you let reshape the filters into columns: it reads on in the old order, so make rows and transpose":
            [[[[107.0, 102.0, 103.0], [103.0, 110.0, 106.0]], [[9.0, 2.0, 6.0], [6.0, 13.0, 9.0]]]],
        "height and width changed places: the height comes first":
            [[[[109.0, 117.0], [115.0, 108.0], [111.0, 116.0]], [[1.0, -3.0], [0.0, 1.0], [2.0, -1.0]]]],
        "your sizes clash: the flat filters are (K, CFF), so they go into the product transposed; it has N·H'·W' rows and K columns":
            ValueError})
    check.equal(conv2d_im2col, x, w, b, stride=2, expect=[[[[109.0, 115.0]], [[1.0, 0.0]]]], mistakes={
        "the rows of your table and your H' and W' disagree: the stride counts in both, in im2col and in the sizes":
            ValueError,
        "you did not hand the stride on to im2col":
            [[[[109.0, 117.0, 115.0, 108.0, 111.0, 116.0]], [[1.0, -3.0, 0.0, 1.0, 2.0, -1.0]]]]})
    check.equal(conv2d_im2col, x, w, b, padding=1, expect=[[[[104.0, 111.0, 106.0, 104.0, 103.0],
        [102.0, 109.0, 117.0, 115.0, 104.0], [108.0, 108.0, 111.0, 116.0, 107.0], [104.0, 102.0, 102.0, 105.0, 102.0]],
        [[-1.0, -2.0, 0.0, -1.0, 0.0], [1.0, 1.0, -3.0, 0.0, 0.0], [-2.0, 1.0, 2.0, -1.0, 0.0],
        [2.0, 0.0, 1.0, 2.0, 0.0]]]], mistakes={
        "the rows of your table and your H' and W' disagree: the padding counts once in each, in im2col and in the sizes":
            ValueError,
        "your H' is that of the bare image, and reshape put two rows into one: the padding counts in the sizes too":
            [[[[104.0, 111.0, 106.0, 104.0, 103.0, 102.0, 109.0, 117.0, 115.0, 104.0],
            [108.0, 108.0, 111.0, 116.0, 107.0, 104.0, 102.0, 102.0, 105.0, 102.0]],
            [[-1.0, -2.0, 0.0, -1.0, 0.0, 1.0, 1.0, -3.0, 0.0, 0.0], [-2.0, 1.0, 2.0, -1.0, 0.0, 2.0, 0.0, 1.0, 2.0, 0.0]]]]})
    x, w = np.zeros((2, 2, 101, 101)), np.zeros((3, 2, 2, 2))
    seen = check.observe(answer_and_steps, conv2d_im2col, x, w, np.zeros(3))
    slow = (f"your code ran {seen['steps']} steps for 100 rows of 100 windows in two images: no Python loop over the positions "
        "or their rows, one product does it")
    check.that(seen["steps"] < 150, slow, law="the number of steps of Python does not grow with the number of windows")

# %% test="conv2d-im2col" points=1 hidden=true covers="30 random layers, images that are not square, strides 1 to 3, padding 0 to 2, as PyTorch computes them"
rng = check.rng("conv2d-im2col")
cases = []
for _ in range(30):
    f, padding = int(rng.integers(1, 4)), int(rng.integers(0, 3))
    n, c, k = (int(size) for size in rng.integers(1, 4, 3))
    h, width = (int(size) for size in rng.integers(f, f + 4, 2))
    cases.append((rng.normal(size=(n, c, h, width)), rng.normal(size=(k, c, f, f)), rng.normal(size=k),
        int(rng.integers(1, 4)), padding))
with check.given(conv_layers), check.without("torch.conv2d", "torch.nn.functional.conv2d"):
    check.equal_many(conv2d_im2col, cases, expect=conv_layers.conv2d_im2col)

# %% [markdown]
# And now the race: 4 colour images of 32×32, 16 filters of 5×5, 50 176 outputs of 75 multiply-adds each.

# %% demo="race"
rng = np.random.default_rng(0)
x, w, b = rng.normal(size=(4, 3, 32, 32)), rng.normal(size=(16, 3, 5, 5)), rng.normal(size=16)


def seconds(layer, repeats):
    """The shortest of several runs."""
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        layer(x, w, b)
        times.append(time.perf_counter() - start)
    return min(times)


slow, fast = seconds(conv2d_forward, 1), seconds(conv2d_im2col, 9)
gap = np.abs(conv2d_forward(x, w, b) - conv2d_im2col(x, w, b)).max()
by_torch = functional.conv2d(*(torch.from_numpy(array) for array in (x, w, b))).numpy()
print(f"same answer: {gap < 1e-10}, and PyTorch's is the same: {np.allclose(by_torch, conv2d_im2col(x, w, b))}")
print(f"im2col is at least 10 times as fast: {slow / fast > 10}")

# %% [markdown]
# With four plain loops we measured **400 to 650 times** on one idle core, and 30 to 80 times on a machine that was busy
# with other work. Nothing was saved in multiply-adds: there are 3.8 million in both. What was saved is everything
# around them. (If your `conv2d_forward` loops over places only, it is nearer, and the second line may say False.)
#
# ### Filters of one pixel
#
# At $F = 1$ the window is a single pixel and the table is the image itself. What is left of the layer is one matrix,
# applied to the channels of each pixel: from $C$ channels to $K$, with the same height and width. Lesson 06 used it
# to save weights. By hand: a pixel $(3, 5)$ and the rows $(2, -1)$ and $(0, 1)$ of $w$ give $(1, 5)$.

# %% exercise="conv1x1" minutes=8 difficulty=2 law="at every pixel, the K new channels are the matrix w times the C old ones"
def conv1x1(x: np.ndarray, w: np.ndarray) -> np.ndarray:
    """A convolution with filters of 1×1: a matrix product for each pixel.

    x: (N, C, H, W) float64. w: (K, C) float64, one row for each filter; there is no bias. Returns (N, K, H, W) float64.
    """
    ### BEGIN SOLUTION
    return np.einsum("kc,nchw->nkhw", w, x)
    ### END SOLUTION

# %% [markdown] hint="conv1x1"
# - *I don't know where to start.* Take one image with all its pixels in a line: (C, H·W). What is `w` times that, and
#   what shape does it have?
# - *And a whole batch?* `@` with more than two axes multiplies the last two, for each of the images in front.
# - *There is a shorter way.* `np.einsum` takes a sentence: letters for the axes of both inputs, an arrow, letters of
#   the answer; what is missing after the arrow is summed. `"ij,j->i"` is a matrix times a vector.
# - *The numbers are scrambled.* If you made a table with the pixels as rows: reshape does not move axes, so the
#   channels have to be moved to the end before it, and back after it.

# %% test="conv1x1" points=1
x, w = np.array([[[[3.0, 1.0]], [[5.0, 2.0]]]]), np.array([[2.0, -1.0], [0.0, 1.0]])
with check.given(conv_layers), check.without("torch.conv2d", "torch.nn.functional.conv2d"):
    check.equal(conv1x1, x, w, expect=[[[[1.0, 0.0]], [[5.0, 2.0]]]], mistakes={
        "you transposed the filters: each row of w is one filter": [[[[6.0, 2.0]], [[2.0, 1.0]]]],
        "you mixed up the pixels: reshape does not move the channels to the end": [[[[5.0, 1.0]], [[8.0, 2.0]]]],
        "you mixed up the pixels: in your product the filters are the last axis, so move it before you reshape":
            [[[[1.0, 5.0]], [[0.0, 2.0]]]],
        "you left the channels last: the shape is (N, K, H, W)": [[[[1.0, 5.0], [0.0, 2.0]]]],
        "you used the first image and lost the axis of the images": [[[1.0, 0.0]], [[5.0, 2.0]]],
        "you put the axis of the filters in front: the images come first": [[[[1.0, 0.0]]], [[[5.0, 2.0]]]],
        "you did not weigh the channels: each counts w[k, c] times": [[[[8.0, 3.0]], [[8.0, 3.0]]]],
        "your sizes clash: w has to meet the C channels of x, but @ takes the last two axes, and those of x are height and width":
            ValueError})
    x, w = np.array([[[[3.0]], [[5.0]]], [[[1.0]], [[2.0]]]]), np.array([[2.0, -1.0], [0.0, 1.0], [1.0, 1.0]])
    check.equal(conv1x1, x, w, expect=[[[[1.0]], [[5.0]], [[8.0]]], [[[0.0]], [[2.0]], [[3.0]]]], mistakes={
        "your sizes clash: w is (K, C), so its columns meet the C channels of x": ValueError})

# %% test="conv1x1" points=1 hidden=true covers="25 random batches, more and fewer channels out than in, as PyTorch computes them"
rng = check.rng("conv1x1")
cases = []
for _ in range(25):
    n, c, k, h, width = (int(size) for size in rng.integers(1, 6, 5))
    cases.append((rng.normal(size=(n, c, h, width)), rng.normal(size=(k, c))))
with check.given(conv_layers), check.without("torch.conv2d", "torch.nn.functional.conv2d"):
    check.equal_many(conv1x1, cases, expect=conv_layers.conv1x1)

# %% [markdown]
# **Law.** A convolution layer is a matrix product, and all its speed comes from there. At $F = 1$ it is nothing else.

# %% [markdown]
# ## The way back
#
# Backpropagation hands the layer $\partial L/\partial\text{out}$, called `dout`, and wants three gradients: `dx`, `dw`
# and `db`, each in the shape of its array. In lesson 02 a number that was used twice got a slope from both uses, added
# up. Here almost every number is used many times: a pixel lies in many windows, a weight lies on many pixels, a
# bias goes into every number of its map.
#
# ### One window, backwards
#
# Follow one number of the output, $\text{out} = b + \sum x\,w$ over its window, with its slope $d$ from `dout`:
#
# - the bias gets $d$;
# - every weight gets $d$ times the pixel that it lay on;
# - every pixel of the window gets $d$ times the weight that lay on it.
#
# The last line is a picture: a copy of the filter, times $d$, is *stamped* onto `dx` where the window was. Where
# windows overlap, stamps add up. By hand in one dimension, with $x = (1, 3, 2)$, $w = (2, -1)$, two places and `dout`
# $= (10, 1)$:
#
# | | from place 0, $d = 10$ | from place 1, $d = 1$ | sum |
# | --- | :---: | :---: | :---: |
# | `dx` | $(20, -10, 0)$ | $(0, 2, -1)$ | $(20, -8, -1)$ |
# | `dw` | $10 \cdot (1, 3)$ | $1 \cdot (3, 2)$ | $(13, 32)$ |
# | `db` | 10 | 1 | 11 |
#
# With padding the window lies on the *padded* image, so the stamps fall on a padded `dx`. The frame is not part of
# the input. Its slopes are nobody's: cut them off at the end.
#
# ### The slope of a bias
#
# Two images, three filters, and maps of 4×4. Every number of `dout` is 1.0, which is the case when the loss is the
# sum of all outputs. What is $\partial L/\partial b_0$, the slope of the first filter's bias?

# %% predict="bias-slope" minutes=2 law="a bias goes into every number of its map, in every image, and all these slopes add up"
### BEGIN SOLUTION
bias_slope = 32.0
### END SOLUTION

# %% test="bias-slope" points=1 hidden=true covers="your prediction"
check.equal(bias_slope, expect=32.0, mistakes={
    "you counted one map: the same bias goes into the maps of both images": 16.0,
    "you averaged: slopes of several uses add up, and nothing divides them": 1.0,
    "you counted the maps of all three filters: each filter has a bias of its own": 96.0,
    "you counted each image once: the bias goes into all 16 numbers of a map": 2.0})

# %% [markdown]
# ### All three gradients
#
# Now the whole layer, with images, channels, filters, stride and padding. The checks look at `db` first, then at `dw`,
# then at `dx`, so you can write them in this order, one at a time.

# %% exercise="conv2d-backward" minutes=30 difficulty=4 read="One window, backwards" law="each output stamps d times the filter onto dx and d times its window onto dw; db adds up d; uses add, nothing is averaged"
def conv2d_backward(
    dout: np.ndarray, x: np.ndarray, w: np.ndarray, stride: int = 1, padding: int = 0
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The gradients of a convolution layer.

    dout: (N, K, H', W') float64, the slopes of the loss with respect to conv2d_forward(x, w, b, stride, padding).
    x, w, stride, padding: as there. Returns (dx, dw, db) float64 in the shapes of x, w and b: (N, C, H, W),
    (K, C, F, F), (K,). Pixels that no window reads have the slope 0.
    """
    ### BEGIN SOLUTION
    f = w.shape[2]
    padded = pad2d(x, padding)
    dpadded, dw = np.zeros_like(padded), np.zeros_like(w)
    for image, k, i, j in np.ndindex(dout.shape):
        rows = slice(i * stride, i * stride + f)
        columns = slice(j * stride, j * stride + f)
        dpadded[image, :, rows, columns] += dout[image, k, i, j] * w[k]
        dw[k] += dout[image, k, i, j] * padded[image, :, rows, columns]
    dx = dpadded[:, :, padding : padding + x.shape[2], padding : padding + x.shape[3]]
    return dx, dw, dout.sum(axis=(0, 2, 3))
    ### END SOLUTION

# %% [markdown] hint="conv2d-backward"
# - *I don't know where to start.* Copy the loops of your forward pass, over the cells of `dout` now. Begin with `db`,
#   which needs no window. Return zeros of the right shapes for the other two: the message will then be about `dw`.
# - *And dw?* For each output, one window of the padded image, times one number, is added to the slopes of one filter.
#   Which one?
# - *dx has the right shape and wrong numbers.* Is the stamp the filter as it is? Is it added to what lies there
#   already? Does it lie where the forward pass took its window, stride and all?
# - *dx is too large by a frame.* You stamped onto the padded image, which is right. Keep its inner part: it begins at
#   `padding`, and is as high and as wide as `x`.

# %% test="conv2d-backward" points=3
def three_gradients(answer, *arguments):
    """db, dw, dx; or what came instead."""
    found = answer(*arguments)
    if not isinstance(found, (tuple, list)) or len(found) != 3:
        return "not three"
    return [found[2], found[1], found[0]]


def gradients(*arguments):
    """db, dw and dx, as the answer gives them."""
    found = check.observe(three_gradients, conv2d_backward, *arguments)
    check.that(found != "not three", "you did not return three gradients: dx, dw, db, in this order")
    return found


x = np.array([[[[1.0]], [[2.0]]], [[[3.0]], [[5.0]]]])
w, dout = np.array([[[[2.0]], [[-1.0]]], [[[0.0]], [[4.0]]]]), np.array([[[[1.0]], [[10.0]]], [[[2.0]], [[20.0]]]])
with check.given(conv_layers):
    db, dw, dx = gradients(dout, x, w)
    of = "{}: two images of one pixel and two channels, two filters of 1×1, dout = [[1, 10], [2, 20]]".format
    check.equal(db, expect=[3.0, 30.0], about=of("db"), mistakes={
        "you averaged db: slopes of several uses add up": [1.5, 15.0],
        "you kept a db for each image: a bias is shared by all of them, so add up": [[1.0, 10.0], [2.0, 20.0]],
        "you made one number for db: each filter has its own": 33.0,
        "you added up the images only: the bias goes into every place, so those axes are summed too": [[[3.0]], [[30.0]]],
        "your order is another one: the order dx, dw, db is asked for": [[[[2.0]], [[39.0]]], [[[4.0]], [[78.0]]]]})
    check.equal(dw, expect=[[[[7.0]], [[12.0]]], [[[70.0]], [[120.0]]]], about=of("dw"), mistakes={
        "your db is right, and your dw is still all zeros": [[[[0.0]], [[0.0]]], [[[0.0]], [[0.0]]]],
        "you overwrote dw: the images and places add up": [[[[6.0]], [[10.0]]], [[[60.0]], [[100.0]]]],
        "you averaged dw over the images: slopes of several uses add up": [[[[3.5]], [[6.0]]], [[[35.0]], [[60.0]]]],
        "you added to dw[n]: the window of image n, times dout[n, k], goes into filter k":
            [[[[11.0]], [[22.0]]], [[[66.0]], [[110.0]]]],
        "image and filter changed places in dw: filter k gets dout[n, k] times the window of image n":
            [[[[31.0]], [[52.0]]], [[[62.0]], [[104.0]]]]})
    check.equal(dx, expect=[[[[2.0]], [[39.0]]], [[[4.0]], [[78.0]]]], about=of("dx"), mistakes={
        "your db and dw are right, and your dx is still all zeros": [[[[0.0]], [[0.0]]], [[[0.0]], [[0.0]]]],
        "nothing of dx is left: with padding 0 a slice 0:-0 is empty, so end it at padding plus the size of x":
            np.zeros((2, 2, 0, 0)),
        "you overwrote dx: the filters add up": [[[[0.0]], [[40.0]]], [[[0.0]], [[80.0]]]],
        "you stamped onto the first channel alone: a filter has a slice for each channel":
            [[[[2.0]], [[0.0]]], [[[4.0]], [[0.0]]]]})

    x = np.array([[[[1.0, 2.0, 0.0], [0.0, 1.0, 3.0], [2.0, 0.0, 1.0]]]])
    w, dout = np.array([[[[1.0, 2.0], [3.0, 4.0]]]]), np.array([[[[1.0, 0.0], [10.0, 100.0]]]])
    db, dw, dx = gradients(dout, x, w)
    of = "{}: one image of 3×3, one filter of 2×2, stride 1".format
    check.equal(db, expect=[111.0], about=of("db"), mistakes={
        "you averaged db: slopes of several uses add up": [27.75]})
    check.equal(dw, expect=[[[[101.0, 312.0], [20.0, 101.0]]]], about=of("dw"), mistakes={
        "you overwrote dw: the places add up": [[[[100.0, 300.0], [0.0, 100.0]]]]})
    check.equal(dx, expect=[[[[1.0, 2.0, 0.0], [13.0, 124.0, 200.0], [30.0, 340.0, 400.0]]]], draw=True,
        about=of("dx"), mistakes={
        "your filter lies the wrong way round: a stamp is the filter as it is (if you slide it over dout instead, turn it first)":
            [[[[4.0, 3.0, 0.0], [42.0, 431.0, 300.0], [20.0, 210.0, 100.0]]]],
        "you overwrote dx: where stamps overlap they add up":
            [[[[1.0, 0.0, 0.0], [10.0, 100.0, 200.0], [30.0, 300.0, 400.0]]]]})

# %% test="conv2d-backward" points=1
def three_gradients(answer, *arguments):
    """db, dw, dx; or what came instead."""
    try:
        found = answer(*arguments)
    except ValueError as error:
        return f"ValueError: {error}"
    if not isinstance(found, (tuple, list)) or len(found) != 3:
        return "not three"
    return [found[2], found[1], found[0]]


x = np.array([[[[1.0, 2.0, 0.0, 1.0], [0.0, 1.0, 3.0, 1.0], [2.0, 0.0, 1.0, 2.0]]]])
w, dout = np.array([[[[1.0, 2.0], [3.0, 4.0]]]]), np.array([[[[1.0, 0.0, 2.0], [10.0, 100.0, 1000.0]]]])
with check.given(conv_layers):
    found = check.observe(three_gradients, conv2d_backward, dout, x, w, 2, 1)
    check.that(found != "not three", "you did not return three gradients: dx, dw, db, in this order")
    check.that(not isinstance(found, str), "with stride 2 and padding 1 a window hangs over the edge: the forward pass took it from "
        "the padded input, so dw reads the padded input and dx is stamped on a padded array", got=found)
    db, dw, dx = found
    of = "{}: one image of 3×4, one filter of 2×2, stride 2, padding 1".format
    check.equal(dw, expect=[[[[1100.0, 300.0], [2002.0, 121.0]]]], about=of("dw"), mistakes={
        "you ignored the stride": [[[[2100.0, 210.0], [1004.0, 3101.0]]]],
        "you ignored both the stride and the padding": [[[[3101.0, 1314.0], [1026.0, 2103.0]]]],
        "you turned something: a window goes into dw as it lies": [[[[121.0, 2002.0], [300.0, 1100.0]]]]})
    check.equal(dx, expect=[[[[4.0, 0.0, 0.0, 6.0], [20.0, 100.0, 200.0, 1000.0], [40.0, 300.0, 400.0, 3000.0]]]],
        draw=True, about=of("dx"), mistakes={
        "you did not cut the padding off: dx has the shape of x":
            [[[[1.0, 2.0, 0.0, 0.0, 2.0, 4.0], [3.0, 4.0, 0.0, 0.0, 6.0, 8.0], [10.0, 20.0, 100.0, 200.0, 1000.0, 2000.0],
            [30.0, 40.0, 300.0, 400.0, 3000.0, 4000.0], [0.0, 0.0, 0.0, 0.0, 0.0, 0.0]]]],
        "you cut at the wrong corner: the input begins at row `padding` and column `padding`":
            [[[[1.0, 2.0, 0.0, 0.0], [3.0, 4.0, 0.0, 0.0], [10.0, 20.0, 100.0, 200.0]]]],
        "you cut both axes by the height of x: the width is another size":
            [[[[4.0, 0.0, 0.0], [20.0, 100.0, 200.0], [40.0, 300.0, 400.0]]]],
        "you cut both axes by the width of x: the height is another size":
            [[[[4.0, 0.0, 0.0, 6.0], [20.0, 100.0, 200.0, 1000.0], [40.0, 300.0, 400.0, 3000.0], [0.0, 0.0, 0.0, 0.0]]]],
        "you ignored the stride":
            [[[[124.0, 1206.0, 2008.0, 0.0], [340.0, 3400.0, 4000.0, 0.0], [0.0, 0.0, 0.0, 0.0]]]],
        "you ignored both the stride and the padding":
            [[[[1.0, 2.0, 2.0, 4.0], [13.0, 124.0, 1206.0, 2008.0], [30.0, 340.0, 3400.0, 4000.0]]]]})
    check.equal(db, expect=[1113.0], about=of("db"))

# %% test="conv2d-backward" points=2 hidden=true covers="24 random layers, images that are not square, strides 1 to 3, padding 0 to 2, pixels left over, as PyTorch's autograd has them"
def slopes_by_autograd(dout, x, w, stride, padding):
    x, w = (torch.from_numpy(a).requires_grad_() for a in (x, w))
    b = torch.zeros(len(w), dtype=torch.float64, requires_grad=True)
    functional.conv2d(x, w, b, stride, padding).backward(torch.from_numpy(dout))
    return x.grad.numpy(), w.grad.numpy(), b.grad.numpy()


rng = check.rng("conv2d-backward")
cases = []
for _ in range(24):
    f, padding, stride = int(rng.integers(1, 4)), int(rng.integers(0, 3)), int(rng.integers(1, 4))
    n, c, k = (int(size) for size in rng.integers(1, 4, 3))
    h, width = (int(size) for size in rng.integers(f, f + 4, 2))
    x, w = rng.normal(size=(n, c, h, width)), rng.normal(size=(k, c, f, f))
    dout = rng.normal(size=conv_layers.conv2d_forward(x, w, np.zeros(k), stride, padding).shape)
    cases.append((dout, x, w, stride, padding))
with check.given(conv_layers):
    check.equal_many(conv2d_backward, cases, expect=slopes_by_autograd)

# %% [markdown]
# ### The twist comes back
#
# Look again at the table: the middle pixel got $10 \cdot (-1) + 1 \cdot 2$. The first slope met the *last* weight,
# and the second slope met the first. That is a filter read backwards. With stride 1, the slopes of the input are a
# **true convolution** of `dout`, surrounded by $F - 1$ zeros on each side, with the filter. Nobody put it there: it
# is what comes out when stamps add up. Your own functions can confirm it.

# %% demo="twist"
rng = np.random.default_rng(1)
x, w, dout = rng.normal(size=(1, 1, 7, 8)), rng.normal(size=(1, 1, 3, 3)), rng.normal(size=(1, 1, 5, 6))
dx, dw, _ = conv2d_backward(dout, x, w)
unasked = convolve2d(pad2d(dout[0, 0], 2), w[0, 0])
ones = np.ones((2, 3, 4, 4))  # the prediction: two images, three filters, maps of 4×4
_, _, db = conv2d_backward(ones, rng.normal(size=(2, 1, 6, 6)), rng.normal(size=(3, 1, 3, 3)))
print("the slopes of three biases:", db)
print("dx is the convolution of dout with the filter:", np.allclose(dx[0, 0], unasked))
print("dw is the cross-correlation of x with dout:   ", np.allclose(dw[0, 0], cross_correlate2d(x[0, 0], dout[0, 0])))

# %% [markdown]
# Each bias has the slope 2 · 16 = 32: two images, and 16 numbers of its map in each, all with the slope 1.
#
# So the layer that is called convolution computes cross-correlation forward and convolution backward. It is also why a
# transposed convolution (lesson 06) stamps: it *is* this backward pass, used forward.
#
# **Law.** Forward, a window is gathered into one number. Backward, one slope is stamped onto its window, and overlaps
# add up.
#
# ## Pooling
#
# A pooling window has no weights. It passes on the largest number of its window, or the mean, and each channel is
# pooled by itself.
#
# ### Four windows by hand
#
# One map of 4×4, windows of 2×2, stride 2:
#
# | | | | |
# | :---: | :---: | :---: | :---: |
# | 1 | 3 | 2 | 0 |
# | **5** | 4 | 1 | 1 |
# | 0 | **2** | 6 | 7 |
# | 1 | 1 | **8** | 3 |
#
# The windows are the four quarters. Max pooling gives $5$ and $2$ in the upper row, $2$ and $8$ in the lower one. The
# means are $3.25$ and $1$, then $1$ and $6$.

# %% exercise="pooling" minutes=12 difficulty=2 law="one number for each window of each channel of each image: its largest, or its mean"
def max_pool2d(x: np.ndarray, f: int, stride: int) -> np.ndarray:
    """The largest number of each window.

    x: (N, C, H, W) float64, of any sign. f: side of the window, at most H and W. stride: at least 1, and smaller or
    larger than f: windows may overlap or leave gaps. No padding; windows that would hang over the edge are left out.
    Returns (N, C, H', W') float64 with H' = (H - f) // stride + 1, and W' likewise.
    """
    ### BEGIN SOLUTION
    n, c, height, width = x.shape
    out = np.empty((n, c, (height - f) // stride + 1, (width - f) // stride + 1))
    for i, j in np.ndindex(out.shape[2:]):
        top, left = i * stride, j * stride
        out[:, :, i, j] = x[:, :, top : top + f, left : left + f].max(axis=(2, 3))
    return out
    ### END SOLUTION


def avg_pool2d(x: np.ndarray, f: int, stride: int) -> np.ndarray:
    """The mean of each window. Arguments and shapes: as in max_pool2d."""
    ### BEGIN SOLUTION
    n, c, height, width = x.shape
    out = np.empty((n, c, (height - f) // stride + 1, (width - f) // stride + 1))
    for i, j in np.ndindex(out.shape[2:]):
        top, left = i * stride, j * stride
        out[:, :, i, j] = x[:, :, top : top + f, left : left + f].mean(axis=(2, 3))
    return out
    ### END SOLUTION

# %% [markdown] hint="pooling"
# - *I don't know where to start.* The windows are those of a convolution without padding. What differs is what you do
#   with one window, once you have it.
# - *How do I treat all images and channels at once?* `x[:, :, 0:2, 0:2]` is the same window in all of them, and
#   `.max(axis=(2, 3))` reduces two axes of four.
# - *My maximum is 0 where all numbers are negative.* What did you compare the first number of the window with?
# - *It works for f equal to the stride only.* Splitting the image into tiles forgets windows that overlap. Start each
#   window from its place times the stride.

# %% test="pooling" points=2
x = np.array([[[[1.0, 3.0, 2.0, 0.0], [5.0, 4.0, 1.0, 1.0], [0.0, 2.0, 6.0, 7.0], [1.0, 1.0, 8.0, 3.0]]]])
both = np.array([[[[-4.0, -2.0], [-3.0, -7.0]], [[8.0, 0.0], [4.0, 0.0]]], [[[1.0, 1.0], [1.0, 5.0]], [[0.0, 0.0],
    [0.0, -4.0]]]])
overlap = np.array([[[[1.0, 2.0, 0.0, 4.0, 1.0], [0.0, 6.0, 3.0, 1.0, 0.0], [2.0, 0.0, 1.0, 5.0, 2.0]]]])
with check.given(conv_layers), check.without("torch.max_pool2d", "torch.nn.functional.max_pool2d",
    "torch.nn.functional.avg_pool2d"):
    check.equal(max_pool2d, x, 2, 2, expect=[[[[5.0, 2.0], [2.0, 8.0]]]], draw=True, mistakes={
        "max and mean changed places": [[[[3.25, 1.0], [1.0, 6.0]]]],
        "you used the stride down the rows only: it holds for both axes": [[[[5.0, 4.0, 2.0], [2.0, 8.0, 8.0]]]],
        "you used the stride along the columns only: it holds for both axes": [[[[5.0, 2.0], [5.0, 7.0], [2.0, 8.0]]]],
        "you ignored the stride": [[[[5.0, 4.0, 2.0], [5.0, 6.0, 7.0], [2.0, 8.0, 8.0]]]]})
    check.equal(avg_pool2d, x, 2, 2, expect=[[[[3.25, 1.0], [1.0, 6.0]]]], draw=True, mistakes={
        "max and mean changed places": [[[[5.0, 2.0], [2.0, 8.0]]]],
        "you added up and did not divide by the F·F numbers of the window": [[[[13.0, 4.0], [4.0, 24.0]]]],
        "you divided by F: divide by the F·F numbers of the window": [[[[6.5, 2.0], [2.0, 12.0]]]]})
    about = "two images with two channels of 2×2, one window each"
    check.equal(max_pool2d, both, 2, 2, expect=[[[[-2.0]], [[8.0]]], [[[5.0]], [[0.0]]]], about=about, mistakes={
        "you used 0 as the first candidate: a window may hold negative numbers only":
            [[[[0.0]], [[8.0]]], [[[5.0]], [[0.0]]]],
        "you took the maximum over the channels too: each channel is pooled by itself": [[[[8.0]]], [[[5.0]]]],
        "you took one maximum over the channels for all of them: each is pooled by itself":
            [[[[8.0]], [[8.0]]], [[[5.0]], [[5.0]]]],
        "you took one maximum over all images and channels: axis=(2, 3) reduces height and width alone":
            [[[[8.0]], [[8.0]]], [[[8.0]], [[8.0]]]],
        "you gave the first image's answer for all": [[[[-2.0]], [[8.0]]], [[[-2.0]], [[8.0]]]]})
    check.equal(avg_pool2d, both, 2, 2, expect=[[[[-4.0]], [[3.0]]], [[[2.0]], [[-1.0]]]], about=about, mistakes={
        "you averaged over the channels too: each channel is pooled by itself": [[[[-0.5]]], [[[0.5]]]],
        "you took one mean over all images and channels: axis=(2, 3) reduces height and width alone":
            [[[[0.0]], [[0.0]]], [[[0.0]], [[0.0]]]],
        "you gave the first image's answer for all": [[[[-4.0]], [[3.0]]], [[[-4.0]], [[3.0]]]]})
    check.equal(max_pool2d, overlap, 3, 1, expect=[[[[6.0, 6.0, 5.0]]]],
        about="3 rows and 5 columns, windows of 3, stride 1", mistakes={
        "you laid the windows side by side: with a stride below f they overlap": [[[[6.0]]]],
        "your sizes clash: an image cut into tiles by reshape has no windows that overlap, and no pixels left over": ValueError})
    check.equal(max_pool2d, overlap, 2, 2, expect=[[[[6.0, 4.0]]]],
        about="3 rows and 5 columns, windows of 2, stride 2", mistakes={
        "you kept a window that hangs over the edge: only full windows count": [[[[6.0, 4.0, 1.0], [2.0, 5.0, 2.0]]]]})

# %% test="pooling" points=1 hidden=true covers="40 random batches, negative numbers, overlapping windows, windows with gaps, pixels left over, as PyTorch pools them"
rng = check.rng("pooling")
cases = []
for _ in range(40):
    f = int(rng.integers(1, 5))
    shape = (*rng.integers(1, 4, 2), *rng.integers(f, f + 5, 2))
    cases.append((rng.normal(size=shape) - 2, f, int(rng.integers(1, 5))))
with check.given(conv_layers), check.without("torch.max_pool2d", "torch.nn.functional.max_pool2d",
    "torch.nn.functional.avg_pool2d"):
    check.equal_many(max_pool2d, cases, expect=conv_layers.max_pool2d)
    check.equal_many(avg_pool2d, cases, expect=conv_layers.avg_pool2d)

# %% [markdown]
# ### Who gets the slope?
#
# The mean is a convolution with equal weights, so each number of a window gets its slope divided by $F^2$. The
# maximum is different. Raise the largest number of a window a little, and the output rises as much; raise any other,
# and nothing happens. So **the winner gets the whole slope, and all others get 0**. By hand, with `dout` $= (1, 2)$
# over $(3, 4)$ for the map above, `dx` has four numbers that are not 0: 1 where the 5 stood, 2 at the upper 2, 3 at
# the lower 2, 4 at the 8.
#
# And when two numbers tie? The maximum has a corner there and no slope at all, and any choice among the winners is as
# good as another. Ties are no rarity: after a ReLU whole windows are 0. We choose as PyTorch does on a processor:
# **the first winner in reading order** gets it all. Giving it to every winner would count one slope several times.

# %% exercise="max-pool2d-backward" minutes=18 difficulty=3 law="each window hands its slope to one winner, the first largest number in reading order; overlapping windows add up"
def max_pool2d_backward(dout: np.ndarray, x: np.ndarray, f: int, stride: int) -> np.ndarray:
    """The gradient of max pooling.

    dout: (N, C, H', W') float64, the slopes of the loss with respect to max_pool2d(x, f, stride).
    x, f, stride: as there.
    Returns dx, (N, C, H, W) float64. Of several equal winners in a window, the first gets the whole slope: rows from
    the top, and within a row from the left. A number that wins in several windows gets the sum of their slopes.
    """
    ### BEGIN SOLUTION
    dx = np.zeros_like(x)
    for image, channel, i, j in np.ndindex(dout.shape):
        top, left = i * stride, j * stride
        window = x[image, channel, top : top + f, left : left + f]
        row, column = np.unravel_index(window.argmax(), window.shape)
        dx[image, channel, top + row, left + column] += dout[image, channel, i, j]
    return dx
    ### END SOLUTION

# %% [markdown] hint="max-pool2d-backward"
# - *I don't know where to start.* Zeros in the shape of x, a loop over all cells of `dout`, and for each of them one
#   window of one channel of one image.
# - *How do I find the winner?* `np.argmax` of a table gives the place of the first largest number, counted in reading
#   order as if the rows stood in one line.
# - *I have one number, and want a row and a column.* Divide with remainder (`divmod`). By what: how many numbers stand
#   in a row of the table that you searched?
# - *The slopes land in the upper left corner.* The place that you found counts from the window's corner. Where is
#   that corner in the image?
# - *It is wrong with overlapping windows only.* A number may win twice. Does the second slope replace the first?

# %% test="max-pool2d-backward" points=2
with check.given(conv_layers), check.without("torch.nn.functional.max_pool2d", "torch.max_pool2d"):
    x, dout = np.array([[[[1.0, 3.0], [3.0, 3.0]]]]), np.array([[[[8.0]]]])
    check.equal(max_pool2d_backward, dout, x, 2, 2, expect=[[[[0.0, 8.0], [0.0, 0.0]]]], mistakes={
        "three winners tie, and you gave the slope to all of them: it goes to the first": [[[[0.0, 8.0], [8.0, 8.0]]]],
        "three winners tie, and you shared it among them: it goes to the first": [[[[0.0, 8 / 3], [8 / 3, 8 / 3]]]],
        "you chose the last of them: the first winner in reading order gets the slope": [[[[0.0, 0.0], [0.0, 8.0]]]],
        "you chose the first column by column: reading order runs row by row": [[[[0.0, 0.0], [8.0, 0.0]]]],
        "you gave the slope to the whole window: only the winner gets it": [[[[8.0, 8.0], [8.0, 8.0]]]],
        "you spread the slope evenly: that is the backward pass of the mean": [[[[2.0, 2.0], [2.0, 2.0]]]],
        "you wrote the largest value itself: what goes back is the slope from dout": [[[[0.0, 3.0], [0.0, 0.0]]]]})
    x = np.array([[[[1.0, 0.0, 2.0], [0.0, 9.0, 0.0], [3.0, 0.0, 4.0]]]])
    dout = np.array([[[[1.0, 2.0], [3.0, 4.0]]]])
    check.equal(max_pool2d_backward, dout, x, 2, 1, expect=[[[[0.0, 0.0, 0.0], [0.0, 10.0, 0.0], [0.0, 0.0, 0.0]]]],
        draw=True, mistakes={
        "you overwrote the slope of an earlier window: a number that wins four times gets all four":
            [[[[0.0, 0.0, 0.0], [0.0, 4.0, 0.0], [0.0, 0.0, 0.0]]]],
        "you laid the windows side by side: with a stride below f they overlap":
            [[[[0.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 0.0]]]],
        "you took the place inside the window for the place in the image: add the window's corner":
            [[[[4.0, 3.0, 0.0], [2.0, 1.0, 0.0], [0.0, 0.0, 0.0]]]],
        "your place lies outside the image: argmax counts within the window, whose rows hold f numbers, not W":
            IndexError})
    x = np.array([[[[1.0, 3.0, 2.0, 0.0], [5.0, 4.0, 1.0, 1.0], [0.0, 2.0, 6.0, 7.0], [1.0, 1.0, 8.0, 3.0]]]])
    check.equal(max_pool2d_backward, dout, x, 2, 2, expect=[[[[0.0, 0.0, 2.0, 0.0], [1.0, 0.0, 0.0, 0.0],
        [0.0, 3.0, 0.0, 0.0], [0.0, 0.0, 4.0, 0.0]]]], draw=True, mistakes={
        "you ignored the stride":
            [[[[0.0, 0.0, 0.0, 0.0], [4.0, 2.0, 0.0, 0.0], [0.0, 0.0, 4.0, 0.0], [0.0, 0.0, 0.0, 0.0]]]]})
    x = np.array([[[[-4.0, -2.0, -6.0], [-3.0, -7.0, -1.0]], [[4.0, 0.0, 7.0], [8.0, 0.0, 3.0]]],
        [[[0.0, -1.0, -2.0], [-3.0, -1.0, 0.0]], [[1.0, 1.0, 2.0], [1.0, 5.0, 0.0]]]])
    dout = np.array([[[[1.0, 2.0]], [[3.0, 4.0]]], [[[5.0, 6.0]], [[7.0, 8.0]]]])
    check.equal(max_pool2d_backward, dout, x, 2, 1, expect=[[[[0.0, 1.0, 0.0], [0.0, 0.0, 2.0]], [[0.0, 0.0, 4.0],
        [3.0, 0.0, 0.0]]], [[[5.0, 0.0, 0.0], [0.0, 0.0, 6.0]], [[0.0, 0.0, 0.0], [0.0, 15.0, 0.0]]]], mistakes={
        "you looked for all winners in the first channel of the first image: each channel of each image has its own":
            [[[[0.0, 1.0, 0.0], [0.0, 0.0, 2.0]], [[0.0, 3.0, 0.0], [0.0, 0.0, 4.0]]],
            [[[0.0, 5.0, 0.0], [0.0, 0.0, 6.0]], [[0.0, 7.0, 0.0], [0.0, 0.0, 8.0]]]],
        "you looked for the winners in channel 0: each channel has its own":
            [[[[0.0, 1.0, 0.0], [0.0, 0.0, 2.0]], [[0.0, 3.0, 0.0], [0.0, 0.0, 4.0]]],
            [[[5.0, 0.0, 0.0], [0.0, 0.0, 6.0]], [[7.0, 0.0, 0.0], [0.0, 0.0, 8.0]]]],
        "you looked for the winners in the first image: each image has its own":
            [[[[0.0, 1.0, 0.0], [0.0, 0.0, 2.0]], [[0.0, 0.0, 4.0], [3.0, 0.0, 0.0]]],
            [[[0.0, 5.0, 0.0], [0.0, 0.0, 6.0]], [[0.0, 0.0, 8.0], [7.0, 0.0, 0.0]]]],
        "you used 0 as the first candidate: a winner may be negative":
            [[[[1.0, 2.0, 0.0], [0.0, 0.0, 0.0]], [[0.0, 0.0, 4.0], [3.0, 0.0, 0.0]]],
            [[[5.0, 6.0, 0.0], [0.0, 0.0, 0.0]], [[0.0, 0.0, 0.0], [0.0, 15.0, 0.0]]]],
        "you gave nothing to winners of 0 or less: the slope goes to the winner, whatever its sign":
            [[[[0.0, 0.0, 0.0], [0.0, 0.0, 0.0]], [[0.0, 0.0, 4.0], [3.0, 0.0, 0.0]]],
            [[[0.0, 0.0, 0.0], [0.0, 0.0, 0.0]], [[0.0, 0.0, 0.0], [0.0, 15.0, 0.0]]]]})

# %% test="max-pool2d-backward" points=1 hidden=true covers="30 random batches with many ties, overlaps, gaps and pixels left over, as PyTorch's autograd has them"
def slopes_by_autograd(dout, x, f, stride):
    x = torch.from_numpy(x).requires_grad_()
    functional.max_pool2d(x, f, stride).backward(torch.from_numpy(dout))
    return x.grad.numpy()


rng = check.rng("max-pool2d-backward")
cases = []
for _ in range(30):
    f, stride = int(rng.integers(1, 4)), int(rng.integers(1, 4))
    shape = (*rng.integers(1, 3, 2), *rng.integers(f, f + 5, 2))
    x = rng.integers(-2, 2, shape).astype(np.float64)
    dout = rng.normal(size=conv_layers.max_pool2d(x, f, stride).shape)
    cases.append((dout, x, f, stride))
with check.given(conv_layers), check.without("torch.nn.functional.max_pool2d", "torch.max_pool2d"):
    check.equal_many(max_pool2d_backward, cases, expect=slopes_by_autograd)

# %% [markdown]
# **Law.** Max pooling forward keeps one number of each window; backward it hands the whole slope to that one number.
#
# ## Move the image
#
# Two words for two different wishes. An operation $f$ is **equivariant** to shifts if moving the image and then
# applying $f$ is the same as applying $f$ and then moving its answer: $f(\text{shift}\,x) = \text{shift}\,f(x)$. It is
# **invariant** if the answer does not move at all: $f(\text{shift}\,x) = f(x)$. To find an object one wants the first,
# and to name it the second.
#
# Why a convolution is equivariant takes one line: the same weights at every place, so what was computed at
# $(i, j)$ is now computed at $(i + dy,\, j + dx)$. But at the border something else has come into the picture, and
# there nothing can be promised. So a test looks at the inside only.
#
# ### A test for an operation
#
# By hand, on one row: $x = (0, 0, 5, 0, 0, 0)$ and the operation "multiply pixel $j$ by $j$", moved by one pixel.
#
# - Move first: $(0, 0, 0, 5, 0, 0)$, and then the operation makes $(0, 0, 0, 15, 0, 0)$ of it.
# - Apply first: $(0, 0, 10, 0, 0, 0)$, and then it moves to $(0, 0, 0, 10, 0, 0)$.
#
# The gap is 5, so this operation is not equivariant. In code, `np.roll(x, (dy, dx), axis=(0, 1))` moves an image, and what leaves on
# one side comes back on the other; with a margin that is wide enough, that does not matter.

# %% exercise="shift-test" minutes=15 difficulty=3 law="move the input, or move the output: the largest difference, in size, between the two, inside the margin"
def shift_test(f, x: np.ndarray, dy: int, dx: int, margin: int) -> float:
    """How far an operation is from commuting with a shift.

    f: takes an image (H, W) and returns one of the same shape. x: (H, W) float64. The shift moves every pixel down by
    dy rows and to the right by dx columns (negative: up, to the left). margin: so many rows and columns at each of the
    four borders do not count. It is at least 1, wide enough that what the shift fills in doesn't matter, and small
    enough to leave something: 2 * margin is less than H and less than W.
    Returns the largest absolute difference between f(shifted x) and shifted f(x) inside the margin: one float.
    """
    ### BEGIN SOLUTION
    moved_first = f(np.roll(x, (dy, dx), axis=(0, 1)))
    moved_after = np.roll(f(x), (dy, dx), axis=(0, 1))
    inside = slice(margin, -margin)
    return float(np.abs(moved_first - moved_after)[inside, inside].max())
    ### END SOLUTION

# %% [markdown] hint="shift-test"
# - *I don't know where to start.* Two images: one moved and then given to `f`, one given to `f` and then moved. Both
#   have the shape of x. Compare them cell by cell.
# - *Which sign has the shift?* `np.roll` with a positive number moves towards larger indices: down, or to the right.
#   The same shift stands on both sides of the comparison.
# - *An operation that should pass has a large gap.* Where is the gap? If it is at the border, the margin has not been
#   taken off all four sides.
# - *My gap is negative, or 0 where it should not be.* A difference can be negative. Its size counts.

# %% test="shift-test" points=2
def gaps(answer, wanted, x):
    """The answer for each operation and shift."""
    import numpy as np

    def ramp(image):
        return image * np.arange(image.shape[1])

    def squares_of_rows(image):
        return image * np.arange(image.shape[0])[:, None] ** 2

    def sum_of_neighbours(image):
        framed = np.pad(image, 1)
        return framed[:-2, 1:-1] + framed[2:, 1:-1] + framed[1:-1, :-2] + framed[1:-1, 2:]

    known = {"ramp": ramp, "squares of rows": squares_of_rows, "sum of neighbours": sum_of_neighbours}
    return [answer(known[name], x.copy(), dy, dx, margin) for name, dy, dx, margin in wanted]


x = np.array([[3.0, 1, 4, 1, 5, 9], [2, 6, 5, 3, 5, 8], [9, 7, 9, 3, 2, 3], [8, 4, 6, 2, 6, 4], [3, 3, 8, 3, 2, 7],
    [9, 5, 1, 2, 8, 8]])
wanted = [("sum of neighbours", 1, -1, 2), ("ramp", 0, -1, 2), ("squares of rows", 1, 0, 2)]
seen = check.observe(gaps, shift_test, wanted, x)
check.close(seen[0], expect=0.0, rtol=1e-9, atol=1e-9,
    about="the sum of a pixel's four neighbours, on the x of this cell, moved by (1, -1), margin 2",
    law="an operation that does the same at every place commutes with a shift, inside the margin", mistakes={
    "you moved one side only: compare f of the moved image with the moved answer of f": 7.0,
    "your two shifts go in opposite directions: the same one stands on both sides": 10.0,
    "you ignored the margin: the border does not count": 17.0,
    "you took the margin off the columns only: all four borders have one": 8.0,
    "you took the margin off before the second shift: move the whole answer, then take it off": 5.0,
    "you gave True or False: a size of the gap is asked for": True})
check.close(seen[1], expect=6.0, rtol=1e-9, atol=1e-9,
    about="pixel times its column's number, on the x of this cell, moved by (0, -1), margin 2", mistakes={
    "you took the difference with its sign: its size counts": -2.0,
    "you took the mean: the largest gap is asked for": 3.25,
    "you took the sum: the largest gap is asked for": 13.0,
    "dy and dx changed places: dy moves rows, dx moves columns": 0.0,
    "you moved in the opposite direction: positive dy is down, positive dx is right": 9.0,
    "you gave True or False: a size of the gap is asked for": False})
check.close(seen[2], expect=45.0, rtol=1e-9, atol=1e-9,
    about="pixel times the square of its row's number, on the x of this cell, moved by (1, 0), margin 2", mistakes={
    "the rows did not move: np.roll without axis=(0, 1) rolls all pixels in one long line": 0.0,
    "you moved in the opposite direction: positive dy is down, positive dx is right": 56.0})

# %% test="shift-test" points=1 hidden=true covers="24 random images and shifts, for operations that commute with them and others that do not"
def gaps(answer, cases):
    """The answer for each operation, image and shift."""
    import numpy as np

    known = {
        "product of neighbours": lambda image: image * np.pad(image, 1)[1:-1, 2:],
        "lower half doubled": lambda image: np.concatenate([image[:6], 2 * image[6:]]),
        "mirror": lambda image: image[:, ::-1].copy(),
        "square": lambda image: image**2}
    return [float(answer(known[name], x, dy, dx, margin)) for name, x, dy, dx, margin in cases]


def gap(name, x, dy, dx, margin):
    def at(i, j):
        return {"product of neighbours": lambda: x[i, j] * x[i, j + 1], "square": lambda: x[i, j] ** 2,
                "lower half doubled": lambda: x[i, j] * (1 + (i >= 6)), "mirror": lambda: x[i, 11 - j]}[name]()

    def at_moved(i, j):
        return {"product of neighbours": lambda: x[i - dy, j - dx] * x[i - dy, j + 1 - dx], "square": lambda: x[i - dy,
            j - dx] ** 2,
                "lower half doubled":
                    lambda: x[i - dy, j - dx] * (1 + (i >= 6)), "mirror": lambda: x[i - dy, 11 - j - dx]}[name]()

    inside = range(margin, 12 - margin)
    return max(abs(at(i - dy, j - dx) - at_moved(i, j)) for i in inside for j in inside)


rng = check.rng("shift-test")
names = ["product of neighbours", "lower half doubled", "mirror", "square"]
cases = [(names[i % 4], rng.normal(size=(12, 12)), *(int(step) for step in rng.integers(-2, 3, 2)),
    4) for i in range(24)]
seen = check.observe(gaps, shift_test, cases)
for found, case in zip(seen, cases):
    name, _, dy, dx, margin = case
    check.close(found, expect=gap(*case), rtol=1e-9, atol=1e-9, about=f"{name}, moved by ({dy}, {dx}), margin {margin}")

# %% [markdown]
# ### A dot under the pooling window
#
# And pooling? "It makes small shifts vanish", the books say. Take the smallest picture there is: black, with one
# white dot. Max pooling, windows of 2×2, stride 2. Now the dot moves one pixel to the right. In how many of a hundred
# places where the dot may stand does the pooled picture stay **exactly** as it was: 0, 25, 50, 75 or 100?

# %% predict="dot-stays" minutes=2 choices="0 | 25 | 50 | 75 | 100" law="a move inside a window changes nothing, a move across its border changes the picture"
### BEGIN SOLUTION
percent_unchanged = 50
### END SOLUTION

# %% test="dot-stays" points=1 hidden=true covers="your prediction"
check.equal(percent_unchanged, expect=50, mistakes={
    "you let it always stay: from the right column of a window the dot crosses into the next window": 100,
    "you let it never stay: from the left column of a window the dot moves within its window": 0,
    "the dot moves in one direction only, across: which of the window's two rows it stands in does not matter": 25,
    "you kept both columns together: from the right one it always leaves, from the left one never": 75})

# %% [markdown]
# Your functions give the answer, for several windows, and the same for stride 1. Then the photograph: its map of
# steepness is pooled, moved and pooled again.

# %% demo="dot"
def share_unchanged(f, stride, size=48):
    """Share of a dot's places from which a step to the right leaves the pooled picture as it was."""
    stays = 0
    for column in range(f, f + stride):  # one period of places, inside the picture
        dots = np.zeros((2, 1, size, size))
        dots[0, 0, 20, column] = dots[1, 0, 20, column + 1] = 1.0
        before, after = max_pool2d(dots, f, stride)
        stays += bool((before == after).all())
    return stays / stride


for f, stride in [(2, 2), (4, 2), (4, 4), (8, 8), (5, 4), (3, 2), (2, 1)]:
    print(f"windows of {f}×{f}, stride {stride}: the dot's move leaves no trace from {share_unchanged(f, stride):6.1%} of the places")

# %% [markdown]
# What forgives a move is the **stride**, not the window: 4×4 with stride 2 does no better than 2×2. A window's border comes
# once in every $S$ columns, and from the other columns the dot moves freely. Where $F$ is no multiple of $S$, some windows end
# between the places where others begin, and there are two such columns in every $S$. For 3×3 with stride 2 that is all
# of them: 0 %.
#
# Now the photograph, and `shift_test` with all the layers of this lesson. A stride makes the map smaller, and
# `shift_test` wants it in the old size, so each number is then repeated 2×2 times.

# %% demo="commute"
def layer(image, stride=1):
    across = filters["dark left of bright"]
    return conv2d_forward(image[None, None], across[None, None], np.array([-0.2]), stride, padding=1)[0, 0]


def relu_layers(image):
    return np.maximum(layer(np.maximum(layer(image), 0)), 0)


def enlarged(small):
    return small.repeat(2, axis=0).repeat(2, axis=1)


operations = {
    "convolution 3×3, stride 1": layer,
    "two of them, with ReLU": relu_layers,
    "max pooling 3×3, stride 1": lambda image: max_pool2d(pad2d(image, 1)[None, None], 3, 1)[0, 0],
    "convolution 3×3, stride 2": lambda image: enlarged(layer(image, 2)),
    "max pooling 3×3, stride 2": lambda image: enlarged(max_pool2d(pad2d(image, 1)[None, None], 3, 2)[0, 0]),
    "max pooling 2×2, stride 2": lambda image: enlarged(max_pool2d(image[None, None], 2, 2)[0, 0]),
    "mean pooling 2×2, stride 2": lambda image: enlarged(avg_pool2d(image[None, None], 2, 2)[0, 0])}
print(f"{'largest gap when the photograph moves by':42}" + "".join(f"{dx} px".rjust(7) for dx in (1, 2, 3, 4)))
for name, f in operations.items():
    measured = [shift_test(f, photo, 0, dx, margin=8) for dx in (1, 2, 3, 4)]
    print(f"{name:42}" + "".join("      0" if gap == 0 else f"{gap:7.2f}" for gap in measured))

# %% [markdown]
# A bare 0 is exact, to the last digit: a gap that is only small would read 0.00. Convolution, ReLU and pooling all reach
# it, as long as the stride is 1. So it is not the maximum that breaks the rule: the mean breaks it too, and so does a
# convolution, once they have a **stride**. Compare the rows of 3×3, where nothing but the stride changes. A layer with
# stride 2 looks at every second place; move the image by two, and everything is as before; move it by one, and it looks
# at the other half of the places.
#
# And invariance? Take the map of steepness, whose thin lines are hard on a shift. The figure shows how much of the
# map changes, as the length of the difference divided by the length of the map, when the photograph moves by 1 to
# 8 pixels. (Two maps of equal length whose lines never meet differ by √2, so a change may exceed 1.) Window and stride
# grow together here, as they do in most networks.

# %% demo="how-much-vanishes"
moves = range(9)
# Moved to the right: what comes in on the left is taken from the larger picture.
steep = [edge_image(small[4:102, 11 - right : 141 - right])[1] for right in moves]  # each 96 × 128


def pool(image, f):
    return max_pool2d(image[None, None], f, f) if f else image.max()


def change(f, right):
    before, after = pool(steep[0], f), pool(steep[right], f)
    return float(np.linalg.norm(after - before) / np.linalg.norm(before))


curves = {name: [change(f, right) for right in moves] for name, f in [
    ("no pooling", 1), ("max 2×2", 2), ("max 4×4", 4), ("max 8×8", 8), ("one maximum for all", 0)]}
fig, ax = plots.figure(7.2, 3.8)
ax.set(xlabel="photograph moved to the right by (pixels)", ylabel="relative change of the map", ylim=(-0.05, 1.1))
plots.lines(ax, moves, curves)
plots.show(fig, alt=(
    "Relative change of the steepness map against the shift of the photograph, 0 to 8 pixels. Without pooling it is 0.50 after one "
    "pixel and 1.01 after eight. Max pooling 2 by 2: 0.29 and 0.91. 4 by 4: 0.24 and 0.79. 8 by 8: 0.16 and 0.58. One "
    "maximum over the whole map: 0 throughout."))
print("after a move of one pixel")
for f in (1, 2, 4, 8):
    same = np.mean(pool(steep[0], f) == pool(steep[1], f))
    print(f"  windows of {f}×{f}: change {change(f, 1):.2f}, {same:4.0%} of the numbers exactly as before")

# %% [markdown]
# Here is the answer to the question at the top. Convolution with stride 1 follows the shift exactly: the gap is **0**
# inside the margin, at any shift. That pooling makes a shift vanish holds for a dot from **half** of its places, at
# 2×2. On the photograph pooling makes a shift *smaller*: a move of one pixel changes the map by **50 %** without
# pooling, by **29 %** after 2×2 and by **16 %** after 8×8. Three of four numbers behind a 2×2 window have changed. The
# setting to blame is the stride. The shift vanishes altogether only with one window over the whole map, as long as the strongest
# edge stays in view. That is *global pooling*, and it is how many networks end.
#
# **Law.** Weights that are the same everywhere make a layer equivariant. A stride breaks that for shifts that are no
# multiple of it. Pooling makes small shifts count less; only a window over the whole map makes them count nothing.
#
# ## What breaks in practice
#
# - **A filter from a book.** Signal-processing filters are meant for true convolution. Given to `Conv2d` as they
#   stand, Sobel answers with the wrong sign and an emboss filter is lit from the other side. Turn them once, when you
#   load them.
# - **Edges at the frame.** Zero padding draws a dark frame round the picture, and edge filters find it: on an even
#   white image with a frame of zeros your Laplacian gives −1 along the sides and −2 at the corners. Networks even use
#   it to learn where they are. `padding_mode="reflect"` avoids it.
# - **Photographs of whole numbers.** Pixels are often uint8. In such an array 3 − 5 is 254, without a warning, and an
#   edge filter returns snow. Convert to floats before anything else.
# - **A reshape in place of a transpose.** Channels last and channels first have the same number of numbers, so
#   `reshape` goes from one to the other without complaint and scrambles the image. Networks train on the scramble, a
#   little worse.
# - **The table of windows is large.** For a batch of 32 images of 224×224×64 and filters of 3×3 it holds 925 million
#   numbers, 3.7 GB in float32. Libraries therefore build it piece by piece, or use other algorithms for 3×3
#   (Winograd's), with rounding that differs in the last digits.
# - **Ties.** A library may choose another winner on another device. Where whole windows are 0 after a ReLU, gradients
#   may then differ, and both are right.
# - **A label that flickers.** Move a video by one pixel and a classifier with strides may change its mind. The cure
#   is to blur before skipping: pool with stride 1, blur, and then take every second number (Zhang, 2019).
#
# ## Challenge
#
# *Not graded.* Write `blur_pool2d(x, f, stride)`: max pooling with stride 1, then the filter 1 2 1 / 2 4 2 / 1 2 1
# divided by 16 on each channel, then every `stride`-th number. Put it into the figure above in place of max pooling.
# How much of the 29 % is left after a move of one pixel? And what does it cost: which details of the photograph are
# gone?
#
# ## Sources
#
# - Y. LeCun, L. Bottou, Y. Bengio, P. Haffner, *Gradient-based learning applied to document recognition*, 1998.
# - I. Sobel, G. Feldman, *A 3×3 isotropic gradient operator for image processing*, 1968, a talk at the Stanford
#   Artificial Intelligence Project; J. Prewitt, *Object enhancement and extraction*, 1970.
# - K. Chellapilla, S. Puri, P. Simard, *High performance convolutional neural networks for document processing*,
#   2006: convolution as a matrix product.
# - V. Dumoulin, F. Visin, *A guide to convolution arithmetic for deep learning*, 2016.
# - A. Lavin, S. Gray, *Fast algorithms for convolutional neural networks*, 2016: Winograd's.
# - M. Lin, Q. Chen, S. Yan, *Network in network*, 2013: filters of 1×1 and global pooling.
# - A. Azulay, Y. Weiss, *Why do deep convolutional networks generalize so poorly to small image transformations?*,
#   2019; R. Zhang, *Making convolutional networks shift-invariant again*, 2019.
# - M. Islam, S. Jia, N. Bruce, *How much position information do convolutional neural networks encode?*, 2020: what
#   zero padding gives away.
