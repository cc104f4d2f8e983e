"""The database counts as changed exactly what a comparison of two scans finds changed."""

import json
from typing import Any

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain_scheduler.core.changes import changed_words, changes_between

_DIFFERS = text("SELECT domain_scheduler.differs(CAST(:before AS jsonb), CAST(:after AS jsonb))")

words = st.lists(st.sampled_from(["a", "b", "B 1", ""]), max_size=3)
texts = st.sampled_from(["", "a", "b"])
pages = st.lists(
    st.fixed_dictionaries(
        {"kind": st.sampled_from(["contact", "about"])},
        optional={"error_kind": st.sampled_from([None, "", "http_4xx"])},
    ),
    max_size=2,
)
facts = st.fixed_dictionaries(
    {},
    optional={
        **dict.fromkeys(("emails", "phones", "technologies", "name_servers"), words),
        **dict.fromkeys(("title", "final_url", "content_hash", "simhash", "certificate_issuer"), texts),
        **dict.fromkeys(("language", "site_kind", "organization", "certificate_not_after"), texts),
        "http_status": st.sampled_from([200, 404]),
        "domain_id": st.integers(1, 3),
        "fetched_at": texts,
        "extractor_version": st.integers(1, 2),
        "social": st.dictionaries(st.sampled_from(["x", "y"]), texts, max_size=2),
        "contact_pages": pages,
    },
)


async def test_the_database_and_the_comparison_agree(connection: AsyncConnection) -> None:
    wrong: list[Any] = []
    for before, after in _pairs():
        row = await connection.execute(_DIFFERS, {"before": json.dumps(before), "after": json.dumps(after)})
        if row.scalar_one() != bool(changed_words(changes_between(before, after))):
            wrong.append((before, after))
    assert wrong == []


def _pairs() -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """A thousand pairs of facts: of any two scans, and of two that are much alike."""
    found: list[tuple[dict[str, Any], dict[str, Any]]] = []

    @given(facts, facts)
    @example({"emails": ["a"], "contact_pages": [{"kind": "contact"}]}, {"emails": []})
    @example({"name_servers": ["a", "b"]}, {"name_servers": ["b", "a", "a"]})
    @settings(max_examples=500, database=None, suppress_health_check=list(HealthCheck), deadline=None)
    def draw(before: dict[str, Any], changed: dict[str, Any]) -> None:
        found.extend([(before, changed), (before, before | dict(list(changed.items())[:1]))])

    draw()
    return found
