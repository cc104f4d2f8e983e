"""`extract`: what is read from one page, with where each value came from; no database, nothing stored.

Not here: reading the page (scan/extract), asking for it (scan/fetch).
"""

import asyncio
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Final

import typer

from domain_scheduler.cli.exit_codes import ExitCode
from domain_scheduler.cli.options import AsJson, WithContactPages, new_app, settings_of
from domain_scheduler.cli.page_file import read_page_file
from domain_scheduler.cli.running import run
from domain_scheduler.cli.terminal import say, say_json, tell_error
from domain_scheduler.core.contact_rows import contact_rows
from domain_scheduler.core.names import DomainName, InvalidDomainError, normalize_domain
from domain_scheduler.core.owner_rows import owner_rows
from domain_scheduler.core.report import Fetched, Page, ScanOutcome
from domain_scheduler.errors import InputError
from domain_scheduler.scan.contact_pages import ContactPages, Read
from domain_scheduler.scan.extract import extract_page
from domain_scheduler.scan.fetch import Fetcher
from domain_scheduler.scan.manifest import add_manifest
from domain_scheduler.scan.surroundings import Surroundings
from domain_scheduler.scan.technologies import load_technologies
from domain_scheduler.settings import Settings

app = new_app()

_ADDRESS: Final = "https://www.example.com/"
_What = Annotated[
    str,
    typer.Argument(metavar="FILE|URL|-", help="A file (or gzip of one), an address, a domain; - = stdin."),
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
        body = read_page_file(what, max_bytes=settings.fetch.max_body_bytes)
        outcome = (
            await _from_site(what, settings, read, contact_pages)
            if body is None
            else await read("", Fetched(body=body, final_url=url), None)
        )
        if outcome.page is None:
            tell_error(f"{outcome.error_kind}: {outcome.error_message}")
            return ExitCode.FAILED
        report = _as_json(outcome.page, outcome.fetched)
        say_json(report) if as_json else _describe(report)
        return ExitCode.DONE

    run(work)


async def _from_site(what: str, settings: Settings, read: Read, contact_pages: bool) -> ScanOutcome:
    """What the page at an address, or the front page of a domain, came to; with contact pages if wanted."""
    name = _name(what)
    async with Fetcher(settings.fetch) as fetcher:
        fetched = await (fetcher.fetch_page(what) if "://" in what else fetcher.fetch(name))
        outcome = await read(name.ascii, fetched, None)
        ends = asyncio.get_running_loop().time() + settings.fetch.budget
        if contact_pages:
            outcome = await ContactPages(fetcher, read).add_to(outcome, ends=ends)
        return await add_manifest(outcome, fetcher, ends=ends)


def _name(what: str) -> DomainName:
    scheme, mark, _ = what.partition("://")
    if mark and scheme.lower() not in ("http", "https"):
        raise InputError(f"{what}: only http and https are asked; a file is named by its path alone")
    try:
        return normalize_domain(what)
    except InvalidDomainError as exc:
        begins = f"{what} cannot be asked" if mark else f"there is no file {what!r}, and it is no domain"
        raise InputError(f"{begins}: {exc.reason}") from exc


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
            beside=Surroundings.of(fetched, front=front),
            technologies=technologies,
            max_bytes=settings.extract.max_bytes,
        )
        return ScanOutcome(domain=domain, fetched=fetched, page=page)

    return read


_VALUES: Final = tuple(name for name in Page.__dataclass_fields__ if name != "details")
_TOLD_BELOW: Final = frozenset({"emails", "phones", "social", "technologies"})
_MAX_EVIDENCE: Final = 3


def _as_json(page: Page, fetched: Fetched) -> dict[str, Any]:
    values = {name: getattr(page, name) for name in _VALUES}
    return {"url": fetched.final_url, "http_status": fetched.http_status, **values, "details": page.details}


def _describe(report: Mapping[str, Any]) -> None:
    say(f"{report['url']}", style="bold")
    for what, value, note in _rows(report):
        say(f"  {what:<15} {value}  ({note})" if note else f"  {what:<15} {value}")


def _rows(report: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """What it is, its value, and where it came from or what happened; the note may be empty."""
    details = report["details"]
    for name in _VALUES:
        if report[name] is not None and name not in _TOLD_BELOW:
            yield name, report[name], _from(details["sources"].get(name))
    for found in details["technologies"]:
        named = f"{found['name']} {found['version'] or ''}".rstrip()
        yield "technology", named, _from(", ".join(found["evidence"][:_MAX_EVIDENCE]))
    for fact in owner_rows(details):
        yield fact.what, fact.value, _from(fact.source)
    for row in contact_rows(details):
        yield row.what, row.value, _from(f"{row.source} on {row.page}" if row.page else row.source)
    for page in details.get("contact_pages", ()):
        failed = page["error_kind"]
        yield "also asked", page["url"], f"{failed}: {page['error_message']}" if failed else "read"


def _from(source: str | None) -> str:
    if not source:
        return ""
    return source if source.startswith("implied") else f"from {source}"
