"""Telephone and fax numbers that a page gives, as E.164, each with its source.

`tel:` links and structured data come first, then the visible text. A number that the page only calls a fax is
kept apart from those that somebody answers.
Not here: numbers in running text (phone_text.py), which of them exist (phone_numbers.py), which region
(phone_regions.py).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote

from domain_scheduler.scan.extract.contacts.phone_numbers import numbers_of
from domain_scheduler.scan.extract.contacts.phone_regions import phone_regions
from domain_scheduler.scan.extract.contacts.phone_text import numbers_in
from domain_scheduler.scan.extract.document.found import Found
from domain_scheduler.scan.extract.document.languages import Languages
from domain_scheduler.scan.extract.document.reading import Reading
from domain_scheduler.scan.extract.document.structured_data import texts

_MAX_NUMBERS: Final = 100
_MAX_LINKS: Final = 200
_UNLABELLED: Final = "unlabelled"
_PHONES: Final = ("phone", "both", _UNLABELLED)
_FAXES: Final = ("fax", "both")
_CALLED: Final = ("phone", "both")
"""Numbers that are called so stay phones, whatever else calls them a fax; links and mere digits say less."""
_SCHEMES: Final = {"tel": "phone", "callto": "phone", "fax": "fax"}


@dataclass(frozen=True, slots=True)
class Numbers:
    """What can be called and what can be faxed, in order of their worth."""

    phones: list[Found]
    faxes: list[Found]


def numbers(reading: Reading, languages: Languages) -> Numbers:
    """The page's numbers, each once with its best source."""
    candidates = list(_candidates(reading))
    regions = phone_regions(reading, languages) if candidates else ()
    phones: dict[str, Found] = {}
    faxes: dict[str, Found] = {}
    called: set[str] = set()
    for candidate, kind in candidates:
        for number in numbers_of(candidate.value, regions):
            for kinds, found in ((_PHONES, phones), (_FAXES, faxes)):
                if kind in kinds and len(found) < _MAX_NUMBERS:
                    found.setdefault(number, Found(number, candidate.source))
            if kind in _CALLED and candidate.source != "tel":
                called.add(number)
    kept = [found for number, found in phones.items() if number in called or number not in faxes]
    return Numbers(phones=kept, faxes=list(faxes.values()))


def _candidates(reading: Reading) -> Iterator[tuple[Found, str]]:
    yield from _from_links(reading)
    for name, kind in (("telephone", "phone"), ("phone", "phone"), ("faxNumber", "fax")):
        for thing, source in reading.structured.things:
            yield from ((Found(value, source), kind) for value in texts(thing, name))
    for number in numbers_in(reading.tree.visible_text()):
        if number.kind is not None or number.likely:
            yield Found(number.text, "text"), number.kind or _UNLABELLED


def _from_links(reading: Reading) -> Iterator[tuple[Found, str]]:
    links = [anchor for anchor in reading.tree.anchors() if anchor.scheme in _SCHEMES]
    for anchor in links[:_MAX_LINKS]:
        number = unquote(anchor.href.partition(":")[2])
        yield Found(re.split("[?;]", number)[0].strip("/ "), "tel"), _SCHEMES[anchor.scheme]
