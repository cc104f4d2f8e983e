"""Writes the parts of docs/reference that are made from the code (`make docs`); a test keeps them equal."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from domain_scheduler import errors
from domain_scheduler.api import create_app
from domain_scheduler.core.error_kinds import MEANINGS
from domain_scheduler.core.retry import RETRY_RULES, RetryRule
from domain_scheduler.scan.technologies.product_files import built_in_products
from domain_scheduler.scan.technologies.products import Channel, Product
from domain_scheduler.settings import Settings
from domain_scheduler.telemetry.metrics import Metrics

REFERENCE = Path(__file__).parent / "reference"
MADE = "<!-- made by docs/make_reference.py from the code: change it there, then run `make docs` -->\n"


def main() -> None:
    """Write every page that is made from the code."""
    for name, text in pages().items():
        (REFERENCE / name).write_text(text, encoding="utf-8")


def pages() -> dict[str, str]:
    """File name in docs/reference → text."""
    return {
        "settings.md": settings_page(),
        "errors.md": errors_page(),
        "api.md": api_page(),
        "metrics.md": metrics_page(),
        "technologies.md": technologies_page(),
    }


def technologies_page() -> str:
    """The built-in products by category, each with the traces that give it away."""
    by_category: dict[str, list[Product]] = {}
    for product in sorted(built_in_products(), key=lambda product: product.name.lower()):
        by_category.setdefault(product.categories[0], []).append(product)
    sections = "\n".join(_category(name, by_category[name]) for name in sorted(by_category))
    return (
        f"# Technologies\n\n{MADE}\n"
        f"The {sum(map(len, by_category.values()))} products that are recognised without further data, each\n"
        "under its first category. More can be [brought along](../how-to/bring-fingerprints.md).\n"
        "Every plugin and theme of a WordPress site is named, known or not (`WordPress plugin <folder>`),\n"
        "with its version where its files agree on one; so are the theme of a Shopify shop, and what\n"
        "`Server` and `X-Powered-By` call themselves with a version (`mod_fastcgi/2.4.2`).\n\n"
        f"{sections}"
    )


def _category(name: str, products: list[Product]) -> str:
    rows = "\n".join(f"| {product.name} | {_traces(product)} | {_version(product)} |" for product in products)
    return f"## {name}\n\n| product | seen by | version |\n|---|---|---|\n{rows}\n"


def _traces(product: Product) -> str:
    traces = dict.fromkeys(_TRACES[rule.channel] for rule in product.rules)
    folders = ["WordPress folders"] if product.wordpress else []
    return ", ".join([*traces, *folders]) or "what implies it"


def _version(product: Product) -> str:
    return "yes" if product.wordpress or any(rule.pattern.version for rule in product.rules) else ""


_TRACES = {
    Channel.URL: "address",
    Channel.HTML: "source",
    Channel.TEXT: "text",
    Channel.SCRIPTS: "inline scripts",
    Channel.STYLES: "inline styles",
    Channel.SCRIPT_URL: "script addresses",
    Channel.LINK_URL: "link addresses",
    Channel.HEADER: "headers",
    Channel.COOKIE: "cookies",
    Channel.META: "metas",
    Channel.DNS: "DNS",
    Channel.CERTIFICATE: "certificate",
    Channel.DOM: "elements",
    Channel.ROBOTS: "robots.txt",
}


def metrics_page() -> str:
    """Every metric with its kind, labels and meaning."""
    rows = "\n".join(
        f"| `{fact.name}` | {fact.kind} | {_labels(fact.labels)} | {fact.meaning} |"
        for fact in Metrics().facts
    )
    return (
        f"# Metrics\n\n{MADE}\n"
        "Served as `/metrics` in Prometheus' text format, each process its own: sum over processes.\n"
        "Counters start at 0 with it. `domain_scheduler_drift` must be 0: alert on anything else.\n\n"
        f"| metric | kind | labels | meaning |\n|---|---|---|---|\n{rows}\n"
    )


def _labels(labels: tuple[str, ...]) -> str:
    return ", ".join(f"`{label}`" for label in labels)


def settings_page() -> str:
    """Every setting with its default, type and meaning."""
    rows = "\n".join(_setting_rows(Settings, "DOMAIN_SCHEDULER_"))
    return (
        f"# Settings\n\n{MADE}\n"
        "Read from the environment at start, or given by value (`Settings(...)`). Lists: comma-separated.\n"
        "`domain-scheduler check` says what is set and whether it can work.\n\n"
        f"| variable | default | meaning |\n|---|---|---|\n{rows}\n"
    )


def _setting_rows(model: type[BaseModel], prefix: str) -> Iterator[str]:
    for name, field in model.model_fields.items():
        group = _group(field)
        if group is not None:
            yield from _setting_rows(group, f"{prefix}{name.upper()}__")
        else:
            variable = f"`{prefix}{name.upper()}`" + (" or `DATABASE_URL`" if name == "database_url" else "")
            yield f"| {variable} | {_default(field)} | {(field.description or '').replace('|', '&#124;')} |"


def _group(field: FieldInfo) -> type[BaseModel] | None:
    kind = field.annotation
    return kind if isinstance(kind, type) and issubclass(kind, BaseModel) else None


def _default(field: FieldInfo) -> str:
    if field.default_factory is not None:
        return "the platform's user data folder"
    value: Any = field.default
    if value is None or value == () or value is PydanticUndefined:
        return ""
    if isinstance(value, tuple):
        value = ",".join(str(part) for part in value)
    if isinstance(value, bool):
        value = str(value).lower()
    return f"`{value}`"


def errors_page() -> str:
    """The error kinds of domains with their retry rules, and the codes of the service's own errors."""
    kinds = "\n".join(
        f"| `{kind}` | {meaning} | {_rule(RETRY_RULES[kind])} |" for kind, meaning in MEANINGS.items()
    )
    codes = "\n".join(f"| `{code}` | {doc} |" for code, doc in _codes(errors.DomainSchedulerError))
    return (
        f"# Errors\n\n{MADE}\n## Error kinds: why a domain has no report\n\n"
        "A closed list. A batch's `max_attempts` is a further bound; a site's Retry-After is obeyed.\n\n"
        f"| kind | meaning | tried again |\n|---|---|---|\n{kinds}\n\n"
        "## Error codes: what the service itself refuses\n\n"
        "`code` in the API's problem+json and in the log; the CLI prints the message.\n\n"
        f"| code | meaning |\n|---|---|\n{codes}\n"
    )


def _rule(rule: RetryRule) -> str:
    if rule.puts_off:
        return "when its turn should be; it is no attempt"
    if not rule.transient:
        return "never"
    if rule.retries >= 20:
        return "at once, until `max_attempts`"
    waits = [rule.delay * rule.factor**number for number in range(rule.retries)]
    return "after " + ", then ".join(_duration(wait) for wait in waits)


def _duration(seconds: float) -> str:
    if seconds == 0:
        return "no wait"
    return f"{seconds / 60:g} min" if seconds >= 60 else f"{seconds:g} s"


def _codes(error: type[errors.DomainSchedulerError]) -> Iterator[tuple[str, str]]:
    yield error.code, (error.__doc__ or "").splitlines()[0]
    for child in error.__subclasses__():
        if child.__module__ == errors.__name__:
            yield from _codes(child)


def api_page() -> str:
    """Every operation of the HTTP API: what it does, its parameters, its answers."""
    document = create_app(Settings()).openapi()
    operations = "\n".join(
        _operation(f"{method.upper()} {path}", operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    )
    return (
        f"# HTTP API\n\n{MADE}\n"
        "The whole contract with schemas and examples is served as `/openapi.json`; this is the overview.\n\n"
        "- Where a key is configured, send `Authorization: Bearer KEY` or `X-API-Key: KEY`.\n"
        "- Errors are `application/problem+json` (RFC 9457): program by `code`, see [errors](errors.md).\n"
        "- Lists are paged: hand `next_cursor` back as `cursor` until it is null.\n"
        "- `Idempotency-Key` on a submission: the same request with the same key is done once.\n\n"
        f"{operations}"
    )


def _operation(title: str, operation: dict[str, Any]) -> str:
    rows = [_parameter(parameter) for parameter in operation.get("parameters", [])]
    body = operation.get("requestBody", {}).get("content", {})
    table = "\n| parameter | | meaning |\n|---|---|---|\n" + "\n".join(rows) + "\n" if rows else ""
    answers = ", ".join(sorted(operation["responses"]))
    sent = f"Body: {', '.join(f'`{kind}`' for kind in body)}. " if body else ""
    return f"## `{title}`\n\n{operation['description']}\n{table}\n{sent}Answers: {answers}.\n"


def _parameter(parameter: dict[str, Any]) -> str:
    schema = parameter["schema"]
    text = parameter.get("description") or schema.get("description", "")
    return f"| `{parameter['name']}` | {parameter['in']} | {text} |"


if __name__ == "__main__":
    main()
