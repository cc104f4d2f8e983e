"""`process-pending`: one pass now, in this process, with what it found and did.

Not here: what a pass is (scheduler/passes.py).
"""

from collections.abc import Mapping
from typing import Annotated, Any, Final

import typer

from domain_scheduler.cli.exit_codes import ExitCode
from domain_scheduler.cli.logs import start_logs
from domain_scheduler.cli.options import AsJson, new_app, settings_of
from domain_scheduler.cli.running import run
from domain_scheduler.cli.terminal import say, say_json
from domain_scheduler.runtime import open_runtime
from domain_scheduler.scheduler.pass_store import Pass

app = new_app()

_EVERYTHING: Final = 2**31
_Limit = Annotated[int | None, typer.Option(min=1, help="Domains to answer at most; otherwise all.")]
_Wait = Annotated[float, typer.Option(min=0, help="Seconds to wait for their answers.")]


@app.command()
def process_pending(
    context: typer.Context,
    limit: Annotated[
        int | None, typer.Option(min=1, help="Domains to answer at most; otherwise all.")
    ] = None,
    wait: Annotated[float, typer.Option(min=0, help="Seconds to wait for their answers.")] = 3600.0,
    as_json: AsJson = False,
) -> None:
    """Answer pending domains now, of any batch, and say what was found and done."""

    async def work() -> ExitCode | None:
        settings = settings_of(context)
        start_logs(settings, at_least="warning")
        async with open_runtime(settings, kind="work", with_scheduler=False, continuous=False) as runtime:
            done = await runtime.run_pass(limit=limit or _EVERYTHING, wait=wait)
        _show(done, as_json=as_json)
        return None

    run(work)


def _show(done: Pass, *, as_json: bool) -> None:
    if as_json:
        say_json({"id": done.id, "found": done.found, "did": done.did})
        return
    did = dict(done.did)
    worked_off, remained = did.pop("worked_off", {}), did.pop("remained", {})
    say(f"found:    {_in_words(done.found)}")
    say(f"answered: {_in_words(worked_off)}")
    say(f"also:     {_in_words(did)}")
    say(f"remained: {_in_words(remained)}")


def _in_words(counts: Mapping[str, Any]) -> str:
    """What is not zero, as `completed 3, error 1 (dns_not_found 1)`."""
    kinds = ", ".join(f"{kind} {n:,}" for kind, n in counts.get("errors_by_kind", {}).items())
    parts = [f"{name} {n:,}" for name, n in counts.items() if isinstance(n, int) and n]
    return (", ".join(parts) or "nothing") + (f" ({kinds})" if kinds else "")
