"""A web server on loopback that misbehaves as it is asked to, byte by byte.

The first label of the Host, up to its first digit or hyphen, names the behaviour (behaviours.py), so that
`drip-17.example.com` drips; unknown labels get a good page. robots.txt is absent unless the behaviour is
about it. Every request is logged with its moment and the address it came in on.
"""

import asyncio
import re
import ssl
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.support.behaviours import BEHAVIOURS, Behaviour, Exchange, good_page
from tests.support.certificates import Authority

WRONG_CERTIFICATES = ("expired", "early", "mismatched", "untrusted", "rooted", "selfsigned")

REDIRECTING = ("loop", "selfredirect", "chain", "eight")
"""Behaviours whose connections stay open, as they do with servers that have a redirect to give."""

_SERVER_HELLO_OF_TLS_1_1 = bytes.fromhex("160302002a020000260302" + "00" * 32 + "00002f00")
"""A record with one ServerHello: version 1.1, no session, AES128-SHA, no compression."""


@dataclass(frozen=True)
class Seen:
    """One request: when its connection was made and closed, where it came in, what it asked for."""

    opened: float
    closed: float
    address: str
    host: str
    target: str
    headers: Mapping[str, str]


@dataclass
class HostileServer:
    """Its ports, and what it saw. `log` holds finished connections with a request, in order of their end."""

    ca_file: Path
    http: int = 0
    https: int = 0
    old_tls: int = 0
    """Begins a handshake of TLS 1.1, and knows nothing newer."""
    silent: int = 0
    """Accepts, and says nothing."""
    resetting: int = 0
    """Accepts, and drops the connection."""
    babbling: int = 0
    """Answers in HTTP to whatever is said, as plain servers on port 443 do."""
    log: list[Seen] = field(default_factory=list)
    connected: asyncio.Event = field(default_factory=asyncio.Event)
    """Set with the first connection."""
    special: dict[tuple[str, str], Behaviour] = field(default_factory=dict)
    """(host, target) -> what is done there instead."""

    @property
    def connect_to(self) -> tuple[str, ...]:
        """Sends every host here."""
        return (f":80:127.0.0.1:{self.http}", f":443:127.0.0.1:{self.https}")

    @property
    def port_only(self) -> tuple[str, ...]:
        """The same, but DNS and guard still decide on the address."""
        return (f":80::{self.http}", f":443::{self.https}")

    def answer(
        self, host: str, target: str = "/", status: int = 200, body: bytes = b"", **headers: str
    ) -> None:
        """Gives one address of one host an answer of its own, for instance a redirect."""

        async def respond(exchange: Exchange) -> None:
            exchange.send(status, body, **headers)

        self.special[host, target] = respond

    def targets(self, host: str) -> list[str]:
        """What was asked of a host, in order."""
        return [seen.target for seen in self.log if seen.host == host]


@asynccontextmanager
async def hostile_server(
    folder: Path, *, addresses: Sequence[str] = ("127.0.0.1",), names: Sequence[str] = ("*.example.com",)
) -> AsyncIterator[HostileServer]:
    """A server running until the end of the block; its certificates are for `names`."""
    authority = Authority(folder)
    server = HostileServer(authority.ca_file)
    async with AsyncExitStack() as stack:

        async def listen(
            handler: Callable[..., Awaitable[None]], context: ssl.SSLContext | None = None
        ) -> int:
            listening = await asyncio.start_server(
                handler, list(addresses), 0 if len(addresses) == 1 else free_port(), ssl=context, backlog=4096
            )
            stack.callback(listening.close)
            return int(listening.sockets[0].getsockname()[1])

        serve = _Handler(server)
        stack.push_async_callback(serve.finish)
        server.http = await listen(serve)
        server.https = await listen(serve, _choosing_context(authority, names))
        server.old_tls = await listen(serve.speak_old_tls)
        server.babbling = await listen(serve.babble)
        server.silent = await listen(serve.silence)
        server.resetting = await listen(serve.reset)
        yield server


def free_port() -> int:
    """A port that was free a moment ago, for listening on several addresses with the same one."""
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _choosing_context(authority: Authority, names: Sequence[str]) -> ssl.SSLContext:
    """A context that shows the certificate which the requested name asks for."""
    wrong = {kind: authority.context(*names, wrong=kind) for kind in WRONG_CERTIFICATES}

    def choose(tls: ssl.SSLObject, name: str | None, _context: ssl.SSLContext) -> None:
        if (context := wrong.get(behaviour_of(name or ""))) is not None:
            tls.context = context

    chosen = authority.context(*names)
    chosen.sni_callback = choose
    return chosen


def behaviour_of(host: str) -> str:
    """`drip` for `drip-17.example.com` and for `www.drip-17.example.com`."""
    return re.split(r"[0-9.-]", host.removeprefix("www."), maxsplit=1)[0]


class _Handler:
    """Serves connections, and remembers them so that all can be ended."""

    def __init__(self, server: HostileServer) -> None:
        self._server = server
        self._open: set[asyncio.Task[None]] = set()

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async with self._tracked(writer):
            opened, address = time.monotonic(), writer.get_extra_info("sockname")[0]
            goes_on = True
            while goes_on:
                request = await reader.readuntil(b"\r\n\r\n")
                goes_on = await self._serve(_exchange(request, reader, writer), opened, address)

    async def _serve(self, exchange: Exchange, opened: float, address: str) -> bool:
        """Whether another request may follow on the connection."""
        try:
            return await self._respond(exchange)
        finally:
            seen = Seen(opened, time.monotonic(), address, exchange.host, exchange.target, exchange.headers)
            self._server.log.append(seen)

    async def _respond(self, exchange: Exchange) -> bool:
        name = behaviour_of(exchange.host)
        behaviour = self._server.special.get((exchange.host, exchange.target))
        if behaviour is None and exchange.target == "/robots.txt" and not name.startswith("robots"):
            exchange.send(404)
            return exchange.headers.get("connection") == "keep-alive"
        await (behaviour or BEHAVIOURS.get(name, good_page))(exchange)
        await exchange.writer.drain()
        return name in REDIRECTING and exchange.headers.get("connection") == "keep-alive"

    async def silence(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async with self._tracked(writer):
            await reader.read()

    async def babble(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async with self._tracked(writer):
            await reader.read(1)
            writer.write(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
            await writer.drain()

    async def speak_old_tls(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async with self._tracked(writer):
            await reader.read(1)
            writer.write(_SERVER_HELLO_OF_TLS_1_1)
            await writer.drain()
            await reader.read()

    async def reset(self, _reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async with self._tracked(writer):
            writer.transport.abort()

    @asynccontextmanager
    async def _tracked(self, writer: asyncio.StreamWriter) -> AsyncIterator[None]:
        self._server.connected.set()
        task = asyncio.current_task()
        assert task is not None
        self._open.add(task)
        try:
            yield
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, asyncio.CancelledError):
            pass  # the client has gone, or the server ends
        finally:
            self._open.discard(task)
            writer.close()

    async def finish(self) -> None:
        for task in self._open:
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)


def _exchange(request: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> Exchange:
    first, *rest = request.decode("latin-1").split("\r\n")
    headers = {
        name.lower(): value.strip() for name, _, value in (line.partition(":") for line in rest if line)
    }
    host = headers.get("host", "").partition(":")[0]
    return Exchange(host=host, target=first.split(" ")[1], headers=headers, reader=reader, writer=writer)
