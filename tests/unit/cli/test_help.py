"""The command line explains itself, and its reference names everything there is."""

import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest
import typer.main
from typer.core import TyperGroup
from typer.testing import CliRunner

from domain_scheduler import __version__
from domain_scheduler.cli.app import app
from domain_scheduler.cli.exit_codes import MEANINGS, ExitCode, exit_code_of
from domain_scheduler.cli.verbs import MODULES, SUMMARIES
from domain_scheduler.errors import (
    BatchNotFoundError,
    BatchSealedError,
    DatabaseUnavailableError,
    DomainSchedulerError,
    MissingExtraError,
    NoDomainsError,
    SettingsError,
)

REFERENCE = Path(__file__).parents[3] / "docs" / "reference" / "cli.md"


def every_verb() -> dict[str, list[str]]:
    """Every verb with its options."""
    found: dict[str, list[str]] = {}
    waiting = [("", typer.main.get_command(app))]
    while waiting:
        name, command = waiting.pop()
        if isinstance(command, TyperGroup):
            inner = {key: command.get_command(None, key) for key in command.list_commands(None)}
            waiting += [(f"{name} {key}".strip(), value) for key, value in inner.items()]
        else:
            found[name] = [option for parameter in command.params for option in parameter.opts]
    return found


def test_help_names_every_verb_and_exit_code() -> None:
    done = CliRunner().invoke(app, ["--help"])
    assert done.exit_code == 0
    for name in every_verb():
        assert name.split()[0] in done.stdout
    for code, meaning in MEANINGS.items():
        assert re.search(rf"^ +{code.value}  {re.escape(meaning)}$", done.stdout, re.MULTILINE)


def test_the_help_of_all_says_what_the_help_of_each_begins_with() -> None:
    group = typer.main.get_command(app)
    assert isinstance(group, TyperGroup)
    commands = {name: group.get_command(None, name) for name in MODULES}
    assert {
        name: (command.help or "").partition("\n\n")[0] for name, command in commands.items()
    } == SUMMARIES


@pytest.mark.parametrize("verb", sorted(every_verb()))
def test_every_verb_explains_itself_and_stands_in_the_reference(verb: str) -> None:
    done = CliRunner().invoke(app, [*verb.split(), "--help"])
    assert done.exit_code == 0 and len(done.stdout.splitlines()) > 3
    text = REFERENCE.read_text(encoding="utf-8")
    section = re.search(rf"^## `{re.escape(verb)}`\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    assert section is not None
    long_options = [option for option in every_verb()[verb] if option.startswith("--")]
    assert [option for option in long_options if option not in section[1]] == []


def test_every_verb_of_a_file_is_known_by_name() -> None:
    for module in set(MODULES.values()):
        loaded = typer.main.get_command(import_module(f"domain_scheduler.cli.{module}").app)
        names = loaded.commands if isinstance(loaded, TyperGroup) else [loaded.name]
        assert {name: MODULES.get(name or "") for name in names} == dict.fromkeys(names, module)


def test_a_verb_is_loaded_only_when_it_is_called_for() -> None:
    code = "import sys, domain_scheduler.cli; sys.exit('sqlalchemy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_version_is_told() -> None:
    assert CliRunner().invoke(app, ["--version"]).stdout == f"domain-scheduler {__version__}\n"


def test_an_unknown_verb_ends_with_2() -> None:
    assert CliRunner().invoke(app, ["scna"]).exit_code == 2


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (NoDomainsError(), ExitCode.BAD_INPUT),
        (SettingsError(), ExitCode.BAD_INPUT),
        (BatchNotFoundError(), ExitCode.BAD_INPUT),
        (BatchSealedError(), ExitCode.FAILED),
        (DatabaseUnavailableError(), ExitCode.UNAVAILABLE),
        (MissingExtraError(), ExitCode.UNAVAILABLE),
        (DomainSchedulerError(), ExitCode.FAILED),
    ],
)
def test_every_error_has_its_exit_code(error: DomainSchedulerError, code: ExitCode) -> None:
    assert exit_code_of(error) is code
