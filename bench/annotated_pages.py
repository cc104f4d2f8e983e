"""The pages of the corpus that other projects or people have annotated, with what is expected of each.

Expected values are compared as they stand: nothing is corrected here. Fields: `title` (the page's own
headline, as these projects mean it), `description`, `language`, `canonical_url`, `image_url`, `logo_url`,
`icon_url`, `site_name`, and lists `emails`, `phones`, `faxes`, `icons`, `organizations` (all that are named).
Not here: comparing (scoring.py), who reads the pages (readers.py).
"""

import gzip
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from tests.support.corpus_archive import CORPUS, Archive, page_rows
from tests.support.warc import ArchivedResponse, read_responses

from bench.decoding import body_of

Expected = Mapping[str, str | list[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnotatedPage:
    """One page with its answers; a field that is not expected is left out."""

    source: str
    name: str
    url: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    expected: Expected


def annotated_pages() -> Iterator[AnnotatedPage]:
    """Every annotated page of which the corpus has the bytes."""
    yield from _metascraper()
    yield from _embed()
    yield from _webstruct()
    yield from _icons()
    yield from _titles("wcxb", {"title": "title"})
    yield from _titles(
        "readability",
        {"title": "title", "excerpt": "description", "lang": "language", "siteName": "site_name"},
    )
    yield from _titles("newspaper4k", _NEWSPAPER)


_NEWSPAPER: Final = {
    "title": "title",
    "meta_description": "description",
    "meta_lang": "language",
    "canonical_link": "canonical_url",
    "meta_img": "image_url",
    "meta_favicon": "icon_url",
    "meta_site_name": "site_name",
}
_METASCRAPER: Final = {
    "title": "title",
    "description": "description",
    "lang": "language",
    "image": "image_url",
    "logo": "logo_url",
    "publisher": "site_name",
    "url": "canonical_url",
}
_EMBED: Final = {
    "title": "title",
    "description": "description",
    "language": "language",
    "image": "image_url",
    "favicon": "icon_url",
    "providerName": "site_name",
    "url": "canonical_url",
}
_WEBSTRUCT: Final = {"EMAIL": "emails", "TEL": "phones", "FAX": "faxes", "ORG": "organizations"}


def _metascraper() -> Iterator[AnnotatedPage]:
    for row in _rows("metascraper"):
        yield _saved("metascraper", row["file"], row["expected"][0], _METASCRAPER)


def _titles(source: str, fields: Mapping[str, str]) -> Iterator[AnnotatedPage]:
    for row in _rows(source):
        yield _saved(source, row["file"], row, fields, url=row.get("url"))


def _webstruct() -> Iterator[AnnotatedPage]:
    for row in _rows("webstruct"):
        found = row["entities"]
        expected = {ours: found.get(theirs, []) for theirs, ours in _WEBSTRUCT.items()}
        yield _saved("webstruct", row["file"], expected, {name: name for name in expected}, url=row["url"])


def _embed() -> Iterator[AnnotatedPage]:
    for row in _rows("embed"):
        response = _recorded(row["warc"].rpartition("/")[2]).get(row["warc_url"])
        if response is None or response.status != 200:
            continue
        yield AnnotatedPage(
            source="embed",
            name=row["warc_url"],
            url=row["warc_url"],
            headers=response.headers,
            body=body_of(response.body, response.headers),
            expected=_chosen(row, _EMBED),
        )


def _icons() -> Iterator[AnnotatedPage]:
    archive = Archive()
    for row in _rows("besticon"):
        url, answer = archive.follow(row["url"] + "/")
        if answer.status == 200:
            yield AnnotatedPage(
                source="besticon",
                name=row["url"],
                url=url,
                headers=answer.headers,
                body=body_of(answer.content(), answer.headers),
                expected={"icons": [icon["url"] for icon in row["icons"]]},
            )


def _saved(
    source: str, file: str, row: Mapping[str, Any], fields: Mapping[str, str], *, url: str | None = None
) -> AnnotatedPage:
    known = _index().get(file, {})
    charset = known.get("http_charset")
    return AnnotatedPage(
        source=source,
        name=file,
        url=url or known.get("url") or row.get("url") or "https://unknown.example/",
        headers=(("Content-Type", f"text/html; charset={charset}" if charset else "text/html"),),
        body=saved_page(file),
        expected=_chosen(row, fields),
    )


def _chosen(row: Mapping[str, Any], fields: Mapping[str, str]) -> Expected:
    return {ours: row[theirs] for theirs, ours in fields.items() if row.get(theirs) not in (None, "")}


def _rows(source: str) -> Iterator[dict[str, Any]]:
    [path] = (CORPUS / "expected" / source).glob("*.jsonl")
    with path.open(encoding="utf-8") as lines:
        yield from (row for row in map(json.loads, lines) if (CORPUS / (row.get("file") or "")).exists())


def saved_page(file: str) -> bytes:
    """The exact bytes of a page, by its path in the corpus."""
    return _content(CORPUS / file)


def _content(path: Path) -> bytes:
    data = path.read_bytes()
    return gzip.decompress(data) if path.suffix == ".gz" else data


@cache
def _index() -> dict[str, dict[str, str]]:
    return {row["file"]: row for row in page_rows()}


@cache
def _recorded(name: str) -> dict[str, ArchivedResponse]:
    return {found.url: found for found in read_responses(CORPUS / "warc" / name)}
