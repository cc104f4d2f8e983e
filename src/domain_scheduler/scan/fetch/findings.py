"""Turns what a fetch learned into the report of core/report.py: the `details` have their names here.

The keys are documented in docs/explanation/fetching.md. Everything is bounded and JSON-ready.
"""

from typing import Any, Final

from domain_scheduler.core.names import DomainName
from domain_scheduler.core.public_suffixes import registrable_domain
from domain_scheduler.core.report import Fetched
from domain_scheduler.scan.fetch.egress import Answer
from domain_scheduler.scan.fetch.failures import FetchError
from domain_scheduler.scan.fetch.markup import canonical_link
from domain_scheduler.scan.fetch.trail import Trail
from domain_scheduler.scan.fetch.urls import parse_url

_COOKIES: Final = frozenset({"set-cookie", "set-cookie2"})
MAX_VALUE: Final = 8_192
"""Characters of one header that are kept."""


def fetched(answer: Answer, trail: Trail, *, asked_for: DomainName | None = None) -> Fetched:
    """The report of a fetch that ended with `answer`; `asked_for` is the domain, if it was for one."""
    return Fetched(
        hops=tuple(trail.hops),
        final_url=answer.url.text,
        http_status=answer.status,
        headers=kept_headers(answer),
        body=answer.body.content,
        robots_txt=trail.robots_txt,
        details=_details(trail) | _page_facts(answer) | _place_facts(answer, asked_for),
    )


def failed(failure: FetchError, trail: Trail) -> Fetched:
    """The report of a fetch that ended with `failure`, with whatever was learned before."""
    last = trail.last
    return Fetched(
        hops=tuple(trail.hops),
        final_url=last.url.text if last else None,
        http_status=last.status if last else None,
        headers=kept_headers(last) if last else (),
        error_kind=failure.kind,
        error_message=failure.message,
        retry_after=failure.retry_after,
        details=_details(trail),
    )


def _details(trail: Trail) -> dict[str, Any]:
    """What the walk noted, and how the last server that answered was reached."""
    facts = trail.last.contact.facts() if trail.last else {}
    if trail.records:
        facts["dns"] = facts.get("dns", {}) | trail.records
    return facts | trail.details


def kept_headers(answer: Answer) -> tuple[tuple[str, str], ...]:
    """The headers; of cookies only the names, which tell technologies but identify nobody."""
    return tuple(
        (name, value.partition("=")[0].strip() if name in _COOKIES else value[:MAX_VALUE])
        for name, value in answer.headers
    )


def _page_facts(answer: Answer) -> dict[str, Any]:
    secure = answer.url.scheme == "https"
    return {
        "https": secure,
        "hsts": (secure and answer.header("strict-transport-security")[:200]) or None,
        "content_type": answer.header("content-type")[:200] or None,
        "wire_bytes": answer.body.wire_bytes,
        "body_bytes": len(answer.body.content),
        "truncated": answer.body.truncated,
    }


def _place_facts(answer: Answer, asked_for: DomainName | None) -> dict[str, Any]:
    """Where the page was found, seen from the domain that was asked for."""
    if asked_for is None:
        return {}
    domain = registrable_domain(answer.url.host)
    return {
        "final_domain": domain,
        "offsite": domain != asked_for.registrable,
        "canonical_host": _canonical_host(answer),
    }


def _canonical_host(answer: Answer) -> str | None:
    if (written := canonical_link(answer.body)) is None:
        return None
    try:
        return parse_url(written, base=answer.url).host
    except FetchError:
        return None
