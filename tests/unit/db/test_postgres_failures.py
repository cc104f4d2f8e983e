"""What Postgres and the system say, in words that say what to do."""

import errno
import os
from pathlib import Path

import pytest

from domain_scheduler.db.postgres.account import Account
from domain_scheduler.db.postgres.failures import failed, in_words, newest_log, telling_line
from domain_scheduler.db.postgres.home import prepare_home
from domain_scheduler.errors import EmbeddedPostgresError


@pytest.mark.parametrize(
    ("output", "line"),
    [
        ("LOG:  starting\nFATAL:  could not map anonymous shared memory\nHINT:  x", "FATAL:  could not map"),
        ("initdb: error: could not create directory: x\nremoving", "error: could not create directory: x"),
        (
            'LOG:  invalid value for parameter "a": "b"\nFATAL:  contains errors',
            "invalid value for parameter",
        ),
        ("something odd happened", "something odd happened"),
        ("", "nothing"),
    ],
)
def test_the_line_that_explains_most_is_told(output: str, line: str) -> None:
    assert telling_line(output).startswith(line)


@pytest.mark.parametrize(
    ("output", "words"),
    [
        ("PANIC:  could not write to file: No space left on device", "no space is left on the disk"),
        ("error: could not look up effective user ID 1000: user does not exist", "/etc/passwd"),
        ("FATAL:  could not access directory: Permission denied", "cannot reach its folder"),
        ("FATAL:  could not map anonymous shared memory: Cannot allocate memory", "too little memory"),
        ('FATAL:  configuration file "local.conf" contains errors', "local.conf is wrong"),
    ],
)
def test_what_programs_say_becomes_advice(output: str, words: str) -> None:
    said = str(failed("postgres", output))
    assert words in said and "postgres said" in said


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM])
def test_what_the_system_refuses_becomes_advice(number: int) -> None:
    with pytest.raises(EmbeddedPostgresError, match="DOMAIN_SCHEDULER_DATA_DIR") as raised, in_words("/data"):
        raise OSError(number, os.strerror(number), "/data/file")
    assert os.strerror(number) not in str(raised.value)
    assert "/data/file" in str(raised.value)


def test_the_newest_log_is_read(tmp_path: Path) -> None:
    assert newest_log(tmp_path) == ""
    for age, name in enumerate(("Tue.log", "Mon.log")):
        (tmp_path / name).write_text(name)
        os.utime(tmp_path / name, (0, 1000 - age))
    assert newest_log(tmp_path) == "Tue.log"


def test_what_a_user_may_enter_follows_from_the_permissions_on_the_way(tmp_path: Path) -> None:
    folder = tmp_path / "home"
    folder.mkdir()
    stranger = Account(uid=12345, gid=12345, switched=True)
    owner = Account(uid=folder.stat().st_uid, gid=12345, switched=True)
    colleague = Account(uid=12345, gid=folder.stat().st_gid, switched=True)
    allowed = {}
    for mode in (0o700, 0o710, 0o711):
        folder.chmod(mode)
        allowed[mode] = [account._has(0o1, folder) for account in (owner, colleague, stranger)]
    assert allowed == {0o700: [True, False, False], 0o710: [True, True, False], 0o711: [True, True, True]}


def test_a_home_keeps_its_socket_where_it_is(data_dir: Path) -> None:
    home = prepare_home(data_dir)
    assert home.socket_folder() == home.socket_folder() == data_dir / "postgres" / "run"


def test_a_socket_s_place_that_somebody_else_took_is_left_to_them(data_dir: Path) -> None:
    home = prepare_home(data_dir / ("x" * 100))
    first = home.socket_folder()
    first.rmdir()
    first.symlink_to(data_dir)
    second = home.socket_folder()
    assert second != first
    assert not second.is_symlink()
    first.unlink()
    second.rmdir()


def test_a_socket_s_place_that_was_cleaned_away_is_made_again(data_dir: Path) -> None:
    home = prepare_home(data_dir / ("x" * 100))
    first = home.socket_folder()
    first.rmdir()
    assert home.socket_folder() == first
    first.rmdir()
