"""Which further pages of a site are asked for its contacts: at most two, one of a kind.

The contact page, then the imprint, which by law names who is behind a site, then the page about the owner.
On sites in German the imprint comes first: there it holds everything, and time may be left for one only.
Pure. Not here: finding the links (extract/contact_links.py), asking (contact_pages.py).
"""

from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import SplitResult, urlsplit

from domain_scheduler.core.public_suffixes import registrable_domain
from domain_scheduler.core.report import Page

MAX_PAGES: Final = 2
_ORDER: Final = ("contact", "imprint", "about")
_GERMAN_ORDER: Final = ("imprint", "contact", "about")


@dataclass(frozen=True, slots=True)
class ContactLink:
    """An address to ask, and what kind of page it should be."""

    url: str
    kind: str


def choose_contact_pages(page: Page, front_url: str) -> list[ContactLink]:
    """The pages to ask, best first, seen from the front page that was found at `front_url`."""
    front = urlsplit(front_url)
    links: list[dict[str, Any]] = page.details.get("contact_links") or []
    best: dict[str, str] = {}
    for link in links:
        url = _as_on(front, urlsplit(link["url"]))
        if url not in (None, front_url, *best.values()):
            best.setdefault(link["kind"], str(url))
    order = _GERMAN_ORDER if (page.language or "").startswith("de") else _ORDER
    return [ContactLink(best[kind], kind) for kind in order if kind in best][:MAX_PAGES]


def _as_on(front: SplitResult, link: SplitResult) -> str | None:
    """The address with scheme and host as the front page has them, which spares a redirect and a robots.txt.

    None for what is on another site.
    """
    host, own = link.hostname or "", front.hostname or ""
    if registrable_domain(host) != registrable_domain(own):
        return None
    if link.port is None and host.removeprefix("www.") == own.removeprefix("www."):
        link = link._replace(scheme=front.scheme, netloc=front.netloc)
    return link._replace(path=link.path or "/", fragment="").geturl()
