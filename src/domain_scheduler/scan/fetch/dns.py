"""Looks names up: one resolver for the process, with a cache, a bound on questions in flight and on time.

A name is looked up once per connection and what came back is what is connected to. The time limit is ours,
twice `timeout`, for c-ares shortens its own as it learns how quick a server usually is. Answers live as long
as their TTL says, within bounds, and so do denials; the cache is bounded in number, and each answer in its
records: 64 KiB hold four thousand. c-ares keeps a cache of its own that has no bound, so it is emptied
(`reinit`) every FLUSH_AFTER questions.
NXDOMAIN, no address, SERVFAIL and silence are different kinds. Not here: which address is taken (routes.py).
"""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address
from typing import Any, Final

import aiodns
import pycares
from aiodns.error import (
    ARES_EBADNAME,
    ARES_ENODATA,
    ARES_ENOTFOUND,
    ARES_ETIMEOUT,
)

from domain_scheduler.core.error_kinds import ErrorKind
from domain_scheduler.scan.fetch.failures import FetchError

TRIES: Final = 2
"""Time limits that a question is worth."""
PACKETS: Final = 5
"""c-ares asks again, with twice the patience each time, when a server takes five times as long as it usually
does (250 ms at least); a name that nobody asked for lately takes longer than that. Five packets last 7.75 s.
"""
AAAA_PATIENCE: Final = 1.0
"""Seconds that IPv6 addresses are waited for when there are others; some servers never say a word on them."""
MAX_IN_FLIGHT: Final = 500
"""Questions at once; a list sent to a resolver all at once looks like an attack."""
CACHE_SIZE: Final = 10_000
FLUSH_AFTER: Final = 2_000
MIN_TTL: Final = 5.0
MAX_TTL: Final = 3_600.0
NEGATIVE_TTL: Final = 60.0
"""Seconds for which "no such name" is believed."""
FAILURE_TTL: Final = 5.0
"""Seconds for which silence and SERVFAIL are believed; long enough for the rungs of one ladder."""
MAX_RECORDS: Final = 20
"""Of one kind that are told and connected to."""
MAX_KEPT: Final = 60
"""Records of one answer that are looked at: aliases come before what they lead to."""
MAX_TEXT: Final = 512
"""Characters of one TXT record."""

_TYPES: Final = {
    kind: getattr(pycares, f"QUERY_TYPE_{kind}") for kind in ("A", "AAAA", "CNAME", "NS", "MX", "TXT", "SOA")
}


@dataclass(frozen=True, slots=True)
class Addresses:
    """What a name leads to, in the order of the answer, and the aliases on the way."""

    v4: tuple[IPv4Address, ...] = ()
    v6: tuple[IPv6Address, ...] = ()
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Answer:
    """Records of one question, or why there are none (an error number of c-ares)."""

    records: tuple[tuple[int, str], ...] = ()
    """(type, text)"""
    error: int | None = None
    ttl: float = MAX_TTL

    def of_type(self, kind: str) -> list[str]:
        """The texts of the records of one type (`A`)."""
        return [text for each, text in self.records if each == _TYPES[kind]]


class Dns:
    """A caching stub resolver; close it when done."""

    def __init__(self, *, servers: Iterable[str] = (), timeout: float = 3.0) -> None:
        self._resolver = aiodns.DNSResolver(nameservers=list(servers) or None, timeout=timeout, tries=PACKETS)
        self._timeout = timeout
        self._in_flight = asyncio.Semaphore(MAX_IN_FLIGHT)
        self._asked = 0
        self._cache: OrderedDict[tuple[str, str], tuple[float, _Answer]] = OrderedDict()
        self._pending: dict[tuple[str, str], asyncio.Task[_Answer]] = {}

    async def close(self) -> None:
        """Ends questions in flight and the resolver's thread."""
        for task in list(self._pending.values()):
            task.cancel()
        await asyncio.gather(*self._pending.values(), return_exceptions=True)
        await self._resolver.close()

    async def addresses(self, name: str) -> Addresses:
        """The addresses of a name; raises FetchError when it has none."""
        v4, v6 = await self._both_families(name)
        found = Addresses(
            v4=tuple(map(IPv4Address, v4.of_type("A")[:MAX_RECORDS])),
            v6=tuple(map(IPv6Address, v6.of_type("AAAA")[:MAX_RECORDS])),
            aliases=tuple((v4.of_type("CNAME") or v6.of_type("CNAME"))[:MAX_RECORDS]),
        )
        if not found.v4 and not found.v6:
            raise _failure(name, v4, v6)
        return found

    async def _both_families(self, name: str) -> tuple[_Answer, _Answer]:
        asking = asyncio.create_task(self._look_up(name, "AAAA"))
        try:
            v4 = await self._look_up(name, "A")
            await asyncio.wait((asking,), timeout=AAAA_PATIENCE if v4.records else None)
            return v4, asking.result() if asking.done() else _Answer(error=ARES_ETIMEOUT)
        finally:
            asking.cancel()

    async def records(self, name: str, kind: str) -> list[str]:
        """NS, MX, TXT or SOA records as text, sorted; empty when there are none or nobody answers."""
        answer = await self._look_up(name, kind)
        return sorted(answer.of_type(kind))[:MAX_RECORDS]

    async def _look_up(self, name: str, kind: str) -> _Answer:
        key = (name, kind)
        if (cached := self._cache.get(key)) and cached[0] > time.monotonic():
            return cached[1]
        if not (task := self._pending.get(key)):
            task = self._pending[key] = asyncio.create_task(self._ask(name, kind))
            task.add_done_callback(lambda _: self._pending.pop(key, None))
        return await asyncio.shield(task)

    async def _ask(self, name: str, kind: str) -> _Answer:
        async with self._in_flight:
            self._flush_now_and_then()
            answer = await self._ask_in_time(name, kind)
        self._cache[name, kind] = (time.monotonic() + answer.ttl, answer)
        self._cache.move_to_end((name, kind))
        if len(self._cache) > CACHE_SIZE:
            self._cache.popitem(last=False)
        return answer

    async def _ask_in_time(self, name: str, kind: str) -> _Answer:
        try:
            async with asyncio.timeout(self._timeout * TRIES):
                while (answer := await self._ask_once(name, kind)).error == ARES_ETIMEOUT:
                    pass
                return answer
        except TimeoutError:
            return _Answer(error=ARES_ETIMEOUT, ttl=FAILURE_TTL)

    async def _ask_once(self, name: str, kind: str) -> _Answer:
        try:
            return _answer(await self._resolver.query_dns(name, kind))
        except aiodns.error.DNSError as error:
            return _Answer(error=error.args[0], ttl=_ttl_of_error(error.args[0]))

    def _flush_now_and_then(self) -> None:
        self._asked += 1
        if self._asked % FLUSH_AFTER == 0:
            self._resolver._channel.reinit()


def _answer(result: pycares.DNSResult) -> _Answer:
    ttl = min((record.ttl for record in result.answer), default=MAX_TTL)
    if all(record.type == pycares.QUERY_TYPE_CNAME for record in result.answer):
        ttl = min(ttl, NEGATIVE_TTL)  # an alias of nothing is a denial
    records = tuple((record.type, _text(record.type, record.data)) for record in result.answer[:MAX_KEPT])
    return _Answer(records=records, ttl=max(MIN_TTL, min(MAX_TTL, ttl)))


def _ttl_of_error(error: int) -> float:
    return NEGATIVE_TTL if error in (ARES_ENOTFOUND, ARES_ENODATA, ARES_EBADNAME) else FAILURE_TTL


def _text(kind: int, data: Any) -> str:
    """What is kept of a record; of a type that nobody asks for, nothing."""
    if kind in (pycares.QUERY_TYPE_A, pycares.QUERY_TYPE_AAAA):
        return str(data.addr)
    if kind == pycares.QUERY_TYPE_CNAME:
        return str(data.cname)
    if kind == pycares.QUERY_TYPE_NS:
        return str(data.nsdname).lower()
    if kind == pycares.QUERY_TYPE_MX:
        return f"{data.priority} {data.exchange or '.'}".lower()
    if kind == pycares.QUERY_TYPE_SOA:
        return str(data.mname).lower()
    return str(data.data.decode("utf-8", "replace")[:MAX_TEXT]) if kind == pycares.QUERY_TYPE_TXT else ""


def _failure(name: str, v4: _Answer, v6: _Answer) -> FetchError:
    errors = {v4.error, v6.error}
    if errors & {ARES_ENOTFOUND, ARES_EBADNAME}:
        return FetchError(ErrorKind.DNS_NOT_FOUND, f"{name} does not exist (NXDOMAIN)")
    if errors <= {None, ARES_ENODATA}:
        return FetchError(ErrorKind.DNS_NO_ADDRESS, f"{name} has neither an A nor an AAAA record")
    if ARES_ETIMEOUT in errors:
        return FetchError(ErrorKind.DNS_TIMEOUT, f"no answer to the DNS query for {name}")
    code = pycares.errno.errorcode.get(max(error or 0 for error in errors), "unknown")
    return FetchError(ErrorKind.DNS_SERVFAIL, f"the DNS query for {name} failed ({code})")
