"""Migrations: applied once, by whoever comes first, or refused in words."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from psycopg import sql
from sqlalchemy import text

from domain_scheduler.db.database import Database
from domain_scheduler.db.migrate import (
    MIGRATIONS,
    migrate,
    require_current_schema,
    schema_state,
)
from domain_scheduler.errors import DatabaseSchemaError, DatabaseUnavailableError, SettingsError
from domain_scheduler.settings import DatabaseSettings
from tests.support.postgres import TestServer

REVISION = """
from domain_scheduler.db.migrations.plain_sql import run_sql_beside

revision = "{name}"
down_revision = {before!r}


def upgrade(connection):
    run_sql_beside(__file__, connection)
"""

TRICKY = """
-- 100% of :these are no parameters; 'nor is an unclosed quote
CREATE TABLE domain_scheduler.tricky (word text CHECK (word LIKE '%%a%' OR word LIKE ':b'));
CREATE FUNCTION domain_scheduler.tell() RETURNS text LANGUAGE plpgsql AS $body$
BEGIN
  RETURN format('%s; %I', ':name'::text, 'semi;colon');
END $body$;
INSERT INTO domain_scheduler.tricky VALUES ('%a'), (':b');
"""


@pytest.fixture
async def empty_database(postgres_server: TestServer) -> AsyncIterator[Database]:
    """A database without our schema."""
    with postgres_server.database("empty") as name:
        opened = Database(postgres_server.url_of(name), DatabaseSettings())
        yield opened
        await opened.close()


def write_steps(folder: Path, *statements: str) -> Path:
    """A history of steps `step_0`, `step_1`, ... of these statements."""
    versions = folder / "versions"
    versions.mkdir(parents=True)
    for number, body in enumerate(statements):
        before = f"step_{number - 1}" if number else None
        (versions / f"step_{number}.sql").write_text(body)
        (versions / f"step_{number}.py").write_text(REVISION.format(name=f"step_{number}", before=before))
    return folder


async def value(database: Database, statement: str) -> object:
    async with database.get_background_session() as connection:
        return (await connection.execute(text(statement))).scalar_one()


async def test_the_template_is_migrated(database: Database) -> None:
    state = await schema_state(database)
    assert state.version is not None and state.pending == ()
    await require_current_schema(database)
    assert await migrate(database) == []


async def test_an_empty_database_gets_every_step_and_then_none(empty_database: Database) -> None:
    state = await schema_state(empty_database)
    assert state.version is None and state.pending[0] == "0001_ground_floor"
    assert await migrate(empty_database) == list(state.pending)
    assert (await schema_state(empty_database)).version == state.pending[-1]
    assert await migrate(empty_database) == []


async def test_asking_changes_nothing(empty_database: Database) -> None:
    await schema_state(empty_database)
    assert await value(empty_database, "SELECT to_regnamespace('domain_scheduler') IS NULL") is True


async def test_ten_processes_at_once_apply_each_step_once(empty_database: Database) -> None:
    url = empty_database.engine.url.render_as_string(hide_password=False)
    others = [Database(url, DatabaseSettings()) for _ in range(10)]
    applied = await asyncio.gather(*(migrate(other) for other in others))
    assert sorted(map(len, applied)) == [0] * 9 + [len(max(applied))]
    assert (await schema_state(empty_database)).pending == ()
    await asyncio.gather(*(other.close() for other in others))


async def test_a_step_is_run_exactly_as_it_is_written(empty_database: Database, tmp_path: Path) -> None:
    folder = write_steps(tmp_path, TRICKY)
    assert await migrate(empty_database, folder=folder) == ["step_0"]
    assert await value(empty_database, "SELECT count(*) FROM domain_scheduler.tricky") == 2
    assert await value(empty_database, "SELECT domain_scheduler.tell()") == ':name; "semi;colon"'


async def test_a_failing_step_takes_the_steps_before_it_back(
    empty_database: Database, tmp_path: Path
) -> None:
    folder = write_steps(tmp_path, "CREATE TABLE domain_scheduler.first ();", "SELECT 1; SELECT nothing;")
    with pytest.raises(DatabaseSchemaError, match=r"step_1 failed and nothing was changed.*nothing"):
        await migrate(empty_database, folder=folder)
    assert (await schema_state(empty_database, folder=folder)).version is None
    assert await value(empty_database, "SELECT to_regclass('domain_scheduler.first') IS NULL") is True


async def test_a_table_that_somebody_holds_stops_a_migration_in_words(
    empty_database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("domain_scheduler.db.migrate._LOCK_TIMEOUT_MS", 50)
    await migrate(empty_database, folder=write_steps(tmp_path / "old", "CREATE TABLE domain_scheduler.t ();"))
    longer = write_steps(tmp_path / "new", "", "ALTER TABLE domain_scheduler.t ADD n int;")
    async with empty_database.get_background_session() as connection:
        await connection.execute(text("SELECT * FROM domain_scheduler.t"))
        with pytest.raises(DatabaseUnavailableError, match="somebody holds a table"):
            await migrate(empty_database, folder=longer)
    assert await migrate(empty_database, folder=longer) == ["step_1"]


async def test_later_steps_are_added_to_earlier_ones(empty_database: Database, tmp_path: Path) -> None:
    first = "CREATE TABLE domain_scheduler.first ();"
    assert await migrate(empty_database, folder=write_steps(tmp_path / "old", first)) == ["step_0"]
    longer = write_steps(tmp_path / "new", first, "SELECT 1;", "SELECT 2;")
    assert await migrate(empty_database, folder=longer) == ["step_1", "step_2"]
    assert (await schema_state(empty_database, folder=longer)).version == "step_2"


async def test_a_schema_that_lacks_steps_is_refused_when_it_may_not_be_changed(
    empty_database: Database,
) -> None:
    with pytest.raises(DatabaseSchemaError, match="db upgrade"):
        await require_current_schema(empty_database)


async def test_a_schema_of_a_newer_version_is_refused(database: Database) -> None:
    async with database.get_background_session() as connection:
        await connection.execute(
            text("UPDATE domain_scheduler.alembic_version SET version_num = '9999_from_the_future'")
        )
    for refused in (migrate, require_current_schema):
        with pytest.raises(DatabaseSchemaError, match=r"9999_from_the_future.*newer"):
            await refused(database)


async def test_a_database_that_is_not_utf8_is_refused(postgres_server: TestServer) -> None:
    name = "not_utf8"
    postgres_server.execute(
        sql.SQL(
            "CREATE DATABASE {} ENCODING 'SQL_ASCII' LOCALE_PROVIDER libc LOCALE 'C' TEMPLATE template0"
        ).format(sql.Identifier(name))
    )
    try:
        database = Database(postgres_server.url_of(name), DatabaseSettings())
        with pytest.raises(SettingsError, match=r"SQL_ASCII.*UTF8"):
            await migrate(database)
        await database.close()
    finally:
        postgres_server.drop_database(name)


async def test_a_server_that_is_too_old_is_refused(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("domain_scheduler.db.migrate._OLDEST_SERVER", 99)
    with pytest.raises(SettingsError, match="99 or newer"):
        await migrate(database)


async def test_a_user_who_may_not_create_schemas_can_use_one_made_for_them(
    empty_database: Database, postgres_server: TestServer
) -> None:
    async with empty_database.get_background_session() as connection:
        await connection.execute(text("CREATE ROLE migrate_guest LOGIN PASSWORD 'guest'"))
        await connection.execute(text("CREATE SCHEMA domain_scheduler AUTHORIZATION migrate_guest"))
    url = empty_database.engine.url.set(username="migrate_guest", password="guest")
    guest = Database(url.render_as_string(hide_password=False), DatabaseSettings())
    try:
        assert await migrate(guest) != []
    finally:
        await guest.close()
        async with empty_database.get_background_session() as connection:
            await connection.execute(text("DROP OWNED BY migrate_guest CASCADE"))
            await connection.execute(text("DROP ROLE migrate_guest"))


def test_the_steps_in_the_order_of_their_names_are_the_history() -> None:
    history = [script.revision for script in ScriptDirectory(str(MIGRATIONS)).walk_revisions()]
    assert history[::-1] == sorted(path.stem for path in (MIGRATIONS / "versions").glob("*.sql"))


LIST_BATCHES = """
import sys
from domain_scheduler.cli import main
try:
    main()
except SystemExit as end:
    sys.exit(end.code or "alembic" in sys.modules)
"""


def test_a_current_schema_is_found_current_without_the_cost_of_alembic(database_url: str) -> None:
    command = [sys.executable, "-c", LIST_BATCHES, "--database-url", database_url, "batches"]
    assert subprocess.run(command, check=False).returncode == 0


def test_every_step_is_a_sql_file_with_a_revision_of_its_name_that_fits_the_version_table() -> None:
    versions = MIGRATIONS / "versions"
    statements = {path.stem for path in versions.glob("*.sql")}
    assert statements == {path.stem for path in versions.glob("*.py")}
    assert all(len(name) <= 32 for name in statements)
