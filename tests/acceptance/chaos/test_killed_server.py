"""Invariants I1 to I7 with real processes: whatever is killed meanwhile, nothing is lost, stuck or made up.

Ten thousand domains in three batches, worked off by processes that abandon claims, answer late and twice,
through PgBouncer in transaction mode, on an embedded Postgres. Meanwhile workers are killed, backends are
terminated, the server is killed, and a transaction stays open for the whole run.
"""

import asyncio
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy import text

from domain_scheduler.db.database import Database
from domain_scheduler.db.migrate import migrate
from domain_scheduler.db.postgres import EmbeddedPostgres, open_postgres
from domain_scheduler.errors import DatabaseUnavailableError
from domain_scheduler.queue.store import audit_batches_by_id
from domain_scheduler.settings import DatabaseSettings
from tests.support.pgbouncer import running_pooler
from tests.support.queue_rows import events, new_batch, statuses

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]

ROOT = Path(__file__).parents[3]
SIZES = (9_000, 900, 100)
WORKERS = 3
PATIENCE = 150.0


@dataclass
class Crew:
    """The worker processes; one that is killed is replaced."""

    url: str
    seeds: Iterator[int]
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def hire(self) -> None:
        command = [sys.executable, "-m", "tests.support.chaos_worker", self.url, str(next(self.seeds))]
        self.processes.append(subprocess.Popen(command, cwd=ROOT))

    def kill_one(self, dice: random.Random) -> None:
        victim = self.processes.pop(dice.randrange(len(self.processes)))
        victim.kill()
        victim.wait()
        self.hire()


@contextmanager
def crew(url: str, seed: int) -> Iterator[Crew]:
    hired = Crew(url, iter(range(seed, seed + 1_000)))
    for _ in range(WORKERS):
        hired.hire()
    try:
        yield hired
    finally:
        assert all(process.poll() is None for process in hired.processes), "a worker died of itself"
        for process in hired.processes:
            process.kill()
            process.wait()


@asynccontextmanager
async def open_server(folder: Path) -> AsyncIterator[tuple[EmbeddedPostgres, Database]]:
    postgres = await open_postgres(folder)
    database = Database(postgres.url, DatabaseSettings())
    try:
        await migrate(database)
        yield postgres, database
    finally:
        await database.close()
        await postgres.close()


async def test_nothing_is_lost_stuck_or_made_up_whatever_is_killed(data_dir: Path) -> None:
    seed = int(os.environ.get("CHAOS_SEED", time.time_ns() % 1_000_000))
    print(f"CHAOS_SEED={seed}")  # noqa: T201 - says how to play it again
    async with open_server(data_dir) as (postgres, database):
        async with database.get_background_session() as connection:
            batches = [await new_batch(connection, domains=size, max_attempts=20) for size in SIZES]
        with (
            running_pooler(postgres.url, pool_size=6) as pooler,
            crew(pooler.url_of(postgres.url), seed) as hired,
        ):
            await disturb_until_answered(postgres, database, hired, batches, random.Random(seed))
        async with database.get_background_session() as connection:
            for batch_id, size in zip(batches, SIZES, strict=True):
                assert await statuses(connection, batch_id) == {"completed": size}
                assert await events(connection, batch_id) == [("finished", 1)]
            assert await audit_batches_by_id(connection, batch_ids=batches) == []


async def disturb_until_answered(
    postgres: EmbeddedPostgres, database: Database, hired: Crew, batches: list[int], dice: random.Random
) -> None:
    """Kills something every half second, audits at every step, and ends when all batches are finished."""
    acts = [0, 0, 0]
    deadline = time.monotonic() + PATIENCE
    async with database.engine.connect() as bystander:
        await bystander.execute(text("SELECT count(*) FROM domain_scheduler.domains"))
        while not await all_finished(database, batches):
            assert time.monotonic() < deadline, f"not finished, after {acts} kills"
            if acts[0] < 8:
                hired.kill_one(dice)
                acts[0] += 1
            if acts[1] < 8:
                acts[1] += await kill_backends(database)
            if acts[0] == 4 and not acts[2]:
                os.kill(postgres.pid, signal.SIGKILL)
                acts[2] = 1
            await asyncio.sleep(0.5)
        await bystander.invalidate()
    assert acts[0] == 8 and acts[2] == 1, acts


async def all_finished(database: Database, batches: list[int]) -> bool:
    try:
        async with database.get_background_session() as connection:
            assert await audit_batches_by_id(connection, batch_ids=batches) == []
            query = text("SELECT count(*) FROM domain_scheduler.batch_jobs WHERE finished_at IS NOT NULL")
            return (await connection.execute(query)).scalar_one() == len(batches)
    except DatabaseUnavailableError:
        return False


async def kill_backends(database: Database) -> int:
    """Terminates whichever backends of the workers are at work this moment; says whether it could."""
    query = text(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid() AND state = 'active' LIMIT 2"
    )
    try:
        async with database.get_background_session() as connection:
            await connection.execute(query)
    except DatabaseUnavailableError:
        return 0
    return 1
