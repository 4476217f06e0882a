"""Reads the environment and the command line for the seed of the tests, the gradebook and the lesson's place."""

ANSWER = """
import os
import sys

print("environment", dict(os.environ), sys.argv, sys.orig_argv, os.getcwd(), os.listdir("."))
print("seed", os.environ.get("FORWARD_PASS_SEED"), check.rng("moving-average").integers(10**9))


def moving_average(x, k):
    return x
"""


def aftermath(world, report):
    shown = world.shown(report["student"])
    assert "seed None" in shown
    assert not [word for word in ("gradebook", "classroom", "submitted", "solutions", "CANARY") if word in shown]
