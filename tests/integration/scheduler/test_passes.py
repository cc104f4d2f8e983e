"""A pass leaves a row with what it found and did, by status, and with the reason if it failed."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from domain_scheduler.core.error_kinds import ErrorKind
from domain_scheduler.db.database import Database
from domain_scheduler.errors import DatabaseUnavailableError
from domain_scheduler.scheduler.maintenance import Maintenance
from domain_scheduler.scheduler.pass_store import forget_passes, list_passes
from domain_scheduler.scheduler.passes import PassRunner
from domain_scheduler.telemetry.metrics import Metrics
from tests.support.engines import running_engine
from tests.support.queue_rows import claim, new_batch
from tests.support.scripted_scan import ScriptedScan

WORKER = UUID(int=5)


def runner(database: Database, engine: Any = None, keeper: Any = None) -> PassRunner:
    metrics = Metrics()
    return PassRunner(
        database,
        keeper or Maintenance(database, metrics=metrics, heartbeat_unbroken_for=lambda: 0.0),
        worker_id=WORKER,
        metrics=metrics,
        engine=engine,
    )


async def test_a_pass_tells_what_it_found_did_and_left(database: Database) -> None:
    async with database.get_background_session() as connection:
        batch_id = await new_batch(connection, domains=12)
        await claim(connection, 2, lease=-1.0)
    scan = ScriptedScan()
    scan.fail("site-5.example", ErrorKind.HTTP_4XX)
    async with running_engine(database, scan, continuous=False) as engine:
        done = await runner(database, engine).run(cause="request", limit=10, wait=20)
    assert done.found == {"pending": 10, "processing": 2, "completed": 0, "error": 0, "cancelled": 0}
    assert done.did["reaped_pending"] == 2
    worked_off = done.did["worked_off"]
    assert (worked_off["claimed"], worked_off["completed"] + worked_off["error"]) == (10, 10)
    assert done.did["remained"]["pending"] == 2
    assert (done.did["drift"], done.did["finished_batches"], done.error) == (0, 0, None)
    assert done.finished_at is not None
    assert done.finished_at >= done.started_at
    async with running_engine(database, scan, continuous=False) as engine:
        last = await runner(database, engine).run(cause="request", limit=10, wait=20)
    assert last.did["finished_batches"] == 1
    async with database.get_background_session() as connection:
        assert await list_passes(connection) == [last, done]
        finished = await connection.execute(
            text("SELECT finished_at IS NOT NULL FROM domain_scheduler.batch_jobs WHERE id = :id"),
            {"id": batch_id},
        )
        assert finished.scalar_one()


async def test_a_pass_without_limit_waits_for_no_domain(database: Database) -> None:
    async with database.get_background_session() as connection:
        await new_batch(connection, domains=3)
    scan = ScriptedScan()
    scan.hold_all()
    async with running_engine(database, scan) as engine:
        done = await runner(database, engine).run(cause="schedule")
    assert "worked_off" not in done.did
    assert (done.cause, done.worker_id) == ("schedule", WORKER)


async def test_a_pass_without_an_engine_keeps_the_queue_true(database: Database) -> None:
    async with database.get_background_session() as connection:
        await new_batch(connection, domains=3)
    done = await runner(database).run(cause="request", limit=10)
    assert "worked_off" not in done.did
    assert done.did["remained"]["pending"] == 3


async def test_a_pass_that_fails_leaves_its_reason_and_what_it_did_so_far(database: Database) -> None:
    class Failing(Maintenance):
        async def fold(self, *, limit: int = 10_000) -> int:
            raise DatabaseUnavailableError("the database does not answer")

    keeper = Failing(database, metrics=Metrics(), heartbeat_unbroken_for=lambda: 0.0)
    with pytest.raises(DatabaseUnavailableError):
        await runner(database, keeper=keeper).run(cause="schedule")
    async with database.get_background_session() as connection:
        (row,) = await list_passes(connection)
    assert row.error == "the database does not answer"
    assert row.did == {"reaped_pending": 0, "reaped_error": 0, "promoted": 0, "cancelled": 0}


async def test_old_passes_are_forgotten(database: Database) -> None:
    for _ in range(3):
        await runner(database).run(cause="schedule")
    async with database.get_background_session() as connection:
        await connection.execute(
            text(
                "UPDATE domain_scheduler.scheduler_passes SET started_at = now() - interval '2 days'"
                " WHERE id < (SELECT max(id) FROM domain_scheduler.scheduler_passes)"
            )
        )
        await forget_passes(connection, after=86_400)
        assert len(await list_passes(connection)) == 1
