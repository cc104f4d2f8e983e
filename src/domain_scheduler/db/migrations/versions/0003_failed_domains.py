"""An index of the errors of a batch."""

from sqlalchemy import Connection

from domain_scheduler.db.migrations.plain_sql import run_sql_beside

revision = "0003_failed_domains"
down_revision = "0002_what_changed"


def upgrade(connection: Connection) -> None:
    run_sql_beside(__file__, connection)
