"""What the page's <link> elements and Link header point to: canonical address, feeds, languages, manifest.

Not here: icons (icons.py).
"""

import re
from collections.abc import Iterator
from typing import Any, Final

from domain_scheduler.scan.extract.document.addresses import absolute
from domain_scheduler.scan.extract.document.found import Found, first
from domain_scheduler.scan.extract.document.reading import Reading
from domain_scheduler.scan.extract.document.tree import Element, attribute, collapse

_FEED_TYPES: Final = frozenset(
    {"application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml"}
)
_HEADER_LINK: Final = re.compile(r"<([^<>]*)>([^<]*)")
_RELATION: Final = re.compile(r";\s*rel\s*=\s*\"?([^\";,]*)", re.IGNORECASE)
_MAX_HEADER: Final = 8_192
_MAX_FEEDS: Final = 20
_MAX_LANGUAGES: Final = 200
_LOOSE_FEED_TYPES: Final = frozenset({"", "text/xml", "application/xml"})
_FEED: Final = re.compile(r"\b(?:rss|atom|feed)", re.IGNORECASE)


def links(reading: Reading, relation: str) -> Iterator[Element]:
    """The <link> elements with a relation, in document order."""
    return (element for relations, element in reading.tree.linked() if relation in relations)


def canonical(reading: Reading) -> Found | None:
    """The address that the page calls its own."""
    relations = (reading.address(element, "href") for element in links(reading, "canonical"))
    link = next((url for url in relations if url), None)
    header = next(_header_links(reading, "canonical"), None)
    return first(
        (
            Found(link, "link:canonical") if link else None,
            Found(header, "Link header") if header else None,
            _og_url(reading),
        )
    )


def _header_links(reading: Reading, relation: str) -> Iterator[str]:
    """Where the Link headers of the answer point with a relation (RFC 8288)."""
    for name, value in reading.headers:
        for target, parameters in _HEADER_LINK.findall(value[:_MAX_HEADER]) if name == "link" else ():
            named = _RELATION.search(parameters)
            url = absolute(reading.url, target)
            if url and named and relation in named[1].lower().split():
                yield url


def _og_url(reading: Reading) -> Found | None:
    url = absolute(reading.base, reading.metas.get("og:url")) if reading.metas.get("og:url") else None
    return Found(url, "og:url") if url else None


def feeds(reading: Reading) -> list[dict[str, Any]]:
    """RSS, Atom and JSON feeds: url, title (or None), type (empty where the page gives none)."""
    found: dict[str, dict[str, Any]] = {}
    for element in links(reading, "alternate"):
        kind = attribute(element, "type").lower().partition(";")[0].strip()
        title = collapse(attribute(element, "title"))
        url = reading.address(element, "href")
        if url and url not in found and _is_feed(kind, f"{title} {attribute(element, 'href')}"):
            found[url] = {"url": url, "title": title or None, "type": kind}
    return list(found.values())[:_MAX_FEEDS]


def _is_feed(kind: str, words: str) -> bool:
    return kind in _FEED_TYPES or (kind in _LOOSE_FEED_TYPES and bool(_FEED.search(words)))


def language_versions(reading: Reading) -> dict[str, str]:
    """hreflang (lower case) to the address of the page in that language."""
    found: dict[str, str] = {}
    for element in links(reading, "alternate"):
        language = attribute(element, "hreflang").lower()
        url = reading.address(element, "href") if language else None
        if url:
            found.setdefault(language, url)
    return dict(list(found.items())[:_MAX_LANGUAGES])


def manifest(reading: Reading) -> str | None:
    """The address of the web app manifest."""
    return next(
        (url for element in links(reading, "manifest") if (url := reading.address(element, "href"))), None
    )
