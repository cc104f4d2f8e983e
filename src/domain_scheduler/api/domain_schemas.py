"""Domains as responses name them: the result row, and one domain with everything that is known of it."""

from datetime import datetime
from typing import Any, Final, Literal

from pydantic import BaseModel, Field

from domain_scheduler.api.fields import example
from domain_scheduler.core.status import DomainStatus

_CHANGES: Final[dict[str, Any]] = {
    "since": "2025-12-05T10:00:07Z",
    "domain_id": 1147,
    "content": "edited",
    "bits": 7,
    "fields": {
        "title": {"from": "Example", "to": "Example Domain"},
        "technologies": {
            "added": ["nginx"],
            "removed": ["Apache"],
            "updated": [{"name": "WordPress", "from": "6.7", "to": "6.8"}],
        },
    },
    "same_extractor": True,
}
DOMAIN: Final[dict[str, Any]] = {
    "id": 4711,
    "batch_id": 17,
    "domain": "example.com",
    "status": "completed",
    "error_kind": None,
    "error_message": None,
    "attempts": 1,
    "http_status": 200,
    "final_url": "https://example.com/",
    "title": "Example Domain",
    "description": None,
    "language": "en",
    "canonical_url": None,
    "icon_url": "https://example.com/favicon.ico",
    "logo_url": None,
    "image_url": None,
    "emails": ["info@example.com"],
    "phones": ["+4930123456"],
    "social": {"github": "https://github.com/example"},
    "technologies": ["nginx", "WordPress 6.8"],
    "site_kind": "website",
    "redirects": [{"url": "https://example.com/", "status": 200, "ip": "192.0.2.1"}],
    "fetched_at": "2026-01-05T10:00:02Z",
    "duration_ms": 412,
    "organization": "Example GmbH",
    "changed": ["content", "title", "technologies"],
    "changes": _CHANGES,
    "priority": 0,
    "next_attempt_at": None,
    "waiting_because": None,
}
_ATTEMPT: Final[dict[str, Any]] = {
    "attempt": 1,
    "started_at": "2026-01-05T10:00:01.588Z",
    "worker_id": "0b9f9a52-6f0f-4c52-9a2f-7f3b8c7a1d11",
    "duration_ms": 412,
    "http_status": 200,
    "error_kind": None,
    "error_message": None,
}


class RedirectOut(BaseModel):
    """One request on the way to the page."""

    url: str
    status: int | None
    ip: str | None


class ChangesOut(BaseModel):
    """What differs from the last completed scan of the same name."""

    model_config = example(_CHANGES)

    since: datetime | None = Field(description="When the scan ended that this one is compared with.")
    domain_id: int | None = Field(description="The domain that it belongs to; after a retry this one itself.")
    content: Literal["same", "edited", "rewritten"] | None = Field(
        description="The visible text; null for an error."
    )
    bits: int | None = Field(description="How many of 64 bits of the text's similarity hash differ.")
    fields: dict[str, dict[str, Any]] = Field(
        description="What else differs: `from` and `to`, or `added`, `removed` (and `updated`)."
    )
    same_extractor: bool = Field(description="False where a newer way of reading pages may be the cause.")


class DomainOut(BaseModel):
    """One domain: its result row, between `id` and `batch_id` and what else a list shows."""

    model_config = example(DOMAIN)

    id: int
    batch_id: int
    domain: str
    status: DomainStatus
    error_kind: str | None = Field(description="See /error-kinds; set exactly when the status is `error`.")
    error_message: str | None
    attempts: int
    http_status: int | None
    final_url: str | None
    title: str | None
    description: str | None
    language: str | None
    canonical_url: str | None
    icon_url: str | None
    logo_url: str | None
    image_url: str | None
    emails: list[str] | None
    phones: list[str] | None = Field(description="E.164.")
    social: dict[str, str] | None = Field(description="Network → profile.")
    technologies: list[str] | None = Field(description="Names, with the version where it is known.")
    site_kind: str | None
    redirects: list[RedirectOut] | None
    fetched_at: datetime | None
    duration_ms: int | None
    organization: str | None = Field(
        description=(
            "The name of who is behind the site, as a page says it; else the site's own name, "
            "with the source `site_name`."
        )
    )
    changed: list[str] | None = Field(
        description="Names of what changed since the last completed scan; null where there was none."
    )
    changes: ChangesOut | None
    priority: int
    next_attempt_at: datetime | None = Field(description="Set while it waits for another attempt.")
    waiting_because: str | None = Field(description="The error kind that it waits for.")


class DomainPageOut(BaseModel):
    """Domains in the order in which they came."""

    model_config = example({"items": [DOMAIN], "next_cursor": "ZG9tYWluczo0NzEx"})

    items: list[DomainOut]
    next_cursor: str | None = Field(description="Null on the last page.")


class AttemptOut(BaseModel):
    """One try; a lost worker leaves neither duration nor status."""

    attempt: int = Field(description="From 1 within a retry cycle.")
    started_at: datetime | None
    worker_id: str | None
    duration_ms: int | None
    http_status: int | None
    error_kind: str | None
    error_message: str | None


class DomainDetailOut(DomainOut):
    """One domain with every attempt and everything that was found."""

    model_config = example(
        DOMAIN
        | {
            "history": [_ATTEMPT],
            "last_completed": {"domain_id": 1147, "fetched_at": "2025-12-05T10:00:07Z", "title": "Example"},
            "details": {"sources": {"title": "title"}},
            "processor_result": None,
            "claimed_at": "2026-01-05T10:00:01.588Z",
            "lease_until": None,
            "worker_id": "0b9f9a52-6f0f-4c52-9a2f-7f3b8c7a1d11",
        }
    )

    history: list[AttemptOut] = Field(description="Every attempt, oldest first, also those before a retry.")
    last_completed: dict[str, Any] | None = Field(
        description="Main facts of the last completed scan before this answer; they stay when a scan fails."
    )
    details: dict[str, Any] | None = Field(description="Sources of the values and what else was learned.")
    processor_result: Any = Field(description="What your own processor returned.")
    claimed_at: datetime | None
    lease_until: datetime | None = Field(description="Set while it is being worked on.")
    worker_id: str | None
