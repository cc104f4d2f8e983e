"""An engine works off as many domains as it is asked for, and tells what became of each."""

import asyncio

from domain_scheduler.core.error_kinds import ErrorKind
from domain_scheduler.db.database import Database
from domain_scheduler.engine.state import WorkedOff
from tests.support.engines import running_engine
from tests.support.queue_rows import new_batch, statuses
from tests.support.scripted_scan import ScriptedScan


async def batch_of(database: Database, domains: int) -> int:
    async with database.get_background_session() as connection:
        return await new_batch(connection, domains=domains)


async def test_an_engine_on_request_claims_nothing_by_itself_and_no_more_than_asked(
    database: Database,
) -> None:
    batch_id, scan = await batch_of(database, 20), ScriptedScan()
    scan.fail("site-1.example", ErrorKind.HTTP_4XX)
    async with running_engine(database, scan, continuous=False) as engine:
        assert engine.state().paused_because == "nobody asks for work"
        done = await engine.work_off(5, wait=20)
        assert done == WorkedOff(claimed=5, completed=4, error=1, errors_by_kind={"http_4xx": 1})
        async with database.get_background_session() as connection:
            assert await statuses(connection, batch_id) == {"pending": 15, "completed": 4, "error": 1}
        assert (await engine.work_off(100, wait=20)).completed == 15
        assert await engine.work_off(100, wait=20) == WorkedOff()


async def test_a_busy_engine_counts_what_is_in_flight_first(database: Database) -> None:
    await batch_of(database, 3)
    scan = ScriptedScan()
    scan.hold_all()
    async with running_engine(database, scan) as engine:
        await scan.begun["site-0.example"].wait()
        asked = asyncio.create_task(engine.work_off(10, wait=20))
        await asyncio.sleep(0)
        scan.let_all_go()
        assert await asked == WorkedOff(joined=3, completed=3)


async def test_the_wait_for_an_order_is_bounded(database: Database) -> None:
    await batch_of(database, 2)
    scan = ScriptedScan()
    scan.hold("site-0.example")
    async with running_engine(database, scan, continuous=False) as engine:
        done = await engine.work_off(10, wait=0.5)
        assert (done.claimed, done.completed, done.unfinished) == (2, 1, 1)
