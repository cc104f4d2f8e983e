"""Mends a response's head where browsers do, and the client's parser would refuse the whole answer.

Lines that are no header are left out, blanks before a colon too; the same Content-Length twice is one, and
none beside a chunked body. A connection that needed it carries no other request (head_limit.py), so no two
readers can disagree on where an answer ends. What is worse than that stays as it is, and is refused.
Not here: the bound on a head (head_limit.py), values (egress.py).
"""

import re
from collections.abc import Iterable
from typing import Final

_NAME: Final = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+").fullmatch
_WELL_FORMED: Final = re.compile(rb"[^\n]*\n(?:[!#$%&'*+.^_`|~0-9A-Za-z-]++:[^\n]*\n)*+\r?\n").fullmatch
_LENGTH: Final = b"content-length"
_CODING: Final = b"transfer-encoding"


def repaired(head: bytes) -> bytes:
    """The head, status line and empty line included, as the parser takes it."""
    if _WELL_FORMED(head) and not _has_odd_length(head.lower()):
        return head
    status, *lines = head.split(b"\n")
    headers = list(_headers(lines))
    if _needs_one_length(headers):
        headers = _with_one_length(headers)
    return b"\n".join([status, *(line for _, line in headers), b"\r", b""])


def _has_odd_length(lowered: bytes) -> bool:
    """Whether a length needs a second look: one of several, a list, one beside a coding of the transfer."""
    before, found, after = lowered.partition(b"\n" + _LENGTH)
    if not found:
        return False
    return _LENGTH in after or b"," in after.partition(b"\n")[0] or _CODING in before or _CODING in after


def _headers(lines: Iterable[bytes]) -> Iterable[tuple[bytes, bytes]]:
    """(name in lower case, line) of the lines that are headers; a folded line goes with the one before it."""
    name = b""
    for line in lines:
        if line[:1] in (b" ", b"\t"):
            if name and line.strip():
                yield name, line
            continue
        raw_name, colon, value = line.partition(b":")
        bare_name = raw_name.rstrip(b" \t")
        name = bare_name.lower() if colon and _NAME(bare_name) else b""
        if name:
            yield name, line if bare_name == raw_name else bare_name + colon + value


def _needs_one_length(headers: list[tuple[bytes, bytes]]) -> bool:
    names = [name for name, _ in headers]
    lengths = [line for name, line in headers if name == _LENGTH]
    return len(lengths) > 1 or any(b"," in line for line in lengths) or (bool(lengths) and _CODING in names)


def _with_one_length(headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """The headers with one Content-Length where all agree, or none where the body is chunked."""
    others = [header for header in headers if header[0] != _LENGTH]
    if any(name == _CODING and b"chunked" in line.lower() for name, line in others):
        return others
    lines = [line.partition(b":")[2] for name, line in headers if name == _LENGTH]
    lengths = {length.strip() for line in lines for length in line.split(b",")}
    if len(lengths) != 1:
        return headers
    return [*others, (_LENGTH, b"Content-Length: " + lengths.pop() + b"\r")]
