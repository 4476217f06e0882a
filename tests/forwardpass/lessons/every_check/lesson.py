# %% [markdown] lesson="Every check" part="Test" hours=1 needs=""
# # Every kind of check, and every way in which an answer meets one

# %% setup=true
import math

import numpy as np
import torch

from forwardpass import NotAttempted, check

SIZES = [1, 2, 5]

# %% predict="shapes" minutes=1 law="a size of 1 is repeated"
### BEGIN SOLUTION
shape = (2, 3)
fits = True
### END SOLUTION

# %% test="shapes" points=1 hidden=true covers="your prediction"
check.equal(shape, expect=(2, 3), mistakes={"you left the 1 in": (2, 1)})
check.equal(fits, expect=True)


# %% exercise="weighted" minutes=1 difficulty=1 law="weights times values, added up"
def weighted(x, *, weights=None, target=1.0):
    """Sum of x times weights (ones if None), times target. Raises ValueError if the lengths differ."""
    ### BEGIN SOLUTION
    if weights is not None and len(weights) != len(x):
        raise ValueError("lengths differ")
    return float((x if weights is None else x * weights).sum()) * target
    ### END SOLUTION


# %% test="weighted" points=1
x = np.array([1.0, 2.0])
check.equal(
    weighted,
    x,
    weights=np.array([1.0, 3.0]),
    target=2.0,
    expect=14.0,
    mistakes={"you forgot target": 7.0, "the lengths do not differ": ValueError},
)
check.close(weighted, torch.ones(3), expect=3.0, about="three ones")
check.raises(ValueError, weighted, x, weights=x[:1], mistakes={"you broadcast": 3.0}, law="one weight for each value")
check.raises_many(ValueError, weighted, [check.case(x, weights=np.ones(3)), check.case(x, weights=[])])

# %% test="weighted" points=2 hidden=true covers="random lengths, arrays and tensors"
rng = check.rng("weighted")
cases = [check.case(rng.normal(size=n), weights=rng.normal(size=n)) for n in SIZES]
check.equal_many(
    weighted,
    cases,
    expect=lambda x, weights: float(x @ weights),
    mistakes={"you forgot the weights": lambda x, weights: float(x.sum())},
)


# %% exercise="counter" minutes=1 difficulty=1 law="it counts from its start"
class Counter:
    """Counts up from start."""

    def __init__(self, start=0):
        ### BEGIN SOLUTION
        self.count = start
        ### END SOLUTION

    def step(self, by=1):
        """Adds `by` and returns the count."""
        ### BEGIN SOLUTION
        self.count += by
        return self.count
        ### END SOLUTION


# %% test="counter" points=1
def steps(cls, start, by):
    counter = cls(start)
    return [counter.step(), counter.step(by), counter.step(by=by)]


check.equal(steps, Counter, 5, 2, expect=[6, 8, 10], mistakes={"you start at 0": [1, 3, 5]})
check.equal_many(steps, [check.case(Counter, 0, 1), check.case(Counter, 3, 0)], expect=[[1, 2, 3], [4, 4, 4]])
check.raises(TypeError, steps, Counter, 5, "2")
seen = check.observe(steps, Counter, 0, 3)
check.that(seen == sorted(seen), "it must not count down", got=seen)


# %% exercise="halves" minutes=1 difficulty=1 law="two halves, the first one longer"
def halves(x):
    """Yields the two halves of a list."""
    ### BEGIN SOLUTION
    middle = (len(x) + 1) // 2
    yield x[:middle]
    yield x[middle:]
    ### END SOLUTION


# %% test="halves" points=1
def collected(answer, x):
    from itertools import islice

    return [list(half) for half in islice(answer(x), 5)]


check.equal(
    check.observe(collected, halves, [1, 2, 3]), expect=[[1, 2], [3]], mistakes={"the second is": [[1], [2, 3]]}
)


# %% exercise="codes" minutes=1 difficulty=1 law="decode undoes encode"
def encode(text):
    """Text as a list of whole numbers."""
    ### BEGIN SOLUTION
    return [ord(c) for c in text]
    ### END SOLUTION


def decode(codes):
    """The text again."""
    ### BEGIN SOLUTION
    return "".join(map(chr, codes))
    ### END SOLUTION


# %% test="codes" points=1
def there_and_back(encode, decode, texts):
    return {text: decode(encode(text)) for text in texts}


check.equal(encode, "ab", expect=[97, 98])
seen = check.observe(there_and_back, encode, decode, ["", "abc", "\N{GREEK SMALL LETTER ALPHA}\ud800"])
check.that(all(text == back for text, back in seen.items()), "the text does not come back", got=seen)
check.equal(there_and_back, encode, decode, ["a"], expect={"a": "a"})


# %% exercise="spread" minutes=1 difficulty=1 law="the root of the weighted squares"
def spread(x):
    """Root of the sum of squares, by weighted and without math.sqrt."""
    ### BEGIN SOLUTION
    return weighted(x * x) ** 0.5
    ### END SOLUTION


class Spreads:
    """The spread of each of many."""

    @staticmethod
    def of(many):
        ### BEGIN SOLUTION
        return [weighted(x * x) ** 0.5 for x in many]
        ### END SOLUTION


# %% test="spread" points=1
def trusted(x, weights=None, target=1.0):
    return float(sum(x.tolist()))


def of_many(cls, many):
    return cls.of(many)


with check.given(weighted=trusted), check.without("math.sqrt"):
    check.equal(spread, np.array([3.0, 4.0]), expect=5.0, mistakes={"you left out the root": 25.0})
    check.equal(of_many, Spreads, [np.array([3.0, 4.0]), np.zeros(1)], expect=[5.0, 0.0])


# %% exercise="layer" minutes=1 difficulty=1 law="x times W plus b"
class Layer(torch.nn.Module):
    """A linear layer with weight (n_in, n_out) and bias (n_out,), ones at the start."""

    def __init__(self, n_in, n_out):
        super().__init__()
        ### BEGIN SOLUTION
        self.weight = torch.nn.Parameter(torch.ones(n_in, n_out))
        self.bias = torch.nn.Parameter(torch.ones(n_out))
        ### END SOLUTION

    def forward(self, x):
        """x: (n, n_in). Returns (n, n_out)."""
        ### BEGIN SOLUTION
        return x @ self.weight + self.bias
        ### END SOLUTION


# %% test="layer" points=1
def outputs_and_gradients(cls, x):
    layer = cls(x.shape[1], 2)
    y = layer(x)
    y.sum().backward()
    return {"y": y, "shape": y.shape, "grads": {name: p.grad for name, p in layer.named_parameters()}}


x = torch.arange(6.0).reshape(3, 2)
with check.without("torch.nn.functional.linear", "torch.nn.Linear"):
    seen = check.observe(outputs_and_gradients, Layer, x)
check.equal(seen["y"], expect=(x.sum(1, keepdim=True) + 1).expand(3, 2), mistakes={"you forgot the bias": x.sum(1)})
check.equal(seen["shape"], expect=(3, 2))
check.close(seen["grads"], expect={"weight": [[6.0, 6.0], [9.0, 9.0]], "bias": [3.0, 3.0]})
