"""The regions that a page's telephone numbers may be of, likeliest first.

From the country of the top-level domain, the page's own address, the region in the declared language, what
the front page tells of a further page, and at last the language's main country. At most three: each guess
more makes wrong numbers valid somewhere.
Not here: reading numbers (phone_numbers.py), countries in the text (country_traces.py).
"""

from collections.abc import Iterator
from typing import Final

from phonenumbers import SUPPORTED_REGIONS, parse, region_code_for_number

from domain_scheduler.scan.extract.contacts.country_traces import countries
from domain_scheduler.scan.extract.document.languages import Languages
from domain_scheduler.scan.extract.document.reading import Reading
from domain_scheduler.scan.surroundings import Surroundings

_USED_ELSEWHERE: Final = frozenset(
    {"co", "io", "tv", "me", "ai", "cc", "ws", "fm", "am", "gg", "to", "ly", "sh", "ac", "la", "st", "vc"}
)
"""Top-level domains of countries that sites from everywhere use: a guess when nothing else is known."""
_LANGUAGES: Final = {
    "ar": "SA", "bg": "BG", "cs": "CZ", "da": "DK", "de": "DE", "el": "GR", "en": "US", "es": "ES",
    "et": "EE", "fa": "IR", "fi": "FI", "fr": "FR", "he": "IL", "hi": "IN", "hr": "HR", "hu": "HU",
    "id": "ID", "it": "IT", "ja": "JP", "ko": "KR", "lt": "LT", "lv": "LV", "nl": "NL", "no": "NO",
    "pl": "PL", "pt": "BR", "ro": "RO", "ru": "RU", "sk": "SK", "sl": "SI", "sr": "RS", "sv": "SE",
    "th": "TH", "tr": "TR", "uk": "UA", "vi": "VN", "zh": "CN",
}  # fmt: skip
_MAX_REGIONS: Final = 3


def phone_regions(reading: Reading, languages: Languages) -> tuple[str, ...]:
    """ISO 3166 codes, likeliest first."""
    subtags = languages.declared.value.split("-") if languages.declared else []
    language = languages.chosen.value if languages.chosen else ""
    top_level, country = _country_of(reading.host)
    guesses = (
        "" if top_level in _USED_ELSEWHERE else country,
        *countries(reading),
        subtags[-1].upper() if len(subtags) > 1 else "",
        *_told_by_front_page(reading.beside),
        _LANGUAGES.get(language, "US"),
        country,
    )
    known = [guess for guess in guesses if guess in SUPPORTED_REGIONS]
    return tuple(dict.fromkeys(known))[:_MAX_REGIONS]


def _told_by_front_page(beside: Surroundings) -> Iterator[str]:
    yield from (region_code_for_number(parse(number)) or "" for number in beside.front_phones[:1])
    language, *subtags = beside.front_language.split("-")
    yield subtags[-1].upper() if subtags else ""
    yield _LANGUAGES.get(language, "")


def _country_of(host: str) -> tuple[str, str]:
    """The top-level domain, and the country that it would be of."""
    top_level = host.rpartition(".")[2].lower()
    return top_level, {"uk": "GB"}.get(top_level, top_level.upper())
