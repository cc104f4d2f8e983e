"""The two things that fetching reads in a page itself: a meta refresh, and the canonical host.

Only the beginning is searched, with patterns that need linear time; extraction reads the page properly.
Not here: everything else in a page (scan/extract/).
"""

import re
from collections.abc import Callable, Iterable, Iterator
from html import unescape
from itertools import islice
from typing import Final

from domain_scheduler.scan.fetch.reading import BEGINNING, Body

MAX_REFRESH_DELAY: Final = 5.0
"""Seconds; a page that stays longer is a page, not a redirect."""

MAX_CANDIDATES: Final = 10
"""Tags of one kind that are looked at; each costs a look at everything before it."""

_META = re.compile(rb"<meta\b[^>]{0,1000}>", re.IGNORECASE).finditer
_IS_REFRESH = re.compile(rb"http-equiv\s*+=\s*+[\"']?\s*+refresh", re.IGNORECASE).search
_CONTENT = re.compile(
    rb"(?<![\w-])content\s*+=\s*+(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))", re.IGNORECASE
).search
_REFRESH = re.compile(r"\s*([0-9.]{1,6})[\s;,]*(?:url\s*=)?\s*[\"']?([^\"']*)", re.IGNORECASE).match
_INERT: Final = re.compile(
    rb"<(script|style|noscript|template|textarea|title)\b.*?(?:</\1|\Z)|<!--.*?(?:-->|\Z)",
    re.IGNORECASE | re.DOTALL,
)
_LINK = re.compile(rb"<link\b[^>]{0,1000}>", re.IGNORECASE).finditer
_IS_CANONICAL = re.compile(rb"rel\s*+=\s*+[\"']?\s*+canonical", re.IGNORECASE).search
_HREF = re.compile(rb"href\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s>]+))", re.IGNORECASE).search


def meta_refresh(body: Body) -> str | None:
    """The address, as written, that a page sends its readers to within MAX_REFRESH_DELAY seconds."""
    if b"refresh" not in body.lowered:
        return None
    for tag in _live(_META(body.content, 0, BEGINNING), _IS_REFRESH):
        if found := _CONTENT(tag):
            return _refresh_target(_text(found[1] or found[2] or found[3] or b""))
    return None


def _refresh_target(content: str) -> str | None:
    if not (parts := _REFRESH(content)) or not parts[2].strip():
        return None
    try:
        return parts[2].strip() if float(parts[1]) <= MAX_REFRESH_DELAY else None
    except ValueError:
        return None


def canonical_link(body: Body) -> str | None:
    """The page's own canonical address, as written."""
    if b"canonical" not in body.lowered:
        return None
    for tag in _live(_LINK(body.content, 0, BEGINNING), _IS_CANONICAL):
        if found := _HREF(tag):
            return _text(found[1] or found[2] or found[3] or b"")
    return None


def _live(tags: Iterable[re.Match[bytes]], wanted: Callable[[bytes], object]) -> Iterator[bytes]:
    """The wanted tags that a browser acts on.

    What stands in scripts and comments is not markup, and <noscript> is not for a browser.
    """
    for tag in islice((tag for tag in tags if wanted(tag[0])), MAX_CANDIDATES):
        if _INERT.sub(b"", tag.string[: tag.end()]).endswith(tag[0]):
            yield tag[0]


def _text(value: bytes) -> str:
    return unescape(value.decode("utf-8", "replace")).strip()
