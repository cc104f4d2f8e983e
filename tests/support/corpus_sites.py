"""The domains of the corpus that a scan is tried on, and what a visitor of each would find.

A domain is the host of an archived front page without its `www.`; where both were archived, the bare name's
own answer decides where the visit ends. Addresses and names that are no public domains are left out.
Not here: what answers a request (corpus_archive.py), the title of a page (independent_title.py).
"""

import gzip
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Final

import brotli
from publicsuffixlist import PublicSuffixList

from tests.support.corpus_archive import Answer, Archive, has_url, is_homepage, page_rows, url_key

_DECODERS: Final[dict[str, Callable[[bytes], bytes]]] = {"gzip": gzip.decompress, "br": brotli.decompress}


@dataclass(frozen=True, slots=True, kw_only=True)
class CorpusSite:
    """One domain and the answer at which a visit of `https://<domain>/` ends.

    A meta refresh is not followed: the few pages that are left by one mostly lead to what is not archived.
    `effective_charset` is the charset in which the page decodes strictly, as the corpus says; None where it
    does not say.
    """

    domain: str
    final_url: str
    answer: Answer
    effective_charset: str | None

    @property
    def status(self) -> int:
        """HTTP status of the last answer."""
        return self.answer.status

    @property
    def content_type(self) -> str:
        """Content-Type of the last answer, "" if it has none."""
        return self.answer.header("content-type") or ""

    def page(self) -> bytes:
        """The last answer's body, decompressed."""
        coding = self.answer.header("content-encoding")
        return _DECODERS[coding.lower()](self.answer.content()) if coding else self.answer.content()


@cache
def corpus_homepages() -> tuple[CorpusSite, ...]:
    """Every domain of the corpus with an archived front page, by name; a few answer with an error."""
    archive = Archive()
    suffixes = PublicSuffixList()
    hosts = {url_key(row["url"])[1] for row in page_rows() if is_homepage(row)} | archive.recorded_front_hosts
    names = {_bare(host, suffixes) for host in hosts if not host.replace(".", "").isdigit()}
    return tuple(_site(archive, name) for name in sorted(names))


def _bare(host: str, suffixes: PublicSuffixList) -> str:
    bare = host.removeprefix("www.")
    return bare if suffixes.privatesuffix(bare) else host


def _site(archive: Archive, name: str) -> CorpusSite:
    url, answer = archive.follow(f"https://{name}/")
    return CorpusSite(
        domain=name, final_url=url, answer=answer, effective_charset=_charsets().get(url_key(url)[1:])
    )


@cache
def _charsets() -> dict[tuple[str, str], str]:
    """Effective charset by host and target; the corpus' "?" (no strict decoding works) is left out."""
    return {
        url_key(row["url"])[1:]: row["effective_charset"]
        for row in page_rows()
        if has_url(row) and row["effective_charset"] != "?"
    }
