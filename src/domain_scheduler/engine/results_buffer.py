"""Answers on their way into the database: written in groups, kept until they are.

A group is one transaction. While the database is away the answers stay here, and `full` stops the claims;
leases may meanwhile expire, and answers whose claims were lost are then void. A group that is refused is
halved until the one answer at fault is found, whose domain ends as `internal_error` with the reason.
Not here: which failure is whose fault (write_faults.py).
"""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from itertools import islice

from domain_scheduler.db.database import first_line
from domain_scheduler.engine.backoff import Backoff
from domain_scheduler.engine.waiting import wait_at_most
from domain_scheduler.engine.write_faults import WRITE_FAULTS, is_refusal
from domain_scheduler.queue.claims import Answer

_log = logging.getLogger(__name__)

Write = Callable[[Sequence[Answer]], Awaitable[set[int]]]
"""Stores answers in one transaction; gives the ids of those whose claims still held."""
Replace = Callable[[Answer, str], Answer | None]
"""The answer to store in place of one that was refused for the given reason; None drops it."""
Written = Callable[[Sequence[Answer], set[int]], None]
"""Hears of every group that was stored, with the ids whose claims still held."""


class ResultsBuffer:
    """The buffer of one engine; `run` writes what `add` takes."""

    def __init__(
        self,
        write: Write,
        *,
        rows: int,
        interval: float,
        replace: Replace,
        written: Written,
        backoff: Backoff | None = None,
    ) -> None:
        """Groups of `rows` answers, or of what there is `interval` seconds after the first."""
        self._write = write
        self._rows = rows
        self._interval = interval
        self._replace = replace
        self._written = written
        self._backoff = backoff or Backoff()
        self._answers: deque[Answer] = deque()
        self._group_size = rows
        self._draining = False
        self._arrived = asyncio.Event()
        self._group_ready = asyncio.Event()
        self._empty = asyncio.Event()
        self._empty.set()

    def __len__(self) -> int:
        return len(self._answers)

    @property
    def full(self) -> bool:
        """Whether it holds more than two groups, so that nothing more should be claimed."""
        return len(self._answers) > 2 * self._rows

    @property
    def trouble(self) -> str | None:
        """Why the last write failed; None when it did not."""
        return self._backoff.because

    def add(self, answer: Answer) -> None:
        """Take an answer."""
        self._answers.append(answer)
        self._signal()

    async def run(self) -> None:
        """Write groups as they fill, until cancelled."""
        while True:
            await self._arrived.wait()
            await wait_at_most(self._group_ready, self._interval)
            await self._write_oldest(len(self._answers))
            self._signal()

    async def drain(self, seconds: float) -> bool:
        """Have everything written without delay; whether it was within `seconds`. Needs `run` to run."""
        self._draining = True
        self._signal()
        await wait_at_most(self._empty, seconds)
        return not self._answers

    def _signal(self) -> None:
        _set(self._arrived, bool(self._answers))
        _set(self._empty, not self._answers)
        _set(self._group_ready, self._draining or len(self._answers) >= self._rows)

    async def _write_oldest(self, count: int) -> None:
        """Write the `count` oldest answers (fewer when one is dropped), however long the database takes."""
        while count > 0 and self._answers:
            group = list(islice(self._answers, min(count, self._group_size)))
            try:
                held = await self._write(group)
            except WRITE_FAULTS as exc:
                if is_refusal(exc):
                    self._narrow_down(group, first_line(exc))
                else:
                    await self._wait_for_database(exc)
            else:
                self._stored(group, held)
                count -= len(group)

    def _stored(self, group: Sequence[Answer], held: set[int]) -> None:
        for _ in group:
            self._answers.popleft()
        self._group_size = min(self._rows, self._group_size * 2)
        if self._backoff.failures:
            _log.info("answers are stored again", extra={"action": "flush_recovered"})
            self._backoff.reset()
        self._written(group, held)

    def _narrow_down(self, group: Sequence[Answer], reason: str) -> None:
        if len(group) > 1:
            self._group_size = len(group) // 2
            return
        refused = self._answers.popleft()
        _log.error(
            "the database refuses the answer for %s: %s",
            refused.claim.domain,
            reason,
            extra={"action": "answer_refused", "domain_id": refused.claim.id},
        )
        replacement = self._replace(refused, reason)
        if replacement is not None:
            self._answers.appendleft(replacement)

    async def _wait_for_database(self, exc: BaseException) -> None:
        if not self._backoff.failures:
            _log.warning(
                "answers wait for the database: %s",
                first_line(exc),
                extra={"action": "flush_waits", "buffered": len(self._answers)},
            )
        await asyncio.sleep(self._backoff.next_delay(first_line(exc)))


def _set(event: asyncio.Event, value: bool) -> None:
    (event.set if value else event.clear)()
