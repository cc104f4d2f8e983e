"""A batch as its domains make it: status, exact counts, pace; the same shape in API, CLI and dashboard.

All values come from one read of the view `batch_status`, so that no two of them can disagree. The names of
`as_json` are a public contract: later versions append, never rename.
Not here: the reads (store.py), the domains of a batch (domain.py).
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final

from domain_scheduler.core.status import BatchStatus

INBOX_ID: Final = 1
"""The standing batch that takes rows written by plain SQL; it is never sealed nor cancelled."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How many domains of a batch have which status; `total` is their sum."""

    total: int
    pending: int
    processing: int
    completed: int
    error: int
    cancelled: int

    @property
    def unanswered(self) -> int:
        """Domains that still wait for their answer."""
        return self.pending + self.processing

    @property
    def answered(self) -> int:
        """Domains that have an answer, errors included."""
        return self.completed + self.error


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """One batch at one moment.

    `rate_per_second` is answers per second over the last two to three minutes, for a finished batch over its
    whole run. `eta_seconds` is set while the batch is being processed at a rate above zero, and 0 when
    nothing is left. `started_at` is the moment of the first claim. `compared` are the answers to names that
    had been completed before, `changed` those of them that differ (core/changes.py).
    """

    id: int
    name: str
    status: BatchStatus
    priority: int
    sealed: bool
    counts: Counts
    errors_by_kind: Mapping[str, int]
    rate_per_second: float
    eta_seconds: float | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    max_attempts: int
    options: Mapping[str, Any]
    compared: int
    changed: int

    def as_json(self) -> dict[str, Any]:
        """The public names in their public order; datetimes stay such."""
        return asdict(self)
