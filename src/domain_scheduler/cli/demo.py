"""`demo`: the whole service on a small made-up web of its own, on loopback, watched from list to answers.

Nothing leaves the machine and nothing of yours is touched: the sites, the data and (if 8000 is taken) the
port are the demo's own. Waits before another attempt are short, so that the end comes within a minute.
Not here: the sites (demo/), the service (http_server.py).
"""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Final

import typer

from domain_scheduler.batches.batch import Batch
from domain_scheduler.batches.domain import Domain
from domain_scheduler.batches.domains_store import list_domains
from domain_scheduler.batches.intake.entry import Entry
from domain_scheduler.batches.store import get_batch
from domain_scheduler.batches.submission import submit_batch
from domain_scheduler.cli.exit_codes import ExitCode
from domain_scheduler.cli.http_server import HttpService, http_service, is_free
from domain_scheduler.cli.logs import start_logs
from domain_scheduler.cli.options import new_app, settings_of
from domain_scheduler.cli.progress import by_kind, is_over, progress_display
from domain_scheduler.cli.running import run_until_stopped
from domain_scheduler.cli.stopping import Stop, stop_in_order
from domain_scheduler.cli.terminal import say
from domain_scheduler.core.scan_options import ScanOptions
from domain_scheduler.core.status import DomainStatus
from domain_scheduler.demo import DemoWeb, demo_web
from domain_scheduler.service import create_service
from domain_scheduler.settings import Settings

app = new_app()

_RETRY_SCALE: Final = 0.02
_LOOK_SECONDS: Final = 0.3
_ANSWERED: Final = (DomainStatus.COMPLETED, DomainStatus.ERROR)

_Exit = Annotated[bool, typer.Option("--exit", help="End when the batch has ended, for scripts.")]
_Port = Annotated[int | None, typer.Option(min=0, max=65535, help="Port; otherwise 8000, or a free one.")]


@app.command()
def demo(context: typer.Context, port: _Port = None, leave: _Exit = False) -> None:
    """Watch it work on a small made-up web; needs no internet and ends in under a minute."""

    async def work(stop: Stop) -> ExitCode:
        named = context.ensure_object(dict).get("data_dir")
        with _folder(named) as folder:
            async with demo_web() as web:
                settings = _settings(settings_of(context), folder, web, port)
                start_logs(settings, at_least="warning")
                async with http_service(create_service(settings), settings) as service:
                    stop.in_order = True
                    code = await _show(service, web, stop, leave=leave)
                    await stop_in_order(stop, service.stop, grace=0 if leave else settings.engine.grace)
        return code

    run_until_stopped(work)


@contextmanager
def _folder(named: Path | None) -> Iterator[Path]:
    """The folder that was named, or one that is gone afterwards."""
    if named is not None:
        yield named
        return
    with tempfile.TemporaryDirectory(prefix="domain-scheduler-demo-", ignore_cleanup_errors=True) as name:
        # the embedded Postgres may have to run as another user, who must be able to enter
        Path(name).chmod(0o711)
        yield Path(name)


def _settings(settings: Settings, folder: Path, web: DemoWeb, port: int | None) -> Settings:
    if port is None:
        port = settings.api.port if is_free(settings.api.host, settings.api.port) else 0
    fetch = {"connect_to": web.connect_to, "ca_file": web.ca_file, "dns_records": False}
    changed = {
        "database_url": None,
        "data_dir": folder,
        "api": settings.api.model_copy(update={"port": port}),
        "queue": settings.queue.model_copy(update={"retry_scale": _RETRY_SCALE}),
        "fetch": settings.fetch.model_copy(update=fetch),
    }
    return settings.model_copy(update=changed)


async def _show(service: HttpService, web: DemoWeb, stop: Stop, *, leave: bool) -> ExitCode:
    say("Domain Scheduler, with a small web of its own on this machine", style="bold")
    say(f"  dashboard  {service.url}/")
    say(f"  API        {service.url}/api/v3, described at {service.url}/openapi.json")
    entries = [Entry(number, name) for number, name in enumerate(web.domains, 1)]
    answer = await submit_batch(
        service.runtime.database,
        entries,
        name="The demo's web",
        max_attempts=3,
        options=ScanOptions(contact_pages=True),
    )
    service.runtime.wake()
    say(f"batch {answer.batch_id}: {answer.accepted} domains submitted")
    batch = await _watch(service, answer.batch_id, stop)
    if not is_over(batch):
        return ExitCode.STOPPED
    _sum_up(batch)
    if not leave:
        say(f"Have a look: {service.url}/   (Ctrl-C ends the demo)", style="bold")
        await stop.asked()
    return ExitCode.DONE


async def _watch(service: HttpService, batch_id: int, stop: Stop) -> Batch:
    """Tell of every answer as it comes."""
    told: set[int] = set()
    with progress_display() as shown:
        while True:
            async with service.runtime.database.get_background_session() as connection:
                batch = await get_batch(connection, batch_id=batch_id)
                page = await list_domains(connection, batch_id=batch_id, limit=1000)
            for domain in page.domains:
                if domain.result["status"] in _ANSWERED and domain.id not in told:
                    told.add(domain.id)
                    _tell(domain)
            shown.show(batch)
            if is_over(batch) or await stop.asked_within(_LOOK_SECONDS):
                return batch


def _tell(domain: Domain) -> None:
    result = domain.result
    if result["error_kind"] is None:
        say(f"  {result['domain']:<34} {result['title'] or result['site_kind'] or ''}")
    else:
        say(f"  {result['domain']:<34} {result['error_kind']}: {result['error_message']}", style="yellow")


def _sum_up(batch: Batch) -> None:
    counts = batch.counts
    say(
        f"Every one of {counts.total} domains has its answer: {counts.completed} completed, "
        f"{counts.error} errors ({by_kind(batch, most=20)}).",
        style="bold",
    )
