"""What a report says of who is behind a site, as rows for people: what, value, how it stood there.

Made from `details` as extraction fills them; what is not there gives no row.
Not here: how to reach the owner (contact_rows.py), finding any of it (scan/extract/).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

_FACTS: Final = {
    "legal_name": "legal name",
    "name": "name",
    "type": "kind",
    "founded": "founded",
    "vat_id": "VAT number",
    "tax_id": "tax number",
    "registration": "register number",
    "duns": "D-U-N-S number",
    "lei": "LEI",
}
_NUMBERS: Final = {"vat": "VAT number", "tax": "tax number", "register": "register number"}


@dataclass(frozen=True, slots=True)
class OwnerRow:
    """One fact of the owner."""

    what: str
    value: str
    source: str


def owner_rows(details: Mapping[str, Any]) -> list[OwnerRow]:
    """The organisation's facts, numbers that the text announces, the holder of the copyright."""
    return list(_rows(details))


def _rows(details: Mapping[str, Any]) -> Iterator[OwnerRow]:
    organization = details.get("organization") or {}
    for name, what in _FACTS.items():
        if value := organization.get(name):
            yield OwnerRow(what, value, organization["source"])
    for number in details.get("company_numbers") or ():
        yield OwnerRow(_NUMBERS[number["kind"]], f"{number['value']} ({number['country']})", "text")
    if holder := details.get("copyright_holder"):
        yield OwnerRow("copyright", holder, "copyright line")
