"""`serve`: the whole service, which runs until it is stopped.

The first signal stops in order: nothing new is taken, what is in flight gets its grace, answers are stored,
the rest is given back. The second stops at once; nothing is lost either way.
Not here: HTTP (http_server.py), an engine alone (work.py), the order of the end (engine/shutdown.py).
"""

from typing import Annotated

import typer

from domain_scheduler import __version__
from domain_scheduler.cli.exit_codes import ExitCode
from domain_scheduler.cli.http_server import http_service
from domain_scheduler.cli.logs import start_logs
from domain_scheduler.cli.options import NoMigrate, new_app, settings_of
from domain_scheduler.cli.places import where
from domain_scheduler.cli.running import run_until_stopped
from domain_scheduler.cli.stopping import Stop, stop_in_order
from domain_scheduler.cli.terminal import say
from domain_scheduler.service import create_service
from domain_scheduler.settings import Settings

app = new_app()

_Host = Annotated[str | None, typer.Option(help="Address to listen on (DOMAIN_SCHEDULER_API__HOST).")]
_Port = Annotated[
    int | None, typer.Option(min=0, max=65535, help="Port; 0 takes a free one (DOMAIN_SCHEDULER_API__PORT).")
]
_NoEngine = Annotated[bool, typer.Option("--no-engine", help="Leave the domains to `work` processes.")]


@app.command()
def serve(
    context: typer.Context,
    host: _Host = None,
    port: _Port = None,
    no_engine: _NoEngine = False,
    no_migrate: NoMigrate = False,
) -> None:
    """Run the service: API, dashboard, scheduler and engine."""

    async def work(stop: Stop) -> ExitCode | None:
        settings = _listening_on(settings_of(context), host, port)
        start_logs(settings)
        application = create_service(settings, migrate=not no_migrate, with_engine=not no_engine)
        async with http_service(application, settings) as service:
            stop.in_order = True
            _say_where(service.url, settings)
            await stop.asked()
            say("stopping (again to stop at once) ...")
            await stop_in_order(stop, service.stop, grace=settings.engine.grace)
        return None

    run_until_stopped(work)


def _listening_on(settings: Settings, host: str | None, port: int | None) -> Settings:
    given = {"host": host, "port": port}
    changed = {name: value for name, value in given.items() if value is not None}
    return settings.model_copy(update={"api": settings.api.model_copy(update=changed)})


def _say_where(url: str, settings: Settings) -> None:
    say(f"Domain Scheduler {__version__}", style="bold")
    say(f"  dashboard  {url}/")
    say(f"  API        {url}/api/v3, described at {url}/openapi.json")
    say(f"  data       {where(settings)}")
    say("Ctrl-C stops it.")
