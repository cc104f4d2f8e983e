"""Low-water marks rise with claims and are forgotten in time."""

from domain_scheduler.engine.low_water import LIFETIME, LowWaterMarks
from tests.support.claims import made_up_claim


def test_a_mark_is_the_highest_position_claimed_from_its_batch() -> None:
    marks = LowWaterMarks()
    marks.note([made_up_claim(5), made_up_claim(9), made_up_claim(7), made_up_claim(2, batch_id=8)])
    assert marks.current() == {7: 9, 8: 2}


def test_a_mark_never_sinks() -> None:
    marks = LowWaterMarks()
    marks.note([made_up_claim(9)])
    marks.note([made_up_claim(4)])
    assert marks.current() == {7: 9}


def test_marks_are_dropped_when_they_are_old() -> None:
    now = 100.0
    marks = LowWaterMarks(clock=lambda: now)
    marks.note([made_up_claim(9)])
    now += LIFETIME - 1
    assert marks.current() == {7: 9}
    now += 1
    assert marks.current() == {}


def test_marks_say_whether_there_are_any() -> None:
    marks = LowWaterMarks()
    assert not marks
    marks.note([made_up_claim(9)])
    assert marks
    marks.drop()
    assert not marks
