"""The two things that fetching reads in a page itself: a meta refresh, and the canonical host.

Only the beginning is searched, with patterns that need linear time; extraction reads the page properly.
Not here: everything else in a page (scan/extract/).
"""

import re
from html import unescape
from typing import Final

LOOKED_AT: Final = 64 * 1024
MAX_REFRESH_DELAY: Final = 5.0
"""Seconds; a page that stays longer is a page, not a redirect."""

_META = re.compile(rb"<meta\b[^>]{0,1000}>", re.IGNORECASE).findall
_IS_REFRESH = re.compile(rb"http-equiv\s*=\s*[\"']?\s*refresh", re.IGNORECASE).search
_CONTENT = re.compile(rb"content\s*=\s*(?:\"([^\"]*)\"|'([^']*)')", re.IGNORECASE).search
_REFRESH = re.compile(r"\s*([0-9.]{1,6})[\s;,]*(?:url\s*=)?\s*[\"']?([^\"']*)", re.IGNORECASE).match
_INERT: Final = re.compile(
    rb"<(script|style|noscript|template|textarea|title)\b.*?(?:</\1|\Z)|<!--.*?(?:-->|\Z)",
    re.IGNORECASE | re.DOTALL,
)
_LINK = re.compile(rb"<link\b[^>]{0,1000}>", re.IGNORECASE).findall
_IS_CANONICAL = re.compile(rb"rel\s*=\s*[\"']?\s*canonical", re.IGNORECASE).search
_HREF = re.compile(rb"href\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s>]+))", re.IGNORECASE).search


def meta_refresh(content: bytes) -> str | None:
    """The address, as written, that a page sends its readers to within MAX_REFRESH_DELAY seconds."""
    beginning = content[:LOOKED_AT]
    if b"refresh" not in beginning.lower():
        return None
    for tag in _META(_live(beginning)):
        if _IS_REFRESH(tag) and (found := _CONTENT(tag)):
            return _refresh_target(_text(found[1] or found[2] or b""))
    return None


def _refresh_target(content: str) -> str | None:
    if not (parts := _REFRESH(content)) or not parts[2].strip():
        return None
    try:
        return parts[2].strip() if float(parts[1]) <= MAX_REFRESH_DELAY else None
    except ValueError:
        return None


def _live(beginning: bytes) -> bytes:
    """What a browser acts on: scripts and comments are not markup, and <noscript> is not for a browser."""
    return _INERT.sub(b"", beginning)


def canonical_link(content: bytes) -> str | None:
    """The page's own canonical address, as written."""
    beginning = content[:LOOKED_AT]
    if b"canonical" not in beginning.lower():
        return None
    for tag in _LINK(_live(beginning)):
        if _IS_CANONICAL(tag) and (found := _HREF(tag)):
            return _text(found[1] or found[2] or found[3] or b"")
    return None


def _text(value: bytes) -> str:
    return unescape(value.decode("utf-8", "replace")).strip()
