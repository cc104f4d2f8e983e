"""What every verb shares: manners, options, and the settings that come of them and the environment.

Not here: the settings themselves (settings.py).
"""

import os
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from pydantic import BaseModel, SecretStr, ValidationError

from domain_scheduler.errors import SettingsError
from domain_scheduler.settings import Settings

PREFIX: Final = "DOMAIN_SCHEDULER_"

BatchId = Annotated[int, typer.Argument(min=1, metavar="ID", help="Number of the batch.")]
MaxAttempts = Annotated[int | None, typer.Option(min=1, max=20, help="Attempts per domain.")]
WithContactPages = Annotated[
    bool, typer.Option("--contact-pages", help="Ask each site for its contact and imprint or about page too.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Answer as JSON.")]
NoMigrate = Annotated[
    bool, typer.Option("--no-migrate", help="Refuse a schema that is not current instead of upgrading it.")
]


def new_app(**options: Any) -> typer.Typer:
    """A Typer application with the manners of all of them: plain help, `-h`, no decorated tracebacks."""
    return typer.Typer(
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
        **({"add_completion": False} | options),
    )


def read_settings(
    *, data_dir: Path | None = None, database_url: str | None = None, **groups: Any
) -> Settings:
    """The settings of the environment, with these values before it; raises SettingsError in words."""
    given: dict[str, Any] = {}
    if data_dir is not None:
        given["data_dir"] = data_dir
    if database_url is not None:
        given["database_url"] = SecretStr(database_url)
    try:
        return Settings(**given, **groups)
    except ValidationError as exc:
        raise SettingsError("; ".join(_in_words(error) for error in exc.errors())) from exc


def settings_of(context: typer.Context) -> Settings:
    """The settings for this call: the options before the verb win over the environment."""
    return read_settings(**context.ensure_object(dict))


def unknown_settings() -> list[str]:
    """Names in the environment that look like settings and are none."""
    return sorted(name for name in os.environ if name.startswith(PREFIX) and name not in _known())


def _known() -> set[str]:
    names = {"database_url"}
    for name, field in Settings.model_fields.items():
        kind = field.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            names |= {f"{name}__{inner}" for inner in kind.model_fields}
        names.add(name)
    return {PREFIX + name.upper() for name in names}


def _in_words(error: Any) -> str:
    place = "__".join(str(part).upper() for part in error["loc"] if isinstance(part, str))
    message = str(error["msg"]).removeprefix("Value error, ")
    return f"DOMAIN_SCHEDULER_{place}: {message}" if place else message
