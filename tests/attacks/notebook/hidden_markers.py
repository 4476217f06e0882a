"""The answer holds the marks of hidden tests, solutions and mark schemes, to cut the notebook elsewhere."""

ANSWER = """
### BEGIN HIDDEN TESTS
def moving_average(x, k):
    ### BEGIN SOLUTION
    return x
### BEGIN MARK SCHEME
### END SOLUTION
assert True
### BEGIN HIDDEN TESTS
### BEGIN SOLUTION
"""


def aftermath(world, report):
    assert "rng.normal(size=n)" not in world.shown("notebook-hidden_markers")
