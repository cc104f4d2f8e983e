"""`scan`: a list in, an answer for every domain out, in one command that can be stopped and goes on.

The batch is found again by the digest of the list and of what was asked for it, until its results have been
written; after that the same list is scanned anew. The work is done by an engine of this process that takes
from this batch alone, so a service on the same database is not in the way.
Not here: the engine (engine/), the bar (progress.py), where results go (result_output.py).
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final

import typer

from domain_scheduler.batches.batch import Batch
from domain_scheduler.batches.exports.result_file import ResultFormat
from domain_scheduler.batches.idempotency import find_undelivered, mark_delivered
from domain_scheduler.batches.intake.reading import read_entries
from domain_scheduler.batches.store import get_batch, resume_batch
from domain_scheduler.batches.submission import submit_batch
from domain_scheduler.batches.submitted import Submission
from domain_scheduler.cli.exit_codes import ExitCode
from domain_scheduler.cli.list_file import ListFile, open_list
from domain_scheduler.cli.logs import start_logs
from domain_scheduler.cli.options import MaxAttempts, WithContactPages, new_app, settings_of
from domain_scheduler.cli.progress import (
    by_kind,
    changed_in_words,
    in_time,
    is_over,
    seems_offline,
    watch_batch,
)
from domain_scheduler.cli.result_output import Format, Out, choose_format, require_writable, write_results
from domain_scheduler.cli.running import run_until_stopped
from domain_scheduler.cli.stopping import Stop, stop_in_order
from domain_scheduler.cli.submitted import in_words, tell_rejected
from domain_scheduler.cli.terminal import counted, tell
from domain_scheduler.core.scan_options import ScanOptions
from domain_scheduler.core.status import BatchStatus
from domain_scheduler.db.database import Database
from domain_scheduler.db.opening import open_database
from domain_scheduler.errors import DatabaseUnavailableError
from domain_scheduler.runtime import Runtime, open_runtime
from domain_scheduler.settings import Settings

app = new_app()

_RETRY_SCALE: Final = 0.1
"""Somebody waits: another attempt comes ten times sooner than in a service, unless the settings say so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wish:
    """What was asked for."""

    path: str
    out: Path | None
    format: ResultFormat | None
    fresh: bool
    max_attempts: int
    options: ScanOptions

    def digest(self, listed: ListFile) -> str:
        """What stands for the list and what was asked for it."""
        return ":".join(("scan", listed.digest, str(self.max_attempts), *self.options.as_json()))


_File = Annotated[
    str, typer.Argument(metavar="FILE|-", help="The list: CSV, text, JSON, also gzip; - = standard input.")
]
_Fresh = Annotated[bool, typer.Option("--fresh", help="Begin anew instead of going on where it stopped.")]


@app.command()
def scan(
    context: typer.Context,
    file: _File,
    out: Out = None,
    format: Format = None,
    fresh: _Fresh = False,
    max_attempts: MaxAttempts = None,
    contact_pages: WithContactPages = False,
) -> None:
    """Scan a list of domains and write an answer for every one.

    Stopped and started again with the same list, it goes on where it was. Without -o the results go to
    standard output (on a terminal as a table) and everything else to standard error.
    """

    async def work(stop: Stop) -> ExitCode:
        settings = _for_somebody_who_waits(settings_of(context))
        require_writable(out)
        wish = _Wish(
            path=file,
            out=out,
            format=choose_format(out, format),
            fresh=fresh,
            max_attempts=max_attempts or settings.queue.max_attempts,
            options=ScanOptions(contact_pages=contact_pages),
        )
        start_logs(settings, at_least="warning")
        return await _scan(settings, wish, stop)

    run_until_stopped(work)


def _for_somebody_who_waits(settings: Settings) -> Settings:
    if "retry_scale" in settings.queue.model_fields_set:
        return settings
    queue = settings.queue.model_copy(update={"retry_scale": _RETRY_SCALE})
    return settings.model_copy(update={"queue": queue})


async def _scan(settings: Settings, wish: _Wish, stop: Stop) -> ExitCode:
    async with open_database(settings) as database:
        with open_list(wish.path) as listed:
            digest = wish.digest(listed)
            submission = await _find_or_submit(database, listed, wish, digest)
        async with open_runtime(
            settings, kind="scan", migrate=False, batch_id=submission.batch_id
        ) as runtime:
            stop.in_order = True
            batch = await watch_batch(database, submission.batch_id, stop)
            if not is_over(batch):
                return await _stop(runtime, batch, stop)
            stop.in_order = False
            # the answers are complete; only the batch's own record may be a moment behind
            await runtime.maintenance.fold()
            await runtime.maintenance.finish()
        await write_results(database, submission.batch_id, out=wish.out, format=wish.format)
        async with database.get_background_session() as connection:
            await mark_delivered(connection, request_digest=digest, batch_id=submission.batch_id)
            batch = await get_batch(connection, batch_id=submission.batch_id)
    _tell_end(batch, submission, wish)
    return ExitCode.FAILED if batch.status is BatchStatus.CANCELLED else ExitCode.DONE


async def _find_or_submit(database: Database, listed: ListFile, wish: _Wish, digest: str) -> Submission:
    async with database.get_background_session() as connection:
        found = None if wish.fresh else await find_undelivered(connection, request_digest=digest)
        if found is not None:
            counts = (await resume_batch(connection, batch_id=found.batch_id)).counts
            tell(f"going on with batch {found.batch_id}: {counts.answered:,} of {counts.total:,} answered")
            return found
    answer = await submit_batch(
        database,
        read_entries(listed.file),
        name=listed.name[:200],
        max_attempts=wish.max_attempts,
        options=wish.options,
        request_digest=digest,
    )
    tell(f"batch {answer.batch_id}: {in_words(answer)}")
    return answer


async def _stop(runtime: Runtime, batch: Batch, stop: Stop) -> ExitCode:
    state = runtime.engine_state()
    grace = runtime.settings.engine.grace
    if state is not None and state.in_flight:
        left = counted(state.in_flight, "domain in flight gets", "domains in flight get")
        tell(f"stopping: {left} up to {grace:g} s (again to stop at once)")
    await stop_in_order(stop, runtime.stop_engine, grace=grace)
    counts = (await _last_seen(runtime.database, batch)).counts
    tell(
        f"stopped with {counts.answered:,} of {counts.total:,} answered; nothing is lost: "
        "the same command goes on where it was"
    )
    return ExitCode.STOPPED


async def _last_seen(database: Database, batch: Batch) -> Batch:
    """The batch as it is, or as it was when the database last answered."""
    try:
        async with database.get_background_session() as connection:
            return await get_batch(connection, batch_id=batch.id)
    except DatabaseUnavailableError:
        return batch


def _tell_end(batch: Batch, submission: Submission, wish: _Wish) -> None:
    tell_rejected(submission.rejected_count, submission.rejected)
    counts = batch.counts
    took = ""
    if batch.started_at is not None and batch.finished_at is not None:
        took = f" in {in_time((batch.finished_at - batch.started_at).total_seconds())}"
    kinds = f" ({by_kind(batch, most=10)})" if counts.error else ""
    parts = [f"{counts.completed:,} completed", counted(counts.error, "error") + kinds]
    if counts.cancelled:
        parts.append(f"{counts.cancelled:,} cancelled")
    if batch.compared:
        parts.append(changed_in_words(batch))
    tell(f"{counted(counts.total, 'domain')}: {', '.join(parts)}{took}", style="bold")
    if seems_offline(batch):
        tell(
            "not one of the names was found: is this machine online? "
            "`domain-scheduler check` looks at its DNS"
        )
    if wish.out is not None:
        tell(f"results: {wish.out}")
