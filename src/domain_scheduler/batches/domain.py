"""A domain of a batch as people read it: its result row, and every attempt that was made.

A result is shown exactly while the domain's status is `completed` or `error`; one that was sent back to
`pending` shows none, although the attempts stay on record.
Not here: the reads (domains_store.py), the names of the columns (core/result_row.py).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

ResultRow = dict[str, Any]
"""The values of RESULT_COLUMNS by name, in that order; lists, objects and datetimes stay such."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Domain:
    """One domain as a list shows it.

    `next_attempt_at` is set while it waits for another attempt, `waiting_because` is the error kind that it
    waits for.
    """

    id: int
    batch_id: int
    priority: int
    next_attempt_at: datetime | None
    waiting_because: str | None
    result: ResultRow

    def as_json(self) -> dict[str, Any]:
        """The result row, preceded by `id` and `batch_id`, followed by the rest."""
        return {
            "id": self.id,
            "batch_id": self.batch_id,
            **self.result,
            "priority": self.priority,
            "next_attempt_at": self.next_attempt_at,
            "waiting_because": self.waiting_because,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One try, numbered from 1 within its retry cycle; the error is None for the one that succeeded.

    `duration_ms` and `http_status` are None when the worker was lost.
    """

    attempt: int
    started_at: str | None
    worker_id: str | None
    duration_ms: int | None
    http_status: int | None
    error_kind: str | None
    error_message: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DomainDetail:
    """One domain with everything that is known of it.

    `attempts` are all attempts, oldest first, those of earlier retry cycles included; `started_at` in them is
    ISO 8601. `last_completed` are the facts (core/changes.py) of the last completed scan before the answer
    that is shown or awaited, None where none is known. `details` and `processor_result` are JSON values, None
    without a result.
    """

    domain: Domain
    attempts: tuple[Attempt, ...]
    last_completed: Mapping[str, Any] | None
    details: Mapping[str, Any] | None
    processor_result: Any
    claimed_at: datetime | None
    lease_until: datetime | None
    worker_id: str | None
