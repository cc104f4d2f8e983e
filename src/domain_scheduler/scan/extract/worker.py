"""Extraction in a process of its own, so that a page that hangs can be killed without harm to the others.

A spawned process calls `initialise_extractor` once, which loads the technology rules, and then
`extract_in_worker` for each page. Both are found there by their names, and what they take is pickled.
Not here: starting, timing and killing the processes (engine/).
"""

from collections.abc import Sequence
from pathlib import Path

from domain_scheduler.core.report import Page
from domain_scheduler.scan.extract.extractor import DEFAULT_MAX_BYTES, extract_page
from domain_scheduler.scan.surroundings import NO_SURROUNDINGS, Surroundings
from domain_scheduler.scan.technologies import TechnologyMatcher, load_technologies


class _Loaded:
    """What a worker process keeps between pages."""

    matcher: TechnologyMatcher | None = None
    max_bytes: int = DEFAULT_MAX_BYTES


def initialise_extractor(
    fingerprints: Path | None = None, cache_dir: Path | None = None, max_bytes: int = DEFAULT_MAX_BYTES
) -> None:
    """Load what every page needs.

    `fingerprints`: file or folder in Wappalyzer's format, beside the built-in rules. `cache_dir`: where the
    compiled rules are kept between processes. `max_bytes`: bytes of a page that are read.
    """
    _Loaded.matcher = load_technologies(fingerprints=fingerprints, cache_dir=cache_dir)
    _Loaded.max_bytes = max_bytes


def extract_in_worker(
    body: bytes, headers: Sequence[tuple[str, str]], url: str, beside: Surroundings = NO_SURROUNDINGS
) -> Page:
    """`extract_page` with what `initialise_extractor` loaded."""
    return extract_page(
        body,
        headers=headers,
        url=url,
        beside=beside,
        technologies=_Loaded.matcher,
        max_bytes=_Loaded.max_bytes,
    )
