"""The one table that says which error kinds are tried again, when, and how often.

Numbers follow the facts gathered for the design (crawling.md, retry table): what a second look cannot cure
is never tried again, what heals within minutes is tried after minutes. A batch's `max_attempts` is an
upper bound on top. Delays grow by `factor` per retry and carry ±20 % jitter, so that a million domains
that failed together do not come back together.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from domain_scheduler.core.error_kinds import ErrorKind

JITTER: Final = 0.2
RETRY_AFTER_LIMIT: Final = 600.0
"""Seconds; a site that asks for longer is asked again after this."""


@dataclass(frozen=True, slots=True)
class RetryRule:
    """How a kind is tried again: at most `retries` times, after `delay` seconds times `factor` per retry."""

    retries: int
    delay: float = 0.0
    factor: float = 1.0
    puts_off: bool = False
    """Whether the site was not even asked: then it is no attempt, and nothing bounds how often it happens."""

    @property
    def transient(self) -> bool:
        """Whether another attempt may cure the kind."""
        return self.retries > 0 or self.puts_off


NEVER: Final = RetryRule(0)

RETRY_RULES: Final[dict[ErrorKind, RetryRule]] = {
    ErrorKind.INVALID_DOMAIN: NEVER,
    ErrorKind.OPTED_OUT: NEVER,
    ErrorKind.DNS_NOT_FOUND: NEVER,
    ErrorKind.DNS_NO_ADDRESS: NEVER,
    ErrorKind.DNS_SERVFAIL: RetryRule(2, 60, 10),
    ErrorKind.DNS_TIMEOUT: RetryRule(2, 60, 10),
    ErrorKind.BLOCKED_ADDRESS: NEVER,
    ErrorKind.BLOCKED_PORT: NEVER,
    ErrorKind.ADDRESS_BUSY: RetryRule(0, 10, puts_off=True),  # until its turn comes
    ErrorKind.CONNECT_REFUSED: RetryRule(1, 300),
    ErrorKind.CONNECT_TIMEOUT: RetryRule(1, 300),
    ErrorKind.CONNECT_UNREACHABLE: RetryRule(1, 300),
    ErrorKind.CONNECTION_RESET: RetryRule(1, 0),
    ErrorKind.TLS_HANDSHAKE_FAILED: NEVER,
    ErrorKind.TLS_INVALID: NEVER,
    ErrorKind.TLS_TOO_OLD: NEVER,
    ErrorKind.READ_TIMEOUT: RetryRule(1, 300),
    ErrorKind.TOO_SLOW: RetryRule(1, 600),
    ErrorKind.HTTP_INVALID: NEVER,
    ErrorKind.HEADERS_TOO_LARGE: NEVER,
    ErrorKind.DECODING_FAILED: NEVER,
    ErrorKind.REDIRECT_LOOP: NEVER,
    ErrorKind.TOO_MANY_REDIRECTS: NEVER,
    ErrorKind.REDIRECT_INVALID: NEVER,
    ErrorKind.HTTP_4XX: NEVER,
    ErrorKind.HTTP_429: RetryRule(2, 120, 4),
    ErrorKind.HTTP_5XX: RetryRule(1, 300),
    ErrorKind.HTTP_UNEXPECTED: NEVER,
    ErrorKind.ROBOTS_DENIED: NEVER,
    ErrorKind.ROBOTS_UNREACHABLE: RetryRule(1, 600),
    ErrorKind.BLOCKED_BY_PROTECTION: NEVER,
    ErrorKind.NOT_HTML: NEVER,
    ErrorKind.EMPTY_PAGE: NEVER,
    ErrorKind.SCAN_TIMEOUT: RetryRule(1, 600),
    ErrorKind.EXTRACT_TIMEOUT: NEVER,
    ErrorKind.EXTRACT_FAILED: NEVER,
    ErrorKind.PROCESSOR_TIMEOUT: RetryRule(2, 30, 4),
    ErrorKind.PROCESSOR_FAILED: RetryRule(2, 30, 4),
    ErrorKind.WORKER_LOST: RetryRule(100),  # the reaper retries at once, bounded by max_attempts alone
    ErrorKind.INTERNAL_ERROR: RetryRule(1, 60),
}


def retry_delay(
    kind: ErrorKind,
    *,
    attempt: int,
    max_attempts: int,
    retry_after: float | None,
    random: Callable[[], float],
    scale: float = 1.0,
) -> float | None:
    """Seconds until the next attempt, or None when the error stands.

    `attempt` is the number of the attempt that just failed, from 1. `random` gives a number in [0, 1).
    `scale` multiplies the table's delays. A site's own Retry-After (seconds) wins over the table when it is
    longer, up to RETRY_AFTER_LIMIT, and is never undercut.
    """
    rule = RETRY_RULES[kind]
    if not rule.puts_off and (attempt > rule.retries or attempt >= max_attempts):
        return None
    jitter = 1 + JITTER * (2 * random() - 1)
    delay = scale * rule.delay * rule.factor ** (attempt - 1) * jitter
    return max(delay, min(retry_after or 0, RETRY_AFTER_LIMIT))
