"""The title of a page without the name of its site in it.

The first of these that says something: the heading that the page announces (og:title, twitter:title, JSON-LD
headline), the document's title; each without what follows from a part on that only names the site. If a
first-rank heading of the page is how such a title begins, or any whole part of the document's, it is the
headline. A front page may announce itself by the site's name.
Not here: the title word for word (titles.py).
"""

from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from domain_scheduler.scan.extract.document.addresses import split
from domain_scheduler.scan.extract.document.found import Found
from domain_scheduler.scan.extract.document.reading import Reading
from domain_scheduler.scan.extract.document.structured_data import text
from domain_scheduler.scan.extract.document.tree import collapse
from domain_scheduler.scan.extract.owner.spelled_names import labels_of, letters
from domain_scheduler.scan.extract.site_names import FRONT_PATHS, MAX_TITLE, SEPARATOR

_FRONT_PAGES: Final = frozenset(
    {
        "home",
        "homepage",
        "startseite",
        "start",
        "accueil",
        "inicio",
        "início",
        "index",
        "welcome",
        "hauptseite",
    }
    | {
        "главная",
        "главнаястраница",
        "anasayfa",
        "首页",
        "首頁",
        "ホーム",
        "トップページ",
        "forside",
        "etusivu",
    }
)
"""What a front page is called that has no title of its own (letters only)."""
_ANNOUNCED: Final = ("og:title", "twitter:title")
_ARTICLES: Final = frozenset({"Article", "NewsArticle", "BlogPosting", "Recipe", "HowTo", "TechArticle"})


def headline(reading: Reading, title: Found | None, site_name: Found | None) -> Found | None:
    """The headline; None where the page has no title at all."""
    names = _names_of_site(reading, site_name)
    is_front = split(reading.url).path in FRONT_PATHS
    for candidate in _candidates(reading, title):
        if len(candidate.value) > MAX_TITLE:
            continue
        shortened = without_site(candidate.value, names)
        if letters(shortened) in _FRONT_PAGES:
            return site_name or candidate
        if letters(shortened) not in names or (is_front and candidate.source in _ANNOUNCED):
            return Found(shortened, candidate.source)
    return title


def _candidates(reading: Reading, title: Found | None) -> Iterator[Found]:
    for announced in reading.metas.found(*_ANNOUNCED):
        yield _heading_in(reading, announced, anywhere=False) or announced
    for thing, source in reading.structured.of_types(_ARTICLES):
        if value := text(thing, "headline"):
            yield Found(value, source)
    if title is not None:
        yield _heading_in(reading, title, anywhere=True) or title


def _heading_in(reading: Reading, title: Found, *, anywhere: bool) -> Found | None:
    """The first heading, if it is one or several whole parts of the title, but not all of it."""
    if len(title.value) > MAX_TITLE:
        return None
    headings = [collapse(element.text) for element in reading.tree.all("h1")[:3]]
    parts = SEPARATOR.split(title.value)
    runs = {letters(" ".join(parts[:end])) for end in range(1, len(parts))}
    runs |= {letters(" ".join(parts[start:])) for start in range(1, len(parts)) if anywhere}
    return next((Found(heading, "h1") for heading in headings if letters(heading) in runs), None)


def _names_of_site(reading: Reading, site_name: Found | None) -> frozenset[str]:
    host = reading.host.removeprefix("www.")
    names = [host, *labels_of(reading.host), site_name.value if site_name else ""]
    return frozenset(filter(None, map(letters, names)))


def without_site(title: str, names: frozenset[str]) -> str:
    """The title up to the part that is a name of the site (letters only), if it has one before that."""
    spans = [match.span() for match in SEPARATOR.finditer(title)]
    for (start, begin), (end, _) in pairwise([*spans, (len(title), 0)]):
        if {letters(title[begin:end]), letters(title[begin:])} & names and title[:start].strip():
            return title[:start].strip()
    return title
