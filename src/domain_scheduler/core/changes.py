"""What changed at a site between two scans: a comparison of their facts, pure and bounded.

Facts are what `facts_as_json` (db/migrations) takes from a stored result; an absent value is left out. Three
of them depend on who answered that day (`_SEEN_OR_NOT`): where one scan lacks them, nothing is said. Nor is
anything of contacts (`_ALSO_FROM_CONTACT_PAGES`) where the scans read other kinds of pages.
Not here: which scan is compared with which (queue/queue.sql), the hashes (scan/extract/fingerprints.py).
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final

Facts = Mapping[str, Any]

MAX_TEXT: Final = 1_000
"""Characters of a text that are shown; compared are all."""
MAX_ITEMS: Final = 50
"""Entries of a list that are shown."""
MOST_BITS_OF_AN_EDIT: Final = 16
"""Of 64. On 123 pages of the corpus, a block of a tenth of the words replaced made 10 differ (the median),
of three tenths 16, of a half 21; two unrelated pages never differed in fewer than 20, mostly in 33."""

_TEXTS: Final = (
    "http_status",
    "final_url",
    "final_domain",
    "title",
    "description",
    "language",
    "site_kind",
    "organization",
    "certificate_issuer",
    "certificate_not_after",
)
_SETS: Final = ("emails", "phones", "social", "technologies", "name_servers")
_SEEN_OR_NOT: Final = frozenset({"certificate_issuer", "certificate_not_after", "name_servers"})
_ALSO_FROM_CONTACT_PAGES: Final = frozenset({"emails", "phones", "social"})
FIELDS: Final = ("status", *_TEXTS, *_SETS)
"""What `fields` may name, in its order."""


def changes_between(before: Facts, after: Facts | None) -> dict[str, Any]:
    """What differs from `before`, a completed scan, in `after`; None is a scan that failed.

    `since` and `domain_id` are when and as which domain `before` was stored. `content` compares the visible
    text: `same`, `edited`, `rewritten`, or None when the scan failed; `bits` is how many of 64 bits of the
    simhashes differ. `fields` has an entry for each of FIELDS that differs: `from` and `to`, or for sets
    `added` and `removed` (technologies also `updated`). `same_extractor` is false where another version of
    the extraction may be the cause.
    """
    content, bits = (None, None) if after is None else _content(before, after)
    return {
        "since": _moment(before.get("fetched_at")),
        "domain_id": before.get("domain_id"),
        "content": content,
        "bits": bits,
        "fields": _FAILED if after is None else dict(_fields(before, after)),
        "same_extractor": after is None or before.get("extractor_version") == after.get("extractor_version"),
    }


def changed_words(changes: Mapping[str, Any]) -> list[str]:
    """The names of what changed: `content`, then fields; empty when everything is as it was."""
    content = [] if changes["content"] in {None, "same"} else ["content"]
    return [*content, *changes["fields"]]


_FAILED: Final[Mapping[str, Any]] = {"status": {"from": "completed", "to": "error"}}


def _content(before: Facts, after: Facts) -> tuple[str, int | None]:
    if before.get("content_hash") == after.get("content_hash"):
        return "same", 0
    hashes = _simhash(before), _simhash(after)
    if hashes[0] is None or hashes[1] is None:
        return "rewritten", None  # one of them has no text at all
    bits = (hashes[0] ^ hashes[1]).bit_count()
    return "edited" if bits <= MOST_BITS_OF_AN_EDIT else "rewritten", bits


def _simhash(facts: Facts) -> int | None:
    try:
        return int(str(facts.get("simhash")), 16) & (2**64 - 1)
    except ValueError:
        return None


def _fields(before: Facts, after: Facts) -> Iterator[tuple[str, dict[str, Any]]]:
    same_pages = _contact_pages_read(before) == _contact_pages_read(after)
    for name in (*_TEXTS, *_SETS):
        old, new = before.get(name), after.get(name)
        if name in _SEEN_OR_NOT and not (old and new):
            continue
        if name in _ALSO_FROM_CONTACT_PAGES and not same_pages:
            continue
        change = _of_text(old, new) if name in _TEXTS else _of_set(name, _items(old), _items(new))
        if change:
            yield name, change


def _contact_pages_read(facts: Facts) -> set[str]:
    """The kinds of further pages that gave their contacts."""
    pages = facts.get("contact_pages")
    entries = pages if isinstance(pages, list) else []
    return {
        str(page.get("kind")) for page in entries if isinstance(page, Mapping) and not page.get("error_kind")
    }


def _of_text(old: Any, new: Any) -> dict[str, Any]:
    return {} if old == new else {"from": _shown(old), "to": _shown(new)}


def _shown(value: Any) -> Any:
    return value if value is None or isinstance(value, int) else str(value)[:MAX_TEXT]


def _items(value: Any) -> list[str]:
    """The different entries of a list, or the different values of an object."""
    entries = value.values() if isinstance(value, Mapping) else value
    return list(dict.fromkeys(map(str, entries))) if isinstance(value, list | tuple | Mapping) else []


def _of_set(name: str, old: list[str], new: list[str]) -> dict[str, Any]:
    known, seen = set(old), set(new)
    added = [item for item in new if item not in known]
    removed = [item for item in old if item not in seen]
    if not added and not removed:
        return {}
    if name != "technologies":
        return {"added": _few(added), "removed": _few(removed)}
    updated = _updates(removed, added)
    moved = {one for pair in updated.values() for one in pair}
    return {
        "added": _few([item for item in added if item not in moved]),
        "removed": _few([item for item in removed if item not in moved]),
        "updated": [
            {"name": name[:MAX_TEXT], "from": _version(old)[:MAX_TEXT], "to": _version(new)[:MAX_TEXT]}
            for name, (old, new) in list(updated.items())[:MAX_ITEMS]
        ],
    }


def _few(items: list[str]) -> list[str]:
    return [item[:MAX_TEXT] for item in items[:MAX_ITEMS]]


def _updates(removed: list[str], added: list[str]) -> dict[str, tuple[str, str]]:
    """Name → the entries before and after, for what was there once before and once after."""
    old, new = _by_name(removed), _by_name(added)
    return {
        name: (old[name][0], items[0])
        for name, items in sorted(new.items())
        if len(items) == 1 and len(old.get(name, ())) == 1
    }


def _by_name(technologies: list[str]) -> dict[str, list[str]]:
    grouped: dict[str, list[str]] = {}
    for technology in technologies:
        grouped.setdefault(technology.removesuffix(_version(technology)).rstrip(), []).append(technology)
    return grouped


def _version(technology: str) -> str:
    """The version at the end, empty when none is known."""
    last = technology.rpartition(" ")[2]
    return last if last[:1].isdigit() and last != technology else ""


def _moment(text: Any) -> str | None:
    """The time as Postgres writes it, in UTC: the session's time zone is the server's choice."""
    try:
        return datetime.fromisoformat(text).astimezone(UTC).isoformat()
    except (TypeError, ValueError):
        return None
