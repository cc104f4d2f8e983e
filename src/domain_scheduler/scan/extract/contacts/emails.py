"""E-mail addresses that a page gives, each with its source, the site's own first.

Read from mailto links, JSON-LD and microdata, disguises, metas, and the visible text.
Not here: addresses in running text (email_text.py) and in disguise (email_disguises.py), what is an address
(email_addresses.py), the order (email_ranks.py).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qs, unquote

from domain_scheduler.core.public_suffixes import registrable_domain
from domain_scheduler.scan.extract.contacts.email_addresses import email_address
from domain_scheduler.scan.extract.contacts.email_disguises import disguised, hidden_texts
from domain_scheduler.scan.extract.contacts.email_ranks import EmailRank, email_rank, place
from domain_scheduler.scan.extract.contacts.email_text import addresses_in
from domain_scheduler.scan.extract.document.found import Found
from domain_scheduler.scan.extract.document.reading import Reading
from domain_scheduler.scan.extract.document.structured_data import texts
from domain_scheduler.scan.extract.document.tree import attribute

_MAX_EMAILS: Final = 100
_MAX_CANDIDATES: Final = 1_000
_AT_HOST: Final = re.compile(r"https?://([^/?#@:\s]{1,64}@[^/?#@:\s]{4,200})/?", re.IGNORECASE)
"""A mailto link by somebody who took it for a web address."""
_METAS: Final = ("reply-to", "contact", "email", "og:email", "business:contact_data:email")


@dataclass(frozen=True, slots=True)
class Email:
    """An address in lower case, where it was read, and how much it says of the site."""

    value: str
    source: str
    rank: EmailRank


def emails(reading: Reading) -> list[Email]:
    """The page's addresses, each once with its best source, best rank first."""
    own = registrable_domain(reading.host)
    found: dict[str, Email] = {}
    for _, candidate in zip(range(_MAX_CANDIDATES), _candidates(reading), strict=False):
        address = email_address(candidate.value, host=reading.host)
        if address and address not in found:
            found[address] = Email(address, candidate.source, email_rank(address, own_domain=own))
            if len(found) >= _MAX_EMAILS:
                break
    return sorted(found.values(), key=lambda email: place(email.rank))


def _candidates(reading: Reading) -> Iterator[Found]:
    yield from _from_links(reading)
    yield from _from_structured_data(reading)
    yield from disguised(reading)
    yield from _from_metas(reading)
    yield from (Found(address, "text") for address in _from_text(reading))


def _from_text(reading: Reading) -> Iterator[str]:
    """The addresses in the visible text, without the words that are in them but not seen."""
    inserted: list[str] | None = None
    for address in addresses_in(reading.tree.visible_text(), reading.tree.lowered_text()):
        inserted = hidden_texts(reading) if inserted is None else inserted
        for text in inserted:
            address = address.replace(text, "")
        yield address


def _from_links(reading: Reading) -> Iterator[Found]:
    for anchor in reading.tree.anchors():
        if anchor.scheme == "mailto":
            yield from (Found(part, "mailto") for part in _recipients(anchor.href[7:]))
        elif "@" in anchor.href and (match := _AT_HOST.fullmatch(anchor.href)):
            yield Found(unquote(match[1]), "mailto")
    for element in reading.tree.all("link"):
        if (href := attribute(element, "href"))[:7].lower() == "mailto:":
            yield from (Found(part, "mailto") for part in _recipients(href[7:]))


def _recipients(address: str) -> Iterator[str]:
    """The addresses of a mailto link, also those that are written in its spelled-out form."""
    to, _, query = address.partition("?")
    others = parse_qs(query) if "=" in query else {}
    for part in re.split(r"[,;]", unquote(",".join((to, *others.get("to", ()), *others.get("cc", ()))))):
        named = part.partition("<")[2].partition(">")[0] or part.strip("/ ")
        yield from addresses_in(named) if " " in named.strip() else (named,)


def _from_metas(reading: Reading) -> Iterator[Found]:
    for found in reading.metas.found(*_METAS):
        yield from (Found(address, found.source) for address in addresses_in(found.value[:500]))


def _from_structured_data(reading: Reading) -> Iterator[Found]:
    for thing, source in reading.structured.things:
        for value in texts(thing, "email"):
            yield Found(re.sub("(?i)^mailto:", "", value), source)
