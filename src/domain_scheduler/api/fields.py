"""The kinds of values that requests may carry: bounded, and of a form that Postgres can store.

Postgres stores no NUL character, and ids are 64 bits wide; what lies beyond is refused here, by field.
"""

from typing import Annotated, Any, Final

from fastapi import Path, Query
from pydantic import AfterValidator, ConfigDict, Field, StringConstraints
from pydantic.json_schema import SkipJsonSchema

MAX_PAGE: Final = 1_000
_LARGEST_ID: Final = 2**63 - 1


def _without_nul(text: str) -> str:
    if "\0" in text:
        raise ValueError("must not contain a NUL character")
    return text


Plain = AfterValidator(_without_nul)
Name = Annotated[str, StringConstraints(max_length=200), Plain, Field(description="For people.")]
Priority = Annotated[int, Field(ge=-10, le=10, description="From -10 to 10; higher is worked on first.")]
MaxAttempts = Annotated[int, Field(ge=1, le=20, description="Attempts per domain at most.")]
ContactPages = Annotated[
    bool,
    Field(
        description="True: also ask each site for at most two more pages (contact; imprint or about), if its "
        "robots.txt allows and after its crawl delay, and add the contacts that they give."
    ),
]
Id = Annotated[int, Path(ge=1, le=_LARGEST_ID)]
AfterId = Annotated[int, Field(ge=0, le=_LARGEST_ID)]
Cursor = Annotated[
    str | SkipJsonSchema[None],
    StringConstraints(max_length=200),
    Plain,
    Query(description="`next_cursor` of the page before."),
]
Text = Annotated[
    str | SkipJsonSchema[None],
    StringConstraints(min_length=1, max_length=200),
    Plain,
    Query(description="Only names that contain this."),
]
Changed = Annotated[
    bool | SkipJsonSchema[None],
    Query(
        description="Only answers that differ from the last completed scan of the name (`true`), or only "
        "those that don't (`false`)."
    ),
]
PageSize = Annotated[int, Query(ge=1, le=MAX_PAGE, description="Items of one page.")]


def example(value: dict[str, Any], *, strict: bool = False) -> ConfigDict:
    """The configuration of a schema that is shown by `value`; a strict one refuses unknown fields."""
    return ConfigDict(json_schema_extra={"examples": [value]}, extra="forbid" if strict else "ignore")
