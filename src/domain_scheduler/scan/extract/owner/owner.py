"""Who is behind the site: the one name that a person would write down, and where it stood.

The organisation in structured data, the holder of the copyright, the company that the text names with its
legal form; at last the site's own name, if the page gives a number, an address or a company's number under
it. That is a guess, and its source says so: `site_name`.
Not here: how each is found (organization.py, copyright_line.py, legal_names.py, extract/site_names.py).
"""

from typing import Any, Final

from domain_scheduler.scan.extract.document.found import Found
from domain_scheduler.scan.extract.document.reading import Reading
from domain_scheduler.scan.extract.owner.legal_names import legal_name, with_legal_form
from domain_scheduler.scan.extract.owner.organization import name_of

SITE_NAME: Final = "site_name"
"""The source of an owner who is known by the site's name only."""


def owner(
    reading: Reading,
    organization: dict[str, Any] | None,
    holder: Found | None,
    site_name: Found | None,
    *,
    is_reachable: bool,
) -> Found | None:
    """The owner; `is_reachable` if the page says how to reach somebody."""
    if organization and (name := name_of(organization)):
        return Found(name, organization["source"])
    if holder:
        return with_legal_form(holder, reading)
    if found := legal_name(reading):
        return found
    return Found(site_name.value, SITE_NAME) if site_name and is_reachable else None
