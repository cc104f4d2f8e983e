"""The one place that knows the HTML parser: text in, elements and visible text out.

Everything in this room reads a `Tree`; only this file and detection.py import turbohtml, so that another
parser means another version of this file (docs/decisions/0006-html-parser.md). The document is walked once
and its elements are grouped by tag, in document order; elements of SVG and MathML are left out, for an
SVG's <title> is not the page's.
Not here: bytes to text (charset.py), what the elements mean (the other files of this room).
"""

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from turbohtml import Document, Namespace, parse
from turbohtml import Element as Element

from domain_scheduler.scan.extract.document.traces import Trace, traces_in

_MAX_SCHEME: Final = 16
_MAX_PADDED: Final = 100_000_000
"""Rows times characters, as a row may become as long as the text; no page of a thousand has 82 million."""
_MAX_NESTED: Final = 9
"""Tables in tables, each of which is padded anew; no page of a thousand has more."""
_NESTED: Final = " ".join(["table"] * (_MAX_NESTED + 1))
TAGS: Final = (
    "a",
    "address",
    "area",
    "base",
    "body",
    "footer",
    "form",
    "frame",
    "h1",
    "header",
    "html",
    "iframe",
    "img",
    "input",
    "link",
    "meta",
    "script",
    "style",
    "template",
    "textarea",
    "time",
    "title",
)
"""The tags that somebody in this room reads."""


class Anchor(NamedTuple):
    """A link that has an address; `scheme` is its lower-case scheme, empty where the address is relative."""

    element: Element
    href: str
    scheme: str


class Tree:
    """One parsed document."""

    __slots__ = (
        "_anchors",
        "_by_tag",
        "_document",
        "_linked",
        "_lowered",
        "_lowered_words",
        "_source",
        "_text",
        "_traces",
    )

    def __init__(self, html: str, source: bytes | None = None) -> None:
        """Parse `html`; `source` are the bytes that it was decoded from, if ASCII is the same in them."""
        self._source = html.encode("utf-8", "replace") if source is None else source
        self._document: Document = parse(html, positions=False, allow_declarative_shadow_roots=False)
        self._by_tag: dict[str, list[Element]] = {tag: [] for tag in TAGS}
        keep = {tag: elements.append for tag, elements in self._by_tag.items()}
        html_namespace = Namespace.HTML
        for element in self._document.iter_elements(TAGS):
            if element.namespace is html_namespace:
                keep[element.tag](element)
        self._text: str | None = None
        self._lowered: str | None = None
        self._lowered_words: list[str] | None = None
        self._traces: frozenset[str] | None = None
        self._anchors: list[Anchor] | None = None
        self._linked: list[tuple[list[str], Element]] | None = None

    def anchors(self) -> list[Anchor]:
        """The <a> and <area> elements with an address, each kind in document order."""
        if self._anchors is None:
            elements = (*self._by_tag["a"], *self._by_tag["area"])
            self._anchors = [
                Anchor(element, href, _scheme(href))
                for element in elements
                if (href := attribute(element, "href"))
            ]
        return self._anchors

    def linked(self) -> list[tuple[list[str], Element]]:
        """The <link> elements in document order, each behind its relations in lower case."""
        if self._linked is None:
            self._linked = [(attribute(e, "rel").lower().split(), e) for e in self._by_tag["link"]]
        return self._linked

    def all(self, tag: str) -> list[Element]:
        """The elements of one of `TAGS`, in document order."""
        return self._by_tag[tag]

    def first(self, tag: str) -> Element | None:
        """The first element of one of `TAGS`."""
        found = self._by_tag[tag]
        return found[0] if found else None

    def select(self, selector: str) -> list[Element]:
        """The elements that a CSS selector matches, in document order."""
        return self._document.select(selector)

    def has(self, selector: str) -> bool:
        """Whether a CSS selector matches an element."""
        return self._document.select_one(selector) is not None

    def by_id(self, identity: str) -> Element | None:
        """The first element with this id."""
        return self._document.find(id=identity)

    def mentions(self, trace: Trace) -> bool:
        """Whether the source may hold the trace; spares searching the tree for what is not there."""
        if self._traces is None:
            self._traces = traces_in(self._source)
        return trace in self._traces

    def visible_text(self) -> str:
        """The text of the body as a reader sees it: a line a block, without scripts and styles."""
        if self._text is None:
            body = self.first("body")
            self._text = _laid_out(body) if body is not None else ""
        return self._text

    def lowered_text(self) -> str:
        """The visible text in lower case."""
        if self._lowered is None:
            self._lowered = self.visible_text().lower()
        return self._lowered

    def lowered_words(self) -> list[str]:
        """The words of the visible text in lower case, signs and all."""
        if self._lowered_words is None:
            self._lowered_words = self.lowered_text().split()
        return self._lowered_words


def _laid_out(body: Element) -> str:
    """The text, its tables in columns; as it stands where the spaces between them would fill the memory."""
    rows = len(body.select("tr"))
    padded = rows * len(body.text)
    nested = rows > _MAX_NESTED and body.select_one(_NESTED) is not None
    return body.text if nested or padded > _MAX_PADDED else body.to_text()


def _scheme(href: str) -> str:
    head, colon, _ = href[:_MAX_SCHEME].partition(":")
    return "https" if href[:2] == "//" else head.lower() if colon and head.isalnum() else ""


def attribute(element: Element, name: str) -> str:
    """The attribute's value without the space around it; empty where there is none."""
    return (element.attr(name) or "").strip()


def written(element: Element, names: Iterable[str]) -> list[str]:
    """The values of those of the attributes that are there and not empty."""
    return [value for name in names if (value := element.attr(name))]


def has_attribute(element: Element, name: str) -> bool:
    """Whether the element carries the attribute, empty or not."""
    return name in element.attrs


def children(element: Element) -> list[Element]:
    """The elements directly below this one."""
    return [child for child in element.children if isinstance(child, Element)]


def ancestors(element: Element) -> Iterator[Element]:
    """The elements around this one, from the inside out."""
    for ancestor in element.ancestors:
        if isinstance(ancestor, Element):
            yield ancestor


def readable(element: Element) -> str:
    """The element's text without scripts and styles, white space collapsed."""
    text = element.text
    if len(text) > 1 and element.select("script, style"):
        text = element.to_text()
    return collapse(text)


def collapse(text: str) -> str:
    """The text with every run of white space made one space, none at its ends."""
    return " ".join(text.split())
