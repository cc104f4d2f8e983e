"""File locks: who uses the server, who may change it, whether it lives.

`flock` belongs to an open file and ends with it, however the process ends, so a killed process never counts,
no process id is ever trusted, and containers that share a folder see each other. A lock lives as long as any
process has its file open, which is used once on purpose (the server inherits one, postmaster.py) and is
prevented otherwise: a forked child closes what it got.
Not here: what each file means (home.py).
"""

import asyncio
import fcntl
import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from domain_scheduler.errors import EmbeddedPostgresError

_POLL: Final = 0.02

_held: Final[set["HeldLock"]] = set()


class HeldLock:
    """An open, locked file; `release` or the end of the process gives it back."""

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor
        _held.add(self)

    def release(self) -> None:
        """Close the file; a second call does nothing."""
        if self in _held:
            _held.remove(self)
            os.close(self.descriptor)


def _close_in_child() -> None:
    for lock in tuple(_held):
        lock.release()


os.register_at_fork(after_in_child=_close_in_child)


def share(path: Path) -> HeldLock:
    """Hold `path` together with others; waits for one who holds it alone."""
    descriptor = _open(path)
    fcntl.flock(descriptor, fcntl.LOCK_SH)
    return HeldLock(descriptor)


def try_alone(path: Path) -> HeldLock | None:
    """Hold `path` alone, or None if anybody holds it."""
    descriptor = _open(path)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return HeldLock(descriptor)


def is_held(path: Path) -> bool:
    """Whether anybody holds `path`; asked only by who holds the lock of changes, or two askers meet."""
    lock = try_alone(path)
    if lock is not None:
        lock.release()
    return lock is None


@asynccontextmanager
async def alone(path: Path, *, timeout_seconds: float) -> AsyncIterator[None]:
    """Hold `path` alone for the length of the block; raises EmbeddedPostgresError after the timeout."""
    deadline = time.monotonic() + timeout_seconds
    while (lock := try_alone(path)) is None:
        if time.monotonic() > deadline:
            raise EmbeddedPostgresError(
                f"another process has been starting or stopping the server for {timeout_seconds:g} s: "
                f"look for a stopped process that has {path} open"
            )
        await asyncio.sleep(_POLL)
    try:
        yield
    finally:
        lock.release()


def _open(path: Path) -> int:
    return os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
