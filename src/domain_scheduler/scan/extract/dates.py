"""When the page says that it was published and last modified, as ISO 8601.

Only what the page states for machines is read, and only what is a date; the years must be possible ones.
Not here: dates in the text, which may be anybody's.
"""

import re
from collections.abc import Iterator
from typing import Final

from domain_scheduler.scan.extract.document.found import Found, first
from domain_scheduler.scan.extract.document.reading import Reading
from domain_scheduler.scan.extract.document.structured_data import PAGE_TYPES, text
from domain_scheduler.scan.extract.document.tree import attribute

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
_ISO: Final = re.compile(
    r"((?:19|20)\d\d)[-/.](0[1-9]|1[0-2])[-/.](0[1-9]|[12]\d|3[01])"
    r"(?:[T ](\d\d:\d\d(?::\d\d)?)(?:\.\d+)?\s?(Z|[+-]\d\d:?\d\d)?)?"
)
_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WRITTEN: Final = re.compile(
    r"(?:[A-Z][a-z]+,\s+)?(?:(?P<day>\d{1,2})\s+(?P<month>[A-Z][a-z]{2})|(?P<month2>[A-Z][a-z]{2})[a-z]*\.?\s+(?P<day2>\d{1,2}),?)"
    r"[a-z]*\.?\s+(?P<year>(?:19|20)\d\d)(?:\s+(?P<time>\d\d:\d\d:\d\d)\s+(?:GMT|UTC))?"
)
"""As in HTTP ("Thu, 04 Jul 2019 08:32:33 GMT") and in English ("July 4, 2019")."""


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
        if (
            marked in attribute(element, "class").split()
            or attribute(element, "itemprop") in names
            or (marked == "published" and element.attr("pubdate") is not None)
        ):
            yield Found(attribute(element, "datetime") or attribute(element, "content"), "time")


def _dated(found: Found) -> Found | None:
    match = _ISO.match(found.value)
    if match is None:
        return _from_words(found)
    year, month, day, time, zone = match.groups()
    return Found(f"{year}-{month}-{day}" + (f"T{time}{zone or ''}" if time else ""), found.source)


def _from_words(found: Found) -> Found | None:
    match = _WRITTEN.match(found.value)
    if match is None or (month := (match["month"] or match["month2"]).lower()) not in _MONTHS:
        return None
    day = int(match["day"] or match["day2"])
    date = f"{match['year']}-{_MONTHS.index(month) + 1:02}-{day:02}"
    return (
        Found(date + (f"T{match['time']}Z" if match["time"] else ""), found.source) if 0 < day < 32 else None
    )
