"""Real input, through the program as a user starts it: every homepage of the corpus gets its true answer.

The corpus' pages are served on loopback by Host name, over http and https, with their real headers where
they are known. The titles are compared with what an independent parser reads from the same bytes.
"""

import json
import os
import re
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.support.compiled_rules import with_compiled_rules
from tests.support.corpus_web import CorpusSite, CorpusWeb, corpus_homepages, corpus_web, independent_title

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

COMMAND = [sys.executable, "-m", "domain_scheduler"]


@pytest.fixture(scope="module")
def web() -> Iterator[CorpusWeb]:
    with corpus_web() as running:
        yield running


@pytest.fixture(scope="module")
def sites() -> dict[str, CorpusSite]:
    return {site.domain: site for site in corpus_homepages()}


def environment(web: CorpusWeb, **more: str) -> dict[str, str]:
    return {**os.environ, **web.environment, **more}


def require_true_answers(rows: list[dict[str, Any]], sites: dict[str, CorpusSite]) -> None:
    """Every domain is answered; pages are completed, refusals are errors; titles are the independent ones."""
    assert sorted(row["domain"] for row in rows) == sorted(sites)
    assert {row["status"] for row in rows} <= {"completed", "error"}
    completed = [row for row in rows if row["status"] == "completed"]
    assert len(completed) >= 0.98 * len(sites), Counter(row["error_kind"] for row in rows)
    differing = [
        (row["domain"], row["title"])
        for row in completed
        if (row["title"] or None) != (independent_title(sites[row["domain"]]) or None)
    ]
    assert len(differing) <= 0.01 * len(completed), differing


def test_scan_answers_every_homepage_of_the_corpus(
    web: CorpusWeb, sites: dict[str, CorpusSite], tmp_path: Path, data_dir: Path
) -> None:
    listed, answers = tmp_path / "domains.txt", tmp_path / "answers.jsonl"
    listed.write_text("\n".join(sites), encoding="utf-8")
    scan = subprocess.run(
        [*COMMAND, "scan", str(listed), "-o", str(answers)],
        env=environment(web, DOMAIN_SCHEDULER_DATA_DIR=str(with_compiled_rules(data_dir))),
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert scan.returncode == 0, scan.stderr
    rows = [json.loads(line) for line in answers.read_text(encoding="utf-8").splitlines()]
    require_true_answers(rows, sites)


def test_the_api_answers_every_homepage_of_the_corpus(
    web: CorpusWeb, sites: dict[str, CorpusSite], database_url: str, tmp_path: Path
) -> None:
    settings = {"DATABASE_URL": database_url, "DOMAIN_SCHEDULER_DATA_DIR": str(with_compiled_rules(tmp_path))}
    with subprocess.Popen(
        [*COMMAND, "serve", "--port", "0"],
        env=environment(web, DOMAIN_SCHEDULER_QUEUE__RETRY_SCALE="0.01", **settings),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as service:
        try:
            assert service.stdout is not None
            url = next(
                found[0] for line in service.stdout if (found := re.search(r"http://127\.0\.0\.1:\d+", line))
            )
            with httpx.Client(base_url=f"{url}/api/v3", timeout=30) as api:
                submitted = api.post("/batches", json={"name": "corpus", "domains": list(sites)})
                assert submitted.status_code == 201, submitted.text
                assert submitted.json()["accepted"] == len(sites)
                batch = finished_batch(api, submitted.json()["id"])
                answers = api.get(f"/batches/{batch['id']}/results", params={"format": "jsonl"})
        finally:
            service.terminate()
    rows = [json.loads(line) for line in answers.text.splitlines()]
    require_true_answers(rows, sites)
    by_status = Counter(row["status"] for row in rows)
    assert batch["counts"]["total"] == len(rows)
    assert batch["counts"]["completed"] == by_status["completed"]
    assert batch["counts"]["error"] == by_status["error"]
    assert batch["errors_by_kind"] == Counter(row["error_kind"] for row in rows if row["error_kind"])


def finished_batch(api: httpx.Client, batch_id: int) -> dict[str, Any]:
    """The batch once it says completed; in every answer until then its counts add up."""
    deadline = time.monotonic() + 240
    while True:
        batch: dict[str, Any] = api.get(f"/batches/{batch_id}").json()
        counts = dict(batch["counts"])
        assert counts.pop("total") == sum(counts.values())
        if batch["status"] == "completed":
            return batch
        assert time.monotonic() < deadline, batch
        time.sleep(0.2)
