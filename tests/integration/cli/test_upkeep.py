"""The verbs that look after the service: check, db, process-pending."""

import json
import os
import socket
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from tests.support.command import call
from tests.support.pgbouncer import running_pooler
from tests.support.postgres import TestServer
from tests.support.queue_rows import new_batch


@pytest.fixture
def dead_web(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Every connection of a scan leads to a port where nobody listens."""
    with closing(socket.socket()) as nobody:
        nobody.bind(("127.0.0.1", 0))
        port = nobody.getsockname()[1]
        monkeypatch.setenv("DOMAIN_SCHEDULER_FETCH__CONNECT_TO", f"::127.0.0.1:{port}")
        monkeypatch.setenv("DOMAIN_SCHEDULER_FETCH__ROBOTS", "false")
        monkeypatch.setenv("DOMAIN_SCHEDULER_ENGINE__EXTRACT_PROCESSES", "1")
        yield


async def spoil(connection: AsyncConnection) -> int:
    """A batch whose counts are wrong."""
    batch_id = await new_batch(connection, domains=3)
    await connection.execute(
        text("UPDATE domain_scheduler.batch_ledger SET delta = delta + 2 WHERE batch_id = :id"),
        {"id": batch_id},
    )
    return batch_id


def findings(database_url: str) -> tuple[int, dict[str, tuple[str, str]]]:
    done = call("check", "--json", database_url=database_url)
    found = json.loads(done.stdout)
    return done.exit_code, {one["what"]: (one["level"], one["message"]) for one in found}


def test_audit_tells_a_difference_and_repairs_it_when_asked(
    database_url: str, on_database: Callable[..., Any]
) -> None:
    batch_id = on_database(spoil)
    for words, code in ((["--repair"], 1), ([], 0)):
        done = call("db", "audit", "--json", *words, database_url=database_url)
        assert done.exit_code == code
        told = json.loads(done.stdout)
        wrong = {"batch": batch_id, "status": "pending", "error_kind": "", "drift": 2}
        wrong |= {"compared": 0, "changed": 0}
        assert told == {"batches": 2, "drifts": [wrong] if code else [], "repaired": bool(code)}


def test_db_url_tells_other_programs_where_the_database_is(database_url: str) -> None:
    told = call("db", "url", database_url=database_url).stdout.removesuffix("\n")
    assert told == database_url
    with psycopg.connect(told) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_db_tells_what_the_schema_lacks_and_brings_it_up_to_date(postgres_server: TestServer) -> None:
    with postgres_server.database("empty") as name:
        url = postgres_server.url_of(name)
        before = call("db", "status", database_url=url)
        assert before.exit_code == 1 and "version: none yet" in before.stdout
        assert call("db", "upgrade", database_url=url).stdout.startswith("applied: 0001")
        assert call("db", "upgrade", database_url=url).stdout == "the schema is up to date\n"
        assert call("db", "status", database_url=url).exit_code == 0


@pytest.mark.usefixtures("dead_web")
def test_a_pass_answers_what_is_pending_and_tells_it(
    database_url: str, on_database: Callable[..., Any]
) -> None:
    on_database(lambda connection: new_batch(connection, domains=["a.com", "b.com", "c.com"]))
    done = call("process-pending", "--limit", 2, "--json", database_url=database_url)
    assert done.exit_code == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["found"]["pending"] == 3
    assert told["did"]["worked_off"]["claimed"] == 2
    text_form = call("process-pending", database_url=database_url).stdout
    assert "found:    pending 3" in text_form and "answered: claimed 1, retried 1" in text_form


def test_check_finds_everything_fine_or_worth_a_thought(database_url: str) -> None:
    code, found = findings(database_url)
    assert code == 0
    assert found["schema"] == ("fine", "0004_count_changes, up to date")
    assert found["pooler"] == ("fine", "none in transaction mode")
    assert found["workers"][0] == "warning"
    password = database_url.split(":")[2].split("@")[0]
    assert found["database"][0] == "fine" and password not in found["database"][1]


def test_check_recognises_a_pooler_in_transaction_mode(database_url: str) -> None:
    with running_pooler(database_url) as pooler:
        code, found = findings(pooler.url_of(database_url))
    assert (code, found["pooler"]) == (0, ("fine", "a pooler in transaction mode is in front, which is fine"))


def test_check_names_settings_that_have_no_effect(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOMAIN_SCHEDULER_FECTH__BUDGET", "9")
    monkeypatch.setenv("DOMAIN_SCHEDULER_ENGINE__GRACE", "9")
    _, found = findings(database_url)
    assert found["settings"][0] == "warning"
    done = call("check", database_url=database_url)
    assert "DOMAIN_SCHEDULER_FECTH__BUDGET is no setting" in done.stdout
    assert "ENGINE__GRACE" not in done.stdout


@pytest.mark.parametrize(
    ("setting", "value", "told"),
    [
        ("DOMAIN_SCHEDULER_API__HOST", "0.0.0.0", "loopback only"),
        ("DOMAIN_SCHEDULER_PROCESSOR", "no_such_package.work:run", "no_such_package"),
    ],
)
def test_check_stops_at_settings_that_cannot_work(
    database_url: str, monkeypatch: pytest.MonkeyPatch, setting: str, value: str, told: str
) -> None:
    monkeypatch.setenv(setting, value)
    done = call("check", database_url=database_url)
    assert done.exit_code == 1 and told in done.stdout


def test_check_stops_at_a_database_that_does_not_answer() -> None:
    done = call("check", database_url="postgresql://nobody@127.0.0.1:1/none")
    assert done.exit_code == 1 and "error    database" in done.stdout


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("DOMAIN_SCHEDULER_FETCH__BUDGET", "soon"),
        ("DOMAIN_SCHEDULER_QUEUE__LEASE", "3"),
        ("DATABASE_URL", "mysql://x"),
    ],
)
def test_a_setting_that_cannot_be_is_named_and_ends_with_2(
    monkeypatch: pytest.MonkeyPatch, setting: str, value: str
) -> None:
    monkeypatch.setenv(setting, value)
    done = call("batches", database_url=os.environ.get("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/x"))
    assert done.exit_code == 2 and done.stderr.startswith("error: ")


def test_serve_listens_on_loopback_only_without_a_key(database_url: str) -> None:
    done = call("serve", "--host", "0.0.0.0", database_url=database_url)
    assert done.exit_code == 2 and "DOMAIN_SCHEDULER_API__KEY" in done.stderr


def test_serve_says_which_port_is_taken(database_url: str) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
        done = call("serve", "--port", port, database_url=database_url)
    assert done.exit_code == 2 and f"port {port} of 127.0.0.1 cannot be listened on" in done.stderr
