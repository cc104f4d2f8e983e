"""Texts that must occur wherever an expression matches, read off its parsed form.

For each expression a set of literals (lower case) such that every match holds at least one of them; the set
is chosen for being rare, for a rare literal makes few candidates. Expressions without a usable literal have
none.
Not here: searching for them (literal_prefilter.py).
"""

import re
from collections.abc import Iterable
from re import _constants as opcodes  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any, Final

MIN_LITERAL: Final = 3
_COMMON: Final = re.compile(
    r"^(?:https?:?/*|www\.?|\.?com/?|\.js|\.min\.js|script|<script|<link|<meta|content|href=?|src=?|jquery|class=?|\.css|<div|static|cdn\.?|assets?)$"
)


def required_literals(expression: str) -> frozenset[str]:
    """Literals of which every match of the expression holds at least one; empty where none can be told."""
    tree = parser.parse(expression, re.IGNORECASE | re.ASCII)
    best = max(_choices(tree), key=_rarity, default=frozenset())
    return best if best and min(map(_length, best)) >= MIN_LITERAL else frozenset()


def _length(text: str) -> int:
    """In bytes: a Chinese character is as rare as three letters."""
    return len(text.encode())


def _rarity(literals: frozenset[str]) -> float:
    """Longer is rarer, and a choice of many is as common as all of them together."""
    shortest = min((2 if _COMMON.match(text) else _length(text) for text in literals), default=0)
    return min(shortest, 12) - 0.2 * len(literals)


def _choices(tree: Iterable[tuple[Any, Any]]) -> list[frozenset[str]]:
    """Sets of literals, each of which alone is required."""
    choices: list[frozenset[str]] = []
    run = ""
    for opcode, argument in tree:
        # of other alphabets capitals are left aside: the expressions' own case does not fold them
        if opcode is opcodes.LITERAL and (argument < 128 or not chr(argument).isupper()):
            run += chr(argument).lower()
            continue
        if run:
            choices.append(frozenset({run}))
            run = ""
        choices += _inner(opcode, argument)
    return [*choices, frozenset({run})] if run else choices


def _inner(opcode: Any, argument: Any) -> list[frozenset[str]]:
    if opcode is opcodes.SUBPATTERN:
        return _choices(argument[3])
    if opcode in (opcodes.MAX_REPEAT, opcodes.MIN_REPEAT, opcodes.POSSESSIVE_REPEAT):
        return _choices(argument[2]) if argument[0] > 0 else []
    if opcode is opcodes.ATOMIC_GROUP:
        return _choices(argument)
    if opcode is opcodes.BRANCH:
        return _of_branches(argument[1])
    return []


def _of_branches(branches: Iterable[Any]) -> list[frozenset[str]]:
    """A match takes one branch, so the best of each together are required."""
    best = [max(_choices(branch), key=_rarity, default=frozenset()) for branch in branches]
    return [frozenset().union(*best)] if all(best) else []
