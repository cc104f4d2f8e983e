"""The ladder of a site's doors, and its redirects."""

import pytest

from domain_scheduler.core.error_kinds import ErrorKind
from domain_scheduler.core.names import normalize_domain
from domain_scheduler.scan.fetch import Fetcher
from domain_scheduler.scan.fetch.failures import FetchError
from domain_scheduler.scan.fetch.ladder import most_telling, next_rung, rungs
from tests.support.behaviours import PAGE
from tests.support.hostile_server import HostileServer
from tests.unit.fetch.conftest import Fetch, quick_settings

CLOSED = "127.0.0.1:1"


def labels(name: str) -> list[tuple[str, str]]:
    return [(rung.label, rung.url.text) for rung in rungs(normalize_domain(name))]


def test_the_doors_of_a_registered_name() -> None:
    assert labels("example.com") == [
        ("https", "https://example.com/"),
        ("https_www", "https://www.example.com/"),
        ("http", "http://example.com/"),
        ("http_www", "http://www.example.com/"),
    ]


def test_a_www_name_has_the_registered_name_as_its_other_door() -> None:
    assert [label for label, _ in labels("www.example.com")] == ["https", "https_apex", "http", "http_apex"]


def test_a_host_below_a_registered_name_has_no_sibling() -> None:
    assert [label for label, _ in labels("blog.example.com")] == ["https", "http"]


@pytest.mark.parametrize(
    ("kind", "before_http", "then"),
    [
        (ErrorKind.DNS_NOT_FOUND, True, None),
        (ErrorKind.DNS_NO_ADDRESS, True, "https_www"),
        (ErrorKind.DNS_TIMEOUT, True, None),
        (ErrorKind.DNS_SERVFAIL, True, None),
        (ErrorKind.BLOCKED_ADDRESS, True, "https_www"),
        (ErrorKind.CONNECT_REFUSED, True, "https_www"),
        (ErrorKind.CONNECT_TIMEOUT, True, "https_www"),
        (ErrorKind.TLS_HANDSHAKE_FAILED, True, "https_www"),
        (ErrorKind.TLS_TOO_OLD, True, "https_www"),
        (ErrorKind.TLS_INVALID, True, "https_www"),
        (ErrorKind.READ_TIMEOUT, True, "https_www"),
        (ErrorKind.READ_TIMEOUT, False, None),
        (ErrorKind.CONNECTION_RESET, False, "https_www"),
        (ErrorKind.HTTP_4XX, False, "https_www"),
        (ErrorKind.HTTP_5XX, False, "https_www"),
        (ErrorKind.HTTP_429, False, None),
        (ErrorKind.BLOCKED_BY_PROTECTION, False, None),
        (ErrorKind.ROBOTS_DENIED, False, None),
        (ErrorKind.NOT_HTML, False, "https_www"),
        (ErrorKind.ADDRESS_BUSY, True, None),
        (ErrorKind.OPTED_OUT, True, None),
        (ErrorKind.INTERNAL_ERROR, True, None),
    ],
)
def test_the_next_door_is_tried_only_when_it_could_cure(
    kind: ErrorKind, before_http: bool, then: str | None
) -> None:
    doors = rungs(normalize_domain("example.com"))
    failure = FetchError(kind, "")
    failure.before_http = before_http
    rung = next_rung(doors, doors[0], failure, redirected=False)
    assert (rung and rung.label) == then


def test_behind_a_redirect_no_other_door_is_tried() -> None:
    doors = rungs(normalize_domain("example.com"))
    failure = FetchError(ErrorKind.HTTP_4XX, "")
    assert next_rung(doors, doors[0], failure, redirected=True) is None


def test_a_refused_page_is_not_asked_for_again_without_tls() -> None:
    doors = rungs(normalize_domain("example.com"))
    assert next_rung(doors, doors[1], FetchError(ErrorKind.HTTP_4XX, ""), redirected=False) is None


def test_an_invalid_certificate_never_leads_to_plain_http() -> None:
    doors = rungs(normalize_domain("example.com"))
    failure = FetchError(ErrorKind.TLS_INVALID, "")
    failure.before_http = True
    assert next_rung(doors, doors[1], failure, redirected=False) is None


def test_the_most_telling_failure_came_furthest_and_first() -> None:
    kinds = [ErrorKind.CONNECT_REFUSED, ErrorKind.HTTP_4XX, ErrorKind.HTTP_5XX, ErrorKind.DNS_NO_ADDRESS]
    assert most_telling([FetchError(kind, "") for kind in kinds]).kind is ErrorKind.HTTP_4XX


@pytest.mark.parametrize(
    ("closed", "rung", "url"),
    [
        ((), "https", "https://example.com/"),
        (("example.com:443",), "https_www", "https://www.example.com/"),
        ((":443",), "http", "http://example.com/"),
        ((":443", "example.com:80"), "http_www", "http://www.example.com/"),
    ],
)
async def test_the_report_says_which_door_answered(
    fetch: Fetch, server: HostileServer, closed: tuple[str, ...], rung: str, url: str
) -> None:
    fetched = await fetch(
        "example.com", connect_to=(*(f"{door}:{CLOSED}" for door in closed), *server.connect_to)
    )
    assert (fetched.details["rung"], fetched.final_url) == (rung, url)
    assert fetched.details["https"] == url.startswith("https")


async def test_when_every_door_is_closed_all_are_reported(fetch: Fetch) -> None:
    fetched = await fetch("example.com", connect_to=f"::{CLOSED}")
    assert fetched.error_kind is ErrorKind.CONNECT_REFUSED
    assert [hop.error_kind for hop in fetched.hops] == [ErrorKind.CONNECT_REFUSED] * 4
    assert [failed["rung"] for failed in fetched.details["failed_rungs"]] == [
        "https",
        "https_www",
        "http",
        "http_www",
    ]


async def test_a_missing_apex_page_is_looked_for_at_www(fetch: Fetch, server: HostileServer) -> None:
    server.answer("example.com", "/", 404)
    fetched = await fetch("example.com")
    assert fetched.final_url == "https://www.example.com/"
    assert [(hop.url, hop.status) for hop in fetched.hops] == [
        ("https://example.com/", 404),
        ("https://www.example.com/", 200),
    ]


async def test_a_redirect_to_another_domain_is_followed_and_noted(
    fetch: Fetch, server: HostileServer
) -> None:
    server.answer("site.example.com", "/", 301, location="https://www.other.org/start?a=b#top")
    fetched = await fetch("site.example.com")
    assert fetched.final_url == "https://www.other.org/start?a=b"
    assert fetched.details["final_domain"] == "other.org"
    assert fetched.details["offsite"] is True
    assert [hop.ip for hop in fetched.hops] == ["127.0.0.1", "127.0.0.1"]


async def test_a_downgrade_to_http_is_noted(fetch: Fetch, server: HostileServer) -> None:
    server.answer("site.example.com", "/", 302, location="http://plain.example.com/")
    fetched = await fetch("site.example.com")
    assert fetched.details["downgraded"] is True
    assert fetched.details["https"] is False


async def test_strict_transport_security_is_reported(fetch: Fetch, server: HostileServer) -> None:
    server.answer("site.example.com", "/", 200, PAGE, strict_transport_security="max-age=31536000")
    assert (await fetch("site.example.com")).details["hsts"] == "max-age=31536000"
    assert (await fetch("other.example.com")).details["hsts"] is None


async def test_an_answer_over_http_is_marked_and_promises_nothing(
    fetch: Fetch, server: HostileServer
) -> None:
    """HSTS over http means nothing, for anybody could have put it there (RFC 6797, 8.1)."""
    server.answer("site.example.com", "/", 200, PAGE, strict_transport_security="max-age=31536000")
    fetched = await fetch("site.example.com", connect_to=(f":443:{CLOSED}", *server.connect_to))
    assert (fetched.details["rung"], fetched.details["https"]) == ("http", False)
    assert fetched.details["hsts"] is None


async def test_the_bytes_of_a_redirect_are_asked_for_as_they_came(
    fetch: Fetch, server: HostileServer
) -> None:
    """`caf\u00e9` in Latin-1 is another page than in UTF-8."""
    server.answer("site.example.com", "/", 302, location="/caf\u00e9?x=\u00e9")
    server.answer("other.example.com", "/", 302, location="/caf\u00c3\u00a9")
    assert (await fetch("site.example.com")).final_url == "https://site.example.com/caf%E9?x=%E9"
    assert (await fetch("other.example.com")).final_url == "https://other.example.com/caf%C3%A9"


async def test_a_redirect_behind_the_last_allowed_one_is_one_too_many(
    fetch: Fetch, server: HostileServer
) -> None:
    assert (await fetch("eight.example.com")).error_kind is None
    assert (await fetch("eight.example.com", max_redirects=7)).error_kind is ErrorKind.TOO_MANY_REDIRECTS


@pytest.mark.parametrize(
    "refresh",
    [
        b'<meta http-equiv="refresh" content="0;url=/next">',
        b"<META content='3; URL=\"/next\"' HTTP-EQUIV=Refresh>",
        b'<meta http-equiv="refresh" content="0; /next">',
        b'<meta http-equiv="refresh" content="0;url=https://site.example.com/next&amp;x">'.replace(
            b"&amp;x", b""
        ),
    ],
)
async def test_a_quick_meta_refresh_within_the_site_is_followed(
    fetch: Fetch, server: HostileServer, refresh: bytes
) -> None:
    server.answer("site.example.com", "/", 200, b"<html><head>" + refresh + b"</head></html>")
    assert (await fetch("site.example.com")).final_url == "https://site.example.com/next"


@pytest.mark.parametrize(
    ("markup", "noted"),
    [
        (b'<meta http-equiv="refresh" content="0;url=https://other.org/">', "https://other.org/"),
        (b'<meta http-equiv="refresh" content="300;url=/next">', None),
        (b'<meta http-equiv="refresh" content="5">', None),
        (b'<noscript><meta http-equiv="refresh" content="0;url=/noscript"></noscript>', None),
    ],
)
async def test_any_other_meta_refresh_is_not_followed(
    fetch: Fetch, server: HostileServer, markup: bytes, noted: str | None
) -> None:
    server.answer("site.example.com", "/", 200, b"<html><head>" + markup + b"</head></html>")
    fetched = await fetch("site.example.com")
    assert fetched.final_url == "https://site.example.com/"
    assert fetched.details.get("meta_refresh") == noted


async def test_the_canonical_host_is_read_but_not_followed(fetch: Fetch, server: HostileServer) -> None:
    body = b'<html><head><link href="https://www.other.org/x" rel="canonical"></head></html>'
    server.answer("site.example.com", "/", 200, body)
    fetched = await fetch("site.example.com")
    assert fetched.details["canonical_host"] == "www.other.org"
    assert fetched.final_url == "https://site.example.com/"


async def test_a_page_of_the_site_and_a_file_of_it_can_be_asked_for(server: HostileServer) -> None:
    server.answer("site.example.com", "/icon.png", 200, b"\x89PNG", content_type="image/png")
    server.answer("robotsdeny.example.com", "/robots.txt", 200, b"User-agent: *\nDisallow: /")
    async with Fetcher(quick_settings(server)) as fetcher:
        page = await fetcher.fetch_page("https://site.example.com/contact")
        icon = await fetcher.download("https://site.example.com/icon.png")
        missing = await fetcher.download("https://status.404.example.com/")
        denied = await fetcher.fetch_page("https://robotsdeny.example.com/contact")
    assert page.body == PAGE
    assert (icon.error_kind, icon.body) == (None, b"\x89PNG")
    assert missing.error_kind is ErrorKind.HTTP_4XX
    assert denied.error_kind is ErrorKind.ROBOTS_DENIED


async def test_a_webhook_is_delivered_with_its_body_and_headers(server: HostileServer) -> None:
    server.answer("hooks.example.com", "/in", 204)
    server.answer("hooks.example.com", "/moved", 302, location="/in")
    async with Fetcher(quick_settings(server)) as fetcher:
        sent = await fetcher.send("https://hooks.example.com/in", body=b"{}", headers={"X-Signature": "abc"})
        moved = await fetcher.send("https://hooks.example.com/moved", body=b"{}")
        expired = await fetcher.send("https://expired.example.com/", body=b"{}")
    assert (sent.error_kind, sent.http_status) == (None, 204)
    assert server.log[0].headers["x-signature"] == "abc"
    assert server.log[0].headers["content-length"] == "2"
    assert moved.error_kind is ErrorKind.HTTP_UNEXPECTED
    assert expired.error_kind is ErrorKind.TLS_INVALID
    assert server.targets("hooks.example.com") == ["/in", "/moved"]


@pytest.mark.parametrize("entry", ["example.com", ".com", "site.example.com"])
async def test_a_name_on_the_block_list_is_never_asked(
    fetch: Fetch, server: HostileServer, entry: str
) -> None:
    fetched = await fetch("site.example.com", block_list=entry)
    assert fetched.error_kind is ErrorKind.OPTED_OUT
    assert server.log == []


async def test_a_redirect_to_a_name_on_the_block_list_is_not_followed(
    fetch: Fetch, server: HostileServer
) -> None:
    server.answer("site.example.com", "/", 302, location="https://other.org/")
    fetched = await fetch("site.example.com", block_list="other.org")
    assert fetched.error_kind is ErrorKind.OPTED_OUT
    assert server.targets("other.org") == []


async def test_robots_of_a_name_on_the_block_list_is_not_asked_either(
    fetch: Fetch, server: HostileServer
) -> None:
    server.answer("robotsmoved.example.com", "/robots.txt", 302, location="https://other.org/robots.txt")
    fetched = await fetch("robotsmoved.example.com", block_list="other.org")
    assert fetched.error_kind is ErrorKind.ROBOTS_UNREACHABLE
    assert server.targets("other.org") == []
