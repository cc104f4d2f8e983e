"""Metrics have the project's name, and two sets of them never mix."""

from domain_scheduler.telemetry.metrics import Metrics


def test_every_metric_carries_the_projects_name() -> None:
    names = {family.name for family in Metrics().registry.collect()}
    assert names
    assert [name for name in names if not name.startswith("domain_scheduler_")] == []


def test_two_processes_worth_of_metrics_live_in_one_process() -> None:
    first, second = Metrics(), Metrics()
    first.claims.inc(3)
    assert b"domain_scheduler_claims_total 3.0" in first.exposition()
    assert b"domain_scheduler_claims_total 0.0" in second.exposition()


def test_answers_are_counted_by_status_and_error_kind() -> None:
    metrics = Metrics()
    metrics.answers.labels("error", "http_4xx").inc()
    assert (
        b'domain_scheduler_domains_answered_total{error_kind="http_4xx",status="error"} 1.0'
        in metrics.exposition()
    )
