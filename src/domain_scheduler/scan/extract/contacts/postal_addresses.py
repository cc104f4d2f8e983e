"""Postal addresses that a page marks up: schema.org, microformats (`adr`, hCard, h-card), <address>.

An address is a mapping of the parts that are given (`street`, `post_office_box`, `locality`, `region`,
`postal_code`, `country`), or the whole as `text` where it is given in one piece, and its `source`. Nothing is
read out of plain text, and <address>, which often holds authors and e-mails, only if it looks like a place.
Not here: the organisation that lives there (owner/organization.py).
"""

import re
from collections.abc import Iterator
from itertools import chain
from typing import Any, Final

from domain_scheduler.scan.extract.document.reading import Reading
from domain_scheduler.scan.extract.document.structured_data import Thing, text
from domain_scheduler.scan.extract.document.tree import Element, readable

_PARTS: Final = {
    "street": "streetAddress",
    "post_office_box": "postOfficeBoxNumber",
    "locality": "addressLocality",
    "region": "addressRegion",
    "postal_code": "postalCode",
    "country": "addressCountry",
}
_CLASSES: Final = {
    "street": "street-address",
    "post_office_box": "post-office-box",
    "locality": "locality",
    "region": "region",
    "postal_code": "postal-code",
    "country": "country-name",
}
_MICROFORMATS: Final = ".adr, .h-adr, .p-adr, .vcard, .h-card"
_MAX_ADDRESSES: Final = 10
_MAX_ELEMENTS: Final = 30
_MAX_TEXT: Final = 250
_POSTAL_CODE: Final = re.compile(
    r"(?<![\d+./-])\d{2}[- ]?\d{3}(?![\d.])|(?<![\d+.])\d{4} ?[A-Z]{2}\b|(?<![\d+./-])[1-9]\d{3}(?![\d./]) \D"
    r"|(?<![\d+.])\d{3} ?\d{2,3}(?![\d.])|\b[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}\b|\b[A-Z]\d[A-Z] ?\d[A-Z]\d\b|〒"
)
_NO_PLACE: Final = re.compile(
    r"\S@\S|https?://|\+?\(?\d[\d ()/.-]{7,}\d|©|copyright|registered in"
    r"|\b(?:company (?:no|number)|vat|p\.? ?iva|rea|hrb|ust-?id|btw|kvk|siret)\b",
    re.IGNORECASE,
)
"""Lines of an <address> that are about something else."""

Address = dict[str, Any]


def postal_addresses(reading: Reading) -> list[Address]:
    """Each address once, in document order of each source."""
    found: list[Address] = []
    for address in chain(
        _from_structured_data(reading), _from_microformats(reading), _from_elements(reading)
    ):
        if not any(_says_as_much(other, address) for other in found):
            found.append(address)
            if len(found) >= _MAX_ADDRESSES:
                break
    return found


def address_parts(thing: Thing) -> dict[str, str]:
    """The parts of an address that a thing holds."""
    return {ours: value for ours, theirs in _PARTS.items() if (value := text(thing, theirs))}


def _from_structured_data(reading: Reading) -> Iterator[Address]:
    for thing, source in reading.structured.things:
        parts = address_parts(thing)
        if "street" in parts or "locality" in parts:
            yield {**parts, "source": source}
        elif isinstance(whole := thing.get("address"), str) and _looks_like_a_place(whole.strip()):
            yield {"text": whole.strip(), "source": source}


def _from_microformats(reading: Reading) -> Iterator[Address]:
    if not reading.tree.mentions("locality") and not reading.tree.mentions("street-address"):
        return
    for element in reading.tree.select(_MICROFORMATS)[:_MAX_ELEMENTS]:
        parts = {ours: value for ours, name in _CLASSES.items() if (value := _of_class(element, name))}
        if "street" in parts or "locality" in parts:
            yield {**parts, "source": "microformat"}


def _of_class(element: Element, name: str) -> str:
    found = element.select(f".{name}, .p-{name}")
    return readable(found[0])[:_MAX_TEXT].strip(" ,;") if found else ""


def _from_elements(reading: Reading) -> Iterator[Address]:
    for element in reading.tree.all("address")[:_MAX_ELEMENTS]:
        lines = (" ".join(line.split()) for line in element.to_text().splitlines())
        kept = ", ".join(
            line.strip(" ,") for line in lines if line.strip(" ,") and not _NO_PLACE.search(line)
        )
        if _looks_like_a_place(kept):
            yield {"text": kept, "source": "address"}


def _looks_like_a_place(written: str) -> bool:
    """Whether it has a postal code, and words beside it."""
    return 10 <= len(written) <= _MAX_TEXT and _POSTAL_CODE.search(f"{written} ") is not None


def _says_as_much(known: Address, other: Address) -> bool:
    """Whether what one address says is all in another that is known."""
    whole = ", ".join(value for name, value in known.items() if name != "source").lower()
    said = [value.lower() for name, value in other.items() if name != "source"]
    if "text" in other and "text" not in known:
        return all(
            value.lower() in said[0] for name, value in known.items() if name in ("street", "postal_code")
        )
    return all(value in whole for value in said)
