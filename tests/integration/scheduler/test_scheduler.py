"""The scheduler runs its jobs by itself, through failures and outages, and several share one database."""

import asyncio
import logging

import pytest
from sqlalchemy import text

from domain_scheduler.db.database import Database
from domain_scheduler.scheduler.maintenance import Maintenance
from domain_scheduler.scheduler.pass_store import Pass, list_passes
from domain_scheduler.settings import DatabaseSettings
from domain_scheduler.telemetry.metrics import Metrics
from tests.support.cuttable_line import cuttable_line
from tests.support.eventually import eventually
from tests.support.queue_rows import claim, drifts, events, new_batch, statuses
from tests.support.schedulers import running_scheduler

RECURRING = {"audit", "fold", "process_pending_domains", "reap"}


async def passes_of(database: Database) -> list[Pass]:
    async with database.get_background_session() as connection:
        return await list_passes(connection)


async def answered_batch(database: Database) -> int:
    async with database.get_background_session() as connection:
        batch_id = await new_batch(connection, domains=4)
        await connection.execute(
            text("UPDATE domain_scheduler.domains SET status = 'completed' WHERE batch_id = :id"),
            {"id": batch_id},
        )
    return batch_id


async def is_finished(database: Database, batch_id: int) -> bool:
    async with database.get_background_session() as connection:
        return await events(connection, batch_id) == [("finished", 1)]


async def test_passes_run_at_the_start_and_again_and_again(database: Database) -> None:
    async with running_scheduler(database) as running:

        async def three() -> bool:
            return len([row for row in await passes_of(database) if row.finished_at]) >= 3

        await eventually(three)
        assert running.next_pass_at() is not None
    assert {row.cause for row in await passes_of(database)} == {"schedule"}
    assert [row.error for row in await passes_of(database) if row.error] == []


async def test_batches_finish_and_lost_claims_return_without_a_pass(database: Database) -> None:
    batch_id = await answered_batch(database)
    async with database.get_background_session() as connection:
        other = await new_batch(connection, domains=3)
        await claim(connection, 3, lease=-1.0)

    async def returned() -> bool:
        async with database.get_background_session() as connection:
            return await statuses(connection, other) == {"pending": 3}

    async with running_scheduler(database, with_passes=False) as running:
        await eventually(lambda: is_finished(database, batch_id))
        await eventually(returned)
        assert running.next_pass_at() is None
    assert await passes_of(database) == []


async def test_several_processes_share_the_work_without_a_leader(database: Database) -> None:
    async with running_scheduler(database), running_scheduler(database), running_scheduler(database):
        ids = [await answered_batch(database) for _ in range(10)]
        for batch_id in ids:
            await eventually(lambda batch_id=batch_id: is_finished(database, batch_id))
    async with database.get_background_session() as connection:
        assert await drifts(connection) == []
        for batch_id in ids:
            assert await events(connection, batch_id) == [("finished", 1)]


async def test_an_outage_is_said_once_per_job_and_the_jobs_go_on(
    database: Database, database_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="domain_scheduler.scheduler.scheduler")
    async with cuttable_line(database_url) as (line, url):
        opened = Database(url, DatabaseSettings(connect_timeout=2))
        async with running_scheduler(opened):
            await line.cut()

            async def all_wait() -> bool:
                return set(said(caplog, "job_waits")) >= RECURRING

            await eventually(all_wait)
            batch_id = await answered_batch(database)
            await line.mend()
            await eventually(lambda: is_finished(database, batch_id))

            async def all_recovered() -> bool:
                return set(said(caplog, "job_recovered")) >= RECURRING

            await eventually(all_recovered)
        await opened.close()
    assert len(said(caplog, "job_waits")) == len(set(said(caplog, "job_waits")))


async def test_a_job_that_fails_is_said_and_runs_again(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:

    class Faulty(Maintenance):
        runs = 0

        async def reap(self, *, limit: int = 1_000) -> None:  # type: ignore[override]
            self.runs += 1
            raise ZeroDivisionError("a fault of ours")

    keeper = Faulty(database, metrics=Metrics(), heartbeat_unbroken_for=lambda: 0.0)
    async with running_scheduler(database, keeper=keeper, with_passes=False):

        async def twice() -> bool:
            return keeper.runs >= 2

        await eventually(twice)
    assert "reap" in said(caplog, "job_failed")


async def test_a_stop_waits_for_the_job_that_runs(database: Database) -> None:
    begun, ended = asyncio.Event(), asyncio.Event()

    class Slow(Maintenance):
        async def fold(self, *, limit: int = 10_000) -> int:
            begun.set()
            await asyncio.sleep(0.1)
            ended.set()
            return 0

    keeper = Slow(database, metrics=Metrics(), heartbeat_unbroken_for=lambda: 0.0)
    async with running_scheduler(database, keeper=keeper, with_passes=False):
        await begun.wait()
    assert ended.is_set()


def said(caplog: pytest.LogCaptureFixture, action: str) -> list[str]:
    return [record.job for record in caplog.records if getattr(record, "action", None) == action]  # type: ignore[attr-defined]
