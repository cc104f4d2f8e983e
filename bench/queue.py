"""Claim and finish of no-op domains: domains a second, CPU and WAL each, and what a claim touches.

    .venv/bin/python -m bench.queue [--rows 10000 --rows 1000000] [--workers 4] [--domains 60000]

For each size of the table a fresh database is filled with answered domains and, at the end of it, those to
work off. Then `workers` loops in one process claim 200 and finish 200 through the stores, with ledger,
constraints, triggers and results as always. Beside it, the floor: the same loops over a bare table, without
any of these. The server is the embedded one with its shipped configuration: commits reach the disk.
To reach on two cores: 8,000 domains/s, 900 bytes of WAL each, and a claim that does not grow with the table.
Not here: scans (scan.py), intake (intake.py).
"""

import argparse
import asyncio
import os
import platform
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast
from uuid import uuid4

import psutil
import psycopg
from psycopg import sql
from sqlalchemy import CursorResult, TextClause, make_url, text
from sqlalchemy.ext.asyncio import AsyncConnection

from bench.processes import usage_of_all
from domain_scheduler.core.report import ScanOutcome
from domain_scheduler.db.database import Database
from domain_scheduler.db.migrate import migrate
from domain_scheduler.db.postgres import open_postgres
from domain_scheduler.queue.claims import Answer, Claim
from domain_scheduler.queue.store import claim_domains, finish_domains, fold_ledger
from domain_scheduler.settings import DatabaseSettings

GROUP = 200
FOLD_EVERY = 2.0

FILL = """
    INSERT INTO domain_scheduler.batch_jobs (id, sealed_at) VALUES (2, now());
    INSERT INTO domain_scheduler.domains (batch_id, domain, status, attempts, run_token, claimed_at)
    SELECT 2, left(md5(n::text), 12) || '.example.com', 'completed', 1, 1, now()
    FROM generate_series(1, {done}) n;
    INSERT INTO domain_scheduler.domain_results
      (domain_id, fetched_at, attempt_started_at, duration_ms, attempt)
    SELECT id, now(), now(), 1, 1 FROM domain_scheduler.domains;
    INSERT INTO domain_scheduler.domains (batch_id, domain)
    SELECT 2, left(md5(n || 'todo'), 12) || '.example.com' FROM generate_series(1, {todo}) n"""
FILL_FLOOR = """
    CREATE TABLE floor (
      id bigint PRIMARY KEY, status text NOT NULL, lease_until timestamptz, domain text NOT NULL);
    CREATE INDEX floor_ready ON floor (id) WHERE status = 'pending';
    INSERT INTO floor SELECT n, CASE WHEN n <= {done} THEN 'completed' ELSE 'pending' END, NULL,
      'www.shop-' || n || '.example.com' FROM generate_series(1, {done} + {todo}) n"""
CLAIM_FLOOR = """
    UPDATE floor SET status = 'processing', lease_until = now() + interval '3 min' WHERE id = ANY (ARRAY(
      SELECT id FROM floor WHERE status = 'pending' ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED
    )) RETURNING id, domain"""
FINISH_FLOOR = "UPDATE floor SET status = 'completed', lease_until = NULL WHERE id = ANY (%s)"


@dataclass(frozen=True, slots=True)
class Run:
    """What one run took; CPU in seconds, WAL in bytes."""

    name: str
    rows: int
    domains: int
    seconds: float
    client_cpu: float
    server_cpu: float
    wal: int
    blocks: int | None = None

    def line(self) -> str:
        """A row of the table."""
        each = 1000 / self.domains
        cells = (
            self.name,
            f"{self.rows:,}",
            f"{self.domains / self.seconds:,.0f}",
            f"{self.client_cpu * each:.3f}",
            f"{self.server_cpu * each:.3f}",
            f"{self.wal / self.domains:,.0f}",
            "" if self.blocks is None else f"{self.blocks:,}",
        )
        return f"| {' | '.join(cells)} |"


class Server:
    """The server under measurement."""

    def __init__(self, url: str, pid: int) -> None:
        self.url = url
        self._process = psutil.Process(pid)

    def cpu(self) -> float:
        """CPU seconds of all its processes, living and dead."""
        return usage_of_all([self._process]).cpu

    def version(self) -> str:
        """The server's version."""
        with psycopg.connect(self.url) as connection:
            row = connection.execute("SHOW server_version").fetchone()
        return str(row[0]) if row else ""

    def wal(self) -> int:
        """Bytes of WAL written so far."""
        with psycopg.connect(self.url) as connection:
            row = connection.execute("SELECT pg_current_wal_insert_lsn() - '0/0'").fetchone()
        return int(row[0]) if row else 0

    @asynccontextmanager
    async def database(self) -> AsyncIterator[str]:
        """The URL of a database for one run."""
        name = f"bench_{uuid4().hex[:8]}"
        with psycopg.connect(self.url, autocommit=True) as admin:
            admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
            yield make_url(self.url).set(database=name).render_as_string(hide_password=False)
            admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


async def measured(
    server: Server, name: str, rows: int, work: Callable[[], Awaitable[int]], blocks: int | None = None
) -> Run:
    """Run `work`, which gives how many domains it has answered."""
    cpu, wal, began, client = server.cpu(), server.wal(), time.perf_counter(), time.process_time()
    domains = await work()
    seconds, used = time.perf_counter() - began, time.process_time() - client
    return Run(name, rows, domains, seconds, used, server.cpu() - cpu, server.wal() - wal, blocks)


async def fill(url: str, statements: str) -> None:
    """Fill, take statistics as autovacuum would, and write it all to disk before the measuring."""
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
        for statement in (statements, "VACUUM ANALYZE", "CHECKPOINT"):
            await connection.execute(statement)


async def run_queue(server: Server, rows: int, todo: int, workers: int) -> Run:
    """The queue itself, through its stores."""
    async with server.database() as url:
        database = Database(url, DatabaseSettings(pool_size=workers + 2))
        await migrate(database)
        await fill(url, FILL.format(done=rows - todo, todo=todo))
        blocks = await claim_blocks(database)
        run = await measured(server, "queue", rows, lambda: work_off(database, workers), blocks)
        await database.close()
    return run


async def work_off(database: Database, workers: int) -> int:
    """Claim and finish until nothing is left, while the ledger is folded as the service does it."""
    folding = asyncio.create_task(fold_now_and_then(database))
    counts = await asyncio.gather(*(one_worker(database) for _ in range(workers)))
    folding.cancel()
    return sum(counts)


async def one_worker(database: Database) -> int:
    """One loop; gives how many domains it has answered."""
    worker_id, count, marks = uuid4(), 0, dict[int, int]()
    while True:
        async with database.get_background_session() as connection:
            claims = await claim_domains(
                connection, limit=GROUP, worker_id=worker_id, lease=180, low_water=marks
            )
        if not claims:
            return count
        marks |= {claim.batch_id: max(c.claim_position for c in claims) for claim in claims}
        async with database.get_background_session() as connection:
            count += len(await finish_domains(connection, answers=[no_op(claim) for claim in claims]))


def no_op(claim: Claim) -> Answer:
    """A report of nothing."""
    return Answer(claim=claim, outcome=ScanOutcome(domain=claim.domain, duration_ms=1))


async def fold_now_and_then(database: Database) -> None:
    """Fold the ledger, as one of the service's jobs does."""
    while True:
        await asyncio.sleep(FOLD_EVERY)
        async with database.get_background_session() as connection:
            await fold_ledger(connection)


class Explaining:
    """A connection on which every statement is explained, then run; `blocks` is what the last one touched."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection
        self.blocks = 0

    async def execute(self, statement: TextClause, parameters: dict[str, Any]) -> CursorResult[Any]:
        """Explain in a savepoint, then run."""
        explain = text(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {statement.text}")
        savepoint = await self._connection.begin_nested()
        plan = (await self._connection.execute(explain, parameters)).scalar_one()[0]["Plan"]
        await savepoint.rollback()
        self.blocks = plan["Shared Hit Blocks"] + plan["Shared Read Blocks"]
        return await self._connection.execute(statement, parameters)


async def claim_blocks(database: Database) -> int:
    """Blocks that one claim touches, its changes and their indexes included; the claim is taken back."""
    async with database.engine.connect() as connection:
        explaining = Explaining(connection)
        double = cast(AsyncConnection, explaining)
        await claim_domains(double, limit=GROUP, worker_id=uuid4(), lease=180)
        await connection.rollback()
    return explaining.blocks


async def run_floor(server: Server, rows: int, todo: int, workers: int) -> Run:
    """The bare loop."""
    async with server.database() as url:
        await fill(url, FILL_FLOOR.format(done=rows - todo, todo=todo))

        async def work() -> int:
            return sum(await asyncio.gather(*(floor_worker(url) for _ in range(workers))))

        return await measured(server, "floor", rows, work)


async def floor_worker(url: str) -> int:
    """One bare loop."""
    count = 0
    async with await psycopg.AsyncConnection.connect(url, prepare_threshold=None) as connection:
        while claims := await (await connection.execute(CLAIM_FLOOR, (GROUP,))).fetchall():
            await connection.commit()
            await connection.execute(FINISH_FLOOR, ([row[0] for row in claims],))
            await connection.commit()
            count += len(claims)
    return count


async def run(sizes: list[int], domains: int, workers: int) -> list[Run]:
    """All sizes."""
    runs: list[Run] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        postgres = await open_postgres(folder / "data")
        server = Server(postgres.url, postgres.pid)
        try:
            print_head(server.version(), workers)
            for rows in sizes:
                todo = min(rows, domains)
                runs.append(await run_floor(server, rows, todo, workers))
                print(runs[-1].line(), flush=True)
                runs.append(await run_queue(server, rows, todo, workers))
                print(runs[-1].line(), flush=True)
        finally:
            await postgres.close()
    return runs


def print_head(version: str, workers: int) -> None:
    """Machine, versions and the names of the columns."""
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    print(f"{machine}, Postgres {version}, {workers} loops, groups of {GROUP}\n")
    print("| what | rows | domains/s | client CPU ms | server CPU ms | WAL bytes | blocks a claim |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: |")


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, action="append")
    parser.add_argument("--domains", type=int, default=60_000)
    parser.add_argument("--workers", type=int, default=4)
    options = parser.parse_args()
    asyncio.run(run(options.rows or [10_000, 1_000_000], options.domains, options.workers))


if __name__ == "__main__":
    main()
