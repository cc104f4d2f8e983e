"""The system user that the server runs as.

Postgres refuses to run as root. A service that is root hands the server to `nobody`: that user is there on
every system and in every user namespace and needs no `useradd`. Root never writes into a folder that
`nobody` owns (a link placed there would turn the write against the system), and signals only processes of
that user.
Not here: moving things to where that user can read them (home.py, programs.py).
"""

import os
import pwd
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from domain_scheduler.errors import EmbeddedPostgresError

_READ: Final = 0o4
_SEARCH: Final = 0o1


@dataclass(frozen=True, slots=True)
class Account:
    """A user and group by number; `switched` when it is not the one of this process."""

    uid: int
    gid: int
    switched: bool

    def process_options(self) -> dict[str, Any]:
        """Options of `subprocess` that start a program as this user."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []} if self.switched else {}

    def give(self, path: Path) -> None:
        """Make `path` this user's."""
        if self.switched:
            os.chown(path, self.uid, self.gid, follow_symlinks=False)

    def can_enter(self, folder: Path) -> bool:
        """Whether this user may reach what lies in `folder` (access lists are not looked at)."""
        return all(self._has(_SEARCH, part) for part in (folder, *folder.parents))

    def can_read(self, path: Path) -> bool:
        """Whether this user may read the file `path`."""
        return self.can_enter(path.parent) and self._has(_READ, path)

    def _has(self, right: int, path: Path) -> bool:
        found = path.stat()
        if found.st_uid == self.uid:
            return bool(found.st_mode >> 6 & right)
        return bool((found.st_mode >> 3 if found.st_gid == self.gid else found.st_mode) & right)


def server_account() -> Account:
    """The user for a server that this process starts."""
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid(), switched=False)
    try:
        entry = pwd.getpwnam("nobody")
    except KeyError as exc:
        raise EmbeddedPostgresError(
            "Postgres does not run as root, and this system has no user `nobody`: "
            "run the service as another user, or set DATABASE_URL"
        ) from exc
    return Account(entry.pw_uid, entry.pw_gid, switched=True)
