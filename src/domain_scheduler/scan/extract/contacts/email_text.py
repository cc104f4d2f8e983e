"""E-mail addresses in running text, plain or written so that robots shall not read them.

Read are `name@domain.tld`, `name [at] domain [dot] tld` with any kind of bracket and in several languages,
and `name at domain dot tld` where the dots are spelled out too, for "at" alone is a word of the language.
Not here: which of them are addresses at all (email_addresses.py).
"""

import re
from collections.abc import Iterator
from itertools import islice
from typing import Final

_LETTERS: Final = "A-Za-z0-9À-ÖØ-öø-ɏͰ-ӿ"
"""Of domains; those of CJK stand beside addresses without a space."""
_LOCAL: Final = rf"(?<![{_LETTERS}])[A-Za-z0-9](?:[A-Za-z0-9._%+'-]{{0,62}}[A-Za-z0-9_+-])?"
_LABEL: Final = rf"[{_LETTERS}](?:[{_LETTERS}-]{{0,61}}[{_LETTERS}])?"
_ENDING: Final = r"(?:[A-Za-z][A-Za-z0-9-]{1,62}|рф|укр|бел|срб|мкд|ελ|бг)"
_PLAIN: Final = re.compile(rf"{_LOCAL}@(?:{_LABEL}\.)+{_ENDING}")
_AT_WORDS: Final = (
    r"(?:at|ät|aet|@|a|arroba|arobase?|chez|bei|kukac|zavin[aá][cč]|apenstaartje|chiocciola|małpa|malpa"
    r"|klammeraffe|snabel-?a|krøllalfa|ma[ij]munka|собака|골뱅이)"
)
_DOT_WORDS: Final = r"(?:dot|punkt|point|punto|ponto|kropka|te[cč]ka|pont|точка|nokta|piste|d0t|\.)"
_OPEN, _CLOSE = r"[\[({<]", r"[\])}>]"
_INSIDE: Final = r"[^\[\](){}<>@]{0,20}"
_AT: Final = rf"\s{{0,3}}{_OPEN}\s*(?:{_INSIDE}\b)?{_AT_WORDS}(?:\b{_INSIDE})?\s*{_CLOSE}\s{{0,3}}"
_DOT: Final = rf"(?:\s{{0,2}}{_OPEN}\s*{_DOT_WORDS}\s*{_CLOSE}\s{{0,2}}|\.|\sdot\s)"
_SPELLED_DOT: Final = (
    r"(?:\s+(?:dot|punkt|point|punto)\s+|\s{0,2}[\[({]\s*(?:dot|punkt|point|punto)\s*[\])}]\s{0,2})"
)
_BRACKETED: Final = re.compile(
    rf"({_LOCAL})(?:{_AT})((?:{_LABEL}{_DOT}){{1,4}}[A-Za-z]{{2,20}})", re.IGNORECASE
)
_SPELLED: Final = re.compile(
    rf"({_LOCAL})\s+(?:at|@)\s+((?:{_LABEL}{_SPELLED_DOT}){{1,3}}[a-z]{{2,10}})\b", re.IGNORECASE
)
_SPACED: Final = re.compile(rf"({_LOCAL})\s@\s((?:{_LABEL}\.){{1,4}}[A-Za-z]{{2,20}})\b")
_FENCED: Final = re.compile(rf"({_LOCAL})([_*|])at\2((?:{_LABEL}\.){{1,4}}[A-Za-z]{{2,20}})\b", re.IGNORECASE)
_LABELLED: Final = re.compile(
    rf"\be-?mail(?: address)?\s*[:：]\s*({_LOCAL})\s+at\s+((?:{_LABEL}\.){{1,4}}[A-Za-z]{{2,20}})\b",
    re.IGNORECASE,
)
_IN_BRACKETS: Final = re.compile(r"[\[({<]([^\[\](){}<>@\n]{1,44})[\])}>]")
_AT_WORD: Final = re.compile(rf"(?<!\w){_AT_WORDS}(?!\w)", re.IGNORECASE)
_AT_AND_DOT: Final = re.compile(r"\sat\s[^.\n]{1,60}(?:\sdot\s|[\[({]\s*(?:dot|punkt|point|punto)\s*[\])}])")
_DOT_HINTS: Final = ("dot", "punkt", "point)", "punto)")
_FENCES: Final = ("_at_", "*at*", "|at|")
_MAIL_LABEL: Final = re.compile(r"mail[^:\n]{0,8}[:：][^.\n]{1,70}\sat\s")
_INVISIBLES: Final = "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"
_INVISIBLE: Final = re.compile(f"[{_INVISIBLES}]")
_IN_ADDRESS: Final = re.compile(r"//[^\s/]*$")
"""Before what looks like one: the user of a web address."""
_DOTS: Final = re.compile(_DOT, re.IGNORECASE)
_BEFORE: Final = 70
_AFTER: Final = 260
_MAX_ATS: Final = 500
_MAX_HINTS: Final = 60


def addresses_in(text: str, lowered: str | None = None) -> Iterator[str]:
    """What looks like an address, in order of kind; looks only around each @ and each spelled-out "at".

    `lowered` is the text in lower case, where somebody has made it already.
    """
    seen = _INVISIBLE.sub("", text) if any(map(text.__contains__, _INVISIBLES)) else text
    written = seen.replace("＠", "@")
    lowered = lowered if lowered is not None and written == text else written.lower()
    yield from _found_in(written, lowered)


def _found_in(text: str, lowered: str) -> Iterator[str]:
    at = text.find("@")
    for _ in range(_MAX_ATS):
        if at < 0:
            break
        yield from _around(text, at)
        if text[at - 1] in "[({":
            yield from _obfuscated(text[max(at - _BEFORE, 0) : at + _AFTER])
        at = text.find("@", at + 1)
    for hint in islice(_hints(text, lowered), _MAX_HINTS):
        yield from _obfuscated(_near(text, hint))


def _hints(text: str, lowered: str) -> Iterator[re.Match[str]]:
    """Where an address may be spelled out: "at" in brackets or between bars, "at" and "dot" as words."""
    yield from (hint for hint in _IN_BRACKETS.finditer(text) if _AT_WORD.search(hint[1]))
    for fence in _FENCES:
        if fence in lowered:
            yield from re.finditer(re.escape(fence), lowered)
    if " at " in lowered:
        yield from _MAIL_LABEL.finditer(lowered)
        if any(map(lowered.__contains__, _DOT_HINTS)):
            yield from _AT_AND_DOT.finditer(lowered)


def _around(text: str, at: int) -> Iterator[str]:
    start, end = max(at - _BEFORE, 0), at + _AFTER
    for match in _PLAIN.finditer(text, start, end):
        if match.start() < at < match.end():
            if not _IN_ADDRESS.search(text, start, match.start()):
                yield match[0]
            return
    for match in _SPACED.finditer(text, start, end):
        if match.start() < at < match.end():
            yield f"{match[1]}@{match[2]}"


def _near(text: str, hint: re.Match[str]) -> str:
    return text[max(hint.start() - _BEFORE, 0) : hint.end() + _AFTER]


def _obfuscated(text: str) -> Iterator[str]:
    for match in (*_FENCED.finditer(text), *_LABELLED.finditer(text)):
        yield f"{match[1]}@{match[match.lastindex or 2]}"
    for pattern in (_BRACKETED, _SPELLED):
        for match in pattern.finditer(text):
            domain = re.sub(_SPELLED_DOT, ".", match[2], flags=re.IGNORECASE)
            yield f"{match[1]}@{_DOTS.sub('.', domain)}"
