"""`submit --wait` as a user runs it: it watches until the end, whoever does the work, and says how it was."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from domain_scheduler.batches.store import cancel_batch
from domain_scheduler.db.database import Database
from domain_scheduler.queue.store import cancel_pending_domains, finish_domains
from tests.support.command import Command, running_command
from tests.support.queue_rows import claim, completed, failed, statuses

BATCH = 2


@asynccontextmanager
async def waiting_command(database: Database) -> AsyncIterator[Command]:
    """`submit --wait` with three domains, of which nothing is answered yet; it is watching."""
    url = database.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    words = ("submit", "-", "--wait")
    names = "a.com\nb.com\nc.com\n"
    async with running_command(*words, environment={"DATABASE_URL": url}, input=names) as submit:
        await submit.answers(f"batch {BATCH}: 3 accepted")
        await submit.says("0 of 3 answered")
        yield submit


async def test_it_ends_well_once_every_domain_is_answered_by_others(database: Database) -> None:
    async with waiting_command(database) as submit:
        assert "nobody works on this database" in submit.said
        async with database.get_background_session() as connection:
            one, *others = await claim(connection, 3, batch_id=BATCH)
            await finish_domains(connection, answers=[failed(one)])
        async with database.get_background_session() as connection:
            await finish_domains(connection, answers=[completed(other) for other in others])
        code, _ = await submit.ended()
    assert code == 0, submit.said
    assert "3 of 3 answered" in submit.said and "1 error (connect_timeout 1)" in submit.said


async def test_a_batch_that_is_cancelled_meanwhile_is_a_failure(database: Database) -> None:
    async with waiting_command(database) as submit:
        async with database.get_background_session() as connection:
            await finish_domains(connection, answers=[completed(c) for c in await claim(connection)])
            await cancel_batch(connection, batch_id=BATCH)
            await cancel_pending_domains(connection, limit=10)
        code, _ = await submit.ended()
    assert code == 1, submit.said
    assert "1 of 3 answered" in submit.said and "2 cancelled" in submit.said
    assert f"batch {BATCH} was cancelled" in submit.said


async def test_ctrl_c_ends_the_watching_and_not_the_batch(database: Database) -> None:
    async with waiting_command(database) as submit:
        submit.press_ctrl_c()
        code, _ = await submit.ended()
    assert code == 130
    assert f"batch {BATCH} goes on without being watched: domain-scheduler status {BATCH}" in submit.said
    assert "Traceback" not in submit.said
    async with database.get_background_session() as connection:
        assert await statuses(connection, BATCH) == {"pending": 3}
