"""`demo` shows a newcomer everything, from list to answers, without the internet and in under a minute."""

import time

import pytest

from domain_scheduler.demo import SITES
from tests.support.command import running_command

LISTED = [site.host for site in SITES if site.listed]


@pytest.mark.slow
async def test_the_demo_answers_its_whole_web_and_ends() -> None:
    began = time.monotonic()
    async with running_command("demo", "--exit", environment={}) as demo:
        code, out = await demo.ended(seconds=100)
    assert code == 0, demo.said
    assert f"Every one of {len(LISTED)} domains has its answer" in out
    assert "dashboard  http://127.0.0.1:" in out
    assert all(name in out for name in LISTED)
    assert "Traceback" not in demo.said
    assert time.monotonic() - began < 60
