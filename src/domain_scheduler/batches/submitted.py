"""The answer to a submission: what was taken, what was there already, what was refused and why.

`accepted + duplicates + rejected_count` is the number of entries: nothing is passed over in silence.
Not here: making it (submission.py).
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from domain_scheduler.errors import NoDomainsError

MAX_REJECTED: Final = 1_000
"""Refused entries that are kept with line and reason; all are counted."""
MAX_VALUE: Final = 200
"""Characters of a refused entry that are kept."""


@dataclass(frozen=True, slots=True)
class Rejected:
    """An entry that cannot be a public domain name; `value` is its text, cut to MAX_VALUE characters."""

    line: int
    value: str
    reason: str


def kept_value(text: str) -> str:
    """The beginning of a refused text, without what neither JSON nor Postgres can hold."""
    return text[:MAX_VALUE].replace("\0", "\ufffd").encode("utf-8", "replace").decode()


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """What became of a list. `duplicates` were in the list before, or in the batch, in whatever spelling."""

    batch_id: int
    accepted: int
    duplicates: int
    rejected_count: int
    rejected: Sequence[Rejected]

    def as_json(self) -> dict[str, Any]:
        """The public names; also the form in which the answer is stored."""
        return asdict(self)

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "Submission":
        """The submission that `as_json` gave."""
        return cls(
            batch_id=value["batch_id"],
            accepted=value["accepted"],
            duplicates=value["duplicates"],
            rejected_count=value["rejected_count"],
            rejected=[Rejected(**entry) for entry in value["rejected"]],
        )


class NothingAcceptedError(NoDomainsError):
    """A list in which no entry is a public domain name."""

    def __init__(self, rejected_count: int, rejected: Sequence[Rejected]) -> None:
        first = rejected[0]
        which = "the only entry is no" if rejected_count == 1 else f"none of {rejected_count:,} entries is a"
        super().__init__(f"{which} public domain name; line {first.line}: {first.value!r}: {first.reason}")
        self.rejected_count = rejected_count
        self.rejected = rejected
