"""Whose site it is: the organisation in structured data, the holder in the copyright line."""

import json

import pytest

from domain_scheduler.scan.extract.owner.copyright_line import copyright_holder
from domain_scheduler.scan.extract.owner.organization import organization
from tests.unit.extract.reading import page_of, reading_of


@pytest.mark.parametrize(
    ("line", "holder"),
    [
        ("© 2014 Acme Ltd. All rights reserved.", "Acme Ltd."),
        (
            "Copyright © 2007 - 2014 Taylor &amp; Sons, Inc. All rights reserved. Terms of Use",
            "Taylor & Sons, Inc.",
        ),
        ("© Mühle GmbH &amp; Co. KG 2011–2024 | Impressum | Datenschutz", "Mühle GmbH & Co. KG"),
        ("(c) 2019, by Jane Doe", "Jane Doe"),
        ("Acme S.p.A. © 2020", "Acme S.p.A."),
        ("© 2024 Éditions du Lac – Tous droits réservés", "Éditions du Lac"),
        ("Copyright 2021 株式会社山田 無断転載を禁じます", "株式会社山田"),
        ("© 2024 上海某某有限公司 版权所有", "上海某某有限公司"),
        ("© ООО «Ромашка», 2010. Все права защищены", "ООО «Ромашка»"),
        ("© 2024 «Ромашка». Все права защищены.", "Ромашка"),
        ("Copyright ⓒ 2024 삼성전자 All rights reserved", "삼성전자"),
        ("© 2023 Harbour Candles. Powered by Shopify", "Harbour Candles"),
        (
            "© 2023 Acme Studio, 12 High Street | +44 20 7946 0123 | crew@acme.example",
            "Acme Studio, 12 High Street",
        ),
        ("© Copyright 2014 The Trustees of Somewhere University", "The Trustees of Somewhere University"),
        ("© 2012 Mill Bakery is a registered trademark", "Mill Bakery"),
        ("© 2012 Bellhop, IncTermsPrivacy", "Bellhop, Inc"),
        ("Site map | Contact Us \u00a0  \u00a0Bellhop Inc. © 1986-2013 All rights reserved", "Bellhop Inc."),
        ("© 1996 - 2013 Bellhop, Inc. Who's Who in Hotels. All rights reserved", "Bellhop, Inc."),
        ("© ЗАО РОМАШКА, финансы и кредит, 2010", "ЗАО РОМАШКА"),
    ],
)
def test_the_copyright_line_names_its_holder(line: str, holder: str) -> None:
    found = copyright_holder(reading_of(f"<p>Welcome</p><footer><p>{line}</p></footer>"))
    assert found is not None
    assert (found.value, found.source) == (holder, "copyright")


@pytest.mark.parametrize(
    "line",
    [
        "© 2014",
        "© 2014 All rights reserved",
        "Copyright notice and terms",
        "Read our copyright policy",
        "Map data © 2014 Google",
        "© OpenStreetMap contributors",
        "Powered by phpBB © 2001, 2005 phpBB Group",
        "Copyright © 2013 Cartsoft. Powered by Cartsoft",
        "© 2010 Menumaker jQuery Menus",
        "© 2020 | Privacy",
        "© 2019 company name",
        "© 2019 This website and its content are protected by law",
        "Sections (a), (b) and (c) apply",
        "© 2019 " + "x" * 81,
    ],
)
def test_a_line_that_names_nobody_has_no_holder(line: str) -> None:
    assert copyright_holder(reading_of(f"<p>{line}</p>")) is None


def test_who_made_the_software_of_a_forum_does_not_own_it() -> None:
    made = "<p>© 2013 Carp Club</p><p>Powered by Boardsoft® Version 4.1</p><p>Copyright © 2015 {} Inc.</p>"
    assert page_of(made.format("Boardsoft")).organization == "Carp Club"
    assert page_of(made.format("Trout Club")).organization == "Trout Club Inc."


def test_a_line_that_goes_on_about_copying_names_its_holder_before_the_mark() -> None:
    line = "<p>Мельница © 2015. Копирование материалов запрещено.</p>"
    assert page_of(line).organization == "Мельница"


def test_the_last_line_with_a_name_counts() -> None:
    html = "<p>Photo © Jane Doe</p><p>© 2020 Acme</p><p>© 2021</p>"
    found = copyright_holder(reading_of(html))
    assert found is not None
    assert found.value == "Acme"


def test_a_meta_element_names_the_holder_where_no_line_does() -> None:
    found = copyright_holder(reading_of("<meta name=copyright content='(c) 2012 Acme BV'><p>Hello</p>"))
    assert found is not None
    assert (found.value, found.source) == ("Acme BV", "meta:copyright")


def test_a_page_full_of_signs_is_read_in_time() -> None:
    html = "<p>" + "© (c) copyright 2014 - " * 20_000
    assert copyright_holder(reading_of(html)) is None


def _owner(*things: dict[str, object]) -> str | None:
    html = f'<script type="application/ld+json">{json.dumps(list(things))}</script>'
    found = organization(reading_of(html, url="https://www.acme.example.org/"))
    return found["name"] if found else None


def test_the_organisation_at_the_front_page_owns_the_site() -> None:
    guest = {
        "@type": "Hotel",
        "name": "Guest",
        "url": "https://guest.net/",
        "telephone": "1",
        "email": "a@b.net",
    }
    own = {"@type": "Organization", "name": "The Owner", "url": "https://example.org"}
    assert _owner(guest, own) == "The Owner"


def test_the_organisation_named_like_the_domain_owns_the_site() -> None:
    assert _owner({"@type": "Store", "name": "Other"}, {"@type": "Store", "name": "Ex-ample"}) == "Ex-ample"


def test_an_organisation_at_an_impossible_address_is_read() -> None:
    assert _owner({"@type": "Store", "name": "Shop", "url": "https://[shop]/"}) == "Shop"


def test_a_domain_of_several_words_names_its_owner_too() -> None:
    things = [{"@type": "Store", "name": "Other"}, {"@type": "Store", "name": "Die Tagespost"}]
    html = f'<script type="application/ld+json">{json.dumps(things)}</script>'
    found = organization(reading_of(html, url="https://www.die-tagespost.de/"))
    assert found is not None and found["name"] == "Die Tagespost"


def test_one_of_several_strangers_does_not_own_the_site() -> None:
    assert _owner({"@type": "Restaurant", "name": "One"}, {"@type": "Restaurant", "name": "Two"}) is None


def test_the_only_organisation_gives_way_to_a_holder_whose_name_the_domain_is() -> None:
    practice = '<script type="application/ld+json">{"@type": "Physician", "name": "Dr Jane Doe"}</script>'
    assert page_of(f"{practice}<p>© 2024 Example, Inc.</p>").organization == "Example, Inc."
    assert page_of(f"{practice}<p>© 2024 Somebody Else</p>").organization == "Dr Jane Doe"


def test_an_artist_whom_a_page_is_about_does_not_own_the_site() -> None:
    assert _owner({"@type": "MusicGroup", "name": "Band"}) is None
    assert _owner({"@type": "MusicGroup", "name": "Band"}, {"@type": "Store", "name": "Shop"}) == "Shop"


def test_the_legal_name_comes_before_the_name_and_that_before_the_copyright() -> None:
    mill = '"@type": "Store", "name": "Mill"'
    line = "<p>© 2024 Keeper Ltd</p>"
    legal = f'<script type="application/ld+json">{{{mill}, "legalName": "Mill GmbH"}}</script>{line}'
    assert page_of(legal).organization == "Mill GmbH"
    assert page_of(legal).details["copyright_holder"] == "Keeper Ltd"
    assert page_of(f'<script type="application/ld+json">{{{mill}}}</script>{line}').organization == "Mill"
    assert page_of(line).organization == "Keeper Ltd"
    assert page_of("<p>Hello</p>").organization is None
