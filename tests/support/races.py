"""Two transactions that meet: waiting until one really waits for the other.

Not here: who should win (the tests that race).
"""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain_scheduler.db.database import Database

T = TypeVar("T")

_WAITS = text("SELECT cardinality(pg_blocking_pids(:pid)) > 0")


async def backend_pid(connection: AsyncConnection) -> int:
    """The process id of the connection's server process."""
    return int((await connection.execute(text("SELECT pg_backend_pid()"))).scalar_one())


@asynccontextmanager
async def blocked(
    database: Database, connection: AsyncConnection, work: Coroutine[Any, Any, T]
) -> AsyncIterator["asyncio.Task[T]"]:
    """Runs `work` (on `connection`); enters once it waits for a lock, leaves once it is done."""
    pid = await backend_pid(connection)
    task = asyncio.create_task(work)
    try:
        async with asyncio.timeout(10):
            await _until_waiting(database, pid, task)
        yield task
        async with asyncio.timeout(10):
            await asyncio.wait([task])
    finally:
        task.cancel()


async def _until_waiting(database: Database, pid: int, task: "asyncio.Task[Any]") -> None:
    async with database.engine.connect() as observer:
        while not (await observer.execute(_WAITS, {"pid": pid})).scalar_one():
            assert not task.done(), f"it did not wait: {task}"
            await observer.rollback()
            await asyncio.sleep(0.005)
