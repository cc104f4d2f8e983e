"""What is known of how a server was reached, read only when a report needs it.

Reading a certificate costs as much as a plain request, and most connections (robots.txt, redirects) are in no
report; so the facts are kept as they are until somebody asks.
"""

from dataclasses import dataclass
from typing import Any

from domain_scheduler.scan.fetch.connector import Grant
from domain_scheduler.scan.fetch.tls import connection_facts


@dataclass(frozen=True, slots=True)
class Contact:
    """One connection: how it was made, what DNS said of the host, and when the answer began."""

    grant: Grant
    dns: dict[str, Any]
    answered: float
    verified: bool

    def facts(self) -> dict[str, Any]:
        """JSON-ready: `timings` in milliseconds, `dns` and `tls` where there was any."""
        facts: dict[str, Any] = {"timings": self._timings()}
        if self.dns:
            facts["dns"] = self.dns
        if self.grant.ssl_object is not None:
            facts["tls"] = connection_facts(self.grant.ssl_object, verified=self.verified)
        return facts

    def _timings(self) -> dict[str, int]:
        grant, timings = self.grant, {}
        last = grant.started
        for name, moment in (
            ("connect", grant.connected),
            ("tls", grant.secured),
            ("first_byte", self.answered),
        ):
            if moment is not None:
                timings[name] = round((moment - last) * 1000)
                last = moment
        return timings
