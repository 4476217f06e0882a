"""Wrong answers that the tests of lesson 05 must name, and other right answers that they must accept."""

import numpy as np
import torch

from autograder.planted import alternative, mistake

mistake("best-guesser", named="new examples", source="winner_percent = 10")
mistake("best-guesser", named="a single guesser", source="winner_percent = 12")
mistake("best-guesser", named="too much", source="winner_percent = 50")

# train-val-test-split


@mistake("train-val-test-split", named="in two parts", name="overlap: three draws")
def train_val_test_split(n, fractions, rng):
    if min(fractions) < 0 or abs(sum(fractions) - 1) > 1e-9:
        raise ValueError("shares")
    sizes = [round(n * f) for f in fractions]
    return tuple(rng.choice(n, size, replace=False) for size in sizes)


@mistake("train-val-test-split", named="in two parts", name="overlap: cuts share an element")
def train_val_test_split(n, fractions, rng):
    if min(fractions) < 0 or abs(sum(fractions) - 1) > 1e-9:
        raise ValueError("shares")
    order, a = rng.permutation(n), round(n * fractions[0])
    b = a + round(n * fractions[1])
    return order[: a + 1], order[a:b], order[b:]


@mistake("train-val-test-split", named="kept the order", name="order kept")
def train_val_test_split(n, fractions, rng):
    if min(fractions) < 0 or abs(sum(fractions) - 1) > 1e-9:
        raise ValueError("shares")
    a, b = round(n * fractions[0]), round(n * (fractions[0] + fractions[1]))
    return np.arange(a), np.arange(a, b), np.arange(b, n)


@mistake("train-val-test-split", named="kept the order", name="shuffles each part by itself")
def train_val_test_split(n, fractions, rng):
    if min(fractions) < 0 or abs(sum(fractions) - 1) > 1e-9:
        raise ValueError("shares")
    a, b = round(n * fractions[0]), round(n * (fractions[0] + fractions[1]))
    return rng.permutation(a), a + rng.permutation(b - a), b + rng.permutation(n - b)


@mistake("train-val-test-split", named="do not add up", name="three sizes rounded down")
def train_val_test_split(n, fractions, rng):
    if min(fractions) < 0 or abs(sum(fractions) - 1) > 1e-9:
        raise ValueError("shares")
    order = rng.permutation(n)
    a, b, c = (int(n * f) for f in fractions)
    return order[:a], order[a : a + b], order[a + b : a + b + c]


@mistake("train-val-test-split", named="global", name="ignores rng: np.random.permutation")
def train_val_test_split(n, fractions, rng):
    if min(fractions) < 0 or abs(sum(fractions) - 1) > 1e-9:
        raise ValueError("shares")
    order = np.random.permutation(n)
    a, b = round(n * fractions[0]), round(n * (fractions[0] + fractions[1]))
    return order[:a], order[a:b], order[b:]


@mistake("train-val-test-split", named="handed, rng", name="ignores rng: a seed of its own")
def train_val_test_split(n, fractions, rng):
    if min(fractions) < 0 or abs(sum(fractions) - 1) > 1e-9:
        raise ValueError("shares")
    order = np.random.default_rng(0).permutation(n)
    a, b = round(n * fractions[0]), round(n * (fractions[0] + fractions[1]))
    return order[:a], order[a:b], order[b:]


@mistake("train-val-test-split", named="not those asked for", name="the test part comes first")
def train_val_test_split(n, fractions, rng):
    if min(fractions) < 0 or abs(sum(fractions) - 1) > 1e-9:
        raise ValueError("shares")
    order = rng.permutation(n)
    a, b = round(n * fractions[2]), round(n * (fractions[2] + fractions[1]))
    return order[:a], order[a:b], order[b:]


@mistake("train-val-test-split", named="run from 1", name="indices from 1 to n")
def train_val_test_split(n, fractions, rng):
    if min(fractions) < 0 or abs(sum(fractions) - 1) > 1e-9:
        raise ValueError("shares")
    order = rng.permutation(n) + 1
    a, b = round(n * fractions[0]), round(n * (fractions[0] + fractions[1]))
    return order[:a], order[a:b], order[b:]


@mistake("train-val-test-split", named="to the last digit", name="compares the sum with 1")
def train_val_test_split(n, fractions, rng):
    if min(fractions) < 0 or sum(fractions) != 1:
        raise ValueError("shares")
    order, a = rng.permutation(n), round(n * fractions[0])
    b = a + round(n * fractions[1])
    return order[:a], order[a:b], order[b:]


@mistake("train-val-test-split", named="to the last digit", name="refuses a sum below 1")
def train_val_test_split(n, fractions, rng):
    if min(fractions) < 0 or sum(fractions) < 1:
        raise ValueError("shares")
    order, a = rng.permutation(n), round(n * fractions[0])
    b = a + round(n * fractions[1])
    return order[:a], order[a:b], order[b:]


@mistake("train-val-test-split", named="do not add up", name="three sizes rounded one by one")
def train_val_test_split(n, fractions, rng):
    if min(fractions) < 0 or abs(sum(fractions) - 1) > 1e-9:
        raise ValueError("shares")
    order = rng.permutation(n)
    a, b, c = (round(n * f) for f in fractions)
    return order[:a], order[a : a + b], order[a + b : a + b + c]


@mistake("train-val-test-split", named="add up to 1", name="no check of the shares")
def train_val_test_split(n, fractions, rng):
    order, a = rng.permutation(n), round(n * fractions[0])
    b = a + round(n * fractions[1])
    return order[:a], order[a:b], order[b:]


@alternative("train-val-test-split", name="rounds down, the rest to the test part")
def train_val_test_split(n, fractions, rng):
    if any(f < 0 for f in fractions) or not np.isclose(sum(fractions), 1, rtol=0, atol=1e-9):
        raise ValueError("shares")
    order = np.arange(n)
    rng.shuffle(order)
    a, b = int(n * fractions[0]), int(n * fractions[1])
    return order[:a], order[a : a + b], order[a + b :]


@alternative("train-val-test-split", name="the rest to the training part, sorted parts")
def train_val_test_split(n, fractions, rng):
    if min(fractions) < 0 or abs(sum(fractions) - 1) >= 1e-9:
        raise ValueError("shares")
    order = np.argsort(rng.random(n))
    b, c = int(n * fractions[1]), int(n * fractions[2])
    return tuple(np.sort(part) for part in (order[b + c :], order[:b], order[b : b + c]))


@alternative("train-val-test-split", name="np.isclose with its own tolerance, cumulative sums rounded")
def train_val_test_split(n, fractions, rng):
    if np.any(np.array(fractions) < 0) or not np.isclose(np.sum(fractions), 1):
        raise ValueError("shares")
    a, b, _ = np.rint(n * np.cumsum(fractions)).astype(int)
    order = rng.permutation(n)
    return order[:a], order[a:b], order[b:]


@alternative("train-val-test-split", name="np.split")
def train_val_test_split(n, fractions, rng):
    import math

    if any(f < 0 for f in fractions) or not math.isclose(math.fsum(fractions), 1, abs_tol=1e-9):
        raise ValueError("shares")
    return tuple(np.split(rng.permutation(n), np.round(np.cumsum(fractions[:2]) * n).astype(int)))


# polynomial-features


@mistake("polynomial-features", named="column of ones")
def polynomial_features(x, degree):
    return x[:, None].astype(float) ** np.arange(degree + 1)


@mistake("polynomial-features", named="start with power 0")
def polynomial_features(x, degree):
    return np.vander(x.astype(float), degree, increasing=True)


@mistake("polynomial-features", named="one power early")
def polynomial_features(x, degree):
    return x[:, None].astype(float) ** np.arange(1, degree)


@mistake("polynomial-features", named="fall from left to right")
def polynomial_features(x, degree):
    return np.vander(x.astype(float), degree + 1)[:, :-1]


@mistake("polynomial-features", named="transposed")
def polynomial_features(x, degree):
    return np.array([x.astype(float) ** k for k in range(1, degree + 1)])


@mistake("polynomial-features", named="whole numbers", name="keeps whole numbers")
def polynomial_features(x, degree):
    return x[:, None] ** np.arange(1, degree + 1)


@mistake("polynomial-features", named="multiplied by the power")
def polynomial_features(x, degree):
    return x[:, None] * np.arange(1.0, degree + 1)


@mistake("polynomial-features", named="wrapped round", name="converts after the overflow")
def polynomial_features(x, degree):
    return (x[:, None] ** np.arange(1, degree + 1)).astype(float)


@alternative("polynomial-features")
def polynomial_features(x, degree):
    return np.vander(np.asarray(x, dtype=float), degree + 1, increasing=True)[:, 1:]


@alternative("polynomial-features")
def polynomial_features(x, degree):
    columns = [x.astype(float)]
    while len(columns) < degree:
        columns.append(columns[-1] * x)
    return np.stack(columns, axis=1)


# fit-ridge


@mistake("fit-ridge", named="price on the bias")
def fit_ridge(X, y, lam):
    X = np.column_stack([X, np.ones(len(X))])
    w = np.linalg.solve(X.T @ X + lam * np.eye(X.shape[1]), X.T @ y)
    return w[:-1], w[-1]


@mistake("fit-ridge", named="multiplied λ by n")
def fit_ridge(X, y, lam):
    centred = X - X.mean(axis=0)
    w = np.linalg.solve(centred.T @ centred + len(X) * lam * np.eye(X.shape[1]), centred.T @ (y - y.mean()))
    return w, y.mean() - X.mean(axis=0) @ w


@mistake("fit-ridge", named="divided λ by n")
def fit_ridge(X, y, lam):
    centred = X - X.mean(axis=0)
    w = np.linalg.solve(centred.T @ centred + lam / len(X) * np.eye(X.shape[1]), centred.T @ (y - y.mean()))
    return w, y.mean() - X.mean(axis=0) @ w


@mistake("fit-ridge", named="no bias")
def fit_ridge(X, y, lam):
    return np.linalg.solve(X.T @ X + lam * np.eye(X.shape[1]), X.T @ y), 0.0


@mistake("fit-ridge", named="centred data", name="bias of the centred data")
def fit_ridge(X, y, lam):
    centred = X - X.mean(axis=0)
    return np.linalg.solve(centred.T @ centred + lam * np.eye(X.shape[1]), centred.T @ (y - y.mean())), y.mean()


@mistake("fit-ridge", named="ignored λ")
def fit_ridge(X, y, lam):
    w = np.linalg.lstsq(np.column_stack([X, np.ones(len(X))]), y, rcond=None)[0]
    return w[:-1], w[-1]


@mistake("fit-ridge", named="halved λ")
def fit_ridge(X, y, lam):
    centred = X - X.mean(axis=0)
    w = np.linalg.solve(centred.T @ centred + lam / 2 * np.eye(X.shape[1]), centred.T @ (y - y.mean()))
    return w, y.mean() - X.mean(axis=0) @ w


@mistake("fit-ridge", named="squared λ", name="augmented rows with λ, not its root")
def fit_ridge(X, y, lam):
    centred = X - X.mean(axis=0)
    rows = np.vstack([centred, lam * np.eye(X.shape[1])])
    w = np.linalg.lstsq(rows, np.append(y - y.mean(), np.zeros(X.shape[1])), rcond=None)[0]
    return w, y.mean() - X.mean(axis=0) @ w


@mistake("fit-ridge", named="every entry", name="λ added to the whole matrix")
def fit_ridge(X, y, lam):
    centred = X - X.mean(axis=0)
    w = np.linalg.solve(centred.T @ centred + lam, centred.T @ (y - y.mean()))
    return w, y.mean() - X.mean(axis=0) @ w


@mistake("fit-ridge", named="b before w")
def fit_ridge(X, y, lam):
    centred = X - X.mean(axis=0)
    w = np.linalg.solve(centred.T @ centred + lam * np.eye(X.shape[1]), centred.T @ (y - y.mean()))
    return y.mean() - X.mean(axis=0) @ w, w


@mistake("fit-ridge", named="without centring", name="w without centring, b from the means")
def fit_ridge(X, y, lam):
    w = np.linalg.solve(X.T @ X + lam * np.eye(X.shape[1]), X.T @ y)
    return w, y.mean() - X.mean(axis=0) @ w


@mistake("fit-ridge", named="mean of its own", name="one mean of all of X")
def fit_ridge(X, y, lam):
    centred = X - X.mean()
    w = np.linalg.solve(centred.T @ centred + lam * np.eye(X.shape[1]), centred.T @ (y - y.mean()))
    return w, (y - X @ w).mean()


@mistake("fit-ridge", named="down the rows, axis=0", name="one mean of all of X, and @")
def fit_ridge(X, y, lam):
    x_mean, y_mean = X.mean(), y.mean()
    centred = X - x_mean
    w = np.linalg.solve(centred.T @ centred + lam * np.eye(X.shape[1]), centred.T @ (y - y_mean))
    return w, y_mean - x_mean @ w


@mistake("fit-ridge", named="in this order", name="the matrix the other way round")
def fit_ridge(X, y, lam):
    x_mean, y_mean = X.mean(axis=0), y.mean()
    centred = X - x_mean
    w = np.linalg.solve(centred @ centred.T + lam * np.eye(X.shape[1]), centred.T @ (y - y_mean))
    return w, y_mean - x_mean @ w


@alternative("fit-ridge", name="a column of ones without a price")
def fit_ridge(X, y, lam):
    rows = np.column_stack([np.ones(len(X)), X])
    price = np.diag([0.0] + [float(lam)] * X.shape[1])
    solution = np.linalg.solve(rows.T @ rows + price, rows.T @ y)
    return solution[1:], float(solution[0])


@alternative("fit-ridge", name="singular values")
def fit_ridge(X, y, lam):
    U, s, Vt = np.linalg.svd(X - X.mean(axis=0), full_matrices=False)
    with np.errstate(invalid="ignore"):
        w = Vt.T @ (np.nan_to_num(s / (s**2 + lam)) * (U.T @ (y - y.mean())))
    return w, (y - X @ w).mean()


@alternative("fit-ridge", name="through the examples, in PyTorch")
def fit_ridge(X, y, lam):
    X, y = torch.from_numpy(X), torch.from_numpy(y)
    d = X.shape[1]
    rows = torch.cat([X - X.mean(0), lam**0.5 * torch.eye(d, dtype=X.dtype)])
    w = torch.linalg.pinv(rows) @ torch.cat([y - y.mean(), torch.zeros(d, dtype=X.dtype)])
    return w.numpy(), (y.mean() - X.mean(0) @ w).item()


mistake("degree-nine", named="may be 0", source='training_error = "rises"')
mistake("degree-nine", named="some of the noise", source='training_error = "stays"')
mistake("degree-nine-validation", named="no harm", source="times_as_large = 1")
mistake("degree-nine-validation", named="not the size", source="times_as_large = 3")
mistake("degree-nine-validation", named="too much harm", source="times_as_large = 100")


# learning-curve


@mistake("learning-curve", named="all the training rows", name="training error on all rows")
def learning_curve(fit, X, y, X_val, y_val, sizes):
    models = [fit(X[:s], y[:s]) for s in sizes]
    return np.array([np.mean((m(X) - y) ** 2) for m in models]), np.array(
        [np.mean((m(X_val) - y_val) ** 2) for m in models]
    )


@mistake("learning-curve", named="fitted once", name="one model for all sizes")
def learning_curve(fit, X, y, X_val, y_val, sizes):
    m = fit(X, y)
    train = [np.mean((m(X[:s]) - y[:s]) ** 2) for s in sizes]
    return np.array(train), np.array([np.mean((m(X_val) - y_val) ** 2) for s in sizes])


@mistake("learning-curve", named="measured on all", name="never cuts")
def learning_curve(fit, X, y, X_val, y_val, sizes):
    models = [fit(X, y) for s in sizes]
    return np.array([np.mean((m(X) - y) ** 2) for m in models]), np.array(
        [np.mean((m(X_val) - y_val) ** 2) for m in models]
    )


@mistake("learning-curve", named="took the root")
def learning_curve(fit, X, y, X_val, y_val, sizes):
    train, held_out = [], []
    for s in sizes:
        m = fit(X[:s], y[:s])
        train.append(np.sqrt(np.mean((m(X[:s]) - y[:s]) ** 2)))
        held_out.append(np.sqrt(np.mean((m(X_val) - y_val) ** 2)))
    return np.array(train), np.array(held_out)


@mistake("learning-curve", named="did not divide", name="sums of squares")
def learning_curve(fit, X, y, X_val, y_val, sizes):
    train, held_out = [], []
    for s in sizes:
        m = fit(X[:s], y[:s])
        train.append(np.sum((m(X[:s]) - y[:s]) ** 2))
        held_out.append(np.sum((m(X_val) - y_val) ** 2))
    return np.array(train), np.array(held_out)


@mistake("learning-curve", named="come first", name="swapped")
def learning_curve(fit, X, y, X_val, y_val, sizes):
    models = [fit(X[:s], y[:s]) for s in sizes]
    train = [np.mean((m(X[:s]) - y[:s]) ** 2) for m, s in zip(models, sizes)]
    return np.array([np.mean((m(X_val) - y_val) ** 2) for m in models]), np.array(train)


@mistake("learning-curve", named="stays whole", name="validation cut to s rows")
def learning_curve(fit, X, y, X_val, y_val, sizes):
    models = [fit(X[:s], y[:s]) for s in sizes]
    train = [np.mean((m(X[:s]) - y[:s]) ** 2) for m, s in zip(models, sizes)]
    return np.array(train), np.array([np.mean((m(X_val[:s]) - y_val[:s]) ** 2) for m, s in zip(models, sizes)])


@mistake("learning-curve", named="never to be fitted", name="fits to the validation part")
def learning_curve(fit, X, y, X_val, y_val, sizes):
    train, held_out = [], []
    for s in sizes:
        m = fit(X_val, y_val)
        train.append(np.mean((m(X[:s]) - y[:s]) ** 2))
        held_out.append(np.mean((m(X_val) - y_val) ** 2))
    return np.array(train), np.array(held_out)


@mistake("learning-curve", named="sorted the sizes", name="in order of size")
def learning_curve(fit, X, y, X_val, y_val, sizes):
    models = [(s, fit(X[:s], y[:s])) for s in sorted(sizes)]
    train = [np.mean((m(X[:s]) - y[:s]) ** 2) for s, m in models]
    return np.array(train), np.array([np.mean((m(X_val) - y_val) ** 2) for _, m in models])


@mistake("learning-curve", named="one row too few", name="cuts one row too few")
def learning_curve(fit, X, y, X_val, y_val, sizes):
    models = [fit(X[: s - 1], y[: s - 1]) for s in sizes]
    train = [np.mean((m(X[: s - 1]) - y[: s - 1]) ** 2) for m, s in zip(models, sizes)]
    return np.array(train), np.array([np.mean((m(X_val) - y_val) ** 2) for m in models])


@mistake("learning-curve", named="one row too few", name="fits to one row too few")
def learning_curve(fit, X, y, X_val, y_val, sizes):
    models = [fit(X[: s - 1], y[: s - 1]) for s in sizes]
    train = [np.mean((m(X[:s]) - y[:s]) ** 2) for m, s in zip(models, sizes)]
    return np.array(train), np.array([np.mean((m(X_val) - y_val) ** 2) for m in models])


@mistake("learning-curve", named="a pair for each size", name="returns pairs")
def learning_curve(fit, X, y, X_val, y_val, sizes):
    models = [fit(X[:s], y[:s]) for s in sizes]
    return [(np.mean((m(X[:s]) - y[:s]) ** 2), np.mean((m(X_val) - y_val) ** 2)) for m, s in zip(models, sizes)]


@alternative("learning-curve", name="arrays filled in place")
def learning_curve(fit, X, y, X_val, y_val, sizes):
    errors = np.zeros((2, len(sizes)))
    for k, s in enumerate(sizes):
        model = fit(X[:s], y[:s])
        for row, (inputs, targets) in enumerate([(X[:s], y[:s]), (X_val, y_val)]):
            residual = targets - model(inputs)
            errors[row, k] = residual @ residual / len(targets)
    return errors[0], errors[1]


@alternative("learning-curve", name="comprehensions")
def learning_curve(fit, X, y, X_val, y_val, sizes):
    def squared(model, inputs, targets):
        return float(np.square(model(inputs) - targets).mean())

    pairs = [(squared(m, X[:s], y[:s]), squared(m, X_val, y_val)) for s in sizes for m in [fit(X[:s], y[:s])]]
    train, held_out = zip(*pairs)
    return np.array(train), np.array(held_out)


mistake(
    "which-gap",
    named="too little of data",
    source="""
validation_of_a = "stays above 0.15"
validation_of_b = "stays above 0.15"
""",
)

mistake(
    "which-gap",
    named="too much of data",
    source="""
validation_of_a = "falls below 0.15"
validation_of_b = "falls below 0.15"
""",
)


# l1-penalty


@mistake("l1-penalty", named="as if it were positive", name="subgradient at 0 is λ")
def l1_penalty_and_subgradient(w, lam):
    return lam * np.abs(w).sum(), lam * np.where(w >= 0, 1.0, -1.0)


@mistake("l1-penalty", named="as if it were negative", name="subgradient at 0 is -λ")
def l1_penalty_and_subgradient(w, lam):
    return lam * np.abs(w).sum(), lam * np.where(w > 0, 1.0, -1.0)


@mistake("l1-penalty", named="0 by 0", name="NaN at 0")
def l1_penalty_and_subgradient(w, lam):
    return lam * np.abs(w).sum(), lam * w / np.abs(w)


@mistake("l1-penalty", named="out of the penalty")
def l1_penalty_and_subgradient(w, lam):
    return np.abs(w).sum(), lam * np.sign(w)


@mistake("l1-penalty", named="out of the subgradient")
def l1_penalty_and_subgradient(w, lam):
    return lam * np.abs(w).sum(), np.sign(w)


@mistake("l1-penalty", named="out of both")
def l1_penalty_and_subgradient(w, lam):
    return np.abs(w).sum(), np.sign(w)


@mistake("l1-penalty", named="slope of the squared")
def l1_penalty_and_subgradient(w, lam):
    return lam * np.abs(w).sum(), 2 * lam * w


@mistake("l1-penalty", named="mean of the absolute")
def l1_penalty_and_subgradient(w, lam):
    return lam * np.abs(w).mean(), lam * np.sign(w)


@mistake("l1-penalty", named="cancel")
def l1_penalty_and_subgradient(w, lam):
    return lam * w.sum(), lam * np.sign(w)


@mistake("l1-penalty", named="lost its sign")
def l1_penalty_and_subgradient(w, lam):
    return lam * np.abs(w).sum(), lam * (w != 0)


@mistake("l1-penalty", named="the way down")
def l1_penalty_and_subgradient(w, lam):
    return lam * np.abs(w).sum(), -lam * np.sign(w)


@alternative("l1-penalty")
def l1_penalty_and_subgradient(w, lam):
    g = np.zeros_like(w)
    g[w > 0] = lam
    g[w < 0] = -lam
    return float(np.linalg.norm(w, 1)) * lam, g


@alternative("l1-penalty")
def l1_penalty_and_subgradient(w, lam):
    total, slopes = 0.0, []
    for value in w:
        total += lam * abs(value)
        slopes.append(lam * float((value > 0) * 1 - (value < 0) * 1))
    return total, np.array(slopes)


@alternative("l1-penalty")
def l1_penalty_and_subgradient(w, lam):
    t = torch.tensor(w, requires_grad=True)
    penalty = lam * t.abs().sum()
    penalty.backward()
    return penalty.item(), t.grad.numpy()


# soft-threshold


@mistake("soft-threshold", named="past zero")
def soft_threshold(z, t):
    return z - t * np.sign(z)


@mistake("soft-threshold", named="left the others", name="hard threshold")
def soft_threshold(z, t):
    return np.where(np.abs(z) > t, z, 0.0)


@mistake("soft-threshold", named="dropped the negative")
def soft_threshold(z, t):
    return np.maximum(z - t, 0)


@mistake("soft-threshold", named="lost the sign")
def soft_threshold(z, t):
    return np.maximum(np.abs(z) - t, 0)


@mistake("soft-threshold", named="in proportion", name="as L2 does")
def soft_threshold(z, t):
    return z / (1 + t)


@mistake("soft-threshold", named="cut off at t")
def soft_threshold(z, t):
    return np.clip(z, -t, t)


@mistake("soft-threshold", named="away from 0")
def soft_threshold(z, t):
    return z + t * np.sign(z)


@mistake("soft-threshold", named="subtracted t from every")
def soft_threshold(z, t):
    return z - t


@alternative("soft-threshold")
def soft_threshold(z, t):
    return np.maximum(z - t, 0) - np.maximum(-z - t, 0)


@alternative("soft-threshold")
def soft_threshold(z, t):
    return np.where(z > t, z - t, np.where(z < -t, z + t, 0.0))


@alternative("soft-threshold")
def soft_threshold(z, t):
    return z - np.clip(z, -t, t)


# weight-decay-step

mistake(
    "weight-decay-step",
    named="decay by the learning rate",
    source="""
def weight_decay_step(theta, grad, lr, decay):
    return (1 - lr * decay) * theta - lr * grad


def l2_coefficient(lr, decay):
    return decay / lr
""",
)

mistake(
    "weight-decay-step",
    named="after the step",
    source="""
def weight_decay_step(theta, grad, lr, decay):
    return (1 - decay) * (theta - lr * grad)


def l2_coefficient(lr, decay):
    return decay / lr
""",
)

mistake(
    "weight-decay-step",
    named="grow",
    source="""
def weight_decay_step(theta, grad, lr, decay):
    return (1 + decay) * theta - lr * grad


def l2_coefficient(lr, decay):
    return decay / lr
""",
)

mistake(
    "weight-decay-step",
    named="left the decay out",
    source="""
def weight_decay_step(theta, grad, lr, decay):
    return theta - lr * grad


def l2_coefficient(lr, decay):
    return decay / lr
""",
)

mistake(
    "weight-decay-step",
    named="up the gradient",
    source="""
def weight_decay_step(theta, grad, lr, decay):
    return (1 - decay) * theta + lr * grad


def l2_coefficient(lr, decay):
    return decay / lr
""",
)

mistake(
    "weight-decay-step",
    named="as L1 does",
    source="""
def weight_decay_step(theta, grad, lr, decay):
    return theta - decay * np.sign(theta) - lr * grad


def l2_coefficient(lr, decay):
    return decay / lr
""",
)

mistake(
    "weight-decay-step",
    named="kept the share",
    source="""
def weight_decay_step(theta, grad, lr, decay):
    return decay * theta - lr * grad


def l2_coefficient(lr, decay):
    return decay / lr
""",
)

mistake(
    "weight-decay-step",
    named="learning rate out",
    source="""
def weight_decay_step(theta, grad, lr, decay):
    return (1 - decay) * theta - grad


def l2_coefficient(lr, decay):
    return decay / lr
""",
)

mistake(
    "weight-decay-step",
    named="in place",
    name="changes theta in place",
    source="""
def weight_decay_step(theta, grad, lr, decay):
    theta *= 1 - decay
    theta -= lr * grad
    return theta


def l2_coefficient(lr, decay):
    return decay / lr
""",
)

mistake(
    "weight-decay-step",
    named="you multiplied",
    name="α = decay * lr",
    source="""
def weight_decay_step(theta, grad, lr, decay):
    return (1 - decay) * theta - lr * grad


def l2_coefficient(lr, decay):
    return decay * lr
""",
)

mistake(
    "weight-decay-step",
    named="factor 1/2",
    name="α = decay / (2 * lr)",
    source="""
def weight_decay_step(theta, grad, lr, decay):
    return (1 - decay) * theta - lr * grad


def l2_coefficient(lr, decay):
    return decay / (2 * lr)
""",
)

mistake(
    "weight-decay-step",
    named="upside down",
    name="α = lr / decay",
    source="""
def weight_decay_step(theta, grad, lr, decay):
    return (1 - decay) * theta - lr * grad


def l2_coefficient(lr, decay):
    return lr / decay
""",
)

mistake(
    "weight-decay-step",
    named="λ itself",
    name="α = decay",
    source="""
def weight_decay_step(theta, grad, lr, decay):
    return (1 - decay) * theta - lr * grad


def l2_coefficient(lr, decay):
    return decay
""",
)

mistake(
    "weight-decay-step",
    named="what is left",
    name="α = (1 - decay) / lr",
    source="""
def weight_decay_step(theta, grad, lr, decay):
    return (1 - decay) * theta - lr * grad


def l2_coefficient(lr, decay):
    return (1 - decay) / lr
""",
)

alternative(
    "weight-decay-step",
    name="the penalty's gradient",
    source="""
def weight_decay_step(theta, grad, lr, decay):
    return theta - lr * (grad + l2_coefficient(lr, decay) * theta)


def l2_coefficient(lr, decay):
    return decay / lr
""",
)

alternative(
    "weight-decay-step",
    name="a copy, changed",
    source="""
def weight_decay_step(theta, grad, lr, decay):
    theta = theta.copy()
    theta -= decay * theta
    theta -= lr * grad
    return theta


def l2_coefficient(lr, decay):
    return (1 - (1 - decay)) / lr
""",
)

mistake(
    "adam-and-l2",
    named="made SGD's step",
    name="large: SGD",
    source="""
large_weight = "0.995"
small_weight = "-0.04"
""",
)

mistake(
    "adam-and-l2",
    named="made SGD's step",
    name="small: SGD",
    source="""
large_weight = "0.95"
small_weight = "0.00995"
""",
)

mistake(
    "adam-and-l2",
    named="same share",
    source="""
large_weight = "0.95"
small_weight = "0.0095"
""",
)


# dropout

mistake(
    "dropout",
    named="probability of keeping",
    name="p taken as keep",
    source="""
def dropout_forward(x, p, train, rng):
    if not train:
        return x, np.ones_like(x)
    factors = (rng.random(x.shape) < p) / p
    return x * factors, factors


def dropout_backward(dout, cache):
    return dout * cache
""",
)

mistake(
    "dropout",
    named="did not rescale",
    name="no rescale",
    source="""
def dropout_forward(x, p, train, rng):
    if not train:
        return x, np.ones_like(x)
    factors = (rng.random(x.shape) >= p) * 1.0
    return x * factors, factors


def dropout_backward(dout, cache):
    return dout * cache
""",
)

mistake(
    "dropout",
    named="multiplied by 1 - p",
    source="""
def dropout_forward(x, p, train, rng):
    if not train:
        return x, np.ones_like(x)
    factors = (rng.random(x.shape) >= p) * (1 - p)
    return x * factors, factors


def dropout_backward(dout, cache):
    return dout * cache
""",
)

mistake(
    "dropout",
    named="divided by p",
    source="""
def dropout_forward(x, p, train, rng):
    if not train:
        return x, np.ones_like(x)
    factors = (rng.random(x.shape) >= p) / p
    return x * factors, factors


def dropout_backward(dout, cache):
    return dout * cache
""",
)

mistake(
    "dropout",
    named="still active",
    name="active in evaluation",
    source="""
def dropout_forward(x, p, train, rng):
    factors = (rng.random(x.shape) >= p) / (1 - p)
    return x * factors, factors


def dropout_backward(dout, cache):
    return dout * cache
""",
)

mistake(
    "dropout",
    named="older rule",
    name="scales in evaluation too",
    source="""
def dropout_forward(x, p, train, rng):
    if not train:
        return x * (1 - p), np.full_like(x, 1 - p)
    factors = (rng.random(x.shape) >= p) / (1 - p)
    return x * factors, factors


def dropout_backward(dout, cache):
    return dout * cache
""",
)

mistake(
    "dropout",
    named="same mask",
    name="one mask for all examples",
    source="""
def dropout_forward(x, p, train, rng):
    if not train:
        return x, np.ones_like(x)
    factors = (rng.random(x.shape[-1]) >= p) / (1 - p) * np.ones_like(x)
    return x * factors, factors


def dropout_backward(dout, cache):
    return dout * cache
""",
)

mistake(
    "dropout",
    named="whole examples",
    source="""
def dropout_forward(x, p, train, rng):
    if not train:
        return x, np.ones_like(x)
    factors = (rng.random((len(x),) + (1,) * (x.ndim - 1)) >= p) / (1 - p) * np.ones_like(x)
    return x * factors, factors


def dropout_backward(dout, cache):
    return dout * cache
""",
)

mistake(
    "dropout",
    named="rng",
    name="a seed of its own",
    source="""
def dropout_forward(x, p, train, rng):
    if not train:
        return x, np.ones_like(x)
    factors = (np.random.default_rng(0).random(x.shape) >= p) / (1 - p)
    return x * factors, factors


def dropout_backward(dout, cache):
    return dout * cache
""",
)

mistake(
    "dropout",
    named="from rng",
    name="the global generator",
    source="""
def dropout_forward(x, p, train, rng):
    if not train:
        return x, np.ones_like(x)
    factors = (np.random.random(x.shape) >= p) / (1 - p)
    return x * factors, factors


def dropout_backward(dout, cache):
    return dout * cache
""",
)

mistake(
    "dropout",
    named="wrote into x",
    name="changes x in place",
    source="""
def dropout_forward(x, p, train, rng):
    if not train:
        return x, np.ones_like(x)
    factors = (rng.random(x.shape) >= p) / (1 - p)
    x *= factors
    return x, factors


def dropout_backward(dout, cache):
    return dout * cache
""",
)

mistake(
    "dropout",
    named="independently of the others",
    name="an exact number of entries",
    source="""
def dropout_forward(x, p, train, rng):
    if not train:
        return x, np.ones_like(x)
    factors = np.full(x.size, 1 / (1 - p))
    factors[: round(p * x.size)] = 0
    factors = rng.permutation(factors).reshape(x.shape)
    return x * factors, factors


def dropout_backward(dout, cache):
    return dout * cache
""",
)

mistake(
    "dropout",
    named="mend forward first",
    name="p taken as keep, the second test",
    source="""
def dropout_forward(x, p, train, rng):
    if not train:
        return x, np.ones_like(x)
    factors = (rng.random(x.shape) < p) / p
    return x * factors, factors


def dropout_backward(dout, cache):
    return dout * cache
""",
)

mistake(
    "dropout",
    named="wrote into dout",
    name="changes dout in place",
    source="""
def dropout_forward(x, p, train, rng):
    if not train:
        return x, np.ones_like(x)
    factors = (rng.random(x.shape) >= p) / (1 - p)
    return x * factors, factors


def dropout_backward(dout, cache):
    dout *= cache
    return dout
""",
)

mistake(
    "dropout",
    named="new mask",
    name="new mask in backward",
    source="""
def dropout_forward(x, p, train, rng):
    if not train:
        return x, (p, rng, train)
    return x * (rng.random(x.shape) >= p) / (1 - p), (p, rng, train)


def dropout_backward(dout, cache):
    p, rng, train = cache
    return dout * (rng.random(dout.shape) >= p) / (1 - p) if train else dout
""",
)

mistake(
    "dropout",
    named="did not rescale the gradient",
    source="""
def dropout_forward(x, p, train, rng):
    if not train:
        return x, np.ones_like(x)
    factors = (rng.random(x.shape) >= p) / (1 - p)
    return x * factors, factors


def dropout_backward(dout, cache):
    return dout * (cache != 0)
""",
)

mistake(
    "dropout",
    named="lets everything through",
    source="""
def dropout_forward(x, p, train, rng):
    if not train:
        return x, np.ones_like(x)
    factors = (rng.random(x.shape) >= p) / (1 - p)
    return x * factors, factors


def dropout_backward(dout, cache):
    return dout
""",
)

mistake(
    "dropout",
    named="zeros of the output",
    name="mask from the output",
    source="""
def dropout_forward(x, p, train, rng):
    if not train:
        return x, (x, p, train)
    factors = (rng.random(x.shape) >= p) / (1 - p)
    return x * factors, (x * factors, p, train)


def dropout_backward(dout, cache):
    out, p, train = cache
    return dout * (out != 0) / (1 - p) if train else dout
""",
)

mistake(
    "dropout",
    named="global name",
    name="mask kept in a global",
    source="""
LAST = [None]


def dropout_forward(x, p, train, rng):
    if not train:
        LAST[0] = np.ones_like(x); return x, None
    factors = (rng.random(x.shape) >= p) / (1 - p)
    LAST[0] = factors
    return x * factors, factors


def dropout_backward(dout, cache):
    return dout * LAST[0]
""",
)

mistake(
    "dropout",
    named="in evaluation backward",
    name="evaluation forgotten in backward",
    source="""
def dropout_forward(x, p, train, rng):
    mask = rng.random(x.shape) >= p if train else np.ones_like(x)
    return (x * mask / (1 - p) if train else x), (mask, p)


def dropout_backward(dout, cache):
    mask, p = cache
    return dout * mask / (1 - p)
""",
)

alternative(
    "dropout",
    name="a mask of booleans, np.where",
    source="""
def dropout_forward(x, p, train, rng):
    if not train or p == 0:
        return x.copy(), None
    keep = rng.uniform(size=x.shape) > p
    return np.where(keep, x / (1 - p), 0.0), (keep, p)


def dropout_backward(dout, cache):
    if cache is None:
        return dout
    keep, p = cache
    return np.where(keep, dout / (1 - p), 0.0)
""",
)

alternative(
    "dropout",
    name="binomial draws",
    source="""
def dropout_forward(x, p, train, rng):
    mask = rng.binomial(1, 1 - p, size=x.shape) if train else 1
    scale = 1 / (1 - p) if train else 1.0
    return x * mask * scale, {'mask': mask, 'scale': scale}


def dropout_backward(dout, cache):
    return cache['scale'] * cache['mask'] * dout
""",
)

alternative(
    "dropout",
    name="one number at a time",
    source="""
def dropout_forward(x, p, train, rng):
    if train is False:
        return x, None
    factors = [0.0 if rng.random() < p else 1 / (1 - p) for _ in range(x.size)]
    return x * np.array(factors).reshape(x.shape), factors


def dropout_backward(dout, cache):
    return dout if cache is None else np.array([d * f for d, f in zip(dout.ravel(), cache)]).reshape(dout.shape)
""",
)


# early-stopping


@mistake("early-stopping", named="one call more", name="off by one: too late")
class EarlyStopping:
    def __init__(self, patience):
        self.patience, self.waited = patience, 0
        self.best_score, self.best_weights = float("inf"), None

    def step(self, score, weights):
        if score < self.best_score:
            self.best_score = score
            self.best_weights = {k: v.copy() for k, v in weights.items()}
            self.waited = 0
        else:
            self.waited += 1
        return self.waited > self.patience


@mistake("early-stopping", named="a call too early", name="off by one: too early")
class EarlyStopping:
    def __init__(self, patience):
        self.patience, self.waited = patience, 0
        self.best_score, self.best_weights = float("inf"), None

    def step(self, score, weights):
        if score < self.best_score:
            self.best_score = score
            self.best_weights = {k: v.copy() for k, v in weights.items()}
            self.waited = 0
        else:
            self.waited += 1
        return self.waited >= self.patience - 1


@mistake("early-stopping", named="reference", name="keeps a reference")
class EarlyStopping:
    def __init__(self, patience):
        self.patience, self.waited = patience, 0
        self.best_score, self.best_weights = float("inf"), None

    def step(self, score, weights):
        if score < self.best_score:
            self.best_score = score
            self.best_weights = weights
            self.waited = 0
        else:
            self.waited += 1
        return self.waited >= self.patience


@mistake("early-stopping", named="reference", name="copies the dict alone")
class EarlyStopping:
    def __init__(self, patience):
        self.patience, self.waited = patience, 0
        self.best_score, self.best_weights = float("inf"), None

    def step(self, score, weights):
        if score < self.best_score:
            self.best_score = score
            self.best_weights = dict(weights)
            self.waited = 0
        else:
            self.waited += 1
        return self.waited >= self.patience


@mistake("early-stopping", named="on ties", name="starts anew on ties")
class EarlyStopping:
    def __init__(self, patience):
        self.patience, self.waited = patience, 0
        self.best_score, self.best_weights = float("inf"), None

    def step(self, score, weights):
        if score <= self.best_score:
            self.best_score = score
            self.best_weights = {k: v.copy() for k, v in weights.items()}
            self.waited = 0
        else:
            self.waited += 1
        return self.waited >= self.patience


@mistake("early-stopping", named="set the count back", name="never sets the count back")
class EarlyStopping:
    def __init__(self, patience):
        self.patience, self.waited = patience, 0
        self.best_score, self.best_weights = float("inf"), None

    def step(self, score, weights):
        if score < self.best_score:
            self.best_score = score
            self.best_weights = {k: v.copy() for k, v in weights.items()}
        else:
            self.waited += 1
        return self.waited >= self.patience


@mistake("early-stopping", named="lowest is the best", name="highest is best")
class EarlyStopping:
    def __init__(self, patience):
        self.patience, self.waited = patience, 0
        self.best_score, self.best_weights = -float("inf"), None

    def step(self, score, weights):
        if score > self.best_score:
            self.best_score = score
            self.best_weights = {k: v.copy() for k, v in weights.items()}
            self.waited = 0
        else:
            self.waited += 1
        return self.waited >= self.patience


@mistake("early-stopping", named="score before", name="compares with the score before")
class EarlyStopping:
    def __init__(self, patience):
        self.patience, self.waited = patience, 0
        self.last = float("inf")
        self.best_score, self.best_weights = float("inf"), None

    def step(self, score, weights):
        if score < self.last:
            self.best_score = score
            self.best_weights = {k: v.copy() for k, v in weights.items()}
            self.waited = 0
        else:
            self.waited += 1
        self.last = score
        return self.waited >= self.patience


@mistake("early-stopping", named="nothing at all", name="returns nothing")
class EarlyStopping:
    def __init__(self, patience):
        self.patience, self.waited = patience, 0
        self.best_score, self.best_weights = float("inf"), None

    def step(self, score, weights):
        if score < self.best_score:
            self.best_score = score
            self.best_weights = {k: v.copy() for k, v in weights.items()}
            self.waited = 0
        else:
            self.waited += 1
        self.stop = self.waited >= self.patience


@mistake("early-stopping", named="first weights", name="keeps the first weights")
class EarlyStopping:
    def __init__(self, patience):
        self.patience, self.waited = patience, 0
        self.best_score, self.best_weights = float("inf"), None

    def step(self, score, weights):
        if score < self.best_score:
            self.best_score = score
            self.best_weights = self.best_weights or {k: v.copy() for k, v in weights.items()}
            self.waited = 0
        else:
            self.waited += 1
        return self.waited >= self.patience


@mistake("early-stopping", named="NaN is no progress", name="NaN is progress")
class EarlyStopping:
    def __init__(self, patience):
        self.patience, self.waited = patience, 0
        self.best_score, self.best_weights = float("inf"), None

    def step(self, score, weights):
        if not score >= self.best_score:
            self.best_score = score
            self.best_weights = {k: v.copy() for k, v in weights.items()}
            self.waited = 0
        else:
            self.waited += 1
        return self.waited >= self.patience


@mistake("early-stopping", named="NaN is no progress", name="counts a NaN as a score to beat")
class EarlyStopping:
    def __init__(self, patience):
        self.patience, self.waited = patience, 0
        self.best_score, self.best_weights = float("inf"), None

    def step(self, score, weights):
        if score < self.best_score or score != score:
            self.best_score = score
            self.best_weights = {k: v.copy() for k, v in weights.items()}
            self.waited = 0
        else:
            self.waited += 1
        return self.waited >= self.patience


@alternative("early-stopping", name="remembers all scores")
class EarlyStopping:
    def __init__(self, patience):
        self.patience, self.scores, self.best_weights, self.best_score, self.best_at = patience, [], None, np.inf, -1

    def step(self, score, weights):
        import copy

        self.scores.append(score)
        if score < self.best_score:
            self.best_score, self.best_weights, self.best_at = score, copy.deepcopy(weights), len(self.scores) - 1
        return len(self.scores) - 1 - self.best_at >= self.patience


@alternative("early-stopping", name="counts down")
class EarlyStopping:
    def __init__(self, patience):
        self.full = self.left = patience
        self.best_score = float("inf")
        self.best_weights = None

    def step(self, score, weights):
        if not score < self.best_score:
            self.left -= 1
            return self.left == 0
        self.best_score, self.left = float(score), self.full
        self.best_weights = {}
        for name in weights:
            self.best_weights[name] = np.array(weights[name])
        return False


# random-shift


@mistake("random-shift", named="other side", name="np.roll")
def random_shift(images, rng, most=1):
    return np.stack([np.roll(image, rng.integers(-most, most + 1, 2), axis=(0, 1)) for image in images])


@mistake("random-shift", named="same amount", name="one shift for all")
def random_shift(images, rng, most=1):
    _, h, w = images.shape
    padded = np.pad(images, ((0, 0), (most, most), (most, most)))
    moved = np.empty_like(images)
    a, b = rng.integers(0, 2 * most + 1, 2)
    moved[:] = padded[:, a : a + h, b : b + w]
    return moved


@mistake("random-shift", named="never reach +1", name="never reaches +most")
def random_shift(images, rng, most=1):
    n, h, w = images.shape
    padded = np.pad(images, ((0, 0), (most, most), (most, most)))
    moved = np.empty_like(images)
    for i in range(n):
        a, b = most - rng.integers(-most, most, 2)
        moved[i] = padded[i, a : a + h, b : b + w]
    return moved


@mistake("random-shift", named="never reach -1", name="the padded window stops too early")
def random_shift(images, rng, most=1):
    n, h, w = images.shape
    padded = np.pad(images, ((0, 0), (most, most), (most, most)))
    moved = np.empty_like(images)
    for i in range(n):
        a, b = rng.integers(0, 2 * most, 2)
        moved[i] = padded[i, a : a + h, b : b + w]
    return moved


@mistake("random-shift", named="height is axis 1", name="h and w swapped")
def random_shift(images, rng, most=1):
    n, w, h = images.shape
    padded = np.pad(images, ((0, 0), (most, most), (most, most)))
    moved = np.empty_like(images)
    for i in range(n):
        a, b = rng.integers(0, 2 * most + 1, 2)
        moved[i] = padded[i, a : a + h, b : b + w]
    return moved


@mistake("random-shift", named="one axis only", name="one axis only")
def random_shift(images, rng, most=1):
    n, h, w = images.shape
    padded = np.pad(images, ((0, 0), (most, most), (most, most)))
    moved = np.empty_like(images)
    for i in range(n):
        a, b = int(rng.integers(0, 2 * most + 1)), most
        moved[i] = padded[i, a : a + h, b : b + w]
    return moved


@mistake("random-shift", named="one draw", name="one draw for both")
def random_shift(images, rng, most=1):
    n, h, w = images.shape
    padded = np.pad(images, ((0, 0), (most, most), (most, most)))
    moved = np.empty_like(images)
    for i in range(n):
        a = b = rng.integers(0, 2 * most + 1)
        moved[i] = padded[i, a : a + h, b : b + w]
    return moved


@mistake("random-shift", named="repeat the pixels", name="repeats the edge")
def random_shift(images, rng, most=1):
    n, h, w = images.shape
    padded = np.pad(images, ((0, 0), (most, most), (most, most)), mode="edge")
    moved = np.empty_like(images)
    for i in range(n):
        a, b = rng.integers(0, 2 * most + 1, 2)
        moved[i] = padded[i, a : a + h, b : b + w]
    return moved


@mistake("random-shift", named="in place", name="in place")
def random_shift(images, rng, most=1):
    n, h, w = images.shape
    padded = np.pad(images, ((0, 0), (most, most), (most, most)))
    moved = images
    for i in range(n):
        a, b = rng.integers(0, 2 * most + 1, 2)
        moved[i] = padded[i, a : a + h, b : b + w]
    return moved


@mistake("random-shift", named="keep the dtype", name="float64")
def random_shift(images, rng, most=1):
    n, h, w = images.shape
    padded = np.pad(images, ((0, 0), (most, most), (most, most)))
    moved = np.zeros((n, h, w))
    for i in range(n):
        a, b = rng.integers(0, 2 * most + 1, 2)
        moved[i] = padded[i, a : a + h, b : b + w]
    return moved


@mistake("random-shift", named="another order", name="shuffles the images")
def random_shift(images, rng, most=1):
    n, h, w = images.shape
    padded = np.pad(images, ((0, 0), (most, most), (most, most)))
    moved = np.empty_like(images)
    for i in range(n):
        a, b = rng.integers(0, 2 * most + 1, 2)
        moved[i] = padded[i, a : a + h, b : b + w]
    return rng.permutation(moved)


@mistake("random-shift", named="some of the shifts", name="never stays")
def random_shift(images, rng, most=1):
    n, h, w = images.shape
    padded = np.pad(images, ((0, 0), (most, most), (most, most)))
    moved = np.empty_like(images)
    for i in range(n):
        a, b = rng.choice([0, 2 * most], 2)
        moved[i] = padded[i, a : a + h, b : b + w]
    return moved


@mistake("random-shift", named="larger than most", name="too far")
def random_shift(images, rng, most=1):
    n, h, w = images.shape
    padded = np.pad(images, ((0, 0), (most + 1, most + 1), (most + 1, most + 1)))
    moved = np.empty_like(images)
    for i in range(n):
        a, b = rng.integers(0, 2 * most + 3, 2)
        moved[i] = padded[i, a : a + h, b : b + w]
    return moved


@mistake("random-shift", named="handed", name="a seed of its own")
def random_shift(images, rng, most=1):
    rng = np.random.default_rng(0)
    n, h, w = images.shape
    padded = np.pad(images, ((0, 0), (most, most), (most, most)))
    moved = np.empty_like(images)
    for i in range(n):
        a, b = rng.integers(0, 2 * most + 1, 2)
        moved[i] = padded[i, a : a + h, b : b + w]
    return moved


@mistake("random-shift", named="draw from rng", name="the global generator")
def random_shift(images, rng, most=1):
    n, h, w = images.shape
    padded = np.pad(images, ((0, 0), (most, most), (most, most)))
    moved = np.empty_like(images)
    for i in range(n):
        a, b = np.random.randint(0, 2 * most + 1, 2)
        moved[i] = padded[i, a : a + h, b : b + w]
    return moved


@mistake("random-shift", named="could have stayed", name="loses a border")
def random_shift(images, rng, most=1):
    n, h, w = images.shape
    padded = np.pad(images, ((0, 0), (most, most), (most, most)))
    moved = np.empty_like(images)
    for i in range(n):
        a, b = rng.integers(0, 2 * most + 1, 2)
        moved[i] = padded[i, a : a + h, b : b + w]
    moved[:, 0] = 0
    return moved


@alternative("random-shift", name="roll, then erase")
def random_shift(images, rng, most=1):
    moved = images.copy()
    for image in moved:
        dy, dx = (int(k) for k in rng.integers(-most, most, size=2, endpoint=True))
        image[:] = np.roll(image, (dy, dx), (0, 1))
        image[: max(dy, 0)] = 0
        image[len(image) + min(dy, 0) :] = 0
        image[:, : max(dx, 0)] = 0
        image[:, image.shape[1] + min(dx, 0) :] = 0
    return moved


@alternative("random-shift", name="all at once, by index")
def random_shift(images, rng, most=1):
    n, h, w = images.shape
    padded = np.pad(images, [(0, 0), (most, most), (most, most)])
    rows = rng.integers(0, 2 * most + 1, n)[:, None, None] + np.arange(h)[:, None]
    columns = rng.integers(0, 2 * most + 1, n)[:, None, None] + np.arange(w)
    return padded[np.arange(n)[:, None, None], rows, columns]


@alternative("random-shift", name="slices of both")
def random_shift(images, rng, most=1):
    moved = np.zeros_like(images)
    _, h, w = images.shape
    for before, after in zip(images, moved):
        down, right = rng.choice(np.arange(-most, most + 1), size=2)
        after[max(down, 0) : h + min(down, 0), max(right, 0) : w + min(right, 0)] = before[
            max(-down, 0) : h - max(down, 0), max(-right, 0) : w - max(right, 0)
        ]
    return moved


# price-list

mistake(
    "price-list",
    named="learning by heart",
    source="""
best_as_they_are = "dropout"
worst_wrong_labels = "smaller network"
best_moved = "moved copies"
""",
)

mistake(
    "price-list",
    named="number of weights",
    source="""
best_as_they_are = "smaller network"
worst_wrong_labels = "smaller network"
best_moved = "moved copies"
""",
)

mistake(
    "price-list",
    named="no digit of this test",
    source="""
best_as_they_are = "moved copies"
worst_wrong_labels = "smaller network"
best_moved = "moved copies"
""",
)

mistake(
    "price-list",
    named="more right labels",
    source="""
best_as_they_are = "more data"
worst_wrong_labels = "more data"
best_moved = "moved copies"
""",
)

mistake(
    "price-list",
    named="expected harm",
    source="""
best_as_they_are = "more data"
worst_wrong_labels = "moved copies"
best_moved = "moved copies"
""",
)

mistake(
    "price-list",
    named="only one of the six",
    source="""
best_as_they_are = "more data"
worst_wrong_labels = "smaller network"
best_moved = "more data"
""",
)
