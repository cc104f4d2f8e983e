"""What happens at once: adders, sealers, cancellers of one batch, a slow reader, a pooler in between."""

import asyncio
from collections.abc import Iterator

import pytest

from domain_scheduler.batches.exports.result_file import ResultFormat, stream_results
from domain_scheduler.batches.exports.rows import results_as_rows
from domain_scheduler.batches.intake.entry import Entry
from domain_scheduler.batches.store import cancel_batch, get_batch, list_batches, seal_batch
from domain_scheduler.batches.submission import add_domains, submit_batch
from domain_scheduler.core.status import BatchStatus
from domain_scheduler.db.database import Database
from domain_scheduler.errors import BatchCancelledError, BatchSealedError, DomainSchedulerError
from domain_scheduler.settings import DatabaseSettings
from tests.support.pgbouncer import running_pooler
from tests.support.queue_rows import drifts

NAMES = [f"at-once-{number}.com" for number in range(3_000)]


def entries(names: list[str]) -> Iterator[Entry]:
    return (Entry(line, name) for line, name in enumerate(names, 1))


async def test_adders_of_the_same_names_in_another_order_do_not_wait_for_each_other_for_ever(
    database: Database,
) -> None:
    batch_id = (await submit_batch(database, [], sealed=False)).batch_id
    answers = await asyncio.gather(
        *(add_domains(database, batch_id, entries(names)) for names in (NAMES, NAMES[::-1], NAMES[1000:]))
    )
    assert sum(answer.accepted for answer in answers) == len(NAMES)
    assert sum(answer.duplicates for answer in answers) == 2 * len(NAMES) - 1_000
    async with database.get_background_session() as connection:
        assert (await get_batch(connection, batch_id=batch_id)).counts.pending == len(NAMES)
        assert await drifts(connection) == []


async def test_an_addition_is_in_before_the_seal_or_refused_after_it(database: Database) -> None:
    async def seal() -> None:
        async with database.get_background_session() as connection:
            await seal_batch(connection, batch_id=batch_id)

    batch_id = (await submit_batch(database, [], sealed=False)).batch_id
    added, _ = await asyncio.gather(
        add_domains(database, batch_id, entries(NAMES)), seal(), return_exceptions=True
    )
    async with database.get_background_session() as connection:
        batch = await get_batch(connection, batch_id=batch_id)
    assert batch.sealed
    assert batch.counts.total == (0 if isinstance(added, BatchSealedError) else len(NAMES))


async def test_a_cancelled_batch_takes_nothing_more(database: Database) -> None:
    batch_id = (await submit_batch(database, [], sealed=False)).batch_id
    async with database.get_background_session() as connection:
        await cancel_batch(connection, batch_id=batch_id)
    with pytest.raises(BatchCancelledError):
        await add_domains(database, batch_id, entries(NAMES[:1]))


async def test_a_broken_off_submission_leaves_nothing(database: Database) -> None:
    never = asyncio.Event()

    def endless() -> Iterator[Entry]:
        number = 0
        while not never.is_set():
            yield Entry(number := number + 1, f"endless-{number}.com")

    submitting = asyncio.create_task(submit_batch(database, endless(), idempotency_key="k"))
    await asyncio.sleep(0)
    done, _ = await asyncio.wait({submitting}, timeout=0.5)
    assert not done
    submitting.cancel()
    never.set()
    await asyncio.gather(submitting, return_exceptions=True)
    async with database.get_background_session() as connection:
        assert len((await list_batches(connection)).batches) == 1
    assert (await submit_batch(database, entries(NAMES[:1]), idempotency_key="k")).accepted == 1


async def test_a_slow_reader_of_results_holds_no_connection(database: Database) -> None:
    batch_id = (await submit_batch(database, entries(NAMES))).batch_id
    rows = results_as_rows(database, batch_id=batch_id, chunk=500)
    seen = 0
    async for chunk in rows:
        seen += len(chunk)
        assert database.engine.pool.checkedout() == 0  # type: ignore[attr-defined]
    assert seen == len(NAMES)


async def test_everything_works_through_a_pooler_that_lends_connections_by_transaction(
    database_url: str,
) -> None:
    with running_pooler(database_url, pool_size=2) as pooler:
        pooled = Database(pooler.url_of(database_url), DatabaseSettings(pool_size=6))
        try:
            answers = await asyncio.gather(
                *(
                    submit_batch(pooled, entries(NAMES), idempotency_key=f"key {number % 3}")
                    for number in range(6)
                )
            )
            ids = sorted({answer.batch_id for answer in answers})
            assert len(ids) == 3 and {answer.accepted for answer in answers} == {len(NAMES)}
            blocks = stream_results(pooled, batch_id=ids[0], format=ResultFormat.CSV)
            text = b"".join([block async for block in blocks]).decode()
            assert [line.split(",")[0] for line in text.splitlines()[1:]] == NAMES
        finally:
            await pooled.close()


async def test_two_verbs_at_once_leave_one_of_their_states(database: Database) -> None:
    async def change(verb: object) -> object:
        async with database.get_background_session() as connection:
            return await verb(connection, batch_id=batch_id)  # type: ignore[operator]

    batch_id = (await submit_batch(database, entries(NAMES[:1]), sealed=False)).batch_id
    done = await asyncio.gather(change(seal_batch), change(cancel_batch), return_exceptions=True)
    refused = [one for one in done if isinstance(one, DomainSchedulerError)]
    assert all(isinstance(one, BatchCancelledError) for one in refused)
    async with database.get_background_session() as connection:
        batch = await get_batch(connection, batch_id=batch_id)
    assert batch.status is BatchStatus.CANCELLED and batch.sealed is not bool(refused)
