"""Batches: what is read is true in one moment, and every change happens once and leaves its event."""

import asyncio
from datetime import datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain_scheduler.batches.batch import INBOX_ID, Batch
from domain_scheduler.batches.store import (
    cancel_batch,
    create_batch,
    get_batch,
    list_batches,
    list_minutes,
    pause_batch,
    require_retryable_batch,
    resume_batch,
    seal_batch,
    update_batch,
)
from domain_scheduler.core.error_kinds import ErrorKind
from domain_scheduler.core.status import BatchStatus, DomainStatus
from domain_scheduler.db.database import Database
from domain_scheduler.errors import (
    BadCursorError,
    BatchCancelledError,
    BatchNotFoundError,
    BatchStandingError,
    ConflictError,
)
from domain_scheduler.queue.store import finish_batches, finish_domains, fold_ledger, retry_domains
from tests.support.queue_rows import add_domains, claim, completed, events, failed, new_batch

PUBLIC_NAMES = [
    *("id", "name", "status", "priority", "sealed", "counts", "errors_by_kind", "rate_per_second"),
    *("eta_seconds", "created_at", "started_at", "finished_at", "max_attempts", "options"),
    *("compared", "changed"),
]


async def test_a_batch_has_the_public_names_in_their_order(database: Database) -> None:
    async with database.get_background_session() as connection:
        shown = (await get_batch(connection, batch_id=INBOX_ID)).as_json()
    assert list(shown) == PUBLIC_NAMES
    assert list(shown["counts"]) == ["total", "pending", "processing", "completed", "error", "cancelled"]


async def test_an_unknown_batch_is_not_found(database: Database) -> None:
    async with database.get_background_session() as connection:
        for verb in (get_batch, seal_batch, pause_batch, resume_batch, cancel_batch, update_batch):
            with pytest.raises(BatchNotFoundError):
                await verb(connection, batch_id=404)


async def test_counts_and_status_follow_the_domains(database: Database) -> None:
    async with database.get_background_session() as connection:
        batch_id = await new_batch(connection, domains=4)
        assert (await get_batch(connection, batch_id=batch_id)).status is BatchStatus.PENDING
        claims = await claim(connection, 3, batch_id=batch_id)
        batch = await get_batch(connection, batch_id=batch_id)
        assert (batch.status, batch.counts.processing, batch.started_at is not None) == (
            "processing",
            3,
            True,
        )
        answers = [completed(claims[0]), failed(claims[1]), failed(claims[2], ErrorKind.HTTP_5XX)]
        await finish_domains(connection, answers=answers)
        batch = await get_batch(connection, batch_id=batch_id)
    assert (batch.counts.answered, batch.counts.unanswered) == (3, 1)
    assert batch.errors_by_kind == {"connect_timeout": 1, "http_5xx": 1}


@pytest.mark.parametrize("folded", [True, False])
async def test_rate_and_eta_come_from_recent_answers_folded_or_not(database: Database, folded: bool) -> None:
    async with database.get_background_session() as connection:
        batch_id = await new_batch(connection, domains=40)
        await finish_domains(connection, answers=[completed(one) for one in await claim(connection, 20)])
        if folded:
            await fold_ledger(connection)
        started = (await get_batch(connection, batch_id=batch_id)).started_at
        assert started is not None
        batch = await get_batch(connection, batch_id=batch_id, now=started + timedelta(seconds=10))
        later = await get_batch(connection, batch_id=batch_id, now=started + timedelta(hours=1))
    assert (batch.rate_per_second, batch.eta_seconds) == (2.0, 10.0)
    assert (later.rate_per_second, later.eta_seconds) == (0.0, None)


async def test_a_finished_batch_keeps_the_rate_of_its_whole_run(database: Database) -> None:
    async with database.get_background_session() as connection:
        batch_id = await new_batch(connection, domains=20)
        await finish_domains(connection, answers=[completed(one) for one in await claim(connection, 20)])
        await fold_ledger(connection)
        started = (await get_batch(connection, batch_id=batch_id)).started_at
        assert started is not None
        assert await finish_batches(connection, now=started + timedelta(seconds=5)) == [batch_id]
        batch = await get_batch(connection, batch_id=batch_id, now=started + timedelta(days=1))
    assert (batch.status, batch.rate_per_second, batch.eta_seconds) == ("completed", 4.0, 0.0)


async def put_last_event_at(connection: AsyncConnection, moment: datetime) -> None:
    last = "(SELECT max(id) FROM domain_scheduler.batch_events)"
    query = text(f"UPDATE domain_scheduler.batch_events SET at = :moment WHERE id = {last}")
    await connection.execute(query, {"moment": moment})


async def test_neither_rate_nor_eta_counts_a_pause(database: Database) -> None:
    async with database.get_background_session() as connection:
        batch_id = await new_batch(connection, domains=40)
        await finish_domains(connection, answers=[completed(one) for one in await claim(connection, 20)])
        started = (await get_batch(connection, batch_id=batch_id)).started_at
        assert started is not None
        seen = []
        for verb, second in ((pause_batch, 10), (resume_batch, 70), (pause_batch, 75), (resume_batch, 95)):
            await verb(connection, batch_id=batch_id)
            await put_last_event_at(connection, started + timedelta(seconds=second))
            seen.append(await get_batch(connection, batch_id=batch_id, now=started + timedelta(seconds=100)))
    assert [(batch.rate_per_second, batch.eta_seconds) for batch in seen] == [
        (2.0, None),  # 20 answers in 10 seconds
        (0.5, 40.0),  # in 10 and 30
        (1.333, None),  # in 10 and 5
        (1.0, 20.0),  # in 10 and 5 and 5
    ]


async def test_a_batch_that_goes_on_after_its_end_does_not_count_the_time_between(database: Database) -> None:
    async with database.get_background_session() as connection:
        batch_id = await new_batch(connection, domains=20)
        await finish_domains(connection, answers=[completed(one) for one in await claim(connection, 20)])
        started = (await get_batch(connection, batch_id=batch_id)).started_at
        assert started is not None
        await finish_batches(connection, now=started + timedelta(seconds=5))
        await retry_domains(connection, batch_id=batch_id, statuses=[DomainStatus.COMPLETED])
        await put_last_event_at(connection, started + timedelta(days=1))
        await finish_domains(connection, answers=[completed(one) for one in await claim(connection, 20)])
        await finish_batches(connection, now=started + timedelta(days=1, seconds=5))
        batch = await get_batch(connection, batch_id=batch_id)
    assert (batch.status, batch.rate_per_second) == ("completed", 4.0)


async def test_minutes_add_up_to_the_answers(database: Database) -> None:
    async with database.get_background_session() as connection:
        batch_id = await new_batch(connection, domains=6)
        for number in range(3):
            one, other = await claim(connection, 2)
            await finish_domains(connection, answers=[completed(one), failed(other)])
            if number == 1:
                await fold_ledger(connection)
        of_batch = await list_minutes(connection, batch_id=batch_id)
        of_all = await list_minutes(connection)
    assert (sum(one.completed for one in of_batch), sum(one.error for one in of_batch)) == (3, 3)
    assert of_all == of_batch


async def test_batches_are_listed_newest_first_in_pages(database: Database) -> None:
    async with database.get_background_session() as connection:
        made = [await create_batch(connection, name=f"number {n}") for n in range(5)]
        seen: list[Batch] = []
        cursor = None
        while True:
            page = await list_batches(connection, cursor=cursor, limit=2)
            seen += page.batches
            if (cursor := page.next_cursor) is None:
                break
    assert [batch.id for batch in seen] == [*reversed(made), INBOX_ID]


async def test_batches_are_found_by_status_and_by_text_in_their_names(database: Database) -> None:
    async with database.get_background_session() as connection:
        mine = await create_batch(connection, name="Shops 100%", sealed=True)
        await new_batch(connection, domains=1)
        by_text = await list_batches(connection, text="sHOPS 100%")
        by_status = await list_batches(connection, status=BatchStatus.COMPLETED)
        neither = await list_batches(connection, text="_")
    assert [batch.id for batch in by_text.batches] == [mine]
    assert [batch.id for batch in by_status.batches] == [mine]
    assert neither.batches == ()


@pytest.mark.parametrize(
    "cursor", ["", "x", "ZG9tYWluczox", "YmF0Y2hlczot", "YmF0Y2hlczo5OTk5OTk5OTk5OTk5OTk5OTk5OQ", "ü"]
)
async def test_a_bad_cursor_is_refused(database: Database, cursor: str) -> None:
    async with database.get_background_session() as connection:
        with pytest.raises(BadCursorError):
            await list_batches(connection, cursor=cursor)


async def test_name_and_priority_change_alone_or_together(database: Database) -> None:
    async with database.get_background_session() as connection:
        batch_id = await create_batch(connection, name="a")
        first = await update_batch(connection, batch_id=batch_id, priority=-3)
        second = await update_batch(connection, batch_id=batch_id, name="b")
    assert (first.name, first.priority, second.name, second.priority) == ("a", -3, "b", -3)


async def test_every_change_leaves_one_event_however_often_it_is_asked_for(database: Database) -> None:
    async with database.get_background_session() as connection:
        batch_id = await create_batch(connection)
        await add_domains(connection, batch_id, 1)
        for verb in (pause_batch, pause_batch, resume_batch, resume_batch, seal_batch, seal_batch):
            await verb(connection, batch_id=batch_id)
        for _ in range(2):
            assert (await cancel_batch(connection, batch_id=batch_id)).status is BatchStatus.CANCELLED
        kinds = [kind for kind, _ in await events(connection, batch_id)]
    assert kinds == ["created", "paused", "resumed", "sealed", "cancelled"]


async def test_two_at_once_change_a_batch_once(database: Database) -> None:
    async def pause() -> None:
        async with database.get_background_session() as connection:
            await pause_batch(connection, batch_id=batch_id)

    async with database.get_background_session() as connection:
        batch_id = await create_batch(connection)
    await asyncio.gather(*(pause() for _ in range(4)))
    async with database.get_background_session() as connection:
        assert [kind for kind, _ in await events(connection, batch_id)] == ["created", "paused"]


async def test_a_cancelled_batch_cannot_be_changed_any_more(database: Database) -> None:
    async with database.get_background_session() as connection:
        batch_id = await new_batch(connection, domains=1)
        await cancel_batch(connection, batch_id=batch_id)
        for verb in (seal_batch, pause_batch, resume_batch, require_retryable_batch):
            with pytest.raises(BatchCancelledError):
                await verb(connection, batch_id=batch_id)


async def test_a_completed_batch_can_be_neither_paused_nor_cancelled(database: Database) -> None:
    async with database.get_background_session() as connection:
        batch_id = await new_batch(connection, domains=1)
        await finish_domains(connection, answers=[completed(one) for one in await claim(connection, 1)])
        for verb in (pause_batch, cancel_batch):
            with pytest.raises(ConflictError, match="completed"):
                await verb(connection, batch_id=batch_id)


async def test_the_inbox_is_neither_sealed_nor_cancelled_but_may_be_paused(database: Database) -> None:
    async with database.get_background_session() as connection:
        for verb in (seal_batch, cancel_batch):
            with pytest.raises(BatchStandingError):
                await verb(connection, batch_id=INBOX_ID)
        assert (await pause_batch(connection, batch_id=INBOX_ID)).status is BatchStatus.PAUSED


async def test_every_domain_of_a_batch_has_a_larger_id_than_its_first_mark(database: Database) -> None:
    async with database.get_background_session() as connection:
        marks = []
        for _ in range(2):
            batch_id = await create_batch(connection)
            ids = await add_domains(connection, batch_id, 3)
            query = text("SELECT first_domain_id FROM domain_scheduler.batch_jobs WHERE id = :id")
            marks.append(((await connection.execute(query, {"id": batch_id})).scalar_one(), ids))
    assert [mark for mark, _ in marks] == [0, 3]
    assert all(mark < min(ids) for mark, ids in marks)
