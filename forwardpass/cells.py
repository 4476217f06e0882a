"""Steps of recurrent cells, taken by PyTorch. Tests use them in place of a student's own.

Weights of an LSTM are a dict of float64 arrays: W_f, W_i, W_C, W_o of shape (H, H + D), which act on a row [h, x], and
b_f, b_i, b_C, b_o of shape (H,).
"""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import torch

Array = npt.NDArray[np.float64]
GATES = "ifCo"  # the order in which PyTorch stacks them


def lstm_step(x: Array, h: Array, C: Array, params: Mapping[str, Array]) -> tuple[Array, Array]:
    """One step of an LSTM. x: (N, D); h, C: (N, H). Returns the new h and C."""
    units = h.shape[1]
    both = np.concatenate([params[f"W_{gate}"] for gate in GATES])
    bias = np.concatenate([params[f"b_{gate}"] for gate in GATES])
    cell = torch.nn.LSTMCell(x.shape[1], units, dtype=torch.float64)
    values = {"weight_hh": both[:, :units], "weight_ih": both[:, units:], "bias_ih": bias, "bias_hh": 0 * bias}
    cell.load_state_dict({name: torch.from_numpy(value) for name, value in values.items()})
    with torch.no_grad():
        after = cell(torch.from_numpy(x), (torch.from_numpy(h), torch.from_numpy(C)))
    return after[0].numpy(), after[1].numpy()
