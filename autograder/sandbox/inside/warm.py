"""What every kernel has imported before it is forked. No event loop, zmq context or thread may exist after it."""

import importlib
import io
import os
import shutil
import threading
import warnings
from collections.abc import Sequence

MODULES = (
    "IPython.core.completer",
    "IPython.core.completerlib",
    "IPython.core.debugger",
    "IPython.core.historyapp",
    "IPython.core.oinspect",
    "IPython.extensions.storemagic",
    "IPython.utils.wildcard",
    "cloudpickle",
    "forwardpass.check.observer",
    "forwardpass.attention_layers",
    "forwardpass.cells",
    "forwardpass.conv_layers",
    "forwardpass.data",
    "forwardpass.modules",
    "forwardpass.named_modules",
    "forwardpass.plots",
    "forwardpass.sizes",
    "forwardpass.steps",
    "forwardpass.training",
    "forwardpass.widgets",
    "ipykernel.debugger",
    "ipykernel.ipkernel",
    "ipykernel.kernelapp",
    "ipywidgets",
    "matplotlib.backends.backend_agg",
    "matplotlib.pyplot",
    "matplotlib_inline.backend_inline",
    "numpy",
    "pdb",
    "torch",
    "torch.nn.functional",
    "torch.optim",
    "tornado.platform.asyncio",
)


def warm_up(also: Sequence[str]) -> None:
    """Imports what is always needed and `also`, and draws one picture so that fonts are read.

    Raises RuntimeError if that left a thread behind.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        _copy_font_list()
        for name in (*MODULES, *also):
            importlib.import_module(name)
        _draw()
    if threading.active_count() != 1:
        names = [thread.name for thread in threading.enumerate()]
        raise RuntimeError(f"expected one thread before forking, got {names}")


def _copy_font_list() -> None:
    found = os.environ.get("FORWARD_PASS_FONTS", "")
    if os.path.isdir(found):
        shutil.copytree(found, os.environ["MPLCONFIGDIR"], dirs_exist_ok=True)


def _draw() -> None:
    from matplotlib.figure import Figure

    figure = Figure()
    axes = figure.subplots()
    axes.plot([0, 1])
    axes.set_title("$x_1$ **")
    figure.savefig(io.BytesIO())
