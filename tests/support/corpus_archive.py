"""The archived web of the corpus: which answer belongs to which URL.

Pages (pages/index.csv) and recorded responses (warc/*.warc.gz) become one map from (scheme, host, target) to
an `Answer`. What was recorded wins over what was only saved, a page over a redirect, earlier over later, so
the map is the same on every run. Both schemes answer: a URL archived under one is found under the other,
unless that would redirect to itself. Nothing is invented except what carries `MADE_UP` in its headers.
Not here: serving it (corpus_web.py), which domains to scan and what comes of it (corpus_sites.py).
"""

import csv
import gzip
import os
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

import pytest

from tests.support.warc import ArchivedResponse, read_responses

CORPUS = Path(__file__).parents[3] / "shared" / "corpus"
MADE_UP = ("X-Corpus-Web", "made up")
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_OTHER = {"http": "https", "https": "http"}

Key = tuple[str, str, str]
"""Scheme, host, path with query (percent-decoded)."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One HTTP answer; `content()` gives its exact bytes, read from `file` at the time if it names one."""

    status: int
    reason: str
    headers: tuple[tuple[str, str], ...]
    body: bytes = b""
    file: Path | None = None

    def content(self) -> bytes:
        """The body as it goes over the wire, still compressed if the headers say so."""
        if self.file is None:
            return self.body
        data = self.file.read_bytes()
        return gzip.decompress(data) if self.file.suffix == ".gz" else data

    def header(self, name: str) -> str | None:
        """The first header of that name."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)

    @property
    def location(self) -> str | None:
        """Where a redirect leads, as written; None if this is not a redirect."""
        return self.header("location") if self.status in _REDIRECTS else None


def require_corpus() -> Path:
    """The corpus' folder; skips the test where it is absent, except in CI, where it must be there."""
    if not CORPUS.is_dir():
        if os.environ.get("CI") == "true":
            raise FileNotFoundError(f"the test corpus is missing: {CORPUS}")
        pytest.skip("the test corpus (../shared/corpus) is not beside this clone")
    return CORPUS


@cache
def page_rows() -> tuple[dict[str, str], ...]:
    """The rows of pages/index.csv, in order."""
    with (require_corpus() / "pages" / "index.csv").open(newline="", encoding="utf-8") as file:
        return tuple(csv.DictReader(file))


def is_homepage(row: dict[str, str]) -> bool:
    """Whether the row of pages/index.csv is a site's front page."""
    return row["is_homepage"] == "yes"


def has_url(row: dict[str, str]) -> bool:
    """Whether it is known where the page of the row came from."""
    return url_key(row["url"])[1] != ""


class Archive:
    """Finds the answer for a URL, and makes up the few that a real web would have."""

    @cached_property
    def _answers(self) -> dict[Key, Answer]:
        answers: dict[Key, Answer] = {}
        for url, answer in _recorded():
            key = url_key(url)
            if key not in answers or _rank(url, answer) > _rank(url, answers[key]):
                answers[key] = answer
        for row in filter(has_url, page_rows()):
            for url in _page_urls(row):
                key = url_key(url)
                if key not in answers or answers[key].status != 200:
                    answers[key] = _saved(row)
        return answers

    @cached_property
    def hosts(self) -> frozenset[str]:
        """Every host of which something is archived."""
        return frozenset(host for _, host, _ in self._answers)

    @cached_property
    def recorded_front_hosts(self) -> frozenset[str]:
        """The hosts whose front page was recorded with its headers."""
        return frozenset(
            host for url, _ in _recorded() for _, host, target in [url_key(url)] if target == "/"
        )

    @cached_property
    def front_hosts(self) -> frozenset[str]:
        """The hosts whose front page is archived, be it a page, a redirect or an error."""
        return frozenset(host for _, host, target in self._answers if target == "/")

    def answer(self, scheme: str, host: str, target: str) -> Answer:
        """What the archive says to a request, else a redirect of a bare name to its www, else a clear 404."""
        key = (scheme, host, unquote(target))
        found = self._answers.get(key) or self._other_scheme(key)
        if found is not None:
            return found
        if target == "/" and host not in self.front_hosts and f"www.{host}" in self.front_hosts:
            return _made_up(301, "Moved Permanently", ("Location", f"{scheme}://www.{host}/"))
        return _made_up(
            404, "Not Found", body=f"corpus web: {host} has nothing archived at {target}\n".encode()
        )

    def follow(self, url: str, *, limit: int = 8) -> tuple[str, Answer]:
        """Where a visitor ends who starts at `url` and follows at most `limit` redirects."""
        for _ in range(limit):
            answer = self.answer(*url_key(url))
            if answer.location is None:
                break
            url = urljoin(url, answer.location)
        return url, self.answer(*url_key(url))

    def _other_scheme(self, key: Key) -> Answer | None:
        scheme, host, target = key
        found = self._answers.get((_OTHER[scheme], host, target))
        return None if found is not None and _goal(key, found) == key else found


def url_key(url: str) -> Key:
    """A URL as the archive's key."""
    parts = urlsplit(url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return parts.scheme, (parts.hostname or "").lower(), unquote(target)


def _goal(key: Key, answer: Answer) -> Key | None:
    """Where the answer to a request leads, if it is a redirect."""
    if answer.location is None:
        return None
    scheme, host, target = key
    return url_key(urljoin(f"{scheme}://{host}{target}", answer.location))


def _rank(url: str, answer: Answer) -> int:
    """How good an answer is for its URL: a page, then anything that leads on, then the other scheme alone."""
    scheme, host, target = key = url_key(url)
    if answer.status == 200:
        return 2
    return 0 if _goal(key, answer) == (_OTHER[scheme], host, target) else 1


@cache
def _recorded() -> tuple[tuple[str, Answer], ...]:
    paths = sorted((require_corpus() / "warc").glob("*.warc.gz"))
    return tuple((found.url, _as_answer(found)) for path in paths for found in read_responses(path))


def _as_answer(response: ArchivedResponse) -> Answer:
    return Answer(response.status, response.reason, response.headers, body=response.body)


def _page_urls(row: dict[str, str]) -> tuple[str, ...]:
    """Where a saved page answers: its own URL, and as front page `/` too."""
    return (row["url"], urljoin(row["url"], "/")) if is_homepage(row) else (row["url"],)


def _saved(row: dict[str, str]) -> Answer:
    charset = f"; charset={row['http_charset']}" if row["http_charset"] else ""
    return Answer(200, "OK", (("Content-Type", f"text/html{charset}"),), file=require_corpus() / row["file"])


def _made_up(status: int, reason: str, *headers: tuple[str, str], body: bytes = b"") -> Answer:
    return Answer(status, reason, (MADE_UP, ("Content-Type", "text/plain"), *headers), body=body)
