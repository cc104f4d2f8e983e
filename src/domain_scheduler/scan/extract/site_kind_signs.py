"""The signs by which a placeholder is told from a site (site_kind_signs.toml), and those that a text shows.

A sign is a set of patterns for one place of the page and the points that any of them gives to its kind.
`title` and `text` are what a visitor reads; text signs count on short pages only, for a long page may well
talk about parked domains. `source` is the page's code: names of parking services, panels and protections as
they appear in what they serve. Patterns and words are lower case; ^ and $
match at lines. `bare source` is the source of a page with next to no text, `ns` the domain's name servers,
of which words are the ends. All patterns of a place are looked for at once by the texts that they require.
Not here: adding them up (site_kind.py).
"""

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final

from domain_scheduler.scan.technologies.cache import Cache
from domain_scheduler.scan.technologies.literal_prefilter import LiteralPrefilter

_FILE: Final = "site_kind_signs.toml"


@dataclass(frozen=True, slots=True)
class Sign:
    """What speaks for a kind. `name` is what the evidence calls it."""

    kind: str
    points: int
    name: str


def signs_in(where: str, lowered: str) -> list[Sign]:
    """The signs for a place that a lower-case text shows, in the file's order."""
    return _signs()[where].shown(lowered)


class _Signs:
    """The signs for one place."""

    def __init__(self, rows: Sequence[dict[str, Any]]) -> None:
        self._signs = [Sign(row["kind"], row["points"], row["name"]) for row in rows]
        owned = [(number, pattern) for number, row in enumerate(rows) for pattern in _patterns(row)]
        self._owners = [number for number, _ in owned]
        self._patterns = [pattern for _, pattern in owned]
        self._prefilter = LiteralPrefilter(self._patterns, Cache(None))

    def shown(self, lowered: str) -> list[Sign]:
        shown: dict[int, None] = {}
        for candidate in self._prefilter.candidates(lowered):
            owner = self._owners[candidate.position]
            if owner not in shown and _compiled(self._patterns[candidate.position]).search(lowered):
                shown[owner] = None
        return [self._signs[number] for number in sorted(shown)]


@cache
def _signs() -> dict[str, _Signs]:
    """The signs of each place."""
    rows = tomllib.loads((files(__package__) / _FILE).read_text("utf-8"))["sign"]
    places = dict.fromkeys(row["where"] for row in rows)
    return {where: _Signs([row for row in rows if row["where"] == where]) for where in places}


def _patterns(row: dict[str, Any]) -> list[str]:
    words = row.get("words", ())
    if row["where"] == "ns":
        words = [f".{word} " for word in words]
    return [*row.get("patterns", ()), *map(re.escape, words)]


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """Compiled when it is first needed: of hundreds a page needs a few."""
    return re.compile(pattern, re.MULTILINE)
