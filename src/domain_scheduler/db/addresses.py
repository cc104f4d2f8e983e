"""The addresses of the database, which no page may lead the service to.

Not here: refusing them (scan/fetch/guard.py).
"""

import asyncio
import socket
from ipaddress import IPv4Address, IPv6Address, ip_address

from sqlalchemy import URL


async def addresses_of(url: URL) -> frozenset[IPv4Address | IPv6Address]:
    """The IP addresses that the URL's hosts have now; none for a Unix socket or an unknown host."""
    named = [url.host or "", *_listed(url.query.get("host", "")), *_listed(url.query.get("hostaddr", ""))]
    hosts = [_without_port(host) for host in named if host and not host.startswith("/")]
    found = await asyncio.gather(*(_look_up(host) for host in hosts))
    return frozenset().union(*found)


def _listed(value: str | tuple[str, ...]) -> list[str]:
    return value.split(",") if isinstance(value, str) else list(value)


def _without_port(host: str) -> str:
    name, _, port = host.rpartition(":")
    return name if port.isdigit() and ":" not in name else host


async def _look_up(host: str) -> frozenset[IPv4Address | IPv6Address]:
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except OSError:
        return frozenset()
    return frozenset(ip_address(address[0]) for *_, address in found)
