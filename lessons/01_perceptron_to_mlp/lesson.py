# %% [markdown] lesson="From one neuron to a network" part="Part I. Networks that learn" hours=3 needs="00_start_here"
# # From one neuron to a network
#
# The lamp on a staircase has a switch at the bottom and a switch at the top. Turn either one, and the lamp changes.
# **How many neurons does it take to work that lamp, with which weights, and what has the lamp to do with the price of
# a flat on the seventh floor?**
#
# You will find the answer with a pencil, and then check it with code of your own. On the way you write everything that
# a network needs before it can learn: the neuron, the functions that bend its answer, the two oldest losses with their
# gradients, and the pass through all layers.
#
# **You will be able to**
#
# - say what one neuron computes, and draw what it can and cannot separate;
# - write the usual activation functions so that no input overflows;
# - get a regression and a classification going by gradient descent, with gradients that you derived;
# - pass a batch of examples through a network of any depth, and count its parameters before you build it;
# - say what a hidden unit is for.
#
# **Where it stands.** Lesson 00 gave you arrays. Here they become predictions. All networks of this lesson that learn
# have one layer, and the weights of the two-layer network are found by hand: finding them by gradient descent is
# lesson 02. PyTorch, which does all of this for you, comes in lesson 03.
#
# **Time.** About three hours, reading included: ten exercises, four predictions. You need the derivatives of a square, of
# $e^z$ and of a logarithm, and the chain rule for one function inside another. A good place for a break is before "A yes
# or a no: logistic regression".

# %% setup=true
from collections.abc import Callable
from itertools import pairwise

import numpy as np

from forwardpass import NotAttempted, check, data, plots, widgets

homes = data.house_prices()
prices = homes.y  # (1800,), in thousand euros
# (1800, 8): each column in deviations from its mean, as in lesson 00
features = (homes.X - homes.X.mean(axis=0)) / homes.X.std(axis=0)

# %% [markdown]
# ## One neuron
#
# What is a flat of 80 m² worth, 5 km from the centre? Someone who knows the town says: 4 for each square metre, in
# thousand euros, 10 less for each kilometre, and 100 to start with. So
#
# $$80 \cdot 4 \;+\; 5 \cdot (-10) \;+\; 100 \;=\; 370 .$$
#
# That is a neuron. It multiplies each input by a weight, adds the products and one number more, and passes the sum
# through a function:
#
# $$o = f(z), \qquad z = \sum_{k=1}^{d} x_k w_k + b .$$
#
# | symbol | shape | meaning |
# | :---: | :---: | --- |
# | $x$ | $(d,)$ | the inputs, also called features: 80 and 5, so $d = 2$ |
# | $w$ | $(d,)$ | the weights, one for each input: 4 and -10 |
# | $b$ | one number | the bias: 100. It is the $z$ of an input of zeros |
# | $z$ | one number | the weighted sum |
# | $f$ | a function | the activation; above it is the identity, $f(z) = z$ |
# | $o$ | one number | the output |
#
# With $n$ examples as the rows of $X$, shape $(n, d)$, all sums are one matrix product, $Xw + b$, shape $(n,)$. In
# NumPy `@` multiplies matrices, and a matrix times a vector as well.
#
# **Law.** Weigh, add, then bend: the activation acts once, on the whole sum with its bias.

# %% [markdown]
# ### Your neuron
#
# `f` comes as an argument, as a function that takes an array and is applied to each entry, such as `np.abs`.

# %% exercise="neuron" minutes=5 difficulty=1 read="One neuron" law="weigh, add the bias, then apply f once to the whole sum"
def neuron(x: np.ndarray, w: np.ndarray, b: float, f: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
    """Outputs of one neuron for n examples.

    x: (n, d) float64, one example in each row. w: (d,) weights. b: a number, the bias. n and d at least 1.
    f: the activation, a function of an array that acts on each entry by itself. Returns (n,).
    """
    ### BEGIN SOLUTION
    return f(x @ w + b)
    ### END SOLUTION

# %% [markdown] hint="neuron"
# - *I don't know where to start.* Do the flat above with `np.array([[80.0, 5.0]])`. Which array of which shape holds
#   the weights, and which operation multiplies in pairs and adds up?
# - *I have one number for each weight, or a table.* `*` multiplies entry by entry and leaves the adding to you. Which
#   axis has to disappear: the examples or the features?
# - *The numbers are near but not right.* Work one row out on paper. Where does the bias come in: before $f$ or after
#   it, and how many times?

# %% test="neuron" points=1
x, w = np.array([[1.0, 2.0], [3.0, -1.0], [0.0, 0.0]]), np.array([2.0, -1.0])
about = "x = [[1, 2], [3, -1], [0, 0]], w = [2, -1], b = 1, and f squares each entry"
check.equal(neuron, x, w, 1.0, np.square, about=about, expect=[1.0, 64.0, 1.0], mistakes={
    "you forgot b: for an input of zeros the sum is the bias": [0.0, 49.0, 0.0],
    "you applied f before the sum: weigh and add first, then apply f once": [9.0, 38.0, 1.0],
    "you added b after f: the bias belongs inside, into the sum": [1.0, 50.0, 1.0],
    "you did not apply f": [1.0, 8.0, 1.0],
    "you applied f to the inputs: it acts on the weighted sum": [-1.0, 18.0, 1.0],
    "you added b once for each feature: a neuron has one bias": [4.0, 81.0, 4.0],
    "you kept the features apart: add the products of each row up": [[9.0, 1.0], [49.0, 4.0], [1.0, 1.0]],
    "your answer has a second axis: it holds one number for each example, shape (n,)": [[1.0], [64.0], [1.0]],
    "nothing came back: return hands the outputs to whoever called": None,
    "two shapes do not fit: the weights stand on the right, (n, d) with (d,)": ValueError})

# %% test="neuron" points=1 hidden=true covers="one example, one feature, four activations, 20 random shapes"
rng = check.rng("neuron")
cases, wanted = [], []
for i in range(22):
    n, d = (1, 1) if i == 0 else rng.integers(1, 7, 2).tolist()
    one, weights, bias = rng.normal(size=(n, d)), rng.normal(size=d), float(rng.normal())
    f = [np.abs, np.tanh, np.square, np.floor][i % 4]
    cases.append((one, weights, bias, f))
    wanted.append([float(f(sum(a * c for a, c in zip(row, weights)) + bias)) for row in one])
check.equal_many(neuron, cases, expect=wanted)

# %% [markdown]
# ## What one neuron can separate
#
# The first artificial neurons answered yes or no. Their $f$ was a step: 1 where $z > 0$, and 0 elsewhere. Such a neuron
# is called a *perceptron*. Take two switches as inputs, 1 for on and 0 for off, and $w = (1, 1)$, $b = -0.5$:
#
# | $x_1, x_2$ | $z = x_1 + x_2 - 0.5$ | output |
# | :---: | :---: | :---: |
# | 0, 0 | -0.5 | 0 |
# | 0, 1 | 0.5 | 1 |
# | 1, 0 | 0.5 | 1 |
# | 1, 1 | 1.5 | 1 |
#
# It fires when the first switch *or* the second is on. Such a rule for two switches is called a *gate*, this one OR.
# Now look at the inputs as points of a plane. Where $z$ is 0, the neuron changes its mind, and in a plane
# $x_1 w_1 + x_2 w_2 + b = 0$ is a straight line. The bias shifts the line, and the weights turn it.
#
# **Law.** With two inputs, one neuron draws one straight line and says yes on one side of it. With $d$ inputs it is a
# flat cut through $d$ dimensions.
#
# ### Four gates
#
# | gate | says 1 when | 0, 0 | 0, 1 | 1, 0 | 1, 1 |
# | --- | --- | :---: | :---: | :---: | :---: |
# | AND | both are on | 0 | 0 | 0 | 1 |
# | OR | at least one is on | 0 | 1 | 1 | 1 |
# | NAND | not both are on | 1 | 1 | 1 | 0 |
# | XOR | exactly one is on | 0 | 1 | 1 | 0 |
#
# Which of them can one neuron be, given the right weights and bias? Draw the four corners of a square for each gate,
# then write `True` or `False`.

# %% predict="gates" minutes=4 law="one neuron draws one straight line"
### BEGIN SOLUTION
can_be_and = True
can_be_or = True
can_be_nand = True
can_be_xor = False
### END SOLUTION

# %% test="gates" points=1 hidden=true covers="your four predictions"
check.equal(can_be_or, expect=True, about="OR", mistakes={"OR is worked out above: w = (1, 1) and b = -0.5": False})
check.equal(can_be_and, expect=True, about="AND", mistakes={
    "AND has a line: w = (1, 1) and b = -1.5 leave only the corner (1, 1) on the firing side": False})
check.equal(can_be_nand, expect=True, about="NAND", mistakes={
    "NAND has the line of AND with its sides swapped: turn the sign of both weights and of the bias": False})
check.equal(can_be_xor, expect=False, about="XOR", mistakes={
    "the corners of XOR that want 1 lie across from each other: a line with both on one side takes a third along": True})

# %% [markdown]
# Try it. The neuron below is OR, and AND is wanted. Dotted is the side where it fires; a crossed corner is wrong. Mend
# it with the bias alone. Then choose the other gates: how many corners can you get right for each?

# %% demo="decision-boundary"
widgets.decision_boundary()

# %% [markdown]
# XOR is the lamp on the staircase. Three corners of four are the most for it, and this is why. Suppose that a neuron
# could do it. Then
#
# $$b \le 0, \qquad w_1 + b > 0, \qquad w_2 + b > 0, \qquad w_1 + w_2 + b \le 0 .$$
#
# Add the two in the middle: $w_1 + w_2 + 2b > 0$. Take away the last one, and $b > 0$ is left, against the first. No
# data, no patience and no learning rate helps: **one neuron cannot work the lamp.** A book that proved this and much
# more, in 1969, is often blamed for a decade in which few people believed in neurons.

# %% demo="four-gates"
from forwardpass.widgets import boundary

weights = {"AND": (1, 1, -1.5), "OR": (1, 1, -0.5), "NAND": (-1, -1, 1.5), "XOR": (1, 1, -0.5)}
fig, axes = plots.figure(9.6, 2.9, 1, 4)
for ax, (gate, (w1, w2, b)) in zip(axes, weights.items(), strict=True):
    boundary.show_plane(ax, boundary.Neuron(w1, w2, b), gate)
    ax.set(title=gate, ylabel="x2" if gate == "AND" else "")
plots.show(fig, alt=(
    "Four squares, one for each gate, with a line and a dotted side where the neuron fires. AND: the line cuts off the "
    "corner (1, 1). OR: it cuts off (0, 0). NAND: the line of AND with the other side dotted. XOR: the line of OR, and "
    "the corner (1, 1) is crossed out, as it lies on the firing side and wants 0."))

# %% [markdown]
# ## Functions that bend
#
# A step has one fault: it is flat. Change a weight a little and the output stays as it was, so that nothing tells you
# which way is better. Learning needs a slope. These four functions have one (for relu on one side at least):
#
# | name | formula | values | slope |
# | --- | --- | --- | --- |
# | sigmoid | $\sigma(z) = \dfrac{1}{1 + e^{-z}}$ | 0 to 1 | at most 1/4, at $z = 0$ |
# | tanh | $\tanh(z) = \dfrac{e^{z} - e^{-z}}{e^{z} + e^{-z}}$ | -1 to 1 | at most 1, at $z = 0$ |
# | relu | $\max(z, 0)$ | 0 and above | 0 or 1 |
# | leaky relu | $z$ if $z > 0$, else $a z$ | all numbers | $a$ or 1; $a$ is small, often 0.01 |
#
# By hand: $e^{\ln 3} = 3$ and $e^{-\ln 3} = \frac13$, so $\sigma(\ln 3) = 1 / (1 + \frac13) = 0.75$. And
# $\sigma(-\ln 3) = 1/(1 + 3) = 0.25$. The two add up to 1, as they do for every $z$: $\sigma(-z) = 1 - \sigma(z)$.
#
# ### An exponential that is too large
#
# `float64` ends near $10^{308}$, and $e^{710}$ lies beyond:

# %%
with np.errstate(over="ignore", invalid="ignore"):  # no warnings in this block
    print("exp(710)            ", np.exp(710.0))
    print("exp(710) / exp(710) ", np.exp(710.0) / np.exp(710.0))
print(f"exp(-710)            {np.exp(-710.0):.0e}")
print("exp(-10000)         ", np.exp(-10000.0))

# %% [markdown]
# Too large is `inf`, with a warning, and `inf / inf` is `nan`. Too small is 0, which is all right. The formula of the
# sigmoid computes $e^{-z}$, which is too large for a $z$ of -800. Multiply its two parts by $e^{z}$ and you have another
# formula for the same number:
#
# $$\sigma(z) \;=\; \frac{1}{1 + e^{-z}} \;=\; \frac{e^{z}}{1 + e^{z}} .$$
#
# This one is safe where the first is not, and the other way round.
#
# One trap. `np.where(mask, this, that)` chooses between two arrays, and both of them are computed in full before it
# chooses. A formula that overflows does so even where it is not chosen.
#
# **Law.** Of several formulas for the same number, compute the one whose exponent is not positive.

# %% exercise="sigmoid" minutes=15 difficulty=3 read="An exponential that is too large" law="1 / (1 + exp(-z)), right and without a warning for every z"
def sigmoid(z: np.ndarray) -> np.ndarray:
    """The logistic function of every entry.

    z: float64 of any shape with at least one axis, entries from -1e4 to 1e4; it stays unchanged. Returns an array of the
    same shape, each entry within 1e-12 of the true value, without scipy's expit. No warning comes out, no entry is NaN.
    """
    ### BEGIN SOLUTION
    small = np.exp(-np.abs(z))
    return np.where(z >= 0, 1.0, small) / (1 + small)
    ### END SOLUTION

# %% [markdown] hint="sigmoid"
# - *I don't know where to start.* Write the first formula as it stands. Check 1 accepts its values for small $z$, then tries
#   large ones and shows you what is wrong with it.
# - *It warns of an overflow, though my numbers are right.* For which sign of $z$ does your exponential get a large
#   positive exponent? Use the other formula there.
# - *I use both formulas in np.where and it still warns.* Both are computed for every entry. Make the exponent harmless
#   before you take the exponential: which function of $z$ is never positive, and equals $-z$ or $z$ where you need it?
# - *I am nearly there.* With $e = e^{-|z|}$, write both formulas on paper, one for $z \ge 0$ and one for $z < 0$. Both
#   have the same denominator.

# %% test="sigmoid" points=2
z = np.log(np.array([1 / 3, 1.0, 3.0]))
with check.without("scipy.special.expit"):
    check.close(sigmoid, z, expect=[0.25, 0.5, 0.75], rtol=1e-9, about="z = [-ln 3, 0, ln 3]", mistakes={
        "you have the sign the wrong way round: the exponent is -z, so large z lead to 1": [0.75, 0.5, 0.25],
        "you wrote 1 / 1 + ..., which divides before it adds: put the sum in brackets": [4.0, 2.0, 4 / 3],
        "you computed tanh: the sigmoid lies between 0 and 1": [-0.8, 0.0, 0.8],
        "that is the slope of the sigmoid, not its value": [0.1875, 0.25, 0.1875],
        "an if asks for one True or False, and z >= 0 holds one for each entry: choose entry by entry": ValueError,
        "math.exp takes one number, and z is an array: NumPy's exp takes them all at once": TypeError})


def with_warnings(answer, z):
    """The answer, and the text of every warning that it gave."""
    import warnings

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        value = answer(z)
    return {"value": value, "warnings": [str(warning.message) for warning in caught]}


law = "right for every z, without a warning"
z = np.array([-10000.0, -800.0, 0.0, 800.0, 10000.0])
seen = check.observe(with_warnings, sigmoid, z)
overflows = any("overflow" in text for text in seen["warnings"])
check.close(seen["value"], expect=[0.0, 0.0, 0.5, 1.0, 1.0], law=law, about="z = [-10000, -800, 0, 800, 10000]", mistakes={
    "inf / inf is nan: for large z, exp(z) overflows above and below the line": [0.0, 0.0, 0.5, np.nan, np.nan],
    "inf / inf is nan: for very negative z, exp(-z) overflows": [np.nan, np.nan, 0.5, 1.0, 1.0]})
check.that(not (overflows and len(seen["warnings"]) > 1), "your numbers are right, but both formulas are computed for every entry, "
           "by np.where as well, and one of them overflows: make the exponent harmless before the exponential", law=law)
check.that(not overflows, "your numbers are right, but an exponential overflows on the way, and NumPy warns: use the formula "
           "whose exponent is not positive", law=law)
check.that(not seen["warnings"], "your function gives a warning", law=law, got=seen["warnings"])

# %% test="sigmoid" points=1 hidden=true covers="values from -1e4 to 1e4, arrays of one, two and three axes, against scipy; no warnings"
from scipy.special import expit

rng = check.rng("sigmoid")
shapes = [(1,), (40,), (3, 4), (2, 3, 2), (5, 1)]
cases = [scale * rng.normal(size=shape) for scale in (1e-3, 1.0, 30.0) for shape in shapes]
cases.append(np.array([-1e4, -745.2, -709.0, -36.0, 0.0, 36.0, 709.0, 745.2, 1e4]))
check.equal_many(sigmoid, cases, expect=[expit(z) for z in cases], atol=1e-12)


def warnings_of(answer, arrays):
    import warnings

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for one in arrays:
            answer(one)
    return [str(warning.message) for warning in caught]


seen = check.observe(warnings_of, sigmoid, [*cases, np.linspace(-1e4, 1e4, 101)])
check.that(not seen, "an exponential overflows on the way, and NumPy warns", got=seen)

# %% [markdown]
# ### Two that cost nothing
#
# The relu, *rectified linear unit*, needs no exponential. It passes a positive number on and turns a negative one into
# 0. Its leaky sister lets a small share $a$ of a negative number through, so that on the left the slope is $a$, not 0.
#
# By hand, for $z = (-2, -0.5, 0, 3)$: relu gives $(0, 0, 0, 3)$. Leaky relu with $a = 0.1$ gives
# $(-0.2, -0.05, 0, 3)$.
#
# Two things to watch. Floats have two zeros, `0.0` and `-0.0`. They are equal, but `-0.0` is what `-2.0 * 0` gives, it
# prints as `-0.`, and dividing by it gives $-\infty$. And an array that you are handed belongs to somebody else, who
# will need it again: for the gradient in lesson 02 you need to know where $z$ was positive.

# %% exercise="relu" minutes=8 difficulty=2 law="a positive number passes; a negative one becomes 0.0, or slope times itself; z stays as it was"
def relu(z: np.ndarray) -> np.ndarray:
    """z where it is positive, 0.0 elsewhere.

    z: float64 of any shape with at least one axis; it stays unchanged. Returns a new array of the same shape. The zero
    that stands for a negative number is 0.0, not -0.0.
    """
    ### BEGIN SOLUTION
    return np.maximum(z, 0.0)
    ### END SOLUTION


def leaky_relu(z: np.ndarray, slope: float = 0.01) -> np.ndarray:
    """z where it is positive, slope times z elsewhere.

    z: as in relu. slope: from 0 to 1; where it is 0, either zero will do. Returns a new array of the same shape.
    """
    ### BEGIN SOLUTION
    return np.where(z > 0, z, slope * z)
    ### END SOLUTION

# %% [markdown] hint="relu"
# - *I don't know where to start.* Two functions that you know choose entry by entry: `np.where`, and the one that
#   lesson 00 used to lift negative squares. Each of the answers is one line.
# - *It says that z was changed in place.* `z[mask] = 0` writes into the array that came in. `z.copy()` is yours.
# - *It complains of -0.0.* You multiply by a mask of 0 and 1. A negative number times 0 is -0.0. Choose instead of
#   multiplying.
# - *I get one number, or an error that speaks of an ambiguous truth value.* `max` looks for the largest entry of one
#   array, and so does `np.max`. You want to compare two things entry by entry.

# %% test="relu" points=2
z = np.array([-2.0, -0.5, 0.0, 3.0])
check.equal(relu, z, expect=[0.0, 0.0, 0.0, 3.0], mistakes={
    "you turned the sign of negative numbers: they become 0": [2.0, 0.5, 0.0, 3.0],
    "you returned where z is positive: return z itself there": [0.0, 0.0, 0.0, 1.0],
    "you kept the negative part: positive numbers pass": [-2.0, -0.5, 0.0, 0.0],
    "you took the largest entry of the array: compare each entry with 0": 3.0,
    "Python's max compares whole arrays: NumPy has a function that compares entry by entry": ValueError})


def signs_of_zeros(answer, z):
    import numpy as np

    got = np.asarray(answer(z))
    return np.signbit(got[got == 0])


check.that(not check.observe(signs_of_zeros, relu, z).any(), "your answer holds -0.0, which a negative number times 0 gives: "
           "choose 0.0 where z is negative, instead of multiplying by 0", law="the zero of relu is 0.0")
check.equal(leaky_relu, z, 0.1, expect=[-0.2, -0.05, 0.0, 3.0], mistakes={
    "your slope is on the wrong side: positive numbers pass as they are, negative ones are multiplied": [-2.0, -0.5, 0.0, 0.3],
    "you turned the sign of negative numbers: slope times z is negative there": [0.2, 0.05, 0.0, 3.0],
    "you ignored slope: it is an argument, and here it is 0.1": [-0.02, -0.005, 0.0, 3.0],
    "you multiplied everything by the slope: positive numbers pass as they are": [-0.2, -0.05, 0.0, 0.3],
    "you put the slope itself where slope times z belongs": [0.1, 0.1, 0.1, 3.0],
    "negative numbers leak through: they become slope times z, not 0": [0.0, 0.0, 0.0, 3.0]})
check.equal(leaky_relu, z, expect=[-0.02, -0.005, 0.0, 3.0])

# %% test="relu" points=1 hidden=true covers="arrays of one, two and three axes, six slopes from 0 to 1, against PyTorch; no change of z, no -0.0 from relu"
import torch

rng = check.rng("relu")
shapes = [(1,), (30,), (4, 3), (2, 2, 3), (1, 5), (6, 1)]
cases = [scale * rng.normal(size=shape) for scale in (1e-3, 1e4) for shape in shapes]
check.equal_many(relu, cases, expect=[torch.relu(torch.tensor(z)).numpy() for z in cases])
slopes = [0.0, 0.01, 0.2, 0.5, 0.9, 1.0]
leaky = [(z, slopes[i % 6]) for i, z in enumerate(cases)]
check.equal_many(leaky_relu, leaky, expect=[
    torch.nn.functional.leaky_relu(torch.tensor(z), slope).numpy() for z, slope in leaky])


def zero_signs(answer, arrays):
    import numpy as np

    return [bool(np.signbit(got[got == 0]).any()) for got in (np.asarray(answer(one)) for one in arrays)]


check.that(not any(check.observe(zero_signs, relu, cases)), "your answer holds -0.0, which a negative number times 0 gives")

# %% [markdown]
# ### One curve, two names
#
# Lay the pictures of sigmoid and tanh over each other and you suspect a relative. tanh runs from -1 to 1: twice as
# tall, and its middle lies at 0. So it is $2\,\sigma(\cdot) - 1$, with something in the brackets. $z$ itself it cannot
# be, because tanh is steeper. Its slope at 0 is 1, and that of the sigmoid is 1/4. Find the number $c$ for which
# $\tanh(z) = 2\,\sigma(cz) - 1$, and you have a tanh that cannot overflow, since your sigmoid cannot.

# %% exercise="tanh-from-sigmoid" minutes=6 difficulty=2 law="tanh is a sigmoid, stretched to run from -1 to 1 and as steep as tanh at 0"
def tanh_from_sigmoid(z: np.ndarray) -> np.ndarray:
    """The hyperbolic tangent of every entry, from sigmoid and without NumPy's tanh.

    z: float64 of any shape with at least one axis, entries from -1e4 to 1e4. Returns an array of the same shape, each entry
    within 1e-12 of the true value. No warning comes out, no entry is NaN.
    """
    ### BEGIN SOLUTION
    return 2 * sigmoid(2 * z) - 1
    ### END SOLUTION

# %% [markdown] hint="tanh-from-sigmoid"
# - *I don't know where to start.* What is the slope of $2\,\sigma(cz) - 1$ at $z = 0$? The factor 2 counts, and so does
#   $c$, by the chain rule.
# - *I would rather not use slopes.* Multiply the two parts of tanh's formula by $e^{-z}$ and compare with the sigmoid's.
# - *My curve is right far out and wrong near 0.* It has the right height and the wrong steepness: change what is inside
#   the brackets.
# - *It says that numpy.tanh is switched off.* Call your own `sigmoid`.

# %% test="tanh-from-sigmoid" points=1
from scipy.special import expit

z = np.log(np.array([1 / 3, 1.0, 3.0]))
with check.given(sigmoid=expit), check.without("numpy.tanh"):
    check.close(tanh_from_sigmoid, z, expect=[-0.8, 0.0, 0.8], rtol=1e-9, atol=1e-12, about="z = [-ln 3, 0, ln 3]", mistakes={
        "your curve is not steep enough at 0: something else than z belongs into the sigmoid": [-0.5, 0.0, 0.5],
        "your curve runs from 0 to 1: it has to be twice as tall, with its middle at 0": [0.1, 0.5, 0.9],
        "your curve runs from -1 to 0: subtract after you have multiplied by 2": [-0.9, -0.5, -0.1],
        "your curve runs from 0 to 2: move it down until its middle lies at 0": [0.2, 1.0, 1.8],
        "your curve is too flat: the number inside the sigmoid has to make it steeper": [2 / (1 + 3**0.5) - 1, 0.0, 1 - 2 / (1 + 3**0.5)],
        "your curve is too steep at 0: c = 4 would do for the sigmoid alone, and the 2 in front makes it twice as steep":
            [-80 / 82, 0.0, 80 / 82],
        "your curve falls where tanh rises: look at the signs": [0.8, 0.0, -0.8]})
    check.close(tanh_from_sigmoid, np.array([-10000.0, 10000.0]), expect=[-1.0, 1.0], mistakes={
        "inf / inf is nan: your own exponentials overflow, and sigmoid's do not": [np.nan, np.nan]})

# %% test="tanh-from-sigmoid" points=1 hidden=true covers="values from -1e4 to 1e4, arrays of one, two and three axes, against PyTorch; no warnings"
import torch
from scipy.special import expit


def value_and_warnings(answer, arrays):
    import warnings

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        values = [answer(one) for one in arrays]
    return {"values": values, "warnings": [str(warning.message) for warning in caught]}


rng = check.rng("tanh-from-sigmoid")
arrays = [scale * rng.normal(size=shape) for scale in (0.01, 1.0, 10.0) for shape in [(1,), (20,), (3, 4), (2, 1, 3)]]
arrays.append(np.array([-1e4, -400.0, -20.0, 0.0, 20.0, 400.0, 1e4]))
with check.given(sigmoid=expit), check.without("numpy.tanh"):
    seen = check.observe(value_and_warnings, tanh_from_sigmoid, arrays)
for one, got in zip(arrays, seen["values"], strict=True):
    check.close(got, expect=torch.tanh(torch.tensor(one)).numpy(), rtol=1e-9, atol=1e-12, about=f"an array of shape {one.shape}")
check.that(not seen["warnings"], "your function gives a warning: an exponential overflows on the way", got=seen["warnings"])

# %% [markdown]
# So a network of tanh units can do nothing that one of sigmoid units could not: weights and biases take up the
# difference. It may still learn more easily, because its values lie around 0.
#
# Explore them all. At which input does the sigmoid's slope fall below a tenth of its best? What does relu have on its
# left that leaky relu has not? And what is the slope of the step?

# %% demo="activation-explorer"
widgets.activation_explorer()

# %% [markdown]
# **Law.** Where an activation is flat, a small change of a weight makes no difference, and nothing can be learnt from
# it. The step is flat everywhere, relu is flat left of 0, and the sigmoid is nearly flat far out: beyond ±3.6 its slope
# is less than a tenth of its best.

# %% [markdown]
# ## A price: linear regression
#
# Take the identity as activation, and the neuron of the first section guesses prices: $\hat y_i = x_i \cdot w + b$ for
# home $i$, with its features in row $x_i$. How good are its weights? Say it in one number, the **loss**, here the mean
# of the squared errors (MSE):
#
# $$L = \frac1n \sum_{i=1}^{n} e_i^2, \qquad e_i = \hat y_i - y_i .$$
#
# To find better weights, ask for each of them how $L$ changes when it grows. The answers are the **gradient**, one
# slope for each weight and one for the bias. Feature $j$ of home $i$ multiplies $w_j$, so when $w_j$ grows by a
# little, $e_i$ grows by $x_{ij}$ times that little, and $e_i^2$ by $2 e_i x_{ij}$ times it. On average over the homes:
#
# $$\frac{\partial L}{\partial w_j} = \frac{2}{n} \sum_{i=1}^{n} e_i \, x_{ij}, \qquad
# \frac{\partial L}{\partial b} = \frac{2}{n} \sum_{i=1}^{n} e_i .$$
#
# By hand: two homes with one feature, 1 and 3, and prices 2 and 4. Start with $w = 1$, $b = 0$:
#
# | $x$ | $y$ | $\hat y$ | $e$ | $e^2$ | $e\,x$ |
# | :---: | :---: | :---: | :---: | :---: | :---: |
# | 1 | 2 | 1 | -1 | 1 | -1 |
# | 3 | 4 | 3 | -1 | 1 | -3 |
# | | | | mean -1 | mean 1 | mean -2 |
#
# So $L = 1$, the slope for $w$ is $2 \cdot (-2) = -4$ and for $b$ it is $2 \cdot (-1) = -2$. Both are negative: larger
# $w$ and $b$ are better. Go a tenth of the gradient *against* it, to $w = 1.4$ and $b = 0.2$. The guesses are now 1.6
# and 4.4, and the loss is 0.16. That was one step of **gradient descent**, with a *learning rate* of 0.1.
#
# **Law.** A weight's gradient is the mean of error times that weight's input (times 2 here). The bias is a weight whose
# input is always 1.
#
# ### Loss and gradient
#
# Some books halve the loss to be rid of the 2. Here it stays, in both. Sums of products over the rows are a matrix
# product: which shapes have to meet so that (d,) comes out?

# %% exercise="mse-and-gradient" minutes=20 difficulty=3 law="the mean of squared errors, and for each weight twice the mean of error times its input"
def mse_and_gradient(X: np.ndarray, y: np.ndarray, w: np.ndarray, b: float) -> tuple[float, np.ndarray, float]:
    """Loss of a linear regression and its gradient.

    X: (n, d) float64 features, y: (n,) float64 targets, w: (d,) float64, b: a number; n and d at least 1. None of them
    is changed. Returns (loss, dw, db): loss is the mean of (X w + b - y) squared, a number; dw: (d,) its derivatives by
    w; db: a number, its derivative by b. The factor 2 of the square's derivative stays in dw and db.
    """
    ### BEGIN SOLUTION
    error = X @ w + b - y
    return (error**2).mean(), 2 * X.T @ error / len(y), 2 * error.mean()
    ### END SOLUTION

# %% [markdown] hint="mse-and-gradient"
# - *I don't know where to start.* Compute the errors first, in one line, and call them something. Their shape is (n,).
#   Loss and slopes are made of nothing but the errors and `X`. Try it on the two homes of the table.
# - *I have a loop over weights and want to be rid of it.* Entry $j$ of the answer is a sum over rows of column $j$ times
#   the errors. A transposed matrix has the columns as its rows.
# - *My loss is right and the gradient is too large.* Is it a mean, or a sum over all examples? Is that so for the bias
#   as well?
# - *My gradient has the wrong sign or half the size.* The error is prediction minus target, in this order. And a square
#   has a 2 in its derivative.

# %% test="mse-and-gradient" points=3
X = np.array([[1.0, 2.0], [3.0, 0.0], [1.0, -1.0]])
y, w, b = np.array([3.0, 1.0, 0.0]), np.array([1.0, 1.0]), 1.0
check.equal(mse_and_gradient, X, y, w, b, expect=(11 / 3, [22 / 3, 2 / 3], 10 / 3), mistakes={
    "you left out 1/n: loss and gradient are means over the examples": (11.0, [22.0, 2.0], 10.0),
    "you left out 1/n in the gradient: it is a mean, as the loss is": (11 / 3, [22.0, 2.0], 10.0),
    "your dw is not averaged: divide it by n, too": (11 / 3, [22.0, 2.0], 10 / 3),
    "your bias gradient is not averaged: db is twice the mean of the errors": (11 / 3, [22 / 3, 2 / 3], 10.0),
    "you left out 1/n in the loss: it is the mean of the squares": (11.0, [22 / 3, 2 / 3], 10 / 3),
    "you left out the factor 2: it comes from the derivative of the square, and stays": (11 / 3, [11 / 3, 1 / 3], 5 / 3),
    "you halved loss and gradient, as some books do: here the loss is the mean of squares": (11 / 6, [11 / 3, 1 / 3], 5 / 3),
    "you left out the factor 2 in db": (11 / 3, [22 / 3, 2 / 3], 5 / 3),
    "your gradient has the wrong sign: the error is prediction minus target": (11 / 3, [-22 / 3, -2 / 3], -10 / 3),
    "you forgot b in the prediction": (4 / 3, [4.0, 0.0], 4 / 3),
    "you took the root of the loss: it is the mean of squares itself": ((11 / 3) ** 0.5, [22 / 3, 2 / 3], 10 / 3),
    "you divided by the number of features: the mean runs over the examples": (11 / 2, [11.0, 1.0], 5.0),
    "you took absolute errors for the loss: square them": (5 / 3, [22 / 3, 2 / 3], 10 / 3),
    "you multiplied the mean error by the mean input: multiply home by home, then take the mean": (11 / 3, [50 / 9, 10 / 9], 10 / 3),
    "you averaged over the features, too: dw has one number for each weight": (11 / 3, 4.0, 10 / 3),
    "you summed over the features, too: dw has one number for each weight": (11 / 3, 8.0, 10 / 3),
    "two shapes do not fit: the errors are (n,) and X is (n, d), and in a product it is the two n that have to meet": ValueError})
check.equal(mse_and_gradient, np.array([[1.0], [3.0]]), np.array([2.0, 4.0]), np.array([1.4]), 0.2,
            expect=(0.16, [0.8], 0.0), atol=1e-12)

# %% test="mse-and-gradient" points=2 hidden=true covers="one example, one feature, 24 random shapes, against PyTorch's autograd"
import torch

rng = check.rng("mse-and-gradient")
cases = []
for i in range(24):
    n, d = [(1, 1), (1, 4), (5, 1)][i] if i < 3 else rng.integers(1, 9, 2).tolist()
    cases.append((rng.normal(size=(n, d)), 3 * rng.normal(size=n), rng.normal(size=d), float(rng.normal())))


def by_autograd(X, y, w, b):
    w, b = torch.tensor(w, requires_grad=True), torch.tensor(b, dtype=torch.float64, requires_grad=True)
    loss = torch.nn.functional.mse_loss(torch.tensor(X) @ w + b, torch.tensor(y))
    loss.backward()
    return loss.item(), w.grad.tolist(), b.grad.item()


check.equal_many(mse_and_gradient, cases, expect=by_autograd, rtol=1e-9, atol=1e-9)

# %% [markdown]
# ### 1800 homes
#
# `features` holds 1800 homes with eight features each, from an invented city, and `prices` what they were sold for, in
# thousand euros. Your function is all that gradient descent needs. For this one loss there is a second way: the best
# weights solve a system of linear equations, in *closed form*, so we know how good one neuron can get.

# %% demo="house-prices"
w, b = np.zeros(8), 0.0
closed, *_ = np.linalg.lstsq(np.column_stack([features, np.ones(1800)]), prices)
best, _, _ = mse_and_gradient(features, prices, closed[:8], closed[8])
print("steps   typical error (thousand euros)   loss / best loss")
for step in range(201):
    loss, dw, db = mse_and_gradient(features, prices, w, b)
    if step in (0, 10, 30, 100, 200):
        print(f"{step:5} {loss**0.5:19.1f} {loss / best:27.4f}")
    w, b = w - 0.1 * dw, b - 0.1 * db
print(f"share of the variance explained, R² = {1 - loss / prices.var():.2f}")

# %% [markdown]
# After 100 steps the loss is **0.2 %** above the best that any weights can reach, and after 200 it is 0.01 %. The
# typical error, which is the root of the loss, has come down from 444 to 89 thousand euros. $R^2$ is the share of the
# prices' variance that the neuron explains: 0.77. (That is on the homes it learnt from. Lesson 03 asks about homes that
# it has not seen.)
#
# Two things had to be right for that, the learning rate and the scale of the features:

# %% demo="learning-rates"
def losses(X: np.ndarray, rate: float, steps: int = 100) -> list[float]:
    """Loss over the best loss, before each step of gradient descent."""
    w, b, history = np.zeros(8), 0.0, []
    for _ in range(steps + 1):
        loss, dw, db = mse_and_gradient(X, prices, w, b)
        history.append(loss / best)
        w, b = w - rate * dw, b - rate * db
    return history


curves = {"rate 0.1": losses(features, 0.1), "rate 0.01": losses(features, 0.01), "rate 0.3": losses(features, 0.3),
          "as measured, 7e-6": losses(homes.X, 7e-6)}
fig, ax = plots.figure(7.6, 3.8)
ax.set(yscale="log", ylim=(0.9, 40), xlim=(0, 100), xlabel="steps", ylabel="loss / best loss")
ax.set_yticks([1, 2, 5, 10, 20], ["1", "2", "5", "10", "20"])
ax.minorticks_off()
plots.lines(ax, np.arange(101), {name: np.where(np.array(values) < 40, values, np.nan) for name, values in curves.items()})
at = {name: [f"{values[step]:.1f}" for step in (10, 30, 100)] for name, values in curves.items()}
plots.show(fig, alt=(
    "Loss divided by the best loss over 100 steps, on a logarithmic axis, all curves from 25. With rate 0.1 it is "
    f"{' after 10 steps, '.join(at['rate 0.1'][:2])} after 30. With rate 0.01 it falls steadily: {', '.join(at['rate 0.01'])} "
    f"after 10, 30 and 100. With rate 0.3 it falls for a few steps, then rises to {at['rate 0.3'][1]} after 30 and out of the "
    f"picture. On features as measured, with rate 7e-6, it falls fast and then slowly: {', '.join(at['as measured, 7e-6'])}. "
    "The curve of rate 0.01 crosses it on the way and ends below it."))
print(f"features as measured, after 1000 steps: {losses(homes.X, 7e-6, 1000)[-1]:.1f}")

# %% [markdown]
# With 0.01 the neuron learns slowly, but it arrives. With 0.3 every step goes so far that the loss rises again, faster
# and faster. And on features as they were measured, gardens of hundreds of square metres next to lifts of 0 or 1, no
# rate is good: one that is small enough for the largest columns is too small for all the others. 7e-6 is about the best
# there is, and at 1e-5 that curve rises without end. It starts well, since the large columns are learnt at once, and
# then it crawls: after 100 steps the loss is **2.1** times the best, and after 1000 still **1.8** times. So standardise
# first.
#
# ### The seventh floor
#
# What did the neuron learn about storeys? Its weight for `floor` says what one storey more adds to a price. A
# *residual* is what the neuron left unexplained, price minus guess. Here is its mean, from the ground floor up, with a
# lift in the building and without. The bars show what chance alone does to such a mean: one *standard error*, the
# spread of the group's residuals over the root of their number, up and down. Below each group stands how many homes it
# has.

# %% demo="seventh-floor"
floor, lift = homes.X[:, 6], homes.X[:, 7]
spread = homes.X.std(axis=0)
print(f"one storey more adds {closed[6] / spread[6]:.1f} thousand euros, with a lift or without")

groups = {"ground": [0], "1 to 3": [1, 2, 3], "4 and 5": [4, 5], "6 and 7": [6, 7]}


def draw_residuals(residuals: np.ndarray, name: str) -> None:
    """Mean residual of each group of floors with its standard error, with and without a lift."""
    fig, ax = plots.figure(7.6, 3.6)
    ax.set(xlim=(-0.4, 3.7), ylim=(-55, 50), xlabel="floor", ylabel="price minus guess", title=name)
    ax.axhline(0, color=plots.current().muted, linewidth=1, linestyle="-")
    counts, words, top = [], [], []
    for label, has, style in (("lift", 1, "-oC0"), ("no lift", 0, "--sC1")):
        parts = [residuals[np.isin(floor, storeys) & (lift == has)] for storeys in groups.values()]
        means, errors = [part.mean() for part in parts], [part.std() / len(part) ** 0.5 for part in parts]
        ax.errorbar(np.arange(4) + 0.1 * has - 0.05, means, errors, fmt=style, capsize=4)
        ax.text(3.15, means[-1], label, va="center", bbox={"facecolor": plots.current().surface, "edgecolor": "none", "pad": 1})
        top.append((means[-1], errors[-1]))
        counts.append([len(part) for part in parts])
        words.append(f"{label}: " + ", ".join(f"{m:.0f} ± {e:.0f}" for m, e in zip(means, errors)))
    ax.set_xticks(range(4), [f"{group}\n{a} lift, {b} no lift" for group, a, b in zip(groups, *counts)], fontsize=9)
    plots.show(fig, alt=(f"{name}: mean residual and its standard error in thousand euros, on the ground floor, floors 1 to 3, "
                         f"4 and 5, 6 and 7. With {words[0]}. With {words[1]}."))
    (above, error), (below, other) = top
    print(f"gap between lift and no lift on floors 6 and 7: {above - below:.0f} ± {(error**2 + other**2) ** 0.5:.0f}")


draw_residuals(prices - features @ closed[:8] - closed[8], "One neuron")
for label, has in (("with a lift", lift == 1), ("without", lift == 0)):
    residuals = (prices - features @ closed[:8] - closed[8])[has]
    print(f"residual of homes {label}: {np.polyfit(floor[has], residuals, 1)[0]:+.1f} for each storey up")

# %% [markdown]
# Look at the top, floors 6 and 7, where the bars lie far apart: flats with a lift were sold for 11 thousand euros more
# than the neuron says, and flats without one for 38 less, a gap of **48 ± 14**. Further down the bars overlap, so there the picture decides
# nothing. But over all floors together, what the neuron leaves over rises by **5.6** for each storey in homes with a
# lift, and falls by **3.6** in those without. It cannot do better: $w_{\text{floor}}$ is one number, so a storey has one price. In this city a storey is worth having *if* there
# is a lift, and a burden if there is none. The lamp has the same trouble: turning on one switch should add to the sum
# *if* the other is off, and take away from it if the other is on. Keep that in mind until the end.

# %% [markdown]
# ## A yes or a no: logistic regression
#
# Now the question is whether a home costs more than the one in the middle, the median. The target $y$ is 1 for yes and
# 0 for no. Give the neuron a sigmoid, and its output $p = \sigma(z)$ lies between 0 and 1: read it as the probability
# that it gives to yes. Its probability for what *did* happen is $p$ if $y = 1$, and $1 - p$ if $y = 0$. The loss is
# the mean of minus its logarithm, the **cross-entropy**:
#
# $$L = -\frac1n \sum_{i=1}^{n} \Big( y_i \ln p_i + (1 - y_i) \ln (1 - p_i) \Big) .$$
#
# Since $y_i$ is 0 or 1, one of the two terms is always 0. By hand: $z = \ln 3$, so $p = 0.75$. If the answer is yes,
# the loss is $-\ln 0.75 = 0.29$. If it is no, $-\ln 0.25 = 1.39$. Had the neuron been surer and wrong, with
# $p = 0.99$, the loss would be $-\ln 0.01 = 4.61$.
#
# ### Before it knows anything
#
# All weights and the bias are 0, and there are as many homes above the median as below it. What is the loss before the
# first step? Write it with two decimals.

# %% predict="know-nothing" minutes=2 law="the loss is minus the logarithm of the probability given to what happened"
### BEGIN SOLUTION
first_loss = 0.69
### END SOLUTION

# %% test="know-nothing" points=1 hidden=true covers="your prediction"
check.close(first_loss, expect=0.69, atol=0.01, mistakes={
    "a loss of 0 needs a probability of 1 for what happened, and a neuron of zeros says 1/2 to everything": 0.0,
    "you squared the error: the loss is -ln(1/2), which is 0.69": 0.25,
    "you gave the probability itself: the loss is minus its logarithm, -ln(1/2), which is 0.69": 0.5,
    "you took the logarithm to base 2: to base e it is -ln(1/2), which is 0.69": 1.0})

# %% [markdown]
# ### The loss without its logarithm of zero
#
# The formula above breaks when the neuron is very sure. For $z = 40$ the sigmoid rounds to exactly 1. If the answer was
# no, the loss is $-\ln 0$, which is infinite, though the true value is 40. Some programs cut $p$ off at $10^{-12}$ to
# avoid this: then no loss exceeds 27.6, and the worst mistakes no longer count.
#
# So keep away from $p$ and write the loss by $z$:
#
# $$-\ln \sigma(z) = \ln(1 + e^{-z}) \quad \text{for } y = 1, \qquad\qquad
# -\ln\big(1 - \sigma(z)\big) = \ln(1 + e^{z}) \quad \text{for } y = 0 .$$
#
# One problem is left, and you know it: $e^{1000}$. NumPy has two functions that help. `np.logaddexp(u, v)` computes
# $\ln(e^u + e^v)$ without overflow, and $1 = e^0$. `np.log1p(t)` computes $\ln(1 + t)$, exact for a tiny $t$ as well,
# which is good together with $\ln(1 + e^a) = a + \ln(1 + e^{-a})$.
#
# Now the slope. Differentiate the two losses by $z$, and both become the same:
#
# $$\frac{d}{dz} \ln(1 + e^{-z}) = \frac{-e^{-z}}{1 + e^{-z}} = \sigma(z) - 1, \qquad
# \frac{d}{dz} \ln(1 + e^{z}) = \frac{e^{z}}{1 + e^{z}} = \sigma(z) - 0 .$$
#
# **Law.** With the cross-entropy, the error of a sigmoid neuron is $p - y$, prediction minus truth. From there on its
# gradient is that of linear regression, without the 2.
#
# The sigmoid's own slope has cancelled out, and that is why this loss is used. With squared errors the slope would
# stay in, as a factor $p(1-p)$. For a neuron that is sure and wrong, $z = -10$ with $y = 1$, this is 0.00005: the worst
# mistake would teach the least.

# %% exercise="logistic-and-gradient" minutes=25 difficulty=4 law="the mean cross-entropy, computed from z, and for each weight the mean of (p - y) times its input"
def logistic_and_gradient(X: np.ndarray, y: np.ndarray, w: np.ndarray, b: float) -> tuple[float, np.ndarray, float]:
    """Mean cross-entropy of a logistic regression and its gradient.

    X: (n, d) float64 features, y: (n,) float64 of 0.0 and 1.0, w: (d,) float64, b: a number; n and d at least 1. None of
    them is changed. Returns (loss, dw, db): loss is the mean over the examples, a number; dw: (d,) its derivatives by
    w; db: a number, its derivative by b. All are right, finite and without a warning for z = X w + b from -1e4 to 1e4.
    """
    ### BEGIN SOLUTION
    z = X @ w + b
    loss = np.logaddexp(0, (1 - 2 * y) * z).mean()
    error = sigmoid(z) - y
    return loss, X.T @ error / len(y), error.mean()
    ### END SOLUTION

# %% [markdown] hint="logistic-and-gradient"
# - *I don't know where to start.* Begin with the gradient: it is your `mse_and_gradient` with another error and without
#   the 2. `sigmoid` is yours already. Then the loss, for one example on paper, for y = 1 and for y = 0.
# - *How do I write both cases in one line?* The two losses differ in the sign of $z$ alone. A number made from $y$ that
#   is -1 for y = 1, and 1 for y = 0, does it; so does `np.where`.
# - *My loss is inf or nan for large z.* There is still a logarithm of $p$ or of $1 - p$ in it. Write it by $z$.
# - *It is finite, but too small for large z.* Did you cut something off? Remove that, and you will need the form by $z$.
# - *It warns of an overflow.* `np.exp` of a large positive number is still there. One of the two functions named above
#   replaces it.

# %% test="logistic-and-gradient" points=2
from scipy.special import expit

L = np.log(3.0)
X = np.array([[L, 0.0], [0.0, 2 * L], [L, L]])
y, w, b = np.array([1.0, 0.0, 0.0]), np.array([1.0, -1.0]), L
about = "X = [[a, 0], [0, 2a], [a, a]] with a = ln 3, y = [1, 0, 0], w = [1, -1], b = a"
loss, dw, db = 0.5931123164, [0.2380326625, 0.4577551203], 0.3
with check.given(sigmoid=expit):
    check.close(logistic_and_gradient, X, y, w, b, about=about, rtol=1e-7, expect=(loss, dw, db), mistakes={
        "you summed over the examples: loss and gradient are means": (1.7793369492, [0.7140979876, 1.3732653608], 0.9),
        "your gradient is summed over the examples: it is a mean, as the loss is": (loss, [0.7140979876, 1.3732653608], 0.9),
        "your bias gradient is not averaged: db is the mean of p - y": (loss, dw, 0.9),
        "your loss is summed over the examples: it is a mean": (1.7793369492, dw, db),
        "you kept the factor 2 of the square loss: the cross-entropy has none": (loss, [0.4760653251, 0.9155102406], 0.6),
        "that is the gradient of the square loss: with the cross-entropy the slope p(1 - p) cancels out":
            (loss, [0.0964032283, 0.1716581701], 0.119),
        "that is half the gradient of the square loss: with the cross-entropy the slope p(1 - p) cancels out":
            (loss, [0.0482016142, 0.0858290851], 0.0595),
        "your gradient has the wrong sign: the error is p - y": (loss, [-0.2380326625, -0.4577551203], -0.3),
        "your loss has the wrong sign: a logarithm of a probability is negative, and the loss is minus that": (-0.5931123164, dw, db),
        "you have the two cases the wrong way round: for y = 1 the loss is small when z is large": (1.3255205089, dw, db),
        "the 1 in ln(1 + e^z) is e^0: logaddexp takes exponents, so it wants a 0 there": (1.2998005240, dw, db),
        "you counted the examples with y = 1 only: those with y = 0 have a loss, too": (0.0351201719, dw, db)})

# %% test="logistic-and-gradient" points=1
from scipy.special import expit


def loss_gradient_warnings(answer, X, y, w, b):
    """The answer, and the text of every warning that it gave."""
    import warnings

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        loss, dw, db = answer(X, y, w, b)
    return {"loss": float(loss), "dw": dw, "db": db, "warnings": [str(warning.message) for warning in caught]}


X, y = np.array([[1e4], [-1e4], [1e4], [-1e4]]), np.array([0.0, 1.0, 1.0, 1.0])
about = "z = [10000, -10000, 10000, -10000], y = [0, 1, 1, 1]: "
law = "however sure the neuron is, its loss is finite, right and computed without a warning"
with check.given(sigmoid=expit):
    seen = check.observe(loss_gradient_warnings, logistic_and_gradient, X, y, np.array([1.0]), 0.0)
loss, said = seen["loss"], " ".join(seen["warnings"])
only_exp = "overflow" in said and "divide" not in said
check.that(np.isfinite(loss) or not only_exp, "an exponential of 10000 overflows in your loss: one of the two functions named above "
           "computes the same without it", law=law, got=loss)
check.that(np.isfinite(loss), "there is a log(0) in your loss: for z = 10000 p rounds to 1, so write the loss by z", law=law, got=loss)
check.that(not 0 < loss < 100, "you cut the probability off, so that no mistake counts for more: the loss of z = 10000 with y = 0 "
           "is 10000", law=law, got=loss)
check.equal(seen["loss"], expect=7500.0, law=law, about=about + "the loss", mistakes={
    "you have the two cases the wrong way round: for y = 1 the loss is small when z is large": 2500.0})
check.close(seen["dw"], expect=[7500.0], law=law, about=about + "dw", mistakes={
    "your gradient still holds the slope p(1 - p), so these three mistakes teach nothing: the error is p - y": [0.0]})
check.close(seen["db"], expect=-0.25, law=law, about=about + "db")
check.that(not seen["warnings"], "your numbers are right, but an exponential overflows or a logarithm gets 0 on the way, and "
           "NumPy warns", law=law, got=seen["warnings"])

# %% test="logistic-and-gradient" points=2 hidden=true covers="one example, one feature, one class only, z up to 1e4, 24 random shapes, against PyTorch's autograd; no warnings"
import torch
from scipy.special import expit

rng = check.rng("logistic-and-gradient")
cases = []
for i in range(24):
    n, d = [(1, 1), (1, 4), (5, 1)][i] if i < 3 else rng.integers(1, 9, 2).tolist()
    scale = [1.0, 10.0, 1000.0][i % 3]
    y = [np.zeros(n), np.ones(n)][i % 2] if i < 6 else rng.integers(0, 2, n).astype(float)
    cases.append((rng.normal(size=(n, d)), y, scale * rng.normal(size=d), float(rng.normal())))


def by_autograd(X, y, w, b):
    w, b = torch.tensor(w, requires_grad=True), torch.tensor(b, dtype=torch.float64, requires_grad=True)
    loss = torch.nn.functional.binary_cross_entropy_with_logits(torch.tensor(X) @ w + b, torch.tensor(y))
    loss.backward()
    return loss.item(), w.grad.tolist(), b.grad.item()


def warnings_of(answer, cases):
    import warnings

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for case in cases:
            answer(*case)
    return [str(warning.message) for warning in caught]


with check.given(sigmoid=expit):
    check.equal_many(logistic_and_gradient, cases, expect=by_autograd, rtol=1e-8, atol=1e-9)
    seen = check.observe(warnings_of, logistic_and_gradient, cases)
check.that(not seen, "NumPy warns on the way, though the numbers are right", got=seen)

# %% demo="above-the-median"
above = (prices > np.median(prices)).astype(float)
w, b = np.zeros(8), 0.0
print("steps   loss    right")
for step in range(301):
    loss, dw, db = logistic_and_gradient(features, above, w, b)
    if step in (0, 10, 100, 300):
        right = ((features @ w + b > 0) == (above == 1)).mean()
        print(f"{step:5} {loss:6.3f} {right:8.1%}")
    w, b = w - dw, b - db

# %% [markdown]
# The first loss is $\ln 2$, as for everyone who knows nothing. Remember the number: when a classifier of two classes
# starts far from it, something is wrong before the first step. After 300 steps, with a learning rate of 1, the neuron
# is right for **87 %** of the homes. Its boundary is still a flat cut, now through eight dimensions: where $p$ passes
# 1/2, $z$ passes 0.

# %% [markdown]
# ## One of many: softmax
#
# More than two classes need more than one number: one neuron for each class, $k$ in all. Their weighted sums
# $z_1, \dots, z_k$ are called **logits**. They may be any numbers, and the *softmax* makes probabilities of them: all
# positive, with the sum 1.
#
# $$\operatorname{softmax}(z)_j = \frac{e^{z_j}}{\sum_{c=1}^{k} e^{z_c}} .$$
#
# By hand: the logits $(\ln 1, \ln 2, \ln 5)$ have the exponentials 1, 2, 5 with the sum 8, so the probabilities are
# $(0.125, 0.25, 0.625)$. Add 100 to all three logits and each exponential grows by the same factor $e^{100}$, which
# cancels. The probabilities stay.
#
# **Law.** Softmax sees only differences: adding one number to all logits of an example changes nothing.
#
# For two classes with the logits $0$ and $z$, the second probability is $e^z / (1 + e^z) = \sigma(z)$. So logistic
# regression *is* softmax with two classes, one logit of which is held at 0.
#
# ### Softmax along an axis
#
# Usually the examples are the rows and the classes the columns. But later lessons have arrays of four axes, so the
# axis that holds the classes is an argument, as it is for `sum`. `keepdims=True` leaves an axis of size 1 behind, and
# the result then broadcasts against the array that it came from.
#
# Exponentials again, and the same danger. But the law above hands you the remedy: you are free to add the same number
# to all logits of an example. Which one makes sure that no exponent is positive, and one of them is 0?

# %% exercise="softmax" minutes=12 difficulty=3 law="exponentials along the axis, divided by their sum; a number added to all logits of one example changes nothing"
def softmax(z: np.ndarray, axis: int = -1) -> np.ndarray:
    """Probabilities from logits.

    z: float64 with one axis or more, entries from -1e4 to 1e4; it stays unchanged. axis: the axis that holds the
    classes, from -z.ndim to z.ndim - 1. Returns an array of the same shape: along the axis all entries are at least 0 and
    sum to 1. No warning is given, no entry is NaN, in whatever size the logits come. It is made without scipy's softmax.
    """
    ### BEGIN SOLUTION
    e = np.exp(z - z.max(axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)
    ### END SOLUTION

# %% [markdown] hint="softmax"
# - *I don't know where to start.* Write the formula for one example of three logits, then let the sum run along `axis`.
# - *It fails with an error about shapes, or along one axis only.* The sum has lost an axis and no longer lines up with
#   `z`. Which argument keeps it?
# - *I get nan.* Then an exponential overflowed, or all of them became 0. Shift the logits first, so that the largest is
#   0.
# - *I do shift, and still some rows are nan.* By what? One example may have logits near 1000 and another near -1000.
#   Each has a largest one of its own.

# %% test="softmax" points=2
z = np.log(np.array([[1.0, 2.0, 5.0], [2.0, 2.0, 4.0]]))
across, down = [[0.125, 0.25, 0.625], [0.25, 0.25, 0.5]], [[1 / 3, 0.5, 5 / 9], [2 / 3, 0.5, 4 / 9]]
about = "z = [[ln 1, ln 2, ln 5], [ln 2, ln 2, ln 4]], "
check.close(softmax, z, axis=1, expect=across, rtol=1e-9, about=about + "axis=1", mistakes={
    "your sums run along the wrong axis: along axis 1 each row sums to 1": down,
    "your sum runs along another axis than your maximum: both run along axis": [[2 / 7, 4 / 9, 0.5], [5 / 7, 5 / 9, 0.5]],
    "you divided by the sum of all entries: each example has a sum of its own": [[1 / 16, 1 / 8, 5 / 16], [1 / 8, 1 / 8, 1 / 4]],
    "you did not divide by the sum": [[1.0, 2.0, 5.0], [2.0, 2.0, 4.0]],
    "you did not divide by the sum: probabilities sum to 1": [[0.2, 0.4, 1.0], [0.5, 0.5, 1.0]],
    "that is the logarithm of softmax: return the probabilities": np.log(across),
    "you divided the logits by their sum: take the exponentials first": [[0.0, 0.30102999566, 0.69897000434], [0.25, 0.25, 0.5]],
    "two shapes do not fit: a sum along axis 1 has lost that axis, and keepdims=True keeps it": ValueError})
with check.without("scipy.special.softmax"):
    check.close(softmax, z, axis=0, expect=down, rtol=1e-9, about=about + "axis=0", mistakes={
        "you ignored axis: along axis 0 each column sums to 1": across})
check.close(softmax, z, expect=across, rtol=1e-9, about=about + "no axis given: the last one counts")
law = "a number added to all logits of one example changes nothing"
z = np.array([[1000.0, 1000.0], [-1000.0, -1000.0]])
check.close(softmax, z, axis=1, expect=[[0.5, 0.5], [0.5, 0.5]], law=law, mistakes={
    "exp(1000) is inf and exp(-1000) is 0, so you divide inf by inf and 0 by 0: subtract the maximum before the exponential":
        [[np.nan, np.nan], [np.nan, np.nan]],
    "you subtracted the maximum of the whole array: each example needs its own, along the axis": [[0.5, 0.5], [np.nan, np.nan]]})
z = np.array([[1000.0, 0.0, -1000.0], [-1000.0, -1000.0, 1000.0]])
check.close(softmax, z, axis=1, expect=[[1.0, 0.0, 0.0], [0.0, 0.0, 1.0]], law=law, mistakes={
    "the largest exponential still overflows: shift so that the largest logit becomes 0": [[np.nan, 0.0, 0.0], [0.0, 0.0, np.nan]],
    "you subtracted the smallest logit, so the others only grew: subtract the largest": [[np.nan, np.nan, 0.0], [0.0, 0.0, np.nan]]})

# %% test="softmax" points=2 hidden=true covers="arrays of one to four axes, every axis, logits from -1e4 to 1e4, 30 random arrays, against PyTorch; no warnings"
import torch

rng = check.rng("softmax")
cases = []
for i in range(30):
    shape = tuple(rng.integers(1, 5, 1 + i % 4).tolist())
    z = [1.0, 30.0, 5000.0][i % 3] * rng.uniform(-1, 1, shape) + [0.0, 3000.0, -5000.0][i % 3]
    cases.append((z, int(rng.integers(-len(shape), len(shape)))))
check.equal_many(softmax, cases, expect=[torch.softmax(torch.tensor(z), axis).numpy() for z, axis in cases], atol=1e-12)


def warnings_of(answer, cases):
    import warnings

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for case in cases:
            answer(*case)
    return [str(warning.message) for warning in caught]


seen = check.observe(warnings_of, softmax, cases)
check.that(not seen, "NumPy warns on the way, though the numbers are right", got=seen)

# %% [markdown]
# ## Stacking
#
# The outputs of some neurons can be the inputs of others. A **layer** is several neurons that read the same inputs:
# their weights are the columns of one matrix $W$ of shape (inputs, units), their biases a row $b$ of shape (units,),
# and all their outputs for all examples are $f(XW + b)$, of shape (n, units). (PyTorch stores $W$ the other way round,
# as (units, inputs). You will meet that in lesson 03.)
#
# A network of such layers is a **multi-layer perceptron**, or MLP. Layers before the last are called *hidden*. The last
# one has no activation of its own, so that it can give any price, or any logits, which the loss then turns into
# probabilities. Seen from its end, an MLP is therefore a linear, logistic or softmax regression, like the ones you have
# written, with one difference: its features are not the ones you measured. Hidden units made them.
#
# ### Stacked, without a bend
#
# A network reads 8 features, has 100 hidden units and puts out one price: $8 \cdot 100 + 100$ parameters in the hidden
# layer and $100 + 1$ in the last one, 1001 altogether. Someone has forgotten the activation, so $f$ is the identity in
# all of it. A smaller network could compute exactly the same function of the features, whatever the 1001 numbers are.
# How many parameters has the smallest one: 1001, 901, 109, 101 or 9?

# %% predict="no-bend" minutes=3 choices="1001 | 901 | 109 | 101 | 9" law="a weighted sum of weighted sums is a weighted sum"
### BEGIN SOLUTION
parameters_needed = 9
### END SOLUTION

# %% test="no-bend" points=1 hidden=true covers="your prediction"
unbent = "without an activation, (x W1 + b1) W2 + b2 is x (W1 W2) + (b1 W2 + b2): one neuron with 8 weights and a bias"
check.equal(parameters_needed, expect=9, mistakes={
    f"nothing is gained by the 100 units: {unbent}": 1001,
    f"there is more to save than the last layer: {unbent}": 101,
    f"no hidden unit is needed at all: {unbent}": 901,
    f"no number for each hidden unit is needed: {unbent}": 109})

# %%
rng = np.random.default_rng(0)
W1, b1, W2, b2 = rng.normal(size=(8, 100)), rng.normal(size=100), rng.normal(size=(100, 1)), rng.normal(size=1)
stacked = (features @ W1 + b1) @ W2 + b2
W, b = W1 @ W2, b1 @ W2 + b2
smaller = features @ W + b
print(W1.size + b1.size + W2.size + b2.size, "parameters and", W.size + b.size, "agree:", np.allclose(stacked, smaller), "on", len(smaller), "homes")

# %% [markdown]
# **Law.** The activation is what makes depth worth having: take it away, and what the cell above shows is all that is
# left.
#
# ### All layers in order
#
# By hand: one example $x = (1, 2)$, two hidden units with relu, one output.
#
# $$W_1 = \begin{pmatrix} 1 & -1 \\ 1 & 0 \end{pmatrix}, \quad b_1 = (-1, 0), \qquad
# W_2 = \begin{pmatrix} 3 \\ 5 \end{pmatrix}, \quad b_2 = (1) .$$
#
# The first hidden unit has the first *column* as weights: $1 \cdot 1 + 2 \cdot 1 - 1 = 2$. The second has
# $1 \cdot (-1) + 2 \cdot 0 + 0 = -1$. Bend: $(2, 0)$. The output is $2 \cdot 3 + 0 \cdot 5 + 1 = 7$, and it is not
# bent. Had the bias been -10, it would be -4, and stay -4.
#
# Your function returns the output of every layer, because lesson 02 needs them all for the way back.

# %% exercise="mlp-forward" minutes=15 difficulty=3 law="each layer reads the one before it: times W, plus b, then bent, except in the last layer"
def mlp_forward(
    x: np.ndarray, params: list[tuple[np.ndarray, np.ndarray]], activation: Callable[[np.ndarray], np.ndarray]
) -> list[np.ndarray]:
    """Outputs of all layers of an MLP, in order.

    x: (n, d) float64. params: one pair (W, b) for each layer, at least one layer: W (inputs, units), b (units,). None of
    them is changed. activation: a function of an array, applied after every layer except the last.
    Returns a list (a tuple will do) with one array (n, units) for each layer, the first layer first; x is not among them.
    """
    ### BEGIN SOLUTION
    outputs = []
    for i, (W, b) in enumerate(params, 1):
        x = x @ W + b
        if i < len(params):
            x = activation(x)
        outputs.append(x)
    return outputs
    ### END SOLUTION

# %% [markdown] hint="mlp-forward"
# - *I don't know where to start.* Do the example above in a cell of your own, line by line and with `@`. Then write one
#   line that does any layer, and put a loop around it.
# - *The second layer fails, or gets the wrong numbers.* What does it read? The name that holds its input must have got
#   the output of the layer before.
# - *My last output has zeros where negative numbers belong.* It was bent. How does the loop know that it has come to the
#   last layer? `enumerate` counts along, and `params[:-1]` is all layers but the last.
# - *Two shapes do not fit.* `W` is (inputs, units): the rows of the input meet the rows of `W`, so nothing has to be
#   transposed.

# %% test="mlp-forward" points=2
def bend(z):
    import numpy as np

    return np.maximum(z, 0)


x = np.array([[1.0, 2.0], [-1.0, 2.0]])
first = (np.array([[1.0, -1.0], [2.0, 1.0]]), np.array([0.0, -2.0]))
second = (np.array([[1.0], [-10.0]]), np.array([1.0]))
about = "x = [[1, 2], [-1, 2]], W = [[1, -1], [2, 1]], b = [0, -2], one layer, relu"
check.equal(mlp_forward, x, [first], bend, about=about, expect=[[[5.0, -1.0], [3.0, 1.0]]], mistakes={
    "you bent the last layer, and here the only one is the last: its outputs may be negative": [[[5.0, 0.0], [3.0, 1.0]]],
    "you transposed W: it is (inputs, units), so a unit's weights are a column": [[[-1.0, 2.0], [-3.0, -2.0]]],
    "you forgot the biases": [[[5.0, 1.0], [3.0, 3.0]]],
    "you put x in front: the list holds the layers' outputs only": [[[1.0, 2.0], [-1.0, 2.0]], [[5.0, -1.0], [3.0, 1.0]]],
    "you left out the last layer, and here the only one is the last": [],
    "nothing came back: return the list after the loop": None,
    "your product is the wrong way round: the examples stand on the left, x @ W": [[[2.0, -2.0], [1.0, 4.0]]],
    "you put out what came in: append after the layer, not before": [[[1.0, 2.0], [-1.0, 2.0]]]})


def one_array(answer, x, params, activation):
    """Whether NumPy refused to make one array of layers that differ in width."""
    try:
        answer(x, params, activation)
    except ValueError as error:
        return "inhomogeneous" in str(error)
    return False


refused = check.observe(one_array, mlp_forward, x, [first, second], bend)
check.that(not refused, "np.array cannot make one array of layers that differ in width: return the list itself")
about = "x and the first layer as before, then W = [[1], [-10]], b = [1], relu"
check.equal(mlp_forward, x, [first, second], bend, about=about, expect=[[[5.0, 0.0], [3.0, 1.0]], [[6.0], [-6.0]]], mistakes={
    "you bent the last layer: its outputs may be negative": [[[5.0, 0.0], [3.0, 1.0]], [[6.0], [0.0]]],
    "you bent nothing: every layer except the last is followed by the activation": [[[5.0, -1.0], [3.0, 1.0]], [[16.0], [-6.0]]],
    "you kept the hidden layer's sums: its outputs are what the activation makes of them": [[[5.0, -1.0], [3.0, 1.0]], [[6.0], [-6.0]]],
    "you returned the last layer alone: a list holds the outputs of all layers": [[6.0], [-6.0]],
    "you left out the last layer": [[[5.0, 0.0], [3.0, 1.0]]],
    "you gave x to every layer: one layer's output is the next one's input": [[[5.0, 0.0], [3.0, 1.0]], [[-18.0], [-20.0]]],
    "two shapes do not fit: no W has to be transposed, it is (inputs, units) as it comes": ValueError})

# %% test="mlp-forward" points=2 hidden=true covers="one to four layers, one example, layers of one unit, three activations, 24 random networks, against PyTorch"
import torch

rng = check.rng("mlp-forward")
activations = [np.tanh, np.abs, np.sin]
twins = [torch.nn.functional.tanh, torch.abs, torch.sin]
cases, wanted = [], []
for i in range(24):
    sizes = rng.integers(1, 6, 2 + i % 4).tolist()
    params = [(rng.normal(size=(a, b)), rng.normal(size=b)) for a, b in pairwise(sizes)]
    x = rng.normal(size=(1 if i < 4 else int(rng.integers(1, 6)), sizes[0]))
    cases.append((x, params, activations[i % 3]))
    out, outputs = torch.tensor(x), []
    for place, (W, b) in enumerate(params):
        out = torch.nn.functional.linear(out, torch.tensor(W.T.copy()), torch.tensor(b))
        out = out if place == len(params) - 1 else twins[i % 3](out)
        outputs.append(out.numpy())
    wanted.append(outputs)
check.equal_many(mlp_forward, cases, expect=wanted, rtol=1e-9, atol=1e-9)

# %% [markdown]
# ## What a network costs
#
# A network is often written by its sizes: 2-3-1 has two inputs, a hidden layer of three units and one output. Its
# **parameters** are the numbers that it learns. By hand: $2 \cdot 3 + 3 \cdot 1 = 9$ weights and $3 + 1 = 4$ biases,
# 13 in all. Inputs have no bias, for they compute nothing.
#
# ### A photograph
#
# A photograph of 400 by 400 pixels has three numbers at each pixel, $400 \cdot 400 \cdot 3 = 480\,000$ inputs. Join it
# to a layer of as many units, so that a new photograph can come out, and leave out the biases. How many weights is
# that? Choose by feeling, before you calculate, and write it with its quotation marks: `"480 thousand"`,
# `"480 million"`, `"230 billion"` or `"110 trillion"`.

# %% predict="photograph" minutes=1 choices="480 thousand | 480 million | 230 billion | 110 trillion" law="every unit has a weight for every input"
### BEGIN SOLUTION
weights_of_one_layer = "230 billion"
### END SOLUTION

# %% test="photograph" points=1 hidden=true covers="your prediction"
check.equal(weights_of_one_layer, expect="230 billion", mistakes={
    "you counted one weight for each unit: each of the 480 000 units has a weight for each of the 480 000 inputs": "480 thousand",
    "that is a layer of 1000 units: with 480 000 units it is 480 times as much": "480 million",
    "you went too far by a factor of 480: the weights are inputs times units, 480 000 squared": "110 trillion"})

# %% exercise="count-parameters" minutes=8 difficulty=2 read="What a network costs" law="between neighbouring layers one weight for each pair of units, and one bias for each unit that is not an input"
def count_parameters(sizes: list[int], bias: bool = True) -> int:
    """Number of parameters of an MLP.

    sizes: the number of inputs, then of the units in each layer; at least two entries, all at least 1. bias: whether
    every unit after the inputs has a bias. Returns an int, exact however large.
    """
    ### BEGIN SOLUTION
    weights = sum(inputs * units for inputs, units in pairwise(sizes))
    return weights + sum(sizes[1:]) * bias
    ### END SOLUTION

# %% [markdown] hint="count-parameters"
# - *I don't know where to start.* Draw 2-3-1 with all its lines. How many lines lead to the hidden layer, and how many
#   from there to the output? Now the same for 2-3-4-1.
# - *How do I go through neighbouring sizes?* `pairwise`, imported in the first cell, hands out neighbours two by two:
#   `list(pairwise([2, 3, 1]))` is `[(2, 3), (3, 1)]`.
# - *I am too large by the number of inputs.* Inputs have no bias.
# - *I am too small for the number of units.* Every unit after the inputs has a bias, in the hidden layers, too.

# %% test="count-parameters" points=2
check.equal(count_parameters, [4, 4, 1], expect=25, mistakes={
    "you counted the weights only: 20 of them, and 5 biases are missing": 20,
    "you counted the output's bias only: the four hidden units have one each": 21,
    "you counted the hidden biases only: the output has one as well": 24,
    "you gave a bias to the inputs: they compute nothing": 29,
    "you counted one bias for each layer: each unit has its own": 22,
    "you multiplied all sizes: only neighbouring layers are joined": 16,
    "you counted units, not connections": 9})
check.equal(count_parameters, [4, 4, 1], bias=False, expect=20, mistakes={
    "you ignored bias=False: then no unit has one": 25})
check.equal(count_parameters, [2, 3, 4, 1], expect=30, mistakes={
    "you counted the first two layers of weights only: there may be more than one hidden layer": 25})
check.equal(count_parameters, [8, 1], expect=9)
check.equal(count_parameters, [4_000_000_000, 4_000_000_000], bias=False, expect=16 * 10**18, mistakes={
    "NumPy's integers end at 2^63 and yours wrapped round: Python's own have no end": 16 * 10**18 - 2**64})

# %% test="count-parameters" points=1 hidden=true covers="30 random networks of up to six layers, with and without biases, as PyTorch builds them; counts beyond 2^63"
import torch

rng = check.rng("count-parameters")
cases = [(rng.integers(1, 40, 2 + i % 5).tolist(), bool(i % 2)) for i in range(30)]


def parameters_in_torch(sizes, bias):
    layers = [torch.nn.Linear(a, b, bias=bias, device="meta") for a, b in pairwise(sizes)]
    return sum(p.numel() for layer in layers for p in layer.parameters())


check.equal_many(count_parameters, cases, expect=parameters_in_torch)
check.equal(count_parameters, [10**10, 10**10, 1], expect=10**20 + 2 * 10**10 + 1, law="the count is exact however large")

# %% demo="costs"
rows = {"4-4-1": [4, 4, 1], "two switches, 2-2-1": [2, 2, 1], "photograph, as many units": [480_000, 480_000],
        "photograph, 1000 units": [480_000, 1000]}
for name, sizes in rows.items():
    print(f"{name:26} {count_parameters(sizes):>15,} parameters, {count_parameters(sizes, bias=False):>15,} of them weights")

# %% [markdown]
# Many lecture slides count a 4-4-1 network as $4 \cdot 4 + 4 + 1 = 21$. Three numbers for one network, then: **25** with
# a bias for every unit, **20** without any, and **21** with the bias of the output alone. The slide leaves out the four
# biases of the hidden layer. That is no matter of taste. For an input of zeros, a hidden unit without a bias has
# $z = 0$ whatever its weights are, so all four of them say $f(0)$, and no training can make them say anything else
# there. In a plane, every hidden unit's line would have to pass through the point (0, 0). The line of AND does not.
#
# The photograph needs about **230 billion** weights for one layer, at four bytes each more than 900 gigabytes. A layer
# of 1000 units needs about **480 million**. Lesson 06 begins with the remedy.
#
# **Law.** Weights are counted between layers, as products; biases are counted in layers, as sums. So it is wide layers
# next to each other that cost.

# %% [markdown]
# ## The lamp
#
# One line cannot separate the corners of XOR. But look at what two hidden units can do for a third neuron. It does not
# see the switches. It sees the hidden units' outputs, and in those the four corners may lie elsewhere.
#
# Relu units are handy for this. Both switches have the same rights, so begin with their sum $s = x_1 + x_2$, which is
# 0, 1 or 2. The lamp should be off, on, off: 0, 1, 0. A weighted sum of $s$ is a straight line and never comes down
# again. A sum of two relu units has a bend wherever one of them begins.
#
# $$y = v_1 \operatorname{relu}(s + c_1) + v_2 \operatorname{relu}(s + c_2)$$
#
# Draw the three points and find a line with a bend that goes through them. It is not the only way. You may treat the
# two switches differently as well.
#
# ### Nine numbers
#
# Real switches are not exact: off may come as -0.1, on as 1.1. An output of 0.5 is where on begins, so leave some room
# on both sides of it.

# %% exercise="xor-network" minutes=15 difficulty=2 read="The lamp" law="the lamp is on, above 0.5, when exactly one switch is on"
def xor_network() -> list[tuple[np.ndarray, np.ndarray]]:
    """Weights of a 2-2-1 network with relu hidden units that says whether exactly one of two switches is on.

    Takes nothing. Returns params as mlp_forward reads them: [(W1, b1), (W2, b2)] with the shapes (2, 2), (2,), (2, 1)
    and (1,), filled with numbers that you found by hand; whole numbers will do. For every x of two switches, off anywhere from -0.1 to 0.1, on
    from 0.9 to 1.1, the output mlp_forward(x, params, relu)[-1] is above 0.5 if exactly one is on, below 0.5 if not.
    """
    ### BEGIN SOLUTION
    hidden = np.array([[1.0, 1.0], [1.0, 1.0]]), np.array([0.0, -1.0])
    output = np.array([[1.0], [-2.0]]), np.array([0.0])
    return [hidden, output]
    ### END SOLUTION

# %% [markdown] hint="xor-network"
# - *I don't know where to start.* Let the first hidden unit be the sum of both switches. It says 0, 1, 1, 2 for the four
#   corners. Only the last number is wrong: by how much?
# - *How can the second unit change the last corner alone?* It has to be 0 in the other three. What is relu of a sum that
#   is positive only when both are on?
# - *It works on paper, and the test says all outputs are wrong.* A unit's weights are a column of `W1`. Print
#   `mlp_forward(corners, xor_network(), relu)` for the four corners.
# - *The corners are right, and a switch of 0.9 is not.* Print the output at that point and at the corner next to it. If
#   the corner itself lies near 0.5, let the output's weights move it to 1 or 0. If it does not, your line is too steep
#   between the two: give it a longer way, by moving a bend.

# %% test="xor-network" points=2
corners = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])


def lamp(params, x):
    """Output of a 2-2-1 network with relu."""
    (W1, b1), (W2, b2) = params
    hidden = np.maximum(x @ W1 + b1, 0)
    return (hidden @ W2 + b2)[:, 0]


def shapes_and_numbers(answer):
    import numpy as np

    params = [(np.array(W, dtype=float), np.array(b, dtype=float)) for W, b in answer()]
    return {"shapes": [(W.shape, b.shape) for W, b in params], "params": params}


seen = check.observe(shapes_and_numbers, xor_network)
check.equal(seen["shapes"], expect=[((2, 2), (2,)), ((2, 1), (1,))], law="two hidden units and one output: nine numbers",
            about="the shapes of W and b in each layer", mistakes={
    "W2 is a matrix, too: (2, 1), two inputs and one unit": [((2, 2), (2,)), ((2,), (1,))],
    "W2 and b2 are arrays, (2, 1) and (1,)": [((2, 2), (2,)), ((2,), ())],
    "b2 is an array of one number, shape (1,)": [((2, 2), (2,)), ((2, 1), ())],
    "W2 is (inputs, units), (2, 1): yours is transposed": [((2, 2), (2,)), ((1, 2), (1,))],
    "one layer cannot do it, whatever its numbers: put two hidden units in front": [((2, 1), (1,))],
    "two hidden units are enough, and asked for": [((2, 3), (3,)), ((3, 1), (1,))]})
out = lamp(seen["params"], corners)
law = "above 0.5 when exactly one switch is on"
on = [bool(value) for value in out > 0.5]
about = f"the corners (0, 0), (0, 1), (1, 0), (1, 1) give {', '.join(f'{value:.4g}' for value in out)}: is the lamp on?"
steps = np.allclose(out, [0.0, 0.5, 0.5, 1.0])
check.that(not steps, "with a step these weights would do, but relu passes numbers on: for (1, 1) the hidden units say 1.5 and 0.5. "
           "A relu bends where its sum is 0: put the bends where the line that you drew has them", law=law, got=out)
check.that(not np.allclose(out, [-0.5, 0.5, 0.5, -0.5]), "your output changes its mind at 0: the lamp is on above 0.5, so mend b2",
           law=law, got=out)
check.equal(on, expect=[False, True, True, False], law=law, about=about, mistakes={
    "your lamp is on when both switches are: that is OR": [False, True, True, True],
    "your lamp needs both switches: that is AND": [False, False, False, True],
    "your lamp is on except when both switches are: that is NAND": [True, True, True, False],
    "your lamp is on when both switches are alike, and should be when they differ": [True, False, False, True],
    "your lamp follows the first switch alone": [False, False, True, True],
    "your lamp follows the second switch alone": [False, True, False, True],
    "your lamp knows one of the two ways to differ: (0, 1) is missing": [False, False, True, False],
    "your lamp knows one of the two ways to differ: (1, 0) is missing": [False, True, False, False],
    "your lamp never goes on: print what the hidden units say, a relu may be 0 everywhere": [False, False, False, False],
    "your lamp never goes off": [True, True, True, True]})
rough = np.array([[0.1, 0.1], [1.1, 1.1], [0.9, 0.9], [0.9, 0.1], [0.1, 0.9], [0.9, -0.1], [-0.1, 1.1]])
wanted = [False, False, False, True, True, True, True]
for x, value, ok in zip(rough, lamp(seen["params"], rough), wanted, strict=True):
    at = lamp(seen["params"], x.round()[None])[0]
    place, corner = f"({x[0]:g}, {x[1]:g})", f"({abs(x[0].round()):g}, {abs(x[1].round()):g})"
    here = f"exact switches work, and rough ones do not: your output is {at:.3g} at {corner} and {value:.3g} at {place}"
    wrong = (value > 0.5) != ok
    check.that(not (wrong and abs(at - 0.5) < 0.25), f"{here}, so it lies too near 0.5 at the corner", law=law)
    check.that(not wrong, f"{here}, so it is too steep between the two: move a bend, to give the line a longer way", law=law)

# %% test="xor-network" points=1 hidden=true covers="2000 rough pairs of switches; two calls give the same numbers, in arrays of their own"
def second_call(answer):
    import numpy as np

    first = answer()
    kept = [(np.array(W, dtype=float), np.array(b, dtype=float)) for W, b in first]
    return [kept, [(np.array(W, dtype=float), np.array(b, dtype=float)) for W, b in answer()]]


rng = check.rng("xor-network")
first, second = check.observe(second_call, xor_network)
layers = [(W.shape, b.shape) for W, b in first]
check.equal(layers, expect=[((2, 2), (2,)), ((2, 1), (1,))], about="the shapes of W and b in each layer")
check.equal(second, expect=first, about="the second call", law="a second call gives the same numbers")
states = rng.integers(0, 2, (2000, 2))
rough = states + rng.uniform(-0.1, 0.1, states.shape)
(W1, b1), (W2, b2) = first
lamps = (np.clip(rough @ W1 + b1, 0, None) @ W2 + b2)[:, 0] > 0.5
bad = rough[lamps != (states.sum(axis=1) == 1)]
check.that(len(bad) == 0, "exact switches may work, but rough ones are taken for the wrong thing: the output lies too near "
           "0.5 at a corner, or is too steep beside it", got=bad[:3])

# %% [markdown]
# Here are the four corners twice: in the plane of the switches, where no line separates them, and as your hidden
# units report them, where the last neuron draws its line. Filled corners want 1, and shaded is where the lamp is on.

# %% demo="two-planes"
corners = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
params = xor_network()
grid = np.linspace(-0.6, 1.6, 221)
plane = np.stack(np.meshgrid(grid, grid), axis=-1).reshape(-1, 2)
on = mlp_forward(plane, params, relu)[-1].reshape(221, 221)
hidden, out = mlp_forward(corners, params, relu)
names = ["0, 0", "0, 1", "1, 0", "1, 1"]
theme = plots.current()

fig, (left, right) = plots.figure(8.8, 4.0, 1, 2)
left.contourf(grid, grid, on, levels=[0.5, 1e9], colors=[theme.mark])
left.contour(grid, grid, on, levels=[0.5], colors="C1", linewidths=3)
margin = max(0.7, 0.35 * np.ptp(hidden))
low, high = hidden.min() - margin, hidden.max() + margin
span = np.linspace(low, high, 221)
seen = (np.stack(np.meshgrid(span, span), axis=-1) @ params[1][0] + params[1][1])[..., 0]
right.contourf(span, span, seen, levels=[0.5, 1e9], colors=[theme.mark])
right.contour(span, span, seen, levels=[0.5], colors="C1", linewidths=3)
places = {tuple(place): [] for place in hidden.round(3).tolist()}
for name, place in zip(names, hidden.round(3).tolist(), strict=True):
    places[tuple(place)].append(name)
for ax, points in ((left, {tuple(corner): [name] for corner, name in zip(corners.tolist(), names)}), (right, places)):
    for (a, b), labels in points.items():
        on_wanted = labels[0] in ("0, 1", "1, 0")
        ax.plot(a, b, "o", markersize=11, markerfacecolor=theme.ink if on_wanted else theme.surface, color=theme.ink)
        below = {"va": "top", "xytext": (0, -8)} if on_wanted else {"va": "bottom", "xytext": (0, 8)}
        ax.annotate("\n".join(labels), (a, b), textcoords="offset points", ha="center", **below)
    ax.set_aspect("equal")
    ax.grid(visible=False)
left.set(title="what the switches say", xlabel="x1", ylabel="x2", xticks=[0, 1], yticks=[0, 1])
right.set(title="what the hidden units say", xlabel="hidden unit 1", ylabel="hidden unit 2", xlim=(low, high), ylim=(low, high))
plots.show(fig, alt=(
    "Two planes with the four corners of XOR; filled corners want 1, and the lamp is on in the shaded part. In the plane of "
    "the switches the shaded part is no half-plane: its edge has more than one piece. In the plane of the two hidden "
    f"units the corners lie at {'; '.join(f'({a:g}, {b:g}) for ' + ' and '.join(n) for (a, b), n in places.items())}, and "
    "the edge of the shaded part is one straight line."))
print("outputs at the four corners:", out[:, 0].round(2) + 0.0)

# %% [markdown]
# **Law.** Hidden units move the examples to where one line is enough.
#
# ### The seventh floor again
#
# The neuron of the house prices had one weight for storeys and needed two, one for buildings with a lift and one for
# those without. It needs a feature that says *storey, if there is a lift*. No column holds it, but a hidden unit can
# make it. Floors go from 0 to 7, so take
#
# $$h = \operatorname{relu}(\text{floor} + 7 \cdot \text{lift} - 7) .$$
#
# With a lift this is the floor. Without one, the sum is at most 0, and $h$ is 0: an AND of a switch and a number. Now
# let the last layer, a linear regression, have $h$ as a ninth feature.

# %% demo="with-a-hidden-unit"
unit = relu(floor + 7 * lift - 7)
wider = np.column_stack([features, (unit - unit.mean()) / unit.std()])
w, b = np.zeros(9), 0.0
for _ in range(1000):
    loss, dw, db = mse_and_gradient(wider, prices, w, b)
    w, b = w - 0.1 * dw, b - 0.1 * db
storey, extra = w[6] / spread[6], w[8] / unit.std()
print(f"one storey more, no lift: {storey:+.1f} thousand euros")
print(f"one storey more, lift:    {storey + extra:+.1f} thousand euros")
print(f"loss / best loss of one neuron: {loss / best:.4f}")
draw_residuals(prices - wider @ w - b, "One neuron behind one hidden unit")

# %% [markdown]
# ## The answer
#
# The lamp takes three neurons: two hidden ones, each of which draws a line of its own, and one that puts them together.
# That is a 2-2-1 network with **nine** parameters, and one neuron with its three cannot do it, as four inequalities
# have shown.
#
# The flat on the seventh floor has the same trouble, since what a storey is worth depends on the lift. One neuron says
# **-1.2** thousand euros for each storey, to everybody. With one hidden unit in front of it, it says **-6.0** without
# a lift and **+4.4** with one: seven storeys up add 31 in one house and take away 42 in the other. (The generator of
# this invented city works with +5, and with -7 above the first floor.) In the second picture the bars overlap on every
# floor. On floors 6 and 7 the gap between lift and no lift has come down from 48 ± 14 thousand euros to **14 ± 14**,
# which chance alone may well have made.
#
# The loss as a whole fell by less than one per cent, and that is worth knowing: most of these homes are on the ground
# floor, and chance alone moves a price by more. Other bends matter more here: a square metre is dearer near the
# centre, and both very old and very new homes are dear. You could build hidden units for those by hand, too, if
# somebody told you about them. Nobody will. So the next lesson lets the gradient find them.

# %% [markdown]
# ## What breaks in practice
#
# - **Features in their own units.** You saw the curve that crawls at twice the best loss. If a loss falls fast and
#   then hardly moves, look at the scale of the columns first. And store the mean and deviation of the training
#   data: new data must be standardised with *those*.
# - **A rate that is a little too large.** It looks like success for the first steps. If the loss rises after falling,
#   divide the rate by three before you look for a bug.
# - **A sigmoid before a loss that has one inside.** Libraries' cross-entropies take logits. Give them probabilities and
#   nothing crashes: the network learns slowly, since softmax sees only differences, and probabilities differ by 1 at
#   most.
# - **A loss that is nan.** Somewhere an exponential overflowed or a logarithm got 0. Libraries have joint functions, with
#   names such as `logsumexp`, `log_softmax` and `binary_cross_entropy_with_logits`: use those, as you have done here.
# - **An activation on the last layer.** A relu there cannot say a negative number, and when all its sums are below 0, it
#   has no slope and never recovers. Prices happen to be positive, so nobody notices for a while.
# - **(n,) against (n, 1).** If a network puts out (n, 1) and the targets are (n,), their difference broadcasts to
#   (n, n). No error comes, the loss is a number, and the network learns to guess the mean.

# %% [markdown]
# ## Challenge
#
# *Not graded.* A hall has three switches, and turning any one of them changes the lamp: it is on when an odd number of
# switches is on. Find the weights of a relu network for it, by hand. How few hidden units do you need? (The sum of the
# switches is 0, 1, 2 or 3, and the lamp is off, on, off, on: draw it and count the bends. To compare: three hidden
# units and 16 parameters are enough, and with two no weights do it.) The judge uses your own functions, and the
# weights below are wrong for one of the eight states.

# %% demo="challenge"
my_lamp = [(np.ones((3, 2)), np.array([0.0, -1.0])), (np.array([[1.0], [-2.0]]), np.array([0.0]))]

switches = np.array([[a, b, c] for a in (0.0, 1.0) for b in (0.0, 1.0) for c in (0.0, 1.0)])
said = mlp_forward(switches, my_lamp, relu)[-1][:, 0] > 0.5
odd = switches.sum(axis=1) % 2 == 1
print(f"right for {(said == odd).sum()} of 8 states, with {count_parameters([3, my_lamp[0][0].shape[1], 1])} parameters")

# %% [markdown]
# ## Sources
#
# - W. McCulloch, W. Pitts, *A logical calculus of the ideas immanent in nervous activity*, 1943: neurons as gates.
# - F. Rosenblatt, *The perceptron: a probabilistic model for information storage and organization in the brain*, 1958.
# - M. Minsky, S. Papert, *Perceptrons*, 1969: what one layer cannot do, XOR among it.
# - X. Glorot, A. Bordes, Y. Bengio, *Deep sparse rectifier neural networks*, 2011: relu in deep networks.
# - A. Maas, A. Hannun, A. Ng, *Rectifier nonlinearities improve neural network acoustic models*, 2013: leaky relu.
# - I. Goodfellow, Y. Bengio, A. Courville, *Deep learning*, 2016, section 6.1: XOR with two relu units; section 4.1:
#   overflow and underflow, with softmax as the example.
# - P. Blanchard, D. Higham, N. Higham, *Accurately computing the log-sum-exp and softmax functions*, 2021.
