"""Sessions: one transaction each, errors in our words, and no memory of a server that was away."""

import asyncio
import signal
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import psutil
import psycopg
import pytest
from sqlalchemy import make_url, text
from sqlalchemy.exc import ProgrammingError

from domain_scheduler.db import database as database_module
from domain_scheduler.db import deadline as deadline_module
from domain_scheduler.db.database import Database
from domain_scheduler.db.postgres import EmbeddedPostgres, open_postgres
from domain_scheduler.errors import DatabaseUnavailableError
from domain_scheduler.settings import DatabaseSettings
from tests.support.postgres import TestServer
from tests.support.processes import free_port
from tests.support.tcp_proxy import TcpProxy, running_proxy

SELECT_ONE = text("SELECT 1")


@pytest.fixture
async def proxy(database_url: str) -> AsyncIterator[TcpProxy]:
    """A network between us and the server that may die."""
    url = make_url(database_url)
    assert url.host is not None and url.port is not None
    async with running_proxy(url.host, url.port) as running:
        yield running


@pytest.fixture
async def far_database(proxy: TcpProxy, database_url: str) -> AsyncIterator[Database]:
    """This test's database behind that network."""
    url = make_url(database_url).set(host="127.0.0.1", port=proxy.port)
    opened = Database(url.render_as_string(hide_password=False), DatabaseSettings(connect_timeout=2))
    yield opened
    await opened.close()


async def ask(database: Database) -> int:
    async with database.get_background_session() as connection:
        return int((await connection.execute(SELECT_ONE)).scalar_one())


async def test_a_session_commits_at_its_end(database: Database) -> None:
    async with database.get_background_session() as connection:
        await connection.execute(text("CREATE TABLE t AS SELECT 1 AS n"))
    async with database.get_background_session() as connection:
        assert (await connection.execute(text("SELECT n FROM t"))).scalar_one() == 1


async def test_a_session_that_fails_leaves_nothing(database: Database) -> None:
    with pytest.raises(ZeroDivisionError):
        async with database.get_background_session() as connection:
            await connection.execute(text("CREATE TABLE t ()"))
            _ = 1 / 0
    async with database.get_background_session() as connection:
        assert (await connection.execute(text("SELECT to_regclass('t')"))).scalar_one() is None


async def test_an_error_of_ours_in_a_session_stays_ours(database: Database) -> None:
    with pytest.raises(TimeoutError, match="mine"):
        async with database.get_background_session():
            raise TimeoutError("mine")
    with pytest.raises(OSError, match="my file"):
        async with database.get_background_session():
            raise OSError("my file")


async def test_a_faulty_statement_is_not_taken_for_an_outage(database: Database) -> None:
    with pytest.raises(ProgrammingError):
        async with database.get_background_session() as connection:
            await connection.execute(text("SELECT nothing FROM nowhere"))


async def test_the_server_ends_a_statement_that_takes_too_long(database: Database) -> None:
    with pytest.raises(DatabaseUnavailableError, match="statement timeout"):
        async with database.get_background_session(statement_timeout=0.05) as connection:
            await connection.execute(text("SELECT pg_sleep(60)"))
    assert await ask(database) == 1


async def test_a_transaction_that_stands_idle_is_ended_and_its_locks_are_free(
    database: Database, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with database.get_background_session() as connection:
        await connection.execute(text("CREATE TABLE t AS SELECT 1 AS n"))
    monkeypatch.setattr(database_module, "_IDLE_TIMEOUT_MS", 50)
    with pytest.raises(DatabaseUnavailableError, match="idle-in-transaction"):
        async with database.get_background_session() as connection:
            await connection.execute(text("UPDATE t SET n = 2"))
            async with await psycopg.AsyncConnection.connect(database_url) as other:
                await other.execute("UPDATE t SET n = 3")  # waits for the lock until it is free
            await connection.execute(SELECT_ONE)
    async with database.get_background_session() as connection:
        assert (await connection.execute(text("SELECT n FROM t"))).scalar_one() == 3


async def test_nothing_of_a_session_is_left_on_its_connection(database_url: str) -> None:
    database = Database(database_url, DatabaseSettings(pool_size=2))
    async with database.get_background_session(statement_timeout=7) as connection:
        backend = (await connection.execute(text("SELECT pg_backend_pid()"))).scalar_one()
    async with database.engine.connect() as connection:
        row = (
            await connection.execute(
                text(
                    "SELECT pg_backend_pid(), current_setting('statement_timeout'),"
                    " (SELECT count(*) FROM pg_prepared_statements),"
                    " current_setting('application_name'), current_setting('transaction_isolation')"
                )
            )
        ).one()
    assert tuple(row) == (backend, "0", 0, "domain-scheduler", "read committed")
    await database.close()


async def test_a_full_pool_is_told_as_such(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database_module, "_POOL_TIMEOUT", 0.05)
    database = Database(database_url, DatabaseSettings(pool_size=2))
    async with database.get_background_session(), database.get_background_session():
        with pytest.raises(DatabaseUnavailableError, match="POOL_SIZE"):
            await ask(database)
    assert await ask(database) == 1
    await database.close()


async def test_what_takes_its_time_leaves_connections_to_what_must_not_wait(database_url: str) -> None:
    database = Database(database_url, DatabaseSettings(pool_size=4))
    last = asyncio.Event()

    async def long_one() -> None:
        async with database.get_background_session(statement_timeout=0) as connection:
            await connection.execute(SELECT_ONE)
            await last.wait()

    uploads = [asyncio.ensure_future(long_one()) for _ in range(8)]
    for _ in range(3):
        assert await ask(database) == 1
    last.set()
    await asyncio.gather(*uploads)
    await database.close()


async def test_a_server_without_a_connection_left_says_what_to_do(
    database: Database, database_url: str
) -> None:
    role = f"few_{uuid4().hex}"
    async with database.get_background_session() as connection:
        await connection.execute(text(f"CREATE ROLE {role} LOGIN PASSWORD 'p' CONNECTION LIMIT 1"))
    url = make_url(database_url).set(username=role, password="p").render_as_string(hide_password=False)
    limited = Database(url, DatabaseSettings())
    try:
        async with limited.get_background_session():
            with pytest.raises(DatabaseUnavailableError, match=r"no connection left \(too many .*POOL_SIZE"):
                await ask(limited)
        assert await ask(limited) == 1
    finally:
        await limited.close()
        async with database.get_background_session() as connection:
            await connection.execute(text(f"DROP ROLE {role}"))


async def test_a_deadlock_is_something_to_try_again(database: Database) -> None:
    async with database.get_background_session() as connection:
        await connection.execute(text("CREATE TABLE t AS SELECT generate_series(1, 2) AS n"))

    async def lock_both(first: int, second: int, met: asyncio.Barrier) -> None:
        async with database.get_background_session() as connection:
            await connection.execute(text("SET LOCAL deadlock_timeout = '10ms'"))
            await connection.execute(text("SELECT FROM t WHERE n = :n FOR UPDATE"), {"n": first})
            await met.wait()
            await connection.execute(text("SELECT FROM t WHERE n = :n FOR UPDATE"), {"n": second})

    met = asyncio.Barrier(2)
    outcomes = await asyncio.gather(lock_both(1, 2, met), lock_both(2, 1, met), return_exceptions=True)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["DatabaseUnavailableError", "NoneType"]


async def test_nobody_at_the_address_is_an_outage() -> None:
    database = Database(f"postgresql://u:p@127.0.0.1:{free_port()}/d", DatabaseSettings())
    with pytest.raises(DatabaseUnavailableError, match="refused"):
        await ask(database)
    await database.close()


async def test_the_password_is_in_no_error(postgres_server: TestServer) -> None:
    url = make_url(postgres_server.url).set(password="s3cr3t-word", username="nobody-at-all")
    database = Database(url.render_as_string(hide_password=False), DatabaseSettings())
    with pytest.raises(DatabaseUnavailableError) as raised:
        await ask(database)
    assert "s3cr3t-word" not in str(raised.value) + repr(raised.value.__cause__)
    await database.close()


async def test_connections_that_were_cut_while_idle_are_replaced_unnoticed(
    far_database: Database, proxy: TcpProxy
) -> None:
    await asyncio.gather(*(ask(far_database) for _ in range(20)))
    proxy.drop()
    assert await asyncio.gather(*(ask(far_database) for _ in range(20))) == [1] * 20


async def test_backends_that_were_terminated_while_idle_are_replaced_unnoticed(
    database: Database, postgres_server: TestServer
) -> None:
    await asyncio.gather(*(ask(database) for _ in range(20)))
    name = database.engine.url.database
    with psycopg.connect(postgres_server.url, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s", (name,)
        )
    assert await asyncio.gather(*(ask(database) for _ in range(20))) == [1] * 20


async def test_a_connection_that_is_cut_within_a_session_is_an_outage(
    far_database: Database, proxy: TcpProxy
) -> None:
    with pytest.raises(DatabaseUnavailableError):
        async with far_database.get_background_session() as connection:
            await connection.execute(SELECT_ONE)
            proxy.drop()
            await connection.execute(SELECT_ONE)
    assert await ask(far_database) == 1


async def test_a_commit_whose_answer_is_lost_is_an_outage(far_database: Database, proxy: TcpProxy) -> None:
    with pytest.raises(DatabaseUnavailableError):
        async with far_database.get_background_session() as connection:
            await connection.execute(SELECT_ONE)
            proxy.drop()
    assert await ask(far_database) == 1


@pytest.mark.slow
async def test_a_server_that_falls_silent_is_given_up(
    far_database: Database, proxy: TcpProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deadline_module, "_GRACE", 0.1)
    with pytest.raises(DatabaseUnavailableError, match="does not answer"):
        async with far_database.get_background_session(statement_timeout=0.2) as connection:
            await connection.execute(SELECT_ONE)
            proxy.fall_silent()
            await connection.execute(SELECT_ONE)
    proxy.speak_again()
    assert await ask(far_database) == 1


async def test_a_session_may_wait_for_its_caller(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deadline_module, "_GRACE", 0.0)
    async with database.get_background_session(statement_timeout=0.1) as connection:
        await connection.execute(SELECT_ONE)
        await asyncio.sleep(0.3)
        with pytest.raises(ProgrammingError):
            async with connection.begin_nested():
                await connection.execute(text("SELECT nothing FROM nowhere"))
        await asyncio.sleep(0.3)
        assert (await connection.execute(SELECT_ONE)).scalar_one() == 1


@pytest.fixture
async def own_postgres(data_dir: Path) -> AsyncIterator[EmbeddedPostgres]:
    """A server that may be killed."""
    opened = await open_postgres(data_dir, grace_seconds=1)
    yield opened
    await opened.close()


@pytest.mark.slow
async def test_a_killed_server_costs_a_session_its_work_and_the_next_one_nothing(
    own_postgres: EmbeddedPostgres,
) -> None:
    database = Database(own_postgres.url, DatabaseSettings())
    await asyncio.gather(*(ask(database) for _ in range(20)))
    with pytest.raises(DatabaseUnavailableError):
        async with database.get_background_session() as connection:
            psutil.Process(own_postgres.pid).send_signal(signal.SIGKILL)
            await connection.execute(text("SELECT pg_sleep(60)"))
    async with asyncio.timeout(60):
        while True:
            try:
                assert await ask(database) == 1
                break
            except DatabaseUnavailableError:
                await asyncio.sleep(0.02)
    assert await asyncio.gather(*(ask(database) for _ in range(20))) == [1] * 20
    await database.close()
