"""Log lines carry their facts, in both forms, and no passwords."""

import json
import logging
import sys

import pytest

from domain_scheduler.telemetry.logs import JsonFormatter, PlainFormatter, without_secrets


def record(message: str, **facts: object) -> logging.LogRecord:
    made = logging.LogRecord("domain_scheduler.engine", logging.WARNING, "f.py", 1, message, None, None)
    made.__dict__.update(facts)
    return made


def test_a_plain_line_is_one_line_with_its_facts() -> None:
    line = PlainFormatter().format(record("claims wait", action="claim_waits", buffered=7))
    assert line.endswith("WARNING claims wait (action=claim_waits buffered=7)")


def test_a_json_line_has_stable_keys() -> None:
    values = json.loads(JsonFormatter().format(record("claims wait", action="claim_waits", buffered=7)))
    assert list(values) == ["time", "level", "logger", "message", "action", "buffered"]
    assert (values["level"], values["action"], values["buffered"]) == ("warning", "claim_waits", 7)


@pytest.mark.parametrize("formatter", [PlainFormatter(), JsonFormatter()])
def test_a_traceback_is_kept(formatter: logging.Formatter) -> None:
    made = record("it failed")
    try:
        raise ValueError("the reason")
    except ValueError:
        made.exc_info = sys.exc_info()
    assert "ValueError: the reason" in formatter.format(made)


@pytest.mark.parametrize("formatter", [PlainFormatter(), JsonFormatter()])
def test_the_password_of_a_url_is_struck_out(formatter: logging.Formatter) -> None:
    line = formatter.format(record("cannot reach postgresql://me:hunter2@db/x", url="redis://:hunter2@r"))
    assert "hunter2" not in line
    assert "postgresql://me:***@db/x" in line


def test_text_without_secrets_stays_as_it_is() -> None:
    assert without_secrets("see https://site.com/a@b and 10:30") == "see https://site.com/a@b and 10:30"


def test_a_fact_that_is_not_json_is_written_as_text() -> None:
    assert json.loads(JsonFormatter().format(record("x", worker={1, 2} - {2})))["worker"] == "{1}"
