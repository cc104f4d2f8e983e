"""What a page says that it is about, in its own words.

Sources in order: og:, meta description, twitter:, JSON-LD, Dublin Core; where they differ, the one that
is written for people who share the page is the better kept; so is a twitter: that begins with the page's
title while the meta does not. One that only repeats a title gives way to one that says more; what
programs write where nobody wrote anything is none; of one that breaks off, the same text at full length
is taken where the page has it. Text that a page does not offer as its description is never made into one.
Entities that were escaped twice are read as what they stand for; tags are dropped.
Not here: the title (titles.py).
"""

import html
import re
from collections.abc import Iterator
from itertools import starmap
from typing import Final

from domain_scheduler.scan.extract.document.found import Found
from domain_scheduler.scan.extract.document.reading import Reading
from domain_scheduler.scan.extract.document.structured_data import PAGE_TYPES, text
from domain_scheduler.scan.extract.document.tree import collapse
from domain_scheduler.scan.extract.owner.spelled_names import letters
from domain_scheduler.scan.extract.titles import title, titles

_ENDS: Final = re.compile(r"[.…!?。！？][\"'”’»)\]]*$")
_TAG: Final = re.compile(r"</?[a-zA-Z][^<>]{0,500}>")
_PLACEHOLDERS: Final = frozenset(
    {"", "null", "none", "undefined", "nan", "na", "tagline", "description", "metadescription"}
    | {"defaultdescription", "yourdescription", "descriptionhere", "sitedescription", "pagedescription"}
    | {"justanotherwordpresssite", "justanotherwordpresssites", "loremipsum", "todo", "test"}
)
"""What programs and templates write where nobody wrote anything (letters only)."""
_NAMED: Final = 10
"""Letters of a title that do not begin a description by chance."""
_TOLD: Final = 60
"""Characters that two texts must share before one is taken for the other cut off."""


def description(reading: Reading) -> Found | None:
    """The page's description."""
    offered = (Found(unescaped(found.value), found.source) for found in _offered(reading))
    candidates = [found for found in offered if letters(found.value) not in _PLACEHOLDERS]
    if not candidates:
        return None
    if len(candidates) > 1:
        own = title(reading)
        names = {letters(name) for name in (own.value if own else "", *titles(reading))}
        candidates = [found for found in candidates if letters(found.value) not in names] or candidates
        candidates = _of_this_page(candidates, names)
    return _at_full_length(candidates[0], reading, candidates[1:])


def _of_this_page(candidates: list[Found], names: set[str]) -> list[Found]:
    """The candidates, a twitter: that begins with the page's title before a meta that speaks of the site."""
    begins = tuple(name for name in names if len(name) > _NAMED)
    own = [found for found in candidates if letters(found.value).startswith(begins)]
    first = candidates[0]
    if (
        first.source == "meta:description"
        and first not in own
        and own
        and own[0].source == "twitter:description"
    ):
        return [own[0], *candidates]
    return candidates


def _offered(reading: Reading) -> Iterator[Found]:
    yield from reading.metas.found("og:description", "description", "twitter:description")
    if structured := _structured_description(reading):
        yield structured
    yield from reading.metas.found("dc.description", "dcterms.description", "abstract")


def _at_full_length(found: Found, reading: Reading, others: list[Found]) -> Found:
    start = found.value
    if len(start) < _TOLD or _ENDS.search(start):
        return found
    told = ((unescaped(text(thing, "description")), source) for thing, source in reading.structured.things)
    longer = (other for other in (*starmap(Found, told), *others) if other.value.startswith(start))
    return max(longer, key=lambda other: len(other.value), default=found)


def unescaped(value: str) -> str:
    """Text whose entities were escaped twice, as it was meant; without tags."""
    plain = html.unescape(value) if "&" in value else value
    return collapse(_TAG.sub(" ", plain)) if "<" in plain else collapse(plain)


def _structured_description(reading: Reading) -> Found | None:
    for thing, source in reading.structured.of_types(PAGE_TYPES):
        if value := text(thing, "description"):
            return Found(value, source)
    return None
