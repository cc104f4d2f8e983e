"""Listens where an attacker would like requests to go, and sees every connection that this process tries.

Not here: what the attacker writes (ssrf_payloads.py).
"""

import asyncio
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from ipaddress import ip_address
from typing import Any

_watching: list[list[tuple[str, int]]] = []


def _hear(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "socket.connect" and isinstance(arguments[1], tuple):
        host, port, *_ = arguments[1]
        for attempts in _watching:
            attempts.append((str(ip_address(host)), port))


sys.addaudithook(_hear)


@contextmanager
def attempted_connections() -> Iterator[list[tuple[str, int]]]:
    """(address, port) of every connection that Python code of this process asks for, listened to or not."""
    attempts: list[tuple[str, int]] = []
    _watching.append(attempts)
    try:
        yield attempts
    finally:
        _watching.remove(attempts)


class Trap:
    """Counts the connections to one port of every address of this host, of both families."""

    def __init__(self) -> None:
        self.connections = 0
        self.port = 0

    async def _count(self, _reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        writer.close()


@asynccontextmanager
async def trap() -> AsyncIterator[Trap]:
    """A trap until the end of the block."""
    caught = Trap()
    v4 = await asyncio.start_server(caught._count, "0.0.0.0", 0)
    caught.port = v4.sockets[0].getsockname()[1]
    v6 = await asyncio.start_server(caught._count, "::", caught.port)
    try:
        yield caught
    finally:
        v4.close()
        v6.close()
