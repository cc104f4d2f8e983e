"""Which technologies a peer finds with the same data, beside ours: every difference by name.

    python -m bench.technology_peer PYTHON --pages 150

PYTHON is an interpreter that has wappalyzer-python3, the maintained fork of python-Wappalyzer. Both sides get
the large set alone, without our own rules, and the same pages with the same headers. What a script's address
is matched with is called `scripts` by the peer and `scriptSrc` by the data: it is renamed for it. Large pages
are left out, for `re` takes minutes on some.
Not here: how long matching takes (technologies.py).
"""

import argparse
import gzip
import json
import subprocess
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from typing import Any, Final

from tests.support.corpus_pages import corpus_pages
from tests.support.fingerprints import large_set

from domain_scheduler.scan.extract.document.reading import Reading
from domain_scheduler.scan.extract.technology_evidence import evidence
from domain_scheduler.scan.technologies import Technology, TechnologyMatcher
from domain_scheduler.scan.technologies.cache import Cache
from domain_scheduler.scan.technologies.loading import fastest_prefilter
from domain_scheduler.scan.technologies.product_files import products_from

MAX_BYTES: Final = 60_000
SHOWN: Final = 40

PEER: Final = """
import json, sys, warnings
from functools import partial
warnings.simplefilter("ignore")
from Wappalyzer import Wappalyzer, WebPage
from Wappalyzer.webpage import _bs4
# a rule on a class attribute, and a selector that it cannot read, would end its search
_bs4.BeautifulSoup = partial(_bs4.BeautifulSoup, multi_valued_attributes=None)
select = WebPage.select
def tolerant(page, selector):
    try:
        return list(select(page, selector))
    except Exception:
        return []
WebPage.select = tolerant
peer = Wappalyzer(categories={}, technologies=json.loads(sys.stdin.readline()))
for line in sys.stdin:
    url, html, headers = json.loads(line)
    print(json.dumps(sorted(peer.analyze(WebPage(url, html, headers)))), flush=True)
"""

Found = Mapping[str, Technology]


def main() -> None:
    """Print totals and every difference."""
    arguments = _arguments()
    matcher = TechnologyMatcher(
        products_from(large_set()), make_prefilter=fastest_prefilter(), cache=Cache(None)
    )
    readings = [reading for _, reading in islice(corpus_pages(max_bytes=MAX_BYTES), arguments.pages)]
    ours = [{t.name: t for t in matcher.match(evidence(reading))} for reading in readings]
    theirs = peer_hits(arguments.python, readings)
    both = sum(len(names & set(found)) for found, names in zip(ours, theirs, strict=True))
    print(f"{len(readings)} pages: {both} found by both")
    tell("found by us alone", (f"{name} ({_why(t)})" for name, t in _only_ours(ours, theirs)))
    tell("found by the peer alone", _only_theirs(ours, theirs))


def peer_hits(python: str, readings: Iterable[Reading]) -> list[set[str]]:
    """The names that the peer gives, a set a page."""
    pages = ([reading.url, reading.decoded.text, dict(reading.headers)] for reading in readings)
    lines = "\n".join(map(json.dumps, [_data_for_peer(), *pages]))
    answer = subprocess.run([python, "-c", PEER], input=lines, text=True, capture_output=True, check=True)
    return [set(json.loads(line)) for line in answer.stdout.splitlines()]


def tell(heading: str, names: Iterable[str]) -> None:
    """One list, commonest first."""
    counted = Counter(names)
    print(f"{heading}: {counted.total()}")
    for name, times in counted.most_common(SHOWN):
        print(f"  {times:4} {name}")


def _only_ours(ours: Sequence[Found], theirs: Sequence[set[str]]) -> Iterable[tuple[str, Technology]]:
    for found, names in zip(ours, theirs, strict=True):
        yield from ((name, technology) for name, technology in found.items() if name not in names)


def _only_theirs(ours: Sequence[Found], theirs: Sequence[set[str]]) -> Iterable[str]:
    for found, names in zip(ours, theirs, strict=True):
        yield from names - set(found)


def _why(technology: Technology) -> str:
    return technology.evidence[0].partition(":")[0]


def _data_for_peer() -> dict[str, Any]:
    data = json.loads(gzip.decompress(large_set().read_bytes()))
    return {name: _renamed(entry) for name, entry in data.items()}


def _renamed(entry: Mapping[str, Any]) -> dict[str, Any]:
    kept = {key: value for key, value in entry.items() if key != "scripts"}
    return kept | ({"scripts": entry["scriptSrc"]} if "scriptSrc" in entry else {})


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Compare technologies with a peer's.")
    parser.add_argument("python", help="an interpreter that has the peer")
    parser.add_argument("--pages", type=int, default=150)
    return parser.parse_args()


if __name__ == "__main__":
    main()
