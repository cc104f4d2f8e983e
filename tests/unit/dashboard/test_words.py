"""Values as people read them."""

from datetime import UTC, datetime, timedelta

import pytest

from domain_scheduler.dashboard.words import ago, duration, number, percent, web_address

NOW = datetime(2026, 1, 5, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (None, "unknown"),
        (0, "0 s"),
        (0.0123, "12 ms"),
        (0.9999, "1 s"),
        (1.25, "1.2 s"),
        (3.0, "3 s"),
        (9.97, "10 s"),
        (61, "1 min 1 s"),
        (3_600, "1 h"),
        (90_061, "1 d 1 h"),
    ],
)
def test_a_duration_has_two_units(seconds: float | None, text: str) -> None:
    assert duration(seconds) == text


@pytest.mark.parametrize(
    ("part", "whole", "text"),
    [
        (0, 0, "0 %"),
        (0, 9, "0 %"),
        (9, 9, "100 %"),
        (9_999_999, 10_000_000, "99.9 %"),
        (1, 10_000_000, "0.1 %"),
    ],
)
def test_a_share_never_rounds_to_all_or_nothing(part: int, whole: int, text: str) -> None:
    assert percent(part, whole) == text


def test_moments_are_seen_from_now() -> None:
    assert ago(NOW - timedelta(minutes=3), NOW) == "3 min ago"
    assert ago(NOW + timedelta(seconds=20), NOW) == "in 20 s"
    assert ago(NOW, NOW) == "now"


def test_numbers_have_groups() -> None:
    assert (number(1_234_567), number(0.25), number(2.0)) == ("1,234,567", "0.2", "2")


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", "JaVaScRiPt:x", "data:text/html,x", "//x.example", "http://[", "", None, 5, "x"],
)
def test_what_leads_nowhere_on_the_web_is_no_link(url: object) -> None:
    assert web_address(url) is None
