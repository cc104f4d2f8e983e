"""Who keeps the server alive: its living users, whoever of them or of its own processes is killed."""

import asyncio
import os
import signal
from collections.abc import Callable
from pathlib import Path

import psutil
import psycopg
import pytest

from domain_scheduler.db.postgres import EmbeddedPostgres, open_postgres
from domain_scheduler.db.postgres.locks import is_held
from tests.support.postgres_user import PostgresUser

pytestmark = pytest.mark.slow


def runs(pid: int) -> bool:
    """Whether a process `pid` runs; a zombie, which some systems keep for a while, does not."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def stands_still(pid: int) -> bool:
    """Whether every thread of `pid` is stopped (Linux)."""
    states = [
        path.read_text().rpartition(")")[2].split()[0] for path in Path(f"/proc/{pid}/task").glob("*/stat")
    ]
    return set(states) == {"T"}


async def until(holds: Callable[[], bool]) -> None:
    """Look until it holds: other processes tell us of nothing."""
    async with asyncio.timeout(60):
        while not holds():  # noqa: ASYNC110
            await asyncio.sleep(0.02)


async def until_answered(url: str, statement: str = "SELECT pg_postmaster_start_time()") -> object:
    """Ask until the server answers; returns the first value."""
    async with asyncio.timeout(60):
        while True:
            try:
                async with await psycopg.AsyncConnection.connect(url) as connection:
                    row = await (await connection.execute(statement)).fetchone()
                    return row[0] if row else None
            except psycopg.OperationalError:
                await asyncio.sleep(0.02)


async def test_ten_processes_at_once_share_one_server(data_dir: Path) -> None:
    users = await asyncio.gather(*(PostgresUser.start(data_dir) for _ in range(10)))
    await asyncio.gather(*(user.opened() for user in users))
    assert len({(user.postmaster, user.said["url"]) for user in users}) == 1
    server = users[0].postmaster
    await asyncio.gather(*(user.close() for user in users))
    await until(lambda: not runs(server))


async def test_the_last_user_stops_the_server_and_nobody_before(data_dir: Path) -> None:
    async with await PostgresUser.start(data_dir) as first, await PostgresUser.start(data_dir) as second:
        await first.close()
        assert await until_answered(second.said["url"], "SELECT 1") == 1
        await second.close()
    assert not runs(first.postmaster)
    assert not is_held(data_dir / "postgres" / "guard.lock")


async def test_the_server_is_found_again_after_the_service_was_killed(data_dir: Path) -> None:
    async with await PostgresUser.start(data_dir) as killed:
        await killed.kill()
    async with await PostgresUser.start(data_dir) as next_one:
        assert next_one.postmaster == killed.postmaster
        await next_one.close()
    await until(lambda: not runs(killed.postmaster))


async def test_a_killed_user_does_not_keep_the_server_from_being_stopped(data_dir: Path) -> None:
    async with await PostgresUser.start(data_dir) as killed, await PostgresUser.start(data_dir) as living:
        await killed.kill()
        await living.close()
    assert not runs(living.postmaster)


async def test_a_child_of_a_killed_user_does_not_keep_the_server_alive(data_dir: Path) -> None:
    async with (
        await PostgresUser.start(data_dir, "fork") as killed,
        await PostgresUser.start(data_dir) as living,
    ):
        await killed.kill()
        await living.close()
        assert runs(killed.said["child"])
        os.kill(killed.said["child"], signal.SIGKILL)
    assert not runs(living.postmaster)


async def test_a_server_whose_users_were_all_killed_is_stopped_after_a_while(data_dir: Path) -> None:
    async with await PostgresUser.start(data_dir, grace=0.5) as killed:
        await killed.kill()
    await until(lambda: not runs(killed.postmaster))
    assert "database system is shut down" in "".join(
        path.read_text() for path in (data_dir / "postgres" / "log").glob("*.log")
    )


async def test_a_server_with_a_user_is_left_alone_by_its_guard(data_dir: Path) -> None:
    async with await PostgresUser.start(data_dir, grace=0.1) as user:
        began = await until_answered(user.said["url"])
        guard = psutil.Process(int((data_dir / "postgres" / "guard.lock").read_text()))
        looked = guard.num_ctx_switches().voluntary
        await until(lambda: guard.num_ctx_switches().voluntary > looked + 6)
        assert await until_answered(user.said["url"]) == began
        await user.close()


async def test_a_killed_server_is_started_again_with_everything_committed(postgres: EmbeddedPostgres) -> None:
    with psycopg.connect(postgres.url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS n")
    killed = postgres.pid
    os.kill(killed, signal.SIGKILL)
    assert await until_answered(postgres.url, "SELECT n FROM kept") == 7
    await until(lambda: postgres.pid != killed)


async def test_two_users_of_a_killed_server_start_it_once(data_dir: Path) -> None:
    one, two = await open_postgres(data_dir), await open_postgres(data_dir)
    killed = one.pid
    os.kill(killed, signal.SIGKILL)
    await until(lambda: killed not in {one.pid, two.pid})
    assert one.pid == two.pid
    await one.close()
    assert await until_answered(two.url, "SELECT 1") == 1
    await two.close()


async def test_a_server_that_is_a_zombie_is_not_taken_for_alive(data_dir: Path) -> None:
    async with await PostgresUser.start(data_dir) as parent:
        # a parent that stands still reaps nothing
        parent.process.send_signal(signal.SIGSTOP)
        await until(lambda: stands_still(parent.process.pid))
        os.kill(parent.postmaster, signal.SIGKILL)
        await until(lambda: not runs(parent.postmaster))
        assert psutil.Process(parent.postmaster).status() == psutil.STATUS_ZOMBIE
        async with await PostgresUser.start(data_dir) as other:
            assert other.postmaster != parent.postmaster
            assert await until_answered(other.said["url"], "SELECT 1") == 1
            parent.process.send_signal(signal.SIGCONT)
            await parent.close()
            await other.close()


async def test_a_backend_that_outlives_its_server_does_not_stop_the_next_one(
    postgres: EmbeddedPostgres,
) -> None:
    endless = "SELECT count(*) FROM generate_series(1, 10::numeric ^ 12)"
    connection = await psycopg.AsyncConnection.connect(postgres.url)
    backend = connection.info.backend_pid
    query = asyncio.create_task(connection.execute(endless))
    await until_answered(
        postgres.url, f"SELECT 1 / count(*) FROM pg_stat_activity WHERE pid = {backend} AND state = 'active'"
    )
    os.kill(postgres.pid, signal.SIGKILL)
    assert await until_answered(postgres.url, "SELECT 1") == 1
    with pytest.raises(psycopg.OperationalError):
        await query
    await until(lambda: not runs(backend))
    await connection.close()


async def test_lock_files_that_name_a_stranger_are_not_believed(data_dir: Path) -> None:
    opened = await open_postgres(data_dir)
    await opened.close()
    stranger, data, run = os.getpid(), opened.folder / "data", opened.folder / "run"
    for stale in (data / "postmaster.pid", run / ".s.PGSQL.5432.lock"):
        stale.write_text(f"{stranger}\n{data}\n1\n5432\n{run}\n\n0 0\nready   \n")
        os.chown(stale, data.stat().st_uid, -1)
    again = await open_postgres(data_dir)
    assert again.pid != stranger
    await again.close()


async def test_whoever_gives_up_opening_leaves_nothing_behind(data_dir: Path) -> None:
    opening = asyncio.create_task(open_postgres(data_dir, grace_seconds=0.2))
    lock = data_dir / "postgres" / "change.lock"
    await until(lock.exists)
    opening.cancel()
    await asyncio.wait([opening])
    assert opening.cancelled()
    opened = await open_postgres(data_dir)
    assert not list((data_dir / "postgres").glob("data.new-*"))
    await opened.close()
