"""The kernel never answers that a cell is done, so that its cell runs into its time."""

STATUS = {"timed out", "died"}
ANSWER = """
def moving_average(x, k):
    return x


print("applied")
session = get_ipython().kernel.session
session.send = lambda *args, **kwargs: None
"""
