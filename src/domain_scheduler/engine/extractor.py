"""One extractor process as its service sees it: started, asked for one page at a time, killed past its time.

It is a plain child process over a socket pair rather than `multiprocessing`: nothing imports the embedding
application's main module again, and no lock is shared that a killed process could take with it
(measured against pebble in docs/decisions/0006).
Not here: how many there are, and which gets the next page (extractor_pool.py).
"""

import asyncio
import pickle
import socket
import subprocess
import sys
from typing import Final, Self

import orjson

from domain_scheduler.core.report import Page
from domain_scheduler.engine.extractor_process import LENGTH, PAGE, READY, Program
from domain_scheduler.scan.scanner import ExtractionError, ExtractionTimeoutError, Headers

_START_SECONDS: Final = 60.0
_MAX_REPLY: Final = 16 * 1024**2
_TUPLES: Final = ("emails", "phones", "technologies")


class ExtractorLostError(ExtractionError):
    """The process died or was killed; it must be replaced."""


class Extractor:
    """A running extractor process that is ready for pages."""

    def __init__(
        self,
        process: "subprocess.Popen[bytes]",
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        self._process = process
        self._reader = reader
        self._writer = writer
        self.pages = 0
        """Pages read so far."""

    @property
    def pid(self) -> int:
        """The process's id."""
        return self._process.pid

    @classmethod
    async def start(cls, program: Program) -> Self:
        """A new process, ready for its first page; raises ExtractorLostError if it cannot be started."""
        ours, theirs = socket.socketpair()
        try:
            process = await asyncio.to_thread(_spawn, theirs)
        except OSError as exc:
            ours.close()
            raise ExtractorLostError(f"no extractor process can be started: {exc}") from exc
        finally:
            theirs.close()
        reader, writer = await asyncio.open_unix_connection(sock=ours)
        extractor = cls(process, reader, writer)
        try:
            await extractor._introduce(program)
        except BaseException:
            await extractor.close()
            raise
        return extractor

    async def _introduce(self, program: Program) -> None:
        kind, content = await self._ask(pickle.dumps(program), seconds=_START_SECONDS)
        if kind != READY:
            raise ExtractorLostError(content.decode(errors="replace"))

    async def extract(self, body: bytes, headers: Headers, url: str, *, seconds: float) -> Page:
        """The page; raises ExtractionTimeoutError (and is then to be replaced) or ExtractionError."""
        self.pages += 1
        kind, content = await self._ask(pickle.dumps((body, headers, url)), seconds=seconds)
        if kind != PAGE:
            raise ExtractionError(content.decode(errors="replace"))
        return _page(content)

    async def _ask(self, request: bytes, *, seconds: float) -> tuple[bytes, bytes]:
        try:
            async with asyncio.timeout(seconds):
                self._writer.write(LENGTH.pack(len(request)) + request)
                await self._writer.drain()
                size = LENGTH.unpack(await self._reader.readexactly(LENGTH.size))[0]
                if not 0 < size <= _MAX_REPLY:
                    raise ExtractorLostError(f"the extractor process sent {size} bytes")
                reply = await self._reader.readexactly(size)
        except TimeoutError as exc:
            raise ExtractionTimeoutError(f"reading the page took more than {seconds:g} s") from exc
        except (OSError, asyncio.IncompleteReadError) as exc:
            raise ExtractorLostError("the process that read the page died") from exc
        return reply[:1], reply[1:]

    async def close(self) -> None:
        """Kill the process, wherever it is, and wait for its end."""
        self._process.kill()
        self._writer.transport.abort()
        await asyncio.to_thread(self._process.wait)


def _spawn(theirs: socket.socket) -> "subprocess.Popen[bytes]":
    # the same import path as here: an application may have changed its own
    code = (
        f"import sys; sys.path[:] = {sys.path!r}\n"
        "from domain_scheduler.engine.extractor_process import main; main()"
    )
    return subprocess.Popen([sys.executable, "-c", code], stdin=theirs.fileno(), stdout=subprocess.DEVNULL)


def _page(content: bytes) -> Page:
    values = orjson.loads(content)
    return Page(**(values | {name: tuple(values[name]) for name in _TUPLES}))
