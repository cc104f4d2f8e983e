"""All structured items of a page, JSON-LD and microdata alike, as one flat list of things.

`@graph`, lists and nested values are opened up (bounded in number and depth), so that "is there an
Organization with a telephone" is one loop. Type names lose their vocabulary: `http://schema.org/Store` is
`Store`. Entities that a value still holds are read as what they stand for.
Not here: reading the syntaxes (json_ld.py, microdata.py).
"""

import html
from collections.abc import Iterable, Iterator
from typing import Any, Final

from domain_scheduler.scan.extract.document.json_ld import json_ld_blocks
from domain_scheduler.scan.extract.document.microdata import microdata_items
from domain_scheduler.scan.extract.document.tree import Tree, collapse

Thing = dict[str, Any]

PAGE_TYPES: Final = frozenset(
    {"WebPage", "WebSite", "Article", "NewsArticle", "BlogPosting", "Product", "CollectionPage", "AboutPage"}
    | {"ContactPage", "ItemPage", "FAQPage", "QAPage", "ProfilePage", "MedicalWebPage", "RealEstateListing"}
    | {"ReportageNewsArticle", "OpinionNewsArticle", "AnalysisNewsArticle", "BackgroundNewsArticle"}
    | {
        "ReviewNewsArticle",
        "LiveBlogPosting",
        "SocialMediaPosting",
        "TechArticle",
        "ScholarlyArticle",
        "Report",
    }
    | {"Recipe"}
)
"""Types that stand for the page or its main subject."""

_MAX_THINGS: Final = 2_000
_MAX_DEPTH: Final = 12


class StructuredData:
    """The structured data of one page."""

    __slots__ = ("json_ld", "microdata", "things")

    def __init__(self, tree: Tree, base: str) -> None:
        self.json_ld: list[Any] = list(json_ld_blocks(tree))
        self.microdata: list[Thing] = microdata_items(tree, base)
        self.things: list[tuple[Thing, str]] = []
        for source, values in (("json-ld", self.json_ld), ("microdata", self.microdata)):
            self.things += [(thing, source) for thing in _things(values)]

    def by_id(self, identity: Any) -> Thing | None:
        """The fullest thing with this @id."""
        if not isinstance(identity, str):
            return None
        return max((t for t, _ in self.things if t.get("@id") == identity), key=len, default=None)

    def held_by(self, properties: Iterable[str]) -> frozenset[int]:
        """The identities (`id()`) of the things that are a value of one of the properties."""
        values = (value for thing, _ in self.things for value in map(thing.get, properties))
        lists = (value if isinstance(value, list) else [value] for value in values)
        return frozenset(id(inner) for values in lists for inner in values if isinstance(inner, dict))

    def of_types(self, types: frozenset[str]) -> Iterator[tuple[Thing, str]]:
        """Things that have one of the types, each with its source."""
        return ((thing, source) for thing, source in self.things if not types.isdisjoint(types_of(thing)))


def _things(value: Any) -> Iterator[Thing]:
    """Every object in a value, outer before inner."""
    pending = [(value, 0)]
    found = 0
    while pending and found < _MAX_THINGS:
        current, depth = pending.pop()
        if depth > _MAX_DEPTH:
            continue
        if isinstance(current, dict):
            found += 1
            yield current
            pending.extend(
                (inner, depth + 1) for inner in reversed(current.values()) if isinstance(inner, dict | list)
            )
        elif isinstance(current, list):
            pending.extend((inner, depth + 1) for inner in reversed(current[:_MAX_THINGS]))


def types_of(thing: Thing) -> list[str]:
    """The thing's types without their vocabulary."""
    types = thing.get("@type", ())
    names = types if isinstance(types, list) else [types]
    return [_bare(name) for name in names if isinstance(name, str)]


def _bare(name: str) -> str:
    return name.rstrip("/").rpartition("/")[2].rpartition("#")[2].removeprefix("schema:")


def texts(thing: Thing, name: str) -> list[str]:
    """The values of a property that are text (of an object: its `@value`, `@id`, `url` or `name`)."""
    value = thing.get(name)
    values = value if isinstance(value, list) else [value]
    return [text for text in map(_text, values) if text]


def address(things: "StructuredData", thing: Thing, name: str) -> str:
    """The first address in a property: of an object its contentUrl or url; a bare @id is looked up."""
    value = thing.get(name)
    for inner in value if isinstance(value, list) else [value]:
        if isinstance(inner, str) and inner.strip():
            return html.unescape(inner.strip())
        if isinstance(inner, dict):
            whole = things.by_id(inner.get("@id")) or inner
            if found := text(whole, "contentUrl") or text(whole, "url"):
                return found
    return ""


def text(thing: Thing, name: str) -> str:
    """The first text value of a property; empty where there is none."""
    return next(iter(texts(thing, name)), "")


def _text(value: Any, depth: int = 3) -> str:
    if isinstance(value, dict) and depth:
        keys = ("@value", "@id", "url", "name")
        return next((text for key in keys if (text := _text(value.get(key), depth - 1))), "")
    if isinstance(value, list) and depth:
        return _text(value[0], depth - 1) if value else ""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    written = str(value)
    return collapse(html.unescape(written) if "&" in written else written)
