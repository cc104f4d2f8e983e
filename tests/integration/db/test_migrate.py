"""Migrations: applied once, by whoever comes first, or refused in words."""

from domain_scheduler.db.database import Database
from domain_scheduler.db.migrate import migrate, pending_migrations, require_current_schema, schema_version


async def test_the_template_is_migrated(database: Database) -> None:
    assert await pending_migrations(database) == []
    assert await schema_version(database) is not None
    await require_current_schema(database)
    assert await migrate(database) == []
