"""What an answer means: a page to read, or the reason why it is none.

A page is an answer with a 2xx status whose type is HTML, or whose type is missing or wrong but whose text
begins like HTML. Everything else has its kind. What is no page by its headers is not even read.
Not here: redirects (walk.py), pages of bot protections (protection.py).
"""

import re
from typing import Final

from domain_scheduler.core.error_kinds import ErrorKind
from domain_scheduler.scan.fetch.egress import Answer, Headers, header
from domain_scheduler.scan.fetch.failures import FetchError
from domain_scheduler.scan.fetch.protection import protection_vendor
from domain_scheduler.scan.fetch.retry_after import wait_asked_for

REDIRECTS: Final = frozenset({300, 301, 302, 303, 307, 308})
_HTML_TYPES: Final = frozenset(
    {"text/html", "application/xhtml+xml", "application/vnd.wap.xhtml+xml", "text/xhtml"}
)
_UNKNOWN_TYPES: Final = frozenset({"unknown/unknown", "application/unknown", "*/*"})
_UNCLEAR_TYPES: Final = frozenset(
    {"", "text/plain", "application/octet-stream", "application/xml", "text/xml"} | _UNKNOWN_TYPES
)
"""Types that servers give to HTML by mistake; the text decides."""
_HTML_BEGINS = re.compile(
    rb"\s*+(?><\?xml[^>]*>\s*)?(?><!--.*?-->\s*)*+<"
    rb"(?:!doctype\s+html|html|head|body|title|meta|script|link|style|h1|div|p|a|b|br|font|table|iframe|frameset)"
    rb"[\s>/]",
    re.IGNORECASE | re.DOTALL,
).match
_LOOKED_AT: Final = 2048


def worth_reading(status: int, headers: Headers) -> bool:
    """Whether an answer's body may matter; known before a byte of it is read."""
    if status in REDIRECTS and header(headers, "location"):
        return False
    if not 200 <= status < 300:
        return True  # told apart from a protection's page by its text
    return content_type(headers) in _HTML_TYPES | _UNCLEAR_TYPES


def content_type(headers: Headers) -> str:
    """The media type alone, in lower case; empty when the header is missing or names none."""
    kind = re.split("[;,]", header(headers, "content-type"), maxsplit=1)[0].strip().lower()
    return kind if "/" in kind else ""


def succeeded(status: int, _headers: Headers) -> bool:
    """Whether an answer's body is worth reading when any type of content will do."""
    return 200 <= status < 300


def check_success(answer: Answer) -> None:
    """Raises the FetchError of a status that is not 2xx; what the body is does not matter."""
    if not 200 <= answer.status < 300:
        _check_status(answer)


def check_page(answer: Answer) -> None:
    """Raises the FetchError that says why an answer is no page; returns for a page."""
    _check_protection(answer)
    _check_status(answer)
    _check_content(answer)


def _check_protection(answer: Answer) -> None:
    vendor = protection_vendor(answer.status, dict(reversed(answer.headers)), answer.body.lowered)
    if vendor is not None:
        raise FetchError(
            ErrorKind.BLOCKED_BY_PROTECTION, f"{vendor} answered in the site's place (HTTP {answer.status})"
        )


def _check_status(answer: Answer) -> None:
    status = answer.status
    if 200 <= status < 300 and status not in (204, 205):
        return
    if status == 429:
        raise FetchError(ErrorKind.HTTP_429, "HTTP 429", retry_after=_retry_after(answer))
    if 400 <= status < 500:
        raise FetchError(ErrorKind.HTTP_4XX, f"HTTP {status}")
    if 500 <= status < 600:
        raise FetchError(ErrorKind.HTTP_5XX, f"HTTP {status}", retry_after=_retry_after(answer))
    if status in (204, 205):
        raise FetchError(ErrorKind.EMPTY_PAGE, f"HTTP {status}: no content")
    raise FetchError(ErrorKind.HTTP_UNEXPECTED, f"HTTP {status}, neither a page nor an error")


def _check_content(answer: Answer) -> None:
    kind = content_type(answer.headers)
    if kind not in _HTML_TYPES | _UNCLEAR_TYPES:
        raise FetchError(ErrorKind.NOT_HTML, f"the answer is {kind[:80]}")
    if not answer.body.content or answer.body.content.isspace():
        raise FetchError(ErrorKind.EMPTY_PAGE, "the body is empty")
    if kind in _UNCLEAR_TYPES and not begins_like_html(answer.body.content):
        raise FetchError(
            ErrorKind.NOT_HTML, f"the answer is {kind or 'of no type'} and does not begin like HTML"
        )


def begins_like_html(content: bytes) -> bool:
    """Whether a text starts with a tag that HTML pages start with, in an ASCII-like charset or UTF-16."""
    beginning = content[:_LOOKED_AT].removeprefix(b"\xef\xbb\xbf")
    if beginning[:2] in (b"\xff\xfe", b"\xfe\xff"):
        beginning = beginning[2:].replace(b"\0", b"")
    return _HTML_BEGINS(beginning) is not None


def _retry_after(answer: Answer) -> float | None:
    return wait_asked_for(answer.header("retry-after"))
