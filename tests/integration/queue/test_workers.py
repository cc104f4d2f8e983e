"""Workers: one row a process, for as long as it lives or holds a claim."""

from uuid import uuid4

from sqlalchemy.ext.asyncio import AsyncConnection

from domain_scheduler.queue.store import beat, forget_workers, list_workers, reap_domains, sign_off
from tests.support.queue_rows import claim, new_batch


async def test_a_worker_introduces_itself_and_tells_how_it_is(connection: AsyncConnection) -> None:
    worker_id = uuid4()
    await beat(connection, worker_id=worker_id, kind="serve", host="büro", pid=17, state={"in_flight": 0})
    await beat(connection, worker_id=worker_id, kind="serve", host="büro", pid=17, state={"in_flight": 3})
    (worker,) = await list_workers(connection, within=60)
    assert (worker.id, worker.kind, worker.host, worker.pid) == (worker_id, "serve", "büro", 17)
    assert worker.state == {"in_flight": 3}
    assert worker.heartbeat_at >= worker.started_at


async def test_a_worker_that_leaves_in_order_is_forgotten(connection: AsyncConnection) -> None:
    stays, leaves = uuid4(), uuid4()
    for worker_id in (stays, leaves):
        await beat(connection, worker_id=worker_id, kind="work", host="h", pid=1, state={})
    await sign_off(connection, worker_id=leaves)
    assert [worker.id for worker in await list_workers(connection, within=60)] == [stays]


async def test_a_silent_worker_is_forgotten_once_its_claims_are_taken_back(
    connection: AsyncConnection,
) -> None:
    await new_batch(connection, domains=1)
    worker_id = uuid4()
    await beat(connection, worker_id=worker_id, kind="work", host="h", pid=1, state={})
    await claim(connection, worker_id=worker_id)
    await connection.exec_driver_sql("UPDATE domain_scheduler.workers SET heartbeat_at = '2000-01-01'")
    assert await list_workers(connection, within=60) == []
    await forget_workers(connection, after=60)
    assert await all_workers(connection) == 1
    assert (await reap_domains(connection, dead_after=0)).pending == 1
    await forget_workers(connection, after=60)
    assert await all_workers(connection) == 0


async def all_workers(connection: AsyncConnection) -> int:
    rows = await connection.exec_driver_sql("SELECT count(*) FROM domain_scheduler.workers")
    return int(rows.scalar_one())
