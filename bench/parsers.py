"""HTML parsers beside each other: speed, agreement with html5lib's tree, and pages made to hurt.

python -m bench.parsers

The trees are compared as lists of (parent, element, number of attributes) in document order, without what
is in templates, where parsers keep their content in other places. html5lib is the reference, as it follows
the standard step by step.
Not here: why we chose ours (docs/decisions/0006-html-parser.md).
"""

import time
from collections.abc import Callable
from typing import Any, Final

from rich.console import Console
from rich.table import Table
from tests.support.corpus_sites import corpus_homepages

from domain_scheduler.scan.extract.document.charset import decode

Shape = list[tuple[str, str, int]]
_COMPARED: Final = 120
_LARGEST: Final = 300_000
HOSTILE: Final = {
    "100,000 nested <div>": "<div>" * 100_000,
    "50,000 attributes": "<p " + " ".join(f"a{n}=1" for n in range(50_000)) + ">",
    "30,000 nested <a>": "<a href=x>" * 30_000,
    "20,000 nested <table>": "<table>" * 20_000,
    "40,000 formatting elements": "<b><i><u><a>" * 10_000 + "</p>" * 1_000,
}


def _turbohtml(text: str) -> Any:
    from turbohtml import parse

    return parse(text, positions=False, allow_declarative_shadow_roots=False)


def _lexbor(text: str) -> Any:
    from selectolax.lexbor import LexborHTMLParser  # type: ignore[import-not-found, unused-ignore]

    return LexborHTMLParser(text)


def _html5lib(text: str) -> Any:
    import html5lib  # type: ignore[import-not-found, import-untyped, unused-ignore]

    return html5lib.parse(text, treebuilder="etree", namespaceHTMLElements=False)


def _shape_of_turbohtml(document: Any) -> Shape:
    found = []
    for element in document.select("*"):
        parent = element.parent
        found.append((getattr(parent, "tag", "") or "", element.tag, len(element.attrs)))
    return found


def _shape_of_lexbor(document: Any) -> Shape:
    return [
        ("" if node.parent is None or node.tag == "html" else node.parent.tag, node.tag, len(node.attributes))
        for node in document.css("*")
    ]


def _shape_of_html5lib(root: Any) -> Shape:
    found: Shape = []
    pending = [("", root)]
    while pending:
        parent, element = pending.pop()
        if isinstance(element.tag, str):
            name = element.tag.rpartition("}")[2]
            found.append((parent, name, len(element.attrib)))
            if name != "template":
                pending += [(name, child) for child in reversed(element)]
    return found


PARSERS: Final[dict[str, tuple[Callable[[str], Any], Callable[[Any], Shape]]]] = {
    "turbohtml": (_turbohtml, _shape_of_turbohtml),
    "selectolax lexbor": (_lexbor, _shape_of_lexbor),
    "html5lib": (_html5lib, _shape_of_html5lib),
}


def _milliseconds(parse: Callable[[str], Any], text: str) -> float:
    start = time.process_time_ns()
    parse(text)
    return (time.process_time_ns() - start) / 1e6


def main() -> None:
    """The command."""
    texts = [
        decode(site.page(), content_type=site.content_type, top_level_domain="").text
        for site in corpus_homepages()
    ]
    texts = [text for text in texts if text and len(text) < _LARGEST]
    compared = texts[:: max(len(texts) // _COMPARED, 1)]
    reference = [_normal(_shape_of_html5lib(_html5lib(text))) for text in compared]
    table = Table(
        title=f"{len(texts)} pages, {sum(map(len, texts)) / len(texts) / 1000:.0f} thousand characters"
    )
    for column in ("parser", "ms a page", "same tree as html5lib", *HOSTILE):
        table.add_column(column, justify="left" if column == "parser" else "right")
    for name, (parse, shape) in PARSERS.items():
        sample = compared if name == "html5lib" else texts
        speed = sum(_milliseconds(parse, text) for text in sample) / len(sample)
        same = sum(_normal(shape(parse(t))) == r for t, r in zip(compared, reference, strict=True))
        hostile = (
            []
            if name == "html5lib"
            else [f"{_milliseconds(parse, html):.0f} ms" for html in HOSTILE.values()]
        )
        table.add_row(name, f"{speed:.2f}", f"{same} of {len(compared)}", *hostile)
    Console(width=140).print(table)


def _normal(shape: Shape) -> Shape:
    return [row for row in shape if row[0] != "template"]


if __name__ == "__main__":
    main()
