"""How right the extraction is, field by field, beside well-known libraries on the same pages.

    python -m bench.quality                       # the tables
    python -m bench.quality --misses description  # every page on which ours differs, with both values

An annotation counts only if its value is in the page at all (seen.py): many were taken from a later page,
or made by another service. Peers are those that are installed (`uv sync --group bench`). Pages and
annotations come from the corpus.
Not here: pages (annotated_pages.py), readers (readers.py), marks (scoring.py), charsets
(charset_quality.py), JSON-LD and microdata (structured_quality.py).
"""

import argparse
from collections import defaultdict
from collections.abc import Iterable
from typing import Final

from rich.console import Console
from rich.table import Table

from bench.annotated_pages import AnnotatedPage, annotated_pages
from bench.charset_quality import charset_scores
from bench.readers import Values, our_values, ours, readers
from bench.scoring import Score
from bench.seen import Seen
from bench.structured_quality import structured_scores

Scores = dict[str, dict[str, Score]]
"""By field, then by reader."""

_LISTS: Final = frozenset({"emails", "phones", "faxes"})


def score_pages(pages: Iterable[AnnotatedPage], *, alone: bool) -> Scores:
    """Every field of every page by every reader; `alone`: only ours."""
    chosen = {"ours": our_values} if alone else readers()
    scores: Scores = defaultdict(lambda: defaultdict(Score))
    for page in pages:
        report = ours(page)
        text = page.body.decode(report.details["charset"]["name"], "replace")
        seen = Seen(text, page.url)
        for reader, read in chosen.items():
            _score(scores, reader, page, seen, read(page, report, text))
    return scores


def _score(scores: Scores, reader: str, page: AnnotatedPage, seen: Seen, found: Values) -> None:
    name = f"{page.source}: {page.name}"
    for field, expected in page.expected.items():
        if not seen.holds(field, expected):
            continue
        if field in _LISTS and field in found:
            wanted, got = ([v for v in values if seen.shows(field, v)] for values in (expected, found[field]))
            scores[field][reader].many(name, field, wanted, got)
        elif field == "icons" and "icon_url" in found:
            scores["icon_url"][reader].any_of(name, "icon_url", expected, found["icon_url"])
        elif field == "organizations" and "organization" in found:
            if expected:
                scores["organization"][reader].any_of(name, field, expected, found["organization"])
        elif field == "title" and "document_title" in found and isinstance(expected, str):
            scores[field][reader].one(name, field, expected, found[field])
            both = (found["document_title"], found["title"], *found["other_titles"])
            scores["title, any that is reported"][reader].any_in(name, field, expected, filter(None, both))
        elif field in found and isinstance(expected, str):
            scores[field][reader].one(name, field, expected, found[field])
        _score_more(scores, reader, page, field, found)


def _score_more(scores: Scores, reader: str, page: AnnotatedPage, field: str, found: Values) -> None:
    """What more of our report answers an annotation that means something wider than our field."""
    name, expected = f"{page.source}: {page.name}", page.expected[field]
    if field == "logo_url" and "icons" in found and isinstance(expected, str):
        listed = filter(None, (found["logo_url"], *found["icons"]))
        scores["logo, any icon that is reported"][reader].any_in(name, field, expected, listed)
    elif field == "canonical_url" and field in found and isinstance(expected, str):
        address = found[field] or page.url
        scores["canonical address, else the request's"][reader].one(name, field, expected, address)


def print_scores(title: str, scores: Scores) -> None:
    """One table: a row a field and reader."""
    table = Table(title=title)
    for column in ("field", "reader", "expected", "found", "precision", "recall", "F1"):
        table.add_column(column, justify="left" if column in ("field", "reader") else "right")
    for field, by_reader in scores.items():
        for reader, score in by_reader.items():
            if score.right:
                marks = (f"{100 * value:.1f} %" for value in (score.precision, score.recall, score.f1))
                table.add_row(field, reader, str(score.expected), str(score.found), *marks)
    Console(width=110).print(table)


def _print_misses(scores: Scores, field: str) -> None:
    for name, expected, found in scores[field]["ours"].misses:
        print(f"{name}\n    expected {expected!r}\n    found    {found!r}")


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--misses", metavar="FIELD", help="show where ours differs in this field")
    arguments = parser.parse_args()
    scores = score_pages(annotated_pages(), alone=bool(arguments.misses))
    for more in (charset_scores(), structured_scores()):
        scores.update(more)
    if arguments.misses:
        _print_misses(scores, arguments.misses)
    else:
        print_scores("Extraction on annotated pages", scores)


if __name__ == "__main__":
    main()
