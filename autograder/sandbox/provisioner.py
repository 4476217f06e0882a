"""Jupyter's way to the sandbox: a kernel provisioner, so that any Jupyter client can run a notebook in it."""

import asyncio
import os
import signal
import tempfile
from pathlib import Path
from typing import Any

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning.provisioner_base import KernelProvisionerBase
from traitlets import Dict, List, Unicode

from autograder.sandbox.forkserver import CHANNELS, Ending, ForkedKernel, fork_kernel, shared_server
from autograder.sandbox.limits import Limits

NAME = "forward-pass-sandbox"
READY_SECONDS = 30
END_SECONDS = 5
_POLL_SECONDS = 0.05


class SandboxProvisioner(KernelProvisionerBase):
    """Starts each kernel as a fork of a warmed process in a sandbox (entry point `forward-pass-sandbox`).

    server: the fork server's socket; without one, this process starts a server of its own at the first kernel.
    """

    server = Unicode(config=True, help="Socket of the fork server to ask for kernels")
    limits = Dict(help="Bounds by name, as in `Limits`; those not named have its values").tag(config=True)
    data = List(Unicode(), help="Data sets that the kernel may see").tag(config=True)

    kernel: ForkedKernel | None = None
    ending: Ending | None = None

    @property
    def has_process(self) -> bool:
        """Whether a kernel was started and not yet cleaned up."""
        return self.kernel is not None

    async def pre_launch(self, **kwargs: Any) -> dict[str, Any]:
        """Called by the kernel manager before `launch_kernel`: chooses where the kernel will listen."""
        address = Path(self.server) if self.server else shared_server().address
        manager: Any = self.parent
        folder = Path(tempfile.mkdtemp(dir=address.parent))
        manager.transport, manager.ip = "ipc", str(folder / "k")
        for number, channel in enumerate((*CHANNELS, "hb"), 1):
            setattr(manager, f"{channel}_port", number)
        self.connection_info = manager.get_connection_info()
        return await super().pre_launch(cmd=[], address=address, **kwargs)

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Called by the kernel manager: asks for the fork and waits until it listens. Raises SandboxError."""
        info: dict[str, Any] = dict(self.connection_info)
        key = info["key"].decode()
        self.kernel = fork_kernel(kwargs["address"], str(info["ip"]), key, Limits(**self.limits), list(self.data))
        self.kernel.wait_until_ready(READY_SECONDS)
        return self.connection_info

    async def poll(self) -> int | None:
        """The exit code, or None while the kernel is alive."""
        ending = self._ended()
        return None if ending is None else ending.exit

    async def wait(self) -> int | None:
        """Waits for the end."""
        while (code := await self.poll()) is None:
            await asyncio.sleep(_POLL_SECONDS)
        return code

    async def send_signal(self, signum: int) -> None:
        """Sends a signal to the kernel's process."""
        if self.kernel:
            self.kernel.signal(signum)

    async def kill(self, restart: bool = False) -> None:
        """Ends the kernel and all that it started."""
        if self.kernel:
            self.kernel.signal(signal.SIGKILL)
            self.ending = self.kernel.wait(END_SECONDS) or Ending(exit=-signal.SIGKILL)

    async def terminate(self, restart: bool = False) -> None:
        """The same: there is nothing in a sandbox that would be lost."""
        await self.kill(restart)

    async def cleanup(self, restart: bool = False) -> None:
        """Called when the kernel has ended: gives back its sockets."""
        if self.kernel:
            self._ended()
            self.kernel.close()
            os.rmdir(os.path.dirname(self.kernel.ip))
            self.kernel = None

    def _ended(self) -> Ending | None:
        if self.kernel and self.ending is None:
            self.ending = self.kernel.poll()
        return self.ending
