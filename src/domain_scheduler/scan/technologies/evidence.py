"""What technologies are recognised by: the traces of one answer, already bounded.

Every text here is cut before a pattern sees it, for the time of a pattern grows with what it reads.
Not here: the rules (rules.py), where a page's traces come from (scan/extract/).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

MAX_URL: Final = 2_048
MAX_HTML: Final = 262_144
MAX_SCRIPTS: Final = 65_536
MAX_TEXT: Final = 32_768


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """The traces. Names of headers, cookies and metas are lower case; `dns` is by record type."""

    url: str = ""
    html: str = ""
    text: str = ""
    scripts: str = ""
    headers: Mapping[str, Sequence[str]] = field(default_factory=dict)
    cookies: Mapping[str, Sequence[str]] = field(default_factory=dict)
    metas: Mapping[str, Sequence[str]] = field(default_factory=dict)
    script_urls: Sequence[str] = ()
    link_urls: Sequence[str] = ()
    dns: Mapping[str, Sequence[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Technology:
    """A recognised technology. `confidence` is 1 to 100; `evidence` names its traces (`meta:generator`)."""

    name: str
    version: str | None
    categories: tuple[str, ...]
    confidence: int
    evidence: tuple[str, ...]
