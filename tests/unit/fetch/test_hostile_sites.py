"""Every way in which a site can misbehave has its kind, within its time and memory."""

import asyncio
import resource
import threading
import time
from pathlib import Path

import pytest
import uvloop

from domain_scheduler.core.error_kinds import ErrorKind
from domain_scheduler.core.names import normalize_domain
from domain_scheduler.scan.fetch import Fetcher
from domain_scheduler.scan.fetch.fair_queue import Share
from domain_scheduler.scan.fetch.head_limit import LimitedResponseHandler
from tests.support.behaviours import PAGE
from tests.support.hostile_server import HostileServer, hostile_server
from tests.unit.fetch.conftest import Fetch, quick_settings

K = ErrorKind

MISBEHAVIOURS = [
    ("drip", K.TOO_SLOW, 3),
    ("dripheaders", K.READ_TIMEOUT, 2),
    ("silent", K.READ_TIMEOUT, 2),
    ("stalls", K.READ_TIMEOUT, 2),
    ("nesteddeep", K.DECODING_FAILED, 1),
    ("nestedbomb", K.DECODING_FAILED, 2),
    ("nevergzip", K.DECODING_FAILED, 1),
    ("unknowncoding", K.DECODING_FAILED, 1),
    ("longheader", K.HEADERS_TOO_LARGE, 1),
    ("manyheaders", K.HEADERS_TOO_LARGE, 1),
    ("fatheaders", K.HEADERS_TOO_LARGE, 1),
    ("endlessheaders", K.HEADERS_TOO_LARGE, 1),
    ("nulheader", K.HTTP_INVALID, 1),
    ("loop", K.REDIRECT_LOOP, 1),
    ("selfredirect", K.REDIRECT_LOOP, 1),
    ("chain", K.TOO_MANY_REDIRECTS, 2),
    ("nolocation", K.HTTP_UNEXPECTED, 1),
    ("resets", K.CONNECTION_RESET, 1),
    ("resetsmidway", K.CONNECTION_RESET, 1),
    ("hangsup", K.CONNECTION_RESET, 1),
    ("twolengths", K.HTTP_INVALID, 1),
    ("badchunks", K.HTTP_INVALID, 1),
    ("httpzeronine", K.HTTP_INVALID, 1),
    ("httptwo", K.HTTP_INVALID, 1),
    ("nothttp", K.HTTP_INVALID, 1),
    ("bigpicture", K.NOT_HTML, 1),
    ("plaintext", K.NOT_HTML, 1),
    ("empty", K.EMPTY_PAGE, 1),
    ("nothing", K.EMPTY_PAGE, 1),
    ("robotsdeny", K.ROBOTS_DENIED, 1),
    ("robotsdenyus", K.ROBOTS_DENIED, 1),
    ("robotsfail", K.ROBOTS_UNREACHABLE, 1),
    ("robotsbusy", K.ROBOTS_UNREACHABLE, 1),
    ("robotssilent", K.ROBOTS_UNREACHABLE, 2),
]
"""(behaviour, its kind, the most seconds it may take beside the machine's own slowness)"""

STILL_PAGES = [
    ("endless", "wire_limit"),
    ("gzipbomb", "body_limit"),
    ("brotlibomb", "body_limit"),
    ("zstdbomb", "body_limit"),
    ("shortbody", "connection_ended"),
    ("cutchunks", "connection_ended"),
    ("cutgzip", "coding_ended"),
    ("longbody", None),
    ("nested", None),
    ("badgzip", None),
    ("nulbytes", None),
    ("cspheader", None),
    ("eight", None),
    ("untyped", None),
    ("htmlastext", None),
    ("hello", None),
    ("robotsgone", None),
    ("robotsdenyothers", None),
    ("robotsendless", None),
    ("robotsloop", None),
    ("coded.gzip", None),
    ("coded.zlib", None),
    ("coded.raw", None),
    ("coded.br", None),
    ("coded.zstd", None),
]
"""(behaviour, why its page is not whole)"""

SLACK = 3.0
"""Seconds that a shared machine may add."""


@pytest.mark.parametrize(("behaviour", "kind", "seconds"), MISBEHAVIOURS)
async def test_a_misbehaving_site_gets_its_kind_in_time(
    fetch: Fetch, behaviour: str, kind: ErrorKind, seconds: float
) -> None:
    started = time.monotonic()
    fetched = await fetch(f"{behaviour}.example.com")
    assert fetched.error_kind == kind, fetched.error_message
    assert fetched.error_message
    assert fetched.body == b""
    assert time.monotonic() - started < seconds + SLACK


@pytest.mark.parametrize(("behaviour", "truncated"), STILL_PAGES)
async def test_what_can_be_read_is_read_and_a_cut_is_a_fact(
    fetch: Fetch, behaviour: str, truncated: str | None
) -> None:
    fetched = await fetch(f"{behaviour}.example.com")
    assert fetched.error_kind is None, fetched.error_message
    assert fetched.body
    assert len(fetched.body) <= 2 * 1024**2
    assert fetched.details["truncated"] == truncated


async def test_a_broken_compression_is_asked_again_without_any(fetch: Fetch, server: HostileServer) -> None:
    fetched = await fetch("badgzip.example.com")
    assert fetched.body == PAGE
    asked = [seen.headers["accept-encoding"] for seen in server.log if seen.target == "/"]
    assert asked == ["gzip, deflate, br, zstd", "identity"]


@pytest.mark.parametrize("behaviour", ["shortbody", "cutchunks"])
async def test_a_body_that_ended_before_it_was_read_is_read(
    fetch: Fetch, monkeypatch: pytest.MonkeyPatch, behaviour: str
) -> None:
    lost, connection_lost = asyncio.Event(), LimitedResponseHandler.connection_lost

    def ending(handler: LimitedResponseHandler, error: BaseException | None) -> None:
        connection_lost(handler, error)
        lost.set()

    async def read(_share: Share) -> float:
        await lost.wait()
        return 0.0

    monkeypatch.setattr(LimitedResponseHandler, "connection_lost", ending)
    monkeypatch.setattr(Share, "read", read)
    fetched = await fetch(f"{behaviour}.example.com", robots=False)
    assert fetched.body == PAGE
    assert fetched.details["truncated"] == "connection_ended"
    assert fetched.details["rung"] == "https"


@pytest.mark.parametrize("behaviour", ["nestedbomb", "nesteddeep"])
async def test_a_bomb_is_not_asked_again(fetch: Fetch, server: HostileServer, behaviour: str) -> None:
    await fetch(f"{behaviour}.example.com")
    assert server.targets(f"{behaviour}.example.com").count("/") == 1


async def test_bombs_are_defused_within_their_bound_of_memory(fetch: Fetch) -> None:
    await fetch("a.example.com")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for bomb in ("gzipbomb", "brotlibomb", "zstdbomb", "nestedbomb", "longheader", "manyheaders", "endless"):
        await fetch(f"{bomb}.example.com")
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < 64 * 1024  # KiB, the bombs themselves and the server's buffers among them


async def test_cookies_are_neither_kept_nor_sent(fetch: Fetch, server: HostileServer) -> None:
    server.answer("site.example.com", "/", 302, location="/next", set_cookie="session=secret")
    fetched = await fetch("site.example.com")
    assert fetched.error_kind is None
    assert all("cookie" not in seen.headers for seen in server.log)


async def test_the_report_holds_names_of_cookies_but_no_values(fetch: Fetch) -> None:
    fetched = await fetch("strangecookies.example.com")
    assert ("set-cookie", "id") in fetched.headers
    assert "secret" not in repr(fetched)


async def test_the_budget_ends_a_fetch_and_keeps_what_was_learned(
    fetch: Fetch, server: HostileServer
) -> None:
    server.answer("site.example.com", "/", 302, location="https://silent.example.com/")
    fetched = await fetch("site.example.com", budget=0.5, first_byte_timeout=5)
    assert fetched.error_kind is ErrorKind.SCAN_TIMEOUT
    assert [(hop.url, hop.status) for hop in fetched.hops] == [("https://site.example.com/", 302)]


async def test_cancelling_a_fetch_passes_through_and_closes_its_connection(server: HostileServer) -> None:
    async with Fetcher(quick_settings(server, first_byte_timeout=30)) as fetcher:
        fetching = asyncio.create_task(fetcher.fetch(normalize_domain("silent.example.com")))
        await server.connected.wait()
        fetching.cancel()
        with pytest.raises(asyncio.CancelledError):
            await fetching


def test_all_this_holds_on_uvloop_too(tmp_path: Path) -> None:
    patience = {
        "connect_timeout": 10,
        "tls_timeout": 10,
        "first_byte_timeout": 4,
        "idle_timeout": 3,
        "response_timeout": 8,
        "budget": 30,
    }

    async def fetch_all() -> dict[str, ErrorKind | None]:
        async with (
            hostile_server(tmp_path) as server,
            Fetcher(quick_settings(server, **patience)) as fetcher,
        ):
            names = [name for name, *_ in MISBEHAVIOURS + STILL_PAGES]
            fetches = (fetcher.fetch(normalize_domain(f"{name}.example.com")) for name in names)
            return {
                name: found.error_kind
                for name, found in zip(names, await asyncio.gather(*fetches), strict=True)
            }

    found: dict[str, ErrorKind | None] = {}
    thread = threading.Thread(target=lambda: found.update(uvloop.run(fetch_all())))
    thread.start()
    thread.join()
    assert found == {name: kind for name, kind, _ in MISBEHAVIOURS} | {name: None for name, _ in STILL_PAGES}
