"""What a page says that it is about, in its own words.

Sources in order: og:, meta description, twitter:, JSON-LD, Dublin Core; where they differ, the one that is
written for people who share the page is the better kept. Text that the page does not offer as its
description is never made into one. Entities that were escaped twice are read as what they stand for.
Not here: the title (titles.py).
"""

import html

from domain_scheduler.scan.extract.found import Found, first
from domain_scheduler.scan.extract.reading import Reading
from domain_scheduler.scan.extract.structured_data import PAGE_TYPES, text
from domain_scheduler.scan.extract.tree import collapse


def description(reading: Reading) -> Found | None:
    """The page's description."""
    found = first(
        (
            *reading.metas.found("og:description", "description", "twitter:description"),
            _structured_description(reading),
            *reading.metas.found("dc.description", "dcterms.description", "abstract"),
        )
    )
    return Found(unescaped(found.value), found.source) if found else None


def unescaped(value: str) -> str:
    """Text whose entities were escaped twice, as it was meant."""
    return collapse(html.unescape(value)) if "&" in value else value


def _structured_description(reading: Reading) -> Found | None:
    for thing, source in reading.structured.of_types(PAGE_TYPES):
        if value := text(thing, "description"):
            return Found(value, source)
    return None
