"""The title of a page.

It is the document's own <title>, word for word, for that is what browsers and search engines show; only a
page without one is named after og:title, JSON-LD or its first heading.
Not here: the title without the site's name in it (headlines.py).
"""

from typing import Final

from domain_scheduler.scan.extract.document.found import Found, first
from domain_scheduler.scan.extract.document.reading import Reading
from domain_scheduler.scan.extract.document.structured_data import PAGE_TYPES, text
from domain_scheduler.scan.extract.document.tree import collapse
from domain_scheduler.scan.extract.owner.spelled_names import bare
from domain_scheduler.scan.extract.site_names import MAX_TITLE, SEPARATOR

_SUBJECT_TYPES: Final = frozenset({"Recipe", "Product"})
"""What a whole page may be about."""


def title(reading: Reading) -> Found | None:
    """The document's title, else the nearest thing to it."""
    return first((_document_title(reading), *_fallbacks(reading)))


def titles(reading: Reading) -> list[str]:
    """Every other name that the page gives itself (og:title, JSON-LD, first heading), each once."""
    found = [candidate.value for candidate in _fallbacks(reading) if candidate is not None]
    about = subject(reading)
    return list(dict.fromkeys(filter(None, [*found, about.value if about else ""])))


def subject(reading: Reading) -> Found | None:
    """The name of the one thing that the page is about."""
    things = reading.structured.of_types(_SUBJECT_TYPES)
    named = {text(thing, "name"): source for thing, source in things}
    return Found(*named.popitem()) if len(named) == 1 else None


def title_parts(reading: Reading) -> list[str]:
    """What the separators in the document's title leave, in its order; empty if it has none."""
    own = _document_title(reading)
    parts = SEPARATOR.split(own.value[:MAX_TITLE]) if own else []
    return list(filter(None, map(bare, parts))) if len(parts) > 1 else []


def _document_title(reading: Reading) -> Found | None:
    element = reading.tree.first("title")
    return Found(collapse(element.text), "title") if element is not None else None


def _fallbacks(reading: Reading) -> list[Found | None]:
    return [*reading.metas.found("og:title", "twitter:title"), _json_ld_title(reading), _heading(reading)]


def _json_ld_title(reading: Reading) -> Found | None:
    for thing, source in reading.structured.of_types(PAGE_TYPES):
        if value := text(thing, "headline") or text(thing, "name"):
            return Found(value, source)
    return None


def _heading(reading: Reading) -> Found | None:
    element = reading.tree.first("h1")
    return Found(collapse(element.text), "h1") if element is not None else None
