"""Shares the event loop out among the sites that are asked, so that a dear one does not slow the others.

Whatever costs about a millisecond of CPU (a connection, a request, a quarter of a megabyte inflated) is a
step, and waits here until it may begin. Self-clocked fair queueing in rounds: a site has STEPS steps in a
round, what a plain site needs; who needs more, or something a second time, queues again behind everybody who
came meanwhile. Within a round the site that began first goes first, so that what was begun is ended; but all
are asked before pages are read, since a site that was asked thinks meanwhile. Few steps begin in one turn of
the loop: while it is idle nobody waits, and while it is busy new work waits for what is under way. So the CPU
never idles for it, and nobody starves, since the rounds go on.
Not here: what an address is asked at a time (politeness.py).
"""

import asyncio
import heapq
from itertools import count
from typing import Final

STEPS: Final = 2
"""Of one site in a round: its robots.txt and its page."""
AT_ONCE: Final = 16
"""Steps that begin in one turn of the loop; with less of them waking up costs more than it is worth."""


class FairQueue:
    """The steps that wait to begin."""

    def __init__(self) -> None:
        self.round = 0
        """The latest of which a step that waited has begun."""
        self._waiting: list[tuple[int, bool, int, int, asyncio.Future[None]]] = []
        self._numbers = count()
        self._begun = 0
        """Steps in this turn of the loop."""

    def share(self) -> "Share":
        """For something new that is fetched."""
        return Share(self, next(self._numbers))

    async def turn(self, round_: int, number: int, *, reads: bool) -> float:
        """Waits until a step may begin; for how many seconds."""
        loop = asyncio.get_running_loop()
        if self._begun < AT_ONCE:
            self._begin(loop)
            return 0.0
        came, turn = loop.time(), loop.create_future()
        heapq.heappush(self._waiting, (round_, reads, number, next(self._numbers), turn))
        await turn
        return loop.time() - came

    def _begin(self, loop: asyncio.AbstractEventLoop) -> None:
        if not self._begun:
            loop.call_soon(self._next, loop)
        self._begun += 1

    def _next(self, loop: asyncio.AbstractEventLoop) -> None:
        """Lets the first begin that wait."""
        self._begun = 0
        while self._waiting and self._begun < AT_ONCE:
            round_, *_, turn = heapq.heappop(self._waiting)
            if not turn.done():
                turn.set_result(None)
                self.round = max(self.round, round_)
                self._begin(loop)


class Share:
    """What one fetch has of the loop."""

    def __init__(self, queue: FairQueue, number: int) -> None:
        self._queue = queue
        self._number = number
        self._round = 0
        self._left = 0

    async def step(self) -> float:
        """Waits until the next step may begin; for how many seconds."""
        if self._left == 0:
            self._round = max(self._queue.round, self._round) + 1
            self._left = STEPS
        self._left -= 1
        return await self._queue.turn(self._round, self._number, reads=False)

    async def read(self) -> float:
        """Waits until an answer may be read, for how many seconds; that is no step of its own."""
        return await self._queue.turn(self._round, self._number, reads=True)

    def queue_again(self) -> None:
        """What is left of the round is forfeited: something has to be done a second time."""
        self._left = 0
