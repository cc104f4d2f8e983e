"""The docs cannot lag behind: what is made from the code is equal to it, and every link leads somewhere."""

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

from domain_scheduler.scan.extract.contacts.social_networks import networks_by_host
from domain_scheduler.scan.fetch.protection import VENDORS
from domain_scheduler.scan.technologies.product_files import built_in_products

ROOT = Path(__file__).parents[2]
PAGES = sorted([*(ROOT / "docs").rglob("*.md"), *ROOT.glob("*.md")])
COUNTS = {
    r"(\d+) technologies with versions": len(built_in_products()),
    r"(\d+) networks": len({network.name for network in networks_by_host().values()}),
    r"of (\d+) bot protections": len(VENDORS),
}


def reference_maker() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_reference", ROOT / "docs" / "make_reference.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", ["settings.md", "errors.md", "api.md", "metrics.md", "technologies.md"])
def test_the_reference_is_what_the_code_says(name: str) -> None:
    written = (ROOT / "docs" / "reference" / name).read_text(encoding="utf-8")
    assert written == reference_maker().pages()[name], "run `make docs`"


def anchors(page: Path) -> set[str]:
    """What a link may name after `#`: the headings, as they are shown."""
    headings = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#\s]*)(?:#([^)]*))?\)", page.read_text(encoding="utf-8"))
    local = [(page.parent / to if to else page, at) for to, at in links if not re.match(r"[a-z]+:", to)]
    assert [to for to, at in local if not to.exists() or (at and at not in anchors(to))] == []


@pytest.mark.parametrize("pattern", COUNTS)
def test_what_is_counted_is_there_in_that_number(pattern: str) -> None:
    written = {int(number) for page in PAGES for number in re.findall(pattern, page.read_text("utf-8"))}
    assert written == {COUNTS[pattern]}


def test_every_decision_is_in_their_index() -> None:
    folder = ROOT / "docs" / "decisions"
    index = (folder / "README.md").read_text(encoding="utf-8")
    assert [path.name for path in sorted(folder.glob("0*.md")) if path.name not in index] == []
