"""A TCP line to the database that a test can cut, freeze and mend: an outage without touching the server.

Cut: connections are reset and new ones refused. Frozen: connections stay open and nothing comes through, as
when a router dies. Not here: killing backends or the server itself (postgres.py).
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import make_url


class CuttableLine:
    """A forwarder from a port of its own to the database's."""

    def __init__(self, host: str, port: int) -> None:
        self._target = (host, port)
        self._server: asyncio.Server | None = None
        self._flows: set[asyncio.Task[None]] = set()
        self._writers: set[asyncio.StreamWriter] = set()
        self._open = asyncio.Event()
        self._open.set()
        self.port = 0

    async def mend(self) -> None:
        """Let connections through (again)."""
        self._open.set()
        if self._server is None:
            self._server = await asyncio.start_server(self._connected, "127.0.0.1", self.port)
            self.port = self._server.sockets[0].getsockname()[1]

    async def cut(self) -> None:
        """Reset every connection and refuse new ones."""
        if self._server is not None:
            self._server.close()
            self._server = None
        for writer in list(self._writers):
            writer.transport.abort()
        for flow in list(self._flows):
            flow.cancel()
        await asyncio.gather(*self._flows, return_exceptions=True)

    def freeze(self) -> None:
        """Keep connections open, but let nothing through until mended."""
        self._open.clear()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            their_reader, their_writer = await asyncio.open_connection(*self._target)
        except OSError:
            writer.transport.abort()
            return
        self._writers |= {writer, their_writer}
        for source, sink in ((reader, their_writer), (their_reader, writer)):
            flow = asyncio.create_task(self._forward(source, sink))
            self._flows.add(flow)
            flow.add_done_callback(self._flows.discard)

    async def _forward(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        try:
            while data := await source.read(65_536):
                await self._open.wait()
                sink.write(data)
                await sink.drain()
        except OSError:
            pass
        finally:
            sink.transport.abort()
            self._writers.discard(sink)


@asynccontextmanager
async def cuttable_line(database_url: str) -> AsyncIterator[tuple[CuttableLine, str]]:
    """A line to `database_url`, and the URL that leads through it."""
    url = make_url(database_url)
    line = CuttableLine(url.host or "127.0.0.1", url.port or 5432)
    await line.mend()
    through = url.set(host="127.0.0.1", port=line.port).render_as_string(hide_password=False)
    try:
        yield line, through
    finally:
        await line.cut()
