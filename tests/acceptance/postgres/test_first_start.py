"""What the first start makes: a cluster in UTF-8 that nobody else can enter, quick to start again."""

import os
import stat
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url

from domain_scheduler.db.postgres import EmbeddedPostgres, open_postgres
from tests.support.postgres_user import PostgresUser


async def test_the_database_is_utf8_in_the_builtin_locale_with_checksums(postgres: EmbeddedPostgres) -> None:
    with psycopg.connect(postgres.url) as connection:
        row = connection.execute(
            "SELECT current_database(), current_user, pg_encoding_to_char(encoding), datlocprovider::text,"
            " datlocale, current_setting('data_checksums'), current_setting('synchronous_commit'),"
            " current_setting('listen_addresses')"
            " FROM pg_database WHERE datname = current_database()"
        ).fetchone()
    assert row == ("domain_scheduler", "domain_scheduler", "UTF8", "b", "C.UTF-8", "on", "on", "")


async def test_only_who_knows_the_password_gets_in(postgres: EmbeddedPostgres) -> None:
    wrong = make_url(postgres.url).set(password="wrong").render_as_string(hide_password=False)
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(wrong)
    with psycopg.connect(postgres.url) as connection:
        methods = connection.execute("SELECT DISTINCT auth_method FROM pg_hba_file_rules").fetchall()
        kept = connection.execute(
            "SELECT rolpassword LIKE 'SCRAM-SHA-256$%' FROM pg_authid WHERE rolcanlogin"
        )
        assert (methods, kept.fetchall()) == ([("scram-sha-256",)], [(True,)])


async def test_what_is_secret_is_for_the_owner_alone(postgres: EmbeddedPostgres) -> None:
    for name, mode in {"password": 0o600, "data": 0o700, "log": 0o700, "users.lock": 0o600}.items():
        assert stat.S_IMODE((postgres.folder / name).stat().st_mode) == mode, name
    assert stat.S_IMODE(postgres.folder.stat().st_mode) & 0o066 == 0


async def test_a_second_start_takes_less_than_a_second_and_finds_the_data(data_dir: Path) -> None:
    async with await PostgresUser.start(data_dir) as first:
        with psycopg.connect(first.said["url"]) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 1 AS n")
        await first.close()
    async with await PostgresUser.start(data_dir) as second:
        assert second.said["seconds"] < 1
        assert second.said["url"] == first.said["url"]
        with psycopg.connect(second.said["url"]) as connection:
            assert connection.execute("SELECT n FROM kept").fetchall() == [(1,)]
        await second.close()


async def test_the_server_is_out_of_reach_of_ctrl_c_in_our_terminal(postgres: EmbeddedPostgres) -> None:
    assert os.getsid(postgres.pid) == postgres.pid
    assert os.getpgid(postgres.pid) != os.getpgid(0)


async def test_a_setting_in_local_conf_wins(data_dir: Path) -> None:
    folder = data_dir / "postgres"
    folder.mkdir(mode=0o711)
    (folder / "local.conf").write_text("work_mem = '17MB'\n")
    opened = await open_postgres(data_dir)
    try:
        with psycopg.connect(opened.url) as connection:
            assert connection.execute("SHOW work_mem").fetchone() == ("17MB",)
    finally:
        await opened.close()


async def test_a_data_directory_too_deep_for_a_socket_works_too(data_dir: Path) -> None:
    deep = data_dir.joinpath(*["a-folder-with-a-long-name"] * 6, "mit Ümlaut, und Komma")
    opened = await open_postgres(deep)
    socket_folder = (opened.folder / "socket").readlink()
    try:
        assert socket_folder.parent == Path("/tmp")
        with psycopg.connect(opened.url) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
    finally:
        await opened.close()
        socket_folder.rmdir()
