"""Every error has a status, and what a client is told can always be sent."""

from collections.abc import Iterator

import pytest

from domain_scheduler import errors
from domain_scheduler.api.problems import MEDIA_TYPE, STATUS, problem_response
from domain_scheduler.batches.submitted import NothingAcceptedError, Rejected
from domain_scheduler.errors import DomainSchedulerError


def tree(kind: type[DomainSchedulerError]) -> Iterator[type[DomainSchedulerError]]:
    yield kind
    for child in kind.__subclasses__():
        if child.__module__ == errors.__name__:
            yield from tree(child)


def test_every_error_has_a_status_of_its_own() -> None:
    assert set(tree(DomainSchedulerError)) == set(STATUS)


@pytest.mark.parametrize("kind", STATUS, ids=lambda kind: kind.code)
def test_an_error_is_told_as_a_problem(kind: type[DomainSchedulerError]) -> None:
    response = problem_response(kind("what happened"), "/api/v3/batches")
    assert response.media_type == MEDIA_TYPE
    assert response.status_code == STATUS[kind] >= 400


def test_a_finer_error_has_the_status_of_its_parent() -> None:
    exc = NothingAcceptedError(1, [Rejected(1, "localhost", "it has no dot")])
    assert problem_response(exc, "/").status_code == STATUS[errors.NoDomainsError]


def test_half_a_surrogate_pair_can_be_told() -> None:
    exc = errors.RequestInvalidError("\ud83d", (("body.\ud83d", "\ud83d"),))
    assert problem_response(exc, "/\ud83d").body.decode("utf-8")


def test_an_outage_says_when_to_come_back() -> None:
    response = problem_response(errors.DatabaseUnavailableError("away"), "/")
    assert response.headers["retry-after"] == "5"
