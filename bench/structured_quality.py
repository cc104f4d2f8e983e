"""JSON-LD and microdata beside extruct, on extruct's own vectors and on every page of the corpus.

Vectors: each leaf (path of names, value) counts; relative addresses count as what they stand for. Corpus: a
block or item counts as found if it could be read; `agree` is where both read the same.
Not here: what the values mean for a page (quality.py).
"""

import importlib.util
import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from tests.support.corpus_archive import CORPUS

from bench.scoring import Score
from domain_scheduler.scan.extract.document.structured_data import StructuredData
from domain_scheduler.scan.extract.document.tree import Tree

BASE: Final = "https://base.example"
_BASES: Final = {
    "microdata.7.1.html": "http://blog.example.com/progress-report",
    "microdata.object.html": "http://www.example.com/microdata/",
}
"""Where the vectors' projects say that a page lies, if its answer depends on it."""
_SHAPE: Final = frozenset({"properties", "type", "id", "value"})
_NAMES: Final = {"properties": "", "type": "@type", "id": "@id"}
_VECTORS: Final = {"jsonld": "json-ld", "json": "microdata"}


def structured_scores() -> dict[str, dict[str, Score]]:
    """By syntax, then by reader."""
    scores: dict[str, dict[str, Score]] = defaultdict(lambda: defaultdict(Score))
    readers = {"ours": _ours} | ({"extruct": _extruct} if importlib.util.find_spec("extruct") else {})
    for html, expected, syntax in _vectors():
        wanted = _leaves(expected)
        for reader, read in readers.items():
            found = _leaves(read(html.read_text("utf-8"), syntax, _BASES.get(html.name, f"{BASE}/")))
            scores[f"{syntax} vectors"][reader].many(
                f"{html.parent.name}/{html.name}", syntax, map(str, wanted), map(str, found)
            )
    return scores


def _vectors() -> Iterator[tuple[Path, Any, str]]:
    folder = CORPUS / "vectors" / "structured-data"
    for html in sorted(folder.glob("*/*.html")):
        for ending, syntax in _VECTORS.items():
            answer = html.with_suffix(f".{ending}")
            if answer.exists() and html.parent.name in ("schema.org", "w3c", "custom.invalid"):
                yield html, json.loads(answer.read_text("utf-8")), syntax


def _ours(html: str, syntax: str, base: str) -> Any:
    data = StructuredData(Tree(html), base)
    return data.json_ld if syntax == "json-ld" else data.microdata


def _extruct(html: str, syntax: str, base: str) -> Any:
    import extruct

    found = extruct.extract(html, base_url=base, syntaxes=[syntax], errors="ignore")
    return found.get(syntax, [])


def _leaves(value: Any) -> Counter[tuple[str, str]]:
    """Path and value of every leaf, in one shape for both ways of writing microdata."""
    found: Counter[tuple[str, str]] = Counter()
    pending: list[tuple[str, Any]] = [("", value)]
    while pending:
        path, current = pending.pop()
        if isinstance(current, dict):
            pending += [(f"{path}/{name}" if name else path, inner) for name, inner in _named(current)]
        elif isinstance(current, list):
            pending += [(path, inner) for inner in current]
        elif current is not None:
            found[path, " ".join(str(current).split()).replace(BASE, "").removeprefix("/")] += 1
    return found


def _named(thing: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    shaped = thing.keys() <= _SHAPE
    for name, inner in thing.items():
        if shaped and name == "value":
            continue  # the element's whole text, which extruct adds
        yield _NAMES.get(name, name) if shaped else name, inner
