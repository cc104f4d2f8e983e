"""Feels this process's pulse: lag of the event loop, memory, open files.

Not here: what follows from it (concurrency.py).
"""

import asyncio
import resource
import statistics
import time
from typing import Final

import psutil

from domain_scheduler.engine.concurrency import Vitals

_TICK: Final = 0.1
_WANTED_FILES: Final = 65_536


def raise_open_files_limit() -> int:
    """Raise the soft limit of open files as far as the hard one allows; gives the limit that holds."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _WANTED_FILES if hard == resource.RLIM_INFINITY else min(hard, _WANTED_FILES)
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return _WANTED_FILES if soft == resource.RLIM_INFINITY else soft
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    except (ValueError, OSError):
        return soft  # macOS allows less than its hard limit says
    return wanted


class Pulse:
    """Readings of this process."""

    def __init__(self, *, memory_limit_mb: int, open_files_limit: int) -> None:
        self._process = psutil.Process()
        self._memory_limit = memory_limit_mb << 20
        self._open_files_limit = open_files_limit
        self._lags: list[float] = []

    async def watch(self) -> None:
        """Measure how late the loop wakes, until cancelled."""
        while True:
            before = time.monotonic()
            await asyncio.sleep(_TICK)
            self._lags.append(time.monotonic() - before - _TICK)

    def read(self, *, extract_wait: float) -> Vitals:
        """The vitals now.

        The lag is the median since the last reading: one burst of work is no strain, a loop that is always
        late is.
        """
        lags, self._lags = self._lags, []
        return Vitals(
            loop_lag=statistics.median(lags or [0.0]),
            extract_wait=extract_wait,
            memory=self._process.memory_info().rss,
            memory_limit=self._memory_limit,
            open_files=self._process.num_fds(),
            open_files_limit=self._open_files_limit,
        )
