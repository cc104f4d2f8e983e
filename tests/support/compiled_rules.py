"""The compiled rules of technologies, kept from one test to the next and from one run to the next.

Compiling them takes four seconds of CPU, reading them a tenth of one, and every new data directory would
do it again. A file is named after what it was made from (scan/technologies/cache.py), so none is out of date.
"""

from functools import cache
from pathlib import Path

from domain_scheduler.scan.technologies import TechnologyMatcher, load_technologies

FOLDER = Path(__file__).parents[2] / ".pytest_cache" / "d" / "technologies"


@cache
def built_in_technologies() -> TechnologyMatcher:
    """The matcher with the rules that a service has."""
    return load_technologies(cache_dir=FOLDER)


def with_compiled_rules(data_dir: Path) -> Path:
    """`data_dir`, made if it is not there, with the compiled rules of all tests."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    data_dir.mkdir(parents=True, exist_ok=True)
    kept = data_dir / "cache"
    if not kept.is_symlink():
        kept.symlink_to(FOLDER, target_is_directory=True)
    return data_dir
