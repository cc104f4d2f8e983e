"""Postal addresses that a page marks up: schema.org addresses, the <address> element left to its text.

An address is a mapping of the parts that are given (`street`, `locality`, `region`, `postal_code`,
`country`) and its `source`. Nothing is read out of plain text.
Not here: the organisation that lives there (organization.py).
"""

from typing import Any, Final

from domain_scheduler.scan.extract.reading import Reading
from domain_scheduler.scan.extract.structured_data import Thing, text

_PARTS: Final = {
    "street": "streetAddress",
    "post_office_box": "postOfficeBoxNumber",
    "locality": "addressLocality",
    "region": "addressRegion",
    "postal_code": "postalCode",
    "country": "addressCountry",
}
_MAX_ADDRESSES: Final = 10


def postal_addresses(reading: Reading) -> list[dict[str, Any]]:
    """Each address once, in document order."""
    found: list[dict[str, Any]] = []
    for thing, source in reading.structured.things:
        parts = address_parts(thing)
        if ("street" in parts or "locality" in parts) and all(parts != _bare(other) for other in found):
            found.append({**parts, "source": source})
            if len(found) >= _MAX_ADDRESSES:
                break
    return found


def address_parts(thing: Thing) -> dict[str, str]:
    """The parts of an address that a thing holds."""
    return {ours: value for ours, theirs in _PARTS.items() if (value := text(thing, theirs))}


def _bare(address: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in address.items() if name != "source"}
