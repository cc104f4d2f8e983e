"""What programs under test need: a user that is not root, a folder that this user can enter, a free port.

Not here: the programs (postgres.py, pgbouncer.py).
"""

import ctypes
import os
import shutil
import signal
import socket
import sys
import tempfile
from pathlib import Path
from typing import Any, Final

_UNPRIVILEGED: Final = 65534
_SET_PARENT_DEATH_SIGNAL: Final = 1


def as_unprivileged() -> dict[str, Any]:
    """Options of `subprocess` for a program that must not be root; none if we are not root ourselves."""
    if os.geteuid() != 0:
        return {}
    return {"user": _UNPRIVILEGED, "group": _UNPRIVILEGED, "extra_groups": [], "cwd": "/"}


def give_to_unprivileged(*paths: Path) -> None:
    """Make `paths` readable and writable for programs started so."""
    if os.geteuid() == 0:
        for path in paths:
            os.chown(path, _UNPRIVILEGED, _UNPRIVILEGED)


def end_with_us() -> None:
    """To be called in a child before it becomes its program: it is interrupted when we die (Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_SET_PARENT_DEATH_SIGNAL, signal.SIGINT)


def quick_folder(purpose: str) -> Path:
    """A new folder that every user can enter, in memory where there is plenty: tests need no durable disk."""
    memory = Path("/dev/shm")
    plenty = memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > 2 * 1024**3
    folder = Path(tempfile.mkdtemp(prefix=f"ds-test-{purpose}-", dir=memory if plenty else None))
    folder.chmod(0o711)
    return folder


def free_port() -> int:
    """A port of 127.0.0.1 that is free at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
