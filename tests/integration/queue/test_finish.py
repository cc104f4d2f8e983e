"""Finishing domains: the fence, and what is stored of an answer."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from domain_scheduler.core.error_kinds import ErrorKind
from domain_scheduler.db.database import Database
from domain_scheduler.queue.store import finish_domains, promote_domains, reap_domains, release_domains
from domain_scheduler.queue.watch import count_waiting
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

NOON = datetime(2030, 1, 1, 12, tzinfo=UTC)


async def test_an_answer_ends_a_claim(connection: AsyncConnection) -> None:
    await new_batch(connection, domains=1)
    worker_id = uuid4()
    (claimed,) = await claim(connection, now=NOON, worker_id=worker_id)
    assert await finish_domains(connection, answers=[completed(claimed, title="Hi")]) == {claimed.id}
    row, result = await domain_row(connection, claimed.id), await result_row(connection, claimed.id)
    assert (row["status"], row["lease_until"], row["error_kind"], row["attempts"]) == (
        "completed",
        None,
        None,
        1,
    )
    assert (result["title"], result["http_status"], result["attempt"]) == ("Hi", 200, 1)
    assert (result["attempt_started_at"], result["worker_id"], result["duration_ms"]) == (
        NOON,
        worker_id,
        120,
    )
    assert result["fetched_at"] == NOON + timedelta(milliseconds=120)
    assert result["earlier_attempts"] is None
    assert await drifts(connection) == []


async def test_an_error_is_stored_with_its_reason(connection: AsyncConnection) -> None:
    batch_id = await new_batch(connection, domains=1)
    (claimed,) = await claim(connection)
    await finish_domains(connection, answers=[failed(claimed, ErrorKind.DNS_NOT_FOUND)])
    row, result = await domain_row(connection, claimed.id), await result_row(connection, claimed.id)
    assert (row["status"], row["error_kind"]) == ("error", "dns_not_found")
    assert (result["error_kind"], result["error_message"]) == ("dns_not_found", "it was dns_not_found")
    assert (await batch_row(connection, batch_id))["errors_by_kind"] == {"dns_not_found": 1}


async def test_an_error_with_another_attempt_due_goes_back_to_wait(connection: AsyncConnection) -> None:
    batch_id = await new_batch(connection, domains=1)
    (claimed,) = await claim(connection)
    await finish_domains(connection, answers=[failed(claimed, retry_in=300.0)], now=NOON)
    row = await domain_row(connection, claimed.id)
    assert (row["status"], row["error_kind"], row["attempts"]) == ("pending", "connect_timeout", 1)
    assert row["next_attempt_at"] == NOON + timedelta(minutes=5)
    assert (await batch_row(connection, batch_id))["errors_by_kind"] == {}
    assert await claim(connection) == []


async def test_a_domain_that_is_put_off_gets_its_attempt_back_and_no_result(
    connection: AsyncConnection,
) -> None:
    await new_batch(connection, domains=1)
    for number in range(3):
        (claimed,) = await claim(connection, now=NOON)
        assert (claimed.attempt, claimed.run_token) == (1, number + 1)
        put_off = failed(claimed, ErrorKind.ADDRESS_BUSY, retry_in=30)
        assert await finish_domains(connection, answers=[put_off], now=NOON) == {claimed.id}
        assert await finish_domains(connection, answers=[put_off], now=NOON) == set()
        row = await domain_row(connection, claimed.id)
        assert (row["status"], row["attempts"], row["error_kind"]) == ("pending", 0, "address_busy")
        assert row["next_attempt_at"] == NOON + timedelta(seconds=30)
        assert await count_waiting(connection) == {"address_busy": 1}
        assert await promote_domains(connection, now=NOON + timedelta(minutes=1)) == 1
    results = "SELECT count(*) FROM domain_scheduler.domain_results"
    assert (await connection.exec_driver_sql(results)).scalar_one() == 0
    assert await drifts(connection) == []


async def test_what_was_learned_before_stays_when_a_domain_is_put_off(connection: AsyncConnection) -> None:
    await new_batch(connection, domains=1)
    (first,) = await claim(connection)
    await finish_domains(connection, answers=[failed(first, ErrorKind.DNS_TIMEOUT, retry_in=-1)])
    await promote_domains(connection)
    (second,) = await claim(connection)
    await finish_domains(connection, answers=[failed(second, ErrorKind.ADDRESS_BUSY, retry_in=-1)])
    before = await result_row(connection, first.id)
    assert (before["attempt"], before["error_kind"], before["earlier_attempts"]) == (1, "dns_timeout", None)
    await promote_domains(connection)
    (third,) = await claim(connection)
    assert third.attempt == 2
    await finish_domains(connection, answers=[completed(third)])
    after = await result_row(connection, first.id)
    assert after["attempt"] == 2
    assert [attempt["error_kind"] for attempt in after["earlier_attempts"]] == ["dns_timeout"]


async def test_finish_refuses_a_lost_lease(connection: AsyncConnection) -> None:
    await new_batch(connection, domains=1)
    (lost,) = await claim(connection, lease=-1)
    await reap_domains(connection)
    assert await finish_domains(connection, answers=[completed(lost)]) == set()
    assert (await domain_row(connection, lost.id))["status"] == "pending"


async def test_finish_refuses_the_answer_of_a_zombie_to_a_newer_claim(connection: AsyncConnection) -> None:
    await new_batch(connection, domains=1)
    (old,) = await claim(connection, lease=-1)
    await reap_domains(connection)
    (new,) = await claim(connection)
    assert await finish_domains(connection, answers=[completed(old, title="old")]) == set()
    assert await finish_domains(connection, answers=[completed(new, title="new")]) == {new.id}
    assert await finish_domains(connection, answers=[failed(old)]) == set()
    assert (await result_row(connection, new.id))["title"] == "new"


async def test_finish_refuses_a_claim_that_was_released(connection: AsyncConnection) -> None:
    await new_batch(connection, domains=1)
    (claimed,) = await claim(connection)
    await release_domains(connection, claims=[claimed])
    assert await finish_domains(connection, answers=[completed(claimed)]) == set()


async def test_an_answer_after_the_lease_but_before_the_reaper_still_counts(
    connection: AsyncConnection,
) -> None:
    await new_batch(connection, domains=1)
    (claimed,) = await claim(connection, lease=-1)
    assert await finish_domains(connection, answers=[completed(claimed)]) == {claimed.id}


async def test_an_answer_sent_twice_counts_once(connection: AsyncConnection) -> None:
    batch_id = await new_batch(connection, domains=1)
    (claimed,) = await claim(connection)
    await finish_domains(connection, answers=[completed(claimed, title="first")])
    assert await finish_domains(connection, answers=[completed(claimed, title="second")]) == set()
    assert (await result_row(connection, claimed.id))["title"] == "first"
    assert (await batch_row(connection, batch_id))["completed"] == 1


async def test_an_answer_sent_twice_at_the_same_time_counts_once(database: Database) -> None:
    async with database.get_background_session() as connection:
        batch_id = await new_batch(connection, domains=5)
        claims = await claim(connection, 5)
    answers = [completed(c) for c in claims]
    async with database.get_background_session() as one:
        assert len(await finish_domains(one, answers=answers)) == 5
    async with database.get_background_session() as other:
        assert await finish_domains(other, answers=answers[::-1]) == set()
        assert (await batch_row(other, batch_id))["completed"] == 5


async def test_a_stale_answer_takes_nothing_from_those_beside_it(connection: AsyncConnection) -> None:
    batch_id = await new_batch(connection, domains=10)
    claims = await claim(connection, 10)
    await release_domains(connection, claims=claims[:3])
    done = await finish_domains(connection, answers=[completed(c) for c in claims])
    assert done == {c.id for c in claims[3:]}
    assert await statuses(connection, batch_id) == {"pending": 3, "completed": 7}
    assert await drifts(connection) == []


async def test_no_answers_are_no_work(connection: AsyncConnection) -> None:
    assert await finish_domains(connection, answers=[]) == set()


async def test_a_claim_from_a_paused_or_cancelled_batch_may_still_be_answered(
    connection: AsyncConnection,
) -> None:
    batch_id = await new_batch(connection, domains=1)
    (claimed,) = await claim(connection)
    query = "UPDATE domain_scheduler.batch_jobs SET paused_at = now(), cancelled_at = now() WHERE id > 1"
    await connection.exec_driver_sql(query)
    assert await finish_domains(connection, answers=[completed(claimed)]) == {claimed.id}
    assert await statuses(connection, batch_id) == {"completed": 1}


@pytest.mark.parametrize("size", [1, 2, 500])
async def test_groups_of_any_size_are_stored_whole(connection: AsyncConnection, size: int) -> None:
    batch_id = await new_batch(connection, domains=size)
    claims = await claim(connection, size)
    assert len(await finish_domains(connection, answers=[completed(c) for c in claims])) == size
    assert await statuses(connection, batch_id) == {"completed": size}
