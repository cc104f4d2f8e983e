"""The stage in which pages are read, as the engine sees it: how much waits there.

Not here: the stage itself (extractor_pool.py).
"""

from typing import Final, Protocol

MOST_WAIT: Final = 2.0
"""Seconds of reading that may lie ahead of a page before claims pause."""


class Reading(Protocol):
    """Where pages wait for a process that reads them."""

    @property
    def pages_waiting(self) -> int:
        """Pages that no process has taken yet."""

    @property
    def expected_wait(self) -> float:
        """Seconds that one more page would wait."""


class NothingToRead:
    """For scans without such a stage."""

    pages_waiting = 0
    expected_wait = 0.0
