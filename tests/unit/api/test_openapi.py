"""OpenAPI tells everything: what an operation does, an example of its answer, and how it may fail."""

from pathlib import Path
from typing import Any

import pytest

from domain_scheduler.api import create_app
from domain_scheduler.settings import Settings

DOCUMENT: dict[str, Any] = create_app(Settings()).openapi()
REFERENCE = Path(__file__).parents[3] / "docs" / "reference" / "api.md"


OPERATIONS = [
    pytest.param(path, method, operation, id=f"{method.upper()} {path}")
    for path, methods in DOCUMENT["paths"].items()
    for method, operation in methods.items()
]


def resolved(schema: dict[str, Any]) -> dict[str, Any]:
    name = schema.get("$ref", "").rpartition("/")[2]
    return DOCUMENT["components"]["schemas"][name] if name else schema


def has_example(content: dict[str, Any]) -> bool:
    return any(
        "example" in media or "examples" in media or "examples" in resolved(media.get("schema", {}))
        for media in content.values()
    )


@pytest.mark.parametrize(("path", "method", "operation"), OPERATIONS)
def test_an_operation_is_described_with_examples(path: str, method: str, operation: dict[str, Any]) -> None:
    assert operation["summary"] and len(operation["description"]) > 20 and operation["tags"]
    good = [response for status, response in operation["responses"].items() if status.startswith("2")]
    assert len(good) == 1 and has_example(good[0]["content"])
    if "requestBody" in operation:
        content = operation["requestBody"]["content"]
        schemas = [resolved(part) for media in content.values() for part in _alternatives(media["schema"])]
        assert has_example(content) or any("examples" in schema for schema in schemas)


def _alternatives(schema: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = schema.get("anyOf", [schema])
    return found


@pytest.mark.parametrize(("path", "method", "operation"), OPERATIONS)
def test_an_operation_says_how_it_may_fail(path: str, method: str, operation: dict[str, Any]) -> None:
    if path.startswith("/health/"):
        return
    bad = {status: response for status, response in operation["responses"].items() if status >= "4"}
    assert {"401", "403", "422", "503"} <= set(bad)
    for response in bad.values():
        media = response["content"]["application/problem+json"]
        assert response["description"] and media["examples"]
        assert media["schema"] == {"$ref": "#/components/schemas/Problem"}
    if "_id}" in path:
        assert "404" in bad


@pytest.mark.parametrize(("path", "method", "operation"), OPERATIONS)
def test_a_parameter_is_bounded_and_explained(path: str, method: str, operation: dict[str, Any]) -> None:
    for parameter in operation.get("parameters", []):
        schema = parameter["schema"]
        if parameter["in"] != "path":
            assert parameter.get("description") or schema.get("description"), parameter["name"]
        if schema.get("type") == "integer":
            assert {"minimum", "maximum"} <= set(schema), parameter["name"]


@pytest.mark.parametrize(("path", "method", "operation"), OPERATIONS)
def test_an_operation_is_in_the_reference(path: str, method: str, operation: dict[str, Any]) -> None:
    assert f"`{method.upper()} {path}`" in REFERENCE.read_text(encoding="utf-8")


def test_operations_have_names_that_a_client_can_be_made_of() -> None:
    names = [
        operation["operationId"] for methods in DOCUMENT["paths"].values() for operation in methods.values()
    ]
    assert len(set(names)) == len(names)
    assert all(name.isidentifier() and len(name) < 40 for name in names), names
