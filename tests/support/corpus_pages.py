"""The saved pages of the corpus, as readings; the same ones in the same order each time.

Not here: the answers with headers (corpus_archive.py).
"""

import csv
import gzip
import random
from collections.abc import Iterator
from pathlib import Path

from domain_scheduler.scan.extract.document.reading import Reading, read
from domain_scheduler.scan.extract.extractor import DEFAULT_MAX_BYTES, cut
from tests.support.corpus import corpus


def corpus_pages(*, max_bytes: int | None = None, seed: int = 1) -> Iterator[tuple[str, Reading]]:
    """File and reading of each page of at most `max_bytes`, in a shuffled order."""
    rows = _rows()
    random.Random(seed).shuffle(rows)
    for row in rows:
        content = _content(corpus(row["file"]))
        if max_bytes is None or len(content) <= max_bytes:
            url = row["url"] or "https://www.example.org/"
            headers = [
                ("content-type", "text/html"),
                ("server", "nginx/1.18.0"),
                ("x-powered-by", "PHP/8.1.2"),
            ]
            yield row["file"], read(cut(content, DEFAULT_MAX_BYTES), headers=headers, url=url)


def corpus_files() -> Iterator[tuple[str, bytes]]:
    """File and content of each page, in the order of the index."""
    return ((row["file"], _content(corpus(row["file"]))) for row in _rows())


def _rows() -> list[dict[str, str]]:
    with corpus("pages", "index.csv").open(encoding="utf-8", newline="") as index:
        return list(csv.DictReader(index))


def _content(file: Path) -> bytes:
    content = file.read_bytes()
    return gzip.decompress(content) if file.suffix == ".gz" else content
