"""A site's web app manifest: the icon of a page that declares none, and the names and colour that it lacks.

Read as the W3C's "Web Application Manifest" has it: members of a wrong type are as good as missing, icons are
seen from the manifest's own address. Chosen is an icon for any purpose before one that may be cut to a shape
(`maskable`) or has one colour (`monochrome`), of a type that every browser shows, and of the size that
telephones ask for.
Pure. Not here: asking for the manifest (scan/manifest.py), icons that the page declares (icons.py).
"""

import base64
import binascii
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final
from urllib.parse import unquote_to_bytes

import orjson

from domain_scheduler.core.report import Page
from domain_scheduler.scan.extract.document.addresses import absolute
from domain_scheduler.scan.extract.document.reading import Reading
from domain_scheduler.scan.extract.document.tree import attribute, collapse
from domain_scheduler.scan.extract.icons import GUESS, Icon
from domain_scheduler.scan.extract.link_relations import links
from domain_scheduler.scan.extract.outgoing import clean

MAX_BYTES: Final = 64 * 1024
_MAX_ICONS: Final = 30
_MAX_WORDS: Final = 256
_USUAL: Final = 192
"""Pixels of the icon that a home screen shows; `any` is as good."""
_SIZE: Final = re.compile(r"(\d{1,4})x\d{1,4}", re.IGNORECASE)
_DATA: Final = re.compile(r"\s*data:([^,]{0,200}),(.*)", re.IGNORECASE | re.DOTALL)
_SHOWN: Final = re.compile(r"png|jpe?g|svg|webp|gif|icon|ico", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class WebAppManifest:
    """What a manifest says; None and empty mean that it does not. `icons` are ordered, the best one first."""

    name: str | None
    short_name: str | None
    theme_color: str | None
    icons: tuple[Icon, ...]


def read_manifest(content: bytes, url: str) -> WebAppManifest | None:
    """The manifest that came from `url`; None for what is none. Above MAX_BYTES it is none either."""
    if len(content) > MAX_BYTES:
        return None
    try:
        value = orjson.loads(content.removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError:
        return None
    if not isinstance(value, dict):
        return None
    ranked = sorted(_icons(value.get("icons"), url), key=lambda found: found[0])
    icons = dict.fromkeys(icon for _, icon in ranked)
    return WebAppManifest(
        name=_words(value, "name"),
        short_name=_words(value, "short_name"),
        theme_color=_words(value, "theme_color"),
        icons=tuple(icons)[:_MAX_ICONS],
    )


def inline_manifest(reading: Reading) -> WebAppManifest | None:
    """The manifest that a page carries in itself, as a `data:` address."""
    for element in links(reading, "manifest"):
        if (data := _DATA.match(attribute(element, "href")[: 2 * MAX_BYTES])) is not None:
            return read_manifest(_decoded(data[1], data[2]), reading.base)
    return None


def with_manifest(page: Page, manifest: WebAppManifest) -> Page:
    """The page with what it left open filled in: its icon, the site's name, the theme's colour."""
    details = dict(page.details)
    details["web_app"] = clean(
        {"name": manifest.name, "short_name": manifest.short_name, "theme_color": manifest.theme_color}
    )
    name = clean(manifest.name or manifest.short_name)
    if name and not details["site_name"]:
        details |= {"site_name": name, "sources": {**details["sources"], "site_name": "manifest"}}
    details["theme_color"] = details["theme_color"] or clean(manifest.theme_color)
    page = replace(page, details=details)
    return _with_icons(page, manifest.icons) if manifest.icons and lacks_icon(page) else page


def lacks_icon(page: Page) -> bool:
    """Whether the page declares no icon, so that the one in the report is a guess at most."""
    return page.details["sources"].get("icon_url") in (None, GUESS)


def _with_icons(page: Page, icons: tuple[Icon, ...]) -> Page:
    entries = [icon.as_entry() for icon in icons]
    sources = {**page.details["sources"], "icon_url": "manifest"}
    details = {**page.details, "icons": clean(entries), "sources": sources}
    return replace(page, icon_url=clean(icons[0].url), details=details)


def _words(value: Mapping[str, Any], name: str) -> str | None:
    words = value.get(name)
    return collapse(words[:_MAX_WORDS]) or None if isinstance(words, str) else None


_Rank = tuple[int, int, int]


def _icons(value: Any, url: str) -> Iterator[tuple[_Rank, Icon]]:
    """The icons with their rank, the lowest first."""
    for entry in value[: 10 * _MAX_ICONS] if isinstance(value, list) else ():
        written = entry.get("src") if isinstance(entry, dict) else None
        if isinstance(written, str) and (address := absolute(url, written)):
            kind, purpose = _words(entry, "type") or "", (_words(entry, "purpose") or "any").lower().split()
            sizes = (_words(entry, "sizes") or "").lower()
            size = max((int(width) for width in _SIZE.findall(sizes)), default=0)
            shown = _SHOWN.search(kind or address.partition("?")[0].rpartition(".")[2])
            rank = (_purpose(purpose), 0 if shown else 1, _distance(size, any_size="any" in sizes.split()))
            yield rank, Icon(address, "manifest", size, kind or None)


def _purpose(purposes: list[str]) -> int:
    return 0 if "any" in purposes else 1 if "maskable" in purposes else 2


def _distance(size: int, *, any_size: bool) -> int:
    """How far a size is from the usual one; one that is too small is worse than any that is too large."""
    if any_size:
        return 0
    return size - _USUAL if size >= _USUAL else 10_000 - size


def _decoded(head: str, content: str) -> bytes:
    """The content of a `data:` address (RFC 2397)."""
    plain = unquote_to_bytes(content)
    if not head.lower().replace(" ", "").endswith(";base64"):
        return plain
    try:
        return base64.b64decode(plain)
    except binascii.Error:
        return b""
