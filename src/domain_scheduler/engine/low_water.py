"""Per batch, the claim position below which a claim need not look: keeps it cheap under bloat.

A mark may pass over a row that is committed late, released, or promoted with an old position. So all marks
are dropped on an empty claim, every 30 s, after a promotion, and when somebody says that there is work:
no row is passed over for longer (facts: 391 against 6,559 blocks a claim under a pinned snapshot).
Not here: the claim (claimer.py).
"""

import time
from collections.abc import Callable, Iterable, Mapping
from typing import Final

from domain_scheduler.queue.claims import Claim

LIFETIME: Final = 30.0


class LowWaterMarks:
    """The marks of one claimer."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._marks: dict[int, int] = {}
        self._dropped_at = clock()

    def __bool__(self) -> bool:
        return bool(self._marks)

    def current(self) -> Mapping[int, int]:
        """The marks by batch id; dropped first when they are too old."""
        if self._clock() - self._dropped_at >= LIFETIME:
            self.drop()
        return self._marks

    def note(self, claims: Iterable[Claim]) -> None:
        """Raise the marks to what was just claimed."""
        for claim in claims:
            known = self._marks.get(claim.batch_id)
            if known is None or claim.claim_position > known:
                self._marks[claim.batch_id] = claim.claim_position

    def drop(self) -> None:
        """Forget all marks."""
        self._marks = {}
        self._dropped_at = self._clock()
