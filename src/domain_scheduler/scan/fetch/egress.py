"""One request out of this process, whatever it is for: the single door of everything that leaves.

A page, a robots.txt, an icon, a webhook: each is one call of `Egress.ask`, which finds the route, waits for
its turn, connects through the guarded connector, and reads what comes within the bounds on bytes and time.
No redirect is followed, no cookie kept, no proxy of the environment used, nothing retried but the next
address of the same host. Not here: following redirects (walk.py), what an answer means (verdict.py).
"""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Final, Self
from urllib.parse import quote

import aiohttp

from domain_scheduler.core.error_kinds import ErrorKind
from domain_scheduler.scan.fetch import bodies
from domain_scheduler.scan.fetch.breaker import Breaker
from domain_scheduler.scan.fetch.connector import EgressConnector, Grant, granted
from domain_scheduler.scan.fetch.contact import Contact
from domain_scheduler.scan.fetch.deadline import Deadline
from domain_scheduler.scan.fetch.failures import FetchError, failure_of
from domain_scheduler.scan.fetch.fair_queue import FairQueue
from domain_scheduler.scan.fetch.guard import Guard
from domain_scheduler.scan.fetch.line import Line
from domain_scheduler.scan.fetch.politeness import Politeness
from domain_scheduler.scan.fetch.reading import Body, Bounds, read_body
from domain_scheduler.scan.fetch.retry_after import wait_asked_for
from domain_scheduler.scan.fetch.routes import Endpoint, Routes
from domain_scheduler.scan.fetch.tls import TlsContexts
from domain_scheduler.scan.fetch.urls import WebUrl

MAX_HEADER_BYTES: Final = 32 * 1024
MAX_HEADERS: Final = 128
_ASCII: Final = bytes(range(128))
_NEXT_ADDRESS: Final = {
    ErrorKind.CONNECT_REFUSED,
    ErrorKind.CONNECT_TIMEOUT,
    ErrorKind.CONNECT_UNREACHABLE,
}
"""Failures that another address of the same host may not have."""

Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """What is asked, and how the answer is read.

    `wants` sees status and headers before the body is read.
    """

    url: WebUrl
    line: Line
    """Where the connection is kept for the next request."""
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    verify: bool = True
    wants: Callable[[int, Headers], bool] = lambda _status, _headers: True
    bounds: Bounds | None = None
    reads_later: bool = False
    """Whether other sites are asked first, before the body of its answer is read."""
    ordered: bool = False
    """Whether somebody configured this address: then ports, block list and politeness do not bound it."""
    patience: float | None = None
    """Seconds to wait for a turn at a crowded address, if others than usual."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back; `body` is decoded."""

    url: WebUrl
    status: int
    headers: Headers
    body: Body
    ip: str
    contact: Contact
    """How the server was reached, for the report."""

    def header(self, name: str) -> str:
        """The first header of that (lower-case) name, or an empty text."""
        return header(self.headers, name)


def header(headers: Headers, name: str) -> str:
    """The first header of that (lower-case) name, or an empty text."""
    return next((value for key, value in headers if key == name), "")


class Egress:
    """The one session; enter it before asking."""

    def __init__(
        self,
        *,
        routes: Routes,
        guard: Guard,
        politeness: Politeness,
        contexts: TlsContexts,
        bounds: Bounds,
        user_agent: str,
        connect_timeout: float,
        tls_timeout: float,
    ) -> None:
        self._routes = routes
        self._politeness = politeness
        self._breaker = Breaker()
        self.queue = FairQueue()
        self._contexts = contexts
        self._bounds = bounds
        self._session = aiohttp.ClientSession(
            connector=EgressConnector(guard=guard, connect_timeout=connect_timeout, tls_timeout=tls_timeout),
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={
                "User-Agent": user_agent,
                "Accept": "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8",
                "Accept-Language": "en,*;q=0.5",
                "Accept-Encoding": bodies.ACCEPTED,
            },
            timeout=aiohttp.ClientTimeout(total=None, connect=None, sock_connect=None, sock_read=None),
            auto_decompress=False,
            trust_env=False,
            max_line_size=MAX_HEADER_BYTES,
            max_field_size=MAX_HEADER_BYTES,
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._session.close()

    async def ask(self, ask: Ask) -> Answer:
        """The answer to one request; raises FetchError for anything else."""
        try:
            route = await self._routes.find(ask.url, ordered=ask.ordered)
        except FetchError as failure:
            failure.before_http = True
            raise
        *others, last = route.endpoints
        for endpoint in others:
            try:
                return await self._ask_politely(ask, endpoint, route.dns)
            except FetchError as failure:
                if failure.kind not in _NEXT_ADDRESS:
                    raise
        return await self._ask_politely(ask, last, route.dns)

    async def _ask_politely(self, ask: Ask, endpoint: Endpoint, dns: dict[str, Any]) -> Answer:
        await ask.line.share.step()
        self._breaker.check(endpoint)
        async with AsyncExitStack() as place:
            await self._take_turn(ask, endpoint, place)
            answer = await self._ask_over_line(ask, endpoint, dns)
            ask.line.hold(place, endpoint.address)
        if answer.status in (429, 503) and not endpoint.trusted:
            self._politeness.slow_down(endpoint.address, wait_asked_for(answer.header("retry-after")))
        return answer

    async def _take_turn(self, ask: Ask, endpoint: Endpoint, place: AsyncExitStack) -> None:
        """Waits for it; who is in the middle of a site there has its place already, and waits with it."""
        waits = not (ask.ordered or endpoint.trusted)
        if ask.line.address == endpoint.address:
            place.push_async_exit(ask.line.leave_place())
            if waits:
                await self._politeness.next_turn(endpoint.address, patience=ask.patience)
            return
        await ask.line.hang_up()
        if waits:
            await place.enter_async_context(self._politeness.turn(endpoint.address, patience=ask.patience))

    async def _ask_over_line(self, ask: Ask, endpoint: Endpoint, dns: dict[str, Any]) -> Answer:
        """The answer; what makes no sense on a kept connection is asked once more on a new one."""
        try:
            return await self._ask_endpoint(ask, endpoint, dns)
        except FetchError as failure:
            await ask.line.hang_up()
            if not ask.line.reused or failure.kind is not ErrorKind.HTTP_INVALID:
                raise
        await ask.line.share.step()
        return await self._ask_endpoint(ask, endpoint, dns)

    async def _ask_endpoint(self, ask: Ask, endpoint: Endpoint, dns: dict[str, Any]) -> Answer:
        loop = asyncio.get_running_loop()
        tls = None
        if ask.url.scheme == "https":
            tls = self._contexts.verified if ask.verify else self._contexts.unverified
        try:
            async with Deadline() as deadline:
                grant = Grant(
                    endpoint=endpoint,
                    tls=tls,
                    deadline=deadline,
                    first_byte=self._bounds.first_byte,
                    started=loop.time(),
                    line=ask.line,
                )
                with granted(grant):
                    return await self._exchange(ask, grant, dns)
        except FetchError as failure:
            ask.line.share.queue_again()
            if failure.kind in _NEXT_ADDRESS:
                self._breaker.trip(endpoint, failure)
            raise
        except (aiohttp.ClientError, OSError, ValueError) as error:
            ask.line.share.queue_again()
            raise failure_of(error) from error

    async def _exchange(self, ask: Ask, grant: Grant, dns: dict[str, Any]) -> Answer:
        headers = {**ask.headers, "Connection": "keep-alive"}
        try:
            response = await self._session.request(
                ask.method, ask.url.for_client(), headers=headers, data=ask.body, allow_redirects=False
            )
        except BaseException:
            grant.drop()
            raise
        try:
            return await self._read(response, ask, grant, dns)
        finally:
            grant.drop()  # before closing, which would say goodbye
            response.close()

    async def _read(
        self, response: aiohttp.ClientResponse, ask: Ask, grant: Grant, dns: dict[str, Any]
    ) -> Answer:
        answered = asyncio.get_running_loop().time()
        headers = _bounded_headers(response)
        body = Body()
        if ask.wants(response.status, headers):
            if ask.reads_later:
                grant.deadline.stop()
                await ask.line.share.read()
            bounds = ask.bounds or self._bounds
            body = await read_body(response.content, grant, _content_encoding(headers), bounds)
        return Answer(
            url=ask.url,
            status=response.status,
            headers=headers,
            body=body,
            ip=str(grant.endpoint.address),
            contact=Contact(grant, dns, answered, verified=ask.verify),
        )


def _bounded_headers(response: aiohttp.ClientResponse) -> Headers:
    raw = response.raw_headers
    if len(raw) > MAX_HEADERS or sum(len(name) + len(value) + 4 for name, value in raw) > MAX_HEADER_BYTES:
        raise FetchError(
            ErrorKind.HEADERS_TOO_LARGE,
            f"more than {MAX_HEADERS} headers or {MAX_HEADER_BYTES // 1024} KiB of them",
        )
    return tuple(_text_of(name.decode("latin-1").lower(), value) for name, value in raw)


def _text_of(name: str, value: bytes) -> tuple[str, str]:
    """Name and value as text; in an address every byte counts, also one that is no UTF-8."""
    return name, quote(value, safe=_ASCII) if name == "location" else value.decode("utf-8", "replace")


def _content_encoding(headers: Headers) -> str:
    return ",".join(value for name, value in headers if name == "content-encoding")
