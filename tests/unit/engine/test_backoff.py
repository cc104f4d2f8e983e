"""Waits between tries double up to a bound, jittered, and start anew after a success."""

from domain_scheduler.engine.backoff import Backoff


def test_delays_double_up_to_the_longest() -> None:
    backoff = Backoff(first=1, longest=5, random=lambda: 1.0)
    assert [backoff.next_delay() for _ in range(5)] == [1, 2, 4, 5, 5]


def test_jitter_takes_away_up_to_a_half() -> None:
    backoff = Backoff(first=1, longest=5, random=lambda: 0.0)
    assert [backoff.next_delay() for _ in range(4)] == [0.5, 1, 2, 2.5]


def test_a_success_starts_anew() -> None:
    backoff = Backoff(first=1, longest=5, random=lambda: 1.0)
    backoff.next_delay()
    backoff.next_delay()
    assert backoff.failures == 2
    backoff.reset()
    assert (backoff.failures, backoff.next_delay()) == (0, 1)


def test_an_outage_of_days_overflows_nothing() -> None:
    backoff = Backoff(first=0.2, longest=10, random=lambda: 1.0)
    assert max(backoff.next_delay() for _ in range(10_000)) == 10
