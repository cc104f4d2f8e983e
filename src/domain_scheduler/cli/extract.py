"""`extract`: what is read from one page, with where each value came from; no database, nothing stored.

Not here: reading the page (scan/extract), asking for it (scan/fetch).
"""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from domain_scheduler.cli.exit_codes import ExitCode
from domain_scheduler.cli.options import AsJson, new_app, settings_of
from domain_scheduler.cli.running import run
from domain_scheduler.cli.terminal import say, say_json, tell_error
from domain_scheduler.core.names import InvalidDomainError, normalize_domain
from domain_scheduler.core.report import Fetched, Page
from domain_scheduler.errors import InputError
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
def extract(context: typer.Context, what: _What, url: _Url = _ADDRESS, as_json: AsJson = False) -> None:
    """Show what is read from one page, and where each value came from."""

    async def work() -> ExitCode:
        settings = settings_of(context)
        fetched = _from_file(what, url) or await _from_site(what, settings)
        if fetched.error_kind is not None:
            tell_error(f"{fetched.error_kind}: {fetched.error_message}")
            return ExitCode.FAILED
        page = _read(fetched, settings)
        say_json(_as_json(page, fetched)) if as_json else _describe(page, fetched)
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


async def _from_site(what: str, settings: Settings) -> Fetched:
    """The page at an address, or the front page of a domain."""
    try:
        name = normalize_domain(what)
    except InvalidDomainError as exc:
        raise InputError(f"{what} is no file, and as a domain: {exc.reason}") from exc
    async with Fetcher(settings.fetch) as fetcher:
        return await (fetcher.fetch_page(what) if "://" in what else fetcher.fetch(name))


def _read(fetched: Fetched, settings: Settings) -> Page:
    technologies = load_technologies(
        fingerprints=settings.technologies.fingerprints, cache_dir=settings.data_dir / "cache"
    )
    return extract_page(
        fetched.body,
        headers=fetched.headers,
        url=fetched.final_url or _ADDRESS,
        beside=Surroundings.of(fetched.details),
        technologies=technologies,
        max_bytes=settings.extract.max_bytes,
    )


_VALUES: Final = tuple(name for name in Page.__dataclass_fields__ if name != "details")


def _as_json(page: Page, fetched: Fetched) -> dict[str, Any]:
    values = {name: getattr(page, name) for name in _VALUES}
    return {"url": fetched.final_url, "http_status": fetched.http_status, **values, "details": page.details}


def _describe(page: Page, fetched: Fetched) -> None:
    say(f"{fetched.final_url}", style="bold")
    for name in _VALUES:
        for line in _lines(getattr(page, name)):
            say(f"  {name:<14} {line}")


def _lines(value: Any) -> list[str]:
    if value is None:
        return []
    if isinstance(value, str):
        return [value]
    if isinstance(value, Mapping):
        return [f"{key}: {item}" for key, item in value.items()]
    return [str(item) for item in value]
