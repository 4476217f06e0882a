# %% [markdown] lesson="The arithmetic of convolution" part="Part II. Convolution" hours=2.5 needs="00_start_here 01_perceptron_to_mlp"
# # The arithmetic of convolution
#
# LeNet-5 was built in 1998 to read handwritten digits, and read bank cheques by the million. Build a modern copy, hand
# it a digit of 28×28 pixels, the size of the famous MNIST images, and it crashes on its first forward pass:
#
# ```text
# RuntimeError: mat1 and mat2 shapes cannot be multiplied (1x256 and 400x120)
# ```
#
# Type 256 where the network says 400, and the crash is gone. But that is another network, with 44 426 parameters
# instead of 61 706. **Where do 256 and 400 come from, and which one number in the *first* layer lets the digit in and keeps the
# network as it is, with all its parameters?** Near the end of this lesson a function of yours will find that number.
#
# **You will be able to**
#
# - give the output size of any convolution, pooling or transposed convolution, and say when pixels are left over;
# - count the parameters and the multiply-adds of a whole network from its description, before a line of it runs;
# - say how much of the image a single unit sees;
# - work backwards, from the sizes you want to the filter, stride and padding that give them.
#
# **Where it stands.** Lessons 01 to 05 joined every unit to every input. Part II looks through small windows instead.
# This lesson counts: how many outputs, how many weights, how much work. What the weights do to an image is lesson 07,
# and lesson 08 trains them.
#
# **Time.** About two hours and a half, reading included: twelve exercises, four predictions. You need whole-number
# division and a pencil.

# %% setup=true
import math

import torch
from torch import nn

from forwardpass import NotAttempted, check, plots, sizes, widgets

# Two famous networks as plain descriptions. The section "A whole network" explains how to read them.
LENET5 = [("conv", 6, 5, 1, 0), ("pool", 2, 2), ("conv", 16, 5, 1, 0), ("pool", 2, 2), ("flatten",),
          ("fc", 120), ("fc", 84), ("fc", 10)]
VGG16 = []
for repeats, filters in [(2, 64), (2, 128), (3, 256), (3, 512), (3, 512)]:
    VGG16 += [("conv", filters, 3, 1, 1)] * repeats + [("pool", 2, 2)]
VGG16 += [("flatten",), ("fc", 4096), ("fc", 4096), ("fc", 1000)]

# %% [markdown]
# Here is the crash. `nn.Conv2d(1, 6, 5)` is a convolution layer of six filters, 5×5 pixels each, over one channel;
# `nn.Linear(400, 120)` is a fully connected layer as in lesson 01.

# %%
lenet = nn.Sequential(
    nn.Conv2d(1, 6, 5), nn.ReLU(), nn.MaxPool2d(2),
    nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2),
    nn.Flatten(), nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10),
)
digit = torch.zeros(1, 1, 28, 28)
try:
    lenet(digit)
except RuntimeError as error:
    print(error)

# %% [markdown]
# ## What slides over what
#
# A **convolution layer** lays a small filter on the image, multiplies each weight of the filter by the pixel under it,
# and adds up all these products and one bias. That is one output number. Then the filter moves on and does it again,
# with the same weights. All the numbers of one filter form a *map*; a layer with several filters makes several maps,
# stacked in depth.
#
# | symbol | name | meaning |
# | :---: | --- | --- |
# | $N$ | input size | pixels along one axis |
# | $F$ | filter size | weights along one axis; filters here are square, $F \times F$ |
# | $S$ | stride | how many pixels the filter moves from one position to the next |
# | $P$ | padding | zeros added on *each* side of the input |
# | $D$ | dilation | distance in pixels between neighbouring weights of the filter; 1 means no gaps |
# | $H, W, C$ | height, width, channels | the shape of an image or a stack of maps, written $H \times W \times C$; $C$ is also called its depth |
# | $K$ | filters | how many filters the layer has |
#
# Shapes stand here as on paper, channels last: `(H, W, C)`. PyTorch stores channels first, and lesson 07 goes over to
# that.

# %% [markdown]
# ## How many positions
#
# ### One axis by hand
#
# Take $N = 7$ pixels and a filter of $F = 3$. It starts over pixels 0, 1, 2. It ends over pixels 4, 5, 6. So it can
# move **a distance of** $7 - 3 = 4$ pixels.
#
# - With stride 1, that is 4 steps. The filter stood somewhere before its first step, so it has visited **5** positions.
# - With stride 2, the same distance is 2 steps: **3** positions.
#
# It is the old puzzle of the fence: four gaps, five posts.

# %%
def draw_windows(rows, n=7, f=3, unseen=(), alt=""):
    """Draws n pixels, numbered from 0, and below them each window of f pixels, counted from 1.

    rows: (label, starts of its windows). unseen: pixels to hatch.
    """
    fig, ax = plots.figure(7.2, 1.0 + 0.32 * sum(len(starts) + 1 for _, starts in rows))
    behind = {"facecolor": plots.current().surface, "linewidth": 0}
    for pixel in range(n):
        ax.broken_barh([(pixel, 1)], (0, 0.9), facecolor="none", hatch="///" if pixel in unseen else "")
        ax.text(pixel + 0.5, 0.45, str(pixel), ha="center", va="center", bbox=behind)
    y = -0.7
    for label, starts in rows:
        ax.text(-0.3, y, label, ha="right", va="center")
        for position, start in enumerate(starts, 1):
            ax.broken_barh([(start + 0.06, f - 0.12)], (y - 0.22, 0.44), facecolor=plots.current().fill)
            ax.text(start + f / 2, y, str(position), ha="center", va="center_baseline", fontsize=9)
            y -= 0.6
        y -= 0.6
    ax.set(xlim=(-2.2, n + 0.2), ylim=(y + 0.6, 1.1))
    ax.axis("off")
    plots.show(fig, alt=alt)


draw_windows([("stride 1", [0, 1, 2, 3, 4]), ("stride 2", [0, 2, 4])], alt=(
    "Seven pixels numbered 0 to 6. Below them, windows of three pixels: with stride 1 five windows, starting at 0, 1, 2, "
    "3 and 4; with stride 2 three windows, starting at 0, 2 and 4. In both cases the last window ends on pixel 6."))

# %% [markdown]
# ### A border of zeros, and a filter with gaps
#
# **Padding** adds $P$ zeros on each side, so the input grows by $2P$. With $P = 1$ our seven pixels become nine, the
# filter can move $9 - 3 = 6$, and there are 7 positions: the size is kept.
#
# **Dilation** spreads the filter's weights $D$ pixels apart. The filter keeps its $F$ weights, and these have $F - 1$
# distances of $D$ between them. From its first weight to its last it then *reaches* over $D(F - 1) + 1$ pixels. Three
# weights three pixels apart lie on pixels 0, 3 and 6: they reach over 7.
#
# And when the steps do not come out even? Over 8 pixels, three weights with stride 2 can move a distance of 5: two
# steps and a half. There are no half steps. The filter takes two, stands at 3 positions, and never sees the last pixel.
#
# **Law.** First the distance that the filter can move, then the whole steps that fit into it, then add one:
# $$\text{output size} = \left\lfloor \frac{N + 2P - \big(D(F - 1) + 1\big)}{S} \right\rfloor + 1 .$$
#
# The brackets $\lfloor \cdot \rfloor$ round down. Without gaps ($D = 1$) this is the formula found in most books,
# $(N - F + 2P)/S + 1$.

# %% [markdown]
# ### Your first function
#
# Everything else in this lesson leans on it, in your code and in every convolutional network you will build. There are
# three visible checks, so you can begin with stride alone, see the first one pass, and go on.

# %% exercise="conv-output-size" minutes=15 difficulty=2 law="the distance the filter can move, divided by the stride and rounded down, plus one"
def conv_output_size(n: int, f: int, stride: int = 1, padding: int = 0, dilation: int = 1) -> int:
    """Number of positions of a filter along one axis, which is the output's size along that axis.

    n: input size, f: filter size, both in pixels and at least 1. stride: at least 1. padding: zeros on each side,
    at least 0. dilation: distance between neighbouring weights, at least 1. Returns an int, at least 1.

    Raises ValueError
    - if an argument is not an int: 2.5 is not one, and neither is 7.0 (True and NumPy's integers are not tested);
    - if an argument is below the least value given above;
    - if the filter, with its gaps, is larger than the padded input.
    """
    ### BEGIN SOLUTION
    for value, least in [(n, 1), (f, 1), (stride, 1), (padding, 0), (dilation, 1)]:
        if not isinstance(value, int) or value < least:
            raise ValueError(f"expected whole numbers, at least 1 (padding: 0), got {value!r}")
    reach = dilation * (f - 1) + 1
    distance = n + 2 * padding - reach
    if distance < 0:
        raise ValueError(f"a filter that reaches over {reach} pixels does not fit into {n + 2 * padding}")
    return distance // stride + 1
    ### END SOLUTION

# %% [markdown] hint="conv-output-size"
# - *I don't know where to start.* On paper: 7 pixels, a filter of 3. Which pixel is the last on which the filter can
#   start? How many starting pixels are there, when it may use every one of them? When it may use every second one?
# - *I can do it on paper but not in code.* Give names to two things first: how far the filter reaches, and the distance
#   that is left for it to move. Both are a short sum. The steps are the distance divided by the stride, without a
#   remainder.
# - *My answer is 2.5, or 3.0.* `/` makes a float. `//` divides and drops the rest, and of two ints it makes an int.
# - *The checks want a ValueError.* Before you calculate, look at each argument: `isinstance(x, int)` says whether it is
#   an int. The filter does not fit when the distance that is left for it comes out negative.

# %% test="conv-output-size" points=1
check.equal(conv_output_size, 7, 3, expect=5, mistakes={
    "you left out the plus one: four steps visit five positions, the first of them before any step": 4,
    "you subtracted nothing: the filter starts only where all of it lies on the input": 7,
    "you divided with /, which makes a float: count whole steps with //": 5.0})
check.equal(conv_output_size, 7, 3, stride=2, expect=3, mistakes={
    "you added the one before you divided: first divide the distance by the stride, then add one": 2,
    "you ignored the stride: with stride 2 the filter starts on every second pixel": 5,
    "you divided the input by the stride: divide the distance the filter can move, N − F": 4})
check.equal(conv_output_size, 8, 3, stride=2, expect=3, mistakes={
    "you rounded up: a distance of 5 holds two whole steps of 2, and half a step is not taken": 4,
    "you kept a fraction: only whole steps count": 3.5})
check.equal(conv_output_size, 32, 5, expect=28)

# %% test="conv-output-size" points=1
check.equal(conv_output_size, 7, 3, padding=1, expect=7, mistakes={
    "you counted the padding once: there are P zeros on each side, so the input grows by 2P": 6,
    "you ignored the padding: two zeros come in, so the filter moves over nine pixels": 5,
    "you took the padding away: zeros make the input larger": 3})
check.equal(conv_output_size, 11, 3, dilation=3, expect=5, mistakes={
    "you ignored the dilation: three weights, 3 pixels apart, reach over 7 pixels": 9,
    "you let the filter reach over D times F pixels: there is no gap after the last weight": 3,
    "you forgot the last weight itself: D(F − 1) pixels lead up to it, and it takes one more": 6,
    "you added D − 1 pixels once: there is a gap between every two weights, so F − 1 of them": 7})
check.equal(conv_output_size, 15, 4, stride=2, padding=1, dilation=4, expect=3)

# %% test="conv-output-size" points=1
check.raises(ValueError, conv_output_size, 3, 5, mistakes={
    "your filter is larger than the padded input and has no position at all: raise a ValueError": -1,
    "0 is no size either: a filter larger than the padded input is an error, and a ValueError says so early": 0})
check.equal(conv_output_size, 3, 5, padding=1, expect=1,
            law="the filter must fit into the padded input, not into the bare one")
check.raises(ValueError, conv_output_size, 5, 3, dilation=3, mistakes={
    "you compared the filter without its gaps: with dilation 3 it reaches over 7 pixels, and only 5 are there": -1})
too_small = [(0, 1), (-4, 3), (7, 0), check.case(7, 3, stride=0), check.case(7, 3, stride=-1),
             check.case(7, 3, padding=-1), check.case(7, 3, dilation=0)]
check.raises_many(ValueError, conv_output_size, too_small,
                  law="sizes, stride and dilation are at least 1, padding is at least 0")
fractions = [(7.5, 3), (7, 2.5), check.case(7, 3, stride=1.5), check.case(7, 3, padding=0.5),
             check.case(7, 3, dilation=1.5)]
check.raises_many(ValueError, conv_output_size, fractions, law="a fraction is not a whole number of pixels")
law = "a float is no size, even if nothing follows its point: a size is an int"
check.raises(ValueError, conv_output_size, 7.0, 3, law=law, mistakes={
    "you let 7.0 pass, and your answer is a float as well: only an int is a size": 5.0,
    "you let 7.0 pass and turned it into an int: whoever sends a float has divided with / somewhere, so say so": 5})
check.raises(ValueError, conv_output_size, 7, 3, stride=2.0, law=law, mistakes={
    "you let a stride of 2.0 pass, and your answer is a float as well: only an int is a stride": 3.0,
    "you let a stride of 2.0 pass and turned it into an int: only an int is a stride": 3})

# %% test="conv-output-size" points=2 hidden=true covers="400 random combinations of size, filter, stride, padding and dilation, as PyTorch has them"
rng = check.rng("conv-output-size")
cases = []
while len(cases) < 400:
    ranges = [(1, 60), (1, 8), (1, 5), (0, 4), (1, 5)]
    n, f, stride, padding, dilation = (int(rng.integers(low, high)) for low, high in ranges)
    if dilation * (f - 1) + 1 <= n + 2 * padding:
        cases.append((n, f, stride, padding, dilation))


def torch_size(n, f, stride, padding, dilation):
    image, kernel = torch.zeros(1, 1, n, 1), torch.zeros(1, 1, f, 1)
    return nn.functional.conv2d(image, kernel, None, (stride, 1), (padding, 0), (dilation, 1)).shape[2]


check.equal_many(conv_output_size, cases, expect=torch_size, mistakes={
    "you rounded up: half a step is not taken": lambda n, f, s, p, d: -(-(n + 2 * p - d * (f - 1) - 1) // s) + 1,
    "you ignored the dilation": lambda n, f, s, p, d: (n + 2 * p - f) // s + 1,
    "you counted the padding once": lambda n, f, s, p, d: (n + p - d * (f - 1) - 1) // s + 1})

# %% [markdown]
# Now move the sliders. The picture lays the filter at each of its positions; the count is your function's. Try to make
# a pixel that is never seen, then repair it with padding.

# %% demo="sliding-filter"
widgets.sliding_filter(conv_output_size)

# %% [markdown]
# ### What is left over
#
# Rounding down has a price: pixels at the end of the axis that no window covers. PyTorch says nothing about it. So
# before you meet a function that tells you, commit yourself.
#
# A filter of 5 moves over 12 pixels with **stride 4**. Does it fit exactly, so that its last position ends on the last
# pixel? Write `True` or `False`. And how many pixels does no position cover?

# %% predict="slides-by-four" minutes=2 law="a window counts only where all of it lies on the input"
### BEGIN SOLUTION
fits_by_four = False
left_over = 3
### END SOLUTION

# %% test="slides-by-four" points=1 hidden=true covers="your prediction"
check.equal(fits_by_four, expect=False, mistakes={
    "you let it fit: its windows cover pixels 0 to 4 and 4 to 8, and nothing covers pixels 9 to 11": True})
check.equal(left_over, expect=3, mistakes={
    "you gave the distance the filter can move: count the pixels outside both windows, 0 to 4 and 4 to 8": 7,
    "you counted the pixels that a third window would lack: pixels 9, 10 and 11 are not covered": 1,
    "you laid the windows side by side: the second one starts on pixel 4, where the first one ends": 2,
    "you covered everything, but the windows end at pixel 8": 0})

# %%
starts = [start for start in range(12) if start % 4 == 0 and start + 5 <= 12]
unseen = [pixel for pixel in range(12) if not any(start <= pixel < start + 5 for start in starts)]
draw_windows([("stride 4", starts)], n=12, f=5, unseen=unseen, alt=(
    f"Twelve pixels numbered 0 to 11 and windows of five pixels, starting at {starts}. The pixels {unseen} are "
    "hatched: no window covers them."))

# %% exercise="fits-exactly" minutes=5 difficulty=1 law="it fits when the distance N + 2P − F is a whole number of strides, none of it left over"
def fits_exactly(n: int, f: int, stride: int = 1, padding: int = 0) -> bool:
    """Whether the filter's last position ends exactly at the end of the padded input.

    n, f, stride, padding: as in conv_output_size, all in their ranges. Returns True or False.
    A filter larger than the padded input has no position, so it does not fit: False.
    """
    ### BEGIN SOLUTION
    distance = n + 2 * padding - f
    return distance >= 0 and distance % stride == 0
    ### END SOLUTION

# %% [markdown] hint="fits-exactly"
# - *I don't know where to start.* Take the two pictures above. With stride 2 a distance of 4 was used up; with stride 4
#   a distance of 7 was not. Which operation says what is left of 7 after steps of 4?
# - *I have a number, not True or False.* `%` gives the remainder. A comparison of it with zero is True or False.
# - *One case says True and I say False, with padding.* The filter moves over the padded input: $P$ more pixels on the
#   left and $P$ on the right.
# - *A filter of 5 on 3 pixels fits, says my function.* The distance is negative there, and in Python `-2 % 2` is 0. Ask
#   first whether there is any distance at all.

# %% test="fits-exactly" points=1
with check.given(sizes):
    check.equal(fits_exactly, 7, 3, 1, expect=True, mistakes={
        "you answered the other way round: no remainder means that it fits": False,
        "you returned the remainder itself: compare it with zero": 0})
    check.equal(fits_exactly, 7, 3, 2, expect=True, mistakes={
        "you divided the whole input by the stride: what the strides must fill is the distance N + 2P − F": False})
    check.equal(fits_exactly, 7, 3, 3, expect=False)
    check.equal(fits_exactly, 8, 3, 2, 1, expect=False, mistakes={
        "you counted the padding once: one zero on each side makes 10 pixels and a distance of 7, no multiple of 2":
            True})
    check.equal(fits_exactly, 7, 3, 3, 1, expect=True, mistakes={
        "you ignored the padding: with one zero on each side the distance is 6, two strides of 3": False})
    check.equal(fits_exactly, 3, 5, 2, expect=False, mistakes={
        "your filter is larger than the padded input: it has no position, whatever the remainder says": True})

# %% test="fits-exactly" points=1 hidden=true covers="300 random combinations, a third of them with a filter larger than the input"
rng = check.rng("fits-exactly")
ranges = [((1, 25), (1, 8), (1, 6), (0, 4))] * 200 + [((1, 6), (6, 14), (1, 6), (0, 4))] * 100
cases = [tuple(int(rng.integers(low, high)) for low, high in four) for four in ranges]


def walks_to_the_end(n, f, stride, padding):
    pixels = [0] * padding + [1] * n + [0] * padding
    ends = [start + f for start in range(0, len(pixels), stride) if start + f <= len(pixels)]
    return len(pixels) in ends


with check.given(sizes):
    check.equal_many(fits_exactly, cases, expect=walks_to_the_end)

# %% [markdown]
# ### Keeping the size
#
# Thirty layers of 3×3 would eat sixty pixels of the image if each one took away two. Deep networks therefore choose the
# padding that keeps the size at stride 1. For $F = 3$ you have seen it: one zero on each side.
#
# By hand, on 10 pixels: a filter of 5 leaves 6 positions. Four are missing, so two zeros must come in on each side.
# Three weights with $D = 2$ reach over 5 pixels too, leave 6 as well, and want the same padding. A filter of 4 leaves
# 7. Three are missing, and three can't be shared by two sides.

# %% exercise="same-padding" minutes=8 difficulty=2 law="padding on both sides together gives back what the filter, with its gaps, takes away"
def same_padding(f: int, dilation: int = 1) -> int:
    """Padding on each side that keeps the size of any input, at stride 1.

    f: filter size, dilation: distance between weights, both at least 1. Returns P in pixels, an int.
    Raises ValueError if no whole P does it, because an odd number of pixels can't be shared by two sides.
    """
    ### BEGIN SOLUTION
    missing = dilation * (f - 1)
    if missing % 2:
        raise ValueError(f"{missing} pixels can't be shared equally by two sides")
    return missing // 2
    ### END SOLUTION

# %% [markdown] hint="same-padding"
# - *I don't know where to start.* A filter of 7 on 20 pixels: how many positions are missing, and how many zeros does
#   each side get to make it 20 again? Now the same for a filter of 9. What has the 20 to do with it?
# - *The dilated case is wrong.* A filter with gaps takes away more. How many pixels does it reach over, and how many of
#   these are too many?
# - *Should every even filter be an error?* No. Two weights with one pixel between them (F = 2, D = 2) take away two
#   pixels, and two can be shared.

# %% test="same-padding" points=1
with check.given(sizes):
    check.equal(same_padding, 5, expect=2, mistakes={
        "you gave the padding of both sides together: P is what each side gets": 4,
        "you took half the filter, rounded up: a filter of F takes away F − 1 pixels": 3,
        "you returned a float: padding is a whole number of pixels, an int": 2.0})
    check.equal_many(same_padding, [(1,), (3,), (7,), (11,)], expect=[0, 1, 3, 5])
    check.equal(same_padding, 3, dilation=2, expect=2, mistakes={
        "you ignored the dilation: with D = 2 the filter reaches over 5 pixels, not 3": 1})
    check.raises(ValueError, same_padding, 4, mistakes={
        "you rounded down, but an odd number of pixels, here 3, can't be shared: raise a ValueError": 1,
        "you rounded up, but an odd number of pixels, here 3, can't be shared: raise a ValueError": 2,
        "you shared out half a pixel: an odd number of pixels can't be shared, so raise a ValueError": 1.5})
    check.equal(same_padding, 2, dilation=2, expect=1,
                law="what must be even is the number of missing pixels: do not refuse every even filter")

# %% test="same-padding" points=1 hidden=true covers="all filters from 1 to 9 with dilations from 1 to 6, against PyTorch's sizes"
def torch_size(f, dilation, padding):
    image, kernel = torch.zeros(1, 1, 64, 1), torch.zeros(1, 1, f, 1)
    return nn.functional.conv2d(image, kernel, None, 1, (padding, 0), (dilation, 1)).shape[2]


def keeps_the_size(f, dilation):
    return [padding for padding in range(30) if torch_size(f, dilation, padding) == 64]




found = {(f, dilation): keeps_the_size(f, dilation) for f in range(1, 10) for dilation in range(1, 7)}
with check.given(sizes):
    possible = [key for key in found if found[key]]
    check.equal_many(same_padding, possible, expect=[found[key][0] for key in possible])
    check.raises_many(ValueError, same_padding, [key for key in found if not found[key]])

# %% [markdown]
# **Law.** Padding keeps the size when it gives back what the reach takes away: $2P = D(F - 1)$. That is even for every
# odd $F$. For an even $F$ it depends on the gaps.

# %% [markdown]
# ## From one axis to a volume
#
# An image has three axes. Along height and width a window slides, and each follows the law you have written. Depth is
# different: nothing slides there.
#
# - **Max pooling** takes the largest number in each window, **average pooling** the mean; sizes are the same. Each map
#   is pooled by itself, so 6 maps stay 6. Windows may overlap: AlexNet (2012) pools windows of 3 with a stride of 2.
# - A **convolution filter** is as deep as its input, $F \times F \times C$, and adds up over all of it. So one filter
#   makes *one* map, however deep the input, and $K$ filters make $K$.
#
# By hand, for $4 \times 4 \times 3$: pooling with windows of 2 and stride 2 gives $2 \times 2 \times 3$. Convolution
# with five filters of $3 \times 3$ gives $2 \times 2 \times 5$.
#
# **Law.** Height and width follow the window. Depth: pooling keeps it, convolution replaces it by the number of
# filters.

# %% [markdown]
# ### Pooling
#
# Two small functions, one axis and then the volume. Without padding, $N$ pixels become
# $\lfloor (N - F)/S \rfloor + 1$.

# %% exercise="pool-output-size" minutes=5 difficulty=1 law="(N − F) / S rounded down, plus one, for height and width; pooling keeps the depth"
def pool_output_size(w: int, f: int, stride: int) -> int:
    """Number of pooling windows of f pixels along an axis of w pixels (the N above).

    All arguments at least 1. Returns an int.
    Raises ValueError if the window is larger than the input, f > w.
    """
    ### BEGIN SOLUTION
    if f > w:
        raise ValueError(f"a window of {f} does not fit into {w} pixels")
    return (w - f) // stride + 1
    ### END SOLUTION


def pool_volume(shape: tuple[int, int, int], f: int, stride: int) -> tuple[int, int, int]:
    """Shape after pooling with windows of f × f pixels. shape: (H, W, C). Returns (H', W', C').

    Raises ValueError if the window is larger than the input in height or width.
    """
    ### BEGIN SOLUTION
    h, w, c = shape
    return pool_output_size(h, f, stride), pool_output_size(w, f, stride), c
    ### END SOLUTION

# %% [markdown] hint="pool-output-size"
# - *I don't know where to start.* You have counted the positions of a window before. Pooling slides a window as a
#   convolution does, and you may call earlier functions of yours.
# - *The volume: what about the third number?* Each map is pooled by itself. How many maps come out?
# - *My sizes are right for 28 with windows of 2 and wrong for 10 with windows of 4 and stride 2.* These windows
#   overlap. How far can a window of 4 move on 10 pixels?

# %% test="pool-output-size" points=1
with check.given(sizes):
    check.equal(pool_output_size, 28, 2, 2, expect=14, mistakes={
        "you left out the plus one: 13 steps visit 14 windows": 13})
    check.equal(pool_output_size, 10, 4, 2, expect=4, mistakes={
        "you laid the windows side by side: with a stride smaller than the window they overlap": 2,
        "you divided by the stride alone: the window can move only N − F pixels": 5})
    check.equal(pool_output_size, 7, 2, 2, expect=3, mistakes={
        "you rounded up: the last pixel alone is not a window": 4,
        "you kept a fraction: only whole windows count": 3.5})
    check.raises(ValueError, pool_output_size, 2, 3, 1, mistakes={
        "your window is larger than the input, so there is no output: raise a ValueError": 0})
    check.equal(pool_volume, (9, 9, 8), 3, 2, expect=(4, 4, 8), mistakes={
        "you slid the window through the depth as well: every map is pooled by itself, so the depth stays": (4, 4, 3),
        "you divided the depth by the window: every map is pooled by itself, so the depth stays": (4, 4, 2),
        "you divided the depth by the stride: every map is pooled by itself, so the depth stays": (4, 4, 4)})
    check.equal(pool_volume, (28, 28, 6), 2, 2, expect=(14, 14, 6))
    check.equal(pool_volume, (12, 20, 8), 2, 2, expect=(6, 10, 8), mistakes={
        "you used the height for both axes: the width has its own size": (6, 6, 8),
        "you swapped height and width: the height comes first": (10, 6, 8)})
    check.raises(ValueError, pool_volume, (2, 9, 5), 3, 3)

# %% test="pool-output-size" points=1 hidden=true covers="80 random shapes, windows and strides, as PyTorch pools them"
rng = check.rng("pool-output-size")
cases = []
for _ in range(80):
    f = int(rng.integers(1, 6))
    h, w, c = int(rng.integers(f, 40)), int(rng.integers(f, 40)), int(rng.integers(1, 10))
    cases.append(((h, w, c), f, int(rng.integers(1, 6))))


def torch_pooled(shape, f, stride):
    h, w, c = shape
    out = nn.functional.max_pool2d(torch.zeros(1, c, h, w), f, stride).shape
    return out[2], out[3], out[1]


with check.given(sizes):
    check.equal_many(pool_volume, cases, expect=torch_pooled, mistakes={
        "you changed the depth: pooling works in every map by itself":
            lambda shape, f, stride: tuple((n - f) // stride + 1 for n in shape)})
    check.equal_many(pool_output_size, [(shape[0], f, stride) for shape, f, stride in cases],
                     expect=[torch_pooled(*one)[0] for one in cases])

# %% [markdown]
# ### A convolution's volume
#
# A colour image of $32 \times 32 \times 3$ and six filters of $5 \times 5$: what comes out?

# %% exercise="conv-volume" minutes=4 difficulty=1 law="height and width follow the filter; the depth of the output is the number of filters"
def conv_volume(
    shape: tuple[int, int, int], filters: int, f: int, stride: int = 1, padding: int = 0
) -> tuple[int, int, int]:
    """Shape after a convolution with `filters` filters of f × f pixels, each as deep as the input.

    shape: (H, W, C). stride and padding are the same for height and width. Returns (H', W', C').
    Raises ValueError if the filter is larger than the padded input in height or width.
    """
    ### BEGIN SOLUTION
    h, w, _ = shape
    return conv_output_size(h, f, stride, padding), conv_output_size(w, f, stride, padding), filters
    ### END SOLUTION

# %% [markdown] hint="conv-volume"
# - *I don't know where to start.* Height and width are two axes, each with an input size of its own. You have a
#   function for one axis.
# - *What is the depth?* One filter reads all the channels at once and makes one map. How many maps do `filters` of them
#   make?
# - *Square images are right, others are wrong.* The first number of `shape` is the height and the second is the width.
#   Each needs its own call.

# %% test="conv-volume" points=1
with check.given(sizes):
    check.equal(conv_volume, (32, 32, 3), 6, 5, expect=(28, 28, 6), mistakes={
        "you kept the depth of the input: one filter makes one map, so six filters make six": (28, 28, 3),
        "you multiplied the depth by the number of filters: each filter reads all channels and makes one map":
            (28, 28, 18),
        "you put the channels first: here a shape is (H, W, C), channels last": (6, 28, 28)})
    check.equal(conv_volume, (32, 24, 1), 4, 5, expect=(28, 20, 4), mistakes={
        "you used the height for both axes: the width has its own size": (28, 28, 4),
        "you swapped width and height: the height comes first": (20, 28, 4)})
    check.equal(conv_volume, (32, 24, 3), 10, 5, stride=2, padding=1, expect=(15, 11, 10), mistakes={
        "you did not use the stride and the padding: hand both on for each axis": (28, 20, 10),
        "you did not use the padding: hand it on for each axis": (14, 10, 10),
        "you did not use the stride: hand it on for each axis": (30, 22, 10),
        "your stride and your padding changed places: the stride comes before the padding": (32, 24, 10)})
    check.raises(ValueError, conv_volume, (9, 4, 3), 6, 5)

# %% test="conv-volume" points=1 hidden=true covers="60 random images, most of them not square, as PyTorch convolves them"
rng = check.rng("conv-volume")
cases = []
for _ in range(60):
    f, stride, padding = int(rng.integers(1, 8)), int(rng.integers(1, 4)), int(rng.integers(0, 4))
    shape = (int(rng.integers(f, 30)), int(rng.integers(f, 30)), int(rng.integers(1, 5)))
    cases.append((shape, int(rng.integers(1, 9)), f, stride, padding))


def torch_convolved(shape, filters, f, stride, padding):
    h, w, c = shape
    out = nn.functional.conv2d(torch.zeros(1, c, h, w), torch.zeros(filters, c, f, f), None, stride, padding).shape
    return out[2], out[3], out[1]


with check.given(sizes):
    check.equal_many(conv_volume, cases, expect=torch_convolved)

# %% [markdown]
# ## The price of a layer
#
# A layer's **parameters** are the numbers it learns: weights and biases. In a convolution all positions share the
# weights of one filter. In a fully connected layer every unit has its own weight for every input.
#
# ### A wager
#
# Six filters of $5 \times 5$ turn $32 \times 32 \times 3$ into $28 \times 28 \times 6$. A fully connected layer could
# make the same $4704$ outputs from the same inputs. About **how many times as many** parameters would it have? Go by
# your feeling and choose before you calculate.

# %% predict="layer-price" minutes=1 choices="30 | 300 | 3000 | 30000" law="a full layer pays for every connection, a convolution only for its filters"
### BEGIN SOLUTION
times_more = 30_000
### END SOLUTION

# %% test="layer-price" points=1 hidden=true covers="your prediction"
check.equal(times_more, expect=30_000, mistakes={
    "you guessed too little by a factor of a thousand: 14 455 392 parameters against 456": 30,
    "you guessed too little by a factor of a hundred: 14 455 392 parameters against 456": 300,
    "you guessed too little by a factor of ten: 14 455 392 parameters against 456": 3_000})

# %% [markdown]
# ### Weights that slide
#
# By hand, for a small colour image of $4 \times 4 \times 3$ and two filters of $2 \times 2$: each filter has
# $2 \cdot 2 \cdot 3 = 12$ weights and one bias, 13 numbers. Two filters: 26. For a photograph of
# $4000 \times 3000 \times 3$ it would be the same 26, because the filter takes its weights along as it slides.

# %% exercise="conv-parameters" minutes=4 difficulty=1 law="each filter has F·F·C weights and one bias of its own; the size of the image does not matter"
def conv_parameters(f: int, depth: int, filters: int, bias: bool = True) -> int:
    """Number of parameters of a convolution layer.

    f: filter size. depth: channels C of the input. filters: their number K. bias: whether each filter has a bias.
    All numbers at least 1. Returns an int.
    """
    ### BEGIN SOLUTION
    return (f * f * depth + int(bias)) * filters
    ### END SOLUTION

# %% [markdown] hint="conv-parameters"
# - *I don't know where to start.* Count one filter first: how many weights does it lay on the image at once, in all
#   channels? Then its bias. Then all filters.
# - *I am a little off.* How many biases has a layer of six filters? Each filter adds its own, once.
# - *I am a lot off.* A filter is as deep as its input. And it is the same filter at every position: positions do not
#   multiply parameters.
# - *What do I do with `bias`?* `False` means that no filter has one. Python counts `True` as 1 and `False` as 0.

# %% test="conv-parameters" points=1
check.equal(conv_parameters, 5, 3, 6, expect=456, mistakes={
    "you forgot the depth: a filter has weights in every channel of the input, 5·5·3": 156,
    "you counted one bias in all: each filter has its own": 451,
    "you multiplied by the 28·28 positions: the same weights are used at every position": 456 * 28 * 28,
    "you left out the biases: there is one for each filter": 450,
    "you counted one row of the filter: it has F by F weights in each channel": 96,
    "you gave a bias to every channel: a filter adds up over all channels and then adds one bias": 468,
    "you counted a single filter: there are six": 76})
check.equal(conv_parameters, 5, 3, 6, bias=False, expect=450, mistakes={
    "you ignored bias=False: then a filter has its weights and nothing else": 456,
    "you counted one bias, though bias is False: then no filter has one": 451})
check.equal(conv_parameters, 11, 3, 96, expect=34_944)

# %% test="conv-parameters" points=1 hidden=true covers="50 random layers, with and without biases, as PyTorch builds them"
rng = check.rng("conv-parameters")
cases = [(*(int(rng.integers(1, high)) for high in (12, 70, 70)), bool(i % 2)) for i in range(50)]


def numbers_in_layer(f, depth, filters, bias):
    return sum(p.numel() for p in nn.Conv2d(depth, filters, f, bias=bias, device="meta").parameters())


check.equal_many(conv_parameters, cases, expect=numbers_in_layer)

# %% [markdown]
# ### Weights that stay
#
# A fully connected layer first lays the whole volume out in one long line, which is called *flattening*. Then each unit
# has a weight for each number in it. By hand, for $4 \times 4 \times 3$ and two units: each has
# $4 \cdot 4 \cdot 3 = 48$ weights and one bias, 49 numbers. Two units: 98. For the photograph it would be 72 million.

# %% exercise="fc-parameters" minutes=4 difficulty=1 law="each unit has one weight for every number of the input, H·W·C of them, and one bias"
def fc_parameters(shape: tuple[int, ...], units: int, bias: bool = True) -> int:
    """Number of parameters of a fully connected layer.

    shape: the input's shape, with any number of axes: (H, W, C), or (n,) if it is flat already. units: at least 1.
    bias: whether each unit has a bias. Returns an int.
    """
    ### BEGIN SOLUTION
    return (math.prod(shape) + int(bias)) * units
    ### END SOLUTION

# %% [markdown] hint="fc-parameters"
# - *I don't know where to start.* How many numbers does an image of 32×32×3 hold? Each unit has a weight for each of
#   them.
# - *I am off by the number of units, or by one less than that.* Look at the biases: one for each unit, unless `bias` is
#   False.
# - *It fails for the shape (400,).* This input is flat already and has one axis. `math.prod` multiplies however many
#   axes there are.

# %% test="fc-parameters" points=1
with check.given(sizes):
    check.equal(fc_parameters, (32, 32, 3), 1, bias=False, expect=3072, mistakes={
        "you used the last axis only: without flattening, each unit would see 3 numbers instead of all 3072": 3,
        "you added the axes: an image of 32×32×3 holds 32·32·3 numbers": 67,
        "you forgot the depth: there are 3 numbers at every pixel": 1024,
        "you ignored bias=False: then a unit has its weights and nothing else": 3073})
    check.equal(fc_parameters, (32, 32, 3), 10, expect=30_730, mistakes={
        "you left out the biases: there is one for each unit": 30_720,
        "you counted one bias in all: each unit has its own": 30_721})
    check.equal(fc_parameters, (400,), 120, expect=48_120,
                law="a shape that is already flat has one axis: multiply as many axes as there are")
    check.equal(fc_parameters, (32, 32, 3), 28 * 28 * 6, expect=14_455_392)

# %% test="fc-parameters" points=1 hidden=true covers="60 random shapes of one, two and three axes, as PyTorch builds the layers"
rng = check.rng("fc-parameters")
cases = []
for i in range(60):
    shape = tuple(int(size) for size in rng.integers(1, 20, size=1 + i % 3))
    cases.append((shape, int(rng.integers(1, 50)), bool(rng.integers(2))))


def numbers_in_layer(shape, units, bias):
    inputs = torch.empty(shape, device="meta").flatten().shape[0]
    return sum(p.numel() for p in nn.Linear(inputs, units, bias=bias, device="meta").parameters())


with check.given(sizes):
    check.equal_many(fc_parameters, cases, expect=numbers_in_layer)

# %% [markdown]
# **Law.** A convolution pays for its filters, $(F \cdot F \cdot C + 1) \cdot K$ parameters, wherever they slide. A
# fully connected layer pays for its connections, $(H \cdot W \cdot C + 1) \cdot \text{units}$.
#
# Now the wager is settled by your own functions. And the picture shows what the answer depends on: six 5×5 filters with
# padding 2, and the full layer that makes the same $N \times N \times 6$ outputs, for larger and larger images. Both
# axes are logarithmic.

# %% demo="wager"
sliding, full = conv_parameters(5, 3, 6), fc_parameters((32, 32, 3), 28 * 28 * 6)
print(f"{sliding:,} against {full:,}: {full / sliding:,.0f} times as many")

sides = [8, 16, 32, 64, 128, 224]
fig, ax = plots.figure(7.2, 3.8)
ax.set(xscale="log", yscale="log", ylim=(1e2, 1e12), xlabel="image of N × N × 3: N", ylabel="parameters")
plots.lines(ax, sides, {
    "fully connected": [fc_parameters((n, n, 3), n * n * 6) for n in sides],
    "convolution": [conv_parameters(5, 3, 6) for n in sides]})
ax.set_xticks(sides, map(str, sides))
ax.minorticks_off()
plots.show(fig, alt=(
    "Parameters against image side N on logarithmic axes. The fully connected layer rises in a straight line from about "
    "74 thousand at N = 8 to 45 billion at N = 224. The convolution stays level at 456."))

# %% [markdown]
# ## A whole network
#
# The output of one layer is the input of the next. So a network is counted like a bill: layer by layer, carrying the
# shape along. We describe each layer by a tuple, and `LENET5` and `VGG16` in the first cell are lists of such tuples.
#
# | layer | tuple | shape after it | parameters | multiply-adds |
# | --- | --- | --- | --- | --- |
# | convolution | `("conv", filters, f, stride, padding)` | as `conv_volume` | weights and biases | one for each weight of each filter, at every position |
# | pooling | `("pool", f, stride)` | as `pool_volume` | 0 | 0 |
# | flatten | `("flatten",)` | `(n,)`: all numbers in one line | 0 | 0 |
# | fully connected | `("fc", units)` | `(units,)` | weights and biases | one for each weight |
#
# A **multiply-add** is one weight times one number of its input, added to a sum. It is the unit in which work is
# measured. Adding a bias and comparing numbers in a pooling window are not counted.
#
# By hand, for an input of $6 \times 6 \times 1$:
#
# | layer | shape after it | parameters | multiply-adds |
# | --- | --- | --- | --- |
# | `("conv", 2, 3, 1, 0)` | (4, 4, 2) | $(9 + 1) \cdot 2 = 20$ | $4 \cdot 4$ positions $\times\ 9 \cdot 2$ weights $= 288$ |
# | `("pool", 2, 2)` | (2, 2, 2) | 0 | 0 |
# | `("flatten",)` | (8,) | 0 | 0 |
# | `("fc", 3)` | (3,) | $(8 + 1) \cdot 3 = 27$ | $8 \cdot 3 = 24$ |
#
# Compare the last two columns. The convolution has fewer parameters than the full layer and twelve times its work.
#
# **Law.** Parameters count each weight once. Multiply-adds count it once for every position at which it is used.

# %% [markdown]
# ### The bill
#
# A fully connected layer wants a flat input. If it meets anything else, somebody has forgotten to flatten, and your
# function should say so. The functions you have written so far do most of the work; in the checks below they are given,
# so an earlier mistake costs nothing here.

# %% exercise="trace" minutes=25 difficulty=4 law="carry the shape from layer to layer; a weight is one parameter, and one multiply-add at every position"
def trace(layers: list[tuple], shape: tuple[int, ...]) -> list[tuple]:
    """Shape, parameters and multiply-adds after every layer of a network.

    layers: tuples as in the table above, in order. shape: the input's shape, (H, W, C), or (n,) if it is flat.
    Returns one row for each layer: (name, shape, parameters, multiply_adds). name: the tuple's first entry, such as
    "conv". shape: a tuple, (H, W, C) or (n,), after this layer. parameters, multiply_adds: ints, of this layer alone.

    Raises ValueError if a fully connected layer meets a shape that is not flat.
    """
    ### BEGIN SOLUTION
    rows = []
    for name, *numbers in layers:
        parameters = multiply_adds = 0
        if name == "conv":
            filters, f, stride, padding = numbers
            depth = shape[2]
            shape = conv_volume(shape, filters, f, stride, padding)
            parameters = conv_parameters(f, depth, filters)
            multiply_adds = shape[0] * shape[1] * conv_parameters(f, depth, filters, bias=False)
        elif name == "pool":
            shape = pool_volume(shape, *numbers)
        elif name == "flatten":
            shape = (math.prod(shape),)
        elif name == "fc":
            if len(shape) != 1:
                raise ValueError(f"a fully connected layer needs a flat input, got {shape}: flatten first")
            parameters = fc_parameters(shape, *numbers)
            multiply_adds = fc_parameters(shape, *numbers, bias=False)
            shape = (numbers[0],)
        rows.append((name, shape, parameters, multiply_adds))
    return rows
    ### END SOLUTION

# %% [markdown] hint="trace"
# - *I don't know where to start.* Write a loop over the layers that appends one row for each, with zeros for both
#   counts. Then teach it one kind of layer at a time: flatten first, then pooling, then full layers, then convolutions.
# - *How do I take a tuple apart?* `name, *numbers = layer` puts the first entry into `name` and the rest, a list of any
#   length, into `numbers`.
# - *Shapes are right for the first layer, and wrong after it.* The next layer must see the shape that this one made:
#   give the name `shape` its new value before the loop goes on.
# - *My convolution has the wrong number of parameters or multiply-adds.* Its filters are as deep as its **input**. Take
#   the depth before you replace the shape. The positions are those of the **output**: use the shape after you have
#   replaced it.
# - *Multiply-adds are nearly right.* Biases are not counted as work. Which of your functions can count weights without
#   biases?

# %% test="trace" points=2
with check.given(sizes):
    check.equal(trace, [("flatten",)], (5, 5, 16), expect=[("flatten", (400,), 0, 0)], mistakes={
        "you did not flatten: after it the shape is one number, 5·5·16, as a tuple (400,)":
            [("flatten", (5, 5, 16), 0, 0)],
        "you left flatten out: there is a row for every layer": []})
    check.equal(trace, [("pool", 2, 2)], (28, 28, 6), expect=[("pool", (14, 14, 6), 0, 0)], mistakes={
        "you gave parameters to pooling: it takes the largest number in a window and has nothing to learn":
            [("pool", (14, 14, 6), 150, 0)]})
    check.equal(trace, [("fc", 120)], (400,), expect=[("fc", (120,), 48_120, 48_000)], mistakes={
        "you counted the biases as work: adding a bias is not a multiply-add": [("fc", (120,), 48_120, 48_120)],
        "you left out the biases: they are parameters": [("fc", (120,), 48_000, 48_000)]})
    check.equal(trace, [("conv", 16, 5, 1, 0)], (14, 14, 6), expect=[("conv", (10, 10, 16), 2_416, 240_000)], mistakes={
        "you multiplied the parameters by the positions: one filter's weights are shared by all positions":
            [("conv", (10, 10, 16), 241_600, 240_000)],
        "you counted the biases as work: adding a bias is not a multiply-add":
            [("conv", (10, 10, 16), 2_416, 241_600)],
        "you counted the work at one position: each weight is used at every position of the output":
            [("conv", (10, 10, 16), 2_416, 2_400)],
        "you left out the depth in the multiply-adds: a filter has weights in all channels of the input":
            [("conv", (10, 10, 16), 2_416, 40_000)],
        "you kept the depth of the input: sixteen filters make sixteen maps": [("conv", (10, 10, 6), 2_416, 240_000)],
        "you took the depth of the output for that of the input": [("conv", (10, 10, 16), 6_416, 640_000)],
        "you counted the positions of the input: a filter stands only where the output has a number":
            [("conv", (10, 10, 16), 2_416, 470_400)]})

# %% test="trace" points=2
def column(count, layers, shape, number):
    """One column of the rows."""
    return [row[number] for row in count(layers, shape)]


with check.given(sizes):
    shapes = check.observe(column, trace, LENET5, (32, 32, 1), 1)
    right = [(28, 28, 6), (14, 14, 6), (10, 10, 16), (5, 5, 16), (400,), (120,), (84,), (10,)]
    check.equal(shapes, expect=right, about="LENET5 on (32, 32, 1): the shape in each row", mistakes={
        "you gave the image to every layer: one layer's output is the next layer's input":
            [(28, 28, 6), (16, 16, 1), (28, 28, 16), (16, 16, 1), (1024,), (120,), (84,), (10,)]})
    parameters = check.observe(column, trace, LENET5, (32, 32, 1), 2)
    right = [156, 0, 2_416, 0, 0, 48_120, 10_164, 850]
    check.equal(parameters, expect=right, about="LENET5 on (32, 32, 1): the parameters in each row")
    multiply_adds = check.observe(column, trace, LENET5, (32, 32, 1), 3)
    right = [117_600, 0, 240_000, 0, 0, 48_000, 10_080, 840]
    check.equal(multiply_adds, expect=right, about="LENET5 on (32, 32, 1): the multiply-adds in each row")
    parameters = check.observe(column, trace, VGG16, (224, 224, 3), 2)
    check.equal(sum(parameters), expect=138_357_544, about="VGG16 on (224, 224, 3): the sum of all parameters")
    law = "a full layer needs a flat input, and says so when it gets another"
    check.raises(ValueError, trace, [("fc", 120)], (5, 5, 16), law=law, mistakes={
        "you gave the full layer the last axis only: a full layer has no rows and columns, its input must be flat":
            [("fc", (5, 5, 120), 2_040, 1_920)],
        "you flattened without being asked: raise a ValueError, so that the missing layer is noticed":
            [("fc", (120,), 48_120, 48_000)]})

# %% test="trace" points=2 hidden=true covers="12 random networks that PyTorch builds and runs, images that are not square, flat inputs, no layers at all"
rng = check.rng("trace")


def random_network():
    shape = (int(rng.integers(12, 20)), int(rng.integers(12, 20)), int(rng.integers(1, 4)))
    layers, smallest = [], min(shape[:2])
    while smallest >= 4 and len(layers) < 6:
        f, stride = int(rng.integers(1, 4)), int(rng.integers(1, 3))
        padding = 0
        if rng.integers(3):
            padding = int(rng.integers(0, 3))
            layers.append(("conv", int(rng.integers(1, 6)), f, stride, padding))
        else:
            layers.append(("pool", f, stride))
        smallest = (smallest + 2 * padding - f) // stride + 1
    if rng.integers(4):
        layers += [("flatten",), ("fc", int(rng.integers(1, 9))), ("fc", int(rng.integers(1, 9)))]
    return layers, shape


def measured(layers, shape):
    """Ones times ones, added up, are the multiply-adds: padding is written out as ones too."""
    rows, x = [], torch.ones(*shape[2:], *shape[:2], dtype=torch.float64)
    for name, *numbers in layers:
        parameters = work = 0
        if name == "conv":
            filters, f, stride, padding = numbers
            layer = nn.Conv2d(x.shape[0], filters, f, stride, dtype=torch.float64)
            x = torch.ones(x.shape[0], x.shape[1] + 2 * padding, x.shape[2] + 2 * padding, dtype=torch.float64)
        elif name == "fc":
            layer = nn.Linear(x.shape[0], *numbers, dtype=torch.float64)
        else:
            layer = nn.MaxPool2d(*numbers) if name == "pool" else nn.Flatten(0)
        if name in ("conv", "fc"):
            nn.init.ones_(layer.weight)
            nn.init.zeros_(layer.bias)
            work = int(layer(x).sum().item())
            parameters = layer.weight.numel() + layer.bias.numel()
        x = torch.ones_like(layer(x).detach())
        rows.append((name, (*x.shape[1:], x.shape[0]) if x.dim() == 3 else tuple(x.shape), parameters, work))
    return rows














cases = [random_network() for _ in range(12)] + [([], (3, 4, 5)), ([("fc", 7), ("fc", 2)], (11,))]
with check.given(sizes):
    check.equal_many(trace, cases, expect=measured)

# %% [markdown]
# Here is LeNet-5 with the input it was made for, 32×32, and then with 28×28. Read the row of `flatten` in both: that is
# where 400 and 256 come from.

# %% demo="lenet"
def print_bill(layers, shape):
    rows = trace(layers, shape)
    print(f"input    {shape!s:14} parameters multiply-adds")
    for name, after, parameters, multiply_adds in rows:
        print(f"{name:8} {after!s:14} {parameters:10,} {multiply_adds:13,}")
    print(f"total    {'':14} {sum(row[2] for row in rows):10,} {sum(row[3] for row in rows):13,}\n")


print_bill(LENET5, (32, 32, 1))
print_bill(LENET5, (28, 28, 1))

# %% [markdown]
# Your function counts 28×28 without complaint, because it gives the first full layer 256 inputs. The network at the
# top of the lesson has 400 typed into it, and that is its whole trouble. With 256 typed instead it would run, as the
# network of 44 426 parameters in the second bill. How to keep the first one comes two sections from here.
#
# ### Where the weight is, and where the work
#
# VGG-16 (2014) has thirteen convolutions of 3×3 and then three fully connected layers, for photographs of 224×224.
# What share of all its **parameters** is in the three full layers, and what share of its **multiply-adds** do they do?
# Choose the nearest percentage for each.

# %% predict="vgg-weight-and-work" minutes=3 choices="1 | 10 | 50 | 90 | 99" law="parameters count each weight once, multiply-adds count it at every position at which it is used"
### BEGIN SOLUTION
percent_of_parameters = 90
percent_of_work = 1
### END SOLUTION

# %% test="vgg-weight-and-work" points=1 hidden=true covers="your prediction"
gave_convolutions = "you gave most parameters to the convolutions: the first full layer alone has 103 of 138 million"
check.equal(percent_of_parameters, expect=90, mistakes={
    gave_convolutions: 1,
    "you gave the full layers too few: the first of them alone has 103 of the 138 million parameters": 10,
    "you shared the parameters equally: the first full layer alone has 103 of the 138 million": 50,
    "you left the convolutions almost nothing: their filters have 15 of the 138 million parameters": 99})
check.equal(percent_of_work, expect=1, mistakes={
    "you gave the full layers a tenth of the work: their weights are used once, and a filter's at every position":
        10,
    "you shared the work equally: each weight of a full layer is used once, and a filter's at every position": 50,
    "you let the work follow the parameters: the convolutions do 99 % of it, at every position anew": 90,
    "you gave the full layers nearly all the work: the convolutions do 99 % of it, at every position anew": 99})

# %% demo="vgg"
rows = [row for row in trace(VGG16, (224, 224, 3)) if row[2]]
labels = [f"{name} {i}" for i, (name, *_) in enumerate(rows, 1)]
fig, axes = plots.figure(7.2, 4.6, columns=2)
for ax, column, title in zip(axes, (2, 3), ("parameters (millions)", "multiply-adds (millions)"), strict=True):
    counts = [row[column] / 1e6 for row in rows]
    bars = ax.barh(labels, counts, color=["C0" if row[0] == "conv" else "C1" for row in rows],
                   hatch=["" if row[0] == "conv" else "///" for row in rows])
    ax.bar_label(bars, [f"{count:.2g}" if count < 10 else f"{count:,.0f}" for count in counts], padding=3, fontsize=9)
    ax.set(title=title, xlim=(0, 1.3 * max(counts)))
    ax.grid(visible=False, axis="y")
    ax.invert_yaxis()
plots.show(fig, alt=(
    "Two bar charts of the sixteen layers of VGG-16. Parameters: no convolution has more than 2.4 million; the fully "
    "connected layers have 103, 17 and 4 million. Multiply-adds: twelve of the thirteen convolutions do between 462 and "
    "1850 million; the fully connected layers do 103, 17 and 4 million."))
share = [sum(row[i] for row in rows if row[0] == "fc") / sum(row[i] for row in rows) for i in (2, 3)]
print(f"the full layers have {share[0]:.0%} of the parameters and do {share[1]:.1%} of the work")

# %% [markdown]
# This one picture explains two habits of designers. To make a network *smaller*, they took away the full layers:
# Network in Network (2013) ends with the mean of each map instead. To make a network *faster*, they look at the
# convolutions, which is where the last section goes.

# %% [markdown]
# ## How much a unit sees
#
# A unit in a deep layer looks at a few units of the layer below, and these look at a few below them. The **receptive
# field** of a unit is the stretch of the input from the first to the last pixel that can change its value, including
# any that it skips in between. We give its length in pixels along one axis, as if the input had no borders, so that
# padding plays no part. A unit behind one filter of 3 has a field of 3, and a pixel of the input sees itself: 1.
#
# ### A small window, three times
#
# Three convolutions of 3×3 with stride 1 follow each other. How long is the receptive field of a unit of the third
# layer, along one axis?

# %% predict="three-by-three" minutes=2 law="each layer adds F − 1 neighbours, as far apart as the strides before it say"
### BEGIN SOLUTION
pixels_below = 7
### END SOLUTION

# %% test="three-by-three" points=1 hidden=true covers="your prediction"
check.equal(pixels_below, expect=7, mistakes={
    "you added 3 and 3 and 3: neighbouring windows overlap, so each further layer adds two pixels": 9,
    "you multiplied: that would be right if windows lay side by side, but with stride 1 they overlap": 27,
    "you stopped after two layers: the third adds two more pixels": 5,
    "you looked at the last filter alone: its three inputs each see three pixels": 3})

# %%
seen = [[4]]  # the units that count, one list for each level, from the top down
for _ in range(3):
    seen.append(sorted({unit + step for unit in seen[-1] for step in (-1, 0, 1)}))
names = ["input", "layer 1", "layer 2", "layer 3"]
fig, ax = plots.figure(7.2, 3.0)
for level, units in enumerate(reversed(seen)):
    for unit in range(9):
        ax.broken_barh([(unit, 0.9)], (1.6 * level, 0.8), facecolor="C0" if unit in units else "none")
    for unit in seen[2 - level] if level < 3 else []:
        for below in (unit - 1, unit, unit + 1):
            ax.plot([below + 0.45, unit + 0.45], [1.6 * level + 0.8, 1.6 * level + 1.6], "-", color="grey", lw=0.8)
    ax.text(-0.3, 1.6 * level + 0.4, names[level], ha="right", va="center")
    ax.text(9.2, 1.6 * level + 0.4, str(len(units)), va="center")
ax.set(xlim=(-1.8, 10.2), ylim=(-0.2, 5.9))
ax.axis("off")
counts = ", ".join(f"{name}: {len(units)}" for name, units in zip(reversed(names), seen, strict=True))
plots.show(fig, alt=f"Units that one unit of layer 3 at the top depends on, each joined to three below it. {counts}.")

# %% [markdown]
# This is the argument of VGG. Three layers of 3×3 see as far as one layer of 7×7. From $C$ channels to $C$ channels
# they have $3 \cdot 9\,C^2 = 27\,C^2$ weights instead of $49\,C^2$, and two more nonlinearities on the way.
#
# ### Any stack of windows
#
# By hand: first a window of 2 with stride 2, then a filter of 3 with stride 1. A unit at the top looks at three
# neighbours below. These start on pixels 0, 2 and 4, because each is one *stride* further on, and the last one covers
# pixels 4 and 5. Altogether: 6 pixels. Going upwards, the window of 2 turned 1 pixel into 2. Then the filter of 3 added
# two more neighbours, each 2 pixels further on: $2 + 2 \cdot 2 = 6$.
#
# A stride larger than its filter skips pixels: a filter of 1 with stride 3, then a filter of 2. The unit depends on
# pixels 0 and 3 and on none between them. Its field reaches from 0 to 3: 4 pixels.

# %% exercise="receptive-field" minutes=12 difficulty=3 law="start with 1; each layer adds F − 1 times the product of all strides before it"
def receptive_field(layers: list[tuple[int, int]]) -> int:
    """Length of the receptive field of one unit of the last layer, in input pixels along one axis.

    It reaches from the first to the last pixel that the unit depends on, including any it skips. Borders and padding
    play no part.

    layers: (f, stride) of each convolution or pooling, the layer next to the input first. All numbers at least 1.
    Returns an int: 1 for no layers at all.
    """
    ### BEGIN SOLUTION
    field, jump = 1, 1
    for f, stride in layers:
        field += (f - 1) * jump
        jump *= stride
    return field
    ### END SOLUTION

# %% [markdown] hint="receptive-field"
# - *I don't know where to start.* Do `[(2, 2), (3, 1)]` with pencil and squared paper, then put one more layer of 3 on
#   top. Which number did you need to know besides the field itself?
# - *What do I carry through the loop?* Two numbers: how many pixels a unit sees so far, and how many pixels lie between
#   two neighbouring units of the layer you have reached. Both begin with 1.
# - *I am too large as soon as a stride is above 1.* A layer's own stride moves *its* units apart. Its window still
#   looks at units of the layer below, whose distance comes from the strides before it.
# - *I would rather go the other way.* From the top down works too: start with one unit, and ask how many units of the
#   layer below a run of $n$ neighbours covers.

# %% test="receptive-field" points=1
check.equal(receptive_field, [(3, 1)], expect=3, mistakes={
    "you started from nothing: start with 1, because before any layer a pixel sees itself": 2})
check.equal(receptive_field, [(3, 1), (3, 1)], expect=5, mistakes={
    "you added the filter sizes: neighbouring windows overlap, so a layer adds F − 1": 6,
    "you multiplied the filter sizes: with stride 1 neighbouring windows overlap": 9})
check.equal(receptive_field, [(3, 2), (3, 3)], expect=7, mistakes={
    "you did not use the strides: after a stride of 2, each neighbour lies 2 pixels further on": 5,
    "you multiplied a layer's window by its own stride: only the strides before it count": 17,
    "you went through the layers from the wrong end: the first layer comes first and its stride spreads all later ones":
        9})
check.equal(receptive_field, [(1, 3), (2, 1)], expect=4, mistakes={
    "you counted the pixels that matter, 0 and 3: the field runs from the first to the last, skipped ones too": 2})
check.equal(receptive_field, [(2, 2), (2, 3), (2, 1)], expect=10, mistakes={
    "you used only the stride of the layer before: all strides before a layer multiply": 7,
    "you added the strides: two pixels, three times as far apart, are six pixels apart": 9})
check.equal(receptive_field, [], expect=1, law="with no layers at all a pixel sees itself")

# %% test="receptive-field" points=2 hidden=true covers="200 random stacks of up to eight layers: from the first to the last pixel that a unit depends on, collected one by one"
rng = check.rng("receptive-field")
cases = []
for i in range(200):
    cases.append(([(int(rng.integers(1, 6)), int(rng.integers(1, 4))) for _ in range(i % 9)],))


def pixels_seen(layers):
    seen = {0}
    for f, stride in reversed(layers):
        seen = {unit * stride + offset for unit in seen for offset in range(f)}
    return max(seen) - min(seen) + 1


check.equal_many(receptive_field, cases, expect=pixels_seen)

# %% [markdown]
# **Law.** Start with 1. Each layer adds $F - 1$ neighbours, and each of them lies as many pixels further on as all
# strides *before* this layer multiply to.
#
# So it is strides that let a unit see far. The same thirteen 3×3 convolutions of VGG-16 with and without the pooling
# between them:

# %% demo="fields"
windows = [layer[1:] if layer[0] == "pool" else layer[2:4] for layer in VGG16 if layer[0] in ("conv", "pool")]  # (F, S)
without_pooling = [(f, stride) if f == 3 else (1, 1) for f, stride in windows]
depth = range(len(windows) + 1)
fig, ax = plots.figure(7.2, 3.6)
fields = {label: [receptive_field(stack[:n]) for n in depth]
          for label, stack in [("with pooling", windows), ("without pooling", without_pooling)]}
ax.set(xlabel="layers passed, convolutions and poolings", xticks=depth[::3])
ax.set(ylabel="receptive field (pixels)", ylim=(0, 220))
plots.lines(ax, depth, fields)
for label, field in fields.items():
    print(f"{label}: {field[-1]} pixels")
plots.show(fig, alt=(
    "Receptive field against the number of layers of VGG-16. With pooling it grows faster and faster, from 1 to 212 "
    "pixels after 18 layers. Without pooling it grows by two pixels with each convolution, to 27."))

# %% [markdown]
# ## Backwards
#
# So far a layer was given and you counted what came out. A designer has the opposite question: the sizes are given, and
# a layer is wanted.
#
# ### Which convolution does it?
#
# Turn the law around. Let $N'$ be the output size. After the first position come $N' - 1$ steps, and then the filter
# must end exactly at the end of the padded input: $(N' - 1)\,S + F = N + 2P$. Often several triples $(F, S, P)$ do it.
# From 7 to 3, for example: a filter of 3 with stride 2, or a filter of 1 with stride 3, or a filter of 3 with stride 3
# and padding 1.

# %% exercise="find-convs" minutes=12 difficulty=3 law="keep a triple if the filter fits exactly and the number of its positions is n_out"
def find_convs(
    n_in: int, n_out: int, max_f: int = 7, max_stride: int = 4, max_padding: int = 3
) -> list[tuple[int, int, int]]:
    """All (f, stride, padding) that turn n_in pixels into exactly n_out, with nothing left over.

    n_in, n_out: sizes along one axis, at least 1. f runs from 1 to max_f, stride from 1 to max_stride, padding from 0
    to max_padding, the last value included each time. Dilation is 1. Filters larger than the padded input are left out.
    Returns a list of tuples in ascending order (by f, then stride, then padding); an empty one if there are none.
    """
    ### BEGIN SOLUTION
    found = []
    for f in range(1, max_f + 1):
        for stride in range(1, max_stride + 1):
            for padding in range(max_padding + 1):
                if fits_exactly(n_in, f, stride, padding) and conv_output_size(n_in, f, stride, padding) == n_out:
                    found.append((f, stride, padding))
    return found
    ### END SOLUTION

# %% [markdown] hint="find-convs"
# - *I don't know where to start.* Try everything: a loop over filters, in it one over strides, in it one over paddings.
#   Keep the triples that pass a test. There are only a hundred or so.
# - *Which test?* There are two things to ask, and you have a function for each: is nothing left over, and is the number
#   of positions the wanted one?
# - *A ValueError comes out of my own function.* Some filters are larger than the padded input. Ask the question that
#   answers False for these first, and the other one only if it said True.
# - *Some triples are missing at the end.* `range(1, 4)` stops at 3. The largest filter, stride and padding take part.

# %% test="find-convs" points=1
with check.given(sizes):
    check.equal(find_convs, 5, 5, max_f=3, max_stride=1, max_padding=1, expect=[(1, 1, 0), (3, 1, 1)], mistakes={
        "you stopped a range too early: the largest filter, stride and padding are meant, each itself included": [],
        "you left out padding 0: the range of the padding starts at 0": [(3, 1, 1)],
        "you counted the padding once: zeros come in on both sides": [(1, 1, 0), (2, 1, 1)],
        "you returned only the first triple: go on and collect all of them": [(1, 1, 0)]})
    right = [(1, 3, 0), (3, 2, 0), (3, 3, 1)]
    check.equal(find_convs, 7, 3, max_f=3, max_stride=3, max_padding=1, expect=right, mistakes={
        "you kept triples with pixels left over: exactly means that the last position ends at the end":
            [(1, 3, 0), (1, 3, 1), (2, 2, 0), (2, 3, 1), (3, 2, 0), (3, 3, 1)],
        "you went from n_out to n_in: the convolution must lead from n_in to n_out": [],
        "you returned the right triples in another order: they are wanted in ascending order":
            [(3, 2, 0), (1, 3, 0), (3, 3, 1)]})
    check.equal(find_convs, 3, 1, max_f=5, max_stride=1, max_padding=1, expect=[(3, 1, 0), (5, 1, 1)],
                law="a filter larger than the padded input leads nowhere: leave it out")
    check.equal(find_convs, 9, 20, expect=[])

# %% test="find-convs" points=2 hidden=true covers="30 pairs of sizes, growing and shrinking, with the ranges given and by default"
rng = check.rng("find-convs")
cases = [(int(rng.integers(1, 12)), int(rng.integers(1, 12))) for _ in range(5)]
for _ in range(25):
    n_in, n_out = int(rng.integers(1, 20)), int(rng.integers(1, 12))
    cases.append((n_in, n_out, int(rng.integers(1, 7)), int(rng.integers(1, 4)), int(rng.integers(0, 3))))


def walked(n_in, n_out, max_f=7, max_stride=4, max_padding=3):
    found = []
    for padding in range(max_padding + 1):
        length = n_in + 2 * padding
        for stride in range(1, max_stride + 1):
            for f in range(1, min(max_f, length) + 1):
                end, positions = f, 1
                while end < length:
                    end, positions = end + stride, positions + 1
                if end == length and positions == n_out:
                    found.append((f, stride, padding))
    return sorted(found)


with check.given(sizes):
    check.equal_many(find_convs, cases, expect=walked, mistakes={
        "you kept triples with pixels left over": lambda n_in, n_out, max_f=7, max_stride=4, max_padding=3: [
            (f, s, p) for f in range(1, max_f + 1) for s in range(1, max_stride + 1) for p in range(max_padding + 1)
            if n_in + 2 * p >= f and (n_in + 2 * p - f) // s + 1 == n_out]})

# %% [markdown]
# Now for the crash. The full layer of our LeNet-5 has 400 inputs, $5 \cdot 5 \cdot 16$, and gets those when its first
# convolution puts out maps of $28 \times 28$. So for a digit of $28 \times 28$ we want a convolution that leads from 28
# to 28, with the filter of 5 that is there. Your function says which, and PyTorch agrees:

# %% demo="repair"
repairs = [(f, stride, padding) for f, stride, padding in find_convs(28, 28) if f == 5]
print("from 28 to 28 with a filter of 5, as (F, S, P):", repairs)
lenet[0].padding = repairs[0][2], repairs[0][2]
print("one digit in, ten numbers out:", tuple(lenet(digit).shape))

# %% [markdown]
# **One number: padding 2 on the first convolution.** The original needed none, because its digits had come with a
# border of their own, in a frame of 32×32.
#
# A second case for the detective. The paper on AlexNet (2012) speaks of images of 224×224, filters of 11×11 and stride
# 4, and draws maps of 55×55. Your function knows what to make of that:

# %% demo="alexnet"
for n in (224, 227):
    print(n, "to 55:", [one for one in find_convs(n, 55, max_f=11) if one[:2] == (11, 4)])

# %% [markdown]
# The filter's 54 steps of 4, and its own 11 pixels, take up $54 \cdot 4 + 11 = 227$. So 227 fits without padding, and
# 224 would need $2P = 3$, which no padding gives: that is why its list is empty. Many later versions use images of 227,
# and others pad by 2 and round down.
#
# ### Up again
#
# Some networks must also *grow* maps: to draw an image, or to label every pixel. A **transposed convolution** runs the
# arithmetic the other way. Each input pixel stamps a copy of the filter, multiplied by its value, into the output; the
# next pixel's stamp lies $S$ pixels further on, and where stamps overlap they are added.
#
# By hand: $N = 3$, $F = 3$, $S = 2$. Stamps begin at 0, 2 and 4. The last one has moved $(3 - 1) \cdot 2 = 4$ pixels
# and is 3 wide, so the output has 7.

# %%
draw_windows([("stamps", [0, 2, 4])], unseen=[2, 4], alt=(
    "Seven output pixels numbered 0 to 6. Below them three stamps of three pixels, numbered by input pixel, starting at "
    "0, 2 and 4. Pixels 2 and 4 are hatched: two stamps overlap there."))

# %% [markdown]
# The numbers count the input pixels; where the output is hatched, two stamps are added. It is the picture of stride 2
# from the beginning, read upwards: a convolution with $F = 3$ and $S = 2$ turns 7 back into 3. Padding works the other
# way round, too: it *cuts* $P$ pixels off each side.
#
# One doubt remains. The convolution turns 8 into 3 as well, leaving a pixel over. Which one do we want back, 7 or 8?
# **Output padding** $A$ settles it: it adds $A$ pixels at one end, where $0 \le A < S$.
#
# **Law.** Turn the steps around: $N' = (N - 1)\,S + F - 2P + A$. That is the distance from the first stamp to the last,
# plus one stamp, less what padding cuts off, plus what output padding adds.

# %% exercise="transposed-conv-output-size" minutes=8 difficulty=2 law="(N − 1) steps of S, plus one stamp of F, less P on both sides, plus the output padding"
def transposed_conv_output_size(n: int, f: int, stride: int = 1, padding: int = 0, output_padding: int = 0) -> int:
    """Output size of a transposed convolution along one axis, dilation 1.

    n: input size, f: filter size, stride: pixels between stamps, all whole numbers, at least 1. padding: pixels cut off
    each side, at least 0. output_padding: pixels added at one end. Returns an int, at least 1.

    Raises ValueError if output_padding is not in 0 .. stride - 1, or if no pixel would be left.
    """
    ### BEGIN SOLUTION
    if not 0 <= output_padding < stride:
        raise ValueError(f"output_padding must lie in 0..{stride - 1}, got {output_padding}")
    size = (n - 1) * stride + f - 2 * padding + output_padding
    if size < 1:
        raise ValueError(f"padding {padding} cuts everything off")
    return size
    ### END SOLUTION

# %% [markdown] hint="transposed-conv-output-size"
# - *I don't know where to start.* Draw the stamps for n = 4, f = 4, stride 2. Where does the last one begin, and where
#   does it end?
# - *I am too large by one stride.* Four stamps have three distances between them: fence posts again, seen from the
#   other side.
# - *Padding makes my answer larger.* Think of the convolution that this one undoes: its padded input was larger than
#   the input we want back.
# - *When do I raise the error?* Work the size out first. A result of zero or less is no size. And compare the output
#   padding with the stride, before or after.

# %% test="transposed-conv-output-size" points=1
with check.given(sizes):
    check.equal(transposed_conv_output_size, 3, 3, stride=2, expect=7, mistakes={
        "you used the forward formula: a transposed convolution with stride 2 makes the map larger": 1,
        "you took one step for every pixel: N stamps have one step fewer between them": 9,
        "you gave the last stamp one pixel: it is F pixels wide": 5})
    check.equal(transposed_conv_output_size, 4, 4, stride=2, padding=1, expect=8, mistakes={
        "you added the padding: here it cuts pixels off": 12,
        "you cut the padding off one side only: both sides lose P pixels": 9,
        "you ignored the padding: it cuts one pixel off each side": 10})
    check.equal(transposed_conv_output_size, 3, 3, stride=2, output_padding=1, expect=8, mistakes={
        "you ignored output_padding: it adds a pixel at one end": 7,
        "you added output_padding on both sides: it comes in at one end": 9,
        "you subtracted output_padding: it adds a pixel": 6})
    check.raises(ValueError, transposed_conv_output_size, 1, 1, padding=1, mistakes={
        "nothing is left when padding cuts more than there is: raise a ValueError": -1})
    check.raises(ValueError, transposed_conv_output_size, 1, 2, padding=1, mistakes={
        "a size of 0 pixels is no size: raise a ValueError": 0})
    check.raises_many(ValueError, transposed_conv_output_size, [(3, 3, 2, 0, 2), (3, 3, 1, 0, 1), (3, 3, 2, 0, -1)],
                      law="output_padding lies in 0 .. stride − 1: a whole stride more would be another input pixel")

# %% test="transposed-conv-output-size" points=1 hidden=true covers="200 random combinations, as PyTorch has them, with and without output padding"
rng = check.rng("transposed-conv-output-size")
cases = []
while len(cases) < 200:
    n, f, stride, padding = (int(rng.integers(low, high)) for low, high in [(1, 20), (1, 8), (1, 5), (0, 4)])
    if (n - 1) * stride + f - 2 * padding >= 1:
        cases.append((n, f, stride, padding, int(rng.integers(0, stride))))


def torch_size(n, f, stride, padding, output_padding):
    image, kernel = torch.zeros(1, 1, n, 1), torch.zeros(1, 1, f, 1)
    return nn.functional.conv_transpose2d(image, kernel, None, (stride, 1), (padding, 0), (output_padding, 0)).shape[2]


with check.given(sizes):
    check.equal_many(transposed_conv_output_size, cases, expect=torch_size)

# %% [markdown]
# Four such layers, each with $F = 4$, $S = 2$, $P = 1$, make an image of 64×64 from a map of 4×4. The network that
# draws images in lesson 17 grows its maps in this way.

# %% demo="generator"
maps = [4]
for _ in range(4):
    maps.append(transposed_conv_output_size(maps[-1], 4, stride=2, padding=1))
print(" → ".join(map(str, maps)))

# %% [markdown]
# ## Cheaper, with filters of one pixel
#
# A filter of $1 \times 1$ sounds like a joke: it sees one pixel. But it sees *all its channels*. $K$ such filters are a
# matrix of $K \times C$, applied at every pixel: height and width stay, and $C$ channels become $K$. By hand: from 3
# channels to 2 it takes $3 \cdot 2 = 6$ weights; a filter of $3 \times 3$ doing the same takes 54.
#
# ResNet (2015) makes use of that in its **bottleneck**. Instead of one $F \times F$ convolution from $C$ channels to
# $C$ channels,
#
# 1. $1 \times 1$ from $C$ channels down to $M$,
# 2. $F \times F$ from $M$ channels to $M$,
# 3. $1 \times 1$ from $M$ channels up to $C$ again.
#
# **Law.** Weights grow with the *product* of the channels on both sides, and a filter of $F \times F$ makes each such
# pair $F^2$ times as dear as a filter of $1 \times 1$. So narrow the channels before the wide filter.

# %% [markdown]
# ### What the bottleneck saves

# %% exercise="conv1x1-saving" minutes=6 difficulty=2 law="weights of the direct convolution, divided by the weights of all three layers of the bottleneck"
def conv1x1_saving(depth: int, bottleneck: int, f: int = 3) -> float:
    """How many times as many weights a direct f × f convolution has as a bottleneck in its place.

    depth: channels C before and after. bottleneck: channels M in the middle. f: filter size of the direct convolution
    and of the bottleneck's middle layer. All at least 1. Biases are not counted.
    Returns weights of the direct convolution / weights of the bottleneck, as a float; below 1 if nothing is saved.
    """
    ### BEGIN SOLUTION
    direct = conv_parameters(f, depth, depth, bias=False)
    down = conv_parameters(1, depth, bottleneck, bias=False)
    middle = conv_parameters(f, bottleneck, bottleneck, bias=False)
    up = conv_parameters(1, bottleneck, depth, bias=False)
    return direct / (down + middle + up)
    ### END SOLUTION

# %% [markdown] hint="conv1x1-saving"
# - *I don't know where to start.* Write the four layers down, one direct and three in the bottleneck, each with its
#   filter size, channels in and channels out.
# - *How many weights has one of them?* You have a function for it, and it can leave out biases.
# - *My number is near, but not right.* Are there three layers in your bottleneck? Is the middle one narrow on both
#   sides?
# - *My number is below 1 where a saving is expected.* Which of the two should be divided by which? A saving of eight
#   means that the direct convolution is eight times as large.

# %% test="conv1x1-saving" points=1
with check.given(sizes):
    check.equal(conv1x1_saving, 256, 64, expect=589_824 / 69_632, mistakes={
        "your ratio is upside down: divide the direct convolution by the bottleneck": 69_632 / 589_824,
        "you left out a layer of 1×1: one leads down to the bottleneck, another back to the full depth":
            589_824 / 53_248,
        "you counted biases: only weights are compared": 590_080 / 70_016,
        "you gave the middle layer the full depth on one side: it is narrow on both sides": 589_824 / 180_224,
        "you counted one row of the wide filters: they have F by F weights for each pair of channels":
            196_608 / 45_056,
        "you rounded to a whole number: the ratio is a float": 8.0,
        "you gave the share saved: divide the direct weights by those of the bottleneck": 1 - 69_632 / 589_824})
    check.equal(conv1x1_saving, 64, 16, f=5, expect=102_400 / 8_448, mistakes={
        "you used a filter size that is always 3: f says how large the wide filter is": 36_864 / 4_352})
    check.equal(conv1x1_saving, 10, 10, f=1, expect=1 / 3)

# %% test="conv1x1-saving" points=1 hidden=true covers="25 random depths and bottlenecks, some of which save nothing, against layers that PyTorch builds"
rng = check.rng("conv1x1-saving")
cases = [(int(rng.integers(1, 60)), int(rng.integers(1, 60)), int(rng.integers(1, 8))) for _ in range(25)]


def measured_saving(depth, bottleneck, f):
    def weights(*layers):
        return sum(nn.Conv2d(*layer, bias=False, device="meta").weight.numel() for layer in layers)
    narrow = [(depth, bottleneck, 1), (bottleneck, bottleneck, f), (bottleneck, depth, 1)]
    return weights((depth, depth, f)) / weights(*narrow)


with check.given(sizes):
    check.equal_many(conv1x1_saving, cases, expect=measured_saving)

# %% [markdown]
# The bottleneck of ResNet-50 leads from 256 channels through 64. And how narrow must it be to save anything?

# %% demo="bottleneck"
for bottleneck in (16, 64, 128, 192, 256):
    saving = conv1x1_saving(256, bottleneck)
    print(f"256 → {bottleneck:3} → {bottleneck:3} → 256: direct weights / bottleneck weights = {saving:6.2f}")
widest = max(m for m in range(1, 257) if conv1x1_saving(256, m) > 1)
print(f"it saves weights up to M = {widest}")

# %% [markdown]
# ## What breaks in practice
#
# - **A size typed into the code.** The 400 of our LeNet is right for one image size only. Calculate it, as lesson 08
#   will do, let PyTorch find it (`nn.LazyLinear`), or take the mean of each map, so that every image size gives the
#   same number of inputs.
# - **Pixels that nobody sees.** Rounding down is silent. At stride 2, an even size and an odd filter without padding
#   leave the last row and column out. In a classifier it hardly shows; in a network that must give an answer for every
#   pixel, maps no longer match when they come up again.
# - **"Same" is not the same everywhere.** PyTorch's `padding="same"` refuses strides above 1. Other libraries then pad
#   one side more than the other. Weights carried over from there give maps that are shifted by a pixel, and a network
#   that is a little worse for no visible reason.
# - **Rounding up.** PyTorch's pooling has `ceil_mode=True`, which adds windows that hang over the edge. Look for it
#   when your sizes are one less than a paper's.
# - **Few parameters are not little memory.** The first convolution of VGG-16 has 1 792 parameters and puts out
#   $224 \cdot 224 \cdot 64$, that is 3.2 million numbers for each image, all kept for backpropagation. When memory runs
#   out during training, it is mostly outputs, not weights: make the batch smaller.
# - **Chequerboards.** When $F$ is not a multiple of $S$, the stamps of a transposed convolution overlap unevenly: with
#   $F = 3$ and $S = 2$, every second pixel gets two stamps and the others one. Generated images show it as a pattern of
#   squares. $F = 4$ with $S = 2$ avoids it.

# %% [markdown]
# ## Challenge
#
# *Not graded.* In lesson 08 you will train a network of your own for digits of 28×28×1 under two limits: at most four
# layers with weights, at most 20 000 parameters. Design it now, on paper. Find a list of layers that ends in
# `("fc", 10)`, stays within the limits, leaves no pixel over in any layer, and whose last convolution or pooling sees
# all 28 pixels. How few multiply-adds do you need? Keep your list. Functions of yours are the judge; the example fails.

# %% demo="challenge"
my_network = [("conv", 8, 3, 1, 1), ("pool", 2, 2), ("flatten",), ("fc", 10)]


def judge(layers, side=28):
    rows = trace(layers, (side, side, 1))
    parameters, learning = sum(row[2] for row in rows), sum(row[2] > 0 for row in rows)
    windows, misfits = [], []
    for layer, (_, shape, *_) in zip(layers, rows, strict=True):
        if layer[0] in ("conv", "pool"):
            f, stride, padding = layer[2:] if layer[0] == "conv" else (*layer[1:], 0)
            windows.append((f, stride))
            if not fits_exactly(side, f, stride, padding):
                misfits.append(layer)
            side = shape[0]
    print(f"parameters: {parameters:,} of at most 20,000")
    print(f"layers with weights: {learning} of at most 4")
    print(f"layers that leave pixels over: {misfits or 'none'}")
    print(f"the last window sees {receptive_field(windows)} pixels of 28\n")


print_bill(my_network, (28, 28, 1))
judge(my_network)

# %% [markdown]
# ## Sources
#
# - Y. LeCun, L. Bottou, Y. Bengio, P. Haffner, *Gradient-based learning applied to document recognition*, 1998:
#   LeNet-5. The copy used here is the modern one: all maps of a layer joined to all maps of the next, max pooling
#   without weights, plain full layers at the end. That makes 61 706 parameters; the original joined its maps only in
#   part.
# - A. Krizhevsky, I. Sutskever, G. Hinton, *ImageNet classification with deep convolutional neural networks*, 2012:
#   AlexNet.
# - M. Lin, Q. Chen, S. Yan, *Network in network*, 2013: convolutions of 1×1, and the mean of each map in place of full
#   layers.
# - K. Simonyan, A. Zisserman, *Very deep convolutional networks for large-scale image recognition*, 2014: VGG, and the
#   argument for small filters.
# - K. He, X. Zhang, S. Ren, J. Sun, *Deep residual learning for image recognition*, 2015: the bottleneck.
# - V. Dumoulin, F. Visin, *A guide to convolution arithmetic for deep learning*, 2016: every case of this lesson,
#   drawn.
# - A. Odena, V. Dumoulin, C. Olah, *Deconvolution and checkerboard artifacts*, Distill, 2016.
# - A. Araujo, W. Norris, J. Sim, *Computing receptive fields of convolutional neural networks*, Distill, 2019: with
#   borders, paths that join, and well-known networks.
