"""The title of a page without the name of its site in it.

The first of these that says something: the heading that the page announces (og:title, twitter:title,
JSON-LD headline), the document's title; each without what follows from a part on that only names the
site. If a first-rank heading of the page is how such a title begins, or any whole part of the document's,
it is the headline; on pages other than the front page also if the title has only a few words more
("Recipe" behind the dish). A front page may announce itself by the site's name.
Not here: the title word for word (titles.py).
"""

import html
import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from domain_scheduler.scan.extract.document.addresses import absolute, host_of, split
from domain_scheduler.scan.extract.document.found import Found
from domain_scheduler.scan.extract.document.reading import Reading
from domain_scheduler.scan.extract.document.structured_data import text
from domain_scheduler.scan.extract.document.tree import Element, attribute, collapse
from domain_scheduler.scan.extract.owner.spelled_names import labels_of, letters
from domain_scheduler.scan.extract.owner.titled_names import FRONT_PAGES
from domain_scheduler.scan.extract.site_names import FRONT_PATHS, MAX_TITLE, SEPARATOR
from domain_scheduler.scan.extract.titles import subject

_ANNOUNCED: Final = ("og:title", "twitter:title")
_DANGLING: Final = re.compile(r"\s+[|–—·•»:-]+$|^[|–—·•»-]+\s+")
_FEW_HEADINGS: Final = 3
_FEW_WORDS: Final = 3
"""Words that a title may have more than the heading that it stands for."""
_ARTICLES: Final = frozenset({"Article", "NewsArticle", "BlogPosting", "Recipe", "HowTo", "TechArticle"})


def headline(reading: Reading, title: Found | None, site_name: Found | None) -> Found | None:
    """The headline; None where the page has no title at all."""
    names = _names_of_site(reading, site_name)
    is_front = split(reading.url).path in FRONT_PATHS
    for candidate in map(_unescaped, _candidates(reading, title)):
        if len(candidate.value) > MAX_TITLE:
            continue
        shortened = without_site(candidate.value, names)
        shortened = shortened if is_front else _without_section(shortened, names)
        if letters(shortened) in FRONT_PAGES:
            return site_name or candidate
        if letters(shortened) not in names or (is_front and candidate.source in _ANNOUNCED):
            heading = None if is_front else _heading_but_for_few_words(reading, shortened)
            return _subject_in(reading, shortened, names) or heading or Found(shortened, candidate.source)
    return site_name if title and _says_nothing_else(title.value, names) else title


def _says_nothing_else(title: str, names: frozenset[str]) -> bool:
    """Whether a title is only the site's name and what a front page is called."""
    return len(title) <= MAX_TITLE and set(map(letters, SEPARATOR.split(title))) <= names | FRONT_PAGES


def _unescaped(found: Found) -> Found:
    """A title whose entities were escaped twice, as it was meant."""
    return Found(collapse(html.unescape(found.value)), found.source) if "&" in found.value else found


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
    headings = [collapse(element.text) for element in _headings(reading)]
    parts = SEPARATOR.split(title.value)
    runs = {letters(" ".join(parts[:end])) for end in range(1, len(parts))}
    runs |= {letters(" ".join(parts[start:])) for start in range(1, len(parts)) if anywhere}
    return next(
        (Found(h, "h1") for h in headings if letters(h) in runs or _goes_on_with_a_quote(h, title.value)),
        None,
    )


def _goes_on_with_a_quote(heading: str, title: str) -> bool:
    """Whether a title was cut short by a quote within it: `content="The "best" shop"`."""
    return heading.startswith(title) and heading[len(title) :].lstrip().startswith('"')


def _headings(reading: Reading) -> list[Element]:
    """The first headings, but for one around the logo, which leads to the front page."""
    return [
        element for element in reading.tree.all("h1")[:_FEW_HEADINGS] if not _leads_home(reading, element)
    ]


def _leads_home(reading: Reading, heading: Element) -> bool:
    if split(reading.url).path in FRONT_PATHS:
        return False
    urls = [absolute(reading.base, attribute(link, "href")) for link in heading.select("a[href]")[:1]]
    return any(url and host_of(url) == reading.host and split(url).path in FRONT_PATHS for url in urls)


def _heading_but_for_few_words(reading: Reading, title: str) -> Found | None:
    """The first heading, if it begins or ends the title, and is most of it."""
    heading = next((collapse(element.text) for element in _headings(reading)), "")
    if not len(title) / 2 <= len(heading) < len(title):
        return None
    folded, start = title.casefold(), heading.casefold()
    if folded.startswith(start):
        more, joint = title[len(heading) :], title[len(heading)]
    elif folded.endswith(start):
        more, joint = title[: -len(heading)], title[-len(heading) - 1]
    else:
        return None
    is_little = len(more.split()) <= _FEW_WORDS and not joint.isalnum() and "&" not in more
    return Found(heading, "h1") if is_little else None


def _subject_in(reading: Reading, title: str, names: frozenset[str]) -> Found | None:
    """The name of the one thing that the page is about, if the title says it among other words."""
    about = subject(reading)
    if about is None or letters(about.value) in names | {""}:
        return None
    folded, name = title.casefold(), about.value.casefold()
    start = folded.find(name)
    around = folded[max(start - 1, 0) : start] + folded[start + len(name) :][:1]
    return about if start >= 0 and not any(map(str.isalnum, around)) else None


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
    return _DANGLING.sub("", title) or title


def _without_section(title: str, names: frozenset[str]) -> str:
    """The title without a last part that is the site's name with a word or two more: "Acme Politics"."""
    spans = [match.span() for match in SEPARATOR.finditer(title)]
    start, begin = spans[-1] if spans else (0, 0)
    words = title[begin:].split()
    if not title[:start].strip() or len(words) > _FEW_WORDS + 1:
        return title
    ends = range(len(words) + 1)
    runs = [(i, j) for i in ends for j in ends[i + 1 :] if len(words) - (j - i) < _FEW_WORDS]
    named = any(letters("".join(words[i:j])) in names for i, j in runs)
    return title[:start].strip() if named else title
