"""A web on loopback that answers with the corpus' real pages, by Host name, over http and https.

The server is a process of its own, so that its work is not counted as that of the program under test; it
ends when its standard input closes, so it cannot outlive the test. Every name in a TLS hello gets a
certificate of its own, from a CA that the program under test is told to trust.
By hand: `python -m tests.support.corpus_web` prints the settings to use and waits.
Not here: the answers (corpus_archive.py), the server itself (corpus_server.py).
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support.corpus_archive import require_corpus
from tests.support.corpus_server import serve
from tests.support.corpus_sites import CorpusSite, corpus_homepages
from tests.support.independent_title import independent_title

__all__ = ["CorpusSite", "CorpusWeb", "corpus_homepages", "corpus_web", "independent_title"]

_ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class CorpusWeb:
    """The running web: its ports on 127.0.0.1, the CA that signs its certificates, its process."""

    http_port: int
    https_port: int
    ca_file: Path
    pid: int

    @property
    def connect_to(self) -> str:
        """The value for DOMAIN_SCHEDULER_FETCH__CONNECT_TO: every name leads here."""
        return f":80:127.0.0.1:{self.http_port},:443:127.0.0.1:{self.https_port}"

    @property
    def environment(self) -> dict[str, str]:
        """The settings that send a program of ours to this web and nowhere else."""
        return {
            "DOMAIN_SCHEDULER_FETCH__CONNECT_TO": self.connect_to,
            "DOMAIN_SCHEDULER_FETCH__CA_FILE": str(self.ca_file),
        }


@contextmanager
def corpus_web(*, delay: float = 0.0) -> Iterator[CorpusWeb]:
    """Serves the corpus until the block ends; every answer waits `delay` seconds before it starts.

    `copy-N.<domain>` (any N) answers as the front page of `<domain>`, so that a run can be made longer.
    """
    require_corpus()
    with tempfile.TemporaryDirectory(prefix="corpus-web-") as folder:
        command = [sys.executable, "-m", __spec__.name, "--folder", folder, "--delay", str(delay)]
        with subprocess.Popen(command, cwd=_ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
            assert process.stdin is not None and process.stdout is not None
            try:
                line = process.stdout.readline()
                yield CorpusWeb(**{**json.loads(line), "ca_file": Path(folder) / "ca.pem"}, pid=process.pid)
            finally:
                process.stdin.close()


def _wait_by_hand() -> None:
    with corpus_web() as web:
        for name, value in web.environment.items():
            sys.stdout.write(f"{name}={value}\n")
        sys.stdout.write(f"# {len(corpus_homepages())} domains answer; Enter or Ctrl-C ends it\n")
        sys.stdout.flush()
        sys.stdin.readline()


def main() -> None:
    """The server process itself when started by `corpus_web`, else the form for people."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--delay", type=float, default=0.0, help="seconds before each answer")
    arguments = parser.parse_args()
    if arguments.folder is None:
        _wait_by_hand()
    else:
        serve(folder=arguments.folder, delay=arguments.delay)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
