"""`scan` as a user runs it: answers for everything, and stopped at any moment it goes on where it was."""

import asyncio
import csv
import io
import signal
from pathlib import Path

import pytest

from domain_scheduler.batches.store import list_batches
from domain_scheduler.core.result_row import RESULT_COLUMNS
from domain_scheduler.db.database import Database
from tests.support.command import running_command
from tests.support.compiled_rules import with_compiled_rules
from tests.support.eventually import eventually
from tests.support.gated_sites import GatedSites, gated_sites

pytestmark = pytest.mark.slow

NAMES = [f"scan-{number}.com" for number in range(4)]
HELD = NAMES[2]


def settings(database_url: str, sites: GatedSites, folder: Path, **more: str) -> dict[str, str]:
    return {
        "DATABASE_URL": database_url,
        "DOMAIN_SCHEDULER_DATA_DIR": str(with_compiled_rules(folder)),
        "DOMAIN_SCHEDULER_FETCH__CONNECT_TO": sites.connect_to,
        "DOMAIN_SCHEDULER_FETCH__ROBOTS": "false",
        "DOMAIN_SCHEDULER_ENGINE__EXTRACT_PROCESSES": "1",
        **more,
    }


def answers(text: str) -> dict[str, str]:
    return {row["domain"]: row["title"] for row in csv.DictReader(io.StringIO(text))}


async def answered(database: Database, count: int) -> None:
    """Wait until `count` domains of the only batch are answered."""

    async def are() -> bool:
        async with database.get_background_session() as connection:
            return sum(batch.counts.answered for batch in (await list_batches(connection)).batches) == count

    await eventually(are, seconds=60)


async def test_a_list_on_standard_input_gives_results_on_standard_output(
    database_url: str, tmp_path: Path
) -> None:
    text = "\n".join([*NAMES, "localhost", "HTTPS://Scan-0.com/", "not a name"])
    async with gated_sites() as sites:
        environment = settings(database_url, sites, tmp_path)
        async with running_command("scan", "-", environment=environment, input=text) as scan:
            code, out = await scan.ended()
    assert code == 0, scan.said
    assert answers(out) == {name: f"Welcome to {name}" for name in NAMES}
    assert out.splitlines()[0] == ",".join(RESULT_COLUMNS)
    assert "4 accepted, 1 duplicate, 2 rejected" in scan.said
    assert "line 5: localhost: " in scan.said and "line 7: not a name: " in scan.said
    assert "4 domains: 4 completed, 0 errors" in scan.said
    assert "\x1b" not in out + scan.said


async def test_a_stopped_scan_goes_on_where_it_was(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    listed, results = tmp_path / "list.txt", tmp_path / "results.csv"
    await asyncio.to_thread(listed.write_text, "\n".join(NAMES))
    async with gated_sites() as sites:
        environment = settings(database_url, sites, tmp_path, DOMAIN_SCHEDULER_ENGINE__GRACE="0.1")
        sites.hold(HELD)
        async with running_command("scan", listed, "-o", results, environment=environment) as scan:
            await answered(database, 3)
            scan.press_ctrl_c()
            code, _ = await scan.ended()
        assert code == 130, scan.said
        assert "stopped with 3 of 4 answered; nothing is lost" in scan.said
        assert "Traceback" not in scan.said
        assert not results.exists()
        sites.let_go()
        async with running_command("scan", listed, "-o", results, environment=environment) as again:
            code, _ = await again.ended()
        assert code == 0, again.said
        assert "going on with batch 2: 3 of 4 answered" in again.said
    assert answers(await asyncio.to_thread(results.read_text)) == {
        name: f"Welcome to {name}" for name in NAMES
    }
    assert dict(sites.asked) == {name: 2 if name == HELD else 1 for name in NAMES}


async def test_a_second_signal_stops_a_scan_at_once(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    async with gated_sites() as sites:
        environment = settings(database_url, sites, tmp_path, DOMAIN_SCHEDULER_ENGINE__GRACE="600")
        sites.hold(HELD)
        async with running_command("scan", "-", environment=environment, input="\n".join(NAMES)) as scan:
            await answered(database, 3)
            scan.signal(signal.SIGTERM)
            await scan.says("again to stop at once")
            scan.signal(signal.SIGTERM)
            code, _ = await scan.ended(seconds=30)
    assert code == 130
    assert "nothing is lost" in scan.said
    async with database.get_background_session() as connection:
        batch = (await list_batches(connection)).batches[0]
    assert (batch.counts.pending, batch.counts.processing) == (1, 0)
