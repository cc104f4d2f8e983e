"""Batches: made, read, and changed, one function per act.

Status and counts are only ever read from the view `batch_status`, in one statement, and never stored. Every
change of state writes its event in the statement that makes it, and doing it twice changes nothing. Each
function takes the connection first and never commits.
Not here: adding domains (submission.py), their reads (domains_store.py), finishing (queue/store.py).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import orjson
from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from domain_scheduler.batches.batch import INBOX_ID, Batch, Counts
from domain_scheduler.batches.cursors import decode_cursor, encode_cursor
from domain_scheduler.core.status import BatchStatus
from domain_scheduler.db.sql_files import load_statements
from domain_scheduler.errors import (
    BatchCancelledError,
    BatchNotFoundError,
    BatchSealedError,
    BatchStandingError,
    ConflictError,
)

_SQL: Final = load_statements("domain_scheduler.batches", "batches.sql")
_NO_BOUND: Final = 2**63 - 1
_CURSOR: Final = "batches"


@dataclass(frozen=True, slots=True)
class BatchPage:
    """Batches, newest first; `next_cursor` is None on the last page."""

    batches: tuple[Batch, ...]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class Minute:
    """Answers that were given within one minute."""

    minute: datetime
    completed: int
    error: int


async def create_batch(
    connection: AsyncConnection,
    *,
    name: str = "",
    priority: int = 0,
    max_attempts: int = 3,
    options: Mapping[str, Any] | None = None,
    sealed: bool = False,
) -> int:
    """Make a batch without domains; gives its id. `options` is JSON-ready and comes back with every claim."""
    made = await connection.execute(
        _SQL["create_batch"],
        {
            "name": name,
            "priority": priority,
            "max_attempts": max_attempts,
            "options": orjson.dumps(dict(options or {})).decode(),
            "sealed": sealed,
        },
    )
    return int(made.scalar_one())


async def get_batch(connection: AsyncConnection, *, batch_id: int, now: datetime | None = None) -> Batch:
    """The batch as it is in this moment; raises BatchNotFoundError."""
    rows = await _select(connection, batch_id=batch_id, limit=1, now=now)
    if not rows:
        raise BatchNotFoundError(f"there is no batch {batch_id}")
    return _batch(rows[0])


async def list_batches(
    connection: AsyncConnection,
    *,
    status: BatchStatus | None = None,
    text: str | None = None,
    cursor: str | None = None,
    limit: int = 50,
    now: datetime | None = None,
) -> BatchPage:
    """A page of batches, newest first; `text` is looked for in their names. Raises BadCursorError."""
    (before,) = (_NO_BOUND,) if cursor is None else decode_cursor(_CURSOR, cursor, count=1)
    rows = await _select(connection, before_id=before, status=status, text=text, limit=limit + 1, now=now)
    batches = tuple(_batch(row) for row in rows[:limit])
    return BatchPage(batches, encode_cursor(_CURSOR, batches[-1].id) if len(rows) > limit else None)


async def _select(
    connection: AsyncConnection,
    *,
    batch_id: int | None = None,
    before_id: int = _NO_BOUND,
    status: str | None = None,
    text: str | None = None,
    limit: int,
    now: datetime | None,
) -> list[RowMapping]:
    values = {"id": batch_id, "before_id": before_id, "status": status, "text": text}
    rows = await connection.execute(_SQL["select_batches"], values | {"limit": limit, "now": now})
    return list(rows.mappings())


def _batch(row: RowMapping) -> Batch:
    names = ("total", "pending", "processing", "completed", "error", "cancelled")
    counts, status = Counts(**{name: row[name] for name in names}), BatchStatus(row["status"])
    rate = row["answers"] / max(row["seconds"], 1.0)
    # the session's time zone is the server's choice; answers say UTC
    moments = {name: row[name] and row[name].astimezone(UTC) for name in _MOMENTS}
    return Batch(
        **{name: row[name] for name in _PLAIN},
        **moments,
        status=status,
        counts=counts,
        rate_per_second=round(rate, 3),
        eta_seconds=_eta(status, counts, rate),
    )


_PLAIN: Final = (
    "id",
    "name",
    "priority",
    "sealed",
    "errors_by_kind",
    "max_attempts",
    "options",
    "compared",
    "changed",
)
_MOMENTS: Final = ("created_at", "started_at", "finished_at")


def _eta(status: BatchStatus, counts: Counts, rate: float) -> float | None:
    if counts.unanswered == 0:
        return 0.0
    if status is not BatchStatus.PROCESSING or rate <= 0:
        return None
    return round(counts.unanswered / rate, 1)


async def update_batch(
    connection: AsyncConnection, *, batch_id: int, name: str | None = None, priority: int | None = None
) -> Batch:
    """Give the batch another name or priority (-10 to 10); raises BatchNotFoundError."""
    await _locked(connection, batch_id)
    await connection.execute(_SQL["update_batch"], {"id": batch_id, "name": name, "priority": priority})
    return await get_batch(connection, batch_id=batch_id)


async def seal_batch(connection: AsyncConnection, *, batch_id: int) -> Batch:
    """Declare that no more domains will be added; waits for those that are being added right now.

    Raises BatchNotFoundError, BatchStandingError for the inbox, BatchCancelledError.
    """
    _refuse_inbox(batch_id, "sealed")
    await connection.execute(_SQL["lock_intake"], {"id": batch_id})
    _refuse_cancelled(await _locked(connection, batch_id))
    return await _change(connection, "seal_batch", batch_id)


async def pause_batch(connection: AsyncConnection, *, batch_id: int) -> Batch:
    """Claim nothing of this batch until it is resumed; what is in flight is finished.

    Raises BatchNotFoundError, BatchCancelledError, ConflictError for a completed batch.
    """
    batch = await _locked(connection, batch_id)
    _refuse_cancelled(batch)
    _refuse_completed(batch, "pause")
    return await _change(connection, "pause_batch", batch_id)


async def resume_batch(connection: AsyncConnection, *, batch_id: int) -> Batch:
    """Claim again; raises BatchNotFoundError and BatchCancelledError."""
    _refuse_cancelled(await _locked(connection, batch_id))
    return await _change(connection, "resume_batch", batch_id)


async def cancel_batch(connection: AsyncConnection, *, batch_id: int) -> Batch:
    """Claim nothing any more, for good; what is in flight is finished, the rest becomes `cancelled` soon.

    Raises BatchNotFoundError, BatchStandingError for the inbox, ConflictError for a completed batch.
    """
    _refuse_inbox(batch_id, "cancelled")
    _refuse_completed(await _locked(connection, batch_id), "cancel")
    return await _change(connection, "cancel_batch", batch_id)


async def require_retryable_batch(connection: AsyncConnection, *, batch_id: int) -> Batch:
    """The batch, if domains of it may be retried; raises BatchNotFoundError and BatchCancelledError."""
    batch = await get_batch(connection, batch_id=batch_id)
    _refuse_cancelled(batch)
    return batch


async def lock_open_batch(connection: AsyncConnection, *, batch_id: int) -> None:
    """Be the only one to add domains to the batch until the transaction ends.

    Raises BatchNotFoundError, BatchCancelledError, BatchSealedError.
    """
    await connection.execute(_SQL["lock_intake"], {"id": batch_id})
    batch = await get_batch(connection, batch_id=batch_id)
    _refuse_cancelled(batch)
    if batch.sealed:
        raise BatchSealedError(f"batch {batch_id} is sealed and takes no more domains: make a new batch")


async def list_minutes(
    connection: AsyncConnection,
    *,
    batch_id: int | None = None,
    minutes: int = 60,
    now: datetime | None = None,
) -> list[Minute]:
    """Answers per minute over the last `minutes`, oldest first, without the minutes that had none.

    `batch_id` None adds up all batches.
    """
    values = {"batch_id": batch_id, "minutes": minutes, "now": now}
    rows = await connection.execute(_SQL["list_minutes"], values)
    return [Minute(**row) for row in rows.mappings()]


async def _locked(connection: AsyncConnection, batch_id: int) -> Batch:
    """The batch, read under the lock that keeps other changes of its state away."""
    await connection.execute(_SQL["lock_batch"], {"id": batch_id})
    return await get_batch(connection, batch_id=batch_id)


async def _change(connection: AsyncConnection, verb: str, batch_id: int) -> Batch:
    await connection.execute(_SQL[verb], {"id": batch_id})
    return await get_batch(connection, batch_id=batch_id)


def _refuse_inbox(batch_id: int, verb: str) -> None:
    if batch_id == INBOX_ID:
        raise BatchStandingError(f"the standing batch `inbox` cannot be {verb}")


def _refuse_cancelled(batch: Batch) -> None:
    if batch.status is BatchStatus.CANCELLED:
        raise BatchCancelledError(f"batch {batch.id} is cancelled and cannot be changed: submit a new one")


def _refuse_completed(batch: Batch, verb: str) -> None:
    if batch.status is BatchStatus.COMPLETED:
        raise ConflictError(f"batch {batch.id} is completed: there is nothing left to {verb}")
