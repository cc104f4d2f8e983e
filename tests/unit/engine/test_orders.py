"""An order follows at most its limit of domains, and is done when each has its answer stored."""

from domain_scheduler.core.error_kinds import ErrorKind
from domain_scheduler.engine.orders import Order, Orders
from domain_scheduler.engine.state import WorkedOff
from tests.support.claims import made_up_answer, made_up_claim


def claims(*numbers: int) -> list:
    return [made_up_claim(number) for number in numbers]


def test_it_follows_what_is_in_flight_before_what_is_claimed() -> None:
    order = Order(3, in_flight=claims(1, 2))
    assert order.wanted == 1
    order.note_claimed(claims(3, 4, 5))
    assert order.wanted == 0
    assert order.worked_off() == WorkedOff(joined=2, claimed=1, unfinished=3)


def test_it_counts_each_outcome_once() -> None:
    order = Order(4)
    order.note_claimed(claims(1, 2, 3, 4))
    order.note_stored(made_up_answer(1))
    order.note_stored(made_up_answer(1))
    order.note_stored(made_up_answer(2, kind=ErrorKind.HTTP_4XX))
    order.note_stored(made_up_answer(3, kind=ErrorKind.HTTP_5XX, retry_in=60))
    order.note_void(made_up_claim(4))
    assert order.worked_off() == WorkedOff(
        claimed=4, completed=1, error=1, retried=1, stale=1, errors_by_kind={"http_4xx": 1}
    )
    assert order.done.is_set()


def test_it_is_done_early_when_nothing_is_left() -> None:
    order = Order(10)
    order.note_claimed(claims(1))
    order.note_nothing_ready()
    assert not order.done.is_set()
    order.note_stored(made_up_answer(1))
    assert order.done.is_set()


def test_it_is_done_at_once_when_there_is_nothing_at_all() -> None:
    order = Order(10)
    order.note_nothing_ready()
    assert order.done.is_set()
    assert order.worked_off() == WorkedOff()


def test_it_ignores_domains_that_it_does_not_follow() -> None:
    order = Order(1)
    order.note_claimed(claims(1))
    order.note_stored(made_up_answer(2))
    assert order.worked_off() == WorkedOff(claimed=1, unfinished=1)


def test_orders_want_what_all_of_them_want() -> None:
    orders, first, second = Orders(), Order(3), Order(5)
    orders.take(first)
    orders.take(second)
    assert orders.wanted == 8
    orders.note_claimed(claims(1, 2))
    assert orders.wanted == 4
    orders.note_claimed([])
    assert orders.wanted == 0
    orders.note_written([made_up_answer(1), made_up_answer(2)], held={1})
    assert first.worked_off() == second.worked_off() == WorkedOff(claimed=2, completed=1, stale=1)
    orders.drop(first)
    orders.drop(second)
    assert orders.wanted == 0
