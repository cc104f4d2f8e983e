"""What reading a page costs: milliseconds of CPU by step over the pages of the corpus.

    python -m bench.extract                 # every homepage
    python -m bench.extract --pages 200     # the first two hundred

Each step runs alone on the same reading; the whole is what a worker does, technologies included. The best of
three runs counts, for the machine is shared.
Not here: how right it is (quality.py).
"""

import argparse
import resource
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import mean, quantiles
from typing import Any, Final

from rich.console import Console
from rich.table import Table
from tests.support.corpus_sites import CorpusSite, corpus_homepages

from domain_scheduler.scan.extract import extract_page
from domain_scheduler.scan.extract.contacts.contact_form import has_contact_form
from domain_scheduler.scan.extract.contacts.contact_links import find_contact_links
from domain_scheduler.scan.extract.contacts.emails import emails
from domain_scheduler.scan.extract.contacts.phones import numbers
from domain_scheduler.scan.extract.contacts.social import social_profiles
from domain_scheduler.scan.extract.document.charset import decode
from domain_scheduler.scan.extract.document.languages import languages
from domain_scheduler.scan.extract.document.reading import Reading, read
from domain_scheduler.scan.extract.document.structured_data import StructuredData
from domain_scheduler.scan.extract.document.tree import Tree
from domain_scheduler.scan.extract.fingerprints import fingerprints
from domain_scheduler.scan.extract.icons import icons
from domain_scheduler.scan.extract.images import image
from domain_scheduler.scan.extract.logos import logo
from domain_scheduler.scan.extract.site_kind import site_kind
from domain_scheduler.scan.extract.technology_evidence import technologies_of
from domain_scheduler.scan.technologies import TechnologyMatcher, load_technologies

_RUNS: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A page and what the steps need of it."""

    body: bytes
    headers: tuple[tuple[str, str], ...]
    url: str
    matcher: TechnologyMatcher

    def read(self) -> Reading:
        """A fresh reading: nothing is remembered from another step."""
        return read(self.body, headers=self.headers, url=self.url)


def _whole(page: Prepared) -> Any:
    return extract_page(page.body, headers=page.headers, url=page.url, technologies=page.matcher)


def _time(call: Callable[[], Any]) -> float:
    """Milliseconds of CPU, the best of some runs."""
    best = float("inf")
    for _ in range(_RUNS):
        start = time.process_time_ns()
        call()
        best = min(best, time.process_time_ns() - start)
    return best / 1e6


def time_page(page: Prepared) -> dict[str, float]:
    """Each step of one page by name, in milliseconds."""
    reading = page.read()
    spoken = languages(reading)
    text = reading.decoded.text
    base = reading.base

    def fresh(step: Callable[[Reading], Any]) -> Callable[[], Any]:
        return lambda: step(reading)

    steps: dict[str, Callable[[], Any]] = {
        "charset and decoding": lambda: decode(
            page.body, content_type=reading.header("content-type"), top_level_domain="com"
        ),
        "parsing": lambda: Tree(text),
        "JSON-LD and microdata": lambda: StructuredData(reading.tree, base),
        "visible text": lambda: Tree(text).visible_text(),
        "language": fresh(languages),
        "e-mails": fresh(emails),
        "regions and phones": lambda: numbers(reading, spoken),
        "profiles": fresh(social_profiles),
        "contact links and form": lambda: (find_contact_links(reading), has_contact_form(reading)),
        "image and logo": lambda: (image(reading), logo(reading, icons(reading))),
        "kind of site": fresh(site_kind),
        "fingerprints": fresh(fingerprints),
        "technologies": lambda: technologies_of(reading, page.matcher),
        "whole page": lambda: _whole(page),
    }
    return {name: _time(step) for name, step in steps.items()}


def prepare(sites: Sequence[CorpusSite], matcher: TechnologyMatcher) -> list[Prepared]:
    """The sites' pages, decompressed."""
    return [
        Prepared(body=site.page(), headers=site.answer.headers, url=site.final_url, matcher=matcher)
        for site in sites
        if site.status == 200
    ]


def print_times(pages: Sequence[Prepared], times: Sequence[dict[str, float]]) -> None:
    """A row a step."""
    size = sum(len(page.body) for page in pages) / len(pages) / 1024
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
    whole = [time["whole page"] for time in times]
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
    arguments = parser.parse_args()
    pages = prepare(corpus_homepages()[: arguments.pages], load_technologies())
    print_times(pages, [time_page(page) for page in pages])


if __name__ == "__main__":
    main()
