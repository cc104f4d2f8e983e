"""How many domains may be in flight: up slowly while there is room and demand, down at once under strain.

Strain is what this process feels: a late event loop, memory or open files near their limits. Never errors
of sites: they say nothing about how much this machine can do. Pages that wait for an extractor are no strain
either: claims pause until they are read (engine.py); but while they wait, there is no use in more.
Pure: readings in, a number out. Not here: taking the readings (vitals.py).
"""

from dataclasses import dataclass
from typing import Final

LAG_HIGH: Final = 0.2
LAG_LOW: Final = 0.05
EXTRACT_WAIT: Final = 1.0
GROWTH: Final = 1.1
SHRINKAGE: Final = 0.75
PATIENCE: Final = 5
"""Readings after a step down in which its effect is awaited, before another."""
ROOM: Final = 0.8
"""Share of memory and open files up to which concurrency still grows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Vitals:
    """What a process feels. `loop_lag` and `extract_wait` in seconds, memory in bytes."""

    loop_lag: float = 0.0
    """How late the event loop wakes."""
    extract_wait: float = 0.0
    """How long a page would probably wait for an extractor."""
    memory: int = 0
    memory_limit: int = 1
    open_files: int = 0
    open_files_limit: int = 1

    @property
    def fullness(self) -> float:
        """The fuller of memory and open files, as a share of its limit."""
        return max(self.memory / self.memory_limit, self.open_files / self.open_files_limit)


class ConcurrencyControl:
    """The number of domains that may be in flight, adjusted reading by reading."""

    def __init__(self, *, start: int, maximum: int) -> None:
        self._limit = float(start)
        self._maximum = maximum
        self._readings_since_down = PATIENCE

    @property
    def limit(self) -> int:
        """Domains that may be in flight."""
        return int(self._limit)

    def adjust(self, vitals: Vitals, *, demand: bool) -> int:
        """The new limit after one reading; `demand` says that all slots were used and more was there."""
        self._readings_since_down += 1
        if strain_of(vitals) is not None:
            self._step_down()
        elif demand and _has_room(vitals):
            self._limit = min(self._maximum, max(self._limit * GROWTH, self._limit + 1))
        return self.limit

    def _step_down(self) -> None:
        if self._readings_since_down > PATIENCE:
            self._limit = max(1.0, self._limit * SHRINKAGE)
            self._readings_since_down = 0


def strain_of(vitals: Vitals) -> str | None:
    """Which limit is reached, in words; None when all is well."""
    if vitals.loop_lag > LAG_HIGH:
        return f"the event loop is {vitals.loop_lag * 1000:.0f} ms late"
    if vitals.memory > vitals.memory_limit:
        return f"{vitals.memory >> 20} MB of memory are in use"
    if vitals.open_files > 0.9 * vitals.open_files_limit:
        return f"{vitals.open_files} files are open"
    return None


def _has_room(vitals: Vitals) -> bool:
    return vitals.loop_lag < LAG_LOW and vitals.extract_wait < EXTRACT_WAIT and vitals.fullness < ROOM
