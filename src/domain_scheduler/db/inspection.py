"""Looks at a database server without changing anything: for `check`, and for whoever wonders.

Not here: the schema (migrate.py), what the facts mean for us (cli/database_checks.py).
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from domain_scheduler.db.database import Database
from domain_scheduler.db.sql_files import load_statements

_SQL: Final = load_statements("domain_scheduler.db", "inspection.sql")


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerFacts:
    """A server at one moment; without the right to see others, only our own connections are counted."""

    version: str
    encoding: str
    now: datetime
    max_connections: int
    connections: int
    oldest_transaction_seconds: float
    is_standby: bool


async def server_facts(database: Database) -> ServerFacts:
    """What the server says of itself; raises DatabaseUnavailableError."""
    async with database.get_background_session() as connection:
        row = (await connection.execute(_SQL["server_facts"])).mappings().one()
    return ServerFacts(**row)


async def is_pooled_by_transaction(database: Database) -> bool:
    """Whether a pooler lends a server process for one transaction at a time.

    One connection ends a transaction, another takes whatever process is free and keeps it: if the first then
    gets another process than before, somebody hands them out.
    """
    async with database.engine.connect() as one, database.engine.connect() as other:
        before = await _backend_id(one)
        await one.rollback()
        await _backend_id(other)
        after = await _backend_id(one)
    return before != after


async def _backend_id(connection: AsyncConnection) -> int:
    return int((await connection.execute(_SQL["backend_id"])).scalar_one())
