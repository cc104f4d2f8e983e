"""The door of the fetch room: a domain name in, what its site answered out.

`fetch` never raises for anything that a site, its DNS or the network does: that is a result with its error
kind. Only cancellation passes through. One Fetcher serves a whole process; enter it once.
Not here: how any single thing is done; this file puts the parts together.
"""

import asyncio
from collections.abc import Iterable
from contextlib import AsyncExitStack
from types import TracebackType
from typing import Final, Self

from domain_scheduler.core.error_kinds import ErrorKind
from domain_scheduler.core.names import DomainName
from domain_scheduler.core.public_suffixes import registrable_domain
from domain_scheduler.core.report import Fetched
from domain_scheduler.scan.fetch.block_list import BlockList
from domain_scheduler.scan.fetch.connect_to import parse_detours
from domain_scheduler.scan.fetch.dns import Dns
from domain_scheduler.scan.fetch.egress import Answer, Egress
from domain_scheduler.scan.fetch.failures import FetchError
from domain_scheduler.scan.fetch.guard import Guard, IPAddress
from domain_scheduler.scan.fetch.ladder import Rung, most_telling, next_rung, rungs
from domain_scheduler.scan.fetch.markup import canonical_link
from domain_scheduler.scan.fetch.politeness import Limits, Politeness
from domain_scheduler.scan.fetch.reading import Bounds
from domain_scheduler.scan.fetch.robots import Robots
from domain_scheduler.scan.fetch.routes import Routes
from domain_scheduler.scan.fetch.tls import make_contexts
from domain_scheduler.scan.fetch.trail import Trail
from domain_scheduler.scan.fetch.urls import parse_url
from domain_scheduler.scan.fetch.walk import Walker
from domain_scheduler.settings import FetchSettings

NOT_STORED: Final = frozenset({"set-cookie", "set-cookie2"})
"""Headers whose values are cut to the name of what they set."""


class Fetcher:
    """Asks sites; an async context manager."""

    def __init__(self, settings: FetchSettings, *, denied_addresses: Iterable[IPAddress] = ()) -> None:
        """`denied_addresses` are never reached beside the deny list: the database's, for instance.

        Raises SettingsError for a setting that cannot work.
        """
        self._settings = settings
        self._guard = Guard(allow_networks=settings.allow_networks, denied_addresses=denied_addresses)
        self._detours = parse_detours(settings.connect_to)
        self._block_list = BlockList(settings.block_list)
        self._contexts = make_contexts(settings.ca_file)
        self._open = AsyncExitStack()

    async def __aenter__(self) -> Self:
        settings = self._settings
        self._dns = Dns(servers=settings.resolvers, timeout=settings.dns_timeout)
        self._open.push_async_callback(self._dns.close)
        self._routes = Routes(dns=self._dns, guard=self._guard, detours=self._detours, ports=settings.ports)
        bounds = _bounds(settings)
        self._egress = await self._open.enter_async_context(
            Egress(
                routes=self._routes,
                guard=self._guard,
                politeness=Politeness(_limits(settings)),
                contexts=self._contexts,
                bounds=bounds,
                user_agent=settings.user_agent,
                connect_timeout=settings.connect_timeout,
                tls_timeout=settings.tls_timeout,
            )
        )
        robots = Robots(ask=self._egress.ask, bounds=bounds, user_agent=settings.user_agent)
        self._walker = Walker(
            egress=self._egress,
            robots=robots if settings.robots else None,
            block_list=self._block_list,
            max_redirects=settings.max_redirects,
            verified_only=settings.verify_tls_only,
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._open.aclose()

    async def fetch(self, name: DomainName) -> Fetched:
        """The front page of a domain, or why there is none, within the budget of the settings."""
        trail = Trail()
        try:
            async with asyncio.timeout(self._settings.budget):
                answer = await self._climb(name, trail)
                await self._add_records(name, trail)
        except FetchError as failure:
            return _failed(name, failure, trail)
        except TimeoutError:
            message = f"not finished within {self._settings.budget:g} s"
            return _failed(name, FetchError(ErrorKind.SCAN_TIMEOUT, message), trail)
        return _fetched(name, answer, trail)

    async def _climb(self, name: DomainName, trail: Trail) -> Answer:
        """Tries the doors of a name until one leads to a page."""
        doors = rungs(name)
        rung: Rung | None = doors[0]
        failures: list[FetchError] = []
        while rung is not None:
            before = len(trail.hops)
            try:
                answer = await self._walker.walk(rung.url, trail)
                trail.details["rung"] = rung.label
                return answer
            except FetchError as failure:
                failures.append(failure)
                trail.details.setdefault("failed_rungs", []).append(
                    {"rung": rung.label, "error_kind": failure.kind, "message": failure.message}
                )
                rung = next_rung(doors, rung, failure, redirected=len(trail.hops) > before + 1)
        raise most_telling(failures)

    async def _add_records(self, name: DomainName, trail: Trail) -> None:
        """Adds the name and mail servers of the registered domain, where DNS is asked at all."""
        if not self._settings.dns_records or self._routes.goes_astray(name.ascii, 443):
            return
        servers, mail = await asyncio.gather(
            self._dns.records(name.registrable, "NS"), self._dns.records(name.registrable, "MX")
        )
        trail.details["dns"] = trail.details.get("dns", {}) | {"ns": servers, "mx": mail}


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


def _fetched(name: DomainName, answer: Answer, trail: Trail) -> Fetched:
    url = answer.url
    trail.details |= {
        "https": url.scheme == "https",
        "hsts": answer.header("strict-transport-security")[:200] or None,
        "content_type": answer.header("content-type")[:200],
        "wire_bytes": answer.body.wire_bytes,
        "truncated": answer.body.truncated,
        "final_domain": registrable_domain(url.host),
        "offsite": registrable_domain(url.host) != name.registrable,
        "canonical_host": _canonical_host(answer),
    }
    return Fetched(
        hops=tuple(trail.hops),
        final_url=url.text,
        http_status=answer.status,
        headers=_kept(answer),
        body=answer.body.content,
        details=trail.details,
    )


def _failed(name: DomainName, failure: FetchError, trail: Trail) -> Fetched:
    last = trail.last
    return Fetched(
        hops=tuple(trail.hops),
        final_url=last.url.text if last else None,
        http_status=last.status if last else None,
        headers=_kept(last) if last else (),
        error_kind=failure.kind,
        error_message=failure.message,
        retry_after=failure.retry_after,
        details=trail.details,
    )


def _kept(answer: Answer) -> tuple[tuple[str, str], ...]:
    """The headers; of cookies only their names, which tell technologies but identify nobody."""
    return tuple(
        (name, value.partition("=")[0] if name in NOT_STORED else value) for name, value in answer.headers
    )


def _canonical_host(answer: Answer) -> str | None:
    if (written := canonical_link(answer.body.content)) is None:
        return None
    try:
        return parse_url(written, base=answer.url).host
    except FetchError:
        return None
