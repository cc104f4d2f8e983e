"""The verbs by name, and the file of each, which is loaded when it is called for.

So `status` does not wait for a web server to be loaded, nor `--help` for a database driver: what stands here
of each verb is what its own help begins with (a test compares them).
Not here: the verbs.
"""

from importlib import import_module
from typing import Any, Final

from typer.core import TyperGroup
from typer.main import get_command

MODULES: Final = {
    "serve": "serve",
    "work": "work",
    "scan": "scan",
    "submit": "submit",
    "batches": "batches",
    "status": "batches",
    "results": "batches",
    "retry": "batches",
    "pause": "batches",
    "resume": "batches",
    "cancel": "batches",
    "seal": "batches",
    "process-pending": "process_pending",
    "check": "check",
    "db": "database",
    "extract": "extract",
    "demo": "demo",
}


SUMMARIES: Final = {
    "serve": "Run the service: API, dashboard, scheduler and engine.",
    "work": "Run an engine alone, beside others on the same database, on any machine.",
    "scan": "Scan a list of domains and write an answer for every one.",
    "submit": "Submit a list of domains as a batch.",
    "batches": "List batches, the newest first.",
    "status": "Show one batch with its exact counts.",
    "results": "Write the results of a batch, as far as they are there.",
    "retry": "Send the failed domains of a batch back to pending.",
    "pause": "Take up no more domains of a batch until it is resumed.",
    "resume": "Go on with a paused batch.",
    "cancel": "Cancel a batch for good; what is in flight is still finished.",
    "seal": "Declare that no more domains will be added to an open batch.",
    "process-pending": "Answer pending domains now, of any batch, and say what was found and done.",
    "check": "Look at settings, database, pooler and machine; exit code 1 if something cannot work.",
    "db": "The database: its schema, and whether its counts are true.",
    "extract": "Show what is read from one page, and where each value came from.",
    "demo": "Watch it work on a small made-up web; needs no internet and ends in under a minute.",
}


class Verbs(TyperGroup):
    """A group whose commands are those of MODULES."""

    def list_commands(self, ctx: Any) -> list[str]:
        """The verbs in the order of the help."""
        return list(MODULES)

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """The verbs' lines in the help."""
        with formatter.section("Commands"):
            formatter.write_dl(list(SUMMARIES.items()))

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The verb `cmd_name`, loaded now; None if there is none."""
        if cmd_name not in MODULES:
            return None
        loaded = get_command(import_module(f"domain_scheduler.cli.{MODULES[cmd_name]}").app)
        return loaded.commands[cmd_name] if isinstance(loaded, TyperGroup) else loaded
