"""Plain SQL by anybody, from psql or another application: counts stay true, whatever is written."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from domain_scheduler.core.error_kinds import ErrorKind
from domain_scheduler.db.database import Database
from domain_scheduler.queue.store import finish_batches, finish_domains, fold_ledger, reap_domains
from tests.support.queue_rows import (
    INBOX,
    batch_row,
    claim,
    completed,
    drifts,
    events,
    failed,
    new_batch,
    result_row,
    statuses,
)


async def run(connection: AsyncConnection, statement: str) -> None:
    await connection.execute(text(statement))


async def test_a_domain_inserted_by_name_alone_lands_in_the_inbox_and_is_claimed(
    connection: AsyncConnection,
) -> None:
    await run(
        connection, "INSERT INTO domain_scheduler.domains (domain) VALUES ('example.com'), ('example.org')"
    )
    assert (await batch_row(connection, INBOX))["pending"] == 2
    assert [(c.batch_id, c.domain) for c in await claim(connection, 9)] == [
        (INBOX, "example.com"),
        (INBOX, "example.org"),
    ]
    assert await drifts(connection) == []


async def test_a_domain_inserted_by_copy_is_counted(database: Database, connection: AsyncConnection) -> None:
    raw = (await connection.get_raw_connection()).driver_connection
    assert raw is not None
    async with (
        raw.cursor() as cursor,
        cursor.copy("COPY domain_scheduler.domains (domain) FROM STDIN") as copy,
    ):
        for n in range(1000):
            await copy.write_row((f"copied-{n}.example",))
    assert (await batch_row(connection, INBOX))["pending"] == 1000
    assert await drifts(connection) == []


async def test_an_insert_that_meets_known_domains_counts_the_new_ones(connection: AsyncConnection) -> None:
    insert = "INSERT INTO domain_scheduler.domains (domain) VALUES ('a.example'), ('b.example')"
    await run(connection, "INSERT INTO domain_scheduler.domains (domain) VALUES ('a.example')")
    await run(connection, f"{insert} ON CONFLICT DO NOTHING")
    await run(connection, f"{insert} ON CONFLICT (batch_id, domain) DO UPDATE SET priority = 1")
    assert (await batch_row(connection, INBOX))["total"] == 2
    assert await drifts(connection) == []


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE domain_scheduler.domains SET status = 'completed', lease_until = NULL",
        "UPDATE domain_scheduler.domains SET status = 'error', error_kind = 'my_own', lease_until = NULL",
        "UPDATE domain_scheduler.domains SET status = 'pending', lease_until = NULL",
        "UPDATE domain_scheduler.domains SET error_kind = 'another' WHERE status = 'error'",
        "UPDATE domain_scheduler.domains SET domain = domain || '.test'",
        "UPDATE domain_scheduler.domains SET status = status",
        "DELETE FROM domain_scheduler.domains WHERE status = 'error'",
        "DELETE FROM domain_scheduler.domains",
        "UPDATE domain_scheduler.domains SET batch_id = 1",
        "UPDATE domain_scheduler.domains SET batch_id = 1, status = 'completed', lease_until = NULL",
        "MERGE INTO domain_scheduler.domains d USING (SELECT DISTINCT domain FROM domain_scheduler.domains) n"
        " ON d.domain = n.domain WHEN MATCHED AND d.status = 'pending' THEN DELETE"
        " WHEN MATCHED THEN UPDATE SET priority = 2",
    ],
)
async def test_counts_follow_any_statement(connection: AsyncConnection, change: str) -> None:
    await new_batch(connection, domains=6, sealed=False)
    claims = await claim(connection, 4)
    answers = [failed(claims[0], ErrorKind.HTTP_4XX), failed(claims[1]), completed(claims[2])]
    await finish_domains(connection, answers=answers)
    await fold_ledger(connection)
    await run(connection, change)
    assert await drifts(connection) == []
    await fold_ledger(connection)
    assert await drifts(connection) == []


async def test_domains_move_between_batches_with_their_counts(connection: AsyncConnection) -> None:
    source = await new_batch(connection, domains=10)
    target = await new_batch(connection, domains=["other.example"])
    await finish_domains(
        connection, answers=[completed(c) for c in await claim(connection, 4, batch_id=source)]
    )
    await run(
        connection, f"UPDATE domain_scheduler.domains SET batch_id = {target} WHERE batch_id = {source}"
    )
    assert (await batch_row(connection, source))["total"] == 0
    row = await batch_row(connection, target)
    assert (row["total"], row["pending"], row["completed"]) == (11, 7, 4)
    assert await drifts(connection) == []
    assert await finish_batches(connection) == [source]


async def test_a_domain_moved_into_a_finished_batch_opens_it_again(connection: AsyncConnection) -> None:
    batch_id = await new_batch(connection)
    await finish_batches(connection)
    await run(connection, "INSERT INTO domain_scheduler.domains (domain) VALUES ('moving.example')")
    await run(connection, f"UPDATE domain_scheduler.domains SET batch_id = {batch_id}")
    assert (await batch_row(connection, batch_id))["status"] == "pending"
    await finish_domains(connection, answers=[completed(c) for c in await claim(connection)])
    assert await finish_batches(connection) == [batch_id]
    assert await events(connection, batch_id) == [("finished", 1), ("reopened", 2), ("finished", 2)]


async def test_deleting_a_domain_deletes_its_result_and_voids_its_claim(connection: AsyncConnection) -> None:
    await new_batch(connection, domains=2)
    done, held = await claim(connection, 2)
    await finish_domains(connection, answers=[completed(done)])
    await run(connection, "DELETE FROM domain_scheduler.domains")
    assert await finish_domains(connection, answers=[completed(held)]) == set()
    left = await connection.execute(text("SELECT count(*) FROM domain_scheduler.domain_results"))
    assert left.scalar_one() == 0


async def test_deleting_what_is_left_to_do_finishes_a_batch(connection: AsyncConnection) -> None:
    batch_id = await new_batch(connection, domains=3)
    await finish_domains(connection, answers=[completed(c) for c in await claim(connection)])
    await run(connection, "DELETE FROM domain_scheduler.domains WHERE status = 'pending'")
    assert await finish_batches(connection) == [batch_id]


async def test_deleting_a_batch_deletes_everything_of_it_and_nothing_else(
    connection: AsyncConnection,
) -> None:
    batch_id = await new_batch(connection, domains=3)
    other = await new_batch(connection, domains=3)
    await finish_domains(connection, answers=[completed(c) for c in await claim(connection, 6)])
    await fold_ledger(connection)
    await run(connection, f"DELETE FROM domain_scheduler.batch_jobs WHERE id = {batch_id}")
    assert await statuses(connection, batch_id) == {}
    assert await statuses(connection, other) == {"completed": 3}
    assert await drifts(connection) == []
    left = await connection.execute(text("SELECT count(*) FROM domain_scheduler.domain_results"))
    assert left.scalar_one() == 3


async def test_a_claim_set_by_hand_is_reaped_like_any_other(connection: AsyncConnection) -> None:
    await run(connection, "INSERT INTO domain_scheduler.domains (domain) VALUES ('a.example')")
    await run(
        connection,
        "UPDATE domain_scheduler.domains SET status = 'processing', lease_until = now() - interval '1 s'",
    )
    assert (await reap_domains(connection)).pending == 1
    row = (await connection.execute(text("SELECT id FROM domain_scheduler.domains"))).scalar_one()
    assert (await result_row(connection, row))["error_kind"] == "worker_lost"


@pytest.mark.parametrize(
    "statement",
    [
        "TRUNCATE domain_scheduler.domains",
        "TRUNCATE domain_scheduler.domains, domain_scheduler.domain_results",
        "TRUNCATE domain_scheduler.batch_jobs CASCADE",
        "TRUNCATE domain_scheduler.batch_ledger",
        "TRUNCATE domain_scheduler.batch_counts",
    ],
)
async def test_truncate_is_refused(database: Database, statement: str) -> None:
    with pytest.raises(DBAPIError, match="TRUNCATE would leave the counts of batches untrue"):
        async with database.get_background_session() as connection:
            await run(connection, statement)


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        ("INSERT INTO domain_scheduler.domains (domain, status) VALUES ('a', 'done')", "domain_status"),
        ("INSERT INTO domain_scheduler.domains (domain, status) VALUES ('a', 'error')", "error_has_a_kind"),
        (
            "INSERT INTO domain_scheduler.domains (domain, status) VALUES ('a', 'processing')",
            "lease_while_processing",
        ),
        (
            "INSERT INTO domain_scheduler.domains (domain, lease_until) VALUES ('a', now())",
            "lease_while_processing",
        ),
        (
            "INSERT INTO domain_scheduler.domains (domain, status, next_attempt_at)"
            " VALUES ('a', 'completed', now())",
            "only_pending_waits",
        ),
        ("INSERT INTO domain_scheduler.domains (domain) VALUES ('')", "domains_domain_check"),
        ("INSERT INTO domain_scheduler.domains (domain) VALUES (repeat('ü', 501))", "domains_domain_check"),
        (
            "INSERT INTO domain_scheduler.domains (domain, priority) VALUES ('a', 11)",
            "domains_priority_check",
        ),
        ("INSERT INTO domain_scheduler.domains (domain) VALUES ('a'), ('a')", "domains_once_per_batch"),
        (
            "INSERT INTO domain_scheduler.domains (domain, batch_id) VALUES ('a', 77)",
            "batch_ledger_batch_id_fkey",
        ),
        (
            "INSERT INTO domain_scheduler.batch_jobs (max_attempts) VALUES (0)",
            "batch_jobs_max_attempts_check",
        ),
        ("INSERT INTO domain_scheduler.batch_jobs (priority) VALUES (-11)", "batch_jobs_priority_check"),
        (
            "INSERT INTO domain_scheduler.batch_jobs (finished_at) VALUES (now())",
            "finished_is_sealed_or_cancelled",
        ),
        ("UPDATE domain_scheduler.batch_jobs SET sealed_at = now() WHERE id = 1", "inbox_stays_open"),
        ("UPDATE domain_scheduler.batch_jobs SET cancelled_at = now() WHERE id = 1", "inbox_stays_open"),
        ("DELETE FROM domain_scheduler.batch_jobs WHERE id = 1", "the inbox stays"),
    ],
)
async def test_what_makes_no_sense_is_refused(database: Database, statement: str, reason: str) -> None:
    with pytest.raises(DBAPIError, match=reason):
        async with database.get_background_session() as connection:
            await run(connection, statement)
    async with database.get_background_session() as connection:
        assert await drifts(connection) == []
