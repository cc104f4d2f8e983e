"""What leaves the room can be stored: no NUL, no lone surrogate, no NaN, nothing without bound."""

from hypothesis import given
from hypothesis import strategies as st

from domain_scheduler.scan.extract.outgoing import MAX_ITEMS, MAX_TEXT, clean, clean_text


@given(st.text(alphabet=st.characters(codec=None), max_size=50))
def test_text_survives_utf_8_and_holds_no_nul(text: str) -> None:
    cleaned = clean_text(text)
    assert "\x00" not in cleaned
    assert cleaned.encode("utf-8").decode() == cleaned


def test_values_are_bounded_in_every_direction() -> None:
    deep: object = "x"
    for _ in range(20):
        deep = {"k": deep}
    value = clean({"long": "x" * 10_000, "many": list(range(1000)), "deep": deep, "big": 10**40})
    assert len(value["long"]) == MAX_TEXT
    assert len(value["many"]) == MAX_ITEMS
    assert value["big"] == str(10**40)


def test_what_json_does_not_know_becomes_none() -> None:
    assert clean([float("nan"), float("inf"), object(), 1.5, True]) == [None, None, None, 1.5, True]


def test_spaces_of_no_width_are_left_out() -> None:
    assert clean_text("Ac\u200bme\ufeff") == "Acme"
