"""The scan of one domain: name, fetch, extract, outcome; knows nothing of the database.

Whatever a site does is an outcome with its error kind, never an exception. Further pages, where they are
wanted, are asked for within the same budget and never cost the answer. Alone, as a library:

    settings = Settings()
    async with Fetcher(settings.fetch) as fetcher:
        scanner = Scanner(fetcher, extract_in_thread(extract_in_worker), budget=60)
        outcome = await scanner.scan("https://example.com/", ScanOptions(contact_pages=True))
        print(outcome.page.title if outcome.page else outcome.error_message)

Not here: how a page is fetched (fetch/), how it is read (extract/), in which process (engine/), further pages
(contact_pages.py), the web app manifest (manifest.py).
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import Protocol

from domain_scheduler.core.error_kinds import ErrorKind
from domain_scheduler.core.names import DomainName, InvalidDomainError, normalize_domain
from domain_scheduler.core.report import Fetched, Page, ScanOutcome
from domain_scheduler.core.scan_options import FRONT_PAGE_ONLY, ScanOptions
from domain_scheduler.scan.contact_pages import ContactPages, FurtherPages
from domain_scheduler.scan.manifest import Manifests, add_manifest
from domain_scheduler.scan.surroundings import Surroundings

Headers = Sequence[tuple[str, str]]
ExtractHere = Callable[[bytes, Headers, str, Surroundings], Page]
Extract = Callable[[bytes, Headers, str, Surroundings], Awaitable[Page]]
"""Reads one page (body, headers, URL, what is known beside it); raises ExtractionTimeoutError past its time,
or ExtractionError."""


class PageFetcher(FurtherPages, Manifests, Protocol):
    """Where pages come from; never raises for anything a site does."""

    async def fetch(self, name: DomainName) -> Fetched:
        """What the ladder of requests for `name` gave."""


class ExtractionError(Exception):
    """A page could not be read; the message says why."""


class ExtractionTimeoutError(ExtractionError):
    """A page took longer to read than it may."""


class Scanner:
    """Scans domains, as many at once as are asked for."""

    def __init__(self, fetcher: PageFetcher, extract: Extract, *, budget: float) -> None:
        """`budget` bounds one whole scan (seconds); above it the outcome is `scan_timeout`."""
        self._fetcher = fetcher
        self._extract = extract
        self._budget = budget
        self._contact_pages = ContactPages(fetcher, self._read)

    async def scan(self, domain_text: str, options: ScanOptions = FRONT_PAGE_ONLY) -> ScanOutcome:
        """The outcome for one domain, in whatever spelling it comes. Never raises for what a site does."""
        started = time.monotonic()
        outcome = await self._scan(domain_text, options)
        return replace(outcome, duration_ms=round((time.monotonic() - started) * 1000))

    async def _scan(self, domain_text: str, options: ScanOptions) -> ScanOutcome:
        try:
            name = normalize_domain(domain_text)
        except InvalidDomainError as exc:
            return _failure(domain_text, ErrorKind.INVALID_DOMAIN, exc.reason)
        ends = asyncio.get_running_loop().time() + self._budget
        try:
            async with asyncio.timeout_at(ends):
                outcome = await self._read(name.ascii, await self._fetcher.fetch(name))
        except TimeoutError:
            return _failure(name.ascii, ErrorKind.SCAN_TIMEOUT, f"the scan took more than {self._budget:g} s")
        if options.contact_pages:
            outcome = await self._contact_pages.add_to(outcome, ends=ends)
        return await add_manifest(outcome, self._fetcher, ends=ends)

    async def _read(self, domain: str, fetched: Fetched, front: Page | None = None) -> ScanOutcome:
        """The outcome of what was fetched; `front` is the front page where it is a further one."""
        if fetched.error_kind is not None:
            return _failure(domain, fetched.error_kind, fetched.error_message, fetched)
        without_body = replace(fetched, body=b"", robots_txt="")
        try:
            beside = Surroundings.of(fetched, front=front)
            page = await self._extract(fetched.body, fetched.headers, fetched.final_url or "", beside)
        except ExtractionTimeoutError as exc:
            return _failure(domain, ErrorKind.EXTRACT_TIMEOUT, str(exc), without_body)
        except ExtractionError as exc:
            return _failure(domain, ErrorKind.EXTRACT_FAILED, str(exc), without_body)
        return ScanOutcome(domain=domain, fetched=without_body, page=page)


def extract_in_thread(extract: ExtractHere) -> Extract:
    """`extract` run in a thread, for use without extractor processes: nothing can stop a page that hangs."""

    async def run(body: bytes, headers: Headers, url: str, beside: Surroundings) -> Page:
        future = asyncio.get_running_loop().run_in_executor(None, extract, body, headers, url, beside)
        await asyncio.wait({future})
        if (error := future.exception()) is not None:
            raise ExtractionError(f"{type(error).__name__}: {error}") from error
        return future.result()

    return run


def _failure(
    domain: str, kind: ErrorKind, message: str | None, fetched: Fetched | None = None
) -> ScanOutcome:
    return ScanOutcome(domain=domain, error_kind=kind, error_message=message, fetched=fetched or Fetched())
