"""Feeds our parsers what nobody would write, guided by which lines it reaches (atheris, libFuzzer).

    python -m bench.fuzz                                # every parser, a minute each
    python -m bench.fuzz --seconds 600 robots names     # two of them, ten minutes each

Each parser runs in a process of its own and begins with what the corpus holds of its kind. Seconds are CPU
seconds of that process after its start, so that a busy machine neither cheats a parser of its time nor breaks
it. An exception that is not one it promises, an input that takes more than five seconds (or sixty by the
clock) or more than 2 GB end its run: the input is kept in the folder of the run, and the traceback is
printed. What was learned is kept there too (`TARGET/learned`), so that another run goes on from it. atheris
comes with `pip install --group bench`.
Not here: the parsers, and what they begin with (fuzz_targets.py, fuzz_seeds.py).
"""

import argparse
import importlib.util
import os
import re
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

SLOWEST_SECONDS: Final = 5
_HUNG_SECONDS: Final = 60
"""By the clock: libFuzzer's own guard, for an input on which nothing ever returns."""
MOST_MEGABYTES: Final = 2_048
_TRACEBACK_LINES: Final = 40


@dataclass(frozen=True, slots=True)
class Outcome:
    """How the run of one parser ended."""

    executions: int
    cpu_seconds: float
    broken_by: list[Path]
    exit_code: int
    said: str

    @property
    def verdict(self) -> str:
        """In one word or two."""
        if self.broken_by:
            return "broken"
        return "unbroken" if self.exit_code == 0 else f"did not run (exit code {self.exit_code})"


def fuzz(name: str, *, seconds: int, folder: Path) -> Outcome:
    """Run one parser in a process of its own."""
    place = folder / name
    place.mkdir(parents=True, exist_ok=True)
    cpu = _cpu_of_children()
    command = [sys.executable, "-m", "bench.fuzz", "--child", name, "--seconds", str(seconds)]
    done = subprocess.run(
        [*command, "--folder", str(folder)], capture_output=True, text=True, errors="replace", check=False
    )
    said = done.stdout + done.stderr
    broken_by = [Path(path) for path in re.findall(r"Test unit written to (\S+)", said)]
    executions = re.search(r"stat::number_of_executed_units:\s*(\d+)", said)
    used = _cpu_of_children() - cpu
    return Outcome(int(executions[1]) if executions else 0, used, broken_by, done.returncode, said)


def _cpu_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def child(name: str, *, seconds: int, folder: Path) -> None:
    """Never returns: libFuzzer ends the process."""
    import atheris  # type: ignore[import-not-found, unused-ignore]

    with atheris.instrument_imports(include=["domain_scheduler"]):
        from bench.fuzz_targets import TARGETS
    target = TARGETS[name]
    learned, seeds = folder / name / "learned", folder / name / "seeds"
    for path in (learned, seeds):
        path.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(target.seeds()):
        (seeds / f"{number:05}").write_bytes(seed)
    options = {
        "timeout": _HUNG_SECONDS,
        "rss_limit_mb": MOST_MEGABYTES,
        "max_len": target.max_bytes,
        "print_final_stats": 1,
        "verbosity": 0,
        "artifact_prefix": f"{folder / name}/",
    }
    flags = [f"-{key}={value}" for key, value in options.items()]
    timed = _timed(target.read, seconds=seconds)
    atheris.Setup([sys.argv[0], *flags, str(learned), str(seeds)], timed)
    atheris.Fuzz()


def _timed(read: Callable[[bytes], None], *, seconds: int) -> Callable[[bytes], None]:
    """`read` with our two limits by CPU; libFuzzer ends gracefully on SIGUSR1."""
    end = time.process_time() + seconds

    def timed(data: bytes) -> None:
        before = time.process_time()
        read(data)
        now = time.process_time()
        assert now - before <= SLOWEST_SECONDS, f"this input took {now - before:.1f} s of CPU"
        if now > end:
            os.kill(os.getpid(), signal.SIGUSR1)

    return timed


def _report(name: str, outcome: Outcome) -> None:
    print(f"| {name} | {outcome.executions:,} | {outcome.cpu_seconds:.0f} | {outcome.verdict} |", flush=True)
    if outcome.exit_code:
        start = max(outcome.said.find("=== Uncaught Python exception"), 0)
        print("\n".join(outcome.said[start:].splitlines()[:_TRACEBACK_LINES]))
    for path in outcome.broken_by:
        print(f"input: {path.read_bytes()[:300]!r}\nkept in: {path}", flush=True)


def main() -> int:
    """The command; gives how many parsers were broken."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("targets", nargs="*", help="parsers (default: all)")
    parser.add_argument("--seconds", type=int, default=60, help="of CPU, for each parser")
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "domain-scheduler-fuzz")
    parser.add_argument("--child", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if importlib.util.find_spec("atheris") is None:
        print("atheris is not installed: `pip install --group bench` (Linux, Python 3.11 to 3.13)")
        return 0
    if options.child:
        child(options.child, seconds=options.seconds, folder=options.folder)
    from bench.fuzz_targets import TARGETS

    if unknown := set(options.targets) - set(TARGETS):
        parser.error(f"no parser is called {', '.join(sorted(unknown))}; there are {', '.join(TARGETS)}")
    print(f"| parser | executions in {options.seconds} s of CPU | CPU s in all | |\n|---|---|---|---|")
    broken = 0
    for name in options.targets or TARGETS:
        outcome = fuzz(name, seconds=options.seconds, folder=options.folder)
        broken += outcome.exit_code != 0
        _report(name, outcome)
    return broken


if __name__ == "__main__":
    sys.exit(main())
