"""Retry: answered domains go back to pending, and only they."""

from sqlalchemy.ext.asyncio import AsyncConnection

from domain_scheduler.core.error_kinds import ErrorKind
from domain_scheduler.core.status import DomainStatus
from domain_scheduler.queue.store import Retried, finish_domains, retry_domains
from tests.support.queue_rows import claim, completed, domain_row, drifts, failed, new_batch, statuses


async def answered(connection: AsyncConnection, **columns: object) -> tuple[int, list[int]]:
    """A batch with two completed, two timeouts, two names that do not exist, and one still to do."""
    batch_id = await new_batch(connection, domains=7, **columns)
    claims = await claim(connection, 6, batch_id=batch_id)
    answers = [
        *(completed(c) for c in claims[:2]),
        *(failed(c, ErrorKind.CONNECT_TIMEOUT) for c in claims[2:4]),
        *(failed(c, ErrorKind.DNS_NOT_FOUND) for c in claims[4:]),
    ]
    await finish_domains(connection, answers=answers)
    return batch_id, [c.id for c in claims]


async def test_retry_sends_errors_back_with_fresh_attempts(connection: AsyncConnection) -> None:
    batch_id, ids = await answered(connection)
    assert await retry_domains(connection, batch_id=batch_id) == Retried(count=4, last_id=ids[-1])
    row = await domain_row(connection, ids[2])
    assert (row["status"], row["attempts"], row["error_kind"], row["run_token"]) == ("pending", 0, None, 1)
    assert await statuses(connection, batch_id) == {"pending": 5, "completed": 2}
    assert await drifts(connection) == []


async def test_retry_can_be_for_one_kind_of_error(connection: AsyncConnection) -> None:
    batch_id, ids = await answered(connection)
    kinds = [ErrorKind.DNS_NOT_FOUND]
    assert (await retry_domains(connection, batch_id=batch_id, error_kinds=kinds)).count == 2
    assert (await domain_row(connection, ids[2]))["status"] == "error"


async def test_retry_can_be_for_one_domain(connection: AsyncConnection) -> None:
    batch_id, ids = await answered(connection)
    assert await retry_domains(connection, batch_id=batch_id, domain_id=ids[3]) == Retried(1, ids[3])


async def test_retry_can_take_completed_domains_too(connection: AsyncConnection) -> None:
    batch_id, _ = await answered(connection)
    both = [DomainStatus.COMPLETED, DomainStatus.ERROR]
    assert (await retry_domains(connection, batch_id=batch_id, statuses=both)).count == 6


async def test_retry_moves_nothing_that_is_not_answered(connection: AsyncConnection) -> None:
    batch_id = await new_batch(connection, domains=3)
    (held,) = await claim(connection)
    assert await retry_domains(connection, batch_id=batch_id, statuses=list(DomainStatus)) == Retried(0, None)
    assert (await domain_row(connection, held.id))["status"] == "processing"


async def test_retry_goes_on_where_the_last_chunk_ended(connection: AsyncConnection) -> None:
    batch_id, ids = await answered(connection)
    chunks, after = [], 0
    while (chunk := await retry_domains(connection, batch_id=batch_id, after_id=after, limit=3)).count:
        chunks.append(chunk)
        after = chunk.last_id or 0
    assert chunks == [Retried(3, ids[4]), Retried(1, ids[5])]


async def test_retry_leaves_other_batches_alone(connection: AsyncConnection) -> None:
    one, _ = await answered(connection)
    other, _ = await answered(connection)
    await retry_domains(connection, batch_id=one)
    assert await statuses(connection, other) == {"pending": 1, "completed": 2, "error": 4}


async def test_a_cancelled_batch_is_not_retried(connection: AsyncConnection) -> None:
    batch_id, _ = await answered(connection)
    await connection.exec_driver_sql(
        "UPDATE domain_scheduler.batch_jobs SET cancelled_at = now() WHERE id > 1"
    )
    assert (await retry_domains(connection, batch_id=batch_id)).count == 0


async def test_a_retried_domain_is_claimed_under_a_larger_token(connection: AsyncConnection) -> None:
    batch_id, ids = await answered(connection)
    await retry_domains(connection, batch_id=batch_id, domain_id=ids[2])
    claims = {c.id: c for c in await claim(connection, 9)}
    assert (claims[ids[2]].run_token, claims[ids[2]].attempt) == (2, 1)
