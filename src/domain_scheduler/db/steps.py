"""Runs steps of the schema's history with Alembic, which notes in the database how far it came.

Not here: which steps a database lacks, and the transaction around them (migrate.py).
"""

from collections.abc import Sequence
from pathlib import Path

from alembic.runtime.migration import MigrationContext, RevisionStep
from alembic.script import ScriptDirectory
from sqlalchemy import Connection


def run_steps(connection: Connection, names: Sequence[str], *, folder: Path, schema: str) -> None:
    """Run the steps of these names, which lie in `folder`, in this order."""
    scripts = ScriptDirectory(str(folder))

    def steps(_version: object, _context: MigrationContext) -> list[RevisionStep]:
        found = (scripts.get_revision(name) for name in names)
        return [RevisionStep.upgrade_from_script(scripts.revision_map, script) for script in found]

    options = {"version_table_schema": schema, "fn": steps}
    MigrationContext.configure(connection, opts=options).run_migrations(connection=connection)
