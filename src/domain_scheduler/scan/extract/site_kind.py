"""What kind of page answers for the domain: a site, or only a placeholder in its stead.

Every sign found adds to the score of its kind (0 to 100); the strongest kind from `_ENOUGH` points on is
given, with its evidence, else the page is a `website`. A page with much to read is hardly a placeholder:
signs in its text do not count, those in its title count half, and those in its source only beside one in
the title. Name servers that serve nothing but parked domains count whatever the page. No sign is about the
content of a site.
Not here: the signs in words (site_kind_signs.py), technologies (scan/technologies/).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from domain_scheduler.scan.extract.document.reading import Reading
from domain_scheduler.scan.extract.document.tree import Element, attribute, collapse
from domain_scheduler.scan.extract.site_kind_signs import signs_in

_ENOUGH: Final = 50
_SHORT: Final = 1_500
"""Characters of text up to which a page may be a placeholder."""
_LITTLE: Final = 600
_FEW_LINKS: Final = 20
_NEXT_TO_NOTHING: Final = 200
_MAX_SOURCE: Final = 40_000
_WEBSITE: Final = "website"
_ROOTS: Final = ("root", "app", "__next", "__nuxt", "___gatsby", "app-root", "main-app", "q-app", "svelte")


@dataclass(frozen=True, slots=True)
class SiteKind:
    """The kind, its score (0 to 100) and the signs that were found."""

    kind: str
    score: int
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Point:
    kind: str
    points: int
    evidence: str


def site_kind(reading: Reading) -> SiteKind:
    """The kind of page."""
    text = reading.tree.visible_text()
    short = len(text) <= _SHORT
    points = [
        *_signs(reading, text, short=short),
        *_login(reading, text, short=short),
        *_app_shell(reading, text),
    ]
    best = max((_added(points, kind) for kind in {p.kind: 0 for p in points}), key=_score, default=None)
    if best is not None and best.score >= _ENOUGH:
        return best
    return SiteKind(_WEBSITE, 100 - _score(best) if text.strip() else 0, (f"{len(text)} characters of text",))


def _score(kind: SiteKind | None) -> int:
    return kind.score if kind is not None else 0


def _added(points: list[_Point], kind: str) -> SiteKind:
    own = [point for point in points if point.kind == kind]
    score = min(sum(point.points for point in own), 100)
    return SiteKind(kind, score, tuple(dict.fromkeys(point.evidence for point in own)))


def _signs(reading: Reading, text: str, *, short: bool) -> Iterator[_Point]:
    title = reading.tree.first("title")
    named = list(_shown("title", collapse(title.text) if title is not None else "", short=short))
    yield from named
    if short:
        yield from _shown("text", text, short=True)
    if short or named:
        yield from _shown("source", reading.decoded.text[:_MAX_SOURCE], short=short)
    if len(text.strip()) <= _NEXT_TO_NOTHING:
        yield from _shown("bare source", reading.decoded.text[:_MAX_SOURCE], short=True)
    if servers := reading.beside.dns.get("ns"):
        yield from _shown("ns", "".join(f".{server} " for server in servers), short=True)


def _shown(where: str, place: str, *, short: bool) -> Iterator[_Point]:
    """The signs that one place of the page shows."""
    for sign in signs_in(where, place.lower()):
        yield _Point(sign.kind, sign.points if short else sign.points // 2, f"{where}: {sign.name}")


def _login(reading: Reading, text: str, *, short: bool) -> Iterator[_Point]:
    """A page that shows a password field and little else; beside more text the title must say so too."""
    passwords = [
        field for field in reading.tree.all("input") if attribute(field, "type").lower() == "password"
    ]
    # two of them are asked of who registers
    if short and len(passwords) == 1:
        little = len(text) <= _LITTLE and len(reading.tree.anchors()) <= _FEW_LINKS
        yield _Point("login", 50 if little else 30, "a password field and little text")


def _app_shell(reading: Reading, text: str) -> Iterator[_Point]:
    """A page that is empty until its scripts have run."""
    if (
        not reading.is_whole
        or len(text.strip()) > _NEXT_TO_NOTHING
        or not any(map(_brings_code, reading.tree.all("script")))
    ):
        return
    if "javascript" in text.lower():
        yield _Point("app_shell", 40, "asks for JavaScript")
    if any(reading.tree.by_id(name) is not None for name in _ROOTS):
        yield _Point("app_shell", 55, "an empty root element")
    elif len(text.strip()) < 20 and not any(map(reading.tree.all, ("img", "iframe", "frame"))):
        yield _Point("app_shell", 50, "scripts and no text")


def _brings_code(script: Element) -> bool:
    return bool(attribute(script, "src")) or attribute(script, "type").lower() == "module"
