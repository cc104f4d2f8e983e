"""The traces of technologies in a page, bounded and sorted for the matcher.

Not here: the rules and the matching (scan/technologies/).
"""

from collections.abc import Iterable, Sequence

from domain_scheduler.scan.extract.reading import Reading
from domain_scheduler.scan.extract.tree import attribute
from domain_scheduler.scan.technologies import Evidence, Technology, TechnologyMatcher
from domain_scheduler.scan.technologies.evidence import MAX_HTML, MAX_SCRIPTS, MAX_TEXT, MAX_URL


def technologies_of(reading: Reading, matcher: TechnologyMatcher | None) -> Sequence[Technology]:
    """The technologies that the matcher recognises in the page."""
    return matcher.match(evidence(reading)) if matcher is not None else ()


def evidence(reading: Reading) -> Evidence:
    """Everything that a rule may look at."""
    scripts = reading.tree.all("script")
    return Evidence(
        url=reading.url[:MAX_URL],
        html=reading.decoded.text[:MAX_HTML],
        text=reading.tree.visible_text()[:MAX_TEXT],
        scripts="\n".join(e.text for e in scripts if not attribute(e, "src"))[:MAX_SCRIPTS],
        headers=_grouped(reading.headers),
        cookies=_grouped(_cookies(reading)),
        metas=reading.metas.items(),
        script_urls=[url for e in scripts if (url := attribute(e, "src")) and len(url) <= MAX_URL],
        link_urls=[
            url for e in reading.tree.all("link") if (url := attribute(e, "href")) and len(url) <= MAX_URL
        ],
    )


def _grouped(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    grouped: dict[str, list[str]] = {}
    for name, value in pairs:
        grouped.setdefault(name.lower(), []).append(value[:MAX_URL])
    return grouped


def _cookies(reading: Reading) -> Iterable[tuple[str, str]]:
    for name, value in reading.headers:
        if name == "set-cookie":
            key, _, content = value.partition(";")[0].partition("=")
            yield key.strip(), content.strip()
