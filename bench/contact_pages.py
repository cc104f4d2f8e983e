"""What a second page of a site adds to its contacts, and whether putting two together is right.

    python -m bench.contact_pages

The sites of which webstruct has two annotated pages; the first is taken for the front page, the second for
the contact page. Expected is what people annotated on either.
Not here: whether such pages are found and asked for politely (tests/unit/fetch/test_contact_pages.py).
"""

from collections import defaultdict
from typing import Final
from urllib.parse import urlsplit

from bench.annotated_pages import AnnotatedPage, annotated_pages
from bench.scoring import Score
from domain_scheduler.core.report import Page
from domain_scheduler.scan.contact_merge import merge_contacts
from domain_scheduler.scan.extract import extract_page

_FIELDS: Final = ("phones", "faxes")  # nobody annotated an e-mail on them


def main() -> None:
    """Score the front page alone and both pages together."""
    sites = _sites()
    read = [[(page.url, _read(page)) for page in pages] for pages in sites]
    print(f"{len(sites)} sites with two annotated pages\n")
    print(f"{'':8} {'annotated':>9} {'front page alone':>24} {'with the second':>24}")
    for field in _FIELDS:
        alone, together = Score(), Score()
        for pages, [front, second] in zip(sites, read, strict=True):
            expected = {value for page in pages for value in page.expected.get(field, [])}
            if expected:
                alone.many(front[0], field, expected, _values(front[1], field))
                together.many(front[0], field, expected, _values(merge_contacts([front, second]), field))
        print(f"{field:8} {together.expected:9} {_told(alone):>24} {_told(together):>24}")


def _sites() -> list[list[AnnotatedPage]]:
    by_host: dict[str, list[AnnotatedPage]] = defaultdict(list)
    for page in annotated_pages():
        host = urlsplit(page.url).hostname
        if page.source == "webstruct" and host != "unknown.example":
            by_host[str(host)].append(page)
    return [pages for _, pages in sorted(by_host.items()) if len(pages) == 2]


def _read(page: AnnotatedPage) -> Page:
    return extract_page(page.body, headers=page.headers, url=page.url)


def _values(page: Page, field: str) -> list[str]:
    return [found["value"] for found in page.details["contacts"][field]]


def _told(score: Score) -> str:
    return f"P {score.precision:.1%}  R {score.recall:.1%}"


if __name__ == "__main__":
    main()
