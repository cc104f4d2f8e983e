"""The language of a page: what it declares, what its text is, and which of the two to believe.

A declaration is believed, but for one: templates ship with `lang="en"` and stay that way, so a text that is
plainly in another language is believed against that. Both are kept. The answer is a primary subtag of BCP 47
in lower case (`de`, not `de-AT`).
Not here: the detector (detection.py).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from domain_scheduler.scan.extract.document.detection import bytes_up_to, detect_text_language, two_letters
from domain_scheduler.scan.extract.document.found import Found, first
from domain_scheduler.scan.extract.document.reading import Reading
from domain_scheduler.scan.extract.document.tree import attribute

_TAG: Final = re.compile(r"^([a-z]{2,3})(?:[-_][a-z0-9]{2,8})*$", re.IGNORECASE)
_MIN_TEXT: Final = 200
"""Bytes below which a text is too short to tell its language; a Chinese character says a word in three."""
_LONG_TEXT: Final = 1_000
"""Bytes from which a text may be believed against a declaration."""
_SURE: Final = 0.9
_TEMPLATE: Final = "en"
_MEANT: Final = {
    "nb": "no", "nn": "no", "iw": "he", "in": "id", "mo": "ro", "fil": "tl",
    "us": "en", "gb": "en", "cn": "zh", "jp": "ja", "cz": "cs", "dk": "da", "ua": "uk", "vn": "vi",
}  # fmt: skip
"""Older codes, and countries that are taken for languages (none of which is the code of one)."""
_WITHOUT_DECLARATION: Final = 0.3


_ALIKE: Final = {
    "cz": ("cs", "sk"), "sk": ("sk", "cs"), "dk": ("da", "no"), "no": ("no", "da"), "id": ("id", "ms"),
    "my": ("ms", "id"), "hr": ("hr", "sr", "bs", "sl"), "rs": ("sr", "hr", "bs"), "ba": ("bs", "hr", "sr"),
    "si": ("sl", "hr", "sr"),
}  # fmt: skip
"""By top-level domain: its language, and those that short texts in it are taken for."""


@dataclass(frozen=True, slots=True)
class Languages:
    """`chosen` is the answer, `declared` a whole BCP 47 tag, `detected` a primary subtag."""

    chosen: Found | None
    declared: Found | None
    detected: str | None


def languages(reading: Reading) -> Languages:
    """Everything known of the page's language."""
    declared = first(_declarations(reading))
    text = reading.tree.visible_text()
    size = bytes_up_to(_LONG_TEXT, text)
    confidence = _SURE if declared else _WITHOUT_DECLARATION
    words = reading.tree.lowered_words()
    detected = detect_text_language(text, words, confidence=confidence) if size >= _MIN_TEXT else None
    own, *alike = _ALIKE.get(reading.host.rpartition(".")[2], ("",))
    detected = own if detected in alike else detected
    chosen = _choose(declared, detected, is_long=size >= _LONG_TEXT)
    return Languages(chosen=chosen, declared=declared, detected=detected)


def _choose(declared: Found | None, detected: str | None, *, is_long: bool) -> Found | None:
    if declared is None:
        return Found(detected, "detection") if detected else None
    if detected and is_long and primary(declared.value) == _TEMPLATE and primary(detected) != _TEMPLATE:
        return Found(primary(detected), f"text against {declared.source}")
    return Found(primary(declared.value), declared.source)


def primary(tag: str) -> str:
    """The primary subtag in lower case, in two letters where it has such; `no` for all of Norwegian."""
    subtag = two_letters(re.split(r"[-_]", tag, maxsplit=1)[0].lower())
    return _MEANT.get(subtag, subtag)


def _declarations(reading: Reading) -> Iterator[Found | None]:
    html = reading.tree.first("html")
    if html is not None:
        yield _valid(attribute(html, "lang"), "html[lang]")
        yield _valid(attribute(html, "xml:lang"), "html[xml:lang]")
    for name in ("og:locale", "content-language", "language", "dc.language", "inlanguage"):
        yield _valid(reading.metas.get(name), name if ":" in name else f"meta:{name}")
    yield _valid(reading.header("content-language").partition(",")[0], "content-language header")
    body = reading.tree.first("body")
    if body is not None:
        yield _valid(attribute(body, "lang"), "body[lang]")


def _valid(tag: str, source: str) -> Found | None:
    match = _TAG.match(tag.strip())
    return Found(match[0].replace("_", "-"), source) if match else None
