"""Runs the SQL file that stands beside a revision, exactly as it is written.

The whole file goes to the server as one string without parameters: the server, not we, splits it into
statements, so quotes, dollar quotes, `%` and `:name` mean what they mean in psql.
"""

from pathlib import Path

from sqlalchemy import Connection


def run_sql_beside(revision_file: str, connection: Connection) -> None:
    """Execute the `.sql` file that is named like `revision_file` (a revision's `__file__`)."""
    statements = Path(revision_file).with_suffix(".sql").read_text(encoding="utf-8")
    # without no_parameters the driver would read % as a placeholder
    connection.execution_options(no_parameters=True).exec_driver_sql(statements)
