"""The vectors of the built-in rules: a page with one trace in it, and the product that the trace gives away.

`vectors.json` holds two lists. `matches`: `product`, its `version` if the trace tells one, the trace, and
under `also` what else the trace shows. `look_alikes`: a `product` that the trace must not give away. A trace
is one of `header` (`Name: value`), `cookie` and `meta` (`name=value`), `script` and `link` (an address),
`inline` (a script's text), `html` (markup), `url` (the page's own address), `dns` (`type=record`) and
`robots` (robots.txt).
"""

import json
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any, Final

from domain_scheduler.scan.extract.document.reading import Reading, read
from domain_scheduler.scan.surroundings import Surroundings

_FILE: Final = Path(__file__).with_name("vectors.json")
_URL: Final = "https://www.example.org/"


@dataclass(frozen=True)
class Vector:
    """One trace and what it shows."""

    product: str
    version: str | None
    also: tuple[str, ...]
    kind: str
    trace: str

    def __str__(self) -> str:
        return f"{self.product}-{self.kind}-{self.trace[:40]}"

    def page(self) -> Reading:
        """A page that holds nothing but the trace."""
        name, _, value = self.trace.partition(":" if self.kind == "header" else "=")
        headers = [("content-type", "text/html; charset=utf-8")]
        if self.kind == "header":
            headers.append((name, value.strip()))
        if self.kind == "cookie":
            headers.append(("Set-Cookie", f"{self.trace}; path=/"))
        url = self.trace if self.kind == "url" else _URL
        dns = {name: [value]} if self.kind == "dns" else {}
        robots = self.trace if self.kind == "robots" else ""
        markup = _markup(self.kind, self.trace).encode()
        return read(markup, headers=headers, url=url, beside=Surroundings(dns=dns, robots_txt=robots))


def _markup(kind: str, trace: str) -> str:
    name, _, value = trace.partition("=")
    markup = {
        "meta": f'<meta name="{name}" content="{escape(value)}">',
        "script": f'<script src="{escape(trace)}"></script>',
        "link": f'<link rel="stylesheet" href="{escape(trace)}">',
        "inline": f"<script>{trace}</script>",
        "html": trace,
    }
    return f"<!doctype html>{markup.get(kind, '')}"


def _vector(row: dict[str, Any]) -> Vector:
    kind, trace = next(
        (key, value) for key, value in row.items() if key not in ("product", "version", "also")
    )
    return Vector(row["product"], row.get("version"), tuple(row.get("also", ())), kind, trace)


_rows = json.loads(_FILE.read_text(encoding="utf-8"))
MATCHES: Final = [_vector(row) for row in _rows["matches"]]
LOOK_ALIKES: Final = [_vector(row) for row in _rows["look_alikes"]]
