"""Guesses about bytes and text that nobody labelled: charset and language.

A guess always comes with what it is worth, and is used only where the page itself is silent or plainly wrong.
Uses turbohtml's detectors, which come with the parser (docs/decisions/0006-html-parser.md).
Not here: when a guess is used (charset.py, languages.py).
"""

import re
from functools import lru_cache
from itertools import compress
from operator import eq
from typing import Final

from turbohtml import parse
from turbohtml.detect import Detection, LanguageDetection, detect, detect_language

_SAMPLE_CHARACTERS: Final = 4_000
_SAMPLE_WORDS: Final = 700
_LEAST_SAMPLE: Final = 100
_LOOKED_AT: Final = 60_000
_SIGNS: Final = ".,;:!?()[]{}<>\"'«»“”„…*|/"
_SCRIPTS: Final = (
    ("ko", re.compile("[\uac00-\ud7a3]+"), 0.1),
    ("ja", re.compile("[\u3040-\u30ff]+"), 0.1),
    ("zh", re.compile("[\u4e00-\u9fff]+"), 0.15),
)
"""The share of signs from which a text is in a language, however much English stands beside it; a Chinese
text has no kana, so Japanese comes first."""
_EAST_ASIAN: Final = re.compile("[\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7a3]")
_UNLIKELY: Final = frozenset({"lat", "epo", "aka", "sna", "jav", "yid"})
"""Languages that lists of names are taken for, and hardly a site is written in."""
_PRESCAN: Final = b" " * 1024
"""turbohtml believes a <meta> in the first 1,024 bytes; put before a page, this leaves only its content."""
_WIDE_SAMPLE: Final = 4_096
_CYRILLIC_LIKE: Final = frozenset({"windows-1251", "windows-1252", "koi8-u", "koi8-r", "windows-1254"})
_MAC_CAPITAL: Final = re.compile(rb"(?<![\x80-\xff])[\x80-\x9f][\xe0-\xfe\xdf]{2}")
_WINDOWS_CAPITAL: Final = re.compile(rb"(?<![\x80-\xff])[\xc0-\xdf][\xe0-\xff]{2}")
_FEW: Final = 5
_ESCAPED_JAPANESE: Final = (b"\x1b$B", b"\x1b$@")
_CENTRAL_EUROPEAN: Final = frozenset({"windows-1250", "iso-8859-2"})
_POUND: Final = re.compile(rb"\xa3(?=\s?\d)")
_MAC_APOSTROPHE: Final = re.compile(rb"(?<=[a-z])\xd5(?=(?:s|t|d|m|re|ve|ll)\b)")
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


def charset_by_form(body: bytes) -> str | None:
    """A charset whose bytes may be valid UTF-8 too, and that is known by its form alone."""
    if b"\0" in body and (wide := _wide_charset(body)):
        return wide
    return "iso-2022-jp" if body.isascii() and any(map(body.__contains__, _ESCAPED_JAPANESE)) else None


def detect_charset(body: bytes, top_level_domain: str) -> str:
    """The likeliest charset of bytes that are not UTF-8, whatever they say of themselves."""
    known = _TOP_LEVEL_DOMAIN.fullmatch(top_level_domain)
    match = detect(_PRESCAN + body, Detection(tld=known[0] if known else None))
    charset = codec_of(match.encoding or "") or "windows-1252"
    if charset in _CYRILLIC_LIKE and _is_mac_cyrillic(body):
        return "x-mac-cyrillic"
    if charset in _CENTRAL_EUROPEAN and _always(_POUND, body, b"\xa3"):
        return "windows-1252"
    return "macintosh" if charset == "windows-1252" and _always(_MAC_APOSTROPHE, body, b"\xd5") else charset


def _always(use: re.Pattern[bytes], body: bytes, byte: bytes) -> bool:
    """Whether the byte occurs, and never but in this use of it."""
    return 0 < body.count(byte) == len(use.findall(body))


def _wide_charset(body: bytes) -> str | None:
    """UTF-16 without a mark: every other byte of markup and Latin text is zero."""
    sample = body[:_WIDE_SAMPLE]
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    if max(even, odd) < len(sample) / 8 or min(even, odd) > max(even, odd) / 4:
        return None
    return "utf-16le" if odd > even else "utf-16be"


def _is_mac_cyrillic(body: bytes) -> bool:
    """Its capitals stand where Windows has signs that no word begins with (turbohtml does not know it)."""
    mac, windows = (len(capitals.findall(body)) for capitals in (_MAC_CAPITAL, _WINDOWS_CAPITAL))
    return mac > _FEW and mac > 4 * windows


def detect_text_language(text: str, lowered: list[str], *, confidence: float) -> str | None:
    """ISO 639-1 code (639-3 where there is none) of the text's language, if it is this sure (0 to 1).

    `lowered` are the text's words in lower case.
    """
    sample = _running_words(text, lowered)
    for language, signs, share in _SCRIPTS if not sample.isascii() and _EAST_ASIAN.search(sample) else ():
        if sum(map(len, signs.findall(sample))) > share * len(sample):
            return language
    match = detect_language(sample, LanguageDetection(threshold=confidence, excluded=_UNLIKELY))
    return two_letters(match.language) if match.language else None


def _running_words(text: str, lowered: list[str]) -> str:
    """The words of a text that are not names, numbers or signs: those mislead the detector."""
    sample = " ".join(_running(text[:_LOOKED_AT].split(), lowered)[:_SAMPLE_WORDS])[:_SAMPLE_CHARACTERS]
    return sample if bytes_up_to(_LEAST_SAMPLE, sample) >= _LEAST_SAMPLE else text[:_SAMPLE_CHARACTERS]


def bytes_up_to(most: int, text: str) -> int:
    """The bytes of a text in UTF-8; `most` or more where its characters are that many already."""
    return len(text) if len(text) >= most else len(text.encode("utf-8", "replace"))


def _running(words: list[str], lowered: list[str]) -> list[str]:
    """At least as many as a sample needs, if there are."""
    running: list[str] = []
    # piece by piece: mostly the first thousand words have enough of them
    for start in range(0, len(words), _SAMPLE_WORDS):
        piece = words[start : start + _SAMPLE_WORDS]
        small = compress(piece, map(eq, piece, lowered[start : start + _SAMPLE_WORDS]))
        bare = [word if word.isalpha() else word.strip(_SIGNS) for word in small]
        running += [word for word in bare if word.isalpha() or not word.isascii()]
        if len(running) >= _SAMPLE_WORDS:
            break
    return running


def two_letters(code: str) -> str:
    """The ISO 639-1 code of an ISO 639-2 or 639-3 code; the code itself where there is none."""
    return _ISO_639_1.get(code, code)


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
    # as libraries write them
    "alb": "sq", "arm": "hy", "baq": "eu", "bur": "my", "chi": "zh", "cze": "cs", "dut": "nl",
    "fre": "fr", "geo": "ka", "ger": "de", "gre": "el", "ice": "is", "mac": "mk", "may": "ms",
    "nor": "no", "per": "fa", "rum": "ro", "slo": "sk", "sqi": "sq", "wel": "cy", "zho": "zh",
}  # fmt: skip
