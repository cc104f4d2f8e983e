"""Software that names itself and its version in a header (`Server: JengineD/1.7`), though no rule knows it.

Only one word with a version counts, at the beginning or behind another such word: the rest is comments, hosts
and jokes. What a rule matches is left to the rule.
Not here: the rules (products.json).
"""

import re
from collections.abc import Iterator
from typing import Final

from domain_scheduler.scan.technologies.evidence import MAX_VALUES, Evidence, Technology
from domain_scheduler.scan.technologies.keyed_rules import KeyedRules

_HEADERS: Final = {"server": "Web servers", "x-powered-by": "Web frameworks"}
_COMMENT: Final = re.compile(r"\([^()]*\)")
_NAMED: Final = re.compile(r"([A-Za-z][A-Za-z0-9_+-]{1,30})/v?(\d{1,4}(?:\.\d{1,6}){1,3})(?![\w-]).*")
_PROTOCOLS: Final = frozenset({"http", "https", "upnp", "dlnadoc", "tls", "ssl", "mozilla", "cpython", "jdk"})
_MAX_WORDS: Final = 12
_CONFIDENCE: Final = 75


def self_named(evidence: Evidence, known: KeyedRules) -> Iterator[Technology]:
    """What the headers name that the rules on headers don't match."""
    for header, category in _HEADERS.items():
        for value in evidence.headers.get(header, ())[:MAX_VALUES]:
            for match in _named_in(value):
                if not any(known.search({header: [f"{match[1]}/{match[2]}"]})):
                    yield Technology(
                        name=match[1],
                        version=match[2],
                        categories=(category,),
                        confidence=_CONFIDENCE,
                        evidence=(f"header:{header}",),
                    )


def _named_in(value: str) -> Iterator[re.Match[str]]:
    before = "/"
    for word in _COMMENT.sub(" ", value).split()[:_MAX_WORDS]:
        match = _NAMED.fullmatch(word.strip(",;")) if "/" in before else None
        if match and match[1].lower() not in _PROTOCOLS:
            yield match
        before = word
