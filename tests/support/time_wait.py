"""Counts connections that a closed socket left behind in TIME_WAIT, on the side that closed first (Linux)."""

from collections.abc import Iterable
from pathlib import Path

_TABLES = (Path("/proc/net/tcp"), Path("/proc/net/tcp6"))
_TIME_WAIT = "06"


def left_by_clients_of(ports: Iterable[int]) -> int:
    """How many are on the side of the clients that were connected to these ports."""
    wanted = {f"{port:04X}" for port in ports}
    rows = (
        line.split() for table in _TABLES if table.exists() for line in table.read_text().splitlines()[1:]
    )
    return sum(row[3] == _TIME_WAIT and row[2].rpartition(":")[2] in wanted for row in rows)
