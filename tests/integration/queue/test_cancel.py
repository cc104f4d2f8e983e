"""Cancel: the sweep ends what nobody has claimed; what is in flight is still answered."""

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain_scheduler.queue.store import (
    cancel_pending_domains,
    finish_batches,
    finish_domains,
    promote_domains,
    reap_domains,
)
from tests.support.queue_rows import (
    add_domains,
    batch_row,
    claim,
    completed,
    drifts,
    events,
    failed,
    new_batch,
    statuses,
)


async def cancel(connection: AsyncConnection, batch_id: int) -> None:
    query = text("UPDATE domain_scheduler.batch_jobs SET cancelled_at = now() WHERE id = :id")
    await connection.execute(query, {"id": batch_id})


async def test_the_sweep_ends_ready_and_waiting_domains(connection: AsyncConnection) -> None:
    batch_id = await new_batch(connection, domains=5)
    claims = await claim(connection, 3)
    await finish_domains(connection, answers=[failed(claims[0], retry_in=600), completed(claims[1])])
    await cancel(connection, batch_id)
    assert await cancel_pending_domains(connection) == 3
    assert await statuses(connection, batch_id) == {"cancelled": 3, "completed": 1, "processing": 1}
    assert await drifts(connection) == []


async def test_the_sweep_leaves_other_batches_alone(connection: AsyncConnection) -> None:
    other = await new_batch(connection, domains=5)
    batch_id = await new_batch(connection, domains=5)
    await finish_domains(connection, answers=[failed(c, retry_in=600) for c in await claim(connection, 4)])
    await cancel(connection, batch_id)
    await cancel_pending_domains(connection)
    assert await statuses(connection, other) == {"pending": 5}
    assert await statuses(connection, batch_id) == {"cancelled": 5}


async def test_the_sweep_goes_in_chunks_until_nothing_is_left(connection: AsyncConnection) -> None:
    for _ in range(3):
        await cancel(connection, await new_batch(connection, domains=7))
    chunks = []
    while swept := await cancel_pending_domains(connection, limit=10):
        chunks.append(swept)
    assert chunks == [10, 10, 1]


@pytest.mark.parametrize("way_back", ["answer", "error", "another attempt", "lost"])
async def test_a_cancelled_batch_finishes_once_what_was_in_flight_is_answered(
    connection: AsyncConnection, way_back: str
) -> None:
    batch_id = await new_batch(connection, domains=2, sealed=False)
    (held,) = await claim(connection, lease=-1 if way_back == "lost" else 60)
    await cancel(connection, batch_id)
    await cancel_pending_domains(connection)
    assert await finish_batches(connection) == []
    if way_back == "lost":
        await reap_domains(connection)
    else:
        answer = {"answer": completed(held), "error": failed(held)}.get(way_back, failed(held, retry_in=600))
        await finish_domains(connection, answers=[answer])
    await cancel_pending_domains(connection)
    assert await finish_batches(connection) == [batch_id]
    row = await batch_row(connection, batch_id)
    assert (row["status"], row["pending"], row["processing"], row["total"]) == ("cancelled", 0, 0, 2)
    assert await events(connection, batch_id) == [("finished", 1)]


async def test_what_is_added_to_a_cancelled_batch_by_plain_sql_is_swept_too(
    connection: AsyncConnection,
) -> None:
    batch_id = await new_batch(connection, domains=1)
    await cancel(connection, batch_id)
    await cancel_pending_domains(connection)
    assert await finish_batches(connection) == [batch_id]
    await add_domains(connection, batch_id, ["late.example"])
    await promote_domains(connection)
    assert await claim(connection, 5) == []
    assert await cancel_pending_domains(connection) == 1
    assert await finish_batches(connection) == [batch_id]
    assert await events(connection, batch_id) == [("finished", 1), ("reopened", 2), ("finished", 2)]
