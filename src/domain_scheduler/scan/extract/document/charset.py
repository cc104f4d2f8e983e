"""The bytes of a page as text, by the charset that it really has.

The order is WHATWG's: byte order mark, Content-Type header, the page's own declaration, then detection
(docs: https://html.spec.whatwg.org/#determining-the-character-encoding). One step is ours: a declaration that
the bytes contradict is overruled, for a page that is valid UTF-8 with letters beyond ASCII is UTF-8 whatever
it says, and one that says UTF-8 but is riddled with invalid bytes is not.
Not here: how detection works (detection.py).
"""

import codecs
import re
from dataclasses import dataclass
from typing import Final

from domain_scheduler.scan.extract.document.detection import charset_by_form, codec_of, detect_charset

_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16le"),
    (codecs.BOM_UTF16_BE, "utf-16be"),
)
_HEADER: Final = re.compile(r"charset\s*+=\s*+[\"']?\s*+([^\s\"';,]+)", re.IGNORECASE)
_COMMENT: Final = re.compile(rb"<!--.*?(?:-->|\Z)", re.DOTALL)
_META: Final = re.compile(rb"<meta[\s/][^>]*?charset\s*+=\s*+[\"']?\s*+([^\s\"'/>;]+)", re.IGNORECASE)
_XML: Final = re.compile(rb"\A\s*<\?xml[^>]*?encoding\s*=\s*[\"']([^\"']+)", re.IGNORECASE)
_PRESCAN: Final = 4096
"""WHATWG looks at 1,024 bytes and parses anew for a later declaration; looking further is the same."""
_MAX_INVALID: Final = 0.01
"""Share of undecodable characters above which a page is not what it says."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """A page's text, its charset (WHATWG's name), what told it, and the text in UTF-8 where it came so."""

    text: str
    charset: str
    source: str
    utf_8: bytes | None = None


def decode(body: bytes, *, content_type: str, top_level_domain: str) -> Decoded:
    """Decode a page; bytes that its charset does not know become U+FFFD."""
    for mark, charset in _BOMS:
        if body.startswith(mark):
            return Decoded(_text(body[len(mark) :], charset), charset, "bom")
    declared = _declared(body, content_type)
    if declared is None:
        return _detected(body, top_level_domain, "detection")
    charset, source = declared
    if charset != "utf-8":
        return _unless_utf8(body, charset, source)
    text = _text(body, charset)
    invalid = text.count("\ufffd")
    if invalid > _MAX_INVALID * len(text):
        return _detected(body, top_level_domain, f"detection against {source}")
    return Decoded(text, charset, source, None if invalid else body)


def _declared(body: bytes, content_type: str) -> tuple[str, str] | None:
    """The first usable label in header and page, as (charset, source)."""
    header = _HEADER.search(content_type)
    if header and (charset := codec_of(header[1])):
        return charset, "header"
    head = body[:_PRESCAN]
    for label in _META.findall(_COMMENT.sub(b"", head)):
        if charset := codec_of(label.decode("ascii", "replace")):
            return _as_ascii_superset(charset), "meta"
    declaration = _XML.search(head)
    if declaration and (charset := codec_of(declaration[1].decode("ascii", "replace"))):
        return _as_ascii_superset(charset), "xml"
    return None


def _as_ascii_superset(charset: str) -> str:
    """A declaration that could be read as ASCII cannot be UTF-16."""
    return "utf-8" if charset.startswith("utf-16") else charset


def _unless_utf8(body: bytes, charset: str, source: str) -> Decoded:
    if not body.isascii() and (text := _strict_utf8(body)) is not None:
        return Decoded(text, "utf-8", f"bytes against {source}")
    return Decoded(_text(body, charset), charset, source)


def _strict_utf8(body: bytes) -> str | None:
    """The text if every byte is UTF-8; a character cut off at the end is forgiven."""
    for end in range(len(body), max(len(body) - 4, -1), -1):
        try:
            return body[:end].decode("utf-8")
        except UnicodeDecodeError as error:
            if error.end < len(body) - 3:
                return None
    return None


def _detected(body: bytes, top_level_domain: str, source: str) -> Decoded:
    charset = charset_by_form(body)
    if charset is None and (text := _strict_utf8(body)) is not None:
        return Decoded(text, "utf-8", source)
    charset = charset or detect_charset(body, top_level_domain)
    return Decoded(_text(body, charset), charset, source)


def _text(body: bytes, charset: str) -> str:
    return body.decode(f"whatwg-{charset}")
