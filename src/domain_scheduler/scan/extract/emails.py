"""E-mail addresses that a page gives, each with its source, the site's own first.

Read from mailto links, Cloudflare's `data-cfemail`, JSON-LD and microdata, and the visible text.
Not here: addresses in running text (email_text.py), what is an address (email_addresses.py), the order
(email_ranks.py).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote

from domain_scheduler.core.public_suffixes import registrable_domain
from domain_scheduler.scan.extract.email_addresses import email_address
from domain_scheduler.scan.extract.email_ranks import EmailRank, email_rank, place
from domain_scheduler.scan.extract.email_text import addresses_in
from domain_scheduler.scan.extract.found import Found
from domain_scheduler.scan.extract.reading import Reading
from domain_scheduler.scan.extract.structured_data import texts
from domain_scheduler.scan.extract.tree import attribute

_MAX_EMAILS: Final = 100
_MAX_CANDIDATES: Final = 1_000
_PROTECTED_LINK: Final = "/cdn-cgi/l/email-protection#"
_HEX: Final = re.compile(r"(?:[0-9a-fA-F]{2}){6,260}")


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
    yield from _protected(reading)
    yield from _from_structured_data(reading)
    yield from (Found(address, "text") for address in addresses_in(reading.tree.visible_text()))


def _from_links(reading: Reading) -> Iterator[Found]:
    for anchor in reading.tree.anchors():
        if anchor.scheme == "mailto":
            yield from (Found(part, "mailto") for part in _recipients(anchor.href[7:]))
        elif _PROTECTED_LINK in anchor.href:
            yield Found(decode_protected(anchor.href.partition("#")[2]) or "", "cfemail")


def _recipients(address: str) -> Iterator[str]:
    """The addresses of a mailto link, also those that are written in its spelled-out form."""
    for part in re.split(r"[,;]", unquote(address.partition("?")[0])):
        named = part.partition("<")[2].partition(">")[0] or part
        yield from addresses_in(named) if " " in named.strip() else (named,)


def _protected(reading: Reading) -> Iterator[Found]:
    if reading.tree.mentions("data-cfemail"):
        for element in reading.tree.select("[data-cfemail]"):
            if address := decode_protected(attribute(element, "data-cfemail")):
                yield Found(address, "cfemail")


def decode_protected(code: str) -> str | None:
    """The address behind Cloudflare's code: hex bytes, each but the first xor'ed with the first."""
    if not _HEX.fullmatch(code):
        return None
    key, *rest = bytes.fromhex(code)
    return bytes(byte ^ key for byte in rest).decode("utf-8", "replace")


def _from_structured_data(reading: Reading) -> Iterator[Found]:
    for thing, source in reading.structured.things:
        for value in texts(thing, "email"):
            yield Found(re.sub("(?i)^mailto:", "", value), source)
