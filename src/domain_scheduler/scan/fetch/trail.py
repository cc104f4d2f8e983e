"""What one fetch has learned so far; kept outside of the control flow, so that a time limit loses nothing."""

from dataclasses import dataclass, field
from typing import Any

from domain_scheduler.core.report import Hop
from domain_scheduler.scan.fetch.egress import Answer
from domain_scheduler.scan.fetch.failures import FetchError
from domain_scheduler.scan.fetch.fair_queue import Share
from domain_scheduler.scan.fetch.urls import WebUrl


@dataclass(slots=True)
class Trail:
    """The requests in order, and JSON-ready details; written while walking, read at the end."""

    share: Share
    """What the fetch has of the event loop."""
    hops: list[Hop] = field(default_factory=list)
    details: dict[str, Any] = field(default_factory=dict)
    records: dict[str, Any] = field(default_factory=dict)
    """What DNS knows of the registered domain."""
    waited_for: str | None = None
    """The address before which the crawl delay was kept: not again when only its certificate was refused."""
    robots_txt: str = ""
    """The beginning of the robots.txt that allowed the last address."""
    last: Answer | None = None
    """The last answer, page or not."""

    def answered(self, answer: Answer) -> None:
        """Records an answer."""
        self.hops.append(Hop(url=answer.url.text, status=answer.status, ip=answer.ip))
        self.last = answer

    def failed(self, url: WebUrl, failure: FetchError) -> None:
        """Records a request that got no answer."""
        self.hops.append(Hop(url=url.text, error_kind=failure.kind))

    def rung_failed(self, label: str, failure: FetchError) -> None:
        """Records that a door of the site led nowhere."""
        self.details.setdefault("failed_rungs", []).append(
            {"rung": label, "error_kind": failure.kind.value, "message": failure.message}
        )

    def note(self, text: str) -> None:
        """Adds a remark for people, once."""
        notes = self.details.setdefault("notes", [])
        if text not in notes:
            notes.append(text)
