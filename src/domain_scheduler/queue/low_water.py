"""Where a process's claims start: a mark per batch below which it found nothing left to claim.

Without it every claim walks over the dead index entries of all that was claimed before it, which vacuum
cannot remove while anybody's old snapshot is open (391 blocks a claim with a mark, 6,559 without). A mark
may hide what appears below it: an insert that commits late, a claim rolled back after a neighbour stepped
over it, a new domain of higher priority. So a mark is only a hint, dropped as soon as a claim comes back
empty and after `LIFETIME` seconds at the latest: nothing waits longer than that because of it.
Not here: the claim itself (store.py), when it is made (engine/).
"""

import time
from collections.abc import Callable, Iterable, Mapping
from typing import Final

from domain_scheduler.queue.claims import Claim

LIFETIME: Final = 30.0
"""Seconds."""


class LowWater:
    """The marks of one process; `clock` gives seconds that only grow."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._marks: dict[int, int] = {}
        self._since = clock()

    def marks(self) -> Mapping[int, int]:
        """The `low_water` for the next claim."""
        if self._clock() - self._since >= LIFETIME:
            self.drop()
        return self._marks

    def note(self, claims: Iterable[Claim]) -> None:
        """Raise the marks to what a claim gave; call it after the commit of every claim, empty ones too."""
        highest = {claim.batch_id: claim.claim_position for claim in sorted(claims, key=_position)}
        if not highest:
            self.drop()
        self._marks |= highest

    def drop(self) -> None:
        """Look everywhere again: for an empty claim, and when somebody knows of new domains."""
        self._marks = {}
        self._since = self._clock()


def _position(claim: Claim) -> int:
    return claim.claim_position
