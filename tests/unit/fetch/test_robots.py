"""robots.txt: conformance, real files, hostile files, and what a missing or broken one means."""

import json
import tarfile
import time
from collections.abc import Iterator

import pytest

from domain_scheduler.core.error_kinds import ErrorKind
from domain_scheduler.core.names import normalize_domain
from domain_scheduler.scan.fetch import Fetcher, robots
from domain_scheduler.scan.fetch.robots import product_token
from domain_scheduler.scan.fetch.robots_rules import rules_for
from tests.support.corpus import corpus
from tests.support.hostile_server import HostileServer
from tests.unit.fetch.conftest import Fetch, quick_settings

US = "DomainScheduler"


def conformance_cases() -> list[dict[str, str | bool]]:
    text = corpus("vectors", "robots", "google_robotstxt_cases.jsonl").read_text()
    return [json.loads(line) for line in text.splitlines()]


def test_every_conformance_case_that_names_its_address_passes() -> None:
    """82 of the 142 rows lost their address when they were collected (a variable); the next test has such."""
    cases = [case for case in conformance_cases() if case["url"] or case["test"] == "GoogleOnly_SystemTest"]
    assert len(cases) == 60
    for case in cases:
        rules = rules_for(str(case["user_agent"]), str(case["robots"]).encode())
        assert rules.allows(str(case["url"])) == case["allowed"], case


@pytest.mark.parametrize(
    ("rules", "url", "allowed"),
    [
        ("disallow: /x/page.html\nallow: /x/", "http://foo.bar/x/page.html", False),
        ("allow: /x/page.html\ndisallow: /x/", "http://foo.bar/x/page.html", True),
        ("disallow: /x/page.html\nallow: /x/page.html", "http://foo.bar/x/page.html", True),
        ("allow: /page\ndisallow: /*.html", "http://foo.bar/page.html", False),
        ("allow: /x/page.\ndisallow: /*.html", "http://foo.bar/x/page.html", True),
        ("disallow: /\nallow: /fish", "http://foo.bar/fish/salmon.html", True),
        ("disallow: /\nallow: /fish", "http://foo.bar/Fish.asp", False),
        ("disallow: /\nallow: /fish*", "http://foo.bar/fishheads/yummy.html", True),
        ("disallow: /\nallow: /fish/", "http://foo.bar/fish", False),
        ("disallow: /\nallow: /*.php", "http://foo.bar/folder/any.php.file.html", True),
        ("disallow: /\nallow: /*.php$", "http://foo.bar/filename.php?parameters", False),
        ("disallow: /\nallow: /fish*.php", "http://foo.bar/fishheads/catfish.php?parameters", True),
        ("disallow: /\nallow: /foo/bar/ツ", "http://foo.bar/foo/bar/%E3%83%84", True),
        ("disallow: /\nallow: /allowed-slash/index.html", "http://foo.com/allowed-slash/", True),
        ("disallow: /\nallow: /allowed-slash/index.html", "http://foo.com/allowed-slash/index.htm", False),
        ("disallow: /foo/bar$\nallow: /foo/bar/qux", "http://foo.bar/foo/bar", False),
        ("# disallow: /\ndisallow: /foo/quz#qux\nallow: /", "http://foo.bar/foo/bar", True),
    ],
)
def test_patterns_match_as_the_lost_cases_ask(rules: str, url: str, allowed: bool) -> None:
    assert rules_for("FooBot", f"user-agent: FooBot\n{rules}\n".encode()).allows(url) is allowed


def real_files() -> Iterator[tuple[str, bytes]]:
    with tarfile.open(corpus("vectors", "robots", "protego_fetched_robots.shared.tar.gz")) as archive:
        for member in archive:
            if (file := archive.extractfile(member)) is not None:
                yield member.name, file.read()


def test_real_files_are_read_without_a_crash_and_quickly() -> None:
    count = 0
    for name, content in real_files():
        took = min(_seconds_to_read(content) for _ in range(2))
        assert took < 0.05, name
        count += 1
    assert count > 2_700


def _seconds_to_read(content: bytes) -> float:
    started = time.process_time()
    rules_for(US, content).allows("https://example.com/")
    return time.process_time() - started


@pytest.mark.parametrize("bom", ["utf8", "utf16le", "utf16be"])
def test_files_that_begin_with_a_byte_order_mark_are_read(bom: str) -> None:
    content = corpus("vectors", "robots", "crawler-commons", f"robots-with-{bom}-bom.txt").read_bytes()
    assert not rules_for(US, content).allows("http://www.newsweek.com/profile")
    assert rules_for(US, content).allows("http://www.newsweek.com/other")


@pytest.mark.parametrize("line_end", [b"\n", b"\r\n", b"\r"])
def test_lines_may_end_in_every_way(line_end: bytes) -> None:
    content = line_end.join([b"User-agent: *", b"Disallow: /x", b"Crawl-delay: 1"])
    assert not rules_for(US, content).allows("http://example.com/x")
    assert rules_for(US, content).crawl_delay == 1


@pytest.mark.parametrize(
    "content",
    [
        b"User-agent: *\n" + b"Disallow: /" * 50_000,
        b"User-agent: *\n" + (b"Disallow: /" + b"*a" * 100 + b"$\n") * 2_400,
        b"User-agent: *\n" + b"".join(b"Allow: /%d/index.html\n" % n for n in range(25_000)),
        b"".join(b"User-agent: bot%d\nDisallow: /\n" % n for n in range(15_000)),
        b"User-agent: *\nDisallow: /\0\xff\xfe\x80\nCrawl-delay: nan\nCrawl-delay: 1e400\nCrawl-delay: -5\n",
        b"\xff\xfe\x00",
        b"<!doctype html><html><body>Not found</body></html>",
    ],
)
def test_hostile_files_cost_little(content: bytes) -> None:
    assert _seconds_to_read(content[: 500 * 1024]) < 1.0


def test_a_line_without_a_value_does_not_take_the_next_one_as_its_value() -> None:
    assert rules_for(US, b"User-agent: *\nDisallow\n/x\nAllow: /y").allows("http://example.com/x")


@pytest.mark.parametrize(
    ("text", "delay"),
    [
        ("User-agent: *\nCrawl-delay: 7", 7.0),
        ("User-agent: *\nCrawl-delay: 0.5", 0.5),
        ("User-agent: *\nCrawl-delay: 1000", 30.0),
        ("User-agent: *\nCrawl-delay: -1", 0.0),
        ("User-agent: *\nCrawl-delay: soon", 0.0),
        ("User-agent: *\nCrawl-delay: nan", 0.0),
        ("User-agent: OtherBot\nCrawl-delay: 7", 0.0),
        ("User-agent: DomainScheduler\nCrawl-delay: 3\n\nUser-agent: *\nCrawl-delay: 9", 3.0),
        ("", 0.0),
    ],
)
def test_the_crawl_delay_is_the_one_for_us_within_bounds(text: str, delay: float) -> None:
    assert rules_for(US, text.encode()).crawl_delay == delay


def test_the_product_token_is_what_robots_files_call_us() -> None:
    assert product_token("DomainScheduler/0.1 (+https://example.com)") == "DomainScheduler"
    assert product_token("My-Bot_x 1") == "My-Bot_x"


async def test_robots_is_asked_before_the_page_and_once_a_day(server: HostileServer) -> None:
    async with Fetcher(quick_settings(server)) as fetcher:
        for _ in range(3):
            await fetcher.fetch(normalize_domain("site.example.com"))
    assert server.targets("site.example.com") == ["/robots.txt", "/", "/", "/"]


async def test_robots_can_be_turned_off(fetch: Fetch, server: HostileServer) -> None:
    fetched = await fetch("robotsdeny.example.com", robots=False)
    assert fetched.error_kind is None
    assert server.targets("robotsdeny.example.com") == ["/"]


async def test_an_unreadable_robots_says_why(fetch: Fetch, server: HostileServer) -> None:
    fetched = await fetch("robotsfail.example.com")
    assert fetched.error_message == "robots.txt of robotsfail.example.com: HTTP 503"
    assert "/" not in server.targets("robotsfail.example.com")


async def test_robots_redirects_are_followed_to_another_host(fetch: Fetch, server: HostileServer) -> None:
    server.answer(
        "robotsmoved.example.com", "/robots.txt", 301, location="https://robotsdeny.example.com/robots.txt"
    )
    assert (await fetch("robotsmoved.example.com")).error_kind is ErrorKind.ROBOTS_DENIED


async def test_more_than_five_redirects_of_robots_mean_that_there_is_none(
    fetch: Fetch, server: HostileServer
) -> None:
    for step in range(9):
        target = "/robots.txt" if step == 0 else f"/r{step}"
        server.answer("site.example.com", target, 302, location=f"/r{step + 1}")
    assert (await fetch("site.example.com")).error_kind is None
    assert len([target for target in server.targets("site.example.com") if target != "/"]) == 6


async def test_the_crawl_delay_is_kept_before_second_pages_only(server: HostileServer) -> None:
    server.answer("robotswait.example.com", "/robots.txt", 200, b"User-agent: *\nCrawl-delay: 0.3")
    async with Fetcher(quick_settings(server)) as fetcher:
        started = time.monotonic()
        front = await fetcher.fetch(normalize_domain("robotswait.example.com"))
        after_front = time.monotonic()
        await fetcher.fetch_page("https://robotswait.example.com/contact")
        after_page = time.monotonic()
    assert front.details["crawl_delay"] == 0.3
    assert after_page - after_front >= 0.3
    assert after_front - started < 3


async def test_the_cache_of_rules_is_bounded_by_its_size(
    server: HostileServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(robots, "CACHE_BYTES", 10 * robots.ENTRY_COST)
    async with Fetcher(quick_settings(server)) as fetcher:
        for number in range(30):
            await fetcher.fetch(normalize_domain(f"site{number}.example.com"))
        asked = fetcher._to_front_page.robots
        assert asked is not None
        assert len(asked._cache) == 10
        assert asked._size == 10 * robots.ENTRY_COST
