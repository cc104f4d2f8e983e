"""Asks a site's robots.txt before its pages, and obeys it (RFC 9309 as Google reads it, by Protego).

A robots.txt that is not there (4xx) allows everything; one that cannot be had (5xx, 429, silence, garbage)
denies everything for now, with a kind of its own. Up to five redirects are followed, through the same egress
as everything else. Rules are kept for a day, per origin, bounded by their size.
Not here: who asks (walk.py); crawl delays are waited for by whoever asks for second pages (fetcher.py).
"""

import re
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Final

from protego import Protego

from domain_scheduler.core.error_kinds import ErrorKind
from domain_scheduler.scan.fetch.egress import Answer, Ask
from domain_scheduler.scan.fetch.failures import FetchError
from domain_scheduler.scan.fetch.reading import Bounds
from domain_scheduler.scan.fetch.urls import WebUrl, parse_url
from domain_scheduler.scan.fetch.verdict import REDIRECTS

MAX_BYTES: Final = 500 * 1024
MAX_REDIRECTS: Final = 5
KEPT_FOR: Final = 24 * 3600.0
"""Seconds."""
UNREACHABLE_FOR: Final = 300.0
"""Seconds for which an unreadable robots.txt is not asked again."""
CACHE_BYTES: Final = 16 * 1024**2
ENTRY_COST: Final = 2_000
"""Bytes that an entry is counted with beside its text."""
MAX_CRAWL_DELAY: Final = 30.0

_NOT_ABOUT_ROBOTS: Final = {ErrorKind.CONNECTION_RESET, ErrorKind.HTTP_INVALID, ErrorKind.HEADERS_TOO_LARGE}
"""What a server does to any request; more telling than that robots.txt was the first."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What one robots.txt says: `parsed` is None where there is none, `unreachable` why it is unknown."""

    parsed: Protego | None = None
    unreachable: str | None = None
    size: int = 0


class Robots:
    """The rules of the origins lately asked."""

    def __init__(self, *, ask: Callable[[Ask], Awaitable[Answer]], bounds: Bounds, user_agent: str) -> None:
        self._ask = ask
        self._bounds = replace(bounds, wire=MAX_BYTES, body=MAX_BYTES)
        self._token = product_token(user_agent)
        self._cache: OrderedDict[tuple[str, str, int], tuple[float, Rules]] = OrderedDict()
        self._size = 0

    async def check(self, url: WebUrl, *, verify: bool) -> float:
        """Returns the crawl delay in seconds when `url` may be asked; raises FetchError when not.

        A failure before any HTTP was spoken is passed on as it is: the page would fail alike.
        """
        rules = await self._rules(url, verify)
        if rules.unreachable is not None:
            raise FetchError(ErrorKind.ROBOTS_UNREACHABLE, f"robots.txt of {url.host}: {rules.unreachable}")
        if rules.parsed is None:
            return 0.0
        if not rules.parsed.can_fetch(url.text, self._token):
            raise FetchError(ErrorKind.ROBOTS_DENIED, f"robots.txt of {url.host} denies {url.target[:200]}")
        return min(rules.parsed.crawl_delay(self._token) or 0.0, MAX_CRAWL_DELAY)

    async def _rules(self, url: WebUrl, verify: bool) -> Rules:
        cached = self._cache.get(url.origin)
        if cached and cached[0] > time.monotonic():
            self._cache.move_to_end(url.origin)
            return cached[1]
        rules = await self._read(url.with_target("/robots.txt"), verify)
        self._keep(url.origin, rules)
        return rules

    def _keep(self, origin: tuple[str, str, int], rules: Rules) -> None:
        lasts = KEPT_FOR if rules.unreachable is None else UNREACHABLE_FOR
        if replaced := self._cache.pop(origin, None):
            self._size -= replaced[1].size
        self._cache[origin] = (time.monotonic() + lasts, rules)
        self._size += rules.size
        while self._size > CACHE_BYTES:
            self._size -= self._cache.popitem(last=False)[1][1].size

    async def _read(self, url: WebUrl, verify: bool) -> Rules:
        first = url
        try:
            for _ in range(MAX_REDIRECTS + 1):
                answer = await self._ask(
                    Ask(
                        url=url,
                        verify=verify,
                        bounds=self._bounds,
                        wants=lambda status, _: 200 <= status < 300,
                    )
                )
                location = answer.header("location")
                if answer.status not in REDIRECTS or not location:
                    return self._rules_of(answer)
                url = parse_url(location, base=url)
        except FetchError as failure:
            if url is first and (failure.before_http or failure.kind in _NOT_ABOUT_ROBOTS):
                raise
            return _unreachable(failure)
        return Rules(size=ENTRY_COST)

    def _rules_of(self, answer: Answer) -> Rules:
        if 200 <= answer.status < 300:
            content = answer.body.content
            return Rules(parsed=parse_robots(content), size=ENTRY_COST + 4 * len(content))
        if answer.status == 429 or answer.status >= 500:
            return Rules(unreachable=f"HTTP {answer.status}", size=ENTRY_COST)
        return Rules(size=ENTRY_COST)


def _unreachable(failure: FetchError) -> Rules:
    if failure.kind is ErrorKind.ADDRESS_BUSY:
        raise failure
    if failure.kind is ErrorKind.REDIRECT_INVALID:
        return Rules(size=ENTRY_COST)
    return Rules(unreachable=failure.message, size=ENTRY_COST)


def parse_robots(content: bytes) -> Protego:
    """The rules of a robots.txt in any encoding that one is found in."""
    encoding = "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    return Protego.parse(content.decode(encoding, "replace").replace("\0", ""))


def product_token(user_agent: str) -> str:
    """The name that robots.txt files address: `DomainScheduler` of `DomainScheduler/0.1 (+https://...)`."""
    match = re.match(r"[A-Za-z_-]+", user_agent)
    return match[0] if match else user_agent
