"""A list with one domain a line; empty lines and comments after `#` are left out.

A `#` begins a comment at the beginning of a line or after a space, so that the `#` of a web address stays.
Quotes around an entry and a comma after it, as lists cut out of programs have them, are dropped.
Not here: lists with columns (table.py).
"""

from collections.abc import Iterable, Iterator

from domain_scheduler.batches.intake.entry import Entry
from domain_scheduler.batches.intake.lines import TOO_LONG, Line


def read_plain_list(lines: Iterable[Line]) -> Iterator[Entry]:
    """The entries of `lines`."""
    for number, text, too_long in lines:
        if too_long:
            yield Entry(number, text[:200], reason=TOO_LONG)
        elif entry := without_comment(text):
            yield Entry(number, entry.strip("\"',;"))


def without_comment(line: str) -> str:
    """The line without a comment and without space around it."""
    if "#" not in line:
        return line.strip()
    if is_comment(line):
        return ""
    return line.split(" #", 1)[0].split("\t#", 1)[0].strip()


def is_comment(line: str) -> bool:
    """Whether the whole line is one; `#` alone in a cell is the name of a column of numbers."""
    line = line.lstrip()
    return line.startswith("#") and not line.startswith(("#,", "#;", "#\t", "#|"))
