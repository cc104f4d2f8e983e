"""What a page says of the organisation behind the site, from its structured data.

The thing that owns the site is the organisation (or local business) with the most to say; a bare publisher
name loses against an entry with an address.
Not here: e-mails and phones of the whole page (emails.py, phones.py).
"""

from typing import Any, Final

from domain_scheduler.scan.extract.organization_types import ORGANIZATION_TYPES
from domain_scheduler.scan.extract.postal_addresses import address_parts
from domain_scheduler.scan.extract.reading import Reading
from domain_scheduler.scan.extract.structured_data import Thing, text, texts, types_of

_FACTS: Final = {
    "name": "name",
    "legal_name": "legalName",
    "url": "url",
    "telephone": "telephone",
    "fax": "faxNumber",
    "email": "email",
    "vat_id": "vatID",
    "tax_id": "taxID",
    "registration": "identifier",
    "duns": "duns",
    "lei": "leiCode",
    "founded": "foundingDate",
    "description": "description",
}


def organization(reading: Reading) -> dict[str, Any] | None:
    """The organisation: type, source, the facts that are given, address, same_as."""
    found = [_described(thing, source) for thing, source in reading.structured.of_types(ORGANIZATION_TYPES)]
    best = max(found, key=len, default=None)
    return best if best is not None and "name" in best else None


def _described(thing: Thing, source: str) -> dict[str, Any]:
    facts = {ours: value for ours, theirs in _FACTS.items() if (value := text(thing, theirs))}
    whole: dict[str, Any] = {"type": next(iter(types_of(thing)), None), "source": source, **facts}
    if address := _address(thing):
        whole["address"] = address
    if same_as := texts(thing, "sameAs"):
        whole["same_as"] = same_as
    return whole


def _address(thing: Thing) -> dict[str, str]:
    value = thing.get("address")
    values = value if isinstance(value, list) else [value]
    return next((parts for v in values if isinstance(v, dict) and (parts := address_parts(v))), {})
