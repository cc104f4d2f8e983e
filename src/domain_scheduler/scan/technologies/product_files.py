"""Product files in Wappalyzer's format as products: the built-in one and those that the user brings.

A file maps names to entries; a folder may hold several (one a letter) beside a `categories.json`. Fields
that need a running browser or further requests (`js`, `xhr`, `probe`) are left aside, and of `dom`
the conditions on `properties`. What is malformed is left out, never an error: such
data is edited by many hands. Our own file adds `link` (addresses of <link> elements) and `wordpress` (folders
below wp-content), and gives categories by name.
Not here: which expressions compile (pattern_set.py), telling what was left aside (left_aside.py).
"""

import gzip
from collections.abc import Iterator, Mapping
from importlib import resources
from pathlib import Path
from typing import Any, Final

import orjson

from domain_scheduler.errors import SettingsError
from domain_scheduler.scan.technologies.products import Channel, Pattern, Product, Relation, Rule

Entry = Mapping[str, Any]

_PLAIN: Final = {
    "url": Channel.URL,
    "html": Channel.HTML,
    "text": Channel.TEXT,
    "scripts": Channel.SCRIPTS,
    "css": Channel.STYLES,
    "scriptSrc": Channel.SCRIPT_URL,
    "link": Channel.LINK_URL,
    "certIssuer": Channel.CERTIFICATE,
    "robots": Channel.ROBOTS,
}
_KEYED: Final = {
    "headers": Channel.HEADER,
    "cookies": Channel.COOKIE,
    "meta": Channel.META,
    "dns": Channel.DNS,
}


def built_in_products() -> list[Product]:
    """The products that this package knows by itself."""
    content = resources.files(__package__).joinpath("products.json").read_bytes()
    return _products(orjson.loads(content), {})


def products_from(path: Path) -> list[Product]:
    """The products in a file or folder. Raises SettingsError for what cannot be read as such."""
    return _products(*entries_in(path))


def entries_in(path: Path) -> tuple[dict[str, Entry], dict[str, str]]:
    """The technologies of a file or folder as they are written, and the names of categories by number.

    Raises SettingsError for what cannot be read as such.
    """
    files = sorted(path.glob("*.json*")) if path.is_dir() else [path]
    contents = [(file.name, _content(file)) for file in files]
    categories = next((c for name, c in contents if name.startswith("categories")), {})
    entries: dict[str, Entry] = {}
    for name, content in contents:
        if not name.startswith("categories"):
            entries.update(content.get("apps") or content.get("technologies") or content)
    if not entries:
        raise SettingsError(f"{path} holds no technologies in Wappalyzer's format")
    technologies: dict[str, Entry] = {name: e for name, e in entries.items() if isinstance(e, dict)}
    return technologies, {str(key): value["name"] for key, value in categories.items()}


def _content(file: Path) -> dict[str, Any]:
    try:
        content = file.read_bytes()
        value = orjson.loads(gzip.decompress(content) if file.suffix == ".gz" else content)
    except (OSError, EOFError, orjson.JSONDecodeError) as exc:
        raise SettingsError(f"{file} cannot be read as technologies in Wappalyzer's format: {exc}") from exc
    if not isinstance(value, dict):
        raise SettingsError(f"{file} is not a JSON object of technologies")
    return value


def _products(entries: Mapping[str, Entry], categories: Mapping[str, str]) -> list[Product]:
    return [_product(name, entry, categories) for name, entry in sorted(entries.items())]


def _product(name: str, entry: Entry, categories: Mapping[str, str]) -> Product:
    return Product(
        name=name,
        categories=_category_names(entry.get("cats"), categories),
        rules=tuple(_rules(entry)),
        implies=tuple(_relation(text) for text in _texts(entry.get("implies"))),
        requires=tuple(_relation(text).name for text in _texts(entry.get("requires"))),
        requires_categories=_category_names(entry.get("requiresCategory"), categories),
        excludes=tuple(_relation(text).name for text in _texts(entry.get("excludes"))),
        wordpress=tuple(_texts(entry.get("wordpress"))),
    )


def _category_names(numbers: Any, categories: Mapping[str, str]) -> tuple[str, ...]:
    listed = numbers if isinstance(numbers, list) else [] if numbers is None else [numbers]
    return tuple(categories.get(str(number), str(number)) for number in listed)


def _rules(entry: Entry) -> Iterator[Rule]:
    for field, channel in _PLAIN.items():
        yield from (Rule(channel, pattern_of(text)) for text in _texts(entry.get(field)))
    for field, channel in _KEYED.items():
        for key, value in _mapping(entry.get(field)):
            yield from (Rule(channel, pattern_of(text), key=key.lower()) for text in _texts(value) or [""])
    yield from _dom_rules(entry.get("dom"))


def _dom_rules(dom: Any) -> Iterator[Rule]:
    for text in _texts(dom):
        selector, tag, tags = text.partition("\\;")
        yield Rule(Channel.DOM, pattern_of(tag + tags), key=selector)
    for selector, conditions in _mapping(dom):
        for condition, value in _mapping(conditions):
            if condition == "exists":
                yield Rule(Channel.DOM, pattern_of(value if isinstance(value, str) else ""), key=selector)
            elif condition == "text":
                yield from (Rule(Channel.DOM, pattern_of(text), key=selector) for text in _texts(value))
            elif condition == "attributes":
                for attribute, texts in _mapping(value):
                    for text in _texts(texts) or [""]:
                        yield Rule(Channel.DOM, pattern_of(text), key=selector, attribute=attribute.lower())


def _mapping(value: Any) -> list[tuple[str, Any]]:
    return list(value.items()) if isinstance(value, dict) else []


def _texts(value: Any) -> list[str]:
    values = value if isinstance(value, list) else [value]
    return [text for text in values if isinstance(text, str)]


def pattern_of(text: str) -> Pattern:
    """A pattern from its written form, `expression\\;version:...\\;confidence:...`."""
    expression, *tags = text.split("\\;")
    named = dict(tag.partition(":")[::2] for tag in tags)
    return Pattern(expression, named.get("version", ""), _confidence(named))


def _relation(text: str) -> Relation:
    name, *tags = text.split("\\;")
    return Relation(name, _confidence(dict(tag.partition(":")[::2] for tag in tags)))


def _confidence(tags: Mapping[str, str]) -> int:
    value = tags.get("confidence", "100")
    return min(int(value), 100) if value.isdecimal() else 100
