"""Texts (lower case) that must stand in the source of a page in which a CSS selector finds something.

Of each alternative the longest of its ids, classes, attribute values, attribute names and custom elements,
those that stand in every page only where there is nothing else;
what stands in `:not(...)` and the like is not required. An attribute that the source writes with character
references (`&#x2F;`) escapes; nobody does.
Not here: searching for them and selecting (dom_rules.py).
"""

import re
from typing import Final

_FUNCTION: Final = re.compile(r":[\w-]+\([^()]*\)")
_ATTRIBUTE: Final = re.compile(
    r"""\[\s*([\w\\:-]+)\s*(?:([~|^$*]?=)\s*(?:"([^"]*)"|'([^']*)'|([^\]\s]+))\s*[is]?\s*)?\]"""
)
_NAMED: Final = re.compile(r"(?:[#.]((?:[\w-]|\\.)+))|((?<![\w:.#-])[a-z]+-[\w-]+)")
_MIN: Final = 4
_EVERYWHERE: Final = frozenset(
    {"class", "href", "content", "style", "name", "type", "value", "hidden", "stylesheet", "text/css"}
    | {"property", "canonical", "srcset", "images/", "text", "button"}
)


def required_texts(selector: str) -> list[str]:
    """One text for each alternative; empty where an alternative has none."""
    texts = [_longest(alternative).lower() for alternative in _alternatives(selector)]
    return texts if all(len(text) >= _MIN for text in texts) else []


def _alternatives(selector: str) -> list[str]:
    """The selector's parts between commas that stand in no quotes or brackets."""
    parts, depth, quote = [""], 0, ""
    for character in selector:
        if quote:
            quote = "" if character == quote else quote
        elif character in "\"'":
            quote = character
        elif character in "[(":
            depth += 1
        elif character in "])":
            depth -= 1
        elif character == "," and depth == 0:
            parts.append("")
            continue
        parts[-1] += character
    return parts


def _longest(alternative: str) -> str:
    plain = _FUNCTION.sub("", alternative)
    texts = [part for found in _ATTRIBUTE.finditer(plain) for part in _attribute_texts(found)]
    names = [found[1] or found[2] for found in _NAMED.finditer(_ATTRIBUTE.sub("", plain))]
    return max([*texts, *(name.replace("\\", "") for name in names)], key=_worth, default="")


def _worth(text: str) -> tuple[bool, int]:
    """How much is won by searching for a text."""
    return len(text) >= _MIN and text.lower() not in _EVERYWHERE, len(text)


def _attribute_texts(found: re.Match[str]) -> list[str]:
    value = found[3] or found[4] or found[5] or ""
    # a reference in the source would hide these characters
    pieces = re.split(r"[&<>\"'\\]", value)
    return [found[1].replace("\\", ""), *pieces]
