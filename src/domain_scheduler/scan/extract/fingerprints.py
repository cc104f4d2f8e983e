"""What tells a later scan whether the page has changed: a hash and a similarity hash of its visible text.

The content hash changes with every letter. The simhash (Charikar, 64 bits over pairs of words) changes little
when little changes: the number of differing bits tells how much. A pair's hash is made of those of its two
words, which most pages share and a process remembers; the second word's bytes change places, so that "a b" is
not "b a".
Not here: comparing two scans.
"""

from functools import lru_cache
from hashlib import blake2b, sha256
from typing import Any, Final

from domain_scheduler.scan.extract.document.reading import Reading

_MAX_WORDS: Final = 500
_ONES: Final = tuple(bytes(value >> bit & 1 for value in range(256)) for bit in range(7, -1, -1))
"""For each bit of a byte, highest first: the table that turns a byte into that bit."""


def fingerprints(reading: Reading) -> dict[str, Any]:
    """`content_hash` (SHA-256, hex) and `simhash` (16 hex digits); None where there is no text."""
    words = reading.tree.visible_text().lower().split()
    if not words:
        return {"content_hash": None, "simhash": None}
    digest = sha256(" ".join(words).encode("utf-8", "replace")).hexdigest()
    return {"content_hash": digest, "simhash": f"{simhash(words[:_MAX_WORDS]):016x}"}


def simhash(words: list[str]) -> int:
    """The similarity hash of a sequence of words."""
    pairs = set(zip(words, words[1:] or words, strict=False))
    firsts, seconds = (b"".join(map(_word_hash, column)) for column in zip(*pairs, strict=True))
    columns = (_xor(firsts[byte::8], seconds[byte - 3 :: 8]) for byte in range(8))
    bits = (2 * column.translate(ones).count(1) > len(pairs) for column in columns for ones in _ONES)
    return int("".join("1" if bit else "0" for bit in bits), 2)


@lru_cache(maxsize=16_384)
def _word_hash(word: str) -> bytes:
    return blake2b(word.encode("utf-8", "replace"), digest_size=8).digest()


def _xor(one: bytes, other: bytes) -> bytes:
    return (int.from_bytes(one) ^ int.from_bytes(other)).to_bytes(len(one))
