"""The scanner turns whatever a site does into an outcome."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import pytest

from domain_scheduler.core.error_kinds import ErrorKind
from domain_scheduler.core.names import DomainName
from domain_scheduler.core.report import Fetched, Page
from domain_scheduler.scan.scanner import (
    ExtractionError,
    ExtractionTimeoutError,
    Headers,
    Scanner,
    extract_in_thread,
)
from domain_scheduler.scan.surroundings import Surroundings

GOOD = Fetched(final_url="https://site.com/", http_status=200, body=b"<title>Site</title>")


@dataclass
class FakeFetcher:
    """Gives the same for every name, and notes which were asked."""

    fetched: Fetched = GOOD
    hangs: bool = False
    asked: list[str] = field(default_factory=list)

    async def fetch(self, name: DomainName) -> Fetched:
        self.asked.append(name.ascii)
        if self.hangs:
            await asyncio.Event().wait()
        return self.fetched

    async def fetch_further(self, url: str, *, known: Sequence[str], seconds: float) -> Fetched:
        raise AssertionError(f"nobody asked for {url}")

    async def fetch_manifest(self, url: str, *, front_url: str, seconds: float) -> Fetched:
        raise AssertionError(f"nobody asked for {url}")


async def extract(body: bytes, headers: Headers, url: str, beside: Surroundings) -> Page:
    return Page(title=body.decode(), canonical_url=url)


async def test_a_page_is_fetched_and_read() -> None:
    outcome = await Scanner(FakeFetcher(), extract, budget=5).scan("site.com")
    assert (outcome.domain, outcome.error_kind) == ("site.com", None)
    assert outcome.page == Page(title="<title>Site</title>", canonical_url="https://site.com/")


async def test_the_body_is_not_kept() -> None:
    outcome = await Scanner(FakeFetcher(), extract, budget=5).scan("site.com")
    assert outcome.fetched.body == b""
    assert outcome.fetched.http_status == 200


async def test_what_the_fetch_knows_of_the_site_is_read_with_the_page() -> None:
    read: list[Surroundings] = []

    async def extract(body: bytes, headers: Headers, url: str, beside: Surroundings) -> Page:
        read.append(beside)
        return Page()

    details = {
        "dns": {"a": ["192.0.2.1"], "mx": ["10 mail.example.net"], "ns": []},
        "tls": {"issuer": "A CA"},
    }
    fetched = replace(GOOD, details=details, robots_txt="Allow: /")
    outcome = await Scanner(FakeFetcher(fetched), extract, budget=5).scan("site.com")
    dns = {"mx": ["mail.example.net"]}
    assert read == [Surroundings(dns=dns, certificate_issuer="A CA", robots_txt="Allow: /")]
    assert outcome.fetched.robots_txt == ""


async def test_the_name_is_asked_in_its_one_spelling() -> None:
    fetcher = FakeFetcher()
    outcome = await Scanner(fetcher, extract, budget=5).scan("HTTPS://User@BÜCHER.com:443/path?x=1")
    assert fetcher.asked == ["xn--bcher-kva.com"]
    assert outcome.domain == "xn--bcher-kva.com"


@pytest.mark.parametrize("domain", ["localhost", "", "192.168.1.1", "not a domain", "com", "\0"])
async def test_what_is_no_public_name_is_not_asked(domain: str) -> None:
    fetcher = FakeFetcher()
    outcome = await Scanner(fetcher, extract, budget=5).scan(domain)
    assert (outcome.error_kind, fetcher.asked) == (ErrorKind.INVALID_DOMAIN, [])
    assert outcome.domain == domain
    assert outcome.error_message


async def test_a_failed_fetch_keeps_its_kind_message_and_what_was_learned() -> None:
    fetched = Fetched(error_kind=ErrorKind.HTTP_5XX, error_message="HTTP 503", http_status=503, retry_after=9)
    outcome = await Scanner(FakeFetcher(fetched), extract, budget=5).scan("site.com")
    assert (outcome.error_kind, outcome.error_message) == (ErrorKind.HTTP_5XX, "HTTP 503")
    assert outcome.fetched == fetched


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (ExtractionTimeoutError("too slow"), ErrorKind.EXTRACT_TIMEOUT),
        (ExtractionError("too odd"), ErrorKind.EXTRACT_FAILED),
    ],
)
async def test_a_failed_extraction_keeps_what_was_fetched(fault: Exception, kind: ErrorKind) -> None:
    async def broken(body: bytes, headers: Headers, url: str, beside: Surroundings) -> Page:
        raise fault

    outcome = await Scanner(FakeFetcher(), broken, budget=5).scan("site.com")
    assert (outcome.error_kind, outcome.error_message, outcome.page) == (kind, str(fault), None)
    assert outcome.fetched.http_status == 200


async def test_a_scan_above_its_budget_is_a_scan_timeout() -> None:
    outcome = await Scanner(FakeFetcher(hangs=True), extract, budget=0.01).scan("site.com")
    assert outcome.error_kind is ErrorKind.SCAN_TIMEOUT
    assert outcome.duration_ms >= 10


async def test_a_cancelled_scan_is_cancelled() -> None:
    task = asyncio.create_task(Scanner(FakeFetcher(hangs=True), extract, budget=5).scan("site.com"))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_without_processes_pages_are_read_in_a_thread() -> None:
    def here(body: bytes, headers: Headers, url: str, beside: Surroundings) -> Page:
        if b"Site" not in body:
            raise ValueError("odd")
        return Page(title="Site")

    threaded = extract_in_thread(here)
    assert (await Scanner(FakeFetcher(), threaded, budget=5).scan("site.com")).page == Page(title="Site")
    odd = await Scanner(FakeFetcher(Fetched(body=b"?")), threaded, budget=5).scan("site.com")
    assert (odd.error_kind, odd.error_message) == (ErrorKind.EXTRACT_FAILED, "ValueError: odd")
