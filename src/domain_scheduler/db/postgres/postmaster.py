"""The running server: found, started, waited for, stopped. Every call needs the change lock.

The server inherits a locked file from who starts it. As long as that lock is held, some process of the
cluster lives, be it a backend whose postmaster was killed; once it is free, none does, whatever
`postmaster.pid` and a zombie say. So a pid file is believed while the lock is held, and removed as stale
when it is free.
Not here: who may start or stop it (server.py, guard.py).
"""

import asyncio
import logging
import signal
import subprocess
import threading
import time
from dataclasses import dataclass
from typing import Final

import psutil

from domain_scheduler.db.postgres.cluster import SYNC_METHOD, program_environment
from domain_scheduler.db.postgres.failures import failed, newest_log
from domain_scheduler.db.postgres.home import PORT, Home
from domain_scheduler.db.postgres.locks import HeldLock, is_held, try_alone
from domain_scheduler.db.postgres.programs import Programs
from domain_scheduler.errors import EmbeddedPostgresError

_POLL: Final = 0.01
_START_SECONDS: Final = 300.0
"""Recovery after a crash reads up to `max_wal_size` of log first."""
_STOP_SECONDS: Final = 60.0
_ORPHANS_SECONDS: Final = 1.0
"""How long backends may outlive their postmaster: idle ones end at once, busy ones never look."""
_UNSEEN_SECONDS: Final = 5.0
_DEAD: Final = (psutil.STATUS_ZOMBIE, psutil.STATUS_DEAD)

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Postmaster:
    """What `postmaster.pid` says of a living server: `status` is starting, ready, stopping or standby."""

    process: psutil.Process
    status: str


def is_alive(process: psutil.Process) -> bool:
    """Whether `process` runs, and is still the one that it was; a zombie does not."""
    try:
        return process.is_running() and process.status() not in _DEAD
    except psutil.NoSuchProcess:
        return False


async def find_running(home: Home) -> psutil.Process | None:
    """The postmaster when it is ready, waited for while it starts or stops; None if there is none.

    Raises EmbeddedPostgresError for a server that gets nowhere or that cannot be seen from here.
    """
    began, seen = time.monotonic(), time.monotonic()
    while _lives(home):
        postmaster = _read(home)
        if postmaster is None:
            _end_orphans(home, time.monotonic() - seen)
            await asyncio.sleep(_POLL)
            continue
        if postmaster.status in {"ready", "standby"}:
            return postmaster.process
        seen = time.monotonic()
        if seen > began + _START_SECONDS:
            raise failed("postgres", newest_log(home.log))
        await asyncio.sleep(_POLL)
    return None


async def start(home: Home, programs: Programs) -> psutil.Process:
    """Start the server and wait until it is ready. Nothing of the cluster may run."""
    _remove_stale_files(home)
    process = _spawn(home, programs)
    deadline = time.monotonic() + _START_SECONDS
    while is_alive(process) and time.monotonic() < deadline:
        postmaster = _read(home)
        if postmaster is not None and postmaster.status == "ready":
            return process
        await asyncio.sleep(_POLL)
    raise failed("postgres", _startup_log(home) + newest_log(home.log))


async def stop(home: Home) -> None:
    """Stop the server, if one runs, and wait until all its processes are gone."""
    for wanted in (signal.SIGINT, signal.SIGQUIT):
        postmaster = _read(home)
        if postmaster is not None:
            postmaster.process.send_signal(wanted)
        deadline = time.monotonic() + _STOP_SECONDS
        while _lives(home):
            if time.monotonic() > deadline:
                break
            await asyncio.sleep(_POLL)
        else:
            return
    raise EmbeddedPostgresError(f"the embedded Postgres in {home.folder} does not stop")


def reap(process: subprocess.Popen[bytes]) -> None:
    """Wait for `process` in the background, so that it leaves no zombie while we live."""
    threading.Thread(target=process.wait, name=f"reaper-{process.pid}", daemon=True).start()


def _remove_stale_files(home: Home) -> None:
    """Remove the files that say that a server lives: it would believe them, were it for a zombie's number."""
    socket = home.socket_folder() / f".s.PGSQL.{PORT}"
    for path in (home.data / "postmaster.pid", socket, socket.with_name(f"{socket.name}.lock")):
        path.unlink(missing_ok=True)


def _spawn(home: Home, programs: Programs) -> psutil.Process:
    lock = _take_server_lock(home)
    options = {
        "config_file": home.configuration,
        "unix_socket_directories": home.socket_folder(),
        "port": PORT,
        "recovery_init_sync_method": SYNC_METHOD,
    }
    command = [str(programs.path("postgres")), "-D", str(home.data)]
    command += [f"--{name}={value}" for name, value in options.items()]
    try:
        with (home.folder / "startup.log").open("wb") as log:
            process: subprocess.Popen[bytes] = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=home.folder,
                env=program_environment(),
                pass_fds=(lock.descriptor,),
                # Ctrl-C in our terminal is not meant for it
                start_new_session=True,
                **home.account.process_options(),
            )
    finally:
        lock.release()
    known = psutil.Process(process.pid)  # before it is reaped: one that dies at once is nobody afterwards
    reap(process)
    return known


def _take_server_lock(home: Home) -> HeldLock:
    lock = try_alone(home.server_lock)
    if lock is None:
        raise EmbeddedPostgresError(f"a server for {home.folder} was started behind our back: try again")
    return lock


def _lives(home: Home) -> bool:
    """Whether any process of the cluster lives, one that pg_ctl started without our lock included."""
    return is_held(home.server_lock) or _read(home) is not None


def _read(home: Home) -> Postmaster | None:
    """The living server that the pid file names; the number alone may long be another process's."""
    try:
        lines = (home.data / "postmaster.pid").read_text(encoding="utf-8").splitlines()
        process = psutil.Process(int(lines[0]))
        if (
            process.status() in _DEAD
            or process.uids().real != home.account.uid
            or not _works_in(process, home)
        ):
            return None
    except (FileNotFoundError, ValueError, IndexError, psutil.Error):
        return None
    return Postmaster(process, lines[7].strip() if len(lines) > 7 else "starting")


def _works_in(process: psutil.Process, home: Home) -> bool:
    try:
        return bool(process.cwd() == str(home.data))
    except psutil.Error:
        return False


def _end_orphans(home: Home, seconds: float) -> None:
    """End backends that outlive their server, once they had `seconds` enough to notice."""
    if seconds < _ORPHANS_SECONDS:
        return
    orphans = _orphans(home)
    if not orphans and seconds > _UNSEEN_SECONDS:
        raise EmbeddedPostgresError(
            f"a server that cannot be seen from here (in another container?) uses {home.folder}: "
            "set DATABASE_URL to let both use one server"
        )
    for process in orphans:
        _log.warning("ending a backend that outlived its postmaster", extra={"pid": process.pid})
        process.kill()


def _orphans(home: Home) -> list[psutil.Process]:
    """The cluster's processes; none if one is the parent of others: that server lives, by another number."""
    found = {process.pid: process for process in psutil.process_iter() if _works_in(process, home)}
    try:
        return [] if any(process.ppid() in found for process in found.values()) else list(found.values())
    except psutil.NoSuchProcess:
        return []


def _startup_log(home: Home) -> str:
    return (home.folder / "startup.log").read_text(encoding="utf-8", errors="replace")
