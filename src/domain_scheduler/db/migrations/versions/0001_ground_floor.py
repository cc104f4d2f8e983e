"""The ground floor: batches, domains, results, ledger."""

from sqlalchemy import Connection

from domain_scheduler.db.migrations.plain_sql import run_sql_beside

revision = "0001_ground_floor"
down_revision = None


def upgrade(connection: Connection) -> None:
    run_sql_beside(__file__, connection)
