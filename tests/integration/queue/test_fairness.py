"""Fairness: a claim serves every running batch, weighted by priority, and leaves none for ever."""

from collections import Counter

from sqlalchemy.ext.asyncio import AsyncConnection

from tests.support.queue_rows import claim, new_batch


async def test_a_batch_of_ten_is_not_stuck_behind_one_of_ten_thousand(connection: AsyncConnection) -> None:
    huge = await new_batch(connection, domains=10_000)
    small = await new_batch(connection, domains=10)
    claimed = Counter(c.batch_id for c in await claim(connection, 20))
    assert claimed == {huge: 10, small: 10}


async def test_a_batch_alone_gets_everything(connection: AsyncConnection) -> None:
    await new_batch(connection, domains=0, sealed=False)
    batch_id = await new_batch(connection, domains=500)
    assert Counter(c.batch_id for c in await claim(connection, 200)) == {batch_id: 200}


async def test_one_step_of_priority_doubles_a_share(connection: AsyncConnection) -> None:
    plain = await new_batch(connection, domains=200)
    urgent = await new_batch(connection, domains=200, priority=2)
    assert Counter(c.batch_id for c in await claim(connection, 100)) == {plain: 20, urgent: 80}


async def test_a_batch_of_low_priority_gets_its_share_over_time(connection: AsyncConnection) -> None:
    lowly = await new_batch(connection, domains=200, priority=-1)
    await new_batch(connection, domains=200, priority=1)
    claimed: Counter[int] = Counter()
    for _ in range(10):
        claimed.update(c.batch_id for c in await claim(connection, 10))
    assert claimed.total() == 100
    # one fifth, but a share is rounded up, and who comes second in the draw pays for it
    assert 20 <= claimed[lowly] <= 30


async def test_more_batches_than_one_claim_looks_at_are_all_served(connection: AsyncConnection) -> None:
    batches = {await new_batch(connection, domains=3) for _ in range(150)}
    claimed: Counter[int] = Counter()
    while group := await claim(connection, 100):
        claimed.update(c.batch_id for c in group)
    assert claimed == dict.fromkeys(batches, 3)


async def test_claims_go_on_until_nothing_is_left_however_uneven_the_batches(
    connection: AsyncConnection,
) -> None:
    sizes = {await new_batch(connection, domains=size): size for size in (1, 1, 2, 400, 7, 90)}
    claimed: Counter[int] = Counter()
    while group := await claim(connection, 50):
        claimed.update(c.batch_id for c in group)
    assert claimed == sizes
