"""What went wrong with the embedded Postgres, in words that say what to do.

Programs of Postgres speak through their exit and their log, the system through `errno`; both are translated
here, once. The last line of the server's own that explains the failure is always kept in the message.
Not here: refusals that we decide ourselves (home.py, cluster.py).
"""

import errno
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from domain_scheduler.errors import EmbeddedPostgresError

_OTHER_FOLDER: Final = "set DOMAIN_SCHEDULER_DATA_DIR to another folder, or DATABASE_URL to a server of yours"

_BY_ERRNO: Final = {
    errno.ENOSPC: "no space is left on the disk: make some (it needs 200 MB to start with)",
    errno.EDQUOT: "the disk quota is used up: make some space",
    errno.EROFS: "the file system is read-only",
    errno.EACCES: "permission is denied",
    errno.EPERM: "permission is denied",
    errno.ENOTDIR: "a part of the path is a file",
    errno.EEXIST: "a file stands where a folder should be",
}

_BY_LOG: Final = (
    ("No space left on device", _BY_ERRNO[errno.ENOSPC]),
    ("Disk quota exceeded", _BY_ERRNO[errno.EDQUOT]),
    ("Read-only file system", _BY_ERRNO[errno.EROFS]),
    (
        "could not look up effective user ID",
        "the user that runs it has no name: give it an entry in /etc/passwd",
    ),
    ("could not access directory", "the user that runs it cannot reach its folder"),
    ("Permission denied", _BY_ERRNO[errno.EACCES]),
    ("Cannot allocate memory", "the machine has too little memory left"),
    ("contains errors", "a setting in local.conf is wrong"),
)

_TELLING: Final = tuple(
    re.compile(sign)
    for sign in (
        r"(?:invalid value for|unrecognized configuration) parameter .*|syntax error in file .*",
        r"(?:FATAL|PANIC): .*",
        r"(?:ERROR|error|could not)\b.*",
        r".+",
    )
)
"""What a line that explains a failure looks like, best first."""


@contextmanager
def in_words(what: str) -> Iterator[None]:
    """Turn an OSError of the block into an EmbeddedPostgresError about `what` (a folder)."""
    try:
        yield
    except OSError as exc:
        reason = _BY_ERRNO.get(exc.errno or 0) or exc.strerror or str(exc)
        place = exc.filename or what
        raise EmbeddedPostgresError(
            f"the embedded Postgres cannot use {what}: {reason} ({place}); {_OTHER_FOLDER}"
        ) from exc


def failed(program: str, output: str) -> EmbeddedPostgresError:
    """The error for a program that ended with `output`."""
    reason = next((words for sign, words in _BY_LOG if sign in output), None)
    said = telling_line(output)
    return EmbeddedPostgresError(
        f"the embedded Postgres does not start: {reason}; {program} said: {said}"
        if reason
        else f"the embedded Postgres does not start: {program} said: {said}"
    )


def telling_line(output: str) -> str:
    """The line of `output` that explains a failure best."""
    found = (sign.findall(output) for sign in _TELLING)
    return next((lines[-1].strip() for lines in found if lines), "nothing")


def newest_log(folder: Path) -> str:
    """The end of the log that was written last in `folder`, '' if there is none."""
    logs = sorted(folder.glob("*.log"), key=lambda path: path.stat().st_mtime)
    return logs[-1].read_text(encoding="utf-8", errors="replace")[-4000:] if logs else ""
