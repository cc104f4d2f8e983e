"""Walks from an address over its redirects to a page, asking robots.txt and checking every step.

Redirects are followed by hand, so that each hop passes the same doors as the first: spelling, ports, guard,
robots, politeness. A bad certificate is recorded, then the same address is asked unverified, unless the
settings forbid it; a broken compression is asked again without any.
Not here: which address is tried first and next (ladder.py).
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace

from domain_scheduler.core.error_kinds import ErrorKind
from domain_scheduler.core.public_suffixes import registrable_domain
from domain_scheduler.scan.fetch.bodies import UNCOMPRESSED
from domain_scheduler.scan.fetch.egress import Answer, Ask, Egress, Headers
from domain_scheduler.scan.fetch.failures import FetchError
from domain_scheduler.scan.fetch.line import Line
from domain_scheduler.scan.fetch.markup import meta_refresh
from domain_scheduler.scan.fetch.reading import Bounds
from domain_scheduler.scan.fetch.robots import Robots
from domain_scheduler.scan.fetch.trail import Trail
from domain_scheduler.scan.fetch.urls import WebUrl, parse_url
from domain_scheduler.scan.fetch.verdict import REDIRECTS, check_page, worth_reading


@dataclass(frozen=True, slots=True, kw_only=True)
class Leash:
    """How far a walk to a further page of a site may go."""

    known: frozenset[str]
    """Addresses of pages that are there already; one that leads back to them is no further page."""
    site: str
    """The registered domain that is not left."""
    ends: float
    """Moment on the loop's clock; a crawl delay that lasts longer is not waited for."""

    def time_left(self) -> float:
        """Seconds."""
        return max(0.0, self.ends - asyncio.get_running_loop().time())

    def check_target(self, target: WebUrl) -> None:
        """Raises FetchError when a redirect leads off the site or back."""
        if registrable_domain(target.host) != self.site:
            raise FetchError(ErrorKind.REDIRECT_INVALID, f"it leads to another site, {target.text[:200]}")
        if target.text in self.known:
            raise FetchError(ErrorKind.REDIRECT_LOOP, f"it leads back to {target.text[:200]}")

    def check_delay(self, delay: float) -> None:
        """Raises FetchError when a crawl delay outlasts the time."""
        if delay >= self.time_left():
            raise FetchError(
                ErrorKind.SCAN_TIMEOUT, f"robots.txt asks to wait {delay:g} s, longer than there is time"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Walker:
    """What walking needs. `wants` and `judge` say what is looked for: by default a page."""

    egress: Egress
    robots: Robots | None
    max_redirects: int
    verified_only: bool
    keeps_crawl_delay: bool = False
    """Whether robots.txt's crawl delay is waited for: not for a site's first page."""
    leash: Leash | None = None
    bounds: Bounds | None = None
    """Of the answers, if others than usual."""
    wants: Callable[[int, Headers], bool] = worth_reading
    judge: Callable[[Answer], None] = check_page

    async def walk(self, start: WebUrl, trail: Trail) -> Answer:
        """The page that `start` leads to; raises the FetchError of the first step that fails."""
        async with Line(trail.share) as line:
            return await self._walk(start, trail, line)

    async def _walk(self, start: WebUrl, trail: Trail, line: Line) -> Answer:
        url, seen = start, {start.text}
        for _ in range(self.max_redirects + 1):
            answer = await self._step(url, trail, line)
            target = self._target(answer, trail)
            if target is None:
                return answer
            _note_change(url, target, trail)
            if self.leash is not None:
                self.leash.check_target(target)
            if target.text in seen:
                raise FetchError(
                    ErrorKind.REDIRECT_LOOP, f"{url.text[:200]} leads back to {target.text[:200]}"
                )
            seen.add(target.text)
            url = target
        raise FetchError(ErrorKind.TOO_MANY_REDIRECTS, f"more than {self.max_redirects} redirects")

    async def _step(self, url: WebUrl, trail: Trail, line: Line) -> Answer:
        """The answer to one address, certificate problems and broken compressions overcome."""
        try:
            answer = await self._step_over_certificate(url, trail, line)
        except FetchError as failure:
            trail.failed(url, failure)
            raise
        trail.answered(answer)
        return answer

    async def _step_over_certificate(self, url: WebUrl, trail: Trail, line: Line) -> Answer:
        try:
            return await self._ask(url, trail, line, verify=True)
        except FetchError as failure:
            if failure.kind is not ErrorKind.TLS_INVALID:
                raise
            trail.details["tls_error"] = {"problem": failure.tls_problem, "message": failure.message}
            if self.verified_only:
                raise
        return await self._ask(url, trail, line, verify=False)

    async def _ask(self, url: WebUrl, trail: Trail, line: Line, *, verify: bool) -> Answer:
        await self._ask_robots(url, trail, line, verify=verify)
        ask = Ask(
            url=url,
            verify=verify,
            wants=self.wants,
            bounds=self.bounds,
            patience=self.leash.time_left() if self.leash is not None else None,
            line=line,
            reads_later=True,
        )
        return await self._ask_page(ask, trail)

    async def _ask_page(self, ask: Ask, trail: Trail) -> Answer:
        """The answer; a broken compression is asked once more without any."""
        try:
            return await self.egress.ask(ask)
        except FetchError as failure:
            if not failure.plainly_again:
                raise
            trail.note("compressed body unreadable, asked again without compression")
        return await self.egress.ask(replace(ask, headers=UNCOMPRESSED))

    async def _ask_robots(self, url: WebUrl, trail: Trail, line: Line, *, verify: bool) -> None:
        if self.robots is None:
            return
        rules = await self.robots.check(url, verify=verify, line=line)
        trail.robots_txt = rules.beginning
        if delay := rules.crawl_delay:
            trail.details["crawl_delay"] = delay
            if self.keeps_crawl_delay and trail.waited_for != url.text:
                if self.leash is not None:
                    self.leash.check_delay(delay)
                await line.hang_up()
                await asyncio.sleep(delay)
                trail.waited_for = url.text

    def _target(self, answer: Answer, trail: Trail) -> WebUrl | None:
        """Where an answer sends its reader; None for a page. Raises for what is neither."""
        location = answer.header("location")
        if answer.status in REDIRECTS and location:
            return parse_url(location, base=answer.url)
        self.judge(answer)
        return _refresh_target(answer, trail)


def _refresh_target(answer: Answer, trail: Trail) -> WebUrl | None:
    """The target of a quick meta refresh within the same registered domain; any other is only noted."""
    if (written := meta_refresh(answer.body)) is None:
        return None
    try:
        target = parse_url(written, base=answer.url)
    except FetchError:
        return None
    if target.text == answer.url.text:
        return None
    trail.details["meta_refresh"] = target.text
    same = registrable_domain(target.host) == registrable_domain(answer.url.host)
    return target if same else None


def _note_change(url: WebUrl, target: WebUrl, trail: Trail) -> None:
    if url.scheme == "https" and target.scheme == "http":
        trail.details["downgraded"] = True
        trail.note("a redirect leads from https to http")
