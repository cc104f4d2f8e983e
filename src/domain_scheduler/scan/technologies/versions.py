"""The version that a match tells, by its pattern's template.

A template holds `\\1` for the first group, and may choose: `\\1?new:old` is `new` where the group matched,
else `old`. What does not begin like a version afterwards is none.
Not here: which pattern matched (matcher.py).
"""

import re
from typing import Final

_TERNARY: Final = re.compile(r"\\(\d)\?([^:]*):(.*)$")
_GROUP: Final = re.compile(r"\\(\d)")
_MAX_VERSION: Final = 32


def version_of(template: str, match: re.Match[str]) -> str | None:
    """The version in a match; None where it tells none."""
    if not template:
        return None
    chosen = _TERNARY.sub(lambda ternary: ternary[2] if _group(match, ternary[1]) else ternary[3], template)
    version = _GROUP.sub(lambda group: _group(match, group[1]), chosen).strip(" .-_")
    return version if 0 < len(version) <= _MAX_VERSION else None


def _group(match: re.Match[str], number: str) -> str:
    return (match[int(number)] or "") if int(number) <= match.re.groups else ""


def more_precise(one: str | None, other: str | None) -> str | None:
    """Of two versions the one that says more; the first of equals."""
    if one is None or other is None:
        return one or other
    return other if len(other) > len(one) else one
