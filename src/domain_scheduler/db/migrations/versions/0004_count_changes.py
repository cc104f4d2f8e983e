"""How many answers of a batch differ from the scan before, and which."""

from sqlalchemy import Connection

from domain_scheduler.db.migrations.plain_sql import run_sql_beside

revision = "0004_count_changes"
down_revision = "0003_failed_domains"


def upgrade(connection: Connection) -> None:
    run_sql_beside(__file__, connection)
