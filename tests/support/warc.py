"""Reads the HTTP responses of a WARC file: status, real headers, exact body.

Only what a server needs to answer again: hop-by-hop headers and notes of the archivist are dropped, chunked
bodies are joined, and Content-Encoding stays only where the stored body still is so encoded.
Not here: which response answers which request (corpus_archive.py).
"""

import gzip
import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import brotli

_LENGTH: Final = frozenset({"content-length", "transfer-encoding"})
_HOP_BY_HOP: Final = frozenset({"connection", "keep-alive", "proxy-connection", "te", "trailer", "upgrade"})
_ARCHIVIST: Final = ("x-archive-", "warc-", "x-crawler-", "x-warcprox-")


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchivedResponse:
    """One recorded response; `headers` in their order and spelling, `body` as it goes over the wire."""

    url: str
    status: int
    reason: str
    headers: tuple[tuple[str, str], ...]
    body: bytes


def read_responses(path: Path) -> Iterator[ArchivedResponse]:
    """The response records of a gzipped WARC file that hold HTTP, in order."""
    data = gzip.decompress(path.read_bytes())
    position = 0
    while (end := data.find(b"\r\n\r\n", position)) >= 0:
        _, fields = _head(data[position:end])
        record = {name.lower(): value for name, value in fields}
        block = data[end + 4 : end + 4 + int(record["content-length"])]
        position = end + 4 + len(block) + 4
        if record["warc-type"] == "response" and block.startswith(b"HTTP/"):
            yield _response(record["warc-target-uri"].strip("<>"), block)


def _response(url: str, block: bytes) -> ArchivedResponse:
    head, body = _split(block)
    status_line, fields = _head(head)
    _, status, *reason = status_line.split(" ", 2)
    named = {name.lower(): value for name, value in fields}
    if "chunked" in named.get("transfer-encoding", "").lower():
        body = _joined(body)
    encoded = _is_encoded(body, named.get("content-encoding", ""))
    return ArchivedResponse(
        url=url,
        status=int(status),
        reason=reason[0] if reason else "",
        headers=tuple((name, value) for name, value in fields if _kept(name.lower(), encoded=encoded)),
        body=body,
    )


def _split(block: bytes) -> tuple[bytes, bytes]:
    """Head and body; some old servers ended their lines with a bare newline."""
    match = re.search(rb"\r?\n\r?\n", block)
    if match is None:
        return block, b""
    return block[: match.start()], block[match.end() :]


def _head(head: bytes) -> tuple[str, list[tuple[str, str]]]:
    """The first line and the fields after it; folded lines are unfolded, junk lines dropped."""
    text = re.sub(r"\r?\n[ \t]+", " ", head.decode("latin-1"))
    first, *lines = re.split(r"\r?\n", text)
    pairs = (line.partition(":") for line in lines if ":" in line)
    return first, [(name.strip(), value.strip()) for name, _, value in pairs]


def _joined(body: bytes) -> bytes:
    """A chunked body as one; returned as it is where the archivist had joined it already."""
    parts: list[bytes] = []
    rest = body
    while match := re.match(rb"([0-9A-Fa-f]+)[ \t]*(?:;[^\r\n]*)?\r\n", rest):
        size = int(match.group(1), 16)
        if size == 0:
            return b"".join(parts)
        parts.append(rest[match.end() : match.end() + size])
        rest = rest[match.end() + size + 2 :]
    return body


def _is_encoded(body: bytes, coding: str) -> bool:
    decode = _DECODERS.get(coding.strip().lower())
    if decode is None:
        return False
    try:
        decode(body)
    except (OSError, EOFError, zlib.error, brotli.error):
        return False
    return True


_DECODERS: Final[dict[str, Callable[[bytes], bytes]]] = {
    "gzip": gzip.decompress,
    "x-gzip": gzip.decompress,
    "deflate": zlib.decompress,
    "br": brotli.decompress,
}


def _kept(name: str, *, encoded: bool) -> bool:
    if name in _LENGTH or name in _HOP_BY_HOP or name.startswith(_ARCHIVIST):
        return False
    return encoded or name != "content-encoding"
