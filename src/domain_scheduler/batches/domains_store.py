"""The domains of a batch, read in pages in the order in which they came.

The walk is by id from the batch's `first_domain_id`, so that a page costs the same anywhere in a list of
millions. Each function takes the connection first and never commits.
Not here: whole results as files (exports/), adding domains (submission.py), moving them (queue/store.py).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC
from typing import Any, Final

from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from domain_scheduler.batches.cursors import decode_cursor, encode_cursor
from domain_scheduler.batches.domain import Attempt, Domain, DomainDetail
from domain_scheduler.core.error_kinds import ErrorKind
from domain_scheduler.core.result_row import RESULT_COLUMNS
from domain_scheduler.core.status import DomainStatus
from domain_scheduler.db.sql_files import load_statements
from domain_scheduler.errors import DomainNotFoundError

_SQL: Final = load_statements("domain_scheduler.batches", "domains.sql")
_CURSOR: Final = "domains"


@dataclass(frozen=True, slots=True)
class DomainPage:
    """Domains in the order in which they came; `next_cursor` is None on the last page."""

    domains: tuple[Domain, ...]
    next_cursor: str | None


async def list_domains(
    connection: AsyncConnection,
    *,
    batch_id: int,
    status: DomainStatus | None = None,
    error_kind: ErrorKind | None = None,
    text: str | None = None,
    cursor: str | None = None,
    limit: int = 50,
) -> DomainPage:
    """A page of the batch's domains; `text` is looked for in the names. Raises BadCursorError.

    An unknown batch has no domains; whether it exists says `get_batch`.
    """
    after = 0 if cursor is None else decode_cursor(_CURSOR, cursor)
    found = await read_domains(
        connection,
        batch_id=batch_id,
        after_id=after,
        status=status,
        error_kind=error_kind,
        text=text,
        limit=limit + 1,
    )
    page = tuple(found[:limit])
    return DomainPage(page, encode_cursor(_CURSOR, page[-1].id) if len(found) > limit else None)


async def read_domains(
    connection: AsyncConnection,
    *,
    batch_id: int,
    after_id: int = 0,
    status: DomainStatus | None = None,
    error_kind: ErrorKind | None = None,
    text: str | None = None,
    limit: int,
) -> Sequence[Domain]:
    """Up to `limit` domains of the batch with ids above `after_id`, in the order of their ids."""
    rows = await connection.execute(
        _SQL["list_domains"],
        {
            "batch_id": batch_id,
            "after_id": after_id,
            "status": status,
            "error_kind": error_kind,
            "text": text,
            "limit": limit,
        },
    )
    return [_domain(row) for row in rows.mappings()]


async def get_domain(
    connection: AsyncConnection, *, domain_id: int, batch_id: int | None = None
) -> DomainDetail:
    """One domain with every attempt; raises DomainNotFoundError, also when it is of another batch."""
    rows = await connection.execute(_SQL["get_domain"], {"id": domain_id, "batch_id": batch_id})
    row = rows.mappings().one_or_none()
    if row is None:
        raise DomainNotFoundError(f"there is no domain {domain_id}{_of(batch_id)}")
    return DomainDetail(
        domain=_domain(row),
        attempts=tuple(Attempt(**attempt) for attempt in row["all_attempts"] or ()),
        details=row["details"],
        processor_result=row["processor_result"],
        claimed_at=row["claimed_at"],
        lease_until=row["lease_until"],
        worker_id=row["worker_id"],
    )


async def find_domain(connection: AsyncConnection, *, batch_id: int, domain: str) -> int:
    """The id of a normalised name within a batch; raises DomainNotFoundError."""
    rows = await connection.execute(_SQL["find_domain"], {"batch_id": batch_id, "domain": domain})
    found: int | None = rows.scalar_one_or_none()
    if found is None:
        raise DomainNotFoundError(f"there is no domain {domain}{_of(batch_id)}")
    return found


def _of(batch_id: int | None) -> str:
    return "" if batch_id is None else f" in batch {batch_id}"


def _domain(row: RowMapping) -> Domain:
    values: dict[str, Any] = {name: row[name] for name in RESULT_COLUMNS}
    if values["fetched_at"] is not None:
        # the session's time zone is the server's choice; files and answers say UTC
        values["fetched_at"] = values["fetched_at"].astimezone(UTC)
    return Domain(
        id=row["id"],
        batch_id=row["batch_id"],
        priority=row["priority"],
        next_attempt_at=row["next_attempt_at"],
        result=values,
    )
