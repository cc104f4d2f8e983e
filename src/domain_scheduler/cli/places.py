"""Says where things are, without giving secrets away.

Not here: the settings that decide it (settings.py).
"""

from pathlib import Path

from domain_scheduler.settings import Settings
from domain_scheduler.telemetry.logs import without_secrets


def where(settings: Settings) -> str:
    """The database in words, without its password."""
    if settings.database_url is not None:
        return without_secrets(settings.database_url.get_secret_value())
    return f"the embedded Postgres in {_shown(settings.data_dir)}"


def _shown(path: Path) -> str:
    home = Path.home()
    return f"~/{path.relative_to(home)}" if path.is_relative_to(home) else str(path)
