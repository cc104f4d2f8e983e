"""The verbs for batches that exist: list them, look at one, take its results, change its course.

Not here: making them (submit.py, scan.py).
"""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated, Any

import typer

from domain_scheduler.batches.batch import Batch
from domain_scheduler.batches.store import (
    cancel_batch,
    get_batch,
    list_batches,
    pause_batch,
    resume_batch,
    seal_batch,
)
from domain_scheduler.cli.options import AsJson, BatchId, new_app, settings_of
from domain_scheduler.cli.progress import by_kind, in_numbers, in_time
from domain_scheduler.cli.result_output import Format, Out, choose_format, require_writable, write_results
from domain_scheduler.cli.running import run
from domain_scheduler.cli.terminal import counted, say, say_json, say_table, tell
from domain_scheduler.core.error_kinds import ErrorKind
from domain_scheduler.core.status import BatchStatus, DomainStatus
from domain_scheduler.db.opening import open_database
from domain_scheduler.web.retries import retry_batch

app = new_app()

Change = Callable[..., Awaitable[Batch]]

_Kinds = Annotated[list[ErrorKind] | None, typer.Option("--error-kind", help="Only these; may be repeated.")]


@app.command()
def batches(
    context: typer.Context,
    status: Annotated[BatchStatus | None, typer.Option(help="Only batches with this status.")] = None,
    text: Annotated[str | None, typer.Option(help="Only batches with this in their name.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many at most.")] = 20,
    cursor: Annotated[str | None, typer.Option(help="Go on after a list that named this.")] = None,
    as_json: AsJson = False,
) -> None:
    """List batches, the newest first."""

    async def work() -> None:
        async with (
            open_database(settings_of(context)) as database,
            database.get_background_session() as connection,
        ):
            page = await list_batches(connection, status=status, text=text, cursor=cursor, limit=limit)
        if as_json:
            shown = [batch.as_json() for batch in page.batches]
            say_json({"batches": shown, "next_cursor": page.next_cursor})
            return
        columns = ("id", "name", "status", "answered", "total", "errors", "per s", "left", "created")
        say_table(columns, map(_row, page.batches), right=(0, 3, 4, 5, 6, 7))
        if page.next_cursor is not None:
            tell(f"there are more: --cursor {page.next_cursor}")

    run(work)


def _row(batch: Batch) -> tuple[object, ...]:
    counts, left = batch.counts, in_time(batch.eta_seconds) if batch.eta_seconds else ""
    numbers = (f"{counts.answered:,}", f"{counts.total:,}", f"{counts.error:,}")
    pace = f"{batch.rate_per_second:,.1f}" if batch.rate_per_second else ""
    return (
        batch.id,
        batch.name,
        batch.status,
        *numbers,
        pace,
        left,
        _local(batch.created_at),
    )


@app.command()
def status(context: typer.Context, batch_id: BatchId, as_json: AsJson = False) -> None:
    """Show one batch with its exact counts."""

    async def work() -> None:
        async with (
            open_database(settings_of(context)) as database,
            database.get_background_session() as connection,
        ):
            batch = await get_batch(connection, batch_id=batch_id)
        say_json(batch.as_json()) if as_json else _describe(batch)

    run(work)


def _describe(batch: Batch) -> None:
    sealed = "" if batch.sealed else ", open for more domains"
    say(f"batch {batch.id} {batch.name!r}: {batch.status}{sealed}", style="bold")
    say(in_numbers(batch))
    counts = batch.counts
    for name in ("pending", "processing", "completed", "error", "cancelled", "total"):
        say(f"  {name:<11}{getattr(counts, name):>12,}")
    if batch.errors_by_kind:
        say(f"errors: {by_kind(batch, most=100)}")
    for name in ("created_at", "started_at", "finished_at"):
        say(f"{name.removesuffix('_at'):<11}{_local(getattr(batch, name)):>19}")


def _local(moment: datetime | None) -> str:
    """The moment in this machine's time zone."""
    return "-" if moment is None else f"{moment.astimezone():%Y-%m-%d %H:%M:%S}"


@app.command()
def results(
    context: typer.Context,
    batch_id: BatchId,
    out: Out = None,
    format: Format = None,
    status: Annotated[DomainStatus | None, typer.Option(help="Only domains with this status.")] = None,
    error_kind: Annotated[ErrorKind | None, typer.Option(help="Only errors of this kind.")] = None,
    text: Annotated[str | None, typer.Option(help="Only names that contain this.")] = None,
    changed: Annotated[
        bool | None,
        typer.Option("--changed/--unchanged", help="Only what differs from its last scan, or what does not."),
    ] = None,
) -> None:
    """Write the results of a batch, as far as they are there."""

    async def work() -> None:
        require_writable(out)
        chosen = choose_format(out, format)
        filters: dict[str, Any] = {
            "status": status,
            "error_kind": error_kind,
            "text": text,
            "changed": changed,
        }
        async with open_database(settings_of(context)) as database:
            await write_results(database, batch_id, out=out, format=chosen, **filters)

    run(work)


@app.command()
def retry(
    context: typer.Context,
    batch_id: BatchId,
    error_kind: _Kinds = None,
    completed: Annotated[bool, typer.Option("--completed", help="Also what was answered well.")] = False,
) -> None:
    """Send the failed domains of a batch back to pending."""

    async def work() -> None:
        wanted = (DomainStatus.ERROR, DomainStatus.COMPLETED) if completed else (DomainStatus.ERROR,)
        total, after, complete = 0, 0, False
        async with open_database(settings_of(context)) as database:
            while not complete:
                done = await retry_batch(
                    database, batch_id=batch_id, statuses=wanted, error_kinds=error_kind, after_id=after
                )
                total, after, complete = total + done.count, done.last_id or after, done.complete
        say(f"batch {batch_id}: {counted(total, 'domain is', 'domains are')} pending again")

    run(work)


@app.command()
def cancel(context: typer.Context, batch_id: BatchId) -> None:
    """Cancel a batch for good; what is in flight is still finished."""
    _change(context, batch_id, cancel_batch)


@app.command()
def pause(context: typer.Context, batch_id: BatchId) -> None:
    """Take up no more domains of a batch until it is resumed."""
    _change(context, batch_id, pause_batch)


@app.command()
def resume(context: typer.Context, batch_id: BatchId) -> None:
    """Go on with a paused batch."""
    _change(context, batch_id, resume_batch)


@app.command()
def seal(context: typer.Context, batch_id: BatchId) -> None:
    """Declare that no more domains will be added to an open batch."""
    _change(context, batch_id, seal_batch)


def _change(context: typer.Context, batch_id: int, change: Change) -> None:
    async def work() -> None:
        async with (
            open_database(settings_of(context)) as database,
            database.get_background_session() as connection,
        ):
            batch = await change(connection, batch_id=batch_id)
        say(f"batch {batch.id} is {batch.status}: {in_numbers(batch)}")

    run(work)
