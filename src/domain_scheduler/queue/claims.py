"""The values that travel between the queue and a worker: claims out, answers back.

A claim is a lease under a run token; an answer names the token, and a token that no longer holds makes
the answer void. Not here: the statements (store.py), what an answer contains (core/report.py).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import Any, Final

from domain_scheduler.core.report import Page, ScanOutcome
from domain_scheduler.core.retry import RETRY_RULES, retry_delay
from domain_scheduler.core.status import DomainStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One domain leased to a worker. `attempt` counts from 1, this one included."""

    id: int
    batch_id: int
    domain: str
    run_token: int
    attempt: int
    max_attempts: int
    claim_position: int
    options: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What one claim came to. `retry_in` (seconds) is set exactly when the domain is to be claimed again."""

    claim: Claim
    outcome: ScanOutcome
    retry_in: float | None = None

    @property
    def status(self) -> DomainStatus:
        """The status that the domain gets."""
        if self.outcome.error_kind is None:
            return DomainStatus.COMPLETED
        return DomainStatus.ERROR if self.retry_in is None else DomainStatus.PENDING

    @property
    def put_off(self) -> bool:
        """Whether it only says that the domain's turn has not come: no attempt was made."""
        kind = self.outcome.error_kind
        return self.retry_in is not None and kind is not None and RETRY_RULES[kind].puts_off

    def as_row(self) -> dict[str, Any]:
        """The record that `finish_domains` reads, JSON-ready."""
        outcome, fetched, page = self.outcome, self.outcome.fetched, self.outcome.page
        row: dict[str, Any] = {
            "id": self.claim.id,
            "run_token": self.claim.run_token,
            "status": self.status,
            "duration_ms": outcome.duration_ms,
        }
        if outcome.error_kind is not None:
            row |= {
                "error_kind": outcome.error_kind,
                "error_message": outcome.error_message,
                "retry_in": self.retry_in,
                "put_off": self.put_off,
            }
        if fetched.hops:
            row |= {
                "http_status": fetched.http_status,
                "final_url": fetched.final_url,
                "redirects": [{"url": hop.url, "status": hop.status, "ip": hop.ip} for hop in fetched.hops],
            }
        details = dict(fetched.details)
        if page is not None:
            row |= {name: getattr(page, name) for name in _PAGE_COLUMNS}
            details |= page.details
        if details:
            row["details"] = details
        if outcome.processor_result is not None:
            row["processor_result"] = outcome.processor_result
        return row


_PAGE_COLUMNS: Final = tuple(field.name for field in fields(Page) if field.name != "details")


def answer_claim(
    claim: Claim, outcome: ScanOutcome, *, random: Callable[[], float], retry_scale: float = 1.0
) -> Answer:
    """The answer for `claim`, with the decision of the retry table for a failed scan."""
    if outcome.error_kind is None:
        return Answer(claim=claim, outcome=outcome)
    retry_in = retry_delay(
        outcome.error_kind,
        attempt=claim.attempt,
        max_attempts=claim.max_attempts,
        retry_after=outcome.fetched.retry_after,
        random=random,
        scale=retry_scale,
    )
    return Answer(claim=claim, outcome=outcome, retry_in=retry_in)
