"""One page read from end to end: bytes, headers, URL and surroundings in, `Page` out.

Pure: no network, no database, no clock; the same input always gives the same page.
Not here: processes and time limits (worker.py, engine/).
"""

import re
from collections.abc import Sequence
from typing import Final

from domain_scheduler.core.report import Page
from domain_scheduler.scan.extract.document.reading import read
from domain_scheduler.scan.extract.findings import find_all
from domain_scheduler.scan.extract.page import page_of
from domain_scheduler.scan.extract.web_app_manifest import inline_manifest, with_manifest
from domain_scheduler.scan.surroundings import NO_SURROUNDINGS, Surroundings
from domain_scheduler.scan.technologies import TechnologyMatcher

DEFAULT_MAX_BYTES: Final = 512 * 1024
TAIL_BYTES: Final = 32 * 1024
"""What is kept of the end of a page that is too long: footers hold contacts."""

LONG_CODE: Final = 4 * 1024
"""Bytes above which a script or style of such a page is passed over."""

_CODE: Final = re.compile(rb"<(script|style)\b[^<>]{0,2000}>")


def extract_page(
    body: bytes,
    *,
    headers: Sequence[tuple[str, str]],
    url: str,
    beside: Surroundings = NO_SURROUNDINGS,
    technologies: TechnologyMatcher | None = None,
    max_bytes: int = DEFAULT_MAX_BYTES,
) -> Page:
    """Everything that one page says of its site.

    `body` is decoded from its Content-Encoding; above `max_bytes` it is read without its long scripts and
    styles, and if that is still too long, its start and last 32 KB.
    `headers` in their order, names in any case. `url` is the page's final address, `beside` what is
    known of its site otherwise. Without `technologies` none are looked for.
    """
    light = body if len(body) <= max_bytes else without_long_code(body)
    is_whole = len(light) <= max_bytes
    reading = read(cut(light, max_bytes), headers=headers, url=url, beside=beside, is_whole=is_whole)
    page = page_of(reading, find_all(reading, technologies))
    manifest = inline_manifest(reading)
    return with_manifest(page, manifest) if manifest is not None else page


def without_long_code(body: bytes) -> bytes:
    """The body without what stands in long scripts and styles, structured data excepted."""
    lowered, kept, start, passed = body.lower(), [], 0, 0
    for opening in _CODE.finditer(lowered):
        if opening.start() < passed:
            continue
        passed = lowered.find(b"</" + opening[1], opening.end())
        if passed < 0:
            break
        if passed - opening.end() > LONG_CODE and b"ld+json" not in opening[0]:
            kept.append(body[start : opening.end()])
            start = passed
    return b"".join((*kept, body[start:]))


def cut(body: bytes, max_bytes: int) -> bytes:
    """The body at its bound, with its end."""
    if len(body) <= max_bytes:
        return body
    tail = min(TAIL_BYTES, max_bytes // 2)
    return body[: max_bytes - tail] + b"\n" + body[-tail:]
