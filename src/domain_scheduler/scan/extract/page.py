"""What was found in a page, in the form that the rest of the house sees.

Invariant: everything in a `Page` has passed `outgoing.clean`.
Not here: how anything is found (findings.py names the readers), `Page.details` (details.py).
"""

from typing import Any

from domain_scheduler.core.report import Page
from domain_scheduler.scan.extract.details import details
from domain_scheduler.scan.extract.document.found import Found
from domain_scheduler.scan.extract.document.reading import Reading
from domain_scheduler.scan.extract.findings import Findings
from domain_scheduler.scan.extract.outgoing import clean
from domain_scheduler.scan.technologies import Technology

_TUPLES = ("emails", "phones", "technologies")


def page_of(reading: Reading, findings: Findings) -> Page:
    """The page that the findings make."""
    facts: dict[str, Any] = clean(facts_of(reading, findings))
    facts.update({name: tuple(facts[name]) for name in _TUPLES})
    return Page(**facts)


def facts_of(reading: Reading, findings: Findings) -> dict[str, Any]:
    """The page's fields by name, as they were found: not yet cleaned."""
    single = _single(findings)
    further = {"headline": findings.headline, "site_name": findings.site_name}
    sources = {name: found.source for name, found in (single | further).items() if found}
    return {
        **{name: found.value if found else None for name, found in single.items()},
        **_several(findings),
        "details": {"sources": sources, **details(reading, findings)},
    }


def _single(findings: Findings) -> dict[str, Found | None]:
    """The fields that hold one value."""
    return {
        "title": findings.title,
        "description": findings.description,
        "language": findings.languages.chosen,
        "canonical_url": findings.canonical,
        "icon_url": findings.icon,
        "logo_url": findings.logo,
        "image_url": findings.image,
        "organization": findings.owner,
    }


def _several(findings: Findings) -> dict[str, Any]:
    return {
        "emails": [found.value for found in findings.emails],
        "phones": [found.value for found in findings.numbers.phones],
        "social": {profile.network: profile.url for profile, _ in reversed(findings.profiles)},
        "technologies": [_named(technology) for technology in findings.technologies],
        "site_kind": findings.site_kind.kind,
    }


def _named(technology: Technology) -> str:
    return f"{technology.name} {technology.version}" if technology.version else technology.name
