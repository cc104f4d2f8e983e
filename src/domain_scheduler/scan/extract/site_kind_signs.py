"""Loads the signs by which a placeholder is told from a site (site_kind_signs.toml).

A sign is a set of patterns for one place of the page and the points that any of them gives to its kind.
`title` and `text` are what a visitor reads; text signs count on short pages only, for a long page may well
talk about parked domains. `source` is the page's code: names of parking services, panels and protections as
they appear in what they serve. Patterns and words are lower case; ^ and $
match at lines. `bare source` is the source of a page with next to no text, `ns` the domain's name servers,
of which words are the ends.
Not here: adding them up (site_kind.py).
"""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final

_FILE: Final = "site_kind_signs.toml"


@dataclass(frozen=True, slots=True)
class Sign:
    """What speaks for a kind. `name` is what the evidence calls it."""

    kind: str
    where: str
    points: int
    name: str
    pattern: re.Pattern[str] | None
    words: tuple[str, ...]

    def is_in(self, lowered: str) -> bool:
        """Whether a lower-case text shows the sign."""
        if self.pattern is not None:
            return self.pattern.search(lowered) is not None
        return any(word in lowered for word in self.words)


@cache
def signs() -> tuple[Sign, ...]:
    """Every sign, in the file's order."""
    rows = tomllib.loads((files(__package__) / _FILE).read_text("utf-8"))["sign"]
    return tuple(_sign(row) for row in rows)


def _sign(row: dict[str, Any]) -> Sign:
    patterns, words = row.get("patterns"), tuple(row.get("words", ()))
    if row["where"] == "ns":
        words = tuple(f".{word} " for word in words)
    pattern = re.compile("|".join(patterns), re.MULTILINE) if patterns else None
    return Sign(row["kind"], row["where"], row["points"], row["name"], pattern, words)
