"""One state machine in three places (enum, CHECK of the database, diagram), and verbs that keep to it."""

import re
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain_scheduler.core.status import TRANSITIONS, BatchStatus, DomainStatus
from domain_scheduler.queue.store import (
    cancel_pending_domains,
    finish_domains,
    promote_domains,
    reap_domains,
    release_domains,
    retry_domains,
)
from tests.support.moves import moves, write_moves_down
from tests.support.queue_rows import claim, completed, failed, new_batch

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "states.md"


def diagram() -> list[tuple[str, str]]:
    arrows = re.findall(r"^ +(\S+) --> (\S+)", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    return [(was, becomes) for was, becomes in arrows if "[*]" not in (was, becomes)]


def table(heading: str) -> list[str]:
    """The statuses that head the rows of the first table below a heading."""
    section = PAGE.read_text(encoding="utf-8").split(f"\n## {heading}\n")[1].split("\n## ")[0]
    return re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE)


async def test_the_database_knows_the_statuses_of_the_enum(connection: AsyncConnection) -> None:
    query = text("SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = 'domain_status'")
    definition = (await connection.execute(query)).scalar_one()
    assert re.findall(r"'(\w+)'", definition) == list(DomainStatus)


def test_the_diagram_shows_the_transitions_of_the_code() -> None:
    assert len(diagram()) == len(TRANSITIONS)
    assert set(diagram()) == TRANSITIONS


def test_the_page_explains_every_status() -> None:
    assert table("A domain") == list(DomainStatus)
    assert table("A batch") == list(BatchStatus)


async def test_the_verbs_make_every_transition_and_no_other(connection: AsyncConnection) -> None:
    await write_moves_down(connection)
    batch_id = await new_batch(connection, domains=8, max_attempts=1)
    claims = await claim(connection, 4)
    await finish_domains(
        connection, answers=[completed(claims[0]), failed(claims[1]), failed(claims[2], retry_in=-1)]
    )
    await release_domains(connection, claims=claims[3:])
    await promote_domains(connection)
    await claim(connection, 2, lease=-1)
    await reap_domains(connection)
    await retry_domains(connection, batch_id=batch_id, statuses=list(DomainStatus))
    await connection.execute(text("UPDATE domain_scheduler.batch_jobs SET cancelled_at = now() WHERE id > 1"))
    await cancel_pending_domains(connection)
    assert await moves(connection) == TRANSITIONS


async def test_the_view_computes_the_batch_statuses_of_the_enum(connection: AsyncConnection) -> None:
    async def look(batch_id: int) -> str:
        query = text("SELECT status FROM domain_scheduler.batch_status WHERE id = :id")
        return str((await connection.execute(query, {"id": batch_id})).scalar_one())

    async def mark(batch_id: int, column: str) -> None:
        query = text(f"UPDATE domain_scheduler.batch_jobs SET {column} = now() WHERE id = :id")
        await connection.execute(query, {"id": batch_id})

    batch_id = await new_batch(connection, domains=1, sealed=False)
    seen = [await look(batch_id)]
    await mark(batch_id, "paused_at")
    seen.append(await look(batch_id))
    await connection.execute(text("UPDATE domain_scheduler.batch_jobs SET paused_at = NULL"))
    await finish_domains(connection, answers=[completed(c) for c in await claim(connection)])
    seen.append(await look(batch_id))
    await mark(batch_id, "sealed_at")
    seen.append(await look(batch_id))
    await mark(batch_id, "cancelled_at")
    seen.append(await look(batch_id))
    assert seen == ["pending", "paused", "processing", "completed", "cancelled"]
    assert set(seen) == set(BatchStatus)
