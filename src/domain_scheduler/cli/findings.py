"""What a check found: fine, worth a thought, or an obstacle.

Not here: the checks (database_checks.py, machine_checks.py).
"""

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How bad it is."""

    FINE = "fine"
    WARNING = "warning"
    """It works, but somebody should know."""
    ERROR = "error"
    """It does not work so."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at, with what was seen and what to do."""

    level: Level
    what: str
    message: str


def fine(what: str, message: str) -> Finding:
    """All is well."""
    return Finding(Level.FINE, what, message)


def warning(what: str, message: str) -> Finding:
    """Worth a thought."""
    return Finding(Level.WARNING, what, message)


def error(what: str, message: str) -> Finding:
    """An obstacle."""
    return Finding(Level.ERROR, what, message)
