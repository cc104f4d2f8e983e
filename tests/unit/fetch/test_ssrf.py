"""Nobody reaches a private address through the fetcher: proven by listeners that nothing ever connects to."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from domain_scheduler.core.error_kinds import ErrorKind
from domain_scheduler.core.names import InvalidDomainError, normalize_domain
from domain_scheduler.core.report import Fetched
from domain_scheduler.scan.fetch import Fetcher
from domain_scheduler.settings import FetchSettings
from tests.support.corpus import corpus
from tests.support.dns_stub import dns_stub
from tests.support.hostile_server import HostileServer
from tests.unit.fetch.conftest import QUICK, Fetch, quick_settings

OUR_OWN_PAYLOADS = [
    "http://127.0.0.1/",
    "http://127.0.0.1./",
    "http://localhost/",
    "http://LOCALHOST/",
    "http://localhost./",
    "http://0/",
    "http://0.0.0.0/",
    "http://127.1/",
    "http://127.0.1/",
    "http://2130706433/",
    "http://0x7f000001/",
    "http://0x7f.1/",
    "http://0x7f.0x0.0x0.0x1/",
    "http://0177.0.0.1/",
    "http://0177.0x0.0x0.0x1/",
    "http://017700000001/",
    "http://127.0.0.1%2f@example.com/",
    "http://%31%32%37.0.0.1/",
    "http://１２７.０.０.１/",
    "http://①②⑦.⓪.⓪.①/",
    "http://127。0。0。1/",
    "http://[::1]/",
    "http://[::]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[::ffff:7f00:1]/",
    "http://[0:0:0:0:0:ffff:127.0.0.1]/",
    "http://[::127.0.0.1]/",
    "http://[64:ff9b::7f00:1]/",
    "http://[2002:7f00:1::]/",
    "http://[fe80::1%25lo]/",
    "http://169.254.169.254/latest/meta-data/",
    "http://metadata.google.internal/",
    "http://metadata.tencentyun.com.internal/",
    "http://instance-data/",
    "http://user:password@127.0.0.1/",
    "http://example.com@127.0.0.1/",
    "http://127.0.0.1\\@example.com/",
    "http:\\\\127.0.0.1/",
    "http:/\\127.0.0.1/",
    "http:127.0.0.1/",
    "//127.0.0.1/",
    "\\\\127.0.0.1\\",
    "ht\ntp://127.0.0.1/",
    "http://127.0\t.0.1/",
    "http://127.0.0.1:80/",
    "http://127.0.0.1:6379/",
    "file:///etc/passwd",
    "gopher://127.0.0.1:6379/_INFO",
    "dict://127.0.0.1:11211/",
    "ftp://127.0.0.1/",
    "javascript:alert(1)",
    "data:text/html,hello",
]


def corpus_payloads() -> Iterator[str]:
    for line in corpus("vectors", "ssrf", "vectors.jsonl").read_text().splitlines():
        vector = json.loads(line)
        if vector["must_block"]:
            yield vector["payload"]


class Trap:
    """Listens on loopback where an attacker would like requests to go, and counts what comes."""

    def __init__(self) -> None:
        self.connections = 0
        self.port = 0


@asynccontextmanager
async def trap() -> AsyncIterator[Trap]:
    caught = Trap()

    async def count(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        caught.connections += 1
        writer.close()

    listening = await asyncio.start_server(count, ["127.0.0.1", "::1"], 0)
    caught.port = listening.sockets[0].getsockname()[1]
    # on ::1 the system may have chosen another port; a second listener is not needed, one address must do
    try:
        yield caught
    finally:
        listening.close()


def trapped_settings(caught: Trap, **changed: Any) -> FetchSettings:
    """Settings under which port 80 and 443 of every address would be the trap's, if the guard let it pass."""
    return FetchSettings(
        **{**QUICK, "connect_to": (f":80::{caught.port}", f":443::{caught.port}"), **changed}
    )


@pytest.fixture
async def caught() -> AsyncIterator[Trap]:
    async with trap() as running:
        yield running
        assert running.connections == 0


async def _all_ways(fetcher: Fetcher, payload: str) -> list[Fetched]:
    return [
        await fetcher.fetch_page(payload),
        await fetcher.download(payload),
        await fetcher.send(payload, body=b"{}"),
    ]


async def test_no_payload_is_reached_as_page_icon_or_webhook(caught: Trap) -> None:
    async with dns_stub({}) as dns, Fetcher(trapped_settings(caught, resolvers=dns.address)) as fetcher:
        for payload in [*OUR_OWN_PAYLOADS, *corpus_payloads()]:
            for fetched in await _all_ways(fetcher, payload):
                assert fetched.error_kind is not None, payload
                assert fetched.http_status is None, payload


@pytest.mark.parametrize("target", ["/", "/robots.txt"])
async def test_no_payload_is_reached_by_a_redirect(server: HostileServer, caught: Trap, target: str) -> None:
    """The page's and the robots.txt's redirects; the hostile site itself is reached by a trusted detour."""
    payloads = [*OUR_OWN_PAYLOADS, *corpus_payloads()]
    detours = [f"site{number}.example.com:{port}" for number in range(len(payloads)) for port in (80, 443)]
    connect_to = [
        f"{detour}:127.0.0.1:{server.http if detour.endswith(':80') else server.https}" for detour in detours
    ]
    settings = trapped_settings(caught, ca_file=server.ca_file)
    async with dns_stub({}) as dns:
        settings = settings.model_copy(
            update={"connect_to": (*connect_to, *settings.connect_to), "resolvers": (dns.address,)}
        )
        async with Fetcher(settings) as fetcher:
            for number, payload in enumerate(payloads):
                host = f"site{number}.example.com"
                location = payload.encode("utf-8").decode("latin-1").replace("\n", "%0A")
                server.answer(host, target, 302, location=location)
                fetched = await fetcher.fetch(normalize_domain(host))
                answered = [hop.url for hop in fetched.hops if hop.status]
                assert all(host in url.split("/")[2] for url in answered), payload
    hosts = {seen.host for seen in server.log}
    assert hosts <= {
        f"{www}site{number}.example.com" for number in range(len(payloads)) for www in ("", "www.")
    }


@pytest.mark.parametrize(
    ("payload", "kind"),
    [
        ("http://127.0.0.1/", ErrorKind.BLOCKED_ADDRESS),
        ("http://2130706433/", ErrorKind.BLOCKED_ADDRESS),
        ("http://localhost/", ErrorKind.BLOCKED_ADDRESS),
        ("http://[::1]/", ErrorKind.BLOCKED_ADDRESS),
        ("http://169.254.169.254/", ErrorKind.BLOCKED_ADDRESS),
        ("http://8.8.8.8:22/", ErrorKind.BLOCKED_PORT),
        ("file:///etc/passwd", ErrorKind.REDIRECT_INVALID),
        ("gopher://127.0.0.1/", ErrorKind.REDIRECT_INVALID),
        ("http://exa mple.com/", ErrorKind.REDIRECT_INVALID),
        ("http://", ErrorKind.REDIRECT_INVALID),
    ],
)
async def test_a_forbidden_redirect_has_its_kind(
    fetch: Fetch, server: HostileServer, payload: str, kind: ErrorKind
) -> None:
    server.answer("site.example.com", "/", 302, location=payload)
    fetched = await fetch("site.example.com")
    assert fetched.error_kind == kind
    assert fetched.hops[0].status == 302


def test_no_spelling_of_an_address_is_a_domain() -> None:
    for payload in OUR_OWN_PAYLOADS:
        if "example.com" in payload:
            continue
        with pytest.raises(InvalidDomainError):
            normalize_domain(payload)


@pytest.mark.parametrize(
    "record",
    [
        "A 127.0.0.1",
        "A 10.0.0.1",
        "A 169.254.169.254",
        "AAAA ::1",
        "AAAA ::ffff:127.0.0.1",
        "AAAA 64:ff9b::7f00:1",
    ],
)
async def test_a_name_that_leads_to_a_private_address_is_blocked(caught: Trap, record: str) -> None:
    async with (
        dns_stub({"*": [record]}) as dns,
        Fetcher(trapped_settings(caught, resolvers=dns.address)) as fetcher,
    ):
        fetched = await fetcher.fetch(normalize_domain("rebound.example.com"))
    assert fetched.error_kind is ErrorKind.BLOCKED_ADDRESS
    assert "is denied" in (fetched.error_message or "")


async def test_a_private_address_beside_public_ones_is_left_out(caught: Trap) -> None:
    records = ["A 127.0.0.1", "A 192.0.2.1", "AAAA ::1"]
    async with (
        dns_stub({"*": records}) as dns,
        Fetcher(trapped_settings(caught, resolvers=dns.address, allow_networks="192.0.2.0/24")) as fetcher,
    ):
        fetched = await fetcher.fetch(normalize_domain("mixed.example.com"))
    assert fetched.error_kind is not None
    assert fetched.error_kind.startswith("connect_")  # by the public address, which nobody has


async def test_a_name_that_answers_public_first_and_private_next_is_never_followed(caught: Trap) -> None:
    """Rebinding: whatever DNS says at the second look, every connection is to an address that passed."""

    def flips(times_asked: int) -> list[str]:
        return ["A 192.0.2.1"] if times_asked % 2 else ["A 127.0.0.1"]

    settings = trapped_settings(caught, allow_networks="192.0.2.0/24", connect_timeout=0.2)
    async with dns_stub({"*": flips}, ttl=0) as dns:
        settings = settings.model_copy(update={"resolvers": (dns.address,)})
        for _ in range(5):
            async with Fetcher(settings) as fetcher:
                fetched = await fetcher.fetch(normalize_domain("rebound.example.com"))
                assert fetched.error_kind is not None
                assert fetched.http_status is None


async def test_a_trusted_target_is_trusted_for_its_own_connections_only(server: HostileServer) -> None:
    """`connect_to` leads the site to loopback; its redirect to the same loopback port stays blocked."""
    server.answer("site.example.com", "/", 302, location=f"http://127.0.0.1:{server.http}/")
    settings = quick_settings(server, ports=(80, 443, server.http))
    async with Fetcher(settings) as fetcher:
        fetched = await fetcher.fetch(normalize_domain("site.example.com"))
    assert fetched.error_kind is ErrorKind.BLOCKED_ADDRESS


async def test_no_proxy_of_the_environment_is_used(
    fetch: Fetch, caught: Trap, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(variable, f"http://127.0.0.1:{caught.port}")
    assert (await fetch("site.example.com")).error_kind is None


async def test_an_opened_network_can_be_reached(server: HostileServer) -> None:
    async with dns_stub({"*": ["A 127.0.0.1"]}) as dns:
        settings = quick_settings(
            server, connect_to=server.port_only, resolvers=dns.address, allow_networks="127.0.0.0/8"
        )
        async with Fetcher(settings) as fetcher:
            fetched = await fetcher.fetch(normalize_domain("own.example.com"))
            local = await fetcher.send(f"http://localhost:{server.http}/hook", body=b"{}")
    assert fetched.error_kind is None
    assert fetched.details["dns"]["a"] == ["127.0.0.1"]
    assert local.http_status == 200
