"""Fold, audit, repair: the ledger says what the domains say, and if it ever does not, it is seen."""

from datetime import UTC, datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain_scheduler.core.error_kinds import ErrorKind
from domain_scheduler.db.database import Database
from domain_scheduler.queue.store import (
    Drift,
    audit_batches,
    audit_batches_by_id,
    finish_batches,
    finish_domains,
    fold_ledger,
    repair_drift,
)
from tests.support.queue_rows import INBOX, batch_row, claim, completed, drifts, failed, new_batch
from tests.support.races import blocked

COUNTS = ("total", "pending", "processing", "completed", "error", "cancelled", "errors_by_kind")


async def counts(connection: AsyncConnection, batch_id: int) -> dict[str, object]:
    row = await batch_row(connection, batch_id)
    return {name: row[name] for name in COUNTS}


async def test_folding_changes_no_count(connection: AsyncConnection) -> None:
    batch_id = await new_batch(connection, domains=9)
    claims = await claim(connection, 6)
    answers = [completed(claims[0]), failed(claims[1], ErrorKind.HTTP_4XX), failed(claims[2], retry_in=60)]
    await finish_domains(connection, answers=answers)
    before = await counts(connection, batch_id)
    assert before == {
        "total": 9,
        "pending": 4,
        "processing": 3,
        "completed": 1,
        "error": 1,
        "cancelled": 0,
        "errors_by_kind": {"http_4xx": 1},
    }
    while await fold_ledger(connection, limit=1):
        assert await counts(connection, batch_id) == before
        assert await drifts(connection) == []
    left = await connection.execute(text("SELECT count(*) FROM domain_scheduler.batch_ledger"))
    assert left.scalar_one() == 0


async def test_folding_notes_when_a_batch_started(connection: AsyncConnection) -> None:
    batch_id = await new_batch(connection, domains=1)
    await fold_ledger(connection)
    assert (await batch_row(connection, batch_id))["started_at"] is None
    await claim(connection)
    await fold_ledger(connection)
    assert (await batch_row(connection, batch_id))["started_at"] is not None
    assert (await batch_row(connection, INBOX))["started_at"] is None


async def test_folding_rolls_answers_up_by_the_minute(connection: AsyncConnection) -> None:
    batch_id = await new_batch(connection, domains=6)
    claims = await claim(connection, 6)
    for group in (claims[:2], claims[2:5]):
        await finish_domains(connection, answers=[completed(c) for c in group])
    await finish_domains(connection, answers=[failed(claims[5])])
    await connection.exec_driver_sql("UPDATE domain_scheduler.batch_ledger SET at = '2030-01-01 12:00:30Z'")
    while await fold_ledger(connection, limit=2):
        pass
    rows = await connection.execute(
        text("SELECT minute, completed, error FROM domain_scheduler.batch_minutes WHERE batch_id = :id"),
        {"id": batch_id},
    )
    assert [tuple(row) for row in rows] == [(datetime(2030, 1, 1, 12, tzinfo=UTC), 5, 1)]


async def test_two_who_fold_at_the_same_time_count_nothing_twice(database: Database) -> None:
    async with database.get_background_session() as connection:
        await new_batch(connection, domains=50)
        for _ in range(10):
            await claim(connection, 3)
        rows = await connection.execute(text("SELECT count(*) FROM domain_scheduler.batch_ledger"))
        total = int(rows.scalar_one())
    async with database.engine.connect() as one, database.get_background_session() as other:
        assert await fold_ledger(one, limit=9) == 9
        # the second takes other rows, and waits to add them to the counts that the first has touched
        async with blocked(database, other, fold_ledger(other)) as folding:
            await one.commit()
        assert folding.result() == total - 9
    async with database.get_background_session() as connection:
        assert await drifts(connection) == []


async def test_an_audit_finds_drift_and_a_repair_mends_it(connection: AsyncConnection) -> None:
    batch_id = await new_batch(connection, domains=3)
    await fold_ledger(connection)
    await connection.exec_driver_sql(
        "UPDATE domain_scheduler.batch_counts SET n = n + 2 WHERE status = 'pending'"
    )
    await connection.exec_driver_sql(
        "INSERT INTO domain_scheduler.batch_ledger (batch_id, status, error_kind, delta)"
        " VALUES (1, 'error', 'http_4xx', -1)"
    )
    audited, found = await audit_batches(connection)
    assert set(audited) == {INBOX, batch_id}
    assert found == [Drift(INBOX, "error", "http_4xx", -1), Drift(batch_id, "pending", "", 2)]
    await repair_drift(connection, drifts=found)
    assert await drifts(connection) == []
    assert (await batch_row(connection, batch_id))["pending"] == 3


async def test_an_audit_finds_domains_of_no_batch(connection: AsyncConnection) -> None:
    await new_batch(connection, domains=2)
    await connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
    await connection.exec_driver_sql("UPDATE domain_scheduler.domains SET batch_id = 99")
    assert Drift(99, "pending", "", -2) in await audit_batches_by_id(connection, batch_ids=[99])


async def test_audits_take_turns_within_their_budget(connection: AsyncConnection) -> None:
    batches = [INBOX, *[await new_batch(connection, domains=10, sealed=False) for _ in range(4)]]
    turns = [(await audit_batches(connection, max_rows=20))[0] for _ in range(2)]
    assert turns == [batches[:3], batches[3:]]


async def test_a_batch_larger_than_the_budget_is_audited_less_often(connection: AsyncConnection) -> None:
    large = await new_batch(connection, domains=50)
    await new_batch(connection, domains=1)
    turns = [(await audit_batches(connection, max_rows=20))[0] for _ in range(4)]
    # and not again before its size allows it
    assert [large in turn for turn in turns] == [True, False, False, False]
    await connection.exec_driver_sql(
        "UPDATE domain_scheduler.batch_jobs SET audited_at = audited_at - interval '2 minutes'"
    )
    assert large in (await audit_batches(connection, max_rows=20))[0]


async def test_a_finished_batch_is_audited_once_more_and_then_no_longer(connection: AsyncConnection) -> None:
    batch_id = await new_batch(connection)
    await audit_batches(connection)
    await finish_batches(connection)
    await connection.exec_driver_sql("UPDATE domain_scheduler.batch_jobs SET audited_at = '2000-01-01'")
    assert batch_id in (await audit_batches(connection))[0]
    assert (await audit_batches(connection))[0] == [INBOX]
