"""The name that a site gives itself.

Declared names come first (OpenGraph, application name, JSON-LD); then the part of the title that spells
the site's domain ("Shoes and boots | Acme" on acme.com), the publisher and the organisation of the page,
the name of its app, the holder of the copyright if the domain is spelled so; at last words within the
title, or a part of it whose initials make the domain, that is the holder of the copyright, that ends as
names of Chinese and Japanese sites do, or beside which the title only says what page it is. Where none of
them says anything: what publishers, searches and pictures are called, if the domain is spelled so. A name
that is but the domain gives way to the name that the domain is made of.
Not here: the title without that name (headlines.py), spelling (owner/spelled_names.py).
"""

import re
from collections.abc import Iterator
from functools import partial
from typing import Final

from domain_scheduler.scan.extract.document.addresses import split
from domain_scheduler.scan.extract.document.found import Found, first
from domain_scheduler.scan.extract.document.reading import Reading
from domain_scheduler.scan.extract.document.structured_data import text
from domain_scheduler.scan.extract.document.tree import attribute, collapse
from domain_scheduler.scan.extract.owner.spelled_names import (
    bare,
    initials_spell,
    labels_of,
    letters,
    nearly_spells,
    spelled_part,
    spelled_run,
    spells,
)
from domain_scheduler.scan.extract.owner.titled_names import titled_name

_IDEOGRAPH: Final = r"\u3040-\u30ff\u4e00-\u9fff"
SEPARATOR: Final = re.compile(
    r"\s+[|\-–—‒―·•»«›‹:~/\\⋆★♦>+]+\s+|\s*[|｜•·]\s*|:\s+|\s+[–—]|[–—]\s+"
    rf"|(?<=[{_IDEOGRAPH}）】》」”！？!?…])[-_]+(?=[{_IDEOGRAPH}A-Z])"
)
"""What stands between the parts of a title; Chinese ones have no space there."""
_TIGHT: Final = re.compile(r"[-_–—|:]+")
_WEB_NAME: Final = re.compile(
    rf"[{_IDEOGRAPH}]{{1,10}}(?:[网網]站?|论坛|論壇|[日晚早]报|新闻|新聞|在线|ニュース|ドットコム)"
)
"""How names of sites end in Chinese and Japanese."""

MAX_TITLE: Final = 300
"""Characters of a title above which it is not taken apart."""

FRONT_PATHS: Final = frozenset(
    {"", "/", "/index.html", "/index.php", "/index.htm", "/default.aspx", "/en", "/en/"}
)

_SITE: Final = frozenset({"WebSite"})
_OWNER: Final = frozenset(
    {"Organization", "Corporation", "LocalBusiness", "NewsMediaOrganization", "OnlineStore", "Store"}
)
_AUTHORS: Final = ("author", "creator", "contributor", "itemReviewed", "reviewedBy", "sponsor", "memberOf")
"""Whose work it is, not whose site."""

_APPS: Final = (
    "twitter:app:name:iphone",
    "twitter:app:name:googleplay",
    "al:ios:app_name",
    "al:android:app_name",
)
_MAX_IMAGES: Final = 30
_PICTURED: Final = re.compile(r"^logo (?:of )?|'s logo$| (?:logo|home|home ?page)$", re.IGNORECASE)
_MAX_NAME: Final = 60
_MAX_WORDS: Final = 4
_FEW_WORDS: Final = 3
_NO_NAMES: Final = frozenset({"home", "page", "homepage", "official", "site", "website", "welcome", "online"})


def site_name(reading: Reading, holder: Found | None) -> Found | None:
    """The site's name; `holder` is the copyright's."""
    candidates = partial(_candidates, reading, holder)
    found = first(candidates())
    label, domain = labels_of(reading.host)
    if found is not None and "." in found.value and letters(found.value) == domain:
        return first(other for other in candidates() if other and spells(other.value, label)) or found
    return found or first(_spelled_in(said, reading.host) for said in _said_beside(reading))


def _candidates(reading: Reading, holder: Found | None) -> Iterator[Found | None]:
    parts = _title_parts(reading)
    yield from (f for f in reading.metas.found("og:site_name", "application-name") if _is_name(f.value))
    yield _structured(reading, _SITE)
    yield from (f for f in reading.metas.found("apple-mobile-web-app-title") if _is_name(f.value))
    yield _titled(spelled_part(parts, reading.host))
    yield _publisher(reading)
    yield _structured(reading, _OWNER)
    yield from (f for f in reading.metas.found(*_APPS) if _is_name(f.value))
    whole = parts if split(reading.url).path in FRONT_PATHS else []
    outer = (part for part in _outer(parts) or whole if _adds_little(part))
    yield _titled(spelled_part(_tight_parts(parts), reading.host))
    yield _titled(next((part for part in outer if nearly_spells(part, reading.host)), None))
    own = holder if holder and spelled_part([holder.value], reading.host) else None
    yield own if own and not own.value.islower() else None
    yield from (_titled(_within(part, reading, is_last=part is parts[0] is not parts[-1])) for part in parts)
    yield _titled(next((part for part in parts if initials_spell(part, reading.host)), None))
    yield _holder_among(parts, holder)
    yield own
    yield _titled(next((part for part in parts[:2] if parts[1:] and _WEB_NAME.fullmatch(part)), None))
    yield _titled(titled_name(parts, reading.tree.visible_text()))


def _tight_parts(parts: list[str]) -> list[str]:
    """What signs without space around them join: "Acme-Register"."""
    return [bare(piece) for part in parts for piece in _TIGHT.split(part)]


def _holder_among(parts: list[str], holder: Found | None) -> Found | None:
    names = {letters(holder.value), letters(holder.value).removeprefix("the")} if holder else set()
    return _titled(next((part for part in parts if letters(part) in names), None))


def _said_beside(reading: Reading) -> Iterator[Found]:
    """Where else a page may name its site: a publisher, what searches it, what its logo shows."""
    yield from reading.metas.found("publisher", "dc.publisher", "dcterms.publisher", "author")
    searches = (element for relations, element in reading.tree.linked() if "search" in relations)
    yield from (Found(attribute(element, "title"), "search") for element in searches)
    images = reading.tree.all("img")[:_MAX_IMAGES]
    yield from (Found(attribute(image, "alt"), "alt") for image in images)


def _spelled_in(said: Found, host: str) -> Found | None:
    """The part, else the words, that the domain is spelled like; an author counts only as a whole."""
    parts = [bare(_PICTURED.sub("", part)) for part in SEPARATOR.split(collapse(said.value)[:MAX_TITLE])]
    name = spelled_part(parts, host)
    if name is None and said.source != "meta:author":
        name = spelled_run(" ".join(parts), host)
    return Found(name, said.source) if name else None


def _is_name(value: str) -> bool:
    return len(value) <= _MAX_NAME and "://" not in value


def _publisher(reading: Reading) -> Found | None:
    for thing, source in reading.structured.things:
        publisher = thing.get("publisher")
        for owner in publisher if isinstance(publisher, list) else [publisher]:
            if isinstance(owner, dict) and (name := text(owner, "name")) and _is_name(name):
                return Found(name, source)
    return None


def _structured(reading: Reading, types: frozenset[str]) -> Found | None:
    authors = reading.structured.held_by(_AUTHORS)
    for thing, source in reading.structured.of_types(types):
        value = text(thing, "name")
        if value and _is_name(value) and id(thing) not in authors:
            return Found(value, source)
    return None


def _title_parts(reading: Reading) -> list[str]:
    """The parts of the document's title, the last one first."""
    element = reading.tree.first("title")
    parts = SEPARATOR.split(collapse(element.text)[:MAX_TITLE]) if element is not None else []
    return list(filter(None, map(bare, reversed(parts))))


def _titled(name: str | None) -> Found | None:
    return Found(name, "title") if name else None


def _outer(parts: list[str]) -> list[str]:
    """Where titles of several parts name the site: at their end, else at their start."""
    return [parts[0], parts[-1]] if len(parts) > 1 else []


def _adds_little(part: str) -> bool:
    words = part.split()
    return len(words) <= _MAX_WORDS and not part[0].islower() and _NO_NAMES.isdisjoint(map(letters, words))


def _within(part: str, reading: Reading, *, is_last: bool) -> str | None:
    """The words of the part that spell the domain; the whole part where it only adds to them."""
    run = spelled_run(part, reading.host)
    if run is None or not _adds_little(part):
        return run
    words = part.split()
    is_whole = part.removeprefix("The ").startswith(run) or (
        len(words) <= _FEW_WORDS and not any(word[0].islower() for word in words)
    )
    return part if is_last or (is_whole and split(reading.url).path in FRONT_PATHS) else run
