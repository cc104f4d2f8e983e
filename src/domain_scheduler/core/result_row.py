"""The columns of a result row, the same in JSONL, CSV, Parquet and the API.

Names and order are a public contract: later versions append, never rename.
"""

from typing import Final

RESULT_COLUMNS: Final = (
    "domain",
    "status",
    "error_kind",
    "error_message",
    "attempts",
    "http_status",
    "final_url",
    "title",
    "description",
    "language",
    "canonical_url",
    "icon_url",
    "logo_url",
    "image_url",
    "emails",
    "phones",
    "social",
    "technologies",
    "site_kind",
    "redirects",
    "fetched_at",
    "duration_ms",
    "organization",
    "changed",
    "changes",
)
"""`emails`, `phones`, `technologies`, `changed`: lists of text; `social`: object; `redirects`:
{url, status, ip}; `changes`: what `changes_between` gives (core/changes.py)."""
