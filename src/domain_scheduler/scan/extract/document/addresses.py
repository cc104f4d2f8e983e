"""References in a page as absolute web addresses.

Only http and https leave this room: `javascript:`, `data:`, `blob:` and what cannot be parsed give None. An
address is cut off at `MAX_URL` by dropping it whole, for half an address leads elsewhere.
Not here: which hosts may be asked (scan/fetch/), profiles of social networks (contacts/social.py).
"""

import re
from functools import lru_cache
from typing import Final
from urllib.parse import SplitResult, urljoin, urlsplit

MAX_URL: Final = 2048

_PLAIN: Final = re.compile(
    r"(?:https?://[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*(?=[/?]|\Z)|(?=/))(?:/[\w~!$&'()*+,=:@%-][\w~!$&'()*+,=:@%.-]*)*/?"
    r"(?:\?[\w~!$&'()*+,=:@%./?-]+)?",
    re.ASCII,
)
"""An address, or the path of one, that is written as it will be given: nothing to join, resolve or escape."""
_STRIPPED: Final = re.compile(r"[\t\r\n]")
_C0_AND_SPACE: Final = "".join(map(chr, range(0x21)))
_UNSAFE: Final = re.compile(r'[\s"<>`\x00-\x1f\x7f]')
_USUAL_PORT: Final = re.compile(r"\A(http://[^/?#@]*):80(?=[/?#]|\Z)|\A(https://[^/?#@]*):443(?=[/?#]|\Z)")


def absolute(base: str, reference: str) -> str | None:
    """The reference as an absolute http(s) address, seen from `base`."""
    if _PLAIN.fullmatch(reference):
        origin = _origin(base) if reference[0] == "/" else ""
        return (
            f"{origin}{reference}" if origin is not None and len(reference) + len(origin) <= MAX_URL else None
        )
    return _joined(base, reference)


@lru_cache(maxsize=64)
def _origin(base: str) -> str | None:
    """Scheme, host and port of an address, without the slash."""
    front = _joined(base, "/")
    return front[:-1] if front else None


def _joined(base: str, reference: str) -> str | None:
    reference = _STRIPPED.sub("", reference).strip(_C0_AND_SPACE)
    if not reference or len(reference) > MAX_URL:
        return None
    try:
        joined = urljoin(base, reference.replace("\\", "/") if reference.startswith("\\") else reference)
        parts = urlsplit(joined)
        host = parts.hostname
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not host or len(joined) > MAX_URL:
        return None
    return _USUAL_PORT.sub(_host, _UNSAFE.sub(_percent, joined))


def _host(match: re.Match[str]) -> str:
    return match[1] or match[2]


def _percent(match: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in match[0].encode())


@lru_cache(maxsize=64)
def split(url: str) -> SplitResult:
    """The parts of an address that `absolute` gave, or of the page's own; empty where that is no address."""
    try:
        return urlsplit(url)
    except ValueError:
        return urlsplit("")


def host_of(url: str) -> str:
    """The host in lower case, without port; empty where there is none."""
    try:
        return (urlsplit(url).hostname or "").rstrip(".")
    except ValueError:
        return ""
