"""Wrong keys are counted by address, for a minute, in little memory."""

from domain_scheduler.web.wrong_keys import MAX_ADDRESSES, MOST_WRONG, PERIOD, WrongKeys

HERE, THERE = "192.0.2.1", "192.0.2.2"


class Clock:
    now = 1_000.0

    def __call__(self) -> float:
        return self.now


def test_an_address_waits_after_too_many_wrong_keys_and_others_do_not() -> None:
    attempts = WrongKeys(clock=Clock())
    for number in range(MOST_WRONG):
        assert attempts.seconds_to_wait(HERE) == 0
        attempts.note(HERE, f"{number}")
    assert (attempts.seconds_to_wait(HERE), attempts.seconds_to_wait(THERE)) == (PERIOD, 0)


def test_it_waits_until_the_oldest_is_a_minute_old() -> None:
    clock = Clock()
    attempts = WrongKeys(clock=clock)
    for number in range(MOST_WRONG):
        attempts.note(HERE, f"{number}")
        clock.now += 2
    assert attempts.seconds_to_wait(HERE) == PERIOD - 2 * MOST_WRONG
    clock.now += PERIOD - 2 * MOST_WRONG
    assert attempts.seconds_to_wait(HERE) == 0
    attempts.note(HERE, "another")
    assert attempts.seconds_to_wait(HERE) == 2, "the next slot is the second oldest's"


def test_the_right_key_clears_the_account() -> None:
    attempts = WrongKeys(clock=Clock())
    for number in range(MOST_WRONG):
        attempts.note(HERE, f"{number}")
    attempts.forget(HERE)
    assert attempts.seconds_to_wait(HERE) == 0


def test_an_ipv6_network_counts_as_one_and_odd_names_as_themselves() -> None:
    attempts = WrongKeys(clock=Clock())
    for number in range(MOST_WRONG):
        attempts.note(f"2001:db8::{number:x}", f"{number}")
        attempts.note("testclient", f"{number}")
    assert attempts.seconds_to_wait("2001:db8::ffff") > 0
    assert attempts.seconds_to_wait("2001:db8:0:1::1") == 0
    assert attempts.seconds_to_wait("testclient") > 0


def test_an_ipv4_address_behind_a_socket_for_both_families_counts_alone() -> None:
    attempts = WrongKeys(clock=Clock())
    for number in range(MOST_WRONG):
        attempts.note(f"::ffff:{HERE}", f"{number}")
    assert attempts.seconds_to_wait(HERE) > 0
    assert attempts.seconds_to_wait(f"::ffff:{THERE}") == 0


def test_many_addresses_do_not_fill_the_memory_nor_forget_the_busy_one() -> None:
    attempts = WrongKeys(clock=Clock())
    for number in range(2 * MAX_ADDRESSES):
        if number % 1_000 == 0:
            attempts.note(HERE, f"{number}")
        attempts.note(f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}", f"{number}")
    assert attempts.seconds_to_wait(HERE) > 0
    assert len(attempts._wrong) == MAX_ADDRESSES


def test_the_same_wrong_key_counts_once_a_minute() -> None:
    clock = Clock()
    attempts = WrongKeys(clock=clock)
    news = [attempts.note(HERE, "an old key") for _ in range(2 * MOST_WRONG)]
    assert news == [True] + [False] * (2 * MOST_WRONG - 1)
    assert attempts.seconds_to_wait(HERE) == 0
    clock.now += PERIOD
    assert attempts.note(HERE, "an old key")
