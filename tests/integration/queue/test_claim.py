"""Claims: whose turn it is, and what a claim holds."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain_scheduler.db.database import Database
from domain_scheduler.queue.store import release_domains
from tests.support.queue_rows import (
    INBOX,
    add_domains,
    batch_row,
    claim,
    domain_row,
    drifts,
    new_batch,
    statuses,
)

NOON = datetime(2030, 1, 1, 12, tzinfo=UTC)


async def test_a_claim_leases_a_domain_to_a_worker(connection: AsyncConnection) -> None:
    batch_id = await new_batch(connection, domains=["a.example"], max_attempts=5, options='{"deep": true}')
    worker_id = uuid4()
    (claimed,) = await claim(connection, worker_id=worker_id, now=NOON, lease=90.0)
    row = await domain_row(connection, claimed.id)
    assert (claimed.batch_id, claimed.domain, claimed.run_token, claimed.attempt) == (
        batch_id,
        "a.example",
        1,
        1,
    )
    assert (claimed.max_attempts, claimed.options) == (5, {"deep": True})
    assert (row["status"], row["worker_id"], row["attempts"]) == ("processing", worker_id, 1)
    assert (row["claimed_at"], row["lease_until"]) == (NOON, NOON + timedelta(seconds=90))
    assert await drifts(connection) == []


async def test_domains_are_claimed_in_the_order_in_which_they_came(connection: AsyncConnection) -> None:
    await new_batch(connection, domains=30)
    taken = [(await claim(connection, 10)) for _ in range(3)]
    names = [claimed.domain for group in taken for claimed in group]
    assert names == [f"site-{n}.example" for n in range(30)]


async def test_a_claim_takes_no_more_than_its_limit(connection: AsyncConnection) -> None:
    for _ in range(7):
        await new_batch(connection, domains=5)
    assert len(await claim(connection, 16)) == 16


async def test_nothing_is_claimed_twice_by_two_who_claim_at_the_same_time(database: Database) -> None:
    async with database.get_background_session() as connection:
        await new_batch(connection, domains=20)
    async with database.get_background_session() as one, database.get_background_session() as other:
        first, second = await claim(one, 12), await claim(other, 12)
    assert len(first) == 12
    assert len(second) == 8
    assert not {claimed.id for claimed in first} & {claimed.id for claimed in second}


async def test_a_claim_that_is_rolled_back_never_was(database: Database) -> None:
    async with database.get_background_session() as connection:
        batch_id = await new_batch(connection, domains=3)
    async with database.engine.connect() as connection:
        claimed = await claim(connection, 3)
        await connection.rollback()
    async with database.get_background_session() as connection:
        assert await statuses(connection, batch_id) == {"pending": 3}
        again = await claim(connection, 3)
        assert [(c.id, c.run_token, c.attempt) for c in again] == [(c.id, 1, 1) for c in claimed]
        assert await drifts(connection) == []


async def test_a_run_token_grows_with_every_claim_and_never_comes_back(connection: AsyncConnection) -> None:
    await new_batch(connection, domains=1)
    tokens = []
    for _ in range(3):
        claimed = await claim(connection)
        tokens.append(claimed[0].run_token)
        await release_domains(connection, claims=claimed)
    assert tokens == [1, 2, 3]


async def test_a_paused_batch_is_not_claimed_from(connection: AsyncConnection) -> None:
    batch_id = await new_batch(connection, domains=2, paused_at=NOON)
    assert await claim(connection, 10) == []
    await connection.execute(text("UPDATE domain_scheduler.batch_jobs SET paused_at = NULL"))
    assert [claimed.batch_id for claimed in await claim(connection, 10)] == [batch_id] * 2


async def test_a_cancelled_batch_is_not_claimed_from(connection: AsyncConnection) -> None:
    await new_batch(connection, domains=2, cancelled_at=NOON)
    assert await claim(connection, 10) == []


async def test_an_open_batch_is_worked_on_before_it_is_sealed(connection: AsyncConnection) -> None:
    batch_id = await new_batch(connection, domains=2, sealed=False)
    assert len(await claim(connection, 10)) == 2
    assert (await batch_row(connection, batch_id))["status"] == "processing"


async def test_a_claim_can_ask_for_one_batch_alone(connection: AsyncConnection) -> None:
    await new_batch(connection, domains=5)
    wanted = await new_batch(connection, domains=5)
    assert {claimed.batch_id for claimed in await claim(connection, 100, batch_id=wanted)} == {wanted}


async def test_a_domain_of_higher_priority_goes_first(connection: AsyncConnection) -> None:
    batch_id = await new_batch(connection, domains=["plain.example"])
    await add_domains(connection, batch_id, ["last.example"], priority=-3)
    await add_domains(connection, batch_id, ["first.example"], priority=10)
    await add_domains(connection, batch_id, ["second.example"], priority=1)
    order = [(await claim(connection))[0].domain for _ in range(4)]
    assert order == ["first.example", "second.example", "plain.example", "last.example"]


async def test_a_priority_changed_by_plain_sql_counts_at_once(connection: AsyncConnection) -> None:
    await new_batch(connection, domains=["one.example", "two.example"])
    await connection.execute(
        text("UPDATE domain_scheduler.domains SET priority = 1 WHERE domain = 'two.example'")
    )
    assert (await claim(connection))[0].domain == "two.example"


async def test_a_released_domain_keeps_its_priority(connection: AsyncConnection) -> None:
    batch_id = await new_batch(connection, domains=3)
    await add_domains(connection, batch_id, ["urgent.example"], priority=5)
    await release_domains(connection, claims=await claim(connection))
    assert (await claim(connection))[0].domain == "urgent.example"


async def test_a_domain_may_have_any_text_for_a_name(connection: AsyncConnection) -> None:
    names = [
        "o'hara.example",
        'say "hi".example',
        "bücher.example",
        "点看.example",
        ":x::bigint",
        "%s%(a)s",
        "\\N",
        "🦉",
    ]
    await add_domains(connection, INBOX, names)
    assert [claimed.domain for claimed in await claim(connection, 10)] == names
