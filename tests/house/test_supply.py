"""What is installed with the service: each thing pinned by its hash, and nothing under the GPL."""

import re
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path

import pytest

LOCKS = Path(__file__).parents[2] / "requirements"
GPL = re.compile(r"(?<!L)A?GPL|(?<!Lesser )General Public License", re.IGNORECASE)


def entries(lock: str) -> list[str]:
    """The requirements of a lock, each with the lines that belong to it."""
    return re.findall(r"^\S.*(?:\n .*)*", (LOCKS / lock).read_text(encoding="utf-8"), re.MULTILINE)


def licences(name: str) -> list[str]:
    """What a package says of its licence; nothing of one that other systems alone need."""
    try:
        told = metadata(name)
    except PackageNotFoundError:
        return []
    classifiers = [one for one in told.get_all("Classifier") or () if one.startswith("License ::")]
    # a text in full mentions other licences; its first line is its name
    named = (told.get("License") or "").strip().partition("\n")[0]
    return [*filter(None, [told.get("License-Expression"), named]), *classifiers]


@pytest.mark.parametrize("lock", ["run.lock", "develop.lock"])
def test_every_requirement_is_pinned_by_version_and_hash(lock: str) -> None:
    assert entries(lock)
    assert [one for one in entries(lock) if "==" not in one or "--hash=sha256:" not in one] == []


def test_nothing_that_is_installed_with_the_service_is_under_the_gpl() -> None:
    names = [one.partition("==")[0] for one in entries("run.lock")]
    told = {name: licences(name) for name in names}
    assert told["psycopg"] == ["LGPL-3.0-only"], "which may be used, and shows that licences are read"
    assert [(name, said) for name, said in told.items() if any(map(GPL.search, said))] == []
