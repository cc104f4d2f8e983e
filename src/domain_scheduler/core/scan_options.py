"""What a batch asks of every scan of its domains beyond the front page.

Stored with the batch (`batches.options`) and handed out with every claim. A word that this version does not
know is passed over when it is read, for a newer one may have stored it; the doors refuse it when it is sent.
Not here: settings, which hold for all batches of a process (settings.py).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Self


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanOptions:
    """The wishes; without any, one page of a domain is asked for."""

    contact_pages: bool = False
    """Whether at most two more pages of the site are asked for, to find out how it can be reached."""

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Self:
        """The options that `as_json` gave."""
        return cls(contact_pages=value.get("contact_pages") is True)

    def as_json(self) -> dict[str, Any]:
        """What was asked for, without what was not."""
        return {"contact_pages": True} if self.contact_pages else {}


FRONT_PAGE_ONLY: Final = ScanOptions()
