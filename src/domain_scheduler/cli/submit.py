"""`submit`: a list becomes a batch that any running service works off; with `--wait` it is watched.

Not here: doing the work in this process (scan.py), the batches afterwards (batches.py).
"""

from typing import Annotated

import typer

from domain_scheduler.batches.batch import Batch
from domain_scheduler.batches.intake.reading import read_entries
from domain_scheduler.batches.submission import add_domains, submit_batch
from domain_scheduler.batches.submitted import Submission
from domain_scheduler.cli.exit_codes import ExitCode
from domain_scheduler.cli.list_file import ListFile, open_list
from domain_scheduler.cli.options import AsJson, MaxAttempts, WithContactPages, new_app, settings_of
from domain_scheduler.cli.progress import in_numbers, is_over, watch_batch
from domain_scheduler.cli.running import run_until_stopped
from domain_scheduler.cli.stopping import Stop
from domain_scheduler.cli.submitted import in_words, tell_rejected
from domain_scheduler.cli.terminal import say, say_json, tell
from domain_scheduler.core.scan_options import ScanOptions
from domain_scheduler.core.status import BatchStatus
from domain_scheduler.db.database import Database
from domain_scheduler.db.opening import open_database
from domain_scheduler.queue.store import list_workers

app = new_app()

_File = Annotated[str, typer.Argument(metavar="FILE|-", help="The list; - = standard input.")]
_Name = Annotated[str | None, typer.Option(help="Name of the batch; otherwise that of the file.")]
_Priority = Annotated[int, typer.Option(min=-10, max=10, help="Higher goes first.")]
_Open = Annotated[bool, typer.Option("--open", help="More domains will be added: leave it unsealed.")]
_To = Annotated[int | None, typer.Option("--to", min=1, help="Add to this open batch instead.")]
_Key = Annotated[str | None, typer.Option("--key", help="The same key with the same list submits once.")]
_Wait = Annotated[bool, typer.Option("--wait", help="Watch the batch until every domain is answered.")]


@app.command()
def submit(
    context: typer.Context,
    file: _File,
    name: _Name = None,
    priority: _Priority = 0,
    max_attempts: MaxAttempts = None,
    contact_pages: WithContactPages = False,
    leave_open: _Open = False,
    to: _To = None,
    key: _Key = None,
    wait: _Wait = False,
    as_json: AsJson = False,
) -> None:
    """Submit a list of domains as a batch."""
    if to is not None and (name or priority or max_attempts or contact_pages or leave_open):
        raise typer.BadParameter(
            "the batch stays as it was made: leave the other options out", param_hint="--to"
        )

    async def work(stop: Stop) -> ExitCode:
        settings = settings_of(context)
        async with open_database(settings) as database:
            with open_list(file) as listed:
                if to is not None:
                    answer = await _add(database, listed, to, key)
                else:
                    answer = await submit_batch(
                        database,
                        read_entries(listed.file),
                        name=(name if name is not None else listed.name)[:200],
                        priority=priority,
                        max_attempts=max_attempts or settings.queue.max_attempts,
                        options=ScanOptions(contact_pages=contact_pages),
                        sealed=not leave_open,
                        idempotency_key=key,
                        request_digest=f"submit:{listed.digest}:{name}:{priority}:{max_attempts}:{leave_open}"
                        f":{contact_pages}",
                    )
            _show(answer, as_json=as_json)
            await _tell_if_nobody_works(database)
            if not wait:
                return ExitCode.DONE
            stop.in_order = True
            return _end(await watch_batch(database, answer.batch_id, stop))

    run_until_stopped(work)


async def _add(database: Database, listed: ListFile, batch_id: int, key: str | None) -> Submission:
    return await add_domains(
        database,
        batch_id,
        read_entries(listed.file),
        idempotency_key=key,
        request_digest=f"add:{listed.digest}:{batch_id}",
    )


def _show(answer: Submission, *, as_json: bool) -> None:
    if as_json:
        say_json(answer.as_json())
    else:
        say(f"batch {answer.batch_id}: {in_words(answer)}")
        tell_rejected(answer.rejected_count, answer.rejected)


def _end(batch: Batch) -> ExitCode:
    if not is_over(batch):
        tell(in_numbers(batch), style="bold")
        tell(f"batch {batch.id} goes on without being watched: domain-scheduler status {batch.id}")
        return ExitCode.STOPPED
    if batch.status is BatchStatus.CANCELLED:
        tell(f"batch {batch.id} was cancelled")
        return ExitCode.FAILED
    return ExitCode.DONE


async def _tell_if_nobody_works(database: Database) -> None:
    async with database.get_background_session() as connection:
        workers = await list_workers(connection, within=30)
    if not workers:
        tell("nobody works on this database: start `domain-scheduler serve` or `domain-scheduler work`")
