"""The only place of the project that opens a connection to somebody else.

aiohttp asks this connector for every connection of the one session; it makes the socket for exactly the
endpoint that was granted to the request (a context variable, so no host name is looked up again: no DNS
rebinding) and asks the guard once more, at the last moment, about the address. Each phase has its own
time limit and its own error. Nothing is kept alive, so no connection is ever shared between hosts.
Not here: how an endpoint is chosen (routes.py), the request itself (egress.py).
"""

import asyncio
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import partial
from typing import Any, cast

import aiohttp
from aiohttp.client_proto import ResponseHandler
from aiohttp.client_reqrep import ClientRequest

from domain_scheduler.core.error_kinds import ErrorKind
from domain_scheduler.scan.fetch.deadline import Deadline
from domain_scheduler.scan.fetch.failures import FetchError, failure_of
from domain_scheduler.scan.fetch.guard import Guard
from domain_scheduler.scan.fetch.head_limit import LimitedResponseHandler
from domain_scheduler.scan.fetch.routes import Endpoint


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
    connected: float | None = None
    secured: float | None = None
    ssl_object: ssl.SSLObject | None = None
    protocol: ResponseHandler | None = None
    transport: asyncio.Transport | None = None

    def drop(self) -> None:
        """Ends the connection at once: a polite goodbye would let a silent server hold the socket."""
        if self.transport is not None:
            self.transport.abort()


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
        self._factory = cast("partial[ResponseHandler]", partial(LimitedResponseHandler, loop=self._loop))
        self._guard = guard
        self._connect_timeout = connect_timeout
        self._tls_timeout = tls_timeout

    async def _create_connection(
        self,
        req: ClientRequest,
        traces: Any,
        timeout: Any,  # noqa: ASYNC109 - aiohttp's signature
    ) -> ResponseHandler:
        grant = _granted.get()
        sock = self._guarded_socket(grant.endpoint)
        try:
            await self._connect(sock, grant)
            grant.protocol = protocol = await self._speak(sock, grant, req.url.raw_host or "")
            grant.transport = protocol.transport
        except BaseException as error:
            sock.close()
            if isinstance(error, OSError):
                raise _before_http(failure_of(error)) from error
            raise
        message = f"no answer within {grant.first_byte:g} s"
        grant.deadline.set(self._loop.time() + grant.first_byte, ErrorKind.READ_TIMEOUT, message)
        return protocol

    async def _connect(self, sock: socket.socket, grant: Grant) -> None:
        endpoint, limit = grant.endpoint, self._connect_timeout
        message = f"{endpoint.address} did not answer within {limit:g} s"
        grant.deadline.set(self._loop.time() + limit, ErrorKind.CONNECT_TIMEOUT, message, before_http=True)
        await self._loop.sock_connect(sock, (str(endpoint.address), endpoint.port))
        grant.connected = self._loop.time()

    async def _speak(self, sock: socket.socket, grant: Grant, host: str) -> ResponseHandler:
        """The client's protocol on the connection, behind TLS where the request wants it.

        TLS begins in a step of its own: uvloop's `create_connection(ssl=...)`, given up in its middle, leaves
        a future that nobody awaits and a handshake that goes on over the closed connection.
        """
        if grant.tls is None:
            _, protocol = await self._loop.create_connection(self._factory, sock=sock)
            return protocol
        limit = self._tls_timeout
        message = f"no answer to the TLS handshake within {limit:g} s"
        grant.deadline.set(self._loop.time() + limit, ErrorKind.READ_TIMEOUT, message, before_http=True)
        plain, _ = await self._loop.create_connection(asyncio.Protocol, sock=sock)
        protocol = self._factory()
        try:
            if plain.is_closing():
                raise ConnectionResetError("the server closed the connection")
            secured = await self._loop.start_tls(plain, protocol, grant.tls, server_hostname=host)
        except BaseException:
            plain.abort()
            raise
        assert secured is not None  # only where the loop is being closed
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
        return sock


def _before_http(failure: FetchError) -> FetchError:
    failure.before_http = True
    return failure
