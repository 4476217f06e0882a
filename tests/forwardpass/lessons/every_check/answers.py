"""Answers that go wrong in every way that a check can tell."""

import torch

from autograder.planted import alternative, mistake

mistake("shapes", named="left the 1 in", source="shape = (2, 1)\nfits = True")
mistake("shapes", named="True or False", source="shape = (2, 3)\nfits = 1")
mistake("shapes", named="not attempted", source="shape = (2, 3)\nfits = ...")
mistake("shapes", named="no fits", source="shape = (2, 3)")
mistake("shapes", named="a set", source="shape = {2, 3}\nfits = True")
alternative("shapes", source="shape = (1 + 1, 3)\nfits = bool(1)")


@mistake("weighted", named="forgot target")
def weighted(x, *, weights=None, target=1.0):
    return float((x if weights is None else x * weights).sum())


@mistake("weighted", named="in place")
def weighted(x, *, weights=None, target=1.0):
    if weights is not None and len(weights) != len(x):
        raise ValueError
    x *= 1 if weights is None else weights
    return float(x.sum()) * target


@mistake("weighted", named="lengths do not differ")
def weighted(x, *, weights=None, target=1.0):
    raise ValueError("never")


@mistake("weighted", named="TypeError", name="no keywords")
def weighted(x):
    return float(x.sum())


@mistake("weighted", named="0-d array")
def weighted(x, *, weights=None, target=1.0):
    return torch.as_tensor(x).sum()


@mistake("weighted", named="SystemExit")
def weighted(x, *, weights=None, target=1.0):
    raise SystemExit("bye")


@mistake("weighted", named="is NaN")
def weighted(x, *, weights=None, target=1.0):
    return float("nan")


@mistake("weighted", named="you returned a map")
def weighted(x, *, weights=None, target=1.0):
    return map(float, x)


@mistake("weighted", named="RecursionError")
def weighted(x, *, weights=None, target=1.0):
    return weighted(x, weights=weights, target=target)


mistake("weighted", named="where a function is expected", source="weighted = 14.0")


@alternative("weighted")
def weighted(x, *, weights=None, target=1.0):
    import sys
    import warnings

    warnings.warn("slow", stacklevel=2)
    print("working", file=sys.stderr)
    if weights is not None and len(weights) != len(x):
        raise UnicodeError("a kind of ValueError")
    return sum(float(a) * float(b) for a, b in zip(x, weights if weights is not None else [1] * len(x))) * target


@mistake("counter", named="start at 0")
class Counter:
    def __init__(self, start=0):
        self.count = 0

    def step(self, by=1):
        self.count += by
        return self.count


@mistake("counter", named="cls = your Counter")
class Counter:
    def __init__(self, start=0):
        self.count = start

    def step(self, by=1):
        self.count += 2 * by
        return self.count


@mistake("counter", named="AttributeError")
class Counter:
    def __init__(self, start=0):
        pass


@mistake("counter", named="not a plain value", name="returns itself")
class Counter:
    def __init__(self, start=0):
        pass

    def __eq__(self, other):
        return True

    def step(self, by=1):
        return self


@alternative("counter")
def Counter(start=0):
    class Hidden:
        count = start

        def step(self, by=1):
            Hidden.count += by
            return Hidden.count

    return Hidden()


@mistake("halves", named="the second is")
def halves(x):
    middle = len(x) // 2
    return [x[:middle], x[middle:]]


@mistake("halves", named="length 5", name="without end")
def halves(x):
    while True:
        yield x


@mistake("halves", named="'int' object is not iterable")
def halves(x):
    return 2


@alternative("halves")
def halves(x):
    return iter((tuple(x[: (len(x) + 1) // 2]), x[(len(x) + 1) // 2 :]))


mistake(
    "codes", named="does not come back", source="def encode(t): return [ord(c) for c in t]\ndef decode(c): return ''"
)
mistake("codes", named="no decode", source="def encode(t): return [ord(c) for c in t]")
mistake(
    "codes",
    named="not attempted",
    source="""
def encode(t): return [ord(c) for c in t]
def decode(c): raise NotImplementedError
""",
)
alternative(
    "codes",
    source="encode = lambda t: [ord(c) for c in t]\nclass D:\n def __call__(s, c): return ''.join(map(chr, c))\ndecode = D()",
)

mistake(
    "spread",
    named="left out the root",
    source="""
def spread(x): return weighted(x * x)
class Spreads:
    of = staticmethod(lambda many: [spread(x) for x in many])
""",
)
mistake(
    "spread",
    named="math.sqrt is switched off",
    source="""
from math import sqrt
def spread(x): return sqrt(weighted(x * x))
class Spreads:
    of = staticmethod(lambda many: [spread(x) for x in many])
""",
)
mistake(
    "spread",
    named="math.sqrt is switched off",
    source="""
def spread(x): return math.sqrt(weighted(x * x))
class Spreads:
    of = staticmethod(lambda many: [spread(x) for x in many])
""",
)
mistake(
    "spread",
    named="[5.0, 0.0]",
    source="""
import functools
@functools.lru_cache
def root(x): return x ** 0.5
def spread(x): return root(weighted(x * x))
class Spreads:
    @classmethod
    def of(cls, many): return np.array([spread(x) for x in many]) + 1
""",
)
alternative(
    "spread",
    source="""
import functools
@torch.no_grad()
def spread(x): return weighted(x * x) ** 0.5
class Spreads:
    @classmethod
    def of(cls, many): return np.array([spread(x) for x in many])
""",
)


@mistake("layer", named="(3, 2)")
class Layer(torch.nn.Module):
    def __init__(self, n_in, n_out):
        super().__init__()
        self.weight = torch.nn.Parameter(torch.ones(n_in, n_out))
        self.bias = torch.nn.Parameter(torch.ones(n_out))

    def forward(self, x):
        return (x @ self.weight + self.bias).T


@mistake("layer", named="switched off")
class Layer(torch.nn.Module):
    def __init__(self, n_in, n_out):
        super().__init__()
        self.linear = torch.nn.Linear(n_in, n_out)


@mistake("layer", named="does not belong in the dict")
class Layer(torch.nn.Module):
    def __init__(self, n_in, n_out):
        super().__init__()
        self.w = torch.nn.Parameter(torch.ones(n_in, n_out))
        self.bias = torch.nn.Parameter(torch.ones(n_out))

    def forward(self, x):
        return x @ self.w + self.bias


@mistake("layer", named='missing the required "forward" function')
class Layer(torch.nn.Module):
    def __init__(self, n_in, n_out):
        super().__init__()


@mistake("layer", named="dtype is float64")
class Layer(torch.nn.Module):
    def __init__(self, n_in, n_out):
        super().__init__()
        self.weight = torch.nn.Parameter(torch.ones(n_in, n_out).double())
        self.bias = torch.nn.Parameter(torch.ones(n_out).double())

    def forward(self, x):
        return x.double() @ self.weight + self.bias


@alternative("layer")
class Layer(torch.nn.Module):
    def __init__(self, n_in, n_out):
        super().__init__()
        self.bias = torch.nn.Parameter(torch.ones(n_out))
        self.weight = torch.nn.Parameter(torch.ones(n_in, n_out))

    def forward(self, x):
        return torch.einsum("ni,io->no", x, self.weight) + self.bias
