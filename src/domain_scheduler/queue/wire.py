"""Values as the JSON text that Postgres takes as one parameter.

Pages hold anything, and one odd value must not keep the two hundred answers beside it from being stored:
NUL (which jsonb refuses) and halves of surrogate pairs (which are no text) become U+FFFD, integers beyond
64 bits become text, what is nested deeper than `DEEPEST` is cut off.
Not here: what is sent (store.py, claims.py).
"""

from typing import Any, Final

import orjson

DEEPEST: Final = 100
"""Levels of lists and objects; orjson itself stops at 254."""

_NUL: Final = "\\u0000"
_INTEGERS: Final = range(-(2**63), 2**63)


def as_json(value: Any) -> str:
    """`value` as JSON (NaN becomes null); raises TypeError for what JSON cannot hold."""
    try:
        text = orjson.dumps(value).decode()
    except orjson.JSONEncodeError:
        return orjson.dumps(_cleaned(value, DEEPEST)).decode()
    return orjson.dumps(_cleaned(value, DEEPEST)).decode() if _NUL in text else text


def _cleaned(value: Any, levels: int) -> Any:
    if isinstance(value, str):
        return _clean_text(value)
    if isinstance(value, int) and value not in _INTEGERS:
        return str(value)
    if isinstance(value, dict):
        return {_clean_text(str(k)): _cleaned(v, levels - 1) for k, v in value.items()} if levels else None
    if isinstance(value, list | tuple):
        return [_cleaned(item, levels - 1) for item in value] if levels else None
    return value


def _clean_text(text: str) -> str:
    # UTF-16 joins surrogates that belong together and leaves only real halves to be replaced
    return text.replace("\0", "\ufffd").encode("utf-16", "surrogatepass").decode("utf-16", "replace")
