"""Addresses that a page hides from robots are read as people read them, and nothing else is taken for one."""

import codecs
from base64 import b64encode
from urllib.parse import quote

import pytest

from domain_scheduler.scan.extract.contacts.email_disguises import _shift
from tests.unit.extract.reading import page_of

ADDRESS = "info@old-mill.co.uk"
BACKWARDS = ADDRESS[::-1]
BASE64 = b64encode(ADDRESS.encode()).decode()
SHIFTED_BACK = quote(_shift("mailto:" + ADDRESS, -2))
CODES = ",".join(str(ord(character)) for character in ADDRESS)


def found(html: str) -> list[tuple[str, str]]:
    return [(email["value"], email["source"]) for email in page_of(html).details["contacts"]["emails"]]


@pytest.mark.parametrize(
    "link",
    [
        "MAILTO:%69%6e%66%6f%40%6f%6c%64-mill.co.uk",
        "".join(f"&#x{ord(character):x};" for character in f"mailto:{ADDRESS}"),
        f"mailto://{ADDRESS}",
        f"http://{ADDRESS}",
        f"mailto:?to={ADDRESS}&subject=x",
        f"mailto:?cc={ADDRESS}",
        f"mailto:Old Mill <{ADDRESS}>?body=write%20to%20others@other.org",
    ],
)
def test_a_link_gives_its_recipients(link: str) -> None:
    assert found(f'<a href="{link}">x</a>') == [(ADDRESS, "mailto")]


def test_a_link_to_share_by_mail_gives_nobody() -> None:
    assert found('<a href="mailto:?subject=look&body=see%20info@other.org">x</a>') == []


@pytest.mark.parametrize(
    "text",
    [
        "info＠old-mill.co.uk",
        "info@\u200bold-\u00admill.co.uk",
        "info AT old-mill DOT co DOT uk",
        "info at old-mill [dot] co [dot] uk",
        "E-mail: info at old-mill.co.uk",
        "info_at_old-mill.co.uk",
        "info*at*old-mill.co.uk",
        "info|at|old-mill.co.uk",
        "info[at]old-mill[punkt]co[punkt]uk",
        "info (chiocciola) old-mill.co.uk",
        "info (małpa) old-mill.co.uk",
        "info (собака) old-mill.co.uk",
        "联系我们info@old-mill.co.uk电话",
        "info<span>@</span><b>old-mill</b>.co.uk",
        'info<span style="display:none">nospam</span>@old-mill.co.uk',
        f'<span style="unicode-bidi:bidi-override; direction: rtl">{BACKWARDS}</span>',
        f'<bdo dir="rtl">{BACKWARDS}</bdo>',
        f'<style>.back{{direction:rtl;unicode-bidi:bidi-override}}</style><i class="back">{BACKWARDS}</i>',
    ],
)
def test_text_is_read_as_people_see_it(text: str) -> None:
    assert found(f"<p>{text}</p>") == [(ADDRESS, "text")]


@pytest.mark.parametrize(
    "html",
    [
        '<b data-user="info" data-domain="old-mill.co.uk"></b>',
        '<a data-name="info" data-domain="old-mill" data-tld="co.uk"></a>',
        '<b data-user="ofni" data-website="ku.oc.llim-dlo"></b>',
        f'<a data-email="{ADDRESS}"></a>',
        f'<a data-mail="{BASE64}"></a>',
        f'<a data-mail="{BACKWARDS}"></a>',
        f"""<a href="javascript:linkTo_UnCryptMailto('{_shift("mailto:" + ADDRESS, 1)}');">x</a>""",
        f"""<a href="javascript:linkTo_UnCryptMailto(%27{SHIFTED_BACK}%27);">x</a>""",
        f'<a data-mailto-token="{_shift("mailto:" + ADDRESS, 3)}" data-mailto-vector="3">x</a>',
        f"""<a onclick="go('{codecs.encode("mailto:" + ADDRESS, "rot13")}')">x</a>""",
    ],
)
def test_attributes_that_hold_an_address_are_read(html: str) -> None:
    assert found(html) == [(ADDRESS, "attribute")]


@pytest.mark.parametrize(
    "script",
    [
        "document.write('info' + '@' + 'old-mill.co.uk');",
        """document.write('<a href="mailto:' + 'info' + '@' + 'old-mill.co.uk' + '">');""",
        "var user = 'info', host = 'old-mill.co.uk'; document.write(user + '@' + host)",
        "document.write('&#105;&#110;&#102;&#111;&#64;old-mill.co.uk')",
        "var a = '&#105;nf&#111;' + '&#64;'; a = a + 'ol&#100;-mill' + '.c&#111;' + '&#46;' + '&#117;k';",
        "var a = 'info'; a += '\\x40'; a += 'old-mill.co.uk'; show(a)",
        "document.write(unescape('%69%6e%66%6f%40%6f%6c%64%2d%6d%69%6c%6c.co.uk'))",
        "document.write(['info', 'old-mill.co.uk'].join('@'))",
        f"document.write(String.fromCharCode({CODES}))",
    ],
)
def test_scripts_that_put_an_address_together_are_read(script: str) -> None:
    assert found(f"<script>{script}</script>") == [(ADDRESS, "script")]


def test_a_link_s_script_is_read_too() -> None:
    clicked = "location.href='mai'+'lto:'+'info'+'@'+'old-mill.co.uk'"
    assert found(f'<a href="#" onclick="{clicked}">x</a>') == [(ADDRESS, "script")]
    assert found(f'<a href="javascript:{clicked}">x</a>') == [(ADDRESS, "script")]


@pytest.mark.parametrize("name", ["reply-to", "contact", "og:email", "business:contact_data:email"])
def test_metas_for_it_give_an_address(name: str) -> None:
    assert [value for value, _ in found(f'<meta name="{name}" content="{ADDRESS}">')] == [ADDRESS]


def test_a_domain_in_other_letters_is_given_in_ascii() -> None:
    assert found("<p>info@müller.de") == [("info@xn--mller-kva.de", "text")]
    assert found("<p>müller@old-mill.co.uk") == []


@pytest.mark.parametrize(
    "html",
    [
        "<p>https://user:secret@old-mill.co.uk/",
        "<p>git clone git@github.com:acme/x.git",
        "<script>var author = 'jo@library.org'; send('errors@old-mill.co.uk')</script>",
        '<script type="application/json">{"mail": "jo@old-mill.co.uk"}</script>',
        "<p>We stay-at-home.com and meet at old-mill.co.uk today",
        "<p>react@18.2.0 and @angular/core@17.0.0 and x@y.svg",
        "<!-- jo@old-mill.co.uk -->",
        '<script defer data-domain="old-mill.co.uk" data-name="main" src="/count.js"></script>',
    ],
)
def test_what_nobody_gives_as_an_address_is_none(html: str) -> None:
    assert found(html) == []
