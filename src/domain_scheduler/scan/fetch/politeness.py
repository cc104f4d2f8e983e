"""Keeps this process from being a burden: how many connections and requests one address gets at a time.

Counted twice, by the address itself and by its neighbourhood (/24 of IPv4, /48 of IPv6), because shared
hosting puts ten thousand shops behind one address and a hoster's machines side by side. A domain whose turn
is not near is not waited for: it is sent back (`address_busy`) with the time when its turn should be, spread
so that the sent back ones do not come all at once; so a crowded address never stops the other domains.
An address that answers 429 or 503 makes its whole neighbourhood slower for a while.
State exists only for addresses in use or lately used, and is bounded. Limits hold per process.
"""

import asyncio
import random
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from ipaddress import IPv4Address
from typing import Final

from domain_scheduler.core.error_kinds import ErrorKind
from domain_scheduler.core.retry import RETRY_AFTER_LIMIT
from domain_scheduler.scan.fetch.failures import FetchError
from domain_scheduler.scan.fetch.guard import IPAddress

MAX_LANES: Final = 20_000
SLOWER: Final = 4.0
"""Factor by which requests to a neighbourhood are spaced out after a 429 or 503."""
SLOW_FOR: Final = 60.0
"""Seconds for which it stays so when the site names no time."""
GIVEN_UP_AFTER: Final = 30.0
"""Seconds without any request after which those sent back will not come (their batch was cancelled): their
turns are given anew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """`rate` in requests a second, `burst` requests that may come at once, `patience` in seconds."""

    connections: int = 2
    address_rate: float = 4.0
    group_rate: float = 20.0
    burst: int = 20
    patience: float = 10.0


@dataclass(slots=True)
class _Lane:
    """The pace of one address or neighbourhood (a token bucket kept as one moment: GCRA)."""

    interval: float
    tolerance: float
    slots: asyncio.Semaphore | None = None
    users: int = 0
    waiting: int = 0
    """Users that wait for a connection and have no turn yet."""
    due: float = 0.0
    """When the next request would come if all came evenly spaced."""
    slow_until: float = 0.0
    backlog: float = 0.0
    """When the turn of the last one sent back should be."""

    def delay(self, now: float, *, ahead: int = 0) -> float:
        """Seconds until a request may start that has this many ahead of it."""
        return max(0.0, max(self.due, now) + ahead * self._spacing(now) - self.tolerance - now)

    def take(self, now: float) -> None:
        if now - self.due > GIVEN_UP_AFTER:
            self.backlog = 0.0
        self.due = max(self.due, now) + self._spacing(now)

    def send_back(self, now: float) -> float:
        """Seconds after which one that found the lane crowded should come back: at a turn of its own.

        Turns farther away than anybody is made to wait are not given: who finds none comes back at some
        moment to ask for one, so that the turns of those who left do not stay reserved, and unused.
        """
        turn = max(self.backlog, self.due, now) + self._spacing(now)
        if turn - now > RETRY_AFTER_LIMIT:
            return RETRY_AFTER_LIMIT * random.uniform(0.5, 1.0)  # noqa: S311 - spreads, hides nothing
        self.backlog = turn
        return turn - now

    def slow_down(self, now: float, seconds: float) -> None:
        """Makes the pace slower for a while; what the pace had saved for a burst is gone."""
        self.slow_until = max(self.slow_until, now + seconds)
        self.due = max(self.due, now + self.tolerance)

    def idle(self, now: float) -> bool:
        return not self.users and max(self.due, self.slow_until, self.backlog) <= now

    def _spacing(self, now: float) -> float:
        return self.interval * SLOWER if now < self.slow_until else self.interval


@dataclass(slots=True)
class Politeness:
    """Hands out turns."""

    limits: Limits
    clock: Callable[[], float] = time.monotonic
    _lanes: OrderedDict[object, _Lane] = field(default_factory=OrderedDict)

    @asynccontextmanager
    async def turn(self, address: IPAddress, *, patience: float | None = None) -> AsyncIterator[None]:
        """Waits until a request to `address` is due, and holds one of its connections meanwhile.

        Raises FetchError ADDRESS_BUSY, with the seconds to come back after, when that would take longer
        than `patience`, by default that of the limits. Who is in the middle of a site has more of it, so that
        what was begun is ended before others begin.
        """
        patience = self.limits.patience if patience is None else patience
        with self._in_use(self._lane(address)) as lane, self._in_use(self._group(address)) as group:
            # at once: who waits in vain would meanwhile take the place of other domains
            self._delay(lane, group, address, patience, behind_waiting=True)
            async with self._slot(lane, group, address, patience):
                await self._pace(lane, group, address, patience)
                yield

    async def next_turn(self, address: IPAddress, *, patience: float | None = None) -> None:
        """The same for another request on a connection that is held already."""
        patience = self.limits.patience if patience is None else patience
        await self._pace(self._lane(address), self._group(address), address, patience)

    @staticmethod
    @contextmanager
    def _in_use(lane: _Lane) -> Iterator[_Lane]:
        """Keeps a lane from being forgotten."""
        lane.users += 1
        try:
            yield lane
        finally:
            lane.users -= 1

    @asynccontextmanager
    async def _slot(
        self, lane: _Lane, group: _Lane, address: IPAddress, patience: float
    ) -> AsyncIterator[None]:
        assert lane.slots is not None
        lane.waiting += 1
        group.waiting += 1
        try:
            async with asyncio.timeout(patience):
                await lane.slots.acquire()
        except TimeoutError as error:
            raise self._busy(lane, address) from error
        finally:
            lane.waiting -= 1
            group.waiting -= 1
        try:
            yield
        finally:
            lane.slots.release()

    async def _pace(self, lane: _Lane, group: _Lane, address: IPAddress, patience: float) -> None:
        delay = self._delay(lane, group, address, patience, behind_waiting=False)
        now = self.clock()
        lane.take(now)
        group.take(now)
        if delay:
            await asyncio.sleep(delay)

    def _delay(
        self, lane: _Lane, group: _Lane, address: IPAddress, patience: float, *, behind_waiting: bool
    ) -> float:
        """Seconds until a request may start; raises FetchError ADDRESS_BUSY when they are too many."""
        now = self.clock()

        def delay(crowded: _Lane) -> float:
            return crowded.delay(now, ahead=crowded.waiting if behind_waiting else 0)

        slower = max(lane, group, key=delay)
        if delay(slower) > patience:
            raise self._busy(slower, address)
        return delay(slower)

    def _busy(self, lane: _Lane, address: IPAddress) -> FetchError:
        wait = lane.send_back(self.clock())
        message = f"{address} and its neighbours are being asked for others"
        busy = FetchError(ErrorKind.ADDRESS_BUSY, message, retry_after=wait)
        busy.before_http = True
        return busy

    def slow_down(self, address: IPAddress, seconds: float | None) -> None:
        """Spaces out requests to the neighbourhood of an address that said 429 or 503."""
        lasting = min(max(seconds or 0.0, SLOW_FOR), RETRY_AFTER_LIMIT)
        for lane in (self._lane(address), self._group(address)):
            lane.slow_down(self.clock(), lasting)

    def _lane(self, address: IPAddress) -> _Lane:
        return self._found(address, self.limits.address_rate, self.limits.connections)

    def _group(self, address: IPAddress) -> _Lane:
        return self._found(neighbourhood(address), self.limits.group_rate, None)

    def _found(self, key: object, rate: float, connections: int | None) -> _Lane:
        if (lane := self._lanes.get(key)) is None:
            self._forget_idle()
            interval = 1 / rate
            slots = None if connections is None else asyncio.Semaphore(connections)
            lane = self._lanes[key] = _Lane(interval, interval * (self.limits.burst - 1), slots)
        self._lanes.move_to_end(key)
        return lane

    def _forget_idle(self) -> None:
        """Drops the oldest lanes that are idle; over the bound, also the oldest without users."""
        now = self.clock()
        for _ in range(2):
            if not self._lanes:
                return
            key, lane = next(iter(self._lanes.items()))
            if lane.idle(now) or (len(self._lanes) >= MAX_LANES and not lane.users):
                del self._lanes[key]
            else:
                self._lanes.move_to_end(key)


def neighbourhood(address: IPAddress) -> tuple[int, int]:
    """What stands for the /24 of an IPv4 or the /48 of an IPv6 address."""
    bits = 8 if isinstance(address, IPv4Address) else 80
    return (address.version, int(address) >> bits)
