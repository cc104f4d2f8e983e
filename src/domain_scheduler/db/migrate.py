"""Brings the schema to the version that this code needs, however many processes start at once.

All pending steps are one transaction under a transaction-level advisory lock: the first process applies
them, the others wait and find nothing to do, a failing step leaves no trace, and a transaction pooler is no
obstacle.
Not here: the steps (migrations/), running one (steps.py), when they are applied (runtime.py, cli/).
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from psycopg.errors import LockNotAvailable
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from domain_scheduler.db.database import Database, first_line, is_outage
from domain_scheduler.errors import DatabaseSchemaError, DatabaseUnavailableError, SettingsError

MIGRATIONS: Final = Path(__file__).parent / "migrations"

_SCHEMA: Final = "domain_scheduler"
_LOCK_KEY: Final = int.from_bytes(b"domsched", "big")
_OLDEST_SERVER: Final = 15
_LOCK_TIMEOUT_MS: Final = 10_000


@dataclass(frozen=True, slots=True)
class SchemaState:
    """Where a database stands: its `version` (None = no schema yet) and the steps still `pending`."""

    version: str | None
    pending: tuple[str, ...]


async def migrate(database: Database, *, folder: Path = MIGRATIONS) -> list[str]:
    """Apply every pending step; returns their names in order, empty when there was nothing to do.

    Raises SettingsError for a server that cannot work, DatabaseSchemaError for a schema newer than this code
    and for a step that fails, DatabaseUnavailableError when the database cannot be reached.
    """
    if not (await schema_state(database, folder=folder)).pending:
        return []
    async with database.get_background_session(statement_timeout=0) as connection:
        await connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK_KEY})
        state = await _read_state(connection, folder)
        if state.pending:
            await _apply(connection, state.pending, folder)
        return list(state.pending)


async def schema_state(database: Database, *, folder: Path = MIGRATIONS) -> SchemaState:
    """Where the database stands; raises as `migrate`, and changes nothing."""
    async with database.get_background_session() as connection:
        await _require_usable_server(connection)
        return await _read_state(connection, folder)


async def require_current_schema(database: Database) -> None:
    """Return if the schema is the one of this code; raises DatabaseSchemaError if it is older or newer."""
    state = await schema_state(database)
    if state.pending:
        raise DatabaseSchemaError(
            f"the database lacks {len(state.pending)} migration(s), first {state.pending[0]}: "
            "run `domain-scheduler db upgrade`, or start without --no-migrate"
        )


async def _require_usable_server(connection: AsyncConnection) -> None:
    query = "SELECT current_setting('server_version_num'), current_setting('server_encoding')"
    number, encoding = (await connection.execute(text(query))).one()
    major = int(number) // 10_000
    if major < _OLDEST_SERVER:
        raise SettingsError(
            f"the database server is Postgres {major}, but {_OLDEST_SERVER} or newer is needed: "
            "upgrade it, or leave DATABASE_URL out to use the embedded one"
        )
    if encoding != "UTF8":
        raise SettingsError(
            f"the database is encoded in {encoding}, but UTF8 is needed: "
            "create one with CREATE DATABASE ... ENCODING 'UTF8' TEMPLATE template0"
        )


async def _read_state(connection: AsyncConnection, folder: Path) -> SchemaState:
    # not to_regclass, which may still know that there is no table from before we waited for the lock
    exists = "SELECT count(*) FROM pg_tables WHERE schemaname = :schema AND tablename = 'alembic_version'"
    version = None
    if (await connection.execute(text(exists), {"schema": _SCHEMA})).scalar_one():
        query = text("SELECT version_num FROM domain_scheduler.alembic_version")
        version = (await connection.execute(query)).scalar()
    return SchemaState(version, _steps_after(version, folder))


def _steps_after(version: str | None, folder: Path) -> tuple[str, ...]:
    names = tuple(sorted(path.stem for path in (folder / "versions").glob("*.sql")))
    if version is None:
        return names
    if version not in names:
        raise DatabaseSchemaError(
            f"the database's schema ({version}) was made by a newer Domain Scheduler than this one, which "
            f"knows {names[-1]}: install the newer version, or use another database"
        )
    return names[names.index(version) + 1 :]


async def _apply(connection: AsyncConnection, pending: tuple[str, ...], folder: Path) -> None:
    # a table that somebody holds must not make everyone else queue up behind us
    await connection.execute(text(f"SET LOCAL lock_timeout = {_LOCK_TIMEOUT_MS}"))
    # Alembic takes longer to load than all else of a command, and the schema of most is up to date
    from domain_scheduler.db.steps import run_steps

    try:
        await _create_schema(connection)
        await connection.run_sync(run_steps, pending, folder=folder, schema=_SCHEMA)
    except DBAPIError as exc:
        if isinstance(exc.orig, LockNotAvailable):
            raise DatabaseUnavailableError(
                "somebody holds a table that the migration changes: end what is at work there "
                "(pg_stat_activity shows it) and start again"
            ) from exc
        if is_outage(exc):
            raise
        raise DatabaseSchemaError(
            f"the migration to {pending[-1]} failed and nothing was changed: {first_line(exc)}"
        ) from exc


async def _create_schema(connection: AsyncConnection) -> None:
    # IF NOT EXISTS would ask for the right to create even where somebody else has created it for us
    query = text("SELECT to_regnamespace(:name) IS NULL")
    if (await connection.execute(query, {"name": _SCHEMA})).scalar_one():
        await connection.execute(text(f"CREATE SCHEMA {_SCHEMA}"))
