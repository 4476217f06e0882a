"""Planted answers of lesson 00: wrong ones that the tests must reject by name, other right ones that they must accept."""

from collections.abc import Iterator

import numpy as np

from autograder.planted import alternative, mistake


@mistake("double", named="added 2")
def double(x):
    return x + 2


@mistake("double", named="squared")
def double(x):
    return x**2


@mistake("double", named="fraction")
def double(x):
    return int(2 * x)


@mistake("double", named="printed", name="prints the answer")
def double(x):
    print(2 * x)


@mistake("double", named="text")
def double(x):
    return str(2 * x)


@alternative("double")
def double(x):
    return x + x


@alternative("double")
def double(x):
    return x / 0.5


mistake("bright-pixel", named="largest uint8", source="bright = 300")
mistake("bright-pixel", named="stop at 255", source="bright = 255")
mistake("bright-pixel", named="counts 256", source="bright = 45")


@mistake("row-means", named="down the columns")
def row_means(x):
    return x.mean(axis=0)


@mistake("row-means", named="everything")
def row_means(x):
    return x.mean()


@mistake("row-means", named="(n, 1)")
def row_means(x):
    return x.mean(axis=1, keepdims=True)


@mistake("row-means", named="did not divide")
def row_means(x):
    return x.sum(axis=1)


@mistake("row-means", named="number of rows")
def row_means(x):
    return x.sum(axis=1) / len(x)


@mistake("row-means", named="whole numbers", name="floor division")
def row_means(x):
    return x.sum(axis=1) // x.shape[1]


@mistake("row-means", named="whole numbers", name="result in the dtype of whole-number input")
def row_means(x):
    means = np.zeros(len(x), dtype=x.dtype)
    for i, row in enumerate(x):
        means[i] = row.mean()
    return means


@mistake("row-means", named="in place", name="divides its argument")
def row_means(x):
    if x.dtype.kind == "f":
        x /= x.shape[1]
        return x.sum(axis=1)
    return x.mean(axis=1)


@alternative("row-means")
def row_means(x):
    return np.array([sum(row) / len(row) for row in x])


@alternative("row-means")
def row_means(x):
    return x @ np.full(x.shape[1], 1 / x.shape[1])


@alternative("row-means")
def row_means(x):
    return np.cumsum(x.T, axis=0)[-1] / x.shape[1]


mistake("broadcast-shapes", named="both stretch", source='shape_a = "error"\nshape_b = "(200, 300, 2)"\nshape_c = "error"')
mistake("broadcast-shapes", named="swapped", source='shape_a = "(4, 5)"\nshape_b = "(200, 300, 2)"\nshape_c = "error"')
mistake("broadcast-shapes", named="missing", source='shape_a = "(5, 4)"\nshape_b = "error"\nshape_c = "error"')
mistake("broadcast-shapes", named="paired", source='shape_a = "(5, 4)"\nshape_b = "(200, 2)"\nshape_c = "error"')
mistake("broadcast-shapes", named="from the left", source='shape_a = "(5, 4)"\nshape_b = "(200, 300, 2)"\nshape_c = "(4, 3)"')


@mistake("standardise", named="each row", name="per row")
def standardise(x):
    spread = x.std(axis=1, keepdims=True)
    return (x - x.mean(axis=1, keepdims=True)) / np.where(spread > 0, spread, 1)


@mistake("standardise", named="by the variance")
def standardise(x):
    variance = x.var(axis=0)
    return (x - x.mean(axis=0)) / np.where(variance > 0, variance, 1)


@mistake("standardise", named="0 / 0", name="NaN on a constant column")
def standardise(x):
    return (x - x.mean(axis=0)) / x.std(axis=0)


@mistake("standardise", named="did not subtract")
def standardise(x):
    spread = x.std(axis=0)
    return x / np.where(spread > 0, spread, 1)


@mistake("standardise", named="n - 1")
def standardise(x):
    spread = x.std(axis=0, ddof=1)
    return (x - x.mean(axis=0)) / np.where(spread > 0, spread, 1)


@mistake("standardise", named="whole table")
def standardise(x):
    return (x - x.mean()) / x.std()


@mistake("standardise", named="in place")
def standardise(x):
    x -= x.mean(axis=0)
    spread = x.std(axis=0)
    return x / np.where(spread > 0, spread, 1)


@mistake("standardise", named="small number", name="epsilon added to every deviation")
def standardise(x):
    return (x - x.mean(axis=0)) / (x.std(axis=0) + 1e-8)


@mistake("standardise", named="between 0 and 1", name="scales to the range 0 to 1")
def standardise(x):
    low, high = x.min(axis=0), x.max(axis=0)
    return (x - low) / np.where(high > low, high - low, 1)


@mistake("standardise", named="leave it out", name="drops the constant column")
def standardise(x):
    x = x[:, x.std(axis=0) > 0]
    return (x - x.mean(axis=0)) / x.std(axis=0)


@mistake("standardise", named="computed deviation", name="tests the computed deviation for 0")
def standardise(x):
    spread = x.std(axis=0)
    return (x - x.mean(axis=0)) / np.where(spread == 0, 1, spread)


@mistake("standardise", named="computed deviation", name="replaces NaN afterwards")
def standardise(x):
    with np.errstate(invalid="ignore"):
        return np.nan_to_num((x - x.mean(axis=0)) / x.std(axis=0))


@mistake("standardise", named="small only in this unit", name="a bound under the deviation")
def standardise(x):
    spread = x.std(axis=0)
    return (x - x.mean(axis=0)) / np.where(spread < 1e-8, 1, spread)


@mistake("standardise", named="one for each column", name="means of the rows, without keepdims")
def standardise(x):
    return (x - x.mean(axis=1)) / x.std(axis=1)


@alternative("standardise")
def standardise(x):
    columns = []
    for column in x.T:
        centred = column - sum(column) / len(column)
        spread = (sum(centred**2) / len(column)) ** 0.5
        columns.append(centred * 0 if max(column) == min(column) else centred / spread)
    return np.column_stack(columns)


@alternative("standardise")
def standardise(x):
    centred = x - x.mean(axis=0)
    spread = np.sqrt((centred**2).mean(axis=0))
    return np.divide(centred, spread, out=np.zeros_like(x), where=np.ptp(x, axis=0) > 0)


@alternative("standardise", name="shifts by the first row, after which a deviation of 0 is exact")
def standardise(x):
    shifted = x - x[0]
    spread = shifted.std(axis=0)
    return (shifted - shifted.mean(axis=0)) / np.where(spread > 0, spread, 1)


@alternative("standardise", name="divides by 0 first, then overwrites")
def standardise(x):
    return np.where((x == x[0]).all(axis=0), 0, (x - x.mean(axis=0)) / x.std(axis=0))


mistake("view-or-copy", named="both are views", source="x_after = [100, 200, 2, 3, 9, 9]")
mistake("view-or-copy", named="is a window", source="x_after = [0, 1, 2, 3, 9, 9]")
mistake("view-or-copy", named="other way round", source="x_after = [0, 200, 2, 3, 9, 9]")
mistake("view-or-copy", named="left of an equals sign", source="x_after = [100, 1, 2, 3, 4, 5]")


@mistake("one-hot", named="label 0 belongs to column 0", name="off by one")
def one_hot(labels, k):
    if labels.min() < 0 or labels.max() >= k:
        raise ValueError("label outside")
    return np.eye(k)[labels - 1]


@mistake("one-hot", named="column too many", name="k + 1 columns")
def one_hot(labels, k):
    if labels.min() < 0 or labels.max() >= k:
        raise ValueError("label outside")
    return np.eye(k + 1)[labels]


@mistake("one-hot", named="whole numbers", name="loses dtype: int")
def one_hot(labels, k):
    if labels.min() < 0 or labels.max() >= k:
        raise ValueError("label outside")
    table = np.zeros((len(labels), k), dtype=labels.dtype)
    table[np.arange(len(labels)), labels] = 1
    return table


@mistake("one-hot", named="True and False", name="loses dtype: bool")
def one_hot(labels, k):
    if labels.min() < 0 or labels.max() >= k:
        raise ValueError("label outside")
    return labels[:, None] == np.arange(k)


@mistake("one-hot", named="transposed")
def one_hot(labels, k):
    if labels.min() < 0 or labels.max() >= k:
        raise ValueError("label outside")
    return np.eye(k)[:, labels]


@mistake("one-hot", named="largest label", name="k taken from the labels")
def one_hot(labels, k):
    if labels.min() < 0 or labels.max() >= k:
        raise ValueError("label outside")
    return np.eye(labels.max() + 1)[labels]


@mistake("one-hot", named="whole columns", name="table[:, labels] = 1")
def one_hot(labels, k):
    if labels.min() < 0 or labels.max() >= k:
        raise ValueError("label outside")
    table = np.zeros((len(labels), k))
    table[:, labels] = 1.0
    return table


@mistake("one-hot", named="counts from the end", name="lets a negative label through")
def one_hot(labels, k):
    return np.eye(k)[labels]


@mistake("one-hot", named="row of zeros", name="lets a label of k through")
def one_hot(labels, k):
    return (labels[:, None] == np.arange(k)).astype(float)


@mistake("one-hot", named="IndexError", name="leaves the error for a label of k to NumPy")
def one_hot(labels, k):
    if labels.min() < 0 or labels.max() > k:
        raise ValueError("label outside")
    return np.eye(k)[labels]


@alternative("one-hot")
def one_hot(labels, k):
    table = np.zeros((len(labels), k))
    for row, label in zip(table, labels):
        if not 0 <= label < k:
            raise ValueError(f"label {label} is outside 0..{k - 1}")
        row[label] = 1
    return table


@alternative("one-hot")
def one_hot(labels, k):
    if not np.isin(labels, np.arange(k)).all():
        raise ValueError("a label is outside 0..k-1")
    return np.where(labels[:, None] == np.arange(k), 1.0, 0.0)


@alternative("one-hot")
def one_hot(labels, k):
    if (labels < 0).any() or (labels >= k).any():
        raise ValueError("a label is outside 0..k-1")
    flat = np.zeros(len(labels) * k)
    flat[np.arange(len(labels)) * k + labels] = 1.0
    return flat.reshape(-1, k)


@mistake("pairwise-sq-dists", named="square root")
def pairwise_sq_dists(a, b):
    return np.sqrt(((a[:, None] - b) ** 2).sum(axis=2))


@mistake("pairwise-sq-dists", named="minus sign", name="sign of the cross term")
def pairwise_sq_dists(a, b):
    return (a**2).sum(axis=1)[:, None] + (b**2).sum(axis=1) + 2 * a @ b.T


@mistake("pairwise-sq-dists", named="twice", name="cross term counted once")
def pairwise_sq_dists(a, b):
    return np.maximum((a**2).sum(axis=1)[:, None] + (b**2).sum(axis=1) - a @ b.T, 0)


@mistake("pairwise-sq-dists", named="(m, n)")
def pairwise_sq_dists(a, b):
    return ((b[:, None] - a) ** 2).sum(axis=2)


@mistake("pairwise-sq-dists", named="comes out negative", name="expanded form, not clipped")
def pairwise_sq_dists(a, b):
    return (a**2).sum(axis=1)[:, None] + (b**2).sum(axis=1) - 2 * a @ b.T


@mistake("pairwise-sq-dists", named="absolute differences")
def pairwise_sq_dists(a, b):
    return np.abs(a[:, None] - b).sum(axis=2)


@mistake("pairwise-sq-dists", named="did not sum", name="(n, m, d)")
def pairwise_sq_dists(a, b):
    return (a[:, None] - b) ** 2


@mistake("pairwise-sq-dists", named="axis 1", name="sums over b's points")
def pairwise_sq_dists(a, b):
    return ((a[:, None] - b) ** 2).sum(axis=1)


@mistake("pairwise-sq-dists", named="after the sum", name="squares after the sum")
def pairwise_sq_dists(a, b):
    return (a[:, None] - b).sum(axis=2) ** 2


@mistake("pairwise-sq-dists", named="axis of size 1", name="the column of squares lies flat")
def pairwise_sq_dists(a, b):
    return np.maximum((a**2).sum(axis=1) - 2 * a @ b.T + (b**2).sum(axis=1), 0)


@mistake("pairwise-sq-dists", named="axis of size 1", name="subtracts the tables as they are")
def pairwise_sq_dists(a, b):
    return ((a - b) ** 2).sum(axis=1)


@mistake("pairwise-sq-dists", named="grows with the number of points", name="two loops")
def pairwise_sq_dists(a, b):
    result = np.zeros((len(a), len(b)))
    for i in range(len(a)):
        for j in range(len(b)):
            result[i, j] = ((a[i] - b[j]) ** 2).sum()
    return result


@mistake("pairwise-sq-dists", named="grows with the number of points", name="a comprehension over rows of a")
def pairwise_sq_dists(a, b):
    return np.array([((point - b) ** 2).sum(axis=1) for point in a])


@mistake("pairwise-sq-dists", named="grows with the number of points", name="a loop hidden in NumPy, over b")
def pairwise_sq_dists(a, b):
    return np.apply_along_axis(lambda point: ((a - point) ** 2).sum(axis=1), 1, b).T


@mistake("pairwise-sq-dists", named="switched off", name="calls SciPy")
def pairwise_sq_dists(a, b):
    import scipy.spatial.distance

    return scipy.spatial.distance.cdist(a, b, "sqeuclidean")


@alternative("pairwise-sq-dists")
def pairwise_sq_dists(a, b):
    return ((a[:, None, :] - b[None, :, :]) ** 2).sum(axis=2)


@alternative("pairwise-sq-dists")
def pairwise_sq_dists(a, b):
    total = np.zeros((len(a), len(b)))
    for j in range(a.shape[1]):
        total += np.subtract.outer(a[:, j], b[:, j]) ** 2
    return total


@alternative("pairwise-sq-dists")
def pairwise_sq_dists(a, b):
    difference = np.repeat(a, len(b), axis=0) - np.tile(b, (len(a), 1))
    return np.einsum("ij,ij->i", difference, difference).reshape(len(a), len(b))


@alternative("pairwise-sq-dists")
def pairwise_sq_dists(a, b):
    gap = np.einsum("id,id->i", a, a)[:, None] - 2 * np.einsum("id,jd->ij", a, b) + np.einsum("jd,jd->j", b, b)
    return gap.clip(min=0)


@mistake("batches", named="dropped the last batch")
def batches(n: int, size: int, rng: np.random.Generator) -> Iterator[np.ndarray]:
    order = rng.permutation(n)
    for i in range(n // size):
        yield order[i * size : (i + 1) * size]


@mistake("batches", named="draw again", name="repeats indices: integers")
def batches(n, size, rng):
    for start in range(0, n, size):
        yield rng.integers(0, n, min(size, n - start))


@mistake("batches", named="more than once", name="repeats indices: a new shuffle for each batch")
def batches(n, size, rng):
    for start in range(0, n, size):
        yield rng.permutation(n)[: min(size, n - start)]


@mistake("batches", named="draw one order", name="repeats indices: choice, full size each time")
def batches(n, size, rng):
    for _ in range(0, n, size):
        yield rng.choice(n, size)


@mistake("batches", named="returns None", name="keeps what shuffle returns")
def batches(n, size, rng):
    order = rng.shuffle(np.arange(n))
    for start in range(0, n, size):
        yield order[start : start + size]


@mistake("batches", named="not shuffled", name="ignores rng: in order")
def batches(n, size, rng):
    order = np.arange(n)
    for start in range(0, n, size):
        yield order[start : start + size]


@mistake("batches", named="global", name="ignores rng: np.random.permutation")
def batches(n, size, rng):
    order = np.random.permutation(n)
    for start in range(0, n, size):
        yield order[start : start + size]


@mistake("batches", named="a generator of your own", name="ignores rng: fixed seed")
def batches(n, size, rng):
    order = np.random.default_rng(0).permutation(n)
    for start in range(0, n, size):
        yield order[start : start + size]


@mistake("batches", named="a generator of your own", name="ignores rng: unseeded")
def batches(n, size, rng):
    order = np.random.default_rng().permutation(n)
    for start in range(0, n, size):
        yield order[start : start + size]


@mistake("batches", named="evenly", name="batches of balanced sizes")
def batches(n, size, rng):
    yield from np.array_split(rng.permutation(n), -(-n // size))


@mistake("batches", named="filled up", name="last batch filled from the start")
def batches(n, size, rng):
    order = rng.permutation(n)
    for start in range(0, n, size):
        yield np.take(order, range(start, start + size), mode="wrap")


@mistake("batches", named="from 0", name="indices from 1 to n")
def batches(n, size, rng):
    order = rng.permutation(n) + 1
    for start in range(0, n, size):
        yield order[start : start + size]


@mistake("batches", named="neighbours", name="shuffles only the order of the batches")
def batches(n, size, rng):
    starts = np.arange(0, n - n % size, size)
    rng.shuffle(starts)
    for start in [*starts, *range(n - n % size, n, size)]:
        yield np.arange(start, min(start + size, n))


@mistake("batches", named="neighbours", name="shuffles only inside each batch")
def batches(n, size, rng):
    for start in range(0, n, size):
        yield rng.permutation(np.arange(start, min(start + size, n)))


@mistake("batches", named="one index at a time")
def batches(n, size, rng):
    yield from rng.permutation(n)


@mistake("batches", named="size batches", name="size taken as the number of batches")
def batches(n, size, rng):
    yield from np.array_split(rng.permutation(n), size)


@mistake("batches", named="never end")
def batches(n, size, rng):
    while True:
        yield rng.permutation(n)[:size]


@mistake("batches", named="empty batch", name="one round too many when size divides n")
def batches(n, size, rng):
    order = rng.permutation(n)
    for i in range(n // size + 1):
        yield order[i * size : (i + 1) * size]


@alternative("batches")
def batches(n, size, rng):
    return np.split(rng.permutation(n), np.arange(size, n, size))


@alternative("batches")
def batches(n, size, rng):
    order = np.argsort(rng.random(n))
    while len(order):
        yield order[:size]
        order = order[size:]


@alternative("batches")
def batches(n, size, rng):
    order = np.arange(n)
    rng.shuffle(order)
    return (order[start : start + size] for start in range(0, n, size))


@alternative("batches")
def batches(n, size, rng):
    batch = []
    for i in rng.choice(n, size=n, replace=False):
        batch.append(i)
        if len(batch) == size:
            yield np.array(batch)
            batch = []
    if batch:
        yield np.array(batch)
