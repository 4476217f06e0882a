"""Checks of a student's answers: observe what an answer does, then judge what was seen.

An observation may happen in another process than the verdict (`transport`), so that tests and expected values
never meet the code that they judge. In a student's own kernel both happen in place.
"""

from forwardpass.check.conditions import given, without
from forwardpass.check.failure import CheckFailed, NotAttempted
from forwardpass.check.randomness import rng
from forwardpass.check.session import hidden, passed, prediction, test
from forwardpass.check.verdict import case, close, equal, equal_many, observe, raises, raises_many, that

__all__ = [
    "CheckFailed",
    "NotAttempted",
    "case",
    "close",
    "equal",
    "equal_many",
    "given",
    "hidden",
    "observe",
    "passed",
    "prediction",
    "raises",
    "raises_many",
    "rng",
    "test",
    "that",
    "without",
]
