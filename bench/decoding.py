"""Takes the Content-Encoding off a recorded body.

Not here: the charset (bench/charset_quality.py).
"""

import gzip
import zlib
from collections.abc import Callable, Sequence
from typing import Final

import brotli

_DECODERS: Final[dict[str, Callable[[bytes], bytes]]] = {
    "gzip": gzip.decompress,
    "br": brotli.decompress,
    "deflate": zlib.decompress,
}


def body_of(body: bytes, headers: Sequence[tuple[str, str]]) -> bytes:
    """The decoded body."""
    coding = next(
        (value.strip().lower() for name, value in headers if name.lower() == "content-encoding"), ""
    )
    decoder = _DECODERS.get(coding)
    return decoder(body) if decoder else body
