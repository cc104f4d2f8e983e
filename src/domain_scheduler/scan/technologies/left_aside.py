"""What of the user's technology data is never looked at, told once when a service starts.

Rules of some kinds need a running browser (`js`, `dom` with `properties`) or requests beyond what a site is
asked anyway (`xhr`, `probe`); some expressions are none, and some selectors name nothing to search for.
Not here: reading the files (product_files.py).
"""

import logging
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from domain_scheduler.scan.technologies.pattern_set import is_valid
from domain_scheduler.scan.technologies.product_files import Entry, entries_in, products_from
from domain_scheduler.scan.technologies.products import Channel, Product, Rule
from domain_scheduler.scan.technologies.selectors import required_texts

_log = logging.getLogger(__name__)

_KINDS: Final = ("js", "xhr", "probe")


@dataclass(frozen=True, slots=True)
class LeftAside:
    """Rules by kind that are never looked at, and the technologies that have no others."""

    rules: dict[str, int]
    technologies: tuple[str, ...]


def left_aside(path: Path) -> LeftAside:
    """What of a file or folder is not looked at. Raises SettingsError for what cannot be read as such."""
    entries, _ = entries_in(path)
    products = products_from(path)
    rules = Counter(kind for entry in entries.values() for kind in _kinds(entry))
    unusable = [why for product in products for rule in product.rules if (why := _unusable(rule))]
    blind = (p.name for p in products if not _is_seen(p) and (p.rules or any(_kinds(entries[p.name]))))
    return LeftAside(dict((rules + Counter(unusable)).most_common()), tuple(blind))


def tell_what_is_left_aside(path: Path) -> None:
    """Logs it in one line: how many rules of which kind, and the technologies that cannot be found."""
    found = left_aside(path)
    if not found.rules:
        return
    kinds = ", ".join(f"{count} {kind}" for kind, count in found.rules.items())
    blind = f"{len(found.technologies)} technologies have no others: {', '.join(found.technologies)}"
    _log.info(
        "rules of %s that are not looked at: %s%s",
        path.name,
        kinds,
        f". {blind}" if found.technologies else "",
        extra={"action": "technology_rules_left_aside"},
    )


def _kinds(entry: Entry) -> Iterator[str]:
    """The kind of each rule of an entry that is not looked at, once a rule."""
    for kind in _KINDS:
        yield from [kind] * _size(entry.get(kind))
    dom = entry.get("dom")
    for conditions in dom.values() if isinstance(dom, dict) else ():
        if isinstance(conditions, dict):
            yield from ["dom properties"] * _size(conditions.get("properties"))


def _size(value: Any) -> int:
    if isinstance(value, list | dict):
        return len(value)
    return 0 if value is None else 1


def _unusable(rule: Rule) -> str | None:
    if not is_valid(rule.pattern.expression):
        return "malformed"
    if rule.channel is Channel.DOM and not required_texts(rule.key):
        return "dom without a text to search for"
    return None


def _is_seen(product: Product) -> bool:
    return bool(product.wordpress) or any(_unusable(rule) is None for rule in product.rules)
