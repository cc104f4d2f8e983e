"""What kind of page answers for the domain: a site, or only a placeholder in its stead.

Every sign found adds to the score of its kind; a kind is given from `_ENOUGH` points on, with its evidence.
No sign is about the content of a site.
Not here: technologies (scan/technologies/).
"""

import re
from dataclasses import dataclass
from typing import Final

from domain_scheduler.scan.extract.reading import Reading
from domain_scheduler.scan.extract.tree import collapse

_ENOUGH: Final = 50


@dataclass(frozen=True, slots=True)
class SiteKind:
    """The kind, its score (0 to 100) and the signs that were found."""

    kind: str
    score: int
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sign:
    """A pattern in the title, text or source of a page that speaks for a kind."""

    kind: str
    where: str
    pattern: re.Pattern[str]
    points: int


def _sign(kind: str, where: str, pattern: str, points: int) -> Sign:
    return Sign(kind, where, re.compile(pattern, re.IGNORECASE), points)


SIGNS: Final = (
    _sign(
        "default_page",
        "title",
        r"^welcome to nginx!?$|apache2? .*default page|^iis windows server$|^it works!?$",
        90,
    ),
    _sign("for_sale", "title", r"domain (?:name )?(?:is |may be )?for sale|steht zum verkauf", 80),
    _sign("for_sale", "text", r"this domain (?:name )?(?:is|may be) for sale|buy this domain", 60),
    _sign(
        "parked",
        "text",
        r"domain (?:is )?parked|this domain (?:is|has been) (?:parked|registered)|parked free",
        60,
    ),
    _sign(
        "parked", "source", r"sedoparking|parkingcrew|bodis\.com|/lander\b|window\.park\b|domainsponsor", 70
    ),
    _sign("under_construction", "title", r"under construction|coming soon", 60),
    _sign("suspended", "title", r"account (?:has been )?suspended", 90),
)


def site_kind(reading: Reading) -> SiteKind | None:
    """The kind of placeholder that the page is; None for a site."""
    title = reading.tree.first("title")
    places = {
        "title": collapse(title.text) if title is not None else "",
        "text": reading.tree.visible_text()[:4_000],
        "source": reading.decoded.text[:20_000],
    }
    scores: dict[str, list[Sign]] = {}
    for sign in SIGNS:
        if sign.pattern.search(places[sign.where]):
            scores.setdefault(sign.kind, []).append(sign)
    return _strongest(scores)


def _strongest(scores: dict[str, list[Sign]]) -> SiteKind | None:
    kinds = [
        SiteKind(
            kind,
            min(sum(s.points for s in signs), 100),
            tuple(f"{s.where}: {s.pattern.pattern}" for s in signs),
        )
        for kind, signs in scores.items()
    ]
    best = max(kinds, key=lambda kind: kind.score, default=None)
    return best if best is not None and best.score >= _ENOUGH else None
