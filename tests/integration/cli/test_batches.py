"""The verbs for batches, each on a real database, as people and as scripts read them."""

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from domain_scheduler.core.error_kinds import ErrorKind
from domain_scheduler.core.result_row import RESULT_COLUMNS
from domain_scheduler.queue.store import finish_domains
from tests.support.command import call
from tests.support.queue_rows import claim, completed, failed, new_batch

HOSTILE = "\x1b[2J\x07[bold]Pay\u202e here\nnow"


async def answered_batch(connection: AsyncConnection) -> int:
    """A batch with a completed domain, two errors and one that waits."""
    batch_id = await new_batch(connection, domains=["a.com", "b.com", "c.com", "d.com"], name="mine")
    one, two, three = await claim(connection, 3, batch_id=batch_id)
    answers = [completed(one, title=HOSTILE), failed(two), failed(three, ErrorKind.HTTP_5XX)]
    await finish_domains(connection, answers=answers)
    return batch_id


@pytest.fixture
def batch_id(on_database: Callable[..., Any]) -> int:
    found: int = on_database(answered_batch)
    return found


def shown(database_url: str, *words: object) -> Any:
    done = call(*words, "--json", database_url=database_url)
    assert done.exit_code == 0, done.stderr
    return json.loads(done.stdout)


def test_a_submitted_list_is_a_batch_with_every_entry_accounted_for(database_url: str) -> None:
    done = call("submit", "-", "--name", "new", database_url=database_url, input="a.com\nA.com\nlocalhost\n")
    assert (done.exit_code, done.stdout) == (0, "batch 2: 1 accepted, 1 duplicate, 1 rejected\n")
    assert "line 3: localhost: " in done.stderr
    assert "nobody works on this database" in done.stderr
    batch = shown(database_url, "status", 2)
    assert (batch["name"], batch["sealed"], batch["counts"]["pending"]) == ("new", True, 1)


def test_a_list_is_submitted_with_a_wish_for_contact_pages(database_url: str) -> None:
    call("submit", "-", "--contact-pages", database_url=database_url, input="a.com\n")
    told = json.loads(call("status", 2, "--json", database_url=database_url).stdout)
    assert told["options"] == {"contact_pages": True}


def test_the_same_key_submits_once(database_url: str) -> None:
    words = ["submit", "-", "--key", "monday", "--json"]
    answers = [call(*words, database_url=database_url, input="a.com\n").stdout for _ in range(2)]
    assert answers[0] == answers[1]
    other = call(*words, database_url=database_url, input="b.com\n")
    assert other.exit_code == 1 and "Idempotency-Key" in other.stderr


def test_an_open_batch_takes_more_until_it_is_sealed(database_url: str) -> None:
    call("submit", "-", "--open", database_url=database_url, input="a.com\n")
    assert call("submit", "-", "--to", 2, database_url=database_url, input="b.com\n").exit_code == 0
    other = call("submit", "-", "--to", 2, "--priority", 3, database_url=database_url, input="b.com\n")
    assert other.exit_code == 2 and "as it was made" in other.stderr
    assert call("seal", 2, database_url=database_url).exit_code == 0
    refused = call("submit", "-", "--to", 2, database_url=database_url, input="c.com\n")
    assert refused.exit_code == 1 and "sealed" in refused.stderr
    assert shown(database_url, "status", 2)["counts"]["total"] == 2


def test_batches_are_listed_in_pages(database_url: str, batch_id: int) -> None:
    page = shown(database_url, "batches", "--limit", 1)
    assert [batch["id"] for batch in page["batches"]] == [batch_id]
    rest = shown(database_url, "batches", "--cursor", page["next_cursor"])
    assert [batch["name"] for batch in rest["batches"]] == ["inbox"]
    table = call("batches", "--status", "processing", database_url=database_url).stdout
    assert "mine" in table and "inbox" not in table


def test_status_tells_the_exact_counts(database_url: str, batch_id: int) -> None:
    batch = shown(database_url, "status", batch_id)
    assert batch["counts"] == {
        "total": 4,
        "pending": 1,
        "processing": 0,
        "completed": 1,
        "error": 2,
        "cancelled": 0,
    }
    text = call("status", batch_id, database_url=database_url).stdout
    assert f"batch {batch_id} 'mine': processing" in text
    assert "errors: connect_timeout 1, http_5xx 1" in text


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no disk that is always full")
def test_a_disk_that_is_full_is_told_with_the_way_to_the_results(database_url: str, batch_id: int) -> None:
    done = call("results", batch_id, "-o", "/dev/full", database_url=database_url)
    assert done.exit_code == 2
    assert "No space left on device; nothing is lost: domain-scheduler results 2 -o FILE" in done.stderr


def test_results_go_to_standard_output_or_to_a_file(database_url: str, batch_id: int, tmp_path: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(call("results", batch_id, database_url=database_url).stdout)))
    assert tuple(rows[0]) == RESULT_COLUMNS and len(rows) == 4
    target = tmp_path / "errors.jsonl"
    done = call("results", batch_id, "--status", "error", "-o", target, database_url=database_url)
    assert (done.exit_code, done.stdout) == (0, "")
    assert [json.loads(line)["domain"] for line in target.read_text().splitlines()] == ["b.com", "c.com"]
    assert [path.name for path in tmp_path.iterdir()] == ["errors.jsonl"]


async def scanned_twice(connection: AsyncConnection) -> None:
    for title in ("before", "after"):
        await new_batch(connection, domains=["a.com", "b.com"])
        one, other = await claim(connection, 2)
        await finish_domains(connection, answers=[completed(one, title=title), completed(other)])


def test_results_may_be_only_what_changed(database_url: str, on_database: Callable[..., Any]) -> None:
    on_database(scanned_twice)
    for option, name in (("--changed", "a.com"), ("--unchanged", "b.com")):
        lines = call("results", 3, option, "--format", "jsonl", database_url=database_url).stdout.splitlines()
        assert [json.loads(line)["domain"] for line in lines] == [name]
    assert "1 of 2 scanned before changed" in call("status", 3, database_url=database_url).stdout
    assert "scanned before" not in call("status", 2, database_url=database_url).stdout


def test_a_batch_is_paused_resumed_and_cancelled(database_url: str, batch_id: int) -> None:
    said = [call(verb, batch_id, database_url=database_url).stdout for verb in ("pause", "resume", "cancel")]
    assert [line.split(":")[0] for line in said] == [
        f"batch {batch_id} is paused",
        f"batch {batch_id} is processing",
        f"batch {batch_id} is cancelled",
    ]
    refused = call("resume", batch_id, database_url=database_url)
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert refused.stderr.startswith(f"error: batch {batch_id} is cancelled")


def test_errors_are_retried_all_or_by_kind(database_url: str, batch_id: int) -> None:
    one = call("retry", batch_id, "--error-kind", "http_5xx", database_url=database_url)
    assert one.stdout == f"batch {batch_id}: 1 domain is pending again\n"
    call("retry", batch_id, "--completed", database_url=database_url)
    assert shown(database_url, "status", batch_id)["counts"]["pending"] == 4


@pytest.mark.parametrize(
    "words",
    [
        ("status", 404),
        ("results", 404),
        ("retry", 404),
        ("cancel", 404),
        ("status", "abc"),
        ("status", 0),
        ("batches", "--cursor", "nonsense"),
        ("submit", "/nowhere/list.txt"),
        ("results", 1, "-o", "/nowhere/out.csv"),
        ("results", 1, "-o", "out.xlsx"),
        ("results", 1, "--format", "xml"),
        ("retry", 1, "--error-kind", "bad_luck"),
    ],
    ids=str,
)
def test_bad_input_is_told_in_a_line_and_ends_with_2(database_url: str, words: tuple[object, ...]) -> None:
    done = call(*words, database_url=database_url)
    assert (done.exit_code, done.stdout) == (2, "")
    assert "rror: " in done.stderr and "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "the list is empty"),
        ("name,city\nAnn,Rome\nBob,Bern\n", "no column holds domains"),
        ("x\ny\n", "none of"),
    ],
)
def test_a_list_without_domains_makes_no_batch(database_url: str, text: str, told: str) -> None:
    done = call("submit", "-", database_url=database_url, input=text)
    assert done.exit_code == 2 and told in done.stderr
    assert [batch["id"] for batch in shown(database_url, "batches")["batches"]] == [1]


def test_an_unreachable_database_ends_with_3() -> None:
    done = call("batches", database_url="postgresql://nobody@127.0.0.1:1/none")
    assert done.exit_code == 3
    assert done.stderr.startswith("error: the database does not answer")


def test_what_sites_wrote_cannot_steer_a_terminal(
    database_url: str, batch_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("domain_scheduler.cli.result_output.is_terminal", lambda: True)
    table = call("results", batch_id, database_url=database_url).stdout
    raw = call("results", batch_id, "--format", "csv", database_url=database_url).stdout
    for text in (table, raw):
        assert "[bold]Pay here" in text
        assert not set(text) & {"\x1b", "\x07", "\u202e"}
