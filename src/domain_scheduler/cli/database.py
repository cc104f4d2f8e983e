"""`db`: the schema and the truth of the counts.

Not here: the migrations (db/migrate.py), the audit's statement (queue/queue.sql).
"""

from dataclasses import astuple
from typing import Annotated

import typer

from domain_scheduler.cli.exit_codes import ExitCode
from domain_scheduler.cli.options import AsJson, new_app, settings_of
from domain_scheduler.cli.running import run
from domain_scheduler.cli.terminal import say, say_json, say_table
from domain_scheduler.db.migrate import SchemaState, migrate, schema_state
from domain_scheduler.db.opening import open_any_database, open_database, open_server
from domain_scheduler.scheduler.full_audit import FullAudit, audit_every_batch

app = new_app()
db = new_app(no_args_is_help=True, help="The database: its schema, and whether its counts are true.")
app.add_typer(db, name="db")


@db.command()
def upgrade(context: typer.Context) -> None:
    """Bring the schema up to date."""

    async def work() -> None:
        async with open_any_database(settings_of(context)) as database:
            applied = await migrate(database)
        say(f"applied: {', '.join(applied)}" if applied else "the schema is up to date")

    run(work)


@db.command()
def status(context: typer.Context, as_json: AsJson = False) -> None:
    """Show which migrations the database has and which it lacks; exit code 1 if it lacks any."""

    async def work() -> ExitCode:
        async with open_any_database(settings_of(context)) as database:
            state = await schema_state(database)
        _show_schema(state, as_json=as_json)
        return ExitCode.FAILED if state.pending else ExitCode.DONE

    run(work)


def _show_schema(state: SchemaState, *, as_json: bool) -> None:
    if as_json:
        say_json({"version": state.version, "pending": list(state.pending)})
        return
    say(f"version: {state.version or 'none yet'}")
    say(f"pending: {', '.join(state.pending) or 'nothing'}")


@db.command()
def url(context: typer.Context) -> None:
    """Print the database's address for psql and other programs, its password included.

    The embedded Postgres answers there while a service, or another verb, is running.
    """

    async def work() -> None:
        async with open_server(settings_of(context)) as address:
            say(address)

    run(work)


@db.command()
def audit(
    context: typer.Context,
    repair: Annotated[bool, typer.Option("--repair", help="Correct the ledger where it is wrong.")] = False,
    as_json: AsJson = False,
) -> None:
    """Compare the counts of every batch with its domains; exit code 1 if any differ.

    The counts are kept true by the database itself, so a difference is a fault to be reported.
    """

    async def work() -> ExitCode:
        async with open_database(settings_of(context)) as database:
            done = await audit_every_batch(database, repair=repair)
        _show_audit(done, repair=repair, as_json=as_json)
        return ExitCode.FAILED if done.drifts else ExitCode.DONE

    run(work)


def _show_audit(done: FullAudit, *, repair: bool, as_json: bool) -> None:
    rows = [astuple(drift) for drift in done.drifts]
    names = ("batch", "status", "error_kind", "drift", "compared", "changed")
    if as_json:
        shown = [dict(zip(names, row, strict=True)) for row in rows]
        say_json({"batches": done.batches, "drifts": shown, "repaired": repair and bool(rows)})
        return
    if rows:
        say_table(names, rows, right=(0, 3, 4, 5))
    corrected = ", corrected" if repair and rows else ""
    say(f"{done.batches:,} batches compared, {len(rows):,} differences{corrected}")
