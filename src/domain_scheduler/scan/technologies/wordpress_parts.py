"""The plugins and themes of a WordPress site, known or not, by the folders that its files come from.

WordPress serves `wp-content/plugins/<folder>/...?ver=<version>`. That version is the part's own only if
nothing says otherwise: it is not WordPress's (put there where the part gives none), all files of the part
agree, libraries that it carries left aside, and no three parts share it (a site-wide number against caches).
Not here: WordPress itself and its version (products.json).
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from domain_scheduler.scan.technologies.evidence import MAX_URLS, Evidence, Technology
from domain_scheduler.scan.technologies.products import Product

_PART: Final = re.compile(
    r"/wp-content/(plugins|themes)/([\w.-]{1,64})/([^?#\s\"'<>()]{0,256})"
    r"(?:\?(?:[^\s\"'<>()]{0,128}&)?ver=(\d+(?:\.\d+){1,3})(?![\w.-]))?"
)
_CARRIED: Final = re.compile(r"(?:^|/)(?:libs?|libraries|vendors?|node_modules|third[-_]party)/")
"""Folders of libraries that a part brings along."""
_MAX_PARTS: Final = 128
_SHARED: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A plugin or theme. `folder` is `plugins/<name>`; `product` is its name where it is known."""

    folder: str
    product: str | None
    version: str | None

    @property
    def trace(self) -> str:
        """What it was seen by."""
        return f"wordpress:{self.folder}"

    def technology(self) -> Technology:
        """A part that is no known product, named after its folder."""
        kind, _, name = self.folder.partition("/")
        return Technology(
            name=f"WordPress {kind[:-1]} {name}",
            version=self.version,
            categories=(f"WordPress {kind}",),
            confidence=100,
            evidence=(self.trace,),
        )


class WordPressParts:
    """Finds parts, and knows which products some of them are."""

    def __init__(self, products: Iterable[Product]) -> None:
        self._products = {
            folder.lower(): product.name for product in products for folder in product.wordpress
        }

    def find(self, evidence: Evidence, *, core_version: str | None) -> list[Part]:
        """The parts that the page loads files of, in its order."""
        versions: dict[str, set[str]] = {}
        for folder, version in _files(evidence):
            if len(versions) < _MAX_PARTS or folder in versions:
                own = versions.setdefault(folder, set())
                if version and version != core_version:
                    own.add(version)
        users = Counter(version for own in versions.values() for version in own)
        return [
            Part(folder=folder, product=self._products.get(folder.lower()), version=_own(found, users))
            for folder, found in versions.items()
        ]


def _own(versions: set[str], users: Counter[str]) -> str | None:
    """The only version of a part, unless it is everybody's."""
    if len(versions) != 1:
        return None
    (version,) = versions
    return version if users[version] < _SHARED else None


def _files(evidence: Evidence) -> Iterator[tuple[str, str | None]]:
    """The folder of each file, and the version that its address gives."""
    for url in (*evidence.script_urls[:MAX_URLS], *evidence.link_urls[:MAX_URLS], _inline(evidence)):
        if "/wp-content/" in url:
            for kind, name, path, version in _PART.findall(url):
                yield f"{kind}/{name}", version if version and not _CARRIED.search(path) else None


def _inline(evidence: Evidence) -> str:
    return evidence.scripts.replace("\\/", "/") if "wp-content" in evidence.scripts else ""
