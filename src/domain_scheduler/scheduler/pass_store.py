"""The rows of `scheduler_passes`: one per pass, written when it starts and when it ends.

A row without `finished_at` is a pass that runs, or whose process was killed.
Not here: what a pass does (passes.py).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal
from uuid import UUID

import orjson
from sqlalchemy.ext.asyncio import AsyncConnection

from domain_scheduler.core.status import DomainStatus
from domain_scheduler.db.sql_files import load_statements

_SQL: Final = load_statements("domain_scheduler.scheduler", "passes.sql")
Cause = Literal["schedule", "request"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pass:
    """One run of `process_pending_domains`.

    `found` counts the domains by status when it started, `did` what it did (see `did_nothing` in passes.py
    for the keys). `error` is the reason of a pass that failed.
    """

    id: int
    worker_id: UUID | None
    cause: Cause
    started_at: datetime
    finished_at: datetime | None
    found: Mapping[str, int]
    did: Mapping[str, Any]
    error: str | None


async def open_pass(
    connection: AsyncConnection, *, worker_id: UUID, cause: Cause, found: Mapping[str, int]
) -> Pass:
    """Note that a pass starts."""
    parameters = {"worker_id": worker_id, "cause": cause, "found": orjson.dumps(found).decode()}
    return Pass(**(await connection.execute(_SQL["open_pass"], parameters)).mappings().one())


async def close_pass(
    connection: AsyncConnection, *, pass_id: int, did: Mapping[str, Any], error: str | None = None
) -> Pass:
    """Note what the pass did, or why it failed."""
    parameters = {"id": pass_id, "did": orjson.dumps(did).decode(), "error": error}
    return Pass(**(await connection.execute(_SQL["close_pass"], parameters)).mappings().one())


async def list_passes(connection: AsyncConnection, *, limit: int = 20) -> list[Pass]:
    """The latest passes, newest first."""
    rows = await connection.execute(_SQL["list_passes"], {"limit": limit})
    return [Pass(**row) for row in rows.mappings()]


async def forget_passes(connection: AsyncConnection, *, after: float) -> None:
    """Drop passes that started more than `after` seconds ago."""
    await connection.execute(_SQL["forget_passes"], {"after": after})


async def count_by_status(connection: AsyncConnection) -> dict[str, int]:
    """How many domains have which status, every status named."""
    rows = await connection.execute(_SQL["count_by_status"])
    counted = {row.status: row.n for row in rows}
    return {status.value: counted.get(status.value, 0) for status in DomainStatus}
