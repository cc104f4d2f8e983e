"""Loads the signs by which a placeholder is told from a site (site_kind_signs.toml).

A sign is a set of patterns for one place of the page and the points that any of them gives to its kind.
`title` and `text` are what a visitor reads; text signs count on short pages only, for a long page may well
talk about parked domains. `source` is the page's code: names of parking services, panels and protections as
they appear in what they serve. Patterns ignore case; ^ and $ match at lines.
Not here: adding them up (site_kind.py).
"""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

_FILE: Final = "site_kind_signs.toml"


@dataclass(frozen=True, slots=True)
class Sign:
    """Patterns that speak for a kind. `name` is what the evidence calls them."""

    kind: str
    where: str
    points: int
    name: str
    pattern: re.Pattern[str]


@cache
def signs() -> tuple[Sign, ...]:
    """Every sign, in the file's order."""
    rows = tomllib.loads((files(__package__) / _FILE).read_text("utf-8"))["sign"]
    return tuple(
        Sign(row["kind"], row["where"], row["points"], row["name"], _compiled(row["patterns"]))
        for row in rows
    )


def _compiled(patterns: list[str]) -> re.Pattern[str]:
    return re.compile("|".join(patterns), re.IGNORECASE | re.MULTILINE)
