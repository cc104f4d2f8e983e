"""Words in a page's source that tell whether it is worth to search its tree for something rare.

All are looked for in one pass over the bytes, by Hyperscan where its wheel exists, else one by one.
Not here: what is then searched for (the readers that ask `Tree.mentions`).
"""

import re
import threading
from collections.abc import Callable
from functools import cache
from importlib.util import find_spec
from typing import Any, Final, Literal, get_args

Trace = Literal[
    "itemscope", "locality", "street-address", "data-href", "onclick",
    "linkTo_UnCryptMailto", "znvygb:", "<bdo", "bidi-override", "display:none", "display: none",
    "data-cfemail", "data-mailto-token", "data-mailto", "data-mail", "data-email",
    "data-domain", "data-website", "data-host",
]  # fmt: skip
TRACES: Final[tuple[Trace, ...]] = get_args(Trace)


def traces_in(source: bytes) -> frozenset[str]:
    """The traces that the source of a page holds; its charset must be ASCII for ASCII letters."""
    return _fastest()(source)


@cache
def _fastest() -> Callable[[bytes], frozenset[str]]:
    return OnePass() if find_spec("hyperscan") is not None else one_by_one


def one_by_one(source: bytes) -> frozenset[str]:
    """The traces by plain search."""
    return frozenset(trace for trace in TRACES if trace.encode() in source)


class OnePass:
    """The same by Hyperscan. The database is shared; its scratch space is each thread's own."""

    def __init__(self) -> None:
        import hyperscan

        self._database: Any = hyperscan.Database()
        self._database.compile(
            expressions=[re.escape(trace).encode() for trace in TRACES],
            ids=list(range(len(TRACES))),
            flags=[hyperscan.HS_FLAG_SINGLEMATCH] * len(TRACES),
        )
        self._scratches = threading.local()

    def __call__(self, source: bytes) -> frozenset[str]:
        """The traces in the source."""
        found: set[str] = set()
        self._database.scan(source, match_event_handler=_note, context=found, scratch=self._scratch())
        return frozenset(found)

    def _scratch(self) -> Any:
        if not hasattr(self._scratches, "own"):
            import hyperscan

            self._scratches.own = hyperscan.Scratch(self._database)
        return self._scratches.own


def _note(number: int, _start: int, _end: int, _flags: int, found: set[str]) -> None:
    found.add(TRACES[number])
