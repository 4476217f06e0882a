"""Interactive figures. Each is one cell output: controls, a figure and the same in words.

Where widgets cannot run (exported HTML, feedback pages, a notebook opened without its kernel), a picture of the
starting state with its alt text stands in the same output.
"""

from forwardpass.widgets.activation import activation_explorer
from forwardpass.widgets.attention_heads import attention_heads
from forwardpass.widgets.boundary import decision_boundary
from forwardpass.widgets.broadcast import broadcasting
from forwardpass.widgets.fit_explorer import polynomial_fit
from forwardpass.widgets.graph_steps import step_through_graph
from forwardpass.widgets.kernel_editor import edit_kernel
from forwardpass.widgets.lstm_cell import lstm_cell
from forwardpass.widgets.optimiser_path import descent
from forwardpass.widgets.sliding import sliding_filter
from forwardpass.widgets.unrolled import unrolled_gradient

__all__ = [
    "activation_explorer",
    "attention_heads",
    "broadcasting",
    "decision_boundary",
    "descent",
    "edit_kernel",
    "lstm_cell",
    "polynomial_fit",
    "sliding_filter",
    "step_through_graph",
    "unrolled_gradient",
]
