"""How values are written for people: numbers, times, and links that are safe to follow.

Not here: escaping, which the templates do to everything by themselves (rendering.py).
"""

import json
from datetime import UTC, datetime
from typing import Final
from urllib.parse import urlsplit

PRIORITIES: Final = {5: "high", 0: "normal", -5: "low"}
"""What the form offers; programs may give any other number."""


def number(value: float) -> str:
    """`1234567` as `1,234,567`; a fraction keeps one digit."""
    return f"{value:,.1f}" if isinstance(value, float) and value % 1 else f"{value:,.0f}"


def percent(part: int, whole: int) -> str:
    """`part` of `whole`; never 100 % while something is missing, never 0 % when something is there."""
    if not whole:
        return "0 %"
    share = 100 * part / whole
    if 0 < part < whole:
        share = min(max(share, 0.1), 99.9)
    return f"{share:.1f} %" if share % 1 else f"{share:.0f} %"


def duration(seconds: float | None) -> str:
    """Seconds as `4 min 10 s`: the two largest units, fractions only where they matter."""
    if seconds is None:
        return "unknown"
    if seconds < 0.9995:
        return f"{seconds * 1000:.0f} ms" if seconds > 0 else "0 s"
    if seconds < 9.95:
        return f"{seconds:.1f} s".replace(".0 ", " ")
    left, parts = round(seconds), list[str]()
    for name, size in (("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1)):
        if left >= size and len(parts) < 2:
            parts.append(f"{left // size} {name}")
            left %= size
    return " ".join(parts)


def ago(moment: datetime, now: datetime | None = None) -> str:
    """`moment` as seen from now: `3 min ago`, `in 20 s`."""
    seconds = ((now or datetime.now(UTC)) - moment).total_seconds()
    if abs(seconds) < 1:
        return "now"
    return f"{duration(seconds)} ago" if seconds > 0 else f"in {duration(-seconds)}"


def parsed(text: str) -> datetime:
    """A moment that the database wrote as ISO 8601."""
    return datetime.fromisoformat(text)


def exact(moment: datetime) -> str:
    """`moment` to the second, in UTC."""
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def web_address(url: object) -> str | None:
    """`url` if it leads to the web; None for what a page may have put there instead (`javascript:`)."""
    if not isinstance(url, str):
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return url if parts.scheme in {"http", "https"} and parts.netloc else None


def pretty(value: object) -> str:
    """A JSON value in lines."""
    return json.dumps(value, indent=2, ensure_ascii=False)


def spoken(word: str) -> str:
    """`dns_not_found` as `dns not found`."""
    return word.replace("_", " ")
