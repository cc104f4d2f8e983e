"""A value together with where it came from.

Every reader of this room answers with a `Found` or None, so that each field of a page can name its source.
Not here: the page as a whole (reading.py).
"""

from collections.abc import Iterable
from typing import NamedTuple


class Found(NamedTuple):
    """One value and its source, for example `og:title`."""

    value: str
    source: str


def first(candidates: Iterable[Found | None]) -> Found | None:
    """The first candidate that holds something; later ones are not even computed."""
    return next((found for found in candidates if found is not None and found.value), None)
