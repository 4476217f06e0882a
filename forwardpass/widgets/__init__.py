"""Interactive figures. Each is one cell output: controls, a figure and the same in words.

Where widgets cannot run (exported HTML, feedback pages, a notebook opened without its kernel), a picture of the
starting state with its alt text stands in the same output.
"""

from forwardpass.widgets.broadcast import broadcasting
from forwardpass.widgets.sliding import sliding_filter

__all__ = ["broadcasting", "sliding_filter"]
