"""Who is behind a site, as rows for people."""

from domain_scheduler.core.owner_rows import OwnerRow, owner_rows
from tests.unit.extract.reading import page_of

HTML = """<script type="application/ld+json">{"@type": "Bakery", "name": "Mill", "legalName": "Mill GmbH",
"foundingDate": "1987"}</script><p>USt-IdNr.: DE136695976</p><footer>© 2024 Mill Holding AG</footer>"""


def test_the_owner_is_told_with_its_sources() -> None:
    assert owner_rows(page_of(HTML).details) == [
        OwnerRow("legal name", "Mill GmbH", "json-ld"),
        OwnerRow("name", "Mill", "json-ld"),
        OwnerRow("kind", "Bakery", "json-ld"),
        OwnerRow("founded", "1987", "json-ld"),
        OwnerRow("VAT number", "DE136695976 (DE)", "text"),
        OwnerRow("copyright", "Mill Holding AG", "copyright line"),
    ]


def test_a_report_of_an_earlier_version_tells_no_owner() -> None:
    assert owner_rows({}) == []
