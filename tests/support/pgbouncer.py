"""A PgBouncer in transaction mode in front of the test server, as many hosted databases have one.

Debian's 1.18 knows no prepared statements across transactions, so it shows what a stricter pooler would
refuse.
Not here: the server behind it (postgres.py).
"""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import psycopg
import pytest
from sqlalchemy import URL, make_url

from tests.support.processes import as_unprivileged, end_with_us, free_port, give_to_unprivileged

_PROGRAM: Final = shutil.which("pgbouncer", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")

_CONFIGURATION: Final = """
[databases]
* = {upstream}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = {pool_size}
max_client_conn = 500
logfile = {folder}/log
"""


@dataclass(frozen=True, slots=True)
class Pooler:
    """A running PgBouncer."""

    process: subprocess.Popen[bytes]
    port: int
    server_url: str

    def url_of(self, database_url: str) -> str:
        """How the database at `database_url` (on the same server) is reached through the pooler."""
        url = make_url(database_url)
        through = URL.create(
            "postgresql", url.username, url.password, "127.0.0.1", self.port, database=url.database
        )
        return through.render_as_string(hide_password=False)


@contextmanager
def running_pooler(server_url: str, *, pool_size: int = 3) -> Iterator[Pooler]:
    """A PgBouncer with `pool_size` server connections a database, for the length of the block."""
    folder = Path(tempfile.mkdtemp(prefix="ds-test-pgbouncer-"))
    try:
        with _process(folder, server_url, pool_size) as pooler:
            yield pooler
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _process(folder: Path, server_url: str, pool_size: int) -> Iterator[Pooler]:
    if _PROGRAM is None:
        _do_without()
    port, configuration = free_port(), folder / "pgbouncer.ini"
    configuration.write_text(
        _CONFIGURATION.format(upstream=_upstream(server_url), port=port, pool_size=pool_size, folder=folder)
    )
    give_to_unprivileged(folder, configuration)
    process = subprocess.Popen(
        [str(_PROGRAM), "-q", str(configuration)],
        start_new_session=True,
        preexec_fn=end_with_us,
        **as_unprivileged(),
    )
    pooler = Pooler(process, port, server_url)
    try:
        _wait_until_up(pooler)
        yield pooler
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(10)


def _do_without() -> None:
    if os.environ.get("CI"):
        pytest.fail("pgbouncer is not installed, and CI must run this test")
    pytest.skip("pgbouncer is not installed")


def _upstream(server_url: str) -> str:
    url = make_url(server_url)
    host, port = url.query.get("host", url.host), url.query.get("port", url.port)
    parts = {"host": host, "port": port, "user": url.username, "password": url.password}
    return " ".join(f"{name}={value}" for name, value in parts.items() if value)


def _wait_until_up(pooler: Pooler) -> None:
    deadline = time.monotonic() + 20
    while True:
        try:
            psycopg.connect(pooler.url_of(pooler.server_url)).close()
        except psycopg.OperationalError:
            if pooler.process.poll() is not None or time.monotonic() > deadline:
                raise
            time.sleep(0.02)
        else:
            return
