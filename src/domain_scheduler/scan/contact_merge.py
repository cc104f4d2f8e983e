"""The contacts of several pages of one site made one: every value once, with the page that it came from.

Pages count in the order in which they are given, the front page first; what two give is the first one's.
E-mails keep their ranking over all pages. A number that some page calls a fax, and none both, is no phone.
Pure. Not here: asking for the pages (contact_pages.py), what one page gives (extract/).
"""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from domain_scheduler.core.report import Page
from domain_scheduler.scan.extract.contacts.email_ranks import EmailRank, place
from domain_scheduler.scan.extract.owner.organization import name_of
from domain_scheduler.scan.extract.owner.owner import SITE_NAME

_MOST: Final = 100
"""Values of one sort that are kept."""

Item = dict[str, Any]
Pages = Sequence[tuple[str, Page]]
"""Address and page."""


def merge_contacts(pages: Pages) -> Page:
    """The first page with the contacts of all; each says its `page`."""
    front = pages[0][1]
    contacts = _merged_contacts(pages)
    organization = _organization(pages)
    owner, source = _owner(pages, organization)
    details = {
        **front.details,
        "contacts": {**_contacts_of(front), **contacts},
        "organization": organization,
        "company_numbers": _once(_items(pages, _numbers_of), _value),
        "sources": {**front.details.get("sources", {}), **({"organization": source} if source else {})},
        "social_profiles": _once(_items(pages, _profiles_of), lambda profile: profile["url"]),
    }
    return replace(
        front,
        emails=tuple(map(_value, contacts["emails"])),
        phones=tuple(map(_value, contacts["phones"])),
        social=_social(pages),
        organization=owner,
        details=details,
    )


def _merged_contacts(pages: Pages) -> dict[str, Any]:
    every_email = _once(_contacts(pages, "emails"), _value, most=len(pages) * _MOST)
    only_faxes = _only_faxes(pages)
    phones = (phone for phone in _contacts(pages, "phones") if _value(phone) not in only_faxes)
    form_page = next((url for url, page in pages if _contacts_of(page).get("form")), None)
    return {
        "emails": sorted(every_email, key=lambda email: place(EmailRank(email["rank"])))[:_MOST],
        "phones": _once(phones, _value),
        "faxes": _once(_contacts(pages, "faxes"), _value),
        "addresses": _once(_contacts(pages, "addresses"), _place),
        "form": form_page is not None,
        "form_page": form_page,
    }


def _contacts_of(page: Page) -> Mapping[str, Any]:
    return page.details.get("contacts") or {}


def _profiles_of(page: Page) -> Iterable[Item]:
    return page.details.get("social_profiles") or ()


def _numbers_of(page: Page) -> Iterable[Item]:
    return page.details.get("company_numbers") or ()


def _contacts(pages: Pages, sort: str) -> Iterator[Item]:
    return _items(pages, lambda page: _contacts_of(page).get(sort) or ())


def _items(pages: Pages, items_of: Callable[[Page], Iterable[Item]]) -> Iterator[Item]:
    for url, page in pages:
        yield from ({**item, "page": url} for item in items_of(page))


def _once(items: Iterable[Item], identity: Callable[[Item], Hashable], *, most: int = _MOST) -> list[Item]:
    found: dict[Hashable, Item] = {}
    for item in items:
        found.setdefault(identity(item), item)
    return list(found.values())[:most]


def _value(item: Item) -> str:
    return str(item["value"])


def _place(address: Item) -> Hashable:
    """What makes two postal addresses the same."""
    return frozenset((name, part) for name, part in address.items() if name not in ("source", "page"))


def _only_faxes(pages: Pages) -> set[str]:
    faxes: set[str] = set()
    both: set[str] = set()
    for page in pages:
        phones = set(map(_value, _contacts([page], "phones")))
        for fax in map(_value, _contacts([page], "faxes")):
            (both if fax in phones else faxes).add(fax)
    return faxes - both


def _social(pages: Pages) -> dict[str, str]:
    """The first profile on each network."""
    found: dict[str, str] = {}
    for _, page in pages:
        for network, url in page.social.items():
            found.setdefault(network, url)
    return found


def _organization(pages: Pages) -> Item | None:
    """The fullest entry of the organisation that is named first; the other entries add what it lacks."""
    entries = [{**found, "page": url} for url, page in pages if (found := page.details.get("organization"))]
    same = [entry for entry in entries if _are_one(entries[0], entry)]
    if not same:
        return None
    best = max(same, key=len)
    also_from: dict[str, str] = {}
    for other in same:
        missing = {fact: value for fact, value in other.items() if fact not in best}
        best |= missing
        also_from |= dict.fromkeys(missing, other["page"])
    return {**best, "also_from": also_from} if also_from else best


def _are_one(one: Item, other: Item) -> bool:
    """Whether two entries are of one organisation: a name of the one begins with a name of the other."""
    return any(
        all(left == right for left, right in zip(ours, theirs, strict=False))
        for ours in _names(one)
        for theirs in _names(other)
    )


def _names(organization: Item) -> list[list[str]]:
    """Its names in words."""
    names = [organization.get(name) for name in ("name", "legal_name")]
    return [name.casefold().replace(",", " ").split() for name in names if name]


def _owner(pages: Pages, organization: Item | None) -> tuple[str | None, str | None]:
    """Who is behind the site and where that stood: by the organisation, else as the first page says it.

    A page that only knows the site's name gives way to one that says more.
    """
    if organization is not None:
        return name_of(organization), organization["source"]
    said = [
        (page.organization, page.details.get("sources", {}).get("organization"))
        for _, page in pages
        if page.organization is not None
    ]
    return min(said, key=lambda owner: owner[1] == SITE_NAME, default=(None, None))
