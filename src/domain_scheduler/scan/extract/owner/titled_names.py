"""Names in titles that beside them only say what kind of page it is: "Contact us | Acme", "About Acme".

A part of its own is a name as it stands. Beside the word itself ("Contact the Acme Inn") it is one only if
the page repeats it, for sentences begin like that too.
Not here: names that the domain is spelled like (spelled_names.py).
"""

import re
from collections.abc import Sequence
from functools import cache
from typing import Final

from domain_scheduler.scan.extract.contacts.contact_words import (
    ABOUT,
    ABOUT_ALONE,
    CONTACT,
    CONTACT_ALONE,
    IMPRINT,
)
from domain_scheduler.scan.extract.owner.spelled_names import letters

_HOME: Final = """
    home homepage startseite start accueil inicio início index welcome hauptseite главная главнаястраница
    anasayfa 首页 首頁 ホーム トップページ forside etusivu
"""
FRONT_PAGES: Final = frozenset(_HOME.split())
"""What a front page is called that has no title of its own (letters only)."""
_MOST_SHARE: Final = 2
"""A word that is half of a part or more is what the part says."""
_MAX_NAME: Final = 60
_BESIDE: Final = re.compile(
    r"(?:contact|about|welcome to)\s+(?:the\s+)?(?P<behind>[^\W_].{1,59})"
    r"|(?P<before>[^\W_].{1,59}?)\s+(?:contact us|about us)",
    re.IGNORECASE,
)
_GENERAL: Final = "blog forum forums info information news our shop site store support us website"
_NO_NAMES: Final = frozenset(_GENERAL.split())
_OFTEN: Final = 2


def titled_name(parts: Sequence[str], text: str) -> str | None:
    """The name in a title of these parts, on a page of this text."""
    others = [part for part in parts if not _says_what_page(part)]
    if len(others) == 1 and len(parts) > 1:
        return others[0] if len(others[0]) <= _MAX_NAME and letters(others[0]) not in _NO_NAMES else None
    return next((name for part in parts if (name := _beside(part)) and text.count(name) >= _OFTEN), None)


def _says_what_page(part: str) -> bool:
    lowered = part.lower()
    return letters(part) in FRONT_PAGES or any(
        lowered.startswith(word) and len(lowered) < _MOST_SHARE * len(word) for word in _words(lowered[:1])
    )


def _beside(part: str) -> str | None:
    match = _BESIDE.fullmatch(part)
    name = match and (match["behind"] or match["before"])
    is_name = name and not name[0].islower() and letters(name) not in _NO_NAMES
    return name if is_name and not _says_what_page(part) else None


@cache
def _words(initial: str) -> tuple[str, ...]:
    every = (*CONTACT, *CONTACT_ALONE, *IMPRINT, *ABOUT, *ABOUT_ALONE)
    return tuple(word for word in every if word.startswith(initial))
