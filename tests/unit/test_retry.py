"""The retry table: what is tried again, when, and how often."""

import pytest

from domain_scheduler.core.error_kinds import MEANINGS, ErrorKind
from domain_scheduler.core.retry import JITTER, RETRY_AFTER_LIMIT, RETRY_RULES, retry_delay


def delay(
    kind: ErrorKind,
    attempt: int = 1,
    *,
    max_attempts: int = 5,
    retry_after: float | None = None,
    random: float = 0.5,
    scale: float = 1.0,
) -> float | None:
    return retry_delay(
        kind,
        attempt=attempt,
        max_attempts=max_attempts,
        retry_after=retry_after,
        random=lambda: random,
        scale=scale,
    )


def test_every_error_kind_has_a_meaning_and_a_rule() -> None:
    assert set(RETRY_RULES) == set(MEANINGS) == set(ErrorKind)


def test_a_name_that_does_not_exist_is_never_tried_again() -> None:
    assert delay(ErrorKind.DNS_NOT_FOUND) is None


def test_failing_name_servers_are_asked_again_after_one_and_ten_minutes() -> None:
    assert [delay(ErrorKind.DNS_SERVFAIL, attempt) for attempt in (1, 2, 3)] == [60, 600, None]


def test_a_reset_connection_is_tried_again_at_once_and_only_once() -> None:
    assert [delay(ErrorKind.CONNECTION_RESET, attempt) for attempt in (1, 2)] == [0, None]


def test_the_batch_bounds_the_attempts_of_every_kind() -> None:
    assert delay(ErrorKind.DNS_SERVFAIL, 1, max_attempts=1) is None


def test_a_turn_that_has_not_come_is_no_attempt_and_nothing_bounds_how_often() -> None:
    assert delay(ErrorKind.ADDRESS_BUSY, attempt=5_000, max_attempts=1, retry_after=30) == 30


def test_delays_carry_jitter_to_both_sides() -> None:
    assert delay(ErrorKind.HTTP_5XX, random=0) == pytest.approx(300 * (1 - JITTER))
    assert delay(ErrorKind.HTTP_5XX, random=0.999999) == pytest.approx(300 * (1 + JITTER), rel=1e-4)


def test_a_longer_retry_after_wins_and_is_never_undercut_by_jitter_or_scale() -> None:
    assert delay(ErrorKind.HTTP_429, retry_after=500, random=0, scale=0.01) == 500


def test_retry_after_is_obeyed_up_to_its_limit() -> None:
    assert delay(ErrorKind.HTTP_429, retry_after=86_400) == RETRY_AFTER_LIMIT


def test_the_scale_shortens_the_waits_of_the_table() -> None:
    assert delay(ErrorKind.HTTP_5XX, scale=0.05) == pytest.approx(15)
