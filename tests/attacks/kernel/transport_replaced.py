"""The transport in the kernel, its conditions and its observations are of the student's making."""

ANSWER = """
import contextlib

import forwardpass.check.conditions as conditions
import forwardpass.check.transport as transport


def moving_average(x, k):
    return x


@contextlib.contextmanager
def nothing(self, subjects):
    yield


conditions.Conditions.applied = nothing
transport.InPlace.call = lambda self, target, calls, conditions: [True] * len(calls)
transport.InPlace.look = lambda self, value: 359
transport._active = None
print("applied")
"""
