"""What the last completed scan of a name found, beside the new answer."""

from sqlalchemy import Connection

from domain_scheduler.db.migrations.plain_sql import run_sql_beside

revision = "0002_what_changed"
down_revision = "0001_ground_floor"


def upgrade(connection: Connection) -> None:
    run_sql_beside(__file__, connection)
