"""Short ways to read a page in a test."""

from collections.abc import Sequence

from domain_scheduler.core.report import Page
from domain_scheduler.scan.extract import extract_page
from domain_scheduler.scan.extract.document.reading import Reading, read

URL = "https://shop.example.org/"


def reading_of(
    html: str | bytes,
    *,
    url: str = URL,
    headers: Sequence[tuple[str, str]] = (("Content-Type", "text/html"),),
) -> Reading:
    """The page as the readers of the room see it."""
    return read(html.encode() if isinstance(html, str) else html, headers=headers, url=url)


def page_of(
    html: str | bytes,
    *,
    url: str = URL,
    headers: Sequence[tuple[str, str]] = (("Content-Type", "text/html"),),
) -> Page:
    """The page as the rest of the house sees it, without technologies."""
    return extract_page(html.encode() if isinstance(html, str) else html, headers=headers, url=url)
