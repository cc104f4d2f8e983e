"""The theme of a Shopify shop and its version, as every page of the shop says in `Shopify.theme`.

A shop may call its theme what it likes (`name`); what it was made from is the schema's name and version.
Not here: Shopify itself (products.json), the parts of WordPress (wordpress_parts.py).
"""

import re
from typing import Final

import orjson

from domain_scheduler.scan.technologies.evidence import Evidence, Technology

_THEME: Final = re.compile(r"\bShopify\.theme\s*=\s*(\{[^{}]{1,1000}\})")
_VERSION: Final = re.compile(r"v?(\d{1,4}(?:\.\d{1,4}){0,3})")
_MAX_NAME: Final = 64


def shopify_theme(evidence: Evidence) -> Technology | None:
    """The theme; None where the page names none."""
    found = _THEME.search(evidence.scripts) if "Shopify.theme" in evidence.scripts else None
    if found is None:
        return None
    try:
        theme = orjson.loads(found[1])
    except orjson.JSONDecodeError:
        return None
    name, version = theme.get("schema_name"), theme.get("schema_version")
    if not isinstance(name, str) or not 0 < len(name.strip()) <= _MAX_NAME:
        return None
    number = _VERSION.match(version) if isinstance(version, str) else None
    return Technology(
        name=f"Shopify theme {name.strip()}",
        version=number[1] if number else None,
        categories=("Shopify themes",),
        confidence=100,
        evidence=("scripts",),
    )
