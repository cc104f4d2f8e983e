"""The folder that holds everything of one embedded server, and where it may lie.

    <data directory>/postgres/      or a link to it
        data/             the cluster, 0700
        password          of the role domain_scheduler, 0600
        local.conf        yours: settings that win over ours (optional)
        postgresql.conf   ours, written at every start
        log/              the server's log, one file a weekday
        socket            link to the folder with the Unix socket
        programs-18.6.3/  the binaries, where the server's user cannot read the installed ones
        *.lock            change: who starts or stops · users: who is connected · server: lives · guard

The server's user must be able to enter it. As root, a data directory in a closed place (a home of mode
0700) is no such place, and nothing is opened for it: the folder is then made in /var/lib/domain-scheduler
and `postgres` becomes a link to it. A Unix socket's path is at most 103 bytes: where that does not do, the
socket lies in /tmp.
Not here: what is written there (cluster.py, programs.py).
"""

import logging
import os
import re
import secrets
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from domain_scheduler.db.postgres.account import Account, server_account
from domain_scheduler.errors import EmbeddedPostgresError

PORT: Final = 5432
"""Part of the socket's name only: the server does not listen on the network."""

_SHARED_PLACE: Final = Path("/var/lib/domain-scheduler")
_LONGEST_SOCKET_PATH: Final = 103  # macOS; Linux has 107
_PLAIN_PATH: Final = re.compile(r"[A-Za-z0-9_./+-]+")

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Home:
    """A folder that is there and that `account` can enter."""

    folder: Path
    account: Account

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def configuration(self) -> Path:
        return self.folder / "postgresql.conf"

    @property
    def log(self) -> Path:
        return self.folder / "log"

    @property
    def password_file(self) -> Path:
        return self.folder / "password"

    @property
    def change_lock(self) -> Path:
        return self.folder / "change.lock"

    @property
    def users_lock(self) -> Path:
        return self.folder / "users.lock"

    @property
    def server_lock(self) -> Path:
        return self.folder / "server.lock"

    @property
    def guard_lock(self) -> Path:
        return self.folder / "guard.lock"

    def socket_folder(self) -> Path:
        """Where the Unix socket lies: always the same place while it exists, so that URLs stay good."""
        link = self.folder / "socket"
        if link.is_symlink() and self._is_ours(link.readlink()):
            return link.readlink()
        chosen = self._new_socket_folder()
        link.unlink(missing_ok=True)
        link.symlink_to(chosen)
        return chosen

    def _is_ours(self, folder: Path) -> bool:
        try:
            folder.mkdir(mode=0o700)
            self.account.give(folder)
        except FileExistsError:
            pass
        except OSError:
            return False
        return not folder.is_symlink() and folder.is_dir() and folder.stat().st_uid == self.account.uid

    def _new_socket_folder(self) -> Path:
        beside = self.folder / "run"
        if _fits(beside):
            beside.mkdir(mode=0o700, exist_ok=True)
            self.account.give(beside)
            return beside
        # a name that nobody can guess: /tmp belongs to all
        made = Path(tempfile.mkdtemp(prefix="domain-scheduler-", dir="/tmp"))
        self.account.give(made)
        return made


def prepare_home(data_dir: Path) -> Home:
    """The home below `data_dir`, made if it is not there; raises EmbeddedPostgresError or OSError."""
    account = server_account()
    link = data_dir.expanduser().absolute() / "postgres"
    link.parent.mkdir(parents=True, exist_ok=True)
    if link.is_symlink() and not link.exists():
        raise EmbeddedPostgresError(
            f"{link} points to {link.readlink()}, which is gone: "
            "bring it back, or remove the link to start empty"
        )
    if not link.exists():
        _make_folder(link, account)
    home = Home(link.resolve(), account)
    _require_usable(home)
    return home


def _make_folder(link: Path, account: Account) -> None:
    if account.can_enter(link.parent.resolve()):
        _make_open_to_search(link, account)
        return
    place = f"user {account.uid}, as whom the embedded Postgres runs, cannot enter {link.parent}"
    _log.warning("%s: its data go to %s", place, _SHARED_PLACE)
    _make_elsewhere(link, account)


def _require_usable(home: Home) -> None:
    owner = home.folder.stat().st_uid
    if owner != os.geteuid():
        raise EmbeddedPostgresError(
            f"{home.folder} belongs to user {owner}, the service runs as user {os.geteuid()}: "
            "run it as the owner, or set DOMAIN_SCHEDULER_DATA_DIR to another folder"
        )
    if not home.account.can_enter(home.folder):
        raise EmbeddedPostgresError(
            f"user {home.account.uid}, as whom the embedded Postgres runs, cannot enter {home.folder}: "
            "set DOMAIN_SCHEDULER_DATA_DIR to a folder that every user can enter"
        )


def _make_open_to_search(folder: Path, account: Account) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if account.switched:
        folder.chmod(0o711)


def _make_elsewhere(link: Path, account: Account) -> None:
    elsewhere = _SHARED_PLACE / secrets.token_hex(4)
    _make_open_to_search(_SHARED_PLACE, account)
    _make_open_to_search(elsewhere, account)
    try:
        link.symlink_to(elsewhere)
    except FileExistsError:
        # another process was quicker
        elsewhere.rmdir()


def _fits(folder: Path) -> bool:
    length = len(os.fsencode(folder / f".s.PGSQL.{PORT}"))
    return length <= _LONGEST_SOCKET_PATH and _PLAIN_PATH.fullmatch(str(folder)) is not None
