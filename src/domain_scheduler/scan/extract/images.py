"""The page's main image and the site's logo.

Main image: what the page offers as such (OpenGraph, Twitter, JSON-LD, image_src); no picture of the page's
text is ever made into one. Logo: JSON-LD, og:logo, microdata, else the first picture that calls itself a
logo, those in a header first.
Not here: icons (icons.py).
"""

import re
from collections.abc import Iterator
from itertools import islice
from typing import Final

from domain_scheduler.core.public_suffixes import registrable_domain
from domain_scheduler.scan.extract.addresses import absolute, host_of, split
from domain_scheduler.scan.extract.found import Found, first
from domain_scheduler.scan.extract.link_relations import links
from domain_scheduler.scan.extract.reading import Reading
from domain_scheduler.scan.extract.site_names import FRONT_PATHS
from domain_scheduler.scan.extract.spelled_names import letters
from domain_scheduler.scan.extract.structured_data import PAGE_TYPES, address
from domain_scheduler.scan.extract.tree import Element, ancestors, attribute

_IMAGES: Final = (
    "og:image:secure_url", "og:image:url", "og:image", "twitter:image:src",
    "twitter:image", "thumbnail", "image",
)  # fmt: skip
_STRUCTURED_IMAGES: Final = ("image", "primaryImageOfPage", "thumbnailUrl", "thumbnail")
_OWNERS: Final = frozenset(
    {"Organization", "Corporation", "LocalBusiness", "NewsMediaOrganization", "WebSite", "Brand", "Store"}
)
_LOGO: Final = re.compile(
    r"(?:^|[^a-z])logo(?:type|s?)(?:[^a-z]|$)|(?:site|brand|header|main|page)_?-?logo|logo_?-?(?:img|image)",
    re.IGNORECASE,
)
_FOREIGN_LOGO: Final = re.compile(
    r"partner|client|sponsor|payment|footer|app-?store|google-?play|facebook|award", re.IGNORECASE
)
_NAMING: Final = ("class", "id", "alt", "src", "data-src", "itemprop")
_PLAIN_NAME: Final = re.compile(
    r"(?:site|main|header|page|new|my)?logo(?:s?|type|main|small|big|white|black|\d{1,4})?"
)
_MAX_PICTURES: Final = 300
_MAX_ANCESTORS: Final = 6


def image(reading: Reading) -> Found | None:
    """The image that stands for the page."""
    return first(_addressed(reading, found) for found in _offered(reading))


def _offered(reading: Reading) -> Iterator[Found]:
    yield from reading.metas.found(*_IMAGES)
    for element in links(reading, "image_src"):
        yield Found(attribute(element, "href"), "link:image_src")
    for thing, source in reading.structured.of_types(PAGE_TYPES):
        for name in _STRUCTURED_IMAGES:
            yield Found(address(reading.structured, thing, name), source)


def logo(reading: Reading) -> Found | None:
    """The site's logo."""
    return first(_addressed(reading, found) for found in _logos(reading))


def _logos(reading: Reading) -> Iterator[Found]:
    yield from reading.metas.found("og:logo")
    for thing, source in (*reading.structured.of_types(_OWNERS), *reading.structured.things):
        if "logo" in thing:
            yield Found(address(reading.structured, thing, "logo"), source)
    yield from reading.metas.found("logo")
    pictures = (
        (_logo_rank(reading, picture), picture) for picture in reading.tree.all("img")[:_MAX_PICTURES]
    )
    for _, picture in sorted(((rank, p) for rank, p in pictures if rank), key=lambda pair: pair[0]):
        yield Found(attribute(picture, "src") or attribute(picture, "data-src"), "img")


def _logo_rank(reading: Reading, picture: Element) -> int:
    """0: no logo of this site; 1: leads to the front page; 2: is in a header; 3: has the site's name."""
    words = " ".join(attribute(picture, name) for name in _NAMING)
    if "logo" not in words.lower():
        words += " ".join(
            f" {attribute(e, 'class')} {attribute(e, 'id')}" for e in islice(ancestors(picture), 2)
        )
    if not _LOGO.search(words) or _FOREIGN_LOGO.search(words):
        return 0
    around = list(islice(ancestors(picture), _MAX_ANCESTORS))
    if any(element.tag == "a" and _is_front(reading, element) for element in around):
        return 1
    if any(map(_is_header, around)):
        return 2
    file = letters(attribute(picture, "src").rpartition("/")[2].partition(".")[0])
    label = letters(registrable_domain(reading.host).partition(".")[0])
    return 3 if _PLAIN_NAME.fullmatch(file) or (label and label in letters(words)) else 0


def _is_front(reading: Reading, link: Element) -> bool:
    url = absolute(reading.base, attribute(link, "href") or "-")
    return url is not None and host_of(url) == reading.host and split(url).path in FRONT_PATHS


def _is_header(element: Element) -> bool:
    return (
        element.tag == "header"
        or "header" in f"{attribute(element, 'class')} {attribute(element, 'id')}".lower()
    )


def _addressed(reading: Reading, found: Found) -> Found | None:
    url = absolute(reading.base, found.value)
    return Found(url, found.source) if url else None
