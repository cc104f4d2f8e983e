"""The site's logo: what is declared as such, else the picture that a visitor would take for it.

Declared: og:logo, the logo of an organisation in structured data, `itemprop=logo`. Pictures: one that calls
itself a logo and leads to the front page; or stands in a header; one that leads there and is named after the
site; a logo named after the site. A site that shows none as a picture (many draw it in the
page) has its largest icon instead, the one that telephones show for it; small icons are none. The source
says which it is.
Not here: icons (icons.py), the page's main image (images.py).
"""

import re
from collections.abc import Iterator
from itertools import islice, takewhile
from typing import Final

from domain_scheduler.scan.extract.document.addresses import absolute, host_of, split
from domain_scheduler.scan.extract.document.found import Found, first
from domain_scheduler.scan.extract.document.reading import Reading
from domain_scheduler.scan.extract.document.structured_data import address
from domain_scheduler.scan.extract.document.tree import Element, ancestors, attribute, has_attribute, written
from domain_scheduler.scan.extract.icons import Icon
from domain_scheduler.scan.extract.owner.spelled_names import labels_of, letters
from domain_scheduler.scan.extract.site_names import FRONT_PATHS

_OWNERS: Final = frozenset(
    {"Organization", "Corporation", "LocalBusiness", "NewsMediaOrganization", "WebSite", "Brand", "Store"}
)
_OTHERS: Final = (
    "author", "creator", "contributor", "itemReviewed", "reviewedBy", "sponsor", "funder", "member",
    "memberOf", "hiringOrganization", "worksFor", "affiliation", "alumniOf", "award", "performer",
    "subOrganization",
)  # fmt: skip
"""Properties that hold another organisation than the site's."""
_LOGO: Final = re.compile(
    r"(?:^|[^a-z])logo(?:type|s?)(?:[^a-z]|$)|(?:site|brand|header|main|page)_?-?logo|logo_?-?(?:img|image)",
    re.IGNORECASE,
)
_FOREIGN: Final = re.compile(
    r"partner|client|customer|sponsor|payment|footer|app-?store|google|facebook|twitter|award|avatar|franchise"
    r"|paypal|verisign|(?:cyber|black)[-_ ]?(?:week|friday|monday)",
    re.IGNORECASE,
)
_LIST: Final = re.compile(r"logos(?:[^a-z]|$)", re.IGNORECASE)
_FURNITURE: Final = re.compile(r"icon|flag|arrow|menu|nav|btn|button|home", re.IGNORECASE)
_SPACER: Final = re.compile(r"(?:spacer?|blank|dumm?y|pixel|transparent|clear|empty|dot)(?:dot|gif|\d*)")
_NO_HEADER: Final = re.compile(
    r"(?:with|without|no|has|section|entry|post|card|article|modal|panel|widget|block|comment)[-_]+header"
)
_NAMING: Final = ("class", "id", "alt", "src", "data-src", "itemprop", "title")
_PLAIN_NAME: Final = re.compile(
    r"(?:site|main|header|page|new|my)?logo(?:s?|type|main|small|big|white|black|\d{1,4})?"
)
_ADDRESSES: Final = ("src", "data-src", "data-lazy-src", "data-original")
_SEVERAL: Final = ("srcset", "data-srcset")
_SECTIONS: Final = frozenset({"body", "html", "main", "article", "footer", "aside"})
_MAX_PICTURES: Final = 300
_ANYWHERE: Final = ",".join(f"[{name}*=logo i]" for name in _NAMING)
_AROUND: Final = ":is([class*=logo i],[id*=logo i])"
_MAY_CALL_ITSELF: Final = f"img:is({_ANYWHERE}),{_AROUND}>img,{_AROUND}>*>img"
"""Pictures with the word in what names them or in what is beside them; most pages have next to none."""
_MAX_ANCESTORS: Final = 7
_BESIDE: Final = 2
_MUCH_MORE: Final = 3
_LARGE: Final = 96
"""Pixels from which an icon serves as a logo."""


def logo(reading: Reading, icons: list[Icon]) -> Found | None:
    """The site's logo."""
    declared = (reading.located(found) for found in _declared(reading))
    return first((*declared, _picture(reading), _large_icon(icons)))


def _declared(reading: Reading) -> Iterator[Found]:
    yield from reading.metas.found("og:logo")
    things = reading.structured
    others = things.held_by(_OTHERS)
    for thing, source in (*things.of_types(_OWNERS), *things.things):
        if "logo" in thing and id(thing) not in others:
            yield Found(address(things, thing, "logo"), source)
    yield from reading.metas.found("logo")


def _picture(reading: Reading) -> Found | None:
    pictures = reading.tree.all("img")[:_MAX_PICTURES]
    called = set(reading.tree.select(_MAY_CALL_ITSELF)) if pictures else set()
    label = labels_of(reading.host)[0]
    likely = ((n, p, _is_named_after(label, p)) for n, p in enumerate(pictures))
    ranked = sorted((_rank(reading, p, is_named=named), n) for n, p, named in likely if named or p in called)
    found = (_address(reading, pictures[n]) for rank, n in ranked if rank < _NONE)
    return next((Found(url, "img") for url in found if url), None)


def _address(reading: Reading, picture: Element) -> str | None:
    """Where the picture is, be it loaded late."""
    written = [attribute(picture, name) for name in _ADDRESSES]
    written += [attribute(picture, name).partition(" ")[0].rstrip(",") for name in _SEVERAL]
    shown = (reference for reference in written if not _SPACER.fullmatch(letters(_file(reference))))
    return next((url for reference in shown if (url := absolute(reading.base, reference))), None)


_NONE: Final = 9


def _rank(reading: Reading, picture: Element, *, is_named: bool) -> int:
    """How surely a picture is the logo of this site: 1 is best."""
    words = " ".join(written(picture, _NAMING))
    around = _around(picture)
    beside = " ".join(word for e in around[:_BESIDE] for word in written(e, ("class", "id")))
    if "logo" not in words.lower():
        words += f" {beside}"
    calls_itself = "logo" in words.lower() and _LOGO.search(words) is not None
    if not (calls_itself or is_named):
        return _NONE
    links = [element for element in around if element.tag == "a"]
    if _is_foreign(reading, words) or _LIST.search(beside):
        return _NONE
    if not (is_named or all(_stays(reading, link) for link in links)):
        return _NONE
    return _rank_by_signs(
        picture,
        calls_itself=calls_itself,
        leads_home=any(_is_front(reading, link) for link in links),
        in_header=any(map(_is_header, around)),
        is_named=is_named,
    )


def _is_foreign(reading: Reading, words: str) -> bool:
    """Whether it is called after somebody or something else than this site."""
    label = labels_of(reading.host)[0]
    return any(letters(match[0]) not in label for match in _FOREIGN.finditer(words))


def _around(picture: Element) -> list[Element]:
    """The elements around a picture, from the inside out, up to a section of the page."""
    return list(islice(takewhile(_is_inside, ancestors(picture)), _MAX_ANCESTORS))


def _rank_by_signs(
    picture: Element, *, calls_itself: bool, leads_home: bool, in_header: bool, is_named: bool
) -> int:
    signs = {
        1: calls_itself and (leads_home or has_attribute(picture, "usemap")),
        2: calls_itself and in_header,
        3: leads_home and is_named and not _FURNITURE.search(_file(attribute(picture, "src"))),
        4: calls_itself and (is_named or _has_plain_name(picture)),
    }
    return next((rank for rank, holds in signs.items() if holds), _NONE)


def _stays(reading: Reading, link: Element) -> bool:
    """Whether the link leads to a page of this site."""
    host = host_of(absolute(reading.base, attribute(link, "href") or "-") or reading.url)
    return labels_of(host) == labels_of(reading.host)


def _is_inside(element: Element) -> bool:
    return element.tag not in _SECTIONS


def _is_front(reading: Reading, link: Element) -> bool:
    url = absolute(reading.base, attribute(link, "href") or "-")
    return url is not None and host_of(url) == reading.host and split(url).path in FRONT_PATHS


def _is_header(element: Element) -> bool:
    named = f"{attribute(element, 'class')} {attribute(element, 'id')}".lower()
    return element.tag == "header" or ("header" in named and "header" in _NO_HEADER.sub("", named))


def _is_named_after(label: str, picture: Element) -> bool:
    """Whether what it is called is hardly more than the name in the site's domain, its `label`."""
    called = (picture.attr("alt"), picture.attr("title"), _file(attribute(picture, "src")))
    joined = letters("".join(filter(None, called)))
    if not label or label not in joined:
        return False
    names = (letters(name) for name in called if name)
    return any(label in name and len(name) <= _MUCH_MORE * len(label) for name in names)


def _has_plain_name(picture: Element) -> bool:
    return bool(_PLAIN_NAME.fullmatch(letters(_file(attribute(picture, "src")))))


def _file(reference: str) -> str:
    """The name of the file that an address leads to, without its ending."""
    return reference.partition("?")[0].rpartition("/")[2].rpartition(".")[0]


def _large_icon(icons: list[Icon]) -> Found | None:
    large = [icon for icon in icons if icon.size >= _LARGE or icon.relation.startswith("apple-touch-icon")]
    best = max(large, key=lambda icon: icon.size, default=None)
    return Found(best.url, f"link:{best.relation}") if best else None
