"""The example of an application of one's own runs as it stands, processor and own route included."""

import asyncio
import os
import re
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from tests.support.compiled_rules import with_compiled_rules
from tests.support.eventually import eventually
from tests.support.gated_sites import GatedSites, gated_sites

EXAMPLES = Path(__file__).parents[2] / "examples"


@asynccontextmanager
async def running_example(
    database_url: str, folder: Path, sites: GatedSites
) -> AsyncIterator[httpx.AsyncClient]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "uvicorn", "own_app:app", "--app-dir", str(EXAMPLES), "--port", "0"),
        stderr=asyncio.subprocess.PIPE,
        env={
            **os.environ,
            "DATABASE_URL": database_url,
            "DOMAIN_SCHEDULER_DATA_DIR": str(with_compiled_rules(folder)),
            "DOMAIN_SCHEDULER_FETCH__CONNECT_TO": sites.connect_to,
            "DOMAIN_SCHEDULER_FETCH__ROBOTS": "false",
            "DOMAIN_SCHEDULER_ENGINE__EXTRACT_PROCESSES": "1",
        },
    )
    assert process.stderr is not None
    lines: list[str] = []
    try:
        async with asyncio.timeout(60):
            while not (found := re.search(r"running on (http://\S+)", lines[-1] if lines else "")):
                lines.append((await process.stderr.readline()).decode())
                assert lines[-1], "".join(lines)
        draining = asyncio.create_task(process.stderr.read())
        async with httpx.AsyncClient(base_url=found[1]) as client:
            yield client
        process.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(process.wait(), 30) in (0, -signal.SIGTERM)
        assert b"Traceback" not in await draining
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


@pytest.mark.slow
async def test_the_example_scans_scores_and_answers(database_url: str, tmp_path: Path) -> None:
    async with gated_sites() as sites, running_example(database_url, tmp_path, sites) as client:
        assert (await client.get("/leads/lead-one.com")).status_code == 404
        made = await client.post("/scan/batches", json={"name": "leads", "domains": ["lead-one.com"]})
        assert made.status_code == 201, made.text

        async def scored() -> bool:
            return (await client.get("/leads/lead-one.com")).status_code == 200

        await eventually(scored, seconds=60)
        assert (await client.get("/leads/lead-one.com")).json() == {
            "title": "Welcome to lead-one.com",
            "score": {"reachable": False, "uses_wordpress": False},
        }
