"""Links of a page that lead to where a site says who it is and how to reach it.

Contact pages first, then imprints, then about pages; a link counts by its text or its path. Only the page's
own site, its www and its own subdomains. All links are searched for all words at once, for a page may have
thousands.
Not here: the words (contact_words.py), fetching the pages (scan/scanner.py).
"""

from bisect import bisect_right
from functools import cache
from itertools import accumulate
from typing import Final

from ahocorasick_rs import AhoCorasick

from domain_scheduler.scan.extract.addresses import absolute, host_of
from domain_scheduler.scan.extract.contact_words import ABOUT, CONTACT, IMPRINT
from domain_scheduler.scan.extract.reading import Reading
from domain_scheduler.scan.extract.tree import Element, attribute, collapse

_MAX_LINKS: Final = 8
_MAX_ANCHORS: Final = 2_000
_MAX_TEXT: Final = 40
"""Characters of a link's text that are read: a longer one is a sentence, and about something else."""
_MAX_WORDS: Final = 5
_MAX_PATH: Final = 120
_MAX_SLUG: Final = 5
"""Words of a path's last part above which it is a headline."""
_SHORT_WORD: Final = 5
_SCHEMES: Final = frozenset({"", "http", "https"})
_WORDS: Final = tuple((word, rank) for rank, words in enumerate((CONTACT, IMPRINT, ABOUT)) for word in words)
_ABOUT: Final = 2
_AS_SPACE: Final = str.maketrans({"-": " ", "_": " ", "+": " ", ".": " ", "/": "| "})


def find_contact_links(reading: Reading) -> list[str]:
    """Absolute addresses, likeliest first, at most eight."""
    links = [
        link
        for link in reading.tree.anchors()[:_MAX_ANCHORS]
        if link.scheme in _SCHEMES and link.href[:1] != "#"
    ]
    ranked: dict[str, int] = {}
    for index, rank in _ranks([_words(link.element, link.href) for link in links]).items():
        url = absolute(reading.base, links[index].href)
        if url and _same_site(host_of(url), reading.host):
            url = url.partition("#")[0]
            ranked[url] = min(rank, ranked.get(url, rank))
    own = _without_www(reading.url.partition("#")[0])
    best: dict[str, str] = {}
    for url in sorted(ranked, key=lambda url: ranked[url]):
        best.setdefault(_without_www(url), url)
    best.pop(own, None)
    return list(best.values())[:_MAX_LINKS]


def _without_www(url: str) -> str:
    """What two spellings of an address have in common."""
    return url.partition("://")[2].removeprefix("www.").rstrip("/")


def _words(element: Element, href: str) -> str:
    """What a link says, in lower case and on one line."""
    path = href.partition("?")[0] if "?" in href[1:] else href
    said = collapse(element.text[:200] or attribute(element, "title"))
    if len(said) > _MAX_TEXT or said.count(" ") >= _MAX_WORDS:
        said = ""
    words = path[-_MAX_PATH:].translate(_AS_SPACE)
    if words.rpartition("| ")[2].count(" ") >= _MAX_SLUG:
        words = ""
    return f"{said} | {words}".lower()


def _ranks(lines: list[str]) -> dict[int, int]:
    """The best rank of each line that holds a word, by the line's number, in order."""
    starts = list(accumulate((len(line) + 1 for line in lines), initial=0))
    ranks: dict[int, int] = {}
    joined = "\n".join(lines)
    for word, start, end in _automaton().find_matches_as_indexes(joined, overlapping=True):
        rank = _WORDS[word][1]
        if _stands_alone(joined, start, end) and (rank < _ABOUT or _is_first(joined, start)):
            line = bisect_right(starts, start) - 1
            ranks[line] = min(rank, ranks.get(line, rank))
    return dict(sorted(ranks.items()))


def _is_first(text: str, start: int) -> bool:
    """Whether a link's text or a part of its path begins there: "about us", but not "all about shoes"."""
    return start == 0 or text[start - 1] == "\n" or text[max(start - 2, 0) : start] == "| "


def _stands_alone(text: str, start: int, end: int) -> bool:
    """Whether a word begins a word there, and if it is short, is the whole word; CJK has no such ends."""
    if text[start].lower() == text[start].upper():
        return True
    begins = start == 0 or not text[start - 1].isalpha()
    return begins and (end - start > _SHORT_WORD or not text[end : end + 1].isalpha())


@cache
def _automaton() -> AhoCorasick:
    return AhoCorasick([word for word, _ in _WORDS])


def _same_site(host: str, own: str) -> bool:
    bare, own = host.removeprefix("www."), own.removeprefix("www.")
    return bare == own or bare.endswith(f".{own}") or own.endswith(f".{bare}")
