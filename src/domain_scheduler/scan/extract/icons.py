"""The site's icons, and the one that a browser would show.

Order: declared icons (rel icon and shortcut icon, the first one), then touch icons, then those for tiles and
pinned tabs, and /favicon.ico as the last resort, marked as a guess. A size that is not given may stand in the
file's name.
Not here: the logo (logos.py), the main image (images.py).
"""

import re
from dataclasses import dataclass
from typing import Any, Final

from domain_scheduler.scan.extract.document.addresses import absolute
from domain_scheduler.scan.extract.document.found import Found
from domain_scheduler.scan.extract.document.reading import Reading
from domain_scheduler.scan.extract.document.tree import attribute

_ICON: Final = "icon"
_OTHERS: Final = ("apple-touch-icon", "apple-touch-icon-precomposed", "fluid-icon", "mask-icon")
_TILES: Final = (
    "msapplication-tileimage", "msapplication-square310x310logo",
    "msapplication-square150x150logo", "msapplication-square70x70logo",
)  # fmt: skip
_SIZE: Final = re.compile(r"(\d{1,4})x(\d{1,4})", re.IGNORECASE)
_MAX_ICONS: Final = 30
GUESS: Final = "/favicon.ico"
"""The last resort, and what its source is called: nobody said that it is there."""


@dataclass(frozen=True, slots=True)
class Icon:
    """One declared icon; `size` is its width in pixels, 0 where not given."""

    url: str
    relation: str
    size: int
    type: str | None

    def as_entry(self) -> dict[str, Any]:
        """Its entry in `details.icons`."""
        return {"url": self.url, "rel": self.relation, "size": self.size, "type": self.type}


def icons(reading: Reading) -> list[Icon]:
    """All declared icons, in document order; those for tiles last."""
    found: dict[str, Icon] = {}
    for relations, element in reading.tree.linked():
        relation = _relation(relations)
        url = reading.address(element, "href") if relation else None
        if relation and url and url not in found:
            size = _size(attribute(element, "sizes"), url)
            found[url] = Icon(url, relation, size, attribute(element, "type") or None)
    for tile in reading.metas.found(*_TILES):
        if url := absolute(reading.base, tile.value):
            found.setdefault(url, Icon(url, tile.source, _size(tile.source, url), None))
    return list(found.values())[:_MAX_ICONS]


def _size(*texts: str) -> int:
    """The width that the first of some texts names."""
    return next((int(size[1]) for text in texts if (size := _SIZE.search(text))), 0)


def _relation(relations: list[str]) -> str | None:
    if _ICON in relations:
        return "alternate icon" if "alternate" in relations else _ICON
    return next((relation for relation in _OTHERS if relation in relations), None)


def icon(reading: Reading, declared: list[Icon]) -> Found | None:
    """The icon to show for the site."""
    best = min(declared, key=_place, default=None)
    if best is not None:
        return Found(best.url, best.relation if ":" in best.relation else f"link:{best.relation}")
    guess = absolute(reading.url, GUESS)
    return Found(guess, GUESS) if guess else None


def _place(icon: Icon) -> int:
    order = (_ICON, "alternate icon", *_OTHERS)
    return order.index(icon.relation) if icon.relation in order else len(order)
