"""What the driver's errors mean: the server cannot do it now, or the statement is wrong."""

import psycopg
import pytest
from psycopg import errors
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from domain_scheduler.db.database import driver_url, first_line, is_outage
from domain_scheduler.errors import SettingsError

OUTAGES = {"08", "40", "53", "58"}
"""Connection, transaction rolled back (deadlock), resources, disk."""

FAULTS = {
    *("02", "03", "09", "0A", "0B", "0F", "0L", "0P", "0Z", "10", "20", "21", "22", "23", "24", "26", "27"),
    *(
        "28",
        "2B",
        "2D",
        "2F",
        "34",
        "38",
        "39",
        "3B",
        "3D",
        "3F",
        "42",
        "44",
        "54",
        "72",
        "F0",
        "HV",
        "P0",
        "XX",
    ),
}
"""Data, syntax, rights, constraints, limits, procedures, the server's own bugs."""

SINGLE_OUTAGES = {
    *("25006", "25P03", "25P04"),  # standby, idle or long transaction ended by the server
    "55P03",  # lock timeout
    *("57014", "57P01", "57P02", "57P03", "57P04", "57P05"),  # timeout, shutdown, starting, dropped, idle
}

ALL = sorted(
    {found for found in vars(errors).values() if isinstance(getattr(found, "sqlstate", None), str)},
    key=lambda found: found.sqlstate,
)


def expected(state: str) -> bool:
    if state[:2] in {"25", "55", "57"}:
        return state in SINGLE_OUTAGES
    assert state[:2] in OUTAGES | FAULTS, f"the driver has a new class of errors, {state}: outage or fault?"
    return state[:2] in OUTAGES


@pytest.mark.parametrize("kind", ALL, ids=lambda kind: f"{kind.sqlstate}_{kind.__name__}")
def test_every_error_of_the_driver_is_an_outage_or_a_fault(kind: type[psycopg.Error]) -> None:
    assert is_outage(kind("said the server")) is expected(str(kind.sqlstate))
    wrapped = DBAPIError("SELECT 1", {}, kind("said the server"))
    assert is_outage(wrapped) is expected(str(kind.sqlstate))


def test_a_connection_that_fails_without_a_code_is_an_outage() -> None:
    assert is_outage(psycopg.OperationalError("connection refused"))
    assert is_outage(errors.ConnectionTimeout("too slow"))
    assert is_outage(PoolTimeoutError("all in use"))
    assert is_outage(DBAPIError("SELECT 1", {}, ValueError(), connection_invalidated=True))


def test_our_own_misuse_of_the_driver_is_a_fault() -> None:
    assert not is_outage(psycopg.ProgrammingError("no result to fetch"))
    assert not is_outage(psycopg.InterfaceError("the cursor is closed"))
    assert not is_outage(ValueError("something else"))
    assert not is_outage(OSError("a file of ours"))


def test_the_driver_s_words_are_told_on_one_line() -> None:
    wrapped = DBAPIError("SELECT secret", {"a": 1}, psycopg.OperationalError("it is away\nLINE 1: SELECT"))
    assert first_line(wrapped) == "it is away"
    assert first_line(psycopg.OperationalError()) == "OperationalError"


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+asyncpg", "postgresql+psycopg"])
def test_every_spelling_of_a_postgres_url_reaches_the_driver(scheme: str) -> None:
    assert driver_url(f"{scheme}://u:p@host:1/name?a=b") == "postgresql+psycopg://u:p@host:1/name?a=b"


@pytest.mark.parametrize("url", ["mysql://host/name", "sqlite:///file", "host/name", ""])
def test_another_database_is_refused(url: str) -> None:
    with pytest.raises(SettingsError, match="postgresql://"):
        driver_url(url)
