"""What is known about a domain after a scan: the values that the database, API and files carry.

`Page` is what extraction reads from one page, `Fetched` what fetching learned on the way, and
`ScanOutcome` the answer for one domain. All are plain frozen values, safe to pickle and to turn into JSON.
Not here: how a value is found (scan/), the columns of an export (result_row.py).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from domain_scheduler.core.error_kinds import ErrorKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Hop:
    """One request on the way to the page: its URL, the HTTP status (None if none came), the address."""

    url: str
    status: int | None = None
    ip: str | None = None
    error_kind: ErrorKind | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """What one ladder of requests for a domain gave.

    `error_kind` is None exactly when `body` holds a page to extract. `headers` are the last response's, in
    order, names in lower case. `body` is decoded from its Content-Encoding, cut at its bound. `details` is
    JSON-ready: what else was learned (tls, dns, timings, truncated, ...).
    """

    hops: tuple[Hop, ...] = ()
    final_url: str | None = None
    http_status: int | None = None
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    robots_txt: str = ""
    """The beginning of the robots.txt of the page's host, as it stands; bounded."""
    error_kind: ErrorKind | None = None
    error_message: str | None = None
    retry_after: float | None = None
    """Seconds that the site asked to wait (Retry-After), already bounded."""
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What one page says of its site.

    URLs are absolute; `phones` are E.164; `social` maps a network to the profile's URL; `technologies` are
    names, followed by a space and the version where it is known; `organization` is the name of who is behind
    the site. `details` is JSON-ready: every value's source, structured data, technologies with evidence, ...
    """

    title: str | None = None
    description: str | None = None
    language: str | None = None
    canonical_url: str | None = None
    icon_url: str | None = None
    logo_url: str | None = None
    image_url: str | None = None
    emails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    social: Mapping[str, str] = field(default_factory=dict)
    technologies: tuple[str, ...] = ()
    site_kind: str | None = None
    organization: str | None = None
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanOutcome:
    """The answer for one domain: a page, or the exact reason why there is none.

    `error_kind` is None exactly when the scan succeeded. `domain` is the normalised name. `duration_ms` is
    wall time in milliseconds. `page` is None for an error. `fetched.body` and `robots_txt` are dropped
    (empty) here.
    """

    domain: str
    error_kind: ErrorKind | None = None
    error_message: str | None = None
    fetched: Fetched = field(default_factory=Fetched)
    page: Page | None = None
    processor_result: Any = None
    duration_ms: int = 0
