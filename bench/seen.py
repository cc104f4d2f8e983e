"""What of an annotation can be found in the page's bytes at all: the bound of every reader.

Some annotations were made from the page at another time, by another service (oEmbed), or with another value
in mind; they measure nothing about reading. The rule is the same for all readers and fields: a text must
occur in the page's source as text or in a script; a description, and an address, where the page says it for
machines. E-mails and phones were annotated on visible text by people: values that stand only in links are
left out of the count, and a page on which nobody annotated a kind at all says nothing about it.
Not here: comparing values (scoring.py).
"""

import html
import json
import re
from collections.abc import Sequence
from functools import cached_property
from typing import Final
from urllib.parse import unquote, urlsplit

from turbohtml import parse

from bench.scoring import KEYS, email_key, phone_key, text_key, url_key

_URLS: Final = frozenset(name for name, key in KEYS.items() if key is url_key)
_LISTS: Final = frozenset({"emails", "phones", "faxes"})
_MACHINE: Final = re.compile(
    r"(?:content|href|datetime)\s*=\s*(?:\"[^\"]*\"|'[^']*'|[^\s>]+)|<script[^>]*>.*?</script>",
    re.DOTALL | re.I,
)
_ESCAPE: Final = re.compile(r"\\u[0-9a-fA-F]{4}")


class Seen:
    """One page's text."""

    def __init__(self, text: str, url: str) -> None:
        self._text = text
        self._host = (urlsplit(url).hostname or "").removeprefix("www.")

    @cached_property
    def _plain(self) -> str:
        plain = html.unescape(html.unescape(self._text))
        return _ESCAPE.sub(lambda match: str(json.loads(f'"{match[0]}"')), plain).replace("\\/", "/")

    @cached_property
    def _source(self) -> str:
        plain = self._plain
        return text_key(re.sub(r"<[^>]{0,500}>", "", plain)) + text_key(plain)

    @cached_property
    def _offered(self) -> str:
        """What the page says for machines: values of attributes, and scripts."""
        return text_key(" ".join(match[0] for match in _MACHINE.finditer(self._plain)))

    def _offers(self, address: str) -> bool:
        """Whether an address is named in an attribute or script, relative if it is on the page's own host."""
        try:
            parts = urlsplit(unquote(address).casefold())
        except ValueError:
            return False
        same = not parts.netloc or parts.netloc.removeprefix("www.") == self._host
        whole = f"{parts.netloc}{parts.path}".rstrip("/")
        return whole in self._offered or (same and parts.path.rstrip("/") in self._offered)

    @cached_property
    def _visible(self) -> str:
        return parse(self._text).to_text().casefold()

    @cached_property
    def _digits(self) -> str:
        return "".join(filter(str.isdecimal, self._visible))

    def holds(self, field: str, expected: str | Sequence[str]) -> bool:
        """Whether a reader could have found it."""
        if field in _LISTS:
            return bool(expected)
        if not isinstance(expected, str) or field in ("language", "icons"):
            return True
        if field in _URLS:
            return self._offers(expected)
        if field == "description":
            return text_key(expected)[:60].rstrip() in self._offered
        return text_key(expected)[:60].rstrip() in self._source

    def shows(self, field: str, value: str) -> bool:
        """Whether a contact stands in the visible text."""
        if field == "emails":
            local, _, domain = email_key(value).partition("@")
            return local in self._visible and domain.partition(".")[0] in self._visible
        return phone_key(value) in self._digits or not value[-4:].isdecimal()
