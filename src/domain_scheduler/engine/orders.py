"""Requests to work off a number of domains now, and what became of each domain that a request followed.

An order follows the domains in flight when it comes, then those claimed after it, up to its limit; it is
done when all of them have their answer stored and no more are to come.
Not here: the passes that give orders (scheduler/).
"""

import asyncio
from collections import Counter
from collections.abc import Iterable

from domain_scheduler.core.status import DomainStatus
from domain_scheduler.engine.state import WorkedOff
from domain_scheduler.queue.claims import Answer, Claim


class Order:
    """One request for `limit` domains."""

    def __init__(self, limit: int, *, in_flight: Iterable[Claim] = ()) -> None:
        self._limit = limit
        self._open: set[tuple[int, int]] = set()
        self._by_status: Counter[DomainStatus] = Counter()
        self._errors_by_kind: Counter[str] = Counter()
        self._claimed = 0
        self._stale = 0
        self._exhausted = False
        self.done = asyncio.Event()
        """Set when nothing more is to come."""
        self._joined = self._follow(in_flight)
        self._check()

    @property
    def wanted(self) -> int:
        """Domains that it would still follow."""
        return 0 if self._exhausted else self._limit - self._joined - self._claimed

    def note_claimed(self, claims: Iterable[Claim]) -> None:
        """Follow what was just claimed, as far as the limit goes."""
        self._claimed += self._follow(claims, self.wanted)
        self._check()

    def note_nothing_ready(self) -> None:
        """There is nothing more to claim."""
        self._exhausted = True
        self._check()

    def note_stored(self, answer: Answer) -> None:
        """An answer was stored."""
        if not self._forget(answer.claim):
            return
        self._by_status[answer.status] += 1
        if answer.status is DomainStatus.ERROR:
            self._errors_by_kind[str(answer.outcome.error_kind)] += 1
        self._check()

    def note_void(self, claim: Claim) -> None:
        """The claim was lost or given back: somebody else will answer it."""
        if self._forget(claim):
            self._stale += 1
            self._check()

    def worked_off(self) -> WorkedOff:
        """What became of the domains so far."""
        return WorkedOff(
            joined=self._joined,
            claimed=self._claimed,
            completed=self._by_status[DomainStatus.COMPLETED],
            error=self._by_status[DomainStatus.ERROR],
            retried=self._by_status[DomainStatus.PENDING],
            stale=self._stale,
            unfinished=len(self._open),
            errors_by_kind=dict(self._errors_by_kind),
        )

    def _follow(self, claims: Iterable[Claim], limit: int | None = None) -> int:
        chosen = [(claim.id, claim.run_token) for claim in claims][: self._limit if limit is None else limit]
        self._open.update(chosen)
        return len(chosen)

    def _forget(self, claim: Claim) -> bool:
        key = (claim.id, claim.run_token)
        known = key in self._open
        self._open.discard(key)
        return known

    def _check(self) -> None:
        if not self._open and self.wanted <= 0:
            self.done.set()


class Orders:
    """The orders of one engine that are not done yet."""

    def __init__(self) -> None:
        self._orders: list[Order] = []

    @property
    def wanted(self) -> int:
        """Domains that all orders together would still follow."""
        return sum(order.wanted for order in self._orders)

    def take(self, order: Order) -> None:
        """Serve this order from now on."""
        self._orders.append(order)

    def drop(self, order: Order) -> None:
        """Serve it no longer."""
        self._orders.remove(order)

    def note_claimed(self, claims: list[Claim]) -> None:
        """Tell every order what was claimed, none meaning that nothing is ready."""
        for order in self._orders:
            if claims:
                order.note_claimed(claims)
            else:
                order.note_nothing_ready()

    def note_written(self, answers: Iterable[Answer], held: set[int]) -> None:
        """Tell every order what was stored and what was void."""
        for answer in answers:
            for order in self._orders:
                if answer.claim.id in held:
                    order.note_stored(answer)
                else:
                    order.note_void(answer.claim)
