"""What a process that executes submissions has imported before it is forked: `multiprocessing` preloads this module."""

import gc
import importlib
import sys

from jupyter_client.provisioning.factory import KernelProvisionerFactory
from nbformat.v4 import new_output

from autograder import templates

MODULES = (
    "autograder.execute",
    "autograder.pages",
    "autograder.pool",
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
    "jupyter_client.asynchronous.client",
    "jupyter_client.provisioning",
    "matplotlib.pyplot",
    "torch.nn.functional",
)

gc.disable()  # while so much is imported it finds nothing, and takes a tenth of the time
for _name in MODULES:
    importlib.import_module(_name)
KernelProvisionerFactory.instance()  # it looks through the metadata of every installed package
templates.prepare()
new_output("stream")  # the first output compiles nbformat's schema
sys.modules["torch"].set_num_threads(1)  # a fork must not inherit threads, and one submission takes one core
gc.freeze()
gc.enable()
