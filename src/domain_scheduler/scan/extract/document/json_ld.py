"""JSON-LD blocks of a page as plain Python values, broken ones repaired where that is safe.

Safe means: what a browser's JSON parser would refuse for its punctuation only (comments, trailing commas,
raw control characters in strings, a comment before it, a comment or CDATA
wrapped around the whole, a semicolon or a bracket too many at its end, several values one after the other),
or for its quotes' being written as entities.
Nothing is guessed: a block that still does not parse is dropped.
Not here: which values matter (structured_data.py, owner/).
"""

import html
import json
import re
from collections.abc import Iterator
from typing import Any, Final

import orjson

from domain_scheduler.scan.extract.document.tree import Tree, attribute

_MAX_BLOCKS: Final = 50
_MAX_BLOCK: Final = 262_144
_WRAPPER: Final = re.compile(
    r"^\s*+(?://\s*+)?(?:<!--|<!\[CDATA\[|/\*\s*+<!\[CDATA\[\s*+\*/)"
    r"|(?:-->|(?:(?://|/\*)\s*+)?\]\]>\s*+(?:\*/)?)\s*+$"
)
_LEADING: Final = re.compile(r"\A(?:\s*<!--(?:(?!-->).)*-->)+(?=\s*[\[{])", re.DOTALL)
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_TOKEN: Final = re.compile(
    r"""(?P<string>"(?:[^"\\]|\\.)*+"?)|(?P<comment>//[^\n]*|/\*.*?(?:\*/|\Z))|(?P<comma>,(?=\s*(?:[}\]]|$)))""",
    re.DOTALL,
)
"""What is never closed ends with the text: to look behind each of its quotes again would take minutes."""
_RAW_BREAK: Final = re.compile(r"[\t\r\n]")
_BETWEEN: Final = " \t\r\n,;}]"
_DECODER: Final = json.JSONDecoder(parse_constant=lambda name: None)


def json_ld_blocks(tree: Tree) -> Iterator[Any]:
    """The value of each `application/ld+json` script that can be read, in document order."""
    scripts = (e for e in tree.all("script") if "ld+json" in attribute(e, "type").lower())
    for _, script in zip(range(_MAX_BLOCKS), scripts, strict=False):
        text = script.text[:_MAX_BLOCK]
        if (value := parse_json_ld(text)) is not None:
            yield value


def parse_json_ld(text: str) -> Any:
    """The block's value; None where it cannot be read."""
    value = _loads(text)
    if value is not None or not text.strip():
        return value
    readings = (text, html.unescape(text)) if "&quot;" in text or "&#34;" in text else (text,)
    repaired = map(_repaired, readings)
    found = (one for whole in repaired for one in (_loads(whole), _several(whole)))
    return next((one for one in found if one is not None), None)


def _several(text: str) -> Any:
    """Values that follow one another as a list, a single one as it is; None where anything else stands."""
    values: list[Any] = []
    place = 0
    while place < len(text):
        if text[place] not in "{[":
            return None
        try:
            value, place = _DECODER.raw_decode(text, place)
        except (ValueError, RecursionError):
            return None
        values.append(value)
        while place < len(text) and text[place] in _BETWEEN:
            place += 1
    return values if len(values) > 1 else next(iter(values), None)


def _loads(text: str) -> Any:
    try:
        return orjson.loads(text)
    except (orjson.JSONDecodeError, UnicodeEncodeError):
        return None


def _repaired(text: str) -> str:
    text = _CONTROL.sub("", _WRAPPER.sub("", _WRAPPER.sub("", _LEADING.sub("", text))))
    without_comments = _TOKEN.sub(_kept, text)
    return _TOKEN.sub(_kept, without_comments).strip().rstrip(";")


def _kept(match: re.Match[str]) -> str:
    string = match["string"]
    return _RAW_BREAK.sub(_escaped, string) if string else ""


def _escaped(match: re.Match[str]) -> str:
    return {"\t": "\\t", "\r": "\\r", "\n": "\\n"}[match[0]]
