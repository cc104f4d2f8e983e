"""The extractor processes: pages wait for the next free one, and a lost one is replaced.

Every page is answered: read, or ExtractionTimeoutError, or ExtractionError. A process is replaced when it
was killed or died, and after `max_pages` (a leak cannot grow); its successor is started before it is stopped.
Not here: one process (extractor.py), what it runs (extractor_process.py).
"""

import asyncio
import logging
import time
from collections.abc import Coroutine
from typing import Any, Final, Self

from domain_scheduler.core.report import Page
from domain_scheduler.engine.backoff import Backoff
from domain_scheduler.engine.extractor import Extractor, ExtractorLostError
from domain_scheduler.engine.extractor_process import Program
from domain_scheduler.errors import SettingsError
from domain_scheduler.scan.scanner import ExtractionError, ExtractionTimeoutError, Headers
from domain_scheduler.scan.surroundings import NO_SURROUNDINGS, Surroundings
from domain_scheduler.telemetry.metrics import Metrics

_log = logging.getLogger(__name__)
_MAX_PAGES: Final = 10_000
_WEIGHT: Final = 0.05
"""Of the latest page in the moving average of the time that pages take."""


class ExtractorPool:
    """`processes` extractor processes; an async context manager, and `extract` is the door."""

    def __init__(
        self,
        program: Program,
        *,
        processes: int,
        timeout: float,
        metrics: Metrics,
        max_pages: int = _MAX_PAGES,
    ) -> None:
        """`timeout` is seconds per page, from the moment that a process takes it."""
        self._program = program
        self._processes = processes
        self._timeout = timeout
        self._max_pages = max_pages
        self._metrics = metrics
        self._free: asyncio.Queue[Extractor] = asyncio.Queue()
        self._starts: set[asyncio.Task[None]] = set()
        self._burials: set[asyncio.Task[None]] = set()
        self._alive: set[Extractor] = set()
        self._succeeded: set[Extractor] = set()
        self._waiting = 0
        self._page_seconds = 0.0

    async def __aenter__(self) -> Self:
        """Start the processes; raises SettingsError when not even one can be started."""
        try:
            first = await Extractor.start(self._program)
        except ExtractionError as exc:
            raise SettingsError(f"pages cannot be read: {exc}") from exc
        self._admit(first, "start")
        for _ in range(self._processes - 1):
            _keep(self._starts, self._replace("start"))
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop every process; pages that still wait are lost with their tasks."""
        starts = list(self._starts)
        for start in starts:
            start.cancel()
        await asyncio.gather(*starts, return_exceptions=True)
        await asyncio.gather(*self._burials, *(extractor.close() for extractor in self._alive))

    @property
    def pages_waiting(self) -> int:
        """Pages that no process has taken yet."""
        return self._waiting

    @property
    def expected_wait(self) -> float:
        """Seconds that the next page would probably wait for a process."""
        return self._waiting * self._page_seconds / self._processes

    async def extract(
        self, body: bytes, headers: Headers, url: str, beside: Surroundings = NO_SURROUNDINGS
    ) -> Page:
        """The page; raises ExtractionTimeoutError or ExtractionError."""
        extractor = await self._take()
        started, usable = time.monotonic(), False
        try:
            page = await extractor.extract(body, headers, url, beside, seconds=self._timeout)
            usable = True
            return page
        except (ExtractionTimeoutError, ExtractorLostError):
            raise
        except ExtractionError:
            usable = True
            raise
        finally:
            # a cancelled caller leaves its process in the middle of a page: that one is replaced too
            self._page_seconds += _WEIGHT * (time.monotonic() - started - self._page_seconds)
            self._give_back(extractor, usable=usable)

    async def _take(self) -> Extractor:
        self._waiting += 1
        try:
            while (extractor := await self._free.get()) in self._succeeded:
                self._bury(extractor)
            return extractor
        finally:
            self._waiting -= 1

    def _give_back(self, extractor: Extractor, *, usable: bool) -> None:
        if not usable:
            self._bury(extractor)
            _keep(self._starts, self._replace("lost"))
        elif extractor in self._succeeded:
            self._bury(extractor)
        else:
            self._free.put_nowait(extractor)
            if extractor.pages == self._max_pages:
                _keep(self._starts, self._succeed(extractor))

    def _bury(self, extractor: Extractor) -> None:
        self._alive.discard(extractor)
        self._succeeded.discard(extractor)
        _keep(self._burials, extractor.close())

    async def _succeed(self, extractor: Extractor) -> None:
        await self._replace("recycled")
        if extractor in self._alive:
            self._succeeded.add(extractor)

    async def _replace(self, cause: str) -> None:
        backoff = Backoff()
        while True:
            try:
                extractor = await Extractor.start(self._program)
            except ExtractionError as exc:
                _log.error("no extractor: %s", exc, extra={"action": "extractor_start_failed"})
                await asyncio.sleep(backoff.next_delay())
            else:
                self._admit(extractor, cause)
                return

    def _admit(self, extractor: Extractor, cause: str) -> None:
        self._metrics.extractors_started.labels(cause).inc()
        self._alive.add(extractor)
        self._free.put_nowait(extractor)


def _keep(tasks: set[asyncio.Task[None]], work: Coroutine[Any, Any, None]) -> None:
    task = asyncio.get_running_loop().create_task(work)
    tasks.add(task)
    task.add_done_callback(tasks.discard)
