"""Log lines for people (plain) or machines (JSON), with stable keys and no secrets.

Every line of ours carries `action`, a word that does not change with the wording; other facts are keys of
their own. Passwords in URLs are struck out wherever they stand.
Not here: what is logged (each room says its own), metrics (metrics.py).
"""

import logging
import re
from datetime import UTC, datetime
from typing import Any, Final

import orjson

_PASSWORD: Final = re.compile(r"(\w+://[^\s:/@]*:)[^\s@/]+@")
_STANDARD: Final = frozenset(logging.makeLogRecord({}).__dict__) | {
    "message",
    "asctime",
    "taskName",
    "color_message",
}
_QUIET: Final = ("aiohttp.access", "alembic", "tzlocal")


def configure_logs(*, as_json: bool, level: str = "INFO") -> None:
    """Send every log line of this process to standard error, in one of the two forms."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonFormatter() if as_json else PlainFormatter())
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)


def without_secrets(text: str) -> str:
    """`text` with the passwords of URLs struck out."""
    return _PASSWORD.sub(r"\1***@", text)


def facts_of(record: logging.LogRecord) -> dict[str, Any]:
    """The keys that a log line carries beside its message."""
    return {key: value for key, value in record.__dict__.items() if key not in _STANDARD}


class PlainFormatter(logging.Formatter):
    """`08:15:30 WARNING the message (action=claim_waits)`."""

    def format(self, record: logging.LogRecord) -> str:
        """One line, and the traceback below it when there is one."""
        facts = " ".join(f"{key}={value}" for key, value in facts_of(record).items())
        line = f"{_moment(record):%H:%M:%S} {record.levelname} {record.getMessage()}"
        parts = [f"{line} ({facts})" if facts else line]
        if record.exc_info:
            parts.append(self.formatException(record.exc_info))
        return without_secrets("\n".join(parts))


class JsonFormatter(logging.Formatter):
    """One JSON object a line: time, level, logger, message, the facts, traceback."""

    def format(self, record: logging.LogRecord) -> str:
        """One line."""
        values = {
            "time": _moment(record).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **facts_of(record),
        }
        if record.exc_info:
            values["traceback"] = self.formatException(record.exc_info)
        return without_secrets(orjson.dumps(values, default=str).decode())


def _moment(record: logging.LogRecord) -> datetime:
    return datetime.fromtimestamp(record.created, UTC)
