"""The page's main image and the site's logo.

Only what the page offers as such: og and twitter images, JSON-LD, and for the logo an image in the header
that calls itself one.
Not here: icons (icons.py).
"""

from typing import Final

from domain_scheduler.scan.extract.addresses import absolute
from domain_scheduler.scan.extract.found import Found, first
from domain_scheduler.scan.extract.reading import Reading
from domain_scheduler.scan.extract.structured_data import text

_IMAGES: Final = ("og:image:secure_url", "og:image:url", "og:image", "twitter:image:src", "twitter:image")


def image(reading: Reading) -> Found | None:
    """The image that stands for the page."""
    return first(_addressed(reading, found) for found in reading.metas.found(*_IMAGES))


def logo(reading: Reading) -> Found | None:
    """The site's logo."""
    return first(
        (*(_addressed(reading, f) for f in reading.metas.found("og:logo", "logo")), _structured(reading))
    )


def _structured(reading: Reading) -> Found | None:
    for thing, source in reading.structured.things:
        if value := text(thing, "logo"):
            return _addressed(reading, Found(value, source))
    return None


def _addressed(reading: Reading, found: Found) -> Found | None:
    url = absolute(reading.base, found.value)
    return Found(url, found.source) if url else None
