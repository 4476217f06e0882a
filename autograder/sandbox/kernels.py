"""Sandboxed kernels through jupyter_client, with bounds on what they may send."""

import asyncio
from dataclasses import asdict
from typing import Any

import zmq.asyncio
from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.client import KernelClient
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager

from autograder.sandbox.bubblewrap import SandboxError
from autograder.sandbox.forkserver import ForkedKernel, ForkServer
from autograder.sandbox.limits import MB, Limits
from autograder.sandbox.provisioner import NAME, SandboxProvisioner

MAX_MESSAGE = 4 * MB
_WAITING_MESSAGES = 100
_READY_SECONDS = 20


class SandboxedKernel(AsyncKernelManager):
    """The manager of one kernel, forked by the server at this address, whatever kernels are installed."""

    def __init__(self, server: str, data: list[str], limits: Limits) -> None:
        context = zmq.asyncio.Context()
        context.setsockopt(zmq.MAXMSGSIZE, MAX_MESSAGE)
        context.setsockopt(zmq.RCVHWM, _WAITING_MESSAGES)
        super().__init__(context=context)
        config = {"server": server, "data": data, "limits": asdict(limits)}
        metadata = {"kernel_provisioner": {"provisioner_name": NAME, "config": config}}
        self._kernel_spec = KernelSpec(display_name="Student", language="python", metadata=metadata)

    @property
    def forked(self) -> ForkedKernel:
        """The process, once it is started."""
        if not isinstance(self.provisioner, SandboxProvisioner) or self.provisioner.kernel is None:
            raise SandboxError("expected a kernel that was started, got none")
        return self.provisioner.kernel

    async def stop(self, client: KernelClient | None) -> None:
        """Ends the kernel and all that it started."""
        await self.shutdown_kernel(now=True)
        if client is not None:
            client.stop_channels()
        self.context.destroy(linger=0)

    async def connected_client(self) -> AsyncKernelClient:
        """A client whose channels work: the kernel's first message on iopub says that the subscription has arrived."""
        client = self.client()
        client.allow_stdin = False
        client.start_channels(stdin=False, hb=False, control=False)
        try:
            async with asyncio.timeout(_READY_SECONDS):
                while (await client.iopub_channel.get_msg(timeout=None))["msg_type"] != "iopub_welcome":
                    pass  # a busy machine sends its first status before
        except TimeoutError:
            raise SandboxError("a kernel did not say welcome: expected ipykernel 7 or newer") from None
        return client


def run_once(server: ForkServer, code: str) -> str:
    """What a fresh kernel prints for one cell. Raises SandboxError."""
    return asyncio.run(_run_once(SandboxedKernel(str(server.address), [], Limits()), code))


async def _run_once(kernel: SandboxedKernel, code: str) -> str:
    await kernel.start_kernel()
    client = await kernel.connected_client()
    printed: list[str] = []

    def keep(message: dict[str, Any]) -> None:
        printed.append(message["content"].get("text", ""))

    try:
        await client.execute_interactive(code, allow_stdin=False, timeout=_READY_SECONDS, output_hook=keep)
    finally:
        await kernel.stop(client)
    return "".join(printed)
