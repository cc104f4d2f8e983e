"""`check`: looks whether everything is there before anything is started; errors stop, warnings speak.

Not here: what is looked at (database_checks.py, machine_checks.py).
"""

from typing import Final

import typer

from domain_scheduler.cli.database_checks import check_database
from domain_scheduler.cli.exit_codes import ExitCode
from domain_scheduler.cli.findings import Finding, Level
from domain_scheduler.cli.machine_checks import check_disk, check_dns, check_open_files, check_settings
from domain_scheduler.cli.options import AsJson, new_app, settings_of
from domain_scheduler.cli.running import run
from domain_scheduler.cli.terminal import say, say_json
from domain_scheduler.settings import Settings

app = new_app()

_STYLES: Final = {Level.FINE: "green", Level.WARNING: "yellow", Level.ERROR: "bold red"}


@app.command()
def check(context: typer.Context, as_json: AsJson = False) -> None:
    """Look at settings, database, pooler and machine; exit code 1 if something cannot work."""

    async def work() -> ExitCode:
        findings = await _look(settings_of(context))
        if as_json:
            say_json([{"level": one.level, "what": one.what, "message": one.message} for one in findings])
        else:
            for one in findings:
                say(f"{one.level:<8} {one.what:<12} {one.message}", style=_STYLES[one.level])
        return ExitCode.FAILED if any(one.level is Level.ERROR for one in findings) else ExitCode.DONE

    run(work)


async def _look(settings: Settings) -> list[Finding]:
    findings = [*check_settings(settings), check_open_files(settings)]
    if settings.database_url is None:
        findings.append(check_disk(settings))
    findings.append(await check_dns(settings.fetch))
    findings += [finding async for finding in check_database(settings)]
    return findings
