"""How often a page becomes the right text: ours beside charset-normalizer and chardet.

Two sets: the corpus' pages kept as they were served (right = the same text as the charset in which the page
decodes strictly), and chardet's own test files, which are labelled by folder and mostly plain text. Of those,
the charsets that no browser knows are counted apart. Detectors see bytes only, as they always do; ours sees
the page's Content-Type where it was recorded, as it always does.
Not here: the other fields (quality.py).
"""

import codecs
import importlib.util
import tarfile
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import version
from typing import Final

from tests.support.corpus_archive import CORPUS, page_rows

from bench.annotated_pages import saved_page
from bench.scoring import Score
from domain_scheduler.scan.extract.document.charset import decode
from domain_scheduler.scan.extract.document.detection import codec_of

_LANGUAGES: Final = frozenset(
    {"arabic", "bulgarian", "croatian", "czech", "greek", "hebrew", "hungarian", "polish", "romanian"}
    | {"russian", "slovak", "slovene", "turkish"}
)
_SERVED: Final = frozenset({"raw", "reencoded"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """Bytes, the text that they are, and what was said of them."""

    kind: str
    name: str
    body: bytes
    charset: str
    text: str
    content_type: str = ""
    top_level_domain: str = ""


Detector = Callable[[Sample], str | None]
"""The text that it would make of a sample."""


def charset_scores() -> dict[str, dict[str, Score]]:
    """By set of samples, then by detector."""
    scores: dict[str, dict[str, Score]] = defaultdict(lambda: defaultdict(Score))
    for sample in (*_pages(), *_files()):
        for name, detect in _detectors().items():
            right = (detect(sample) or "").strip("\ufeff \r\n") == sample.text.strip("\ufeff \r\n")
            # a wrong reading is described by its name only: the texts are whole pages
            found = sample.charset if right else "another text"
            scores[sample.kind][name].one(f"{sample.name}", "charset", sample.charset, found)
    return scores


def _pages() -> Iterator[Sample]:
    for row in page_rows():
        charset = row["effective_charset"]
        if row["fidelity"] in _SERVED and charset != "?" and row["byte_class"] != "ascii":
            body = saved_page(row["file"])
            with suppress(UnicodeDecodeError):
                yield Sample(
                    kind="charset of pages",
                    name=row["file"],
                    body=body,
                    charset=charset,
                    text=_web_text(body, charset),
                    content_type=f"text/html; charset={row['http_charset']}" if row["http_charset"] else "",
                    top_level_domain=row["host"].rpartition(".")[2],
                )


def _files() -> Iterator[Sample]:
    with tarfile.open(CORPUS / "vectors" / "encoding" / "chardet_tests.tar.gz") as archive:
        for member in archive:
            parts = member.name.split("/")
            file = archive.extractfile(member) if len(parts) > 2 else None
            if file is not None:
                body = file.read()
                label = _label(parts[1])
                known = "charset of files" if codec_of(label) else "charset of files, no browser knows it"
                with suppress(UnicodeDecodeError, LookupError):
                    yield Sample(
                        kind=known, name=member.name, body=body, charset=label, text=_text(body, label)
                    )


def _label(folder: str) -> str:
    base, _, language = folder.rpartition("-")
    label = (base if language.lower() in _LANGUAGES else folder).lower()
    return {
        "cp932": "shift_jis",
        "cp949": "euc-kr",
        "maccyrillic": "x-mac-cyrillic",
        "macroman": "macintosh",
    }.get(label, label)


def _text(body: bytes, label: str) -> str:
    return _web_text(body, label) if codec_of(label) else body.decode(label)


def _web_text(body: bytes, label: str) -> str:
    """The text as a browser reads the charset of that label."""
    charset = codec_of(label)
    if charset is None or label.startswith("utf-16"):
        return body.decode(label, "replace")
    return body.decode(f"whatwg-{charset}")


def _detectors() -> dict[str, Detector]:
    peers = {"chardet": _chardet, "charset-normalizer": _charset_normalizer}
    installed = {
        f"{name} {version(name)}": detect
        for name, detect in peers.items()
        if importlib.util.find_spec(name.replace("-", "_"))
    }
    return {"ours": _ours, **installed}


def _ours(sample: Sample) -> str:
    return decode(
        sample.body, content_type=sample.content_type, top_level_domain=sample.top_level_domain
    ).text


def _chardet(sample: Sample) -> str | None:
    import chardet  # type: ignore[import-not-found, unused-ignore]

    return _named(sample.body, chardet.detect(sample.body)["encoding"])


def _charset_normalizer(sample: Sample) -> str | None:
    from charset_normalizer import from_bytes

    best = from_bytes(sample.body).best()
    return _named(sample.body, best.encoding if best else None)


def _named(body: bytes, label: str | None) -> str | None:
    """The bytes by a detector's label, read as the web reads it where it knows it: the kindest reading."""
    if label is None:
        return None
    for mark in (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        body = body.removeprefix(mark)
    with suppress(LookupError, UnicodeDecodeError):
        return _web_text(body, label)
    return None
