"""Wrong answers that the tests of lesson 04 must name, and other right answers that they must accept."""

import math

import numpy as np

from autograder.planted import alternative, mistake

# sgd-step


@mistake("sgd-step", named="walked up", name="plus")
def sgd_step(theta, g, state, lr):
    return theta + lr * g, {}


@mistake("sgd-step", named="in place", name="theta -=")
def sgd_step(theta, g, state, lr):
    theta -= lr * g
    return theta, {}


@mistake("sgd-step", named="returned theta alone")
def sgd_step(theta, g, state, lr):
    return theta - lr * g


@mistake("sgd-step", named="left out the learning rate")
def sgd_step(theta, g, state, lr):
    return theta - g, {}


@mistake("sgd-step", named="the step alone")
def sgd_step(theta, g, state, lr):
    return -lr * g, {}


@mistake("sgd-step", named="None as the state")
def sgd_step(theta, g, state, lr):
    return theta - lr * g, None


@mistake("sgd-step", named="sign only")
def sgd_step(theta, g, state, lr):
    return theta - lr * np.sign(g), {}


@mistake("sgd-step", named="returned nothing", name="no return")
def sgd_step(theta, g, state, lr):
    theta = theta - lr * g


@alternative("sgd-step", name="entry by entry")
def sgd_step(theta, g, state, lr):
    new = np.empty_like(theta)
    for place in np.ndindex(theta.shape):
        new[place] = theta[place] - lr * g[place]
    return new, {}


@alternative("sgd-step", name="copy, then in place")
def sgd_step(theta, g, state, lr):
    theta = theta.copy()
    theta -= lr * g
    return theta, {}


@alternative("sgd-step", name="torch")
def sgd_step(theta, g, state, lr):
    return torch.sub(torch.from_numpy(theta), torch.from_numpy(g), alpha=lr).numpy(), {}


# faster-rate

mistake("faster-rate", named="-1.5", source='distance_of_y = "shrinks"')
mistake("faster-rate", named="0.02", source='distance_of_y = "stays"')

# steady-gradient

mistake("steady-gradient", named="a mean", source="m_in_the_end = 1")
mistake("steady-gradient", named="third step", source="m_in_the_end = 3")
mistake("steady-gradient", named="newest", source="m_in_the_end = 9")
mistake("steady-gradient", named="too far", source="m_in_the_end = 100")

# momentum-step


@mistake("momentum-step", named="took the mean", name="1 - beta before g")
def momentum_step(theta, g, state, lr, beta=0.9):
    m = beta * state.get("m", 0.0) + (1 - beta) * g
    return theta - lr * m, {"m": m}


@mistake("momentum-step", named="lost the memory")
def momentum_step(theta, g, state, lr, beta=0.9):
    m = beta * state.get("m", 0.0) + g
    return theta - lr * m, {}


@mistake("momentum-step", named="lost the memory", name="returns the old state")
def momentum_step(theta, g, state, lr, beta=0.9):
    m = beta * state.get("m", 0.0) + g
    return theta - lr * m, state


@mistake("momentum-step", named="kept the gradient")
def momentum_step(theta, g, state, lr, beta=0.9):
    m = beta * state.get("m", 0.0) + g
    return theta - lr * m, {"m": g}


@mistake("momentum-step", named="old m", name="steps along the old m")
def momentum_step(theta, g, state, lr, beta=0.9):
    m = state.get("m", np.zeros_like(theta))
    return theta - lr * m, {"m": beta * m + g}


@mistake("momentum-step", named="weighted the gradient")
def momentum_step(theta, g, state, lr, beta=0.9):
    m = state.get("m", 0.0) + beta * g
    return theta - lr * m, {"m": m}


@mistake("momentum-step", named="kept all of the old m")
def momentum_step(theta, g, state, lr, beta=0.9):
    m = state.get("m", 0.0) + g
    return theta - lr * m, {"m": m}


@mistake("momentum-step", named="Nesterov")
def momentum_step(theta, g, state, lr, beta=0.9):
    m = beta * state.get("m", 0.0) + g
    return theta - lr * (g + beta * m), {"m": m}


@mistake("momentum-step", named="up the gradient")
def momentum_step(theta, g, state, lr, beta=0.9):
    m = beta * state.get("m", 0.0) + g
    return theta + lr * m, {"m": m}


@mistake("momentum-step", named="beta", name="0.9 written out")
def momentum_step(theta, g, state, lr, beta=0.9):
    m = 0.9 * state.get("m", 0.0) + g
    return theta - lr * m, {"m": m}


@mistake("momentum-step", named="changed state in place", name="writes into the dict")
def momentum_step(theta, g, state, lr, beta=0.9):
    state["m"] = beta * state.get("m", 0.0) + g
    return theta - lr * state["m"], state


@mistake("momentum-step", named="changed state in place", name="writes into the array in a copied dict")
def momentum_step(theta, g, state, lr, beta=0.9):
    state = {"m": np.zeros_like(theta), **state}
    state["m"] *= beta
    state["m"] += g
    return theta - lr * state["m"], state


@mistake("momentum-step", named="changed theta in place", name="theta -=")
def momentum_step(theta, g, state, lr, beta=0.9):
    m = beta * state.get("m", 0.0) + g
    theta -= lr * m
    return theta, {"m": m}


@mistake("momentum-step", named="remembers something by itself", name="shared memory: default argument")
def momentum_step(theta, g, state, lr, beta=0.9, memory={}):  # noqa: B006
    m = beta * memory.get("m", 0.0) + g
    memory["m"] = m
    return theta - lr * m, memory


@mistake("momentum-step", named="a pair", name="theta alone")
def momentum_step(theta, g, state, lr, beta=0.9):
    return theta - lr * (beta * state.get("m", 0.0) + g)


@mistake("momentum-step", named="before the first step", name="state['m']")
def momentum_step(theta, g, state, lr, beta=0.9):
    m = beta * state["m"] + g
    return theta - lr * m, {"m": m}


@mistake("momentum-step", named="counts twice", name="begins with g")
def momentum_step(theta, g, state, lr, beta=0.9):
    m = beta * state.get("m", g) + g
    return theta - lr * m, {"m": m}


@alternative("momentum-step", name="velocity that holds the rate")
def momentum_step(theta, g, state, lr, beta=0.9):
    velocity = beta * state["velocity"] - lr * g if state else -lr * g
    return theta + velocity, {"velocity": velocity}


@alternative("momentum-step", name="all gradients kept")
def momentum_step(theta, g, state, lr, beta=0.9):
    gradients = [*state.get("gradients", []), g]
    m = sum(beta**age * one for age, one in enumerate(reversed(gradients)))
    return theta - lr * m, {"gradients": gradients}


@alternative("momentum-step", name="a copied dict")
def momentum_step(theta, g, state, lr, beta=0.9):
    state = dict(state)
    state["m"] = g if "m" not in state else beta * state["m"] + g
    return theta - lr * state["m"], state


# rmsprop-step

mistake("rmsprop-step", named="under the root", change=("(np.sqrt(v) + eps)", "np.sqrt(v + eps)"))
mistake("rmsprop-step", named="not their squares", change=("g**2", "g"))
mistake("rmsprop-step", named="swapped the shares", change=(
    'beta * state.get("v", 0.0) + (1 - beta) * g**2', '(1 - beta) * state.get("v", 0.0) + beta * g**2'))
mistake("rmsprop-step", named="added up all squares", change=(
    'beta * state.get("v", 0.0) + (1 - beta) * g**2', 'state.get("v", 0.0) + g**2'))
mistake("rmsprop-step", named="full weight", change=("(1 - beta) * g**2", "g**2"))
mistake("rmsprop-step", named="left out the root", change=("np.sqrt(v)", "v"))
mistake("rmsprop-step", named="left out eps", change=("(np.sqrt(v) + eps)", "np.sqrt(v)"))
mistake("rmsprop-step", named="only g is squared", change=("(1 - beta) * g**2", "((1 - beta) * g) ** 2"))
mistake("rmsprop-step", named="began with v = g²", change=('state.get("v", 0.0)', 'state.get("v", g**2)'))
mistake("rmsprop-step", named="one mean over all entries", change=("g**2", "(g**2).mean()"))
mistake("rmsprop-step", named="not in the denominator", name="eps added to the quotient", change=(
    "lr * g / (np.sqrt(v) + eps)", "lr * (g / np.sqrt(v) + eps)"))
mistake("rmsprop-step", named="added to theta", name="brackets missing", change=("(np.sqrt(v) + eps)", "np.sqrt(v) + eps"))
mistake("rmsprop-step", named="lost the memory", change=('{"v": v}', "{}"))
mistake("rmsprop-step", named="up the gradient", change=("theta - lr", "theta + lr"))


@mistake("rmsprop-step", named="old v", name="divides by the old v")
def rmsprop_step(theta, g, state, lr, beta=0.99, eps=1e-8):
    old = state.get("v", np.zeros_like(theta))
    return theta - lr * g / (np.sqrt(old) + eps), {"v": beta * old + (1 - beta) * g**2}


@mistake("rmsprop-step", named="Adam's addition", name="bias correction")
def rmsprop_step(theta, g, state, lr, beta=0.99, eps=1e-8):
    t, v = state.get("t", 0) + 1, beta * state.get("v", 0.0) + (1 - beta) * g**2
    return theta - lr * g / (np.sqrt(v / (1 - beta**t)) + eps), {"v": v, "t": t}


@mistake("rmsprop-step", named="changed state in place")
def rmsprop_step(theta, g, state, lr, beta=0.99, eps=1e-8):
    state["v"] = beta * state.get("v", 0.0) + (1 - beta) * g**2
    return theta - lr * g / (np.sqrt(state["v"]) + eps), state


@alternative("rmsprop-step", name="interpolated")
def rmsprop_step(theta, g, state, lr, beta=0.99, eps=1e-8):
    v = state.get("v", np.zeros(theta.shape))
    v = v + (1 - beta) * (np.square(g) - v)
    return theta - lr * np.divide(g, np.sqrt(v) + eps), {"v": v}


@alternative("rmsprop-step", name="the root is kept")
def rmsprop_step(theta, g, state, lr, beta=0.99, eps=1e-8):
    size = np.hypot(math.sqrt(beta) * state.get("size", 0.0), math.sqrt(1 - beta) * g)
    return theta - lr * g / (size + eps), {"size": size}


@alternative("rmsprop-step", name="torch")
def rmsprop_step(theta, g, state, lr, beta=0.99, eps=1e-8):
    g = torch.tensor(g)
    v = state.get("v", torch.zeros_like(g)).lerp(g * g, 1 - beta)
    return theta - (lr * g / (v.sqrt() + eps)).numpy(), {"v": v}


# first-step

mistake("first-step", named="gradient descent", source="step_of_the_steep_one = 10\nstep_of_the_flat_one = 0.00001")
mistake("first-step", named="longer step", source="step_of_the_steep_one = 0.1\nstep_of_the_flat_one = 0.001")
mistake("first-step", named="shorter step", name="flat one shorter", source="step_of_the_steep_one = 0.01\nstep_of_the_flat_one = 0.001")
mistake("first-step", named="turned things round", source="step_of_the_steep_one = 0.00001\nstep_of_the_flat_one = 10")

mistake("first-step", named="a length has none", name="with a sign", source="step_of_the_steep_one = -0.01\nstep_of_the_flat_one = 0.01")
mistake("first-step", named="a length has none", name="both with a sign", source="step_of_the_steep_one = -0.01\nstep_of_the_flat_one = -0.01")

# adam-step

mistake("adam-step", named="starts at 0", name="t starts at 0", change=('state.get("t", 0) + 1', 'state.get("t", 0)'))
mistake("adam-step", named="starts at 0", name="brackets missing", change=(
    "m / (1 - beta1**t), v / (1 - beta2**t)", "m / 1 - beta1**t, v / 1 - beta2**t"))
mistake("adam-step", named="left out the bias correction", change=("m / (1 - beta1**t), v / (1 - beta2**t)", "m, v"))
mistake("adam-step", named="under the root", name="eps inside", change=("(np.sqrt(v_hat) + eps)", "np.sqrt(v_hat + eps)"))
mistake("adam-step", named="averaged g in v", name="g, not its square", change=("g**2", "g"))
mistake("adam-step", named="swapped the betas", change=("t = state", "beta1, beta2 = beta2, beta1\n    t = state"))
mistake("adam-step", named="t is 2", change=('state.get("t", 0) + 1', 'state.get("t", 1) + 1'))
mistake("adam-step", named="t stays at 1", name="t not returned", change=('{"t": t, "m"', '{"m"'))
mistake("adam-step", named="t stays at 1", name="1 - beta without the power", change=(
    "m / (1 - beta1**t), v / (1 - beta2**t)", "m / (1 - beta1), v / (1 - beta2)"))
mistake("adam-step", named="with their hats", change=('"m": m, "v": v', '"m": m_hat, "v": v_hat'))
mistake("adam-step", named="lost the memory", change=('{"t": t, "m": m, "v": v}', "{}"))
mistake("adam-step", named="corrected m and not v", change=("v / (1 - beta2**t)", "v"))
mistake("adam-step", named="corrected v and not m", change=("m / (1 - beta1**t),", "m,"))
mistake("adam-step", named="corrected with beta2", name="v corrected with beta1", change=("v / (1 - beta2**t)", "v / (1 - beta1**t)"))
mistake("adam-step", named="not of m²", name="m squared in v", change=("(1 - beta2) * g**2", "(1 - beta2) * m**2"))
mistake("adam-step", named="to the power t", name="beta times t", change=(
    "m / (1 - beta1**t), v / (1 - beta2**t)", "m / (1 - beta1 * t), v / (1 - beta2 * t)"))
mistake("adam-step", named="not in the denominator", name="eps left out", change=("(np.sqrt(v_hat) + eps)", "np.sqrt(v_hat)"))
mistake("adam-step", named="not in the denominator", name="brackets missing around root and eps", change=(
    "(np.sqrt(v_hat) + eps)", "np.sqrt(v_hat) + eps"))
mistake("adam-step", named="left out the root", change=("np.sqrt(v_hat)", "v_hat"))
mistake("adam-step", named="up the gradient", change=("theta - lr", "theta + lr"))
mistake("adam-step", named="steps along the mean", name="RMSprop with hats", change=("lr * m_hat", "lr * g"))
mistake("adam-step", named="multiplied by g", name="the slide's extra g", change=("(np.sqrt(v_hat) + eps)", "(np.sqrt(v_hat) + eps) * g"))
mistake("adam-step", named="before you corrected", name="eps added to the uncorrected root", change=(
    "lr * m_hat / (np.sqrt(v_hat) + eps)",
    "lr * m / (np.sqrt(v) + eps) * np.sqrt(1 - beta2**t) / (1 - beta1**t)"))


@mistake("adam-step", named="remembers something by itself", name="state shared in a global")
def adam_step(theta, g, state, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    memory = globals().setdefault("adam_memory", {"t": 0, "m": 0.0, "v": 0.0})
    memory["t"] += 1
    memory["m"] = beta1 * memory["m"] + (1 - beta1) * g
    memory["v"] = beta2 * memory["v"] + (1 - beta2) * g**2
    m_hat, v_hat = memory["m"] / (1 - beta1 ** memory["t"]), memory["v"] / (1 - beta2 ** memory["t"])
    return theta - lr * m_hat / (np.sqrt(v_hat) + eps), {}


@mistake("adam-step", named="remembers something by itself", name="one clock for all parameters")
def adam_step(theta, g, state, lr, beta1=0.9, beta2=0.999, eps=1e-8, clock=[0]):  # noqa: B006
    clock[0] += 1
    m = beta1 * state.get("m", 0.0) + (1 - beta1) * g
    v = beta2 * state.get("v", 0.0) + (1 - beta2) * g**2
    m_hat, v_hat = m / (1 - beta1 ** clock[0]), v / (1 - beta2 ** clock[0])
    return theta - lr * m_hat / (np.sqrt(v_hat) + eps), {"m": m, "v": v}


@mistake("adam-step", named="changed state in place")
def adam_step(theta, g, state, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    state["t"] = state.get("t", 0) + 1
    state["m"] = beta1 * state.get("m", 0.0) + (1 - beta1) * g
    state["v"] = beta2 * state.get("v", 0.0) + (1 - beta2) * g**2
    m_hat, v_hat = state["m"] / (1 - beta1 ** state["t"]), state["v"] / (1 - beta2 ** state["t"])
    return theta - lr * m_hat / (np.sqrt(v_hat) + eps), state


@mistake("adam-step", named="switched off", name="calls the course's own")
def adam_step(theta, g, state, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    return steps.adam_step(theta, g, state, lr, beta1, beta2, eps)


@alternative("adam-step", name="by way of sgd_step")
def adam_step(theta, g, state, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    t = state.get("t", 0) + 1
    m = beta1 * state.get("m", 0.0) + (1 - beta1) * g
    v = beta2 * state.get("v", 0.0) + (1 - beta2) * g**2
    theta, _ = sgd_step(theta, m / (1 - beta1**t) / (np.sqrt(v / (1 - beta2**t)) + eps), {}, lr)
    return theta, {"t": t, "m": m, "v": v}


@alternative("adam-step", name="the betas' powers are kept")
def adam_step(theta, g, state, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    m, v, power1, power2 = state.get("all", (np.zeros_like(theta), np.zeros_like(theta), 1.0, 1.0))
    m, v, power1, power2 = beta1 * m + (1 - beta1) * g, beta2 * v + (1 - beta2) * g * g, power1 * beta1, power2 * beta2
    step = m / (1 - power1) / (np.sqrt(v / (1 - power2)) + eps)
    return theta - lr * step, {"all": (m, v, power1, power2)}


@alternative("adam-step", name="sums of weights")
def adam_step(theta, g, state, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    gradients = [*state.get("gradients", []), g]
    ages = np.arange(len(gradients))[::-1].reshape(-1, *[1] * g.ndim)
    stacked = np.stack(gradients)
    m = (beta1**ages * stacked).sum(axis=0) / (beta1**ages * np.ones_like(stacked)).sum(axis=0)
    v = (beta2**ages * stacked**2).sum(axis=0) / (beta2**ages * np.ones_like(stacked)).sum(axis=0)
    return theta - lr * m / (v**0.5 + eps), {"gradients": gradients}


@alternative("adam-step", name="PyTorch's own")
def adam_step(theta, g, state, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    history = [*state.get("history", []), g]
    parameter = torch.nn.Parameter(torch.zeros(theta.shape, dtype=torch.float64))
    optimizer = torch.optim.Adam([parameter], lr=lr, betas=(beta1, beta2), eps=eps)
    for one in history:
        before = parameter.detach().clone()
        parameter.grad = torch.tensor(one)
        optimizer.step()
    return theta + (parameter.detach() - before).numpy(), {"history": history}


# first-step-size


@mistake("first-step-size", named="up the gradient")
def first_step_size(lr, g, eps=1e-8):
    return lr * g / (np.abs(g) + eps)


@mistake("first-step-size", named="without its sign")
def first_step_size(lr, g, eps=1e-8):
    return lr * np.abs(g) / (np.abs(g) + eps)


@mistake("first-step-size", named="gradient descent")
def first_step_size(lr, g, eps=1e-8):
    return -lr * g


@mistake("first-step-size", named="left eps out", name="the sign alone")
def first_step_size(lr, g, eps=1e-8):
    return -lr * np.sign(g)


@mistake("first-step-size", named="0/0", name="g over |g|")
def first_step_size(lr, g, eps=1e-8):
    return -lr * g / np.abs(g)


@mistake("first-step-size", named="under the root")
def first_step_size(lr, g, eps=1e-8):
    return -lr * g / np.sqrt(g**2 + eps)


@mistake("first-step-size", named="bias correction")
def first_step_size(lr, g, eps=1e-8):
    return -lr * 0.1 * g / (np.sqrt(0.001 * g**2) + eps)


@mistake("first-step-size", named="learning rate")
def first_step_size(lr, g, eps=1e-8):
    return -g / (np.abs(g) + eps)


@mistake("first-step-size", named="returned a pair")
def first_step_size(lr, g, eps=1e-8):
    return adam_step(np.zeros(len(g)), g, {}, lr, eps=eps)


@mistake("first-step-size", named="the argument eps", name="eps not handed on")
def first_step_size(lr, g, eps=1e-8):
    return adam_step(np.zeros(len(g)), g, {}, lr)[0]


@alternative("first-step-size", name="ask adam_step")
def first_step_size(lr, g, eps=1e-8):
    theta, _ = adam_step(np.zeros(len(g)), g, {}, lr, eps=eps)
    return theta


@alternative("first-step-size", name="from sgn and size")
def first_step_size(lr, g, eps=1e-8):
    return np.array([math.copysign(lr * abs(one) / (abs(one) + eps), -one) if one else 0.0 for one in g])


# slide-step

mistake("slide-step", named="Adam as it should be", source="""
def slide_step(theta, g, state, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    return adam_step(theta, g, state, lr, beta1, beta2, eps)
""")
mistake("slide-step", named="extra g", change=("np.sqrt(s + eps) * g", "np.sqrt(s + eps)"))
mistake("slide-step", named="eps outside", change=("np.sqrt(s + eps)", "(np.sqrt(s) + eps)"))
mistake("slide-step", named="no hats", name="hats on", source="""
def slide_step(theta, g, state, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    t = state.get("t", 0) + 1
    nu = beta1 * state.get("nu", 0.0) + (1 - beta1) * g
    s = beta2 * state.get("s", 0.0) + (1 - beta2) * g**2
    step = lr * nu / (1 - beta1**t) / np.sqrt(s / (1 - beta2**t) + eps) * g
    return theta - step, {"t": t, "nu": nu, "s": s}
""")
mistake("slide-step", named="lost the memory", change=('{"nu": nu, "s": s}', "{}"))
mistake("slide-step", named="not its square", change=("g**2", "g"))
mistake("slide-step", named="momentum's sum", change=("(1 - beta1) * g", "g"))
mistake("slide-step", named="turned the sign", change=("theta - lr", "theta + lr"))
mistake("slide-step", named="changed state in place", source="""
def slide_step(theta, g, state, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    state["nu"] = beta1 * state.get("nu", 0.0) + (1 - beta1) * g
    state["s"] = beta2 * state.get("s", 0.0) + (1 - beta2) * g**2
    return theta - lr * state["nu"] / np.sqrt(state["s"] + eps) * g, state
""")


@alternative("slide-step", name="step by step")
def slide_step(theta, g, state, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    nu, s = state.get("memory", (np.zeros_like(g), np.zeros_like(g)))
    nu, s = nu + (1 - beta1) * (g - nu), s + (1 - beta2) * (g * g - s)
    delta = -lr * (nu * g) * (s + eps) ** -0.5
    return theta + delta, {"memory": (nu, s)}


@alternative("slide-step", name="one array")
def slide_step(theta, g, state, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    shares = np.array([beta1, beta2]).reshape(2, *[1] * g.ndim)
    means = shares * state.get("means", np.zeros((2, *g.shape))) + (1 - shares) * np.stack([g, g**2])
    return theta - lr * g * means[0] / np.sqrt(means[1] + eps), {"means": means}


# scale

mistake("scale", named="rate times the gradient", source="sgd_factor = 1\nadam_factor = 1\nslide_factor = 100")
mistake("scale", named="nothing is squared", source="sgd_factor = 10000\nadam_factor = 1\nslide_factor = 100")
mistake("scale", named="grows a hundredfold, and so does", source="sgd_factor = 100\nadam_factor = 100\nslide_factor = 100")
mistake("scale", named="v itself", source="sgd_factor = 100\nadam_factor = 10000\nslide_factor = 100")
mistake("scale", named="multiplies it by g", source="sgd_factor = 100\nadam_factor = 1\nslide_factor = 1")
mistake("scale", named="one is left", source="sgd_factor = 100\nadam_factor = 1\nslide_factor = 10000")

# scale-response

mistake("scale-response", named="wrong way round", change=("total_move(c) / total_move(1.0)", "total_move(1.0) / total_move(c)"))
mistake("scale-response", named="difference", change=("total_move(c) / total_move(1.0)", "total_move(c) - total_move(1.0)"))
mistake("scale-response", named="squared the lengths", change=("np.linalg.norm(theta)", "(theta**2).sum()"))
mistake("scale-response", named="multiplied the rate", change=("factor * g, state, lr)", "g, state, factor * lr)"))
mistake("scale-response", named="multiplied the rate", name="the rate too", change=("factor * g, state, lr)", "factor * g, state, factor * lr)"))
mistake("scale-response", named="multiplied nothing", change=("factor * g", "g"))
mistake("scale-response", named="sum of squares", name="sum of the entries' sizes", change=("np.linalg.norm(theta)", "np.abs(theta).sum()"))


@mistake("scale-response", named="state of the first run")
def scale_response(rule, c, gradients=GRADIENTS, lr=0.01):
    state, lengths = {}, []
    for factor in (1.0, c):
        theta = np.zeros(gradients.shape[1])
        for g in gradients:
            theta, state = rule(theta, factor * g, state, lr)
        lengths.append(np.linalg.norm(theta))
    return lengths[1] / lengths[0]


@mistake("scale-response", named="where the first one ended")
def scale_response(rule, c, gradients=GRADIENTS, lr=0.01):
    theta, lengths = np.zeros(gradients.shape[1]), []
    for factor in (1.0, c):
        state = {}
        for g in gradients:
            theta, state = rule(theta, factor * g, state, lr)
        lengths.append(np.linalg.norm(theta))
    return lengths[1] / lengths[0]


@mistake("scale-response", named="last steps", name="compares the last step")
def scale_response(rule, c, gradients=GRADIENTS, lr=0.01):
    def last_step(factor):
        theta, state = np.zeros(gradients.shape[1]), {}
        for g in gradients:
            before = theta
            theta, state = rule(theta, factor * g, state, lr)
        return np.linalg.norm(theta - before)

    return last_step(c) / last_step(1.0)


@mistake("scale-response", named="straight line", name="compares the lengths of the paths")
def scale_response(rule, c, gradients=GRADIENTS, lr=0.01):
    def path(factor):
        theta, state, total = np.zeros(gradients.shape[1]), {}, 0.0
        for g in gradients:
            before = theta
            theta, state = rule(theta, factor * g, state, lr)
            total += np.linalg.norm(theta - before)
        return total

    return path(c) / path(1.0)


@mistake("scale-response", named="threw the state away", name="an empty state in every step")
def scale_response(rule, c, gradients=GRADIENTS, lr=0.01):
    def total_move(factor):
        theta = np.zeros(gradients.shape[1])
        for g in gradients:
            theta, _ = rule(theta, factor * g, {}, lr)
        return np.linalg.norm(theta)

    return total_move(c) / total_move(1.0)


@mistake("scale-response", named="from theta and state", name="neither theta nor state fresh")
def scale_response(rule, c, gradients=GRADIENTS, lr=0.01):
    theta, state, lengths = np.zeros(gradients.shape[1]), {}, []
    for factor in (1.0, c):
        for g in gradients:
            theta, state = rule(theta, factor * g, state, lr)
        lengths.append(np.linalg.norm(theta))
    return lengths[1] / lengths[0]


@mistake("scale-response", named="used GRADIENTS")
def scale_response(rule, c, gradients=GRADIENTS, lr=0.01):
    def total_move(factor):
        theta, state = np.zeros(GRADIENTS.shape[1]), {}
        for g in GRADIENTS:
            theta, state = rule(theta, factor * g, state, lr)
        return np.linalg.norm(theta)

    return total_move(c) / total_move(1.0)


@alternative("scale-response", name="both runs in one loop")
def scale_response(rule, c, gradients=GRADIENTS, lr=0.01):
    here, there = (np.zeros(gradients[0].shape), {}), (np.zeros(gradients[0].shape), {})
    for g in gradients:
        here, there = rule(*here, g, lr) if False else rule(here[0], g, here[1], lr), rule(there[0], c * g, there[1], lr)
    return math.dist(there[0], np.zeros_like(there[0])) / math.dist(here[0], np.zeros_like(here[0]))


@alternative("scale-response", name="scaled table of gradients")
def scale_response(rule, c, gradients=GRADIENTS, lr=0.01):
    ends = []
    for table in (gradients, c * gradients):
        theta, state = np.zeros(table.shape[1]), {}
        for row in range(len(table)):
            theta, state = rule(theta, table[row], state, lr)
        ends.append(float(np.sqrt(np.sum(np.square(theta)))))
    return ends[1] / ends[0]


# adamw-step

mistake("adamw-step", named="decay into the gradient", name="coupled", source="""
def adamw_step(theta, g, state, lr, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.01):
    return adam_step(theta, g + weight_decay * theta, state, lr, beta1, beta2, eps)
""")
mistake("adamw-step", named="beta1, beta2 and eps on", change=("state, lr, beta1, beta2, eps)", "state, lr)"))
mistake("adamw-step", named="beta1 on", change=("state, lr, beta1, beta2, eps)", "state, lr, beta2=beta2, eps=eps)"))
mistake("adamw-step", named="beta2 on", change=("state, lr, beta1, beta2, eps)", "state, lr, beta1, eps=eps)"))
mistake("adamw-step", named="eps on", change=("state, lr, beta1, beta2, eps)", "state, lr, beta1, beta2)"))
mistake("adamw-step", named="left the learning rate out", change=("(1 - lr * weight_decay)", "(1 - weight_decay)"))
mistake("adamw-step", named="do not decay", change=("theta * (1 - lr * weight_decay)", "theta"))
mistake("adamw-step", named="grow", change=("(1 - lr", "(1 + lr"))
mistake("adamw-step", named="twice, once directly", change=("g, state", "g + weight_decay * theta, state"))
mistake("adamw-step", named="learning rate twice", change=("1 - lr *", "1 - lr * lr *"))


@mistake("adamw-step", named="after Adam's step")
def adamw_step(theta, g, state, lr, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.01):
    theta, state = adam_step(theta, g, state, lr, beta1, beta2, eps)
    return theta * (1 - lr * weight_decay), state


@mistake("adamw-step", named="without theta")
def adamw_step(theta, g, state, lr, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.01):
    return adam_step(theta - lr * weight_decay, g, state, lr, beta1, beta2, eps)


@mistake("adamw-step", named="changed theta in place")
def adamw_step(theta, g, state, lr, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.01):
    theta *= 1 - lr * weight_decay
    return adam_step(theta, g, state, lr, beta1, beta2, eps)


@alternative("adamw-step", name="written out")
def adamw_step(theta, g, state, lr, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.01):
    t = state.get("t", 0) + 1
    m = beta1 * state.get("m", 0.0) + (1 - beta1) * g
    v = beta2 * state.get("v", 0.0) + (1 - beta2) * g**2
    ratio = m / (1 - beta1**t) / (np.sqrt(v / (1 - beta2**t)) + eps)
    return theta - lr * (ratio + weight_decay * theta), {"m": m, "v": v, "t": t}


@alternative("adamw-step", name="Adam first, then the old theta's share")
def adamw_step(theta, g, state, lr, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.01):
    moved, state = adam_step(theta, g, state, lr=lr, beta1=beta1, beta2=beta2, eps=eps)
    return moved - lr * weight_decay * theta, state


# clip-by-global-norm


@mistake("clip-by-global-norm", named="each array by itself", name="per tensor")
def clip_by_global_norm(grads, max_norm):
    return [g * min(1.0, max_norm / max(np.linalg.norm(g), 1e-300)) for g in grads]


@mistake("clip-by-global-norm", named="each entry", name="by value")
def clip_by_global_norm(grads, max_norm):
    return [np.clip(g, -max_norm, max_norm) for g in grads]


@mistake("clip-by-global-norm", named="longer", name="scales up short gradients")
def clip_by_global_norm(grads, max_norm):
    norm = math.sqrt(sum((g**2).sum() for g in grads))
    return [g * max_norm / norm if norm else g for g in grads]


@mistake("clip-by-global-norm", named="left out the root")
def clip_by_global_norm(grads, max_norm):
    norm = sum((g**2).sum() for g in grads)
    return [g * min(1.0, max_norm / norm) if norm else g for g in grads]


@mistake("clip-by-global-norm", named="lengths of the arrays")
def clip_by_global_norm(grads, max_norm):
    norm = sum(np.linalg.norm(g) for g in grads)
    return [g * min(1.0, max_norm / norm) if norm else g for g in grads]


@mistake("clip-by-global-norm", named="mean of the squares")
def clip_by_global_norm(grads, max_norm):
    norm = np.sqrt(np.concatenate([g.ravel() for g in grads]).__pow__(2).mean())
    return [g * min(1.0, max_norm / norm) if norm else g for g in grads]


@mistake("clip-by-global-norm", named="a length of 0", name="NaN for zeros")
def clip_by_global_norm(grads, max_norm):
    norm = np.sqrt(sum((g**2).sum() for g in grads))
    return [np.where(norm > max_norm, g * max_norm / norm, g) if norm > 0 else g / norm for g in grads]


@mistake("clip-by-global-norm", named="in place")
def clip_by_global_norm(grads, max_norm):
    norm = math.sqrt(sum((g**2).sum() for g in grads))
    for g in grads:
        g *= min(1.0, max_norm / norm) if norm else 1.0
    return grads


@mistake("clip-by-global-norm", named="max_norm", name="always to length 1")
def clip_by_global_norm(grads, max_norm):
    norm = math.sqrt(sum((g**2).sum() for g in grads))
    return [g / norm if norm > max_norm else g for g in grads]


@mistake("clip-by-global-norm", named="Python's numbers", name="math.sqrt of zeros")
def clip_by_global_norm(grads, max_norm):
    norm = math.sqrt(sum((g**2).sum() for g in grads))
    return [g * min(1.0, max_norm / norm) for g in grads]


@alternative("clip-by-global-norm", name="the same arrays where nothing is clipped")
def clip_by_global_norm(grads, max_norm):
    norm = np.sqrt(sum((g**2).sum() for g in grads))
    return grads if norm <= max_norm else [g * max_norm / norm for g in grads]


@alternative("clip-by-global-norm", name="as PyTorch writes it")
def clip_by_global_norm(grads, max_norm):
    norm = np.linalg.norm([np.linalg.norm(g) for g in grads])
    return [g * min(max_norm / (norm + 1e-6), 1.0) for g in grads]


@alternative("clip-by-global-norm", name="PyTorch")
def clip_by_global_norm(grads, max_norm):
    parameters = [torch.nn.Parameter(torch.zeros(g.shape, dtype=torch.float64)) for g in grads]
    for parameter, g in zip(parameters, grads):
        parameter.grad = torch.tensor(g)
    torch.nn.utils.clip_grad_norm_(parameters, max_norm)
    return [parameter.grad.numpy() for parameter in parameters]


@alternative("clip-by-global-norm", name="one long vector")
def clip_by_global_norm(grads, max_norm):
    norm = np.linalg.norm(np.concatenate([g.ravel() for g in grads]))
    if norm <= max_norm:
        return [g.copy() for g in grads]
    return [g * (max_norm / norm) for g in grads]


# warmup-cosine

mistake("warmup-cosine", named="jumps", name="jumps at the end of the warm-up", change=(
    "(step - warmup) / (total - warmup)", "step / total"))
mistake("warmup-cosine", named="never comes down", name="never reaches the floor", change=(
    "(step - warmup) / (total - warmup)", "(step - warmup) / total"))
mistake("warmup-cosine", named="straight line", change=("0.5 * (1 + math.cos(math.pi * done))", "(1 - done)"))
mistake("warmup-cosine", named="on top", change=("(peak - floor)", "peak"))
mistake("warmup-cosine", named="ignored the floor", change=("floor + (peak - floor)", "peak"))
mistake("warmup-cosine", named="cut the cosine off", change=(
    "floor + (peak - floor) * 0.5 * (1 + math.cos(math.pi * done))",
    "max(floor, peak * 0.5 * (1 + math.cos(math.pi * done)))"))
mistake("warmup-cosine", named="whole wave", change=("math.pi * done", "2 * math.pi * done"))
mistake("warmup-cosine", named="rise again", change=("min(1.0, (step - warmup) / (total - warmup))", "(step - warmup) / (total - warmup)"))
mistake("warmup-cosine", named="left out the warm-up", change=("if step < warmup:", "if False:"))
mistake("warmup-cosine", named="began at 0", change=("return peak * step / warmup", "return peak * (step - 1) / warmup"))
mistake("warmup-cosine", named="from 0 or from 2", change=("return peak * step / warmup", "return peak * (step + 1) / warmup"))
mistake("warmup-cosine", named="on the floor", change=("return peak * step / warmup", "return floor + (peak - floor) * step / warmup"))
mistake("warmup-cosine", named="half", name="the half left out", change=("0.5 * ", ""))
mistake("warmup-cosine", named="radians", change=("math.pi * done", "done"))


mistake("warmup-cosine", named="//", name="// in the warm-up", change=("return peak * step / warmup", "return peak * step // warmup"))
mistake("warmup-cosine", named="//", name="// in the fall", change=("(step - warmup) / (", "(step - warmup) // ("))
mistake("warmup-cosine", named="degrees", change=("math.pi * done", "180 * done"))
mistake("warmup-cosine", named="one step ahead", change=("(step - warmup) / (", "(step - warmup + 1) / ("))
mistake("warmup-cosine", named="one step behind", change=("(step - warmup) / (", "(step - warmup - 1) / ("))
mistake("warmup-cosine", named="behind by one step", change=("(step - warmup) / (", "max(0, step - warmup - 1) / ("))
mistake("warmup-cosine", named="one step too short", change=("(total - warmup))", "max(1, total - warmup - 1))"))
mistake("warmup-cosine", named="kept the peak", name="peak without a warm-up", change=("if step < warmup:", "if warmup == 0:\n        return peak\n    if step < warmup:"))


@mistake("warmup-cosine", named="0 after the end")
def warmup_cosine(step, peak, warmup, total, floor=0.0):
    if step < warmup:
        return peak * step / warmup
    if step > total:
        return 0.0
    done = (step - warmup) / (total - warmup)
    return floor + (peak - floor) * 0.5 * (1 + math.cos(math.pi * done))


@mistake("warmup-cosine", named="a warm-up of 0", name="divides by a warm-up of 0")
def warmup_cosine(step, peak, warmup, total, floor=0.0):
    rising = peak * step / warmup
    done = min(1.0, (step - warmup) / (total - warmup))
    return rising if step < warmup else floor + (peak - floor) * 0.5 * (1 + math.cos(math.pi * done))


@alternative("warmup-cosine", name="half-angle")
def warmup_cosine(step, peak, warmup, total, floor=0.0):
    if step <= warmup and warmup > 0:
        return peak * (step / warmup)
    left = max(0, total - step) / (total - warmup)
    return floor + (peak - floor) * math.sin(math.pi / 2 * left) ** 2


@alternative("warmup-cosine", name="PyTorch's schedulers")
def warmup_cosine(step, peak, warmup, total, floor=0.0):
    if step >= total:
        return float(floor)
    if step < warmup:
        return float(np.linspace(0.0, peak, warmup + 1)[step])
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=peak)
    fall = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=total - warmup, eta_min=floor)
    for _ in range(step - warmup):
        optimizer.step()
        fall.step()
    return optimizer.param_groups[0]["lr"]


# turned-bowl

mistake("turned-bowl", named="gradient and step turn with it", source="""
sgd_notices, momentum_notices, rmsprop_notices, adam_notices = "yes", "no", "yes", "yes"
""")
mistake("turned-bowl", named="turned sum", source="""
sgd_notices, momentum_notices, rmsprop_notices, adam_notices = "no", "yes", "yes", "yes"
""")
mistake("turned-bowl", named="depends on the axes", source="""
sgd_notices, momentum_notices, rmsprop_notices, adam_notices = "no", "no", "no", "yes"
""")
mistake("turned-bowl", named="size too", source="""
sgd_notices, momentum_notices, rmsprop_notices, adam_notices = "no", "no", "yes", "no"
""")
