"""Batches as requests and responses name them.

Not here: their domains (domain_schemas.py), the values themselves (batches/batch.py).
"""

from datetime import datetime
from typing import Annotated, Any, Final, Self

from pydantic import BaseModel, Field, model_validator

from domain_scheduler.api.fields import AfterId, ContactPages, MaxAttempts, Name, Priority, example
from domain_scheduler.core.error_kinds import ErrorKind
from domain_scheduler.core.status import BatchStatus, DomainStatus

BATCH: Final[dict[str, Any]] = {
    "id": 17,
    "name": "spring list",
    "status": "processing",
    "priority": 0,
    "sealed": True,
    "counts": {
        "total": 1000,
        "pending": 420,
        "processing": 30,
        "completed": 500,
        "error": 50,
        "cancelled": 0,
    },
    "errors_by_kind": {"dns_not_found": 41, "connect_timeout": 9},
    "rate_per_second": 18.5,
    "eta_seconds": 24.3,
    "created_at": "2026-01-05T10:00:00Z",
    "started_at": "2026-01-05T10:00:01Z",
    "finished_at": None,
    "max_attempts": 3,
    "options": {"contact_pages": True},
    "compared": 480,
    "changed": 37,
}
SUBMISSION: Final[dict[str, Any]] = {
    "id": 17,
    "accepted": 2,
    "duplicates": 1,
    "rejected": [
        {"value": "localhost", "line": 4, "reason": "a name for local or special use, never a public domain"}
    ],
    "rejected_count": 1,
}


class EntryIn(BaseModel):
    """A domain with a priority of its own."""

    model_config = example({"domain": "example.com", "priority": 5}, strict=True)

    domain: str = Field(max_length=2_000)
    priority: Priority = 0


Entries = Annotated[
    list[Annotated[str, Field(max_length=2_000)] | EntryIn],
    Field(fail_fast=True, description="Names, URLs or objects with `domain` and `priority`."),
]


class DomainsIn(BaseModel):
    """Domains for an open batch."""

    model_config = example(
        {"domains": ["example.com", {"domain": "example.org", "priority": 5}]}, strict=True
    )

    domains: Entries


class BatchIn(BaseModel):
    """A list of domains with what is to be done with it."""

    model_config = example(
        {
            "name": "spring list",
            "domains": ["example.com", "https://www.example.org/", "localhost"],
            "priority": 0,
        },
        strict=True,
    )

    domains: Entries = []
    name: Name = ""
    priority: Priority = 0
    max_attempts: MaxAttempts | None = None
    sealed: bool = Field(default=True, description="False keeps the batch open for more domains.")
    contact_pages: ContactPages = False


class BatchPatch(BaseModel):
    """What of a batch may be changed; what is left out stays."""

    model_config = example({"name": "autumn list", "priority": 3}, strict=True)

    name: Name | None = None
    priority: Priority | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.name is None and self.priority is None:
            raise ValueError("give a name, a priority, or both")
        return self


class RetryIn(BaseModel):
    """Which answered domains get another try: those of the statuses and, if given, of the error kinds."""

    model_config = example({"error_kinds": ["connect_timeout", "http_5xx"]}, strict=True)

    statuses: list[DomainStatus] = Field(
        default=[DomainStatus.ERROR], max_length=5, description="`error`, `completed` or both."
    )
    error_kinds: list[ErrorKind] | None = Field(
        default=None, max_length=100, description="Null means every kind."
    )
    after_id: AfterId = Field(default=0, description="`last_id` of an answer that was not complete.")

    @model_validator(mode="after")
    def _only_answered(self) -> Self:
        if not self.statuses or not set(self.statuses) <= {DomainStatus.ERROR, DomainStatus.COMPLETED}:
            raise ValueError("only domains with the status error or completed can be retried")
        return self


class RetryOut(BaseModel):
    """How many domains were sent back to `pending`."""

    model_config = example({"retried": 50, "complete": True, "last_id": 4711})

    retried: int
    complete: bool = Field(description="False: time was up; ask again with `after_id` set to `last_id`.")
    last_id: int | None


class CountsOut(BaseModel):
    """Domains by status; `total` is their sum."""

    total: int
    pending: int
    processing: int
    completed: int
    error: int
    cancelled: int


class BatchOut(BaseModel):
    """A batch as its domains make it at this moment."""

    model_config = example(BATCH)

    id: int
    name: str
    status: BatchStatus
    priority: int
    sealed: bool = Field(description="No more domains will be added.")
    counts: CountsOut
    errors_by_kind: dict[str, int]
    rate_per_second: float = Field(description="Answers per second; of a finished batch over its run.")
    eta_seconds: float | None = Field(description="Null when it cannot be told.")
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    max_attempts: int
    options: dict[str, Any] = Field(description="What was asked for beyond the front page: `contact_pages`.")
    compared: int = Field(description="Answers to names that had been completed before.")
    changed: int = Field(description="Those of them that differ from the last completed scan.")


class BatchPageOut(BaseModel):
    """Batches, newest first."""

    model_config = example({"items": [BATCH], "next_cursor": "YmF0Y2hlczoxNw"})

    items: list[BatchOut]
    next_cursor: str | None = Field(description="Null on the last page.")


class RejectedOut(BaseModel):
    """A value that cannot be a public domain name."""

    value: str
    line: int | None = Field(description="Its line in the file, or its place in the list, from 1.")
    reason: str


class SubmissionOut(BaseModel):
    """What became of the values that were sent."""

    model_config = example(SUBMISSION)

    id: int = Field(description="The batch.")
    accepted: int
    duplicates: int = Field(description="Names that the batch already had, in whatever spelling.")
    rejected: list[RejectedOut] = Field(description="The first of them.")
    rejected_count: int = Field(description="All of them.")


class MinuteOut(BaseModel):
    """Answers that were given within one minute."""

    minute: datetime
    completed: int
    error: int


class ThroughputOut(BaseModel):
    """Answers per minute, oldest first, without the minutes that had none."""

    model_config = example({"items": [{"minute": "2026-01-05T10:00:00Z", "completed": 930, "error": 71}]})

    items: list[MinuteOut]
