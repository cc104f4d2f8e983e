"""Reads a robots.txt down to the rules that are meant for us, and judges addresses by them.

Which lines are ours is decided here, as Google's parser does it: a group's agents are compared by their
product token alone, lines that nobody knows do not end a group, all groups that name us are one, and only
without any the `*` groups count. Only our lines reach Protego, which matches the patterns: so a robots.txt
of half a megabyte costs what its few lines for us cost, and keeps no more memory.
Not here: asking for the file, and what its absence means (robots.py).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import quote

from protego import Protego

MAX_LINE: Final = 16_663
"""Characters of a line that are read, as in Google's parser."""
MAX_RULES: Final = 10_000
MAX_WILDCARDS: Final = 2_000
"""Rules for one agent that are kept, and how many of them may hold a `*`: each of those costs a search
through every address that is judged. So no file holds the event loop for long."""
MAX_CRAWL_DELAY: Final = 30.0
MAX_BEGINNING: Final = 4_096
"""Characters of the file that are kept as they stand: software signs its robots.txt."""

_TOKEN = re.compile(r"[A-Za-z_-]+").match
_LINES = re.compile(
    r"""^[^\S\n]*
        (?: (?P<agent>user[- ]?agent)
          | (?P<allow>allow)
          | (?P<disallow>disallow|dissallow|dissalow|disalow|diasllow|disallaw)
          | (?P<delay>crawl[- ]delay) )
        [^\S\n]*(?::|[^\S\n])(?P<value>[^\n\#]*)""",
    re.IGNORECASE | re.MULTILINE | re.VERBOSE,
).finditer
"""The lines that mean something, with the misspellings that Google reads too, and without their colon."""
_KEPT_IN_PATTERN: Final = "%/?:@!$&'()*+,;=-._~[]|^`{}\\\"<> "


@dataclass(frozen=True, slots=True)
class RobotsRules:
    """The rules for us; `parsed` is None when there are none, and everything is allowed."""

    parsed: Protego | None = None
    crawl_delay: float = 0.0
    """Seconds, bounded."""
    size: int = 0
    """Characters of the rules that are kept."""
    beginning: str = ""
    """The beginning of the file as it stands."""

    def allows(self, url: str) -> bool:
        """Whether the address may be asked."""
        return self.parsed is None or bool(self.parsed.can_fetch(url, "*"))


ALLOWS_ALL: Final = RobotsRules()


@dataclass(slots=True, eq=False)
class _Group:
    """The lines of all groups that name one agent."""

    named: bool = False
    lines: list[str] = field(default_factory=list)
    wildcards: int = 0
    delay: float = 0.0

    def add(self, kind: str, value: str) -> None:
        if kind == "delay":
            self.delay = _seconds(value) or self.delay
        elif value and len(self.lines) < MAX_RULES:
            self.wildcards += "*" in value
            if "*" not in value or self.wildcards <= MAX_WILDCARDS:
                self.lines.extend(_patterns(kind, value))


def rules_for(token: str, content: bytes) -> RobotsRules:
    """The rules of a robots.txt, in any encoding that one is found in, for the agent `token`."""
    ours, everybodys = _Group(), _Group()
    current: list[_Group] = []
    agents_go_on = False
    text = _text(content)
    for kind, value in _lines(text):
        if kind != "agent":
            agents_go_on = False
            for group in current:
                group.add(kind, value)
            continue
        if not agents_go_on:
            current = []
        agents_go_on = True
        named = everybodys if _is_everybody(value) else ours if _is_agent(value, token) else None
        if named is not None and named not in current:
            named.named = True
            current.append(named)
    return _rules(ours if ours.named else everybodys, text[:MAX_BEGINNING])


def _is_everybody(value: str) -> bool:
    return value.split(maxsplit=1)[:1] == ["*"]


def _is_agent(value: str, token: str) -> bool:
    match = _TOKEN(value)
    return match is not None and match[0].lower() == token.lower()


def _rules(group: _Group, beginning: str) -> RobotsRules:
    if not group.lines:
        return RobotsRules(crawl_delay=group.delay, beginning=beginning)
    text = "\n".join(["User-agent: *", *group.lines])
    return RobotsRules(Protego.parse(text), group.delay, len(text), beginning)


def _text(content: bytes) -> str:
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return content.decode("utf-16", "replace")
    return content.removeprefix(b"\xef").removeprefix(b"\xbb").removeprefix(b"\xbf").decode(errors="replace")


def _lines(text: str) -> Iterator[tuple[str, str]]:
    """(kind, value) of the lines that mean something."""
    for line in _LINES(text.replace("\r\n", "\n").replace("\r", "\n")):
        kind = next(kind for kind in ("disallow", "allow", "agent", "delay") if line[kind])
        end = min(line.end(), line.start() + MAX_LINE)
        yield kind, line.string[line.start("value") : end].strip()


def _patterns(kind: str, value: str) -> Iterator[str]:
    pattern = quote(value, safe=_KEPT_IN_PATTERN)
    yield f"{kind}: {pattern}"
    folder, _, file = pattern.rpartition("/")
    if kind == "allow" and file.startswith("index.htm"):
        yield f"allow: {folder}/$"  # Google: the index page is its folder


def _seconds(value: str) -> float | None:
    try:
        seconds = float(value)
    except ValueError:
        return None
    return min(seconds, MAX_CRAWL_DELAY) if seconds > 0 else None
