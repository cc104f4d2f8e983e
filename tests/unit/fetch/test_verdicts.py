"""What statuses and types mean; what Retry-After asks for."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from domain_scheduler.core.error_kinds import ErrorKind
from domain_scheduler.scan.fetch.retry_after import wait_asked_for
from domain_scheduler.scan.fetch.verdict import begins_like_html
from tests.support.behaviours import PAGE
from tests.support.hostile_server import HostileServer
from tests.unit.fetch.conftest import Fetch


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (200, None),
        (201, None),
        (206, None),
        (204, ErrorKind.EMPTY_PAGE),
        (205, ErrorKind.EMPTY_PAGE),
        (304, ErrorKind.HTTP_UNEXPECTED),
        (305, ErrorKind.HTTP_UNEXPECTED),
        (400, ErrorKind.HTTP_4XX),
        (401, ErrorKind.HTTP_4XX),
        (403, ErrorKind.HTTP_4XX),
        (404, ErrorKind.HTTP_4XX),
        (410, ErrorKind.HTTP_4XX),
        (418, ErrorKind.HTTP_4XX),
        (429, ErrorKind.HTTP_429),
        (451, ErrorKind.HTTP_4XX),
        (500, ErrorKind.HTTP_5XX),
        (502, ErrorKind.HTTP_5XX),
        (503, ErrorKind.HTTP_5XX),
        (599, ErrorKind.HTTP_5XX),
        (600, ErrorKind.HTTP_UNEXPECTED),
        (999, ErrorKind.HTTP_UNEXPECTED),
    ],
)
async def test_every_status_has_its_meaning(fetch: Fetch, status: int, kind: ErrorKind | None) -> None:
    fetched = await fetch(f"status.{status}.example.com")
    assert fetched.error_kind == kind
    assert fetched.http_status == status
    if kind in (ErrorKind.HTTP_429, ErrorKind.HTTP_5XX):
        assert fetched.retry_after == 7


@pytest.mark.parametrize(
    ("content_type", "body", "kind"),
    [
        ("text/html", PAGE, None),
        ("TEXT/HTML; charset=x", PAGE, None),
        ("application/xhtml+xml", PAGE, None),
        ("", PAGE, None),
        ("text/plain", PAGE, None),
        ("application/octet-stream", PAGE, None),
        ("text/xml", b"<?xml version='1.0'?><rss></rss>", ErrorKind.NOT_HTML),
        ("text/xml", b"<?xml version='1.0'?>\n<html xmlns='x'></html>", None),
        ("application/json", b"{}", ErrorKind.NOT_HTML),
        ("application/pdf", b"%PDF-1.7", ErrorKind.NOT_HTML),
        ("image/png", b"\x89PNG", ErrorKind.NOT_HTML),
        ("", b"just words", ErrorKind.NOT_HTML),
        ("text/html", b"just words", None),
        ("text/html", b"", ErrorKind.EMPTY_PAGE),
    ],
)
async def test_a_page_is_html_by_its_type_or_by_its_text(
    fetch: Fetch, server: HostileServer, content_type: str, body: bytes, kind: ErrorKind | None
) -> None:
    server.answer("site.example.com", "/", 200, body, content_type=content_type)
    assert (await fetch("site.example.com")).error_kind == kind


@pytest.mark.parametrize(
    ("content", "html"),
    [
        (b"<!DOCTYPE html>", True),
        (b"\xef\xbb\xbf \n<HTML lang=en>", True),
        ("<html><p>".encode("utf-16"), True),
        (b"<!-- saved --><head>", True),
        (b"<title>x</title>", True),
        (b"<htmlx>", False),
        (b"{}", False),
        (b"", False),
        (b"<!--" + b"-" * 3_000_000, False),
        (b"<!---->" * 290 + b"words", False),
        (b"<!---->" * 280 + b"<p>", True),
        (b"<?xml " * 340, False),
        (b"<a href='/'>Enter</a>", True),
        (b"<article>", False),
    ],
)
def test_html_is_told_by_its_first_tag(content: bytes, html: bool) -> None:
    assert begins_like_html(content) is html


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("0", 0.0),
        ("120", 120.0),
        ("99999999999999999999", 600.0),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("Mon, 99 Foo 2020", None),
        ("Mon, 01 Jan 99999999999 00:00:00 GMT", None),
        ("Wed, 21 Oct 2015 07:28:00 GMT", 0.0),
        ("Wed, 21 Oct 2015 07:28:00", 0.0),
        ("Sunday, 06-Nov-94 08:49:37 GMT", 0.0),
        ("Sun Nov  6 08:49:37 1994", 0.0),
        (" 120\t", 120.0),
        ("120.5", None),
        ("120, 60", None),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 600.0),
        ("Wed, 21 Oct 2015 07:28:00 -9999", None),
    ],
)
def test_retry_after_is_read_in_seconds_and_bounded(header: str, seconds: float | None) -> None:
    assert wait_asked_for(header) == seconds


def test_retry_after_may_be_a_date() -> None:
    at = format_datetime(datetime.now(UTC) + timedelta(seconds=90), usegmt=True)
    wait = wait_asked_for(at)
    assert wait is not None
    assert 80 < wait <= 90
