"""JSON-LD blocks of a page as plain Python values, broken ones repaired where that is safe.

Safe means: what a browser's JSON parser would refuse for its punctuation only (comments, trailing commas,
raw control characters in strings, a comment before it, a comment or CDATA
wrapped around the whole, a semicolon at its end).
Nothing is guessed: a block that still does not parse is dropped.
Not here: which values matter (structured_data.py, organization.py).
"""

import re
from collections.abc import Iterator
from typing import Any, Final

import orjson

from domain_scheduler.scan.extract.tree import Tree, attribute

_MAX_BLOCKS: Final = 50
_MAX_BLOCK: Final = 262_144
_WRAPPER: Final = re.compile(
    r"^\s*(?://\s*)?(?:<!--|<!\[CDATA\[|/\*\s*<!\[CDATA\[\s*\*/)|(?:-->|(?://|/\*)?\s*\]\]>\s*(?:\*/)?)\s*$"
)
_LEADING: Final = re.compile(r"\A(?:\s*<!--(?:(?!-->).)*-->)+(?=\s*[\[{])", re.DOTALL)
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_TOKEN: Final = re.compile(
    r"""(?P<string>"(?:[^"\\]|\\.)*")|(?P<comment>//[^\n]*|/\*.*?\*/)|(?P<comma>,(?=\s*(?:[}\]]|$)))""",
    re.DOTALL,
)
_RAW_BREAK: Final = re.compile(r"[\t\r\n]")


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
    return value if value is not None or not text.strip() else _loads(_repaired(text))


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
