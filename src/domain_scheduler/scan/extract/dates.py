"""When the page says that it was published and last modified, as ISO 8601.

Only what the page states for machines is read, and only what is a date; the years must be possible ones.
Not here: dates in the text, which may be anybody's.
"""

import re
from collections.abc import Iterator
from typing import Final

from domain_scheduler.scan.extract.found import Found, first
from domain_scheduler.scan.extract.reading import Reading
from domain_scheduler.scan.extract.structured_data import PAGE_TYPES, text
from domain_scheduler.scan.extract.tree import attribute

_PUBLISHED: Final = (
    "article:published_time", "og:published_time", "datepublished", "date", "dc.date", "dc.date.issued",
    "dcterms.created", "dcterms.issued", "pubdate", "publishdate",
    "publish-date", "publication_date", "sailthru.date",
    "parsely-pub-date", "cxenseparse:recs:publishtime", "og:pubdate",
    "datecreated", "citation_publication_date",
)  # fmt: skip
_MODIFIED: Final = (
    "article:modified_time", "og:updated_time", "datemodified",
    "last-modified", "lastmod", "dcterms.modified",
    "dc.date.modified", "revised",
)  # fmt: skip
_DATE: Final = re.compile(
    r"((?:19|20)\d\d)[-/.](0[1-9]|1[0-2])[-/.](0[1-9]|[12]\d|3[01])"
    r"(?:[T ](\d\d:\d\d(?::\d\d)?)(?:\.\d+)?\s?(Z|[+-]\d\d:?\d\d)?)?"
)


def published(reading: Reading) -> Found | None:
    """When the page was first published."""
    return first(map(_dated, _stated(reading, _PUBLISHED, ("datePublished", "dateCreated"), "published")))


def modified(reading: Reading) -> Found | None:
    """When the page was last changed."""
    return first(map(_dated, _stated(reading, _MODIFIED, ("dateModified",), "updated")))


def _stated(reading: Reading, metas: tuple[str, ...], names: tuple[str, ...], marked: str) -> Iterator[Found]:
    yield from reading.metas.found(metas[0])
    for thing, source in reading.structured.of_types(PAGE_TYPES):
        yield from (Found(text(thing, name), source) for name in names)
    yield from reading.metas.found(*metas[1:])
    for element in reading.tree.all("time"):
        if marked in attribute(element, "class").split() or (
            marked == "published" and element.attr("pubdate") is not None
        ):
            yield Found(attribute(element, "datetime"), "time")


def _dated(found: Found) -> Found | None:
    match = _DATE.match(found.value)
    if match is None:
        return None
    year, month, day, time, zone = match.groups()
    return Found(f"{year}-{month}-{day}" + (f"T{time}{zone or ''}" if time else ""), found.source)
