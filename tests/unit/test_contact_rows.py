"""Contacts as rows for people: each with what it is and where it stood."""

from domain_scheduler.core.contact_rows import ContactRow, contact_rows
from tests.unit.extract.reading import page_of

HTML = """<a href="mailto:info@mill.org">x</a><p>Fax: +49 30 123457</p><a href="https://github.com/mill">g</a>
<form id="contact"><input type="email" name="email"><textarea></textarea></form>
<script type="application/ld+json">{"@type": "PostalAddress", "streetAddress": "Lindenweg 1",
"addressLocality": "Berlin", "postalCode": "10245"}</script>"""


def test_every_contact_of_a_page_is_a_row() -> None:
    assert contact_rows(page_of(HTML, url="https://mill.org/").details) == [
        ContactRow("e-mail", "info@mill.org", "mailto", None),
        ContactRow("fax", "+4930123457", "text", None),
        ContactRow("address", "Lindenweg 1, 10245, Berlin", "json-ld", None),
        ContactRow("form", "a form to write to the owner", "form", None),
        ContactRow("github", "https://github.com/mill", "a", None),
    ]


def test_the_page_is_told_where_several_were_asked() -> None:
    found = {"value": "info@mill.org", "source": "text", "page": "https://mill.org/c"}
    assert contact_rows({"contacts": {"emails": [found]}}) == [
        ContactRow("e-mail", "info@mill.org", "text", "https://mill.org/c")
    ]


def test_nothing_known_is_no_row() -> None:
    assert contact_rows({}) == []
