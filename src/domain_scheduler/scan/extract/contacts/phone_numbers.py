"""Whether digits are a telephone number that can exist, and which: E.164 by libphonenumber's rules.

A number without a country code is read as one of the page's likely regions, in their order; one that is not
valid in any of them is dropped.
Not here: which regions (phone_regions.py), where numbers stand in a page (phones.py).
"""

import re
from functools import lru_cache
from typing import Final

from phonenumbers import (
    NumberParseException,
    PhoneNumber,
    PhoneNumberFormat,
    format_number,
    is_valid_number,
    parse,
)

_MAX_CANDIDATE: Final = 60
_PARTS: Final = re.compile(r"\s+[/–-]\s+|\s{2,}|[,;]\s*")
_NORTH_AMERICAN: Final = re.compile(
    r"(?:\+?1[-. ]{0,2})?(?:\(\d{3}\)[-. ]{0,3}\d{3}[-. –]{0,3}|\d{3}[-./ ]{1,3}\d{3}[-. –]{1,3})\d{4}(?!\d)"
)
_FILLER: Final = re.compile(
    r"\+?1?(\d)\1{6,}|0?12345678(?:90?)?|\+?1?2345678900?|(?:\+?1)?\d{3}555(?:01\d\d|5555|1212)"
)
"""Numbers that templates are filled with."""


def numbers_of(text: str, regions: tuple[str, ...]) -> list[str]:
    """The numbers that a run of digits is: one, or several that stand side by side."""
    if number := e164(text, regions):
        return [number]
    parts = [part for part in _PARTS.split(text) if part]
    if len(parts) == 1:
        parts = [match[0] for match in _NORTH_AMERICAN.finditer(text)]
    return [number for part in parts if (number := e164(part, regions))]


@lru_cache(maxsize=512)
def e164(text: str, regions: tuple[str, ...]) -> str | None:
    """The number as E.164, read as one of the first region in which it is valid."""
    if len(text) > _MAX_CANDIDATE or _FILLER.fullmatch(re.sub(r"[\s().-]", "", text)):
        return None
    text = re.sub(r"^\(?00(?=[1-9])", "+", text.strip())
    if _NORTH_AMERICAN.fullmatch(text):
        regions = (*sorted(regions, key=lambda region: region not in ("US", "CA")), "US")
    for region in regions or ("ZZ",):
        number = _parsed(text, region)
        if number is not None and is_valid_number(number):
            return format_number(number, PhoneNumberFormat.E164)
    return None


def _parsed(text: str, region: str) -> PhoneNumber | None:
    try:
        return parse(text, region)
    except NumberParseException:
        return None
