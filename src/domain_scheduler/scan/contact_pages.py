"""Asks a site that was just scanned for its contact pages and adds what they say to the answer.

At most two, one after the other, on the same site, if robots.txt allows and after its crawl delay, within
what is left of the scan's time. Whatever happens to them, the domain keeps the answer that its front page
gave: each page and what became of it is a fact in `details.contact_pages`.
Not here: which pages (contact_choice.py), how contacts are put together (contact_merge.py).
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import Any, Final, Protocol

from domain_scheduler.core.error_kinds import ErrorKind
from domain_scheduler.core.report import Fetched, Page, ScanOutcome
from domain_scheduler.scan.contact_choice import choose_contact_pages
from domain_scheduler.scan.contact_merge import Pages, merge_contacts
from domain_scheduler.scan.extract.contacts.contact_links import ContactLink

_ASKING: Final = 0.8
"""Of the time that is left, what fetching may take; the rest is for reading what came."""
ENOUGH: Final = frozenset({ErrorKind.HTTP_429, ErrorKind.BLOCKED_BY_PROTECTION})
"""What a site answers that wants to be left alone: nothing more is asked."""

Read = Callable[[str, Fetched, Page | None], Awaitable[ScanOutcome]]
"""Makes the outcome of what was fetched for a domain, beside the front page that it has already; a page that
cannot be read is an error in it."""


class FurtherPages(Protocol):
    """Where further pages come from; never raises for anything a site does."""

    async def fetch_further(self, url: str, *, known: Sequence[str], seconds: float) -> Fetched:
        """A page of the site whose `known` pages were fetched, or why there is none."""


class ContactPages:
    """Adds contact pages to the outcomes of scans."""

    def __init__(self, fetcher: FurtherPages, read: Read) -> None:
        self._fetcher = fetcher
        self._read = read

    async def add_to(self, outcome: ScanOutcome, *, ends: float) -> ScanOutcome:
        """The outcome with the contacts of further pages; `ends` is the scan's, on the loop's clock."""
        front, front_url = outcome.page, outcome.fetched.final_url
        if front is None or front_url is None:
            return outcome
        pages: list[tuple[str, Page]] = [(front_url, front)]
        facts: list[dict[str, Any]] = []
        last: ScanOutcome = outcome
        for link in choose_contact_pages(front, front_url):
            last = await self._visit(link, last, pages, ends)
            facts.append(_fact(link, last))
            if last.page is not None:
                pages.append((last.fetched.final_url or link.url, last.page))
        page = merge_contacts(pages)
        return replace(outcome, page=replace(page, details={**page.details, "contact_pages": facts}))

    async def _visit(self, link: ContactLink, last: ScanOutcome, pages: Pages, ends: float) -> ScanOutcome:
        """The outcome for one page; `last` is that of the page before, `pages` are those that are there."""
        domain = last.domain
        if last.error_kind in ENOUGH:
            return _no_page(domain, last.error_kind, f"not asked, after {last.error_message}")
        seconds = (ends - asyncio.get_running_loop().time()) * _ASKING
        if seconds <= 0:
            return _no_page(domain, ErrorKind.SCAN_TIMEOUT, "not asked: the time for the domain is over")
        try:
            async with asyncio.timeout_at(ends):
                known = [url for url, _ in pages]
                fetched = await self._fetcher.fetch_further(link.url, known=known, seconds=seconds)
                return await self._read(domain, fetched, pages[0][1])
        except TimeoutError:
            return _no_page(domain, ErrorKind.SCAN_TIMEOUT, "the time for the domain was over")


def _no_page(domain: str, kind: ErrorKind, message: str) -> ScanOutcome:
    return ScanOutcome(domain=domain, error_kind=kind, error_message=message)


def _fact(link: ContactLink, outcome: ScanOutcome) -> dict[str, Any]:
    return {
        "url": link.url,
        "kind": link.kind,
        "final_url": outcome.fetched.final_url,
        "http_status": outcome.fetched.http_status,
        "error_kind": outcome.error_kind and outcome.error_kind.value,
        "error_message": outcome.error_message,
    }
