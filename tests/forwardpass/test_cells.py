"""The LSTM step that stands in for a student's own is the one of the formulas."""

import numpy as np

from forwardpass import cells


def test_a_step_is_that_of_the_formulas():
    rng = np.random.default_rng(0)
    n, d, units = 3, 2, 4
    params = {f"W_{gate}": rng.normal(size=(units, units + d)) for gate in "fiCo"}
    params |= {f"b_{gate}": rng.normal(size=units) for gate in "fiCo"}
    x, h, C = rng.normal(size=(n, d)), rng.normal(size=(n, units)), rng.normal(size=(n, units))
    z = {gate: np.hstack([h, x]) @ params[f"W_{gate}"].T + params[f"b_{gate}"] for gate in "fiCo"}
    f, i, o = (1 / (1 + np.exp(-z[gate])) for gate in "fio")
    cell = f * C + i * np.tanh(z["C"])
    got = cells.lstm_step(x, h, C, params)
    np.testing.assert_allclose(got, (o * np.tanh(cell), cell), rtol=1e-12)
