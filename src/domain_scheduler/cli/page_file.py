"""Reads a saved page from a file, a pipe or standard input, and says what is wrong with one that is none.

A gzipped page is unpacked, within the bound that holds for pages from the web. What has the bytes of a binary
file is refused as browsers would refuse it (https://mimesniff.spec.whatwg.org, "binary data byte").
Not here: reading what the page says (scan/extract).
"""

import sys
from pathlib import Path
from typing import Final

from domain_scheduler.errors import InputError
from domain_scheduler.scan.extract.document.detection import charset_by_form
from domain_scheduler.scan.fetch.bodies import Inflater
from domain_scheduler.scan.fetch.failures import FetchError

STANDARD_INPUT: Final = "-"
_GZIP: Final = b"\x1f\x8b"
_WIDE_MARKS: Final = (b"\xff\xfe", b"\xfe\xff")
_LOOKED_AT: Final = 1_445
_BINARY: Final = frozenset(range(0x20)) - frozenset(b"\t\n\x0c\r\x1b")
_KNOWN: Final = (
    (b"%PDF-", "a PDF"),
    (b"PK\x03\x04", "a ZIP archive"),
    (b"\x89PNG", "a picture"),
    (b"GIF8", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"\x7fELF", "a program"),
)


def read_page_file(what: str, *, max_bytes: int) -> bytes | None:
    """The page; None where there is no such file. Raises InputError for a file that holds no page."""
    content = sys.stdin.buffer.read() if what == STANDARD_INPUT else _content(what)
    if content is None:
        return None
    name = "standard input" if what == STANDARD_INPUT else what
    if content.startswith(_GZIP):
        content = _unpacked(name, content, max_bytes)
    if not content.strip():
        raise InputError(f"{name} is empty")
    if (kind := _foreign(content)) is not None:
        raise InputError(f"{name} is no web page: it looks like {kind}")
    return content


def _content(what: str) -> bytes | None:
    path = Path(what)
    try:
        if path.is_dir():
            raise InputError(f"{what} is a folder: name one page in it")
        return path.read_bytes() if path.exists() else None
    except OSError as exc:
        raise InputError(f"{what} cannot be read: {exc.strerror}") from exc


def _unpacked(name: str, content: bytes, max_bytes: int) -> bytes:
    try:
        return b"".join(Inflater("gzip", limit=max_bytes).feed(content))
    except FetchError as exc:
        raise InputError(f"{name} is no whole gzip file: {exc.message}") from exc


def _foreign(content: bytes) -> str | None:
    """What a file is that holds no text."""
    if kind := next((kind for mark, kind in _KNOWN if content.startswith(mark)), None):
        return kind
    if content.startswith(_WIDE_MARKS) or charset_by_form(content) is not None:
        return None
    return None if _BINARY.isdisjoint(content[:_LOOKED_AT]) else "a binary file"
