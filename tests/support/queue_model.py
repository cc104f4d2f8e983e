"""The queue as a few rules in Python: what a domain may look like after a verb, given how it looked before.

Fields that only order claims or tell of the past are left out; `now` is the time given to the verbs.
Not here: running the verbs (queue_player.py).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from domain_scheduler.core.status import DomainStatus
from domain_scheduler.queue.claims import Answer, Claim

PENDING, PROCESSING, COMPLETED, ERROR, CANCELLED = DomainStatus


@dataclass(frozen=True, slots=True)
class Row:
    """One domain."""

    id: int
    batch_id: int
    status: str
    run_token: int
    attempts: int
    waits_until: datetime | None
    lease_until: datetime | None


@dataclass(frozen=True, slots=True)
class Batch:
    """What verbs look at in a batch."""

    id: int
    max_attempts: int
    sealed: bool
    paused: bool
    cancelled: bool
    finished: bool

    @property
    def running(self) -> bool:
        return not (self.paused or self.cancelled or self.finished)


Rows = Mapping[int, Row]
Batches = Mapping[int, Batch]


def is_ready(row: Row, batches: Batches) -> bool:
    """Whether a claim may take it."""
    return row.status == PENDING and row.waits_until is None and batches[row.batch_id].running


def claimed(row: Row, *, now: datetime, lease: float) -> Row:
    return replace(
        row,
        status=PROCESSING,
        run_token=row.run_token + 1,
        attempts=row.attempts + 1,
        lease_until=now + timedelta(seconds=lease),
    )


def holds(row: Row | None, claim: Claim) -> bool:
    """Whether an answer under this claim counts."""
    return row is not None and row.status == PROCESSING and row.run_token == claim.run_token


def finished(row: Row, answer: Answer, *, now: datetime) -> Row:
    waits = None if answer.retry_in is None else now + timedelta(seconds=answer.retry_in)
    attempts = row.attempts - answer.put_off
    return replace(row, status=answer.status, attempts=attempts, lease_until=None, waits_until=waits)


def released(row: Row) -> Row:
    return replace(row, status=PENDING, attempts=row.attempts - 1, lease_until=None)


def is_due(row: Row, *, now: datetime) -> bool:
    return row.status == PENDING and row.waits_until is not None and row.waits_until <= now


def promoted(row: Row) -> Row:
    return replace(row, waits_until=None)


def is_expired(row: Row, *, now: datetime) -> bool:
    return row.lease_until is not None and row.lease_until < now


def reaped(row: Row, batches: Batches) -> Row:
    spent = row.attempts >= batches[row.batch_id].max_attempts
    return replace(row, status=ERROR if spent else PENDING, lease_until=None)


def is_answered(row: Row) -> bool:
    return row.status in (COMPLETED, ERROR)


def retried(row: Row) -> Row:
    return replace(row, status=PENDING, attempts=0)


def is_swept(row: Row, batches: Batches) -> bool:
    return row.status == PENDING and batches[row.batch_id].cancelled


def swept(row: Row) -> Row:
    return replace(row, status=CANCELLED, waits_until=None)


def is_finishable(batch: Batch, rows: Rows) -> bool:
    """Whether everything of the batch is answered or cancelled."""
    open_rows = any(row.batch_id == batch.id and row.status in (PENDING, PROCESSING) for row in rows.values())
    return (batch.sealed or batch.cancelled) and not batch.finished and not open_rows
