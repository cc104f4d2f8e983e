"""Release, promote, reap: the ways back to pending, and the end of what cannot come back."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

from sqlalchemy.ext.asyncio import AsyncConnection

from domain_scheduler.db.database import Database
from domain_scheduler.queue.store import (
    Reaped,
    beat,
    finish_domains,
    promote_domains,
    reap_domains,
    release_domains,
)
from tests.support.queue_rows import (
    batch_row,
    claim,
    completed,
    domain_row,
    drifts,
    failed,
    new_batch,
    result_row,
    statuses,
)
from tests.support.races import blocked

NOON = datetime(2030, 1, 1, 12, tzinfo=UTC)


async def test_release_gives_the_attempt_back(connection: AsyncConnection) -> None:
    batch_id = await new_batch(connection, domains=2)
    claims = await claim(connection, 2)
    assert await release_domains(connection, claims=claims) == {c.id for c in claims}
    row = await domain_row(connection, claims[0].id)
    assert (row["status"], row["attempts"], row["run_token"]) == ("pending", 0, 1)
    assert (row["worker_id"], row["claimed_at"], row["lease_until"]) == (None, None, None)
    assert await statuses(connection, batch_id) == {"pending": 2}
    assert await drifts(connection) == []


async def test_release_refuses_a_lost_claim(connection: AsyncConnection) -> None:
    await new_batch(connection, domains=1)
    (lost,) = await claim(connection, lease=-1)
    await reap_domains(connection)
    (held,) = await claim(connection)
    assert await release_domains(connection, claims=[lost]) == set()
    assert await release_domains(connection, claims=[held]) == {held.id}
    assert await release_domains(connection, claims=[held]) == set()
    assert await release_domains(connection, claims=[]) == set()


async def test_promote_makes_ready_what_has_waited_long_enough(connection: AsyncConnection) -> None:
    await new_batch(connection, domains=2)
    soon, later = await claim(connection, 2)
    await finish_domains(connection, answers=[failed(soon, retry_in=60)], now=NOON)
    await finish_domains(connection, answers=[failed(later, retry_in=600)], now=NOON)
    assert await promote_domains(connection, now=NOON + timedelta(seconds=59)) == 0
    assert await promote_domains(connection, now=NOON + timedelta(seconds=60)) == 1
    assert [(c.id, c.attempt) for c in await claim(connection, 9)] == [(soon.id, 2)]
    assert await drifts(connection) == []


async def test_promote_goes_by_the_time_of_waiting(connection: AsyncConnection) -> None:
    await new_batch(connection, domains=20)
    claims = await claim(connection, 20)
    answers = [failed(c, retry_in=100 - n) for n, c in enumerate(claims)]
    await finish_domains(connection, answers=answers, now=NOON)
    assert await promote_domains(connection, now=NOON + timedelta(seconds=100), limit=5) == 5
    assert [c.id for c in await claim(connection, 9)] == [c.id for c in claims[-5:]]


async def test_a_lease_that_has_expired_is_taken_back(connection: AsyncConnection) -> None:
    batch_id = await new_batch(connection, domains=2)
    (expired,) = await claim(connection, now=NOON, lease=60)
    (held,) = await claim(connection, now=NOON, lease=61)
    assert await reap_domains(connection, now=NOON + timedelta(seconds=60.5)) == Reaped(pending=1, error=0)
    row = await domain_row(connection, expired.id)
    assert (row["status"], row["attempts"], row["lease_until"]) == ("pending", 1, None)
    assert (await result_row(connection, expired.id))["error_message"] == "the lease expired"
    assert (await domain_row(connection, held.id))["status"] == "processing"
    assert await statuses(connection, batch_id) == {"pending": 1, "processing": 1}
    assert await drifts(connection) == []


async def test_the_claims_of_a_worker_that_fell_silent_are_taken_back(connection: AsyncConnection) -> None:
    await new_batch(connection, domains=2)
    silent, living, unknown = uuid4(), uuid4(), uuid4()
    for worker_id in (silent, living):
        await beat(connection, worker_id=worker_id, kind="work", host="h", pid=1, state={})
    await connection.exec_driver_sql(
        "UPDATE domain_scheduler.workers SET heartbeat_at = '2030-01-01 12:00Z' WHERE id = %s", (silent,)
    )
    await connection.exec_driver_sql(
        "UPDATE domain_scheduler.workers SET heartbeat_at = '2030-01-01 12:01Z' WHERE id = %s", (living,)
    )
    (lost,) = await claim(connection, worker_id=silent, now=NOON, lease=3600)
    await claim(connection, worker_id=living, now=NOON, lease=3600)
    await claim(connection, worker_id=unknown, now=NOON, lease=3600)
    now = NOON + timedelta(seconds=65)
    assert await reap_domains(connection, now=now) == Reaped(pending=0, error=0)
    assert await reap_domains(connection, now=now, dead_after=30) == Reaped(pending=1, error=0)
    assert (await result_row(connection, lost.id))["error_message"] == "the worker fell silent"
    assert (await domain_row(connection, lost.id))["status"] == "pending"


async def test_nobody_counts_as_silent_right_after_a_restart_of_the_server(
    connection: AsyncConnection,
) -> None:
    await new_batch(connection, domains=1)
    worker_id = uuid4()
    await beat(connection, worker_id=worker_id, kind="work", host="h", pid=1, state={})
    await connection.exec_driver_sql("UPDATE domain_scheduler.workers SET heartbeat_at = '2000-01-01'")
    await claim(connection, worker_id=worker_id)
    age = await connection.exec_driver_sql("SELECT extract(epoch FROM now() - pg_postmaster_start_time())")
    longer_than_it_runs = float(age.scalar_one()) + 60
    assert await reap_domains(connection, dead_after=longer_than_it_runs) == Reaped(pending=0, error=0)


async def test_spent_attempts_end_as_worker_lost(connection: AsyncConnection) -> None:
    batch_id = await new_batch(connection, domains=1, max_attempts=2)
    (claimed,) = await claim(connection, lease=-1)
    assert await reap_domains(connection) == Reaped(pending=1, error=0)
    await claim(connection, lease=-1)
    assert await reap_domains(connection) == Reaped(pending=0, error=1)
    row, result = await domain_row(connection, claimed.id), await result_row(connection, claimed.id)
    assert (row["status"], row["error_kind"], row["attempts"]) == ("error", "worker_lost", 2)
    assert (result["attempt"], result["error_kind"], len(result["earlier_attempts"])) == (2, "worker_lost", 1)
    assert (await batch_row(connection, batch_id))["errors_by_kind"] == {"worker_lost": 1}
    assert await drifts(connection) == []


async def test_reap_is_bounded_and_takes_the_oldest_first(connection: AsyncConnection) -> None:
    await new_batch(connection, domains=30)
    claims = [(await claim(connection, 10, lease=-lease)) for lease in (1, 3, 2)]
    assert await reap_domains(connection, limit=10) == Reaped(pending=10, error=0)
    rows = [await domain_row(connection, c.id) for c in claims[1]]
    assert {row["status"] for row in rows} == {"pending"}
    assert await reap_domains(connection, limit=100) == Reaped(pending=20, error=0)


async def test_two_reapers_take_nothing_twice(database: Database) -> None:
    async with database.get_background_session() as connection:
        batch_id = await new_batch(connection, domains=20)
        await claim(connection, 20, lease=-1)
    async with database.get_background_session() as one, database.get_background_session() as other:
        assert await reap_domains(one, limit=15) == Reaped(pending=15, error=0)
        assert await reap_domains(other, limit=15) == Reaped(pending=5, error=0)
    async with database.get_background_session() as connection:
        assert await statuses(connection, batch_id) == {"pending": 20}
        assert await drifts(connection) == []


async def test_a_reaper_steps_over_a_domain_that_is_being_finished(database: Database) -> None:
    async with database.get_background_session() as connection:
        await new_batch(connection, domains=1)
        (claimed,) = await claim(connection, lease=-1)
    async with database.get_background_session() as worker, database.get_background_session() as reaper:
        assert await finish_domains(worker, answers=[completed(claimed)]) == {claimed.id}
        assert await reap_domains(reaper) == Reaped(pending=0, error=0)
    async with database.get_background_session() as connection:
        assert (await domain_row(connection, claimed.id))["status"] == "completed"


async def test_an_answer_that_meets_a_reaper_at_work_waits_and_is_void(database: Database) -> None:
    async with database.get_background_session() as connection:
        await new_batch(connection, domains=1)
        (claimed,) = await claim(connection, lease=-1)
    async with database.get_background_session() as worker, database.engine.connect() as reaper:
        assert await reap_domains(reaper) == Reaped(pending=1, error=0)
        answer = finish_domains(worker, answers=[completed(claimed)])
        async with blocked(database, worker, answer) as finishing:
            await reaper.commit()
        assert finishing.result() == set()


async def test_an_answer_that_meets_a_reaper_who_gives_up_counts(database: Database) -> None:
    async with database.get_background_session() as connection:
        await new_batch(connection, domains=1)
        (claimed,) = await claim(connection, lease=-1)
    async with database.get_background_session() as worker, database.engine.connect() as reaper:
        await reap_domains(reaper)
        answer = finish_domains(worker, answers=[completed(claimed)])
        async with blocked(database, worker, answer) as finishing:
            await reaper.rollback()
        assert finishing.result() == {claimed.id}
