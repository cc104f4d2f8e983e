"""Bytes become text by the charset that the page really has."""

import codecs

import pytest

from domain_scheduler.scan.extract.document.charset import Decoded, decode

RUSSIAN = "Добро пожаловать на наш сайт. Мы работаем с понедельника по пятницу. " * 5


def _decode(body: bytes, *, content_type: str = "", tld: str = "com") -> Decoded:
    return decode(body, content_type=content_type, top_level_domain=tld)


@pytest.mark.parametrize(
    ("mark", "codec"),
    [(codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be")],
)
def test_a_byte_order_mark_wins_over_everything(mark: bytes, codec: str) -> None:
    body = mark + "<meta charset=windows-1251>ä€".encode(codec)
    decoded = _decode(body, content_type="text/html; charset=koi8-r")
    assert decoded.source == "bom"
    assert decoded.text.endswith("ä€")


def test_the_header_wins_over_the_page() -> None:
    body = b'<meta charset="koi8-r">' + RUSSIAN.encode("windows-1251")
    decoded = _decode(body, content_type='text/html; Charset="Windows-1251"')
    assert (decoded.charset, decoded.source) == ("windows-1251", "header")
    assert RUSSIAN in decoded.text


@pytest.mark.parametrize(
    "meta",
    [
        b'<meta charset="windows-1251">',
        b"<META CHARSET=windows-1251>",
        b"<meta http-equiv=Content-Type content='text/html; charset=windows-1251'>",
        b'<?xml version="1.0" encoding="windows-1251"?>',
    ],
)
def test_the_page_itself_may_say_it(meta: bytes) -> None:
    decoded = _decode(meta + RUSSIAN.encode("windows-1251"))
    assert decoded.charset == "windows-1251"
    assert RUSSIAN in decoded.text


def test_a_declaration_in_a_comment_does_not_count() -> None:
    body = b"<!-- <meta charset=koi8-r> --><meta charset=windows-1251>" + RUSSIAN.encode("windows-1251")
    assert _decode(body).charset == "windows-1251"


def test_labels_mean_what_the_web_means_by_them() -> None:
    assert _decode(b"\x93quoted\x94", content_type="text/html; charset=iso-8859-1").text == "“quoted”"
    assert _decode("汉字".encode("gb18030"), content_type="text/html; charset=gb2312").charset in (
        "gbk",
        "gb18030",
    )


def test_a_label_that_nobody_knows_is_passed_over() -> None:
    body = b"<meta charset=windows-1251>" + RUSSIAN.encode("windows-1251")
    assert _decode(body, content_type="text/html; charset=nonsense").charset == "windows-1251"


def test_a_meta_cannot_say_utf_16() -> None:
    assert _decode('<meta charset="utf-16">ä'.encode()).text.endswith("ä")


def test_valid_utf_8_is_utf_8_whatever_the_page_says() -> None:
    decoded = _decode(f'<meta charset="iso-8859-1">{RUSSIAN}'.encode())
    assert (decoded.charset, decoded.source) == ("utf-8", "bytes against meta")


def test_what_says_utf_8_but_is_not_is_detected() -> None:
    decoded = _decode(b'<meta charset="utf-8">' + RUSSIAN.encode("windows-1251"), tld="ru")
    assert decoded.charset == "windows-1251"
    assert RUSSIAN in decoded.text


def test_one_bad_byte_does_not_turn_a_page_away_from_utf_8() -> None:
    decoded = _decode(b'<meta charset="utf-8">' + RUSSIAN.encode() + b"\xff" + RUSSIAN.encode())
    assert decoded.charset == "utf-8"
    assert decoded.text.count("\ufffd") == 1


@pytest.mark.parametrize(("codec", "tld"), [("windows-1251", "ru"), ("koi8-r", "ru"), ("shift_jis", "jp")])
def test_a_silent_page_is_detected(codec: str, tld: str) -> None:
    text = (
        RUSSIAN
        if tld == "ru"
        else "ようこそ。私たちのホームページへ。営業時間は月曜日から金曜日までです。" * 5
    )
    assert text in _decode(text.encode(codec), tld=tld).text


def test_a_character_cut_in_two_at_the_end_is_forgiven() -> None:
    assert _decode("Grüße aus Köln €".encode()[:-1]).charset == "utf-8"


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_a_mark_is_seen(codec: str) -> None:
    text = "<p>Grüße aus Köln und anderswo</p>" * 20
    assert _decode(text.encode(codec)).text == text


def test_mac_cyrillic_is_told_from_windows() -> None:
    text = "Добро Пожаловать На Наш Сайт, Где Всё Есть. " * 5
    assert _decode(text.encode("mac_cyrillic"), tld="ru").charset == "x-mac-cyrillic"


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_a_mark_is_seen_even_where_all_is_ascii(codec: str) -> None:
    text = "<p>Plain words only</p>" * 20
    assert _decode(text.encode(codec)).text == text


def test_japanese_in_seven_bits_is_told_from_ascii() -> None:
    assert "ようこそ" in _decode("<p>ようこそ</p>".encode("iso-2022-jp")).text


@pytest.mark.parametrize(("text", "codec"), [("<p>Only £9</p>", "cp1252"), ("<p>Joe’s bar</p>", "mac_roman")])
def test_a_single_sign_may_tell_the_charset_by_its_neighbours(text: str, codec: str) -> None:
    assert _decode(text.encode(codec)).text == text
