"""Finishing a batch: once a cycle, only when sealed and fully answered, and who wins a race for it."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from domain_scheduler.core.status import DomainStatus
from domain_scheduler.db.database import Database
from domain_scheduler.queue.store import finish_batches, finish_domains, fold_ledger, retry_domains
from tests.support.queue_rows import (
    INBOX,
    add_domains,
    batch_row,
    claim,
    completed,
    events,
    failed,
    new_batch,
)
from tests.support.races import blocked

ONCE = [("finished", 1)]
AGAIN = [("finished", 1), ("reopened", 2), ("finished", 2)]


async def answer_all(connection: AsyncConnection) -> None:
    await finish_domains(connection, answers=[completed(c) for c in await claim(connection, 100)])


@pytest.fixture
async def answered(database: Database) -> AsyncIterator[int]:
    """A sealed batch with one domain, answered but not yet finished."""
    async with database.get_background_session() as connection:
        batch_id = await new_batch(connection, domains=1)
        await answer_all(connection)
    yield batch_id


async def test_a_sealed_batch_finishes_when_its_last_domain_is_answered(connection: AsyncConnection) -> None:
    batch_id = await new_batch(connection, domains=3)
    claims = await claim(connection, 3)
    await finish_domains(connection, answers=[completed(claims[0]), failed(claims[1])])
    assert await finish_batches(connection) == []
    assert (await batch_row(connection, batch_id))["status"] == "processing"
    await finish_domains(connection, answers=[failed(claims[2])])
    assert await finish_batches(connection) == [batch_id]
    assert (await batch_row(connection, batch_id))["status"] == "completed"
    assert await events(connection, batch_id) == ONCE


async def test_a_finished_batch_is_not_finished_again(connection: AsyncConnection) -> None:
    await new_batch(connection)
    assert len(await finish_batches(connection)) == 1
    assert await finish_batches(connection) == []


async def test_an_open_batch_does_not_finish_until_it_is_sealed(connection: AsyncConnection) -> None:
    batch_id = await new_batch(connection, domains=1, sealed=False)
    await answer_all(connection)
    assert await finish_batches(connection) == []
    assert (await batch_row(connection, batch_id))["status"] == "processing"
    await connection.exec_driver_sql("UPDATE domain_scheduler.batch_jobs SET sealed_at = now() WHERE id > 1")
    assert await finish_batches(connection) == [batch_id]


async def test_the_inbox_never_finishes(connection: AsyncConnection) -> None:
    await add_domains(connection, INBOX, 1)
    await answer_all(connection)
    assert await finish_batches(connection) == []


async def test_a_batch_that_waits_for_another_attempt_is_not_finished(connection: AsyncConnection) -> None:
    await new_batch(connection, domains=1)
    await finish_domains(connection, answers=[failed(c, retry_in=600) for c in await claim(connection)])
    assert await finish_batches(connection) == []


async def test_folded_and_unfolded_counts_finish_alike(connection: AsyncConnection) -> None:
    batch_id = await new_batch(connection, domains=2)
    one, other = await claim(connection, 2)
    await finish_domains(connection, answers=[completed(one)])
    await fold_ledger(connection)
    assert await finish_batches(connection) == []
    await finish_domains(connection, answers=[completed(other)])
    await fold_ledger(connection, limit=1)
    assert await finish_batches(connection) == [batch_id]


async def test_more_batches_than_one_call_takes_are_finished_by_the_next(connection: AsyncConnection) -> None:
    batches = [await new_batch(connection) for _ in range(5)]
    found = [await finish_batches(connection, limit=2) for _ in range(3)]
    assert found == [batches[:2], batches[2:4], batches[4:]]


async def test_a_batch_opened_again_by_retry_finishes_again_with_one_event_a_cycle(
    connection: AsyncConnection,
) -> None:
    batch_id = await new_batch(connection, domains=2)
    await answer_all(connection)
    await fold_ledger(connection)
    await finish_batches(connection)
    await retry_domains(connection, batch_id=batch_id, statuses=[DomainStatus.COMPLETED])
    row = await batch_row(connection, batch_id)
    assert (row["status"], row["finished_at"], row["pending"]) == ("processing", None, 2)
    await answer_all(connection)
    assert await finish_batches(connection) == [batch_id]
    assert await events(connection, batch_id) == AGAIN


async def test_a_batch_opened_again_by_plain_sql_finishes_again(connection: AsyncConnection) -> None:
    batch_id = await new_batch(connection)
    await finish_batches(connection)
    await add_domains(connection, batch_id, 3)
    await answer_all(connection)
    assert await finish_batches(connection) == [batch_id]
    assert await events(connection, batch_id) == AGAIN


async def test_a_batch_that_a_writer_is_at_work_on_is_stepped_over(database: Database, answered: int) -> None:
    async with database.get_background_session() as writer, database.get_background_session() as finisher:
        await retry_domains(writer, batch_id=answered, statuses=[DomainStatus.COMPLETED])
        assert await finish_batches(finisher) == []


async def test_a_retry_that_is_committed_first_wins_against_the_finish(
    database: Database, answered: int
) -> None:
    async with database.get_background_session() as connection:
        await retry_domains(connection, batch_id=answered, statuses=[DomainStatus.COMPLETED])
    async with database.get_background_session() as connection:
        assert await finish_batches(connection) == []
        await answer_all(connection)
    async with database.get_background_session() as connection:
        assert await finish_batches(connection) == [answered]
        assert await events(connection, answered) == ONCE


@pytest.mark.parametrize("writer_does", ["retry", "insert"])
async def test_a_writer_that_meets_a_finish_waits_and_opens_the_batch_again(
    database: Database, answered: int, writer_does: str
) -> None:
    async with database.get_background_session() as writer, database.engine.connect() as finisher:
        assert await finish_batches(finisher) == [answered]
        if writer_does == "retry":
            work = retry_domains(writer, batch_id=answered, statuses=[DomainStatus.COMPLETED])
        else:
            work = add_domains(writer, answered, ["new.example"])
        async with blocked(database, writer, work):
            await finisher.commit()
    async with database.get_background_session() as connection:
        row = await batch_row(connection, answered)
        assert (row["finished_at"], row["pending"]) == (None, 1)
        assert await finish_batches(connection) == []
        await answer_all(connection)
    async with database.get_background_session() as connection:
        assert await finish_batches(connection) == [answered]
        assert await events(connection, answered) == AGAIN


async def test_a_writer_that_meets_a_finish_that_gives_up_leaves_the_cycle_as_it_was(
    database: Database, answered: int
) -> None:
    async with database.get_background_session() as writer, database.engine.connect() as finisher:
        await finish_batches(finisher)
        async with blocked(database, writer, add_domains(writer, answered, ["new.example"])):
            await finisher.rollback()
    async with database.get_background_session() as connection:
        await answer_all(connection)
    async with database.get_background_session() as connection:
        assert await finish_batches(connection) == [answered]
        assert await events(connection, answered) == ONCE


async def test_a_lock_had_after_a_writer_committed_sees_what_was_written(
    database: Database, answered: int
) -> None:
    # the first statement of a finish still saw the batch as answered; the second must look anew
    async with database.get_background_session() as finisher:
        query = text("SELECT FROM domain_scheduler.batch_jobs WHERE id = :id FOR NO KEY UPDATE")
        await finisher.execute(query, {"id": answered})
        async with database.get_background_session() as writer:
            await add_domains(writer, answered, ["new.example"])
        assert await finish_batches(finisher) == []


async def test_two_who_finish_at_the_same_time_tell_it_once(database: Database, answered: int) -> None:
    async with database.get_background_session() as one, database.get_background_session() as other:
        assert await finish_batches(one) == [answered]
        assert await finish_batches(other) == []
    async with database.get_background_session() as connection:
        assert await finish_batches(connection) == []
        assert await events(connection, answered) == ONCE


async def test_a_finish_never_waits_for_a_long_transaction_on_another_batch(
    database: Database, answered: int
) -> None:
    async with database.get_background_session() as connection:
        other = await new_batch(connection, domains=1)
    async with database.get_background_session() as long, database.get_background_session() as finisher:
        await claim(long, batch_id=other)
        assert await finish_batches(finisher) == [answered]


@pytest.mark.parametrize("level", ["REPEATABLE READ", "SERIALIZABLE"])
async def test_a_writer_with_an_old_snapshot_is_refused_rather_than_leave_a_batch_finished(
    database: Database, answered: int, level: str
) -> None:
    async with database.engine.connect() as writer:
        await writer.execution_options(isolation_level=level)
        await writer.execute(text("SELECT count(*) FROM domain_scheduler.batch_jobs"))
        async with database.get_background_session() as finisher:
            assert await finish_batches(finisher) == [answered]
        with pytest.raises(DBAPIError, match="could not serialize access"):
            await add_domains(writer, answered, ["new.example"])
