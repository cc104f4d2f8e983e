"""The sites of the demo: what each one is, how it answers, and what a scan must make of it.

The texts are files in `sites/`, kept in UTF-8 and encoded when they are served. Telephone numbers come from
the ranges that Ofcom, BNetzA, ARCEP and NANPA keep free for fiction; countries without one have none.
Not here: serving them (web.py), their certificates (certificates.py).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from domain_scheduler.core.error_kinds import ErrorKind


class Certificate(StrEnum):
    """What a site shows to those who come by https."""

    TRUSTED = "trusted"
    """Signed by the demo's authority, for this name, valid."""
    EXPIRED = "expired"
    SELF_SIGNED = "self_signed"
    WRONG_NAME = "wrong_name"
    CLOSED = "closed"
    """Nothing listens on port 443."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoSite:
    """One host of the demo's web.

    `page` and the values of `more_pages` (by path) name files in `sites/`; `charset` is how they go over the
    wire, `content_type` what the header claims. `error_kind` is what a scan ends with, None for a report.
    """

    host: str
    shows: str
    page: str | None = None
    more_pages: Mapping[str, str] = field(default_factory=dict)
    charset: str = "utf-8"
    content_type: str = "text/html; charset=utf-8"
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    redirect: str | None = None
    robots: str | None = None
    delay: float = 0.0
    """Seconds until the front page starts."""
    busy_at_first: bool = False
    """Whether the first visitor is asked to come back in a moment (HTTP 429)."""
    compressed: bool = False
    endless: bool = False
    certificate: Certificate = Certificate.TRUSTED
    http: bool = True
    """Whether anything listens on port 80."""
    listed: bool = True
    """Whether the host is among the domains to scan; others are only reached from there."""
    error_kind: ErrorKind | None = None


_PHP: Final = {"Server": "Apache/2.4.65 (Debian)", "X-Powered-By": "PHP/8.3.25"}
_CLOUDFLARE: Final = {"Server": "cloudflare", "CF-RAY": "0000000000000000-TXL"}

SITES: Final = (
    DemoSite(
        host="baeckerei-morgenrot.example.com",
        shows="German; the bare name leads to www",
        redirect="https://www.baeckerei-morgenrot.example.com/",
    ),
    DemoSite(
        host="www.baeckerei-morgenrot.example.com",
        shows="WordPress with theme and plugins, JSON-LD, imprint",
        page="baeckerei-morgenrot.html",
        more_pages={"/impressum/": "baeckerei-morgenrot-impressum.html"},
        headers={
            **_PHP,
            "Link": '<https://www.baeckerei-morgenrot.example.com/wp-json/>; rel="https://api.w.org/"',
        },
        robots="User-agent: *\nDisallow: /wp-admin/\nAllow: /wp-admin/admin-ajax.php\n",
        listed=False,
    ),
    DemoSite(
        host="librairie-des-quais.example.com",
        shows="French; WooCommerce; iso-8859-1",
        page="librairie-des-quais.html",
        charset="iso-8859-1",
        content_type="text/html; charset=iso-8859-1",
        headers=_PHP,
    ),
    DemoSite(
        host="ryokan-mizuho.example.com",
        shows="Japanese; shift_jis, said only in the page",
        page="ryokan-mizuho.html",
        charset="shift_jis",
        content_type="text/html",
        headers={"Server": "Apache"},
    ),
    DemoSite(
        host="maktabat-alnakhil.example.org",
        shows="Arabic, right to left; Drupal",
        page="maktabat-alnakhil.html",
        headers={"Server": "nginx", "X-Generator": "Drupal 10 (https://www.drupal.org)"},
    ),
    DemoSite(
        host="masterskaya-beryoza.example.com",
        shows="Russian; Joomla; windows-1251",
        page="masterskaya-beryoza.html",
        charset="windows-1251",
        content_type="text/html; charset=windows-1251",
        headers={"Server": "nginx/1.18.0", "X-Powered-By": "PHP/5.6.40"},
    ),
    DemoSite(
        host="chaguan-yunwu.example.com",
        shows="Chinese; gb18030",
        page="chaguan-yunwu.html",
        charset="gb18030",
        content_type="text/html",
        headers={"Server": "openresty"},
    ),
    DemoSite(
        host="seoul-hanok-tour.example.com",
        shows="Korean; euc-kr",
        page="seoul-hanok-tour.html",
        charset="euc-kr",
        content_type="text/html; charset=euc-kr",
        headers={"Server": "Microsoft-IIS/10.0", "X-Powered-By": "ASP.NET"},
    ),
    DemoSite(host="padaria-do-largo.example.com", shows="Portuguese; Wix", page="padaria-do-largo.html"),
    DemoSite(
        host="harbour-candles.example.com",
        shows="a Shopify shop",
        page="harbour-candles.html",
        headers={**_CLOUDFLARE, "X-ShopId": "0", "Powered-By": "Shopify"},
    ),
    DemoSite(
        host="lindenwerk.example.com",
        shows="a company that says everything in JSON-LD",
        page="lindenwerk.html",
        more_pages={"/contact": "lindenwerk-contact.html"},
        headers={
            "Server": "Vercel",
            "X-Powered-By": "Next.js",
            "Strict-Transport-Security": "max-age=63072000",
        },
    ),
    DemoSite(
        host="notary-at-the-canal.example.org",
        shows="e-mail addresses hidden from robots",
        page="notary-at-the-canal.html",
        headers=_CLOUDFLARE,
    ),
    DemoSite(
        host="observatory-notes.example.org",
        shows="Spanish; compressed with gzip",
        page="observatory-notes.html",
        compressed=True,
        headers={"Server": "GitHub.com"},
    ),
    DemoSite(
        host="slow-river-pottery.example.com",
        shows="answers after two and a half seconds",
        page="slow-river-pottery.html",
        delay=2.5,
    ),
    DemoSite(
        host="village-chess-club.example.org",
        shows="http only, HTML of 1999",
        page="village-chess-club.html",
        content_type="text/html",
        headers={"Server": "Apache/1.3.42 (Unix)"},
        certificate=Certificate.CLOSED,
    ),
    DemoSite(
        host="old-harbour-hotel.example.net",
        shows="has moved to another domain",
        redirect="https://harbour-hotel.example.org/",
    ),
    DemoSite(
        host="harbour-hotel.example.org",
        shows="where the hotel is now",
        page="harbour-hotel.html",
        listed=False,
    ),
    DemoSite(
        host="allotment-society.example.org",
        shows="an expired certificate",
        page="allotment-society.html",
        certificate=Certificate.EXPIRED,
    ),
    DemoSite(
        host="courtyard-garden.example.net",
        shows="Italian; a certificate that it signed itself",
        page="courtyard-garden.html",
        certificate=Certificate.SELF_SIGNED,
    ),
    DemoSite(
        host="sailmakers-loft.example.net",
        shows="Dutch; a certificate for another name",
        page="sailmakers-loft.html",
        certificate=Certificate.WRONG_NAME,
    ),
    DemoSite(host="parked-name.example.net", shows="a parked name", page="parked-name.html"),
    DemoSite(host="fine-name-for-sale.example.net", shows="a name for sale", page="fine-name-for-sale.html"),
    DemoSite(
        host="fresh-server.example.net",
        shows="a server that nobody has set up yet",
        page="fresh-server.html",
        content_type="text/html",
        headers={"Server": "nginx/1.28.0"},
    ),
    DemoSite(
        host="endless-scroll.example.net",
        shows="a page without an end, read up to the bound",
        page="endless-scroll.html",
        endless=True,
    ),
    DemoSite(
        host="quiet-archive.example.org",
        shows="robots are asked to stay out",
        page="quiet-archive.html",
        robots="User-agent: *\nDisallow: /\n",
        error_kind=ErrorKind.ROBOTS_DENIED,
    ),
    DemoSite(
        host="guarded-tickets.example.com",
        shows="a challenge page in the site's place",
        page="guarded-tickets.html",
        status=403,
        headers={**_CLOUDFLARE, "cf-mitigated": "challenge"},
        error_kind=ErrorKind.BLOCKED_BY_PROTECTION,
    ),
    DemoSite(
        host="popular-recipes.example.net",
        shows="too busy at first, answers the second attempt",
        page="popular-recipes.html",
        busy_at_first=True,
    ),
    DemoSite(
        host="moved-away.example.com",
        shows="not found",
        page="moved-away.html",
        status=404,
        error_kind=ErrorKind.HTTP_4XX,
    ),
    DemoSite(
        host="broken-till.example.com",
        shows="a server error",
        page="broken-till.html",
        status=500,
        headers=_PHP,
        error_kind=ErrorKind.HTTP_5XX,
    ),
    DemoSite(
        host="roundabout.example.net",
        shows="redirects in a circle",
        redirect="https://roundabout.example.net/exit",
        error_kind=ErrorKind.REDIRECT_LOOP,
    ),
    DemoSite(
        host="menu-only.example.com",
        shows="a PDF where a page should be",
        page="menu-only.pdf",
        content_type="application/pdf",
        error_kind=ErrorKind.NOT_HTML,
    ),
    DemoSite(host="empty-shelf.example.net", shows="an empty page", error_kind=ErrorKind.EMPTY_PAGE),
    DemoSite(
        host="dead-shop.example.net",
        shows="a dead name: nothing listens",
        certificate=Certificate.CLOSED,
        http=False,
        error_kind=ErrorKind.CONNECT_REFUSED,
    ),
)
"""Every host that answers; anything else on this web is not found."""

DEMO_DOMAINS: Final = (
    *(site.host for site in SITES if site.listed),
    "HTTPS://Lindenwerk.Example.com/",
    "localhost",
    "not a domain",
)
"""What the demo submits: every listed site, one of them again in another spelling, two that are none."""
