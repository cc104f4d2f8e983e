"""The single place where what was read leaves the room: cleaned, bounded, JSON-ready.

Postgres refuses U+0000 and lone surrogates in text and jsonb, and JSON knows neither NaN nor infinity: none
of them passes here. Everything is cut at a bound, so that one page cannot fill a database.
Not here: what the values mean.
"""

import math
import re
from collections.abc import Mapping
from itertools import islice
from typing import Any, Final

MAX_TEXT: Final = 4_096
MAX_ITEMS: Final = 200
MAX_DEPTH: Final = 8
_MAX_INTEGER: Final = 2**53
_MAPPINGS: Final = (dict, Mapping)
_SEQUENCES: Final = (list, tuple)

_REFUSED: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b\u2060\ufeff\ud800-\udfff\ufffe\uffff]")


def clean_text(text: str, *, limit: int = MAX_TEXT) -> str:
    """The text, cut at `limit` characters, without what a database refuses and spaces of no width."""
    if len(text) <= limit and text.isprintable():
        return text
    return _REFUSED.sub("", text[: 2 * limit])[:limit]


def clean(value: Any, depth: int = MAX_DEPTH) -> Any:
    """The value as JSON can hold it: text cleaned, containers cut, the too deep dropped (None)."""
    if isinstance(value, str):
        return value if len(value) <= MAX_TEXT and value.isprintable() else clean_text(value)
    if value is None or value is True or value is False:
        return value
    if isinstance(value, int):
        return value if abs(value) <= _MAX_INTEGER else str(value)[:MAX_TEXT]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if depth == 0:
        return None
    if isinstance(value, _MAPPINGS):
        return {
            clean_text(str(key), limit=256): clean(inner, depth - 1)
            for key, inner in islice(value.items(), MAX_ITEMS)
        }
    if isinstance(value, _SEQUENCES):
        return [clean(inner, depth - 1) for inner in value[:MAX_ITEMS]]
    return None
