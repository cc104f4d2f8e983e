"""Contacts of several pages become one list each: nothing twice, every value with its page, in one order."""

from typing import Any

from domain_scheduler.core.report import Page
from domain_scheduler.scan.contact_merge import merge_contacts
from tests.unit.extract.reading import page_of

FRONT, CONTACT, IMPRINT = "https://mill.org/", "https://mill.org/contact", "https://mill.org/impressum"


def merged(front: str, contact: str = "", imprint: str = "") -> Page:
    given = ((FRONT, front), (CONTACT, contact), (IMPRINT, imprint))
    return merge_contacts([(url, page_of(html, url=url)) for url, html in given])


def pages_of(page: Page, sort: str) -> list[tuple[str, str]]:
    return [(each["value"], each["page"]) for each in page.details["contacts"][sort]]


def json_ld(**thing: Any) -> str:
    return (
        f'<script type="application/ld+json">{{"@context": "https://schema.org", {_members(thing)}}}</script>'
    )


def _members(thing: dict[str, Any]) -> str:
    return ", ".join(f'"{"@type" if name == "type" else name}": "{value}"' for name, value in thing.items())


def test_a_value_of_two_pages_is_kept_once_as_the_first_page_gives_it() -> None:
    page = merged("<p>info@mill.org", '<a href="mailto:info@mill.org">x</a><p>sales@mill.org')
    assert page.emails == ("info@mill.org", "sales@mill.org")
    assert pages_of(page, "emails") == [("info@mill.org", FRONT), ("sales@mill.org", CONTACT)]
    assert page.details["contacts"]["emails"][0]["source"] == "text"


def test_emails_are_ranked_over_all_pages() -> None:
    page = merged("<p>mill@gmail.com, web@agency.net", "<p>anna@mill.org", "<p>info@mill.org")
    assert page.emails == ("info@mill.org", "anna@mill.org", "web@agency.net", "mill@gmail.com")


def test_phones_and_faxes_say_their_page() -> None:
    page = merged('<a href="tel:+4930123456">', "<p>Tel. +49 30 123457, Fax: +49 30 123458")
    assert page.phones == ("+4930123456", "+4930123457")
    assert pages_of(page, "phones") == [("+4930123456", FRONT), ("+4930123457", CONTACT)]
    assert pages_of(page, "faxes") == [("+4930123458", CONTACT)]


def test_a_number_that_another_page_calls_a_fax_is_no_phone() -> None:
    page = merged("<p>+49 30 123457<p>+49 30 123458", "<p>Tel. +49 30 123457, Fax: +49 30 123458")
    assert page.phones == ("+4930123457",)
    assert [value for value, _ in pages_of(page, "faxes")] == ["+4930123458"]


def test_a_number_for_both_stays_both() -> None:
    page = merged("<p>Tel/Fax: +49 30 123458", "<p>Fax: +49 30 123458")
    assert page.phones == ("+4930123458",)
    assert pages_of(page, "faxes") == [("+4930123458", FRONT)]


def test_the_first_profile_on_a_network_stands_and_others_are_listed() -> None:
    page = merged(
        '<a href="https://www.facebook.com/mill">f</a>',
        '<a href="https://www.facebook.com/miller">f</a><a href="https://github.com/mill">g</a>',
    )
    assert page.social == {"facebook": "https://www.facebook.com/mill", "github": "https://github.com/mill"}
    found = [(profile["handle"], profile["page"]) for profile in page.details["social_profiles"]]
    assert found == [("mill", FRONT), ("miller", CONTACT), ("mill", CONTACT)]


def test_an_address_is_kept_once_and_a_form_says_where_it_is() -> None:
    where = json_ld(type="PostalAddress", streetAddress="Lindenweg 1", addressLocality="Berlin")
    form = '<form id="contact"><input type="email" name="email"><textarea name="message"></textarea></form>'
    contacts = merged(where, where + form).details["contacts"]
    assert [address["page"] for address in contacts["addresses"]] == [FRONT]
    assert (contacts["form"], contacts["form_page"]) == (True, CONTACT)


def test_no_form_anywhere_is_no_form() -> None:
    contacts = merged("<p>Hello", "<p>Hello").details["contacts"]
    assert (contacts["form"], contacts["form_page"]) == (False, None)


def test_company_facts_are_taken_from_the_fullest_entry() -> None:
    full = json_ld(type="Organization", name="Mill GmbH", vatID="DE1", email="info@mill.org")
    owner = merged(json_ld(type="Organization", name="Mill"), full).details["organization"]
    assert (owner["name"], owner["vat_id"], owner["page"]) == ("Mill GmbH", "DE1", CONTACT)
    assert "also_from" not in owner


def test_who_is_behind_the_site_is_known_from_whichever_page_says_it() -> None:
    full = json_ld(type="Organization", name="Mill", legalName="Mill GmbH", email="info@mill.org")
    assert merged("<footer>\u00a9 2024 Millers", full).organization == "Mill GmbH"
    assert merged("<p>Hello", "<p>Hello", json_ld(type="Organization", name="Mill")).organization == "Mill"
    assert merged("<p>Hello", "<p>Hello").organization is None


def test_a_page_that_only_knows_the_name_of_the_site_gives_way_to_one_that_says_whose_it_is() -> None:
    front = "<title>Home | Yellow Mill</title><p>info@mill.org"
    said = merged(front, "<footer>\u00a9 2024 Millers Ltd")
    assert (said.organization, said.details["sources"]["organization"]) == ("Millers Ltd", "copyright")
    assert merged(front, "<p>Hello").organization == "Yellow Mill"


def test_what_the_fullest_entry_lacks_comes_from_others_of_the_same_organisation_only() -> None:
    owner = merged(
        json_ld(type="Organization", name="Mill", url=FRONT, founded="x", foundingDate="1990"),
        json_ld(type="Organization", name="MILL", vatID="DE1"),
        json_ld(type="Organization", name="Hosting Ltd", telephone="+4930999999", duns="1", vatID="DE2"),
    ).details["organization"]
    assert (owner["name"], owner["vat_id"], owner["also_from"]) == ("Mill", "DE1", {"vat_id": CONTACT})
    assert "telephone" not in owner


def test_the_front_page_keeps_everything_else() -> None:
    front = "<html lang=en><title>The mill</title><p>Hello"
    page = merged(front, "<html lang=fr><title>Contact</title><p>info@mill.org")
    alone = page_of(front, url=FRONT)
    assert (page.title, page.language, page.details["sources"]) == (
        "The mill",
        "en",
        alone.details["sources"],
    )
    assert page.details.keys() == alone.details.keys()


def test_lists_are_bounded() -> None:
    many = ["".join(f"<p>a{n}.{name}@mill.org" for n in range(100)) for name in "xyz"]
    assert len(merged(*many).emails) == 100


def test_pages_without_details_are_no_obstacle() -> None:
    page = merge_contacts([(FRONT, Page(title="Mill")), (CONTACT, Page(social={"x": "https://x.com/mill"}))])
    assert (page.title, page.emails, page.social) == ("Mill", (), {"x": "https://x.com/mill"})


def test_a_company_number_of_the_imprint_says_its_page() -> None:
    page = merged("<p>Flour", imprint="<p>USt-IdNr.: DE136695976")
    number = {"kind": "vat", "country": "DE", "value": "DE136695976", "page": IMPRINT}
    assert page.details["company_numbers"] == [number]
