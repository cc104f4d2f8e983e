"""Ctrl-C and SIGTERM: the first asks to stop in order, the second to stop at once.

A command says when it has something to end in order; before and after that a signal simply breaks it off.
Not here: what stopping means for the engine (engine/shutdown.py).
"""

import asyncio
import signal
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress


class Stop:
    """What was asked by signals so far."""

    def __init__(self) -> None:
        self.in_order = False
        """Whether the command ends itself when asked; otherwise a signal breaks it off."""
        self._asked = asyncio.Event()
        self._urgent = asyncio.Event()

    def ask(self) -> None:
        """Another signal."""
        (self._urgent if self._asked.is_set() else self._asked).set()

    @property
    def is_asked(self) -> bool:
        """Whether to stop."""
        return self._asked.is_set()

    async def asked(self) -> None:
        """Wait for the first signal."""
        await self._asked.wait()

    async def urgent(self) -> None:
        """Wait for the second."""
        await self._urgent.wait()

    async def asked_within(self, seconds: float) -> bool:
        """Wait for the first signal, but no longer than `seconds`; whether it came."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._asked.wait(), seconds)
        return self.is_asked


@contextmanager
def signals_to(heard: Callable[[], object]) -> Iterator[None]:
    """Call `heard` at every SIGINT and SIGTERM of this process within the block."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, heard)
    try:
        yield
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)


async def stop_in_order(stop: Stop, end: Callable[[float], Awaitable[None]], *, grace: float) -> None:
    """`end(grace)`, and `end(0)` beside it as soon as a second signal comes."""
    ending = asyncio.ensure_future(end(grace))
    hurry = asyncio.ensure_future(stop.urgent())
    await asyncio.wait({ending, hurry}, return_when=asyncio.FIRST_COMPLETED)
    if not ending.done():
        await end(0)
    hurry.cancel()
    await ending
