"""The title of a page without the name of its site in it.

The first of these that says something: the heading that the page announces (og:title, twitter:title, JSON-LD
headline), the document's title; each without the parts that only name the site. If the page's one first-rank
heading is among the parts of the title, it is the headline.
Not here: the title word for word (titles.py).
"""

from collections.abc import Iterator
from typing import Final

from domain_scheduler.scan.extract.found import Found
from domain_scheduler.scan.extract.reading import Reading
from domain_scheduler.scan.extract.site_names import MAX_TITLE, SEPARATOR, letters
from domain_scheduler.scan.extract.structured_data import text
from domain_scheduler.scan.extract.tree import collapse

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
_ARTICLES: Final = frozenset({"Article", "NewsArticle", "BlogPosting", "Recipe", "HowTo", "TechArticle"})


def headline(reading: Reading, title: Found | None, site_name: Found | None) -> Found | None:
    """The headline; None where the page has no title at all."""
    names = _names_of_site(reading, site_name)
    for candidate in _candidates(reading, title):
        if len(candidate.value) > MAX_TITLE:
            continue
        shortened = without_site(candidate.value, names)
        if letters(shortened) in _FRONT_PAGES:
            return site_name or candidate
        if letters(shortened) not in names:
            return Found(shortened, candidate.source)
    return title


def _candidates(reading: Reading, title: Found | None) -> Iterator[Found]:
    yield from reading.metas.found("og:title", "twitter:title")
    for thing, source in reading.structured.of_types(_ARTICLES):
        if value := text(thing, "headline"):
            yield Found(value, source)
    if title is not None:
        yield _heading_in(reading, title) or title


def _heading_in(reading: Reading, title: Found) -> Found | None:
    """The first heading, if it is one or several whole parts of the title."""
    if len(title.value) > MAX_TITLE:
        return None
    headings = [collapse(element.text) for element in reading.tree.all("h1")[:3]]
    parts = SEPARATOR.split(title.value)
    runs = {letters(" ".join(parts[:end])) for end in range(1, len(parts) + 1)}
    runs |= {letters(" ".join(parts[start:])) for start in range(len(parts))}
    return next((Found(heading, "h1") for heading in headings if letters(heading) in runs), None)


def _names_of_site(reading: Reading, site_name: Found | None) -> frozenset[str]:
    host = reading.host.removeprefix("www.")
    names = [host, host.partition(".")[0], site_name.value if site_name else ""]
    return frozenset(filter(None, map(letters, names)))


def without_site(title: str, names: frozenset[str]) -> str:
    """The title less the parts at its end that are names of the site (letters only)."""
    spans = [match.span() for match in SEPARATOR.finditer(title)]
    for start, end in reversed(spans):
        if letters(title[end:]) in names and title[:start].strip():
            title = title[:start].strip()
    return title
