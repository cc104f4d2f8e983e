"""Where results go and how they look: whole files or none, honest words, nothing that steers a terminal."""

import os
import stat
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from domain_scheduler.batches.batch import Batch, Counts
from domain_scheduler.batches.exports.result_file import ResultFormat
from domain_scheduler.cli.list_file import open_list
from domain_scheduler.cli.progress import in_numbers, in_time, seems_offline
from domain_scheduler.cli.result_output import appearing_file, choose_format, require_writable
from domain_scheduler.cli.terminal import clean, counted
from domain_scheduler.core.status import BatchStatus
from domain_scheduler.errors import InputError, MissingExtraError


def batch(**changes: object) -> Batch:
    values: dict[str, object] = {
        "id": 2,
        "name": "",
        "status": BatchStatus.PROCESSING,
        "priority": 0,
        "sealed": True,
        "counts": Counts(total=5000, pending=3700, processing=12, completed=1200, error=88, cancelled=0),
        "errors_by_kind": {"read_timeout": 28, "dns_not_found": 60},
        "rate_per_second": 26.1,
        "eta_seconds": 145.0,
        "created_at": datetime(2026, 1, 1, tzinfo=UTC),
        "started_at": None,
        "finished_at": None,
        "max_attempts": 3,
        "options": {},
        "compared": 0,
        "changed": 0,
    }
    return Batch(**(values | changes))  # type: ignore[arg-type]


def test_progress_is_told_in_numbers() -> None:
    assert in_numbers(batch()) == (
        "1,288 of 5,000 answered, 26.1/s, 2:25 left, 88 errors (dns_not_found 60, read_timeout 28)"
    )


def test_progress_says_how_many_changed_where_something_was_known() -> None:
    assert in_numbers(batch(compared=1_200, changed=0)).endswith(", 0 of 1,200 scanned before changed")


@pytest.mark.parametrize(
    ("completed", "kinds", "offline"),
    [
        (0, {"dns_not_found": 2, "dns_timeout": 1}, True),
        (0, {"dns_not_found": 2, "http_4xx": 1}, False),
        (1, {"dns_not_found": 3}, False),
        (0, {"dns_not_found": 1}, False),
    ],
)
def test_a_list_of_which_no_name_is_found_makes_one_wonder(
    completed: int, kinds: dict[str, int], offline: bool
) -> None:
    error = sum(kinds.values())
    counts = Counts(
        total=error + completed, pending=0, processing=0, completed=completed, error=error, cancelled=0
    )
    assert seems_offline(batch(counts=counts, errors_by_kind=kinds)) is offline


def test_one_thing_is_told_as_one() -> None:
    assert (counted(1, "error"), counted(1_204, "error"), counted(0, "entry", "entries")) == (
        "1 error",
        "1,204 errors",
        "0 entries",
    )


@pytest.mark.parametrize(("seconds", "told"), [(0.4, "0s"), (59, "59s"), (61, "1:01"), (10945, "3:02:25")])
def test_times_are_told_as_people_do(seconds: float, told: str) -> None:
    assert in_time(seconds) == told


def test_text_of_strangers_is_shown_on_one_line_without_what_steers_a_terminal() -> None:
    hostile = "a\x1b[2Jb\x00c\x9bd\u202ee\u2028f\ng\th\ud800"
    assert clean(hostile) == "a[2Jbcdef g h"
    assert clean("Bücher 日本語 مكتبة 🍞") == "Bücher 日本語 مكتبة 🍞"


@pytest.mark.parametrize(
    ("name", "format"),
    [
        ("out.csv", ResultFormat.CSV),
        ("OUT.JSONL", ResultFormat.JSONL),
        ("out.ndjson", ResultFormat.JSONL),
        ("out.parquet", ResultFormat.PARQUET),
        ("out", ResultFormat.CSV),
        ("/dev/null", ResultFormat.CSV),
    ],
)
def test_a_file_tells_the_format_by_its_name(name: str, format: ResultFormat) -> None:
    assert choose_format(Path(name), None) is format
    assert choose_format(Path(name), ResultFormat.JSONL) is ResultFormat.JSONL


def test_a_terminal_gets_a_table_and_never_parquet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("domain_scheduler.cli.result_output.is_terminal", lambda: True)
    assert choose_format(None, None) is None
    with pytest.raises(InputError, match="-o"):
        choose_format(None, ResultFormat.PARQUET)


def test_a_missing_package_is_told_before_the_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(MissingExtraError):
        choose_format(Path("out.parquet"), None)


def test_a_place_that_cannot_be_written_is_told_before_the_work(tmp_path: Path) -> None:
    require_writable(tmp_path / "new.csv")
    for place in (tmp_path, tmp_path / "missing" / "out.csv"):
        with pytest.raises(InputError):
            require_writable(place)


def test_a_file_appears_whole_or_not_at_all(tmp_path: Path) -> None:
    target = tmp_path / "out.csv"
    target.write_text("old")
    with pytest.raises(RuntimeError), appearing_file(target) as file:
        file.write(b"half")
        raise RuntimeError
    assert target.read_text() == "old"
    target.chmod(0o640)
    with appearing_file(target) as file:
        file.write(b"new")
        assert target.read_text() == "old"
    assert target.read_text() == "new"
    assert stat.S_IMODE(target.stat().st_mode) == 0o640
    assert list(tmp_path.iterdir()) == [target]


def test_a_link_stays_a_link_and_a_pipe_is_just_written(tmp_path: Path) -> None:
    target, link, pipe = tmp_path / "real.csv", tmp_path / "link.csv", tmp_path / "pipe"
    link.symlink_to(target)
    with appearing_file(link) as file:
        file.write(b"new")
    assert link.is_symlink() and target.read_text() == "new"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    with appearing_file(pipe) as file:
        file.write(b"through")
    assert os.read(reader, 100) == b"through"
    os.close(reader)


def test_the_digest_of_a_list_is_that_of_its_content(tmp_path: Path) -> None:
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text("a.com\n")
    with open_list(str(tmp_path / "a.txt")) as one, open_list(str(tmp_path / "b.txt")) as other:
        assert one.digest == other.digest
        assert (one.name, one.file.read()) == ("a.txt", b"a.com\n")


def test_a_list_that_cannot_be_read_is_bad_input(tmp_path: Path) -> None:
    for place in (tmp_path, tmp_path / "missing.txt"):
        with pytest.raises(InputError, match="cannot be read"), open_list(str(place)):
            pass
