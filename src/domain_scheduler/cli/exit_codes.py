"""How a command ended, as the number that a script reads; the same for every verb.

Not here: the words that go with it (terminal.py).
"""

from enum import IntEnum
from typing import Final

from domain_scheduler.errors import (
    DomainSchedulerError,
    InputError,
    NotFoundError,
    SettingsError,
    UnavailableError,
)


class ExitCode(IntEnum):
    """The numbers; they never change."""

    DONE = 0
    FAILED = 1
    BAD_INPUT = 2
    UNAVAILABLE = 3
    STOPPED = 130


MEANINGS: Final[dict[ExitCode, str]] = {
    ExitCode.DONE: "done; after `scan`: every domain has its answer, errors included",
    ExitCode.FAILED: "it could not be done, or `check`, `db status` or `db audit` found errors",
    ExitCode.BAD_INPUT: "bad input: an option, a setting, a file, an unknown batch",
    ExitCode.UNAVAILABLE: "the database (or an optional package) is not available",
    ExitCode.STOPPED: "stopped by Ctrl-C or SIGTERM; nothing is lost",
}

_KINDS: Final = (
    (InputError, ExitCode.BAD_INPUT),
    (SettingsError, ExitCode.BAD_INPUT),
    (NotFoundError, ExitCode.BAD_INPUT),
    (UnavailableError, ExitCode.UNAVAILABLE),
)


def exit_code_of(error: DomainSchedulerError) -> ExitCode:
    """The number for `error`."""
    return next((code for kind, code in _KINDS if isinstance(error, kind)), ExitCode.FAILED)


def exit_codes_in_words() -> str:
    """The list for `--help`, whose lines are kept as they are."""
    lines = [f"{code.value:>4}  {meaning}" for code, meaning in MEANINGS.items()]
    return "\n".join(["\b", "Exit codes:", *lines])
