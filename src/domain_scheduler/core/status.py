"""The states of a domain and of a batch, and who moves a domain from one to the next.

The Postgres CHECK, this enum and the diagram in docs/reference/states.md are tested equal.
Not here: the SQL that performs the moves (queue/queue.sql).
"""

from enum import StrEnum
from typing import Final


class DomainStatus(StrEnum):
    """Where one domain of one batch stands."""

    PENDING = "pending"
    """Waits for a claim; with `next_attempt_at` it waits for that moment first."""
    PROCESSING = "processing"
    """Leased by a worker; ends by a finish, a release, or a reap when the lease has expired."""
    COMPLETED = "completed"
    """Answered with a report; only an explicit retry moves it on."""
    ERROR = "error"
    """Answered with the reason why not; only an explicit retry moves it on."""
    CANCELLED = "cancelled"
    """Its batch was cancelled before it was answered; final."""


TRANSITIONS: Final[frozenset[tuple[DomainStatus, DomainStatus]]] = frozenset(
    {
        (DomainStatus.PENDING, DomainStatus.PROCESSING),  # claim
        (DomainStatus.PENDING, DomainStatus.CANCELLED),  # cancel
        (DomainStatus.PROCESSING, DomainStatus.COMPLETED),  # finish
        (DomainStatus.PROCESSING, DomainStatus.ERROR),  # finish, reap
        (DomainStatus.PROCESSING, DomainStatus.PENDING),  # finish (another attempt), release, reap
        (DomainStatus.COMPLETED, DomainStatus.PENDING),  # retry
        (DomainStatus.ERROR, DomainStatus.PENDING),  # retry
    }
)
"""Every move that a verb of the queue makes; there is no other."""


class BatchStatus(StrEnum):
    """What a batch's domains say; computed from counts and flags, never stored."""

    PENDING = "pending"
    """Nothing started yet."""
    PROCESSING = "processing"
    """Some domains are started or answered; an open (unsealed) batch stays here until sealed."""
    PAUSED = "paused"
    """Unanswered domains remain, and none is claimed until the batch is resumed."""
    COMPLETED = "completed"
    """Sealed and every domain answered; it may contain errors, and its counts say how many."""
    CANCELLED = "cancelled"
    """Cancelled; what was in flight at that moment is still finished."""
