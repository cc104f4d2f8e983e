"""The site's icon: the link that a browser would show, largest first within reason.

Order: declared icons (rel icon and shortcut icon), then touch icons, then og or tile images, and /favicon.ico
as the last resort, marked as a guess.
Not here: the logo and the main image (images.py).
"""

import re
from dataclasses import dataclass
from typing import Final

from domain_scheduler.scan.extract.addresses import absolute
from domain_scheduler.scan.extract.found import Found
from domain_scheduler.scan.extract.reading import Reading
from domain_scheduler.scan.extract.tree import attribute

_ICON: Final = "icon"
_TOUCH: Final = frozenset({"apple-touch-icon", "apple-touch-icon-precomposed"})
_SIZE: Final = re.compile(r"(\d{1,4})x(\d{1,4})", re.IGNORECASE)
_MAX_ICONS: Final = 30


@dataclass(frozen=True, slots=True)
class Icon:
    """One declared icon; `size` is its width in pixels, 0 where not given."""

    url: str
    relation: str
    size: int
    type: str | None


def icons(reading: Reading) -> list[Icon]:
    """All declared icons, in document order."""
    found: dict[str, Icon] = {}
    for element in reading.tree.all("link"):
        relation = _relation(attribute(element, "rel").lower().split())
        url = reading.address(element, "href") if relation else None
        if relation and url and url not in found:
            size = _SIZE.search(attribute(element, "sizes") or "")
            found[url] = Icon(url, relation, int(size[1]) if size else 0, attribute(element, "type") or None)
    return list(found.values())[:_MAX_ICONS]


def _relation(relations: list[str]) -> str | None:
    if _ICON in relations:
        return "alternate icon" if "alternate" in relations else _ICON
    return next((relation for relation in relations if relation in _TOUCH), None)


def icon(reading: Reading, declared: list[Icon]) -> Found | None:
    """The icon to show for the site."""
    ordinary = [found for found in declared if found.relation == _ICON]
    for group in (ordinary, declared):
        if group:
            return Found(group[0].url, f"link:{group[0].relation}")
    guess = absolute(reading.url, "/favicon.ico")
    return Found(guess, "/favicon.ico") if guess else None
