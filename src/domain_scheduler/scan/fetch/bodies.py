"""Takes a body's codings off in bounded steps, so that a bomb costs what its bound costs.

Every layer gives pieces of at most STEP bytes and is asked for the next only when the last was used, so
memory is bounded by layers times STEP however much a body inflates. A layer inside another may not give
more than MAX_INNER bytes in all: otherwise a chain of codings could burn seconds without any output.
Not here: reading from the wire and the bounds in time (egress.py).
"""

import zlib
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import Final, Protocol

import brotli
from backports import zstd

from domain_scheduler.core.error_kinds import ErrorKind
from domain_scheduler.scan.fetch.failures import FetchError

ACCEPTED: Final = "gzip, deflate, br, zstd"
UNCOMPRESSED: Final = {"Accept-Encoding": "identity"}
"""Headers for asking again where a compression is broken."""
STEP: Final = 65_536
MAX_LAYERS: Final = 4
MAX_MEMBERS: Final = 1_000
"""gzip members or zstd frames of one body."""
MAX_INNER: Final = 1024**2
"""Bytes that a coding inside another may give: what would be read of it from the wire."""
_ZSTD_WINDOW: Final = 23
"""8 MiB, what RFC 8878 says a decoder should support; more would be memory for the asking."""


class _Layer(Protocol):
    def pieces(self, data: bytes) -> Iterator[bytes]:
        """What `data` inflates to, piece by piece; raises the library's error for garbage."""

    @property
    def complete(self) -> bool:
        """Whether the stream has come to its end."""


class _Zlib:
    """gzip of several members, or deflate with or without its zlib header."""

    def __init__(self, coding: str) -> None:
        self._gzip = coding == "gzip"
        self._held = b""
        self._members = 0
        self._inflate = None if coding == "deflate" else zlib.decompressobj(31)

    def pieces(self, data: bytes) -> Iterator[bytes]:
        if self._inflate is None:
            self._held += data
            if len(self._held) < 2:
                return
            data, self._held = self._held, b""
            self._inflate = zlib.decompressobj(15 if _has_zlib_header(data) else -15)
        more = False
        while data or more:
            if self._inflate.eof and not (self._gzip and self._next_member(data)):
                return
            piece = self._inflate.decompress(data, STEP)
            yield piece
            data = self._inflate.unconsumed_tail or self._inflate.unused_data
            more = len(piece) == STEP and not self._inflate.eof  # zlib may hold the last bytes back

    @property
    def complete(self) -> bool:
        return self._inflate is not None and self._inflate.eof

    def _next_member(self, data: bytes) -> bool:
        """Starts over for another member; what follows the last one is padding."""
        self._members += 1
        if not b"\x1f\x8b".startswith(data[:2]) or self._members > MAX_MEMBERS:
            return False
        self._inflate = zlib.decompressobj(31)
        return True


def _has_zlib_header(data: bytes) -> bool:
    return data[0] & 0x0F == 8 and (data[0] << 8 | data[1]) % 31 == 0


class _Brotli:
    def __init__(self, _coding: str) -> None:
        self._inflate = brotli.Decompressor()

    def pieces(self, data: bytes) -> Iterator[bytes]:
        if self._inflate.is_finished():
            return
        yield self._inflate.process(data, output_buffer_limit=STEP)
        while not self._inflate.can_accept_more_data():
            yield self._inflate.process(b"", output_buffer_limit=STEP)

    @property
    def complete(self) -> bool:
        return bool(self._inflate.is_finished())


class _Zstd:
    def __init__(self, _coding: str) -> None:
        self._frames = 0
        self._inflate = self._new()

    def pieces(self, data: bytes) -> Iterator[bytes]:
        while data or not (self._inflate.needs_input or self._inflate.eof):
            if self._inflate.eof:
                self._frames += 1
                if self._frames > MAX_MEMBERS:
                    return
                self._inflate = self._new()
            yield self._inflate.decompress(data, STEP)
            data = self._inflate.unused_data if self._inflate.eof else b""

    @property
    def complete(self) -> bool:
        return self._inflate.eof

    @staticmethod
    def _new() -> "zstd.ZstdDecompressor":
        return zstd.ZstdDecompressor(options={zstd.DecompressionParameter.window_log_max: _ZSTD_WINDOW})


_LAYERS: Final[dict[str, Callable[[str], _Layer]]] = {
    "gzip": _Zlib,
    "deflate": _Zlib,
    "br": _Brotli,
    "zstd": _Zstd,
}
_NAMES: Final = {
    "x-gzip": "gzip",
    "x-deflate": "deflate",
    "brotli": "br",
    "": "identity",
    "none": "identity",
    "utf-8": "identity",
}
"""Other names that servers use, among them some that are no codings at all."""
_ERRORS: Final = (zlib.error, brotli.error, zstd.ZstdError, EOFError)


class Inflater:
    """Turns what the wire gives into the body, never more than `limit` bytes of it.

    Raises FetchError DECODING_FAILED for an unknown coding, too many of them, or garbage.
    """

    def __init__(self, content_encoding: str, *, limit: int) -> None:
        self._layers = [_LAYERS[coding](coding) for coding in reversed(_codings(content_encoding))]
        self._room = limit
        self._inner = 0
        self.decoded = 0
        """Bytes that the codings gave, the inner ones too."""
        self.full = False
        """Whether the body went on beyond the limit."""

    @property
    def complete(self) -> bool:
        """Whether every coding has come to its end."""
        return all(layer.complete for layer in self._layers)

    def feed(self, data: bytes) -> Iterator[bytes]:
        """The decoded pieces of `data`, each when it is asked for; cut, and `full` set, at the limit."""
        try:
            for piece in self._through(data):
                self.decoded += len(piece)
                self.full = len(piece) > self._room
                yield piece[: self._room] if self.full else piece
                self._room -= len(piece)
                if self.full:
                    return
        except _ERRORS as error:
            raise _unreadable(f"the body cannot be decompressed: {error}") from error

    def _through(self, data: bytes) -> Iterable[bytes]:
        pieces: Iterable[bytes] = (data,)
        for number, layer in enumerate(self._layers):
            inner = self._counted(pieces) if number else pieces
            pieces = chain.from_iterable(map(layer.pieces, inner))
        return pieces

    def _counted(self, pieces: Iterable[bytes]) -> Iterator[bytes]:
        for piece in pieces:
            self._inner += len(piece)
            self.decoded += len(piece)
            if self._inner > MAX_INNER:
                raise FetchError(
                    ErrorKind.DECODING_FAILED, "a coding inside another inflates beyond its bound"
                )
            yield piece


def _codings(content_encoding: str) -> list[str]:
    names = [name.strip().lower() for name in content_encoding.split(",")]
    codings = [coding for name in names if (coding := _NAMES.get(name, name)) != "identity"]
    if len(codings) > MAX_LAYERS:
        raise FetchError(ErrorKind.DECODING_FAILED, f"{len(codings)} codings on top of each other")
    for coding in codings:
        if coding not in _LAYERS:
            raise _unreadable(f"unknown Content-Encoding {coding[:40]!r}")
    return codings


def _unreadable(message: str) -> FetchError:
    """The failure of what may be a mistake, unlike a bomb."""
    failure = FetchError(ErrorKind.DECODING_FAILED, message)
    failure.plainly_again = True
    return failure
