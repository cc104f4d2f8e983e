"""Telephone and fax numbers that a page gives, as E.164, each with its source.

`tel:` links and structured data come first. A number without a country code is read as one of the page's
region (phone_regions.py); one that is not valid there is dropped.
Not here: which region (phone_regions.py).
"""

from collections.abc import Iterator
from typing import Final
from urllib.parse import unquote

from phonenumbers import NumberParseException, PhoneNumberFormat, format_number, is_valid_number, parse

from domain_scheduler.scan.extract.found import Found
from domain_scheduler.scan.extract.reading import Reading
from domain_scheduler.scan.extract.structured_data import texts
from domain_scheduler.scan.extract.tree import attribute

_MAX_PHONES: Final = 50
_MAX_CANDIDATE: Final = 40


def phones(reading: Reading, regions: tuple[str, ...]) -> list[Found]:
    """The page's numbers, each once with its best source."""
    found: dict[str, Found] = {}
    for candidate in _candidates(reading):
        number = e164(candidate.value, regions)
        if number and number not in found:
            found[number] = Found(number, candidate.source)
            if len(found) >= _MAX_PHONES:
                break
    return list(found.values())


def _candidates(reading: Reading) -> Iterator[Found]:
    for element in reading.tree.all("a"):
        href = attribute(element, "href")
        if href[:4].lower() == "tel:":
            yield Found(unquote(href[4:]).strip("/ ").partition("?")[0], "tel")
    for thing, source in reading.structured.things:
        for value in texts(thing, "telephone"):
            yield Found(value, source)


def e164(text: str, regions: tuple[str, ...]) -> str | None:
    """The number as E.164, read as one of the first region in which it is valid."""
    if len(text) > _MAX_CANDIDATE:
        return None
    for region in regions or ("ZZ",):
        try:
            number = parse(text, region)
        except NumberParseException:
            continue
        if is_valid_number(number):
            return format_number(number, PhoneNumberFormat.E164)
    return None
