"""Whose site it is where no structured data and no copyright line says so: legal forms, names in titles."""

import pytest

from domain_scheduler.core.report import Page
from tests.unit.extract.reading import page_of

_PLACE = "<p>12 High Street<br>Springfield, IL 62704<br>Tel. +44 20 7946 0123</p>"
_FORMS = (
    "Inc|Incorporated|INC|LLC|L.L.C|LLP|PLLC|P.L.L.C|Pty Ltd|PTY LTD|Pte. Ltd|Pvt Limited|Ltd|LTD|"
    "Limited|LIMITED|Corp|corp|Corporation|CORP|Co., Ltd|Co. KG|Co|PLC|Plc|plc|GmbH|GMBH|"
    "GmbH & Co. KG|mbH|AG|e.V|e. K|eK|UG|KG|OHG|UG (haftungsbeschränkt)|SA|S.A|SAS|S.A.S|SARL|"
    "S.A.R.L|S.à.r.l|Sàrl|EURL|Srl|S.r.l|SRL|S.p.A|SpA|S.L|S.L.U|BV|B.V|N.V|VOF|V.O.F|A/S|ApS|AB|Oy|"
    "Oyj|Ltda|Lda|LTDA|LDA|S.A. de C.V|Kft|Bft|Zrt|s.r.o|sro|a.s|d.o.o|Sp. z o.o|sp. z o. o|A.Ş|AŞ|"
    "Ltd. Şti|UAB|SIA|OÜ|Sdn Bhd|Sdn. Bhd"
)


def _owner(page: Page) -> tuple[str | None, str | None]:
    return page.organization, page.details["sources"].get("organization")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("<p>Bellhop Tools Inc.</p>{}", "Bellhop Tools Inc."),
        ("<p>Bellhop & Sons, LLC</p>{}", "Bellhop & Sons, LLC"),
        ("<p>Headquarters | Bellhop GmbH & Co. KG</p>{}", "Bellhop GmbH & Co. KG"),
        ("<p>Contact us • Bellhop Sp. z o.o.</p>{}", "Bellhop Sp. z o.o."),
        ("<p>2005 - 2014 Bellhop Lda</p>{}", "Bellhop Lda"),
        ("<p>ООО «Колокольчик»</p>{}", "ООО «Колокольчик»"),
        ("<p>株式会社山田鐘</p>{}", "株式会社山田鐘"),
        ("<p>上海钟表有限公司</p>{}", "上海钟表有限公司"),
    ],
)
def test_the_only_company_above_an_address_owns_the_site(text: str, name: str) -> None:
    assert _owner(page_of(f"<p>Welcome</p>{text.format(_PLACE)}")) == (name, "text")


@pytest.mark.parametrize("form", _FORMS.split("|"))
def test_every_legal_form_is_found(form: str) -> None:
    assert (page_of(f"<p>Bellhop {form}</p>{_PLACE}").organization or "").rstrip(".") == f"Bellhop {form}"


@pytest.mark.parametrize(
    "text",
    [
        f"<p>One Inc.</p>{_PLACE}<p>Two Inc.</p>{_PLACE}",
        f"<p>We were asked by Bellhop Inc. and are proud of it.</p>{_PLACE}",
        f"<p>Vimeo Inc.</p>{_PLACE}",
        "<p>Bellhop Inc.</p><p>is one of our customers</p>",
        f"<p>Ltd Ltd</p>{_PLACE}",
    ],
)
def test_partners_customers_and_makers_do_not_own_it(text: str) -> None:
    assert page_of(text).organization is None


def test_a_company_whose_name_the_domain_is_owns_the_site_wherever_it_is_named() -> None:
    text = "<p>You accept the terms of Example Trading Ltd. and of Other Partners Ltd.</p>"
    assert _owner(page_of(text)) == ("Example Trading Ltd.", "text")


def test_the_holder_of_the_copyright_is_given_with_the_legal_form_that_the_text_gives_it() -> None:
    page = page_of("<p>A service of Bellhop, Inc. in Ohio</p><footer>© 2024 Bellhop</footer>")
    assert _owner(page) == ("Bellhop, Inc.", "copyright")
    assert page.details["copyright_holder"] == "Bellhop"


def test_the_name_of_a_site_that_can_be_reached_is_the_last_resort_and_says_so() -> None:
    title = "<title>Contact us | Yellow Mill</title>"
    assert _owner(page_of(title + _PLACE)) == ("Yellow Mill", "site_name")
    assert _owner(page_of(f"{title}<p>miller@example.org</p>")) == ("Yellow Mill", "site_name")
    assert _owner(page_of(f"{title}<p>yellowmill@gmail.com</p>")) == (None, None)


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Contact us | Yellow Mill", "Yellow Mill"),
        ("Yellow Mill: About us", "Yellow Mill"),
        ("Impressum – Gelbe Mühle", "Gelbe Mühle"),
        ("Home - Yellow Mill", "Yellow Mill"),
        ("Контакты / Мельница", "Мельница"),
        ("Contact the Yellow Mill", "Yellow Mill"),
        ("Welcome to Yellow Mill", "Yellow Mill"),
        ("YM Contact Us", "YM"),
        ("Contact lenses | Yellow Mill", None),
        ("Contact us | Flour | Yellow Mill", None),
        ("Contact our sales team", None),
        ("About the forum", None),
        ("Home - News", None),
        ("Welcome to Nowhere", None),
    ],
)
def test_what_a_title_says_beside_the_kind_of_page_is_the_site(title: str, name: str | None) -> None:
    text = "<p>The Yellow Mill. Yellow Mill flour. YM, YM. Our sales team, our sales team. The forum, forum."
    assert page_of(f"<title>{title}</title>{text}").details["site_name"] == name


def test_a_title_of_nothing_but_names_gives_the_name_as_the_headline() -> None:
    html = "<title>Форум Мельница • Главная страница</title><h1>Форум Мельница</h1>"
    assert page_of(html, url="https://shop.example.org/forum/").details["headline"] == "Форум Мельница"
