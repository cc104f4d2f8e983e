"""Contact pages over real sockets: at most two, politely, and nothing they do costs the domain its answer."""

import asyncio
import time
from typing import Any

import pytest

from domain_scheduler.core.names import normalize_domain
from domain_scheduler.core.report import Page, ScanOutcome
from domain_scheduler.core.scan_options import ScanOptions
from domain_scheduler.scan.extract.worker import extract_in_worker
from domain_scheduler.scan.fetch import Fetcher
from domain_scheduler.scan.scanner import Headers, Scanner, extract_in_thread
from domain_scheduler.scan.surroundings import Surroundings
from tests.support.behaviours import BEHAVIOURS
from tests.support.dns_stub import dns_stub
from tests.support.hostile_server import HostileServer
from tests.unit.fetch.conftest import quick_settings

HOST = "mill.example.com"
SITE = f"https://{HOST}"
FRONT = b"""<!doctype html><html lang=en><title>The mill</title><p>mill@gmail.com</p>
<a href="/about">About us</a> <a href="/legal">Legal notice</a> <a href="/contact">Contact</a>"""
CONTACT = b"<title>Contact</title><p>info@mill.example.com, +49 30 123456</p>"
LEGAL = b"<title>Legal notice</title><p>office@mill.example.com, Fax: +49 30 123457</p>"


@pytest.fixture(autouse=True)
def mill(server: HostileServer) -> None:
    """A site with a front page, a contact page and a legal notice."""
    server.answer(HOST, "/", 200, FRONT)
    server.answer(HOST, "/contact", 200, CONTACT)
    server.answer(HOST, "/legal", 200, LEGAL)


def read_here(body: bytes, headers: Headers, url: str, beside: Surroundings) -> Page:
    if b"breaks the reader" in body:
        raise ValueError("odd page")
    return extract_in_worker(body, headers, url, beside)


async def scan(
    server: HostileServer, *, contact_pages: bool = True, budget: float = 10, **settings: Any
) -> ScanOutcome:
    async with Fetcher(quick_settings(server, **settings)) as fetcher:
        scanner = Scanner(fetcher, extract_in_thread(read_here), budget=budget)
        outcome = await scanner.scan(HOST, ScanOptions(contact_pages=contact_pages))
    assert outcome.error_kind is None, outcome.error_message
    return outcome


def facts(outcome: ScanOutcome) -> list[tuple[str, str | None]]:
    """Path and error kind of each contact page."""
    assert outcome.page is not None
    told = outcome.page.details["contact_pages"]
    return [(fact["url"].removeprefix(SITE), fact["error_kind"]) for fact in told]


def emails(outcome: ScanOutcome) -> tuple[str, ...]:
    assert outcome.page is not None
    return outcome.page.emails


async def test_contacts_of_two_more_pages_are_added_each_with_its_page(server: HostileServer) -> None:
    outcome = await scan(server)
    assert server.targets(HOST) == ["/robots.txt", "/", "/contact", "/legal"]
    assert emails(outcome) == ("info@mill.example.com", "office@mill.example.com", "mill@gmail.com")
    assert outcome.page is not None and outcome.page.title == "The mill"
    contacts = outcome.page.details["contacts"]
    assert [email["page"] for email in contacts["emails"]] == [f"{SITE}/contact", f"{SITE}/legal", f"{SITE}/"]
    assert contacts["faxes"] == [{"value": "+4930123457", "source": "text", "page": f"{SITE}/legal"}]
    assert outcome.page.details["contact_pages"][0] == {
        "url": f"{SITE}/contact",
        "kind": "contact",
        "final_url": f"{SITE}/contact",
        "http_status": 200,
        "error_kind": None,
        "error_message": None,
    }


@pytest.mark.parametrize(
    ("front", "written", "number"),
    [
        ("<html lang=de-DE><p>Hallo", "030 123456", "+4930123456"),
        ("<p>+49 89 1234567</p>", "030 123456", "+4930123456"),
        ("<html lang=de-AT><p>Servus", "01 5138892", "+4315138892"),
    ],
)
async def test_a_number_without_country_is_read_as_the_front_page_suggests(
    server: HostileServer, front: str, written: str, number: str
) -> None:
    server.answer(HOST, "/", 200, f"{front}<a href='/contact'>Contact</a>".encode())
    server.answer(HOST, "/contact", 200, f"<p>Tel. {written}".encode())
    outcome = await scan(server)
    assert outcome.page is not None and number in outcome.page.phones


async def test_nobody_asks_for_them_unless_the_batch_does(server: HostileServer) -> None:
    outcome = await scan(server, contact_pages=False)
    assert server.targets(HOST) == ["/robots.txt", "/"]
    assert emails(outcome) == ("mill@gmail.com",)
    assert outcome.page is not None and "contact_pages" not in outcome.page.details


async def test_a_front_page_with_a_hundred_contact_links_costs_two_requests(server: HostileServer) -> None:
    links = "".join(f'<a href="/contact-{n}">Contact</a><a href="/about-{n}">About</a>' for n in range(100))
    server.answer(HOST, "/", 200, links.encode())
    await scan(server)
    assert server.targets(HOST) == ["/robots.txt", "/", "/contact-0", "/about-0"]


async def test_a_front_page_without_such_links_costs_nothing(server: HostileServer) -> None:
    server.answer(HOST, "/", 200, b"<title>Mill</title><a href='#contact'>Contact</a>")
    assert facts(await scan(server)) == []
    assert server.targets(HOST) == ["/robots.txt", "/"]


async def test_a_page_that_robots_deny_is_not_asked_for(server: HostileServer) -> None:
    server.answer(HOST, "/robots.txt", 200, b"User-agent: *\nDisallow: /contact")
    outcome = await scan(server)
    assert facts(outcome) == [("/contact", "robots_denied"), ("/legal", None)]
    assert server.targets(HOST) == ["/robots.txt", "/", "/legal"]
    assert emails(outcome) == ("office@mill.example.com", "mill@gmail.com")


async def test_the_crawl_delay_is_kept_before_each(server: HostileServer) -> None:
    server.answer(HOST, "/robots.txt", 200, b"User-agent: *\nCrawl-delay: 0.4")
    await scan(server)
    moments = {seen.target: seen.opened for seen in server.log}
    assert moments["/contact"] - moments["/"] >= 0.4
    assert moments["/legal"] - moments["/contact"] >= 0.4


async def test_a_certificate_that_is_not_valid_does_not_double_the_crawl_delay(
    server: HostileServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    site, sleep, waits = "untrusted.example.com", asyncio.sleep, list[float]()

    async def noted(delay: float) -> None:
        waits.append(delay)
        await sleep(0 if delay == 7.5 else delay)

    monkeypatch.setattr(asyncio, "sleep", noted)
    server.answer(site, "/robots.txt", 200, b"User-agent: *\nCrawl-delay: 7.5")
    async with Fetcher(quick_settings(server)) as fetcher:
        front = await fetcher.fetch(normalize_domain(site))
        page = await fetcher.fetch_further(f"https://{site}/contact", known=[f"https://{site}/"], seconds=9)
    assert (front.error_kind, page.error_kind) == (None, None)
    assert waits.count(7.5) == 1


async def test_a_crawl_delay_is_not_waited_for_when_the_time_would_be_over(server: HostileServer) -> None:
    server.answer(HOST, "/robots.txt", 200, b"User-agent: *\nCrawl-delay: 30")
    started = time.monotonic()
    outcome = await scan(server)
    assert time.monotonic() - started < 5
    assert facts(outcome) == [("/contact", "scan_timeout"), ("/legal", "scan_timeout")]
    assert outcome.page is not None
    assert "30 s" in outcome.page.details["contact_pages"][0]["error_message"]
    assert server.targets(HOST) == ["/robots.txt", "/"]
    assert emails(outcome) == ("mill@gmail.com",)


@pytest.mark.parametrize(
    ("behaviour", "kind"),
    [
        ("drip", "too_slow"),
        ("silent", "read_timeout"),
        ("gzipbomb", None),
        ("nestedbomb", "decoding_failed"),
        ("endless", None),
        ("resets", "connection_reset"),
        ("nothttp", "http_invalid"),
        ("bigpicture", "not_html"),
        ("empty", "empty_page"),
        ("nolocation", "http_unexpected"),
        ("endlessheaders", "headers_too_large"),
    ],
)
async def test_a_hostile_contact_page_is_a_fact_and_the_other_is_still_read(
    server: HostileServer, behaviour: str, kind: str | None
) -> None:
    server.special[HOST, "/contact"] = BEHAVIOURS[behaviour]
    outcome = await scan(server)
    assert facts(outcome) == [("/contact", kind), ("/legal", None)]
    assert emails(outcome) == ("office@mill.example.com", "mill@gmail.com")


@pytest.mark.parametrize(
    ("status", "location", "kind"),
    [
        (404, "", "http_4xx"),
        (503, "", "http_5xx"),
        (302, "https://other.example.net/contact", "redirect_invalid"),
        (302, "http://10.0.0.1/", "redirect_invalid"),
        (302, "http://localhost:6379/", "redirect_invalid"),
        (302, "javascript:alert(1)", "redirect_invalid"),
        (302, "/", "redirect_loop"),
        (302, "/contact", "redirect_loop"),
    ],
)
async def test_an_answer_that_is_no_page_of_the_site_is_a_fact(
    server: HostileServer, status: int, location: str, kind: str
) -> None:
    server.answer(HOST, "/contact", status, b"<p>nothing here</p>", location=location)
    outcome = await scan(server)
    assert facts(outcome) == [("/contact", kind), ("/legal", None)]
    assert {seen.host for seen in server.log} == {HOST}
    assert server.targets(HOST) == ["/robots.txt", "/", "/contact", "/legal"]


async def test_redirects_within_the_site_are_followed_a_few_times(server: HostileServer) -> None:
    server.answer(HOST, "/contact", 301, location="/contact/")
    server.answer(HOST, "/contact/", 200, CONTACT)
    for step in range(9):
        server.answer(HOST, "/legal" + step * "x", 302, location="/legal" + (step + 1) * "x")
    outcome = await scan(server)
    assert facts(outcome) == [("/contact", None), ("/legal", "too_many_redirects")]
    assert outcome.page is not None
    assert outcome.page.details["contacts"]["phones"][0]["page"] == f"{SITE}/contact/"
    assert len(server.targets(HOST)) == 8


async def test_a_page_on_a_host_with_a_private_address_is_not_reached(server: HostileServer) -> None:
    server.answer(HOST, "/", 200, b'<a href="http://intern.mill.example.com/contact">Contact</a>')
    async with dns_stub({"intern.mill.example.com": ["A 10.0.0.1"]}) as dns:
        only_the_mill = (f"{HOST}:443:127.0.0.1:{server.https}",)
        outcome = await scan(server, connect_to=only_the_mill, resolvers=(dns.address,))
    assert facts(outcome) == [("http://intern.mill.example.com/contact", "blocked_address")]


async def test_a_crowded_address_costs_no_contact_page(server: HostileServer) -> None:
    async with dns_stub({HOST: ["A 127.0.0.1"]}) as dns:
        outcome = await scan(
            server,
            connect_to=server.port_only,
            allow_networks="127.0.0.0/8",
            resolvers=dns.address,
            robots=False,
            address_rate=4,
            burst=1,
            patience=0.01,  # of a front page, whose turn would have to come at once
        )
    assert facts(outcome) == [("/contact", None), ("/legal", None)]


async def test_a_site_that_says_enough_is_left_alone(server: HostileServer) -> None:
    server.answer(HOST, "/contact", 429, retry_after="60")
    outcome = await scan(server)
    assert facts(outcome) == [("/contact", "http_429"), ("/legal", "http_429")]
    assert server.targets(HOST) == ["/robots.txt", "/", "/contact"]


async def test_a_contact_page_that_cannot_be_read_is_a_fact(server: HostileServer) -> None:
    server.answer(HOST, "/contact", 200, b"<p>breaks the reader</p>")
    outcome = await scan(server)
    assert facts(outcome) == [("/contact", "extract_failed"), ("/legal", None)]


async def test_the_front_page_is_kept_when_the_time_ends_in_a_contact_page(server: HostileServer) -> None:
    server.special[HOST, "/contact"] = BEHAVIOURS["silent"]
    started = time.monotonic()
    outcome = await scan(server, budget=2, first_byte_timeout=60)
    assert time.monotonic() - started < 4
    assert facts(outcome)[0] == ("/contact", "scan_timeout")
    assert emails(outcome)[-1] == "mill@gmail.com"
