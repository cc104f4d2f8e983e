"""The low-water mark: what it may hide, and for how long at most."""

from uuid import uuid4

from sqlalchemy.ext.asyncio import AsyncConnection

from domain_scheduler.db.database import Database
from domain_scheduler.engine.claimer import Claimer
from domain_scheduler.engine.low_water import LIFETIME, LowWaterMarks
from domain_scheduler.queue.store import finish_domains, promote_domains, reap_domains, release_domains
from tests.support.queue_rows import add_domains, claim, failed, new_batch


class Clock:
    """Seconds that pass when told to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


async def test_nothing_below_the_mark_is_looked_at(connection: AsyncConnection) -> None:
    batch_id = await new_batch(connection, domains=4)
    first = await claim(connection, 2)
    marks = {batch_id: first[-1].claim_position}
    assert [c.domain for c in await claim(connection, 9, low_water=marks)] == [
        "site-2.example",
        "site-3.example",
    ]


async def test_a_mark_of_one_batch_says_nothing_of_another(connection: AsyncConnection) -> None:
    await new_batch(connection, domains=2)
    other = await new_batch(connection, domains=2)
    claimed = await claim(connection, 9, low_water={other: 10**18})
    assert {c.batch_id for c in claimed} == {claimed[0].batch_id} != {other}


async def test_an_insert_that_commits_late_is_claimed_when_the_marks_run_out(database: Database) -> None:
    clock = Clock()
    marks = LowWaterMarks(clock=clock)
    async with database.get_background_session() as connection:
        batch_id = await new_batch(connection, sealed=False)
    async with database.get_background_session() as slow:
        (late,) = await add_domains(slow, batch_id, ["late.example"])
        async with database.get_background_session() as quick:
            await add_domains(quick, batch_id, 10)
        async with database.get_background_session() as connection:
            marks.note(await claim(connection, 4, low_water=marks.current()))
    async with database.get_background_session() as connection:
        claimed = await claim(connection, 4, low_water=marks.current())
        assert late not in {c.id for c in claimed}
        clock.now += LIFETIME
        assert late in {c.id for c in await claim(connection, 4, low_water=marks.current())}


async def test_an_insert_that_commits_late_is_claimed_once_nothing_else_is_left(database: Database) -> None:
    claimer = Claimer(database, worker_id=uuid4(), lease=60, promote_every=60)
    async with database.get_background_session() as connection:
        batch_id = await new_batch(connection, sealed=False)
    async with database.get_background_session() as slow:
        await add_domains(slow, batch_id, ["late.example"])
        async with database.get_background_session() as quick:
            await add_domains(quick, batch_id, 2)
        assert len(await claimer.claim(9)) == 2
    assert [c.domain for c in await claimer.claim(9)] == ["late.example"]


async def test_a_domain_that_comes_back_lies_above_the_mark(connection: AsyncConnection) -> None:
    await new_batch(connection, domains=6)
    marks = LowWaterMarks(clock=Clock())
    claims = await claim(connection, 6)
    marks.note(claims)
    await release_domains(connection, claims=claims[:2])
    await finish_domains(connection, answers=[failed(c, retry_in=-1) for c in claims[2:4]])
    await promote_domains(connection)
    again = await claim(connection, 9, low_water=marks.current(), lease=-1)
    assert {c.id for c in again} == {c.id for c in claims[:4]}
    marks.note(again)
    await reap_domains(connection)
    assert len(await claim(connection, 9, low_water=marks.current())) == 4
