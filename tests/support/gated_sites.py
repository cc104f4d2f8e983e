"""A web server for any host name, whose pages a test can hold back and let go.

Not here: badly behaved sites (hostile_server.py), real ones (corpus_web.py).
"""

import asyncio
from collections import Counter, defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class GatedSites:
    """Answers `GET /` of every host with a page that bears its name, once its gate is open."""

    def __init__(self) -> None:
        self.asked: Counter[str] = Counter()
        """Requests for front pages, by host."""
        self.arrived: defaultdict[str, asyncio.Event] = defaultdict(asyncio.Event)
        self._gates: dict[str, asyncio.Event] = {}
        self.port = 0

    @property
    def connect_to(self) -> str:
        """The value of DOMAIN_SCHEDULER_FETCH__CONNECT_TO that leads here."""
        return f"::127.0.0.1:{self.port}"

    def hold(self, host: str) -> None:
        """Hold back the page of `host`."""
        self._gates[host] = asyncio.Event()

    def let_go(self) -> None:
        """Open all gates."""
        for gate in self._gates.values():
            gate.set()

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection; a TLS greeting is hung up on."""
        try:
            first = await reader.readexactly(1)
            if first == _TLS_GREETING:
                return
            path, host = _target(first + await reader.readuntil(b"\r\n\r\n"))
            if path == "/":
                await self._wait_for_gate(host)
            writer.write(_page(host) if path == "/" else _NOT_FOUND)
            await writer.drain()
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, UnicodeDecodeError):
            pass
        finally:
            writer.close()

    async def _wait_for_gate(self, host: str) -> None:
        self.asked[host] += 1
        self.arrived[host].set()
        if host in self._gates:
            await self._gates[host].wait()


_TLS_GREETING = b"\x16"
_NOT_FOUND = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


def _target(request: bytes) -> tuple[str, str]:
    head, *headers = request.decode("ascii").split("\r\n")
    host = next(line.partition(":")[2].strip() for line in headers if line.lower().startswith("host:"))
    return head.split(" ")[1], host.partition(":")[0]


def _page(host: str) -> bytes:
    body = f"<!doctype html><html lang=en><title>Welcome to {host}</title><p>Hello there</p></html>".encode()
    head = (
        "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n"
        f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    )
    return head.encode() + body


@asynccontextmanager
async def gated_sites() -> AsyncIterator[GatedSites]:
    """The server, for the length of the block."""
    sites = GatedSites()
    server = await asyncio.start_server(sites.answer, "127.0.0.1", 0)
    sites.port = server.sockets[0].getsockname()[1]
    async with server:
        try:
            yield sites
        finally:
            sites.let_go()
