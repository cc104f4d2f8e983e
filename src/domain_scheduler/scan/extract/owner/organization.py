"""What a page says of the organisation behind the site, from its structured data.

The owner is the organisation whose address is the site's front page, whose name spells its domain, or that
states its legal name or tax number; of several the one with the most to say. Without any, the only one named
counts; of several (a list of restaurants) none does, and an artist or team that a page is about never.
Not here: e-mails and phones of the whole page (contacts/).
"""

from typing import Any, Final

from domain_scheduler.core.public_suffixes import registrable_domain
from domain_scheduler.scan.extract.contacts.postal_addresses import address_parts
from domain_scheduler.scan.extract.document.addresses import split
from domain_scheduler.scan.extract.document.found import Found
from domain_scheduler.scan.extract.document.reading import Reading
from domain_scheduler.scan.extract.document.structured_data import Thing, text, texts, types_of
from domain_scheduler.scan.extract.owner.organization_types import ORGANIZATION_TYPES
from domain_scheduler.scan.extract.owner.spelled_names import labels_of, letters, nearly_spells, spells

_SUBJECTS: Final = frozenset({"MusicGroup", "PerformingGroup", "SportsTeam", "DanceGroup", "TheaterGroup"})
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
_REACHABLE: Final = frozenset({"telephone", "faxNumber", "email"})


def organization(reading: Reading, holder: Found | None = None) -> dict[str, Any] | None:
    """The organisation: type, source, the facts that are given, address, same_as.

    `holder` is the copyright's: if the domain is spelled like it, being the only one is not enough.
    """
    named = [
        (thing, source)
        for thing, source in reading.structured.of_types(ORGANIZATION_TYPES)
        if text(thing, "name")
    ]
    own = [one for one in named if _is_owner(one[0], reading)] or [
        one for one in _only_one(named) if not _is_of_another(one[0], holder, reading.host)
    ]
    return max((_described(thing, source) for thing, source in own), key=len, default=None)


def name_of(organization: dict[str, Any]) -> str | None:
    """Its legal name, else its name."""
    return organization.get("legal_name") or organization.get("name")


def _is_owner(thing: Thing, reading: Reading) -> bool:
    parts = split(text(thing, "url"))
    site = registrable_domain(reading.host)
    if parts.path.strip("/") == "" and parts.hostname and registrable_domain(parts.hostname) == site:
        return True
    if any(text(thing, name) for name in ("legalName", "vatID", "taxID")):
        return True
    return spells(text(thing, "name"), labels_of(reading.host)[0])


def _is_of_another(thing: Thing, holder: Found | None, host: str) -> bool:
    """Whether the domain is spelled like the holder of the copyright, and the thing is not."""
    name, label = letters(text(thing, "name")), labels_of(host)[0]
    if holder is None or letters(holder.value) in name or label in name:
        return False
    return spells(holder.value, label) or nearly_spells(holder.value, host)


def _only_one(named: list[tuple[Thing, str]]) -> list[tuple[Thing, str]]:
    others = [one for one in named if _SUBJECTS.isdisjoint(types_of(one[0]))]
    return others if len({letters(text(thing, "name")) for thing, _ in others}) == 1 else []


def _described(thing: Thing, source: str) -> dict[str, Any]:
    facts = {ours: value for ours, theirs in _FACTS.items() if (value := _fact(thing, theirs))}
    whole: dict[str, Any] = {"type": next(iter(types_of(thing)), None), "source": source, **facts}
    if address := _address(thing):
        whole["address"] = address
    if same_as := texts(thing, "sameAs"):
        whole["same_as"] = same_as
    return whole


def _fact(thing: Thing, name: str) -> str:
    """A fact of the thing itself, else of its contact points; of a numbered property its value."""
    points = (point for point in _listed(thing, "contactPoint") if isinstance(point, dict))
    holders = (thing, *points) if name in _REACHABLE else (thing,)
    values = (value for holder in holders for value in _listed(holder, name))
    numbered = (value.get("value") or value if isinstance(value, dict) else value for value in values)
    return next((found for value in numbered if (found := text({name: value}, name))), "")


def _listed(thing: Thing, name: str) -> list[Any]:
    value = thing.get(name)
    return value if isinstance(value, list) else [value]


def _address(thing: Thing) -> dict[str, str]:
    """The first address in its parts, or as the line that it is given as."""
    values = _listed(thing, "address")
    parts = next((parts for v in values if isinstance(v, dict) and (parts := address_parts(v))), {})
    line = next((" ".join(v.split()) for v in values if isinstance(v, str) and v.strip()), "")
    return parts or ({"text": line} if line else {})
