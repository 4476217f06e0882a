"""Wrong answers that the tests of lesson 02 must name, and other right answers that they must accept."""

import math

import numpy as np

from autograder.planted import alternative, mistake

# numerical-gradient


@mistake("numerical-gradient", named="one side only, upwards", name="forward difference")
def numerical_gradient(f, x, h):
    x = np.array(x, dtype=float)
    gradient = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        moved = x.copy()
        moved[i] += h
        gradient[i] = (f(moved) - f(x)) / h
    return gradient


@mistake("numerical-gradient", named="one side only, downwards", name="backward difference")
def numerical_gradient(f, x, h):
    x = np.array(x, dtype=float)
    gradient = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        moved = x.copy()
        moved[i] -= h
        gradient[i] = (f(x) - f(moved)) / h
    return gradient


@mistake("numerical-gradient", named="did not put an entry back", name="h not restored")
def numerical_gradient(f, x, h):
    x = np.array(x, dtype=float)
    gradient = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        x[i] += h
        above = f(x)
        x[i] -= 2 * h
        gradient[i] = (above - f(x)) / (2 * h)
    return gradient


@mistake("numerical-gradient", named="left an entry raised", name="entry left raised")
def numerical_gradient(f, x, h):
    x = np.array(x, dtype=float)
    gradient = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        middle = x[i]
        x[i] = middle - h
        below = f(x)
        x[i] = middle + h
        gradient[i] = (f(x) - below) / (2 * h)
    return gradient


@mistake("numerical-gradient", named="changed its argument x in place", name="nudges the caller's array")
def numerical_gradient(f, x, h):
    gradient = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        x[i] += h
        above = f(x)
        x[i] -= 2 * h
        gradient[i] = (above - f(x)) / (2 * h)
    return gradient


@mistake("numerical-gradient", named="2h apart", name="divides by h")
def numerical_gradient(f, x, h):
    x = np.array(x, dtype=float)
    gradient = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        up, down = x.copy(), x.copy()
        up[i] += h
        down[i] -= h
        gradient[i] = (f(up) - f(down)) / h
    return gradient


@mistake("numerical-gradient", named="cuts the nudge off", name="whole numbers nudged")
def numerical_gradient(f, x, h):
    gradient = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        up, down = x.copy(), x.copy()
        up[i] = x[i] + h
        down[i] = x[i] - h
        gradient[i] = (f(up) - f(down)) / (2 * h)
    return gradient


@mistake("numerical-gradient", named="holds whole numbers", name="whole-number answer")
def numerical_gradient(f, x, h):
    gradient = np.zeros_like(x)
    for i in np.ndindex(x.shape):
        nudge = np.zeros(x.shape)
        nudge[i] = h
        gradient[i] = (f(x + nudge) - f(x - nudge)) / (2 * h)
    return gradient


@mistake("numerical-gradient", named="whole row", name="rows nudged")
def numerical_gradient(f, x, h):
    gradient = np.zeros(x.shape)
    for i in range(len(x)):
        nudge = np.zeros(x.shape)
        nudge[i] = h
        gradient[i] = (f(x + nudge) - f(x - nudge)) / (2 * h)
    return gradient


@mistake("numerical-gradient", named="all entries at once")
def numerical_gradient(f, x, h):
    return (f(x + h) - f(x - h)) / (2 * h)


@mistake("numerical-gradient", named="f is to be called twice", name="more runs than needed")
def numerical_gradient(f, x, h):
    x = np.array(x, dtype=float)
    gradient = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        nudge = np.zeros(x.shape)
        nudge[i] = h
        f(x)
        gradient[i] = (f(x + nudge) - f(x - nudge)) / (2 * h)
    return gradient


@mistake("numerical-gradient", named="back at x", name="comes back to x only")
def numerical_gradient(f, x, h):
    x = x.astype(float)
    gradient = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        x[i] += h
        above = f(x)
        x[i] -= h
        gradient[i] = (above - f(x)) / (2 * h)
    return gradient


@mistake("numerical-gradient", named="nudged downwards only and divided by 2h", name="half a backward difference")
def numerical_gradient(f, x, h):
    x = x.astype(float)
    gradient = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        above = f(x)
        x[i] -= h
        gradient[i] = (above - f(x)) / (2 * h)
        x[i] += h
    return gradient


@mistake("numerical-gradient", named="put 2 * h in brackets")
def numerical_gradient(f, x, h):
    gradient = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        nudge = np.zeros(x.shape)
        nudge[i] = h
        gradient[i] = (f(x + nudge) - f(x - nudge)) / 2 * h
    return gradient


@mistake("numerical-gradient", named="takes x's kind of number", name="a nudge of whole numbers")
def numerical_gradient(f, x, h):
    gradient = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        nudge = np.zeros_like(x)
        nudge[i] = h
        gradient[i] = (f(x + nudge) - f(x - nudge)) / (2 * h)
    return gradient


@alternative("numerical-gradient", name="flat view and identity")
def numerical_gradient(f, x, h):
    x = np.asarray(x, dtype=np.float64)
    slopes = [(f(x + e.reshape(x.shape)) - f(x - e.reshape(x.shape))) / (2 * h) for e in h * np.eye(x.size)]
    return np.array(slopes).reshape(x.shape)


@alternative("numerical-gradient", name="nditer")
def numerical_gradient(f, x, h):
    x = x.astype(float)
    gradient = np.empty_like(x)
    it = np.nditer(x, flags=["multi_index"])
    while not it.finished:
        place = it.multi_index
        up, down = x.copy(), x.copy()
        up[place] += h
        down[place] -= h
        gradient[place] = (f(up) - f(down)) / h / 2
        it.iternext()
    return gradient


mistake("best-nudge", named="the largest", source='best_nudge = "1e-2"')
mistake("best-nudge", named="too small", source='best_nudge = "1e-9"')
mistake("best-nudge", named="the smallest", source='best_nudge = "1e-15"')

# relative-error


@mistake("relative-error", named="divided by zero")
def relative_error(a, b):
    return np.abs(a - b).max() / np.maximum(np.abs(a).max(), np.abs(b).max())


@mistake("relative-error", named="ignored the signs", name="signs ignored")
def relative_error(a, b):
    size = max(np.abs(a).max(), np.abs(b).max())
    return float(np.abs(np.abs(a) - np.abs(b)).max() / size) if size > 0 else 0.0


@mistake("relative-error", named="by its own entry")
def relative_error(a, b):
    size = np.maximum(np.abs(a), np.abs(b))
    return float((np.abs(a - b) / np.where(size > 0, size, 1.0)).max())


@mistake("relative-error", named="did not divide")
def relative_error(a, b):
    return float(np.abs(a - b).max())


@mistake("relative-error", named="added something like 1e-8")
def relative_error(a, b):
    return float(np.abs(a - b).max() / (max(np.abs(a).max(), np.abs(b).max()) + 1e-8))


@mistake("relative-error", named="at least 1e-8")
def relative_error(a, b):
    return float(np.abs(a - b).max() / max(np.abs(a).max(), np.abs(b).max(), 1e-8))


@mistake("relative-error", named="added up")
def relative_error(a, b):
    size = np.abs(a).max() + np.abs(b).max()
    return float(np.abs(a - b).max() / size) if size > 0 else 0.0


@mistake("relative-error", named="without its size", name="signed difference")
def relative_error(a, b):
    size = max(np.abs(a).max(), np.abs(b).max())
    return float((a - b).max() / size) if size > 0 else 0.0


@mistake("relative-error", named="first array's size")
def relative_error(a, b):
    size = np.abs(a).max()
    return float(np.abs(a - b).max() / size) if size > 0 else 0.0


@mistake("relative-error", named="relative-error", name="tiny taken for zero")
def relative_error(a, b):
    size = max(np.abs(a).max(), np.abs(b).max())
    return float(np.abs(a - b).max() / size) if size > 1e-30 else 0.0


@alternative("relative-error", name="both in one array")
def relative_error(a, b):
    both = np.stack([a, b])
    size = np.max(np.abs(both))
    return 0.0 if size == 0 else np.max(np.abs(a - b)) / size


@alternative("relative-error", name="loop")
def relative_error(a, b):
    worst, size = 0.0, 0.0
    for p, q in zip(a.flat, b.flat):
        worst, size = max(worst, abs(p - q)), max(size, abs(p), abs(q))
    return worst / size if worst else 0.0


mistake("same-twice", named="one way", source="true_slope = 1\nwritten_slope = 1")
mistake("same-twice", named="value of L", source="true_slope = 6\nwritten_slope = 1")
mistake("same-twice", named="let the program add", source="true_slope = 2\nwritten_slope = 2")
mistake("same-twice", named="one way", name="floats", source="true_slope = 1.0\nwritten_slope = 1.0")
alternative("same-twice", name="floats", source="true_slope = 2.0\nwritten_slope = 1.0")

# value

mistake("value", named="does not remember", change=("self.data + other.data, (self, other), (1.0, 1.0)", "self.data + other.data"))
mistake("value", named="the values as slopes", change=("(self, other), (1.0, 1.0)", "(self, other), (self.data, other.data)"))
mistake("value", named="used twice only once", name="parents in a set", change=(
    "(self, other), (1.0, 1.0)", "tuple({self, other}), (1.0, 1.0)"))
mistake("value", named="changed places", name="slopes of the product swapped", change=(
    "(other.data, self.data)", "(self.data, other.data)"))
mistake("value", named="slopes of a sum", change=("(other.data, self.data)", "(1.0, 1.0)"))
mistake("value", named="changed an operand", name="adds in place", change=(
    "return Value(self.data + other.data, (self, other), (1.0, 1.0))",
    "self.data += other.data\n        return self"))
mistake("value", named="plain number", name="returns a number", change=(
    "Value(self.data * other.data, (self, other), (other.data, self.data))", "self.data * other.data"))
mistake("value", named="changed an operand", name="multiplies in place", change=(
    "return Value(self.data * other.data, (self, other), (other.data, self.data))",
    "self.data *= other.data\n        return self"))
mistake("value", named="nodes as local slopes", change=("(other.data, self.data)", "(other, self)"))
mistake("value", named="calls itself without end", name="a node as the slope of a power", change=(
    "exponent * self.data ** (exponent - 1)", "exponent * self ** (exponent - 1)"))
mistake("value", named="calls itself without end", name="a node as the slope of exp", change=("(self,), (y,))", "(self,), (self.exp(),))"))
mistake("value", named="needs its comma", name="one parent without a comma", change=("Value(y, (self,), (y,))", "Value(y, (self), (y))"))
mistake("value", named="needs its comma", name="a power without commas", change=(
    "(self,), (exponent * self.data ** (exponent - 1),)", "(self), (exponent * self.data ** (exponent - 1))"))
mistake("value", named="turned the quotient round", change=("self * other**-1", "other * self**-1"))
mistake("value", named="left the exponent", change=("self.data ** (exponent - 1)", "self.data**exponent + 0"))
mistake("value", named="left out the factor", change=("exponent * self.data ** (exponent - 1)", "self.data ** (exponent - 1)"))
mistake("value", named="wrong sign: if b grows by 1", name="difference with the slopes of a sum", change=(
    "return self + other * -1", "return Value(self.data - other.data, (self, other), (1.0, 1.0))"))
mistake("value", named="turned the difference round", change=("self + other * -1", "other + self * -1"))
mistake("value", named="−1/b²", name="quotient's slope without its sign", change=(
    "return self * other**-1",
    "return Value(self.data / other.data, (self, other), (1 / other.data, self.data / other.data**2))"))
mistake("value", named="that of a product", change=(
    "return self * other**-1",
    "return Value(self.data / other.data, (self, other), (1 / other.data, self.data))"))
mistake("value", named="squared the input", change=("(1 - y**2,)", "(1 - self.data**2,)"))
mistake("value", named="did not square", change=("(1 - y**2,)", "(1 - y,)"))
mistake("value", named="input as the slope", name="slope of exp", change=("(self,), (y,))", "(self,), (self.data,))"))
mistake("value", named="slope is 1 below 0", change=("(float(self.data > 0),)", "(1.0,)"))
mistake("value", named="slope at 0 is 1", change=("float(self.data > 0)", "float(self.data >= 0)"))
mistake("value", named="input as the slope", name="slope of relu", change=("(float(self.data > 0),)", "(max(self.data, 0.0),)"))

alternative("value", name="minus by the given sign, ReLU returns self", source='''
class Value:
    def __init__(self, data, parents=(), slopes=()):
        self.data = float(data)
        self.parents = tuple(parents)
        self.slopes = tuple(slopes)
        self.grad = 0.0

    @staticmethod
    def of(other):
        return other if isinstance(other, Value) else Value(other)

    def __add__(self, other):
        other = Value.of(other)
        return Value(self.data + other.data, (self, other), (1, 1))

    def __mul__(self, other):
        other = Value.of(other)
        return Value(self.data * other.data, (self, other), (other.data, self.data))

    def __pow__(self, exponent):
        return Value(self.data**exponent, (self,), (exponent * self.data ** (exponent - 1),))

    def __sub__(self, other):
        other = Value.of(other)
        return self + (-other)

    def __truediv__(self, other):
        other = Value.of(other)
        return self * (other**-1)

    def exp(self):
        return Value(math.exp(self.data), (self,), (math.exp(self.data),))

    def tanh(self):
        e = (self * 2).exp()
        return (e - 1) / (e + 1)

    def relu(self):
        return self if self.data > 0 else Value(0.0)

    def __radd__(self, other):
        return Value.of(other) + self

    def __rmul__(self, other):
        return Value.of(other) * self

    def __rsub__(self, other):
        return Value.of(other) - self

    def __rtruediv__(self, other):
        return Value.of(other) / self

    def __neg__(self):
        return self * -1

    def backward(self):
        backward(self)
''')
alternative("value", name="quotient and difference with slopes of their own", source='''
class Value:
    def __init__(self, data, parents=(), slopes=()):
        self.data = float(data)
        self.parents = tuple(parents)
        self.slopes = tuple(slopes)
        self.grad = 0.0

    @staticmethod
    def of(other):
        return other if isinstance(other, Value) else Value(other)

    def __add__(self, other):
        other = Value.of(other)
        return Value(other.data + self.data, [other, self], [1, 1])

    def __mul__(self, other):
        other = Value.of(other)
        if other is self:
            return Value(self.data**2, (self,), (2 * self.data,))
        return Value(self.data * other.data, (other, self), (self.data, other.data))

    def __pow__(self, exponent):
        return Value(self.data**exponent, [self], [exponent * self.data**exponent / self.data])

    def __sub__(self, other):
        other = Value.of(other)
        return Value(self.data - other.data, (self, other), (1.0, -1.0))

    def __truediv__(self, other):
        other = Value.of(other)
        return Value(self.data / other.data, (self, other), (1 / other.data, -self.data / other.data**2))

    def exp(self):
        return Value(np.exp(self.data), (self,), (np.exp(self.data),))

    def tanh(self):
        return Value(math.tanh(self.data), (self,), (1 / math.cosh(self.data) ** 2,))

    def relu(self):
        return Value(self.data, (self,), (1,)) if self.data > 0 else Value(0)

    def __radd__(self, other):
        return self + other

    def __rmul__(self, other):
        return self * other

    def __rsub__(self, other):
        return Value.of(other) - self

    def __rtruediv__(self, other):
        return Value.of(other) / self

    def backward(self):
        backward(self)
''')
alternative("value", name="tanh from exp, products by powers", change=(
    "y = math.tanh(self.data)\n        return Value(y, (self,), (1 - y**2,))",
    "return 1 - 2 / ((self * 2).exp() + 1)"))

# topological-order


@mistake("topological-order", named="stands there twice", name="no note of where it has been")
def topological_order(root):
    order = []
    for parent in root.parents:
        order += topological_order(parent)
    return [*order, root]


@mistake("topological-order", named="runs from the result to the leaves", name="the reverse")
def topological_order(root):
    order, seen = [], set()

    def visit(node):
        if node not in seen:
            seen.add(node)
            for parent in node.parents:
                visit(parent)
            order.append(node)

    visit(root)
    return order[::-1]


@mistake("topological-order", named="when you first meet it", name="preorder reversed")
def topological_order(root):
    order = []

    def visit(node):
        if node not in order:
            order.append(node)
            for parent in node.parents:
                visit(parent)

    visit(root)
    return order[::-1]


@mistake("topological-order", named="when you first meet it", name="breadth first")
def topological_order(root):
    order = [root]
    for node in order:
        order += [parent for parent in dict.fromkeys(node.parents) if parent not in order]
    return order[::-1]


@mistake("topological-order", named="4000 times", name="looks before it notes")
def topological_order(root):
    order = []

    def visit(node):
        for parent in node.parents:
            visit(parent)
        if node not in order:
            order.append(node)

    visit(root)
    return order


@mistake("topological-order", named="left out the leaves")
def topological_order(root):
    order, seen = [], set()

    def visit(node):
        if node not in seen and node.parents:
            seen.add(node)
            for parent in node.parents:
                visit(parent)
            order.append(node)

    visit(root)
    return order


@mistake("topological-order", named="left out the root")
def topological_order(root):
    order, seen = [], set()

    def visit(node):
        for parent in node.parents:
            if parent not in seen:
                seen.add(parent)
                visit(parent)
                order.append(parent)

    visit(root)
    return order


mistake("topological-order", named="earlier call", name="a list as default value", source="""
def topological_order(root, order=[]):
    if root not in order:
        for parent in root.parents:
            topological_order(parent, order)
        order.append(root)
    return order
""")


@alternative("topological-order", name="a list as the note")
def topological_order(root):
    order = []

    def visit(node):
        if node not in order:
            for parent in node.parents:
                visit(parent)
            order.append(node)

    visit(root)
    return order


@alternative("topological-order", name="without recursion")
def topological_order(root):
    order, seen, waiting = [], set(), [(root, False)]
    while waiting:
        node, is_ready = waiting.pop()
        if is_ready:
            order.append(node)
        elif id(node) not in seen:
            seen.add(id(node))
            waiting.append((node, True))
            waiting.extend((parent, False) for parent in node.parents)
    return order


@alternative("topological-order", name="counting the users")
def topological_order(root):
    users, found = {root: 0}, [root]
    for node in found:
        for parent in node.parents:
            if parent not in users:
                users[parent] = 0
                found.append(parent)
            users[parent] += 1
    ready, order = [root], []
    while ready:
        node = ready.pop()
        order.append(node)
        for parent in node.parents:
            users[parent] -= 1
            if users[parent] == 0:
                ready.append(parent)
    order.reverse()
    return order


@alternative("topological-order", name="a dict as the note")
def topological_order(root, done=None):
    done = {} if done is None else done
    for parent in root.parents:
        if parent not in done:
            topological_order(parent, done)
    done[root] = True
    return list(done)


# backward

mistake("backward", named="wrote the second part over", name="overwrites", change=("parent.grad += slope", "parent.grad = slope"))
mistake("backward", named="did not start", change=("root.grad = 1.0", "root.grad = 0.0"))
mistake("backward", named="only the root", name="not reversed", change=("in reversed(order)", "in order"))
mistake("backward", named="local slopes alone", change=("slope * node.grad", "slope"))
mistake("backward", named="first call had left", name="never cleared", change=("node.grad = 0.0", "pass"))


@mistake("backward", named="handed its slope on twice", name="recursion visits a node twice")
def backward(root):
    for node in topological_order(root):
        node.grad = 0.0
    root.grad = 1.0

    def hand_on(node):
        for parent, slope in zip(node.parents, node.slopes):
            parent.grad += slope * node.grad
            hand_on(parent)

    hand_on(root)


@mistake("backward", named="before the part from c had come", name="backward before children")
def backward(root):
    for node in topological_order(root):
        node.grad = 0.0
    root.grad = 1.0
    row = [root]
    for node in row:
        for parent, slope in zip(node.parents, node.slopes):
            parent.grad += slope * node.grad
            if parent not in row:
                row.append(parent)


@mistake("backward", named="only the root", name="one step only")
def backward(root):
    for node in topological_order(root):
        node.grad = 0.0
    root.grad = 1.0
    for parent, slope in zip(root.parents, root.slopes):
        parent.grad += slope * root.grad


@mistake("backward", named="not each when its turn comes", name="cleared as it goes")
def backward(root):
    root.grad = 1.0
    for node in reversed(topological_order(root)):
        if node is not root:
            node.grad = 0.0
        for parent, slope in zip(node.parents, node.slopes):
            parent.grad += slope * node.grad


@mistake("backward", named="once is enough", name="every way by itself")
def backward(root):
    for node in topological_order(root):
        node.grad = 0.0

    def along(node, slope_so_far):
        node.grad += slope_so_far
        for parent, slope in zip(node.parents, node.slopes):
            along(parent, slope_so_far * slope)

    along(root, 1.0)


@alternative("backward", name="a dict of slopes")
def backward(root):
    row = topological_order(root)
    slopes = {id(node): 0.0 for node in row}
    slopes[id(root)] = 1.0
    for node in row[::-1]:
        node.grad = slopes[id(node)]
        for k in range(len(node.parents)):
            slopes[id(node.parents[k])] += node.slopes[k] * node.grad


@alternative("backward", name="each node asks its users")
def backward(root):
    users, waiting = {root: []}, [root]
    while waiting:
        node = waiting.pop()
        for parent, slope in zip(node.parents, node.slopes):
            if parent not in users:
                users[parent] = []
                waiting.append(parent)
            users[parent].append((node, slope))
    known = {root: 1.0}

    def grad_of(node):
        if node not in known:
            known[node] = sum(slope * grad_of(user) for user, slope in users[node])
        return known[node]

    for node in users:
        node.grad = grad_of(node)


# affine-backward


@mistake("affine-backward", named="dW is transposed")
def affine_backward(dout, cache):
    X, W = cache
    return dout @ W.T, dout.T @ X, dout.sum(axis=0)


@mistake("affine-backward", named="did not sum db")
def affine_backward(dout, cache):
    X, W = cache
    return dout @ W.T, X.T @ dout, dout


@mistake("affine-backward", named="averaged db")
def affine_backward(dout, cache):
    X, W = cache
    return dout @ W.T, X.T @ dout, dout.mean(axis=0)


@mistake("affine-backward", named="over the units")
def affine_backward(dout, cache):
    X, W = cache
    return dout @ W.T, X.T @ dout, dout.sum(axis=1)


@mistake("affine-backward", named="kept the axis")
def affine_backward(dout, cache):
    X, W = cache
    return dout @ W.T, X.T @ dout, dout.sum(axis=0, keepdims=True)


@mistake("affine-backward", named="W of the forward pass", name="dX uses the updated W, in place")
def affine_backward(dout, cache):
    X, W = cache
    dW = X.T @ dout
    W -= 0.1 * dW
    return dout @ W.T, dW, dout.sum(axis=0)


@mistake("affine-backward", named="W of the forward pass", name="dX uses the updated W, a copy")
def affine_backward(dout, cache):
    X, W = cache
    dW = X.T @ dout
    W = W - 0.01 * dW
    return dout @ W.T, dW, dout.sum(axis=0)


@mistake("affine-backward", named="divided dW by the number")
def affine_backward(dout, cache):
    X, W = cache
    return dout @ W.T, X.T @ dout / len(X), dout.sum(axis=0)


@mistake("affine-backward", named="dX is transposed")
def affine_backward(dout, cache):
    X, W = cache
    return W @ dout.T, X.T @ dout, dout.sum(axis=0)


@mistake("affine-backward", named="dW first")
def affine_backward(dout, cache):
    X, W = cache
    return X.T @ dout, dout @ W.T, dout.sum(axis=0)


@mistake("affine-backward", named="shapes do not fit", name="X not turned")
def affine_backward(dout, cache):
    X, W = cache
    return dout @ W.T, X @ dout, dout.sum(axis=0)


@mistake("affine-backward", named="shapes do not fit", name="W not turned")
def affine_backward(dout, cache):
    X, W = cache
    return dout @ W, X.T @ dout, dout.sum(axis=0)


@alternative("affine-backward", name="loops")
def affine_backward(dout, cache):
    X, W = cache
    dX, dW, db = np.zeros_like(X), np.zeros_like(W), np.zeros(W.shape[1])
    for i in range(X.shape[0]):
        for j in range(W.shape[1]):
            db[j] += dout[i, j]
            for c in range(X.shape[1]):
                dX[i, c] += dout[i, j] * W[c, j]
                dW[c, j] += dout[i, j] * X[i, c]
    return dX, dW, db


@alternative("affine-backward", name="einsum, one outer product for each example")
def affine_backward(dout, cache):
    X, W = cache
    dW = sum(np.outer(x, g) for x, g in zip(X, dout))
    return np.einsum("nm,dm->nd", dout, W), dW, np.ones(len(X)) @ dout


# activations-backward

mistake("activations-backward", named="about a whole array", change=("dout * (z > 0)", "dout if z > 0 else 0 * dout"))
mistake("activations-backward", named="sign of dout", change=("(z > 0)", "(dout > 0)"))
mistake("activations-backward", named="slope at 0 is 1", change=("(z > 0)", "(z >= 0)"))
mistake("activations-backward", named="multiply them by dout", change=("dout * (z > 0)", "(z > 0).astype(float)"))
mistake("activations-backward", named="by the ReLU's output", change=("dout * (z > 0)", "dout * np.maximum(z, 0)"))
mistake("activations-backward", named="pass unchanged", change=("dout * (z > 0)", "dout.copy()"))
mistake("activations-backward", named="in place", name="writes into dout", change=(
    "return dout * (z > 0)", "dout[z <= 0] = 0\n    return dout"))
mistake("activations-backward", named="output already", name="the sigmoid's slope at its output", change=(
    "return dout * s * (1 - s)", "t = 1 / (1 + np.exp(-s))\n    return dout * t * (1 - t)"))
mistake("activations-backward", named="left out dout", change=("return dout * s * (1 - s)", "return s * (1 - s)"))
mistake("activations-backward", named="left out a factor", change=("dout * s * (1 - s)", "dout * (1 - s)"))
mistake("activations-backward", named="slope of tanh", change=("dout * s * (1 - s)", "dout * (1 - s**2)"))
alternative("activations-backward", name="where", change=("dout * (z > 0)", "np.where(z > 0, dout, 0.0)"))
alternative("activations-backward", name="copy and mask, expanded", source="""
def relu_backward(dout, z):
    dz = dout.copy()
    dz[z <= 0] = 0
    return dz


def sigmoid_backward(dout, s):
    return dout * (s - s**2)
""")

# softmax-cross-entropy

mistake("softmax-cross-entropy", named="not divide the gradient", change=("dlogits / n", "dlogits"))
mistake("softmax-cross-entropy", named="wrong sign", change=("dlogits / n", "-dlogits / n"))
mistake("softmax-cross-entropy", named="sum over the batch", name="summed loss", change=("labels].mean()", "labels].sum()"))
mistake("softmax-cross-entropy", named="left out the one-hot", change=("    dlogits[np.arange(n), labels] -= 1\n", ""))
mistake("softmax-cross-entropy", named="by the number of all its entries", change=("dlogits / n", "dlogits / logits.size"))
mistake("softmax-cross-entropy", named="1 from whole columns", change=("dlogits[np.arange(n), labels] -= 1", "dlogits[:, labels] -= 1"))
mistake("softmax-cross-entropy", named="whole columns for the loss", change=("-log_p[np.arange(n), labels]", "-log_p[:, labels]"))
mistake("softmax-cross-entropy", named="down the columns", name="softmax along axis 0", source="""
def softmax_cross_entropy(logits, labels):
    n = len(labels)
    e = np.exp(logits - logits.max(axis=0))
    p = e / e.sum(axis=0)
    loss = -np.log(p[np.arange(n), labels]).mean()
    p[np.arange(n), labels] -= 1
    return float(loss), p / n
""")
mistake("softmax-cross-entropy", named="keepdims=True keeps it", name="maximum without keepdims", change=(
    "logits.max(axis=1, keepdims=True)", "logits.max(axis=1)"))
mistake("softmax-cross-entropy", named="keepdims=True keeps it", name="sum without keepdims", change=(
    ".sum(axis=1, keepdims=True)", ".sum(axis=1)"))
mistake("softmax-cross-entropy", named="loss is negative", change=("float(-log_p", "float(log_p"))


@mistake("softmax-cross-entropy", named="exponential overflowed", name="no shift")
def softmax_cross_entropy(logits, labels):
    n = len(labels)
    p = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    loss = -np.log(p[np.arange(n), labels]).mean()
    p[np.arange(n), labels] -= 1
    return float(loss), p / n


@mistake("softmax-cross-entropy", named="exponential overflowed", name="log-sum-exp without a shift")
def softmax_cross_entropy(logits, labels):
    n = len(labels)
    sums = np.exp(logits).sum(axis=1)
    loss = (np.log(sums) - logits[np.arange(n), labels]).mean()
    p = np.exp(logits) / sums[:, None]
    p[np.arange(n), labels] -= 1
    return float(loss), p / n


@mistake("softmax-cross-entropy", named="rounded to 0", name="logarithm of a finished probability")
def softmax_cross_entropy(logits, labels):
    n = len(labels)
    e = np.exp(logits - logits.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    loss = -np.log(p[np.arange(n), labels]).mean()
    p[np.arange(n), labels] -= 1
    return float(loss), p / n


@mistake("softmax-cross-entropy", named="into the logarithm", name="1e-12 added")
def softmax_cross_entropy(logits, labels):
    n = len(labels)
    e = np.exp(logits - logits.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    loss = -np.log(np.maximum(p[np.arange(n), labels], 1e-12)).mean()
    p[np.arange(n), labels] -= 1
    return float(loss), p / n


@mistake("softmax-cross-entropy", named="from the whole table", name="one shift for all rows")
def softmax_cross_entropy(logits, labels):
    n = len(labels)
    shifted = logits - logits.max()
    sums = np.exp(shifted).sum(axis=1)
    loss = (np.log(sums) - shifted[np.arange(n), labels]).mean()
    p = np.exp(shifted) / sums[:, None]
    p[np.arange(n), labels] -= 1
    return float(loss), p / n


@mistake("softmax-cross-entropy", named="in place", name="shifts the caller's logits")
def softmax_cross_entropy(logits, labels):
    n = len(labels)
    logits -= logits.max(axis=1, keepdims=True)
    sums = np.exp(logits).sum(axis=1)
    loss = (np.log(sums) - logits[np.arange(n), labels]).mean()
    p = np.exp(logits) / sums[:, None]
    p[np.arange(n), labels] -= 1
    return float(loss), p / n


@alternative("softmax-cross-entropy", name="one-hot")
def softmax_cross_entropy(logits, labels):
    one_hot = np.eye(logits.shape[1])[labels]
    top = logits.max(axis=1, keepdims=True)
    log_sum = top + np.log(np.exp(logits - top).sum(axis=1, keepdims=True))
    loss = ((log_sum - logits) * one_hot).sum() / len(logits)
    return loss, (np.exp(logits - log_sum) - one_hot) / len(logits)


@alternative("softmax-cross-entropy", name="row by row")
def softmax_cross_entropy(logits, labels):
    total, gradient = 0.0, np.zeros(logits.shape)
    for i, (row, label) in enumerate(zip(logits.tolist(), labels.tolist())):
        top = max(row)
        exps = [math.exp(z - top) for z in row]
        total += top + math.log(sum(exps)) - row[label]
        for j, e in enumerate(exps):
            gradient[i, j] = (e / sum(exps) - (j == label)) / len(labels)
    return total / len(labels), gradient


@alternative("softmax-cross-entropy", name="logaddexp")
def softmax_cross_entropy(logits, labels):
    log_p = logits - np.logaddexp.reduce(logits, axis=1, keepdims=True)
    one_hot = (np.arange(logits.shape[1]) == labels[:, None]).astype(float)
    return -np.mean(log_p[one_hot == 1]), (np.exp(log_p) - one_hot) / len(labels)


mistake("first-loss", named="90 %", source='first_loss = "0.1"')
mistake("first-loss", named="three classes", source='first_loss = "1.1"')
mistake("first-loss", named="number of classes", source='first_loss = "10.0"')

# two-layer-gradients

mistake("two-layer-gradients", named="ReLU's mask", change=("relu_backward(dH, Z)", "dH"))
mistake("two-layer-gradients", named="kept Z for the second layer", change=('(H, params["W2"])', '(Z, params["W2"])'))
mistake("two-layer-gradients", named="swapped the arguments", change=("relu_backward(dH, Z)", "relu_backward(Z, dH)"))
mistake("two-layer-gradients", named="on the way forward", change=("np.maximum(Z, 0)", "Z"))
mistake("two-layer-gradients", named="altogether", name="no ReLU anywhere", source="""
def two_layer_gradients(X, y, params, lam=0.0):
    H = X @ params["W1"] + params["b1"]
    loss, dlogits = softmax_cross_entropy(H @ params["W2"] + params["b2"], y)
    dH, dW2, db2 = affine_backward(dlogits, (H, params["W2"]))
    _, dW1, db1 = affine_backward(dH, (X, params["W1"]))
    return loss, {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2}
""")
mistake("two-layer-gradients", named="handed probabilities", name="softmax before the loss", source="""
def two_layer_gradients(X, y, params, lam=0.0):
    Z = X @ params["W1"] + params["b1"]
    H = np.maximum(Z, 0)
    logits = H @ params["W2"] + params["b2"]
    p = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    loss, dlogits = softmax_cross_entropy(p, y)
    dH, dW2, db2 = affine_backward(dlogits, (H, params["W2"]))
    _, dW1, db1 = affine_backward(relu_backward(dH, Z), (X, params["W1"]))
    return loss, {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2}
""")
mistake("two-layer-gradients", named="penalised the biases", name="biases penalised in the gradient", change=(
    '"b1": db1, "W2": dW2 + lam * params["W2"], "b2": db2',
    '"b1": db1 + lam * params["b1"], "W2": dW2 + lam * params["W2"], "b2": db2 + lam * params["b2"]'))
mistake("two-layer-gradients", named="penalised the biases", name="biases penalised everywhere", source='''
def two_layer_gradients(X, y, params, lam=0.0):
    Z = X @ params["W1"] + params["b1"]
    H = np.maximum(Z, 0)
    loss, dlogits = softmax_cross_entropy(H @ params["W2"] + params["b2"], y)
    dH, dW2, db2 = affine_backward(dlogits, (H, params["W2"]))
    _, dW1, db1 = affine_backward(relu_backward(dH, Z), (X, params["W1"]))
    grads = {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2}
    for name in grads:
        grads[name] = grads[name] + lam * params[name]
        loss += lam / 2 * (params[name] ** 2).sum()
    return loss, grads
''')
mistake("two-layer-gradients", named="out of the loss", change=("return loss + lam / 2 *", "return loss + 0 *"))
mistake("two-layer-gradients", named="out of the gradients", change=(
    '"W1": dW1 + lam * params["W1"], "b1": db1, "W2": dW2 + lam * params["W2"]', '"W1": dW1, "b1": db1, "W2": dW2'))
mistake("two-layer-gradients", named="forgot the half in the loss", change=("lam / 2 *", "lam *"))
mistake("two-layer-gradients", named="twice too large", change=(
    '"W1": dW1 + lam * params["W1"], "b1": db1, "W2": dW2 + lam * params["W2"]',
    '"W1": dW1 + 2 * lam * params["W1"], "b1": db1, "W2": dW2 + 2 * lam * params["W2"]'))
mistake("two-layer-gradients", named="sum over the batch", change=(
    "affine_backward(dlogits, (H", "affine_backward(len(X) * dlogits, (H"))
mistake("two-layer-gradients", named="in place", name="writes into params", change=(
    "    Z = X @", '    params["W1"] *= 1.5\n    Z = X @'))
alternative("two-layer-gradients", name="all in one function", source='''
def two_layer_gradients(X, y, params, lam=0.0):
    W1, b1, W2, b2 = (params[name] for name in ("W1", "b1", "W2", "b2"))
    n = X.shape[0]
    h = X @ W1 + b1
    h[h < 0] = 0
    scores = h @ W2 + b2
    scores = scores - scores.max(axis=1, keepdims=True)
    p = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    loss = -np.log(p[range(n), y]).mean() + 0.5 * lam * (np.sum(W1 * W1) + np.sum(W2 * W2))
    d = p.copy()
    d[range(n), y] -= 1
    d /= n
    dh = np.dot(d, W2.T) * (h > 0)
    return loss, {"W2": h.T.dot(d) + lam * W2, "b2": d.sum(0), "W1": X.T.dot(dh) + lam * W1, "b1": dh.sum(0)}
''')
alternative("two-layer-gradients", name="example by example", source='''
def two_layer_gradients(X, y, params, lam=0.0):
    loss = lam / 2 * sum((params[name] ** 2).sum() for name in ("W1", "W2"))
    grads = {name: lam * value if name.startswith("W") else np.zeros_like(value) for name, value in params.items()}
    for x, label in zip(X, y):
        z = params["W1"].T @ x + params["b1"]
        h = z * (z > 0)
        one, d = softmax_cross_entropy((params["W2"].T @ h + params["b2"])[None, :], np.array([label]))
        loss += one / len(X)
        d = d[0] / len(X)
        dz = (params["W2"] @ d) * (z > 0)
        grads["W2"] = grads["W2"] + np.outer(h, d)
        grads["b2"] = grads["b2"] + d
        grads["W1"] = grads["W1"] + np.outer(x, dz)
        grads["b1"] = grads["b1"] + dz
    return float(loss), grads
''')

mistake("from-zero", named="W1 move", source='not_zero = "all"')
mistake("from-zero", named="W2 move", source='not_zero = "W2 and b2"')
mistake("from-zero", named="let nothing move", source='not_zero = "none"')

# init-params


@mistake("init-params", named="all your weights are 0")
def init_params(d, hidden_dim, k, rng, scale=0.01):
    return {"W1": np.zeros((d, hidden_dim)), "b1": np.zeros(hidden_dim), "W2": np.zeros((hidden_dim, k)), "b2": np.zeros(k)}


@mistake("init-params", named="copies of each other")
def init_params(d, hidden_dim, k, rng, scale=0.01):
    W1, W2 = np.full((d, hidden_dim), scale * rng.normal()), np.full((hidden_dim, k), scale * rng.normal())
    return {"W1": W1, "b1": np.zeros(hidden_dim), "W2": W2, "b2": np.zeros(k)}


mistake("init-params", named="transposed", change=("scale * rng.normal(size=(d, hidden_dim))", "scale * rng.normal(size=(hidden_dim, d))"))
mistake("init-params", named="an axis too many", source="""
def init_params(d, hidden_dim, k, rng, scale=0.01):
    W1, W2 = scale * rng.normal(size=(d, hidden_dim)), scale * rng.normal(size=(hidden_dim, k))
    return {"W1": W1, "b1": np.zeros((1, hidden_dim)), "W2": W2, "b2": np.zeros((1, k))}
""")
mistake("init-params", named="as the variance", source="""
def init_params(d, hidden_dim, k, rng, scale=0.01):
    deviation = np.sqrt(scale)
    W1, W2 = rng.normal(0, deviation, (d, hidden_dim)), rng.normal(0, deviation, (hidden_dim, k))
    return {"W1": W1, "b1": np.zeros(hidden_dim), "W2": W2, "b2": np.zeros(k)}
""")
mistake("init-params", named="left out scale", source="""
def init_params(d, hidden_dim, k, rng, scale=0.01):
    W1, W2 = rng.normal(size=(d, hidden_dim)), rng.normal(size=(hidden_dim, k))
    return {"W1": W1, "b1": np.zeros(hidden_dim), "W2": W2, "b2": np.zeros(k)}
""")
mistake("init-params", named="as the mean", source="""
def init_params(d, hidden_dim, k, rng, scale=0.01):
    W1, W2 = rng.normal(scale, size=(d, hidden_dim)), rng.normal(scale, size=(hidden_dim, k))
    return {"W1": W1, "b1": np.zeros(hidden_dim), "W2": W2, "b2": np.zeros(k)}
""")
mistake("init-params", named="deviation of W2", change=("scale * rng.normal(size=(hidden_dim, k))", "rng.normal(size=(hidden_dim, k))"))
mistake("init-params", named="mean of your weights", source="""
def init_params(d, hidden_dim, k, rng, scale=0.01):
    W1, W2 = scale * rng.random((d, hidden_dim)), scale * rng.random((hidden_dim, k))
    return {"W1": W1, "b1": np.zeros(hidden_dim), "W2": W2, "b2": np.zeros(k)}
""")
mistake("init-params", named="do not come from rng", source="""
def init_params(d, hidden_dim, k, rng, scale=0.01):
    W1, W2 = scale * np.random.randn(d, hidden_dim), scale * np.random.randn(hidden_dim, k)
    return {"W1": W1, "b1": np.zeros(hidden_dim), "W2": W2, "b2": np.zeros(k)}
""")
mistake("init-params", named="same weights", name="its own seed", source="""
def init_params(d, hidden_dim, k, rng, scale=0.01):
    rng = np.random.default_rng(0)
    W1, W2 = scale * rng.normal(size=(d, hidden_dim)), scale * rng.normal(size=(hidden_dim, k))
    return {"W1": W1, "b1": np.zeros(hidden_dim), "W2": W2, "b2": np.zeros(k)}
""")
alternative("init-params", name="a loop over shapes", source="""
def init_params(d, hidden_dim, k, rng, scale=0.01):
    shapes = dict(W1=(d, hidden_dim), b1=hidden_dim, W2=(hidden_dim, k), b2=k)
    return {name: np.zeros(shape) if name[0] == "b" else rng.normal(0.0, scale, shape) for name, shape in shapes.items()}
""")
alternative("init-params", name="standard_normal, second layer first", source="""
def init_params(d, hidden_dim, k, rng, scale=0.01):
    W2 = rng.standard_normal((hidden_dim, k)) * scale
    W1 = rng.standard_normal((d, hidden_dim)) * scale
    return {"b1": np.zeros((hidden_dim,)), "b2": np.zeros((k,)), "W1": W1, "W2": W2}
""")

# sgd-train

mistake("sgd-train", named="uphill", change=("trained[name] - lr", "trained[name] + lr"))
mistake("sgd-train", named="left lr out", change=("- lr * grads[name]", "- grads[name]"))
mistake("sgd-train", named="first parameters", name="gradients at the start", change=("y[rows], trained, lam", "y[rows], params, lam"))
mistake("sgd-train", named="order of the data", name="not shuffled", change=("rng.permutation(len(X))", "np.arange(len(X))"))
mistake("sgd-train", named="same order", name="shuffled once", change=(
    "    for _ in range(epochs):\n        order = rng.permutation(len(X))\n",
    "    order = rng.permutation(len(X))\n    for _ in range(epochs):\n"))
mistake("sgd-train", named="last, shorter batch", change=(
    "range(0, len(X), batch_size)", "range(0, len(X) - batch_size + 1, batch_size)"))
mistake("sgd-train", named="one loss for each epoch", change=(
    "            losses.append(loss)\n", "        losses.append(loss)\n"))
mistake("sgd-train", named="do not belong together", name="X and y shuffled apart", change=(
    "y[rows], trained", "rng.permutation(y)[: len(rows)], trained"))
mistake("sgd-train", named="some come twice", name="rows drawn anew for each batch", change=(
    "rows = order[start : start + batch_size]", "rows = rng.integers(0, len(X), len(order[start : start + batch_size]))"))
mistake("sgd-train", named="caller's params in place", name="updates in place", change=(
    "trained = {name: trained[name] - lr * grads[name] for name in trained}",
    "for name in trained:\n                trained[name] -= lr * grads[name]"))
mistake("sgd-train", named="hand lam on", name="lam forgotten", change=("trained, lam)", "trained)"))
mistake("sgd-train", named="that came in", name="returns the old parameters", change=("return trained, losses", "return params, losses"))
mistake("sgd-train", named="biases as they were", name="weights only", change=(
    "trained[name] - lr * grads[name] for", "trained[name] - lr * grads[name] * (name[0] == 'W') for"))
mistake("sgd-train", named="from nothing else", name="another source of randomness", change=(
    "rng.permutation(len(X))", "np.random.permutation(len(X))"))
mistake("sgd-train", named="before the first update", name="loss after the step", change=(
    "losses.append(loss)", "losses.append(two_layer_gradients(X[rows], y[rows], trained, lam)[0])"))
alternative("sgd-train", name="copies, then in place", source="""
def sgd_train(X, y, params, lr, epochs, batch_size, rng, lam=0.0):
    params = {name: value.copy() for name, value in params.items()}
    losses = []
    for _ in range(epochs):
        rows = np.arange(len(X))
        rng.shuffle(rows)
        for part in np.split(rows, range(batch_size, len(X), batch_size)):
            loss, grads = two_layer_gradients(X[part], y[part], params, lam=lam)
            losses.append(float(loss))
            for name in params:
                params[name] -= lr * grads[name]
    return params, losses
""")
alternative("sgd-train", name="data reordered, one loop over steps", source="""
def sgd_train(X, y, params, lr, epochs, batch_size, rng, lam=0.0):
    losses, start = [], len(X)
    steps = epochs * -(-len(X) // batch_size)
    for _ in range(steps):
        if start >= len(X):
            order = rng.choice(len(X), size=len(X), replace=False)
            Xs, ys, start = X[order], y[order], 0
        loss, grads = two_layer_gradients(Xs[start:start + batch_size], ys[start:start + batch_size], params, lam)
        params = {"W1": params["W1"] - lr * grads["W1"], "b1": params["b1"] - lr * grads["b1"],
                  "W2": params["W2"] - lr * grads["W2"], "b2": params["b2"] - lr * grads["b2"]}
        losses += [loss]
        start += batch_size
    return params, losses
""")
