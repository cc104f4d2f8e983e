"""The only place of the project that opens a connection to somebody else.

aiohttp asks this connector for every connection of the one session; it makes the socket for exactly the
endpoint that was granted to the request (a context variable, so no host name is looked up again: no DNS
rebinding) and asks the guard once more, at the last moment, about the address. Each phase has its own
time limit and its own error. A connection is kept only for one more request to its own host (line.py), so
none is ever shared between hosts. Its end is a reset: by then nothing more is wanted from the server, and
what closes first with a goodbye occupies a port for a minute (TIME_WAIT), here and in every NAT on the way.
Not here: how an endpoint is chosen (routes.py), the request itself (egress.py).
"""

import asyncio
import socket
import ssl
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import aiohttp
from aiohttp.client_proto import ResponseHandler
from aiohttp.client_reqrep import ClientRequest

from domain_scheduler.core.error_kinds import ErrorKind
from domain_scheduler.scan.fetch.deadline import Deadline
from domain_scheduler.scan.fetch.failures import FetchError, failure_of
from domain_scheduler.scan.fetch.guard import Guard
from domain_scheduler.scan.fetch.head_limit import LimitedResponseHandler
from domain_scheduler.scan.fetch.line import Connection, Line
from domain_scheduler.scan.fetch.routes import Endpoint

_RESET_ON_CLOSE: Final = struct.pack("ii", 1, 0)
"""A `struct linger`: on, for no seconds."""


@dataclass(slots=True)
class Grant:
    """Permission to connect to one endpoint for one request, and what connecting took.

    `tls` is None for plain http. The moments are on the loop's clock, None until they have come.
    """

    endpoint: Endpoint
    tls: ssl.SSLContext | None
    deadline: Deadline
    first_byte: float
    """Seconds that the answer may take to begin."""
    started: float
    line: Line
    """Where the connection is kept when the answer is whole."""
    connected: float | None = None
    secured: float | None = None
    ssl_object: ssl.SSLObject | None = None
    protocol: LimitedResponseHandler | None = None
    transport: asyncio.Transport | None = None

    def drop(self) -> None:
        """Ends the connection at once: a polite goodbye would let a silent server hold the socket."""
        if self.transport is not None:
            self.transport.abort()

    def use(self, kept: Connection, now: float) -> None:
        """Goes on with a kept connection; for the report it was made just now."""
        self.protocol, self.transport, self.ssl_object = kept.protocol, kept.transport, kept.ssl_object
        age = now - (kept.secured or kept.connected)
        self.started, self.connected = kept.started + age, kept.connected + age
        self.secured = now if kept.secured is not None else None

    def keep(self, host: str) -> None:
        """Gives the connection, which is this grant's no longer, to the line."""
        assert self.protocol is not None and self.transport is not None
        assert self.connected is not None
        self.line.keep(
            Connection(
                endpoint=self.endpoint,
                tls=self.tls,
                host=host,
                protocol=self.protocol,
                transport=self.transport,
                ssl_object=self.ssl_object,
                started=self.started,
                connected=self.connected,
                secured=self.secured,
            )
        )
        self.transport = None


_granted: ContextVar[Grant] = ContextVar("granted")


@contextmanager
def granted(grant: Grant) -> Iterator[None]:
    """Makes `grant` the permission of the request that is made inside."""
    token = _granted.set(grant)
    try:
        yield
    finally:
        _granted.reset(token)


class EgressConnector(aiohttp.BaseConnector):
    """Connects to what was granted, or raises FetchError."""

    def __init__(self, *, guard: Guard, connect_timeout: float, tls_timeout: float) -> None:
        super().__init__(force_close=True, limit=0)
        self._protocol = partial(LimitedResponseHandler, loop=self._loop)
        self._guard = guard
        self._connect_timeout = connect_timeout
        self._tls_timeout = tls_timeout

    async def _create_connection(
        self,
        req: ClientRequest,
        traces: Any,
        timeout: Any,  # noqa: ASYNC109 - aiohttp's signature
    ) -> ResponseHandler:
        grant, host = _granted.get(), req.url.raw_host or ""
        if grant.protocol is not None:  # the client tries again, since the server closed the kept connection
            grant.deadline.stop()
            grant.line.share.queue_again()
            await grant.line.share.step()
        if kept := grant.line.take(grant.endpoint, grant.tls, host):
            grant.use(kept, self._loop.time())
        else:
            await self._open(grant, host)
        assert grant.protocol is not None
        grant.protocol.whole = partial(grant.keep, host)
        message = f"no answer within {grant.first_byte:g} s"
        grant.deadline.set(self._loop.time() + grant.first_byte, ErrorKind.READ_TIMEOUT, message)
        return grant.protocol

    def _release(self, key: Any, protocol: ResponseHandler, *, should_close: bool = False) -> None:
        """Called by the client when an answer is whole, or its connection is of no more use."""
        assert isinstance(protocol, LimitedResponseHandler)
        if protocol.whole is None or should_close or not protocol.may_go_on:
            super()._release(key, protocol, should_close=should_close)
        else:
            self._release_acquired(key, protocol)
            protocol.whole()

    async def _open(self, grant: Grant, host: str) -> None:
        sock = self._guarded_socket(grant.endpoint)
        grant.started = self._loop.time()
        try:
            await self._connect(sock, grant)
            grant.protocol = protocol = await self._speak(sock, grant, host)
            grant.transport = protocol.transport
        except BaseException as error:
            sock.close()
            if isinstance(error, OSError):
                raise _before_http(failure_of(error)) from error
            raise

    async def _connect(self, sock: socket.socket, grant: Grant) -> None:
        endpoint, limit = grant.endpoint, self._connect_timeout
        message = f"{endpoint.address} did not answer within {limit:g} s"
        grant.deadline.set(self._loop.time() + limit, ErrorKind.CONNECT_TIMEOUT, message, before_http=True)
        await self._loop.sock_connect(sock, (str(endpoint.address), endpoint.port))
        grant.connected = self._loop.time()

    async def _speak(self, sock: socket.socket, grant: Grant, host: str) -> LimitedResponseHandler:
        """The client's protocol on the connection, behind TLS where the request wants it.

        TLS begins in a step of its own: uvloop's `create_connection(ssl=...)`, given up in its middle, leaves
        a future that nobody awaits and a handshake that goes on over the closed connection.
        """
        if grant.tls is None:
            wire, protocol = await self._loop.create_connection(self._protocol, sock=sock)
            protocol.wire = wire
            return protocol
        limit = self._tls_timeout
        message = f"no answer to the TLS handshake within {limit:g} s"
        grant.deadline.set(self._loop.time() + limit, ErrorKind.READ_TIMEOUT, message, before_http=True)
        plain, _ = await self._loop.create_connection(asyncio.Protocol, sock=sock)
        protocol = self._protocol()
        try:
            if plain.is_closing():
                raise ConnectionResetError("the server closed the connection")
            secured = await self._loop.start_tls(plain, protocol, grant.tls, server_hostname=host)
        except BaseException:
            plain.abort()
            raise
        assert secured is not None  # only where the loop is being closed
        protocol.wire = plain
        protocol.connection_made(secured)
        grant.secured = self._loop.time()
        grant.ssl_object = secured.get_extra_info("ssl_object")
        return protocol

    def _guarded_socket(self, endpoint: Endpoint) -> socket.socket:
        if not endpoint.trusted and (refusal := self._guard.refusal(endpoint.address)):
            raise _before_http(FetchError(ErrorKind.BLOCKED_ADDRESS, refusal))
        family = socket.AF_INET if endpoint.address.version == 4 else socket.AF_INET6
        try:
            sock = socket.socket(family, socket.SOCK_STREAM)
        except OSError as error:
            raise _before_http(failure_of(error)) from error
        sock.setblocking(False)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
        return sock


def _before_http(failure: FetchError) -> FetchError:
    failure.before_http = True
    return failure
