"""The process that stops a server whose users were all killed.

Who closes last stops the server; a killed process closes nothing. So a small process beside the server looks
from time to time whether any user lives (a file lock, locks.py), and stops the server when twice in a row
none did. Until then a service that was killed and started again finds it running.

It is a script on the standard library alone: it costs 10 ms and 10 MB, and it outlives us. It gives up root
before it does anything, so that it can end nothing but processes of the server's user.
Not here: starting it (guarding.py), what happens when the server dies (server.py).
"""

import fcntl
import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

STOP_SECONDS = 60.0


class Guard:
    """Looks after the server of one folder."""

    def __init__(self, folder: Path) -> None:
        self._data = folder / "data"
        self._change, self._users, self._server = (
            os.open(folder / f"{name}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            for name in ("change", "users", "server")
        )

    def watch(self, grace_seconds: float) -> None:
        """Return once the server is stopped, or gone."""
        lonely = False
        while True:
            time.sleep(grace_seconds / 2)
            with _locked(self._change):
                if not _is_held(self._server):
                    return
                was_lonely, lonely = lonely, not _is_held(self._users)
                if was_lonely and lonely:
                    self._stop()
                    return

    def _stop(self) -> None:
        with suppress(OSError, ValueError, IndexError):
            pid = int((self._data / "postmaster.pid").read_text(encoding="utf-8").splitlines()[0])
            for signal_number in (signal.SIGINT, signal.SIGQUIT):
                if self._is_server(pid):
                    os.kill(pid, signal_number)
                    self._wait_until_gone()

    def _is_server(self, pid: int) -> bool:
        try:
            return Path(f"/proc/{pid}/cwd").readlink() == self._data
        except FileNotFoundError:
            # a system without /proc
            return not Path("/proc/self").exists()

    def _wait_until_gone(self) -> None:
        deadline = time.monotonic() + STOP_SECONDS
        while _is_held(self._server) and time.monotonic() < deadline:
            time.sleep(0.02)


def give_up_root(uid: int, gid: int) -> None:
    """Go on as the user `uid`, for good."""
    if os.geteuid() == 0:
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)


def _is_held(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    fcntl.flock(descriptor, fcntl.LOCK_UN)
    return False


@contextmanager
def _locked(descriptor: int) -> Iterator[None]:
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    try:
        yield
    finally:
        fcntl.flock(descriptor, fcntl.LOCK_UN)


if __name__ == "__main__":
    guard = Guard(Path(sys.argv[1]))
    give_up_root(int(sys.argv[3]), int(sys.argv[4]))
    guard.watch(float(sys.argv[2]))
