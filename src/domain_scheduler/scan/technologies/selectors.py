"""Texts (lower case) that must stand in the source of a page in which a CSS selector finds something.

Of each alternative the longest of its ids, classes, attribute values and custom elements, else of its names
of attributes; those that stand in every page only where there is nothing else. What stands in `:not(...)` and
the like is not required. An attribute that the source writes with character references (`&#x2F;`) escapes;
nobody does.
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
"""Characters of a text that tells anything by itself."""
_RARE: Final = 3
"""Characters of a text that is rarer than one of `_EVERYWHERE`."""
_TELLING: Final = 6
"""Characters of a value, id, class or custom element that is rarer than the name of an attribute."""
_EVERYWHERE: Final = frozenset(
    {"class", "href", "content", "style", "name", "type", "value", "hidden", "stylesheet", "text/css"}
    | {"canonical", "srcset", "text", "button", "dns-prefetch", "application"}
)


def required_texts(selector: str) -> list[str]:
    """One text for each alternative; empty where an alternative has none."""
    texts = [_texts(alternative) for alternative in _alternatives(selector)]
    told = all(any(len(text) >= _MIN for text in choice) for choice in texts)
    return [max(choice, key=lambda text: _worth(text, choice[text])) for choice in texts] if told else []


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


def _texts(alternative: str) -> dict[str, bool]:
    """The texts that an alternative needs, lower case, and whether each is more than an attribute's name."""
    plain = _FUNCTION.sub("", alternative)
    attributes = list(_ATTRIBUTE.finditer(plain))
    texts = dict.fromkeys((found[1].replace("\\", "").lower() for found in attributes), False)
    for found in attributes:
        # a reference in the source would hide these characters
        pieces = re.split(r"[&<>\"'\\]", found[3] or found[4] or found[5] or "")
        texts |= dict.fromkeys((piece.lower() for piece in pieces), True)
    for found in _NAMED.finditer(_ATTRIBUTE.sub("", plain)):
        texts[(found[1] or found[2]).replace("\\", "").lower()] = True
    return texts


def _worth(text: str, telling: bool) -> tuple[bool, bool, int]:
    """How much is won by searching for a text."""
    return len(text) >= _RARE and text not in _EVERYWHERE, telling and len(text) >= _TELLING, len(text)
