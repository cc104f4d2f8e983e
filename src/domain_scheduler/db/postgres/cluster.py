"""The cluster: made once, whole or not at all, and configured at every start.

`initdb` works in a folder of another name that becomes `data` when it is finished, so that a half-made
cluster is never taken for one. Every connection needs the password (scram); only the owner of the home can
read it.
Not here: the running server (postmaster.py).
"""

import os
import secrets
import shutil
import subprocess
import sys
from importlib.resources import files
from pathlib import Path
from typing import Final

from domain_scheduler.db.postgres.failures import failed
from domain_scheduler.db.postgres.home import Home
from domain_scheduler.db.postgres.programs import Programs
from domain_scheduler.errors import EmbeddedPostgresError

ROLE: Final = "domain_scheduler"
"""Name of the role and of the database."""

SYNC_METHOD: Final = "syncfs" if sys.platform == "linux" else "fsync"
"""One call for the file system instead of one a file: a thousand files, 3.7 s against 2.2 on a busy disk."""

_UNFINISHED: Final = "data.new-"
_LEAST_SPACE: Final = 200 * 1024**2
_HABITS: Final = ("--data-checksums", "--no-instructions", f"--sync-method={SYNC_METHOD}")
_LOCALE: Final = ("--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C")


def prepare_cluster(home: Home, programs: Programs) -> None:
    """Make the cluster unless it is there, check that it is ours to run, and write its configuration.

    Raises EmbeddedPostgresError, or OSError for what cannot be written.
    """
    if not home.data.exists():
        _initialise(home, programs)
    _require_usable(home, programs)
    _write_configuration(home)


def read_password(home: Home) -> str:
    """The password of the role; raises EmbeddedPostgresError if its file is gone."""
    try:
        return home.password_file.read_text(encoding="ascii").strip()
    except FileNotFoundError as exc:
        raise EmbeddedPostgresError(
            f"{home.password_file}, the password of the data beside it, is gone: "
            f"bring it back from a backup, or move {home.folder} away to start empty"
        ) from exc


def program_environment() -> dict[str, str]:
    """What programs of Postgres get to see of our environment: no PG..., no secrets, messages in English."""
    return {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}


def _initialise(home: Home, programs: Programs) -> None:
    _require_space(home)
    for left_over in home.folder.glob(f"{_UNFINISHED}*"):
        # a killed process may have left its initdb at work
        shutil.rmtree(left_over, ignore_errors=True)
    password = secrets.token_urlsafe(24)
    _write_private(home.password_file, password)
    unfinished = home.folder / f"{_UNFINISHED}{secrets.token_hex(4)}"
    try:
        _run_initdb(home, programs, unfinished, password)
        unfinished.rename(home.data)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def _run_initdb(home: Home, programs: Programs, target: Path, password: str) -> None:
    target.mkdir(mode=0o700)
    home.account.give(target)
    given = target.with_suffix(".password")
    _write_private(given, password)
    home.account.give(given)
    options = [f"--pgdata={target}", f"--username={ROLE}", f"--pwfile={given}", "--auth=scram-sha-256"]
    try:
        done = subprocess.run(
            [programs.path("initdb"), *options, *_LOCALE, *_HABITS],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
            cwd=home.folder,
            env=program_environment(),
            start_new_session=True,
            **home.account.process_options(),
        )
    finally:
        given.unlink()
    if done.returncode != 0:
        raise failed("initdb", done.stdout + done.stderr)


def _require_space(home: Home) -> None:
    free = shutil.disk_usage(home.folder).free
    if free < _LEAST_SPACE:
        raise EmbeddedPostgresError(
            f"{home.folder} has {free // 1024**2} MB of free space, the embedded Postgres needs "
            f"{_LEAST_SPACE // 1024**2} MB to start with: make some, "
            "or set DOMAIN_SCHEDULER_DATA_DIR to a folder on another disk"
        )


def _require_usable(home: Home, programs: Programs) -> None:
    mark = home.data / "PG_VERSION"
    if not mark.is_file():
        raise EmbeddedPostgresError(
            f"{home.data} holds no Postgres data (PG_VERSION is missing): restore it from a backup, "
            "or move it away to start empty"
        )
    owner, made_by = home.data.stat().st_uid, mark.read_text(encoding="ascii").strip()
    if owner != home.account.uid:
        raise EmbeddedPostgresError(
            f"{home.data} belongs to user {owner}, but the embedded Postgres would run as user "
            f"{home.account.uid}: run the service as the user it ran as before"
        )
    if made_by != programs.major:
        raise EmbeddedPostgresError(
            f"the data in {home.data} were made by Postgres {made_by}, this version brings Postgres "
            f"{programs.major}, which cannot read them: dump them with the version of Domain Scheduler "
            f"that made them (pg_dump), move {home.folder} away, start again and restore the dump"
        )


def _write_configuration(home: Home) -> None:
    text = files(__package__).joinpath("postgresql.conf").read_text(encoding="utf-8")
    home.configuration.write_text(text, encoding="utf-8")
    home.configuration.chmod(0o644)
    home.log.mkdir(mode=0o700, exist_ok=True)
    home.account.give(home.log)


def _write_private(path: Path, content: str) -> None:
    path.unlink(missing_ok=True)
    path.touch(mode=0o600, exist_ok=False)
    path.write_text(content, encoding="ascii")
