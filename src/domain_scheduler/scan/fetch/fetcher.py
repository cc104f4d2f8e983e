"""The door of the fetch room: a domain name in, what its site answered out.

Nothing here raises for anything that a site, its DNS or the network does: that is a result with its error
kind. Only cancellation passes through. One Fetcher serves a whole process; enter it once. `fetch` asks for a
front page, `fetch_page` for any page, `fetch_further` for one more page of a site, `fetch_manifest` for its
manifest, `download` for a file, `send` delivers what somebody configured (a webhook); all leave through the
same egress and its guard.
Not here: how any single thing is done; this file puts the parts together. What is reported: findings.py.
"""

import asyncio
import math
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from types import TracebackType
from typing import Final, Self

from domain_scheduler.core.error_kinds import ErrorKind
from domain_scheduler.core.names import DomainName
from domain_scheduler.core.public_suffixes import registrable_domain
from domain_scheduler.core.report import Fetched
from domain_scheduler.scan.fetch.block_list import BlockList
from domain_scheduler.scan.fetch.connect_to import parse_detours
from domain_scheduler.scan.fetch.dns import Dns
from domain_scheduler.scan.fetch.egress import Answer, Ask, Egress
from domain_scheduler.scan.fetch.failures import FetchError
from domain_scheduler.scan.fetch.findings import failed, fetched
from domain_scheduler.scan.fetch.guard import Guard, IPAddress
from domain_scheduler.scan.fetch.ladder import climb
from domain_scheduler.scan.fetch.line import Line
from domain_scheduler.scan.fetch.politeness import Limits, Politeness
from domain_scheduler.scan.fetch.reading import Bounds
from domain_scheduler.scan.fetch.robots import Robots
from domain_scheduler.scan.fetch.routes import Routes
from domain_scheduler.scan.fetch.tls import make_contexts
from domain_scheduler.scan.fetch.trail import Trail
from domain_scheduler.scan.fetch.urls import parse_url
from domain_scheduler.scan.fetch.verdict import check_success, succeeded
from domain_scheduler.scan.fetch.walk import Leash, Walker
from domain_scheduler.settings import FetchSettings

_MANIFEST_BYTES: Final = 64 * 1024
_FURTHER_REDIRECTS: Final = 3
"""Redirects that are followed to a further page: a slash, a language, a host."""


class Fetcher:
    """Asks sites; an async context manager."""

    def __init__(self, settings: FetchSettings, *, denied_addresses: Iterable[IPAddress] = ()) -> None:
        """`denied_addresses` are never reached beside the deny list: the database's, for instance.

        Raises SettingsError for a setting that cannot work.
        """
        self._settings = settings
        self._guard = Guard(
            allow_networks=settings.allow_networks,
            deny_networks=settings.deny_networks,
            denied_addresses=denied_addresses,
        )
        self._detours = parse_detours(settings.connect_to)
        self._block_list = BlockList(settings.block_list)
        self._contexts = make_contexts(settings.ca_file)
        self._open = AsyncExitStack()

    async def __aenter__(self) -> Self:
        settings = self._settings
        self._dns = Dns(servers=settings.resolvers, timeout=settings.dns_timeout)
        self._open.push_async_callback(self._dns.close)
        self._routes = Routes(
            dns=self._dns,
            guard=self._guard,
            detours=self._detours,
            ports=settings.ports,
            block_list=self._block_list,
        )
        self._egress = await self._open.enter_async_context(
            Egress(
                routes=self._routes,
                guard=self._guard,
                politeness=Politeness(_limits(settings)),
                contexts=self._contexts,
                bounds=_bounds(settings),
                user_agent=settings.user_agent,
                connect_timeout=settings.connect_timeout,
                tls_timeout=settings.tls_timeout,
            )
        )
        self._to_front_page = self._walker()
        self._to_page = replace(self._to_front_page, keeps_crawl_delay=True)
        self._to_file = replace(self._to_page, wants=succeeded, judge=check_success)
        small = replace(_bounds(settings), wire=_MANIFEST_BYTES, body=_MANIFEST_BYTES)
        self._to_manifest = replace(self._to_file, bounds=small)
        return self

    def _walker(self) -> Walker:
        settings = self._settings
        robots = Robots(ask=self._egress.ask, bounds=_bounds(settings), user_agent=settings.user_agent)
        return Walker(
            egress=self._egress,
            robots=robots if settings.robots else None,
            max_redirects=settings.max_redirects,
            verified_only=settings.verify_tls_only,
        )

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._open.aclose()

    async def fetch(self, name: DomainName) -> Fetched:
        """The front page of a domain, or why there is none, within the budget of the settings."""

        async def front_page(trail: Trail) -> Answer:
            answer = await climb(name, self._to_front_page, trail)
            await self._add_records(name, trail)
            return answer

        return await self._within_budget(front_page, asked_for=name)

    async def fetch_page(self, url: str) -> Fetched:
        """Another page of a site that was just asked, after its crawl delay; robots.txt may deny it."""
        return await self._within_budget(lambda trail: self._to_page.walk(parse_url(url), trail))

    async def fetch_further(self, url: str, *, known: Sequence[str], seconds: float) -> Fetched:
        """A further page of the site whose `known` pages (addresses) were fetched, if it takes no longer.

        It is asked after the site's crawl delay, and neither leaves the site nor leads back to a known page.
        """
        return await self._on_leash(self._to_page, url, known, seconds)

    async def fetch_manifest(self, url: str, *, front_url: str, seconds: float) -> Fetched:
        """The web app manifest of the site whose front page is at `front_url`, asked like a further page."""
        return await self._on_leash(self._to_manifest, url, [front_url], seconds)

    async def _on_leash(self, walker: Walker, url: str, known: Sequence[str], seconds: float) -> Fetched:
        leash = Leash(
            known=frozenset(known),
            site=registrable_domain(parse_url(known[0]).host),
            ends=asyncio.get_running_loop().time() + seconds,
        )
        walker = replace(walker, leash=leash, max_redirects=min(_FURTHER_REDIRECTS, walker.max_redirects))
        return await self._within_budget(lambda trail: walker.walk(parse_url(url), trail), seconds=seconds)

    async def download(self, url: str) -> Fetched:
        """A file of a site, of whatever type (an icon), within the same bounds as a page."""
        return await self._within_budget(lambda trail: self._to_file.walk(parse_url(url), trail))

    async def send(
        self, url: str, *, method: str = "POST", headers: Mapping[str, str] | None = None, body: bytes = b""
    ) -> Fetched:
        """Delivers one request to an address that somebody configured; follows no redirect.

        Any port will do, certificates must be valid, and the guard holds. A status that is not 2xx is an
        error with its kind.
        """

        async def deliver(trail: Trail) -> Answer:
            async with Line(trail.share) as line:
                ask = Ask(
                    url=parse_url(url),
                    line=line,
                    method=method,
                    headers=headers or {},
                    body=body,
                    ordered=True,
                )
                answer = await self._egress.ask(ask)
            trail.answered(answer)
            check_success(answer)
            return answer

        return await self._within_budget(deliver)

    async def _within_budget(
        self,
        work: Callable[[Trail], Awaitable[Answer]],
        *,
        asked_for: DomainName | None = None,
        seconds: float = math.inf,
    ) -> Fetched:
        trail = Trail(self._egress.queue.share())
        budget = min(seconds, self._settings.budget)
        try:
            async with asyncio.timeout(budget):
                answer = await work(trail)
        except FetchError as failure:
            return failed(failure, trail)
        except TimeoutError:
            return failed(FetchError(ErrorKind.SCAN_TIMEOUT, f"not finished within {budget:.3g} s"), trail)
        return fetched(answer, trail, asked_for=asked_for)

    async def _add_records(self, name: DomainName, trail: Trail) -> None:
        """Adds what DNS holds on the registered domain beside addresses, where DNS is asked at all."""
        if not self._settings.dns_records or self._routes.goes_astray(name.ascii, 443):
            return
        kinds = ("NS", "MX", "TXT", "SOA")
        found = await asyncio.gather(*(self._dns.records(name.registrable, kind) for kind in kinds))
        trail.records = {kind.lower(): records for kind, records in zip(kinds, found, strict=True)}


def _bounds(settings: FetchSettings) -> Bounds:
    return Bounds(
        wire=settings.max_wire_bytes,
        body=settings.max_body_bytes,
        first_byte=settings.first_byte_timeout,
        idle=settings.idle_timeout,
        response=settings.response_timeout,
        pace=settings.min_rate,
    )


def _limits(settings: FetchSettings) -> Limits:
    return Limits(
        connections=settings.address_connections,
        address_rate=settings.address_rate,
        group_rate=settings.group_rate,
        burst=settings.burst,
        patience=settings.patience,
    )
