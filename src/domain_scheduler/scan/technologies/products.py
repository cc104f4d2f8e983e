"""A product that can be recognised, and the patterns that betray it.

A pattern is a regular expression with two optional tags, as in Wappalyzer's format: `\\;version:\\1` (what of
the match is the version) and `\\;confidence:50` (how much one match is worth, of 100). An empty expression
matches whatever is present.
Not here: reading the files (product_files.py), matching (matcher.py).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Channel(StrEnum):
    """Where a pattern looks."""

    URL = "url"
    HTML = "html"
    TEXT = "text"
    SCRIPTS = "scripts"
    STYLES = "styles"
    SCRIPT_URL = "script_url"
    LINK_URL = "link_url"
    HEADER = "header"
    COOKIE = "cookie"
    META = "meta"
    DNS = "dns"
    CERTIFICATE = "certificate"
    ROBOTS = "robots"
    DOM = "dom"


@dataclass(frozen=True, slots=True)
class Pattern:
    """One regular expression (case-insensitive), the template of its version, and its worth."""

    expression: str
    version: str = ""
    confidence: int = 100


@dataclass(frozen=True, slots=True)
class Rule:
    """A pattern and where it looks; `key` is the header, cookie, meta or record type, or the DOM selector.

    `attribute` is for the DOM only: the attribute to match, empty for the element's text.
    """

    channel: Channel
    pattern: Pattern
    key: str = ""
    attribute: str = ""


@dataclass(frozen=True, slots=True)
class Relation:
    """Another product that this one brings along, and how surely."""

    name: str
    confidence: int = 100


@dataclass(frozen=True, slots=True)
class Product:
    """Everything known of one product."""

    name: str
    categories: tuple[str, ...] = ()
    rules: tuple[Rule, ...] = ()
    implies: tuple[Relation, ...] = ()
    requires: tuple[str, ...] = ()
    requires_categories: tuple[str, ...] = ()
    excludes: tuple[str, ...] = ()
    wordpress: tuple[str, ...] = ()
    """Folders below wp-content that are this product: `plugins/elementor`."""


Products = Mapping[str, Product]
"""Products by name."""
