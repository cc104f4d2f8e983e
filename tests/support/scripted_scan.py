"""Scans whose course a test decides: which domains wait, which fail, which break the rules.

Not here: real pages (corpus_web.py, hostile_server.py).
"""

import asyncio
from collections import Counter, defaultdict

from domain_scheduler.core.error_kinds import ErrorKind
from domain_scheduler.core.report import Page, ScanOutcome
from domain_scheduler.core.scan_options import ScanOptions


class ScriptedScan:
    """Completes every domain at once, unless told otherwise."""

    def __init__(self) -> None:
        self.scanned: Counter[str] = Counter()
        """Scans begun, by domain."""
        self.options: dict[str, ScanOptions] = {}
        """What was asked of the last scan, by domain."""
        self.begun: defaultdict[str, asyncio.Event] = defaultdict(asyncio.Event)
        self._gates: dict[str, asyncio.Event] = {}
        self._errors: dict[str, ErrorKind] = {}
        self._pages: dict[str, Page] = {}
        self._faults: dict[str, Exception] = {}
        self._everyone_waits: asyncio.Event | None = None

    def hold(self, domain: str) -> None:
        """Let the scan of `domain` wait until it is let go."""
        self._gates[domain] = asyncio.Event()

    def let_go(self, domain: str) -> None:
        """Let the scan of `domain` end."""
        self._gates[domain].set()

    def hold_all(self) -> None:
        """Let every scan wait until all are let go."""
        self._everyone_waits = asyncio.Event()

    def let_all_go(self) -> None:
        """Let every scan end."""
        if self._everyone_waits is not None:
            self._everyone_waits.set()

    def fail(self, domain: str, kind: ErrorKind) -> None:
        """Let the scan of `domain` end with an error."""
        self._errors[domain] = kind

    def recover(self, domain: str) -> None:
        """Let the scan of `domain` fail no longer."""
        del self._errors[domain]

    def find(self, domain: str, page: Page) -> None:
        """Let the scan of `domain` find this page."""
        self._pages[domain] = page

    def break_down(self, domain: str, fault: Exception) -> None:
        """Let the scan of `domain` raise."""
        self._faults[domain] = fault

    async def __call__(self, domain: str, options: ScanOptions) -> ScanOutcome:
        """One scan."""
        self.scanned[domain] += 1
        self.options[domain] = options
        self.begun[domain].set()
        for gate in (self._gates.get(domain), self._everyone_waits):
            if gate is not None:
                await gate.wait()
        if domain in self._faults:
            raise self._faults[domain]
        if domain in self._errors:
            return ScanOutcome(domain=domain, error_kind=self._errors[domain], error_message="as scripted")
        return ScanOutcome(domain=domain, page=self._pages.get(domain, Page(title=f"About {domain}")))
