"""Sees to it that a guard (guard.py) runs beside the server, and sends it home afterwards.

The guard inherits a locked file that says that it lives, and its number stands in that file.
Not here: what the guard does.
"""

import logging
import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Final

from domain_scheduler.db.postgres.home import Home
from domain_scheduler.db.postgres.locks import is_held, try_alone
from domain_scheduler.db.postgres.postmaster import reap

_SCRIPT: Final = Path(__file__).with_name("guard.py")

_log = logging.getLogger(__name__)


def ensure_guard(home: Home, grace_seconds: float) -> None:
    """Start a guard unless one lives; needs the change lock."""
    lock = try_alone(home.guard_lock)
    if lock is None:
        return
    try:
        process = _spawn(home, grace_seconds, lock.descriptor)
        home.guard_lock.write_text(str(process.pid), encoding="ascii")
        reap(process)
    except OSError as exc:
        # the server works without; only a kill of its last user would leave it running
        _log.warning("no guard for the embedded Postgres: %s", exc)
    finally:
        lock.release()


def dismiss_guard(home: Home) -> None:
    """End the guard, if one lives; needs the change lock."""
    if is_held(home.guard_lock):
        with suppress(ValueError, ProcessLookupError):
            os.kill(int(home.guard_lock.read_text(encoding="ascii")), signal.SIGTERM)


def _spawn(home: Home, grace_seconds: float, lock: int) -> subprocess.Popen[bytes]:
    account = home.account
    arguments = (home.folder, grace_seconds, account.uid, account.gid)
    return subprocess.Popen(
        # isolated and without site-packages: quick, and independent of how we were started
        [sys.executable, "-I", "-S", _SCRIPT, *map(str, arguments)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd="/",
        env={},
        pass_fds=(lock,),
        start_new_session=True,
    )
