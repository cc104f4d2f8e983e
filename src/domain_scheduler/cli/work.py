"""`work`: an engine alone, which runs until it is stopped, and stops as `serve` does.

Apart from serve.py, since it needs no web server and should not wait until one is loaded.
Not here: the order of the end (engine/shutdown.py).
"""

import typer

from domain_scheduler.cli.exit_codes import ExitCode
from domain_scheduler.cli.logs import start_logs
from domain_scheduler.cli.options import NoMigrate, new_app, settings_of
from domain_scheduler.cli.places import where
from domain_scheduler.cli.running import run_until_stopped
from domain_scheduler.cli.stopping import Stop, stop_in_order
from domain_scheduler.cli.terminal import say
from domain_scheduler.runtime import open_runtime

app = new_app()


@app.command()
def work(context: typer.Context, no_migrate: NoMigrate = False) -> None:
    """Run an engine alone, beside others on the same database, on any machine."""

    async def run_engine(stop: Stop) -> ExitCode | None:
        settings = settings_of(context)
        start_logs(settings)
        async with open_runtime(settings, kind="work", migrate=not no_migrate) as runtime:
            stop.in_order = True
            say(f"worker {runtime.worker_id} works on {where(settings)}")
            await stop.asked()
            say("stopping (again to stop at once) ...")
            await stop_in_order(stop, runtime.stop_engine, grace=settings.engine.grace)
        return None

    run_until_stopped(run_engine)
