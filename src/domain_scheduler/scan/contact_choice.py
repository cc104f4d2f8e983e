"""Which further pages of a site are asked for its contacts: at most two, one of a kind.

The contact page, then the imprint, which by law names who is behind a site, then the page about the owner.
On sites in German the imprint comes first: there it holds everything, and time may be left for one only.
Pure. Not here: finding the links (extract/contacts/contact_links.py), asking (contact_pages.py).
"""

from typing import Any, Final

from domain_scheduler.core.public_suffixes import registrable_domain
from domain_scheduler.core.report import Page
from domain_scheduler.scan.extract.contacts.contact_links import ContactLink
from domain_scheduler.scan.fetch.failures import FetchError
from domain_scheduler.scan.fetch.urls import DEFAULT_PORTS, WebUrl, parse_url

MAX_PAGES: Final = 2
_ORDER: Final = ("contact", "imprint", "about")
_GERMAN_ORDER: Final = ("imprint", "contact", "about")


def choose_contact_pages(page: Page, front_url: str) -> list[ContactLink]:
    """The pages to ask, best first, seen from the front page that was found at `front_url`."""
    front = parse_url(front_url)
    links: list[dict[str, Any]] = page.details.get("contact_links") or []
    best: dict[str, str] = {}
    for link in links:
        url = as_on(front, link["url"])
        if url not in (None, front.text, *best.values()):
            best.setdefault(link["kind"], str(url))
    order = _GERMAN_ORDER if (page.language or "").startswith("de") else _ORDER
    return [ContactLink(best[kind], kind) for kind in order if kind in best][:MAX_PAGES]


def as_on(front: WebUrl, written: str) -> str | None:
    """The address with scheme and host as the front page has them, which spares a redirect and a robots.txt.

    None for what is on another site, or no address that can be asked.
    """
    try:
        link = parse_url(written)
    except FetchError:
        return None
    if registrable_domain(link.host) != registrable_domain(front.host):
        return None
    usual_port = link.port == DEFAULT_PORTS[link.scheme]
    if usual_port and link.host.removeprefix("www.") == front.host.removeprefix("www."):
        return front.with_target(link.target).text
    return link.text
