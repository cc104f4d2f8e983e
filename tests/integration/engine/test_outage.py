"""An engine survives an outage of the database of any length: nothing is lost, and it goes on by itself."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from sqlalchemy import text

from domain_scheduler.db.database import Database
from domain_scheduler.engine.engine import Engine
from domain_scheduler.queue.store import reap_domains
from domain_scheduler.settings import DatabaseSettings
from tests.support.cuttable_line import CuttableLine, cuttable_line
from tests.support.engines import running_engine
from tests.support.eventually import eventually
from tests.support.queue_rows import drifts, new_batch, statuses
from tests.support.scripted_scan import ScriptedScan


@asynccontextmanager
async def engine_behind_a_line(
    database_url: str, scan: ScriptedScan
) -> AsyncIterator[tuple[CuttableLine, Engine]]:
    async with cuttable_line(database_url) as (line, url):
        opened = Database(url, DatabaseSettings(connect_timeout=2, statement_timeout=2))
        try:
            async with running_engine(opened, scan) as engine:
                yield line, engine
        finally:
            await opened.close()


async def batch_of(database: Database, domains: int) -> int:
    async with database.get_background_session() as connection:
        return await new_batch(connection, domains=domains)


async def all_answered(database: Database, batch_id: int) -> bool:
    async with database.get_background_session() as connection:
        return not {"pending", "processing"} & (await statuses(connection, batch_id)).keys()


async def is_paused(engine: Engine) -> bool:
    return (engine.state().paused_because or "").startswith("the database does not answer")


async def test_answers_are_kept_through_an_outage_and_no_domain_is_scanned_twice(
    database: Database, database_url: str
) -> None:
    batch_id, scan = await batch_of(database, 300), ScriptedScan()
    scan.hold_all()
    async with engine_behind_a_line(database_url, scan) as (line, engine):

        async def busy() -> bool:
            return engine.state().in_flight >= 100

        await eventually(busy)
        await line.cut()
        scan.let_all_go()
        await eventually(lambda: is_paused(engine))

        async def all_landed() -> bool:
            return engine.state().in_flight == 0

        await eventually(all_landed)
        assert engine.state().buffered >= 100
        await line.mend()
        await eventually(lambda: all_answered(database, batch_id))
        assert engine.state().paused_because is None
        assert engine.state().stale == 0
    assert set(scan.scanned.values()) == {1}
    assert len(scan.scanned) == 300
    async with database.get_background_session() as connection:
        assert await drifts(connection) == []


async def test_claims_stop_while_answers_wait_to_be_stored(database: Database) -> None:
    batch_id, scan = await batch_of(database, 3_000), ScriptedScan()
    async with database.get_background_session() as elsewhere:
        await elsewhere.execute(text("LOCK TABLE domain_scheduler.domain_results IN EXCLUSIVE MODE"))
        async with running_engine(database, scan) as engine:

            async def waits() -> bool:
                return engine.state().paused_because == "answers wait to be stored"

            await eventually(waits)
            # groups are of 50: more than two wait, and what was in flight meanwhile
            assert 100 < engine.state().buffered <= engine.state().claimed < 500
            await elsewhere.rollback()
            await eventually(lambda: all_answered(database, batch_id))
            assert engine.state().paused_because is None


async def test_an_engine_that_starts_during_an_outage_works_once_it_is_over(
    database: Database, database_url: str
) -> None:
    batch_id, scan = await batch_of(database, 10), ScriptedScan()
    async with cuttable_line(database_url) as (line, url):
        await line.cut()
        opened = Database(url, DatabaseSettings(connect_timeout=2))
        async with running_engine(opened, scan) as engine:
            await eventually(lambda: is_paused(engine))
            await line.mend()
            await eventually(lambda: all_answered(database, batch_id))
        await opened.close()


@pytest.mark.slow
async def test_a_line_that_dies_without_a_word_is_noticed(database: Database, database_url: str) -> None:
    batch_id, scan = await batch_of(database, 300), ScriptedScan()
    scan.hold_all()
    async with engine_behind_a_line(database_url, scan) as (line, engine):
        await scan.begun["site-0.example"].wait()
        line.freeze()
        scan.let_all_go()
        await eventually(lambda: is_paused(engine), seconds=30)
        await line.cut()
        await line.mend()
        await eventually(lambda: all_answered(database, batch_id), seconds=30)
    async with database.get_background_session() as connection:
        assert await drifts(connection) == []


async def test_stopping_during_an_outage_is_quick_and_the_leases_heal_the_rest(
    database: Database, database_url: str
) -> None:
    batch_id, scan = await batch_of(database, 20), ScriptedScan()
    scan.hold_all()
    async with engine_behind_a_line(database_url, scan) as (line, engine):
        await scan.begun["site-19.example"].wait()
        await line.cut()
        started = time.monotonic()
        await engine.stop(0)
        assert time.monotonic() - started < 6
    async with database.get_background_session() as connection:
        assert await statuses(connection, batch_id) == {"processing": 20}
        await connection.execute(text("UPDATE domain_scheduler.domains SET lease_until = now()"))
        await reap_domains(connection)
    async with running_engine(database, ScriptedScan()):
        await eventually(lambda: all_answered(database, batch_id))


async def test_backends_killed_again_and_again_lose_nothing(database: Database) -> None:
    batch_id, scan = await batch_of(database, 2_000), ScriptedScan()
    kill = text(
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    # a claim whose connection was killed after its commit would wait for its lease
    end_leases = text(
        "UPDATE domain_scheduler.domains SET lease_until = now()"
        " WHERE status = 'processing' AND claimed_at < now() - interval '1 second'"
    )
    killer = Database(database.engine.url.render_as_string(hide_password=False), DatabaseSettings())
    async with running_engine(database, scan) as engine:
        for goal in (1, 500, 1_000, 1_500):

            async def reached(goal: int = goal) -> bool:
                return engine.state().answered >= goal

            await eventually(reached)
            async with killer.get_background_session() as connection:
                await connection.execute(kill)

        async def everything_answered() -> bool:
            async with killer.get_background_session() as connection:
                await connection.execute(end_leases)
                await reap_domains(connection)
            return await all_answered(killer, batch_id)

        await eventually(everything_answered, seconds=30)
    async with killer.get_background_session() as connection:
        assert await drifts(connection) == []
        assert (await statuses(connection, batch_id)) == {"completed": 2_000}
    await killer.close()
