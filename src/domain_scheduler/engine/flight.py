"""The domains in flight: one task each, and every task ends as an outcome or as a claim to give back.

This is the engine's edge: whatever a scan or processor raises by a fault of ours becomes the domain's
`internal_error`, with the reason, instead of a silence that only the lease would end.
Not here: what is done with outcomes (engine.py), how many may fly (concurrency.py).
"""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Iterable
from typing import Any

from domain_scheduler.core.error_kinds import ErrorKind
from domain_scheduler.core.report import ScanOutcome
from domain_scheduler.engine.waiting import wait_at_most
from domain_scheduler.queue.claims import Claim

_log = logging.getLogger(__name__)

Work = Callable[[Claim], Coroutine[Any, Any, ScanOutcome]]


class Flight:
    """The in-flight set of one engine."""

    def __init__(self, work: Work, *, landed: Callable[[Claim, ScanOutcome], None]) -> None:
        """`work` scans a claim's domain; `landed` gets every outcome."""
        self._work = work
        self._landed = landed
        self._tasks: dict[asyncio.Task[ScanOutcome], Claim] = {}
        self._given_up: list[Claim] = []
        self._empty = asyncio.Event()
        self._empty.set()

    def __len__(self) -> int:
        return len(self._tasks)

    def claims(self) -> list[Claim]:
        """The claims in flight."""
        return list(self._tasks.values())

    def start(self, claims: Iterable[Claim]) -> None:
        """Work on these claims."""
        loop = asyncio.get_running_loop()
        for claim in claims:
            task = loop.create_task(self._work(claim))
            self._tasks[task] = claim
            task.add_done_callback(self._ended)
            self._empty.clear()

    async def wait_empty(self, seconds: float) -> bool:
        """Wait until nothing is in flight, for at most `seconds`; whether that is so."""
        return await wait_at_most(self._empty, seconds)

    async def give_up(self, seconds: float) -> list[Claim]:
        """Cancel what is in flight; gives the claims to give back, after at most `seconds`."""
        for task in self._tasks:
            task.cancel()
        await self.wait_empty(seconds)
        return [*self._given_up, *self.claims()]

    def _ended(self, task: asyncio.Task[ScanOutcome]) -> None:
        claim = self._tasks.pop(task)
        if not self._tasks:
            self._empty.set()
        if task.cancelled():
            self._given_up.append(claim)
        elif (error := task.exception()) is not None:
            self._landed(claim, _fault(claim, error))
        else:
            self._landed(claim, task.result())


def _fault(claim: Claim, error: BaseException) -> ScanOutcome:
    _log.error(
        "the scan of %s failed by a fault of ours: %s",
        claim.domain,
        error,
        exc_info=error,
        extra={"action": "scan_fault", "domain_id": claim.id},
    )
    return ScanOutcome(
        domain=claim.domain,
        error_kind=ErrorKind.INTERNAL_ERROR,
        error_message=f"{type(error).__name__}: {error}",
    )
