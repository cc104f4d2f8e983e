"""The contacts of a report as rows for people: what, value, how it stood there, and on which page.

Made from `details` as extraction and the contact pages fill them; what is not there gives no row.
Not here: finding contacts (scan/), showing the rows (dashboard/, cli/).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

_LISTS: Final = {"emails": "e-mail", "phones": "telephone", "faxes": "fax"}
_ADDRESS: Final = ("text", "street", "post_office_box", "postal_code", "locality", "region", "country")


@dataclass(frozen=True, slots=True)
class ContactRow:
    """One way to reach the owner; `page` is None where only one page was asked for."""

    what: str
    value: str
    source: str
    page: str | None


def contact_rows(details: Mapping[str, Any]) -> list[ContactRow]:
    """E-mails first, then numbers, postal addresses, a contact form, profiles."""
    return list(_rows(details.get("contacts") or {}, details.get("social_profiles") or ()))


def _rows(contacts: Mapping[str, Any], profiles: Any) -> Iterator[ContactRow]:
    for name, what in _LISTS.items():
        for found in contacts.get(name) or ():
            yield _row(what, found["value"], found)
    for found in contacts.get("addresses") or ():
        yield _row("address", ", ".join(found[part] for part in _ADDRESS if part in found), found)
    if contacts.get("form"):
        yield ContactRow("form", "a form to write to the owner", "form", contacts.get("form_page"))
    for found in profiles:
        yield _row(found["network"], found["url"], found)


def _row(what: str, value: str, found: Mapping[str, Any]) -> ContactRow:
    return ContactRow(what, value, found["source"], found.get("page"))
