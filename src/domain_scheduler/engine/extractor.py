"""One extractor process as its service sees it: started, asked for one page at a time, killed past its time.

It is a plain child process over a socket pair rather than `multiprocessing`: nothing imports the embedding
application's main module again, and no lock is shared that a killed process could take with it
(measured against pebble in docs/decisions/0008-extractor-processes.md).
Not here: the frames between them (extractor_line.py), how many there are (extractor_pool.py).
"""

import asyncio
import pickle
import socket
import subprocess
import sys
from contextlib import AsyncExitStack
from typing import Final, Self

import orjson

from domain_scheduler.core.report import Page
from domain_scheduler.engine.extractor_line import ExtractorLine, LineBrokenError
from domain_scheduler.engine.extractor_process import PAGE, READY, Program
from domain_scheduler.scan.scanner import ExtractionError, ExtractionTimeoutError, Headers
from domain_scheduler.scan.surroundings import NO_SURROUNDINGS, Surroundings

_START_SECONDS: Final = 300.0
"""A large set of technologies is compiled at the first start: 7 s alone, minutes on a crowded machine."""
_TUPLES: Final = ("emails", "phones", "technologies")


class ExtractorLostError(ExtractionError):
    """The process died or was killed; it must be replaced."""


class Extractor:
    """A running extractor process; made ready for pages by `start`."""

    def __init__(self) -> None:
        """Start the process; raises OSError when the system allows no more."""
        self._socket, theirs = socket.socketpair()
        self._line: ExtractorLine | None = None
        try:
            self._process = _spawn(theirs)
        except OSError:
            self._socket.close()
            raise
        finally:
            theirs.close()
        self.pages = 0
        """Pages read so far."""

    @classmethod
    async def start(cls, program: Program) -> Self:
        """A new process, ready for its first page; raises ExtractorLostError if it cannot be started."""
        try:
            extractor = cls()
        except OSError as exc:
            raise ExtractorLostError(f"no extractor process can be started: {exc}") from exc
        async with AsyncExitStack() as unless_ready:
            unless_ready.push_async_callback(extractor.close)
            await extractor._introduce(program)
            unless_ready.pop_all()
        return extractor

    async def _introduce(self, program: Program) -> None:
        loop = asyncio.get_running_loop()
        _, self._line = await loop.create_unix_connection(ExtractorLine, sock=self._socket)
        try:
            kind, content = await self._ask(pickle.dumps(program), seconds=_START_SECONDS)
        except ExtractionTimeoutError as exc:
            raise ExtractorLostError(f"a process was not ready within {_START_SECONDS:g} s") from exc
        if kind != READY:
            raise ExtractorLostError(content.decode(errors="replace"))

    async def extract(
        self,
        body: bytes,
        headers: Headers,
        url: str,
        beside: Surroundings = NO_SURROUNDINGS,
        *,
        seconds: float,
    ) -> Page:
        """The page; raises ExtractionTimeoutError (and is then to be replaced) or ExtractionError."""
        self.pages += 1
        kind, content = await self._ask(pickle.dumps((body, headers, url, beside)), seconds=seconds)
        if kind != PAGE:
            raise ExtractionError(content.decode(errors="replace"))
        return _page(content)

    async def _ask(self, request: bytes, *, seconds: float) -> tuple[bytes, bytes]:
        assert self._line is not None
        try:
            reply = await self._line.ask(request, seconds=seconds)
        except TimeoutError as exc:
            raise ExtractionTimeoutError(f"reading the page took more than {seconds:g} s") from exc
        except LineBrokenError as exc:
            raise ExtractorLostError(str(exc)) from exc
        return reply[:1], reply[1:]

    async def close(self) -> None:
        """Kill the process, wherever it is, and wait for its end."""
        self._process.kill()
        if self._line is None:
            self._socket.close()
        else:
            self._line.abort()
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
