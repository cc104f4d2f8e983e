"""The verbs by name, and the file of each, which is loaded when it is called for.

So `status` does not wait for a web server to be loaded, nor `--version` for a database driver.
Not here: the verbs.
"""

from importlib import import_module
from typing import Any, Final

from typer.core import TyperGroup
from typer.main import get_command

MODULES: Final = {
    "serve": "serve",
    "work": "serve",
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


class Verbs(TyperGroup):
    """A group whose commands are those of MODULES."""

    def list_commands(self, ctx: Any) -> list[str]:
        """The verbs in the order of the help."""
        return list(MODULES)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The verb `cmd_name`, loaded now; None if there is none."""
        if cmd_name not in MODULES:
            return None
        loaded = get_command(import_module(f"domain_scheduler.cli.{MODULES[cmd_name]}").app)
        return loaded.commands[cmd_name] if isinstance(loaded, TyperGroup) else loaded
