"""What tells a later scan whether the page has changed: a hash and a similarity hash of its visible text.

The content hash changes with every letter. The simhash (Charikar, 64 bits over pairs of words) changes little
when little changes: the number of differing bits tells how much. A pair's hash is made of the checksums
(CRC-32) of its two words, each multiplied by another odd number, so that "a b" is not "b a".
Not here: comparing two scans.
"""

import struct
from hashlib import sha256
from typing import Any, Final
from zlib import crc32

from domain_scheduler.scan.extract.document.reading import Reading

_MAX_WORDS: Final = 500
_FACTORS: Final = (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F)
"""Odd numbers without a pattern (the golden ratio, and xxHash's second prime) spread 32 bits over 64."""
_ALL_BITS: Final = 2**64 - 1


def fingerprints(reading: Reading) -> dict[str, Any]:
    """`content_hash` (SHA-256, hex) and `simhash` (16 hex digits); None where there is no text."""
    words = reading.tree.lowered_words()
    if not words:
        return {"content_hash": None, "simhash": None}
    text = " ".join(words).encode("utf-8", "replace")
    beginning = text.split(b" ", _MAX_WORDS)[:_MAX_WORDS]
    return {"content_hash": sha256(text).hexdigest(), "simhash": f"{simhash(beginning):016x}"}


def simhash(words: list[bytes]) -> int:
    """The similarity hash of a sequence of words: each bit is that of most of its pairs."""
    sums = list(map(crc32, words))
    one, other = _FACTORS
    pairs = {
        one * first + other * second & _ALL_BITS
        for first, second in zip(sums, sums[1:] or sums, strict=False)
    }
    written = struct.pack(f">{len(pairs)}Q", *pairs)
    # a bit of all pairs at once: each pair's byte gives one, at its place in a long number
    lowest = int.from_bytes(b"\1" * len(pairs))
    columns = [int.from_bytes(written[byte::8]) for byte in range(8)]
    counts = [(column >> bit & lowest).bit_count() for column in columns for bit in range(7, -1, -1)]
    return int("".join(["1" if 2 * count > len(pairs) else "0" for count in counts]), 2)
