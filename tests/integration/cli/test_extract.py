"""`extract` shows what one page says, from a file or from a site, for people and for scripts."""

import gzip
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from domain_scheduler.cli.app import app

PAGE = """<!doctype html><html lang="de"><title>Bäckerei \x1b[2J Morgenrot</title>
<a href="tel:+4930123456">anrufen</a> <a href="https://github.com/morgenrot">wir</a>"""


@pytest.fixture
def page(tmp_path: Path) -> Path:
    path = tmp_path / "page.html"
    path.write_text(PAGE, encoding="utf-8")
    return path


def test_a_page_in_a_file_is_read_as_the_page_of_its_address(page: Path) -> None:
    done = CliRunner().invoke(app, ["extract", str(page), "--url", "https://morgenrot.de/", "--json"])
    assert done.exit_code == 0, done.stderr
    told = json.loads(done.stdout)
    assert (told["url"], told["language"], told["phones"]) == ("https://morgenrot.de/", "de", ["+4930123456"])
    assert told["details"]["sources"]["title"] == "title"


def test_people_get_a_line_a_value_without_control_characters(page: Path) -> None:
    done = CliRunner().invoke(app, ["extract", "-"], input=page.read_text(encoding="utf-8"))
    assert done.exit_code == 0, done.stderr
    assert "language        de  (from html[lang])" in done.stdout and "\x1b" not in done.stdout
    assert "github          https://github.com/morgenrot  (from a)" in done.stdout


@pytest.mark.parametrize(
    ("what", "told"),
    [
        ("nix", "there is no file 'nix', and it is no domain: a single word"),
        ("saved/page.html", "there is no file 'saved/page.html', and it is no domain"),
        ("10.0.0.1", "an IP address"),
        ("http://10.0.0.1/", "http://10.0.0.1/ cannot be asked: an IP address"),
        ("file:///etc/hostname", "only http and https are asked"),
        ("x" * 5_000, "cannot be read: File name too long"),
    ],
)
def test_what_is_neither_file_nor_domain_is_bad_input(what: str, told: str) -> None:
    done = CliRunner().invoke(app, ["extract", what])
    assert done.exit_code == 2 and told in done.stderr


def test_a_gzipped_page_is_unpacked(page: Path) -> None:
    packed = page.with_suffix(".html.gz")
    packed.write_bytes(gzip.compress(page.read_bytes()))
    done = CliRunner().invoke(app, ["extract", str(packed)])
    assert done.exit_code == 0 and "Morgenrot" in done.stdout


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "page.html is empty"),
        (b" \n", "page.html is empty"),
        (b"%PDF-1.7 text", "page.html is no web page: it looks like a PDF"),
        (b"\x00\x01\x02" * 100, "page.html is no web page: it looks like a binary file"),
        (b"\x1f\x8bnonsense", "page.html is no whole gzip file"),
    ],
)
def test_a_file_that_holds_no_page_says_so(page: Path, content: bytes, told: str) -> None:
    page.write_bytes(content)
    done = CliRunner().invoke(app, ["extract", str(page)])
    assert done.exit_code == 2 and told in done.stderr


def test_a_page_in_utf_16_without_a_mark_is_no_binary_file(page: Path) -> None:
    page.write_bytes(PAGE.encode("utf-16-le"))
    done = CliRunner().invoke(app, ["extract", str(page)])
    assert done.exit_code == 0 and "Morgenrot" in done.stdout


def test_a_folder_is_no_page(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["extract", str(tmp_path)])
    assert done.exit_code == 2 and "is a folder: name one page in it" in done.stderr


def test_nothing_on_standard_input_is_said() -> None:
    done = CliRunner().invoke(app, ["extract", "-"], input="")
    assert done.exit_code == 2 and "standard input is empty" in done.stderr


def test_a_site_that_does_not_answer_is_told_with_its_error_kind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOMAIN_SCHEDULER_FETCH__BLOCK_LIST", "closed-site.com")
    done = CliRunner().invoke(app, ["extract", "closed-site.com"])
    assert done.exit_code == 1 and done.stderr.startswith("error: opted_out: ")
