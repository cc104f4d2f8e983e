"""Starts the log of a process as the settings say.

Not here: how lines look (telemetry/logs.py).
"""

import logging
import sys
from typing import Literal

from domain_scheduler.cli.options import unknown_settings
from domain_scheduler.settings import Settings
from domain_scheduler.telemetry.logs import configure_logs

_log = logging.getLogger(__name__)


def start_logs(settings: Settings, *, at_least: Literal["info", "warning"] = "info") -> None:
    """Log to standard error; `at_least` keeps a verb quieter than the settings, not more talkative."""
    levels = logging.getLevelNamesMapping()
    level = max(settings.log.level, at_least, key=lambda name: levels[name.upper()])
    form = settings.log.format
    as_json = form == "json" or (form == "auto" and not sys.stderr.isatty() and at_least == "info")
    configure_logs(as_json=as_json, level=level)
    for name in unknown_settings():
        _log.warning("%s is no setting and has no effect", name, extra={"action": "setting_unknown"})
