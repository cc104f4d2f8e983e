"""The settings on technologies reach the process that reads pages: nothing on the way drops them."""

from pathlib import Path

import orjson
import pytest

from domain_scheduler.engine.extractor import Extractor
from domain_scheduler.engine.opening import program_from
from domain_scheduler.scan.scanner import ExtractionError
from domain_scheduler.settings import Settings


def settings(folder: Path, monkeypatch: pytest.MonkeyPatch, fingerprints: Path) -> Settings:
    monkeypatch.setenv("DOMAIN_SCHEDULER_TECHNOLOGIES__FINGERPRINTS", str(fingerprints))
    return Settings(data_dir=folder / "data")


@pytest.mark.slow
async def test_technologies_that_the_user_brings_are_recognised_by_an_extractor(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "technologies.json"
    file.write_bytes(orjson.dumps({"House Shop": {"scriptSrc": r"/house-shop-([\d.]+)\.js\;version:\1"}}))
    extractor = await Extractor.start(program_from(settings(tmp_path, monkeypatch, file)))
    try:
        html = b'<script src="/house-shop-2.5.js"></script><script src="/js/jquery-3.7.1.min.js"></script>'
        page = await extractor.extract(
            html, [("content-type", "text/html")], "https://example.org/", seconds=30
        )
    finally:
        await extractor.close()
    assert page.technologies == ("House Shop 2.5", "jQuery 3.7.1")
    assert any((tmp_path / "data" / "cache").iterdir()), "what is compiled is kept for the next process"


async def test_a_file_that_cannot_be_read_stops_the_start_with_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(ExtractionError, match=r"missing\.json"):
        await Extractor.start(program_from(settings(tmp_path, monkeypatch, tmp_path / "missing.json")))
