"""Lines of a text, numbered, each of a bounded length however long it is in the file.

Not here: what stands in a line (plain_list.py, table.py, json_lists.py).
"""

from collections.abc import Iterator
from typing import Final, NamedTuple, TextIO

MAX_LINE: Final = 131_072
"""Characters of a line that are kept in memory; a longer one is reported, not read."""
TOO_LONG: Final = f"the line is longer than {MAX_LINE:,} characters"


class Line(NamedTuple):
    """A line without its end; of a `too_long` one only the beginning."""

    number: int
    text: str
    too_long: bool = False


def read_lines(text: TextIO) -> Iterator[Line]:
    """Every line of `text`, from 1."""
    number = 0
    while line := text.readline(MAX_LINE + 1):
        number += 1
        if line[-1] == "\n":
            yield Line(number, line[:-1])
        elif len(line) <= MAX_LINE:
            yield Line(number, line)
        else:
            _skip_rest(text)
            yield Line(number, line[:MAX_LINE], too_long=True)


def _skip_rest(text: TextIO) -> None:
    while (rest := text.readline(MAX_LINE)) and rest[-1] != "\n":
        pass
