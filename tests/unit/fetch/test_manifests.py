"""The web app manifest over real sockets: asked for where it is needed, never at the answer's cost."""

from typing import Any

import pytest

from domain_scheduler.core.error_kinds import ErrorKind
from domain_scheduler.core.report import Page
from domain_scheduler.core.scan_options import ScanOptions
from domain_scheduler.scan.extract.worker import extract_in_worker
from domain_scheduler.scan.fetch import Fetcher
from domain_scheduler.scan.scanner import Scanner, extract_in_thread
from tests.support.hostile_server import HostileServer
from tests.unit.fetch.conftest import quick_settings

HOST = "mill.example.com"
SITE = f"https://{HOST}"
FRONT = b"<!doctype html><title>The mill</title><link rel=manifest href=/app/m.json>"
MANIFEST = b'{"name": "Mill", "icons": [{"src": "i.png", "sizes": "192x192"}]}'


@pytest.fixture(autouse=True)
def mill(server: HostileServer) -> None:
    """A site whose icon stands in its manifest."""
    server.answer(HOST, "/", 200, FRONT)
    server.answer(HOST, "/app/m.json", 200, MANIFEST, content_type="application/manifest+json")


async def scan(server: HostileServer, *, contact_pages: bool = False, **settings: Any) -> Page:
    async with Fetcher(quick_settings(server, **settings)) as fetcher:
        scanner = Scanner(fetcher, extract_in_thread(extract_in_worker), budget=10)
        outcome = await scanner.scan(HOST, ScanOptions(contact_pages=contact_pages))
    assert outcome.page is not None, outcome.error_message
    return outcome.page


async def test_a_page_without_an_icon_has_that_of_the_manifest(server: HostileServer) -> None:
    page = await scan(server)
    assert server.targets(HOST) == ["/robots.txt", "/", "/app/m.json"]
    assert page.icon_url == f"{SITE}/app/i.png"
    assert (page.details["sources"]["icon_url"], page.details["site_name"]) == ("manifest", "Mill")
    assert page.details["manifest_request"] == {
        "url": f"{SITE}/app/m.json",
        "final_url": f"{SITE}/app/m.json",
        "http_status": 200,
        "error_kind": None,
        "error_message": None,
    }


@pytest.mark.parametrize(
    "front",
    [
        FRONT + b"<link rel=icon href=/i.ico>",
        FRONT + b"<link rel=apple-touch-icon href=/t.png>",
        b"<title>The mill</title>",
        b"<link rel=manifest href='data:,{}'>",
        b"<link rel=manifest href=https://elsewhere.example.org/m.json>",
    ],
)
async def test_nothing_is_asked_where_there_is_an_icon_or_no_manifest_of_the_site(
    server: HostileServer, front: bytes
) -> None:
    server.answer(HOST, "/", 200, front)
    page = await scan(server)
    assert server.targets(HOST) == ["/robots.txt", "/"]
    assert "manifest_request" not in page.details


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ({"status": 404}, ErrorKind.HTTP_4XX),
        ({"status": 503}, ErrorKind.HTTP_5XX),
        ({"status": 200, "body": b"<!doctype html>Not found"}, ErrorKind.EXTRACT_FAILED),
        ({"status": 200, "body": b'{"name": "' + b"x" * 200_000 + b'"}'}, ErrorKind.EXTRACT_FAILED),
        ({"status": 302, "location": "https://elsewhere.example.org/m.json"}, ErrorKind.REDIRECT_INVALID),
        ({"status": 302, "location": "/"}, ErrorKind.REDIRECT_LOOP),
    ],
)
async def test_a_manifest_that_fails_leaves_the_guess_and_says_why(
    server: HostileServer, answer: dict[str, Any], kind: ErrorKind
) -> None:
    status, body, location = answer["status"], answer.get("body", b""), answer.get("location")
    server.answer(HOST, "/app/m.json", status, body, **({"location": location} if location else {}))
    page = await scan(server)
    assert page.icon_url == f"{SITE}/favicon.ico"
    assert page.details["manifest_request"]["error_kind"] == kind
    assert page.details["manifest_request"]["error_message"]


async def test_robots_and_its_crawl_delay_hold_for_the_manifest_too(server: HostileServer) -> None:
    server.answer(HOST, "/robots.txt", 200, b"User-agent: *\nDisallow: /app/")
    page = await scan(server)
    assert page.details["manifest_request"]["error_kind"] == ErrorKind.ROBOTS_DENIED
    server.answer(HOST, "/robots.txt", 200, b"User-agent: *\nCrawl-delay: 20")
    page = await scan(server)
    assert page.details["manifest_request"]["error_kind"] == ErrorKind.SCAN_TIMEOUT
    assert "/app/m.json" not in server.targets(HOST)


async def test_contact_pages_come_first_and_a_site_that_has_enough_is_left_alone(
    server: HostileServer,
) -> None:
    server.answer(HOST, "/", 200, FRONT + b"<a href=/contact>Contact</a>")
    server.answer(HOST, "/contact", 200, b"<p>info@mill.example.com")
    page = await scan(server, contact_pages=True)
    assert server.targets(HOST) == ["/robots.txt", "/", "/contact", "/app/m.json"]
    assert (page.emails, page.icon_url) == (("info@mill.example.com",), f"{SITE}/app/i.png")
    server.answer(HOST, "/contact", 429)
    page = await scan(server, contact_pages=True)
    assert server.targets(HOST)[4:] == ["/robots.txt", "/", "/contact"]
    assert page.icon_url == f"{SITE}/favicon.ico"
