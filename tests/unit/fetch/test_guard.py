"""The deny list: every range that must not be reached, in every disguise; and what opens it."""

import time
from ipaddress import ip_address, ip_network

import pytest

from domain_scheduler.scan.fetch import guard as guard_module
from domain_scheduler.scan.fetch.guard import DENIED, Guard, own_addresses

DENIED_ADDRESSES = [
    "0.0.0.0",
    "10.0.0.1",
    "100.64.0.1",
    "100.100.100.200",
    "127.0.0.1",
    "127.255.255.254",
    "168.63.129.16",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.192",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.1.1",
    "198.18.0.1",
    "198.19.255.255",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.255",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:8.8.8.8",
    "::ffff:0:10.0.0.1",
    "64:ff9b::10.0.0.1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::10.0.0.1",
    "64:ff9b:1:a00:0:100::",
    "64:ff9b:1:ff0a::1:0:0",
    "64:ff9b:1:1:a:0:100:0",
    "64:ff9b:1:1::10.0.0.1",
    "2606:4700::5efe:10.0.0.1",
    "2606:4700::200:5efe:169.254.169.254",
    "fe80::1%lo",
    "2606:4700::1111%lo",
    "100::1",
    "2001::1",
    "2001:0:a00:1::",
    "2001:2::1",
    "2001:10::1",
    "2001:db8::1",
    "2002:a00:1::1",
    "2002:7f00:1::",
    "3fff::1",
    "5f00::1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fec0::1",
    "ff02::1",
]

PUBLIC_ADDRESSES = [
    "1.1.1.1",
    "8.8.8.8",
    "9.255.255.255",
    "11.0.0.0",
    "100.63.255.255",
    "100.128.0.0",
    "172.15.255.255",
    "172.32.0.0",
    "192.0.1.1",
    "198.17.255.255",
    "198.20.0.0",
    "223.255.255.255",
    "2001:200::1",
    "2001:4860:4860::8888",
    "2606:4700::1111",
    "2a00:1450::1",
    "2606:4700::5efe:8.8.8.8",
    "3ffe::1",
]


@pytest.mark.parametrize("address", DENIED_ADDRESSES)
def test_what_is_not_public_is_refused_with_the_reason(address: str) -> None:
    refusal = Guard().refusal(ip_address(address))
    assert refusal is not None
    assert "is denied" in refusal


@pytest.mark.parametrize("address", PUBLIC_ADDRESSES)
def test_what_is_public_may_be_reached(address: str) -> None:
    assert Guard().refusal(ip_address(address)) is None


def test_both_ends_of_every_denied_network_are_refused() -> None:
    for network in map(ip_network, DENIED):
        assert Guard().refusal(network[0]), network
        assert Guard().refusal(network[-1]), network


def test_every_address_of_this_host_is_refused_even_a_public_one() -> None:
    assert ip_address("127.0.0.1") in own_addresses()
    assert all(Guard().refusal(address) for address in own_addresses())


def test_an_address_that_this_host_gets_later_is_refused_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """A VPN comes up while the service runs, and goes again."""
    guard, vpn = Guard(), ip_address("9.9.9.9")
    assert guard.refusal(vpn) is None
    monkeypatch.setattr(guard_module, "own_addresses", lambda: frozenset({vpn}))
    assert guard.refusal(vpn) is None, "looks at its interfaces for every connection"
    later = time.monotonic() + guard_module.OWN_ADDRESSES_FOR + 1
    monkeypatch.setattr(time, "monotonic", lambda: later)
    assert guard.refusal(vpn)
    monkeypatch.setattr(guard_module, "own_addresses", frozenset)
    monkeypatch.setattr(time, "monotonic", lambda: later + guard_module.OWN_ADDRESSES_FOR + 1)
    assert guard.refusal(vpn) is None


def test_a_zone_does_not_hide_an_address_of_this_host(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard_module, "own_addresses", lambda: frozenset({ip_address("2606:4700::1")}))
    assert Guard().refusal(ip_address("2606:4700::1%eth0"))


def test_the_settings_can_close_a_network_and_that_is_the_last_word() -> None:
    guard = Guard(
        deny_networks=[ip_network("8.8.8.0/24"), ip_network("10.1.2.0/24")],
        allow_networks=[ip_network("10.1.0.0/16"), ip_network("64:ff9b::/96")],
    )
    assert guard.refusal(ip_address("8.8.8.8")) == "8.8.8.8 is denied: by the settings"
    assert guard.refusal(ip_address("10.1.2.3"))
    assert guard.refusal(ip_address("64:ff9b::8.8.8.8"))
    assert guard.refusal(ip_address("10.1.3.3")) is None


def test_the_databases_address_is_refused() -> None:
    guard = Guard(denied_addresses=[ip_address("8.8.4.4")])
    assert guard.refusal(ip_address("8.8.4.4"))
    assert not guard.refusal(ip_address("8.8.8.8"))


def test_the_settings_can_open_a_network() -> None:
    guard = Guard(allow_networks=[ip_network("10.1.0.0/16")])
    assert guard.refusal(ip_address("10.1.2.3")) is None
    assert guard.refusal(ip_address("10.2.0.1"))


@pytest.mark.parametrize(
    ("disguise", "allowed"),
    [
        ("64:ff9b::10.0.0.1", False),
        ("64:ff9b::8.8.8.8", True),
        ("64:ff9b:1:a00:0:100::", False),
        ("64:ff9b:1:808:8:800:dead:beef", True),
        ("64:ff9b:1:a00:0:100:808:808", False),
        ("64:ff9b:1:80a:5:607:808:808", False),
        ("64:ff9b:1:808:a:0:108:808", False),
        ("64:ff9b:1:808:5:607:808:808", True),
        ("64:ff9b:1:808:8:800:a00:1", False),
        ("2002:a00:1::1", False),
        ("2002:808:808::1", True),
        ("2001:0:808:808:0:0:f5ff:fffe", False),
    ],
)
def test_an_opened_disguise_does_not_hide_a_denied_address(disguise: str, allowed: bool) -> None:
    networks = [ip_network(each) for each in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32")]
    refusal = Guard(allow_networks=networks).refusal(ip_address(disguise))
    assert (refusal is None) == allowed
