"""Fresh processes from a warmed one: `multiprocessing`'s fork server, which has imported `autograder.warm`."""

import multiprocessing
from collections.abc import Sequence
from multiprocessing import forkserver
from multiprocessing.context import ForkServerContext

MODULES = ["autograder.warm"]


def context() -> ForkServerContext:
    """Where to get processes and pipes from."""
    made = multiprocessing.get_context("forkserver")
    made.set_forkserver_preload(MODULES)
    return made


def warm_up(also: Sequence[str] = ()) -> None:
    """Starts the server, which imports while the caller goes on. also: modules beside those that are always needed."""
    context().set_forkserver_preload([*MODULES, *also])
    forkserver.ensure_running()
