"""The engine answers every domain, with whatever the scan came to, and counts what it did."""

import pytest
from sqlalchemy import text

from domain_scheduler.core.error_kinds import ErrorKind
from domain_scheduler.core.report import Page
from domain_scheduler.db.database import Database
from domain_scheduler.engine.processor import ProcessorHook, load_processor
from tests.support.engines import IMPATIENT, impatient_settings, running_engine
from tests.support.eventually import eventually
from tests.support.queue_rows import add_domains, batch_row, drifts, new_batch, statuses
from tests.support.scripted_scan import ScriptedScan


async def batch_of(database: Database, domains: int | list[str], **columns: object) -> int:
    async with database.get_background_session() as connection:
        return await new_batch(connection, domains=domains, **columns)


async def all_answered(database: Database, batch_id: int) -> bool:
    async with database.get_background_session() as connection:
        counts = await statuses(connection, batch_id)
    return not {"pending", "processing"} & counts.keys()


async def result_of(database: Database, domain: str) -> dict[str, object]:
    query = text(
        "SELECT d.status, d.attempts, d.error_kind, d.next_attempt_at IS NOT NULL AS waits, r.title,"
        " r.error_message, r.processor_result"
        " FROM domain_scheduler.domains d LEFT JOIN domain_scheduler.domain_results r ON r.domain_id = d.id"
        " WHERE d.domain = :domain"
    )
    async with database.get_background_session() as connection:
        return dict((await connection.execute(query, {"domain": domain})).mappings().one())


async def test_every_domain_of_a_batch_is_answered_once(database: Database) -> None:
    batch_id, scan = await batch_of(database, 1_200), ScriptedScan()
    async with running_engine(database, scan) as engine:
        await eventually(lambda: all_answered(database, batch_id))
        state = engine.state()
    assert set(scan.scanned.values()) == {1}
    assert (state.claimed, state.answered, state.completed, state.stale) == (1_200, 1_200, 1_200, 0)
    async with database.get_background_session() as connection:
        assert (await batch_row(connection, batch_id))["completed"] == 1_200
        assert await drifts(connection) == []


async def test_a_permanent_error_is_stored_with_its_reason(database: Database) -> None:
    batch_id, scan = await batch_of(database, ["gone.example"]), ScriptedScan()
    scan.fail("gone.example", ErrorKind.DNS_NOT_FOUND)
    async with running_engine(database, scan) as engine:
        await eventually(lambda: all_answered(database, batch_id))
        assert engine.state().errors_by_kind == {"dns_not_found": 1}
    row = await result_of(database, "gone.example")
    assert (row["status"], row["error_kind"], row["error_message"]) == (
        "error",
        "dns_not_found",
        "as scripted",
    )


async def test_a_transient_error_waits_for_its_next_attempt(database: Database) -> None:
    await batch_of(database, ["busy.example"])
    scan = ScriptedScan()
    scan.fail("busy.example", ErrorKind.HTTP_5XX)
    async with running_engine(database, scan) as engine:

        async def retried() -> bool:
            return engine.state().retried == 1

        await eventually(retried)
    row = await result_of(database, "busy.example")
    assert (row["status"], row["waits"], row["attempts"]) == ("pending", True, 1)


async def test_a_wait_that_is_over_ends_without_a_pass(database: Database) -> None:
    batch_id, scan = await batch_of(database, ["busy.example"]), ScriptedScan()
    scan.fail("busy.example", ErrorKind.HTTP_5XX)
    settings = impatient_settings(queue={"retry_scale": 0.0001})
    async with running_engine(database, scan, settings=settings):
        await eventually(lambda: all_answered(database, batch_id))
    assert scan.scanned["busy.example"] == 2
    assert (await result_of(database, "busy.example"))["status"] == "error"


async def test_a_domain_whose_turn_has_not_come_is_put_off_at_no_cost_until_it_has(
    database: Database,
) -> None:
    batch_id, scan = await batch_of(database, ["crowded.example"], max_attempts=1), ScriptedScan()
    scan.fail("crowded.example", ErrorKind.ADDRESS_BUSY)
    settings = impatient_settings(queue={"retry_scale": 0.0001})
    async with running_engine(database, scan, settings=settings) as engine:

        async def put_off_often() -> bool:
            return engine.state().retried >= 4

        await eventually(put_off_often)
        scan.recover("crowded.example")
        await eventually(lambda: all_answered(database, batch_id))
    row = await result_of(database, "crowded.example")
    assert (row["status"], row["attempts"]) == ("completed", 1)


async def test_a_fault_of_ours_is_the_domains_internal_error_not_silence(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    batch_id, scan = await batch_of(database, ["odd.example", "fine.example"], max_attempts=1), ScriptedScan()
    scan.break_down("odd.example", RuntimeError("not thought of"))
    async with running_engine(database, scan):
        await eventually(lambda: all_answered(database, batch_id))
    row = await result_of(database, "odd.example")
    assert (row["error_kind"], row["error_message"]) == ("internal_error", "RuntimeError: not thought of")
    assert (await result_of(database, "fine.example"))["status"] == "completed"
    assert "scan_fault" in [getattr(record, "action", None) for record in caplog.records]


@pytest.mark.parametrize("title", ["a \0 in it", "half a \ud800 pair"], ids=["nul", "surrogate"])
async def test_an_answer_that_cannot_be_stored_does_not_hold_up_its_group(
    database: Database, title: str
) -> None:
    batch_id, scan = await batch_of(database, 40, max_attempts=1), ScriptedScan()
    scan.find("site-13.example", Page(title=title))
    async with running_engine(database, scan):
        await eventually(lambda: all_answered(database, batch_id))
    async with database.get_background_session() as connection:
        counts = await statuses(connection, batch_id)
    row = await result_of(database, "site-13.example")
    # either the queue makes it storable, or that domain alone pays for it
    assert counts in ({"completed": 40}, {"completed": 39, "error": 1})
    assert row["error_kind"] in (None, "internal_error")
    assert row["status"] == "completed" or "cannot be stored" in str(row["error_message"])


async def test_a_processors_result_is_stored_with_the_report(database: Database) -> None:
    batch_id, scan = await batch_of(database, ["a.example", "gone.example"]), ScriptedScan()
    scan.fail("gone.example", ErrorKind.DNS_NOT_FOUND)
    hook = ProcessorHook(load_processor("tests.support.processors:count_letters"), timeout=5)
    async with running_engine(database, scan, processor=hook):
        await eventually(lambda: all_answered(database, batch_id))
    assert (await result_of(database, "a.example"))["processor_result"] == {"letters": len("About a.example")}
    assert (await result_of(database, "gone.example"))["processor_result"] is None


@pytest.mark.parametrize(("name", "kind"), [("fail", "processor_failed"), ("hang", "processor_timeout")])
async def test_a_processor_that_fails_is_its_domains_error(database: Database, name: str, kind: str) -> None:
    batch_id = await batch_of(database, ["a.example"], max_attempts=1)
    hook = ProcessorHook(load_processor(f"tests.support.processors:{name}"), timeout=0.05)
    async with running_engine(database, ScriptedScan(), processor=hook):
        await eventually(lambda: all_answered(database, batch_id))
    assert (await result_of(database, "a.example"))["error_kind"] == kind


async def test_a_wake_is_answered_at_once_not_at_the_next_poll(database: Database) -> None:
    scan = ScriptedScan()
    settings = impatient_settings(engine=IMPATIENT | {"poll_interval": 60})
    async with running_engine(database, scan, settings=settings) as engine:
        # the first, empty claim is over when an order finds nothing
        await engine.work_off(1, wait=10)
        batch_id = await batch_of(database, 10)
        engine.wake()
        await eventually(lambda: all_answered(database, batch_id), seconds=10)


async def test_urgent_domains_below_the_low_water_mark_are_found(database: Database) -> None:
    batch_id, scan = await batch_of(database, 200, sealed=False), ScriptedScan()
    scan.hold_all()
    settings = impatient_settings(engine=IMPATIENT | {"concurrency": 5})
    async with running_engine(database, scan, settings=settings) as engine:
        await eventually(lambda: _in_flight(engine, 5))
        async with database.get_background_session() as connection:
            await add_domains(connection, batch_id, ["urgent.example"], priority=10)
        scan.let_all_go()
        await eventually(lambda: all_answered(database, batch_id))
    assert scan.scanned["urgent.example"] == 1


async def test_an_engine_of_one_batch_leaves_the_others_alone(database: Database) -> None:
    mine, other = await batch_of(database, 30), await batch_of(database, 30)
    async with running_engine(database, ScriptedScan(), batch_id=mine):
        await eventually(lambda: all_answered(database, mine))
    async with database.get_background_session() as connection:
        assert await statuses(connection, other) == {"pending": 30}


async def test_rows_written_by_plain_sql_are_answered(database: Database) -> None:
    async with database.get_background_session() as connection:
        await connection.execute(
            text("INSERT INTO domain_scheduler.domains (domain) VALUES ('plain.example')")
        )
    async with running_engine(database, ScriptedScan()):
        await eventually(lambda: all_answered(database, 1))
    assert (await result_of(database, "plain.example"))["title"] == "About plain.example"


async def _in_flight(engine: object, count: int) -> bool:
    return bool(engine.state().in_flight == count)  # type: ignore[attr-defined]


async def test_what_the_batch_asks_for_reaches_the_scan_and_what_nobody_knows_does_no_harm(
    database: Database,
) -> None:
    scan = ScriptedScan()
    wanted = await batch_of(database, ["wanted.example"], options='{"contact_pages": true, "later": [1]}')
    other = await batch_of(database, ["other.example"], options='{"contact_pages": "odd"}')
    async with running_engine(database, scan):
        await eventually(lambda: all_answered(database, wanted))
        await eventually(lambda: all_answered(database, other))
    assert scan.options["wanted.example"].contact_pages is True
    assert scan.options["other.example"].contact_pages is False
