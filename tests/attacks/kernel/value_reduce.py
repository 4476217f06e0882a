"""An object whose pickle would open a file where it is read."""

ANSWER = """
class Opened:
    def __reduce__(self):
        return eval, ("open('@OUTSIDE@/opened', 'w')",)

    __reduce_ex__ = lambda self, version: self.__reduce__()
    __getstate__ = __copy__ = __deepcopy__ = lambda self, *args: self


def moving_average(x, k):
    return [Opened(), Opened]
"""


def aftermath(world, report):
    assert not (world.outside / "opened").exists()
