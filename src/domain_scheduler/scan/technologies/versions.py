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


def version_of(template: str, match: re.Match[str] | None) -> str | None:
    """The version in a match; None where it tells none."""
    if not template:
        return None
    chosen = _TERNARY.sub(lambda ternary: ternary[2] if _group(match, ternary[1]) else ternary[3], template)
    version = _GROUP.sub(lambda group: _group(match, group[1]), chosen).strip(" .-_")
    return version if 0 < len(version) <= _MAX_VERSION else None


def _group(match: re.Match[str] | None, number: str) -> str:
    if match is None or int(number) > match.re.groups:
        return ""
    return match[int(number)] or ""


def more_precise(one: str | None, other: str | None) -> str | None:
    """The version that only says more than the other, else the first."""
    if one is None or other is None:
        return one or other
    return other if other.startswith(f"{one}.") else one
