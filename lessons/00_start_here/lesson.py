# %% [markdown] lesson="Start here" part="Start" hours=2 needs=""
# # 00 · Start here
#
# **How can three lines without a loop compute all the distances between 1000 points? And when your three lines are
# wrong, what does a wrong answer look like, and what does it teach you?**
#
# The second question comes first. You meet the course's machinery once, on an exercise that asks for next to nothing,
# so that it never stands in the way of a hard one. Then come arrays. At the end your own three lines read handwritten
# digits.
#
# **You will be able to**
#
# - write an answer, read what a check says about it, and hand the notebook in;
# - say which shape and which dtype an expression has before you run it;
# - replace a loop over rows, columns or pairs by one expression;
# - tell a view from a copy, and know which of the two you are about to change;
# - cut data into shuffled batches that come out the same tomorrow.
#
# **Where it stands.** This is the first of twenty lessons. It needs Python's functions, lists and loops, and no
# NumPy. All of it returns: `standardise` prepares the house prices of lesson 01, `one_hot` is half of a gradient in
# lesson 02 and `batches` feeds the training there, and PyTorch's tensors in lesson 03 obey the rules for shapes that
# you learn here.
#
# **Time.** About two hours: six exercises, three predictions. A good place for a break is before "Views, copies, and
# picking".

# %% [markdown]
# ## How a lesson works
#
# A notebook is a column of cells. Click on a cell and press **Shift+Enter**: it runs, and the next one is selected.
# Text cells explain. Code cells hand their code to the *kernel*, a Python process that remembers every name
# which a cell has defined since it started. Work from top to bottom, and begin with the cell below: it loads NumPy
# and the course's checks.

# %% setup=true
from collections.abc import Iterator

import numpy as np

from forwardpass import NotAttempted, check, data, plots, widgets

# %% [markdown]
# ### Your first answer
#
# Under this text stands a line that says what is coming: the names to write, how many minutes it takes, how hard it
# is, and what it is worth. Under that stands a **stub**: a function that lacks its body. Its first line and its
# docstring are the task, and a check asks for what they say and for nothing else.
#
# Take four steps.
#
# **1. Run it empty.** Run the stub as it is, then the test below the hints. It says
#
# ```
# double   not attempted yet
# ```
#
# which is neither right nor wrong.
#
# **2. Be wrong on purpose.** Write `return x + 2` in place of the two lines `# your code here` and `raise
# NotAttempted`. Run the stub again, so that the kernel learns of the change, and then the test:
#
# ```
# double   not right yet   (1 of 2 points needs this test)
#   law        the answer is twice the input, whatever the input is
#   smallest   x = 0.25
#   expected   0.5
#   got        2.25
#   likely     you added 2 instead of multiplying by 2: the two agree only for x = 2
#   read       section "Your first answer"
# ```
#
# | line | what it tells you |
# | --- | --- |
# | law | the one sentence that your answer breaks |
# | smallest | the smallest of all the inputs that were tried and failed: small enough to work through on paper |
# | expected, got | what should have come and what came; for an array first the shape, then the dtype, then the numbers. Compare in that order |
# | problem | for arrays: the first difference between the two, and where it is |
# | likely | the mistake that gives exactly your answer. It is missing when nobody foresaw yours |
# | read | the section to go back to |
#
# Your `x + 2` was right for one input, 2, and that was an accident.
#
# **3. Open the hints.** Each is folded away under a symptom. Click on the symptom that you have and leave the others
# shut: a hint read too early costs you the exercise. Today open all three, to see what they are like.
#
# **4. Be right.** Mend the stub, run it, run the test. `double   right: 4 cases` is all that it says.
#
# **Law.** An answer is right when it is right for every input that its docstring allows, not for the one that you
# tried.

# %% exercise="double" minutes=5 difficulty=1 law="the answer is twice the input, whatever the input is"
def double(x: float) -> float:
    """Twice a number.

    x: a whole number or a float. Returns 2x.
    """
    ### BEGIN SOLUTION
    return 2 * x
    ### END SOLUTION

# %% [markdown] hint="double"
# - *I don't know where to start.* A function hands its answer back with `return`, and the name `x` holds the number
#   that came in.
# - *It says "the answer is None".* The value was printed or computed, but not returned.
# - *Only some of the inputs are right.* Work out the input named under *smallest* on paper, then follow your line
#   with it.

# %% test="double" points=1
check.equal_many(double, [2, 3, 10, 0.25], expect=[4.0, 6.0, 20.0, 0.5], mistakes={
    "you added 2 instead of multiplying by 2: the two agree only for x = 2": lambda x: x + 2,
    "you squared x instead of doubling it: the two agree only for x = 0 and x = 2": lambda x: x**2,
    "you cut off the fraction: twice a float is a float": 0,
    "you printed the answer: return hands it back to whoever called": None,
    "you turned the answer into text: return the number itself": "0.5"})

# %% test="double" points=1 hidden=true covers="zero, negative numbers, large numbers and fractions"
rng = check.rng("double")
numbers = [0, -1, -2.5, 1e300, *rng.integers(-1000, 1000, 10).tolist(), *rng.normal(size=10).tolist()]
check.equal_many(double, numbers, expect=[x / 0.5 for x in numbers])

# %% [markdown]
# ### From your notebook to a mark
#
# **Hidden tests.** The second test cell above is locked. Run it, and it prints one line: that it waits for the grader,
# and what it covers. The rest is run after you hand in, on inputs that you have not seen. It never asks for more than
# the docstring promised. Each test cell carries its own points, so an answer that passes the visible test and misses a
# rare case keeps the visible test's points. This lesson has 30 points: 12 by visible tests, 14 by hidden ones, and 4
# for predictions.
#
# **Predictions.** Some boxes ask you to write down what will happen before you run the next cell. The check says that
# your prediction is written down, and the next cell shows what is true. A wrong prediction earns nothing, nothing is
# deducted for it, and you will remember it. One that you change afterwards teaches nothing.
#
# **Validate.** The button *Validate* above the notebook starts a fresh kernel, runs everything from top to bottom
# except long demonstrations, and lists the visible tests that fail. Press it before you hand in: it finds the answer
# that works only because of a cell which you have since deleted.
#
# **Save and hand in.** Press Ctrl+S (Cmd+S on a Mac) and hand in this one file, `00_start_here.ipynb`, in the way
# that your instructor names. Leave its name and its test cells as they are; cells that you add are yours.
#
# **Feedback.** A page comes back: your notebook with the marks of each test. Where a hidden test failed, it gives the
# law, what was covered, the input that broke your answer, what came, and the likely mistake. It does not give the
# expected answer: the input is enough to find it.
#
# ### When you are stuck
#
# - *It says "no double: run the cell that defines it first".* The kernel was restarted, or the stub's cell has not
#   been run since.
# - *It worked an hour ago.* A kernel also remembers what you have since changed or deleted. In the menu choose
#   *Kernel*, then *Restart Kernel and Run All Cells*. Now it knows what the page says, and nothing else.
# - *A cell runs for ever.* The square ■ above the notebook interrupts it.
# - *My answer looks right to me.* Press Esc and B for a new cell below, call your function with the input named under
#   *smallest*, and print the shape and the dtype before the numbers.

# %% [markdown]
# ## Shape, axis, dtype
#
# An *array* is a table of numbers of one kind. Take three rows of two columns:
#
# | | column 0 | column 1 | mean of the row |
# | --- | --- | --- | --- |
# | row 0 | 1 | 3 | **2** |
# | row 1 | 5 | 7 | **6** |
# | row 2 | 6 | 8 | **7** |
# | mean of the column | **4** | **6** | |
#
# Its *shape* is (3, 2): axis 0 counts the rows and has size 3, axis 1 counts the columns and has size 2. A function
# such as `sum`, `mean` or `max` takes an `axis` and uses it up. Along axis 0 it walks down the rows and leaves one
# number for each column, shape (2,). Without an axis it uses up all of them and leaves one number. With
# `keepdims=True` the axis used up stays, with size 1.

# %%
table = np.array([[1.0, 3.0], [5.0, 7.0], [6.0, 8.0]])
print("table              ", table.shape, table.dtype)
print("sum, axis 0        ", table.sum(axis=0).shape, table.sum(axis=0))
print("sum, no axis       ", table.sum().shape, table.sum())
print("sum, axis 0, kept  ", table.sum(axis=0, keepdims=True).shape)
print("one column         ", table[:, 1].shape, table[:, 1])
print("the first two rows ", table[:2].shape)

# %% [markdown]
# **Law.** The axis that you name is the one that disappears.
#
# In the course's notation $X \in \mathbb{R}^{n \times d}$ is a table of $n$ examples (rows) and $d$ features
# (columns), and $x_{ij}$ is feature $j$ of example $i$. The mean of row $i$ is $\frac{1}{d} \sum_{j=1}^{d} x_{ij}$.
#
# All numbers of an array have one *dtype*, fixed when the array is made: `float64` (15 to 16 decimal digits),
# `float32` (7), `int64` (whole numbers), `uint8` (whole numbers from 0 to 255, the usual one for photographs),
# `bool`. A fraction that you put into an array of whole numbers is cut off, without a word:

# %%
counts = np.array([1, 2, 3])
counts[0] = 9.7
print(counts, counts.dtype)
print(counts / 2, (counts / 2).dtype)
print(counts // 2, (counts // 2).dtype)

# %% [markdown]
# ### A bright pixel
#
# Two photographs are laid over each other. In one a pixel is 200, in the other it is 100, and both arrays are
# `uint8`. Their sum is `uint8` as well, so there is no room for 300. Eight bits have 256 states and count like an
# odometer: the step after the last state leads to the first. Which number is the sum? Write it in place of the dots,
# run that cell and the test, and then the cell below them.

# %% predict="bright-pixel" minutes=2 law="a sum has the dtype of what was added, whether or not it fits"
### BEGIN SOLUTION
bright = 44
### END SOLUTION

# %% test="bright-pixel" points=1 hidden=true covers="your prediction"
check.equal(bright, expect=44, mistakes={
    "300 is more than the largest uint8, which is 255": 300,
    "you let the sum stop at 255: whole numbers in an array start again at 0 when they overflow": 255,
    "you took away 255, but uint8 counts 256 values, 0 to 255": 45})

# %%
left, right = np.array([200], dtype=np.uint8), np.array([100], dtype=np.uint8)
print("uint8:  ", left + right)
print("float64:", left.astype(np.float64) + right)

# %% [markdown]
# No error and no warning: the sum wraps round, 300 - 256. Make floats of pixels before you calculate with them.
#
# ### One mean for each row
#
# Now the table above. The answer for it is `[2.0, 6.0, 7.0]`, of shape (3,), and not of shape (3, 1).

# %% exercise="row-means" minutes=4 difficulty=1 read="Shape, axis, dtype" law="one mean for each row"
def row_means(x: np.ndarray) -> np.ndarray:
    """Mean of every row.

    x: (n, d), floats or whole numbers, n and d at least 1. Returns (n,) floats.
    """
    ### BEGIN SOLUTION
    return x.mean(axis=1)
    ### END SOLUTION

# %% [markdown] hint="row-means"
# - *I don't know where to start.* For the table above, what is the shape of the answer? Which of the two axes has to
#   disappear?
# - *My answer has one number for each column.* You named the axis that you wanted to keep.
# - *My answer has two brackets, or it is one number.* `keepdims` keeps the axis; no `axis` at all uses up both.
# - *My means have lost their fractions.* Look for `//`, or for an array that you made with the dtype of `x`.

# %% test="row-means" points=1
whole = np.array([[1, 2], [3, 6]])
table = np.array([[1.0, 3.0], [5.0, 7.0], [6.0, 8.0]])
check.equal(row_means, whole, expect=[1.5, 4.5], mistakes={
    "you averaged down the columns: the axis that you name disappears, so name the one that runs along a row": [2.0, 4.0],
    "you averaged everything: name the axis that has to disappear": 3.0,
    "you kept the axis, so the shape is (n, 1): the answer has one axis only, (n,)": [[1.5], [4.5]],
    "you added up each row and did not divide by the number of columns": [3, 9],
    "your means are whole numbers: // rounds down, and an array of whole numbers cuts fractions off": [1, 4]})
check.equal(row_means, table, expect=[2.0, 6.0, 7.0], mistakes={
    "you divided by the number of rows: a row holds as many numbers as there are columns": [4 / 3, 12 / 3, 14 / 3]})

# %% test="row-means" points=2 hidden=true covers="one row, one column, whole numbers, float32, 40 random shapes"
rng = check.rng("row-means")
shapes = [(1, 1), (1, 5), (5, 1), *map(tuple, rng.integers(1, 9, (37, 2)).tolist())]
kinds = ["f8", "f4", "i8", "i4"]
cases = [(100 * rng.random(shape)).astype(kinds[i % 4]) for i, shape in enumerate(shapes)]
check.equal_many(row_means, cases, expect=[[sum(row) / len(row) for row in x.tolist()] for x in cases])

# %% [markdown]
# ## Broadcasting
#
# A column of three numbers and a row of four are added. Every pair meets once:
#
# | + | 0 | 1 | 2 | 3 |
# | --- | --- | --- | --- | --- |
# | **0** | 0 | 1 | 2 | 3 |
# | **10** | 10 | 11 | 12 | 13 |
# | **20** | 20 | 21 | 22 | 23 |
#
# The column has shape (3, 1), the row (4,), the result (3, 4): twelve numbers out of seven, and no loop. NumPy
# *broadcasts*: it treats an axis of size 1 as if its one entry were repeated as often as the other array needs,
# without storing the repeats. To find the shape, write the shapes one above the other, **aligned on the right**, and
# put a 1 wherever one of them has run out:
#
# ```
# column   3  1
# row      1  4      the 1 in front is put there for you
# result   3  4
# ```
#
# **Law.** Aligned on the right, two sizes fit if they are equal or if one of them is 1. If one is 1, the other counts.
#
# `None` in an index puts in an axis of size 1 where you want it: from a `v` of shape (3,), `v[:, None]` makes (3, 1)
# and `v[None, :]` makes (1, 3).

# %%
column, row = np.array([[0], [10], [20]]), np.array([0, 1, 2, 3])
print(column + row)
print(row[:, None].shape, row[None, :].shape, (row[:, None] * row).shape)

# %% demo="stretched"
fig, axes = plots.figure(8.4, 2.6, 1, 3)
stored = {"column, shape (3, 1)": (0, 0, 3, 1), "row, shape (4,)": (0, 0, 1, 4), "sum, shape (3, 4)": (0, 0, 3, 4)}
for ax, sign, values, (name, window) in zip(axes, " +=", [column, row, column + row], stored.items(), strict=True):
    plots.cells(ax, np.broadcast_to(values, (3, 4)), windows={name: window})
    ax.set_title(sign, loc="center", x=-0.09, y=0.42, fontsize=18)
plots.show(fig, alt=(
    "Three grids of three rows and four columns. In the first, the outlined column 0, 10, 20 stands four times side by "
    "side. In the second, the outlined row 0, 1, 2, 3 stands three times one below the other. The third is their sum, "
    "entry by entry, from 0 to 23."))

# %% [markdown]
# Outlined is what is stored; the rest is repeated. Added entry by entry, the first two grids give the third.

# %% [markdown]
# ### Three shapes
#
# Say what comes out, on paper, by the rule. Write each as one of these texts, with its quotation marks: `"(4, 3)"`,
# `"(4, 5)"`, `"(5, 4)"`, `"(200, 2)"`, `"(200, 300, 2)"`, or `"error"` where two sizes do not fit.
#
# - `shape_a`: an array of shape (5, 1) plus one of shape (4,)
# - `shape_b`: an array of shape (200, 1, 2) minus one of shape (300, 2)
# - `shape_c`: an array of shape (4, 3) times one of shape (4,)

# %% predict="broadcast-shapes" minutes=4 choices="(4, 3) | (4, 5) | (5, 4) | (200, 2) | (200, 300, 2) | error" law="aligned on the right, two sizes fit if they are equal or one of them is 1"
### BEGIN SOLUTION
shape_a = "(5, 4)"
shape_b = "(200, 300, 2)"
shape_c = "error"
### END SOLUTION

# %% test="broadcast-shapes" points=2 hidden=true covers="your three predictions"
check.equal(shape_a, expect="(5, 4)", about="(5, 1) plus (4,)", mistakes={
    "both stretch here: the 1 of the first becomes 4, and the second gets a 1 in front that becomes 5": "error",
    "you swapped the sizes: the 5 stands on axis 0 and stays there": "(4, 5)"})
check.equal(shape_b, expect="(200, 300, 2)", about="(200, 1, 2) minus (300, 2)", mistakes={
    "the missing axis of the second array counts as 1, so all sizes fit": "error",
    "you paired the points off: each of the 200 meets each of the 300": "(200, 2)"})
check.equal(shape_c, expect="error", about="(4, 3) times (4,)", mistakes={
    "you aligned the shapes from the left: on the right 3 meets 4, and neither is 1": "(4, 3)"})

# %%
for first, second in [((5, 1), (4,)), ((200, 1, 2), (300, 2)), ((4, 3), (4,))]:
    try:
        print(first, second, "->", np.broadcast_shapes(first, second))
    except ValueError:
        print(first, second, "-> error")

# %% [markdown]
# The third one surprises most people: four rows, four factors, and no fit, because shapes are read from the right.
# `[:, None]` on the factors would have made them (4, 1), which fits. Try your own shapes:

# %% demo="broadcasting-explorer"
widgets.broadcasting()

# %% [markdown]
# ### Choosing entry by entry
#
# A comparison is made for each entry and gives an array of True and False, a *mask*. `np.where(mask, this, that)`
# takes each entry from `this` where the mask is True and from `that` where it is False; both broadcast. `np.zeros`
# takes a shape, and `np.arange(n)` counts from 0 to n - 1.

# %%
stock = np.array([4, 0, 2])
print(stock == 0, (stock == 0).any())
print(np.where(stock == 0, -1, stock))
print(np.zeros((2, 3)))
print(np.arange(4))

# %% [markdown]
# ### Columns in the same unit
#
# Four homes, with the number of rooms and the area in square metres:
#
# | | rooms | area | rooms, standardised | area, standardised |
# | --- | --- | --- | --- | --- |
# | home 0 | 1 | 60 | -1 | -1 |
# | home 1 | 1 | 100 | -1 | 1 |
# | home 2 | 3 | 60 | 1 | -1 |
# | home 3 | 3 | 100 | 1 | 1 |
# | mean | 2 | 80 | 0 | 0 |
# | deviation | 1 | 20 | 1 | 1 |
#
# Rooms differ by 2 and areas by 40, so in any sum over columns the area drowns the rooms, for no better reason than
# its unit. To *standardise* a column is to count in deviations from its mean:
#
# $$z_{ij} = \frac{x_{ij} - \mu_j}{\sigma_j}, \qquad \mu_j = \frac1n \sum_{i=1}^{n} x_{ij}, \qquad
# \sigma_j = \sqrt{\frac1n \sum_{i=1}^{n} (x_{ij} - \mu_j)^2} .$$
#
# $\mu_j$ is the mean of column $j$, $\sigma_j$ its standard deviation, and $\sigma_j^2$ its variance. As arrays, $\mu$
# and $\sigma$ have shape (d,), and broadcasting against (n, d) does the rest.
#
# One case needs a decision. A column whose values are all equal has $\sigma_j = 0$, and 0 / 0 is `nan`, *not a
# number*, which spoils every sum that it enters. The column tells us nothing, so zeros are the right answer for it.
#
# How do you find such a column? Its *computed* deviation need not be 0, since a mean is rounded too:

# %%
constant = np.array([0.1, 0.1, 0.1])
print("mean     ", constant.mean())
print("deviation", constant.std())
print("all equal", constant.max() == constant.min())

# %% [markdown]
# Nor does a bound help, "below 1e-9 counts as 0": the radii of atoms, in metres, differ by less. The values are
# all equal if the largest equals the smallest. Nothing is rounded in that question, and it has one answer for each
# column if you name the axis.

# %% exercise="standardise" minutes=12 difficulty=2 law="every column has mean 0 and variance 1, or is all zeros if its values were all equal"
def standardise(x: np.ndarray) -> np.ndarray:
    """Every column shifted and scaled to mean 0 and variance 1, with variances taken as 1/n times the sum of squares.

    x: (n, d) float64, n and d at least 1; it stays unchanged. A column may be in any unit, its deviation 1e-12 or 1e9.
    Returns (n, d) float64. A column whose values are all equal, such as 0.1 three times, comes out as zeros, up to
    rounding. No entry is NaN or infinite.
    """
    ### BEGIN SOLUTION
    all_equal = x.max(axis=0) == x.min(axis=0)
    return (x - x.mean(axis=0)) / np.where(all_equal, 1, x.std(axis=0))
    ### END SOLUTION

# %% [markdown] hint="standardise"
# - *I don't know where to start.* Which shape has the mean of every column, and does it broadcast against (n, d) as
#   it is?
# - *I have the means and don't know how to go on.* One expression does all columns at once: the table minus the
#   means, divided by the deviations. `x.std` takes an axis as `x.mean` does.
# - *My shapes do not fit.* Your means are those of the rows, of shape (n,). You want those of the columns.
# - *My numbers have the right sign but the wrong size.* Divide by the deviation, not by its square, and take 1/n, not
#   1/(n - 1).
# - *I get `nan`.* Where all values of a column are equal, divide by 1 instead. What is left on top of the fraction is
#   0, up to rounding. `np.where` chooses column by column.
# - *A column of 0.1 comes out as -1.* Its computed deviation is 1.4e-17. Don't ask whether the deviation is 0, ask
#   whether the largest value of the column equals the smallest.
# - *It says that I changed `x` in place.* `x -= ...` writes into the caller's array. `x = x - ...` makes a new one.

# %% test="standardise" points=2
homes = np.array([[1.0, 60.0], [1.0, 100.0], [3.0, 60.0], [3.0, 100.0]])
check.close(standardise, homes, expect=[[-1.0, -1.0], [-1.0, 1.0], [1.0, -1.0], [1.0, 1.0]], mistakes={
    "you standardised each row: the axis that has to disappear is the one that counts examples, axis 0": [[-1.0, 1.0]] * 4,
    "you divided by the variance: the deviation is its square root": [[-1, -0.05], [-1, 0.05], [1, -0.05], [1, 0.05]],
    "you did not subtract the mean": [[1.0, 3.0], [1.0, 5.0], [3.0, 3.0], [3.0, 5.0]],
    "you divided by the deviation with n - 1 (ddof=1): the task is the variance with n":
        np.array([[-1, -1], [-1, 1], [1, -1], [1, 1]]) * 0.8660254,
    "you took one mean for the whole table: every column has its own":
        np.array([[-40, 19], [-40, 59], [-38, 19], [-38, 59]]) / 41.4909628,
    "you scaled to the range between 0 and 1: the task is mean 0 and variance 1": [[0.0, 0], [0, 1], [1, 0], [1, 1]],
    "the shapes do not fit: (4,) holds one number for each row and meets (4, 2) from the right; you want one for each column":
        ValueError})
check.close(standardise, np.array([[1.0, 4.0], [3.0, 4.0]]), expect=[[-1.0, 0.0], [1.0, 0.0]], mistakes={
    "0 / 0 is NaN: a column whose values are all equal needs another divisor": np.array([[-1.0, np.nan], [1.0, np.nan]]),
    "a column whose values are all equal must not vanish: you leave it out, but it stays as zeros": [[-1.0], [1.0]]})
check.close(standardise, np.array([[0.1], [0.1], [0.1]]), expect=[[0.0], [0.0], [0.0]], mistakes={
    "you ask whether the computed deviation is 0, but here it is 1.4e-17: ask whether the largest value equals the smallest":
        [[-1.0], [-1.0], [-1.0]]})
tiny = np.array([[1e-9], [3e-9]])
check.close(standardise, tiny, expect=[[-1.0], [1.0]], law="what counts as small depends on the unit", mistakes={
    "you add a small number to the deviation, but 1e-8 is not small beside 1e-9: change the divisor only where all values are equal":
        [[-1 / 11], [1 / 11]],
    "you take a deviation of 1e-9 for 0: it is small only in this unit": [[-1e-9], [1e-9]]})

# %% test="standardise" points=3 hidden=true covers="one row, one column, columns whose values are all equal, deviations from 1e-12 to 1e9, 40 random tables"
from math import fsum, sqrt


def standardised_column(column):
    if min(column) == max(column):
        return [0.0] * len(column)
    mean = fsum(column) / len(column)
    deviation = sqrt(fsum((value - mean) ** 2 for value in column) / len(column))
    return [(value - mean) / deviation for value in column]


rng = check.rng("standardise")
cases = [np.array([[3.0]]), np.array([[5.0, -2.0]]), np.full((4, 1), 7.0), np.full((7, 2), -3.3), np.full((6, 1), 1234.1)]
for _ in range(35):
    n, d = rng.integers(2, 9, 2)
    x = (rng.normal(size=(n, d)) + rng.normal(size=d)) * 10.0 ** rng.integers(-12, 10, d)
    x[:, rng.random(d) < 0.2] = 0.1 * rng.integers(-9, 10)
    cases.append(x)
wanted = [np.transpose([standardised_column(column) for column in x.T.tolist()]) for x in cases]
check.equal_many(standardise, cases, expect=wanted, rtol=1e-6, atol=1e-6)

# %% [markdown]
# The house prices of lesson 01 have eight columns in seven units. Here they are on one axis, before and after. Each
# box holds the middle half of the homes, and the thin lines reach to the extremes.

# %% demo="homes-standardised"
homes = data.house_prices()
fig, axes = plots.figure(8.4, 3.8, 1, 2)
for ax, values, title in [(axes[0], homes.X, "as sold"), (axes[1], standardise(homes.X), "standardised")]:
    ax.boxplot(values, orientation="horizontal", whis=(0, 100), widths=0.6)
    ax.set(title=title, yticks=range(1, 9), yticklabels=homes.feature_names if ax is axes[0] else [])
    ax.invert_yaxis()
axes[0].set_xlabel("each in its own unit")
axes[1].set_xlabel("deviations from the mean")
plots.show(fig, alt=(
    "Two panels of eight horizontal box plots, one for each column of the house prices. As sold, garden and energy reach "
    "to hundreds, while bedrooms, floor and lift are slivers at 0. Standardised, all eight lie around 0, none below -2 and "
    "none above 4.2."))

# %% [markdown]
# ## Views, copies, and picking
#
# An array is two things: a block of numbers in memory, and a note of how to read it (shape, dtype, step). A *view* is
# a second note about the same block, and a *copy* is a block of its own. Take `v = [5, 6, 7]`. After `w = v[:2]` and
# `w[0] = 0`, `v` is `[0, 6, 7]`: you wrote through the view. After `w = v[:2].copy()` it would still be `[5, 6, 7]`.
#
# Indexing with a list or an array of whole numbers *picks* entries, in the order asked for and as often as asked for:
# `v[[2, 0, 2]]` is `[7, 5, 7]`. No step through memory gives such an order, so a pick is always a copy. On a table,
# one array picks rows, and two arrays of equal length pick one entry for each pair:

# %%
names = np.array(["rent", "food", "fun"])
costs = np.array([[900, 310, 40], [950, 280, 90], [900, 330, 10], [900, 300, 120]])
print(names[[2, 0, 2]])
print(costs[[3, 0]])
print(costs[[0, 1, 2, 3], [2, 2, 0, 1]], "row 0 column 2, row 1 column 2, row 2 column 0, row 3 column 1")

# %% [markdown]
# **Law.** A slice is a view of the same numbers; picking with a list or an array copies them.
#
# That holds for reading. On the left of an equals sign, `costs[[0, 1], [2, 2]] = 0` writes into `costs` itself: there
# is nothing to copy.
#
# ### Who else sees the change
#
# ```python
# x = np.array([0, 1, 2, 3, 4, 5])
# part = x[:3]
# pick = x[[0, 1, 2]]
# part[0] = 100
# pick[1] = 200
# x[[4, 5]] = 9
# ```
#
# Write down what `x` holds afterwards, as a list of six numbers.

# %% predict="view-or-copy" minutes=2 law="a slice is a view of the same numbers; picking with a list or an array copies them"
### BEGIN SOLUTION
x_after = [100, 1, 2, 3, 9, 9]
### END SOLUTION

# %% test="view-or-copy" points=1 hidden=true covers="your prediction"
check.equal(x_after, expect=[100, 1, 2, 3, 9, 9], mistakes={
    "you took it that both are views: a pick with a list is a copy, so its 200 stays out of x": [100, 200, 2, 3, 9, 9],
    "you took it that both are copies: a slice is a window on x, so its 100 shows there": [0, 1, 2, 3, 9, 9],
    "you have it the other way round: the slice is the view, the pick is the copy": [0, 200, 2, 3, 9, 9],
    "on the left of an equals sign a pick writes into the array itself: x[[4, 5]] = 9 changes x": [100, 1, 2, 3, 4, 5]})

# %%
x = np.array([0, 1, 2, 3, 4, 5])
part, pick = x[:3], x[[0, 1, 2]]
part[0], pick[1] = 100, 200
x[[4, 5]] = 9
print(x, np.shares_memory(x, part), np.shares_memory(x, pick))

# %% [markdown]
# ### One column for each class
#
# A network that chooses among $k$ classes puts out $k$ numbers, so the right class has to be written as $k$ numbers
# too: a 1 in its column and zeros elsewhere. For the labels 2, 0, 2 and $k = 4$:
#
# | label | column 0 | column 1 | column 2 | column 3 |
# | --- | --- | --- | --- | --- |
# | 2 | 0 | 0 | 1 | 0 |
# | 0 | 1 | 0 | 0 | 0 |
# | 2 | 0 | 0 | 1 | 0 |
#
# Nothing in these labels says that there are four classes: a batch need not hold one of each, and so $k$ is an
# argument. And beware of the label -1, which some data sets use for *unknown*. As an index it means the last column,
# and NumPy will put a 1 there without a word.
#
# A function refuses an input by raising an error. The first `raise` that is reached ends the call:
#
# ```python
# if (prices < 0).any():
#     raise ValueError("no price may be negative")
# ```

# %% exercise="one-hot" minutes=10 difficulty=2 law="row i holds a single 1.0, in column labels[i], and zeros elsewhere"
def one_hot(labels: np.ndarray, k: int) -> np.ndarray:
    """Labels as rows of zeros with a single one.

    labels: (n,) whole numbers from 0 to k - 1, of any integer dtype; n and k at least 1.
    Returns (n, k) float64: 1.0 at [i, labels[i]], 0.0 elsewhere.
    Raises ValueError if a label is negative or not below k.
    """
    ### BEGIN SOLUTION
    if labels.min() < 0 or labels.max() >= k:
        raise ValueError(f"labels must lie in 0..{k - 1}, got {labels.min()} to {labels.max()}")
    return np.eye(k)[labels]
    ### END SOLUTION

# %% [markdown] hint="one-hot"
# - *I don't know where to start.* Write down the answer for the labels 0, 1, 2 and k = 3. Which well-known matrix is
#   it? Every row that you will ever need is one of its rows.
# - *I have a table of zeros and don't know how to set the ones.* They stand at (0, labels[0]), (1, labels[1]) and so
#   on: two arrays of equal length pick one entry for each pair. `np.arange` makes the first.
# - *Whole columns turn to ones.* A colon means every row. Each label belongs to its own row.
# - *My numbers are right but the check complains of the dtype.* A comparison gives True and False, and an array that
#   was made from the labels holds whole numbers. `astype` converts.
# - *It wants a ValueError, and none comes.* Before you build anything, look at the smallest and at the largest label.

# %% test="one-hot" points=2
labels = np.array([2, 0, 2])
rows = np.array([[0.0, 0.0, 1.0, 0.0], [1.0, 0.0, 0.0, 0.0], [0.0, 0.0, 1.0, 0.0]])
check.equal(one_hot, labels, 4, expect=rows, mistakes={
    "you are off by one: label 0 belongs to column 0, and label 2 to column 2": [[0.0, 1, 0, 0], [0, 0, 0, 1], [0, 1, 0, 0]],
    "you made one column too many: with k classes the columns are 0 to k - 1":
        [[0.0, 0, 1, 0, 0], [1, 0, 0, 0, 0], [0, 0, 1, 0, 0]],
    "your answer holds whole numbers: ask for float64, as networks calculate with floats": rows.astype(int),
    "your answer holds True and False: turn them into the floats 1.0 and 0.0": rows.astype(bool),
    "your answer is transposed: examples are rows, classes are columns, so the shape is (n, k)": rows.T,
    "you took the number of columns from the largest label: k says how many classes there are": rows[:, :3],
    "you set whole columns: a label belongs to one row, its own": [[1.0, 0, 1, 0]] * 3})
check.raises(ValueError, one_hot, np.array([0, -1]), 3, mistakes={
    "you let -1 through: as an index it counts from the end, so the label became the last class": [[1.0, 0, 0], [0, 0, 1]],
    "you let -1 through: it gave a row of zeros, which is no class at all": [[1.0, 0, 0], [0, 0, 0]]})
check.raises(ValueError, one_hot, np.array([0, 3]), 3, mistakes={
    "you let a label of k through: it gave a row of zeros, which is no class at all": [[1.0, 0, 0], [0, 0, 0]]})

# %% test="one-hot" points=2 hidden=true covers="one label, one class, classes that do not occur, int8 to int64, labels outside the range, 40 random sets"
rng = check.rng("one-hot")
cases = [(np.array([0]), 1), (np.array([0]), 3), (np.array([1, 1, 1]), 2)]
for i in range(37):
    k = int(rng.integers(1, 12))
    cases.append((rng.integers(0, k, int(rng.integers(1, 9))).astype(["i1", "i2", "i4", "i8"][i % 4]), k))
wanted = [np.array([[float(label == column) for column in range(k)] for label in some.tolist()]) for some, k in cases]
check.equal_many(one_hot, cases, expect=wanted)
outside = [(np.array([-3]), 3), (np.array([5]), 5), (np.array([1, 9, 0]), 4), (np.array([-100]), 2)]
check.raises_many(ValueError, one_hot, outside)

# %% [markdown]
# ## All pairs at once
#
# Two points in one array: (0, 0) and (3, 4). Three in another: (0, 0), (3, 0) and (0, 8). The squared distance of
# each pair, by Pythagoras:
#
# | | (0, 0) | (3, 0) | (0, 8) |
# | --- | --- | --- | --- |
# | **(0, 0)** | 0 | 9 | 64 |
# | **(3, 4)** | 25 | 16 | 9 + 16 = 25 |
#
# In general $A \in \mathbb{R}^{n \times d}$ and $B \in \mathbb{R}^{m \times d}$ hold the points as rows, and
#
# $$D_{ij} \;=\; \sum_{c=1}^{d} (a_{ic} - b_{jc})^2 \;=\; \sum_c a_{ic}^2 \;-\; 2 \sum_c a_{ic} b_{jc} \;+\; \sum_c b_{jc}^2 ,
# \qquad D \in \mathbb{R}^{n \times m}.$$
#
# The square root is left out: it changes no order, so whichever point is nearest stays the nearest. Each side of the
# second equals sign is a way to compute $D$ without a loop.
#
# - **Differences.** Broadcast (n, 1, d) against (1, m, d), square, and sum the last axis away. You predicted such a
#   shape above. For 1000 by 1000 points of 64 features the differences are 64 million numbers, half a gigabyte, on
#   the way to a result of 8 megabytes.
# - **Expanded.** The middle term, for all pairs, is one matrix product $AB^\top$ of shape (n, m): `@` multiplies
#   matrices and `.T` transposes. The other two terms are a column (n, 1) and a row (m,). Nothing larger than the
#   result is ever made, and a matrix product is what computers do fastest. These are the three lines of the first
#   page.
#
# But the two sides are equal on paper only:

# %%
a, b = 10000.1, 10000.100001
print(f"squared difference: {(a - b) ** 2:.0e}")
print(f"expanded:           {a * a - 2 * a * b + b * b:.0e}")

# %% [markdown]
# A negative square. `a * a` is about $10^8$, and `float64` keeps 16 digits of it, so that whatever lies below
# $10^{-8}$ is rounded away. The true answer, $10^{-12}$, lies far below that. And the square root of a negative
# number is `nan`.
#
# **Law.** Where two large numbers nearly cancel, what is left is their rounding error.
#
# The error itself stays, but a distance below zero does not have to: `np.maximum(x, 0)` lifts whatever is negative.
#
# ### Squared distances
#
# You may take either way. The visible tests come in two parts: right numbers, and no loop. The second one counts how
# many steps Python takes inside your function when five points come and when fifty come. A loop over points takes more
# steps for more points. One expression takes the same few, and the work is done in compiled code.

# %% exercise="pairwise-sq-dists" minutes=15 difficulty=3 read="All pairs at once" law="entry [i, j] is the squared distance from a[i] to b[j], and no square is negative"
def pairwise_sq_dists(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Squared Euclidean distance from every row of a to every row of b, without a Python loop over the points.

    a: (n, d) float64; b: (m, d) float64. Returns (n, m) float64: [i, j] is the sum over c of (a[i, c] - b[j, c]) squared.
    No entry is negative, however far from 0 the points lie. The rounding errors of the expanded form are accepted.
    """
    ### BEGIN SOLUTION
    squares_a = (a**2).sum(axis=1)[:, None]
    squares_b = (b**2).sum(axis=1)
    return np.maximum(squares_a - 2 * a @ b.T + squares_b, 0)
    ### END SOLUTION

# %% [markdown] hint="pairwise-sq-dists"
# - *I don't know where to start.* Write the loop first: two `for`, one entry at a time. It will pass the test of the
#   numbers. Then keep it in a cell of your own to compare with.
# - *My shapes do not fit.* Write the shapes one above the other, aligned on the right. For the differences, where
#   must `a` get an axis of size 1 so that its n meets m? In the expanded form, which of the two rows of squares has
#   to stand upright?
# - *I get (m, n).* Rows of the answer belong to `a`: its points vary along axis 0.
# - *Some squares are negative.* They are rounding errors of numbers that should be near 0. Lift them.
# - *It says that the number of steps grows.* A comprehension, `map`, `np.vectorize` and `np.apply_along_axis` are
#   loops as well. Let two axes meet by broadcasting instead.
# - *I am nearly there with the expanded form, but the numbers are too large.* For a point and itself the three terms
#   must cancel: check the factor and the sign of the middle one.

# %% test="pairwise-sq-dists" points=2
a = np.array([[0.0, 0.0], [3.0, 4.0]])
b = np.array([[0.0, 0.0], [3.0, 0.0], [0.0, 8.0]])
with check.without("scipy.spatial.distance.cdist"):
    check.equal(pairwise_sq_dists, a, b, expect=[[0.0, 9.0, 64.0], [25.0, 16.0, 25.0]], mistakes={
        "you took the square root: these are squared distances": [[0.0, 3.0, 8.0], [5.0, 4.0, 5.0]],
        "the cross term needs a minus sign: (a - b)² = a² - 2ab + b²": [[0.0, 9.0, 64.0], [25.0, 52.0, 153.0]],
        "you took the cross term once: it counts twice, (a - b)² = a² - 2ab + b²": [[0.0, 9.0, 64.0], [25.0, 25.0, 57.0]],
        "your answer is (m, n): the points of a are its rows, (n, m)": [[0.0, 25.0], [9.0, 16.0], [64.0, 25.0]],
        "you summed absolute differences: square each one": [[0.0, 3.0, 8.0], [7.0, 4.0, 7.0]],
        "you did not sum: the squares of the coordinates, (n, m, d), still have to be added over the last axis":
            [[[0.0, 0.0], [9.0, 0.0], [0.0, 64.0]], [[9.0, 16.0], [0.0, 16.0], [9.0, 16.0]]],
        "you summed over axis 1, where the points of b stand: the coordinates stand on the last axis":
            [[9.0, 64.0], [18.0, 48.0]],
        "you squared after the sum: every difference has to be squared before they are added":
            [[0.0, 9.0, 64.0], [49.0, 16.0, 1.0]],
        "two shapes do not fit, as the points of a and of b share an axis: put an axis of size 1 into what belongs to a":
            ValueError})


def smallest_entry(answer, points):
    return float(answer(points, points).min())


far_off = 10000 + np.array([[0.1, 0.7], [0.100001, 0.7], [0.3, 0.2], [0.30001, 0.2001], [0.123, 0.456]])
far_off = np.concatenate([far_off, far_off + 1e-6, far_off + 1e-5])
lowest = check.observe(smallest_entry, pairwise_sq_dists, far_off)
check.that(lowest >= 0, "a squared distance comes out negative: near (10000, 10000) the rounding error outweighs it; lift it to 0",
           got=lowest)

# %% test="pairwise-sq-dists" points=1
def python_steps(answer, few, many):
    """Lines, calls and returns of Python code in a call with few points and in one with many."""
    import sys

    def count(frame, event, argument):
        nonlocal steps
        steps += 1
        return count

    before, counts = sys.gettrace(), []
    for points in (few, few, many):
        steps = 0
        sys.settrace(count)
        try:
            answer(points, points)
        finally:
            sys.settrace(before)
        counts.append(steps)
    return counts[1:]


two, three = np.array([[1.0, 2.0], [4.0, 6.0]]), np.array([[4.0, 6.0], [1.0, 2.0], [1.0, 6.0]])
check.equal(pairwise_sq_dists, two, three, expect=[[25.0, 0.0, 16.0], [0.0, 25.0, 9.0]])
few, many = check.observe(python_steps, pairwise_sq_dists, np.ones((5, 2)), np.ones((50, 2)))
check.that(few > 0, "no step of your function was seen: leave sys.settrace as it is")
grows = f"the number of steps grows with the number of points, from {few} to {many}: there is a loop in your answer"
check.that(many - few < 45, f"{grows}; let two axes meet by broadcasting", law="Python takes as many steps for 50 points as for 5")

# %% test="pairwise-sq-dists" points=3 hidden=true covers="one point, one coordinate, equal points, points far from 0, 40 random sizes"
from scipy.spatial.distance import cdist

rng = check.rng("pairwise-sq-dists")
sizes = [(1, 1, 1), (1, 4, 2), (4, 1, 2), (3, 3, 1), *map(tuple, rng.integers(1, 12, (36, 3)).tolist())]
cases = [(rng.normal(size=(n, d)), rng.normal(size=(m, d))) for n, m, d in sizes]
wanted = [cdist(a, b, "sqeuclidean").tolist() for a, b in cases]
check.equal_many(pairwise_sq_dists, cases, expect=wanted, atol=1e-9)


def smallest_and_largest_error(answer, points, truth):
    import numpy as np

    got = np.asarray(answer(points, points))
    return [float(got.min()), float(np.abs(got - truth).max())]


for offset in (0.0, 1e3, 1e6):
    points = np.repeat(offset + rng.normal(size=(15, 3)), 2, axis=0)
    truth = cdist(points, points, "sqeuclidean")
    lowest, error = check.observe(smallest_and_largest_error, pairwise_sq_dists, points, truth)
    near = f"for points near {offset:g}"
    check.that(lowest >= 0, f"a squared distance comes out negative {near}: lift it to 0", got=lowest)
    check.that(error <= 1e-13 * (offset + 10) ** 2, f"{near} the error is larger than rounding explains", got=error)

# %% [markdown]
# Now use it. The data set has 1797 handwritten digits of 8 by 8 pixels. Call the first 1000 known. A new digit gets
# the label of the known digit that is nearest to it, each digit being a point with 64 coordinates: no training, and
# no code but yours.

# %% demo="nearest-digits"
digits = data.digits()
points = digits.images.reshape(-1, 64)
known, new = points[:1000], points[1000:1200]
distances = pairwise_sq_dists(new, known)
nearest = distances.argmin(axis=1)
said, truth = digits.labels[:1000][nearest], digits.labels[1000:1200]
print(f"{(said == truth).sum()} of {len(new)} right, from {distances.size} distances")

shown = [*np.flatnonzero(said == truth)[:4], *np.flatnonzero(said != truth)[:2]]
fig, axes = plots.figure(8.0, 3.6, 2, 6)
for (top, bottom), i in zip(axes.T, shown):
    top.imshow(new[i].reshape(8, 8), cmap="gray_r")
    top.set_title(f"new: {truth[i]}")
    bottom.imshow(known[nearest[i]].reshape(8, 8), cmap="gray_r")
    bottom.set_title(f"nearest: {said[i]}")
    bottom.set_xlabel(f"distance² {distances[i, nearest[i]]:.1f}" + ("" if said[i] == truth[i] else "\nwrong"))
    for ax in (top, bottom):
        ax.set(xticks=[], yticks=[])
        ax.grid(False)
plots.show(fig, alt=(
    "Two rows of six small pictures of handwritten digits. Above, new digits; below each, the known digit nearest to it, "
    "with the squared distance. In the first four pairs both show the same digit. In the last two the nearest known digit "
    "is another one, though its strokes run in nearly the same places: 4 taken for 9, and 9 for 3."))

# %% [markdown]
# 194 of 200, by comparing and nothing else. Keep the number: a network that reads these digits has to earn its
# training against it. And look at the mistakes in the last two columns. They are of the kind that you would make.
#
# ## Chance that you can repeat
#
# A network is trained on its examples in random order, a few at a time. Yet when it goes wrong you want the very same
# order again. So chance comes from a *generator*, which starts from a number, its *seed*. From the same seed come the
# same draws:

# %%
rng = np.random.default_rng(7)
print("seed 7:           ", rng.permutation(5))
print("the next draw:    ", rng.permutation(5))
print("seed 7 once more: ", np.random.default_rng(7).permutation(5))

# %% [markdown]
# A generator moves on with every draw. A function that makes its own generator, from a fixed seed, returns the same
# "random" order in every round. A function that uses the global `np.random.shuffle` shares its seed with every other
# piece of code that does. A function that *is handed* a generator leaves the choice to its caller.
#
# **Law.** Chance is an argument: whoever calls decides what is repeated.
#
# ### Shuffled batches
#
# Seven examples in batches of three, by hand. Shuffle the numbers 0 to 6 once, say to 4 1 6 0 2 5 3. Then cut: (4, 1,
# 6), (0, 2, 5), (3). Each example comes exactly once, and the last batch is short. One such round is called an
# *epoch*.
#
# A function that holds `yield` instead of `return` hands out its values one at a time, whenever a loop asks for the
# next one:

# %%
def countdown(start: int) -> Iterator[int]:
    while start > 0:
        yield start
        start -= 1


print(list(countdown(4)))

# %% exercise="batches" minutes=12 difficulty=3 law="in one epoch every index comes exactly once, in an order drawn from rng, and only the last batch may be short"
def batches(n: int, size: int, rng: np.random.Generator) -> Iterator[np.ndarray]:
    """The indices 0 to n - 1, shuffled and cut into batches of `size`.

    n and size are at least 1; size may be larger than n. Yields arrays of whole numbers: only the last may hold fewer
    than `size`, and none is empty. Every order is equally likely, and all chance comes from rng: a generator with the
    same seed gives the same batches, and a second epoch from one generator comes in another order.
    """
    ### BEGIN SOLUTION
    order = rng.permutation(n)
    for start in range(0, n, size):
        yield order[start : start + size]
    ### END SOLUTION

# %% [markdown] hint="batches"
# - *I don't know where to start.* Two steps, one after the other: shuffle once, for the whole epoch; then cut. Try
#   the cutting with `np.arange(7)` before you shuffle.
# - *I lose the last batch, or get an empty one.* At which places does a batch start, for n = 7 and size = 3? `range`
#   takes a third argument. A slice that reaches past the end stops at the end.
# - *Some indices come twice, others never.* You draw again for each batch. Draw one order before the loop.
# - *The order is the same in every epoch, or never the same twice.* Look at where your chance comes from: `rng` has
#   methods of its own, and its `permutation` takes n.

# %% test="batches" points=2
def epoch_of(answer, n, size):
    """The batches of one epoch, each as a list; at most n + 2 of them, should they never end. None if the order is None."""
    from itertools import islice

    import numpy as np

    try:
        return [np.ravel(batch).tolist() for batch in islice(answer(n, size, np.random.default_rng(0)), n + 2)]
    except TypeError as error:
        if "'NoneType' object is not subscriptable" in str(error):
            return None
        raise


epoch = check.observe(epoch_of, batches, 10, 4)
check.that(epoch is not None, "you cut None: rng.shuffle shuffles the array that it is handed and returns None; rng.permutation "
           "returns the order")
drawn = [i for batch in epoch for i in batch]
again = "an index comes more than once: you draw again for each batch; draw one order for the whole epoch and cut it"
check.that(len(epoch) == 12 or len(set(drawn[:10])) == len(drawn[:10]), again, got=epoch)
check.equal([len(batch) for batch in epoch], expect=[4, 4, 2], about="the sizes of the batches for n = 10, size = 4", mistakes={
    "you dropped the last batch: it is short, but its examples count as much as the others": [4, 4],
    "you shared the indices out evenly: all batches but the last have the full size": [4, 3, 3],
    "you filled up the last batch: it stays short, or some examples would come twice": [4, 4, 4],
    "your batches never end: stop when every index has come": [4] * 12,
    "you yield one index at a time: yield an array of them": [1] * 10,
    "you made size batches: size says how many indices are in each": [3, 3, 2, 2]})
check.equal(sorted(drawn), expect=list(range(10)), about="all indices of one epoch, sorted, for n = 10, size = 4", mistakes={
    "your indices run from 1 to n: positions in an array run from 0 to n - 1": list(range(1, 11))})
full = check.observe(epoch_of, batches, 6, 3)
check.equal([len(batch) for batch in full], expect=[3, 3], about="the sizes of the batches for n = 6, size = 3", mistakes={
    "you yield an empty batch at the end: when size divides n, the last batch is full": [3, 3, 0]})

# %% test="batches" points=1
def where_chance_comes_from(answer):
    """Orders of 40 indices from one generator and its seed, of 4 indices from 100 seeds; whether np.random moved."""
    from itertools import islice

    import numpy as np

    def order(n, size, rng):
        return [i for batch in islice(answer(n, size, rng), n + 2) for i in np.ravel(batch).tolist()]

    before, rng = np.random.get_state(), np.random.default_rng(1)
    seen = {"first": order(40, 6, rng), "second": order(40, 6, rng), "again": order(40, 6, np.random.default_rng(1))}
    seen["of four"] = [order(4, 2, np.random.default_rng(seed)) for seed in range(100)]
    after = np.random.get_state()
    seen["global"] = before[2] != after[2] or bool((before[1] != after[1]).any())
    return seen


seen = check.observe(where_chance_comes_from, batches)
repeats = len(set(seen["first"][:40])) < len(seen["first"][:40])
check.that(not repeats, "an index comes more than once: draw one order for the whole epoch and cut it")
check.that(sorted(seen["first"]) == list(range(40)), "for n = 40 and size = 6 the indices 0 to 39 do not come once each")
of_four = {tuple(order) for order in seen["of four"]}
check.that(of_four != {(0, 1, 2, 3)}, "the indices are not shuffled: they come in order")
check.that(not seen["global"], "you drew from the global np.random: draw from the generator that you are handed, rng")
own = "you use a generator of your own: draw from the one that you are handed, rng"
check.that(seen["again"] == seen["first"], own, law="the same seed gives the same batches")
check.that(len(of_four) > 1 and seen["second"] != seen["first"], own, law="another seed, or another epoch, gives another order")
companions = {frozenset(order[:2]) for order in of_four}
check.that(len(companions) == 6, "a batch holds neighbours only: shuffle all the indices, not the batches nor each batch by itself",
           law="any two examples may meet in a batch",
           got=f"for n = 4, size = 2 and 100 seeds {len(companions)} of the 6 possible first batches")

# %% test="batches" points=3 hidden=true covers="batches of one, size at and above n, 40 random sizes; that each index comes in each place equally often"
def epochs_of(answer, sizes):
    from itertools import islice

    import numpy as np

    def epoch(n, size, rng):
        return [np.ravel(batch).tolist() for batch in islice(answer(n, size, rng), n + 2)]

    return [epoch(n, size, np.random.default_rng(seed)) for seed, (n, size) in enumerate(sizes)]


rng = check.rng("batches")
sizes = sorted([(1, 1), (1, 5), (7, 7), (7, 1), (7, 9), *map(tuple, rng.integers(1, 40, (35, 2)).tolist())])
for (n, size), epoch in zip(sizes, check.observe(epochs_of, batches, sizes), strict=True):
    case = f"for n = {n}, size = {size}"
    wanted = [min(size, n - start) for start in range(0, n, size)]
    drawn = sorted(i for batch in epoch for i in batch)
    check.equal([len(batch) for batch in epoch], expect=wanted, about=f"the sizes of the batches {case}")
    check.equal(drawn, expect=list(range(n)), about=f"all indices of one epoch, sorted, {case}")
orders = [[i for batch in epoch for i in batch] for epoch in check.observe(epochs_of, batches, [(5, 2)] * 400)]
rarest = min(sum(order[place] == index for order in orders) for place in range(5) for index in range(5))
check.that(rarest > 40, "the order is not evenly shuffled: with 400 seeds each index should come about 80 times in each of five places",
           got=f"{rarest} times for the rarest")

# %% [markdown]
# Two epochs from one generator, as a training loop will ask for them:

# %% demo="two-epochs"
rng = np.random.default_rng(0)
for epoch in range(2):
    print("epoch", epoch, *[batch.tolist() for batch in batches(7, 3, rng)])

# %% [markdown]
# ## What breaks in practice
#
# Everything below has cost somebody a day, and all but the last of it raises no error.
#
# **Law.** NumPy does what the shapes and dtypes say, whether or not you meant it.

# %%
y, y_hat = np.array([1.0, 2.0, 3.0]), np.array([[1.0], [2.0], [3.0]])
print("1. error of a perfect prediction:", np.round(((y - y_hat) ** 2).mean(), 2))

ages = np.array([41, 38, 7])
ages[2] = 7.5
print("2. seven and a half:             ", ages[2])

scores = np.array([[1.0, 2.0], [3.0, 4.0]])
best = scores[1]
best *= 10
print("3. scores:                       ", scores.tolist())

p, q = np.float32(1000.1), np.float32(1000.2)
print(f"4. expanded in float32:            {p * p - 2 * p * q + q * q:.2f} instead of {(p - q) ** 2:.2f}")

constant = np.full(3, 0.1)
print("5. deviation of 0.1, 0.1, 0.1:   ", f"{constant.std():.0e}")

# %% [markdown]
# 1. **(n,) meets (n, 1).** They broadcast to (n, n): each price against each prediction. The mean of it is a
#    plausible number, and training goes on without complaint. Print shapes before you subtract.
# 2. **A dtype that cuts.** An array of whole numbers stays one: a fraction that you put in is cut off.
# 3. **A view that writes back.** `best` was a row of `scores`. `best = 10 * best` would have made a new array.
# 4. **Cancellation, sooner.** `float32`, the usual dtype of networks, has 7 digits. At 1000 nothing is left of a
#    difference of 0.1 after squaring.
# 5. **A deviation that is nearly 0.** The mean of three times 0.1 is not 0.1 but 0.10000000000000002. So the deviation
#    is not 0 either, and a column standardised without care comes out as -1, -1, -1. Yours asks whether the largest
#    value equals the smallest.
# 6. **Memory.** The differences of 1000 by 1000 digits take half a gigabyte, those of 10 000 by 10 000 take 51
#    gigabytes. The expanded form holds two or three tables of 8 bytes for each pair at once: for the latter at most
#    2.4 gigabytes.
#
# ## A challenge, without points
#
# Let the q nearest known digits vote. Classify all 797 digits after the first 1000, in `batches` of 100, so that
# never more than 100 by 1000 distances are in memory; find the q nearest of each with `np.argpartition`, and count
# their votes by a sum over `one_hot`. No loop but the one over batches. Which q from 1 to 15 is best? By how many
# digits, of 797, and would you bet on it for the next 797?
#
# ## Sources
#
# - C. R. Harris et al., *Array programming with NumPy*, Nature 585, 357-362 (2020),
#   [doi:10.1038/s41586-020-2649-2](https://doi.org/10.1038/s41586-020-2649-2): views, broadcasting and indexing on
#   six pages.
# - D. Goldberg, *What every computer scientist should know about floating-point arithmetic*, ACM Computing Surveys
#   23(1), 5-48 (1991), [doi:10.1145/103162.103163](https://doi.org/10.1145/103162.103163): cancellation stands in
#   its first section.
# - G. Wilson et al., *Best practices for scientific computing*, PLoS Biology 12(1), e1001745 (2014),
#   [doi:10.1371/journal.pbio.1001745](https://doi.org/10.1371/journal.pbio.1001745):
#   plan for mistakes, its fifth practice, is what all these checks are for.
# - T. Cover and P. Hart, *Nearest neighbor pattern classification*, IEEE Transactions on Information Theory 13(1),
#   21-27 (1967), [doi:10.1109/TIT.1967.1053964](https://doi.org/10.1109/TIT.1967.1053964): how well the rule of the
#   nearest neighbour can do.
# - E. Alpaydin and C. Kaynak, *Optical recognition of handwritten digits*, UCI Machine Learning Repository (1998),
#   [doi:10.24432/C50P49](https://doi.org/10.24432/C50P49): the digits.
