"""What stands still in the queue and why, for people; each read walks one partial index and is bounded.

Not here: setting it in motion (store.py), the drift of the ledger (store.py, audit_batches).
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from domain_scheduler.db.sql_files import load_statements

_SQL: Final = load_statements("domain_scheduler.queue", "watch.sql")


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A domain that waits for another attempt; `error_kind` is why the last one failed."""

    id: int
    batch_id: int
    domain: str
    attempts: int
    error_kind: str | None
    next_attempt_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Overdue:
    """A claim whose lease has expired."""

    id: int
    batch_id: int
    domain: str
    attempts: int
    lease_until: datetime
    worker_id: str | None


async def list_waiting(connection: AsyncConnection, *, limit: int = 50) -> list[Waiting]:
    """Domains that wait for another attempt, the next one first."""
    rows = await connection.execute(_SQL["list_waiting"], {"limit": limit})
    return [Waiting(**row) for row in rows.mappings()]


async def count_waiting(connection: AsyncConnection, *, bound: int = 10_000) -> dict[str, int]:
    """How many of the first `bound` waiting domains wait for which reason, the most frequent first."""
    rows = await connection.execute(_SQL["count_waiting"], {"bound": bound})
    return {row.error_kind or "": row.n for row in rows}


async def list_overdue(
    connection: AsyncConnection, *, limit: int = 50, now: datetime | None = None
) -> list[Overdue]:
    """Claims whose lease has expired and that were not taken back yet, the oldest first."""
    rows = await connection.execute(_SQL["list_overdue"], {"limit": limit, "now": now})
    return [Overdue(**row) for row in rows.mappings()]
