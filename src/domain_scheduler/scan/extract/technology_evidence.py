"""The traces of technologies in a page, bounded and sorted for the matcher.

Not here: the rules and the matching (scan/technologies/).
"""

from collections.abc import Iterable, Sequence
from functools import partial

from domain_scheduler.scan.extract.document.reading import Reading
from domain_scheduler.scan.extract.document.tree import Element, Tree, attribute
from domain_scheduler.scan.technologies import Evidence, Technology, TechnologyMatcher
from domain_scheduler.scan.technologies.evidence import (
    HTML_TAIL,
    MAX_HTML,
    MAX_ROBOTS,
    MAX_SCRIPTS,
    MAX_STYLES,
    MAX_TEXT,
    MAX_URL,
)


def technologies_of(reading: Reading, matcher: TechnologyMatcher | None) -> Sequence[Technology]:
    """The technologies that the matcher recognises in the page."""
    return matcher.match(evidence(reading)) if matcher is not None else ()


def evidence(reading: Reading) -> Evidence:
    """Everything that a rule may look at."""
    scripts = reading.tree.all("script")
    html = _ends_of(reading.decoded.text)
    source = reading.decoded.utf_8 if html is reading.decoded.text else None
    return Evidence(
        url=reading.url[:MAX_URL],
        html=html,
        source=source or html.encode("utf-8", "replace"),
        text=reading.tree.visible_text()[:MAX_TEXT],
        scripts="\n".join(e.text for e in scripts if not attribute(e, "src"))[:MAX_SCRIPTS],
        styles="\n".join(e.text for e in reading.tree.all("style"))[:MAX_STYLES],
        headers=_grouped(reading.headers),
        cookies=_grouped(_cookies(reading)),
        metas={name: [value[:MAX_URL] for value in values] for name, values in reading.metas.items().items()},
        script_urls=_addresses(scripts, "src"),
        dns=reading.beside.dns,
        certificate_issuer=reading.beside.certificate_issuer[:MAX_URL],
        robots=_robots(reading.beside.robots_txt),
        link_urls=_addresses(reading.tree.all("link"), "href"),
        select=partial(_select, reading.tree),
        has=partial(_has, reading.tree),
    )


def _ends_of(html: str) -> str:
    if len(html) <= MAX_HTML:
        return html
    return f"{html[: MAX_HTML - HTML_TAIL]}\n{html[-HTML_TAIL:]}"


def _robots(text: str) -> str:
    """Nothing where a page stands in the place of robots.txt."""
    return "" if text.lstrip().startswith("<") else text[:MAX_ROBOTS]


def _addresses(elements: Iterable[Element], name: str) -> list[str]:
    """Each address once; a longer one is no address but data."""
    found = (attribute(element, name) for element in elements)
    return list(dict.fromkeys(url for url in found if url and len(url) <= MAX_URL))


def _select(tree: Tree, selector: str) -> Sequence[Element]:
    try:
        return tree.select(selector)
    except ValueError:
        # written for another engine
        return ()


def _has(tree: Tree, selector: str) -> bool:
    try:
        return tree.has(selector)
    except ValueError:
        return False


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
