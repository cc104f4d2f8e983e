"""The page's main image: what the page offers as such (OpenGraph, Twitter, JSON-LD, image_src).

No picture of the page's text is ever made into one.
Not here: icons (icons.py), the site's logo (logos.py).
"""

from collections.abc import Iterator
from typing import Final

from domain_scheduler.scan.extract.document.found import Found, first
from domain_scheduler.scan.extract.document.reading import Reading
from domain_scheduler.scan.extract.document.structured_data import PAGE_TYPES, address
from domain_scheduler.scan.extract.document.tree import attribute
from domain_scheduler.scan.extract.link_relations import links

_IMAGES: Final = (
    "og:image:secure_url", "og:image:url", "og:image", "twitter:image:src",
    "twitter:image", "thumbnail", "image",
)  # fmt: skip
_STRUCTURED_IMAGES: Final = ("image", "primaryImageOfPage", "thumbnailUrl", "thumbnail")


def image(reading: Reading) -> Found | None:
    """The image that stands for the page."""
    return first(reading.located(found) for found in _offered(reading))


def _offered(reading: Reading) -> Iterator[Found]:
    yield from reading.metas.found(*_IMAGES)
    for element in links(reading, "image_src"):
        yield Found(attribute(element, "href"), "link:image_src")
    for thing, source in reading.structured.of_types(PAGE_TYPES):
        for name in _STRUCTURED_IMAGES:
            yield Found(address(reading.structured, thing, name), source)
