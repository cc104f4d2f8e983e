"""What of the user's data is never looked at is told once, in numbers and by name."""

import logging
from pathlib import Path

import orjson
import pytest

from domain_scheduler.scan.technologies.left_aside import left_aside, tell_what_is_left_aside

DATA = {
    "Seen": {"scriptSrc": "seen", "js": {"Seen.version": "", "Seen": ""}},
    "Running": {"js": {"Running": ""}, "implies": "Seen"},
    "Asking": {"xhr": r"asking\\.example", "probe": {"/asking": ""}},
    "Measuring": {"dom": {"p.measuring": {"properties": {"width": ""}}}},
    "Broken": {"html": "broken(", "js": {"Broken": ""}},
    "Anywhere": {"dom": "div"},
    "Only implied": {"website": "https://example.org/"},
}


@pytest.fixture
def data(tmp_path: Path) -> Path:
    file = tmp_path / "technologies.json"
    file.write_bytes(orjson.dumps(DATA))
    return file


def test_rules_are_counted_by_kind_and_technologies_without_others_are_named(data: Path) -> None:
    found = left_aside(data)
    assert found.rules == {
        "js": 4,
        "xhr": 1,
        "probe": 1,
        "dom properties": 1,
        "malformed": 1,
        "dom without a text to search for": 1,
    }
    assert found.technologies == ("Anywhere", "Asking", "Broken", "Measuring", "Running")


def test_a_service_tells_it_in_one_line(data: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        tell_what_is_left_aside(data)
    (line,) = caplog.messages
    assert "4 js, 1 xhr" in line
    assert "5 technologies have no others: Anywhere, Asking" in line


def test_nothing_is_told_where_everything_is_looked_at(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    file = tmp_path / "own.json"
    file.write_bytes(orjson.dumps({"Seen": DATA["Seen"] | {"js": {}}}))
    with caplog.at_level(logging.INFO):
        tell_what_is_left_aside(file)
    assert caplog.messages == []
