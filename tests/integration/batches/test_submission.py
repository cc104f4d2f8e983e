"""Submissions: a list goes in whole, with every entry accounted for, or not at all."""

import asyncio
import threading
from collections.abc import Iterator

import pytest
from sqlalchemy import text

from domain_scheduler.batches.batch import INBOX_ID
from domain_scheduler.batches.domains_store import list_domains
from domain_scheduler.batches.intake.entry import Entry
from domain_scheduler.batches.store import get_batch, list_batches, seal_batch
from domain_scheduler.batches.submission import add_domains, submit_batch
from domain_scheduler.batches.submitted import NothingAcceptedError
from domain_scheduler.db.database import Database
from domain_scheduler.errors import (
    BatchNotFoundError,
    BatchSealedError,
    IdempotencyConflictError,
    NoDomainsError,
    UnreadableFileError,
)


def entries(*texts: str) -> list[Entry]:
    return [Entry(line, text) for line, text in enumerate(texts, 1)]


async def test_every_entry_is_accepted_or_a_duplicate_or_rejected(database: Database) -> None:
    answer = await submit_batch(
        database,
        entries("b.com", "https://A.com/x", "a.com.", "localhost", "10.0.0.1", "bücher.de"),
        name="six",
    )
    assert (answer.accepted, answer.duplicates, answer.rejected_count) == (3, 1, 2)
    assert [(bad.line, bad.value) for bad in answer.rejected] == [(4, "localhost"), (5, "10.0.0.1")]
    async with database.get_background_session() as connection:
        batch = await get_batch(connection, batch_id=answer.batch_id)
        page = await list_domains(connection, batch_id=answer.batch_id)
    assert [domain.result["domain"] for domain in page.domains] == ["b.com", "a.com", "xn--bcher-kva.de"]
    assert (batch.name, batch.status, batch.sealed, batch.counts.pending) == ("six", "pending", True, 3)


async def test_of_two_requests_with_one_key_one_wins_and_both_get_its_answer(database: Database) -> None:
    both = await asyncio.gather(
        *(
            submit_batch(database, entries("a.com", "b.com"), idempotency_key="k", request_digest="d")
            for _ in range(2)
        )
    )
    assert both[0] == both[1]
    async with database.get_background_session() as connection:
        page = await list_batches(connection)
    assert [batch.id for batch in page.batches] == [both[0].batch_id, INBOX_ID]


async def test_the_same_key_with_another_request_is_refused(database: Database) -> None:
    await submit_batch(database, entries("a.com"), idempotency_key="k", request_digest="one")
    with pytest.raises(IdempotencyConflictError):
        await submit_batch(database, entries("b.com"), idempotency_key="k", request_digest="two")


async def test_a_list_without_a_usable_entry_leaves_nothing_behind(database: Database) -> None:
    with pytest.raises(NothingAcceptedError) as caught:
        await submit_batch(database, entries("localhost", "x"), idempotency_key="k", request_digest="d")
    assert [bad.line for bad in caught.value.rejected] == [1, 2]
    assert (
        await submit_batch(database, entries("a.com"), idempotency_key="k", request_digest="d")
    ).accepted == 1


async def test_a_refused_entry_may_hold_what_the_database_cannot(database: Database) -> None:
    answer = await submit_batch(database, entries("a.com", "x\0y", "\ud800.com", "y" * 9999))
    assert [bad.value for bad in answer.rejected] == ["x\ufffdy", "?.com", "y" * 200]


async def test_an_empty_list_is_refused_but_an_open_batch_may_begin_empty(database: Database) -> None:
    with pytest.raises(NoDomainsError):
        await submit_batch(database, [])
    assert (await submit_batch(database, [], sealed=False)).accepted == 0


async def test_an_entry_that_breaks_off_undoes_everything(database: Database) -> None:
    def broken() -> Iterator[Entry]:
        yield Entry(1, "a.com")
        raise UnreadableFileError("cut off")

    with pytest.raises(UnreadableFileError):
        await submit_batch(database, broken())
    async with database.get_background_session() as connection:
        assert len((await list_batches(connection)).batches) == 1


async def test_added_domains_count_duplicates_against_the_batch(database: Database) -> None:
    batch_id = (await submit_batch(database, entries("a.com"), sealed=False)).batch_id
    answer = await add_domains(database, batch_id, entries("www.b.com", "A.COM", "b.com"))
    assert (answer.accepted, answer.duplicates) == (2, 1)


async def test_a_sealed_batch_takes_no_more(database: Database) -> None:
    batch_id = (await submit_batch(database, entries("a.com"))).batch_id
    with pytest.raises(BatchSealedError):
        await add_domains(database, batch_id, entries("b.com"))
    with pytest.raises(BatchNotFoundError):
        await add_domains(database, 999, entries("b.com"))


async def test_sealing_waits_for_domains_that_are_being_added(database: Database) -> None:
    batch_id = (await submit_batch(database, [], sealed=False)).batch_id
    started, go_on = threading.Event(), threading.Event()

    def slow() -> Iterator[Entry]:
        yield Entry(1, "a.com")
        started.set()
        assert go_on.wait(10)

    async def seal() -> int:
        async with database.get_background_session() as connection:
            return (await seal_batch(connection, batch_id=batch_id)).counts.total

    adding = asyncio.create_task(add_domains(database, batch_id, slow()))
    assert await asyncio.to_thread(started.wait, 10)
    sealing = asyncio.create_task(seal())
    done, _ = await asyncio.wait({sealing}, timeout=0.2)
    assert not done
    go_on.set()
    assert (await adding).accepted == 1
    assert await sealing == 1


async def test_a_priority_of_a_domain_is_stored_with_it(database: Database) -> None:
    batch_id = (await submit_batch(database, [Entry(1, "a.com"), Entry(2, "b.com", 5)])).batch_id
    async with database.get_background_session() as connection:
        page = await list_domains(connection, batch_id=batch_id)
    assert [(domain.result["domain"], domain.priority) for domain in page.domains] == [
        ("a.com", 0),
        ("b.com", 5),
    ]


@pytest.mark.slow
async def test_the_planner_knows_of_a_large_list_at_once(database: Database) -> None:
    many = (Entry(line, f"site-{line}.com") for line in range(1, 50_001))
    await submit_batch(database, many)
    query = text("SELECT reltuples FROM pg_class WHERE oid = CAST('domain_scheduler.domains' AS regclass)")
    async with database.get_background_session() as connection:
        assert (await connection.execute(query)).scalar_one() == pytest.approx(50_000, rel=0.01)
