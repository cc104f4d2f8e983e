"""Opens the database of the settings: the one of `database_url`, or the embedded one.

Not here: sessions (database.py), the embedded server (postgres/), what runs on it (runtime.py).
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from domain_scheduler.db.database import Database
from domain_scheduler.db.migrate import migrate as apply_migrations
from domain_scheduler.db.migrate import require_current_schema
from domain_scheduler.db.postgres import open_postgres
from domain_scheduler.settings import Settings


@asynccontextmanager
async def open_database(settings: Settings, *, migrate: bool = True) -> AsyncIterator[Database]:
    """The database alone: the one of `database_url`, or the embedded one, started for as long as it is open.

    `migrate` applies what the schema lacks; without it, a schema that is not current is refused.
    Raises SettingsError, DatabaseUnavailableError, DatabaseSchemaError, EmbeddedPostgresError.
    """
    async with open_any_database(settings) as database:
        await (apply_migrations(database) if migrate else require_current_schema(database))
        yield database


@asynccontextmanager
async def open_any_database(settings: Settings) -> AsyncIterator[Database]:
    """The database whatever its schema, not connected to yet: to look at it or to bring it up to date.

    Raises SettingsError and EmbeddedPostgresError.
    """
    async with open_server(settings) as url:
        database = Database(url, settings.database)
        try:
            yield database
        finally:
            await database.close()


@asynccontextmanager
async def open_server(settings: Settings) -> AsyncIterator[str]:
    """The URL of the database, password included, good for as long as it is open; nothing is connected to.

    Raises EmbeddedPostgresError.
    """
    if settings.database_url is not None:
        yield settings.database_url.get_secret_value()
        return
    postgres = await open_postgres(settings.data_dir)
    try:
        yield postgres.url
    finally:
        await postgres.close()
