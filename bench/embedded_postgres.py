"""How long the embedded Postgres takes to be made, started, found, mended and stopped.

    python -m bench.embedded_postgres [ROUNDS]

Each figure is the median (and the worst) of that many rounds, on a new data directory in /var/tmp.
Not here: work on it (the other benches).
"""

import asyncio
import os
import shutil
import signal
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Awaitable
from pathlib import Path
from typing import TypeVar

import psycopg

from domain_scheduler.db.postgres import open_postgres

T = TypeVar("T")
Figures = defaultdict[str, list[float]]


async def timed(figures: Figures, name: str, work: Awaitable[T]) -> T:
    """Await `work` and note how long it took."""
    began = time.perf_counter()
    result = await work
    figures[name].append(time.perf_counter() - began)
    return result


async def until_answered(url: str) -> None:
    """Return when the server answers."""
    while True:
        try:
            connection = await psycopg.AsyncConnection.connect(url)
        except psycopg.OperationalError:
            await asyncio.sleep(0.005)
        else:
            await connection.close()
            return


async def round_of(figures: Figures, data_dir: Path) -> None:
    """Everything once."""
    first = await timed(figures, "first start (initdb and all)", open_postgres(data_dir))
    await timed(figures, "stop by the last user", first.close())
    second = await timed(figures, "start", open_postgres(data_dir))
    third = await timed(figures, "find a running server", open_postgres(data_dir))
    await timed(figures, "close while another uses it", third.close())
    os.kill(second.pid, signal.SIGKILL)
    await timed(figures, "answers again after kill -9 of the server", until_answered(second.url))
    await second.close()


def new_folder() -> Path:
    """A new folder on a real disk that every user can enter."""
    folder = Path(tempfile.mkdtemp(prefix="bench-postgres-", dir="/var/tmp"))
    folder.chmod(0o711)
    return folder


async def measure(rounds: int) -> Figures:
    """All figures of `rounds` rounds."""
    figures: Figures = defaultdict(list)
    for _ in range(rounds):
        folder = new_folder()
        try:
            await round_of(figures, folder)
        finally:
            shutil.rmtree(folder)
    return figures


def main() -> None:
    """Print a table."""
    figures = asyncio.run(measure(int(sys.argv[1]) if len(sys.argv) > 1 else 10))
    print("| | median ms | worst ms |\n|---|---:|---:|")
    for name, seconds in figures.items():
        print(f"| {name} | {statistics.median(seconds) * 1000:.0f} | {max(seconds) * 1000:.0f} |")


if __name__ == "__main__":
    main()
