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

_MAX_CANDIDATE: Final = 40
_FILLER: Final = re.compile(r"(\d)\1{6,}|0?123456789?|12345678|555[-. ]?01\d\d$|555[-. ]?5555$")
"""Numbers that templates are filled with."""


@lru_cache(maxsize=512)
def e164(text: str, regions: tuple[str, ...]) -> str | None:
    """The number as E.164, read as one of the first region in which it is valid."""
    if len(text) > _MAX_CANDIDATE or _FILLER.search(re.sub(r"[\s().-]", "", text)):
        return None
    text = re.sub(r"^\(?00(?=[1-9])", "+", text.strip())
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
