"""`extract`: what is read from one page, with where each value came from; no database, nothing stored.

Not here: reading the page (scan/extract), asking for it (scan/fetch).
"""

import asyncio
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from domain_scheduler.cli.exit_codes import ExitCode
from domain_scheduler.cli.options import AsJson, WithContactPages, new_app, settings_of
from domain_scheduler.cli.running import run
from domain_scheduler.cli.terminal import say, say_json, tell_error
from domain_scheduler.core.contact_rows import contact_rows
from domain_scheduler.core.names import InvalidDomainError, normalize_domain
from domain_scheduler.core.report import Fetched, Page, ScanOutcome
from domain_scheduler.errors import InputError
from domain_scheduler.scan.contact_pages import ContactPages, Read
from domain_scheduler.scan.extract import extract_page
from domain_scheduler.scan.fetch import Fetcher
from domain_scheduler.scan.surroundings import Surroundings
from domain_scheduler.scan.technologies import load_technologies
from domain_scheduler.settings import Settings

app = new_app()

_ADDRESS: Final = "https://www.example.com/"
_What = Annotated[
    str,
    typer.Argument(metavar="FILE|URL|-", help="A file, an address, a domain; - = standard input."),
]
_Url = Annotated[str, typer.Option("--url", help="Address of a page that comes from a file.")]


@app.command()
def extract(
    context: typer.Context,
    what: _What,
    url: _Url = _ADDRESS,
    contact_pages: WithContactPages = False,
    as_json: AsJson = False,
) -> None:
    """Show what is read from one page, and where each value came from."""

    async def work() -> ExitCode:
        settings = settings_of(context)
        read = _reader(settings)
        fetched = _from_file(what, url)
        outcome = (
            await read("", fetched, None)
            if fetched
            else await _from_site(what, settings, read, contact_pages)
        )
        if outcome.page is None:
            tell_error(f"{outcome.error_kind}: {outcome.error_message}")
            return ExitCode.FAILED
        report = _as_json(outcome.page, outcome.fetched)
        say_json(report) if as_json else _describe(report)
        return ExitCode.DONE

    run(work)


def _from_file(what: str, url: str) -> Fetched | None:
    """The page in a file; None if there is no such file."""
    if what == "-":
        return Fetched(body=sys.stdin.buffer.read(), final_url=url)
    path = Path(what)
    if not path.is_file():
        return None
    try:
        return Fetched(body=path.read_bytes(), final_url=url)
    except OSError as exc:
        raise InputError(f"{what} cannot be read: {exc.strerror}") from exc


async def _from_site(what: str, settings: Settings, read: Read, contact_pages: bool) -> ScanOutcome:
    """What the page at an address, or the front page of a domain, came to; with contact pages if wanted."""
    try:
        name = normalize_domain(what)
    except InvalidDomainError as exc:
        raise InputError(f"{what} is no file, and as a domain: {exc.reason}") from exc
    async with Fetcher(settings.fetch) as fetcher:
        fetched = await (fetcher.fetch_page(what) if "://" in what else fetcher.fetch(name))
        outcome = await read(name.ascii, fetched, None)
        if not contact_pages:
            return outcome
        ends = asyncio.get_running_loop().time() + settings.fetch.budget
        return await ContactPages(fetcher, read).add_to(outcome, ends=ends)


def _reader(settings: Settings) -> Read:
    technologies = load_technologies(
        fingerprints=settings.technologies.fingerprints, cache_dir=settings.data_dir / "cache"
    )

    async def read(domain: str, fetched: Fetched, front: Page | None) -> ScanOutcome:
        if fetched.error_kind is not None:
            kind, message = fetched.error_kind, fetched.error_message
            return ScanOutcome(domain=domain, error_kind=kind, error_message=message, fetched=fetched)
        page = extract_page(
            fetched.body,
            headers=fetched.headers,
            url=fetched.final_url or _ADDRESS,
            beside=Surroundings.of(fetched.details, front=front),
            technologies=technologies,
            max_bytes=settings.extract.max_bytes,
        )
        return ScanOutcome(domain=domain, fetched=fetched, page=page)

    return read


_VALUES: Final = tuple(name for name in Page.__dataclass_fields__ if name != "details")
_TOLD_AS_CONTACTS: Final = frozenset({"emails", "phones", "social"})


def _as_json(page: Page, fetched: Fetched) -> dict[str, Any]:
    values = {name: getattr(page, name) for name in _VALUES}
    return {"url": fetched.final_url, "http_status": fetched.http_status, **values, "details": page.details}


def _describe(report: Mapping[str, Any]) -> None:
    say(f"{report['url']}", style="bold")
    details = report["details"]
    for name in [name for name in _VALUES if name not in _TOLD_AS_CONTACTS]:
        for line in _lines(report[name]):
            say(f"  {name:<14} {line}")
    for row in contact_rows(details):
        page = f" on {row.page}" if row.page else ""
        say(f"  {row.what:<14} {row.value}  (from {row.source}{page})")
    for fact in details.get("contact_pages", ()):
        came_to = f"{fact['error_kind']}: {fact['error_message']}" if fact["error_kind"] else "read"
        say(f"  {'also asked':<14} {fact['url']}  ({came_to})")


def _lines(value: Any) -> list[str]:
    if value is None:
        return []
    if isinstance(value, str):
        return [value]
    if isinstance(value, Mapping):
        return [f"{key}: {item}" for key, item in value.items()]
    return [str(item) for item in value]
