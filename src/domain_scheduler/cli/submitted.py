"""Shows what became of a submitted list: one line of counts, and every refused entry with its reason.

Not here: submitting (scan.py, submit.py).
"""

from collections.abc import Sequence

from domain_scheduler.batches.submitted import Rejected, Submission
from domain_scheduler.cli.terminal import counted, tell


def in_words(answer: Submission) -> str:
    """The counts, as `1,204 accepted, 3 duplicates, 1 rejected`."""
    parts = [f"{answer.accepted:,} accepted"]
    if answer.duplicates:
        parts.append(counted(answer.duplicates, "duplicate"))
    if answer.rejected_count:
        parts.append(f"{answer.rejected_count:,} rejected")
    return ", ".join(parts)


def tell_rejected(count: int, rejected: Sequence[Rejected]) -> None:
    """Every refused entry that was kept, and how many more there were."""
    if not count:
        return
    words = counted(count, "entry is no public domain name", "entries are no public domain names")
    tell(f"{words}:", style="yellow")
    for entry in rejected:
        tell(f"  line {entry.line:,}: {entry.value}: {entry.reason}")
    if count > len(rejected):
        tell(f"  and {count - len(rejected):,} more")
