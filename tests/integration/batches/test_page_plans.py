"""Pages of domains cost the same everywhere: small batch or large, first page or last, in any statistics.

A large batch lies between two small ones, as it comes; or two are filled in turns, as open ones are.
"""

from collections.abc import AsyncIterator, Iterator
from typing import cast

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain_scheduler.batches.domain_walk import Wanted, read_domains
from domain_scheduler.batches.store import list_batches
from domain_scheduler.core.error_kinds import ErrorKind
from domain_scheduler.core.status import DomainStatus
from domain_scheduler.db.database import Database
from domain_scheduler.settings import DatabaseSettings
from tests.support.explain import Explaining
from tests.support.postgres import TestServer

pytestmark = pytest.mark.slow

LARGE = 200_000
PAGE = 51
FEW_BLOCKS = 400
"""A page of a small batch reads all its domains (5,000 at most), one of a large batch those around it."""

SMALL_BEFORE, IN_BETWEEN, SMALL_AFTER = 2, 3, 4


SIZES = {SMALL_BEFORE: 1_000, IN_BETWEEN: LARGE, SMALL_AFTER: 1_000}


@pytest.fixture(scope="module")
def filled(postgres_server: TestServer, template_database: str) -> Iterator[str]:
    """The name of a database with these batches, one after the other, without statistics."""
    with postgres_server.database("pages", template=template_database) as name:
        with psycopg.connect(postgres_server.url_of(name), autocommit=True) as connection:
            connection.execute("ALTER TABLE domain_scheduler.domains SET (autovacuum_enabled = off)")
            for batch_id, size in SIZES.items():
                connection.execute(
                    "INSERT INTO domain_scheduler.batch_jobs (id, sealed_at, first_domain_id)"
                    " SELECT %s, now(), coalesce(max(id), 0) FROM domain_scheduler.domains",
                    [batch_id],
                )
                connection.execute(
                    "INSERT INTO domain_scheduler.domains (batch_id, domain)"
                    " SELECT %s, 'site-' || n || '.example' FROM generate_series(1, %s) n",
                    [batch_id, size],
                )
        yield name


@pytest.fixture
async def large(postgres_server: TestServer, filled: str) -> AsyncIterator[AsyncConnection]:
    """An open transaction on a copy of it."""
    with postgres_server.database("pages", template=filled) as name:
        database = Database(postgres_server.url_of(name), DatabaseSettings())
        async with database.get_background_session() as connection:
            yield connection
        await database.close()


@pytest.fixture(params=[True, False], ids=["analyzed", "no statistics"])
async def in_any_statistics(request: pytest.FixtureRequest, large: AsyncConnection) -> AsyncConnection:
    """The same, analyzed or not."""
    if request.param:
        await large.execute(text("ANALYZE domain_scheduler.domains"))
    return large


async def blocks_for(
    connection: AsyncConnection, batch_id: int, *, seen: int, wanted: Wanted | None = None
) -> tuple[int, int]:
    """Blocks touched for the page behind `seen` domains, and its rows."""
    after = text(
        "SELECT coalesce(max(id), 0) FROM (SELECT id FROM domain_scheduler.domains"
        " WHERE batch_id = :id ORDER BY id LIMIT :seen) AS before"
    )
    after_id = (await connection.execute(after, {"id": batch_id, "seen": seen})).scalar_one()
    explaining = Explaining(connection)
    found = await read_domains(
        cast(AsyncConnection, explaining),
        batch_id=batch_id,
        wanted=wanted or Wanted(),
        after_id=after_id,
        seen=seen,
        limit=PAGE,
    )
    return sum(plan.blocks for plan in explaining.plans), len(found)


async def test_any_page_of_any_batch_touches_few_blocks(in_any_statistics: AsyncConnection) -> None:
    for batch_id, size in SIZES.items():
        for seen, rows in ((0, PAGE), (size // 2, PAGE), (size - 5, 5), (size, 0)):
            blocks, found = await blocks_for(in_any_statistics, batch_id, seen=seen)
            assert found == rows
            assert blocks <= FEW_BLOCKS, f"batch {batch_id} behind {seen}"


async def test_a_search_ends_with_the_last_that_the_ledger_promises(
    in_any_statistics: AsyncConnection,
) -> None:
    await in_any_statistics.execute(
        text(
            "UPDATE domain_scheduler.domains SET status = 'error', error_kind = 'http_5xx'"
            " WHERE batch_id = 3 AND domain IN ('site-7.example', 'site-1900.example')"
        )
    )
    wanted = Wanted(status=DomainStatus.ERROR)
    blocks, found = await blocks_for(in_any_statistics, IN_BETWEEN, seen=0, wanted=wanted)
    assert found == 2 and blocks <= FEW_BLOCKS
    assert (await blocks_for(in_any_statistics, SMALL_AFTER, seen=0, wanted=wanted))[1] == 0


@pytest.mark.parametrize(
    "wanted",
    [Wanted(status=DomainStatus.ERROR), Wanted(error_kind=ErrorKind.HTTP_5XX), Wanted(changed=True)],
)
async def test_the_few_errors_or_changes_of_a_large_batch_are_found_without_a_walk(
    in_any_statistics: AsyncConnection, wanted: Wanted
) -> None:
    await in_any_statistics.execute(
        text(
            "UPDATE domain_scheduler.domains"
            " SET status = 'error', error_kind = 'http_5xx', changed = true"
            " WHERE batch_id = 3 AND domain IN ('site-100000.example', 'site-199999.example')"
        )
    )
    blocks, found = await blocks_for(in_any_statistics, IN_BETWEEN, seen=0, wanted=wanted)
    assert found == 2 and blocks <= 100


async def test_a_batch_that_lies_scattered_is_found_in_windows(database: Database) -> None:
    async with database.get_background_session() as connection:
        await connection.execute(text("INSERT INTO domain_scheduler.batch_jobs (id) VALUES (2), (3)"))
        await connection.execute(
            text(
                "INSERT INTO domain_scheduler.domains (batch_id, domain)"
                " SELECT CASE n % 10 WHEN 0 THEN 2 ELSE 3 END, 'site-' || n FROM generate_series(1, 60000) n"
            )
        )
        names, after = [], 0
        while found := await read_domains(
            connection, batch_id=2, wanted=Wanted(), after_id=after, seen=len(names), limit=1_000
        ):
            names += [domain.result["domain"] for domain in found]
            after = found[-1].id
    assert names == [f"site-{n}" for n in range(10, 60_001, 10)]


async def test_a_list_of_batches_reads_no_domains(large: AsyncConnection) -> None:
    await large.execute(text("ANALYZE domain_scheduler.domains"))
    explaining = Explaining(large)
    page = await list_batches(cast(AsyncConnection, explaining))
    assert [batch.counts.total for batch in page.batches] == [1_000, LARGE, 1_000, 0]
    (plan,) = explaining.plans
    assert not any(name.startswith("domains") for name in plan.indexes)
    assert "domains" not in plan.walked and plan.blocks < 200
