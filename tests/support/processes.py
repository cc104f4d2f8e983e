"""What programs that refuse to run as root need: another user, and a free port to tell them.

Not here: the programs (postgres.py, pgbouncer.py).
"""

import os
import socket
from pathlib import Path
from typing import Any, Final

_UNPRIVILEGED: Final = 65534


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


def free_port() -> int:
    """A port of 127.0.0.1 that is free at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
