# %% [markdown] lesson="Generalisation and how to get it" part="Part I. Networks that learn" hours=3 needs="00_start_here 02_backprop 03_pytorch 04_optimizers"
# # Generalisation and how to get it
#
# A network of 50 550 weights is shown 100 handwritten digits, and learns them all: its training accuracy is 100 %. It
# has five hundred weights for every digit, so that is no feat. Of the digits it has never seen it misreads one in
# ten. **Six remedies are sold against this: more data, moved copies of the data, weight decay, dropout, early
# stopping, a smaller network. Which of them pay, how much, and what does it depend on?** At the end of this lesson
# one table, filled by functions of yours, answers for each of the six.
#
# **You will be able to**
#
# - split data so that the number you report is one you can believe, and say what makes it too high;
# - tell overfitting from underfitting by two errors, and know which of them more data will cure;
# - write each remedy yourself, from ridge regression and L1 to dropout, early stopping and augmentation;
# - say when weight decay and an L2 penalty are the same thing, and why under Adam they are not.
#
# **Where it stands.** Lessons 02 to 04 brought the training loss down. This lesson asks what that was good for. Its
# remedies come back in every lesson after it: the convolutions of Part II are, seen from here, one more of them.
#
# **Time.** About three hours: ten exercises, six predictions, and at the end one question to answer in words, which
# a person marks. A good place for a break is before "Large weights".

# %% setup=true
from collections.abc import Callable, Sequence

import numpy as np
import torch

from forwardpass import NotAttempted, check, data, plots, widgets
from forwardpass.widgets.fit_explorer import training, validation, wave

# %% [markdown]
# ## What you may look at
#
# | symbol | code | meaning |
# | :---: | --- | --- |
# | $n$, $d$ | | examples (rows) and features (columns) |
# | $X$, $y$ | `X`, `y` | inputs (n, d) and targets (n,) |
# | $w$, $b$ | `w`, `b` | weights (d,) and bias, one number |
# | $\theta$, $\eta$ | `theta`, `lr` | any weights, and the learning rate |
# | $\lambda$ | `lam` | strength of a penalty, in ridge and in L1 |
# | $\lambda$ | `decay` | under "A share at every step": the share of a weight that is lost at each step |
# | $\alpha$ | | there: strength of a penalty, since λ is taken |
# | $p$ | `p` | probability that dropout *drops* a unit |
#
# A network is fitted to its **training** examples, so its error there says how well it fits, and nothing about the
# next example. To learn that, keep some examples out. And keep them out in two parts, because there are two things to
# find out: the **validation** part decides (which degree, which penalty, when to stop), and the **test** part
# reports, once, at the end.
#
# Why not decide and report with the same part? Try it on networks whose accuracy we know. There are ten classes, and
# each of 200 networks does nothing but guess, so on new examples each will have an accuracy of 10 %. All 200 are
# measured on the same 100 validation examples, and the best one is kept.
#
# ### The best of two hundred guessers
#
# Which validation accuracy, in percent, will the winner show? Choose the nearest.

# %% predict="best-guesser" minutes=2 choices="10 | 12 | 19 | 50" law="the best of many scores is high partly by luck, and luck does not repeat"
### BEGIN SOLUTION
winner_percent = 19
### END SOLUTION

# %% test="best-guesser" points=1 hidden=true covers="your prediction"
check.equal(winner_percent, expect=19, mistakes={
    "you gave the accuracy that the winner will have on new examples: the winner was chosen for a lucky draw": 10,
    "you gave what a single guesser may show: one is off by 3 points, but the luckiest of 200 by three times that": 12,
    "you gave too much: with 100 examples one guesser is off by about 3 points, and the luckiest of 200 by about 9": 50})

# %%
rng = np.random.default_rng(0)
scores = rng.binomial(100, 0.1, size=(2000, 200))  # 2000 repetitions of the contest, each with 200 guessers
print(f"validation accuracy of the winner, on average: {scores.max(axis=1).mean():.1f} %")
print(f"a winner that shows 15 % or more comes in {(scores.max(axis=1) >= 15).mean():.0%} of the contests")

# %% [markdown]
# It shows **19 %**. On a test part of 100 it will show 10 %, give or take 3. Nobody cheated: the maximum of many noisy
# numbers is too high by itself. Every look at the validation part, at every setting you try, is one more ticket in this lottery.
# That is what the test part is for: it was in no draw.
#
# **Law.** Training data fit, validation data choose, test data report, once. A number that has helped to choose can't
# report any more.
#
# ### Three parts
#
# Ten examples in shares of 0.6, 0.2 and 0.2, by hand. Shuffle the numbers 0 to 9 once, say to 4 7 0 2 9 3 8 1 6 5.
# Cut off six, then two, then two: (4, 7, 0, 2, 9, 3), (8, 1), (6, 5). With eleven examples the shares would be 6.6,
# 2.2 and 2.2, so somebody has to round. How is up to you, as long as no example is lost and none is used twice.
#
# The shuffling matters. Files are often sorted, by class or by date, and the first 60 % of a sorted file hold other
# classes than the rest. `rng.permutation(n)` gives the numbers 0 to n - 1 in random order.

# %% exercise="train-val-test-split" minutes=10 difficulty=2 law="every example is in exactly one of the three parts, and chance alone decides in which"
def train_val_test_split(
    n: int, fractions: Sequence[float], rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Indices of the training, validation and test examples.

    n: number of examples, at least 1. fractions: the three parts' shares, in this order.
    Returns three arrays of whole numbers, in any order, in which every index from 0 to n - 1 comes exactly once. The
    rounding is up to you, but each part holds fewer than 2 examples more or less than n times its share, and may be empty.
    Which examples a part gets is left to chance, every choice equally likely, and all chance comes from rng: a generator
    with the same seed gives the same parts.

    Raises ValueError if a fraction is negative, or if the three do not add up to 1. A sum off by less than 1e-9 counts
    as rounding and is no error; one off by more than 1e-3 is an error; what lies between is up to you.
    """
    ### BEGIN SOLUTION
    if min(fractions) < 0 or abs(sum(fractions) - 1) > 1e-9:
        raise ValueError(f"three shares of 0 or more that add up to 1 are needed, got {fractions}")
    order = rng.permutation(n)
    first = round(n * fractions[0])
    second = round(n * (fractions[0] + fractions[1]))
    return order[:first], order[first:second], order[second:]
    ### END SOLUTION

# %% [markdown] hint="train-val-test-split"
# - *I don't know where to start.* Draw one order of all the examples. Then two cuts make three pieces of it.
# - *An index comes twice, or is missing.* Two pieces that meet must share their border: where one slice ends, the
#   next begins. Three separate draws know nothing of each other.
# - *The sizes do not add up to n.* Three numbers rounded one by one need not add up. Round two of them, and let the
#   third part have what is left: a slice without an end takes it all.
# - *It refuses (0.7, 0.2, 0.1).* Add them up in Python and look. Ask how far the sum is from 1.

# %% test="train-val-test-split" points=2
def split_of(answer, n, fractions, seeds):
    """The three parts as lists, for each seed."""
    import numpy as np

    return [[np.ravel(part).tolist() for part in answer(n, fractions, np.random.default_rng(seed))] for seed in seeds]


def moves_the_global_generator(answer):
    import numpy as np

    before = np.random.get_state()
    answer(12, (0.5, 0.25, 0.25), np.random.default_rng(0))
    after = np.random.get_state()
    return before[2] != after[2] or bool((before[1] != after[1]).any())


def indices_for_seven_tenths(answer):
    import numpy as np

    try:
        return sorted(i for part in answer(10, (0.7, 0.2, 0.1), np.random.default_rng(0)) for i in part)
    except ValueError:
        return "ValueError"


def verdict_on_split(parts, n, fractions):
    """The first thing wrong with one split, or nothing."""
    drawn = [i for part in parts for i in part]
    sizes = [len(part) for part in parts]
    if len(parts) != 3:
        return f"you returned {len(parts)} parts: three are wanted, for training, validation and test"
    if not all(isinstance(i, int) for i in drawn):
        return "your indices are floats: an index is a whole number"
    if len(set(drawn)) < len(drawn):
        return "an index is in two parts, or twice in one: draw one order of all the examples and cut it"
    if not set(drawn) <= set(range(n)):
        return f"your indices do not lie in 0 to n - 1: for n = {n} they run from {min(drawn)} to {max(drawn)}"
    if len(drawn) < n:
        return f"the sizes {sizes} do not add up to {n}: round two of them and give the third part what is left"
    if any(abs(size - n * share) >= 2 for size, share in zip(sizes, fractions)):
        return f"the sizes {sizes} are not those asked for: the shares of {n} are {[round(n * f, 2) for f in fractions]}"
    return ""


for n, fractions in [(10, (0.6, 0.2, 0.2)), (11, (0.6, 0.2, 0.2)), (12, (0.6, 0.2, 0.2))]:
    [parts] = check.observe(split_of, train_val_test_split, n, fractions, [0])
    problem = verdict_on_split(parts, n, fractions)
    check.that(not problem, problem, got=parts)
check.that(not check.observe(moves_the_global_generator, train_val_test_split),
           "you drew from the global np.random: draw from the generator that you are handed, rng")
splits = check.observe(split_of, train_val_test_split, 12, (0.5, 0.25, 0.25), [*range(20), 0])
chosen = {frozenset(train) for train, _, _ in splits}
in_order = "you kept the order of the file, so the first examples always train: shuffle before you cut"
check.that(chosen != {frozenset(range(6))}, in_order, got=splits[0])
handed = "draw from the generator that you are handed, rng"
check.that(splits[0] == splits[-1], f"the same seed gave two different splits: {handed}")
check.that(len(chosen) > 10, f"another seed gives the same split: {handed}", got=splits[0])
law = "0.7 + 0.2 + 0.1 is 0.9999999999999999 to a computer, and it still means 1"
check.equal(check.observe(indices_for_seven_tenths, train_val_test_split), expect=list(range(10)), law=law, mistakes={
    "you compare the sum with 1 to the last digit: ask whether it is nearer to 1 than 1e-9": "ValueError"},
    about="all the indices, sorted, for n = 10 and the shares (0.7, 0.2, 0.1)")
wrong_shares = [(10, (0.6, 0.2, 0.1), np.random.default_rng(0)), (10, (0.6, 0.6, -0.2), np.random.default_rng(0))]
check.raises_many(ValueError, train_val_test_split, wrong_shares, law="three shares of 0 or more add up to 1")

# %% test="train-val-test-split" points=1 hidden=true covers="40 random sizes and shares, one example, empty parts; that each index lands in each part as often as its share says"
def splits_of(answer, cases):
    import numpy as np

    return [[np.ravel(part).tolist() for part in answer(n, shares, np.random.default_rng(i))]
            for i, (n, shares) in enumerate(cases)]


def what_is_wrong(parts, n, shares):
    drawn = sorted(i for part in parts for i in part)
    if len(parts) != 3 or drawn != list(range(n)):
        return f"for n = {n} and shares {shares} not every index comes exactly once"
    if any(abs(len(part) - n * share) >= 2 for part, share in zip(parts, shares)):
        return f"for n = {n} and shares {shares} the sizes are {[len(part) for part in parts]}"
    return ""


rng = check.rng("train-val-test-split")
cases = [(1, (1.0, 0.0, 0.0)), (5, (0.0, 0.0, 1.0)), (2, (0.5, 0.25, 0.25)), (100, (0.29, 0.42, 0.29))]
for _ in range(36):
    parts = rng.dirichlet([1, 1, 1])
    cases.append((int(rng.integers(1, 200)), tuple((parts / parts.sum()).tolist())))
for (n, shares), parts in zip(cases, check.observe(splits_of, train_val_test_split, cases)):
    problem = what_is_wrong(parts, n, shares)
    check.that(not problem, problem)
many = check.observe(splits_of, train_val_test_split, [(8, (0.5, 0.25, 0.25))] * 400)
often = np.array([[sum(i in split[part] for split in many) for i in range(8)] for part in range(3)]) / 400
check.that(bool((abs(often - [[0.5], [0.25], [0.25]]) < 0.15).all()),
           "some indices land in one part more often than others: shuffle all the indices together")
check.raises_many(ValueError, train_val_test_split, [
    (10, shares, np.random.default_rng(0)) for shares in [(0.5, 0.5, 0.5), (0.8, 0.1, 0.0), (1.2, -0.1, -0.1), (0.6, 0.3, 0.11)]])

# %% [markdown]
# Shuffling is right when the examples are independent. Where they come in groups (ten scans of one patient, a hundred
# digits of one writer, frames of one film), whole groups have to go to one part, or the test part holds near copies
# of what was learnt. And where you will predict the future, the test part is the end of the record, not a random
# tenth.

# %% [markdown]
# ## Too stiff, too supple
#
# The smallest model that can overfit is a polynomial. Fifteen points lie on one period of a sine, each moved up or
# down by noise with standard deviation 0.3. We fit $\hat y = b + w_1 x + w_2 x^2 + \dots + w_k x^k$, where
# $k$ is the *degree*. It is a linear model: only its features, the powers of $x$, are curved.
#
# ### The powers of x
#
# By hand, for $x = 2$ and $3$ and degree 3: the rows $(2, 4, 8)$ and $(3, 9, 27)$. There is no column of ones in it,
# because the bias is kept apart: in a moment it will be treated differently.

# %% exercise="polynomial-features" minutes=5 difficulty=1 law="column j holds x to the power j + 1, and no column holds the constant 1"
def polynomial_features(x: np.ndarray, degree: int) -> np.ndarray:
    """The powers of x from 1 to degree, as columns.

    x: (n,) floats or whole numbers; degree: at least 1. Returns (n, degree) float64, where column j is x**(j + 1).
    Powers beyond the range of whole numbers, such as 10 to the 30th, come out right as floats.
    """
    ### BEGIN SOLUTION
    return x[:, None].astype(np.float64) ** np.arange(1, degree + 1)
    ### END SOLUTION

# %% [markdown] hint="polynomial-features"
# - *I don't know where to start.* A column of shape (n, 1) and a row of shape (degree,) broadcast to (n, degree).
#   What goes into the row, and which operation joins the two?
# - *I have one column too many, or the last power is missing.* `np.arange(1, 4)` holds 1, 2, 3.
# - *My numbers are whole, or huge powers come out negative.* An int64 ends near $9 \cdot 10^{18}$ and then wraps
#   round. Turn x into floats before you raise it.

# %% test="polynomial-features" points=1
check.equal(polynomial_features, np.array([2.0, 3.0]), 3, expect=np.array([[2.0, 4.0, 8.0], [3.0, 9.0, 27.0]]), mistakes={
    "you put a column of ones in: the bias is kept apart": np.array([[1.0, 2.0, 4.0, 8.0], [1.0, 3.0, 9.0, 27.0]]),
    "you start with power 0 and stop too early: the powers run from 1 to degree":
        np.array([[1.0, 2.0, 4.0], [1.0, 3.0, 9.0]]),
    "you stopped one power early: the power `degree` is wanted too": np.array([[2.0, 4.0], [3.0, 9.0]]),
    "your powers fall from left to right: they rise, from 1 to degree": np.array([[8.0, 4.0, 2.0], [27.0, 9.0, 3.0]]),
    "your answer is transposed: each example is a row": np.array([[2.0, 3.0], [4.0, 9.0], [8.0, 27.0]]),
    "you multiplied by the power: raise to it": np.array([[2.0, 4.0, 6.0], [3.0, 6.0, 9.0]])})
check.equal(polynomial_features, np.array([2, 3]), 3, expect=np.array([[2.0, 4.0, 8.0], [3.0, 9.0, 27.0]]), mistakes={
    "your answer holds whole numbers, as x does: make floats of x first, or large powers wrap round":
        np.array([[2, 4, 8], [3, 9, 27]])})
right = np.array([[float("1" + k * "0") for k in range(1, 21)]])
wrapped = np.append(right[:, :18], [[-8446744073709551616.0, 7766279631452241920.0]], axis=1)
check.equal(polynomial_features, np.array([10]), 20, expect=right, mistakes={
    "you made floats too late: the whole numbers had wrapped round before": wrapped})

# %% test="polynomial-features" points=1 hidden=true covers="degree 1, one example, negative x, whole numbers with huge powers, 20 random inputs"
rng = check.rng("polynomial-features")
cases = [(np.array([10, -7]), 30), (np.array([5.0]), 1), (np.array([0.0, -1.0, 1.0]), 4)]
for _ in range(20):
    x = rng.uniform(-2, 2, int(rng.integers(1, 8)))
    cases.append((x, int(rng.integers(1, 16))))


def powers(x, degree):
    table = np.empty((len(x), degree))
    for i, value in enumerate(x.tolist()):
        for j in range(degree):
            table[i, j] = float(value) * (table[i, j - 1] if j else 1.0)
    return table


def converted_too_late(x, degree):
    with np.errstate(all="ignore"):
        return (x[:, None] ** np.arange(1, degree + 1)).astype(float)


check.equal_many(polynomial_features, cases, expect=powers, mistakes={
    "you made floats too late: the whole numbers had wrapped round before": converted_too_late})

# %% [markdown]
# ### A rein on the weights
#
# Least squares chooses $w$ and $b$ that make the sum of squared errors least. **Ridge regression** adds a price on
# large weights:
#
# $$J(w, b) = \sum_{i=1}^{n} (y_i - x_i \cdot w - b)^2 + \lambda \sum_{j=1}^{d} w_j^2 .$$
#
# $x_i$ is row $i$ of $X$ and $\lambda \ge 0$ is the price. Mind two things. The errors are *summed*, not averaged, so
# that the same $\lambda$ weighs less and less as examples come in. (Libraries differ here: with a mean in front,
# $\lambda$ means something else. Read before you compare.) And $b$ has no price. A price on it would pull every
# prediction towards 0, and 0 has no special meaning: homes do not cost nothing on average, and zero degrees mean one
# thing in Celsius and another in Fahrenheit.
#
# How is it solved? Hold $w$ fixed. The slope of $J$ in $b$ is $-2 \sum_i (y_i - x_i \cdot w - b)$, which is zero where
# $b$ is the mean of all $y_i - x_i \cdot w$. So the best bias is $b = \bar y - \bar x \cdot w$, with $\bar y$ the mean
# target and $\bar x$ the mean row, of shape (d,). Put that in, and only centred data are left, $X_c = X - \bar x$ and
# $y_c = y - \bar y$. The gradient in $w$ is now $-2 X_c^\top (y_c - X_c w) + 2 \lambda w$. Set it to zero, halve it and
# sort: $d$ linear equations are left,
#
# $$(X_c^\top X_c + \lambda I)\, w = X_c^\top y_c .$$
#
# By hand, for one feature: $x = (0, 2)$, $y = (1, 5)$. Centred: $(-1, 1)$ and $(-2, 2)$. So $(2 + \lambda)\, w = 4$.
# Without a price, $w = 2$ and $b = 3 - 1 \cdot 2 = 1$, the line through both points. With $\lambda = 2$, $w = 1$ and
# $b = 3 - 1 \cdot 1 = 2$: half as steep, and still through the middle of the data.
#
# `np.linalg.solve(A, c)` solves $A w = c$, and `np.eye(d)` is $I$.

# %% exercise="fit-ridge" minutes=15 difficulty=3 law="the sum of squared errors plus λ times the sum of squared weights is least, and the bias costs nothing"
def fit_ridge(X: np.ndarray, y: np.ndarray, lam: float) -> tuple[np.ndarray, float]:
    """The weights and the bias that minimise J(w, b) above.

    X: (n, d) float64; y: (n,) float64; lam: the price λ, 0 or more. Where lam is 0, n is larger than d, and no column
    is a combination of the others and a constant, so that there is one solution; where lam is above 0, d may be
    larger than n. Returns (w, b): w (d,) float64, b a single number.
    """
    ### BEGIN SOLUTION
    x_mean, y_mean = X.mean(axis=0), y.mean()
    centred = X - x_mean
    w = np.linalg.solve(centred.T @ centred + lam * np.eye(X.shape[1]), centred.T @ (y - y_mean))
    return w, y_mean - x_mean @ w
    ### END SOLUTION

# %% [markdown] hint="fit-ridge"
# - *I don't know where to start.* Four steps: the means, the centred data, the equations for w, and b from the means
#   and w.
# - *My w is right and b is not.* b belongs to the data as they came, not to the centred ones. On the example above it
#   makes the line pass through the point of the two means.
# - *Both are a little too small.* Do you have a column of ones in X, with the price on its weight too?
# - *They are right for λ = 0 only.* Look at what stands in front of the identity matrix: λ alone, with no n and no
#   square. And is it added to the diagonal only?
# - *It raises "Singular matrix" or an error of shapes.* The matrix is (d, d), so it is $X_c^\top X_c$ in this order,
#   and λ times the identity is added to it before it is solved.

# %% test="fit-ridge" points=2
X, y = np.array([[1.0], [3.0], [5.0]]), np.array([2.0, 3.0, 10.0])
check.close(fit_ridge, X, y, 0.0, expect=([2.0], -1.0), mistakes={
    "your matrix is singular: it is X_cᵀ X_c, in this order, of shape (d, d), with λ on its diagonal":
        np.linalg.LinAlgError,
    "your shapes do not fit: the mean of X is taken down the rows, axis=0, and has shape (d,), the matrix X_cᵀ X_c, in "
    "this order, has (d, d), and X_cᵀ y_c has (d,)": ValueError,
    "you have no bias: without it the line must pass through the origin": ([61 / 35], 0.0),
    "your bias belongs to the centred data: take the mean of X times w away from the mean of y": ([2.0], 5.0),
    "you solved for w without centring X and y": ([61 / 35], 5 - 3 * 61 / 35),
    "you returned b before w": (-1.0, [2.0])})
check.close(fit_ridge, X, y, 8.0, expect=([1.0], 2.0), mistakes={
    "you put the price on the bias too: only the weights pay": ([536 / 392], 96 / 392),
    "you multiplied λ by n: in J the errors are summed, so λ stands alone": ([0.5], 3.5),
    "you divided λ by n: in J the errors are summed, so λ stands alone": ([1.5], 0.5),
    "you ignored λ: this is plain least squares": ([2.0], -1.0),
    "you halved λ: J has no factor 1/2": ([4 / 3], 1.0),
    "you squared λ: it is added to the diagonal as it is": ([16 / 72], 5 - 48 / 72),
    "your bias belongs to the centred data: take the mean of X times w away from the mean of y": ([1.0], 5.0),
    "you have no bias: without it the line must pass through the origin": ([61 / 43], 0.0),
    "you took the bias of plain least squares: the best b depends on the w that you found": ([1.0], -1.0),
    "you solved for w without centring X and y": ([61 / 43], 5 - 3 * 61 / 43)})
X, y = np.array([[0.0, 3.0], [2.0, 3.0], [0.0, 5.0], [2.0, 5.0]]), np.array([0.0, 4.0, 8.0, 12.0])
check.close(fit_ridge, X, y, 4.0, expect=([1.0, 2.0], -3.0), mistakes={
    "you added λ to every entry of the matrix: it belongs on the diagonal": ([0.0, 2.0], -2.0),
    "you took one mean of all of X: each column has a mean of its own, axis=0": ([35 / 26, 43 / 26], -51 / 26),
    "you took one mean of all of X, for b as well: each column has a mean of its own, axis=0": ([35 / 26, 43 / 26], -1.5),
    "your shapes do not fit: the mean of X has shape (d,), the matrix X_cᵀ X_c, in this order, has (d, d)": ValueError})

# %% test="fit-ridge" points=2 hidden=true covers="40 random problems, large means, λ from 0 to 100, more features than examples, against least squares with a row of zeros to reach for each weight"
# A price of λ on a weight is one more example: √λ times that weight should be 0. Agrees with scikit-learn's Ridge to 1e-9.
def least_squares(X, y, lam):
    d = X.shape[1]
    rows = np.vstack([np.column_stack([X, np.ones(len(X))]), np.column_stack([lam**0.5 * np.eye(d), np.zeros(d)])])
    solution = np.linalg.lstsq(rows, np.append(y, np.zeros(d)), rcond=None)[0]
    return solution[:d], float(solution[d])


rng = check.rng("fit-ridge")
cases = []
for i in range(40):
    lam = [0.0, 0.1, 1.0, 10.0, 100.0][i % 5]
    d = int(rng.integers(1, 7))
    n = int(rng.integers(d + 2, 20)) if lam == 0 else int(rng.integers(1, 12))
    cases.append((rng.normal(size=(n, d)) + 5 * rng.normal(size=d), rng.normal(size=n) + 20, lam))
check.equal_many(fit_ridge, cases, expect=least_squares, rtol=1e-6, atol=1e-6)

# %% [markdown]
# ### Three degrees
#
# Now the fifteen points; `training(15)` and `validation()`, imported in the first cell, return the x and y of the
# fifteen and of 200 others. There is no price, $\lambda = 0$. We fit degree 3 and then degree 9, and measure the mean
# squared error on both. With degree 3 the validation error is 0.1. That is near the variance of the noise, 0.09, and on
# average no model can do better on new points. What will degree 9 do? First, from degree 3 to degree 9, the
# **training** error `"falls"`, `"stays"` or `"rises"`.

# %% predict="degree-nine" minutes=1 choices="falls | stays | rises" law="a model that can do more fits the training points better, whatever that does between them"
### BEGIN SOLUTION
training_error = "falls"
### END SOLUTION

# %% test="degree-nine" points=1 hidden=true covers="your prediction"
check.equal(training_error, expect="falls", about="the training error of degree 9", mistakes={
    "degree 9 can do all that degree 3 can, since its extra weights may be 0, and it uses them to fit closer": "rises",
    "nine powers fit fifteen points closer than three do: some of the noise gets learnt": "stays"})

# %% [markdown]
# Second, the **validation** error of degree 3 is 0.1. How large is that of degree 9? Divide the second by the first and
# choose the nearest: 1, 3, 10 or 100 times as large.

# %% predict="degree-nine-validation" minutes=1 choices="1 | 3 | 10 | 100" law="what a model does between its points, the points do not say"
### BEGIN SOLUTION
times_as_large = 10
### END SOLUTION

# %% test="degree-nine-validation" points=1 hidden=true covers="your prediction"
check.equal(times_as_large, expect=10, about="the validation error of degree 9, in units of that of degree 3", mistakes={
    "you expected no harm: between the points, and most of all near the ends, degree 9 swings far out": 1,
    "you saw the direction but not the size: near the ends degree 9 swings far out": 3,
    "you expected too much harm: that comes with degree 13 and more, where nearly every point can be met exactly": 100})

# %% demo="two-degrees"
def mean_squared_error(w, b, x, y):
    return np.mean((polynomial_features(x, len(w)) @ w + b - y) ** 2)


x, y = training(15)
fig, axes = plots.figure(8.6, 3.6, 1, 2)
curve = np.linspace(-1, 1, 401)
for ax, degree in zip(axes, (3, 9), strict=True):
    w, b = fit_ridge(polynomial_features(x, degree), y, 0.0)
    errors = mean_squared_error(w, b, x, y), mean_squared_error(w, b, *validation())
    print(f"degree {degree}: training error {errors[0]:.2f}, validation error {errors[1]:.2f}, "
          f"largest weight {abs(w).max():.0f}")
    ax.plot(curve, np.sin(np.pi * curve), "--", color=plots.current().muted, label="without noise")
    fitted = polynomial_features(curve, degree) @ w + b
    ax.plot(curve, fitted, "-", color="C1", label="fitted")
    ax.plot(x, y, "o", color="C0", label="training")
    ax.set(title=f"degree {degree}", xlim=(-1.05, 1.05), ylim=(-3, 3), xlabel="x", ylabel="y" if degree == 3 else "")
axes[0].legend(loc="upper left", fontsize=9)
plots.show(fig, alt=(
    "Two panels with the same fifteen points along one period of a sine, the sine dashed, and the fitted curve. Left "
    f"degree 3, right degree 9, whose curve begins at {fitted[0]:.0f} at the left end, is at {fitted[200]:.1f} in the "
    f"middle and ends at {fitted[-1]:.1f}; the sine is 0 in all three places."))

# %% [markdown]
# Degree 9 comes nearer to the fifteen points, and its error on the others is **13 times** as large. Look at its
# largest weight as well: to swing like that it needs weights near a hundred that nearly cancel, where degree 3 gets
# by with 3. So a price on large weights should calm it. Set the degree to 9 and raise $\lambda$ step by step. At
# which $\lambda$ is the validation error least, and what happens when you go on? Then set $\lambda$ back to 0 and
# give it more training points instead.

# %% demo="fit-explorer"
widgets.polynomial_fit()

# %% [markdown]
# At degree 9 the validation error is 0.11 at $\lambda = 0.01$ and again at $\lambda = 0.1$, the least of those on offer
# (between the two, at 0.03, it would be 0.10). That is nearly what degree 3 reaches without any price: a supple model
# under a rein can be as good as a stiff one, and you need not know the degree. Go on to $\lambda = 100$, and the curve
# is nearly flat: the training error is 0.61, the validation error 0.56. And with 100 training points degree 9 needs no
# rein.
#
# A model **underfits** when it is too stiff for the data: both errors are high and lie near each other. It
# **overfits** when the training error is low and the validation error far above it. The degree and $\lambda$ move you
# between the two, and so do all the remedies to come. Which failure you have, two numbers tell you. The loss curve of
# the training part alone never does.
#
# **Law.** Training error high: the model is too weak, or badly trained. Training error low, validation error far
# above it: the model has learnt what was chance.

# %% [markdown]
# ## More data
#
# The same picture from another side: keep the model, and let the number of examples grow. The two errors against the
# number of examples are a **learning curve**.
#
# By hand, with the smallest model there is, one that answers the mean of the targets it was given. Training targets
# 1, 3, 8; validation targets 3, 7.
#
# | examples | the model says | training error | validation error |
# | :---: | :---: | --- | --- |
# | 1 | 1 | 0 | (4 + 36) / 2 = 20 |
# | 2 | 2 | (1 + 1) / 2 = 1 | (1 + 25) / 2 = 13 |
# | 3 | 4 | (9 + 1 + 16) / 3 = 8.67 | (1 + 9) / 2 = 5 |
#
# The training error is taken over the examples that the model was fitted to: one, then two, then three. It starts at
# zero, since one example is easily learnt by heart, and it *rises*. The validation error falls. Between them is the
# gap.
#
# ### The learning curve
#
# Any learner will do if it has the form of the stub's first argument: `fit(X, y)` learns and returns a function, and
# that function predicts.
#
# ```python
# def fit(X, y):
#     mean = y.mean()
#     return lambda X_new: np.full(len(X_new), mean)
# ```

# %% exercise="learning-curve" minutes=12 difficulty=2 law="training error on the examples fitted, validation error on all of the validation part, both as means of squares"
def learning_curve(
    fit: Callable, X: np.ndarray, y: np.ndarray, X_val: np.ndarray, y_val: np.ndarray, sizes: Sequence[int]
) -> tuple[np.ndarray, np.ndarray]:
    """Training and validation error against the number of training examples.

    fit: fit(X, y) returns a function that turns inputs (m, d) into predictions (m,). X: (n, d) and y: (n,), already
    shuffled. X_val: (m, d) and y_val: (m,). sizes: whole numbers from 1 to n, in any order.
    For each size s, fit to the first s rows and nothing else. Returns two arrays (len(sizes),) float64, in the order of
    sizes: the mean squared errors on those s rows, and those on all validation rows.
    """
    ### BEGIN SOLUTION
    train_errors, val_errors = [], []
    for s in sizes:
        predict = fit(X[:s], y[:s])
        train_errors.append(np.mean((predict(X[:s]) - y[:s]) ** 2))
        val_errors.append(np.mean((predict(X_val) - y_val) ** 2))
    return np.array(train_errors), np.array(val_errors)
    ### END SOLUTION

# %% [markdown] hint="learning-curve"
# - *I don't know where to start.* Write it for one size first: cut, fit, predict twice, and take two means of
#   squares. Then put a loop around it that collects them in two lists.
# - *What does fit return?* A function. Give it a name, and call it with inputs.
# - *My training error does not start at zero.* On which rows do you measure it? The model of size 1 has seen one.
# - *My validation errors are all the same.* Then all your models are the same. Which rows does `fit` get?
# - *My numbers are the roots of the right ones, or multiples of them.* A mean of squares: no root, and divided by as
#   many as there are.

# %% test="learning-curve" points=2
def curve_of_means(answer, X, y, X_val, y_val, sizes):
    """The learning curve of a model that answers the mean of its targets."""
    import numpy as np

    def fit(inputs, targets):
        mean = float(np.mean(targets))
        return lambda points: np.full(len(points), mean)

    both = answer(fit, X, y, X_val, y_val, sizes)
    if not hasattr(both, "__len__") or len(both) != 2:
        return {"form": f"{type(both).__name__}" + (f" of {len(both)}" if hasattr(both, "__len__") else "")}
    return {"training": np.array(both[0], dtype=float), "validation": np.array(both[1], dtype=float)}


X, y = np.arange(3.0)[:, None], np.array([1.0, 3.0, 8.0])
X_val, y_val = np.arange(2.0)[:, None], np.array([3.0, 7.0])
seen = check.observe(curve_of_means, learning_curve, X, y, X_val, y_val, [1, 2, 3])
check.that("form" not in seen, "two arrays are wanted, training errors and validation errors, and not a pair for each size",
           got=seen.get("form"))
one_short = "you cut one row too few: X[:s] holds s rows, since a slice ends before its second number"
swapped = "you returned the validation errors first: training errors come first"
check.close(seen["training"], expect=[0.0, 1.0, 26 / 3], about="the training errors of the example above", mistakes={
    swapped: [20.0, 13.0, 5.0], one_short: [np.nan, 0.0, 1.0], one_short + ", also in the fit": [np.nan, 2.0, 38 / 3],
    "you measured the training error on all the training rows: the model of size s is measured on its own s":
        [53 / 3, 38 / 3, 26 / 3],
    "you fitted once, to all the rows: each size gets a model of its own, fitted to its first rows": [9.0, 5.0, 26 / 3],
    "you fitted to all the rows and measured on all: both are for the first s rows": [26 / 3, 26 / 3, 26 / 3],
    "you took the root: the errors are means of squares": [0.0, 1.0, (26 / 3) ** 0.5],
    "you added up the squares and did not divide by their number": [0.0, 2.0, 26.0],
    "you fitted to the validation part: it is there to be predicted, never to be fitted": [16.0, 10.0, 29 / 3]})
check.close(seen["validation"], expect=[20.0, 13.0, 5.0], about="the validation errors of the example above", mistakes={
    "you cut the validation part to s rows: it stays whole, so that the errors can be compared": [4.0, 13.0, 5.0],
    "you fitted once, to all the rows: each size gets a model of its own, fitted to its first rows": [5.0, 5.0, 5.0],
    "you took the root: the errors are means of squares": [20**0.5, 13**0.5, 5**0.5],
    "you added up the squares and did not divide by their number": [40.0, 26.0, 10.0],
    "you divided the validation error by s: divide by the number of validation rows": [40.0, 13.0, 10 / 3]})
seen = check.observe(curve_of_means, learning_curve, X, y, X_val, y_val, [3, 1])
about = "the validation errors of the example above for sizes [3, 1]"
check.close(seen["validation"], expect=[5.0, 20.0], about=about, mistakes={
    "you sorted the sizes: the errors are wanted in the order of sizes": [20.0, 5.0]})

# %% test="learning-curve" points=1 hidden=true covers="sizes in any order, one size, 15 random problems with straight lines, against a loop over the examples"
def curve_of_lines(answer, problems):
    import numpy as np

    def fit(inputs, targets):
        rows = np.column_stack([inputs, np.ones(len(inputs))])
        weights = np.linalg.lstsq(rows, targets, rcond=None)[0]
        return lambda points: np.column_stack([points, np.ones(len(points))]) @ weights

    return [[np.array(part, dtype=float) for part in answer(fit, *problem)] for problem in problems]


def loop_over_examples(X, y, X_val, y_val, sizes):
    curves = [[], []]
    for s in sizes:
        rows = np.column_stack([X[:s], np.ones(s)])
        w = np.linalg.pinv(rows) @ y[:s]
        for curve, inputs, targets in zip(curves, (X[:s], X_val), (y[:s], y_val)):
            total = 0.0
            for row, target in zip(inputs, targets):
                total += (float(np.append(row, 1.0) @ w) - target) ** 2
            curve.append(total / len(targets))
    return curves


rng = check.rng("learning-curve")
problems = []
for i in range(15):
    n, d, m = int(rng.integers(6, 15)), int(rng.integers(1, 4)), int(rng.integers(1, 9))
    sizes = rng.permutation(np.arange(1, n + 1))[: 1 + i % 4].tolist()
    problems.append((rng.normal(size=(n, d)), rng.normal(size=n), rng.normal(size=(m, d)), rng.normal(size=m), sizes))
for problem, seen in zip(problems, check.observe(curve_of_lines, learning_curve, problems)):
    about = f"straight lines fitted to {problem[4]} examples"
    check.close(seen, expect=loop_over_examples(*problem), atol=1e-7, about=about)

# %% [markdown]
# ### Which gap closes
#
# Two models for the noisy sine, each fitted to 15 examples, and on new points nearly equally bad. Noise alone makes an
# error of 0.09.
#
# | | training error | validation error |
# | --- | :---: | :---: |
# | model A | 0.04 | 0.24 |
# | model B | 0.27 | 0.30 |
#
# Both get 200 examples instead. Say for each what its **validation** error does: `"falls below 0.15"` or
# `"stays above 0.15"`.

# %% predict="which-gap" minutes=2 choices="falls below 0.15 | stays above 0.15" law="more data closes the gap between the errors, and does nothing for a training error that is too high"
### BEGIN SOLUTION
validation_of_a = "falls below 0.15"
validation_of_b = "stays above 0.15"
### END SOLUTION

# %% test="which-gap" points=1 hidden=true covers="your two predictions"
check.equal(validation_of_a, expect="falls below 0.15", about="the validation error of A", mistakes={
    "you expect too little of data: A's trouble is its gap, and more examples close it": "stays above 0.15"})
check.equal(validation_of_b, expect="stays above 0.15", about="the validation error of B", mistakes={
    "you expect too much of data: B can't even fit its 15 examples, and 200 are no easier to fit": "falls below 0.15"})

# %% [markdown]
# Both models are polynomials, fitted by your three functions, and the titles give their degrees. Each point is a mean
# over 40 training parts.

# %% demo="learning-curves"
def polynomial(degree):
    """A learner for learning_curve: polynomials of this degree in the one column of X, without a price."""
    def fit(X, y):
        w, b = fit_ridge(polynomial_features(X[:, 0], degree), y, 0.0)
        return lambda X_new: polynomial_features(X_new[:, 0], degree) @ w + b
    return fit


said, sizes, (x_val, y_val) = [], [15, 20, 30, 50, 100, 200], validation()
fig, axes = plots.figure(9.6, 3.8, 1, 2)
for ax, degree, name in zip(axes, (7, 1), ("A", "B"), strict=True):
    curves = []
    for seed in range(40):
        x, y = wave(200, seed)
        curves.append(learning_curve(polynomial(degree), x[:, None], y, x_val[:, None], y_val, sizes))
    train, held_out = np.mean(curves, axis=0)
    ax.set(xscale="log", yscale="log", ylim=(0.03, 0.5), title=f"model {name}: degree {degree}", xlabel="training examples")
    ax.set(ylabel="mean squared error" if name == "A" else "")
    ax.axhline(0.09, color=plots.current().muted, linewidth=1, linestyle=":")
    plots.lines(ax, sizes, {"training": train, "validation": held_out})
    ax.text(sizes[0], 0.085, "noise alone", fontsize=9, color=plots.current().muted, va="top")
    ax.set_xticks(sizes, map(str, sizes))
    ax.set_yticks([0.03, 0.1, 0.3], ["0.03", "0.1", "0.3"])
    ax.minorticks_off()
    print(f"model {name}, 15 examples: training {train[0]:.2f}, validation {held_out[0]:.2f};  "
          f"200 examples: training {train[-1]:.2f}, validation {held_out[-1]:.2f}")
    said.append(f"degree {degree}: training goes from {train[0]:.2f} to {train[-1]:.2f}, validation from "
                f"{held_out[0]:.2f} to {held_out[-1]:.2f}")
plots.show(fig, alt=(
    "Two panels of mean squared error against 15 to 200 training examples, both axes logarithmic, with a dotted line at the "
    f"noise, 0.09. Left, {said[0]}. Right, {said[1]}."))

# %% [markdown]
# A is of degree 7. Its gap closes from both sides, and at 200 examples both errors are at the noise. B is the straight
# line. Its two curves meet as well, but high up: a straight line is no sine, and no amount of data will bend it.
#
# **Law.** More data close the gap between the two errors. They don't lower the floor on which the two meet.
#
# So draw this curve before you pay for more data. If the two errors have met, the money is wasted.

# %% [markdown]
# ## Large weights
#
# More data are often not to be had. All other remedies hold the model back by other means. The price on squared
# weights was the first; here are its relatives.
#
# ### A price on absolute values
#
# Ridge charges $\lambda w_j^2$, which is called L2. **L1** charges $\lambda |w_j|$. Far from zero L2 is the dearer
# one, near zero it is L1: a weight of 0.001 costs a millionth under L2 and a thousandth under L1. So L1 has a reason
# to go all the way to zero.
#
# Its slope is $\lambda$ for a positive weight and $-\lambda$ for a negative one. At zero there is a kink, and no
# slope. There a **subgradient** takes its place: any number $g$ for which the straight line $g \cdot v$ stays on or
# below the curve $\lambda |v|$. Each $g$ from $-\lambda$ to $\lambda$ does. We choose 0, as PyTorch does, since it
# leaves a weight that is zero where it is.
#
# By hand, $w = (3, -2, 0)$ and $\lambda = 0.5$: the penalty is $0.5 \cdot (3 + 2 + 0) = 2.5$, and the subgradient is
# $(0.5, -0.5, 0)$.

# %% exercise="l1-penalty" minutes=6 difficulty=1 law="the penalty is λ times the sum of absolute values; its slope is λ in size, with the sign of the weight, and 0 at 0"
def l1_penalty_and_subgradient(w: np.ndarray, lam: float) -> tuple[float, np.ndarray]:
    """The L1 penalty of the weights, and a subgradient of it.

    w: (d,) float64, d at least 1; lam: λ, 0 or more. Returns (penalty, g): a single number, and (d,) float64, where
    g[j] is 0 if w[j] is 0.
    """
    ### BEGIN SOLUTION
    return lam * np.abs(w).sum(), lam * np.sign(w)
    ### END SOLUTION

# %% [markdown] hint="l1-penalty"
# - *I don't know where to start.* Take the example by hand and ask what each of the three numbers of g depends on.
#   The size of the weight is not among it.
# - *I get NaN.* You divide a weight by its absolute value. What is 0 / 0?
# - *My subgradient at 0 is not 0.* `w >= 0` counts zero among the positive ones. There are three cases, and NumPy has
#   a function that knows them: positive, negative, zero.

# %% test="l1-penalty" points=1
check.equal(l1_penalty_and_subgradient, np.array([3.0, -2.0, 0.0]), 0.5, expect=(2.5, [0.5, -0.5, 0.0]), mistakes={
    "you gave 0 a slope as if it were positive: at 0 the subgradient wanted is 0": (2.5, [0.5, -0.5, 0.5]),
    "you gave 0 a slope as if it were negative: at 0 the subgradient wanted is 0": (2.5, [0.5, -0.5, -0.5]),
    "you divided 0 by 0: at 0 the subgradient wanted is 0": (2.5, [0.5, -0.5, np.nan]),
    "you left λ out of the penalty": (5.0, [0.5, -0.5, 0.0]),
    "you left λ out of the subgradient": (2.5, [1.0, -1.0, 0.0]),
    "you left λ out of both": (5.0, [1.0, -1.0, 0.0]),
    "you gave the slope of the squared weights: that of L1 does not depend on the size of the weight":
        (2.5, [3.0, -2.0, 0.0]),
    "you charged for squares: that is L2": (6.5, [3.0, -2.0, 0.0]),
    "you took the mean of the absolute values: the penalty is their sum": (5 / 6, [0.5, -0.5, 0.0]),
    "you added the weights with their signs, so that they cancel: add absolute values": (0.5, [0.5, -0.5, 0.0]),
    "you gave the way down: the subgradient is the slope, which points up, towards a dearer w": (2.5, [-0.5, 0.5, 0.0]),
    "your slope has lost its sign: a negative weight costs less when it rises": (2.5, [0.5, 0.5, 0.0])})

# %% test="l1-penalty" points=1 hidden=true covers="30 random sets of weights, half of them zeros, λ = 0, one weight, against PyTorch"
rng = check.rng("l1-penalty")
cases = [(np.zeros(3), 2.0), (np.array([-4.0]), 0.0), (np.array([1e-12, -1e12]), 3.0)]
for _ in range(27):
    w = rng.normal(size=int(rng.integers(1, 9))) * rng.integers(0, 2)
    w[rng.random(len(w)) < 0.3] = 0.0
    cases.append((w, float(rng.uniform(0, 3))))


def by_autograd(w, lam):
    leaf = torch.tensor(w, requires_grad=True)
    cost = lam * torch.linalg.vector_norm(leaf, ord=1)
    cost.backward()
    return float(cost), leaf.grad.numpy()


check.equal_many(l1_penalty_and_subgradient, cases, expect=by_autograd)

# %% [markdown]
# ### Shrink, and stop at zero
#
# Gradient steps with that slope never rest on zero. They step past it and back again. There is a better way: solve
# the smallest problem with an L1 price exactly. Without a price the best value of one number would be $z$. Which $v$
# makes
#
# $$\tfrac12 (v - z)^2 + t\,|v|$$
#
# least? Take $t = 1$. For $z = 3$: as long as $v$ is positive the slope is $v - 3 + 1$, which is zero at $v = 2$. For
# $z = -3$, by symmetry, $v = -2$. For $z = 0.4$: for positive $v$ the slope $v - 0.4 + 1$ is positive, so $v$ should
# be smaller; for negative $v$ it is $v - 0.4 - 1$, negative, so $v$ should be larger. What is left is $v = 0$,
# exactly.
#
# Under L2, with the price $\frac t2 v^2$, the answer is $z / (1 + t)$: half of $z$ here, and never zero.

# %% exercise="soft-threshold" minutes=8 difficulty=2 law="every number moves towards 0 by t, and those that would pass 0 stop there"
def soft_threshold(z: np.ndarray, t: float) -> np.ndarray:
    """For each entry of z, the v that minimises (v - z)² / 2 + t |v|.

    z: (d,) float64; t: the price, 0 or more. Returns (d,) float64.
    """
    ### BEGIN SOLUTION
    return np.sign(z) * np.maximum(np.abs(z) - t, 0)
    ### END SOLUTION

# %% [markdown] hint="soft-threshold"
# - *I don't know where to start.* Draw the answer against z for t = 1, with the three values worked out above. It has
#   three straight pieces. Where do they meet?
# - *Small numbers come out with the wrong sign.* They were moved by t although they were nearer to 0 than that. Take
#   care of the size first, and never let it sink below 0.
# - *Large numbers come out unchanged.* Setting small ones to zero is half of it. The others move as well, all by the
#   same amount.
# - *Negative numbers are wrong.* Size and sign can be treated apart: shrink the size, then put the sign back.

# %% test="soft-threshold" points=1
z = np.array([3.0, -3.0, 0.4, -0.4, 0.0])
check.equal(soft_threshold, z, 1.0, expect=[2.0, -2.0, 0.0, 0.0, 0.0], mistakes={
    "you shrank past zero: a number nearer to 0 than t stops at 0": [2.0, -2.0, -0.6, 0.6, 0.0],
    "you set small numbers to 0 and left the others: those move towards 0 by t as well": [3.0, -3.0, 0.0, 0.0, 0.0],
    "you dropped the negative numbers: they move up towards 0": [2.0, 0.0, 0.0, 0.0, 0.0],
    "you lost the sign: a negative number stays negative": [2.0, 2.0, 0.0, 0.0, 0.0],
    "you shrank as L2 does, in proportion: L1 takes the same amount off every number": [1.5, -1.5, 0.2, -0.2, 0.0],
    "you cut off at t, and kept what has to go": [1.0, -1.0, 0.4, -0.4, 0.0],
    "you moved the numbers away from 0": [4.0, -4.0, 1.4, -1.4, 0.0],
    "you subtracted t from every number: negative ones move up": [2.0, -4.0, -0.6, -1.4, -1.0]})
check.equal(soft_threshold, np.array([-0.5, 2.0]), 0.5, expect=[0.0, 1.5])

# %% test="soft-threshold" points=1 hidden=true covers="30 random inputs, t = 0, t larger than everything, against a search for the least of (v - z)² / 2 + t |v|"
def least_by_search(z, t):
    low, high = -np.abs(z) - 1, np.abs(z) + 1
    for _ in range(120):
        left, right = (2 * low + high) / 3, (low + 2 * high) / 3
        better_left = (left - z) ** 2 / 2 + t * abs(left) <= (right - z) ** 2 / 2 + t * abs(right)
        low, high = np.where(better_left, low, left), np.where(better_left, right, high)
    return (low + high) / 2


rng = check.rng("soft-threshold")
cases = [(np.array([1.5, -0.2, 0.0]), 0.0), (np.array([1.5, -0.2]), 7.0), (np.array([-4.0]), 4.0)]
cases += [(rng.normal(size=int(rng.integers(1, 9))) * 3, float(rng.uniform(0, 3))) for _ in range(27)]
check.equal_many(soft_threshold, cases, expect=least_by_search, rtol=1e-6, atol=1e-6)

# %% [markdown]
# **Law.** Taken one by one, L2 takes a share off every weight and leaves none at zero. L1 takes the same amount off
# every weight, and the small ones end at zero.
#
# What is that good for? To find out which features matter. Sixty homes with their eight features, and beside them 32
# columns of pure noise. Ridge is your `fit_ridge`; L1 regression (the *lasso*) repeats a gradient step on the squared
# errors and your `soft_threshold`. Its threshold is the length of that step times $\lambda$: a step that goes only a
# little way down the errors pays the price for that little way. Each one's $\lambda$ is the best of a grid on 300
# validation homes.

# %% demo="zeros"
def fit_lasso(X, y, lam, steps=2000):
    """The w and b that minimise half the sum of squared errors plus lam times the sum of absolute weights."""
    middle = X.mean(axis=0)
    inputs, targets, w = X - middle, y - y.mean(), np.zeros(X.shape[1])
    step = 1 / np.linalg.norm(inputs, 2) ** 2
    for _ in range(steps):
        gradient = inputs.T @ (inputs @ w - targets)
        w = soft_threshold(w - step * gradient, step * lam)
    return w, y.mean() - middle @ w


homes, rng = data.house_prices(), np.random.default_rng(0)
order = rng.permutation(1800)
train, val, test = order[:60], order[60:360], order[360:]
X = (homes.X - homes.X[train].mean(axis=0)) / homes.X[train].std(axis=0)
X, y = np.hstack([X, rng.normal(size=(1800, 32))]), homes.y


def r_squared(w, b, part):
    return 1 - np.mean((X[part] @ w + b - y[part]) ** 2) / np.var(y[part])


fits = {"no price": fit_ridge(X[train], y[train], 0.0)}
grids = [("ridge (L2)", fit_ridge, [1, 3, 10, 30, 100]), ("lasso (L1)", fit_lasso, [100, 200, 500, 1000, 2000])]
for name, fit, grid in grids:
    tried = [fit(X[train], y[train], lam) for lam in grid]
    fits[name] = max(tried, key=lambda wb: r_squared(*wb, val))
fig, axes = plots.figure(8.6, 5.2, 3, 1)
for ax, (name, (w, b)) in zip(axes, fits.items(), strict=True):
    print(f"{name:11} R² in training {r_squared(w, b, train):.2f}, on test homes {r_squared(w, b, test):.2f}; "
          f"weights that are exactly 0: {np.sum(w[:8] == 0)} of 8 features, {np.sum(w[8:] == 0):2} of 32 noise columns")
    for k, columns in enumerate([range(8), range(8, 40)]):
        kept = [j for j in columns if w[j] != 0]
        ax.vlines(kept, 0, w[kept], color=f"C{k}", linewidth=3, linestyle="-")
    zeros = np.flatnonzero(w == 0)
    ax.plot(zeros, 0 * zeros, "o", markersize=5, markerfacecolor="none", markeredgecolor=plots.current().ink)
    ax.set(title=name, xlim=(-1, 40), ylim=(-160, 160), xticks=[])
    ax.axhline(0, color=plots.current().muted, linewidth=0.8, linestyle="-")
    ax.axvline(7.5, color=plots.current().muted, linewidth=0.8, linestyle=":")
    ax.grid(False)
axes[2].set_xticks([*range(8), 23.5], [*(name.split("_")[0] for name in homes.feature_names), "32 columns of noise"])
for label in axes[2].get_xticklabels()[:8]:
    label.set_rotation(90)
axes[1].set_ylabel("weight (thousand EUR per deviation)")
plots.show(fig, alt=(
    "Three rows of forty weights, eight of named features and 32 of noise columns. No price: bars everywhere, the longest "
    "noise bars longer than most features. Ridge: most bars shorter, none gone. Lasso: two long bars, for area and "
    "distance, that of area longer than without a price; a few tiny ones; and 24 rings for weights that are exactly zero: "
    "energy, floor and 22 noise columns."))

# %% [markdown]
# R² is the share of the variance that the model explains, as in lesson 03. Without a price, forty weights and a bias
# explain **0.92** of the prices of their own 60 homes and **0.11** of those of other homes. Ridge brings that to
# **0.59**, with all its weights at work. The lasso throws out **22** of the 32 noise columns and reaches **0.74**. It
# throws out two real features too: 60 homes are too few to tell every weak feature from chance.
#
# Look at area. Without a price its weight is about 90, and under the lasso about 145. Did L1 not take an amount off
# every weight? It does where a weight stands alone, or where the columns have nothing to do with each other. But large
# homes have many bedrooms, so the two columns rise together, and one weight can do the work of both. The lasso lets
# area do nearly all of it, and bedrooms falls from about 70 to 3. Your code is right, and so is the law.
#
# scikit-learn's `Ridge(alpha=λ)` minimises the same J, and its `Lasso(alpha=λ/n)` the same sum as this lasso. Factors
# differ between libraries, and between two functions of one library, so look them up.

# %% [markdown]
# ### A share at every step
#
# **Weight decay** needs no penalty in the loss. It takes a share $\lambda$ off every weight at each step, beside the
# step that the gradient asks for:
#
# $$\theta \leftarrow (1 - \lambda)\,\theta - \eta\, \nabla L(\theta) .$$
#
# By hand, with $\theta = (2, -1)$, $\nabla L = (0.5, 0)$, $\eta = 0.2$ and $\lambda = 0.1$:
# $0.9 \cdot 2 - 0.2 \cdot 0.5 = 1.7$, and $0.9 \cdot (-1) - 0 = -0.9$.
#
# Now the other way. Put a penalty of $\frac{\alpha}{2} \lVert\theta\rVert^2$ into the loss, where
# $\lVert\theta\rVert^2$ is the sum of the squared weights, and step with plain SGD. The gradient becomes
# $\nabla L + \alpha\,\theta$. With $\alpha = 0.5$ it is $(1.5, -0.5)$, and the step leads to $2 - 0.2 \cdot 1.5 = 1.7$
# and $-1 + 0.2 \cdot 0.5 = -0.9$. It is the same step. Which $\alpha$ makes it so in general is your second function.

# %% exercise="weight-decay-step" minutes=7 difficulty=2 law="θ becomes (1 − λ) θ − η ∇L: the share is taken of the weight as it was, and the rate does not enter into it"
def weight_decay_step(theta: np.ndarray, grad: np.ndarray, lr: float, decay: float) -> np.ndarray:
    """The weights after one step of SGD with weight decay.

    theta: weights of any shape, float64; it stays unchanged. grad: gradient of the loss, of the same shape. lr: η,
    above 0. decay: λ, the share of a weight that is lost at each step, at least 0 and below 1. Returns a new array.
    """
    ### BEGIN SOLUTION
    return (1 - decay) * theta - lr * grad
    ### END SOLUTION


def l2_coefficient(lr: float, decay: float) -> float:
    """The α for which α/2 times the sum of squared weights, added to the loss, gives the same steps of plain SGD.

    lr: η, above 0. decay: λ, at least 0 and below 1. Returns a number.
    """
    ### BEGIN SOLUTION
    return decay / lr
    ### END SOLUTION

# %% [markdown] hint="weight-decay-step"
# - *I don't know where to start.* The formula has two terms. Work out both on paper for the example above, print both
#   in your function, and compare.
# - *Only the decay is off.* Of which weight is the share taken: of the one before the gradient's step, or after it?
#   And is the share multiplied by anything?
# - *It says that I changed theta.* `theta *= ...` and `theta -= ...` write into the caller's array.
# - *How do I find α?* Write both steps below each other. In one of them θ is multiplied by $1 - \lambda$. What
#   multiplies it in the other? In the example α is 0.5: which of the numbers given there make 0.5?

# %% test="weight-decay-step" points=1
check.equal(weight_decay_step, np.array([4.0, -2.0]), np.array([1.0, 2.0]), 0.5, 0.25, expect=[2.5, -2.5], mistakes={
    "you multiplied the decay by the learning rate: here λ is the whole share lost at a step": [3.0, -2.75],
    "you decayed after the step: the share is taken of the weight as it was": [2.625, -2.25],
    "your weights grow: decay makes them smaller": [4.5, -3.5],
    "you left the decay out: this is plain SGD": [3.5, -3.0],
    "you stepped up the gradient: the loss falls the other way": [3.5, -0.5],
    "you took the same amount off every weight, as L1 does: decay takes a share": [3.25, -2.75],
    "you kept the share λ: λ is what is lost": [0.5, -1.5],
    "you left the learning rate out": [2.0, -3.5]})
check.equal(l2_coefficient, 0.4, 0.1, expect=0.25, mistakes={
    "you multiplied: one step of SGD multiplies α by the rate, so to get α you have to undo that": 0.04,
    "your α belongs to a penalty without the factor 1/2: the slope of α/2 θ² is α θ": 0.125,
    "your ratio is upside down": 4.0,
    "you took what is left of the weight: α stands for the share that is lost": 2.25,
    "you took λ itself: SGD multiplies α by the rate before it takes the share": 0.1})

# %% test="weight-decay-step" points=1 hidden=true covers="tables of weights, no decay, 30 random steps, against plain SGD with a penalty in the loss and PyTorch's gradient"
rng = check.rng("weight-decay-step")
cases = []
for i in range(30):
    shape = [(3,), (2, 4), (1,)][i % 3]
    cases.append((rng.normal(size=shape), rng.normal(size=shape), float(rng.uniform(0.01, 1)), float(i % 5) * 0.1))


def sgd_with_penalty(theta, grad, lr, decay):
    weights = torch.tensor(theta, requires_grad=True)
    penalty = decay / lr / 2 * (weights**2).sum()
    ((weights * torch.tensor(grad)).sum() + penalty).backward()
    return (weights - lr * weights.grad).detach().numpy()


check.equal_many(weight_decay_step, cases, expect=sgd_with_penalty)
check.equal_many(l2_coefficient, [(lr, decay) for _, _, lr, decay in cases], expect=[d / lr for _, _, lr, d in cases])

# %% [markdown]
# Mind the names again. PyTorch's `AdamW(weight_decay=...)` takes the rate times that number as its share. And the
# `weight_decay` of `torch.optim.SGD` and of `torch.optim.Adam` is no decay at all in the sense above: it is the
# $\alpha$ of a penalty in the loss. Under SGD that comes to the same. And under Adam?
#
# ### Adam meets the penalty
#
# Two weights, 1 and 0.01. The loss itself is flat here: its gradient is zero for both. In the loss stands a penalty
# with $\alpha = 0.1$, so the gradients that Adam gets are $0.1 \cdot 1$ and $0.1 \cdot 0.01$. The rate is
# $\eta = 0.05$. Where are the two weights after Adam's **first** step? Remember from lesson 04 how long that step is.
# For each weight choose the nearest of `"0.995"`, `"0.95"`, `"0.00995"`, `"0.0095"` and `"-0.04"`, with the quotes.

# %% predict="adam-and-l2" minutes=3 choices="0.995 | 0.95 | 0.00995 | 0.0095 | -0.04" law="Adam divides a gradient by its own size, and a penalty in the loss with it"
### BEGIN SOLUTION
large_weight = "0.95"
small_weight = "-0.04"
### END SOLUTION

# %% test="adam-and-l2" points=1 hidden=true covers="your two predictions"
check.equal(large_weight, expect="0.95", about="the weight of 1", mistakes={
    "you made SGD's step, rate times gradient: Adam's first step is as long as the rate, whatever the gradient": "0.995"})
check.equal(small_weight, expect="-0.04", about="the weight of 0.01", mistakes={
    "you made SGD's step, rate times gradient: Adam's first step is as long as the rate, whatever the gradient": "0.00995",
    "you took the same share off both: Adam's first step is equally long for both, however small the weight": "0.0095"})

# %% demo="after-one-step"
def after_one_step(optimizer, **settings):
    weights = torch.tensor([1.0, 0.01], requires_grad=True)
    weights.grad = torch.zeros(2)
    optimizer([weights], lr=0.05, **settings).step()
    return [round(weight, 5) for weight in weights.tolist()]


print("SGD, penalty of 0.1 in the loss:  ", after_one_step(torch.optim.SGD, weight_decay=0.1))
print("Adam, penalty of 0.1 in the loss: ", after_one_step(torch.optim.Adam, weight_decay=0.1))
print("AdamW, a decay of 0.05 · 1:       ", after_one_step(torch.optim.AdamW, weight_decay=1.0))

# %% [markdown]
# Adam takes the same *amount* off both, 0.05, and so the small weight goes through zero and ends on the other side,
# four times as large as before. An L2 penalty has turned into something like L1. AdamW takes the same *share* off
# both: it applies the decay beside Adam's step, where nothing rescales it.
#
# **Law.** Under plain SGD, weight decay and an L2 penalty are the same step. Under Adam they are not: the penalty is
# divided by the gradient's size, the decay is not.

# %% [markdown]
# ## Noise on purpose
#
# **Dropout** sets units to zero at random while the network trains, each one with probability $p$, anew at every
# step. No unit can then rely on another one being there. When the network is evaluated, every unit is there.
#
# One thing has to be put right. With a share $p$ of the units missing, a sum over units is too small by the factor
# $1 - p$ on average. So what is kept is divided by $1 - p$.
#
# By hand: $x = (4, 6)$ and $p = \frac12$. Four masks are equally likely.
#
# | mask | output in training |
# | :---: | :---: |
# | (0, 0) | (0, 0) |
# | (1, 0) | (8, 0) |
# | (0, 1) | (0, 12) |
# | (1, 1) | (8, 12) |
# | mean | **(4, 6)** |
#
# The mean is $x$, and $x$ is what comes out in evaluation. This is *inverted* dropout, as all libraries have it
# today. The paper of 2014 divides nothing in training, so that its mean is $(2, 3)$, and multiplies by $1 - p$ in
# evaluation, which gives $(2, 3)$ as well. The expectations agree with each other either way. Inverted dropout leaves
# the evaluated network alone, and that is its advantage. (Take care when you read: in that paper $p$ is the
# probability of *keeping* a unit. In PyTorch and here it is the probability of dropping one.)
#
# ### Forward and backward
#
# For one drawn mask $m$, of zeros and ones, the output is $m \cdot x / (1 - p)$, entry by entry. That is a
# multiplication by a number which does not depend on $x$. So the backward step multiplies by that same number. The
# forward step hands on what is needed for it in a `cache`, whose form is your own affair, as in lesson 02.
#
# `rng.random(x.shape)` draws a number from 0 to 1 for every entry.

# %% exercise="dropout" minutes=15 difficulty=3 read="Noise on purpose" law="in training each entry is 0 with probability p and divided by 1 − p otherwise, and backward by the same mask; in evaluation nothing happens"
def dropout_forward(x: np.ndarray, p: float, train: bool, rng: np.random.Generator) -> tuple[np.ndarray, object]:
    """Inverted dropout.

    x: float64 of any shape; it stays unchanged. p: probability of dropping an entry, at least 0 and below 1. train: True
    in training, False in evaluation. Returns (out, cache): out of x's shape, and whatever dropout_backward needs.
    In training, each entry is dropped independently of all others, and all chance comes from rng: every call draws a
    new mask, and a generator with the same seed gives the same one. In evaluation out equals x, whatever p is.
    """
    ### BEGIN SOLUTION
    if not train:
        return x, np.ones_like(x)
    factors = (rng.random(x.shape) >= p) / (1 - p)
    return x * factors, factors
    ### END SOLUTION


def dropout_backward(dout: np.ndarray, cache: object) -> np.ndarray:
    """Gradient of the loss with respect to x, from that with respect to out.

    dout: float64 of out's shape; it stays unchanged. cache: from the forward call that made out; other forward calls may
    have come since. Returns an array of the same shape.
    """
    ### BEGIN SOLUTION
    return dout * cache
    ### END SOLUTION

# %% [markdown] hint="dropout"
# - *I don't know where to start.* Draw one number from 0 to 1 for every entry, and compare them all with p. What
#   share of the comparisons comes out true? Which of the two outcomes should mean "kept"?
# - *Too many entries are zero, or too few.* p is the probability of dropping. For p = 0.2 four entries in five stay.
# - *The mean of the output is not the input.* A share of 1 - p is kept. By what must each kept entry be divided, so
#   that the sum stays what it was?
# - *What goes into the cache?* Backward needs the number by which each entry was multiplied, and nothing else. In
#   evaluation there is such a number too.
# - *Backward disagrees with forward.* Does it draw? It must not. And don't look for zeros in the output: an entry of
#   x that was 0 to begin with may have been kept.

# %% test="dropout" points=1
def forward_passes(forward, x, p):
    """Outputs in training from one generator and from its seed again, in evaluation, and x afterwards."""
    import numpy as np

    rng, own = np.random.default_rng(5), x.copy()
    seen = {"out": np.array(forward(own, p, True, rng)[0]), "second": np.array(forward(own, p, True, rng)[0])}
    seen["again"] = np.array(forward(own, p, True, np.random.default_rng(5))[0])
    seen["evaluated"] = np.array(forward(own, p, False, rng)[0])
    seen["dropped"] = [int((np.array(forward(np.ones(10), p, True, rng)[0]) == 0).sum()) for _ in range(20)]
    seen["x"] = own
    return seen


x = np.full((200, 50), 2.0)
seen = check.observe(forward_passes, dropout_forward, x, 0.2)
check.that(bool((seen["x"] == x).all()), law="forward leaves x as it is", likely=(
    "you wrote into x: x *= ... and x[...] = ... change the caller's array, so make a new one"))
out = seen["out"]
check.that(out.shape == x.shape, f"your output has shape {out.shape}: it has the shape of x, {x.shape}")
share = float((out == 0).mean())
said = f"{share:.0%} of the entries are 0 for p = 0.2"
check.that(abs(share - 0.8) > 0.05, "you took p as the probability of keeping: p is that of dropping", got=said)
check.that(abs(share - 0.2) < 0.05, "the share of zeros is not p: in training each entry is dropped with probability p",
           got=said)
kept = sorted(set(out[out != 0].round(9).tolist()))
said = f"for x = 2 and p = 0.2 the entries kept are {kept[:3]}"
check.that(kept != [2.0], "you did not rescale: divide what is kept by 1 - p, or sums over units shrink", got=said)
check.that(kept != [1.6], "you multiplied by 1 - p: divide by it, since what is kept must grow", got=said)
check.that(kept != [10.0], "you divided by p: a share of 1 - p is kept, so divide by that", got=said)
check.that(kept == [2.5], "what is kept is not x divided by 1 - p", got=said)
check.that(any(len(set(row)) > 1 for row in out.tolist()), "you drop whole examples: draw a number for every entry")
check.that(len({tuple(row) for row in out.tolist()}) > 100,
           "all examples have the same mask: draw a number for every entry, not one for every column")
check.that(bool((seen["again"] == out).all()),
           "the same seed gave two different masks: draw from rng and from nothing else")
check.that(bool((seen["second"] != out).any()),
           "two calls gave the same mask: draw from the rng that you are handed each time, without a seed of your own")
check.that(len(set(seen["dropped"])) > 1, got=f"{seen['dropped'][0]} of 10 entries dropped in each of 20 calls", likely=(
    "you drop the same number of entries each time: each is dropped independently of the others, so the number varies"))
check.equal(seen["evaluated"], expect=x, law="in evaluation nothing is dropped and nothing scaled", mistakes={
    "you scaled by 1 - p in evaluation: that belongs to the older rule, which does not divide in training": x * 0.8,
    "you divided in evaluation too: the division makes up for what is dropped, and here nothing is": x * 1.25},
    about="the output with train = False" if (seen["evaluated"] != 0).all() else
          "the output with train = False: dropout is still active in evaluation, entries are 0")

# %% test="dropout" points=1
def backward_pass(forward, backward, x, p, dout):
    """Output and gradient, in training and in evaluation, where another forward call comes between the two."""
    import numpy as np

    rng, own = np.random.default_rng(6), dout.copy()
    out, cache = forward(x.copy(), p, True, rng)
    seen = {"out": np.array(out), "dx": np.array(backward(own, cache)), "twice": np.array(backward(own, cache))}
    forward(x.copy(), p, True, rng)
    seen["later"] = np.array(backward(own, cache))
    _, cache = forward(x.copy(), p, False, rng)
    seen["evaluated"] = np.array(backward(own, cache))
    seen["dout"] = own
    return seen


x, dout = np.ones((60, 40)), np.linspace(1.0, 2.0, 2400).reshape(60, 40)
seen = check.observe(backward_pass, dropout_forward, dropout_backward, x, 0.25, dout)
out, dx = seen["out"], seen["dx"]
share = float((out == 0).mean())
check.that(abs(share - 0.25) < 0.05, "forward does not drop a share of p, as the first test says: mend forward first",
           got=f"{share:.0%} of the entries are 0 for p = 0.25")
check.that(bool((seen["dout"] == dout).all()), law="backward leaves dout as it is", likely=(
    "you wrote into dout: dout *= ... and dout[...] = ... change the caller's array, so make a new one"))
check.that(dx.shape == x.shape, f"your gradient has shape {dx.shape}: it has the shape of x, {x.shape}")
same_places = bool(((dx == 0) == (out == 0)).all())
passed = (dx != 0).mean()
check.that(passed < 1 or bool((out != 0).all()),
           "backward lets everything through: where forward put a 0, the gradient is 0")
check.that(same_places or bool(((dx == 0) != (out == 0)).all()) or not 0.5 < passed < 0.95,
           "backward drew a new mask: it must use the one that forward drew, from the cache")
check.that(same_places, "backward lets through what forward dropped, and stops what it kept" if
           ((dx == 0) != (out == 0)).all() else "the gradient is not 0 where forward dropped, and only there")
check.close(dx, expect=dout * out, about="the gradient for x = 1, where out is the factor of each entry", mistakes={
    "you did not rescale the gradient: forward divided by 1 - p, so backward does too": dout * (out != 0),
    "you scaled the gradient by 1 - p: forward divided by it, so backward does too": dout * (out != 0) * 0.75})
check.equal(seen["twice"], expect=dx, about="a second call with the same cache")
check.that(bool((seen["later"] == dx).all()), law="the cache belongs to its own forward call", likely=(
    "after another forward call the gradient is another one: keep the mask in the cache, not in a global name"))
check.equal(seen["evaluated"], expect=dout, about="the gradient in evaluation",
            law="in evaluation backward changes nothing")
zeros = check.observe(backward_pass, dropout_forward, dropout_backward, np.zeros((60, 40)), 0.25, dout)
check.that(abs((zeros["dx"] != 0).mean() - 0.75) < 0.1, (
    "you took the mask from the zeros of the output: where x itself is 0, the unit may have been kept, and then its "
    "gradient passes"))

# %% test="dropout" points=2 hidden=true covers="p from 0 to 0.9, one to four axes, the mean over many masks, zeros in x, gradients for the masks that were drawn"
def many_passes(forward, backward, cases):
    """Output and gradient for each case, and the mean output over 400 masks."""
    import numpy as np

    seen = []
    for x, p, dout in cases:
        rng = np.random.default_rng(len(seen))
        out, cache = forward(x.copy(), p, True, rng)
        dx = np.array(backward(dout.copy(), cache))
        mean = np.mean([forward(x.copy(), p, True, rng)[0] for _ in range(400)], axis=0)
        level, cache = forward(x.copy(), p, False, rng)
        seen.append([np.array(out), dx, mean, np.array(level), np.array(backward(dout.copy(), cache))])
    return seen


rng = check.rng("dropout")
shapes, rates = [(7,), (4, 5), (2, 3, 4), (2, 2, 3, 2)], [0.0, 0.1, 0.5, 0.75, 0.9]
cases = []
for i in range(20):
    x = rng.normal(size=shapes[i % 4]) + 3
    cases.append((x, rates[i % 5], rng.normal(size=x.shape)))
passes = check.observe(many_passes, dropout_forward, dropout_backward, cases)
for (x, p, dout), (out, dx, mean, level, dlevel) in zip(cases, passes):
    about = f"x of shape {x.shape} and p = {p}"
    factors = np.where(out == 0, 0.0, 1 / (1 - p))
    check.close(out, expect=x * factors, about=about, law="what is kept is divided by 1 - p")
    check.close(dx, expect=dout * factors, about=about, law="backward multiplies by the same factors as forward")
    wide = 7 * abs(x) * (p / (1 - p) / 400) ** 0.5 + 1e-9
    near = bool((abs(mean - x) <= wide).all())
    check.that(near, f"the mean over 400 masks is not x, for {about}", law="the mean over masks is x")
    check.close(level, expect=x, about=about, law="in evaluation nothing happens")
    check.close(dlevel, expect=dout, about=about, law="in evaluation nothing happens")

# %% [markdown]
# Both rules, over twenty thousand masks of $p = 0.2$ for $x = (1, -2, 5)$. The older rule is your function's output
# times $1 - p$.

# %% demo="both-rules"
rng, x, p = np.random.default_rng(0), np.array([1.0, -2.0, 5.0]), 0.2
outputs = np.array([dropout_forward(x, p, True, rng)[0] for _ in range(20_000)])
for name, factor in [("inverted", 1.0), ("older", 1 - p)]:
    evaluated = dropout_forward(x, p, False, rng)[0] * factor
    mean = outputs.mean(axis=0) * factor
    print(f"{name:8}  mean in training {np.round(mean, 1)}, in evaluation {np.round(evaluated, 1)}")

# %% [markdown]
# **Law.** Dropout keeps the mean and adds noise. In evaluation both the dropping and the noise are gone.
#
# It keeps the mean of what enters the next layer. Behind the next ReLU the mean is no longer exact, and nobody
# repairs that: the network is trained to live with it.

# %% [markdown]
# ## Stop in time
#
# The validation loss of a network often falls, reaches a lowest point and rises again, while the training loss goes
# on falling; under "The price list" you will see one that does. **Early stopping** looks at it after each epoch,
# keeps the weights of the best one, and gives up when nothing has got better for `patience` epochs in a row. It is
# the only remedy that saves time.
#
# By hand, with a patience of 2:
#
# | epoch | 1 | 2 | 3 | 4 | 5 | 6 |
# | --- | :---: | :---: | :---: | :---: | :---: | :---: |
# | validation loss | 0.9 | 0.6 | 0.7 | 0.5 | 0.5 | 0.8 |
# | new best? | yes | yes | no | yes | no: a tie | no |
# | epochs in a row without one | 0 | 0 | 1 | 0 | 1 | **2** |
#
# It stops after epoch 6 and hands back the weights of epoch 4. The tie counts as no progress: a loss that is stuck
# would otherwise never end.
#
# There is a trap in "keeps the weights". Training often changes arrays in place. An object that holds on to the same
# arrays will find in them, at the end, the last weights instead of the best. `a.copy()` makes an array of its own.
#
# ### A patient observer

# %% exercise="early-stopping" minutes=15 difficulty=3 read="Stop in time" law="stop after `patience` calls in a row without a new best, and keep copies of the weights that came with the best"
class EarlyStopping:
    """Watches a validation loss, says when to stop, and keeps the best weights.

    After every call of step these two can be read:
    best_score: the lowest score so far; infinity before the first call.
    best_weights: the weights that came with it, as a dict of arrays of its own; None as long as there is no best.
    """

    def __init__(self, patience: int):
        """patience: after how many calls in a row without a new best to stop, at least 1."""
        ### BEGIN SOLUTION
        self.patience = patience
        self.waited = 0
        self.best_score = float("inf")
        self.best_weights = None
        ### END SOLUTION

    def step(self, score: float, weights: dict[str, np.ndarray]) -> bool:
        """Takes note of the score and the weights after an epoch. Returns True if training should stop now, else False.

        A score is a new best only if it is below best_score as it stands. So a tie is none, NaN is none, and neither is
        infinity, even at the first call. weights: arrays by name; they stay unchanged here, but the caller may write
        into the arrays and into the dict afterwards, and best_weights must not change with them. step is not called
        again after it has returned True.
        """
        ### BEGIN SOLUTION
        if score < self.best_score:
            self.best_score = score
            self.best_weights = {name: array.copy() for name, array in weights.items()}
            self.waited = 0
        else:
            self.waited += 1
        return self.waited >= self.patience
        ### END SOLUTION

# %% [markdown] hint="early-stopping"
# - *I don't know where to start.* Which three things must the object remember from one call to the next? Two are
#   named in its docstring. The third is the last row of the table.
# - *It stops one epoch too late or too early.* Go through the table with your code, column by column. In the sixth
#   column the count has reached the patience, and that is when True is due.
# - *It stops although it was getting better.* A new best sets the count back to zero. "Better" means better than the
#   best, and not better than the epoch before.
# - *best_weights is right at first and wrong at the end.* A copy of the dict is a new list of the same arrays. Every
#   array in it needs a copy of its own.
# - *NaN counts as a new best.* Every comparison with NaN is False. Arrange the question so that False means "no
#   progress".

# %% test="early-stopping" points=1
def stops_and_best(observer, patience, scores):
    """What step returned for each score, and the best score and the best weights at the end."""
    import numpy as np

    watch, weights, said = observer(patience), {"W": np.zeros(2)}, []
    first = {"score": watch.best_score, "weights": watch.best_weights}
    for epoch, score in enumerate(scores, 1):
        weights["W"] = np.full(2, float(epoch))
        said.append(watch.step(score, weights))
    return {"said": said, "score": watch.best_score, "first": first}


no, yes = False, True
seen = check.observe(stops_and_best, EarlyStopping, 1, [0.5, 0.6])
infinite = float("inf")
about = "best_score and best_weights before the first call"
check.equal(seen["first"], expect={"score": infinite, "weights": None}, about=about, mistakes={
    "you begin with minus infinity, as if a high score were good: this is a loss, and the lowest is the best":
        {"score": -infinite, "weights": None}})
check.equal(seen["said"], expect=[no, yes], about="the answers of step for the scores 0.5, 0.6, patience 1", mistakes={
    "you return nothing at all: return True or False": [None, None],
    "you are off by one, and wait for one call more than the patience": [no, no],
    "you are off by one, and stop a call too early": [yes, yes],
    "you take a high score for a good one: this is a loss, and the lowest is the best": [yes, no]})
seen = check.observe(stops_and_best, EarlyStopping, 3, [0.5, 0.5, 0.5, 0.5])
about = "the answers for the scores 0.5, 0.5, 0.5, 0.5, patience 3"
check.equal(seen["said"], expect=[no, no, no, yes], about=about, mistakes={
    "you start counting anew on ties: a score that equals the best is no progress": [no] * 4})
seen = check.observe(stops_and_best, EarlyStopping, 2, [0.9, 0.6, 0.7, 0.5, 0.5, 0.8])
check.equal(seen["said"], expect=[no, no, no, no, no, yes], about="the answers of step in the example above", mistakes={
    "you never set the count back: a new best starts it anew": [no, no, no, no, yes, yes],
    "you take a high score for a good one: this is a loss, and the lowest is the best": [no, no, yes, yes, yes, yes]})
check.close(seen["score"], expect=0.5, about="best_score in the example above", mistakes={
    "you kept the last score: the best is the lowest": 0.8, "you kept the highest score: the best loss is the lowest": 0.9})
seen = check.observe(stops_and_best, EarlyStopping, 2, [0.5, 0.9, 0.8])
check.equal(seen["said"], expect=[no, no, yes], about="the answers for the scores 0.5, 0.9, 0.8, patience 2", mistakes={
    "you compare with the score before: progress means that the best is beaten": [no, no, no]})
seen = check.observe(stops_and_best, EarlyStopping, 2, [0.5, float("nan"), 0.7])
check.equal(seen["said"], expect=[no, no, yes], about="the answers for the scores 0.5, NaN, 0.7, patience 2", mistakes={
    "you take NaN for a new best, or compare with it afterwards: NaN is no progress, and the best stays 0.5": [no] * 3})

# %% test="early-stopping" points=1
def weights_kept(observer, scores):
    """best_weights at the end, where the arrays are changed in place, and the weights that were handed in last."""
    import numpy as np

    watch, weights = observer(10), {"W": np.zeros((2, 2)), "b": np.zeros(2)}
    for score in scores:
        weights["W"] += 1
        weights["b"] -= 1
        watch.step(score, weights)
    return {"kept": watch.best_weights, "last": weights}


seen = check.observe(weights_kept, EarlyStopping, [0.9, 0.6, 0.7, 0.8])
number = {"W": [[1.0, 1.0], [1.0, 1.0]], "b": [-1.0, -1.0]}
times = {k: {"W": (k * np.ones((2, 2))).tolist(), "b": [-float(k)] * 2} for k in (1, 2, 4)}
check.equal(seen["last"], expect=times[4], about="the weights that were handed in: step must leave them as they are")
about = "best_weights after the scores 0.9, 0.6, 0.7, 0.8, where W is 1, 2, 3, 4 and b is -W"
check.equal(seen["kept"], expect=times[2], about=about, mistakes={
    "you kept a reference, not a copy: the arrays were changed in place afterwards, and yours with them (a copy of the "
    "dict alone still holds the same arrays)": times[4],
    "you kept the first weights: those of the best score are wanted": times[1],
    "you kept no weights": None})

# %% test="early-stopping" points=2 hidden=true covers="40 random sequences with ties and NaN, patience from 1 to 5, NaN or infinity first, arrays written into and dicts refilled afterwards"
def watched(observer, cases):
    import numpy as np

    seen = []
    for patience, scores in cases:
        watch, weights, said = observer(patience), {"W": np.zeros(3), "b": np.zeros(1)}, []
        for epoch, score in enumerate(scores, 1):
            weights["W"] = np.full(3, float(epoch))
            weights["b"][:] = -epoch
            said.append(watch.step(score, weights))
            weights["W"][:] = 99.0
        seen.append({"said": said, "score": watch.best_score, "weights": watch.best_weights})
    return seen


rng = check.rng("early-stopping")
cases, wanted = [(2, [float("nan")] * 2), (2, [float("inf")] * 2), (3, [float("nan"), 4.0, float("nan"), 4.0, 5.0])], []
for i in range(40):
    scores = (rng.integers(0, 30, 25) / 10 + np.linspace(3, 0, 25).round(1)).tolist()
    for k in rng.integers(0, 25, 2):
        scores[k] = float("nan") if k % 2 else 50.0
    cases.append((1 + i % 5, scores))
for i, (patience, scores) in enumerate(cases):
    said, lowest, since = [], None, 0
    for epoch, score in enumerate(scores):
        bests = [s for s in scores[:epoch] if s == s]
        progress = score == score and score < min(bests, default=float("inf"))
        lowest, since = (epoch, 0) if progress else (lowest, since + 1)
        said.append(since >= patience)
        if said[-1]:
            break
    cases[i] = patience, scores[: len(said)]
    best = {"W": [lowest + 1.0] * 3, "b": [-lowest - 1.0]} if lowest is not None else None
    wanted.append({"said": said, "score": float("inf") if lowest is None else scores[lowest], "weights": best})
for (patience, scores), want, seen in zip(cases, wanted, check.observe(watched, EarlyStopping, cases)):
    about = f"the scores {scores[:8]}{' ...' if len(scores) > 8 else ''}, patience {patience}"
    check.equal(seen, expect=want, about=about)

# %% [markdown]
# One thing about it is easily forgotten. Early stopping looks at the validation part once in each epoch, so the
# lowest validation loss is a winner's score, as in the lottery at the beginning. Report the test part.

# %% [markdown]
# ## Move the data
#
# You know something that the network does not: a 3 moved one pixel to the left is a 3. **Augmentation** tells it, by
# showing each example in forms that it could as well have had. Labels stay what they are, so the changes must be such
# that they do. A digit may be moved by a pixel. It may not be mirrored, and a 6 turned upside down is a 9.
#
# By hand, a picture of 3×3 moved by one row down and one column to the right. What leaves is lost, and what comes in
# is 0, which is paper:
#
# ```
# 1 2 3        0 0 0
# 4 5 6   ->   0 1 2
# 7 8 9        0 4 5
# ```
#
# An index that has to stay inside is a nuisance in such work. It goes away if the picture gets a border first, from
# which a window of the old size is then cut. `np.pad` makes one:

# %%
print(np.pad(np.array([[1, 2], [3, 4]]), 1))
print("shape of 5 images with a border of 2 around each:", np.pad(np.ones((5, 3, 4)), ((0, 0), (2, 2), (2, 2))).shape)

# %% [markdown]
# ### Each its own way

# %% exercise="random-shift" minutes=15 difficulty=3 read="Move the data" law="every image moves as a whole by a shift of its own, and what comes in is 0"
def random_shift(images: np.ndarray, rng: np.random.Generator, most: int = 1) -> np.ndarray:
    """Every image moved by whole pixels, up or down and left or right, by an amount of its own.

    images: (n, h, w) of any dtype, with n at least 1; they stay unchanged. most: the largest shift in each direction, at
    least 0 and smaller than h and w. Returns an array of the same shape and dtype, in the same order.
    For each image and for each of its two directions, every whole number from -most to most is equally likely,
    independently of all others. All chance comes from rng: the same seed gives the same shifts. Pixels that come in
    are 0.
    """
    ### BEGIN SOLUTION
    n, h, w = images.shape
    padded = np.pad(images, ((0, 0), (most, most), (most, most)))
    moved = np.empty_like(images)
    for i in range(n):
        top, left = rng.integers(0, 2 * most + 1, size=2)
        moved[i] = padded[i, top : top + h, left : left + w]
    return moved
    ### END SOLUTION

# %% [markdown] hint="random-shift"
# - *I don't know where to start.* Do one image first. With a border of `most` zeros around it, where can the top left
#   corner of the window be, so that the window stays inside? How many places are that along each axis?
# - *What went out comes back on the other side.* `np.roll` does that. Cut a window from a padded image instead.
# - *One of the shifts never happens.* `rng.integers(a, b)` draws from a to b - 1. How many numbers do you need?
# - *All images move together.* The two numbers have to be drawn for each image. A loop over the images is fine.
# - *My answer has another dtype.* `np.zeros(shape)` is float64, whatever the images were. `np.empty_like(images)`
#   takes over shape and dtype.

# %% test="random-shift" points=2
def shifted_images(answer, images, small):
    """Moved images from one seed, the same again, another seed; small whole-number ones; the images afterwards."""
    import numpy as np

    def moved(pictures, seed):
        return np.array(answer(pictures, np.random.default_rng(seed)))

    own = images.copy()
    try:
        moved(own, 1)
    except ValueError as error:
        if "broadcast" in str(error):
            return {"error": str(error)}
        raise
    return {"moved": moved(own, 1), "again": moved(own, 1), "other": moved(own, 2), "small": moved(small, 3), "images": own}


def travelled(moved, h, w):
    """For each image, how far its pixels have moved: a set of (down, right). Pixel k of image i holds 100 i + k + 1."""
    paths = []
    for i, picture in enumerate(moved):
        rows, columns = np.nonzero(picture)
        start = (picture[rows, columns] - 100 * i - 1).astype(int)
        paths.append(set(zip((rows - start // w).tolist(), (columns - start % w).tolist())))
    return paths


h, w = 3, 4
images = np.arange(1.0, 13).reshape(h, w) + 100 * np.arange(300.0)[:, None, None]
small = np.full((5, 4, 4), 200, dtype=np.uint8)
seen = check.observe(shifted_images, random_shift, images, small)
check.that("error" not in seen, got=seen.get("error"), likely=(
    "an image and its place differ in shape: height is axis 1 of images, width is axis 2, and a window keeps both"))
moved = seen["moved"]
check.that(bool((seen["images"] == images).all()), "you changed the images in place: write into a new array")
check.that(moved.shape == images.shape, f"your answer has shape {moved.shape}, and the images have {images.shape}: keep it")
strangers = [i for i, picture in enumerate(moved) if ((picture[picture != 0] - 1) // 100 != i).any()]
mixed = "the images are in another order, or mixed: image i of the answer is image i moved, so that its label fits"
check.that(not strangers, mixed, got=f"pixels of another image in image {strangers[:1]}")
paths = travelled(moved, h, w)
torn = [i for i, steps in enumerate(paths) if len(steps) != 1]
wraps = bool((moved != 0).all())
complete = all(len(set(picture.ravel().tolist())) == h * w for picture in moved)
check.that(not (torn and wraps and complete),
           "pixels that leave come back on the other side: they are lost, and zeros come in")
check.that(not (torn and wraps), "you repeat the pixels at the edge: what comes in is 0")
check.that(not torn, "the pixels of an image move by different amounts: an image moves as a whole",
           got=f"in image {torn[:1]}: {[sorted(paths[i]) for i in torn[:1]]}")
steps = [next(iter(path)) for path in paths]
drawn = set(steps)
down, right = {a for a, _ in drawn}, {b for _, b in drawn}
said = f"300 images were moved by {sorted(drawn)}, as (down, right)"
check.that(len(drawn) > 1 or len(images) < 2, "all images move by the same amount: each draws its own", got=said)
check.that(max(map(abs, down | right)) <= 1, "your shifts are larger than most, which is 1 here", got=said)
check.that(len(down) > 1 and len(right) > 1,
           "your images move along one axis only: draw two numbers, one for each axis", got=said)
for ends, missing in [({-1, 0}, "+1"), ({0, 1}, "-1")]:
    check.that(not down | right <= ends, f"your shifts never reach {missing}: rng.integers(a, b) stops before b", got=said)
check.that({-1, 0, 1} == down == right, "some of the shifts -1, 0 and 1 never come", got=said)
check.that(len(drawn) > 3, "the two directions are one draw: draw a number for each", got=said)
check.that(len(drawn) == 9, "some combinations of shifts never come: draw the two directions independently", got=said)
lost = [i for i, (a, b) in enumerate(steps) if (moved[i] != 0).sum() != (h - abs(a)) * (w - abs(b))]
check.that(not lost, "pixels are missing that could have stayed: only what leaves the picture is lost",
           got=f"in image {lost[:1]}")
check.that(bool((seen["again"] == moved).all()),
           "the same seed gave different shifts: draw from rng and from nothing else")
check.that(bool((seen["other"] != moved).any()),
           "another seed gave the same shifts: draw from the rng that you are handed")
check.that(seen["small"].dtype == np.uint8,
           f"images of dtype uint8 came back as {seen['small'].dtype}: keep the dtype, since the network expects it")

# %% test="random-shift" points=2 hidden=true covers="shifts of 0, 2 and 3, one image, uint8 and float32, images that are not square, every shift equally often, against a loop over pixels"
def shifted(answer, cases):
    import numpy as np

    return [np.array(answer(images.copy(), np.random.default_rng(i), *most)) for i, (images, most) in enumerate(cases)]


def moved_by_hand(image, down, right):
    target = np.zeros_like(image)
    for row in range(image.shape[0]):
        for column in range(image.shape[1]):
            if 0 <= row + down < image.shape[0] and 0 <= column + right < image.shape[1]:
                target[row + down, column + right] = image[row, column]
    return target


rng = check.rng("random-shift")
cases = []
for i in range(12):
    most, kind = [(), (0,), (2,), (3,)][i % 4], ["f8", "f4", "u1"][i % 3]
    n, h, w = int(rng.integers(1, 5)), int(rng.integers(4, 8)), int(rng.integers(4, 8))
    cases.append((rng.integers(1, 250, (n, h, w)).astype(kind), most))
for (images, most), moved in zip(cases, check.observe(shifted, random_shift, cases)):
    reach = most[0] if most else 1
    about = f"images of shape {images.shape} and dtype {images.dtype}, shifts up to {reach}"
    check.that(moved.dtype == images.dtype and moved.shape == images.shape, f"shape or dtype changed for {about}")
    ways = [(a, b) for a in range(-reach, reach + 1) for b in range(-reach, reach + 1)]
    fits = all(any((moved_by_hand(image, a, b) == after).all() for a, b in ways) for image, after in zip(images, moved))
    check.that(fits, f"an image is not a moved copy of the one it came from, for {about}")
base = np.arange(1.0, 26.0).reshape(5, 5)
[many] = check.observe(shifted, random_shift, [(np.repeat(base[None], 1800, axis=0), ())])
centres = np.array([np.argwhere(picture == 13)[0] for picture in many])
for a in range(1, 4):
    for b in range(1, 4):
        count = int(((centres == (a, b)).all(axis=1)).sum())
        check.that(120 < count < 280, "some shifts come more often than others: each is equally likely",
                   got=f"{count} of 1800, expected about 200")

# %% demo="nine-ways"
digits = data.digits()
copies, dots = np.repeat(digits.images[3:4], 60, axis=0), np.zeros((60, 8, 8))
dots[:, 4, 4] = 1  # moved with the same seed, a dot tells how far each copy went
moved, moved_dots = (random_shift(images, np.random.default_rng(0)) for images in (copies, dots))
fig, axes = plots.figure(4.8, 5.2, 3, 3)
for picture, dot in zip(moved, moved_dots, strict=True):
    [[row, column]] = np.argwhere(dot)
    ax = axes[row - 3, column - 3]
    ax.clear()
    ax.imshow(picture, cmap="gray_r", vmin=0, vmax=1)
    ax.set(xticks=[], yticks=[])
    ax.set_title(f"down {row - 4:+d}, right {column - 4:+d}".replace("+0", "0"), fontsize=9)
    ax.spines[:].set_visible(True)
    ax.grid(False)
plots.show(fig, alt=(
    "Three by three framed pictures of the same handwritten 3: from top to bottom moved up by one pixel, not at all, and down "
    "by one; from left to right to the left, not at all, and to the right. Where it was moved up, the topmost row of its "
    "pixels is cut off by the frame; where it was moved down, the lowest."))

# %% [markdown]
# One digit in nine positions: that is all the new data there is, and the network gets another one of the nine in
# every epoch.
#
# **Law.** Augmentation tells the network which changes mean nothing. Use those that new examples really show, and no
# change that turns the label into another.

# %% [markdown]
# ## The price list
#
# Now the question from the beginning. The network has layers of 64, 190, 190 and 10 units, 50 550 weights and biases,
# and is trained on 100 digits by `weight_decay_step`, 75 epochs in batches of 20 at a rate of 0.1. Each remedy gets
# the setting that a few trials on other splits favoured. One thing changes at a time. And everything is done three
# times over:
#
# - **as they are**: 100 digits, tested on 1197 others;
# - **wrong labels**: 30 of the 100 training labels are replaced by a wrong one; the test labels are right;
# - **moved**: trained as in the first, but each test digit is moved by up to a pixel.
#
# Every number is a mean over five splits, with five initialisations.
#
# ### Your price list
#
# Before you run it, lay your bets. All three are about the test accuracy beside that of doing nothing. Choose each time
# from `"more data"`, `"moved copies"`, `"weight decay"`, `"dropout"`, `"early stopping"` and `"smaller network"`.
#
# - `best_as_they_are`: which one helps most where the digits are as they are?
# - `worst_wrong_labels`: which one helps least, or harms most, where labels are wrong?
# - `best_moved`: which one helps most where the test digits are moved?

# %% predict="price-list" minutes=3 choices="more data | moved copies | weight decay | dropout | early stopping | smaller network" law="a remedy helps against the harm that it knows of"
### BEGIN SOLUTION
best_as_they_are = "more data"
worst_wrong_labels = "smaller network"
best_moved = "moved copies"
### END SOLUTION

# %% test="price-list" points=1 hidden=true covers="your three predictions"
check.equal(best_as_they_are, expect="more data", about="the best where the digits are as they are", mistakes={
    "you trust a remedy against learning by heart: with right labels that does little harm": "dropout",
    "you trust a price on weights: with right labels learning by heart does little harm": "weight decay",
    "you trust stopping in time: with right labels learning by heart does little harm": "early stopping",
    "you went by the number of weights: the smaller network has the larger error": "smaller network",
    "you expected moved copies to help, but no digit of this test part is moved": "moved copies"})
check.equal(worst_wrong_labels, expect="smaller network", about="the worst where labels are wrong", mistakes={
    "more digits bring more right labels as well, and those agree with each other": "more data",
    "you expected harm from a remedy that keeps the network from learning wrong labels": "moved copies",
    "a price on weights makes it dear to learn wrong labels by heart": "weight decay",
    "dropout makes it hard to learn wrong labels by heart": "dropout",
    "stopping in time leaves wrong labels unlearnt": "early stopping"})
told = "only one of the six shows the network what a moved digit looks like"
check.equal(best_moved, expect="moved copies", about="the best where the test digits are moved", mistakes={
    told: "more data", told + ": a price on weights does not": "weight decay", told + ": dropout does not": "dropout",
    told + ": stopping does not": "early stopping", told + ": fewer weights do not": "smaller network"})

# %% [markdown]
# Now run the price list. It takes up to half a minute.

# %% demo="price-list"
from itertools import pairwise

WIDE, SMALL = (64, 190, 190, 10), (64, 16, 16, 10)


def start(sizes, rng):
    params = {}
    for i, (fan_in, fan_out) in enumerate(pairwise(sizes)):
        params[f"W{i}"] = rng.normal(size=(fan_in, fan_out)) * np.sqrt(2 / fan_in)
        params[f"b{i}"] = np.zeros(fan_out)
    return params


def forward(params, X, p=0.0, rng=None):
    """Logits (n, 10), and for each hidden layer its input, its activations before dropout, and dropout's cache."""
    hidden, steps = len(params) // 2 - 1, []
    for i in range(hidden):
        a = np.maximum(X @ params[f"W{i}"] + params[f"b{i}"], 0)
        out, cache = dropout_forward(a, p, rng is not None, rng)
        steps.append((X, a, cache))
        X = out
    return X @ params[f"W{hidden}"] + params[f"b{hidden}"], [*steps, (X, None, None)]


def loss_and_slope(logits, labels):
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_sum = np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    rows = np.arange(len(labels))
    slope = np.exp(shifted - log_sum)
    slope[rows, labels] -= 1
    return (log_sum[:, 0] - shifted[rows, labels]).mean(), slope / len(labels)


def backward(params, steps, slope):
    grads = {}
    for i in reversed(range(len(steps))):
        X, _, _ = steps[i]
        grads[f"W{i}"], grads[f"b{i}"] = X.T @ slope, slope.sum(axis=0)
        if i:
            _, a, cache = steps[i - 1]
            slope = dropout_backward(slope @ params[f"W{i}"].T, cache) * (a > 0)
    return grads


def train(images, labels, val_images, val_labels, seed, sizes=WIDE, decay=0.0, p=0.0, patience=None, most=0,
          log=None):
    rng = np.random.default_rng(seed)
    params = start(sizes, rng)
    watch = EarlyStopping(patience) if patience else None
    for _ in range(75):
        X = (random_shift(images, rng, most) if most else images).reshape(-1, 64)
        order = rng.permutation(len(labels))
        for batch in np.split(order, range(20, len(order), 20)):
            logits, steps = forward(params, X[batch], p, rng)
            grads = backward(params, steps, loss_and_slope(logits, labels[batch])[1])
            params = {name: weight_decay_step(theta, grads[name], 0.1, decay if name[0] == "W" else 0.0)
                      for name, theta in params.items()}
        val_loss = loss_and_slope(forward(params, val_images.reshape(-1, 64))[0], val_labels)[0]
        if log is not None:
            log.append((loss_and_slope(forward(params, images.reshape(-1, 64))[0], labels)[0], val_loss))
        if watch and watch.step(val_loss, params):
            break
    return watch.best_weights if watch else params


def accuracy(params, images, labels):
    return 100 * np.mean(forward(params, images.reshape(-1, 64))[0].argmax(axis=1) == labels)


REMEDIES = {"nothing": {}, "smaller network": {"sizes": SMALL}, "weight decay, 0.002": {"decay": 0.002},
            "early stopping, patience 5": {"patience": 5}, "dropout, p = 0.5": {"p": 0.5},
            "moved copies": {"most": 1}, "400 digits instead of 100": {}}
table = {name: np.zeros((5, 5)) for name in REMEDIES}  # for each split: training and test accuracies
for split in range(5):
    pool, val, test = train_val_test_split(1797, (400 / 1797, 200 / 1797, 1197 / 1797), np.random.default_rng(split))
    moved_test = random_shift(digits.images[test], np.random.default_rng(split))
    for name, settings in REMEDIES.items():
        part = pool if "400" in name else pool[:100]
        images, labels = digits.images[part], digits.labels[part]
        wrong = labels.copy()
        wrong[::10], wrong[1::10], wrong[2::10] = ((labels[k::10] + k + 1) % 10 for k in range(3))  # 3 of every 10
        held_out = digits.images[val], digits.labels[val]
        plain = train(images, labels, *held_out, seed=split, **settings)
        misled = train(images, wrong, *held_out, seed=split, **settings)
        table[name][split] = [
            accuracy(plain, images, labels), accuracy(plain, digits.images[test], digits.labels[test]),
            accuracy(misled, images, wrong), accuracy(misled, digits.images[test], digits.labels[test]),
            accuracy(plain, moved_test, digits.labels[test])]

print(f"weights and biases: {sum(theta.size for theta in start(WIDE, np.random.default_rng(0)).values()):,}, "
      f"in the smaller network {sum(theta.size for theta in start(SMALL, np.random.default_rng(0)).values()):,}\n")
print("accuracy in %                    as they are      wrong labels      moved")
print("                                train   test     train   test       test")
for name, rows in table.items():
    a, b, c, d, e = rows.mean(axis=0)
    print(f"{name:30} {a:6.1f} {b:6.1f}    {c:6.1f} {d:6.1f}     {e:6.1f}")

# %% demo="price-list-drawn"
names, said = [name for name in REMEDIES if name != "nothing"], []
fig, axes = plots.figure(9.6, 3.6, 1, 3)
for ax, column, title in zip(axes, (1, 3, 4), ("as they are", "wrong labels", "moved"), strict=True):
    for row, name in enumerate(names):
        gains = table[name][:, column] - table["nothing"][:, column]
        ax.plot(gains, np.full(5, row), "o", color="C0", markersize=5, markerfacecolor="none")
        ax.plot([gains.mean()] * 2, [row - 0.3, row + 0.3], "-", color="C1", linewidth=3)
    said.append(title + ": " + ", ".join(
        f"{name} {(table[name] - table['nothing'])[:, column].mean():+.1f}" for name in names))
    ax.axvline(0, color=plots.current().muted, linewidth=1, linestyle="-")
    ax.set(title=title, ylim=(len(names) - 0.5, -0.5), yticks=range(len(names)))
    ax.set_yticklabels(names if ax is axes[0] else [])
axes[1].set_xlabel("points of test accuracy gained over doing nothing (each panel has a scale of its own)")
plots.show(fig, alt=(
    "Three panels of points of test accuracy gained over doing nothing, one row for each of six remedies, with a ring for "
    "each of five splits and a bar at their mean. The means: " + "; ".join(said) + "."))

# %% [markdown]
# One more look at the second column before you read on: both losses after each epoch, for one split and without a
# remedy. Where would your `EarlyStopping` have stopped?

# %% demo="losses-by-epoch"
losses = []
pool, val, _ = train_val_test_split(1797, (400 / 1797, 200 / 1797, 1197 / 1797), np.random.default_rng(0))
wrong = digits.labels[pool[:100]].copy()
wrong[::10], wrong[1::10], wrong[2::10] = ((wrong[k::10] + k + 1) % 10 for k in range(3))
train(digits.images[pool[:100]], wrong, digits.images[val], digits.labels[val], seed=0, log=losses)
training_losses, validation_losses = np.array(losses).T
watch = EarlyStopping(5)
stop = 1 + [watch.step(loss, {}) for loss in validation_losses].index(True)
lowest = 1 + int(np.argmin(validation_losses))
print(f"validation loss lowest after epoch {lowest}; with a patience of 5 training stops after epoch {stop}")
fig, ax = plots.figure(6.4, 3.6)
ax.set(xlabel="epoch", ylabel="loss", ylim=(0, 2.5), title="30 of 100 labels wrong, no remedy")
ax.axvline(lowest, color=plots.current().muted, linewidth=1, linestyle=":")
plots.lines(ax, np.arange(1, 76), {"training": training_losses, "validation": validation_losses})
plots.show(fig, alt=(
    f"Two losses over 75 epochs. Training goes from {training_losses[0]:.2f} to {training_losses[-1]:.2f}. Validation goes "
    f"from {validation_losses[0]:.2f} to {validation_losses[lowest - 1]:.2f} at a dotted line after epoch {lowest}, and from "
    f"there to {validation_losses[-1]:.2f}."))

# %% [markdown]
# So, which of them pay? Read the columns, not the rows.
#
# - **As they are.** The network learns its 100 digits completely and reads **89.5 %** of the others: a gap of ten and
#   a half points. Three hundred more digits bring **6.1** of them. Weight decay, early stopping and dropout bring
#   nothing that could be told from chance, although each of them is in every textbook.
# - **Wrong labels.** Now there is something that had better not be learnt. Every remedy but the smaller network pays:
#   **2.6** points from weight decay, **3.5** from moved copies, **3.8** from early stopping, **5.0** from dropout, and
#   **5.2** from 300 more digits with as many wrong labels among them. Look at the training accuracy: below 100 % is
#   what the first four are for, since 30 % of what there was to learn was wrong. But to learn less is not enough. The
#   smaller network too is below 100 %, at 85.6 %, and it loses: it lacks the right labels as well as the wrong ones.
#   (Early stopping was helped here by 200 validation digits with right labels, which you will seldom have.)
# - **Moved.** A single pixel ruins the network: **33.8 %** instead of 89.5 %, and hardly better after every remedy
#   but one. The one that shows it moved digits brings **45.7** points. In the first column the same remedy *costs*
#   2.2, since there no digit is ever moved, and the network has spent itself on nine positions.
# - **The smaller network** loses in all three. It has 1 482 weights instead of 50 550. Where the labels are right it
#   learns them almost completely, to 99.6 %, and is still worse by **6.5** points; where they are not it is worse by
#   **10.9**. The rule on many slides, "too many weights for the data: take fewer", is wrong here. Countless settings of
#   the large network fit 100 digits perfectly, but their number says nothing about the one that the training finds.
#   Look at the two errors, and not at the number of weights.
#
# **Law.** A remedy helps against the harm that it knows of. More data help against chance; weight decay, dropout and
# stopping against learning errors by heart; augmentation against the one change that you told it.
#
# A last look at the honesty of the table. The five splits differ, so each gain has a spread: the rings show it. In
# the first column a gain of less than one point is chance. In the second, weight decay, early stopping, dropout and
# the 400 digits gain in all five splits, and moved copies in four. That they help is likely, then; how much, and which
# of them most, five splits can't say. The 400 digits owe more than half of their mean to a single split, the ring
# near 15.

# %% [markdown]
# ## What breaks in practice
#
# - **Leakage.** Statistics for standardising, chosen features, filled-in gaps: whatever is computed from data has to
#   be computed from the training part. For the lasso above, the line `X = (homes.X - homes.X[train].mean(...)) / ...`
#   took care of it. If your validation score is too good, look for this first.
# - **Doubles.** The same photograph twice, ten frames of one film, moved copies made *before* the split: the test
#   part then holds what was learnt. Split first, by group, then augment the training part alone.
# - **Evaluating with dropout on.** In PyTorch `model.eval()` switches it off and `model.train()` on again. Without
#   the first, the validation accuracy jumps about and is too low.
# - **A training loss above the validation loss.** With dropout or augmentation it is no mystery: the training loss is
#   measured with the noise, the other one without.
# - **Decay on everything.** Biases and the scales of normalisation layers are usually left out, as in `fit_ridge` and
#   in the price list. An optimiser decays all that it is handed, unless you hand it two groups.
# - **λ carried over.** A penalty tuned with a summed loss is n times too strong with a mean one; a decay tuned at one
#   learning rate is another one in a library that multiplies by the rate. Write down which form you used.
# - **A remedy for the wrong failure.** A model that underfits gets worse under every remedy in this lesson. Look at
#   the two errors before you reach for one.
# - **New examples that differ.** All that a test part tells you holds for examples of its own kind. The moved digits
#   stand for every new camera, clinic and year.

# %% [markdown]
# ## In your own words
#
# *Graded by hand, 4 points.* A colleague writes:
#
# > We took 500 photographs of 120 machine parts, good and faulty. We turned every photograph by four random angles,
# > which gave 2 500 images with the originals, shuffled them and split them 80 to 20. Then we trained 40 networks and
# > kept the one with the best accuracy on the 20 %. It reaches 99.2 % there and 99.4 % on the training images. The gap
# > is 0.2 points, so it does not overfit, and we shall report 99.2 %.
#
# Answer in five to ten sentences. Why is 99.2 % too high? There are three reasons: name each, and say how it
# raises the number. What does the small gap prove? And how should they use the same photographs to get a number that
# holds for parts they have not seen?

# %% [markdown] written="too-good" points=4 minutes=12
# Three things raise the number. First, the copies were made before the split, so turned copies of one photograph lie
# on both sides: most of the 20 % are images that were learnt in another position. Second, several photographs show
# the same part. Even without the copies, a part in the held-out images has been seen in training, so the number holds
# for new photographs of known parts and not for new parts. Third, the same 20 % chose the best of 40 networks and
# then reported its accuracy. The maximum of 40 noisy scores is too high by itself.
#
# The small gap proves nothing about overfitting: both sides hold the same parts, so a network that has learnt these
# parts by heart has no gap either. A gap means something only where the held-out part is independent of the training
# part.
#
# They should split the parts, not the images, in three: for example 60 % of the parts for training, 20 % for
# validation, 20 % for testing, with all photographs of a part on one side. Turned copies are made of the training
# photographs only, and only if real parts are seen at such angles. The validation parts choose among the 40 networks,
# and the test parts are looked at once, for the report. The number will be lower, and it will be uncertain, because
# there are few parts.
#
# **Marking scheme**
#
# - 1 point: copies made before the split put near copies of training images into the held-out part (or: split first,
#   then augment).
# - 1 point: several photographs of one part lie on both sides, so the split must be by part.
# - 1 point: the part that chose among 40 networks can't report; a third part, used once, is needed.
# - 1 point: the small gap proves nothing, because both sides hold the same parts (or: because the held-out part is
#   not independent). "A small gap is good" earns nothing.

# %% [markdown]
# ## Challenge
#
# *Not graded.* In the fit explorer, with 15 points and $\lambda = 0$, the validation error explodes near degree 14, where
# a polynomial has as many numbers to choose as there are points. But the price list says that a large network is better
# than a small one. What happens *beyond* that point? Replace the powers by random waves, $\cos(a_j x + c_j)$ with $a_j$
# normal of deviation 8 and $c_j$ uniform between 0 and $2\pi$: a hidden layer that is not trained. Fit the last layer
# with `np.linalg.lstsq`, which among all perfect fits takes the one with the smallest weights. Draw the validation
# error for 1 to 1000 waves on logarithmic axes, as a median over a hundred draws. You should see it fall, rise to a
# steep peak where waves and points are equally many, and come down a second time. Is the second valley lower than the
# first? Does the peak survive a small $\lambda$?

# %% [markdown]
# ## Sources
#
# - A. Hoerl, R. Kennard, *Ridge regression: biased estimation for nonorthogonal problems*, 1970.
# - R. Tibshirani, *Regression shrinkage and selection via the lasso*, 1996.
# - I. Daubechies, M. Defrise, C. De Mol, *An iterative thresholding algorithm for linear inverse problems with a
#   sparsity constraint*, 2004: the loop of the lasso above.
# - L. Prechelt, *Early stopping, but when?*, 1998: patience and its relatives, measured.
# - N. Srivastava, G. Hinton, A. Krizhevsky, I. Sutskever, R. Salakhutdinov, *Dropout: a simple way to prevent neural
#   networks from overfitting*, 2014.
# - I. Loshchilov, F. Hutter, *Decoupled weight decay regularization*, 2017 (published 2019): AdamW, and why a penalty
#   is no decay.
# - P. Simard, D. Steinkraus, J. Platt, *Best practices for convolutional neural networks applied to visual document
#   analysis*, 2003: moved and bent digits.
# - C. Zhang, S. Bengio, M. Hardt, B. Recht, O. Vinyals, *Understanding deep learning requires rethinking
#   generalization*, 2017: networks learn random labels as well as right ones.
# - M. Belkin, D. Hsu, S. Ma, S. Mandal, *Reconciling modern machine-learning practice and the classical bias-variance
#   trade-off*, 2019: the second descent of the challenge.
