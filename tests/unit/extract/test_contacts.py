"""E-mails and phones, and what only looks like them."""

import pytest

from domain_scheduler.scan.extract.contacts.phone_numbers import e164
from tests.unit.extract.reading import page_of


@pytest.mark.parametrize(
    ("html", "address"),
    [
        ('<a href="mailto:Info@Acme-Tools.org?subject=x">', "info@acme-tools.org"),
        ('<a href="MAILTO:%20info%40acme-tools.org">', "info@acme-tools.org"),
        ("<p>Write to info@acme-tools.org.</p>", "info@acme-tools.org"),
        ("<p>first.last+tag@sub.acme-tools.co.uk</p>", "first.last+tag@sub.acme-tools.co.uk"),
        (
            '<script type="application/ld+json">{"@type":"Store","email":"mailto:info@acme-tools.org"}',
            "info@acme-tools.org",
        ),
    ],
)
def test_an_address_is_found(html: str, address: str) -> None:
    assert page_of(html).emails == (address,)


@pytest.mark.parametrize(
    "text",
    [
        "info [at] old-mill [dot] co [dot] uk",
        "info(at)old-mill.co.uk",
        "info [@] old-mill.co.uk",
        "info {AT} old-mill.co.uk",
        "info at old-mill dot co dot uk",
        "info [put the at sign here] old-mill.co.uk",
        "info @ old-mill.co.uk",
        "info <ät> old-mill.co.uk",
    ],
)
def test_an_address_written_against_robots_is_read(text: str) -> None:
    assert page_of(f"<p>Write to {text.replace('<', '&lt;')} today").emails == ("info@old-mill.co.uk",)


def test_at_alone_is_a_word() -> None:
    assert page_of("<p>We are at home. Meet us at example.net or at noon.").emails == ()


def test_a_placeholder_domain_is_somebody_s_on_its_own_site() -> None:
    html = '<a href="mailto:info@mill.example.com">write</a>'
    assert page_of(html, url="https://www.mill.example.com/").emails == ("info@mill.example.com",)
    assert page_of(html, url="https://acme.org/").emails == ()


def test_a_protected_address_is_decoded() -> None:
    code = "5a" + bytes(byte ^ 0x5A for byte in b"info@old-mill.co.uk").hex()
    span = f'<span data-cfemail="{code}">[email protected]</span>'
    link = f'<a href="/cdn-cgi/l/email-protection#{code}">{span}</a>'
    page = page_of(link)
    assert page.emails == ("info@old-mill.co.uk",)
    assert page.details["contacts"]["emails"][0]["source"] == "cfemail"


def test_the_site_s_own_offices_come_first_and_freemail_late() -> None:
    addresses = "max@gmail.com x@mailinator.com jo@mill.net info@partner.net sue@mill.org sales@mill.org"
    page = page_of(f"<p>{addresses}", url="https://www.mill.org/")
    assert [(email["value"], email["rank"]) for email in page.details["contacts"]["emails"]] == [
        ("sales@mill.org", "own_role"),
        ("sue@mill.org", "own"),
        ("info@partner.net", "other_role"),
        ("jo@mill.net", "other"),
        ("max@gmail.com", "freemail"),
        ("x@mailinator.com", "disposable"),
    ]


@pytest.mark.parametrize(
    ("html", "phones", "faxes"),
    [
        ("Tel. 020 7946 0958, Fax 020 7946 0959", ["+442079460958"], ["+442079460959"]),
        ("Tel/Fax: 020 7946 0958", ["+442079460958"], ["+442079460958"]),
        ("020 7946 0958 phone<br>020 7946 0959 fax", ["+442079460958"], ["+442079460959"]),
        ("T 020 7946 0958 | F 020 7946 0959", ["+442079460958"], ["+442079460959"]),
        ("+44 (0)20 7946 0958", ["+442079460958"], []),
        ("Mobile: 07911 123 456 / 07911 123 457", ["+447911123456", "+447911123457"], []),
        ("<h4>Phone</h4><p>020 7946 0958</p>", ["+442079460958"], []),
        ("London W1J 7BU 020 7946 0958", ["+442079460958"], []),
        ("New York, NY 10128 (212) 736-5000 1617 3rd Avenue", ["+12127365000"], []),
        ("Call 1-800-463-3339directions", ["+18004633339"], []),
        ("(212) 736-TIME", ["+12127368463"], []),
        ("(212) 7365000", ["+12127365000"], []),
        ("Tel. +44 2079460958x456", ["+442079460958"], []),
        ("Tel. +44 121 234 5678", ["+441212345678"], []),
        ("Tel. 01234 567890", [], []),
        ('<a href="fax:+442079460959">', [], ["+442079460959"]),
    ],
)
def test_numbers_are_found_in_text_and_faxes_kept_apart(
    html: str, phones: list[str], faxes: list[str]
) -> None:
    page = page_of(f"<p>{html}", url="https://mill.co.uk/")
    assert list(page.phones) == phones
    assert [fax["value"] for fax in page.details["contacts"]["faxes"]] == faxes


@pytest.mark.parametrize(
    "text",
    [
        "12.05.2024 - 15.06.2024",
        "2023-2024",
        "ISBN 978-3-16-148410-0",
        "VAT GB 123 4567 89",
        "Company No. 020 7946 0958",
        "IBAN GB29 NWBK 6016 1331 9268 19",
        "£1,234,567.00",
        "1234567890123",
        "192.168.100.200",
        "0000000000",
        "71 100 105 71-73 100 300 215 72-75 120 100 105 73-76 100 105 75-77 12 and more such rows of results",
    ],
)
def test_other_numbers_are_no_phones(text: str) -> None:
    assert page_of(f"<p>{text}", url="https://mill.co.uk/").phones == ()


def test_a_form_with_room_for_a_message_is_a_contact_form() -> None:
    form = "<form id=f><input type=email><textarea></textarea></form>"
    assert page_of(form).details["contacts"]["form"]
    assert not page_of(form.replace("id=f", "id=commentform")).details["contacts"]["form"]
    assert not page_of("<form><input type=email></form>").details["contacts"]["form"]


def test_free_numbers_are_announced_in_chinese_and_japanese() -> None:
    assert page_of("<p>通話無料 0120537024</p>", url="https://shop.jp/").phones == ("+81120537024",)
    assert page_of("<p>客服热线：4008841001</p>", url="https://shop.cn/").phones == ("+864008841001",)


def test_a_country_named_in_the_words_of_another_language_is_a_region() -> None:
    text = "<html lang=ru><p>Доставка по Украине</p><p>(067) 162-26-22</p>"
    assert page_of(text, url="https://shop.com/").phones == ("+380671622622",)


@pytest.mark.parametrize(
    "text",
    [
        "logo@2x.png",
        "banner@3x.webp",
        "you@example.com",
        "name@domain.com",
        "3f8d2e1c4b5a69788776655443322110@o12345.ingest.sentry.io",
        "package@1.2.3",
        "@acme",
        "with @old-mill.co.uk",
        "a@b",
        "user@localhost",
    ],
)
def test_what_only_looks_like_an_address_is_none(text: str) -> None:
    assert page_of(f"<p>{text} <a href='mailto:{text}'>x</a></p>").emails == ()


@pytest.mark.parametrize(
    ("text", "regions", "number"),
    [
        ("+43 1 513 88 92", (), "+4315138892"),
        ("01 513 88 92", ("AT",), "+4315138892"),
        ("(206) 588-2075", ("US",), "+12065882075"),
        ("020 7946 0958", ("US", "GB"), "+442079460958"),
        ("12345", ("US",), None),
        ("1" * 60, ("US",), None),
    ],
)
def test_a_number_is_read_in_the_first_region_where_it_is_valid(
    text: str, regions: tuple[str, ...], number: str | None
) -> None:
    assert e164(text, regions) == number


def test_the_region_comes_from_the_domain_or_the_language() -> None:
    link = '<a href="tel:01 513 88 92">'
    assert page_of(link, url="https://acme.at/").phones == ("+4315138892",)
    assert page_of(f"<html lang=de-AT>{link}", url="https://acme.com/").phones == ("+4315138892",)


@pytest.mark.parametrize("written", ["(11) 91234-5678", "(11) 3456-7890", "11 3456-7890"])
def test_a_grouped_number_alone_on_its_line_needs_no_label(written: str) -> None:
    digits = "".join(filter(str.isdecimal, written))
    assert page_of(f"<p>{written}</p>", url="https://acme.com.br/").phones == (f"+55{digits}",)


def test_a_country_s_domain_that_all_the_world_uses_is_the_last_guess() -> None:
    assert page_of('<a href="tel:077 123456">', url="https://acme.am/").phones == ("+37477123456",)
    assert page_of("<p>Tel. (206) 588-2075", url="https://acme.co/").phones == ("+12065882075",)


@pytest.mark.parametrize(
    "text",
    [
        "<p>Fax 020 7946 0123</p><p>020 7946 0123</p>",
        "<p>020 7946 0123</p><footer>Facsimile: 020 7946 0123</footer>",
        "<p>Fax: Dial 020 7946 0123</p>",
        "<p>T\u00e9l\u00e9copie : 020 7946 0123</p>",
    ],
)
def test_a_number_that_is_called_a_fax_once_and_a_phone_nowhere_is_no_phone(text: str) -> None:
    page = page_of(text, url="https://mill.co.uk/")
    assert page.phones == ()
    assert [fax["value"] for fax in page.details["contacts"]["faxes"]] == ["+442079460123"]


def test_a_number_spelled_in_letters_is_read_as_the_keys_of_a_phone() -> None:
    assert page_of("<p>(212) NEW-YORK or (520) 494 STAR</p>").phones == ("+12126399675", "+15204947827")
