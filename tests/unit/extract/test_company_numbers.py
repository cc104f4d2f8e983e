"""Numbers of companies: announced, in their country's form, with sound check digits."""

import pytest

from tests.unit.extract.reading import page_of


def _numbers(text: str) -> list[tuple[str, str, str]]:
    found = page_of(f"<body><p>{text}").details["company_numbers"]
    return [(number["kind"], number["country"], number["value"]) for number in found]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("USt-IdNr.: DE 136 695 976", ("vat", "DE", "DE136695976")),
        ("UID: ATU 1358 5627", ("vat", "AT", "ATU13585627")),
        ("N° TVA intracommunautaire FR 83 404 833 048", ("vat", "FR", "FR83404833048")),
        ("BTW: NL 0044.95.445.B01", ("vat", "NL", "NL004495445B01")),
        ("P.IVA 00743110157", ("vat", "IT", "00743110157")),
        ("VAT Reg. No. GB 980 7806 84", ("vat", "GB", "GB980780684")),
        ("BTW BE 0403.019.261", ("vat", "BE", "BE0403019261")),
        ("NIP: 856-734-62-15", ("vat", "PL", "8567346215")),
        ("Amtsgericht Berlin, HRB 12345", ("register", "DE", "HRB12345")),
        ("HRB-Nr.: 12345", ("register", "DE", "HRB12345")),
        ("Handelsregister: HRB Nr. 12345", ("register", "DE", "HRB12345")),
        ("HRA Nummer 12 345", ("register", "DE", "HRA12345")),
        ("NIPC 500 100 144", ("tax", "PT", "500100144")),
        ("OIB: 69435151530", ("tax", "HR", "69435151530")),
        ("Adószám: 10773381-2-44", ("tax", "HU", "10773381244")),
        ("Firmenbuchnummer: FN 123456a", ("register", "AT", "FN123456A")),
        ("SIRET : 732 829 320 00074", ("register", "FR", "73282932000074")),
        ("KvK-nummer 22012327", ("register", "NL", "22012327")),
        ("Registered in England and Wales, no. 08530854", ("register", "GB", "08530854")),
        ("Company Reg No. 264 8449", ("register", "GB", "2648449")),
        ("CVR-nr. 13 58 56 28", ("register", "DK", "13585628")),
        ("Org.nr. 923 609 016", ("register", "NO", "923609016")),
        ("Org.nr 556036-0793", ("register", "SE", "5560360793")),
        ("Y-tunnus 0112038-9", ("register", "FI", "01120389")),
        ("CHE-123.456.788 MWST", ("register", "CH", "CHE123456788")),
        ("CNPJ 83.102.459/0001-23", ("register", "BR", "83102459000123")),
        ("İLETİŞİM VAT: DE136695976", ("vat", "DE", "DE136695976")),
    ],
)
def test_a_number_behind_its_label_is_read(text: str, number: tuple[str, str, str]) -> None:
    assert _numbers(text)[0] == number


@pytest.mark.parametrize(
    "text",
    [
        "Ring us: 22012327",
        "USt-IdNr.: DE 136 695 977",
        "P.IVA 00743110158",
        "SIRET : 732 829 320 00075",
        "motivate 123456789",
        "VAT 20 %, order no. 123456",
        "HRB",
        "KvK 220123279999",
    ],
)
def test_what_is_not_announced_or_not_sound_is_no_number(text: str) -> None:
    assert _numbers(text) == []


def test_a_number_is_read_at_the_end_of_a_shop_that_speaks_of_taxes_everywhere() -> None:
    shop = "<p>Private vat, incl. VAT" * 300
    assert _numbers(f"{shop}<p>VAT: DE136695976") == [("vat", "DE", "DE136695976")]


def test_a_number_that_comes_twice_is_given_once() -> None:
    assert len(_numbers("VAT DE136695976 and again: VAT DE 136695976")) == 1
