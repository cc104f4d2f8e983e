"""The house stays one that one likes to live in: small files, honest names, nothing of this machine in it."""

import ast
import re
import statistics
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "domain_scheduler"
FILES = sorted(SOURCE.rglob("*.py"))
DRAWERS = {"utils", "util", "common", "helpers", "helper", "models", "misc", "base"}
BROAD = {"Exception", "BaseException"}


def tracked_files() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False, text=True
    ).stdout.split("\0")
    return [ROOT / name for name in listed if name and (ROOT / name).is_file()]


def functions(path: Path) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_a_file_holds_one_idea_in_at_most_300_lines(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").count("\n")
    assert lines <= 300, f"{path.relative_to(ROOT)} has {lines} lines: move before you add"


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_every_module_says_what_it_is_for(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not text.strip() or ast.get_docstring(ast.parse(text)), (
        f"{path.relative_to(ROOT)} has no docstring"
    )


def test_no_module_is_a_drawer() -> None:
    assert [path for path in FILES if path.stem in DRAWERS or path.parent.name in DRAWERS] == []


def test_functions_are_short() -> None:
    lengths = sorted(
        (node.end_lineno or node.lineno) - node.lineno + 1 for path in FILES for node in functions(path)
    )
    assert statistics.median(lengths) <= 10
    assert lengths[int(len(lengths) * 0.9)] <= 35


def swallowing_handlers(path: Path) -> list[int]:
    """Lines of handlers that catch everything and do not end by raising it on."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    handlers = [node for node in ast.walk(tree) if isinstance(node, ast.ExceptHandler)]
    broad = [node for node in handlers if node.type is None or ast.unparse(node.type) in BROAD]
    return [node.lineno for node in broad if not isinstance(node.body[-1], ast.Raise)]


def test_only_two_places_catch_every_exception() -> None:
    places = [f"{path.relative_to(ROOT)}:{line}" for path in FILES for line in swallowing_handlers(path)]
    assert len(places) <= 2, places


def test_nothing_is_left_to_do_later() -> None:
    later = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b|NotImplementedError")
    assert [str(path) for path in FILES if later.search(path.read_text(encoding="utf-8"))] == []


def test_no_file_names_a_registry_or_this_machine() -> None:
    forbidden = re.compile(
        "|".join(
            ["pypi" + r"\.org", "python" + "hosted", "npmjs" + r"\.(org|com)", "/work" + "/", "/root" + "/"]
        )
    )
    found = []
    for path in tracked_files():
        if path.suffix in {".png", ".woff2", ".gz"}:
            continue
        if forbidden.search(path.read_text(encoding="utf-8", errors="ignore")):
            found.append(str(path.relative_to(ROOT)))
    assert found == []


def test_the_code_reads_settings_from_the_environment_in_one_place() -> None:
    allowed = {"settings.py", "cli", "runtime.py"}
    readers = [
        str(path.relative_to(SOURCE))
        for path in FILES
        if re.search(r"os\.environ|os\.getenv", path.read_text(encoding="utf-8"))
        and path.relative_to(SOURCE).parts[0] not in allowed
    ]
    assert readers == []
