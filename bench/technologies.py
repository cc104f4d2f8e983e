"""Recognising technologies on the pages of the corpus: CPU per page, memory, time to start.

    python -m bench.technologies                 # built-in rules, then with the large set
    python -m bench.technologies --naive 20      # beside `re`, one pattern after the other, on 20 pages
    python -m bench.technologies --peer PYTHON   # beside python-Wappalyzer, installed for that interpreter

Each set of rules runs in a process of its own, once with an empty cache and once with the one it left, so
that memory and start are its own. A page's time is that of the match alone; what it takes to gather the
evidence is told apart. Every page is matched twice and the second time counts, as in a process that runs.
Not here: how right the answers are (quality.py).
"""

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import Any, Final

from tests.support.corpus_pages import corpus_pages
from tests.support.fingerprints import all_products, large_set
from tests.support.naive_prefilter import NaivePrefilter

from domain_scheduler.scan.extract.technology_evidence import evidence
from domain_scheduler.scan.technologies import Evidence, TechnologyMatcher, load_technologies
from domain_scheduler.scan.technologies.cache import Cache

NAIVE_MAX_BYTES: Final = 60_000
"""A larger page takes naive search seconds to minutes."""

PEER: Final = """
import json, sys, time, warnings
warnings.simplefilter("ignore")
from Wappalyzer import Wappalyzer, WebPage
peer, times = Wappalyzer.latest(), []
for line in sys.stdin:
    url, html, headers = json.loads(line)
    started = time.process_time()
    peer.analyze(WebPage(url, html, headers))
    times.append((time.process_time() - started) * 1000)
json.dump(times, sys.stdout)
"""


def main() -> None:
    """Print one table."""
    arguments = _arguments()
    if arguments.measure:
        print(json.dumps(measure(arguments.measure, Path(arguments.cache), arguments.pages)))
        return
    print("| rules | start s | RSS MB | evidence ms | mean | p50 | p95 | max ms | found a page |")
    print("|---|---|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as cache:
        for rules in ("built-in", "large"):
            for state in ("cold", "warm"):
                print(row(f"{rules}, {state} cache", _apart(rules, cache, arguments.pages)), flush=True)
    if arguments.naive:
        beside_naive(arguments.naive)
    if arguments.peer:
        times = peer_times(arguments.peer, arguments.pages)
        print(f"python-Wappalyzer: {spread(times)} ms a page on {len(times)} pages")


def measure(rules: str, cache: Path, pages: int) -> dict[str, Any]:
    """Figures of this process with one set of rules."""
    before = _peak_mb()
    started = time.process_time()
    matcher = load_technologies(fingerprints=large_set() if rules == "large" else None, cache_dir=cache)
    figures: dict[str, Any] = {"start": time.process_time() - started, "rss": _peak_mb(), "before": before}
    times, gathering, found = [], [], []
    for _, reading in islice(corpus_pages(), pages):
        started = time.process_time()
        page = evidence(reading)
        gathering.append((time.process_time() - started) * 1000)
        found.append(len(matcher.match(page)))
        times.append(_match_ms(matcher, page))
    return {
        **figures,
        "gathering": statistics.mean(gathering),
        "times": times,
        "found": statistics.mean(found),
    }


def beside_naive(pages: int) -> None:
    """Time both on small pages, and tell every difference."""
    fast = load_technologies(fingerprints=large_set())
    naive = TechnologyMatcher(all_products(), make_prefilter=NaivePrefilter, cache=Cache(None))
    ours, theirs = [], []
    for name, reading in islice(corpus_pages(max_bytes=NAIVE_MAX_BYTES), pages):
        page = evidence(reading)
        differences = set(fast.match(page)) ^ set(naive.match(page))
        if differences:
            print(f"{name}: {sorted(technology.name for technology in differences)}")
        ours.append(_match_ms(fast, page))
        theirs.append(_match_ms(naive, page))
    print(
        f"on {len(ours)} pages below {NAIVE_MAX_BYTES} bytes: ours {spread(ours)}, `re` {spread(theirs)} ms"
    )


def peer_times(python: str, pages: int) -> list[float]:
    """Milliseconds of python-Wappalyzer a page, its own parsing included."""
    lines = (
        json.dumps([reading.url, reading.decoded.text, dict(reading.headers)]) + "\n"
        for _, reading in islice(corpus_pages(), pages)
    )
    answer = subprocess.run(
        [python, "-c", PEER], input="".join(lines), text=True, capture_output=True, check=True
    )
    return list(json.loads(answer.stdout))


def row(name: str, figures: dict[str, Any]) -> str:
    """One line of the table."""
    grown = figures["rss"] - figures["before"]
    return (
        f"| {name} | {figures['start']:.1f} | {figures['rss']:.0f} (+{grown:.0f}) "
        f"| {figures['gathering']:.2f} | {spread(figures['times'])} | {figures['found']:.1f} |"
    )


def spread(times: Sequence[float]) -> str:
    """Mean, median, 95th percentile and greatest."""
    ranked = sorted(times)
    picked = (statistics.mean(ranked), statistics.median(ranked), ranked[int(len(ranked) * 0.95)], ranked[-1])
    return " | ".join(f"{value:.2f}" for value in picked)


def _match_ms(matcher: TechnologyMatcher, page: Evidence) -> float:
    started = time.process_time()
    matcher.match(page)
    return (time.process_time() - started) * 1000


def _apart(rules: str, cache: str, pages: int) -> dict[str, Any]:
    command = [sys.executable, "-m", "bench.technologies", "--measure", rules, "--cache", cache]
    command += ["--pages", str(pages)]
    answer = subprocess.run(command, text=True, capture_output=True, check=True)
    return dict(json.loads(answer.stdout))


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measure the recognition of technologies.")
    parser.add_argument("--pages", type=int, default=2_000, help="at most so many pages")
    parser.add_argument("--naive", type=int, default=0, help="pages to compare with naive search")
    parser.add_argument("--peer", help="an interpreter that has python-Wappalyzer")
    parser.add_argument("--measure", help=argparse.SUPPRESS)
    parser.add_argument("--cache", help=argparse.SUPPRESS)
    return parser.parse_args()


if __name__ == "__main__":
    main()
