"""Links of a page that lead to where a site says who it is and how to reach it.

Contact pages first, then imprints and about pages; a link counts by its text or its path, in the words of the
thirty languages that most sites are written in. Only the page's own site, its www and its own subdomains.
Not here: fetching them (scan/scanner.py).
"""

import re
from typing import Final

from domain_scheduler.scan.extract.addresses import absolute, host_of
from domain_scheduler.scan.extract.reading import Reading
from domain_scheduler.scan.extract.tree import Element, attribute, collapse

_MAX_LINKS: Final = 8
_MAX_ANCHORS: Final = 2_000
_CONTACT: Final = re.compile(
    r"contact|kontakt|contatt|contato|contacto|iletişim|iletisim|контакт|επικοινων|お問い合わせ|问|联系|聯絡|연락|문의"
    r"|yhteys|kapcsolat|تماس|اتصل|liên hệ|lien-he|hubungi|ติดต่อ|צור קשר|संपर्क",
    re.IGNORECASE,
)
_IMPRINT: Final = re.compile(
    r"impressum|imprint|mentions.l[eé]gales|aviso.legal|colofon|über.uns|ueber-uns|about|quienes|chi.siamo|qui.sommes|o.nas\b"
    r"|sobre|om.oss|hakk[ıi]m[ıi]zda|о.нас|о.компании|会社概要|关于|關於|회사소개",
    re.IGNORECASE,
)
_SKIPPED: Final = ("#", "mailto:", "tel:", "javascript:", "data:", "whatsapp:")


def find_contact_links(reading: Reading) -> list[str]:
    """Absolute addresses, likeliest first, at most eight."""
    ranked: dict[str, int] = {}
    for element in reading.tree.all("a")[:_MAX_ANCHORS]:
        href = attribute(element, "href")
        rank = None if href.lower().startswith(_SKIPPED) else _rank(element, href)
        url = absolute(reading.base, href) if rank is not None else None
        if rank is not None and url and _same_site(host_of(url), reading.host):
            url = url.partition("#")[0]
            ranked[url] = min(rank, ranked.get(url, rank))
    ranked.pop(reading.url.partition("#")[0], None)
    return sorted(ranked, key=lambda url: ranked[url])[:_MAX_LINKS]


def _rank(element: Element, href: str) -> int | None:
    text = collapse(element.text)
    words = f"{text[:60]} {href[:200]}"
    if _CONTACT.search(words):
        return 0
    return 1 if _IMPRINT.search(words) else None


def _same_site(host: str, own: str) -> bool:
    bare, own = host.removeprefix("www."), own.removeprefix("www.")
    return bare == own or bare.endswith(f".{own}")
