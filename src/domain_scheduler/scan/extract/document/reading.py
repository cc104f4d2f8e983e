"""One page as all readers of this room see it: parsed once, its parts looked up by name.

Invariant: a `Reading` never changes after it is made, and holds nothing but the page, its headers, its
URL and what is known of its site.
Not here: what is read from it (extract/findings.py names the readers).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from domain_scheduler.scan.extract.document.addresses import absolute, host_of
from domain_scheduler.scan.extract.document.charset import Decoded, decode
from domain_scheduler.scan.extract.document.found import Found
from domain_scheduler.scan.extract.document.metas import Metas
from domain_scheduler.scan.extract.document.structured_data import StructuredData
from domain_scheduler.scan.extract.document.tree import Element, Tree, attribute
from domain_scheduler.scan.surroundings import NO_SURROUNDINGS, Surroundings


@dataclass(frozen=True, slots=True)
class Reading:
    """A parsed page. `base` is what its references are relative to, `host` its own host."""

    url: str
    host: str
    base: str
    headers: Sequence[tuple[str, str]]
    decoded: Decoded
    tree: Tree
    metas: Metas
    structured: StructuredData
    beside: Surroundings
    is_whole: bool

    def header(self, name: str) -> str:
        """The first value of a header, by its lower-case name; empty where there is none."""
        return next((value for key, value in self.headers if key == name), "")

    def address(self, element: Element, name: str) -> str | None:
        """The absolute web address in an attribute."""
        return absolute(self.base, attribute(element, name))

    def located(self, found: Found) -> Found | None:
        """A reference that was found, as the absolute web address that it leads to."""
        url = absolute(self.base, found.value)
        return Found(url, found.source) if url else None


def read(
    body: bytes,
    *,
    headers: Sequence[tuple[str, str]],
    url: str,
    beside: Surroundings = NO_SURROUNDINGS,
    is_whole: bool = True,
) -> Reading:
    """Parse a page (already cut to its bound: not `is_whole` if that took something away)."""
    headers = [(name.lower(), value) for name, value in headers]
    content_type = next((value for name, value in headers if name == "content-type"), "")
    host = host_of(url)
    decoded = decode(body, content_type=content_type, top_level_domain=host.rpartition(".")[2])
    tree = Tree(decoded.text, None if decoded.charset.startswith("utf-16") else body)
    base = _base(tree, url)
    return Reading(
        url=url,
        host=host,
        base=base,
        headers=headers,
        decoded=decoded,
        tree=tree,
        metas=Metas(tree, decoded.text),
        structured=StructuredData(tree, base),
        beside=beside,
        is_whole=is_whole,
    )


def _base(tree: Tree, url: str) -> str:
    """The first usable <base href>, else the page's own address."""
    for element in tree.all("base"):
        if href := attribute(element, "href"):
            return absolute(url, href) or url
    return url
