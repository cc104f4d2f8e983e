"""What the cache of compiled rules is named after. Not here: what is compiled (test_prefilters.py)."""

import pytest

from domain_scheduler.scan.technologies import cache


def test_a_new_release_compiles_its_rules_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    before = cache.digest(["a.*b"])
    monkeypatch.setattr(cache, "__version__", "another")
    assert cache.digest(["a.*b"]) != before


def test_other_expressions_have_another_name() -> None:
    assert len({cache.digest(parts) for parts in (["a", "b"], ["b", "a"], ["ab"], [])}) == 4
