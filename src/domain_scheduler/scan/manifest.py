"""Asks a site whose page declares no icon, but a web app manifest, for that manifest.

One request more, for some two sites in a thousand: on the same site, if robots.txt allows, after its crawl
delay, and within `_SECONDS` of what is left of the scan's time. Whatever happens to it, the domain keeps its
answer; what became of it is a fact in `details.manifest_request`.
Not here: reading a manifest (extract/web_app_manifest.py).
"""

import asyncio
from dataclasses import replace
from typing import Any, Final, Protocol

from domain_scheduler.core.error_kinds import ErrorKind
from domain_scheduler.core.report import Fetched, Page, ScanOutcome
from domain_scheduler.scan.contact_choice import as_on
from domain_scheduler.scan.contact_pages import ENOUGH
from domain_scheduler.scan.extract.web_app_manifest import lacks_icon, read_manifest, with_manifest
from domain_scheduler.scan.fetch.urls import parse_url

_SECONDS: Final = 5.0


class Manifests(Protocol):
    """Where manifests come from; never raises for anything a site does."""

    async def fetch_manifest(self, url: str, *, front_url: str, seconds: float) -> Fetched:
        """The manifest of the site whose front page is at `front_url`, or why there is none."""


async def add_manifest(outcome: ScanOutcome, manifests: Manifests, *, ends: float) -> ScanOutcome:
    """The outcome with what its manifest adds, if it needs one; `ends` is the scan's, on the loop's clock."""
    page, front_url = outcome.page, outcome.fetched.final_url
    written = page.details.get("manifest") if page is not None else None
    if page is None or front_url is None or not written or not lacks_icon(page) or _had_enough(page):
        return outcome
    url = as_on(parse_url(front_url), written)
    seconds = min(_SECONDS, ends - asyncio.get_running_loop().time())
    if url is None or seconds <= 0:
        return outcome
    fetched = await manifests.fetch_manifest(url, front_url=front_url, seconds=seconds)
    return replace(outcome, page=_with_answer(page, url, fetched))


def _had_enough(page: Page) -> bool:
    """Whether the site asked to be left alone when it was asked for contact pages."""
    told = page.details.get("contact_pages") or ()
    return any(fact["error_kind"] in ENOUGH for fact in told)


def _with_answer(page: Page, url: str, fetched: Fetched) -> Page:
    kind, message = fetched.error_kind, fetched.error_message
    manifest = None if kind else read_manifest(fetched.body, fetched.final_url or url)
    if manifest is not None:
        page = with_manifest(page, manifest)
    elif kind is None:
        kind, message = ErrorKind.EXTRACT_FAILED, "it is no web app manifest"
    fact: dict[str, Any] = {
        "url": url,
        "final_url": fetched.final_url,
        "http_status": fetched.http_status,
        "error_kind": kind and kind.value,
        "error_message": message,
    }
    return replace(page, details={**page.details, "manifest_request": fact})
