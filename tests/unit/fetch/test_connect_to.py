"""The setting `connect_to`, in curl's form."""

from typing import Any

import pytest

from domain_scheduler.core.error_kinds import ErrorKind
from domain_scheduler.errors import SettingsError
from domain_scheduler.scan.fetch import Fetcher
from domain_scheduler.scan.fetch.connect_to import Detour, find_detour, parse_detours
from domain_scheduler.settings import FetchSettings
from tests.support.hostile_server import HostileServer
from tests.unit.fetch.conftest import Fetch


@pytest.mark.parametrize(
    ("rule", "detour"),
    [
        ("example.com:443:127.0.0.1:8443", Detour("example.com", 443, "127.0.0.1", 8443)),
        ("::127.0.0.1:8080", Detour("", None, "127.0.0.1", 8080)),
        (":80::8080", Detour("", 80, "", 8080)),
        ("EXAMPLE.com::[::1]:", Detour("example.com", None, "::1", None)),
        ("[2001:db8::1]:80:staging.example.com:80", Detour("2001:db8::1", 80, "staging.example.com", 80)),
        (":::", Detour("", None, "", None)),
    ],
)
def test_a_rule_has_four_parts_that_may_be_empty(rule: str, detour: Detour) -> None:
    assert parse_detours([rule]) == (detour,)


@pytest.mark.parametrize(
    "rule", ["", "example.com", "a:b:c:d", "a:80:b", "a:80:b:80:c", "a:99999:b:80", "a:0:b:1"]
)
def test_anything_else_is_refused_with_the_setting_named(rule: str) -> None:
    with pytest.raises(SettingsError, match=r"fetch\.connect_to"):
        parse_detours([rule])


@pytest.mark.parametrize(
    "wrong", [{"connect_to": "nonsense"}, {"block_list": "exa mple"}, {"ca_file": "/no/such/file.pem"}]
)
def test_a_setting_that_cannot_work_is_refused_at_once(wrong: dict[str, Any]) -> None:
    with pytest.raises(SettingsError):
        Fetcher(FetchSettings(**wrong))


def test_the_first_rule_that_matches_wins() -> None:
    detours = parse_detours(["a.com:443:192.0.2.1:1", "a.com::192.0.2.2:2", "::192.0.2.3:3"])
    found = [find_detour(detours, *where) for where in (("a.com", 443), ("a.com", 80), ("b.com", 80))]
    assert [detour and detour.to_port for detour in found] == [1, 2, 3]
    assert find_detour(detours[:2], "b.com", 80) is None


async def test_the_names_of_the_site_stay_those_of_the_site(fetch: Fetch, server: HostileServer) -> None:
    fetched = await fetch("www.example.com")
    assert fetched.final_url == "https://www.example.com/"
    assert fetched.details["tls"]["verified"] is True
    assert server.log[-1].host == "www.example.com"


async def test_a_target_may_be_a_name_of_this_host(fetch: Fetch, server: HostileServer) -> None:
    fetched = await fetch("site.example.com", connect_to=f":443:localhost:{server.https}")
    assert fetched.error_kind is None
    unknown = await fetch("site.example.com", connect_to="::no-such-host.invalid:1")
    assert unknown.error_kind is ErrorKind.DNS_NOT_FOUND


async def test_a_rule_for_a_port_opens_that_port(fetch: Fetch, server: HostileServer) -> None:
    server.answer("site.example.com", "/", 302, location="http://site.example.com:8080/there")
    assert (await fetch("site.example.com")).error_kind is ErrorKind.BLOCKED_PORT
    rule = f":8080:127.0.0.1:{server.http}"
    fetched = await fetch("site.example.com", connect_to=(rule, *server.connect_to))
    assert fetched.final_url == "http://site.example.com:8080/there"
