"""The domains of a batch: in pages, and one with everything that is known of it.

Each function takes the connection first and never commits.
Not here: how pages are read (domain_walk.py), whole results as files (exports/), adding domains
(submission.py), moving them (queue/store.py).
"""

from dataclasses import dataclass
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from domain_scheduler.batches.cursors import decode_cursor, encode_cursor
from domain_scheduler.batches.domain import Attempt, Domain, DomainDetail
from domain_scheduler.batches.domain_walk import Wanted, domain_of, read_domains
from domain_scheduler.core.error_kinds import ErrorKind
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
    changed: bool | None = None,
    cursor: str | None = None,
    limit: int = 50,
) -> DomainPage:
    """A page of the batch's domains, as Wanted (domain_walk.py) says. Raises BadCursorError.

    An unknown batch has no domains; whether it exists says `get_batch`.
    """
    after, seen = (0, 0) if cursor is None else decode_cursor(_CURSOR, cursor, count=2)
    found = await read_domains(
        connection,
        batch_id=batch_id,
        wanted=Wanted(status=status, error_kind=error_kind, text=text or None, changed=changed),
        after_id=after,
        seen=seen,
        limit=limit + 1,
    )
    page = tuple(found[:limit])
    more = len(found) > limit
    return DomainPage(page, encode_cursor(_CURSOR, page[-1].id, seen + limit) if more else None)


async def get_domain(
    connection: AsyncConnection, *, domain_id: int, batch_id: int | None = None
) -> DomainDetail:
    """One domain with every attempt; raises DomainNotFoundError, also when it is of another batch."""
    rows = await connection.execute(_SQL["get_domain"], {"id": domain_id, "batch_id": batch_id})
    row = rows.mappings().one_or_none()
    if row is None:
        within = "" if batch_id is None else f" in batch {batch_id}"
        raise DomainNotFoundError(f"there is no domain {domain_id}{within}")
    return DomainDetail(
        domain=domain_of(row),
        attempts=tuple(Attempt(**attempt) for attempt in row["all_attempts"] or ()),
        last_completed=row["last_completed"],
        details=row["details"],
        processor_result=row["processor_result"],
        claimed_at=row["claimed_at"],
        lease_until=row["lease_until"],
        worker_id=row["worker_id"],
    )
