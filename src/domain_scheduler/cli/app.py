"""The command line as a whole: the verbs, what they share, and how they end.

Not here: any verb.
"""

from pathlib import Path
from typing import Annotated

import typer

from domain_scheduler import __version__
from domain_scheduler.cli.exit_codes import exit_codes_in_words
from domain_scheduler.cli.options import new_app
from domain_scheduler.cli.terminal import say
from domain_scheduler.cli.verbs import Verbs

app = new_app(
    name="domain-scheduler",
    cls=Verbs,
    add_completion=True,
    no_args_is_help=True,
    epilog=exit_codes_in_words(),
)


def _show_version(asked: bool) -> None:
    if asked:
        say(f"domain-scheduler {__version__}")
        raise typer.Exit


@app.callback()
def before_every_verb(
    context: typer.Context,
    data_dir: Annotated[
        Path | None, typer.Option(help="Folder of the embedded Postgres (DOMAIN_SCHEDULER_DATA_DIR).")
    ] = None,
    database_url: Annotated[
        str | None, typer.Option(help="Postgres to use instead of the embedded one (DATABASE_URL).")
    ] = None,
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Hand it a list of web domains, ten or ten million, and every one comes back with an answer.

    All verbs work on the database, with or without a running service. Settings are environment variables
    that begin with DOMAIN_SCHEDULER_.
    """
    context.obj = {"data_dir": data_dir, "database_url": database_url}


def main() -> None:
    """Run the command line of this process."""
    app()
