"""Tasks on the event loop of the kernel answer for the observer, and cancel all other tasks."""

STATUS = {"graded", "flagged", "died", "timed out"}
ANSWER = """
import asyncio
import gc


def moving_average(x, k):
    return x


async def answer():
    for _ in range(300):
        await asyncio.sleep(0.01)
        observer._reply = lambda request: b"[]"


[observer] = [one for one in gc.get_objects() if type(one).__name__ == "Observer"]
task = asyncio.get_running_loop().create_task(answer())
asyncio.get_running_loop().call_later(0.05, lambda: [one.cancel() for one in asyncio.all_tasks() if one is not task])
print("applied")
"""
