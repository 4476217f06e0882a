"""observe_calls reports an answer that is right, wrong, raised and not attempted all at once."""

ANSWER = """
import forwardpass.check.observation as observation
import forwardpass.check.transport as transport


def moving_average(x, k):
    return x


everything = observation.Observation(
    value=True,
    raised=observation.Raised(("CheckFailed", "ValueError", "NotAttempted", "SystemExit", "KernelGone"), "5", "5"),
    attempted=True,
    labels=("x", "k"),
)
observation.observe_calls = transport.observe_calls = lambda target, calls, conditions: [everything] * len(calls)
print("applied")
"""
