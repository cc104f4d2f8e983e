"""E-mail addresses that a page's scripts put together, so that robots shall not read them.

Read are chains of strings and of variables that hold strings (`'info' + '@' + host`), joined lists,
`unescape('%69...')` and `String.fromCharCode(105, ...)`, around each at-sign in whatever form; nothing is
run. An address that a script holds in one piece counts only behind `mailto:`, for scripts hold many that are
not the site's.
Not here: other disguises (email_disguises.py), what is an address (email_addresses.py).
"""

import re
from collections.abc import Iterator
from html import unescape
from typing import Final
from urllib.parse import unquote

from domain_scheduler.scan.extract.contacts.email_text import addresses_in

_AT: Final = re.compile(r"@|&(?:#0?64|#x40|commat);|%40|\\(?:x40|u0040)|\(at\)")
_STRING: Final = r"(?:'(?:[^'\\\n]|\\.){0,300}'|\"(?:[^\"\\\n]|\\.){0,300}\")"
_NAME: Final = r"[A-Za-z_$][\w$]{0,60}"
_CHAIN: Final = re.compile(
    rf"(?:({_NAME})\s{{0,3}}(\+?=)\s{{0,3}})?((?:{_STRING}|{_NAME})(?:\s{{0,3}}\+\s{{0,3}}(?:{_STRING}|{_NAME})){{0,40}})"
)
_PART: Final = re.compile(rf"({_STRING})|({_NAME})")
_JOINED: Final = re.compile(
    rf"\[\s*({_STRING}(?:\s*,\s*{_STRING}){{1,8}})\s*\]\s*\.\s*join\(\s*({_STRING})\s*\)"
)
_ESCAPED: Final = re.compile(r"(?:unescape|decodeURIComponent)\(\s*(" + _STRING + r")\s*\)")
_CODES: Final = re.compile(r"fromCharCode\(([\d,\s]{20,900})\)")
_ESCAPE: Final = re.compile(r"\\(?:x([0-9a-f]{2})|u([0-9a-f]{4})|(.))", re.IGNORECASE)
_MAILTO: Final = re.compile(r"mailto:([^\"'<>\s\\]{6,100})")
_BEFORE: Final = 500
_AFTER: Final = 400
_MAX_ATS: Final = 20
_MAX_ENCODED: Final = 10


def scripted_addresses(script: str) -> Iterator[str]:
    """What looks like addresses, in order of kind."""
    for window in _around_ats(script):
        yield from _MAILTO.findall(window)
        yield from _put_together(window)
    if "%40" in script:
        for match, _ in zip(_ESCAPED.finditer(script), range(_MAX_ENCODED), strict=False):
            yield from addresses_in(unescape(unquote(_text(match[1]))))
    for match, _ in zip(_CODES.finditer(script), range(_MAX_ENCODED), strict=False):
        codes = [int(code) for code in re.findall(r"\d+", match[1])]
        yield from addresses_in("".join(chr(code) for code in codes if code < 0x3000))


def _around_ats(script: str) -> Iterator[str]:
    """The parts of a script around its at-signs; neighbours are one part, so that none is cut in two."""
    start = end = 0
    for match, _ in zip(_AT.finditer(script), range(_MAX_ATS), strict=False):
        if match.start() - _BEFORE > end:
            yield script[start:end]
            start = match.start() - _BEFORE
        end = match.end() + _AFTER
    yield script[start:end]


def _put_together(script: str) -> Iterator[str]:
    known: dict[str, str] = {}
    for name, sign, chain in _CHAIN.findall(script) if "+" in script or "&#" in script else ():
        parts = [
            _text(string) if string else known.get(variable, "") for string, variable in _PART.findall(chain)
        ]
        value = "".join(parts)[:2_000]
        if name:
            known[name] = known.get(name, "") + value if sign == "+=" else value
        if len(parts) > 1 or sign == "+=":
            yield from addresses_in(unescape(known[name] if name else value))
        elif "&#" in value:
            yield from addresses_in(unescape(value))
    for strings, between in _JOINED.findall(script):
        texts = [_text(string) for string, _ in _PART.findall(strings)]
        yield from addresses_in(_text(between).join(texts))


def _text(literal: str) -> str:
    """What a string literal holds."""
    return _ESCAPE.sub(_character, literal[1:-1]) if "\\" in literal else literal[1:-1]


def _character(escape: re.Match[str]) -> str:
    code = escape[1] or escape[2]
    return chr(int(code, 16)) if code else escape[3]
