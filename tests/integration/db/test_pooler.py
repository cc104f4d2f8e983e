"""Through a pooler in transaction mode: nothing breaks, nothing is left on its server connections."""

import asyncio

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain_scheduler.db.database import Database
from domain_scheduler.db.migrate import migrate, schema_state
from domain_scheduler.settings import DatabaseSettings
from tests.support.pgbouncer import Pooler
from tests.support.postgres import TestServer


async def test_migrations_run_through_a_transaction_pooler(
    pooler: Pooler, postgres_server: TestServer
) -> None:
    with postgres_server.database("empty") as name:
        databases = [
            Database(pooler.url_of(postgres_server.url_of(name)), DatabaseSettings()) for _ in "0123456789"
        ]
        applied = await asyncio.gather(*(migrate(database) for database in databases))
        assert sorted(map(bool, applied)) == [False] * 9 + [True]
        assert (await schema_state(databases[0])).version == max(applied)[-1]
        await asyncio.gather(*(database.close() for database in databases))


async def _ask(database: Database, number: int) -> int:
    async with database.get_background_session() as connection:
        first = await connection.execute(text("SELECT CAST(:n AS int) + 0"), {"n": number})
        second = await connection.execute(
            text("SELECT CAST(:n AS int) + 1, :word"), {"n": number, "word": "x"}
        )
        return int(first.scalar_one()) + int(second.one()[0])


async def test_sessions_share_few_server_connections_and_leave_nothing_on_them(pooled_url: str) -> None:
    databases = [Database(pooled_url, DatabaseSettings()) for _ in range(3)]
    numbers = range(300)
    answers = await asyncio.gather(*(_ask(databases[n % 3], n) for n in numbers))
    assert answers == [2 * n + 1 for n in numbers]
    async with databases[0].get_background_session() as connection:
        left = await connection.execute(text("SELECT count(*) FROM pg_prepared_statements"))
        assert left.scalar_one() == 0
    await asyncio.gather(*(database.close() for database in databases))


_LIMITS = (
    "SELECT current_setting('statement_timeout'), current_setting('idle_in_transaction_session_timeout')"
)


async def _limits(connection: AsyncConnection) -> tuple[str, str]:
    one, other = (await connection.execute(text(_LIMITS))).one()
    return one, other


async def test_a_session_without_limits_has_none(pooled_url: str) -> None:
    database = Database(pooled_url, DatabaseSettings())
    async with database.get_background_session(statement_timeout=0) as connection:
        assert await _limits(connection) == ("0", "0")
    await database.close()


async def test_a_statement_timeout_does_not_reach_the_next_client(pooled_url: str) -> None:
    database = Database(pooled_url, DatabaseSettings())
    async with database.get_background_session(statement_timeout=7) as connection:
        assert await _limits(connection) == ("7s", "1min")
    with psycopg.connect(pooled_url, prepare_threshold=None) as other:
        row = other.execute(_LIMITS).fetchone()
    assert row == ("0", "0")
    await database.close()


def test_the_driver_s_defaults_would_fail_here(pooled_url: str) -> None:
    """The reason for `prepare_threshold=None`; should this ever pass, ADR 0002 is due for another look."""
    with pytest.raises(psycopg.Error, match=r"prepared statement|bind message"):
        _prepare_on_many_connections(pooled_url)


def _prepare_on_many_connections(url: str) -> None:
    clients = [psycopg.connect(url, prepare_threshold=0) for _ in range(6)]
    try:
        for _ in range(20):
            for client in clients:
                client.execute("SELECT %s::int", (1,))
                client.commit()
    finally:
        for client in clients:
            client.close()
