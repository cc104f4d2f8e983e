"""An engine that stops loses nothing: answers are stored, claims are given back with their attempt."""

import asyncio
import time

from sqlalchemy import text

from domain_scheduler.core.scan_options import ScanOptions
from domain_scheduler.db.database import Database
from tests.support.engines import running_engine
from tests.support.queue_rows import drifts, new_batch, statuses
from tests.support.scripted_scan import ScriptedScan


async def batch_of(database: Database, domains: int) -> int:
    async with database.get_background_session() as connection:
        return await new_batch(connection, domains=domains)


async def counts(database: Database, batch_id: int) -> dict[str, int]:
    async with database.get_background_session() as connection:
        assert await drifts(connection) == []
        return await statuses(connection, batch_id)


async def attempts(database: Database) -> list[int]:
    async with database.get_background_session() as connection:
        rows = await connection.execute(text("SELECT attempts FROM domain_scheduler.domains ORDER BY id"))
        return list(rows.scalars())


async def test_what_ends_within_the_grace_is_stored(database: Database) -> None:
    batch_id, scan = await batch_of(database, 3), ScriptedScan()
    scan.hold_all()
    async with running_engine(database, scan) as engine:
        await scan.begun["site-2.example"].wait()
        stopping = asyncio.create_task(engine.stop(30))
        await asyncio.sleep(0)
        assert engine.state().paused_because == "the engine is stopping"
        scan.let_all_go()
        await stopping
        assert engine.state().running is False
    assert await counts(database, batch_id) == {"completed": 3}


async def test_what_does_not_is_given_back_with_its_attempt(database: Database) -> None:
    batch_id, scan = await batch_of(database, 3), ScriptedScan()
    scan.hold("site-1.example")
    async with running_engine(database, scan) as engine:
        await scan.begun["site-1.example"].wait()
        await engine.stop(0.05)
        assert engine.state().released == 1
    assert await counts(database, batch_id) == {"pending": 1, "completed": 2}
    assert await attempts(database) == [1, 0, 1]


async def test_a_second_stop_ends_the_grace(database: Database) -> None:
    batch_id, scan = await batch_of(database, 3), ScriptedScan()
    scan.hold_all()
    async with running_engine(database, scan) as engine:
        await scan.begun["site-2.example"].wait()
        started = time.monotonic()
        first = asyncio.create_task(engine.stop(600))
        await asyncio.sleep(0)
        await engine.stop(600)
        await first
        assert time.monotonic() - started < 10
    assert await counts(database, batch_id) == {"pending": 3}
    assert await attempts(database) == [0, 0, 0]


async def test_a_scan_that_does_not_hear_the_cancellation_is_given_back_all_the_same(
    database: Database,
) -> None:
    batch_id = await batch_of(database, 1)
    begun, deaf = asyncio.Event(), asyncio.Event()

    async def scan(_domain: str, _options: ScanOptions) -> None:
        begun.set()
        while not deaf.is_set():
            try:
                await deaf.wait()
            except asyncio.CancelledError:
                continue

    async with running_engine(database, scan) as engine:  # type: ignore[arg-type]
        await begun.wait()
        await engine.stop(0)
        deaf.set()
    assert await counts(database, batch_id) == {"pending": 1}


async def test_an_engine_can_be_stopped_twice_over(database: Database) -> None:
    async with running_engine(database, ScriptedScan()) as engine:
        await engine.stop(1)
        await engine.stop(1)
        assert engine.state().in_flight == 0
