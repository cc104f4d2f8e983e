"""Web addresses against the WHATWG vectors, and what is stricter here on purpose."""

import csv
import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from domain_scheduler.scan.fetch.failures import FetchError
from domain_scheduler.scan.fetch.urls import MAX_LENGTH, WebUrl, parse_url
from tests.support.corpus import corpus

STRICTER = {
    "spells an IP address oddly": 15,
    "has a character that no domain name may have": 7,
    "has an empty part between two dots": 2,
    "names no host": 1,
    "has a part that starts or ends with a hyphen": 1,
    "not a valid international name": 1,
}
"""Reason -> how many valid addresses are refused for it; explained in docs/reference/names.md."""


def web_cases() -> list[dict[str, Any]]:
    text = corpus("vectors", "url", "urltestdata.json").read_text()
    cases = [case for case in json.loads(text) if isinstance(case, dict)]
    return [case for case in cases if not case["base"] or case["base"].startswith(("http:", "https:"))]


def test_an_address_is_read_as_browsers_read_it_or_refused_for_a_known_reason() -> None:
    refused: Counter[str] = Counter()
    for case in web_cases():
        expected = _expected(case)
        try:
            got = parse_url(case["input"], base=parse_url(case["base"]) if case["base"] else None)
        except FetchError as failure:
            reason = next((reason for reason in STRICTER if reason in failure.message), failure.message)
            refused[reason] += expected is not None
        else:
            assert got.text.removesuffix("?") == expected, case
    assert +refused == STRICTER


def crawler_commons(file: str) -> Iterator[list[str]]:
    for line in corpus("vectors", "url", "crawler-commons", file).read_text("utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            yield [cell.strip() for cell in next(csv.reader([line], skipinitialspace=True))]


def test_a_relative_address_is_resolved_as_another_crawler_does() -> None:
    """Whose user names and fragments are kept; ours are asked for, and neither is ever sent."""
    for written, base, expected in crawler_commons("url-resolve.csv"):
        if base.startswith("http"):
            bare = expected.replace("user:pass@", "").partition("#")[0]
            assert parse_url(written, base=parse_url(base)).text == bare


def test_another_crawlers_weird_addresses_name_the_same_host() -> None:
    """Only the host: it makes one of addresses that are alike, by the order of their queries for instance."""
    for written, *_, expected in crawler_commons("weirdToNormalizedUrls.csv"):
        if not written.startswith("http") or expected == "http:/":
            continue
        assert parse_url(written).origin == parse_url(expected).origin
    for (written,) in crawler_commons("invalidUrls.csv"):
        with pytest.raises(FetchError):
            parse_url(written)


def _expected(case: dict[str, Any]) -> str | None:
    if case.get("failure") or case["protocol"] not in ("http:", "https:"):
        return None
    return f"{case['protocol']}//{case['host']}{case['pathname']}{case['search']}"


@pytest.mark.parametrize(
    ("location", "url"),
    [
        ("/path", "https://example.com/path"),
        ("next", "https://example.com/folder/next"),
        ("./next", "https://example.com/folder/next"),
        ("../next", "https://example.com/next"),
        ("?q=1", "https://example.com/folder/page?q=1"),
        ("#top", "https://example.com/folder/page?old"),
        ("", "https://example.com/folder/page?old"),
        ("//other.org/x", "https://other.org/x"),
        ("http://other.org", "http://other.org/"),
        ("HTTP://OTHER.org:80/", "http://other.org/"),
        ("https://other.org:443/", "https://other.org/"),
        ("https://other.org:8443/", "https://other.org:8443/"),
        ("https://user:pass@other.org/", "https://other.org/"),
        ("https://bücher.de/straße?ä=ö", "https://xn--bcher-kva.de/stra%C3%9Fe?%C3%A4=%C3%B6"),
        ("/a b", "https://example.com/a%20b"),
        ("  /path\r\n", "https://example.com/path"),
        ("https:\\\\other.org\\x", "https://other.org/x"),
        ("/caf\udcc3\udca9", "https://example.com/caf%C3%A9"),
        ("/half \ud800 a character", "https://example.com/half%20%EF%BF%BD%20a%20character"),
        ("https://other.org./", "https://other.org/"),
        ("https://[2606:4700::1111]/", "https://[2606:4700::1111]/"),
    ],
)
def test_a_location_is_seen_from_its_page(location: str, url: str) -> None:
    assert parse_url(location, base=parse_url("https://example.com/folder/page?old")).text == url


@pytest.mark.parametrize(
    "text",
    [
        "example.com",
        "/path",
        "mailto:info@example.com",
        "javascript:void(0)",
        "file:///etc/passwd",
        "http://",
        "http:///",
        "http://example.com:65536/",
        "http://example.com:port/",
        "http://[::1",
        "http://[fe80::1%25eth0]/",
        "http://[2606:4700::1%31]/",
        "http://2606%3A4700%3A%3A1111/",
        "http://2606%3A4700%3A%3A1111%25eth0/",
        "http://%5B2606:4700::1111%5D/",
        "http://" + "a" * MAX_LENGTH,
    ],
)
def test_what_is_no_web_address_is_refused(text: str) -> None:
    with pytest.raises(FetchError):
        parse_url(text)


def test_the_client_gets_exactly_the_parts_that_were_checked() -> None:
    for text in (
        "https://example.com/a%2Fb?c=%20d&e",
        "http://[2606:4700::1111]/",
        "https://example.com:8443/?",
    ):
        url = parse_url(text)
        handed_on = url.for_client()
        assert (handed_on.scheme, handed_on.raw_host, handed_on.port) == (url.scheme, url.host, url.port)
        assert handed_on.raw_path_qs == url.target.removesuffix("?")


def test_an_origin_is_scheme_host_and_port() -> None:
    assert parse_url("https://example.com/x").origin == ("https", "example.com", 443)
    assert WebUrl("http", "example.com", 80).text == "http://example.com/"
