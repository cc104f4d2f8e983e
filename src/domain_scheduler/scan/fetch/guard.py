"""Which addresses may be reached: the deny list, and the addresses of this host and its database.

The list is our own, because `ipaddress.is_global` lets through multicast, NAT64, 6to4 and the metadata
addresses of some clouds. An IPv6 address that carries an IPv4 address is judged by both. The rule holds for
the very address that a socket is made for (connector.py asks again there), so neither a literal, nor a
redirect, nor an answer of DNS that changes can pass it. Of the settings, `deny_networks` adds to the list
and `allow_networks` overrides it, in this order.
Not here: which ports (routes.py), trusted targets of the settings (connect_to.py).
"""

import socket
import time
from collections.abc import Iterable
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final

import psutil

IPAddress = IPv4Address | IPv6Address
IPNetwork = IPv4Network | IPv6Network

DENIED: Final[dict[str, str]] = {
    "0.0.0.0/8": "this network",
    "10.0.0.0/8": "private",
    "100.64.0.0/10": "shared by a carrier (CGNAT); holds Alibaba's metadata 100.100.100.200",
    "127.0.0.0/8": "loopback",
    "168.63.129.16/32": "Azure's host agent",
    "169.254.0.0/16": "link-local; holds the clouds' metadata 169.254.169.254",
    "172.16.0.0/12": "private",
    "192.0.0.0/24": "protocol assignments; holds Oracle's metadata 192.0.0.192",
    "192.0.2.0/24": "documentation",
    "192.88.99.0/24": "6to4 relays",
    "192.168.0.0/16": "private",
    "198.18.0.0/15": "benchmarking",
    "198.51.100.0/24": "documentation",
    "203.0.113.0/24": "documentation",
    "224.0.0.0/4": "multicast",
    "240.0.0.0/4": "reserved and broadcast",
    "::/3": "not global unicast (loopback, mapped, compatible, translated, NAT64, discard)",
    "2001::/23": "protocol assignments; holds Teredo",
    "2001:db8::/32": "documentation",
    "2002::/16": "6to4",
    "3fff::/20": "documentation",
    "4000::/2": "not global unicast",
    "8000::/1": "not global unicast (unique local, link-local, site-local, multicast)",
}
"""Network -> why nobody's public site is there (IANA special-purpose registries, cloud documentation)."""

_DENIED_NETWORKS: Final = tuple((ip_network(network), why) for network, why in DENIED.items())

_LOCAL_NAT64: Final = ip_network("64:ff9b:1::/48")
_LAST_32_BITS: Final = (
    *map(ip_network, ("::/96", "::ffff:0:0/96", "::ffff:0:0:0/96", "64:ff9b::/96")),
    _LOCAL_NAT64,
)
"""IPv4-compatible, -mapped, -translated, and NAT64 with the well-known and the local prefix."""
_LOCAL_PREFIXES: Final = (48, 56, 64)
"""Lengths of local NAT64 prefixes that put the address elsewhere than at the end."""
_ISATAP: Final = 0x5EFE
"""First half of an interface identifier whose second half is an IPv4 address, but for the bit `universal`."""
_UNIVERSAL: Final = 0x0200_0000

OWN_ADDRESSES_FOR: Final = 10.0
"""Seconds after which this host's addresses are read again: a VPN may have come up."""


def embedded_ipv4(address: IPv6Address) -> tuple[IPv4Address, ...]:
    """The IPv4 addresses that an IPv6 address may stand for; empty for a plain one."""
    bits = int(address)
    found = [bits & 0xFFFFFFFF] if any(address in network for network in _LAST_32_BITS) else []
    if address in _LOCAL_NAT64:
        found.extend(_split_ipv4(bits, prefix) for prefix in _LOCAL_PREFIXES)
    if bits >> 32 & 0xFFFFFFFF & ~_UNIVERSAL == _ISATAP:
        found.append(bits & 0xFFFFFFFF)
    if address.sixtofour:
        found.append(int(address.sixtofour))
    if address.teredo:
        found.extend((int(address.teredo[0]), int(address.teredo[1])))
    return tuple(IPv4Address(each) for each in found)


def _split_ipv4(bits: int, prefix: int) -> int:
    """What follows a NAT64 prefix of that length; bits 64 to 71 are left out (RFC 6052, 2.2)."""
    joined = bits >> 64 << 56 | bits & (1 << 56) - 1
    return joined >> 120 - 32 - prefix & 0xFFFFFFFF


def own_addresses() -> frozenset[IPAddress]:
    """Every address of this host's interfaces."""
    return frozenset(
        ip_address(each.address.partition("%")[0])
        for interface in psutil.net_if_addrs().values()
        for each in interface
        if each.family in (socket.AF_INET, socket.AF_INET6)
    )


class Guard:
    """Says of an address why it must not be reached."""

    def __init__(
        self,
        *,
        allow_networks: Iterable[IPNetwork] = (),
        deny_networks: Iterable[IPNetwork] = (),
        denied_addresses: Iterable[IPAddress] = (),
    ) -> None:
        self._allowed = tuple(allow_networks)
        self._denied = tuple(deny_networks)
        self._denied_addresses = frozenset(denied_addresses)
        self._own = own_addresses()
        self._own_until = time.monotonic() + OWN_ADDRESSES_FOR
        self._known_refusal = lru_cache(maxsize=4096)(self._refusal)

    @property
    def allows_more_than_public(self) -> bool:
        """Whether the settings open networks beside the public internet."""
        return bool(self._allowed)

    def refusal(self, address: IPAddress) -> str | None:
        """Why `address` is denied; None when it may be reached."""
        if time.monotonic() > self._own_until:
            self._read_own_addresses()
        return self._known_refusal(address)

    def _read_own_addresses(self) -> None:
        own = own_addresses()
        self._own_until = time.monotonic() + OWN_ADDRESSES_FOR
        if own != self._own:
            self._own = own
            self._known_refusal.cache_clear()

    def _refusal(self, address: IPAddress) -> str | None:
        if isinstance(address, IPv4Address):
            return self._refusal_of_one(address)
        if address.scope_id is not None:
            return f"{address} is denied: it names a network interface of this host"
        readings: tuple[IPAddress, ...] = (address, *embedded_ipv4(address))
        return next(filter(None, map(self._refusal_of_one, readings)), None)

    def _refusal_of_one(self, address: IPAddress) -> str | None:
        if any(address in network for network in self._denied):
            return f"{address} is denied: by the settings"
        if any(address in network for network in self._allowed):
            return None
        if address in self._own or address in self._denied_addresses:
            return f"{address} is denied: an address of this host or its database"
        for network, why in _DENIED_NETWORKS:
            if address in network:
                return f"{address} is denied: {why}"
        return None
