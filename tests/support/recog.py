"""The examples of recog's fingerprints: strings that servers send, and the product and version they mean.

Not here: which of our products recog's are (tests/unit/technologies/test_recog.py).
"""

import gzip
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree import ElementTree

from tests.support.corpus import corpus


@dataclass(frozen=True)
class Example:
    """One string; `version` is None where recog reads none from it."""

    text: str
    product: str
    version: str | None


def recog_examples(name: str) -> Iterator[Example]:
    """The examples of one of recog's files (`http_servers`)."""
    content = gzip.decompress(corpus("vectors", "tech", "recog", f"{name}.xml.gz").read_bytes())
    for fingerprint in ElementTree.fromstring(content).iter("fingerprint"):
        values = {param.get("name"): param.get("value") for param in fingerprint.iter("param")}
        product = values.get("service.product")
        if product:
            for example in fingerprint.iter("example"):
                yield Example((example.text or "").strip(), product, example.get("service.version"))
