"""How much an e-mail address says of the site: its own first, a role before a person, freemail late.

The order is the one in which a person would write them down who wants to reach the owner of the site.
Throw-away addresses come last; the list of their providers is short and our own, for the known lists are
others' data, and one that misses a provider only ranks an address too high.
Not here: what an address is (email_addresses.py).
"""

from enum import StrEnum
from typing import Final

from domain_scheduler.core.public_suffixes import registrable_domain


class EmailRank(StrEnum):
    """Ranks, best first."""

    OWN_ROLE = "own_role"
    """An office (info@, sales@) at the site's own domain."""
    OWN = "own"
    """Anybody else at the site's own domain."""
    OTHER_ROLE = "other_role"
    """An office at another domain."""
    OTHER = "other"
    """Anybody at another domain."""
    FREEMAIL = "freemail"
    """A mailbox at a public provider; for small firms often the real one."""
    DISPOSABLE = "disposable"
    """A throw-away mailbox."""


_ORDER: Final = {rank: place for place, rank in enumerate(EmailRank)}

_ROLES: Final = frozenset(
    {"info", "information", "contact", "contacts", "contactus", "kontakt", "contacto", "contato", "contatti"}
    | {"office", "mail", "email", "post", "posta", "hello", "hallo", "hi", "hola", "bonjour", "ciao", "team"}
    | {"sales", "vertrieb", "verkauf", "ventas", "vendas", "vendite", "ventes", "verkoop", "support", "help"}
    | {"service", "customerservice", "customer.service", "kundenservice", "klantenservice", "helpdesk"}
    | {"enquiries", "enquiry", "inquiries", "inquiry", "anfrage", "admin", "administration", "administratie"}
    | {"administracion", "secretariat", "sekretariat", "biuro", "bureau", "reception", "recepcion", "booking"}
    | {
        "bookings",
        "reservations",
        "reservation",
        "reservas",
        "orders",
        "order",
        "bestellung",
        "shop",
        "store",
    }
    | {
        "marketing",
        "press",
        "presse",
        "prensa",
        "media",
        "jobs",
        "job",
        "karriere",
        "career",
        "careers",
        "hr",
    }
    | {"billing", "accounts", "buchhaltung", "legal", "privacy", "datenschutz", "dpo", "gdpr", "abuse"}
    | {"webmaster", "hostmaster", "postmaster", "noreply", "no-reply", "newsletter", "feedback", "general"}
)
_FREEMAIL: Final = frozenset(
    {"gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "hotmail.co.uk", "hotmail.fr", "hotmail.de"}
    | {"hotmail.it", "hotmail.es", "live.com", "live.nl", "live.co.uk", "msn.com", "yahoo.com", "yahoo.co.uk"}
    | {"yahoo.fr", "yahoo.de", "yahoo.it", "yahoo.es"}
    | {"yahoo.co.jp", "yahoo.co.in", "yahoo.com.br", "ymail.com"}
    | {"aol.com", "icloud.com", "me.com", "mac.com", "proton.me", "protonmail.com", "pm.me", "tutanota.com"}
    | {"gmx.de", "gmx.net", "gmx.at", "gmx.ch", "gmx.com", "web.de", "t-online.de", "freenet.de", "arcor.de"}
    | {"orange.fr", "wanadoo.fr", "free.fr", "laposte.net"}
    | {"sfr.fr", "libero.it", "virgilio.it", "tiscali.it"}
    | {"alice.it", "tin.it", "mail.ru", "bk.ru", "inbox.ru", "list.ru", "yandex.ru", "yandex.com", "ya.ru"}
    | {"rambler.ru", "ukr.net", "i.ua", "wp.pl", "o2.pl", "onet.pl", "interia.pl", "op.pl", "seznam.cz"}
    | {"centrum.cz", "volny.cz", "azet.sk", "freemail.hu"}
    | {"citromail.hu", "abv.bg", "mail.bg", "qq.com", "163.com"}
    | {"126.com", "sina.com", "sina.cn", "foxmail.com", "139.com", "naver.com", "daum.net", "hanmail.net"}
    | {"rediffmail.com", "uol.com.br", "bol.com.br"}
    | {"terra.com.br", "ig.com.br", "telefonica.net", "bigpond.com"}
    | {"btinternet.com", "btconnect.com", "sky.com", "talktalk.net", "ntlworld.com", "virginmedia.com"}
    | {"comcast.net", "verizon.net", "att.net", "sbcglobal.net", "bellsouth.net", "cox.net", "earthlink.net"}
    | {"shaw.ca", "rogers.com", "sympatico.ca", "telus.net"}
    | {"xtra.co.nz", "planet.nl", "ziggo.nl", "kpnmail.nl"}
    | {"hetnet.nl", "home.nl", "xs4all.nl", "skynet.be", "telenet.be", "bluewin.ch", "sunrise.ch", "aon.at"}
)  # fmt: skip
_DISPOSABLE: Final = frozenset(
    {
        "mailinator.com",
        "guerrillamail.com",
        "10minutemail.com",
        "tempmail.com",
        "temp-mail.org",
        "yopmail.com",
    }
    | {"trashmail.com", "sharklasers.com", "getnada.com", "maildrop.cc", "discard.email", "throwawaymail.com"}
)


def email_rank(address: str, *, own_domain: str) -> EmailRank:
    """The rank of an address on a site with this registrable domain."""
    local, _, host = address.partition("@")
    domain = registrable_domain(host)
    if domain == own_domain:
        return EmailRank.OWN_ROLE if local in _ROLES else EmailRank.OWN
    if domain in _DISPOSABLE:
        return EmailRank.DISPOSABLE
    if host in _FREEMAIL or domain in _FREEMAIL:
        return EmailRank.FREEMAIL
    return EmailRank.OTHER_ROLE if local in _ROLES else EmailRank.OTHER


def place(rank: EmailRank) -> int:
    """Where addresses of a rank stand in the list: small numbers first."""
    return _ORDER[rank]
