"""Asks a site's robots.txt before its pages, and obeys it (RFC 9309).

A robots.txt that is not there (4xx) allows everything; one that cannot be had (5xx, 429, silence, garbage)
denies everything for now, with a kind of its own. Up to five redirects are followed, through the same egress
as everything else. Rules are kept for a day, per origin, bounded by their size.
Not here: what its lines mean (robots_rules.py), who asks and who waits for a crawl delay (walk.py).
"""

import re
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Final

from domain_scheduler.core.error_kinds import ErrorKind
from domain_scheduler.scan.fetch.bodies import UNCOMPRESSED
from domain_scheduler.scan.fetch.egress import Answer, Ask
from domain_scheduler.scan.fetch.failures import FetchError
from domain_scheduler.scan.fetch.line import Line
from domain_scheduler.scan.fetch.reading import Bounds
from domain_scheduler.scan.fetch.retry_after import wait_asked_for
from domain_scheduler.scan.fetch.robots_rules import ALLOWS_ALL, RobotsRules, rules_for
from domain_scheduler.scan.fetch.urls import WebUrl, parse_url
from domain_scheduler.scan.fetch.verdict import REDIRECTS, succeeded

MAX_BYTES: Final = 500 * 1024
MAX_REDIRECTS: Final = 5
KEPT_FOR: Final = 24 * 3600.0
"""Seconds."""
UNREACHABLE_FOR: Final = 300.0
"""Seconds for which an unreadable robots.txt is not asked again."""
CACHE_BYTES: Final = 16 * 1024**2
ENTRY_COST: Final = 1_000
COST_OF_A_CHARACTER: Final = 20
"""Bytes that an entry is counted with, measured: 35,000 rules (500 KB) hold 10 MB."""

_NOT_ABOUT_ROBOTS: Final = {ErrorKind.CONNECTION_RESET, ErrorKind.HTTP_INVALID, ErrorKind.HEADERS_TOO_LARGE}
"""What a server does to any request; more telling than that robots.txt was the first."""


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known of an origin's robots.txt: its rules, or why they are not known."""

    rules: RobotsRules = ALLOWS_ALL
    unreachable: str | None = None
    retry_after: float | None = None

    @property
    def size(self) -> int:
        return ENTRY_COST + COST_OF_A_CHARACTER * self.rules.size + 2 * len(self.rules.beginning)


class Robots:
    """The rules of the origins lately asked."""

    def __init__(self, *, ask: Callable[[Ask], Awaitable[Answer]], bounds: Bounds, user_agent: str) -> None:
        self._ask = ask
        self._bounds = replace(bounds, wire=MAX_BYTES, body=MAX_BYTES)
        self._token = product_token(user_agent)
        self._cache: OrderedDict[tuple[str, str, int], tuple[float, _Known]] = OrderedDict()
        self._size = 0

    async def check(self, url: WebUrl, *, verify: bool, line: Line) -> RobotsRules:
        """Returns the rules when `url` may be asked; raises FetchError when not.

        The connection that it was asked on is left on `line`.

        A failure before any HTTP was spoken is passed on as it is: the page would fail alike.
        """
        known = await self._known(url, verify, line)
        if known.unreachable is not None:
            message = f"robots.txt of {url.host}: {known.unreachable}"
            raise FetchError(ErrorKind.ROBOTS_UNREACHABLE, message, retry_after=known.retry_after)
        if not known.rules.allows(url.text):
            raise FetchError(ErrorKind.ROBOTS_DENIED, f"robots.txt of {url.host} denies {url.target[:200]}")
        return known.rules

    async def _known(self, url: WebUrl, verify: bool, line: Line) -> _Known:
        cached = self._cache.get(url.origin)
        if cached and cached[0] > time.monotonic():
            self._cache.move_to_end(url.origin)
            return cached[1]
        known = await self._read(url.with_target("/robots.txt"), verify, line)
        self._keep(url.origin, known)
        return known

    def _keep(self, origin: tuple[str, str, int], known: _Known) -> None:
        lasts = KEPT_FOR if known.unreachable is None else UNREACHABLE_FOR
        if replaced := self._cache.pop(origin, None):
            self._size -= replaced[1].size
        self._cache[origin] = (time.monotonic() + lasts, known)
        self._size += known.size
        while self._size > CACHE_BYTES:
            self._size -= self._cache.popitem(last=False)[1][1].size

    async def _read(self, url: WebUrl, verify: bool, line: Line) -> _Known:
        first = url
        try:
            for _ in range(MAX_REDIRECTS + 1):
                ask = Ask(url=url, verify=verify, bounds=self._bounds, wants=succeeded, line=line)
                answer = await self._ask_readable(ask)
                location = answer.header("location")
                if answer.status not in REDIRECTS or not location:
                    return self._known_from(answer)
                url = parse_url(location, base=url)
        except FetchError as failure:
            if url is first and (failure.before_http or failure.kind in _NOT_ABOUT_ROBOTS):
                raise
            return _unreachable(failure)
        return _Known()

    async def _ask_readable(self, ask: Ask) -> Answer:
        """The answer; a broken compression is asked once more without any."""
        try:
            return await self._ask(ask)
        except FetchError as failure:
            if not failure.plainly_again:
                raise
        return await self._ask(replace(ask, headers=UNCOMPRESSED))

    def _known_from(self, answer: Answer) -> _Known:
        if 200 <= answer.status < 300:
            return _Known(rules_for(self._token, answer.body.content))
        if answer.status == 429 or answer.status >= 500:
            wait = wait_asked_for(answer.header("retry-after"))
            return _Known(unreachable=f"HTTP {answer.status}", retry_after=wait)
        return _Known()


def _unreachable(failure: FetchError) -> _Known:
    if failure.kind is ErrorKind.ADDRESS_BUSY:
        raise failure
    if failure.kind is ErrorKind.REDIRECT_INVALID:
        return _Known()
    return _Known(unreachable=failure.message)


def product_token(user_agent: str) -> str:
    """The name that robots.txt files address: `DomainScheduler` of `DomainScheduler/0.1 (+https://...)`."""
    match = re.match(r"[A-Za-z_-]+", user_agent)
    return match[0] if match else user_agent
