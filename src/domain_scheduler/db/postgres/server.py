"""The door to the embedded Postgres: open it, be sure of it while in use, close it.

Any number of processes may open one data directory at the same time; they share one server. Each of them
starts it again when it dies, whoever notices first, and the last one to close stops it.
Not here: how each of these is done (the neighbours that __init__.py lists).
"""

import asyncio
import logging
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from pathlib import Path
from typing import Final, TypeVar
from urllib.parse import quote

import psutil
import psycopg

from domain_scheduler.db.postgres.cluster import ROLE, prepare_cluster, read_password
from domain_scheduler.db.postgres.failures import in_words
from domain_scheduler.db.postgres.guarding import dismiss_guard, ensure_guard
from domain_scheduler.db.postgres.home import PORT, Home, prepare_home
from domain_scheduler.db.postgres.locks import HeldLock, alone, is_held, share
from domain_scheduler.db.postgres.postmaster import find_running, is_alive, start, stop
from domain_scheduler.db.postgres.programs import programs_for, remove_old_copies
from domain_scheduler.errors import EmbeddedPostgresError

_WAIT_FOR_OTHERS: Final = 400.0
"""Longer than the longest start and stop of another process."""
_LOOK: Final = 0.25
_RETRY: Final = 2.0

_T = TypeVar("_T")
_log = logging.getLogger(__name__)


async def open_postgres(data_dir: Path, *, grace_seconds: float = 30.0) -> "EmbeddedPostgres":
    """Use the embedded Postgres of `data_dir`: make, start or find it.

    `grace_seconds`: how long the server outlives its last user when that one is killed and cannot close.
    Raises EmbeddedPostgresError, which says what is wrong and what to do.
    """
    with in_words(str(data_dir)):
        home = prepare_home(data_dir)
        async with _changing(home), AsyncExitStack() as on_failure:
            user = share(home.users_lock)
            on_failure.push_async_callback(_leave, home, user)
            process = await _find_or_start(home, grace_seconds)
            url = await _url(home)
            on_failure.pop_all()
    return EmbeddedPostgres(home, url, user, process, grace_seconds)


class EmbeddedPostgres:
    """One process's use of the server; made by `open_postgres`, and to be closed.

    `url` is good for psycopg and SQLAlchemy as long as it is open; `folder` is where everything lies.
    """

    def __init__(
        self, home: Home, url: str, user: HeldLock, process: psutil.Process, grace_seconds: float
    ) -> None:
        self.url = url
        self.folder = home.folder
        self._home, self._user, self._process, self._grace_seconds = home, user, process, grace_seconds
        self._watch = asyncio.create_task(self._watch_over(), name="embedded-postgres-watch")

    @property
    def pid(self) -> int:
        """Process id of the postmaster; changes when it is started again."""
        return int(self._process.pid)

    async def close(self) -> None:
        """Use it no longer; the last one to do so stops the server and waits until it is gone."""
        self._watch.cancel()
        await asyncio.wait([self._watch])
        with in_words(str(self.folder)):
            async with _changing(self._home):
                await _leave(self._home, self._user)

    async def _watch_over(self) -> None:
        """Start the server again whenever it has died."""
        while True:
            await asyncio.sleep(_LOOK)
            if is_alive(self._process):
                continue
            try:
                await self._start_again()
            except EmbeddedPostgresError as exc:
                _log.error("%s", exc)
                await asyncio.sleep(_RETRY)

    async def _start_again(self) -> None:
        _log.warning("the embedded Postgres has died: starting it again")
        with in_words(str(self.folder)):
            async with _changing(self._home):
                self._process = await _find_or_start(self._home, self._grace_seconds)


def _changing(home: Home) -> AbstractAsyncContextManager[None]:
    """The right to start and stop the server, for the length of a block."""
    return alone(home.change_lock, timeout_seconds=_WAIT_FOR_OTHERS)


async def _find_or_start(home: Home, grace_seconds: float) -> psutil.Process:
    process = await find_running(home)
    if process is None:
        programs = await _finish_in_thread(lambda: programs_for(home))
        await _finish_in_thread(lambda: prepare_cluster(home, programs))
        process = await start(home, programs)
        remove_old_copies(home, programs)
    ensure_guard(home, grace_seconds)
    return process


async def _leave(home: Home, user: HeldLock) -> None:
    """Use the server no longer; the last one stops it. Needs the change lock."""
    user.release()
    if not is_held(home.users_lock):
        await stop(home)
        dismiss_guard(home)


async def _url(home: Home) -> str:
    password, host = quote(read_password(home), safe=""), quote(str(home.socket_folder()), safe="")
    url = f"postgresql://{ROLE}:{password}@/{{}}?host={host}&port={PORT}"
    try:
        async with await psycopg.AsyncConnection.connect(
            url.format("postgres"), autocommit=True
        ) as connection:
            found = await connection.execute("SELECT FROM pg_database WHERE datname = %s", (ROLE,))
            if found.rowcount == 0:
                await connection.execute(f"CREATE DATABASE {ROLE}".encode())
    except psycopg.OperationalError as exc:
        raise EmbeddedPostgresError(f"the embedded Postgres refuses a connection: {exc}") from exc
    return url.format(ROLE)


async def _finish_in_thread(work: Callable[[], _T]) -> _T:
    """Do blocking `work` in a thread to its end, also when cancelled: nobody else may meet it half-done."""
    task = asyncio.ensure_future(asyncio.to_thread(work))
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait([task])
        raise
