"""Statements kept in `.sql` files beside their store, each under a name and one line of intent.

A file is a series of blocks: `-- name: claim_domains`, `-- what it does`, the statement. They are executed
with SQLAlchemy `text()`, so parameters are `:name` and casts are `CAST(:x AS bigint)`.
"""

import re
from importlib.resources import files
from typing import Final

from sqlalchemy import TextClause, text

_HEADER: Final = re.compile(r"^-- name: ([a-z_]+)$", re.MULTILINE)


def load_statements(package: str, name: str) -> dict[str, TextClause]:
    """The statements of `name` (a file in `package`) by their names.

    Raises ValueError for a file that holds a name twice or text before the first name.
    """
    parts = _HEADER.split(files(package).joinpath(name).read_text(encoding="utf-8"))
    if parts[0].strip() and not all(line.startswith("--") or not line for line in parts[0].splitlines()):
        raise ValueError(f"{package}/{name}: a statement before the first '-- name:' line")
    statements: dict[str, TextClause] = {}
    for key, body in zip(parts[1::2], parts[2::2], strict=True):
        if key in statements:
            raise ValueError(f"{package}/{name}: the name {key} stands twice")
        statements[key] = text(_without_comments(body))
    return statements


def _without_comments(body: str) -> str:
    """The statement alone: `text()` would read `:word` in a comment as a parameter."""
    return "\n".join(line for line in body.splitlines() if not line.lstrip().startswith("--")).strip()
