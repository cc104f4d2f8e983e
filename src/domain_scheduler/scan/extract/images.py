"""The page's main image and the site's logo.

Main image: what the page offers as such (OpenGraph, Twitter, JSON-LD, image_src); no picture of the page's
text is ever made into one. Logo: JSON-LD, og:logo, microdata, else the first picture that calls itself a
logo, those in a header first.
Not here: icons (icons.py).
"""

import re
from collections.abc import Iterator
from typing import Final

from domain_scheduler.scan.extract.addresses import absolute
from domain_scheduler.scan.extract.found import Found, first
from domain_scheduler.scan.extract.link_relations import links
from domain_scheduler.scan.extract.reading import Reading
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
    yield from reading.metas.found("logo", "msapplication-square310x310logo")
    pictures = [element for element in reading.tree.all("img")[:_MAX_PICTURES] if _is_logo(element)]
    for element in sorted(pictures, key=lambda picture: not _in_header(picture)):
        yield Found(attribute(element, "src") or attribute(element, "data-src"), "img")


def _is_logo(picture: Element) -> bool:
    words = " ".join(
        attribute(picture, name) for name in ("class", "id", "alt", "src", "data-src", "itemprop")
    )
    if _LOGO.search(words):
        return not _FOREIGN_LOGO.search(words)
    parent = next(ancestors(picture), None)
    return parent is not None and bool(
        _LOGO.search(f"{attribute(parent, 'class')} {attribute(parent, 'id')}")
    )


def _in_header(picture: Element) -> bool:
    for _, element in zip(range(_MAX_ANCESTORS), ancestors(picture), strict=False):
        if (
            element.tag == "header"
            or "header" in f"{attribute(element, 'class')} {attribute(element, 'id')}".lower()
        ):
            return True
    return False


def _addressed(reading: Reading, found: Found) -> Found | None:
    url = absolute(reading.base, found.value)
    return Found(url, found.source) if url else None
