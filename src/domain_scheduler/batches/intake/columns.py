"""Finds where the domains stand in a list: which delimiter, which column, whether a header comes first.

A header that names a column (`domain`, `website`, `url`, ...) decides; without one, the column whose values
are domain names does. Addresses of mailboxes count half, so that of an e-mail and a website column the
website is taken. A headerless table with several columns of domains gives them all, and a first row of
words that nobody knows is an entry like any other: nothing is passed over in silence.
A list that is best read as one entry a line has the delimiter None: a cell that only a few lines have makes
no table of the others.
Not here: reading the rows (table.py).
"""

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from domain_scheduler.batches.intake.plain_list import is_comment
from domain_scheduler.core.names import InvalidDomainError, normalize_domain
from domain_scheduler.errors import NoDomainColumnError

DELIMITERS: Final = (",", ";", "\t", "|")
DOMAIN_NAMES: Final = (
    *("domain", "domains", "domainname", "rootdomain", "fqdn", "hostname", "host"),
    *("website", "websites", "websiteurl", "webseite", "homepage", "homepageurl", "site", "siteurl", "web"),
    *("url", "urls", "weburl", "webaddress", "internetadresse", "link", "www"),
)
"""Names of a column or key that holds domains, the surest first; case, spaces and signs do not matter."""

_ENOUGH: Final = 0.5
"""Share of a column's values that are domains from which on it is one of domains."""
_RATHER: Final = 0.2
"""The same where no column and no other reading does better."""
_CONSISTENT: Final = 0.8
"""Share of rows with as many cells as most rows have, from which on text is a table."""

Rows = list[list[str]]


@dataclass(frozen=True, slots=True)
class Layout:
    """How a list is read: `columns` (from 0) hold domains, `priority` is that column, if there is one."""

    delimiter: str | None
    columns: tuple[int, ...] = (0,)
    has_header: bool = False
    priority: int | None = None


def find_layout(sample: Sequence[str]) -> Layout:
    """The layout of a list that begins with the lines `sample`; raises NoDomainColumnError."""
    lines = [line for line in sample if line.strip() and not is_comment(line)]
    tables = {delimiter: _split(lines, delimiter) for delimiter in DELIMITERS}
    if (named := _by_header(tables)) is not None:
        return named
    plain = _share([line.strip() for line in lines])
    delimiter, rows = max(tables.items(), key=lambda item: max(_usual_shares(item[1]), default=0))
    shares = _shares(rows)
    best = max(_usual_shares(rows), default=0)
    if best >= _RATHER and (best > plain or (best == plain and _is_table(rows))):
        many = tuple(n for n, share in enumerate(shares) if share > _ENOUGH)
        return Layout(delimiter, many or (shares.index(best),))
    if plain == 0:
        _refuse_table_without_domains(tables)
    return Layout(None)


def simple_name(name: str) -> str:
    """A column's name as DOMAIN_NAMES has it."""
    return re.sub(r"[\W_]", "", name.casefold())


def _split(lines: Sequence[str], delimiter: str) -> Rows:
    try:
        return [row for row in csv.reader(lines, delimiter=delimiter, skipinitialspace=True) if row]
    except csv.Error:
        return []


def _by_header(tables: dict[str, Rows]) -> Layout | None:
    """The layout that the first line names, with the delimiter that cuts it into the most cells."""
    delimiter, rows = max(tables.items(), key=lambda item: len(item[1][0]) if item[1] else 0)
    names = [simple_name(cell) for cell in rows[0]] if rows else []
    found = [n for n, name in enumerate(names) if name in DOMAIN_NAMES]
    if not found:
        return None
    if len(names) == 1:
        return Layout(None, has_header=True)
    shares = _shares(rows[1:])
    column = max(found, key=lambda n: (n < len(shares) and shares[n] > 0, -DOMAIN_NAMES.index(names[n])))
    priority = names.index("priority") if "priority" in names else None
    return Layout(delimiter, (column,), has_header=True, priority=priority)


def _shares(rows: Rows) -> list[float]:
    """For every column, which share of its values are domains; empty where there is only one column."""
    width = max((len(row) for row in rows), default=0)
    if width < 2:
        return [_share([row[0] for row in rows])] if rows else []
    return [_share([row[n] if n < len(row) else "" for row in rows]) for n in range(min(width, 200))]


def _usual_shares(rows: Rows) -> list[float]:
    """`_shares` of the columns that at least half of the rows reach."""
    widths = sorted(len(row) for row in rows)
    return _shares(rows)[: widths[len(widths) // 2]] if rows else []


def _share(values: Sequence[str]) -> float:
    filled = [value for value in values if value.strip()]
    return sum(map(_likeness, filled)) / max(len(filled), 1)


def _likeness(value: str) -> float:
    try:
        normalize_domain(value)
    except InvalidDomainError:
        return 0.0
    return 0.5 if "@" in value else 1.0


def _is_table(rows: Rows) -> bool:
    widths = [len(row) for row in rows]
    usual = max(set(widths), key=widths.count, default=0)
    return usual >= 2 and widths.count(usual) >= _CONSISTENT * len(widths)


def _refuse_table_without_domains(tables: dict[str, Rows]) -> None:
    for rows in tables.values():
        if _is_table(rows):
            seen = ", ".join(repr(cell.strip()[:40]) for cell in rows[0][:20])
            raise NoDomainColumnError(
                f"no column holds domains; the first row has {seen}: name the column `domain`"
            )
