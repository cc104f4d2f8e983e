"""Links of a page that lead to where a site says who it is and how to reach it.

Contact pages first, then imprints, then about pages; a link counts by its text or its path, and the less it
says beside the word, the likelier it is. Only the page's own site, its www and its own subdomains. All links
are searched for all words at once, for a page may have thousands.
Not here: the words (contact_words.py), which of the pages are fetched (scan/contact_choice.py).
"""

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from typing import Final
from urllib.parse import unquote

from ahocorasick_rs import AhoCorasick, Implementation

from domain_scheduler.scan.extract.contacts.contact_words import (
    ABOUT,
    ABOUT_ALONE,
    CONTACT,
    CONTACT_ALONE,
    IMPRINT,
)
from domain_scheduler.scan.extract.document.addresses import absolute, host_of, split
from domain_scheduler.scan.extract.document.reading import Reading
from domain_scheduler.scan.extract.document.tree import Anchor, Element, attribute, collapse

_MAX_OF_A_KIND: Final = 3
_MAX_ANCHORS: Final = 2_000
_MAX_READ: Final = 200
_MAX_TEXT: Final = 40
"""Characters of a link's text that are read: a longer one is a sentence, and about something else."""
_MAX_WORDS: Final = 5
_MAX_PATH: Final = 120
_MAX_SLUG: Final = 5
"""Words of a path's last part above which it is a headline."""
_SHORT_WORD: Final = 5
"""Letters up to which a word has to be the whole word; longer ones may be stems, as in `Kontaktformular`."""
_SCHEMES: Final = frozenset({"", "http", "https"})
_KINDS: Final = ("contact", "imprint", "about")
_LEAST_SHARE: Final = 0.25
"""Of a text or a part of a path; a word that is less of it is not what it is about."""
_WORDS: Final = tuple(
    (word, kind, share, len(word) <= _SHORT_WORD or (kind == "imprint" and word.isascii()))
    for kind, words, share in (
        ("contact", CONTACT, _LEAST_SHARE),
        ("contact", CONTACT_ALONE, 1.0),
        ("imprint", IMPRINT, _LEAST_SHARE),
        ("about", ABOUT, _LEAST_SHARE),
        ("about", ABOUT_ALONE, 1.0),
    )
    for word in words
)
_AS_SPACE: Final = "-_+.\n"
_SPACES: Final = (*_AS_SPACE, *filter(str.isspace, map(chr, range(0x3001))))
_FEW_BYTES: Final = 3
_COMMON: Final = frozenset({"find", "information", "over"})
"""Pieces of words that links say as often without the rest of them."""
_NO_PAGE: Final = re.compile(
    r"/cdn-cgi/|\.(?:pdf|docx?|xlsx?|odt|zip|jpe?g|png|gif|svg|webp|vcf|ics|mp[34])$", re.IGNORECASE
)
_ENDING: Final = re.compile(r"\.(?:[a-z]?html?|php\d?|aspx?|jspx?|cfm|cgi|do|action)$", re.IGNORECASE)
_INDEX: Final = re.compile(r"/(?:index|default|home)\.[a-z]{3,5}$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ContactLink:
    """An absolute address and what it leads to: `contact`, `imprint` or `about`."""

    url: str
    kind: str


@dataclass(frozen=True, slots=True)
class _Match:
    """A word that a link says; `share` is how much of its text, or of the part of its path, the word is."""

    kind: str
    share: float


def find_contact_links(reading: Reading) -> list[ContactLink]:
    """By kind, within it likeliest first, at most three of each."""
    links = _promising(
        [
            link
            for link in reading.tree.anchors()[:_MAX_ANCHORS]
            if link.scheme in _SCHEMES and link.href[:1] != "#"
        ]
    )
    best: dict[str, tuple[str, _Match]] = {}
    own = _spelled_alike(reading.url)
    for index, match in _matches(_said(links)).items():
        url = absolute(reading.base, links[index].href)
        if url is None or not _same_site(host_of(url), reading.host) or _NO_PAGE.search(split(url).path):
            continue
        url = url.partition("#")[0]
        place = _spelled_alike(url)
        if place != own:
            known_url, known = best.get(place, (url, match))
            best[place] = (known_url, min(known, match, key=_rank))
    ranked = sorted(best.values(), key=lambda found: _rank(found[1]))
    return [
        ContactLink(url, kind)
        for kind in _KINDS
        for url, _ in [found for found in ranked if found[1].kind == kind][:_MAX_OF_A_KIND]
    ]


def _rank(match: _Match) -> tuple[float, int]:
    """Small is good."""
    return -match.share, _KINDS.index(match.kind)


def _spelled_alike(url: str) -> str:
    """What several spellings of an address have in common."""
    bare = url.partition("#")[0].partition("://")[2].removeprefix("www.")
    return _INDEX.sub("", bare).rstrip("/")


def _promising(links: list[Anchor]) -> list[Anchor]:
    """The links that may say a word: all are looked at together, without taking their paths apart."""
    # no text or attribute of a tree holds NUL
    joined = "\0".join(map(_loosely_said, links)).lower()
    lines: dict[int, None] = {}
    line = seen = 0
    for _, start, _ in _loose_automaton().find_matches_as_indexes(joined):
        line += joined.count("\0", seen, start)
        seen = start
        lines[line] = None
    return [links[line] for line in lines]


def _loosely_said(link: Anchor) -> str:
    element, href, _ = link
    text = element.text[:_MAX_READ]
    path = unquote(href).replace("\0", " ") if "%" in href else href
    return f"{text if text and not text.isspace() else _named(element)} {path}"


def _said(links: list[Anchor]) -> list[str]:
    """What each link says, in lower case."""
    lines = "\n".join([_words(link) for link in links])
    return lines.lower().split("\n")


def _words(link: Anchor) -> str:
    """What a link says, on one line: its text, then its path, part by part."""
    said = _text(link.element)
    if len(said) > _MAX_TEXT or said.count(" ") >= _MAX_WORDS:
        said = ""
    path = _path(link.href)
    words = _spaced(path[-_MAX_PATH:].replace("/", "| "))
    if words.rpartition("| ")[2].count(" ") >= _MAX_SLUG:
        words = ""
    return f"{said} | {words}"


def _text(element: Element) -> str:
    return collapse(element.text[:_MAX_READ]) or _named(element)


def _spaced(text: str) -> str:
    """The text with what stands for a space in a path made one."""
    for sign in _AS_SPACE:
        text = text.replace(sign, " ")
    return text


def _named(element: Element) -> str:
    """What a link without text is called: a picture, or an area of one."""
    for name in ("title", "aria-label", "alt"):
        if said := attribute(element, name):
            return collapse(said)
    return " ".join(collapse(attribute(image, "alt")) for image in element.select("img[alt]")[:2])


def _path(href: str) -> str:
    """The path of a link without what programs need and people do not read."""
    path = href.partition("?")[0] if "?" in href[1:] else href
    if "//" in path:
        path = path.partition("//")[2].partition("/")[2]
    path = _ENDING.sub("", path.partition("#")[0].rstrip("/"))
    return unquote(path) if "%" in path else path


def _matches(lines: list[str]) -> dict[int, _Match]:
    """The best match of each line that holds a word, by the line's number, in order."""
    starts = list(accumulate((len(line) + 1 for line in lines), initial=0))
    matches: dict[int, _Match] = {}
    joined = "\n".join(lines)
    for word, start, end in _automaton().find_matches_as_indexes(joined, overlapping=True):
        _, kind, least_share, whole = _WORDS[word]
        if _stands_alone(joined, start, end, whole=whole) and (kind != "about" or _is_first(joined, start)):
            line = bisect_right(starts, start) - 1
            share = _share(lines[line], start - starts[line], end - starts[line])
            if share >= least_share:
                match = _Match(kind, share)
                matches[line] = min(match, matches.get(line, match), key=_rank)
    return dict(sorted(matches.items()))


def _share(line: str, start: int, end: int) -> float:
    """How much of the text or part of the path a word is; half of that in a part that is not the last."""
    begin = line.rfind("|", 0, start) + 1
    bar = line.find("|", end)
    whole = line[begin : len(line) if bar < 0 else bar].strip()
    in_folder = "|" in line[:start] and bar >= 0
    return (end - start) / max(len(whole), 1) / (2 if in_folder else 1)


def _is_first(text: str, start: int) -> bool:
    """Whether a link's text or a part of its path begins there: "about us", but not "all about shoes"."""
    return start == 0 or text[start - 1] == "\n" or text[max(start - 2, 0) : start] == "| "


def _stands_alone(text: str, start: int, end: int, *, whole: bool) -> bool:
    """Whether a word begins a word there, or is the whole word; CJK has no such ends."""
    if text[start].lower() == text[start].upper():
        return True
    begins = start == 0 or not text[start - 1].isalpha()
    return begins and not (whole and text[end : end + 1].isalpha())


@cache
def _automaton() -> AhoCorasick:
    return AhoCorasick([word for word, *_ in _WORDS])


@cache
def _loose_automaton() -> AhoCorasick:
    """Of each word a piece without signs and spaces, so that it does not matter which of them a link has."""
    pieces = {piece for word, *_ in _WORDS for piece in _piece(word)}
    return AhoCorasick(sorted(pieces), implementation=Implementation.DFA)


def _piece(word: str) -> list[str]:
    """The longest piece of a word; a short one with any sign before it, for it is in half of all links."""
    pieces = _spaced(word).split()
    longest = max(reversed(pieces), key=lambda piece: (piece not in _COMMON, len(piece.encode())))
    is_short = len(longest.encode()) <= _FEW_BYTES and longest is pieces[-1] is not pieces[0]
    return [f"{sign}{longest}" for sign in _SPACES] if is_short else [longest]


def _same_site(host: str, own: str) -> bool:
    bare, own = host.removeprefix("www."), own.removeprefix("www.")
    return bare == own or bare.endswith(f".{own}") or own.endswith(f".{bare}")
