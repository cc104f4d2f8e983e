"""The connection that an answer came on, kept for what is asked next: robots.txt, page and redirects on one.

Kept is only a connection whose answer was whole, well-formed and followed by nothing, and only for the next
request to the same host, port and address under the same trust; then it is closed like any other. The place
among the connections of its address is kept too, even where the server closed it: so that no more of them are
open than politeness allows, and a site that was begun need not queue again at a crowded address.
Not here: making and reading connections (connector.py), whose turn it is (politeness.py).
"""

import asyncio
import ssl
from contextlib import AsyncExitStack
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from domain_scheduler.scan.fetch.fair_queue import Share
from domain_scheduler.scan.fetch.guard import IPAddress
from domain_scheduler.scan.fetch.head_limit import LimitedResponseHandler
from domain_scheduler.scan.fetch.routes import Endpoint


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """An open connection, whom it leads to, and when (on the loop's clock) it was made."""

    endpoint: Endpoint
    tls: ssl.SSLContext | None
    host: str
    protocol: LimitedResponseHandler
    transport: asyncio.Transport
    ssl_object: ssl.SSLObject | None
    started: float
    connected: float
    secured: float | None

    def serves(self, endpoint: Endpoint, tls: ssl.SSLContext | None, host: str) -> bool:
        """Whether a request there may use it."""
        leads_there = (self.endpoint, self.host) == (endpoint, host) and self.tls is tls
        return leads_there and self.protocol.may_go_on


class Line:
    """At most one kept connection and one place; an async context manager, at whose end nothing is kept."""

    def __init__(self, share: Share) -> None:
        self.share = share
        self._connection: Connection | None = None
        self._place = AsyncExitStack()
        self.address: IPAddress | None = None
        """The address at which a place is kept."""
        self.reused = False
        """Whether the last request was sent on a kept connection."""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.hang_up()

    def keep(self, connection: Connection) -> None:
        """Keeps an idle connection; its place follows (`hold`) when its request is over."""
        self._drop()
        connection.protocol.rest()
        self._connection = connection

    def hold(self, place: AsyncExitStack, address: IPAddress) -> None:
        """Keeps a place among the connections of an address."""
        self._place, self.address = place.pop_all(), address

    def leave_place(self) -> AsyncExitStack:
        """The place, which is the caller's from now on."""
        self.address = None
        return self._place.pop_all()

    def take(self, endpoint: Endpoint, tls: ssl.SSLContext | None, host: str) -> Connection | None:
        """The kept connection, if it leads there and is usable; otherwise it is closed."""
        connection = self._connection
        self.reused = connection is not None and connection.serves(endpoint, tls, host)
        if connection is None or not self.reused:
            self._drop()
            return None
        self._connection = None
        connection.protocol.wake()
        return connection

    async def hang_up(self) -> None:
        """Closes what is kept, and gives the place back."""
        self._drop()
        await self.leave_place().aclose()

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.transport.abort()
            self._connection = None
