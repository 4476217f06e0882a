"""A list that holds itself, and a dict of which it is a value."""

ANSWER = """
def moving_average(x, k):
    own = [2.0, 4.5]
    own.append(own)
    return {"own": own} if k == 2 else own
"""
