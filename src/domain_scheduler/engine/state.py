"""What an engine tells about itself: a snapshot for the API, the dashboard, the heartbeat and the logs.

Not here: the counting (tally.py), the numbers' export (telemetry/metrics.py).
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineState:
    """One engine at one moment; counts are since its start."""

    running: bool
    """Whether it claims domains as slots free up."""
    paused_because: str | None = None
    """Why it claims nothing although it runs, in words."""
    in_flight: int = 0
    concurrency: int = 0
    """Domains that may be in flight at the moment."""
    buffered: int = 0
    """Answers that wait to be stored."""
    claimed: int = 0
    answered: int = 0
    """Answers stored: completed, errors, and attempts that will be tried again."""
    completed: int = 0
    errors_by_kind: Mapping[str, int] = field(default_factory=dict)
    """Final errors stored, by kind."""
    retried: int = 0
    """Failed attempts stored that will be tried again."""
    stale: int = 0
    """Answers dropped because their claim was lost."""
    released: int = 0
    rate_per_second: float = 0.0
    """Answers stored per second, over the last minute."""
    pages_waiting: int = 0
    loop_lag_ms: float = 0.0
    memory_mb: float = 0.0
    open_files: int = 0

    def as_json(self) -> dict[str, Any]:
        """The snapshot as a JSON-ready object."""
        return asdict(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkedOff:
    """What became of the domains that one request had worked off.

    `completed + error + retried + stale + unfinished` are the domains that the request followed: those in
    flight when it came (`joined`) and those claimed for it (`claimed`), together at most its limit.
    """

    joined: int = 0
    claimed: int = 0
    completed: int = 0
    error: int = 0
    retried: int = 0
    stale: int = 0
    unfinished: int = 0
    """Followed, but not answered when the wait ended."""
    errors_by_kind: Mapping[str, int] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """The counts as a JSON-ready object."""
        return asdict(self)
