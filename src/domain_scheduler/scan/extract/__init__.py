"""Extraction: what one page says of its site, as pure functions over bytes, headers and URL.

The door of the room. Not here: fetching (scan/fetch/), recognising technologies (scan/technologies/).
"""

from domain_scheduler.scan.extract.details import EXTRACTOR_VERSION
from domain_scheduler.scan.extract.extractor import DEFAULT_MAX_BYTES, extract_page

__all__ = ["DEFAULT_MAX_BYTES", "EXTRACTOR_VERSION", "extract_page"]
