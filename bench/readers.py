"""Those who read the annotated pages: our extraction, and the well-known libraries that are installed.

Every peer gets the text that our charset detection gave, so that only reading is compared, and fills the
fields that it knows. Versions come from the environment (`uv sync --group bench`).
Not here: the pages (annotated_pages.py), the marks (scoring.py).
"""

import importlib.util
import logging
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from importlib.metadata import version
from typing import Any, Final

from bench.annotated_pages import AnnotatedPage
from domain_scheduler.core.report import Page
from domain_scheduler.scan.extract import extract_page

Values = Mapping[str, Any]
Reader = Callable[[AnnotatedPage, Page, str], Values]
"""(page, our report, text) to values by field."""

FIELDS: Final = ("title", "description", "language", "canonical_url", "image_url", "logo_url", "icon_url")


def ours(page: AnnotatedPage) -> Page:
    """Our report."""
    return extract_page(page.body, headers=page.headers, url=page.url)


def our_values(page: AnnotatedPage, report: Page, text: str) -> Values:
    """Our report's fields; the headline stands for the title, for that is what these projects annotate."""
    contacts = report.details["contacts"]
    return {
        **{name: getattr(report, name) for name in FIELDS},
        "title": report.details["headline"] or report.title,
        "document_title": report.title,
        "other_titles": [*report.details["titles"], *report.details["title_parts"]],
        "site_name": report.details["site_name"],
        "emails": report.emails,
        "phones": report.phones,
        "faxes": [found["value"] for found in contacts["faxes"]],
        "icons": [icon["url"] for icon in report.details["icons"]],
        "organization": report.organization,
    }


def _trafilatura(page: AnnotatedPage, report: Page, text: str) -> Values:
    from trafilatura import extract_metadata  # type: ignore[import-not-found, unused-ignore]

    found = extract_metadata(text, default_url=page.url)
    if found is None:
        return {}
    return {
        "title": found.title,
        "description": found.description,
        "language": found.language,
        "canonical_url": found.url,
        "image_url": found.image,
        "site_name": found.sitename,
    }


def _newspaper(page: AnnotatedPage, report: Page, text: str) -> Values:
    from newspaper import Article  # type: ignore[import-not-found, unused-ignore]

    article = Article(page.url, fetch_images=False)
    article.download(input_html=text)
    article.parse()
    return {
        "title": article.title,
        "description": article.meta_description,
        "language": article.meta_lang,
        "canonical_url": article.canonical_link,
        "image_url": article.meta_img,
        "icon_url": article.meta_favicon,
        "site_name": article.meta_site_name,
    }


def _metadata_parser(page: AnnotatedPage, report: Page, text: str) -> Values:
    from metadata_parser import MetadataParser  # type: ignore[import-not-found, unused-ignore]

    parsed = MetadataParser(html=text, url=page.url, search_head_only=False)

    def get(*names: str) -> str | None:
        strategy = ["og", "meta", "page"]
        found = (parsed.parsed_result.get_metadatas(name, strategy=strategy) or {} for name in names)
        return next(
            (str(values[place][0]) for values in found for place in strategy if place in values), None
        )

    return {
        "title": get("title"),
        "description": get("description"),
        "canonical_url": get("canonical", "url"),
        "image_url": parsed.get_metadata_link("image"),
        "site_name": get("site_name"),
    }


def _extruct(page: AnnotatedPage, report: Page, text: str) -> Values:
    import extruct

    syntaxes = ["json-ld", "microdata", "opengraph"]
    found = extruct.extract(text, base_url=page.url, syntaxes=syntaxes, uniform=True, errors="ignore")
    graph = (found.get("opengraph") or [{}])[0]
    return {
        "title": graph.get("og:title"),
        "description": graph.get("og:description"),
        "language": graph.get("og:locale"),
        "canonical_url": graph.get("og:url"),
        "image_url": graph.get("og:image"),
        "site_name": graph.get("og:site_name"),
    }


_ADDRESS: Final = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}")


def _plain_search(page: AnnotatedPage, report: Page, text: str) -> Values:
    """What most people write: a regular expression over the source, phonenumbers over the whole text."""
    from phonenumbers import PhoneNumberFormat, PhoneNumberMatcher, format_number
    from turbohtml import parse

    visible = parse(text).to_text()
    matches = PhoneNumberMatcher(visible, "US")
    return {
        "emails": _ADDRESS.findall(text),
        "phones": [format_number(match.number, PhoneNumberFormat.E164) for match in matches],
    }


def readers() -> dict[str, Reader]:
    """Ours and every installed peer, by name with its version."""
    peers: dict[str, Reader] = {
        "trafilatura": _trafilatura,
        "newspaper4k": _newspaper,
        "metadata_parser": _metadata_parser,
        "extruct": _extruct,
    }
    logging.disable(logging.CRITICAL)
    modules = {"newspaper4k": "newspaper"}
    installed = {n: r for n, r in peers.items() if importlib.util.find_spec(modules.get(n, n))}
    return {
        "ours": our_values,
        **{f"{name} {version(name)}": _tolerant(reader) for name, reader in installed.items()},
        "plain search": _plain_search,
    }


def _tolerant(reader: Reader) -> Reader:
    """A peer that fails on a page has found nothing in it."""

    def read(page: AnnotatedPage, report: Page, text: str) -> Values:
        with suppress(Exception):
            return reader(page, report, text)
        return {}

    return read
