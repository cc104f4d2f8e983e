"""Maintenance does each verb until nothing is left of it, however many rows there are."""

from uuid import uuid4

import pytest
from sqlalchemy import text

from domain_scheduler.db.database import Database
from domain_scheduler.queue.store import Reaped, beat
from domain_scheduler.scheduler.audit_turn import lock_audit
from domain_scheduler.scheduler.maintenance import Maintenance
from domain_scheduler.telemetry.metrics import Metrics
from tests.support.queue_rows import batch_row, claim, drifts, events, new_batch, statuses


def maintenance(database: Database, *, unbroken: float = 0.0, metrics: Metrics | None = None) -> Maintenance:
    return Maintenance(database, metrics=metrics or Metrics(), heartbeat_unbroken_for=lambda: unbroken)


async def test_expired_claims_are_taken_back_to_the_last_one(database: Database) -> None:
    async with database.get_background_session() as connection:
        batch_id = await new_batch(connection, domains=25)
        await claim(connection, 25, lease=-1.0)
    metrics = Metrics()
    assert await maintenance(database, metrics=metrics).reap(limit=10) == Reaped(pending=25, error=0)
    assert b'domain_scheduler_domains_reaped_total{status="pending"} 25.0' in metrics.exposition()
    async with database.get_background_session() as connection:
        assert await statuses(connection, batch_id) == {"pending": 25}


async def test_spent_attempts_end_as_worker_lost(database: Database) -> None:
    async with database.get_background_session() as connection:
        batch_id = await new_batch(connection, domains=3, max_attempts=1)
        await claim(connection, 3, lease=-1.0)
    assert await maintenance(database).reap() == Reaped(pending=0, error=3)
    async with database.get_background_session() as connection:
        assert (await batch_row(connection, batch_id))["errors_by_kind"] == {"worker_lost": 3}


@pytest.mark.parametrize(("unbroken", "reaped"), [(1.0, 2), (0.0, 0)])
async def test_only_who_was_not_silent_himself_says_who_is_dead(
    database: Database, unbroken: float, reaped: int
) -> None:
    silent = uuid4()
    async with database.get_background_session() as connection:
        await new_batch(connection, domains=2)
        await beat(connection, worker_id=silent, kind="work", host="h", pid=1, state={})
        await claim(connection, 2, worker_id=silent)
    keeper = Maintenance(database, metrics=Metrics(), heartbeat_unbroken_for=lambda: unbroken, dead_after=0.0)
    assert (await keeper.reap()).pending == reaped


async def test_waits_that_are_over_are_promoted(database: Database) -> None:
    async with database.get_background_session() as connection:
        await new_batch(connection, domains=25)
        await connection.execute(
            text("UPDATE domain_scheduler.domains SET next_attempt_at = now() - interval '1 second'")
        )
    assert await maintenance(database).promote(limit=10) == 25


async def test_cancelled_batches_are_swept_and_finished(database: Database) -> None:
    async with database.get_background_session() as connection:
        batch_id = await new_batch(connection, domains=25)
        await connection.execute(
            text("UPDATE domain_scheduler.batch_jobs SET cancelled_at = now() WHERE id = :id"),
            {"id": batch_id},
        )
    keeper = maintenance(database)
    assert await keeper.cancel(limit=10) == 25
    assert await keeper.finish() == [batch_id]
    async with database.get_background_session() as connection:
        assert await statuses(connection, batch_id) == {"cancelled": 25}


async def test_every_answered_batch_is_finished_exactly_once(database: Database) -> None:
    async with database.get_background_session() as connection:
        ids = [await new_batch(connection, domains=1) for _ in range(7)]
        await connection.execute(text("UPDATE domain_scheduler.domains SET status = 'completed'"))
    keeper = maintenance(database)
    assert await keeper.fold(limit=3) == 21
    assert sorted(await keeper.finish(limit=3)) == ids
    assert await keeper.finish() == []
    async with database.get_background_session() as connection:
        for batch_id in ids:
            assert [kind for kind, _ in await events(connection, batch_id)] == ["finished"]


async def test_an_audit_without_drift_says_so(database: Database) -> None:
    async with database.get_background_session() as connection:
        await new_batch(connection, domains=3)
    audit = await maintenance(database).audit()
    assert audit.batches >= 1
    assert audit.drifts == ()


async def test_drift_is_loud_counted_and_corrected(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    async with database.get_background_session() as connection:
        batch_id = await new_batch(connection, domains=3)
        await connection.execute(
            text(
                "INSERT INTO domain_scheduler.batch_ledger (batch_id, status, error_kind, delta)"
                " VALUES (:id, 'pending', '', 2)"
            ),
            {"id": batch_id},
        )
    metrics = Metrics()
    audit = await maintenance(database, metrics=metrics).audit()
    assert [(drift.batch_id, drift.status, drift.drift) for drift in audit.drifts] == [
        (batch_id, "pending", 2)
    ]
    assert b"domain_scheduler_drift 2.0" in metrics.exposition()
    assert [record.levelname for record in caplog.records if record.name.endswith("maintenance")] == [
        "CRITICAL"
    ]
    async with database.get_background_session() as connection:
        assert await drifts(connection) == []
        assert (await batch_row(connection, batch_id))["pending"] == 3


async def test_two_audits_do_not_correct_the_same_drift_twice(database: Database) -> None:
    async with database.get_background_session() as connection:
        await new_batch(connection, domains=3)
    keeper = maintenance(database)
    async with database.get_background_session() as elsewhere:
        await lock_audit(elsewhere)
        assert (await keeper.audit()).batches == 0
    assert (await keeper.audit()).batches >= 1


async def test_what_one_process_has_just_audited_is_not_audited_again(database: Database) -> None:
    first, second = maintenance(database), maintenance(database)
    assert (await first.audit(unless_within=30)).batches == 1
    assert (await second.audit(unless_within=30)).batches == 0
    assert (await second.audit()).batches == 1
