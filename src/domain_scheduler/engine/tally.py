"""Counts what an engine did since its start, for its state and for the metrics.

Not here: true counts of batches (the database's ledger has them).
"""

import time
from collections import Counter, deque
from collections.abc import Callable, Iterable
from typing import Final

from domain_scheduler.core.status import DomainStatus
from domain_scheduler.queue.claims import Answer
from domain_scheduler.telemetry.metrics import Metrics

_WINDOW: Final = 60.0


class Tally:
    """The counts of one engine."""

    def __init__(self, metrics: Metrics, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._metrics = metrics
        self._clock = clock
        self._started = clock()
        self._recent: deque[tuple[float, int]] = deque()
        self.claimed = 0
        self.released = 0
        self.stale = 0
        self.by_status: Counter[DomainStatus] = Counter()
        """Answers stored, by the status that they gave."""
        self.errors_by_kind: Counter[str] = Counter()

    def note_claimed(self, count: int) -> None:
        """`count` domains were claimed."""
        self.claimed += count
        self._metrics.claims.inc(count)

    def note_released(self, count: int) -> None:
        """`count` claims were given back."""
        self.released += count
        self._metrics.released.inc(count)

    def note_stored(self, answers: Iterable[Answer]) -> None:
        """These answers were stored."""
        count = 0
        for answer in answers:
            count += not answer.put_off
            kind = answer.outcome.error_kind
            self.by_status[answer.status] += 1
            if answer.status is DomainStatus.ERROR:
                self.errors_by_kind[str(kind)] += 1
            self._metrics.answers.labels(answer.status, kind or "").inc()
            self._metrics.scan_seconds.observe(answer.outcome.duration_ms / 1000)
        self._recent.append((self._clock(), count))

    def note_stale(self, count: int) -> None:
        """`count` answers were dropped because their claims were lost."""
        self.stale += count
        self._metrics.stale_answers.inc(count)

    @property
    def answered(self) -> int:
        """Answers stored."""
        return self.by_status.total()

    @property
    def completed(self) -> int:
        """Domains completed."""
        return self.by_status[DomainStatus.COMPLETED]

    @property
    def retried(self) -> int:
        """Domains that were sent back, to be tried again or because their turn has not come."""
        return self.by_status[DomainStatus.PENDING]

    def rate(self) -> float:
        """Answers stored per second, over the last minute or since the start if that is shorter ago."""
        now = self._clock()
        while self._recent and self._recent[0][0] < now - _WINDOW:
            self._recent.popleft()
        seconds = min(_WINDOW, max(1.0, now - self._started))
        return sum(count for _, count in self._recent) / seconds
