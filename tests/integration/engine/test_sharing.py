"""Engines share one database without a leader: nothing is done twice, and the late one does no harm."""

from contextlib import AsyncExitStack

from sqlalchemy import text

from domain_scheduler.core.report import Page
from domain_scheduler.db.database import Database
from domain_scheduler.queue.store import reap_domains
from domain_scheduler.settings import DatabaseSettings
from tests.support.engines import IMPATIENT, impatient_settings, running_engine
from tests.support.eventually import eventually
from tests.support.queue_rows import drifts, events, new_batch, statuses
from tests.support.schedulers import QUICK_JOBS, running_scheduler
from tests.support.scripted_scan import ScriptedScan

FEW = impatient_settings(engine=IMPATIENT | {"concurrency": 10, "max_concurrency": 10})


async def batch_of(database: Database, domains: int) -> int:
    async with database.get_background_session() as connection:
        return await new_batch(connection, domains=domains)


async def all_answered(database: Database, batch_id: int) -> bool:
    async with database.get_background_session() as connection:
        found = await statuses(connection, batch_id)
    return not {"pending", "processing"} & found.keys()


async def test_two_engines_share_a_batch_and_scan_nothing_twice(database: Database) -> None:
    batch_id, scan = await batch_of(database, 600), ScriptedScan()
    scan.hold_all()
    async with (
        running_engine(database, scan, settings=FEW) as first,
        running_engine(database, scan, settings=FEW) as second,
    ):

        async def both_are_busy() -> bool:
            return first.state().in_flight == second.state().in_flight == 10

        await eventually(both_are_busy)
        scan.let_all_go()
        await eventually(lambda: all_answered(database, batch_id))
        assert first.state().answered + second.state().answered == 600
        assert min(first.state().answered, second.state().answered) >= 10
    assert set(scan.scanned.values()) == {1}
    async with database.get_background_session() as connection:
        assert await drifts(connection) == []


async def test_a_small_batch_is_not_stuck_behind_a_huge_one(database: Database) -> None:
    huge, scan = await batch_of(database, 3_000), ScriptedScan()
    scan.hold_all()
    async with running_engine(database, scan, settings=FEW) as engine:

        async def busy() -> bool:
            return engine.state().in_flight == 10

        await eventually(busy)
        small = await batch_of(database, 10)
        scan.let_all_go()
        await eventually(lambda: all_answered(database, small))
        async with database.get_background_session() as connection:
            assert (await statuses(connection, huge))["pending"] > 2_000


async def test_a_zombie_that_finishes_late_changes_nothing(database: Database) -> None:
    batch_id, slow, quick = await batch_of(database, 1), ScriptedScan(), ScriptedScan()
    slow.hold("site-0.example")
    slow.find("site-0.example", Page(title="what the zombie saw"))
    async with running_engine(database, slow, continuous=False) as zombie:
        asked = zombie.work_off(1, wait=0.01)
        await asked
        await slow.begun["site-0.example"].wait()
        async with database.get_background_session() as connection:
            await connection.execute(
                text("UPDATE domain_scheduler.domains SET lease_until = now() - interval '1 second'")
            )
            await reap_domains(connection)
        async with running_engine(database, quick):
            await eventually(lambda: all_answered(database, batch_id))
        slow.let_go("site-0.example")

        async def told() -> bool:
            return zombie.state().stale == 1

        await eventually(told)
    async with database.get_background_session() as connection:
        titles = await connection.execute(text("SELECT title FROM domain_scheduler.domain_results"))
        assert titles.scalars().all() == ["About site-0.example"]
        assert await drifts(connection) == []


async def test_engines_and_schedulers_share_three_connections_of_a_transaction_pooler(
    database: Database, pooled_url: str
) -> None:
    batch_id, scan = await batch_of(database, 1_000), ScriptedScan()
    async with AsyncExitStack() as stack:
        for _ in range(2):
            pooled = Database(pooled_url, DatabaseSettings())
            stack.push_async_callback(pooled.close)
            await stack.enter_async_context(running_engine(pooled, scan))
            await stack.enter_async_context(running_scheduler(pooled, QUICK_JOBS))

        async def finished() -> bool:
            async with database.get_background_session() as connection:
                return await events(connection, batch_id) == [("finished", 1)]

        await eventually(finished)
    assert set(scan.scanned.values()) == {1}
    async with database.get_background_session() as connection:
        assert await drifts(connection) == []
