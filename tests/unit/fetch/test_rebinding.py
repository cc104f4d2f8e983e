"""Names of strangers whose DNS points inward, at once or later: only addresses that passed are connected to.

127.0.0.2 plays the public address here: a server is there, and the settings open it. 127.0.0.1 stays private.
"""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from domain_scheduler.core.error_kinds import ErrorKind
from domain_scheduler.core.names import normalize_domain
from domain_scheduler.core.report import Fetched
from domain_scheduler.scan.fetch import Fetcher
from domain_scheduler.scan.fetch import dns as dns_module
from tests.support.dns_stub import Table, dns_stub
from tests.support.hostile_server import HostileServer, hostile_server
from tests.support.traps import attempted_connections
from tests.unit.fetch.conftest import quick_settings

PUBLIC = "127.0.0.2"


@pytest.fixture
async def public(tmp_path: Path) -> AsyncIterator[HostileServer]:
    """A server that listens on the address that plays the public one, and on the private one too."""
    async with hostile_server(tmp_path, addresses=(PUBLIC, "127.0.0.1", "::1")) as running:
        yield running


async def fetch_by(server: HostileServer, table: Table, name: str = "site.example.com") -> Fetched:
    """The page of a name whose DNS is `table`; what is connected to must be the public address."""
    settings = quick_settings(server, connect_to=server.port_only, allow_networks=f"{PUBLIC}/32")
    async with dns_stub(table, ttl=0) as dns:
        settings = settings.model_copy(update={"resolvers": (dns.address,)})
        with attempted_connections() as attempts:
            async with Fetcher(settings) as fetcher:
                fetched = await fetcher.fetch(normalize_domain(name))
    assert {address for address, _ in attempts} <= {PUBLIC}
    assert {seen.address for seen in server.log} <= {PUBLIC}
    return fetched


@pytest.mark.parametrize(
    "record",
    [
        "A 127.0.0.1",
        "A 0.0.0.0",
        "A 10.0.0.1",
        "A 169.254.169.254",
        "AAAA ::1",
        "AAAA ::",
        "AAAA fe80::1",
        "AAAA fd00:ec2::254",
        "AAAA ::ffff:127.0.0.1",
        "AAAA ::ffff:127.0.0.2",
        "AAAA ::127.0.0.1",
        "AAAA 64:ff9b::7f00:1",
        "AAAA 2002:7f00:1::",
    ],
)
async def test_a_name_that_leads_to_a_private_address_is_blocked(public: HostileServer, record: str) -> None:
    fetched = await fetch_by(public, {"*": [record]})
    assert fetched.error_kind is ErrorKind.BLOCKED_ADDRESS
    assert "is denied" in (fetched.error_message or "")


@pytest.mark.parametrize("target", ["localhost", "metadata.google.internal", "intranet", "a.example.net"])
async def test_an_alias_of_a_private_name_is_blocked(public: HostileServer, target: str) -> None:
    fetched = await fetch_by(public, {"*": [f"CNAME {target}", "A 127.0.0.1", "AAAA ::1"]})
    assert fetched.error_kind is ErrorKind.BLOCKED_ADDRESS


async def test_an_alias_without_an_address_is_not_looked_up_by_this_host(public: HostileServer) -> None:
    """`localhost` is in everybody's hosts file, but nothing reads that for a stranger's name."""
    fetched = await fetch_by(public, {"*": ["CNAME localhost"]})
    assert fetched.error_kind is ErrorKind.DNS_NO_ADDRESS


@pytest.mark.parametrize(
    "records",
    [
        ["A 127.0.0.1", f"A {PUBLIC}"],
        [f"A {PUBLIC}", "A 127.0.0.1"],
        ["A 10.0.0.1", "A 169.254.169.254", "A 127.0.0.1", f"A {PUBLIC}"],
        ["AAAA ::1", f"A {PUBLIC}"],
        [f"A {PUBLIC}", "AAAA ::ffff:127.0.0.1", "AAAA fe80::1"],
    ],
)
async def test_of_mixed_addresses_only_the_public_one_is_used(
    public: HostileServer, records: list[str]
) -> None:
    fetched = await fetch_by(public, {"*": records})
    assert fetched.error_kind is None
    assert {hop.ip for hop in fetched.hops} == {PUBLIC}


async def test_a_name_is_looked_up_once_for_all_requests_of_its_fetch(public: HostileServer) -> None:
    """Even if its answer is valid for no time at all: the second answer would have been the private one."""
    fetched = await fetch_by(public, {"*": lambda asked: [f"A {PUBLIC}"] if asked == 1 else ["A 127.0.0.1"]})
    assert fetched.error_kind is None
    assert public.targets("site.example.com") == ["/robots.txt", "/"]


@pytest.mark.parametrize(("private_first", "answered"), [(False, ["/robots.txt"]), (True, [])])
async def test_a_name_that_changes_between_two_requests_is_judged_again(
    public: HostileServer, monkeypatch: pytest.MonkeyPatch, private_first: bool, answered: list[str]
) -> None:
    """Rebinding proper, with a cache that believes nothing: robots.txt from here, the page from there."""
    monkeypatch.setattr(dns_module, "MIN_TTL", 0.0)

    def flips(asked: int) -> list[str]:
        return ["A 127.0.0.1"] if (asked % 2 == 1) is private_first else [f"A {PUBLIC}"]

    fetched = await fetch_by(public, {"*": flips}, name="blog.example.com")
    assert fetched.error_kind is ErrorKind.BLOCKED_ADDRESS
    assert public.targets("blog.example.com") == answered


async def test_a_redirect_to_a_name_that_leads_inward_is_not_followed(public: HostileServer) -> None:
    public.answer("site.example.com", "/", 302, location="https://inward.example.org/")
    table: Table = {"site.example.com": [f"A {PUBLIC}"], "inward.example.org": ["A 127.0.0.1"]}
    fetched = await fetch_by(public, table)
    assert fetched.error_kind is ErrorKind.BLOCKED_ADDRESS
    assert public.targets("inward.example.org") == []
