"""Guesses about bytes and text that nobody labelled: charset and language.

A guess always comes with what it is worth, and is used only where the page itself is silent or plainly wrong.
Uses turbohtml's detectors, which come with the parser (docs/decisions/0006-html-parser.md).
Not here: when a guess is used (charset.py, languages.py).
"""

import re
from functools import lru_cache
from typing import Final

from turbohtml import parse
from turbohtml.detect import Detection, LanguageDetection, detect, detect_language

_SAMPLE_CHARACTERS: Final = 4_000
_PRESCAN: Final = b" " * 1024
"""turbohtml believes a <meta> in the first 1,024 bytes; put before a page, this leaves only its content."""
_TOP_LEVEL_DOMAIN: Final = re.compile(r"[a-z0-9-]+")


@lru_cache(maxsize=256)
def codec_of(label: str) -> str | None:
    """WHATWG's name, in lower case, of the charset that a label means; None for a label it does not know."""
    try:
        name = parse(b"", encoding=label.strip()).encoding
    except LookupError:
        return None
    charset = (name or "").lower()
    return "windows-1252" if charset in ("x-user-defined", "replacement") else charset or None


def detect_charset(body: bytes, top_level_domain: str) -> str:
    """The likeliest charset of bytes that are not UTF-8, whatever they say of themselves."""
    known = _TOP_LEVEL_DOMAIN.fullmatch(top_level_domain)
    match = detect(_PRESCAN + body, Detection(tld=known[0] if known else None))
    return codec_of(match.encoding or "") or "windows-1252"


def detect_text_language(text: str, *, confidence: float) -> str | None:
    """ISO 639-1 code (639-3 where there is none) of the text's language, if it is this sure (0 to 1)."""
    match = detect_language(text[:_SAMPLE_CHARACTERS], LanguageDetection(threshold=confidence))
    return _ISO_639_1.get(match.language, match.language) if match.language else None


_ISO_639_1: Final = {
    "afr": "af", "aka": "ak", "amh": "am", "ara": "ar", "aze": "az", "bel": "be", "ben": "bn",
    "bul": "bg", "cat": "ca", "ces": "cs", "cmn": "zh", "cym": "cy", "dan": "da", "deu": "de",
    "ell": "el", "eng": "en", "epo": "eo", "est": "et", "eus": "eu", "fas": "fa", "fin": "fi",
    "fra": "fr", "gle": "ga", "guj": "gu", "heb": "he", "hin": "hi", "hrv": "hr", "hun": "hu",
    "hye": "hy", "ind": "id", "isl": "is", "ita": "it", "jav": "jv", "jpn": "ja", "kan": "kn",
    "kat": "ka", "khm": "km", "kor": "ko", "lat": "la", "lav": "lv", "lit": "lt", "mal": "ml",
    "mar": "mr", "mkd": "mk", "mya": "my", "nep": "ne", "nld": "nl", "nob": "no", "ori": "or",
    "pan": "pa", "pes": "fa", "pol": "pl", "por": "pt", "ron": "ro", "rus": "ru", "sin": "si",
    "slk": "sk", "slv": "sl", "sna": "sn", "spa": "es", "srp": "sr", "swe": "sv", "tam": "ta",
    "tel": "te", "tgl": "tl", "tha": "th", "tuk": "tk", "tur": "tr", "ukr": "uk", "urd": "ur",
    "uzb": "uz", "vie": "vi", "yid": "yi", "zul": "zu",
}  # fmt: skip
