# %% [markdown] lesson="SGD to Adam" part="Part I. Networks that learn" hours=2.5 needs="00_start_here 02_backprop 03_pytorch"
# # SGD to Adam
#
# Most networks today are trained with Adam. A slide that goes from lecture to lecture prints its step like this:
#
# $$\Delta\omega = -\eta\,\frac{\nu}{\sqrt{s + \varepsilon}}\,g$$
#
# Here $g$ is the gradient, $\nu$ a running mean of gradients, $s$ a running mean of their squares, $\eta$ the learning
# rate and $\varepsilon$ a tiny number. Type it in as it stands, and let it look for the minimum of $\theta^2/2$, the
# easiest function there is. From $\theta = 1$ it comes down, slower and slower. From $\theta = -1$ it walks off to the
# left and is never seen again.
#
# **What is wrong with the slide, and what does each mistake do? And is Adam, printed right, any better than plain
# gradient descent with momentum, when both are tuned with the same care?** You will answer both with numbers of your
# own.
#
# **You will be able to**
#
# - write SGD, momentum, RMSprop, Adam and AdamW as functions that agree with PyTorch's for fifty steps;
# - say for each part of Adam what goes wrong without it, and by how much;
# - tell how long a step will be before you take it, and which rate is too large;
# - keep a run within bounds: clip gradients, warm up, let the rate fall;
# - compare two optimisers without fooling yourself.
#
# **Where it stands.** Lesson 02 calculated gradients, and in lesson 03 `optimizer.step()` used them. Here you write
# what happens inside that call. Every later lesson trains with one of these rules, and lesson 05 returns to weight
# decay.
#
# **Time.** About two hours and a half: ten exercises, five predictions. A good place for a break is before "Adam".

# %% setup=true
import math

import numpy as np
import torch

from forwardpass import NotAttempted, check, data, plots, steps, widgets

# Twenty gradients of three parameters: one large and steady, one that changes sides, one small.
GRADIENTS = np.stack([[3.0 + math.sin(t), 0.5 * math.cos(2 * t), 0.02 + 0.01 * math.sin(3 * t)] for t in range(20)])

# %% [markdown]
# ## One step, as a function
#
# | symbol | code | meaning |
# | :---: | --- | --- |
# | $\theta$ | `theta` | parameters: an array of any shape |
# | $g$ | `g` | gradient of the loss for $\theta$, of the same shape |
# | $\eta$ | `lr` | learning rate, above 0 |
# | $t$ | `t` | number of the step, from 1 |
# | $m$ | `m` | memory of the gradients |
# | $v$ | `v` | running mean of the squared gradients, entry by entry |
# | $\beta, \beta_1, \beta_2$ | `beta`, `beta1`, `beta2` | how much of the memory a step keeps, from 0 to below 1 |
# | $\varepsilon$ | `eps` | a tiny number that keeps a quotient finite |
# | $\lambda$ | `weight_decay` | strength of the weight decay |
#
# All rules of this lesson have one form:
#
# ```python
# theta, state = rule(theta, g, state, lr)
# ```
#
# `state` is a dict: what the rule remembers about *this* parameter. Before the first step it is empty, `{}`. After that
# it is what the rule returned last time. What you keep in it, and under which names, is up to you, since no check looks
# inside. `state.get("m", 0.0)` gives the entry `"m"`, and 0.0 as long as there is none.
#
# Two conditions hold for every rule, and each check asks for them.
#
# - **Nothing is changed in place**, neither `theta` nor `g` nor `state`. Write `theta - step`, which makes a new array,
#   and not `theta -= step`. Return a new dict.
# - **All memory is in the state.** A network has many parameters and one rule. What a function keeps elsewhere, in a
#   global or in a default argument, all of them share.

# %%
state = {}
print("before the first step:", state.get("m", 0.0))
state = {"m": np.array([1.0, 2.0])}
print("later:                ", state.get("m", 0.0))

# %% [markdown]
# ### Gradient descent
#
# The gradient points to where the loss grows fastest, so go the other way. By hand: $\theta = 3$, $g = 2$, $\eta = 0.1$
# gives $3 - 0.1 \cdot 2 = 2.8$. Nothing is remembered, so the state stays empty.
#
# **Law.** A step depends on the parameter, on its gradient and on its own memory, and on nothing else:
# $\theta \leftarrow \theta - \eta\, g$ is the plainest.
#
# The S in SGD stands for *stochastic*: $g$ comes from a batch of examples and is only near the gradient of the whole
# loss. For the rule it makes no difference.

# %% exercise="sgd-step" minutes=5 difficulty=1 law="against the gradient, by the learning rate times the gradient"
def sgd_step(theta: np.ndarray, g: np.ndarray, state: dict, lr: float) -> tuple[np.ndarray, dict]:
    """One step of gradient descent.

    theta, g: float64 arrays of the same shape. state: a dict, which this rule does not need. lr: learning rate.
    Returns the new theta and an empty dict, (theta, {}). Changes no argument in place.
    """
    ### BEGIN SOLUTION
    return theta - lr * g, {}
    ### END SOLUTION

# %% [markdown] hint="sgd-step"
# - *I don't know where to start.* Do the example above with arrays: NumPy subtracts and multiplies entry by entry.
# - *It says that theta was changed in place.* `theta -= ...` writes into the caller's array. `theta - ...` makes a new
#   one.
# - *It says that the answer is an array, not a tuple.* Two things come back: `return first, second`.

# %% test="sgd-step" points=1
theta, g = np.array([1.0, -2.0]), np.array([0.5, -4.0])
with check.without("forwardpass.steps.sgd_step"):
    check.equal(sgd_step, theta, g, {}, 0.1, expect=([0.95, -1.6], {}), mistakes={
        "you walked up the gradient: the loss falls against it, so subtract": ([1.05, -2.4], {}),
        "you left out the learning rate": ([0.5, 2.0], {}),
        "you returned the step alone: return the parameter after the step": ([-0.05, 0.4], {}),
        "you returned theta alone: a rule returns a pair, theta and the state, here an empty dict": np.array([0.95, -1.6]),
        "your function returned nothing: end it with return, the new theta and an empty dict": None,
        "you returned None as the state: this rule's state is an empty dict, {}": ([0.95, -1.6], None),
        "you subtracted the learning rate alone: it multiplies the gradient": ([0.9, -2.1], {}),
        "you kept the length of the step at lr and used the gradient's sign only: a large gradient makes a large step":
            ([0.9, -1.9], {})})

# %% test="sgd-step" points=1 hidden=true covers="50 steps of parameters of one, two and three axes, against torch.optim.SGD"
rng = check.rng("sgd-step")
cases = [(rng.normal(size=shape), rng.normal(size=(50, *shape)), {"lr": lr})
         for shape, lr in [((1,), 0.1), ((3,), 1.0), ((2, 3), 0.01), ((2, 1, 2), 0.5)]]
with check.without("forwardpass.steps.sgd_step"):
    seen = check.observe(steps.follow, sgd_step, *cases)
check.that(not steps.fault(seen), steps.fault(seen))
for one, case, right in zip(seen, cases, steps.follow(steps.sgd_step, *cases), strict=True):
    about = f"a parameter of shape {case[0].shape}, followed for 50 steps"
    check.close(one["path"], expect=right["path"], about=about)

# %% [markdown]
# ## A narrow bowl
#
# Take the function $f(x, y) = \tfrac12 (x^2 + 100\,y^2)$, a bowl that is steep along $y$ and flat along $x$. Its
# gradient is $(x, 100\,y)$, so gradient descent multiplies $x$ by $1 - \eta$ and $y$ by $1 - 100\,\eta$ in each step.
# By hand, from $(-4,\ 0.8)$ with $\eta = 0.019$, where the factors are 0.981 and -0.9:
#
# | step | $x$ | $y$ |
# | ---: | ---: | ---: |
# | 0 | -4.00 | 0.80 |
# | 1 | -3.92 | -0.72 |
# | 2 | -3.85 | 0.65 |
# | 3 | -3.78 | -0.58 |
#
# $y$ jumps from one side of the valley to the other, while $x$ creeps. It is tempting to help $x$ with a larger rate.
#
# ### A little faster
#
# With $\eta = 0.025$ instead of 0.019, what becomes of the distance $|y|$ over many steps?

# %% predict="faster-rate" minutes=2 choices="shrinks | stays | grows" law="a rate above 2 divided by the curvature makes every step overshoot by more than it corrects"
### BEGIN SOLUTION
distance_of_y = "grows"
### END SOLUTION

# %% test="faster-rate" points=1 hidden=true covers="your prediction"
check.equal(distance_of_y, expect="grows", mistakes={
    "you let it shrink, but each step multiplies y by 1 - 100 · 0.025 = -1.5": "shrinks",
    "you let it stay: that happens at the rate 0.02, where the factor is -1": "stays"})

# %%
for lr in (0.005, 0.019, 0.02, 0.025):
    print(f"rate {lr:<5}: factor of y {1 - 100 * lr:4.1f}, y after 10 steps {0.8 * (1 - 100 * lr) ** 10:6.3f};"
          f"   factor of x {1 - lr:.3f}, x after 10 steps {-4 * (1 - lr) ** 10:.2f}")

# %% [markdown]
# **Law.** Along a direction of curvature $c$ (the second derivative) a step multiplies the distance from the minimum by
# $1 - \eta c$. That shrinks only while $\eta < 2/c$: the *steepest* direction sets the limit, and the flattest pays for
# it.
#
# The best that can be done here is $\eta = 2/(1 + 100)$: both factors have size 0.98, and it takes 231 steps to divide
# the distance by a hundred. With curvatures 1 and 10 000 it would take 23 000. The losses of networks are no kinder.
# The rules below are three ways out.
#
# ## Momentum
#
# On its way down the valley the gradient along $y$ changes sign at every step, and the one along $x$ never does. So do
# not follow the gradient: follow a decaying sum of all gradients so far. What changes sides cancels, what agrees adds
# up.
#
# $$m_t = \beta\, m_{t-1} + g_t, \qquad \theta_t = \theta_{t-1} - \eta\, m_t, \qquad m_0 = 0$$
#
# By hand, with $\beta = 0.9$:
#
# | gradients | $m_1$ | $m_2$ | $m_3$ |
# | --- | ---: | ---: | ---: |
# | 1, -1, 1 | 1 | -0.1 | 0.91 |
# | 1, 1, 1 | 1 | 1.9 | 2.71 |
#
# ### Steady gradients
#
# Suppose the second row goes on for ever: the gradient is 1 in every step, and $\beta = 0.9$. Near which of the whole
# numbers 1, 3, 9, 10 and 100 does $m$ end?

# %% predict="steady-gradient" minutes=2 choices="1 | 3 | 9 | 10 | 100" law="a steady gradient ends at 1 / (1 - β) times itself"
### BEGIN SOLUTION
m_in_the_end = 10
### END SOLUTION

# %% test="steady-gradient" points=1 hidden=true covers="your prediction"
check.equal(m_in_the_end, expect=10, mistakes={
    "you took m for a mean: it is a sum, 1 + 0.9 + 0.81 + ..., and nothing divides it": 1,
    "you stopped after the third step: m goes on growing as long as 0.9 m + 1 is more than m": 3,
    "you left out the newest gradient: at 9 the next step gives 0.9 · 9 + 1 = 9.1, which is still more": 9,
    "you let it grow too far: at 100 the next step gives 0.9 · 100 + 1 = 91, so it would fall": 100})

# %%
m = 0.0
for t in range(1, 101):
    m = 0.9 * m + 1
    if t in (1, 2, 3, 10, 20, 50, 100):
        print(f"step {t:3}: m = {m:.3f}")

# %% [markdown]
# The sum $1 + \beta + \beta^2 + \dots$ is $1/(1 - \beta)$.
#
# **Law.** Momentum multiplies the learning rate by $1/(1-\beta)$ where gradients agree and damps them where they change
# sides. Whoever switches it on at 0.9 takes a tenth of the rate.
#
# Some books write $m_t = \beta\, m_{t-1} + (1-\beta)\, g_t$ here. That is a mean, ten times smaller, and its rate is
# ten times larger for the same run. PyTorch and we take the sum.

# %% exercise="momentum-step" minutes=10 difficulty=2 read="Momentum" law="keep β of the old m, add the whole new gradient, and step along m"
def momentum_step(
    theta: np.ndarray, g: np.ndarray, state: dict, lr: float, beta: float = 0.9
) -> tuple[np.ndarray, dict]:
    """One step of gradient descent with momentum.

    theta, g: float64 arrays of the same shape. state: {} before the first step, after that what this function returned
    for this parameter. lr: learning rate. beta: share of m that is kept.
    Returns (theta, state), both new. Changes no argument in place.
    """
    ### BEGIN SOLUTION
    m = beta * state.get("m", 0.0) + g
    return theta - lr * m, {"m": m}
    ### END SOLUTION

# %% [markdown] hint="momentum-step"
# - *I don't know where to start.* Three lines: fetch the old m from the state, make the new one, step along the new
#   one.
# - *The first step is right and the second is not.* What does your function return as the state? In the next step
#   exactly that comes back in.
# - *I get a KeyError.* Before the first step there is no m in the state. `state.get` takes a second argument for that
#   case.
# - *It says that state was changed in place.* `state["m"] = ...` writes into the caller's dict, and `m *= beta` into
#   the array that lies in it. Calculate a new array and return a new dict around it.

# %% test="momentum-step" points=2
def starts_empty(rule, theta, g):
    """Whether the rule copes with the empty state of the first step."""
    try:
        rule(theta, g, {}, 0.1)
    except KeyError:
        return False
    return True


theta, gradients = np.array([1.0, 1.0]), np.array([[1.0, 1.0], [1.0, -1.0], [1.0, 1.0]])
with check.given(sgd_step=steps.sgd_step), check.without("forwardpass.steps.momentum_step"):
    ready = check.observe(starts_empty, momentum_step, theta, gradients[0])
check.that(ready, "you asked the state for an entry that is not there before the first step (KeyError): "
                  "state.get takes a second argument, the value to use as long as there is none")
with check.given(sgd_step=steps.sgd_step), check.without("forwardpass.steps.momentum_step"):
    seen = check.observe(steps.follow, momentum_step, (theta, gradients, {"lr": 0.1}))
check.that(not steps.fault(seen), steps.fault(seen))
check.close(seen[0]["path"], expect=[[0.9, 0.9], [0.71, 0.91], [0.439, 0.819]], rtol=1e-5,
            about="theta from [1, 1] with lr = 0.1, gradients [1, 1], [1, -1] and [1, 1]; answer[0] is theta after step 1, answer[1] after step 2",
            mistakes={
    "you took the mean, with 1 - β before the gradient: here m is a sum, and the gradient goes in whole":
        [[0.99, 0.99], [0.971, 0.991], [0.9439, 0.9819]],
    "you lost the memory: return the new m in the state, or every step is one of plain gradient descent":
        [[0.9, 0.9], [0.8, 1.0], [0.7, 0.9]],
    "you kept the gradient instead of the new m: m goes into the state, with all that it has added up":
        [[0.9, 0.9], [0.71, 0.91], [0.52, 0.9]],
    "you stepped along the old m: make the new m first, then step along that": [[1.0, 1.0], [0.9, 0.9], [0.71, 0.91]],
    "you weighted the gradient with β: β belongs to the old m": [[0.91, 0.91], [0.73, 0.91], [0.46, 0.82]],
    "you kept all of the old m: only the share β of it stays": [[0.9, 0.9], [0.7, 0.9], [0.4, 0.8]],
    "you kept the share 1 - β of the old m: β is the share that stays": [[0.9, 0.9], [0.79, 0.99], [0.679, 0.899]],
    "you began with m = g instead of 0, so the first gradient counts twice":
        [[0.81, 0.81], [0.539, 0.739], [0.1951, 0.5751]],
    "you looked one step ahead, as Nesterov's momentum does: step along m itself":
        [[0.81, 0.81], [0.539, 0.919], [0.1951, 0.7371]],
    "you walked up the gradient: subtract the step": [[1.1, 1.1], [1.29, 1.09], [1.561, 1.181]]})
with check.given(sgd_step=steps.sgd_step), check.without("forwardpass.steps.momentum_step"):
    again = check.observe(steps.follow, momentum_step, (theta, gradients, {"lr": 0.1, "beta": 0.5}))
check.close(again[0]["path"], expect=[[0.9, 0.9], [0.75, 0.95], [0.575, 0.875]], rtol=1e-5,
            about="the same with beta = 0.5", mistakes={
    "you did not use the argument beta: it need not be 0.9": [[0.9, 0.9], [0.71, 0.91], [0.439, 0.819]]})

# %% test="momentum-step" points=1 hidden=true covers="four parameters in turn for 50 steps, each with its own state, against torch.optim.SGD"
rng = check.rng("momentum-step")
cases = [(rng.normal(size=shape), rng.normal(size=(50, *shape)), {"lr": lr, "beta": beta})
         for shape, lr, beta in [((3,), 0.1, 0.9), ((3,), 0.1, 0.9), ((2, 3), 0.01, 0.0), ((1, 2, 2), 0.5, 0.99)]]
with check.given(sgd_step=steps.sgd_step), check.without("forwardpass.steps.momentum_step"):
    seen = check.observe(steps.follow, momentum_step, *cases)
check.that(not steps.fault(seen), steps.fault(seen))
for one, (start, _, settings), right in zip(seen, cases, steps.follow(steps.momentum_step, *cases), strict=True):
    about = f"a parameter of shape {start.shape} with beta = {settings['beta']}, followed for 50 steps"
    check.close(one["path"], expect=right["path"], about=about)

# %% [markdown]
# ## RMSprop
#
# The other trouble of the narrow bowl is that one rate has to serve all directions. So give each entry a rate of its
# own: divide by how large its gradients usually are. Usual means a running mean of squares, and its root:
#
# $$v_t = \beta\, v_{t-1} + (1 - \beta)\, g_t^2, \qquad \theta_t = \theta_{t-1} - \eta\, \frac{g_t}{\sqrt{v_t} + \varepsilon},
# \qquad v_0 = 0$$
#
# Square, root and quotient are taken entry by entry. $\varepsilon$, $10^{-8}$ or so, stands *outside* the root and only
# keeps 0/0 away.
#
# By hand, $\beta = 0.99$, first step, for two entries whose gradients differ by a factor of ten thousand:
#
# | $g_1$ | $v_1 = 0.01\, g_1^2$ | $\sqrt{v_1}$ | step |
# | ---: | ---: | ---: | ---: |
# | 100 | 100 | 10 | $10\,\eta$ |
# | 0.01 | 0.000001 | 0.001 | $10\,\eta$ |
#
# Both entries move equally far. Both also move ten times too far, because the mean began at 0 and has not yet caught
# up. Keep that in mind; Adam mends it.
#
# **Law.** Divided by its own usual size, a gradient has no unit left: while gradients keep their size, an entry moves
# by about $\eta$ in each step, however steep the loss is there.

# %% exercise="rmsprop-step" minutes=10 difficulty=2 read="RMSprop" law="divide each entry of the gradient by the root of its running mean square, plus ε"
def rmsprop_step(
    theta: np.ndarray, g: np.ndarray, state: dict, lr: float, beta: float = 0.99, eps: float = 1e-8
) -> tuple[np.ndarray, dict]:
    """One step of RMSprop.

    theta, g: float64 arrays of the same shape. state: {} before the first step, after that what this function returned
    for this parameter. lr: learning rate. beta: share of v that is kept. eps: added to the root. An entry whose gradient
    was always 0 stays where it is.
    Returns (theta, state), both new. Changes no argument in place.
    """
    ### BEGIN SOLUTION
    v = beta * state.get("v", 0.0) + (1 - beta) * g**2
    return theta - lr * g / (np.sqrt(v) + eps), {"v": v}
    ### END SOLUTION

# %% [markdown] hint="rmsprop-step"
# - *I don't know where to start.* It has the shape of `momentum_step`: old memory, new memory, step. Only the memory
#   holds squares now, and the step divides by its root.
# - *My first step is ten or a hundred times too short or too long.* Which weight does the new square get, and which the
#   old mean? They add up to 1.
# - *Only entries with tiny gradients are wrong.* Look at where eps stands: it is added after the root is taken.
# - *I get NaN.* You took the root of a number below 0, or divided 0 by 0. v holds squares of gradients, which are never
#   negative, and eps keeps the denominator above 0.

# %% test="rmsprop-step" points=2
theta, gradients = np.array([1.0, -2.0]), np.array([[2.0, -0.01], [2.0, -0.03], [-1.0, 0.02]])
with check.given(sgd_step=steps.sgd_step), check.without("forwardpass.steps.rmsprop_step"):
    seen = check.observe(steps.follow, rmsprop_step, (theta, gradients, {"lr": 0.1, "beta": 0.9, "eps": 0.001}))
check.that(not steps.fault(seen), steps.fault(seen))
check.close(seen[0]["path"], expect=[[0.684271, -1.759747], [0.455119, -1.485771], [0.567930, -1.647554]], rtol=1e-5,
            about="theta from [1, -2] with lr = 0.1, beta = 0.9, eps = 0.001, "
                  "gradients [2, -0.01], [2, -0.03] and [-1, 0.02]; answer[0] is theta after step 1, answer[1] after step 2",
            mistakes={
    "you put eps under the root: add it to the root, after it is taken":
        [[0.684167, -1.968534], [0.454902, -1.878040], [0.567768, -1.937560]],
    "you averaged the gradients, not their squares: their mean may be negative and has no root":
        [[0.553784, np.nan], [0.229867, np.nan], [0.432733, np.nan]],
    "you swapped the shares: the old mean keeps beta, the new square gets 1 - beta":
        [[0.894646, -1.904642], [0.794193, -1.803353], [0.881957, -1.894174]],
    "you added up all squares: old ones are to fade, so v is a mean with the shares beta and 1 - beta":
        [[0.900050, -1.909091], [0.829364, -1.817131], [0.862687, -1.869191]],
    "you gave the new square its full weight: the shares beta and 1 - beta add up to 1":
        [[0.900050, -1.909091], [0.827529, -1.816682], [0.863230, -1.870837]],
    "you left out the root: v is a mean of squares": [[0.501247, -1.009901], [0.238435, 1.719853], [0.365823, -0.051469]],
    "you squared 1 - beta along with the gradient: only g is squared": [[0.00497512, -1.5], [-0.717879, -0.776485], [-0.362007, -1.211926]],
    "you began with v = g² instead of 0": [[0.900050, -1.909091], [0.800100, -1.700995], [0.852060, -1.832464]],
    "you took one mean over all entries: each entry has a v of its own, of the shape of g":
        [[0.553790, -1.997769], [0.229893, -1.992911], [0.389345, -1.996100]],
    "your eps is not in the denominator: brackets belong around the root plus eps":
        [[0.683672, -1.683872], [0.454157, -1.382461], [0.566995, -1.558583]],
    "your eps is not in the denominator, but added to theta: brackets belong around the root plus eps":
        [[0.684772, -1.682772], [0.456357, -1.380261], [0.570295, -1.555283]],
    "you left out eps": [[0.683772, -1.683772], [0.454357, -1.382261], [0.567295, -1.558283]],
    "you lost the memory: return the new v in the state":
        [[0.684271, -1.759747], [0.368543, -1.473674], [0.683774, -1.746728]],
    "you divided by the old v: the new square is part of the mean before you divide":
        [[-199.0, -1.0], [-199.315729, -0.279241], [-199.201152, -0.461891]],
    "you corrected for the start at 0: that is Adam's addition, and RMSprop has none":
        [[0.900050, -1.909091], [0.800100, -1.783181], [0.858859, -1.870800]],
    "you walked up the gradient: subtract the step": [[1.315729, -2.240253], [1.544881, -2.514229], [1.432070, -2.352446]]})

# %% test="rmsprop-step" points=1 hidden=true covers="default arguments, gradients that are 0, four parameters in turn for 50 steps, against torch.optim.RMSprop"
rng = check.rng("rmsprop-step")
cases = [(rng.normal(size=shape), scale * rng.normal(size=(50, *shape)), settings) for shape, scale, settings in [
    ((3,), 1.0, {"lr": 0.01}), ((3,), 100.0, {"lr": 0.1}), ((2, 3), 1e-3, {"lr": 0.01, "beta": 0.9, "eps": 1e-4}),
    ((1, 2, 2), 1.0, {"lr": 0.5, "beta": 0.999, "eps": 1e-6})]]
cases[1][1][:, 1] = 0.0
with check.given(sgd_step=steps.sgd_step), check.without("forwardpass.steps.rmsprop_step"):
    seen = check.observe(steps.follow, rmsprop_step, *cases)
check.that(not steps.fault(seen), steps.fault(seen))
for one, (start, _, settings), right in zip(seen, cases, steps.follow(steps.rmsprop_step, *cases), strict=True):
    about = f"a parameter of shape {start.shape} with {settings}, followed for 50 steps"
    check.close(one["path"], expect=right["path"], about=about)

# %% [markdown]
# ## Adam
#
# Adam (2015) takes both: the direction from a running *mean* of gradients, the scale from the running mean of squares.
# And it mends the slow start.
#
# $$\begin{aligned}
# m_t &= \beta_1\, m_{t-1} + (1 - \beta_1)\, g_t & \hat m_t &= \frac{m_t}{1 - \beta_1^t} \\
# v_t &= \beta_2\, v_{t-1} + (1 - \beta_2)\, g_t^2 & \hat v_t &= \frac{v_t}{1 - \beta_2^t} \\
# \theta_t &= \theta_{t-1} - \eta\, \frac{\hat m_t}{\sqrt{\hat v_t} + \varepsilon} & m_0 &= v_0 = 0
# \end{aligned}$$
#
# The usual values are $\beta_1 = 0.9$, $\beta_2 = 0.999$ and $\varepsilon = 10^{-8}$.
#
# Why the hats? A mean that starts at 0 is too small at first. After $t$ steps the weights it has given to gradients are
# $1 - \beta$ for the newest, $(1 - \beta)\,\beta$ for the one before, and so on: together $1 - \beta^t$, and not 1.
# Divided by that, it is a proper mean. $m$ and $v$ themselves are carried on without their hats, and $t$ counts from 1.
#
# ### The first step
#
# Two parameters, at the start of a run. The gradient of one is 1000, that of the other 0.001, and $\eta = 0.01$. How
# long is Adam's first step for each? Write down two lengths, without a sign. (Gradient descent would take 10 and
# 0.00001.)

# %% predict="first-step" minutes=3 law="in the first step both hats take off what the betas put on, and the gradient is divided by its own size"
### BEGIN SOLUTION
step_of_the_steep_one = 0.01
step_of_the_flat_one = 0.01
### END SOLUTION

# %% test="first-step" points=1 hidden=true covers="your two predictions"
check.equal(step_of_the_steep_one, expect=0.01, about="the gradient 1000", mistakes={
    "you gave a sign: a length has none": -0.01,
    "you multiplied the rate by the gradient: that is gradient descent": 10.0,
    "you let a large gradient make a longer step: it is divided by its own size": 0.1,
    "you shortened the step of the steep one: its gradient is divided by its own size, and nothing else": 0.001,
    "you turned things round: a large gradient does not make a tiny step": 0.00001})
check.equal(step_of_the_flat_one, expect=0.01, about="the gradient 0.001", mistakes={
    "you gave a sign: a length has none": -0.01,
    "you multiplied the rate by the gradient: that is gradient descent": 0.00001,
    "you let a small gradient make a shorter step: it is divided by its own size": 0.001,
    "you lengthened the step of the flat one: its gradient is divided by its own size, and nothing else": 0.1,
    "you turned things round: a small gradient does not make a huge step": 10.0})

# %%
pair = torch.nn.Parameter(torch.zeros(2, dtype=torch.float64))
optimizer = torch.optim.Adam([pair], lr=0.01)
pair.grad = torch.tensor([1000.0, 0.001], dtype=torch.float64)
optimizer.step()
print("PyTorch's Adam, after one step from 0:", pair.detach().numpy())

# %% [markdown]
# Work it out by hand, for a gradient of 2 and then one of -1. The first row gives the reason.
#
# | $t$ | $g_t$ | $m_t$ | $v_t$ | $\hat m_t$ | $\hat v_t$ | step |
# | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
# | 1 | 2 | 0.2 | 0.004 | 0.2 / 0.1 = 2 | 0.004 / 0.001 = 4 | $\eta \cdot 2/\sqrt4 = \eta$ |
# | 2 | -1 | 0.08 | 0.004996 | 0.08 / 0.19 = 0.421 | 0.004996 / 0.001999 = 2.499 | $0.266\,\eta$ |
#
# In the first step the factors 0.1 and 0.001 cancel, whatever $g$ is, and $g/\sqrt{g^2}$ is its sign. In the second the
# gradients disagree, so $\hat m$ is small and the step is short.
#
# **Law.** Adam's step is $\eta$ times a ratio: mean gradient over its usual size. With the usual betas the ratio is near
# 1 where gradients agree and near 0 where they are noise. $\eta$ is a length, in the units of $\theta$.
#
# ### Adam
#
# Two visible checks: the first step alone, then three in a row and two parameters in turn.

# %% exercise="adam-step" minutes=20 difficulty=3 read="Adam" law="the corrected mean of g over the root of the corrected mean of g², with ε outside the root and t from 1"
def adam_step(
    theta: np.ndarray,
    g: np.ndarray,
    state: dict,
    lr: float,
    beta1: float = 0.9,
    beta2: float = 0.999,
    eps: float = 1e-8,
) -> tuple[np.ndarray, dict]:
    """One step of Adam as published.

    theta, g: float64 arrays of the same shape. state: {} before the first step, after that what this function returned
    for this parameter; the number of the step belongs in it too. lr: learning rate. beta1, beta2: shares of m and v that
    are kept. eps: added to the root. An entry whose gradient was always 0 stays where it is.
    Returns (theta, state), both new. Changes no argument in place.
    """
    ### BEGIN SOLUTION
    t = state.get("t", 0) + 1
    m = beta1 * state.get("m", 0.0) + (1 - beta1) * g
    v = beta2 * state.get("v", 0.0) + (1 - beta2) * g**2
    m_hat, v_hat = m / (1 - beta1**t), v / (1 - beta2**t)
    return theta - lr * m_hat / (np.sqrt(v_hat) + eps), {"t": t, "m": m, "v": v}
    ### END SOLUTION

# %% [markdown] hint="adam-step"
# - *I don't know where to start.* Three things are remembered: t, m and v. Fetch each from the state with its value
#   before the first step, make the new ones, and return them. Then write the hats, then the step.
# - *I get NaN or a division by zero in the first step.* What is $1 - \beta^t$ for t = 0? The first step has the number
#   1.
# - *The first step is right and the second is not.* Print t in the second step. Then look at what you return: m and v
#   go into the state without their hats.
# - *My first step is about three times too long.* That is what the rule gives without its two corrections.
# - *Only the entry with a tiny gradient is wrong.* The order is: root first, then add eps.

# %% test="adam-step" points=1
theta, gradients = np.array([1.0, -2.0]), np.array([[4.0, -1e-6]])
with check.given(sgd_step=steps.sgd_step), check.without("forwardpass.steps.adam_step"):
    seen = check.observe(steps.follow, adam_step, (theta, gradients, {"lr": 0.1}))
check.that(not steps.fault(seen), steps.fault(seen))
check.close(seen[0]["path"], expect=[[0.9, -1.900990099]], rtol=1e-7, about="theta from [1, -2] with lr = 0.1 after one gradient, [4, -0.000001]",
            mistakes={
    "you left out the bias correction: divide m by 1 - beta1^t and v by 1 - beta2^t": [[0.683772259, -1.759746930]],
    "your t starts at 0, where 1 - beta^0 is 0 (the first step has the number 1), or brackets are missing around 1 - beta^t": [[np.nan, np.nan]],
    "your t is 2 in the first step: it starts at 0 in an empty state and is raised once": [[0.925586318, -1.926623752]],
    "you put eps under the root: add it to the root, after it is taken": [[0.9, -1.999000050]],
    "you averaged g in v, not its square: v must not become negative": [[0.800000001, np.nan]],
    "you left out the root of v": [[0.975, 7.999000100]],
    "you corrected m and not v: both means start at 0": [[-2.16227741, 0.402530734]],
    "you corrected v and not m: both means start at 0": [[0.99, -1.990099010]],
    "your corrected v is not g² in the first step: v is the mean of g², not of m², and is corrected with beta2":
        [[2.5e-08, -1.090909092]],
    "you multiplied by g once more: the mean of the gradients is in the fraction already": [[0.600000001, -2.000000099]],
    "you added eps before you corrected v: correct first, then take the root, then add eps": [[0.900000008, -1.924025311]],
    "your eps is not in the denominator: brackets belong around the root plus eps, or eps is missing": [[0.9, -1.9]],
    "you walked up the gradient: subtract the step": [[1.1, -2.099009901]]})

# %% test="adam-step" points=2
theta, gradients = np.array([1.0, -2.0]), np.array([[2.0, -0.01], [-1.0, -0.03], [3.0, 0.02]])
first, second = (theta, gradients, {"lr": 0.1}), (theta, -gradients, {"lr": 0.1, "beta1": 0.5, "beta2": 0.9, "eps": 0.01})
with check.given(sgd_step=steps.sgd_step), check.without("forwardpass.steps.adam_step"):
    seen = check.observe(steps.follow, adam_step, first, second)
check.that(not steps.fault(seen), steps.fault(seen))
check.close(seen[0]["path"], expect=[[0.9, -1.9], [0.873366, -1.808222], [0.809834, -1.782432]], rtol=1e-6,
            about="theta from [1, -2] with lr = 0.1 and gradients [2, -0.01], [-1, -0.03] and [3, 0.02]; answer[0] is theta after step 1, answer[1] after step 2",
            mistakes={
    "your correction multiplies beta by t: it is 1 - beta to the power t": [[0.9, -1.9], [np.nan, np.nan], [np.nan, np.nan]],
    "you swapped the betas: beta1 belongs to m, beta2 to v": [[0.9, -1.9], [0.867914, -1.812361], [0.807347, -1.781863]],
    "your t stays at 1: raise it in every step and return it in the state":
        [[0.9, -1.9], [0.864209, -1.776665], [0.764755, -1.736293]],
    "you stored m and v with their hats: carry on the means themselves, the hats are for this step only":
        [[0.9, -1.9], [0.879991, -1.871874], [0.876215, -1.866938]],
    "you lost the memory: return t, m and v in the state": [[0.9, -1.9], [1.0, -1.8], [0.9, -1.9]],
    "you divided the gradient itself: Adam steps along the mean m": [[0.9, -1.9], [0.963255, -1.765863], [0.824407, -1.858435]]})
check.close(seen[1]["path"], expect=[[1.099502, -2.05], [1.099502, -2.121081], [1.177003, -2.116592]], rtol=1e-6,
            about="the same with the opposite gradients and beta1 = 0.5, beta2 = 0.9, eps = 0.01")

# %% test="adam-step" points=2 hidden=true covers="default arguments, gradients that are 0, huge and tiny ones, six parameters in turn for 50 steps, against torch.optim.Adam"
rng = check.rng("adam-step")
kinds = [((3,), 1.0, (0.9, 0.999), 1e-8), ((3,), 1e6, (0.9, 0.999), 1e-8), ((2, 3), 1e-7, (0.9, 0.999), 1e-8),
         ((1, 2, 2), 1.0, (0.0, 0.9), 1e-4), ((4,), 1.0, (0.99, 0.99), 1e-6)]
cases = [(rng.normal(size=shape), scale * rng.normal(size=(50, *shape)),
          {"lr": 0.01, "beta1": betas[0], "beta2": betas[1], "eps": eps}) for shape, scale, betas, eps in kinds]
cases.append((rng.normal(size=3), rng.normal(size=(50, 3)), {"lr": 0.3}))
cases[0][1][:, 1] = 0.0
with check.given(sgd_step=steps.sgd_step), check.without("forwardpass.steps.adam_step"):
    seen = check.observe(steps.follow, adam_step, *cases)
check.that(not steps.fault(seen), steps.fault(seen))
for one, (start, gradients, settings), right in zip(seen, cases, steps.follow(steps.adam_step, *cases), strict=True):
    about = f"a parameter of shape {start.shape} with {settings}, gradients up to {np.abs(gradients).max():.0e}, 50 steps"
    check.close(one["path"], expect=right["path"], about=about)

# %% [markdown]
# Here is your rule beside PyTorch's, on the twenty gradients of the first cell. PyTorch keeps `theta` in the parameter
# and `state` in the optimiser; the arithmetic is the same.

# %% demo="beside-torch"
theirs = torch.nn.Parameter(torch.zeros(3, dtype=torch.float64))
optimizer = torch.optim.Adam([theirs], lr=0.01)
theta, state = np.zeros(3), {}
for g in GRADIENTS:
    theirs.grad = torch.tensor(g)
    optimizer.step()
    theta, state = adam_step(theta, g, state, 0.01)
print("yours:     ", theta)
print("PyTorch's: ", theirs.detach().numpy())

# %% [markdown]
# ### How long is the first step?
#
# Your prediction as a function, with $\varepsilon$ taken along. Put $t = 1$ into Adam's formulas and see what is left
# of them. Calling your `adam_step` is allowed; it is given in the check. It returns a pair, theta and the state.

# %% exercise="first-step-size" minutes=8 difficulty=2 law="Adam's first step is the learning rate against the sign of the gradient, until |g| comes down to ε"
def first_step_size(lr: float, g: np.ndarray, eps: float = 1e-8) -> np.ndarray:
    """By how much Adam's first step changes each entry: theta after it minus theta before it.

    lr: learning rate. g: (d,) float64, the first gradient. eps: Adam's. Returns (d,) float64: negative where g is positive,
    and 0 where g is 0. Exact to rounding for |g| near eps as well.
    """
    ### BEGIN SOLUTION
    return -lr * g / (np.abs(g) + eps)
    ### END SOLUTION

# %% [markdown] hint="first-step-size"
# - *I don't know where to start.* Write down m, v and both hats after the first step for a gradient g, as formulas. The
#   betas cancel.
# - *The sign is wrong.* The step goes against the gradient.
# - *A gradient of 0 gives NaN.* Something must stay in the denominator when g is 0, and the formula has it.
# - *A gradient as small as eps is wrong.* Then the denominator is twice |g|: a sign alone is not enough.

# %% test="first-step-size" points=1
def is_pair(answer, g):
    """Whether two things come back."""
    return isinstance(answer(0.01, g), tuple)


g = np.array([1000.0, -0.001, 0.0, 1e-8])
with check.given(adam_step=steps.adam_step):
    check.that(not check.observe(is_pair, first_step_size, g), "you returned a pair: of what adam_step gives, only theta is wanted here")
    check.equal(first_step_size, 0.01, g, expect=[-0.01, 0.00999990000099999, 0.0, -0.005], rtol=1e-7, mistakes={
        "you walked up the gradient: the step is negative where the gradient is positive": [0.01, -0.00999990000099999, 0.0, 0.005],
        "you gave its length without its sign: where g is positive, theta falls": [0.01, 0.00999990000099999, 0.0, 0.005],
        "you gave the step of gradient descent: Adam divides the gradient by its own size": [-10.0, 0.00001, 0.0, -1e-10],
        "you left eps out: a gradient as small as eps makes half a step": [-0.01, 0.01, 0.0, -0.01],
        "you left eps out: 0/0 is NaN, and a gradient of 0 makes no step": [-0.01, 0.01, np.nan, -0.01],
        "you put eps under the root: then it acts at gradients of 0.0001 already": [-0.01, 0.00995037190209989, 0.0, -9.99999995e-07],
        "you left out the bias correction: with it the betas cancel": [-0.03162277659168379, 0.031612779762961764, 0.0, -0.0009693465699682846],
        "you left out the learning rate": [-1.0, 0.999990000099999, 0.0, -0.5]})
    check.equal(first_step_size, 0.01, np.array([0.003, -0.001]), eps=0.001, expect=[-0.0075, 0.005], rtol=1e-7, mistakes={
        "you did not use the argument eps: it need not be 1e-8": [-0.00999996666677778, 0.009999900001]})

# %% test="first-step-size" points=1 hidden=true covers="gradients from 1e-12 to 1e12 and 0, several rates and values of eps, against torch.optim.Adam"
def first_step_of_adam(lr, g, eps):
    return steps.adam_step(np.zeros(len(g)), g, {}, lr, eps=eps)[0]


rng = check.rng("first-step-size")
cases = [(float(10 ** rng.uniform(-4, 1)), np.append(rng.choice([-1.0, 1.0], 6) * 10 ** rng.uniform(-12, 12, 6), 0.0), eps)
         for eps in (1e-8, 1e-3, 1e-12) for _ in range(8)]
with check.given(adam_step=steps.adam_step):
    check.equal_many(first_step_size, cases, expect=first_step_of_adam, rtol=1e-6)

# %% demo="first-steps"
sizes = np.array([1e6, 1.0, 1e-6, 1e-7, 1e-8, 1e-9, 1e-12])
for size, change in zip(sizes, first_step_size(0.01, sizes), strict=True):
    print(f"gradient {size:7.0e}   first step {change:.1e}")

# %% [markdown]
# Twelve orders of magnitude of gradient, and the same step. Only where the gradient comes near $\varepsilon$ does the
# step shrink. So at the start of a run Adam moves *every* weight by a full $\eta$, those whose gradient is mere noise
# too. That is one reason why large models warm up, as you will below.

# %% [markdown]
# ## What the slide prints
#
# Back to the slide. In its letters $\nu_t = \beta_1 \nu_{t-1} + (1 - \beta_1)\, g_t$ is our $m$ and
# $s_t = \beta_2 s_{t-1} + (1 - \beta_2)\, g_t^2$ is our $v$, both starting at 0, and
#
# $$\theta_t = \theta_{t-1} - \eta\,\frac{\nu_t}{\sqrt{s_t + \varepsilon}}\,g_t .$$
#
# Next to Adam as published it differs in three places: the hats are missing, $\varepsilon$ is under the root, and at
# the end stands one $g$ too many. To see what each of them does, build it exactly as printed.

# %% exercise="slide-step" minutes=6 difficulty=1 read="What the slide prints" law="exactly as printed: no correction, ε under the root, and the extra g"
def slide_step(
    theta: np.ndarray,
    g: np.ndarray,
    state: dict,
    lr: float,
    beta1: float = 0.9,
    beta2: float = 0.999,
    eps: float = 1e-8,
) -> tuple[np.ndarray, dict]:
    """One step of the rule on the slide, with all its mistakes.

    theta, g: float64 arrays of the same shape. state: {} before the first step, after that what this function returned
    for this parameter. lr, beta1, beta2, eps: as in adam_step, but eps stands under the root.
    Returns (theta, state), both new. Changes no argument in place.
    """
    ### BEGIN SOLUTION
    nu = beta1 * state.get("nu", 0.0) + (1 - beta1) * g
    s = beta2 * state.get("s", 0.0) + (1 - beta2) * g**2
    return theta - lr * nu / np.sqrt(s + eps) * g, {"nu": nu, "s": s}
    ### END SOLUTION

# %% [markdown] hint="slide-step"
# - *I don't know where to start.* Begin with a copy of your `adam_step` and take three things away or change them.
# - *My answer is Adam's.* Three places: no hats, eps added before the root is taken, and the fraction times g.
# - *My first step has the wrong length.* For a gradient of 1 it is about 3.16 times the rate, and that is the slide's
#   doing.

# %% test="slide-step" points=1
theta, gradients = np.array([1.0, -1.0]), np.array([[2.0, -0.001], [-1.0, -0.002]])
with check.given(sgd_step=steps.sgd_step):
    seen = check.observe(steps.follow, slide_step, (theta, gradients, {"lr": 0.1}))
check.that(not steps.fault(seen), steps.fault(seen))
check.close(seen[0]["path"], expect=[[0.367545259, -1.000095346], [0.480727512, -1.000568930]], rtol=1e-6,
            about="theta from [1, -1] with lr = 0.1 and gradients [2, -0.001] and [-1, -0.002]; answer[0] is theta after step 1, answer[1] after step 2",
            mistakes={
    "you wrote Adam as it should be: build the slide's rule, mistakes and all": [[0.9, -0.900001], [0.873366297, -0.803483408]],
    "you left out the extra g at the end": [[0.683772629, -0.904653741], [0.570590376, -0.667861839]],
    "you put eps outside the root: on the slide it is under it": [[0.367544568, -1.000316128], [0.480726919, -1.001136338]],
    "you corrected the means: the slide has no hats": [[0.8, -1.000099504], [0.826633704, -1.000292155]],
    "you corrected the means and put eps outside the root: the slide has no hats, and eps under the root":
        [[0.800000001, -1.000099999], [0.826633705, -1.000293034]],
    "you made nu momentum's sum: it is a mean, with 1 - beta1 before the gradient":
        [[-5.324547407, -1.000953463], [-4.192724884, -1.005689303]],
    "you lost the memory: return both means in the state": [[0.367545259, -1.000095346], [0.051319074, -1.000433408]],
    "you averaged g in s, not its square": [[0.105575045, np.nan], [0.358809351, np.nan]],
    "you turned the sign: the slide subtracts": [[1.632454741, -0.999904654], [1.519272488, -0.999431070]]})

# %% test="slide-step" points=1 hidden=true covers="three parameters in turn for 30 steps, with several betas and values of eps"
def printed(theta, g, state, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    nu, s = (state[name] if state else np.zeros(theta.shape) for name in ("nu", "s"))
    nu, s = nu + (1 - beta1) * (g - nu), s + (1 - beta2) * (g * g - s)
    return theta - lr * g * nu * (s + eps) ** -0.5, {"nu": nu, "s": s}


rng = check.rng("slide-step")
cases = [(rng.normal(size=shape), rng.normal(size=(30, *shape)), {"lr": 0.01, **settings}) for shape, settings in [
    ((3,), {}), ((2, 3), {"beta1": 0.5, "beta2": 0.9, "eps": 0.01}), ((1, 2, 2), {"beta1": 0.0, "eps": 1e-4})]]
with check.given(sgd_step=steps.sgd_step):
    seen = check.observe(steps.follow, slide_step, *cases)
check.that(not steps.fault(seen), steps.fault(seen))
for one, case in zip(seen, cases, strict=True):
    about = f"a parameter of shape {case[0].shape} with {case[2]}, followed for 30 steps"
    check.close(one["path"], expect=steps.follow(printed, case)[0]["path"], about=about)

# %% [markdown]
# ### The test of scale
#
# A good way to understand a rule is to change the unit. Measure the same loss in cents instead of euros: it is a
# hundred times as large, and so is every gradient. What happens to the way a rule goes?
#
# Two runs from the same point, each with a fresh state, the second with every gradient multiplied by $c = 100$. By
# which factor does the distance covered change, for gradient descent, for Adam, and for the slide's rule?

# %% predict="scale" minutes=3 choices="1 | 10 | 100 | 10000" law="count the gradients above and below the line of the fraction: what is left over is the power of c"
### BEGIN SOLUTION
sgd_factor = 100
adam_factor = 1
slide_factor = 100
### END SOLUTION

# %% test="scale" points=1 hidden=true covers="your three predictions"
check.equal(sgd_factor, expect=100, about="gradient descent", mistakes={
    "a step of gradient descent is the rate times the gradient: it changes as the gradient does": 1,
    "nothing is squared in gradient descent": 10_000})
check.equal(adam_factor, expect=1, about="Adam", mistakes={
    "the mean in Adam's numerator grows a hundredfold, and so does the root of the squares below it": 100,
    "you compared v itself: v grows by 10000, but the rule divides by its root, which grows by 100": 10_000,
    "the root of 100 has no part in it: v grows by 10000, and its root by 100": 10})
check.equal(slide_factor, expect=100, about="the slide's rule", mistakes={
    "the fraction stays the same, but the slide multiplies it by g, which grows a hundredfold": 1,
    "two of the three gradients cancel, one above the line against the root below: one is left": 10_000})

# %% [markdown]
# Now measure it, with a function that works for every rule. `GRADIENTS` in the first cell holds twenty gradients of
# three parameters. By hand, with one parameter: a run that goes from 0 to -0.3 to -0.2 has made a total move of -0.2,
# which has the length 0.2. If the run with $c$ ends at 0.6, the answer is 0.6 / 0.2 = 3.

# %% exercise="scale-response" minutes=12 difficulty=3 read="The test of scale" law="length of the total move with the gradients times c, divided by its length without"
def scale_response(rule, c: float, gradients: np.ndarray = GRADIENTS, lr: float = 0.01) -> float:
    """How many times as far a rule goes when all gradients are multiplied by c.

    rule: a function (theta, g, state, lr) -> (theta, state). c: above 0. gradients: (n, d) float64, one row for each step.
    lr: learning rate of both runs.
    Both runs take n steps from theta = zeros of shape (d,), each with a fresh state. The total move is theta after the last
    step minus theta at the start, and its length the root of the sum of its squares. It is never 0 in the checks.
    Returns the length of the total move with gradients times c, divided by the length with the gradients as they are.
    """
    ### BEGIN SOLUTION
    def total_move(factor):
        theta, state = np.zeros(gradients.shape[1]), {}
        for g in gradients:
            theta, state = rule(theta, factor * g, state, lr)
        return np.linalg.norm(theta)

    return float(total_move(c) / total_move(1.0))
    ### END SOLUTION

# %% [markdown] hint="scale-response"
# - *I don't know where to start.* Write one run first: theta of zeros, an empty state, and a loop over the rows that
#   hands both on from step to step. Then the length of where it ends.
# - *SGD is right and Adam is far off.* Does the second run begin with an empty state, and with theta at zero? Does each
#   step get the state that the step before returned?
# - *Everything is right for one step and wrong for many.* It is the total move that counts, from start to end: not the
#   last step, and not the sum of the lengths of all steps.
# - *My answer is below 1 where it should be above.* Which of the two lengths is divided by which?

# %% test="scale-response" points=2
def responses(answer, gradients):
    """What the answer says of rules that are right, for c = 10."""
    from forwardpass import steps

    def invented(theta, g, state, lr):
        t = state.get("t", 0) + 1
        return theta - lr * (g + t * g * g), {"t": t}

    rules = (steps.sgd_step, steps.momentum_step, steps.adam_step, invented)
    return {rule.__name__: answer(rule, 10.0, gradients) for rule in rules}


rows = np.array([[3.0, 0.0], [-1.0, 2.0], [2.0, 2.0]])
seen = check.observe(responses, scale_response, rows)
check.close(seen["adam_step"], expect=1.0, rtol=1e-4, about="Adam with c = 10 and gradients [3, 0], [-1, 2], [2, 2]", mistakes={
    "you multiplied the rate by c: only the gradients change their scale, and the rate stays": 10.0,
    "you let the second run go on from where the first one ended: both start at theta = 0": 2.0,
    "you gave the difference of the two lengths: divide them": 0.0,
    "you let the second run go on from theta and state of the first: both start at theta = 0 with an empty state": 1.981141,
    "you kept the state of the first run: each run begins with an empty state": 0.999183})
check.close(seen["sgd_step"], expect=10.0, rtol=1e-4, about="gradient descent with c = 10 and the same gradients", mistakes={
    "you divided the wrong way round: the run with the gradients times c stands on top": 0.1,
    "you squared the lengths: take the root of the sum of squares": 100.0,
    "you gave the difference of the two lengths: divide them": 0.509117,
    "you multiplied nothing by c: the two runs are the same": 1.0,
    "you let the second run go on from where the first one ended: both start at theta = 0": 11.0,
    "you multiplied the first gradient only: every row is multiplied by c": 5.525509,
    "you multiplied the last gradient only: every row is multiplied by c": 5.5})
check.close(seen["invented"], expect=85.935020, rtol=1e-4,
            about="a rule with the step 0.01 (g + t g²) that counts its steps t in the state, c = 10 and the same gradients", mistakes={
    "you threw the state away: each step gets the state that the step before returned": 77.061414,
    "you used GRADIENTS: the gradients are those of the argument": 97.235525,
    "you compared the last steps: the total move goes from the start to the end": 87.142857,
    "you added up the lengths of all steps: the total move is the straight line from the start to the end": 83.564152,
    "you added up the sizes of the entries: a length is the root of the sum of squares": 85.882353,
    "you compared the largest entries: a length is the root of the sum of squares": 86.666667})
check.close(seen["momentum_step"], expect=10.0, rtol=1e-4, about="momentum with c = 10")

# %% test="scale-response" points=1 hidden=true covers="five rules, one of them cubic in the gradient, with c from 0.01 to 1000, other gradients and rates, and the gradients of the first cell"
def printed(theta, g, state, lr):
    mean, square = state.get("mean", 0 * g), state.get("square", 0 * g)
    mean, square = mean + (g - mean) / 10, square + (g * g - square) / 1000
    return theta - lr * g * mean * (square + 1e-8) ** -0.5, {"mean": mean, "square": square}


def responses(answer, questions, printed):
    """What the answer says of rules that are right; for the first gradients, with its own default."""
    from forwardpass import steps

    def cubic(theta, g, state, lr):
        return theta - lr * g**3 - state.get("last", 0.0), {"last": g / 2}

    rules = [steps.sgd_step, steps.rmsprop_step, steps.adam_step, printed, cubic]
    return [[answer(rule, c, *more) for rule in rules] for c, *more in questions]


def right(c, gradients=GRADIENTS, lr=0.01):
    def cubic(theta, g, state, lr):
        return theta - lr * g**3 - state.get("last", 0.0), {"last": g / 2}

    def length(rule, factor):
        case = (np.zeros(gradients.shape[1]), factor * gradients, {"lr": lr})
        return np.sqrt((steps.follow(rule, case)[0]["path"][-1] ** 2).sum())

    rules = [steps.sgd_step, steps.rmsprop_step, steps.adam_step, printed, cubic]
    return [length(rule, c) / length(rule, 1.0) for rule in rules]


rng = check.rng("scale-response")
questions = [(100.0,), (0.01,), *((float(10 ** rng.uniform(-2, 3)), rng.normal(size=(n, d)), float(10 ** rng.uniform(-3, 0)))
             for n, d in [(1, 1), (1, 4), (6, 1), (9, 3)])]
found = check.observe(responses, scale_response, questions, printed)
for one, question in zip(found, questions, strict=True):
    about = f"c = {question[0]:.3g}, for SGD, RMSprop, Adam, the slide and a cubic rule"
    check.close(one, expect=right(*question), rtol=1e-6, about=about)

# %% demo="scale-table"
print("gradients times c   SGD       momentum  RMSprop   Adam      slide")
for c in (0.01, 1.0, 100.0):
    factors = [scale_response(rule, c) for rule in (sgd_step, momentum_step, rmsprop_step, adam_step, slide_step)]
    print(f"c = {c:<14g}", *[f"{factor:<9.2f}" for factor in factors])

# %% [markdown]
# Adam and RMSprop do not notice the unit. The slide's rule follows it just as gradient descent does: dividing by the
# root of $s$ takes one power of $g$ out, and the extra $g$ puts it back. So the whole point of the method is lost. And
# there is worse.
#
# ### A sign that is lost
#
# With steady gradients $\nu$ is near $g$. Then the slide's step is $-\eta\, g \cdot g/\sqrt{g^2} = -\eta\,|g|$. As long
# as the gradient keeps its sign, that is **never positive**: the rule moves to the left wherever it stands. Right of the
# minimum that is downhill, left of it uphill.

# %%
def descend(rule, gradient, start, count, **settings):
    """All points of a run: the start and `count` steps, as an array (count + 1, d); inf where a run is lost."""
    theta, state, path = np.array(start, dtype=float), {}, [np.array(start, dtype=float)]
    with np.errstate(all="ignore"):
        for _ in range(count):
            theta, state = rule(theta, gradient(theta), state, **settings)
            path.append(theta)
    return np.nan_to_num(np.array(path), nan=np.inf)


def slope(theta):
    """The gradient of theta² / 2."""
    return theta

# %% demo="lost-sign"
fig, axes = plots.figure(10.4, 3.6, 1, 2)
axes[1].set(yscale="symlog", ylim=(-1e11, 10), yticks=[0, -1e3, -1e6, -1e9])
for ax, start in zip(axes, (1.0, -1.0), strict=True):
    paths = {name: descend(rule, slope, [start], 300, lr=0.01)[:, 0] for name, rule in
             (("Adam", adam_step), ("slide", slide_step))}
    ax.set(title=f"from θ = {start:g}", xlabel="step", ylabel="θ")
    plots.lines(ax, np.arange(301), paths)
    ends = ", ".join(f"{name} at {round(path[-1], 2) + 0.0:,.2f}" for name, path in paths.items())
    print(f"from {start:2g}, after 300 steps: {ends}")
plots.show(fig, alt=(
    "Two panels, θ against the step, 300 steps on θ²/2. From θ = 1 Adam falls to 0 and the slide's rule, faster at first, to 0.03. "
    "From θ = -1 Adam rises to 0, while the slide's rule falls without end, to -779 million: the axis of this panel is "
    "logarithmic, so that -1 and 0 lie on one line, and the fall is nearly a straight line."))

# %% [markdown]
# Right of the minimum the slide's rule looks like an optimiser that starts fast and then dawdles: nearer to 0 its
# gradients are small, and so are its steps. Adam arrives, the slide is still at 0.03. Whoever tries it only there never
# finds out. On the left it doubles its distance about every ten steps. (On the scale of that panel -1 and 0 cannot be
# told apart: Adam's line does begin at -1.)
#
# ### The hats, by themselves
#
# With a gradient of exactly 1 in every step, the extra $g$ changes nothing and $\varepsilon$ next to nothing. What is
# left of the difference between the two rules is the missing correction. Adam then moves by $\eta$ in every step. And
# the slide's rule?

# %% demo="missing-correction"
def steady(theta):
    """A gradient that is always 1."""
    return np.ones(1)


moves = {name: -np.diff(descend(rule, steady, [0.0], 3000, lr=1.0)[:, 0]) for name, rule in
         (("slide", slide_step), ("Adam", adam_step))}
for t in (1, 12, 100, 1000, 3000):
    print(f"step {t:4}: Adam moves by {moves['Adam'][t - 1]:.2f} η, the slide by {moves['slide'][t - 1]:.2f} η")
fig, ax = plots.figure(7.4, 3.4)
ax.set(xscale="log", ylim=(0, 7.2), xlabel="step (logarithmic)", ylabel="length of the step, in η")
shown = np.unique(np.geomspace(1, 3000, 60).astype(int))
plots.lines(ax, shown, {name: lengths[shown - 1] for name, lengths in moves.items()})
plots.show(fig, alt=(
    "Length of the step against the number of the step from 1 to 3000, on a logarithmic axis. Adam stays at 1. The slide's "
    "rule begins at 3.16, climbs to 6.57 at step 12, is back at 3.24 at step 100 and at 1.26 at step 1000."))

# %% [markdown]
# The mean of gradients catches up within some ten steps, the mean of squares takes a thousand. In between the numerator
# is whole and the denominator too small. So a missing correction does not begin slowly, as one might think: for the
# usual betas it makes the first thousand steps *too long*, up to 6.57 times.
#
# And $\varepsilon$? Outside the root it acts where $|g|$ comes down to $\varepsilon$, inside where $g^2$ does, which is
# at $|g| = \sqrt\varepsilon$, ten thousand times as large:

# %%
for size in (1.0, 1e-3, 1e-4, 1e-5, 1e-6, 1e-8):
    outside, inside = size / (size + 1e-8), size / math.sqrt(size * size + 1e-8)
    print(f"steady gradient {size:5.0e}: step of {outside:.4f} η with ε outside, {inside:.4f} η with ε under the root")

# %% [markdown]
# In deep networks gradients of $10^{-5}$ for a single weight are common. With $\varepsilon$ under the root such a weight
# takes a tenth of its step, and at $10^{-6}$ a hundredth.
#
# **Law.** Multiply the loss by a hundred: gradient descent's steps grow a hundredfold, Adam's stay as they are.
# Whatever calls itself Adam must pass that test, and it takes no training run.
#
# ## Weights that decay
#
# A common wish is to keep weights small, by adding $\tfrac{\lambda}{2}\lVert\theta\rVert^2$ to the loss; why one would
# is a matter for lesson 05. The gradient becomes $g + \lambda\theta$. In gradient descent that is the same as shrinking
# each weight by the factor $1 - \eta\lambda$ and then taking the step with the same $g$ as before, that of the old weight.
#
# In Adam it is not. By hand: $\theta = 2$, $\eta = 0.1$, and a loss that does not depend on this weight, so $g = 0$
# always.
#
# | | gradient that Adam sees | first step | $\theta$ after it |
# | --- | ---: | ---: | ---: |
# | penalty in the loss, $\lambda = 0.01$ | 0.02 | 0.1 | 1.9 |
# | penalty in the loss, $\lambda = 0.0001$ | 0.0002 | 0.1 | 1.9 |
# | weight shrunk directly, $\lambda = 0.01$ | 0 | 0.002 | 1.998 |
#
# Adam divides the penalty's gradient by its own size, and $\lambda$ cancels out. With a loss that does depend on the
# weight it is no better: then the decay is divided by the usual size of *that* gradient, so the weights with the
# largest gradients decay the least. AdamW (2017) keeps the two apart:
#
# $$\theta_t = (1 - \eta\lambda)\,\theta_{t-1} - \eta\,\frac{\hat m_t}{\sqrt{\hat v_t} + \varepsilon},$$
#
# with $m$ and $v$ of the loss's gradient $g$ alone.
#
# **Law.** Decay the weight, not the gradient: whatever goes into the gradient is divided by its size.

# %% exercise="adamw-step" minutes=10 difficulty=2 read="Weights that decay" law="shrink theta by the factor 1 - ηλ, and give Adam the gradient of the loss alone"
def adamw_step(
    theta: np.ndarray,
    g: np.ndarray,
    state: dict,
    lr: float,
    beta1: float = 0.9,
    beta2: float = 0.999,
    eps: float = 1e-8,
    weight_decay: float = 0.01,
) -> tuple[np.ndarray, dict]:
    """One step of AdamW: Adam with decoupled weight decay.

    theta, g: float64 arrays of the same shape. state: {} before the first step, after that what this function returned
    for this parameter. lr, beta1, beta2, eps: as in adam_step. weight_decay: lambda; 0 makes it Adam.
    Returns (theta, state), both new. Changes no argument in place.
    """
    ### BEGIN SOLUTION
    return adam_step(theta * (1 - lr * weight_decay), g, state, lr, beta1, beta2, eps)
    ### END SOLUTION

# %% [markdown] hint="adamw-step"
# - *I don't know where to start.* Two things happen to theta, and the second is Adam. You have a function for it, which
#   is given in the checks.
# - *The weight hardly decays, or as much as a whole step.* Does lambda times theta go anywhere near the gradient? It
#   must not.
# - *My decay is ten times too strong.* The factor has the learning rate in it.
# - *I am off in the third digit.* The decay takes its share of the *old* theta, before Adam's step.

# %% test="adamw-step" points=2
theta, gradients = np.array([2.0, -1.0]), np.array([[0.0, 3.0], [0.0, -1.0]])
settings = {"lr": 0.1, "weight_decay": 0.5}
with check.given(sgd_step=steps.sgd_step, adam_step=steps.adam_step), check.without("forwardpass.steps.adamw_step"):
    seen = check.observe(steps.follow, adamw_step, (theta, gradients, settings))
check.that(not steps.fault(seen), steps.fault(seen))
check.close(seen[0]["path"], expect=[[1.9, -1.05], [1.805, -1.037522]], rtol=1e-6,
            about="theta from [2, -1] with lr = 0.1, weight_decay = 0.5 and gradients [0, 3] and [0, -1]; answer[0] is theta after step 1, answer[1] after step 2",
            mistakes={
    "you put the decay into the gradient: there Adam divides it by its own size, so keep it apart from g":
        [[1.9, -1.1], [1.800166, -1.117715]],
    "you left the learning rate out of the decay: the factor is 1 - lr * weight_decay": [[1.0, -0.6], [0.5, -0.340022]],
    "you let the decay work on theta after Adam's step: it takes its share of the old theta":
        [[1.9, -1.045], [1.805, -1.030771]],
    "your weights do not decay: where the gradient is 0, theta is to shrink all the same":
        [[2.0, -1.1], [2.0, -1.140022]],
    "you made the weights grow: the factor is below 1": [[2.1, -1.15], [2.205, -1.247522]],
    "you let them decay twice, once directly and once in the gradient": [[1.8, -1.05], [1.610412, -1.01593]],
    "you subtracted the decay without theta: it is a share of theta": [[1.95, -1.15], [1.9, -1.240022]],
    "you multiplied the decay by the learning rate twice": [[1.99, -1.095], [1.98005, -1.129547]]})
settings = {"lr": 0.1, "weight_decay": 0.5, "beta1": 0.5, "beta2": 0.9, "eps": 0.5}
with check.given(sgd_step=steps.sgd_step, adam_step=steps.adam_step), check.without("forwardpass.steps.adamw_step"):
    again = check.observe(steps.follow, adamw_step, (theta, gradients, settings))
check.close(again[0]["path"], expect=[[1.9, -1.035714], [1.805, -0.996327]], rtol=1e-6,
            about="the same with beta1 = 0.5, beta2 = 0.9 and eps = 0.5", mistakes={
    "you did not hand beta1, beta2 and eps on: they need not be Adam's usual ones": [[1.9, -1.05], [1.805, -1.037522]],
    "you did not hand beta1 on: it need not be 0.9": [[1.9, -1.035714], [1.805, -1.017209]],
    "you did not hand beta2 on: it need not be 0.999": [[1.9, -1.035714], [1.805, -0.996113]],
    "you did not hand eps on: it need not be 1e-8": [[1.9, -1.05], [1.805, -1.012731]]})

# %% test="adamw-step" points=1 hidden=true covers="default arguments, no decay, four parameters in turn for 50 steps, against torch.optim.AdamW"
rng = check.rng("adamw-step")
cases = [(rng.normal(size=shape), rng.normal(size=(50, *shape)), {"lr": lr, **settings}) for shape, lr, settings in [
    ((3,), 0.01, {}), ((3,), 0.1, {"weight_decay": 0.0}), ((2, 3), 0.3, {"weight_decay": 1.0, "beta1": 0.5}),
    ((1, 2, 2), 0.01, {"weight_decay": 0.1, "beta2": 0.9, "eps": 1e-3})]]
with check.given(sgd_step=steps.sgd_step, adam_step=steps.adam_step), check.without("forwardpass.steps.adamw_step"):
    seen = check.observe(steps.follow, adamw_step, *cases)
check.that(not steps.fault(seen), steps.fault(seen))
for one, (start, _, settings), right in zip(seen, cases, steps.follow(steps.adamw_step, *cases), strict=True):
    about = f"a parameter of shape {start.shape} with {settings}, followed for 50 steps"
    check.close(one["path"], expect=right["path"], about=about)

# %% [markdown]
# Does it matter? Take 400 weights that all start at 1 and whose gradient is nothing but noise with mean 0: for one half
# large noise, for the other small. Nothing pulls them anywhere but the decay, $\lambda = 0.5$. After 2000 steps with
# $\eta = 0.001$, how much of them is left?

# %% demo="decay"
rng = np.random.default_rng(0)
scale = np.repeat([10.0, 0.1], 200)
coupled, coupled_state = np.ones(400), {}
decoupled, decoupled_state = np.ones(400), {}
for _ in range(2000):
    noise = scale * rng.normal(size=400)
    coupled, coupled_state = adam_step(coupled, noise + 0.5 * coupled, coupled_state, 0.001)
    decoupled, decoupled_state = adamw_step(decoupled, noise, decoupled_state, 0.001, weight_decay=0.5)
for name, weights in (("penalty in the loss, Adam", coupled), ("AdamW", decoupled)):
    print(f"{name:26} {weights[:200].mean():5.2f} left under large noise, {weights[200:].mean():5.2f} under small noise")

# %% [markdown]
# AdamW leaves $(1 - \eta\lambda)^{2000} = 0.37$ of every weight, whatever its noise. With the penalty in the loss, Adam
# leaves 0.91 of the noisy half and 0.03 of the quiet one: the same $\lambda$, and a strength that depends on the
# gradients. To tune such a $\lambda$ is to tune something else.

# %% [markdown]
# ## Two guards
#
# ### A gradient that explodes
#
# Now and then one batch has a gradient a thousand times as long as the others, and one such step of gradient descent
# ruins a run. The remedy is to *clip*: if the gradient is longer than a limit, shorten it to the limit. A network has
# many arrays of gradients, and together they are *one* vector. Its length is the root of the sum of the squares of all
# entries of all arrays.
#
# By hand, two parameters with one entry each, gradients 3 and 4, limit 1: the length is $\sqrt{9 + 16} = 5$, so
# everything is divided by 5, which gives 0.6 and 0.8. It points the same way as before. Clipped one by one they would
# be 1 and 1, which is another direction.
#
# **Law.** Clipping changes the length of the whole gradient and never its direction.

# %% exercise="clip-by-global-norm" minutes=10 difficulty=2 read="A gradient that explodes" law="one length for all arrays together, one factor for all, never above 1"
def clip_by_global_norm(grads: list[np.ndarray], max_norm: float) -> list[np.ndarray]:
    """The gradients, shortened together so that their common length is at most max_norm.

    grads: a list of float64 arrays of any shapes, at least one. max_norm: above 0. Returns a list of arrays of the same
    shapes, in the same order. Gradients whose common length is at most max_norm come back with the values they had, zeros
    included. Changes no argument in place.
    """
    ### BEGIN SOLUTION
    norm = math.sqrt(sum((g**2).sum() for g in grads))
    factor = min(1.0, max_norm / norm) if norm > 0 else 1.0
    return [g * factor for g in grads]
    ### END SOLUTION

# %% [markdown] hint="clip-by-global-norm"
# - *I don't know where to start.* First one number: the squares of all entries of all arrays, added up, and the root of
#   that.
# - *Each array is right by itself but not together.* There is one length and one factor for the whole list.
# - *Short gradients get longer.* The factor may shorten only: what does it have to be when the length is below the
#   limit?
# - *Zeros give NaN, a warning or a ZeroDivisionError.* A length of 0 needs no factor. Ask before you divide.

# %% test="clip-by-global-norm" points=2
grads = [np.array([2.0, 1.0]), np.array([[2.0], [4.0]])]
check.close(clip_by_global_norm, grads, 1.0, expect=[[0.4, 0.2], [[0.4], [0.8]]], rtol=1e-5, mistakes={
    "you clipped each array by itself, and that turns the gradient: all arrays together have one length, here 5":
        [[0.894427, 0.447214], [[0.447214], [0.894427]]],
    "you cut off each entry at the limit, and that turns the gradient: multiply all entries by one factor":
        [[1.0, 1.0], [[1.0], [1.0]]],
    "you left out the root: the length is the root of the sum of squares": [[0.08, 0.04], [[0.08], [0.16]]],
    "you added up the lengths of the arrays: add up their squares, and take one root":
        [[0.298142, 0.149071], [[0.298142], [0.596285]]],
    "you added up the entries: the length is the root of the sum of their squares":
        [[0.222222, 0.111111], [[0.222222], [0.444444]]],
    "you took the mean of the squares: the length is the root of their sum": [[0.8, 0.4], [[0.8], [1.6]]],
    "you left the gradients as they were: their length, 5, is above the limit": [[2.0, 1.0], [[2.0], [4.0]]]})
check.close(clip_by_global_norm, grads, 2.0, expect=[[0.8, 0.4], [[0.8], [1.6]]], rtol=1e-5, mistakes={
    "you made the length 1: it is to be max_norm": [[0.4, 0.2], [[0.4], [0.8]]]})
check.close(clip_by_global_norm, grads, 10.0, expect=[[2.0, 1.0], [[2.0], [4.0]]], rtol=1e-5, mistakes={
    "you made short gradients longer: clipping only shortens": [[4.0, 2.0], [[4.0], [8.0]]]})
check.close(clip_by_global_norm, [np.zeros(2)], 1.0, expect=[[0.0, 0.0]], rtol=1e-5, mistakes={
    "you divided by a length of 0: zeros stay zeros": [[np.nan, np.nan]],
    "you divided by a length of 0, and Python's numbers raise an error for that: zeros stay zeros": ZeroDivisionError})

# %% test="clip-by-global-norm" points=1 hidden=true covers="lists of one to five arrays of several shapes, below, at and above the limit, against torch.nn.utils.clip_grad_norm_"
def torch_clipped(grads, max_norm):
    parameters = []
    for g in grads:
        parameters.append(torch.nn.Parameter(torch.zeros(g.shape, dtype=torch.float64)))
        parameters[-1].grad = torch.tensor(g)
    torch.nn.utils.clip_grad_norm_(parameters, max_norm)
    return [parameter.grad.tolist() for parameter in parameters]


rng = check.rng("clip-by-global-norm")
shapes = [(3,), (2, 3), (1,), (2, 1, 2), (4,)]
cases = [([10.0 ** rng.uniform(-3, 3) * rng.normal(size=shape) for shape in shapes[: 1 + i % 5]], float(10 ** rng.uniform(-1, 2)))
         for i in range(30)] + [([np.zeros(2), np.zeros((1, 3))], 1.0), ([np.array([3.0]), np.array([-4.0])], 5.0)]
check.equal_many(clip_by_global_norm, cases, expect=torch_clipped, rtol=2e-5)

# %% [markdown]
# Try it where gradients explode: the valley of Rosenbrock, $(1 - x)^2 + 100\,(y - x^2)^2$, has a bent floor between
# walls that rise like the fourth power of $x$. Gradient descent starts at $(-1.2,\ 1)$, where the gradient has length
# 233; the minimum is 0, at $(1, 1)$.

# %%
def rosenbrock(p):
    return (1 - p[..., 0]) ** 2 + 100 * (p[..., 1] - p[..., 0] ** 2) ** 2


def rosenbrock_gradient(p):
    return np.array([-2 * (1 - p[0]) - 400 * p[0] * (p[1] - p[0] ** 2), 200 * (p[1] - p[0] ** 2)])

# %% demo="clipped"
for lr, limit in [(0.005, 1e9), (0.01, 1e9), (0.01, 3.0), (0.005, 3.0)]:
    point, taken, clipped = np.array([-1.2, 1.0]), 0, 0
    while taken < 500 and np.abs(point).max() < 1e6:
        slopes = [rosenbrock_gradient(point)]
        kept = clip_by_global_norm(slopes, limit)
        clipped += bool(np.abs(kept[0] - slopes[0]).max() > 1e-9)
        point, _ = sgd_step(point, kept[0], {}, lr)
        taken += 1
    end = f"f = {rosenbrock(point):.2f} after {taken} steps, {clipped} of them clipped"
    if np.abs(point).max() >= 1e6:
        end = f"lost at step {taken}"
    print(f"rate {lr:<5}, limit {limit:5g}: {end}")

# %% [markdown]
# With a rate of 0.01 the run is lost in four steps, and clipping saves it. But look at how often it clips: in 494 of 500
# steps. Then it is no guard any more but another rule, one whose steps all have the length $0.01 \cdot 3$. At half the
# rate it clips in half of the steps, and ends lowest of the four.
#
# ### A rate that rises and falls
#
# One rate is rarely right for a whole run. At the start Adam's steps are all of full length, though its means have seen
# little; at the end a large rate keeps jumping about the minimum. The schedule of most large models has two parts: the
# rate *warms up*, in a straight line, to a peak, and then falls along half a wave of the cosine to a floor.
#
# By hand, peak 1, warm-up of 4 steps, 12 steps in all, floor 0.2; steps are counted from 1, as $t$ in Adam:
#
# | step | 1 | 2 | 4 | 6 | 8 | 10 | 12 | 13 |
# | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
# | share of the fall that is done | | | 0 | 1/4 | 1/2 | 3/4 | 1 | 1 |
# | cosine of that share of $\pi$ | | | 1 | 0.71 | 0 | -0.71 | -1 | -1 |
# | rate | 0.25 | 0.5 | 1 | 0.88 | 0.6 | 0.32 | 0.2 | 0.2 |
#
# With $p$ for the share that is done, the rate is $\text{floor} + (\text{peak} - \text{floor}) \cdot \tfrac12 (1 + \cos
# \pi p)$.
#
# **Law.** The two parts meet: at the last step of the warm-up the line has reached the peak, and the cosine starts
# there.

# %% exercise="warmup-cosine" minutes=12 difficulty=3 read="A rate that rises and falls" law="a line to the peak, then half a cosine from there to the floor, and the floor for ever after"
def warmup_cosine(step: int, peak: float, warmup: int, total: int, floor: float = 0.0) -> float:
    """Learning rate of one step.

    step: from 1. peak: the rate at the step warmup. warmup: number of the step that has the peak; up to it the rate is
    peak * step / warmup. total: number of the step that has reached the floor, above warmup. floor: lowest rate at the end.
    From warmup to total the rate falls from peak to floor along half a cosine; from total on it is the floor.
    A warmup of 0 means no warm-up: the fall begins at step 0, so step 1 is already a little below the peak. Returns a float.
    """
    ### BEGIN SOLUTION
    if step < warmup:
        return peak * step / warmup
    done = min(1.0, (step - warmup) / (total - warmup))
    return floor + (peak - floor) * 0.5 * (1 + math.cos(math.pi * done))
    ### END SOLUTION

# %% [markdown] hint="warmup-cosine"
# - *I don't know where to start.* Two cases: before the end of the warm-up, and after it. The first is one line.
# - *The rate jumps at the end of the warm-up.* The fall has its own clock. Which share of it is done at the step
#   `warmup`? It must be 0. And at the step `total`? It must be 1.
# - *It does not end on the floor, or rises again.* Write down the share for a step after `total`. How large may it
#   become?
# - *I get a ZeroDivisionError.* A warm-up of 0 has no steps. Divide by its length only in the case that needs it.
# - *The floor is reached only when it is 0.* How far does the rate fall, when it begins at the peak and ends on the
#   floor?

# %% test="warmup-cosine" points=2
def rates(answer, numbers, settings):
    """The rate of each of these steps."""
    return [answer(number, **settings) for number in numbers]


settings = {"peak": 1.0, "warmup": 4, "total": 12, "floor": 0.2}
seen = check.observe(rates, warmup_cosine, [1, 2, 4, 6, 8, 10, 12, 13, 20], settings)
check.close(seen[:2], expect=[0.25, 0.5], rtol=1e-5, about="the rates of steps 1 and 2, in this order, for peak = 1, warmup = 4, total = 12, floor = 0.2",
            mistakes={
    "you divided with //, which drops what is behind the point: use /": [0.0, 0.0],
    "you counted the steps from 0 or from 2: step 1 has a quarter of the peak here": [0.5, 0.75],
    "you began at 0: the first step, number 1, has a quarter of the peak here": [0.0, 0.25],
    "you began the warm-up on the floor: it rises from 0, peak times step over warmup": [0.4, 0.6],
    "you left out the warm-up: before the step `warmup` the rate rises in a line": [0.753073, 0.882843]})
check.close(seen[2:7], expect=[1.0, 0.882843, 0.6, 0.317157, 0.2], rtol=1e-5, about="the rates of steps 4, 6, 8, 10 and 12, in this order: answer[0] is step 4, answer[4] is step 12", mistakes={
    "you divided with //, which drops what is behind the point: use /": [1.0, 1.0, 1.0, 1.0, 0.2],
    "you gave the cosine degrees: it wants radians, and half a wave is π": [1.0, 0.810129, 0.420771, 0.201565, 0.360616],
    "your share of the fall is one step ahead: it is 0 at the step `warmup`": [0.969552, 0.753073, 0.446927, 0.230448, 0.2],
    "your share of the fall is one step behind: it is 1 at the step `total`": [0.969552, 0.969552, 0.753073, 0.446927, 0.230448],
    "your share of the fall is behind by one step: it is 1 at the step `total`": [1.0, 0.969552, 0.753073, 0.446927, 0.230448],
    "your fall is one step too short: it takes total - warmup steps": [1.0, 0.849396, 0.510992, 0.239612, 0.2],
    "your rate jumps at the end of the warm-up: the fall begins there, with a share of 0": [0.8, 0.6, 0.4, 0.25359, 0.2],
    "your rate never comes down to the floor: the share is 1 at the step `total`": [1.0, 0.946410, 0.8, 0.6, 0.4],
    "you fell in a straight line: the share goes through half a cosine": [1.0, 0.8, 0.6, 0.4, 0.2],
    "you added the floor on top: the fall goes from the peak to the floor, which is peak - floor":
        [1.2, 1.053553, 0.7, 0.346447, 0.2],
    "you ignored the floor: the rate ends there, not at 0": [1.0, 0.853553, 0.5, 0.146447, 0.0],
    "you cut the cosine off at the floor: it falls from the peak to the floor in one smooth curve":
        [1.0, 0.853553, 0.5, 0.2, 0.2],
    "you went through a whole wave and came back up: half a wave, π, leads down": [1.0, 0.6, 0.2, 0.6, 1.0],
    "you went through a quarter of a wave: half a wave, π, leads from 1 to -1": [1.0, 0.939104, 0.765685, 0.506147, 0.2],
    "you left out the half: 1 + cosine is 2 at its highest": [1.8, 1.565685, 1.0, 0.434315, 0.2],
    "you left out π: the cosine wants its angle in radians": [1.0, 0.987565, 0.951033, 0.892676, 0.816121]})
check.close(seen[7:], expect=[0.2, 0.2], rtol=1e-5, about="the rates of steps 13 and 20, after the end", mistakes={
    "you let the rate rise again after the end: the cosine comes back up, so stop its clock at 1": [0.230448, 1.0],
    "your rate falls on to 0 after the end: from the step `total` on it is the floor": [0.0, 0.0]})
check.close(warmup_cosine, 1, 1.0, 0, 4, expect=0.853553, rtol=1e-5, about="step 1 of 4 without a warm-up, peak = 1", mistakes={
    "you divided by a warm-up of 0: without one there is no line, and the fall begins at step 0": ZeroDivisionError,
    "you kept the peak: without a warm-up the fall begins at step 0, so at step 1 a quarter of it is done": 1.0})

# %% test="warmup-cosine" points=1 hidden=true covers="no warm-up, a warm-up of one step, 30 random schedules at random steps and at every joint"
rng = check.rng("warmup-cosine")
cases = []
for i in range(30):
    warmup = (0, 1, int(rng.integers(2, 50)))[i % 3]
    total = warmup + int(rng.integers(1, 200))
    numbers = {1, max(1, warmup - 1), max(1, warmup), warmup + 1, total, total + 7, int(rng.integers(1, total + 1))}
    peak = float(rng.uniform(0.1, 3))
    cases += [(number, peak, warmup, total, float(i % 2 * peak * rng.uniform())) for number in sorted(numbers)]


def interpolated(number, peak, warmup, total, floor):
    shares = np.interp(number, [0, warmup, total] if warmup else [0, total], [0, 1, 0] if warmup else [1, 0])
    if number < warmup:
        return float(peak * shares)
    return float(floor + (peak - floor) * np.sin(np.pi / 2 * shares) ** 2)


check.equal_many(warmup_cosine, cases, expect=interpolated, rtol=1e-6, atol=1e-9)

# %% demo="schedule"
numbers = np.arange(1, 101)
fig, ax = plots.figure(7.4, 3.2)
ax.set(ylim=(0, 1.08), xlabel="step", ylabel="rate / peak")
plots.lines(ax, numbers, {
    "no warm-up, floor 0": [warmup_cosine(int(k), 1.0, 0, 100) for k in numbers],
    "warm-up 20, floor 0.1": [warmup_cosine(int(k), 1.0, 20, 100, 0.1) for k in numbers]})
plots.show(fig, alt=(
    "Rate against the step, 1 to 100. Without warm-up the rate starts a hair below the peak and falls along half a cosine to 0. With a "
    "warm-up of 20 steps it rises in a straight line, meets the peak at step 20 without a jump, and falls to a floor of 0.1."))

# %% [markdown]
# ## Four rules, three valleys
#
# Now let your rules run. Three functions of two numbers: the narrow bowl, the same bowl turned by 45 degrees, and the
# valley of Rosenbrock. Each rule gets the best of twelve rates, the one with the lowest end.
#
# ### The bowl is turned
#
# Which rules notice? A rule that does not notice takes the same path as before, turned with the bowl. Write "yes" for a
# rule that notices and "no" for one that does not. Look at the formulas: do they treat the two entries alike?

# %% predict="turned-bowl" minutes=3 choices="yes | no" law="a rule that multiplies all entries by the same numbers turns with the bowl; one that divides entry by entry is tied to the axes"
### BEGIN SOLUTION
sgd_notices = "no"
momentum_notices = "no"
rmsprop_notices = "yes"
adam_notices = "yes"
### END SOLUTION

# %% test="turned-bowl" points=1 hidden=true covers="your four predictions"
check.equal(sgd_notices, expect="no", about="gradient descent", mistakes={
    "gradient descent multiplies both entries by the same rate: turn the bowl, and gradient and step turn with it": "yes"})
check.equal(momentum_notices, expect="no", about="momentum", mistakes={
    "momentum adds up gradients, and a sum of turned arrows is the turned sum": "yes"})
check.equal(rmsprop_notices, expect="yes", about="RMSprop", mistakes={
    "RMSprop divides each entry by its own usual size, and which entries there are depends on the axes": "no"})
check.equal(adam_notices, expect="yes", about="Adam", mistakes={
    "Adam divides each entry by its own usual size too; its mean of gradients alone would turn with the bowl": "no"})

# %%
def tilted(p):
    return (p[..., 0] + p[..., 1]) ** 2 / 4 + 25 * (p[..., 1] - p[..., 0]) ** 2


def tilted_gradient(p):
    along, across = (p[0] + p[1]) / 2, 50 * (p[1] - p[0])
    return np.array([along - across, along + across])


# name: function, gradient, start, minimum, steps, window, level lines
VALLEYS = {
    "narrow bowl": (lambda p: (p[..., 0] ** 2 + 100 * p[..., 1] ** 2) / 2, lambda p: np.array([p[0], 100 * p[1]]),
                    (-4.0, 0.8), (0, 0), 200, (-4.6, 2.6, -1.4, 1.4), (0.3, 2, 8, 20, 40, 70)),
    "tilted bowl": (tilted, tilted_gradient, (-3.394, -2.263), (0, 0), 200, (-4.6, 2.6, -4.0, 2.6), (0.3, 2, 8, 20, 40, 70)),
    "Rosenbrock": (rosenbrock, rosenbrock_gradient, (-1.2, 1.0), (1, 1), 500, (-1.8, 1.8, -0.8, 2.4), (0.3, 2, 10, 40, 120, 300))}

# %% demo="paths"
path_rates = [0.001, 0.002, 0.005, 0.01, 0.015, 0.019, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0]


def best_run(rule, valley, rates):
    """Lowest f at the end of a run, the rate that led there, and the path."""
    f, gradient, start, _, count, *_ = VALLEYS[valley]
    with np.errstate(all="ignore"):
        runs = {lr: descend(rule, gradient, start, count, lr=lr) for lr in rates}
        height = {lr: float(np.nan_to_num(f(path[-1]), nan=np.inf)) for lr, path in runs.items()}
    best = min(height, key=height.get)
    return height[best], best, runs[best]


def adam_without_momentum(theta, g, state, lr):
    return adam_step(theta, g, state, lr, beta1=0.0)


rules = {"SGD": sgd_step, "momentum": momentum_step, "RMSprop": rmsprop_step, "Adam": adam_step}
fig, axes = plots.figure(10.0, 7.2, 3, 4)
summary = []
for row, (valley, (f, _, start, minimum, count, window, levels)) in zip(axes, VALLEYS.items(), strict=True):
    x, y = np.meshgrid(np.linspace(*window[:2], 120), np.linspace(*window[2:], 120))
    ends = []
    for ax, (name, rule) in zip(row, rules.items(), strict=True):
        lowest, best, path = best_run(rule, valley, path_rates)
        ends.append(f"{name} {lowest:.0e} at rate {best:g}")
        ax.contour(x, y, f(np.stack([x, y], axis=-1)), levels=levels, colors=plots.current().muted, linewidths=0.7)
        every = 1 if count == 200 else 25
        ax.plot(*np.clip(path, -20, 20).T, color="C1", linestyle="-", linewidth=1.0, marker=".", markersize=3 if every == 1 else 6, markevery=every)
        ax.plot(*start, color="C0", marker="o", markersize=8, fillstyle="none", markeredgewidth=2)
        ax.plot(*minimum, color="C2", marker="*", markersize=12)
        ax.set(xlim=window[:2], ylim=window[2:], xticks=[], yticks=[])
        ax.set_title(f"{name}, rate {best:g}", fontsize=10)
        ax.grid(False)
    row[0].set_ylabel(valley)
    summary.append(f"{valley}, lowest f after {count} steps: " + "; ".join(ends) + ".")
print("\n".join(summary))
for valley in ("narrow bowl", "tilted bowl"):
    lowest, best, _ = best_run(adam_without_momentum, valley, path_rates)
    print(f"Adam with beta1 = 0, {valley}: {lowest:.0e} at rate {best:g}.")
print(f"RMSprop with a rate of 10, narrow bowl: {best_run(rmsprop_step, 'narrow bowl', [10.0])[0]:.0e}.")
plots.show(fig, alt=(
    "Twelve small maps with level lines, a ring at the start, a star at the minimum and a dotted path, a dot for each step and in the "
    "last row for every 25th. Rows: narrow bowl, tilted bowl, Rosenbrock's bent valley. Columns: SGD, momentum, RMSprop, Adam. SGD "
    "jumps from side to side of the bowls, momentum swings along them in wide loops. In the tilted row the paths of SGD and momentum "
    "are those of the row above, turned; those of RMSprop and Adam are different ones. On the narrow bowl RMSprop's path leaves the "
    "map and comes back in, and so does Adam's in Rosenbrock's valley, where SGD and RMSprop end short of the star."))

# %% [markdown]
# The first two rows hold the same bowl. SGD and momentum take the same path in both, turned with the bowl, to the same
# height: 0.004 and 0.00000001. RMSprop does not: it ends at 2e-26 on the one and at 0.002 on the other. Where the valley
# lies along an axis, each entry's own rate is the cure; where it is tilted, both entries see the same steep gradients and
# get the same rate, and dividing helps little.
#
# Adam notices too, since its path is another one, but it ends as low as before: 1e-08 and 5e-09, which is where momentum
# ends. Take its momentum away, with $\beta_1 = 0$, and it goes the way of RMSprop, from 9e-32 to 0.003. So on the tilted
# bowl it is the momentum that brings Adam down. In Rosenbrock's valley, after 500 steps, Adam ends lowest, at 0.000004,
# and momentum second, at 0.0001.
#
# Two remarks on that 2e-26. It measures the grid: 2 is its largest rate, and with 10 RMSprop gets to 2e-93. Read it as
# "arrived". And how does a rule come to rest that moves by about 2 in each step? Its first step is ten times its rate, as
# you saw, and carries it far out of the map (what lies beyond is not drawn), where gradients are huge. $v$ forgets only a
# hundredth of them in each step, so all later gradients are divided by that old size, and the steps shrink as the
# gradients do. "About $\eta$" holds while gradients keep their size.
#
# **Law.** A rate for each entry heals valleys along the axes; momentum heals valleys of any direction.
#
# ### Try it
#
# The figure below takes every step before your eyes. Things worth trying, in this order:
#
# - SGD on the narrow bowl: the rates 0.019 and 0.021, on either side of the limit.
# - Momentum there with rate 0.01 and beta1 at 0, 0.5, 0.9 and 0.99: at which does it begin to sail past the minimum and
#   back?
# - Adam on the narrow bowl with rate 0.1, then on the tilted one with the same rate.
# - Adam on the narrow bowl with rate 1 and 200 steps, beta2 at 0.999, then 0.9 and 0. Without a long memory of squares it
#   does not come to rest; with none at all it is thrown out, to f = 190 000. Then an old, large mean is divided by the
#   newest gradient alone, which may be tiny, and nothing bounds the ratio any more.

# %% demo="optimiser-path"
widgets.descent()

# %% [markdown]
# ## The race
#
# Two numbers are not a network. So: the 8×8 digits, 1400 to train on and 397 to test with, a layer of 32 units with
# ReLU and one of 10, in batches of 50 for 20 epochs, with your five rules. A comparison is fair if everybody gets the
# same care, so each rule runs with each rate of one grid, three times from different starts, and is judged at its best
# rate by the mean training loss at the end. Each of the four parameter arrays has a state of its own. (AdamW keeps its
# $\lambda$ of 0.01. To tune it by the training loss would miss its point, which is the test set; see lesson 05.)

# %%
digits = data.digits()
pixels = digits.images.reshape(-1, 64)
order = np.random.default_rng(0).permutation(len(pixels))
train, test = order[:1400], order[1400:]


def digit_loss(weights, rows):
    """Mean cross-entropy of a two-layer network on these rows, and the gradient for each of its four arrays."""
    W1, b1, W2, b2 = weights
    hidden = np.maximum(pixels[rows] @ W1 + b1, 0)
    logits = hidden @ W2 + b2
    logits = logits - logits.max(axis=1, keepdims=True)
    p = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    at = np.arange(len(rows)), digits.labels[rows]
    loss = -np.log(p[at] + 1e-300).mean()
    p[at] -= 1
    p /= len(rows)
    behind = p @ W2.T * (hidden > 0)
    return loss, [pixels[rows].T @ behind, behind.sum(axis=0), hidden.T @ p, p.sum(axis=0)]


def right_share(weights, rows):
    W1, b1, W2, b2 = weights
    scores = np.maximum(pixels[rows] @ W1 + b1, 0) @ W2 + b2
    return (scores.argmax(axis=1) == digits.labels[rows]).mean()


def train_digits(rule, lr, seed, epochs=20):
    """Training loss before the first and after each epoch, and the share of test digits read right at the end.

    lr: a number, or a function that gives the rate of each step, counted from 1. A run has 560 steps.
    """
    rng = np.random.default_rng(seed)
    weights = [rng.normal(size=(64, 32)) * math.sqrt(2 / 64), np.zeros(32),
               rng.normal(size=(32, 10)) * math.sqrt(2 / 32), np.zeros(10)]
    states, taken = [{} for _ in weights], 0
    losses = [digit_loss(weights, train)[0]]
    with np.errstate(all="ignore"):
        for _ in range(epochs):
            shuffled = rng.permutation(train)
            for first in range(0, len(shuffled), 50):
                _, slopes = digit_loss(weights, shuffled[first : first + 50])
                taken += 1
                rate = lr(taken) if callable(lr) else lr
                moved = [rule(*both, rate) for both in zip(weights, slopes, states)]
                weights, states = [pair[0] for pair in moved], [pair[1] for pair in moved]
            losses.append(digit_loss(weights, train)[0])
    return np.nan_to_num(losses, nan=np.inf), right_share(weights, test)

# %% demo="race"
racers = {"SGD": sgd_step, "momentum": momentum_step, "RMSprop": rmsprop_step, "Adam": adam_step, "AdamW": adamw_step}
race_rates = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0]
curves, final, spread = {}, {}, {}
print("          best rate   loss (lowest to highest)   test digits right")
for name, rule in racers.items():
    runs = {lr: [train_digits(rule, lr, seed) for seed in range(3)] for lr in race_rates}
    final[name] = np.array([np.mean([losses[-1] for losses, _ in runs[lr]]) for lr in race_rates])
    spread[name] = np.array([[losses[-1] for losses, _ in runs[lr]] for lr in race_rates])
    lr = race_rates[int(final[name].argmin())]
    curves[name] = np.mean([losses for losses, _ in runs[lr]], axis=0)
    lowest, *_, highest = sorted(losses[-1] for losses, _ in runs[lr])
    share = np.mean([share for _, share in runs[lr]])
    print(f"{name:9} {lr:<11g} {final[name].min():.3f} ({lowest:.3f} to {highest:.3f})     {share:.3f}")
coarse = [race_rates.index(lr) for lr in (0.01, 0.1, 1.0)]
print("best of the rates 0.01, 0.1 and 1 alone:", ", ".join(f"{name} {final[name][coarse].min():.3f}" for name in racers))
print(f"Adam with its default rate of 0.001: {final['Adam'][0]:.2f}")

# %% demo="race-figure"
fig, (left, right) = plots.figure(11.6, 4.2, 1, 2)
left.set(yscale="log", ylim=(2e-3, 4), xlabel="epoch", ylabel="training loss", title="each at its best rate")
plots.lines(left, np.arange(21), curves)
left.set_xticks([0, 5, 10, 15, 20])
right.set(xscale="log", yscale="log", ylim=(2e-3, 4), xlabel="learning rate", title="loss at the end, against the rate")
for k, (name, losses) in enumerate(final.items()):
    beside = np.array(race_rates) * 1.05 ** (k - 2)
    right.vlines(beside, spread[name].min(axis=1), np.minimum(spread[name].max(axis=1), 3.9), color=f"C{k}", linewidth=1.2)
    right.plot(beside, np.minimum(losses, 3.9), color=f"C{k}", linestyle=plots.LINESTYLES[k], marker=plots.MARKERS[k], label=name)
right.legend(loc="lower left", fontsize=9)
plots.show(fig, alt=(
    "Left: training loss on a logarithmic axis against the epoch, 0 to 20, five curves falling from about 2.4. At the end momentum "
    "is lowest, then Adam, AdamW, SGD, and RMSprop highest, all below 0.04. Adam and AdamW can hardly be told apart for the first "
    "eight epochs. Right: the loss at the end against the rate, five valleys, with a bar from the lowest to the highest of three runs "
    "at each rate; at 0.05 Adam's bar is the longest of those at a best rate. Those of RMSprop, Adam and AdamW lie near a rate of 0.01 to 0.05, that of momentum at 0.2, that of SGD at 1. All rise "
    "steeply to the right of their lowest point."))

# %% [markdown]
# Three things to read from this.
#
# 1. **At its best rate momentum ends lower than Adam**, 0.005 against 0.014, and plain SGD at 0.025 is not far off. But
#    Adam's own three runs ended anywhere from 0.003 to 0.034: with one run each you might have reported Adam ahead of
#    momentum, or behind plain SGD. All five read between 97 and 99 of a hundred test digits, which with 397 digits is a
#    difference of five. Nobody is ahead.
# 2. **The grid decides who wins.** With the rates 0.01, 0.1 and 1 alone, SGD and momentum share the first place at
#    0.025 and Adam comes fourth with 0.036. Steps of ten are too coarse for valleys as narrow as these.
# 3. **What Adam has is a rate that can be guessed.** It is a length, so it does not move with the scale of the loss, as
#    the rate of SGD does. But the default of 0.001 is a guess as well: here it ends at 0.24. And in networks whose
#    layers have gradients of very different sizes, such as the transformers of lessons 13 and 14, a rate for each entry
#    is worth far more than on these digits.
#
# **Law.** An optimiser without its rate is not a method yet. Compare at best rates, on one grid for all, and show the
# spread over seeds.
#
# One thing was left out: your schedule. Here are Adam and momentum at their best rate and above it, with a constant rate,
# with a fall alone, and with a warm-up of 56 steps, a tenth of the run, before the fall.

# %% demo="scheduled" compare=false
print("loss at the end, lowest to highest of three runs")
print("                constant       fall alone     warm-up and fall")
for name, peaks in {"Adam": (0.05, 0.1, 0.2), "momentum": (0.2, 0.5)}.items():
    for peak in peaks:
        row = []
        for rate in (peak, lambda step, peak=peak: warmup_cosine(step, peak, 0, 560),
                     lambda step, peak=peak: warmup_cosine(step, peak, 56, 560)):
            ends = [train_digits(racers[name], rate, seed)[0][-1] for seed in range(3)]
            row.append(f"{min(ends):.3f} to {max(ends):.3f}")
        print(f"{name:9} {peak:<5g}", *row, sep=" ")

# %% [markdown]
# Above its best constant rate Adam needs both parts. At 0.1 it ends no lower than 0.066 with a constant rate, at 0.008 to
# 0.020 with the fall, and at 0.002 to 0.003 with the warm-up too: below the mean of every rule in the race. At 0.2 the
# fall alone does not save it, and the warm-up does. Momentum at 0.2 is better off without a schedule; at 0.5 it is the
# fall that saves it.
#
# ## The two answers
#
# **The slide** makes three mistakes. The extra $g$ takes the sign away, since $\nu g$ is positive whenever gradients
# agree: from -1 the rule is at -779 million after 300 steps. It also brings back the scale that the root had just taken
# out: gradients times 100, steps times 100, where Adam's factor is 1. The missing hats make steps too long for a
# thousand steps, 3.16 times in the first and 6.57 times in the twelfth. And $\varepsilon$ under the root slows
# everything below a gradient of $\sqrt\varepsilon$: at 0.00001 a step has a tenth of its length. Leave out that $g$,
# put on the hats, move $\varepsilon$ outside, and it is Adam.
#
# **Is Adam better?** On these digits, with constant rates tuned with the same care, no: momentum 0.005, Adam 0.014 with
# a spread that reaches from below the one to above plain SGD, and the same test digits read. A schedule brings Adam to
# 0.002 or 0.003, which says as much about schedules as about Adam. Adam is easier to start with, and that is much.
#
# ## What breaks in practice
#
# - **Momentum switched on, rate kept.** At $\beta = 0.9$ the steps are ten times as long as before, and the loss
#   often goes to `nan`.
# - **A rate taken from another rule.** 0.1 is modest for SGD and far too much for Adam, whose rate is the length of a
#   step.
# - **Weights saved, state not.** A run that is resumed with a fresh Adam begins with steps of full length for every
#   weight, and the loss may jump. Lesson 03's checkpoints hold the optimiser for this reason.
# - **ε in half precision.** The smallest positive float16 is $6 \cdot 10^{-8}$: $10^{-8}$ becomes 0, and 0/0 is `nan`.
#   Keep the state in float32.
# - **Weight decay of another library.** PyTorch multiplies $\lambda$ by the rate, the paper does not, and
#   `torch.optim.Adam` with `weight_decay` puts it into the gradient. The same number means three different things.
# - **Clipping that is always on.** If every step is clipped, every step has the same length, and your rate has become
#   something else. Count how often the limit is reached; now and then is right.
# - **A long memory meets a sudden change.** With $\beta_2 = 0.999$ the mean of squares needs a thousand steps to notice
#   that gradients have grown, and until then steps are too long. Many large language models therefore use 0.95.
#
# ## Challenge
#
# *Not graded.* Turn the bowl in steps of 5 degrees, from 0 to 90, and plot the lowest $f$ after 200 steps at the best
# rate against the angle, for RMSprop, for Adam with $\beta_1 = 0$ and for Adam. At which angle is each worst, how few
# degrees are enough to lose half of the powers of ten, and which of the three has none to lose? Watch for best rates at
# the edge of your grid. Then write a rule of your own, at most two numbers of state for each parameter, that does
# not notice the angle and beats momentum with $\beta = 0.9$ on all three valleys of this lesson.
#
# ## Sources
#
# - B. Polyak, *Some methods of speeding up the convergence of iteration methods*, 1964: momentum, and how much it saves
#   on a bowl.
# - T. Tieleman, G. Hinton, *Lecture 6.5: RMSprop*, Neural Networks for Machine Learning, Coursera, 2012.
# - I. Sutskever, J. Martens, G. Dahl, G. Hinton, *On the importance of initialization and momentum in deep learning*,
#   2013.
# - R. Pascanu, T. Mikolov, Y. Bengio, *On the difficulty of training recurrent neural networks*, 2013: clipping by the
#   norm.
# - D. Kingma, J. Ba, *Adam: a method for stochastic optimization*, 2015: algorithm 1 is your `adam_step`; section 3
#   derives the correction.
# - A. Wilson, R. Roelofs, M. Stern, N. Srebro, B. Recht, *The marginal value of adaptive gradient methods in machine
#   learning*, 2017: tuned SGD against Adam.
# - I. Loshchilov, F. Hutter, *SGDR: stochastic gradient descent with warm restarts*, 2017: the cosine.
# - I. Loshchilov, F. Hutter, *Decoupled weight decay regularization*, 2019 (first version 2017): AdamW.
# - D. Choi, C. Shallue, Z. Nado, J. Lee, C. Maddison, G. Dahl, *On empirical comparisons of optimizers for deep
#   learning*, 2019: the order depends on the grid.
# - R. Schmidt, F. Schneider, P. Hennig, *Descending through a crowded valley*, 2021: fifteen optimisers, fairly
#   compared.
