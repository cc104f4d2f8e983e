"""Microdata of a page in JSON-LD's shape: `{"@type": [...], "@id": ..., property: [values]}`.

Follows the WHATWG algorithm (https://html.spec.whatwg.org/#microdata): itemref is honoured, a property with
itemscope is an item of its own, URLs are absolute. Every property holds a list.
Not here: what the values mean (structured_data.py, owner/).
"""

from collections.abc import Iterator
from typing import Any, Final

from domain_scheduler.scan.extract.document.addresses import absolute
from domain_scheduler.scan.extract.document.tree import (
    Element,
    Tree,
    attribute,
    children,
    collapse,
    has_attribute,
    readable,
)

Item = dict[str, Any]

_MAX_ITEMS: Final = 200
_MAX_ELEMENTS: Final = 20_000
_MAX_DEPTH: Final = 12
_ADDRESSED: Final = {
    "a": "href",
    "area": "href",
    "link": "href",
    "audio": "src",
    "embed": "src",
    "iframe": "src",
    "img": "src",
    "source": "src",
    "track": "src",
    "video": "src",
    "object": "data",
}


def microdata_items(tree: Tree, base: str) -> list[Item]:
    """The top-level items, in document order."""
    if not tree.mentions("itemscope"):
        return []
    roots = tree.select("[itemscope]:not([itemprop])")[:_MAX_ITEMS]
    return [_Reader(tree, base).item(root, depth=0) for root in roots]


class _Reader:
    """Reads one top-level item; counts elements so that a hostile itemref cannot multiply them."""

    def __init__(self, tree: Tree, base: str) -> None:
        self._tree = tree
        self._base = base
        self._left = _MAX_ELEMENTS
        self._open: list[Element] = []

    def item(self, root: Element, *, depth: int) -> Item:
        item: Item = {}
        if types := attribute(root, "itemtype").split():
            item["@type"] = types
        if identity := attribute(root, "itemid"):
            item["@id"] = absolute(self._base, identity) or identity
        self._open.append(root)
        for element in self._properties(root):
            value = self._value(element, depth=depth)
            for name in attribute(element, "itemprop").split():
                item.setdefault(name, []).append(value)
        self._open.pop()
        return item

    def _properties(self, root: Element) -> Iterator[Element]:
        """Elements with itemprop that belong to the item: below it, or below what itemref names."""
        pending = [*reversed(self._referenced(root)), *reversed(children(root))]
        while pending and self._left > 0:
            self._left -= 1
            element = pending.pop()
            if has_attribute(element, "itemprop"):
                yield element
            if not has_attribute(element, "itemscope"):
                pending.extend(reversed(children(element)))

    def _referenced(self, root: Element) -> list[Element]:
        names = attribute(root, "itemref").split()
        return [element for name in names if (element := self._tree.by_id(name)) is not None]

    def _value(self, element: Element, *, depth: int) -> Any:
        if element.tag == "input" and attribute(element, "itemprop").endswith("-input"):
            return _asked_for(element)
        if has_attribute(element, "itemscope"):
            if depth >= _MAX_DEPTH or element in self._open:
                return {}
            return self.item(element, depth=depth + 1)
        if has_attribute(element, "content"):
            return collapse(attribute(element, "content"))
        if (reference := _ADDRESSED.get(element.tag)) is not None:
            return absolute(self._base, attribute(element, reference)) or attribute(element, reference)
        named = {"data": "value", "meter": "value", "time": "datetime"}.get(element.tag, "")
        return attribute(element, named) if named and has_attribute(element, named) else readable(element)


def _asked_for(element: Element) -> Item:
    """What an action asks for (https://schema.org/docs/actions.html#part-4)."""
    return {"valueName": attribute(element, "name"), "valueRequired": has_attribute(element, "required")}
