"""Decides where a request really goes: the addresses of a host that may be connected to, in order.

The order of the checks is the safety of the whole room: scheme and spelling (urls.py), block list and port,
the settings' detours, literal addresses, names that are not public, and last DNS; whatever address comes of
it has passed the guard, or was written into the settings. connector.py connects to nothing else.
"""

import asyncio
import socket
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from domain_scheduler.core.error_kinds import ErrorKind
from domain_scheduler.core.public_suffixes import public_suffix
from domain_scheduler.scan.fetch.block_list import BlockList
from domain_scheduler.scan.fetch.connect_to import Detour, find_detour
from domain_scheduler.scan.fetch.dns import Addresses, Dns
from domain_scheduler.scan.fetch.failures import FetchError
from domain_scheduler.scan.fetch.guard import Guard, IPAddress
from domain_scheduler.scan.fetch.urls import WebUrl, plain_address

MAX_V4: Final = 2
MAX_V6: Final = 1
"""Addresses of one host that are tried; IPv4 first, since a crawler's host always has it."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An address and port that one request may connect to; `trusted` ones come from the settings."""

    address: IPAddress
    port: int
    trusted: bool = False


@dataclass(frozen=True, slots=True)
class Route:
    """The endpoints for a host, first choice first, and what DNS said (JSON-ready)."""

    endpoints: tuple[Endpoint, ...]
    dns: dict[str, Any] = field(default_factory=dict)


class Routes:
    """Finds the route of an address; keeps nothing but what DNS caches."""

    def __init__(
        self,
        *,
        dns: Dns,
        guard: Guard,
        detours: tuple[Detour, ...],
        ports: Iterable[int],
        block_list: BlockList,
    ) -> None:
        self._dns = dns
        self._guard = guard
        self._detours = detours
        self._ports = frozenset(ports)
        self._block_list = block_list

    def goes_astray(self, host: str, port: int) -> bool:
        """Whether the settings send connections for this host elsewhere, so that DNS is not asked for it."""
        detour = find_detour(self._detours, host, port)
        return detour is not None and bool(detour.to_host)

    async def find(self, url: WebUrl, *, ordered: bool = False) -> Route:
        """Where `url` is asked; raises FetchError when it must not or cannot be.

        Neither ports nor block list bound an `ordered` address: somebody configured it.
        """
        detour = find_detour(self._detours, url.host, url.port)
        if not ordered:
            self._block_list.check(url.host)
            if url.port not in self._ports and not (detour and detour.port):
                raise FetchError(ErrorKind.BLOCKED_PORT, f"port {url.port} is not allowed")
        if detour is None or detour.host != url.host:  # a host that the settings name is meant as it is
            self._refuse_not_public(url)
        if detour and detour.to_host:
            return await _trusted(detour.to_host, detour.to_port or url.port)
        return await self._by_dns(url, (detour and detour.to_port) or url.port)

    def _refuse_not_public(self, url: WebUrl) -> None:
        """Literal addresses on the deny list, and names like `localhost` unless networks were opened."""
        if url.address is not None:
            self._refuse_denied(url.address)
        elif public_suffix(url.host) is None and not self._guard.allows_more_than_public:
            raise FetchError(ErrorKind.BLOCKED_ADDRESS, f"{url.host} is not a public name")

    async def _by_dns(self, url: WebUrl, port: int) -> Route:
        if url.address is not None:
            return Route((Endpoint(url.address, port),))
        if public_suffix(url.host) is not None:
            return self._allowed(await self._dns.addresses(url.host), port)
        endpoints = await _system_lookup(url.host, port)
        for endpoint in endpoints:
            self._refuse_denied(endpoint.address)
        return Route(endpoints)

    def _allowed(self, found: Addresses, port: int) -> Route:
        """The route over the addresses that the guard lets pass; if it denies all, its reason."""
        addresses: tuple[IPAddress, ...] = (*found.v4, *found.v6)
        refusals = {address: self._guard.refusal(address) for address in addresses}
        v4 = [Endpoint(address, port) for address in found.v4 if refusals[address] is None]
        v6 = [Endpoint(address, port) for address in found.v6 if refusals[address] is None]
        if not v4 and not v6:
            raise FetchError(ErrorKind.BLOCKED_ADDRESS, next(filter(None, refusals.values())))
        return Route((*v4[:MAX_V4], *v6[:MAX_V6]), _dns_facts(found))

    def _refuse_denied(self, address: IPAddress) -> None:
        if refusal := self._guard.refusal(address):
            raise FetchError(ErrorKind.BLOCKED_ADDRESS, refusal)


def _dns_facts(found: Addresses) -> dict[str, Any]:
    facts = {"a": list(map(str, found.v4)), "aaaa": list(map(str, found.v6)), "cname": list(found.aliases)}
    return {kind: records for kind, records in facts.items() if records}


async def _trusted(host: str, port: int) -> Route:
    endpoints = await _system_lookup(host, port)
    return Route(tuple(Endpoint(endpoint.address, port, trusted=True) for endpoint in endpoints))


async def _system_lookup(host: str, port: int) -> tuple[Endpoint, ...]:
    """What this host itself makes of a name: its hosts file counts, unlike in dns.py."""
    if (literal := plain_address(host)) is not None:
        return (Endpoint(literal, port),)
    try:
        infos = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except socket.gaierror as error:
        raise FetchError(ErrorKind.DNS_NOT_FOUND, f"{host} cannot be resolved by this host") from error
    found = [plain_address(str(info[4][0])) for info in infos[: MAX_V4 + MAX_V6]]
    return tuple(Endpoint(address, port) for address in found if address is not None)
