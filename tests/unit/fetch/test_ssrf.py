"""Nobody reaches a private address through the fetcher: proven by traps that nothing ever connects to."""

from collections.abc import AsyncIterator
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from domain_scheduler.core.error_kinds import ErrorKind
from domain_scheduler.core.names import InvalidDomainError, normalize_domain
from domain_scheduler.scan.fetch import Fetcher
from domain_scheduler.settings import FetchSettings
from tests.support.dns_stub import dns_stub
from tests.support.hostile_server import HostileServer
from tests.support.ssrf_payloads import OUR_OWN_PAYLOADS, corpus_payloads
from tests.support.traps import Trap, attempted_connections, trap
from tests.unit.fetch.conftest import Fetch, quick_settings


def trapped_settings(caught: Trap, **changed: Any) -> FetchSettings:
    """Settings under which port 80 and 443 of every address would be the trap's, if the guard let it pass.

    With the patience that everybody has: on a busy machine a hostile site must be given the time to mislead.
    """
    return FetchSettings(**{"connect_to": (f":80::{caught.port}", f":443::{caught.port}"), **changed})


@pytest.fixture
async def caught() -> AsyncIterator[Trap]:
    async with trap() as running:
        yield running
        assert running.connections == 0


async def test_the_trap_is_one() -> None:
    """With every network opened the same addresses lead into it: it is the guard that keeps them out."""
    hosts = ["127.0.0.1", "127.1.2.3", "0.0.0.0", "[::1]", "[::]", "[::ffff:127.0.0.1]"]
    async with trap() as caught:
        settings = trapped_settings(caught, allow_networks="0.0.0.0/0,::/0")
        with attempted_connections() as attempts:
            async with Fetcher(settings) as fetcher:
                for host in hosts:
                    await fetcher.send(f"http://{host}/")
        assert caught.connections == len(hosts)
    assert len(attempts) == len(hosts)


async def test_no_payload_is_reached_as_domain_page_icon_or_webhook(caught: Trap) -> None:
    async with dns_stub({}) as dns, Fetcher(trapped_settings(caught, resolvers=dns.address)) as fetcher:
        for payload in [*OUR_OWN_PAYLOADS, *corpus_payloads()]:
            with attempted_connections() as attempts:
                answers = [
                    await fetcher.fetch_page(payload),
                    await fetcher.download(payload),
                    await fetcher.send(payload, body=b"{}"),
                ]
                try:
                    answers.append(await fetcher.fetch(normalize_domain(payload)))
                except InvalidDomainError:
                    pass
            assert attempts == [], payload
            assert all(answer.error_kind and not answer.http_status for answer in answers), payload


def as_header(payload: str) -> str:
    """A payload as servers may send it: UTF-8 as it is, control characters in percents."""
    return "".join(quote(char) if char < " " else char for char in payload).encode().decode("latin-1")


def as_refresh(payload: str) -> bytes:
    """A page that sends its reader to the payload by a meta refresh, and names it as canonical."""
    address = escape(payload)
    head = f'<meta http-equiv="refresh" content="0;url={address}"><link rel="canonical" href="{address}">'
    return f"<!doctype html><html><head>{head}</head></html>".encode()


def mislead(server: HostileServer, site: str, payload: str, way: str) -> None:
    """Has a site send its readers to the payload."""
    if way == "meta refresh":
        server.answer(site, "/", 200, as_refresh(payload))
    else:
        server.answer(site, "/robots.txt" if way == "robots" else "/", 302, location=as_header(payload))


@pytest.mark.parametrize("way", ["page", "robots", "meta refresh"])
async def test_no_payload_is_reached_from_a_hostile_site(
    server: HostileServer, caught: Trap, way: str
) -> None:
    """By redirects of page and robots.txt, and by a refresh; the hostile sites themselves have detours."""
    sites = {f"site{n}.example.com": each for n, each in enumerate([*OUR_OWN_PAYLOADS, *corpus_payloads()])}
    detours = (f"{site}:80:127.0.0.1:{server.http}" for site in sites)
    settings = trapped_settings(caught)
    async with dns_stub({}) as dns:
        update = {"connect_to": (*detours, *settings.connect_to), "resolvers": (dns.address,)}
        async with Fetcher(settings.model_copy(update=update)) as fetcher:
            for site, payload in sites.items():
                mislead(server, site, payload, way)
                with attempted_connections() as attempts:
                    await fetcher.fetch_page(f"http://{site}/")
                assert set(attempts) == {("127.0.0.1", server.http)}, payload
    assert {seen.host for seen in server.log} == set(sites)


async def test_a_page_of_an_address_cannot_send_its_reader_to_another(server: HostileServer) -> None:
    """Two addresses are no more the same site than two names are."""
    server.answer("127.0.0.2", "/", 200, as_refresh("http://127.0.0.1/"))
    settings = quick_settings(server, connect_to=f":80:127.0.0.1:{server.http}", allow_networks="127.0.0.0/8")
    async with Fetcher(settings) as fetcher:
        fetched = await fetcher.fetch_page("http://127.0.0.2/")
    assert fetched.final_url == "http://127.0.0.2/"


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


async def test_a_trusted_target_is_trusted_for_its_own_connections_only(server: HostileServer) -> None:
    """`connect_to` leads the site to loopback; its redirect to the same loopback port stays blocked."""
    server.answer("site.example.com", "/", 302, location=f"http://127.0.0.1:{server.http}/")
    settings = quick_settings(server, ports=(80, 443, server.http))
    async with Fetcher(settings) as fetcher:
        fetched = await fetcher.fetch(normalize_domain("site.example.com"))
    assert fetched.error_kind is ErrorKind.BLOCKED_ADDRESS


async def test_neither_proxies_nor_passwords_of_the_environment_are_used(
    fetch: Fetch, server: HostileServer, caught: Trap, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(variable, f"http://127.0.0.1:{caught.port}")
    passwords = tmp_path / "netrc"
    passwords.write_text("machine site.example.com login me password secret\n")
    passwords.chmod(0o600)
    monkeypatch.setenv("NETRC", str(passwords))
    assert (await fetch("site.example.com")).error_kind is None
    assert all("authorization" not in seen.headers for seen in server.log)


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
