"""What a run of the whole scan was like, as a table.

Rates and CPU are taken between the first and the last answers, so that starting costs nothing; memory is the
highest of all moments. The extractor processes share most of their memory, which is counted once for each.
Not here: running and watching (scan.py).
"""

import os
import platform
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Final

from bench.processes import Usage

_MB: Final = 2**20
_PARTS: Final = {
    "engine": "fetch (the engine's process)",
    "extract": "extract (its child processes)",
    "database": "database (Postgres)",
    "web": "the web that answers (not ours)",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """What was seen at one moment; `at` on the monotonic clock, `in_flight` in claimed domains."""

    at: float
    answered: int
    in_flight: int
    engine: Usage
    extract: Usage
    database: Usage
    web: Usage


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One whole scan."""

    moments: tuple[Moment, ...]
    errors_by_kind: Mapping[str, int]
    postgres: str

    @property
    def first(self) -> Moment:
        """The first moment with answers."""
        return next(moment for moment in self.moments if moment.answered)

    @property
    def last(self) -> Moment:
        """The moment at which everything was answered."""
        return self.moments[-1]

    @property
    def seconds(self) -> float:
        """From the first to the last answers."""
        return self.last.at - self.first.at

    @property
    def answered(self) -> int:
        """Domains answered in that time."""
        return self.last.answered - self.first.answered

    def cpu_ms(self, part: str) -> float:
        """CPU milliseconds per domain of one part."""
        used: float = getattr(self.last, part).cpu - getattr(self.first, part).cpu
        return used * 1000 / max(self.answered, 1)

    def peak_mb(self, part: str) -> float:
        """Highest resident memory of one part, in MB."""
        return float(max(getattr(moment, part).memory for moment in self.moments) / _MB)


def print_report(run: Run) -> None:
    """The machine, the pace, and a row for each part."""
    print("\n".join(_lines(run)))


def _lines(run: Run) -> Iterator[str]:
    versions = ", ".join(f"{name} {version(name)}" for name in ("aiohttp", "uvloop", "turbohtml", "psycopg"))
    yield f"{_processor()}, {os.cpu_count()} cores"
    yield f"Python {platform.python_version()}, Postgres {run.postgres}, {versions}\n"
    yield f"{run.last.answered:,} domains answered; {run.answered:,} of them in {run.seconds:.1f} s measured:"
    yield f"**{run.answered / max(run.seconds, 0.001):.0f} domains/s**"
    yield f"most in flight at once: {max(moment.in_flight for moment in run.moments):,}"
    yield f"errors: {dict(run.errors_by_kind) or 'none'}\n"
    yield "| part | CPU ms per domain | peak memory MB |\n| --- | ---: | ---: |"
    for part, name in _PARTS.items():
        yield f"| {name} | {run.cpu_ms(part):.2f} | {run.peak_mb(part):.0f} |"
    ours = sum(run.cpu_ms(part) for part in ("engine", "extract", "database"))
    yield f"| **ours together** | **{ours:.2f}** | |"


def _processor() -> str:
    """The processor's name where the kernel tells it."""
    for line in Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").exists() else ():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()
