"""Every bench in turn, in sizes that end within some ten minutes; each can be run by itself for larger ones.

    python -m bench            all
    python -m bench queue      one of them

Comparisons with other libraries need `pip install --group bench`; what is not installed is left out there.
Not here: what each measures (its own docstring).
"""

import subprocess
import sys
from typing import Final

BENCHES: Final = {
    "queue": ["--rows", "10000", "--rows", "1000000"],
    "intake": [],
    "fetch": [],
    "extract": [],
    "technologies": [],
    "contact_pages": [],
    "scan": ["--copies", "4"],
    "whole_page": [],
    "robustness": [],
    "extractor_pool": [],
    "embedded_postgres": [],
}


def main(chosen: list[str]) -> int:
    """Run the chosen benches, all without a choice; gives how many failed."""
    unknown = [name for name in chosen if name not in BENCHES]
    if unknown:
        print(f"no bench is called {', '.join(unknown)}; there are {', '.join(BENCHES)}", file=sys.stderr)
        return 2
    failed = 0
    for name in chosen or BENCHES:
        print(f"\n== bench.{name}", flush=True)
        done = subprocess.run([sys.executable, "-m", f"bench.{name}", *BENCHES[name]], check=False)
        failed += done.returncode != 0
    return failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
