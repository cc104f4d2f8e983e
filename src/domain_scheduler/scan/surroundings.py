"""What is known of a page's site beside the page: DNS records, certificate, robots.txt, its front page.

A fetch learns it on the way; whoever reads the page takes it with body, headers and URL.
A page from a file has none.
Not here: asking for it (fetch/), what is concluded from it (technologies/, extract/site_kind.py).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Self

from domain_scheduler.core.report import Fetched, Page

RECORD_TYPES: Final = ("cname", "ns", "mx", "txt", "soa")


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """`dns` holds records by lower-case type, of MX the host alone; all empty where nothing is known."""

    dns: Mapping[str, Sequence[str]] = field(default_factory=dict)
    certificate_issuer: str = ""
    robots_txt: str = ""
    """Its beginning."""
    front_language: str = ""
    """Of the site's front page, where this is a further page of it: a BCP 47 tag, region included."""
    front_phones: Sequence[str] = ()

    @classmethod
    def of(cls, fetched: Fetched, *, front: Page | None = None) -> Self:
        """What a fetch tells, and the front page where this is a further one."""
        details = fetched.details
        dns = details.get("dns") or {}
        records = {kind: [_host(kind, text) for text in dns.get(kind) or ()] for kind in RECORD_TYPES}
        return cls(
            dns={kind: texts for kind, texts in records.items() if texts},
            certificate_issuer=(details.get("tls") or {}).get("issuer") or "",
            robots_txt=fetched.robots_txt,
            front_language=_language(front) if front else "",
            front_phones=front.phones if front else (),
        )


def _language(front: Page) -> str:
    """The declared tag, `de-AT`, where it is the page's language; else the language alone."""
    language, declared = front.language or "", front.details.get("declared_language") or ""
    return declared if declared.lower().startswith(language) else language


def _host(kind: str, record: str) -> str:
    """The record without the priority that an MX begins with."""
    return record.partition(" ")[2] if kind == "mx" else record


NO_SURROUNDINGS: Final = Surroundings()
