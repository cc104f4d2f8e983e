"""The order in which a site's front doors are tried, and when the next one is.

https of the name → https of its sibling → http of the name → http of its sibling, where the sibling is the
name with `www.` put before it or taken off (DomainName.sibling); a host deeper below a registered name has
none. A door is tried only when the last failed in a way that this one could cure, and a failure behind a
redirect is final: the door itself was found. When all fail, the most telling failure is the answer: the
one that came furthest, and among equals the first, because that is the name that was asked for.
"""

from dataclasses import dataclass
from typing import Final

from domain_scheduler.core.error_kinds import ErrorKind
from domain_scheduler.core.names import DomainName
from domain_scheduler.scan.fetch.egress import Answer
from domain_scheduler.scan.fetch.failures import FetchError
from domain_scheduler.scan.fetch.trail import Trail
from domain_scheduler.scan.fetch.urls import DEFAULT_PORTS, WebUrl
from domain_scheduler.scan.fetch.walk import Walker


@dataclass(frozen=True, slots=True)
class Rung:
    """One door; `sibling` says that it is not the name itself."""

    label: str
    url: WebUrl
    sibling: bool

    @property
    def secure(self) -> bool:
        """Whether it is an https door."""
        return self.url.scheme == "https"


def rungs(name: DomainName) -> tuple[Rung, ...]:
    """The doors of a name in order; labels are `https`, `https_www`, `http`, `http_www` (or `..._apex`)."""
    doors = []
    for scheme, port in (("https", DEFAULT_PORTS["https"]), ("http", DEFAULT_PORTS["http"])):
        doors.append(Rung(scheme, WebUrl(scheme, name.ascii, port), False))
        if name.sibling:
            word = "www" if name.ascii == name.registrable else "apex"
            doors.append(Rung(f"{scheme}_{word}", WebUrl(scheme, name.sibling, port), True))
    return tuple(doors)


_NAME_HAS_NO_HOST: Final = {ErrorKind.DNS_NO_ADDRESS, ErrorKind.BLOCKED_ADDRESS, ErrorKind.DNS_NOT_FOUND}
"""Only the sibling can do better: both schemes go to the same addresses."""
_REFUSED_HERE: Final = {
    ErrorKind.HTTP_4XX,
    ErrorKind.HTTP_5XX,
    ErrorKind.HTTP_UNEXPECTED,
    ErrorKind.NOT_HTML,
    ErrorKind.EMPTY_PAGE,
}
"""The server works; only another host name may have a page."""

_NOT_FOR_NOW: Final = {
    ErrorKind.DNS_TIMEOUT,
    ErrorKind.DNS_SERVFAIL,
    ErrorKind.ADDRESS_BUSY,
    ErrorKind.OPTED_OUT,
    ErrorKind.INTERNAL_ERROR,
}
"""No door of the site is to be asked at this moment, or at all."""

_TELLING: Final = (
    {ErrorKind.DNS_NOT_FOUND, ErrorKind.DNS_NO_ADDRESS},
    {ErrorKind.DNS_TIMEOUT, ErrorKind.DNS_SERVFAIL},
    {ErrorKind.BLOCKED_ADDRESS, ErrorKind.BLOCKED_PORT},
    {ErrorKind.CONNECT_UNREACHABLE},
    {ErrorKind.CONNECT_TIMEOUT},
    {ErrorKind.CONNECT_REFUSED},
    {ErrorKind.TLS_HANDSHAKE_FAILED},
    {ErrorKind.TLS_TOO_OLD, ErrorKind.TLS_INVALID},
    {ErrorKind.CONNECTION_RESET},
    {ErrorKind.ROBOTS_UNREACHABLE},
    {ErrorKind.READ_TIMEOUT, ErrorKind.TOO_SLOW, ErrorKind.HTTP_INVALID, ErrorKind.HEADERS_TOO_LARGE},
)
"""From what says least about a site to what says most; whatever is not listed says more than these."""


def next_rung(
    all_rungs: tuple[Rung, ...], tried: Rung, failure: FetchError, *, redirected: bool
) -> Rung | None:
    """The next door after `tried` that could cure its failure; None when none could."""
    if redirected:
        return None
    later = all_rungs[all_rungs.index(tried) + 1 :]
    return next((rung for rung in later if _could_cure(rung, tried, failure)), None)


def _could_cure(rung: Rung, tried: Rung, failure: FetchError) -> bool:
    other_host = rung.url.host != tried.url.host
    if failure.kind is ErrorKind.DNS_NOT_FOUND and not tried.sibling:
        return False  # nothing exists below a name that does not exist (RFC 8020)
    if failure.kind in _NAME_HAS_NO_HOST:
        return other_host
    if failure.kind in _REFUSED_HERE:
        return other_host and rung.secure == tried.secure
    if failure.kind is ErrorKind.TLS_INVALID:
        return other_host and rung.secure  # http would be the lesser protection that the settings forbid
    if failure.kind in _NOT_FOR_NOW:
        return False
    return failure.before_http or failure.kind in (ErrorKind.CONNECTION_RESET, ErrorKind.HTTP_INVALID)


async def climb(name: DomainName, walker: Walker, trail: Trail) -> Answer:
    """The page behind the first door that leads to one; raises the most telling FetchError when none does."""
    doors = rungs(name)
    rung: Rung | None = doors[0]
    failures: list[FetchError] = []
    while rung is not None:
        before = len(trail.hops)
        try:
            answer = await walker.walk(rung.url, trail)
        except FetchError as failure:
            failures.append(failure)
            trail.rung_failed(rung.label, failure)
            rung = next_rung(doors, rung, failure, redirected=len(trail.hops) > before + 1)
        else:
            trail.details["rung"] = rung.label
            return answer
    raise most_telling(failures)


def most_telling(failures: list[FetchError]) -> FetchError:
    """The failure that is reported when every door that was tried failed."""
    return max(failures, key=lambda failure: _telling(failure.kind))


def _telling(kind: ErrorKind) -> int:
    return next((rank for rank, kinds in enumerate(_TELLING) if kind in kinds), len(_TELLING))
