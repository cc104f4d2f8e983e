"""CPU time and memory of groups of processes, as the kernel counts them.

A process that has ended still counts, through what its parent has inherited from it (`children_*`).
Not here: what is run (scan.py).
"""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass

import psutil


@dataclass(frozen=True, slots=True)
class Usage:
    """CPU seconds so far, and resident memory in bytes at this moment."""

    cpu: float = 0.0
    memory: int = 0

    def __add__(self, other: "Usage") -> "Usage":
        return Usage(self.cpu + other.cpu, self.memory + other.memory)


def usage_of(process: psutil.Process) -> Usage:
    """One process alone."""
    with suppress(psutil.NoSuchProcess), process.oneshot():
        times = process.cpu_times()
        return Usage(times.user + times.system, process.memory_info().rss)
    return Usage()


def usage_below(process: psutil.Process) -> Usage:
    """Everything that the process has started, without itself."""
    with suppress(psutil.NoSuchProcess):
        living = process.children(recursive=True)
        ended = Usage(sum(map(_ended_children, [process, *living])))
        return sum(map(usage_of, living), start=ended)
    return Usage()


def usage_of_all(processes: Iterable[psutil.Process]) -> Usage:
    """The processes with everything that they have started."""
    return sum((usage_of(process) + usage_below(process) for process in processes), start=Usage())


def _ended_children(process: psutil.Process) -> float:
    with suppress(psutil.NoSuchProcess):
        times = process.cpu_times()
        return float(times.children_user + times.children_system)
    return 0.0
