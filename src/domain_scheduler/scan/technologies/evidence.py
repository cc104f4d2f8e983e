"""What technologies are recognised by: the traces of one answer, already bounded.

Every text here is cut before a pattern sees it, for the time of a pattern grows with what it reads.
Not here: the rules (products.py), where a page's traces come from (scan/extract/technology_evidence.py).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple, Protocol

MAX_URL: Final = 2_048
"""Characters of an address, and of one value of a header, cookie or meta."""
MAX_URLS: Final = 256
"""Addresses of one kind."""
MAX_NAMES: Final = 512
"""Names of headers, cookies or metas."""
MAX_VALUES: Final = 8
"""Values of one header, cookie or meta."""
MAX_HTML: Final = 262_144
HTML_TAIL: Final = 32_768
"""What is kept of the end of a source that is longer: trackers stand there."""
MAX_SCRIPTS: Final = 65_536
MAX_STYLES: Final = 65_536
MAX_TEXT: Final = 32_768
MAX_ROBOTS: Final = 4_096


class Selected(Protocol):
    """An element that a CSS selector found."""

    @property
    def text(self) -> str:
        """The text in it."""
        ...

    def attr(self, name: str) -> str | None:
        """One attribute's value; None without the attribute."""
        ...


def _nothing(_: str) -> Sequence[Selected]:
    return ()


def _no(_: str) -> bool:
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """The traces. Names of headers, cookies and metas are lower case; `dns` is by
    lower-case record type. `source` is `html` in UTF-8, where somebody has that already.

    `select` gives the elements for a CSS selector, none for one that it doesn't understand; `has` tells
    whether there is one.
    """

    url: str = ""
    html: str = ""
    source: bytes | None = None
    text: str = ""
    scripts: str = ""
    styles: str = ""
    headers: Mapping[str, Sequence[str]] = field(default_factory=dict)
    cookies: Mapping[str, Sequence[str]] = field(default_factory=dict)
    metas: Mapping[str, Sequence[str]] = field(default_factory=dict)
    script_urls: Sequence[str] = ()
    link_urls: Sequence[str] = ()
    dns: Mapping[str, Sequence[str]] = field(default_factory=dict)
    certificate_issuer: str = ""
    robots: str = ""
    select: Callable[[str], Sequence[Selected]] = _nothing
    has: Callable[[str], bool] = _no


class Technology(NamedTuple):
    """A recognised technology. `confidence` is 1 to 100; `evidence` names its traces (`meta:generator`)."""

    name: str
    version: str | None
    categories: tuple[str, ...]
    confidence: int
    evidence: tuple[str, ...]
