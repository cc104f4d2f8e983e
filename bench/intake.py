"""Intake of a long list: seconds and peak memory of the process that takes a million-line CSV into a batch.

    .venv/bin/python -m bench.intake [--rows 1000000] [--database-url postgresql://...]

Without a URL the server is a private one from the embedded binaries with its default settings, so that a
commit reaches the disk. To reach on two cores: 30 s and 200 MB for a million lines.
"""

import argparse
import asyncio
import gzip
import os
import platform
import resource
import secrets
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

import psutil
import psycopg
from psycopg import sql
from sqlalchemy import make_url, text

from domain_scheduler.batches.intake.reading import read_entries
from domain_scheduler.batches.submission import submit_batch
from domain_scheduler.batches.submitted import Submission
from domain_scheduler.db.database import Database
from domain_scheduler.db.migrate import migrate
from domain_scheduler.db.postgres import open_postgres
from domain_scheduler.settings import DatabaseSettings

DUPLICATE_EVERY = 100
REJECT_EVERY = 250
SUFFIXES = ("com", "de", "co.uk", "fr")


@dataclass(frozen=True, slots=True)
class Measured:
    """One step: wall seconds, CPU seconds of this process and of the server, our peak memory so far."""

    what: str
    seconds: float
    cpu: float
    server_cpu: float
    peak_mb: float
    answer: Submission | None = None


def host(n: int) -> str:
    """A made-up name, scattered so that neighbours in the list are none in the index."""
    return f"www.shop-{n * 7919 % 1_000_003:07d}-{n % 97}.{SUFFIXES[n % 4]}"


def rows(count: int) -> Iterator[str]:
    """A CSV as a customer database gives it: quoted names, web addresses, a few duplicates and mistakes."""
    yield "id;company;website;city\n"
    for n in range(count):
        name = host(n)
        if n % DUPLICATE_EVERY == 99:
            name = host(n - 1).upper()
        elif n % REJECT_EVERY == 7:
            name = "localhost"
        yield f'{n};"Shop; number {n}";https://{name}/de/index.html;München\n'


def write_list(folder: Path, count: int) -> Path:
    """The CSV, gzip-packed; the private server may run as another user, who must be able to enter."""
    folder.chmod(0o755)
    path = folder / "list.csv.gz"
    with gzip.open(path, "wt", compresslevel=1, encoding="utf-8") as file:
        file.writelines(rows(count))
    return path


def peak_mb() -> float:
    """Peak resident memory of this process in MB; not that of the process it was forked from."""
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM:"))
        return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2  # macOS counts bytes


class Clock:
    """Wall and CPU seconds since it was made."""

    def __init__(self, server: psutil.Process) -> None:
        self._server = server
        self._began = self._now()

    def _now(self) -> tuple[float, float, float]:
        backends = (process.cpu_times() for process in self._server.children())
        return time.perf_counter(), time.process_time(), sum(one.user + one.system for one in backends)

    def read(self) -> tuple[float, float, float]:
        """Wall, client and server."""
        wall, client, server = (now - began for now, began in zip(self._now(), self._began, strict=True))
        return wall, client, server


async def measure(database: Database, path: Path) -> list[Measured]:
    """Read the list alone, then read it and take it in. The server must run on this machine."""
    async with database.get_background_session() as connection:
        backend = (await connection.execute(text("SELECT pg_backend_pid()"))).scalar_one()
    server = psutil.Process(backend).parent()
    assert server is not None
    measured = [Measured("at start", 0, 0, 0, peak_mb())]
    with path.open("rb") as file:
        clock = Clock(server)
        count = sum(1 for _ in read_entries(cast(BinaryIO, file)))
        measured.append(Measured(f"read {count:,} entries", *clock.read(), peak_mb()))
    with path.open("rb") as file:
        clock = Clock(server)
        answer = await submit_batch(database, read_entries(cast(BinaryIO, file)), name="bench")
        measured.append(Measured("read and submit", *clock.read(), peak_mb(), answer))
    return measured


@asynccontextmanager
async def fresh_database(folder: Path, url: str | None) -> AsyncIterator[Database]:
    """A migrated database for this run alone, on the given server or on a private one."""
    server = None if url else await open_postgres(folder / "data")
    maintenance = url or (server.url if server else "")
    name = f"bench_{secrets.token_hex(4)}"
    quoted = sql.Identifier(name)
    with closing(psycopg.connect(maintenance, autocommit=True)) as admin:
        admin.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'").format(quoted))
        own = make_url(maintenance).set(database=name).render_as_string(hide_password=False)
        database = Database(own, DatabaseSettings())
        try:
            await migrate(database)
            yield database
        finally:
            await database.close()
            admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(quoted))
            if server is not None:
                await server.close()


async def run(count: int, url: str | None) -> tuple[str, list[Measured]]:
    """The server's version and what was measured."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = write_list(folder, count)
        async with fresh_database(folder, url) as database:
            measured = await measure(database, path)
            async with database.get_background_session() as connection:
                version = (await connection.execute(text("SHOW server_version"))).scalar_one()
        return version, measured


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--database-url")
    options = parser.parse_args()
    version, measured = asyncio.run(run(options.rows, options.database_url))
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    print(f"{machine}, Postgres {version}, {options.rows:,} lines\n")
    print("| step | seconds | CPU s, client | CPU s, server | peak MB |\n|---|---:|---:|---:|---:|")
    for one in measured:
        numbers = f"{one.seconds:.1f} | {one.cpu:.1f} | {one.server_cpu:.1f} | {one.peak_mb:.0f}"
        print(f"| {one.what} | {numbers} |")
    if (answer := measured[-1].answer) is not None:
        print(f"\naccepted {answer.accepted:,}, duplicates {answer.duplicates:,}", end="")
        print(f", rejected {answer.rejected_count:,}")


if __name__ == "__main__":
    main()
