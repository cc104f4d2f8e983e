"""The whole scan over the corpus: domains per second, CPU per domain by part, and peak memory.

    python -m bench.scan                    # every front page of the corpus, ten times
    python -m bench.scan --in-flight 1000   # a slow web: memory with so many fetches in flight

`domain-scheduler work` runs as it does in production, with a Postgres of its own and the corpus on loopback;
this process only watches. The kernel says what each part cost: the engine's process (fetching, and storing),
its children (extraction), Postgres. What the processes cost to start is left out: measuring begins with the
first answers. The web shares the machine; its CPU is told, so that one sees what it takes from the rest.
Not here: the table (scan_report.py), reading the kernel's counters (processes.py).
"""

import argparse
import asyncio
import os
import signal
import sys
import tempfile
import time
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import psutil
from sqlalchemy import text
from tests.support.corpus_web import CorpusWeb, corpus_homepages, corpus_web

from bench.processes import usage_below, usage_of, usage_of_all
from bench.scan_report import Moment, Run, print_report
from domain_scheduler.batches.intake.entry import Entry
from domain_scheduler.batches.store import get_batch
from domain_scheduler.batches.submission import submit_batch
from domain_scheduler.db.database import Database
from domain_scheduler.db.migrate import migrate
from domain_scheduler.db.postgres import open_postgres
from domain_scheduler.settings import DatabaseSettings

INTERVAL: Final = 0.25
PATIENCE: Final = 900.0
SLOW_ANSWER: Final = 4.0
"""Seconds that the slow web takes for each answer: twice that per domain, for robots.txt and the page."""


def domains(copies: int) -> Iterator[str]:
    """Every domain of the corpus, then again under made-up names that answer with the same pages."""
    names = [site.domain for site in corpus_homepages() if site.status == 200]
    yield from names
    for number in range(1, copies):
        yield from (f"copy-{number}.{name}" for name in names)


async def run(*, copies: int, in_flight: int) -> Run:
    """Scan everything once and tell what was seen meanwhile."""
    with (
        tempfile.TemporaryDirectory(prefix="bench-scan-") as folder,
        corpus_web(delay=SLOW_ANSWER if in_flight else 0.0) as web,
    ):
        async with _database(Path(folder)) as (database, url):
            entries = [Entry(line, name) for line, name in enumerate(domains(copies), 1)]
            batch_id = (await submit_batch(database, entries, name="bench", max_attempts=1)).batch_id
            async with _engine(_environment(url, web, Path(folder), in_flight)) as engine:
                moments = await _watch(database, batch_id, engine, web)
            async with database.get_background_session() as connection:
                batch = await get_batch(connection, batch_id=batch_id)
                version = (await connection.execute(text("SHOW server_version"))).scalar_one()
    return Run(moments=tuple(moments), errors_by_kind=dict(batch.errors_by_kind), postgres=version)


def _environment(url: str, web: CorpusWeb, folder: Path, in_flight: int) -> dict[str, str]:
    settings = {**web.environment, "DATABASE_URL": url, "DOMAIN_SCHEDULER_DATA_DIR": str(folder / "data")}
    if in_flight:
        settings["DOMAIN_SCHEDULER_ENGINE__CONCURRENCY"] = str(in_flight)
        settings["DOMAIN_SCHEDULER_ENGINE__MAX_CONCURRENCY"] = str(in_flight)
    return settings


@asynccontextmanager
async def _database(folder: Path) -> AsyncIterator[tuple[Database, str]]:
    """A new Postgres with the schema, and its URL."""
    folder.chmod(0o755)  # run as root, the server's user must get in
    server = await open_postgres(folder / "postgres")
    database = Database(server.url, DatabaseSettings())
    try:
        await migrate(database)
        yield database, server.url
    finally:
        await database.close()
        await server.close()


@asynccontextmanager
async def _engine(settings: dict[str, str]) -> AsyncIterator[Process]:
    """`domain-scheduler work` with these settings."""
    command = Path(sys.executable).with_name("domain-scheduler")
    engine = await asyncio.create_subprocess_exec(command, "work", env={**os.environ, **settings})
    try:
        yield engine
    finally:
        if engine.returncode is None:
            engine.send_signal(signal.SIGTERM)
        await engine.wait()


async def _watch(database: Database, batch_id: int, engine: Process, web: CorpusWeb) -> list[Moment]:
    """A moment every quarter of a second, until every domain is answered."""
    async with database.get_background_session() as connection:
        backend = (await connection.execute(text("SELECT pg_backend_pid()"))).scalar_one()
    postmaster = psutil.Process(backend).parent()
    assert postmaster is not None
    worker, server = psutil.Process(engine.pid), psutil.Process(web.pid)
    moments: list[Moment] = []
    end = time.monotonic() + PATIENCE
    while engine.returncode is None and time.monotonic() < end:
        async with database.get_background_session() as connection:
            counts = (await get_batch(connection, batch_id=batch_id)).counts
        moments.append(
            Moment(
                at=time.monotonic(),
                answered=counts.answered,
                in_flight=counts.processing,
                engine=usage_of(worker),
                extract=usage_below(worker),
                database=usage_of_all([postmaster]),
                web=usage_of(server),
            )
        )
        if not counts.unanswered:
            return moments
        await asyncio.sleep(INTERVAL)
    sys.exit(f"the batch did not end within {PATIENCE:g} s (the engine's exit code: {engine.returncode})")


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--copies", type=int, default=10, help="how often each front page is scanned")
    parser.add_argument("--in-flight", type=int, default=0, help="fetches in flight against a slow web")
    options = parser.parse_args()
    print_report(asyncio.run(run(copies=options.copies, in_flight=options.in_flight)))


if __name__ == "__main__":
    main()
