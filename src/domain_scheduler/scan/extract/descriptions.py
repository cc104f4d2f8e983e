"""What a page says that it is about, in its own words.

Sources in order: meta description, og:, twitter:, JSON-LD, Dublin Core. Text that the page does not offer as
its description is never made into one.
Not here: the title (titles.py).
"""

from domain_scheduler.scan.extract.found import Found, first
from domain_scheduler.scan.extract.reading import Reading
from domain_scheduler.scan.extract.structured_data import PAGE_TYPES, text


def description(reading: Reading) -> Found | None:
    """The page's description."""
    return first(
        (
            *reading.metas.found("description", "og:description", "twitter:description"),
            _structured_description(reading),
            *reading.metas.found("dc.description", "dcterms.description", "abstract"),
        )
    )


def _structured_description(reading: Reading) -> Found | None:
    for thing, source in reading.structured.of_types(PAGE_TYPES):
        if value := text(thing, "description"):
            return Found(value, source)
    return None
