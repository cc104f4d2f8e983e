"""E-mail addresses that a page gives, each with its source, the site's own first.

Read from mailto links, JSON-LD and microdata, Cloudflare's `data-cfemail`, and the visible text, there also
as "name [at] domain [dot] tld". Not addresses: names of image files (`logo@2x.png`), keys of error
trackers, examples and placeholders.
Not here: which rank an address has (email_ranks.py).
"""

import re
from collections.abc import Iterator
from typing import Final
from urllib.parse import unquote

from domain_scheduler.scan.extract.found import Found
from domain_scheduler.scan.extract.reading import Reading
from domain_scheduler.scan.extract.structured_data import texts
from domain_scheduler.scan.extract.tree import attribute

_LOCAL: Final = r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
_DOMAIN: Final = r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?:[a-z]{2,24}|xn--[a-z0-9-]{2,59})"
_ADDRESS: Final = re.compile(rf"{_LOCAL}@{_DOMAIN}", re.IGNORECASE)
_NEIGHBOURHOOD: Final = 80
_MAX_EMAILS: Final = 100
_FILE_ENDINGS: Final = frozenset(
    {"png", "jpg", "jpeg", "gif", "svg", "webp", "avif", "ico", "bmp", "css", "js", "json", "html", "htm"}
    | {"php", "woff", "woff2", "ttf", "eot", "mp4", "webm", "pdf"}
)
_NOBODY: Final = re.compile(
    r"@(?:(?:.*\.)?(?:example|sentry|sentry-next|wixpress|ingest)\b|(?:domain|yourdomain|yoursite|email|mysite|company)\.|.*\.(?:invalid|test|local|example)$)"
    r"|^(?:[0-9a-f]{20,}|your-?name|you|user|username|john\.?doe|email|name|someone)@(?:example|domain|email|mail|your)"
)


def emails(reading: Reading) -> list[Found]:
    """The page's addresses in lower case, each once with its best source."""
    found: dict[str, Found] = {}
    for candidate in _candidates(reading):
        address = _normalised(candidate.value)
        if address and address not in found:
            found[address] = Found(address, candidate.source)
            if len(found) >= _MAX_EMAILS:
                break
    return list(found.values())


def _candidates(reading: Reading) -> Iterator[Found]:
    yield from _from_links(reading)
    yield from _from_structured_data(reading)
    yield from (Found(address, "text") for address in in_text(reading.tree.visible_text()))


def _from_links(reading: Reading) -> Iterator[Found]:
    for element in reading.tree.all("a"):
        href = attribute(element, "href")
        if href[:7].lower() == "mailto:":
            for part in re.split(r"[,;]", unquote(href[7:].partition("?")[0])):
                yield Found(part, "mailto")


def _from_structured_data(reading: Reading) -> Iterator[Found]:
    for thing, source in reading.structured.things:
        for value in texts(thing, "email"):
            yield Found(value.removeprefix("mailto:"), source)


def in_text(text: str) -> Iterator[str]:
    """Addresses in running text: only around each @, so that a page costs little."""
    at = text.find("@")
    while at >= 0:
        start = max(at - _NEIGHBOURHOOD, 0)
        for match in _ADDRESS.finditer(text, start, at + _NEIGHBOURHOOD):
            if match.start() < at < match.end():
                yield match[0]
        at = text.find("@", at + 1)


def _normalised(text: str) -> str | None:
    """The address in lower case; None for what only looks like one."""
    match = _ADDRESS.fullmatch(text.strip().strip("<>.").strip())
    if match is None:
        return None
    address = match[0].lower()
    ending = address.rpartition(".")[2]
    return None if ending in _FILE_ENDINGS or _NOBODY.search(address) or len(address) > 254 else address
