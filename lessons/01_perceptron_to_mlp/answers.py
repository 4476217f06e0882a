"""Planted answers of lesson 01: wrong ones that the tests must reject by name, other right ones that they must accept."""

from itertools import pairwise

import numpy as np

from autograder.planted import alternative, mistake

# neuron


@mistake("neuron", named="forgot b")
def neuron(x, w, b, f):
    return f(x @ w)


@mistake("neuron", named="before the sum")
def neuron(x, w, b, f):
    return f(x * w).sum(axis=1) + b


@mistake("neuron", named="added b after f")
def neuron(x, w, b, f):
    return f(x @ w) + b


@mistake("neuron", named="did not apply f")
def neuron(x, w, b, f):
    return x @ w + b


@mistake("neuron", named="to the inputs")
def neuron(x, w, b, f):
    return f(x) @ w + b


@mistake("neuron", named="once for each feature")
def neuron(x, w, b, f):
    return f((x * w + b).sum(axis=1))


@mistake("neuron", named="kept the features apart")
def neuron(x, w, b, f):
    return f(x * w + b)


@mistake("neuron", named="second axis")
def neuron(x, w, b, f):
    return f(x @ w[:, None] + b)


@mistake("neuron", named="do not fit", name="weights on the left")
def neuron(x, w, b, f):
    return f(w @ x + b)


@mistake("neuron", named="nothing came back", name="no return")
def neuron(x, w, b, f):
    f(x @ w + b)


@alternative("neuron", name="loops")
def neuron(x, w, b, f):
    outputs = []
    for row in x:
        total = b
        for one, weight in zip(row, w):
            total += one * weight
        outputs.append(f(total))
    return np.array(outputs)


@alternative("neuron", name="einsum")
def neuron(x, w, b, f):
    return f(np.einsum("nd,d->n", x, w) + b)


@alternative("neuron", name="product and sum")
def neuron(x, w, b, f):
    z = (w * x).sum(axis=1)
    z += b
    return f(z)


# gates

mistake("gates", named="worked out above", source="can_be_and = True\ncan_be_or = False\ncan_be_nand = True\ncan_be_xor = False")
mistake("gates", named="AND has a line", source="can_be_and = False\ncan_be_or = True\ncan_be_nand = True\ncan_be_xor = False")
mistake("gates", named="sides swapped", source="can_be_and = True\ncan_be_or = True\ncan_be_nand = False\ncan_be_xor = False")
mistake("gates", named="across from each other", source="can_be_and = True\ncan_be_or = True\ncan_be_nand = True\ncan_be_xor = True")

# sigmoid


@mistake("sigmoid", named="whose exponent is not positive", name="naive")
def sigmoid(z):
    return 1 / (1 + np.exp(-z))


@mistake("sigmoid", named="above and below the line", name="the other formula")
def sigmoid(z):
    return np.exp(z) / (1 + np.exp(z))


@mistake("sigmoid", named="by np.where as well", name="where")
def sigmoid(z):
    return np.where(z >= 0, 1 / (1 + np.exp(-z)), np.exp(z) / (1 + np.exp(z)))


@mistake("sigmoid", named="sign the wrong way round")
def sigmoid(z):
    return 1 / (1 + np.exp(z))


@mistake("sigmoid", named="divides before it adds")
def sigmoid(z):
    return 1 / 1 + np.exp(-z)


@mistake("sigmoid", named="tanh")
def sigmoid(z):
    return np.tanh(z)


@mistake("sigmoid", named="slope of the sigmoid")
def sigmoid(z):
    s = 1 / (1 + np.exp(-np.abs(z)))
    return s * (1 - s)


@mistake("sigmoid", named="switched off", name="scipy's")
def sigmoid(z):
    from scipy import special

    return special.expit(z)


@mistake("sigmoid", named="an if asks for one", name="if on an array")
def sigmoid(z):
    if z >= 0:
        return 1 / (1 + np.exp(-z))
    return np.exp(z) / (1 + np.exp(z))


@mistake("sigmoid", named="math.exp takes one number")
def sigmoid(z):
    import math

    return 1 / (1 + math.exp(-z))


@alternative("sigmoid", name="naive, its warning silenced")
def sigmoid(z):
    with np.errstate(over="ignore"):
        return 1 / (1 + np.exp(-z))


@alternative("sigmoid", name="masks")
def sigmoid(z):
    out = np.empty_like(z)
    positive = z >= 0
    out[positive] = 1 / (1 + np.exp(-z[positive]))
    e = np.exp(z[~positive])
    out[~positive] = e / (1 + e)
    return out


@alternative("sigmoid", name="from tanh")
def sigmoid(z):
    return 0.5 * (1 + np.tanh(z / 2))


@alternative("sigmoid", name="harmless exponents in where")
def sigmoid(z):
    return np.where(z >= 0, 1 / (1 + np.exp(-np.maximum(z, 0))), np.exp(np.minimum(z, 0)) / (1 + np.exp(np.minimum(z, 0))))


@alternative("sigmoid", name="clipped")
def sigmoid(z):
    return 1 / (1 + np.exp(-np.clip(z, -700, 700)))


@alternative("sigmoid", name="logaddexp")
def sigmoid(z):
    return np.exp(-np.logaddexp(0, -z))


@alternative("sigmoid", name="entry by entry")
def sigmoid(z):
    import math

    def one(x):
        return 1 / (1 + math.exp(-x)) if x >= 0 else math.exp(x) / (1 + math.exp(x))

    return np.array([one(x) for x in z.ravel().tolist()]).reshape(z.shape)


# relu

mistake("relu", named="-0.0", source="""
def relu(z):
    return z * (z > 0)


def leaky_relu(z, slope=0.01):
    return np.where(z > 0, z, slope * z)
""")
mistake("relu", named="in place", source="""
def relu(z):
    z[z < 0] = 0
    return z


def leaky_relu(z, slope=0.01):
    return np.where(z > 0, z, slope * z)
""")
mistake("relu", named="largest entry", source="""
def relu(z):
    return np.max(z, 0)


def leaky_relu(z, slope=0.01):
    return np.where(z > 0, z, slope * z)
""")
mistake("relu", named="Python's max", source="""
def relu(z):
    return max(z, 0)


def leaky_relu(z, slope=0.01):
    return np.where(z > 0, z, slope * z)
""")
mistake("relu", named="turned the sign", source="""
def relu(z):
    return np.abs(z)


def leaky_relu(z, slope=0.01):
    return np.where(z > 0, z, slope * z)
""")
mistake("relu", named="where z is positive: return z itself", source="""
def relu(z):
    return np.where(z > 0, 1.0, 0.0)


def leaky_relu(z, slope=0.01):
    return np.where(z > 0, z, slope * z)
""")
mistake("relu", named="negative part", source="""
def relu(z):
    return np.minimum(z, 0.0)


def leaky_relu(z, slope=0.01):
    return np.where(z > 0, z, slope * z)
""")
mistake("relu", named="wrong side", change=("np.where(z > 0, z, slope * z)", "np.where(z > 0, slope * z, z)"))
mistake("relu", named="ignored slope", change=("np.where(z > 0, z, slope * z)", "np.where(z > 0, z, 0.01 * z)"))
mistake("relu", named="negative there", change=("np.where(z > 0, z, slope * z)", "np.where(z > 0, z, -slope * z)"))
mistake("relu", named="multiplied everything", change=("np.where(z > 0, z, slope * z)", "slope * z"))
mistake("relu", named="slope itself", change=("np.where(z > 0, z, slope * z)", "np.where(z > 0, z, slope)"))
mistake("relu", named="leak through", change=("np.where(z > 0, z, slope * z)", "np.maximum(z, 0.0)"))
mistake("relu", named="in place", name="leaky in place", source="""
def relu(z):
    return np.maximum(z, 0.0)


def leaky_relu(z, slope=0.01):
    z[z < 0] *= slope
    return z
""")
alternative("relu", source="""
def relu(z):
    return np.where(z > 0, z, 0)


def leaky_relu(z, slope=0.01):
    return np.maximum(z, slope * z)
""")
alternative("relu", source="""
def relu(z):
    out = z.copy()
    out[out < 0] = 0
    return out


def leaky_relu(z, slope=0.01):
    out = z.copy()
    out[z < 0] *= slope
    return out
""")
alternative("relu", source="""
def relu(z):
    return (np.abs(z) + z) / 2


def leaky_relu(z, slope=0.01):
    return relu(z) - slope * relu(-z)
""")
alternative("relu", source="""
def relu(z):
    return np.clip(z, 0, None)


def leaky_relu(z, slope=0.01):
    return z * np.where(z > 0, 1, slope)
""")

# tanh-from-sigmoid


@mistake("tanh-from-sigmoid", named="not steep enough")
def tanh_from_sigmoid(z):
    return 2 * sigmoid(z) - 1


@mistake("tanh-from-sigmoid", named="from 0 to 1")
def tanh_from_sigmoid(z):
    return sigmoid(2 * z)


@mistake("tanh-from-sigmoid", named="from -1 to 0")
def tanh_from_sigmoid(z):
    return sigmoid(2 * z) - 1


@mistake("tanh-from-sigmoid", named="from 0 to 2")
def tanh_from_sigmoid(z):
    return 2 * sigmoid(2 * z)


@mistake("tanh-from-sigmoid", named="too flat")
def tanh_from_sigmoid(z):
    return 2 * sigmoid(z / 2) - 1


@mistake("tanh-from-sigmoid", named="too steep", name="c = 4")
def tanh_from_sigmoid(z):
    return 2 * sigmoid(4 * z) - 1


@mistake("tanh-from-sigmoid", named="look at the signs")
def tanh_from_sigmoid(z):
    return 1 - 2 * sigmoid(2 * z)


@mistake("tanh-from-sigmoid", named="switched off")
def tanh_from_sigmoid(z):
    return np.tanh(z)


@mistake("tanh-from-sigmoid", named="your own exponentials")
def tanh_from_sigmoid(z):
    return (np.exp(z) - np.exp(-z)) / (np.exp(z) + np.exp(-z))


@alternative("tanh-from-sigmoid", name="difference of two sigmoids")
def tanh_from_sigmoid(z):
    return sigmoid(2 * z) - sigmoid(-2 * z)


@alternative("tanh-from-sigmoid", name="own exponential that is safe")
def tanh_from_sigmoid(z):
    e = np.exp(-2 * np.abs(z))
    return np.sign(z) * (1 - e) / (1 + e)


@alternative("tanh-from-sigmoid", name="from the other end")
def tanh_from_sigmoid(z):
    return 1 - 2 * sigmoid(-(z + z))


# mse-and-gradient


@mistake("mse-and-gradient", named="left out 1/n: loss and gradient")
def mse_and_gradient(X, y, w, b):
    error = X @ w + b - y
    return (error**2).sum(), 2 * X.T @ error, 2 * error.sum()


@mistake("mse-and-gradient", named="left out 1/n in the gradient")
def mse_and_gradient(X, y, w, b):
    error = X @ w + b - y
    return (error**2).mean(), 2 * X.T @ error, 2 * error.sum()


@mistake("mse-and-gradient", named="dw is not averaged")
def mse_and_gradient(X, y, w, b):
    error = X @ w + b - y
    return (error**2).mean(), 2 * X.T @ error, 2 * error.mean()


@mistake("mse-and-gradient", named="bias gradient is not averaged")
def mse_and_gradient(X, y, w, b):
    error = X @ w + b - y
    return (error**2).mean(), 2 * X.T @ error / len(y), 2 * error.sum()


@mistake("mse-and-gradient", named="left out 1/n in the loss")
def mse_and_gradient(X, y, w, b):
    error = X @ w + b - y
    return (error**2).sum(), 2 * X.T @ error / len(y), 2 * error.mean()


@mistake("mse-and-gradient", named="left out the factor 2: it comes")
def mse_and_gradient(X, y, w, b):
    error = X @ w + b - y
    return (error**2).mean(), X.T @ error / len(y), error.mean()


@mistake("mse-and-gradient", named="halved")
def mse_and_gradient(X, y, w, b):
    error = X @ w + b - y
    return (error**2).mean() / 2, X.T @ error / len(y), error.mean()


@mistake("mse-and-gradient", named="factor 2 in db")
def mse_and_gradient(X, y, w, b):
    error = X @ w + b - y
    return (error**2).mean(), 2 * X.T @ error / len(y), error.mean()


@mistake("mse-and-gradient", named="prediction minus target")
def mse_and_gradient(X, y, w, b):
    error = y - X @ w - b
    return (error**2).mean(), 2 * X.T @ error / len(y), 2 * error.mean()


@mistake("mse-and-gradient", named="forgot b")
def mse_and_gradient(X, y, w, b):
    error = X @ w - y
    return (error**2).mean(), 2 * X.T @ error / len(y), 2 * error.mean()


@mistake("mse-and-gradient", named="root")
def mse_and_gradient(X, y, w, b):
    error = X @ w + b - y
    return np.sqrt((error**2).mean()), 2 * X.T @ error / len(y), 2 * error.mean()


@mistake("mse-and-gradient", named="number of features")
def mse_and_gradient(X, y, w, b):
    error = X @ w + b - y
    d = len(w)
    return (error**2).sum() / d, 2 * X.T @ error / d, 2 * error.sum() / d


@mistake("mse-and-gradient", named="absolute")
def mse_and_gradient(X, y, w, b):
    error = X @ w + b - y
    return np.abs(error).mean(), 2 * X.T @ error / len(y), 2 * error.mean()


@mistake("mse-and-gradient", named="home by home", name="product of means")
def mse_and_gradient(X, y, w, b):
    error = X @ w + b - y
    return (error**2).mean(), 2 * error.mean() * X.mean(axis=0), 2 * error.mean()


@mistake("mse-and-gradient", named="averaged over the features", name="scalar dw")
def mse_and_gradient(X, y, w, b):
    error = X @ w + b - y
    return (error**2).mean(), 2 * (error[:, None] * X).mean(), 2 * error.mean()


@mistake("mse-and-gradient", named="summed over the features", name="scalar dw, summed")
def mse_and_gradient(X, y, w, b):
    error = X @ w + b - y
    return (error**2).mean(), 2 * (error[:, None] * X).sum() / len(y), 2 * error.mean()


@mistake("mse-and-gradient", named="the two n that have to meet", name="X times error")
def mse_and_gradient(X, y, w, b):
    error = X @ w + b - y
    return (error**2).mean(), 2 * (X * error).mean(axis=0), 2 * error.mean()


@mistake("mse-and-gradient", named="the two n that have to meet", name="X @ error")
def mse_and_gradient(X, y, w, b):
    error = X @ w + b - y
    return (error**2).mean(), 2 * X @ error / len(y), 2 * error.mean()


@mistake("mse-and-gradient", named="in place")
def mse_and_gradient(X, y, w, b):
    y -= X @ w + b
    return (y**2).mean(), -2 * X.T @ y / len(y), -2 * y.mean()


@alternative("mse-and-gradient", name="loops")
def mse_and_gradient(X, y, w, b):
    n, d = X.shape
    loss, dw, db = 0.0, [0.0] * d, 0.0
    for i in range(n):
        error = sum(X[i, j] * w[j] for j in range(d)) + b - y[i]
        loss += error**2 / n
        db += 2 * error / n
        for j in range(d):
            dw[j] += 2 * error * X[i, j] / n
    return loss, np.array(dw), db


@alternative("mse-and-gradient", name="the bias as a column of ones")
def mse_and_gradient(X, y, w, b):
    n = len(y)
    ones = np.hstack([X, np.ones((n, 1))])
    error = ones @ np.append(w, b) - y
    gradient = 2 / n * ones.T @ error
    return error @ error / n, gradient[:-1], gradient[-1]


@alternative("mse-and-gradient", name="broadcast and mean")
def mse_and_gradient(X, y, w, b):
    error = np.dot(X, w) + b - y
    return float(np.mean(np.square(error))), np.mean(2 * error[:, None] * X, axis=0), float(np.mean(2 * error))


# know-nothing

mistake("know-nothing", named="probability of 1", source="first_loss = 0")
mistake("know-nothing", named="squared", source="first_loss = 0.25")
mistake("know-nothing", named="minus its logarithm", source="first_loss = 0.5")
mistake("know-nothing", named="base 2", source="first_loss = 1")

# logistic-and-gradient


@mistake("logistic-and-gradient", named="log(0)", name="the formula as printed")
def logistic_and_gradient(X, y, w, b):
    p = sigmoid(X @ w + b)
    loss = -(y * np.log(p) + (1 - y) * np.log(1 - p)).mean()
    return loss, X.T @ (p - y) / len(y), (p - y).mean()


@mistake("logistic-and-gradient", named="log(0)", name="only the right term, still log(0)")
def logistic_and_gradient(X, y, w, b):
    p = sigmoid(X @ w + b)
    loss = -np.log(np.where(y == 1, p, 1 - p)).mean()
    return loss, X.T @ (p - y) / len(y), (p - y).mean()


@mistake("logistic-and-gradient", named="10000 overflows", name="exp overflows")
def logistic_and_gradient(X, y, w, b):
    z = X @ w + b
    p = sigmoid(z)
    loss = np.log(1 + np.exp(np.where(y == 1, -z, z))).mean()
    return loss, X.T @ (p - y) / len(y), (p - y).mean()


@mistake("logistic-and-gradient", named="10000 overflows", name="log1p of exp")
def logistic_and_gradient(X, y, w, b):
    z = X @ w + b
    error = sigmoid(z) - y
    return np.log1p(np.exp((1 - 2 * y) * z)).mean(), X.T @ error / len(y), error.mean()


@mistake("logistic-and-gradient", named="logaddexp takes exponents", name="logaddexp with 1")
def logistic_and_gradient(X, y, w, b):
    z = X @ w + b
    error = sigmoid(z) - y
    return np.logaddexp(1, (1 - 2 * y) * z).mean(), X.T @ error / len(y), error.mean()


@mistake("logistic-and-gradient", named="cut the probability off")
def logistic_and_gradient(X, y, w, b):
    p = sigmoid(X @ w + b)
    safe = np.clip(p, 1e-12, 1 - 1e-12)
    loss = -(y * np.log(safe) + (1 - y) * np.log(1 - safe)).mean()
    return loss, X.T @ (p - y) / len(y), (p - y).mean()


@mistake("logistic-and-gradient", named="cut the probability off", name="epsilon inside the logarithm")
def logistic_and_gradient(X, y, w, b):
    p = sigmoid(X @ w + b)
    loss = -(y * np.log(p + 1e-15) + (1 - y) * np.log(1 - p + 1e-15)).mean()
    return loss, X.T @ (p - y) / len(y), (p - y).mean()


@mistake("logistic-and-gradient", named="that is the gradient of the square loss")
def logistic_and_gradient(X, y, w, b):
    z = X @ w + b
    p = sigmoid(z)
    error = 2 * (p - y) * p * (1 - p)
    return np.logaddexp(0, (1 - 2 * y) * z).mean(), X.T @ error / len(y), error.mean()


@mistake("logistic-and-gradient", named="these three mistakes teach nothing", name="p(1 - p), seen where the neuron is sure")
def logistic_and_gradient(X, y, w, b):
    z = X @ w + b
    p = sigmoid(z)
    error = (p - y) * p * (1 - p)
    return np.logaddexp(0, (1 - 2 * y) * z).mean(), X.T @ error / len(y), error.mean()


@mistake("logistic-and-gradient", named="half the gradient of the square loss")
def logistic_and_gradient(X, y, w, b):
    z = X @ w + b
    p = sigmoid(z)
    error = (p - y) * p * (1 - p)
    return np.logaddexp(0, (1 - 2 * y) * z).mean(), X.T @ error / len(y), error.mean()


@mistake("logistic-and-gradient", named="you summed over the examples")
def logistic_and_gradient(X, y, w, b):
    z = X @ w + b
    error = sigmoid(z) - y
    return np.logaddexp(0, (1 - 2 * y) * z).sum(), X.T @ error, error.sum()


@mistake("logistic-and-gradient", named="gradient is summed")
def logistic_and_gradient(X, y, w, b):
    z = X @ w + b
    error = sigmoid(z) - y
    return np.logaddexp(0, (1 - 2 * y) * z).mean(), X.T @ error, error.sum()


@mistake("logistic-and-gradient", named="bias gradient is not averaged")
def logistic_and_gradient(X, y, w, b):
    z = X @ w + b
    error = sigmoid(z) - y
    return np.logaddexp(0, (1 - 2 * y) * z).mean(), X.T @ error / len(y), error.sum()


@mistake("logistic-and-gradient", named="loss is summed")
def logistic_and_gradient(X, y, w, b):
    z = X @ w + b
    error = sigmoid(z) - y
    return np.logaddexp(0, (1 - 2 * y) * z).sum(), X.T @ error / len(y), error.mean()


@mistake("logistic-and-gradient", named="factor 2")
def logistic_and_gradient(X, y, w, b):
    z = X @ w + b
    error = sigmoid(z) - y
    return np.logaddexp(0, (1 - 2 * y) * z).mean(), 2 * X.T @ error / len(y), 2 * error.mean()


@mistake("logistic-and-gradient", named="error is p - y")
def logistic_and_gradient(X, y, w, b):
    z = X @ w + b
    error = y - sigmoid(z)
    return np.logaddexp(0, (1 - 2 * y) * z).mean(), X.T @ error / len(y), error.mean()


@mistake("logistic-and-gradient", named="loss has the wrong sign")
def logistic_and_gradient(X, y, w, b):
    z = X @ w + b
    error = sigmoid(z) - y
    return -np.logaddexp(0, (1 - 2 * y) * z).mean(), X.T @ error / len(y), error.mean()


@mistake("logistic-and-gradient", named="two cases the wrong way round")
def logistic_and_gradient(X, y, w, b):
    z = X @ w + b
    error = sigmoid(z) - y
    return np.logaddexp(0, (2 * y - 1) * z).mean(), X.T @ error / len(y), error.mean()


@mistake("logistic-and-gradient", named="y = 1 only")
def logistic_and_gradient(X, y, w, b):
    z = X @ w + b
    error = sigmoid(z) - y
    return (y * np.logaddexp(0, -z)).mean(), X.T @ error / len(y), error.mean()


@mistake("logistic-and-gradient", named="NumPy warns", name="where over both forms")
def logistic_and_gradient(X, y, w, b):
    z = X @ w + b
    a = np.where(y == 1, -z, z)
    loss = np.where(a > 0, a + np.log1p(np.exp(-a)), np.log1p(np.exp(a))).mean()
    error = sigmoid(z) - y
    return loss, X.T @ error / len(y), error.mean()


@alternative("logistic-and-gradient", name="log1p and max")
def logistic_and_gradient(X, y, w, b):
    z = np.dot(X, w) + b
    loss = np.maximum(z, 0) - y * z + np.log1p(np.exp(-np.abs(z)))
    error = (sigmoid(z) - y) / len(y)
    return float(loss.mean()), error @ X, float(error.sum())


@alternative("logistic-and-gradient", name="where over two logaddexp")
def logistic_and_gradient(X, y, w, b):
    z = X @ w + b
    loss = np.where(y == 1, np.logaddexp(0, -z), np.logaddexp(0, z))
    p = sigmoid(z)
    return np.mean(loss), np.mean((p - y)[:, None] * X, axis=0), np.mean(p - y)


@alternative("logistic-and-gradient", name="loops")
def logistic_and_gradient(X, y, w, b):
    import math

    n, d = X.shape
    loss, dw, db = 0.0, np.zeros(d), 0.0
    for i in range(n):
        z = float(X[i] @ w + b)
        t = math.exp(-abs(z))
        p = 1 / (1 + t) if z >= 0 else t / (1 + t)
        loss += max(z, 0) - y[i] * z + math.log1p(t)
        dw += (p - y[i]) * X[i]
        db += p - y[i]
    return loss / n, dw / n, db / n


# softmax


@mistake("softmax", named="subtract the maximum before", name="no shift")
def softmax(z, axis=-1):
    e = np.exp(z)
    return e / e.sum(axis=axis, keepdims=True)


@mistake("softmax", named="maximum of the whole array")
def softmax(z, axis=-1):
    e = np.exp(z - z.max())
    return e / e.sum(axis=axis, keepdims=True)


@mistake("softmax", named="largest logit becomes 0", name="shift by the mean")
def softmax(z, axis=-1):
    e = np.exp(z - z.mean(axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)


@mistake("softmax", named="subtracted the smallest")
def softmax(z, axis=-1):
    e = np.exp(z - z.min(axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)


@mistake("softmax", named="another axis than your maximum")
def softmax(z, axis=-1):
    e = np.exp(z - z.max(axis=axis, keepdims=True))
    return e / e.sum(axis=0, keepdims=True)


@mistake("softmax", named="along the wrong axis")
def softmax(z, axis=-1):
    e = np.exp(z - z.max(axis=0, keepdims=True))
    return e / e.sum(axis=0, keepdims=True)


@mistake("softmax", named="ignored axis")
def softmax(z, axis=-1):
    e = np.exp(z - z.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


@mistake("softmax", named="sum of all entries")
def softmax(z, axis=-1):
    e = np.exp(z - z.max())
    return e / e.sum()


@mistake("softmax", named="did not divide by the sum")
def softmax(z, axis=-1):
    return np.exp(z)


@mistake("softmax", named="did not divide by the sum: probabilities")
def softmax(z, axis=-1):
    return np.exp(z - z.max(axis=axis, keepdims=True))


@mistake("softmax", named="logarithm")
def softmax(z, axis=-1):
    shifted = z - z.max(axis=axis, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=axis, keepdims=True))


@mistake("softmax", named="divided the logits")
def softmax(z, axis=-1):
    return z / z.sum(axis=axis, keepdims=True)


@mistake("softmax", named="keepdims")
def softmax(z, axis=-1):
    e = np.exp(z - z.max(axis=axis))
    return e / e.sum(axis=axis)


@mistake("softmax", named="switched off", name="scipy's")
def softmax(z, axis=-1):
    from scipy import special

    return special.softmax(z, axis=axis)


@mistake("softmax", named="in place")
def softmax(z, axis=-1):
    z -= z.max(axis=axis, keepdims=True)
    e = np.exp(z)
    return e / e.sum(axis=axis, keepdims=True)


@alternative("softmax", name="by the logarithm")
def softmax(z, axis=-1):
    return np.exp(z - np.logaddexp.reduce(z, axis=axis, keepdims=True))


@alternative("softmax", name="axis moved to the front")
def softmax(z, axis=-1):
    front = np.moveaxis(z, axis, 0)
    e = np.exp(front - front.max(axis=0))
    return np.moveaxis(e / e.sum(axis=0), 0, axis)


@alternative("softmax", name="one example at a time")
def softmax(z, axis=-1):
    def one(row):
        e = np.exp(row - max(row))
        return e / sum(e)

    return np.apply_along_axis(one, axis, z)


# no-bend

mistake("no-bend", named="nothing is gained", source="parameters_needed = 1001")
mistake("no-bend", named="no hidden unit", source="parameters_needed = 901")
mistake("no-bend", named="each hidden unit", source="parameters_needed = 109")
mistake("no-bend", named="more to save", source="parameters_needed = 101")

# mlp-forward


@mistake("mlp-forward", named="bent the last layer, and here")
def mlp_forward(x, params, activation):
    outputs = []
    for W, b in params:
        x = activation(x @ W + b)
        outputs.append(x)
    return outputs


@mistake("mlp-forward", named="transposed W")
def mlp_forward(x, params, activation):
    outputs = []
    for i, (W, b) in enumerate(params):
        x = x @ W.T + b
        if i < len(params) - 1:
            x = activation(x)
        outputs.append(x)
    return outputs


@mistake("mlp-forward", named="forgot the biases")
def mlp_forward(x, params, activation):
    outputs = []
    for i, (W, _) in enumerate(params):
        x = x @ W
        if i < len(params) - 1:
            x = activation(x)
        outputs.append(x)
    return outputs


@mistake("mlp-forward", named="put x in front")
def mlp_forward(x, params, activation):
    outputs = [x]
    for i, (W, b) in enumerate(params):
        x = x @ W + b
        outputs.append(activation(x) if i < len(params) - 1 else x)
        x = outputs[-1]
    return outputs


@mistake("mlp-forward", named="append after the layer")
def mlp_forward(x, params, activation):
    outputs = []
    for i, (W, b) in enumerate(params):
        outputs.append(x)
        x = x @ W + b
        if i < len(params) - 1:
            x = activation(x)
    return outputs


@mistake("mlp-forward", named="bent nothing")
def mlp_forward(x, params, activation):
    outputs = []
    for W, b in params:
        x = x @ W + b
        outputs.append(x)
    return outputs


@mistake("mlp-forward", named="kept the hidden layer's sums")
def mlp_forward(x, params, activation):
    outputs = []
    for W, b in params:
        z = x @ W + b
        outputs.append(z)
        x = activation(z)
    return outputs


@mistake("mlp-forward", named="last layer alone")
def mlp_forward(x, params, activation):
    for i, (W, b) in enumerate(params):
        x = x @ W + b
        if i < len(params) - 1:
            x = activation(x)
    return x if len(params) > 1 else [x]


@mistake("mlp-forward", named="left out the last layer")
def mlp_forward(x, params, activation):
    outputs = []
    for W, b in params[:-1]:
        x = activation(x @ W + b)
        outputs.append(x)
    return outputs if len(params) > 1 else [x @ params[0][0] + params[0][1]]


@mistake("mlp-forward", named="the only one is the last", name="hidden layers alone")
def mlp_forward(x, params, activation):
    outputs = []
    for W, b in params[:-1]:
        x = activation(x @ W + b)
        outputs.append(x)
    return outputs


@mistake("mlp-forward", named="differ in width", name="one array of all layers")
def mlp_forward(x, params, activation):
    outputs = []
    for i, (W, b) in enumerate(params, 1):
        x = x @ W + b
        if i < len(params):
            x = activation(x)
        outputs.append(x)
    return np.array(outputs)


@mistake("mlp-forward", named="wrong way round", name="W on the left")
def mlp_forward(x, params, activation):
    outputs = []
    for i, (W, b) in enumerate(params, 1):
        x = W @ x + b
        if i < len(params):
            x = activation(x)
        outputs.append(x)
    return outputs


@mistake("mlp-forward", named="nothing came back", name="no return")
def mlp_forward(x, params, activation):
    outputs = []
    for W, b in params:
        x = x @ W + b
        outputs.append(x)


@mistake("mlp-forward", named="x to every layer")
def mlp_forward(x, params, activation):
    outputs = []
    for i, (W, b) in enumerate(params):
        z = x @ W + b
        outputs.append(activation(z) if i < len(params) - 1 else z)
    return outputs


@mistake("mlp-forward", named="in place", name="adds into its parameters")
def mlp_forward(x, params, activation):
    outputs = []
    for i, (W, b) in enumerate(params):
        z = x @ W
        z += b
        b *= 0
        x = activation(z) if i < len(params) - 1 else z
        outputs.append(x)
    return outputs


@alternative("mlp-forward", name="hidden layers, then the last")
def mlp_forward(x, params, activation):
    outputs = [x]
    for W, b in params[:-1]:
        outputs.append(activation(outputs[-1] @ W + b))
    W, b = params[-1]
    return [*outputs[1:], outputs[-1] @ W + b]


@alternative("mlp-forward", name="recursion and a tuple")
def mlp_forward(x, params, activation):
    (W, b), *rest = params
    z = np.einsum("nd,dk->nk", x, W) + b
    if not rest:
        return (z,)
    h = activation(z)
    return (h, *mlp_forward(h, rest, activation))


@alternative("mlp-forward", name="columns")
def mlp_forward(x, params, activation):
    outputs, h = [], x.T
    for i in range(len(params)):
        h = params[i][0].T @ h + params[i][1][:, None]
        if i + 1 != len(params):
            h = activation(h)
        outputs.append(h.T)
    return outputs


# photograph

mistake("photograph", named="one weight for each unit", source='weights_of_one_layer = "480 thousand"')
mistake("photograph", named="layer of 1000 units", source='weights_of_one_layer = "480 million"')
mistake("photograph", named="factor of 480", source='weights_of_one_layer = "110 trillion"')

# count-parameters


@mistake("count-parameters", named="weights only")
def count_parameters(sizes, bias=True):
    return sum(a * b for a, b in pairwise(sizes))


@mistake("count-parameters", named="output's bias only", name="the slide")
def count_parameters(sizes, bias=True):
    return sum(a * b for a, b in pairwise(sizes)) + sizes[-1] * bias


@mistake("count-parameters", named="hidden biases only")
def count_parameters(sizes, bias=True):
    return sum(a * b for a, b in pairwise(sizes)) + sum(sizes[1:-1]) * bias


@mistake("count-parameters", named="bias to the inputs")
def count_parameters(sizes, bias=True):
    return sum(a * b for a, b in pairwise(sizes)) + sum(sizes) * bias


@mistake("count-parameters", named="one bias for each layer")
def count_parameters(sizes, bias=True):
    return sum(a * b for a, b in pairwise(sizes)) + (len(sizes) - 1) * bias


@mistake("count-parameters", named="multiplied all sizes")
def count_parameters(sizes, bias=True):
    return int(np.prod(sizes))


@mistake("count-parameters", named="counted units")
def count_parameters(sizes, bias=True):
    return sum(sizes)


@mistake("count-parameters", named="ignored bias=False")
def count_parameters(sizes, bias=True):
    return sum(a * b + b for a, b in pairwise(sizes))


@mistake("count-parameters", named="first two layers of weights")
def count_parameters(sizes, bias=True):
    d, h, k = sizes[:3]
    return d * h + h * k + (h + k) * bias


@mistake("count-parameters", named="yours wrapped round", name="int64 wraps round")
def count_parameters(sizes, bias=True):
    s = np.array(sizes)
    return int((s[:-1] * s[1:]).sum() + s[1:].sum() * bias)


@alternative("count-parameters", name="loop")
def count_parameters(sizes, bias=True):
    total = 0
    for i in range(1, len(sizes)):
        total += (sizes[i - 1] + (1 if bias else 0)) * sizes[i]
    return total


@alternative("count-parameters", name="recursion")
def count_parameters(sizes, bias=True):
    if len(sizes) == 1:
        return 0
    first, second, *rest = sizes
    return first * second + (second if bias else 0) + count_parameters([second, *rest], bias)


# xor-network


@mistake("xor-network", named="with a step", name="the gates of step units")
def xor_network():
    return [(np.array([[1.0, 1.0], [1.0, 1.0]]), np.array([-0.5, -1.5])), (np.array([[1.0], [-1.0]]), np.array([0.0]))]


@mistake("xor-network", named="that is OR")
def xor_network():
    return [(np.array([[1.0, 1.0], [1.0, 1.0]]), np.array([0.0, -1.0])), (np.array([[1.0], [-0.5]]), np.array([0.0]))]


@mistake("xor-network", named="that is AND")
def xor_network():
    return [(np.array([[1.0, 1.0], [1.0, 1.0]]), np.array([0.0, -1.0])), (np.array([[0.0], [1.0]]), np.array([0.0]))]


@mistake("xor-network", named="both switches are alike", name="inverted")
def xor_network():
    return [(np.array([[1.0, 1.0], [1.0, 1.0]]), np.array([0.0, -1.0])), (np.array([[-1.0], [2.0]]), np.array([1.0]))]


@mistake("xor-network", named="(0, 1) is missing")
def xor_network():
    return [(np.array([[1.0, 0.0], [-1.0, 0.0]]), np.array([0.0, 0.0])), (np.array([[1.0], [1.0]]), np.array([0.0]))]


@mistake("xor-network", named="never goes on")
def xor_network():
    return [(np.array([[1.0, 1.0], [1.0, 1.0]]), np.array([-2.0, -2.0])), (np.array([[1.0], [-2.0]]), np.array([0.0]))]


@mistake("xor-network", named="changes its mind at 0")
def xor_network():
    return [(np.array([[1.0, 1.0], [1.0, 1.0]]), np.array([0.0, -1.0])), (np.array([[1.0], [-2.0]]), np.array([-0.5]))]


@mistake("xor-network", named="too steep between the two", name="the gates of step units, mended at the corners")
def xor_network():
    return [(np.array([[1.0, 1.0], [1.0, 1.0]]), np.array([-0.5, -1.5])), (np.array([[2.0], [-6.0]]), np.array([0.0]))]


@mistake("xor-network", named="too near 0.5 at the corner", name="0.6 at the corners")
def xor_network():
    return [(np.array([[1.0, 1.0], [1.0, 1.0]]), np.array([0.0, -1.0])), (np.array([[0.6], [-1.2]]), np.array([0.0]))]


@mistake("xor-network", named="yours is transposed")
def xor_network():
    return [(np.array([[1.0, 1.0], [1.0, 1.0]]), np.array([0.0, -1.0])), (np.array([[1.0, -2.0]]), np.array([0.0]))]


@mistake("xor-network", named="W2 is a matrix, too")
def xor_network():
    return [(np.array([[1.0, 1.0], [1.0, 1.0]]), np.array([0.0, -1.0])), (np.array([1.0, -2.0]), np.array([0.0]))]


@mistake("xor-network", named="one layer cannot do it")
def xor_network():
    return [(np.array([[1.0], [1.0]]), np.array([-0.5]))]


@alternative("xor-network", name="the distance of the switches")
def xor_network():
    return [(np.array([[1.0, -1.0], [-1.0, 1.0]]), np.zeros(2)), (np.ones((2, 1)), np.zeros(1))]


@alternative("xor-network", name="down from the middle")
def xor_network():
    return [(np.array([[1.0, -1.0], [1.0, -1.0]]), np.array([-1.0, 1.0])), (np.array([[-1.0], [-1.0]]), np.array([1.0]))]


@alternative("xor-network", name="whole numbers, larger weights")
def xor_network():
    W1, b1 = np.array([[2, 2], [2, 2]]), np.array([0, -2])
    return [(W1, b1), (np.array([[1], [-2]]), np.array([0]))]
