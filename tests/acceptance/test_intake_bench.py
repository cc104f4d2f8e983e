"""The measurement of intake runs, and a long list does not take the memory of a long list."""

import asyncio
import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROWS = 150_000


@pytest.mark.slow
async def test_a_long_list_is_taken_in_with_bounded_memory(database_url: str) -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bench.intake", "--rows", str(ROWS), "--database-url", database_url),
        stdout=asyncio.subprocess.PIPE,
        cwd=ROOT,
    )
    try:
        async with asyncio.timeout(100):
            told = (await process.communicate())[0].decode()
    finally:
        if process.returncode is None:
            process.kill()
    assert process.returncode == 0
    counts = re.search(r"accepted ([\d,]+), duplicates ([\d,]+), rejected ([\d,]+)", told)
    assert counts is not None
    assert sum(int(number.replace(",", "")) for number in counts.groups()) == ROWS
    (peak,) = re.findall(r"^\| read and submit .*\| (\d+) \|$", told, re.MULTILINE)
    assert int(peak) <= 200
