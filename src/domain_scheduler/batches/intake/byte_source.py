"""The bytes of a list: anything with `read(n)`, unpacked when it is gzip, never more than a bound.

Only what is asked for is read, so a list of any length takes the memory of one block, and an archive that
grows without end (a "bomb") stops at the bound. A beginning can be looked at without losing it.
Not here: what the bytes mean (encoding.py).
"""

import gzip
import io
import zlib
from collections.abc import Callable
from typing import Final, Protocol

from domain_scheduler.errors import TooLargeError, UnreadableFileError

SAMPLE: Final = 65_536
"""Bytes at the beginning that decide what a file is."""

_FOREIGN: Final = (
    (b"PK\x03\x04", "a ZIP or Excel file: save the sheet as CSV"),
    (b"\xd0\xcf\x11\xe0", "an old Excel or Word file: save the sheet as CSV"),
    (b"%PDF", "a PDF: save the list as text"),
    (b"PAR1", "a Parquet file: save the table as CSV"),
    (b"BZh", "packed with bzip2: unpack it first, only gzip is read packed"),
    (b"\xfd7zXZ", "packed with xz: unpack it first, only gzip is read packed"),
    (b"\x28\xb5\x2f\xfd", "packed with zstd: unpack it first, only gzip is read packed"),
)


class Readable(Protocol):
    """What a list can be read from: a file opened in binary mode, an upload, standard input."""

    def read(self, size: int, /) -> bytes:
        """Up to `size` bytes; none at the end."""
        ...


class ByteSource(io.RawIOBase):
    """Bytes from `read`, counted against `limit`, whose beginning can be looked at ahead."""

    def __init__(self, read: Callable[[int], bytes], limit: int | None) -> None:
        super().__init__()
        self._read, self._limit = read, limit
        self._ahead = b""
        self._count = 0

    def readable(self) -> bool:
        """Always."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """Fill `buffer` as far as the next piece reaches; 0 at the end."""
        data = self._ahead[: len(buffer)] or self._next(len(buffer))
        self._ahead = self._ahead[len(data) :]
        buffer[: len(data)] = data
        return len(data)

    def sample(self, size: int) -> bytes:
        """The first `size` bytes, fewer when there are no more; they stay to be read."""
        while len(self._ahead) < size and (data := self._next(size - len(self._ahead))):
            self._ahead += data
        return self._ahead

    def _next(self, size: int) -> bytes:
        try:
            data = self._read(size)
        except (EOFError, gzip.BadGzipFile, zlib.error) as exc:
            raise UnreadableFileError(f"the gzip file is cut off or damaged: {exc}") from exc
        self._count += len(data)
        if self._limit is not None and self._count > self._limit:
            raise TooLargeError(f"the list is longer than the allowed {self._limit:,} bytes")
        return data


def open_source(source: Readable, *, max_bytes: int | None = None) -> ByteSource:
    """`source` unpacked; raises UnreadableFileError for a kind of file that is no list.

    `max_bytes` bounds what is read, before and after unpacking; beyond it reading raises TooLargeError.
    """
    opened = ByteSource(source.read, max_bytes)
    beginning = opened.sample(8)
    if beginning.startswith(b"\x1f\x8b"):
        unpacked = gzip.GzipFile(fileobj=io.BufferedReader(opened, SAMPLE))
        opened = ByteSource(unpacked.read, max_bytes)
        beginning = opened.sample(8)
    for magic, what in _FOREIGN:
        if beginning.startswith(magic):
            raise UnreadableFileError(f"this is {what}")
    return opened
