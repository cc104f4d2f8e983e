"""What happens to pages on their way: bytes lost, changed, in another order, under another label.

Damage is made by a seeded generator, so that it can be repeated.
Not here: the pages.
"""

import random
from collections.abc import Callable, Mapping
from typing import Final

_MAX_FLIPS: Final = 200

WRONG_LABELS: Final = (
    "utf-16",
    "shift_jis",
    "windows-1251",
    "iso-2022-jp",
    "utf-7",
    "gb18030",
    "x-user-defined",
    "\u0130",
)
"""Charsets that hardly a page is in, one that browsers refuse, and one that is none."""


def _cut(body: bytes, chance: random.Random) -> bytes:
    return body[: chance.randrange(len(body) + 1)]


def _flipped(body: bytes, chance: random.Random) -> bytes:
    damaged = bytearray(body)
    for _ in range(min(len(damaged), _MAX_FLIPS)):
        damaged[chance.randrange(len(damaged))] = chance.randrange(256)
    return bytes(damaged)


def _shuffled(body: bytes, chance: random.Random) -> bytes:
    parts = body.split(b"<")
    chance.shuffle(parts)
    return b"<".join(parts)


DAMAGES: Final[Mapping[str, Callable[[bytes, random.Random], bytes]]] = {
    "cut": _cut,
    "flipped": _flipped,
    "shuffled": _shuffled,
}
"""Cut at a byte; two hundred bytes changed; its tags in another order."""
