"""Compares what was found with what was expected, and adds it up: precision, recall, F1, exact.

Text counts as equal without regard to case, kind of quotes and dashes, white space and a trailing ellipsis;
an address without regard to scheme, fragment, trailing slash and percent-encoding; a language by its primary
subtag; a phone number by its last seven digits. Every rule is the same for every reader.
Not here: where the values come from (annotated_pages.py, readers.py).
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import unquote, urlsplit

_DASHES: Final = dict.fromkeys(map(ord, "‐‑‒–—―−"), "-") | {ord(c): "'" for c in "’‘`´"}
_QUOTES: Final = {ord(c): '"' for c in "“”„«»"}
_PHONE_TAIL: Final = 7


def text_key(value: str) -> str:
    """Text as it is compared."""
    plain = unicodedata.normalize("NFKC", value).translate(_DASHES | _QUOTES).casefold()
    return " ".join(plain.split()).rstrip(".… ")


def url_key(value: str) -> str:
    """An address as it is compared."""
    try:
        parts = urlsplit(unquote(value.strip()))
    except ValueError:
        return value
    return f"{parts.netloc.lower()}{parts.path.rstrip('/')}?{parts.query}".rstrip("?")


def language_key(value: str) -> str:
    """A language as it is compared: primary subtag, one code for Norwegian."""
    primary = re.split(r"[-_]", value.strip().lower())[0]
    return {"nb": "no", "nn": "no"}.get(primary, primary)


def phone_key(value: str) -> str:
    """A number as it is compared; without its extension."""
    spoken = re.split(r"(?:ext|x|#)\.?\s*\d", value, flags=re.IGNORECASE)[0]
    return "".join(c for c in _spelled(spoken) if c.isdecimal())[-_PHONE_TAIL:]


def email_key(value: str) -> str:
    """An address as it is compared, its spelled-out form put together."""
    plain = re.sub(r"\s*[\[(]\s*[^\])]*\bat\b[^\])]*[\])]\s*|\s+at\s+", "@", value.casefold().strip())
    return re.sub(r"\s*[\[(]\s*dot\s*[\])]\s*|\s+dot\s+", ".", plain)


def _spelled(number: str) -> str:
    return number.upper().translate(_KEYPAD)


def organization_key(value: str) -> str:
    """A name as it is compared: letters and digits, without article, legal form and spelling of "and"."""
    plain = _LEGAL_FORM.sub("", value.casefold().replace("&", " and ")).removeprefix("the ")
    return "".join(filter(str.isalnum, plain))


_LEGAL_FORM: Final = re.compile(
    r"[,.\s]+(?:inc|llc|ltd|limited|corp|corporation|co|company|gmbh|ag|plc|pty|lp|llp|bv|sa)\b\.?"
)
_KEYPAD: Final = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "22233344455566677778889999")

KEYS: Final[Mapping[str, Callable[[str], str]]] = {
    "language": language_key,
    "canonical_url": url_key,
    "image_url": url_key,
    "logo_url": url_key,
    "icon_url": url_key,
    "icons": url_key,
    "emails": email_key,
    "phones": phone_key,
    "faxes": phone_key,
    "organizations": organization_key,
}


@dataclass(slots=True)
class Score:
    """Counts of one field for one reader; a miss is (page, expected, found)."""

    expected: int = 0
    found: int = 0
    right: int = 0
    misses: list[tuple[str, object, object]] = field(default_factory=list)

    @property
    def precision(self) -> float:
        """Share of what was found that is right."""
        return self.right / self.found if self.found else 0.0

    @property
    def recall(self) -> float:
        """Share of what was expected that was found."""
        return self.right / self.expected if self.expected else 0.0

    @property
    def f1(self) -> float:
        """Their harmonic mean."""
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0

    def one(self, name: str, field_name: str, expected: str, found: str | None) -> None:
        """Count a field that holds one value; only pages of which it is expected are counted."""
        key = KEYS.get(field_name, text_key)
        right = found is not None and key(expected) == key(found)
        self._add(name, expected, found, 1, int(bool(found)), int(right))

    def any_of(self, name: str, field_name: str, accepted: Iterable[str], found: str | None) -> None:
        """Count a field for which several answers are right."""
        key = KEYS.get(field_name, text_key)
        right = found is not None and key(found) in set(map(key, accepted))
        self._add(name, list(accepted), found, 1, int(bool(found)), int(right))

    def any_in(self, name: str, field_name: str, expected: str, found: Iterable[str]) -> None:
        """Count a field of which several values are reported, each with its source."""
        key = KEYS.get(field_name, text_key)
        values = list(found)
        right = key(expected) in map(key, values)
        self._add(name, expected, values, 1, int(bool(values)), int(right))

    def many(self, name: str, field_name: str, expected: Iterable[str], found: Iterable[str]) -> None:
        """Count a field that holds a set of values."""
        key = KEYS.get(field_name, str.casefold)
        wanted = {key(value): value for value in expected if key(value)}
        got = {key(value): value for value in found if key(value)}
        right = wanted.keys() & got.keys()
        missed = [value for k, value in wanted.items() if k not in right]
        extra = [value for k, value in got.items() if k not in right]
        self._add(name, missed, extra, len(wanted), len(got), len(right))

    def _add(self, name: str, wanted: object, found: object, expected: int, got: int, right: int) -> None:
        self.expected += expected
        self.found += got
        self.right += right
        if right < max(expected, got):
            self.misses.append((name, wanted, found))
