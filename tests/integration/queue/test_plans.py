"""Plans: whatever the statistics say, each verb reads its partial index and primary keys, never the table.

Every test runs at 200,000 domains in every state of the statistics that a real queue goes through, among them
the trap: analyzed before the first claim, so that the planner believes that nothing is ever processing.
Not here: how long it takes (bench/queue.py).
"""

from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, contextmanager
from typing import cast
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain_scheduler.db.database import Database
from domain_scheduler.queue.claims import Claim
from domain_scheduler.queue.store import (
    cancel_pending_domains,
    claim_domains,
    finish_batches,
    finish_domains,
    fold_ledger,
    promote_domains,
    reap_domains,
    release_domains,
    retry_domains,
)
from domain_scheduler.settings import DatabaseSettings
from tests.support.explain import Explaining, Plan
from tests.support.postgres import TestServer
from tests.support.queue_rows import completed, failed

pytestmark = pytest.mark.slow

ROWS = 200_000
GROUP = 200
PER_ROW = 30
"""Blocks that a changed row may cost: its heap pages, and from root to leaf in each of its indexes."""

ONE_BATCH = f"""
    INSERT INTO domain_scheduler.batch_jobs (id, sealed_at) VALUES (2, now());
    INSERT INTO domain_scheduler.domains (batch_id, domain)
    SELECT 2, 'site-' || n || '.example' FROM generate_series(1, {ROWS}) n"""
MANY_BATCHES = f"""
    INSERT INTO domain_scheduler.batch_jobs (id, sealed_at) SELECT n, now() FROM generate_series(2, 1001) n;
    INSERT INTO domain_scheduler.domains (batch_id, domain)
    SELECT n % 1000 + 2, 'site-' || n || '.example' FROM generate_series(1, {ROWS}) n"""
HALF_DONE = f"""
    UPDATE domain_scheduler.domains SET status = 'completed' WHERE id <= {ROWS // 2}"""
ALMOST_DONE = f"""
    UPDATE domain_scheduler.domains SET status = 'completed' WHERE id <= {ROWS - 4_000}"""
STATES = {
    "no statistics": [ONE_BATCH],
    "analyzed before the first claim": [ONE_BATCH, "ANALYZE"],
    "half done": [ONE_BATCH, HALF_DONE, "VACUUM ANALYZE"],
    "half done since": [ONE_BATCH, "ANALYZE", HALF_DONE],
    "almost done since": [ONE_BATCH, "ANALYZE", ALMOST_DONE],
    "a thousand batches": [MANY_BATCHES, "ANALYZE"],
    "a thousand batches, no statistics": [MANY_BATCHES],
}


@contextmanager
def database_after(server: TestServer, template: str, steps: list[str]) -> Iterator[str]:
    """A copy of `template` on which these steps were done; yields its name."""
    with server.database("plans", template=template) as name:
        with psycopg.connect(server.url_of(name), autocommit=True) as connection:
            for step in steps:
                connection.execute(step)
        yield name


@pytest.fixture(scope="module")
def filled(postgres_server: TestServer, template_database: str) -> Iterator[dict[str, str]]:
    """The names of the databases that every state begins with, by their first step."""
    no_autovacuum = "ALTER TABLE domain_scheduler.domains SET (autovacuum_enabled = off)"
    with ExitStack() as databases:
        yield {
            step: databases.enter_context(
                database_after(postgres_server, template_database, [no_autovacuum, step])
            )
            for step in (ONE_BATCH, MANY_BATCHES)
        }


@pytest.fixture(scope="module", params=STATES)
def large_url(
    request: pytest.FixtureRequest, postgres_server: TestServer, filled: dict[str, str]
) -> Iterator[str]:
    """A database with 200,000 domains, shared by the tests of this module: they take back what they do."""
    first, *others = STATES[request.param]
    with database_after(postgres_server, filled[first], others) as name:
        yield postgres_server.url_of(name)


@pytest.fixture
async def large(large_url: str) -> AsyncIterator[AsyncConnection]:
    database = Database(large_url, DatabaseSettings())
    async with database.engine.connect() as connection:
        yield connection
        await connection.rollback()
    await database.close()


def explaining(connection: AsyncConnection) -> tuple[AsyncConnection, list[Plan]]:
    """The connection to hand to a store, and the plans of what the store runs on it."""
    double = Explaining(connection)
    return cast(AsyncConnection, double), double.plans


async def claims_of(connection: AsyncConnection, count: int = GROUP) -> list[Claim]:
    claims: list[Claim] = []
    while len(claims) < count:
        claims += await claim_domains(connection, limit=count - len(claims), worker_id=uuid4(), lease=60)
    return claims


def assert_cheap(plan: Plan, *, rows: int, indexes: set[str]) -> None:
    used = {name for name in plan.indexes if name.startswith("domains_")}
    assert "domains" not in plan.walked
    assert used <= indexes | {"domains_pkey"}
    assert plan.discarded <= max(rows, 2_000), "rows were looked at in vain"
    assert plan.blocks <= PER_ROW * rows + 8_000, "the allowance is for batches and what tests took back"


async def test_claim_reads_the_ready_index_alone(large: AsyncConnection) -> None:
    double, plans = explaining(large)
    claims = await claim_domains(double, limit=GROUP, worker_id=uuid4(), lease=60)
    assert len(claims) == GROUP
    assert_cheap(plans[0], rows=GROUP, indexes={"domains_ready"})


async def test_finish_reads_primary_keys_and_what_was_known_of_a_name(large: AsyncConnection) -> None:
    claims = await claims_of(large)
    # many more are in flight than are answered at once
    await claims_of(large, 2_000)
    for answers in ([completed(c) for c in claims], [failed(c, retry_in=60) for c in claims]):
        double, plans = explaining(large)
        savepoint = await large.begin_nested()
        assert len(await finish_domains(double, answers=answers)) == GROUP
        await savepoint.rollback()
        assert_cheap(plans[0], rows=GROUP, indexes={"domains_completed"})
        assert plans[0].discarded <= GROUP


async def test_release_reads_primary_keys_alone(large: AsyncConnection) -> None:
    claims = await claims_of(large)
    await claims_of(large, 2_000)
    double, plans = explaining(large)
    assert len(await release_domains(double, claims=claims)) == GROUP
    assert_cheap(plans[0], rows=GROUP, indexes=set())
    assert plans[0].discarded <= GROUP


async def test_reap_reads_expired_leases_alone(large: AsyncConnection) -> None:
    await claims_of(large, 1_000)
    await claim_domains(large, limit=50, worker_id=uuid4(), lease=-1)
    double, plans = explaining(large)
    reaped = await reap_domains(double, dead_after=60)
    assert reaped.pending > 0
    assert_cheap(plans[0], rows=reaped.pending, indexes={"domains_leased", "domains_completed"})
    double, plans = explaining(large)
    await reap_domains(double, dead_after=60)
    assert plans[0].blocks < 50, "nothing to reap costs next to nothing"


async def test_a_retry_of_few_errors_reads_them_alone(large: AsyncConnection) -> None:
    await finish_domains(large, answers=[failed(c) for c in await claims_of(large, 5)])
    batch_id = (
        await large.execute(text("SELECT max(batch_id) FROM domain_scheduler.domains WHERE status = 'error'"))
    ).scalar_one()
    double, plans = explaining(large)
    assert (await retry_domains(double, batch_id=batch_id)).count > 0
    assert (await retry_domains(double, batch_id=batch_id)).count == 0
    assert all(plan.blocks <= 200 for plan in plans)


async def test_promote_reads_due_domains_alone(large: AsyncConnection) -> None:
    claims = await claims_of(large, 1_000)
    answers = [failed(c, retry_in=-1 if n < 50 else 600) for n, c in enumerate(claims)]
    await finish_domains(large, answers=answers)
    double, plans = explaining(large)
    assert await promote_domains(double) == 50
    assert_cheap(plans[0], rows=50, indexes={"domains_waiting"})
    assert plans[0].discarded == 0


async def test_the_sweep_of_cancelled_batches_reads_what_is_pending_alone(large: AsyncConnection) -> None:
    await finish_domains(large, answers=[failed(c, retry_in=600) for c in await claims_of(large)])
    await large.execute(text("UPDATE domain_scheduler.batch_jobs SET cancelled_at = now() WHERE id = 2"))
    double, plans = explaining(large)
    assert await cancel_pending_domains(double, limit=GROUP) >= GROUP
    assert_cheap(plans[0], rows=2 * GROUP, indexes={"domains_ready", "domains_waiting"})


async def test_fold_and_finish_read_no_domain_at_all(large: AsyncConnection) -> None:
    await claims_of(large)
    for verb in (fold_ledger, finish_batches):
        double, plans = explaining(large)
        await verb(double)
        for plan in plans:
            assert "domains" not in plan.walked
            assert not {name for name in plan.indexes if name.startswith("domains_")}
            assert plan.blocks <= 15_000, "a dozen for each of a thousand batches"


async def test_an_old_snapshot_does_not_make_claims_dearer_above_the_low_water_mark(
    postgres_server: TestServer, filled: dict[str, str]
) -> None:
    with (
        database_after(postgres_server, filled[ONE_BATCH], ["VACUUM ANALYZE"]) as name,
        psycopg.connect(url := postgres_server.url_of(name)) as holder,
    ):
        holder.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        holder.execute("SELECT count(*) FROM domain_scheduler.batch_jobs")
        with psycopg.connect(url) as worker:
            worker.execute(HALF_DONE)
            mark = worker.execute(
                f"SELECT max(claim_position) FROM domain_scheduler.domains WHERE id <= {ROWS // 2}"
            ).fetchone()
        assert mark is not None
        database = Database(url, DatabaseSettings())
        async with database.engine.connect() as connection:
            blocks = []
            for low_water in ({}, {2: mark[0]}):
                double, plans = explaining(connection)
                await claim_domains(double, limit=GROUP, worker_id=uuid4(), lease=60, low_water=low_water)
                await connection.rollback()
                blocks.append(plans[0].blocks)
        await database.close()
    without, with_mark = blocks
    assert with_mark <= PER_ROW * GROUP
    assert without > with_mark + 1_000, "if this fails, the mark is no longer needed"
