"""What reading a page costs: milliseconds of CPU by step over the pages of the corpus.

    python -m bench.extract                     # every homepage
    python -m bench.extract --pages 200         # the first two hundred
    python -m bench.extract --kilobytes 40 60   # those of this size (thousands of bytes)

What is timed is a worker's one call, technologies included. The functions that it calls are wrapped, so that
each knows its own time without that of the steps within it; what is in none of them (memory given back,
mostly) is the last row. The best of three runs counts, for the machine is shared; the collector is set as in
an extractor process.
Not here: how right it is (quality.py).
"""

import argparse
import gc
import resource
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import mean, quantiles
from typing import Any, Final

from rich.console import Console
from rich.table import Table
from tests.support.corpus_sites import CorpusSite, corpus_homepages

from domain_scheduler.scan.extract import extract_page, findings, page
from domain_scheduler.scan.extract.document import reading
from domain_scheduler.scan.extract.document.tree import Tree
from domain_scheduler.scan.technologies import TechnologyMatcher, load_technologies

_RUNS: Final = 3
_STEPS: Final[dict[str, tuple[Any, tuple[str, ...]]]] = {
    "charset and decoding": (reading, ("decode",)),
    "parsing": (reading, ("Tree",)),
    "metas, JSON-LD, microdata": (reading, ("Metas", "StructuredData")),
    "visible text": (Tree, ("visible_text",)),
    "addresses of the links": (Tree, ("anchors",)),
    "titles and names": (findings, ("title", "site_name", "headline")),
    "description, address, dates": (findings, ("description", "canonical", "published", "modified")),
    "icons, image and logo": (findings, ("icons", "icon", "image", "logo")),
    "language": (findings, ("languages",)),
    "e-mails": (findings, ("emails",)),
    "regions and phones": (findings, ("numbers",)),
    "postal addresses": (findings, ("postal_addresses",)),
    "owner": (findings, ("organization", "company_numbers", "copyright_holder", "owner")),
    "profiles": (findings, ("social_profiles",)),
    "contact links and form": (findings, ("find_contact_links", "has_contact_form")),
    "kind of site": (findings, ("site_kind",)),
    "technologies": (findings, ("technologies_of",)),
    "fingerprints": (findings, ("fingerprints",)),
    "details": (page, ("facts_of",)),
    "cleaning": (page, ("clean",)),
}
"""Each step: where its functions are looked up, and their names there."""
_REST: Final = "all the rest"
_WHOLE: Final = "whole page"


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A page and the rules for it."""

    body: bytes
    headers: tuple[tuple[str, str], ...]
    url: str
    matcher: TechnologyMatcher


class Stopwatch:
    """The CPU time of each step, in nanoseconds, without that of the steps that it calls."""

    def __init__(self) -> None:
        self.times = dict.fromkeys(_STEPS, 0)
        self._inner = 0

    def wrapped(self, step: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """The function, timed."""

        def timed(*arguments: Any, **named: Any) -> Any:
            outer, self._inner = self._inner, 0
            start = time.process_time_ns()
            try:
                return function(*arguments, **named)
            finally:
                took = time.process_time_ns() - start
                self.times[step] += took - self._inner
                self._inner = outer + took

        return timed


def time_page(stopwatch: Stopwatch, prepared: Prepared) -> dict[str, float]:
    """Each step of one page by name, and the whole, in milliseconds."""
    runs = [_run(stopwatch, prepared) for _ in range(_RUNS)]
    return min(runs, key=lambda run: run[_WHOLE])


def _run(stopwatch: Stopwatch, prepared: Prepared) -> dict[str, float]:
    stopwatch.times = dict.fromkeys(_STEPS, 0)
    start = time.process_time_ns()
    extract_page(prepared.body, headers=prepared.headers, url=prepared.url, technologies=prepared.matcher)
    whole = time.process_time_ns() - start
    times = {**stopwatch.times, _REST: whole - sum(stopwatch.times.values()), _WHOLE: whole}
    return {name: nanoseconds / 1e6 for name, nanoseconds in times.items()}


def prepare(sites: Sequence[CorpusSite], matcher: TechnologyMatcher) -> list[Prepared]:
    """The sites' pages, decompressed."""
    return [
        Prepared(body=site.page(), headers=site.answer.headers, url=site.final_url, matcher=matcher)
        for site in sites
        if site.status == 200
    ]


def print_times(pages: Sequence[Prepared], times: Sequence[dict[str, float]]) -> None:
    """A row a step."""
    size = sum(len(page.body) for page in pages) / len(pages) / 1000
    table = Table(title=f"Milliseconds of CPU a page, {len(pages)} homepages, {size:.0f} KB in the mean")
    for column in ("step", "mean", "p50", "p95", "max"):
        table.add_column(column, justify="left" if column == "step" else "right")
    for name in times[0]:
        values = [time[name] for time in times]
        cuts = quantiles(values, n=20)
        row = (mean(values), cuts[9], cuts[18], max(values))
        table.add_row(name, *(f"{value:.2f}" for value in row))
    console = Console(width=100)
    console.print(table)
    whole = [time[_WHOLE] for time in times]
    middle = [t for p, t in zip(pages, whole, strict=True) if 40_000 <= len(p.body) <= 60_000]
    console.print(f"{1000 / mean(whole):.0f} pages a second and core; ", end="")
    console.print(f"{mean(middle):.2f} ms for pages of 40 to 60 KB ({len(middle)}); ", end="")
    console.print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--pages", type=int, default=None, help="how many (default: all)")
    parser.add_argument("--kilobytes", type=int, nargs=2, default=(0, 1_000_000), metavar=("LEAST", "MOST"))
    arguments = parser.parse_args()
    least, most = (1000 * size for size in arguments.kilobytes)
    pages = prepare(corpus_homepages()[: arguments.pages], load_technologies())
    pages = [page for page in pages if least <= len(page.body) <= most]
    stopwatch = Stopwatch()
    for step, (place, names) in _STEPS.items():
        for name in names:
            setattr(place, name, stopwatch.wrapped(step, getattr(place, name)))
    gc.freeze()
    gc.set_threshold(10_000, 20, 50)
    print_times(pages, [time_page(stopwatch, page) for page in pages])


if __name__ == "__main__":
    main()
