"""Texts that must occur wherever an expression matches, read off its parsed form.

For each expression a set of literals (lower case) such that every match holds at least one of them; the set
is chosen for being rare, for a rare literal makes few candidates. Expressions without a usable literal have
none.
Not here: searching for them (literal_prefilter.py, hyperscan_database.py).
"""

import re
from collections.abc import Iterable
from re import _constants as opcodes  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any, Final

MIN_LITERAL: Final = 3
_MAX_SPELLINGS: Final = 16
"""Ways to write one stretch of an expression that are told apart."""
_COMMON: Final = re.compile(
    r"</?[a-z]+|(?:id|class|href|src|rel|name|content|property|type|title|alt|style|value)=|og:[a-z_]+|https?:"
    r"|www\.|\.com|\.min|\.js|\.css|script|jquery|content|static|cdn|assets?|stylesheet|table|link|powered by"
    r"|generator|[\"'<>=/ ]"
)
"""What stands in every page, and makes no literal rarer."""


def required_literals(expression: str) -> frozenset[str]:
    """Literals of which every match of the expression holds at least one; empty where none can be told."""
    tree = parser.parse(expression, re.IGNORECASE | re.ASCII)
    best = max(_choices(tree), key=_rarity, default=frozenset())
    return best if best and min(map(_length, best)) >= MIN_LITERAL else frozenset()


def _length(text: str) -> int:
    """In bytes: a Chinese character is as rare as three letters."""
    return len(text.encode())


def _rarity(literals: frozenset[str]) -> tuple[float, int]:
    """Longer is rarer, and a choice of many is as common as all of them together."""
    shortest = min((_length(_COMMON.sub("", text)) for text in literals), default=0)
    return min(shortest, 12) - 0.2 * len(literals), min(map(_length, literals), default=0)


def _choices(tree: Iterable[tuple[Any, Any]]) -> list[frozenset[str]]:
    """Sets of literals, each of which alone is required."""
    choices: list[frozenset[str]] = []
    run = frozenset({""})
    for opcode, argument in tree:
        spelled = _spellings(opcode, argument)
        if len(run) * len(spelled) not in range(1, _MAX_SPELLINGS + 1):
            choices += [run, *_inner(opcode, argument)]
            run = frozenset({""})
        else:
            run = _joined(run, spelled)
    return [*choices, run]


def _joined(run: frozenset[str], spelled: frozenset[str]) -> frozenset[str]:
    return frozenset(before + after for before in run for after in spelled)


def _spellings(opcode: Any, argument: Any) -> frozenset[str]:
    """Everything that a part of an expression matches, lower case; empty where that is too much to tell."""
    if opcode is opcodes.LITERAL:
        # of other alphabets capitals are left aside: the expressions' own case does not fold them
        known = argument < 128 or not chr(argument).isupper()
        return frozenset({chr(argument).lower()} if known else ())
    if opcode is opcodes.SUBPATTERN:
        return _spelled(argument[3])
    if opcode is opcodes.BRANCH:
        branches = [_spelled(branch) for branch in argument[1]]
        return frozenset().union(*branches) if all(branches) else frozenset()
    if opcode is opcodes.MAX_REPEAT and tuple(argument[:2]) == (0, 1):
        optional = _spelled(argument[2])
        return optional | {""} if optional else optional
    return frozenset()


def _spelled(tree: Iterable[tuple[Any, Any]]) -> frozenset[str]:
    run = frozenset({""})
    for opcode, argument in tree:
        run = _joined(run, _spellings(opcode, argument))
        if len(run) > _MAX_SPELLINGS:
            return frozenset()
    return run


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
