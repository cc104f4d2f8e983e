"""The name that a site gives itself.

Declared names come first (OpenGraph, application name, JSON-LD); else the part of the title that spells the
site's domain ("Shoes and boots | Acme" on acme.com).
Not here: the title without that name (headlines.py).
"""

import re
from collections.abc import Iterator
from typing import Final

from domain_scheduler.core.public_suffixes import registrable_domain
from domain_scheduler.scan.extract.found import Found, first
from domain_scheduler.scan.extract.reading import Reading
from domain_scheduler.scan.extract.structured_data import text
from domain_scheduler.scan.extract.tree import collapse

SEPARATOR: Final = re.compile(r"\s+[|\-–—‒―·•»«›‹:~/\\⋆★♦>+]+\s+|\s*[|｜»•·]\s*|:\s+|\s+[–—]|[–—]\s+")
"""What stands between the parts of a title."""

MAX_TITLE: Final = 300
"""Characters of a title above which it is not taken apart."""

_SITE: Final = frozenset({"WebSite"})
_OWNER: Final = frozenset(
    {"Organization", "Corporation", "LocalBusiness", "NewsMediaOrganization", "OnlineStore", "Store"}
)
_MAX_NAME: Final = 60


def site_name(reading: Reading) -> Found | None:
    """The site's name."""
    return first(_candidates(reading))


def _candidates(reading: Reading) -> Iterator[Found | None]:
    yield from (f for f in reading.metas.found("og:site_name", "application-name") if _is_name(f.value))
    yield _structured(reading, _SITE)
    yield from (f for f in reading.metas.found("apple-mobile-web-app-title") if _is_name(f.value))
    yield _structured(reading, _OWNER)
    yield _in_title(reading)


def _is_name(value: str) -> bool:
    return len(value) <= _MAX_NAME and "://" not in value


def _structured(reading: Reading, types: frozenset[str]) -> Found | None:
    for thing, source in reading.structured.of_types(types):
        value = text(thing, "name")
        if value and _is_name(value):
            return Found(value, source)
    return None


def _in_title(reading: Reading) -> Found | None:
    """The part of the title that the domain is named after, or that is named after it."""
    element = reading.tree.first("title")
    label = registrable_domain(reading.host).partition(".")[0]
    parts = SEPARATOR.split(collapse(element.text)[:MAX_TITLE]) if element is not None else []
    return next((Found(part, "title") for part in reversed(parts) if spells(part, label)), None)


def spells(part: str, label: str) -> bool:
    """Whether a name is spelled like the label of a domain, but for its article and signs."""
    name, domain = letters(part), letters(label)
    return len(domain) > 2 and (name == domain or name.removeprefix("the") == domain.removeprefix("the"))


def letters(text: str) -> str:
    """Letters and digits only, folded: what two spellings of a name have in common."""
    return "".join(filter(str.isalnum, text.casefold()))
