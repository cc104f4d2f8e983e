"""What commands say: answers on standard output, everything else on standard error.

On a terminal with colours, elsewhere plain text without a single escape sequence. Whatever a site or a file
wrote is shown without control characters: a title must not be able to clear the screen or forge a line.
Not here: progress (progress.py), result files (result_output.py).
"""

import sys
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any, Final

import orjson
from rich.console import Console
from rich.table import Table
from rich.text import Text

_PLAIN_WIDTH: Final = 160


def _console(*, stderr: bool) -> Console:
    console = Console(stderr=stderr, highlight=False, markup=False, emoji=False)
    if not console.is_terminal:
        console.width = _PLAIN_WIDTH
    return console


def out() -> Console:
    """Standard output as it is now."""
    return _console(stderr=False)


def err() -> Console:
    """Standard error as it is now."""
    return _console(stderr=True)


def clean(text: object) -> str:
    """`text` on one line, without control and direction characters."""
    return "".join(" " if char in "\n\t" else char for char in str(text) if char in "\n\t" or _is_shown(char))


def _is_shown(char: str) -> bool:
    return unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Zl", "Zp"}


def counted(number: int, one: str, many: str | None = None) -> str:
    """`1 error`, `1,204 errors`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def say(text: str, *, style: str | None = None) -> None:
    """One line of answer."""
    out().print(Text(clean(text), style=style or ""), soft_wrap=True)


def tell(text: str, *, style: str | None = None) -> None:
    """One line beside the answer."""
    err().print(Text(clean(text), style=style or ""), soft_wrap=True)


def tell_error(text: str) -> None:
    """Why it did not work."""
    tell(f"error: {text}", style="bold red")


def say_json(value: Any) -> None:
    """The answer as one JSON document."""
    sys.stdout.write(orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE).decode())


def say_table(columns: Sequence[str], rows: Iterable[Sequence[object]], *, right: Sequence[int] = ()) -> None:
    """Rows under `columns`; those numbered in `right` are numbers."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for number, name in enumerate(columns):
        table.add_column(name, justify="right" if number in right else "left", overflow="fold")
    for row in rows:
        table.add_row(*(Text(clean(cell)) for cell in row))
    out().print(table)
