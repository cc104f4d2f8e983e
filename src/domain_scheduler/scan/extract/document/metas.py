"""What the page's <meta> elements say, by name.

`name`, `property`, `http-equiv` and `itemprop` are one namespace here, as sites mix them up freely. A name is
lower case; its values keep their order; empty ones are dropped. A value that breaks off at a quote of its own
(`content="The "best" shop"`) is read up to the last one.
Not here: which of them makes a title or a description (extract/titles.py, extract/descriptions.py).
"""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from domain_scheduler.scan.extract.document.found import Found
from domain_scheduler.scan.extract.document.tree import Element, Tree, attribute, collapse

_NAMING: Final = ("property", "name", "http-equiv", "itemprop")
_MAX_METAS: Final = 500
_REST: Final = r"""("(?:(?!=["'])[^<>]){0,500}?)"\s*(?:/?>|[a-z-]+\s*=\s*["'][^"'<>]*["']\s*/?>)"""
_MAX_BROKEN: Final = 20
"""Values that are looked for in the source again: each search goes through all of it."""
_PLAIN: Final = 2
"""Attributes of a meta that is well formed."""


class Metas:
    """The metas of one page."""

    __slots__ = ("_by_name",)

    def __init__(self, tree: Tree, source: str) -> None:
        """Read those of a tree; `source` is the text that it was made from."""
        self._by_name: dict[str, list[str]] = {}
        broken = 0
        for element in tree.all("meta")[:_MAX_METAS]:
            content = attribute(element, "content")
            if not content:
                continue
            if broken < _MAX_BROKEN and _ends_at_a_quote(element):
                broken += 1
                content = _past_its_quotes(source, element)
            for naming in _NAMING:
                if name := attribute(element, naming).lower():
                    self._by_name.setdefault(name, []).append(content)

    def values(self, name: str) -> list[str]:
        """All values of a name, in document order."""
        return self._by_name.get(name, [])

    def get(self, name: str) -> str:
        """The first value of a name, white space collapsed; empty where there is none."""
        values = self._by_name.get(name)
        return collapse(values[0]) if values else ""

    def found(self, *names: str) -> Iterator[Found]:
        """The first value of each name, with the name as its source."""
        for name in names:
            if value := self.get(name):
                yield Found(value, name if ":" in name else f"meta:{name}")

    def items(self) -> Mapping[str, list[str]]:
        """Every name with its values."""
        return self._by_name


def _ends_at_a_quote(element: Element) -> bool:
    """Whether what follows the value was taken for attributes."""
    return len(element.attrs) > _PLAIN and any('"' in name for name in element.attrs)


def _past_its_quotes(source: str, element: Element) -> str:
    """The whole of a value that ended at a quote within it, from the page's source."""
    content = element.attr("content") or ""
    broken = re.search(rf'="{re.escape(content)}{_REST}', source)
    return (content + broken[1] if broken else content).strip()
