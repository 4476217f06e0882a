"""What the notebooks of the Forward Pass course import: checks, data, plots and widgets."""

from forwardpass.check import NotAttempted

__all__ = ["NotAttempted"]
