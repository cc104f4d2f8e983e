"""What DNS holds on a domain is fetched with its page, and read with it."""

from functools import partial

from domain_scheduler.core.names import normalize_domain
from domain_scheduler.scan.extract import extract_page
from domain_scheduler.scan.fetch import Fetcher
from domain_scheduler.scan.surroundings import Surroundings
from tests.support.compiled_rules import built_in_technologies
from tests.support.dns_stub import dns_stub
from tests.support.hostile_server import HostileServer
from tests.unit.fetch.conftest import quick_settings

TABLE = {
    "www.example.com": ["A 127.0.0.1"],
    "example.com": [
        "A 127.0.0.1",
        "NS ns1.sedoparking.com",
        "MX 10 aspmx.l.google.com",
        "TXT v=spf1 include:spf.protection.outlook.com -all",
        "SOA ns1.sedoparking.com",
    ],
}


async def test_records_show_technologies_and_a_parked_domain(server: HostileServer) -> None:
    async with dns_stub(TABLE) as dns:
        settings = quick_settings(
            server, connect_to=server.port_only, resolvers=dns.address, allow_networks="127.0.0.0/8"
        )
        async with Fetcher(settings) as fetcher:
            fetched = await fetcher.fetch(normalize_domain("example.com"))
    read = partial(extract_page, fetched.body, headers=fetched.headers, url=fetched.final_url or "")
    page = read(beside=Surroundings.of(fetched), technologies=built_in_technologies())
    evidence = {found["name"]: found["evidence"] for found in page.details["technologies"]}
    assert evidence["Google Workspace"] == ["dns:mx"]
    assert evidence["Microsoft 365"] == ["dns:txt"]
    assert (page.site_kind, read().site_kind) == ("parked", "website")


async def test_records_are_asked_for_only_if_wanted(server: HostileServer) -> None:
    async with dns_stub(TABLE) as dns:
        settings = quick_settings(
            server,
            connect_to=server.port_only,
            resolvers=dns.address,
            allow_networks="127.0.0.0/8",
            dns_records=False,
        )
        async with Fetcher(settings) as fetcher:
            fetched = await fetcher.fetch(normalize_domain("example.com"))
    assert "mx" not in fetched.details["dns"]
    assert not any(kind in ("NS", "MX", "TXT", "SOA") for _, kind in dns.asked)
