"""What was found in a page, in the form that the rest of the house sees.

Invariant: everything in a `Page` has passed `outgoing.clean`.
Not here: how anything is found (findings.py names the readers).
"""

from typing import Any, Final

from domain_scheduler.core.report import Page
from domain_scheduler.scan.extract.findings import Findings
from domain_scheduler.scan.extract.fingerprints import fingerprints
from domain_scheduler.scan.extract.found import Found
from domain_scheduler.scan.extract.link_relations import feeds, language_versions, manifest
from domain_scheduler.scan.extract.open_graph import open_graph, twitter_card
from domain_scheduler.scan.extract.outgoing import clean
from domain_scheduler.scan.extract.reading import Reading
from domain_scheduler.scan.technologies import Technology

EXTRACTOR_VERSION: Final = 1
"""Grows with every change that can give another answer for the same page."""


def page_of(reading: Reading, findings: Findings) -> Page:
    """The page that the findings make."""
    facts: dict[str, Any] = clean({**_values(findings), "details": _details(reading, findings)})
    for name in ("emails", "phones", "technologies"):
        facts[name] = tuple(facts[name])
    return Page(**facts)


def _values(findings: Findings) -> dict[str, Any]:
    kind = findings.site_kind
    return {
        **{name: found.value if found else None for name, found in _single(findings).items()},
        "emails": [found.value for found in findings.emails],
        "phones": [found.value for found in findings.phones],
        "social": _one_each(findings),
        "technologies": [_named(technology) for technology in findings.technologies],
        "site_kind": kind.kind if kind else None,
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
    }


def _one_each(findings: Findings) -> dict[str, str]:
    """One profile for each network: the first."""
    return {profile.network: profile.url for profile, _ in reversed(findings.profiles)}


def _named(technology: Technology) -> str:
    return f"{technology.name} {technology.version}" if technology.version else technology.name


def _details(reading: Reading, findings: Findings) -> dict[str, Any]:
    return {
        "extractor_version": EXTRACTOR_VERSION,
        "sources": {name: found.source for name, found in _single(findings).items() if found},
        **_about_text(reading, findings),
        **_about_links(reading, findings),
        **_metas(reading),
        **_about_owner(findings),
        **fingerprints(reading),
    }


def _about_text(reading: Reading, findings: Findings) -> dict[str, Any]:
    declared = findings.languages.declared
    return {
        "charset": {"name": reading.decoded.charset, "source": reading.decoded.source},
        "declared_language": declared.value if declared else None,
        "detected_language": findings.languages.detected,
    }


def _about_links(reading: Reading, findings: Findings) -> dict[str, Any]:
    return {
        "icons": [
            {"url": icon.url, "rel": icon.relation, "size": icon.size, "type": icon.type}
            for icon in findings.icons
        ],
        "feeds": feeds(reading),
        "hreflang": language_versions(reading),
        "manifest": manifest(reading),
        "contact_links": findings.contact_links,
    }


def _metas(reading: Reading) -> dict[str, Any]:
    return {
        "site_name": reading.metas.get("og:site_name") or None,
        "open_graph": open_graph(reading.metas),
        "twitter": twitter_card(reading.metas),
        "theme_color": reading.metas.get("theme-color") or None,
        "robots_meta": reading.metas.get("robots") or None,
        "generator": reading.metas.get("generator") or None,
    }


def _about_owner(findings: Findings) -> dict[str, Any]:
    kind = findings.site_kind
    return {
        "contacts": {
            "emails": [{"value": found.value, "source": found.source} for found in findings.emails],
            "phones": [{"value": found.value, "source": found.source} for found in findings.phones],
        },
        "social_profiles": [
            {"network": profile.network, "url": profile.url, "handle": profile.handle, "source": source}
            for profile, source in findings.profiles
        ],
        "technologies": [_described(technology) for technology in findings.technologies],
        "site_kind": {"kind": kind.kind, "score": kind.score, "evidence": kind.evidence} if kind else None,
    }


def _described(technology: Technology) -> dict[str, Any]:
    return {
        "name": technology.name,
        "version": technology.version,
        "categories": technology.categories,
        "confidence": technology.confidence,
        "evidence": technology.evidence,
    }
