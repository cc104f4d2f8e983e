"""The fallback prefilter: an Aho-Corasick search for the rarest literal of each expression.

For machines without a Hyperscan wheel; two to three times slower, with the same hits. Expressions without a
literal are always candidates.
Not here: which literals (literals.py).
"""

from collections.abc import Iterable, Sequence

import orjson
from ahocorasick_rs import AhoCorasick, Implementation

from domain_scheduler.scan.technologies.cache import Cache, digest
from domain_scheduler.scan.technologies.literals import required_literals
from domain_scheduler.scan.technologies.prefilter import Candidate


class LiteralPrefilter:
    """See the module."""

    def __init__(self, expressions: Sequence[str], cache: Cache) -> None:
        required = _required(expressions, cache)
        self._always = [position for position, literals in enumerate(required) if not literals]
        positions: dict[str, list[int]] = {}
        for position, literals in enumerate(required):
            for literal in literals:
                positions.setdefault(literal, []).append(position)
        self._positions = list(positions.values())
        self._automaton = (
            AhoCorasick(list(positions), implementation=Implementation.DFA) if positions else None
        )

    def candidates(self, text: str, encoded: bytes | None = None) -> Iterable[Candidate]:
        """See Prefilter."""
        found = set(self._always)
        if self._automaton is not None:
            matches = self._automaton.find_matches_as_indexes(text.lower(), overlapping=True)
            for literal in {match[0] for match in matches}:
                found.update(self._positions[literal])
        return [Candidate(position, text) for position in sorted(found)]


def _required(expressions: Sequence[str], cache: Cache) -> list[list[str]]:
    key = f"literals-{digest(expressions)}"
    if (kept := cache.get(key)) is not None:
        try:
            return list(orjson.loads(kept))
        except orjson.JSONDecodeError:
            pass
    required = [sorted(required_literals(expression)) for expression in expressions]
    cache.put(key, orjson.dumps(required))
    return required
