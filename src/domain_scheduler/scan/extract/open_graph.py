"""OpenGraph and Twitter card properties, as the page gives them.

A property that comes once is text, one that comes several times a list, in order.
Not here: other metas (document/metas.py).
"""

from typing import Final

from domain_scheduler.scan.extract.document.metas import Metas

_OPEN_GRAPH: Final = ("og:", "article:", "profile:", "book:", "product:", "business:", "place:", "fb:", "al:")
_TWITTER: Final = ("twitter:",)


def open_graph(metas: Metas) -> dict[str, str | list[str]]:
    """The page's OpenGraph properties by name."""
    return _with_prefix(metas, _OPEN_GRAPH)


def twitter_card(metas: Metas) -> dict[str, str | list[str]]:
    """The page's Twitter card properties by name."""
    return _with_prefix(metas, _TWITTER)


def _with_prefix(metas: Metas, prefixes: tuple[str, ...]) -> dict[str, str | list[str]]:
    chosen = ((name, values) for name, values in metas.items().items() if name.startswith(prefixes))
    return {name: values[0] if len(values) == 1 else values for name, values in chosen}
