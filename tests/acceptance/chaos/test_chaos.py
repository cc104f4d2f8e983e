"""Ten thousand domains, processes that misbehave, and everything done to them: nothing is lost or stuck.

Through a transaction pooler with few connections, beside a foreign transaction that is open all the time, an
auditor looking on. The seed is printed; CHAOS_SEED plays it again.
"""

import asyncio
import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text

from domain_scheduler.db.database import Database
from domain_scheduler.errors import DatabaseUnavailableError
from tests.support.chaos_worker import LEASE
from tests.support.eventually import eventually
from tests.support.pgbouncer import Pooler, running_pooler
from tests.support.postgres import TestServer
from tests.support.processes import as_unprivileged
from tests.support.queue_rows import drifts, events, new_batch, statuses

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

SIZES = (8_000, 1_900, 100)
ACTS = 30
ROOT = Path(__file__).parents[3]


def tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")


class Crew:
    """The worker processes; a killed one is replaced by another."""

    def __init__(self, url: str, chance: random.Random) -> None:
        self._url = url
        self._chance = chance
        self.processes = [self._new() for _ in range(4)]

    def _new(self) -> subprocess.Popen[bytes]:
        seed = str(self._chance.randrange(2**31))
        return subprocess.Popen(
            [sys.executable, "-m", "tests.support.chaos_worker", self._url, seed], cwd=ROOT
        )

    def kill(self, count: int) -> None:
        """kill -9 some of them, and start as many."""
        for process in self._chance.sample(self.processes, count):
            process.kill()
            process.wait()
            self.processes.remove(process)
        self.processes += [self._new() for _ in range(count)]

    def end(self) -> None:
        """Kill all."""
        for process in self.processes:
            process.kill()
            process.wait()


@contextmanager
def crew_on(url: str, chance: random.Random) -> Iterator[Crew]:
    crew = Crew(url, chance)
    try:
        yield crew
    finally:
        crew.end()


@contextmanager
def pooler_that_restarts(server: TestServer) -> Iterator[tuple[Pooler, list[subprocess.Popen[bytes]]]]:
    """A pooler and, in a list, the process that is it at the moment (another one after each restart)."""
    with running_pooler(server.url, pool_size=6) as pooler:
        current = [pooler.process]
        try:
            yield pooler, current
        finally:
            if current[0] is not pooler.process:
                current[0].kill()
                current[0].wait()


def restart(pooler: Pooler, current: list[subprocess.Popen[bytes]]) -> None:
    current[0].kill()
    current[0].wait()
    current[0] = subprocess.Popen(pooler.process.args, start_new_session=True, **as_unprivileged())


async def kill_backends(database: Database, count: int) -> None:
    query = text(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
        " AND pid <> pg_backend_pid() AND application_name <> 'holder' ORDER BY random() LIMIT :count"
    )
    async with database.get_background_session() as connection:
        await connection.execute(query, {"count": count})


async def audit_until(database: Database, done: asyncio.Event) -> int:
    """Audit all the time; gives how often."""
    audits = 0
    while not done.is_set():
        try:
            async with database.get_background_session() as connection:
                assert await drifts(connection) == []
            audits += 1
        except DatabaseUnavailableError:
            pass
        await asyncio.sleep(0.05)
    return audits


async def all_finished(database: Database, batches: list[int]) -> bool:
    query = text(
        "SELECT count(*) FROM domain_scheduler.batch_jobs WHERE finished_at IS NOT NULL AND id = ANY (:ids)"
    )
    async with database.get_background_session() as connection:
        return bool((await connection.execute(query, {"ids": batches})).scalar_one() == len(batches))


async def overdue(database: Database) -> int:
    query = text("SELECT count(*) FROM domain_scheduler.domains WHERE lease_until < now()")
    async with database.get_background_session() as connection:
        return int((await connection.execute(query)).scalar_one())


async def none_overdue(database: Database) -> bool:
    return await overdue(database) == 0


async def test_nothing_is_lost_or_stuck_whatever_is_killed(
    postgres_server: TestServer, database: Database, database_url: str
) -> None:
    seed = int(os.environ.get("CHAOS_SEED", random.SystemRandom().randrange(2**31)))
    chance = random.Random(seed)
    tell(f"CHAOS_SEED={seed}")
    async with database.get_background_session() as connection:
        batches = [await new_batch(connection, domains=size, max_attempts=20) for size in SIZES]
    done = asyncio.Event()
    with (
        psycopg.connect(database_url, application_name="holder") as holder,
        pooler_that_restarts(postgres_server) as (pooler, current),
        crew_on(pooler.url_of(database_url), chance) as crew,
    ):
        holder.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        holder.execute("SELECT count(*) FROM domain_scheduler.domains")
        auditing = asyncio.create_task(audit_until(database, done))
        for _ in range(ACTS):
            await asyncio.sleep(chance.uniform(0.1, 0.5))
            match chance.choice(["worker", "backends", "pooler", "crew", "nothing"]):
                case "worker":
                    crew.kill(1)
                case "crew":
                    crew.kill(3)
                case "backends":
                    await kill_backends(database, chance.randrange(1, 5))
                case "pooler":
                    restart(pooler, current)
        began = time.monotonic()
        crew.kill(4)
        await asyncio.sleep(LEASE)
        await eventually(lambda: none_overdue(database), seconds=60)
        tell(
            f"everything that was held was taken back {time.monotonic() - began:.1f} s after all were killed"
        )
        await eventually(lambda: all_finished(database, batches), seconds=120)
        done.set()
        audits = await auditing
    async with database.get_background_session() as connection:
        assert await drifts(connection) == []
        for batch_id, size in zip(batches, SIZES, strict=True):
            assert await statuses(connection, batch_id) == {"completed": size}
            assert await events(connection, batch_id) == [("finished", 1)]
    tell(f"{audits} audits found no drift")
    assert audits > 20
