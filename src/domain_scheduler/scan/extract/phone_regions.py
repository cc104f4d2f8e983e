"""The regions that a page's telephone numbers may be of, likeliest first.

From the top-level domain of the host, then from the region in the declared language. At most two: each
guess more makes wrong numbers valid somewhere.
Not here: reading numbers (phones.py).
"""

from typing import Final

from phonenumbers import SUPPORTED_REGIONS

from domain_scheduler.scan.extract.languages import Languages

_TOP_LEVEL_DOMAINS: Final = {"uk": "GB", "eu": "", "co": "", "io": "", "tv": "", "me": "", "ai": "", "cc": ""}
_LANGUAGES: Final = {
    "ar": "SA", "bg": "BG", "cs": "CZ", "da": "DK", "de": "DE", "el": "GR", "en": "US", "es": "ES",
    "et": "EE", "fa": "IR", "fi": "FI", "fr": "FR", "he": "IL", "hi": "IN", "hr": "HR", "hu": "HU",
    "id": "ID", "it": "IT", "ja": "JP", "ko": "KR", "lt": "LT", "lv": "LV", "nl": "NL", "no": "NO",
    "pl": "PL", "pt": "BR", "ro": "RO", "ru": "RU", "sk": "SK", "sl": "SI", "sr": "RS", "sv": "SE",
    "th": "TH", "tr": "TR", "uk": "UA", "vi": "VN", "zh": "CN",
}  # fmt: skip


def phone_regions(host: str, languages: Languages) -> tuple[str, ...]:
    """ISO 3166 codes, likeliest first."""
    tld = host.rpartition(".")[2].lower()
    subtags = languages.declared.value.split("-") if languages.declared else []
    language = languages.chosen.value if languages.chosen else ""
    guesses = (
        _TOP_LEVEL_DOMAINS.get(tld, tld.upper()),
        subtags[-1].upper() if len(subtags) > 1 else "",
        _LANGUAGES.get(language, ""),
    )
    known = [guess for guess in guesses if guess in SUPPORTED_REGIONS]
    return tuple(dict.fromkeys(known))[:2]
