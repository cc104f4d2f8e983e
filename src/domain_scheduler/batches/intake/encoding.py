"""Bytes become text: UTF-8, UTF-16 and UTF-32 by their mark, UTF-16 without one, and Latin-1 where it shows.

A list that is UTF-8 but for some lines of another program's Latin-1 (Windows-1252) is read as both: each
byte that is no UTF-8 stands for its character there. Files that are no text at all are refused.
Not here: lines (lines.py).
"""

import codecs
import io
from typing import Final

from domain_scheduler.batches.intake.byte_source import SAMPLE, ByteSource
from domain_scheduler.errors import UnreadableFileError

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CONTROLS: Final = bytes({*range(32), 127} - set(b"\t\n\r\f\x1a\x1b"))
_LATIN: Final = "domain_scheduler.latin"


def _read_as_latin(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    wrong = error.object[error.start : error.end]
    return "".join(_latin(byte) for byte in wrong), error.end


def _latin(byte: int) -> str:
    try:
        return bytes((byte,)).decode("cp1252")
    except UnicodeDecodeError:
        return chr(byte)


codecs.register_error(_LATIN, _read_as_latin)


def find_encoding(sample: bytes) -> str:
    """The encoding of a text that begins with `sample`; raises UnreadableFileError for what is no text."""
    for mark, name in _MARKS:
        if sample.startswith(mark):
            return name
    if b"\0" in sample:
        return _utf16_without_mark(sample)
    if len(sample.translate(None, _CONTROLS)) < 0.98 * len(sample):
        raise UnreadableFileError("this is no text: save the list as CSV or with one domain a line")
    return "utf-8"


def _utf16_without_mark(sample: bytes) -> str:
    """Text mostly of Latin letters has a zero in every second byte, on one side only."""
    half = len(sample) // 2
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    if odd > 0.4 * half and even < 0.05 * half:
        return "utf-16-le"
    if even > 0.4 * half and odd < 0.05 * half:
        return "utf-16-be"
    raise UnreadableFileError("this is no text (it holds zero bytes): save the list as CSV or plain text")


def open_text(source: ByteSource) -> tuple[io.TextIOWrapper, str]:
    """The text of `source` with line ends as `\\n`, and its beginning, which stays to be read."""
    sample = source.sample(SAMPLE)
    encoding = find_encoding(sample)
    errors = _LATIN if encoding.startswith("utf-8") else "replace"
    text = io.TextIOWrapper(io.BufferedReader(source, SAMPLE), encoding, errors, newline=None)
    return text, codecs.getincrementaldecoder(encoding)("ignore").decode(sample)
