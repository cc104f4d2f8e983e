"""Every metric of the service, by name, in one place.

A `Metrics` owns its registry and is passed by value: two of them in one process (tests, an embedding
application) never mix. Names are a public contract (docs/reference/metrics.md).
Not here: who serves them (api/), when they change (engine/, scheduler/).
"""

from dataclasses import dataclass
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

_NAMESPACE: Final = "domain_scheduler"
_SCAN_SECONDS: Final = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 45, 60, 90)
_STEP_SECONDS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)


@dataclass(frozen=True, slots=True)
class MetricFact:
    """What a metric is, for the reference."""

    name: str
    kind: str
    labels: tuple[str, ...]
    meaning: str


class Metrics:
    """The metrics of one process."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.facts: list[MetricFact] = []
        """Every metric, in the order of the reference."""
        self._engine()
        self._extraction()
        self._scheduler()

    def _engine(self) -> None:
        self.claims = self._counter("claims", "Domains claimed.")
        self.answers = self._counter("domains_answered", "Answers stored.", "status", "error_kind")
        self.stale_answers = self._counter("stale_answers", "Answers dropped: their claim was lost.")
        self.refused_answers = self._counter("refused_answers", "Answers that the database refused to store.")
        self.released = self._counter("claims_released", "Claims given back at shutdown.")
        self.database_outages = self._counter("database_outages", "Times that the database went away.")
        self.scan_seconds = self._histogram("scan_seconds", "Time of one scan.", _SCAN_SECONDS)
        self.flush_seconds = self._histogram("flush_seconds", "Time to store one group.", _STEP_SECONDS)
        self.in_flight = self._gauge("domains_in_flight", "Domains being worked on.")
        self.concurrency = self._gauge("concurrency", "Domains that may be in flight.")
        self.buffered = self._gauge("answers_buffered", "Answers that wait to be stored.")
        self.loop_lag = self._gauge("event_loop_lag_seconds", "How late the event loop wakes.")
        self.memory = self._gauge("resident_memory_bytes", "Resident memory of this process.")
        self.open_files = self._gauge("open_files", "Open file descriptors of this process.")

    def _extraction(self) -> None:
        self.pages_waiting = self._gauge("pages_waiting", "Pages that wait for an extractor process.")
        self.extractors_started = self._counter("extractors_started", "Extractor processes started.", "cause")

    def _scheduler(self) -> None:
        self.passes = self._counter("scheduler_passes", "Finished passes.", "cause", "outcome")
        self.pass_seconds = self._histogram("scheduler_pass_seconds", "Time of one pass.", _STEP_SECONDS)
        self.reaped = self._counter("domains_reaped", "Lost claims taken back.", "status")
        self.promoted = self._counter("domains_promoted", "Domains whose wait for a retry ended.")
        self.cancelled = self._counter("domains_cancelled", "Domains of cancelled batches put to their end.")
        self.finished_batches = self._counter("batches_finished", "Batches finished.")
        self.drift = self._gauge("drift", "Ledger minus truth at the last audit, all batches; must be 0.")
        self.drift_repaired = self._counter("drift_repaired", "Counts that an audit had to correct.")

    def exposition(self) -> bytes:
        """All metrics in Prometheus' text format."""
        return generate_latest(self.registry)

    def _counter(self, name: str, meaning: str, *labels: str) -> Counter:
        self._note(f"{name}_total", "counter", meaning, labels)
        return Counter(name, meaning, labels, namespace=_NAMESPACE, registry=self.registry)

    def _gauge(self, name: str, meaning: str) -> Gauge:
        self._note(name, "gauge", meaning)
        return Gauge(name, meaning, namespace=_NAMESPACE, registry=self.registry)

    def _histogram(self, name: str, meaning: str, buckets: tuple[float, ...]) -> Histogram:
        self._note(name, "histogram", meaning)
        return Histogram(name, meaning, namespace=_NAMESPACE, registry=self.registry, buckets=buckets)

    def _note(self, name: str, kind: str, meaning: str, labels: tuple[str, ...] = ()) -> None:
        self.facts.append(MetricFact(f"{_NAMESPACE}_{name}", kind, labels, meaning))
