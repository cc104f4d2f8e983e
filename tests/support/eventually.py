"""Waiting until something is so, when nothing tells us that it is: looks often, and not for ever."""

import asyncio
import time
from collections.abc import Awaitable, Callable


async def eventually(condition: Callable[[], Awaitable[bool]], *, seconds: float = 20.0) -> None:
    """Return once `condition` holds; fails after `seconds`."""
    deadline = time.monotonic() + seconds
    while not await condition():
        assert time.monotonic() < deadline, f"it did not happen within {seconds:g} s: {condition}"
        await asyncio.sleep(0.01)
