"""`Page.details`: everything known of a page beyond its main fields, ready for JSON.

Names here are read by users of the API: add, never rename.
Not here: cleaning and bounding (outgoing.py), the main fields (page.py).
"""

from collections.abc import Iterable
from typing import Any, Final

from domain_scheduler.scan.extract.document.found import Found
from domain_scheduler.scan.extract.document.reading import Reading
from domain_scheduler.scan.extract.findings import Findings
from domain_scheduler.scan.extract.link_relations import feeds, language_versions, manifest
from domain_scheduler.scan.extract.open_graph import open_graph, twitter_card
from domain_scheduler.scan.extract.titles import title_parts, titles
from domain_scheduler.scan.technologies import Technology

EXTRACTOR_VERSION: Final = 5
"""Grows with every change that can give another answer for the same page."""


def details(reading: Reading, findings: Findings) -> dict[str, Any]:
    """The details, all but the sources of the main fields."""
    return {
        "extractor_version": EXTRACTOR_VERSION,
        **_about_text(reading, findings),
        **_about_links(reading, findings),
        **_metas(reading),
        **_about_owner(findings),
        "technologies": [_described(technology) for technology in findings.technologies],
        "site_kind": _kind(findings),
        **findings.fingerprints,
    }


def _about_text(reading: Reading, findings: Findings) -> dict[str, Any]:
    declared = findings.languages.declared
    return {
        "charset": {"name": reading.decoded.charset, "source": reading.decoded.source},
        "declared_language": declared.value if declared else None,
        "detected_language": findings.languages.detected,
        "headline": _value(findings.headline),
        "titles": titles(reading),
        "title_parts": title_parts(reading),
        "site_name": _value(findings.site_name),
        "published": _value(findings.published),
        "modified": _value(findings.modified),
    }


def _value(found: Found | None) -> str | None:
    return found.value if found else None


def _about_links(reading: Reading, findings: Findings) -> dict[str, Any]:
    return {
        "icons": [icon.as_entry() for icon in findings.icons],
        "feeds": feeds(reading),
        "hreflang": language_versions(reading),
        "manifest": manifest(reading),
        "contact_links": [{"url": link.url, "kind": link.kind} for link in findings.contact_links],
    }


def _metas(reading: Reading) -> dict[str, Any]:
    return {
        "open_graph": open_graph(reading.metas),
        "twitter": twitter_card(reading.metas),
        "theme_color": reading.metas.get("theme-color") or None,
        "robots_meta": reading.metas.get("robots") or None,
        "generator": reading.metas.get("generator") or None,
    }


def _about_owner(findings: Findings) -> dict[str, Any]:
    return {
        "organization": findings.organization,
        "company_numbers": findings.company_numbers,
        "copyright_holder": _value(findings.copyright_holder),
        "contacts": {
            "emails": [
                {"value": found.value, "source": found.source, "rank": found.rank.value}
                for found in findings.emails
            ],
            "phones": _with_sources(findings.numbers.phones),
            "faxes": _with_sources(findings.numbers.faxes),
            "addresses": findings.addresses,
            "form": findings.contact_form,
        },
        "social_profiles": [
            {"network": profile.network, "url": profile.url, "handle": profile.handle, "source": source}
            for profile, source in findings.profiles
        ],
    }


def _with_sources(found: Iterable[Found]) -> list[dict[str, str]]:
    return [{"value": each.value, "source": each.source} for each in found]


def _described(technology: Technology) -> dict[str, Any]:
    return {
        "name": technology.name,
        "version": technology.version,
        "categories": technology.categories,
        "confidence": technology.confidence,
        "evidence": technology.evidence,
    }


def _kind(findings: Findings) -> dict[str, Any]:
    kind = findings.site_kind
    return {"kind": kind.kind, "score": kind.score, "evidence": kind.evidence}
