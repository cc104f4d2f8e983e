"""Every page of the corpus, damaged, and made-up ones far deeper than any: nothing fails, nothing takes long.

    python -m bench.robustness              # each page once a damage; some minutes
    python -m bench.robustness --rounds 5   # five times, damaged elsewhere each time

Damages are those of tests/support/damage.py, seeded by the round. The made-up pages are up to 100,000
elements deep, of a few tags in a random order, some closed, some not, and are cut like any page.
Prints the slowest page of each kind in seconds of CPU, and ends with an error when one failed or took more
than a second. Technologies are looked for too.
Not here: parsers by themselves (fuzz.py).
"""

import argparse
import random
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Final

import orjson
from tests.support.corpus_pages import corpus_files
from tests.support.damage import DAMAGES, WRONG_LABELS

from domain_scheduler.scan.extract import extract_page
from domain_scheduler.scan.technologies import TechnologyMatcher, load_technologies

LIMIT: Final = 1.0
"""Seconds of CPU; the engine would kill a page after five."""
DEPTHS: Final = (100, 1_000, 10_000, 100_000)
_SHAPES: Final = 20
_TAGS: Final = (
    "div",
    "p",
    "a href=/kontakt",
    "b",
    "table",
    "tr",
    "td",
    "ul",
    "li",
    "form",
    "svg",
    "template",
)
_TAGS_WITH_MEANING: Final = ("span itemscope itemprop=a", "h1", "title", "select", "button", "font", "math")
_TEXTS: Final = ("", "x", "a@b.org", "Tel. +43 1 5138892", "&#xD800;", "\x00")


@dataclass(slots=True)
class Kind:
    """How pages of one kind fared."""

    pages: int = 0
    seconds: float = 0.0
    slowest: tuple[float, str] = (0.0, "")
    failures: list[str] = field(default_factory=list)

    def take(self, name: str, body: bytes, label: str, matcher: TechnologyMatcher) -> None:
        """Read one page, and note how."""
        started = time.process_time()
        try:
            headers = [("Content-Type", f"text/html{label}")]
            page = extract_page(body, headers=headers, url="https://a.example.org/", technologies=matcher)
            orjson.dumps([page.title, page.description, page.emails, page.social, page.details])
        except Exception as exc:  # noqa: BLE001 whatever it is, it is what is looked for
            self.failures.append(f"{name}: {type(exc).__name__}: {exc}")
        took = time.process_time() - started
        self.pages += 1
        self.seconds += took
        self.slowest = max(self.slowest, (took, name))

    @property
    def fared_well(self) -> bool:
        """Whether no page failed or took too long."""
        return not self.failures and self.slowest[0] < LIMIT


Pages = Iterable[tuple[str, bytes, str]]
"""Name, body, what follows the media type."""


def damaged(damage: str, seed: int) -> Pages:
    """Every page of the corpus with this damage."""
    chance = random.Random(f"{damage} {seed}")
    return ((name, DAMAGES[damage](body, chance), "") for name, body in corpus_files())


def mislabelled(seed: int) -> Pages:
    """Every page of the corpus under a label that is not its own."""
    chance = random.Random(seed)
    return ((name, body, f"; charset={chance.choice(WRONG_LABELS)}") for name, body in corpus_files())


def nested(seed: int) -> Iterator[tuple[str, bytes, str]]:
    """Made-up pages, up to 100,000 elements deep."""
    chance = random.Random(seed)
    for depth in DEPTHS:
        for shape in range(_SHAPES):
            tags = chance.sample(_TAGS, chance.randint(1, 6))
            parts = [f"<{chance.choice(tags)}>{chance.choice(_TEXTS)}" for _ in range(depth)]
            closed = [f"</{chance.choice(tags).split()[0]}>" for _ in range(chance.choice((0, depth // 2)))]
            yield f"{depth} deep, shape {shape} of {tags}", "".join(parts + closed).encode(), ""


def main() -> int:
    """The command; gives how many kinds of pages did not fare well."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=1)
    rounds = range(parser.parse_args().rounds)
    sources: dict[str, Callable[[int], Pages]] = {
        **{damage: partial(damaged, damage) for damage in DAMAGES},
        "wrong label": mislabelled,
        "nested": nested,
    }
    matcher = load_technologies()
    kinds = {name: Kind() for name in sources}
    for name, make in sources.items():
        for page in (page for seed in rounds for page in make(seed)):
            kinds[name].take(*page, matcher)
        _tell(name, kinds[name])
    return sum(not kind.fared_well for kind in kinds.values())


def _tell(name: str, kind: Kind) -> None:
    mean = kind.seconds / kind.pages * 1000
    print(
        f"{name}: {kind.pages:,} pages, {mean:.1f} ms in the mean, slowest {kind.slowest[0]:.2f} s "
        f"({kind.slowest[1]}), {len(kind.failures)} failed",
        flush=True,
    )
    print("\n".join(kind.failures[:20]), end="\n" if kind.failures else "", flush=True)


if __name__ == "__main__":
    sys.exit(main())
