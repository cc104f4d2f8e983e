"""What the words of the service mean, for programs that show them."""

from fastapi import APIRouter
from pydantic import BaseModel, Field

from domain_scheduler.api.problems import problems
from domain_scheduler.api.routes import ApiRoute
from domain_scheduler.core.error_kinds import MEANINGS, ErrorKind
from domain_scheduler.core.retry import RETRY_RULES

router = APIRouter(route_class=ApiRoute, tags=["meta"])


class RetryRuleOut(BaseModel):
    """How a kind is tried again; a batch's `max_attempts` bounds it further."""

    retries: int = Field(description="Further attempts at most; 0 for what another attempt cannot cure.")
    delay_seconds: float = Field(description="Wait before the first further attempt, ±20 %.")
    factor: float = Field(description="What the wait is multiplied by for each further attempt.")
    puts_off: bool = Field(
        description="Whether the site was not even asked: no attempt, and it comes again when its turn does."
    )


class ErrorKindOut(BaseModel):
    """One reason why a domain has no report."""

    kind: ErrorKind
    meaning: str
    transient: bool = Field(description="Whether another attempt may cure it.")
    retry: RetryRuleOut


class ErrorKindsOut(BaseModel):
    """The closed list of error kinds."""

    items: list[ErrorKindOut]

    model_config = {
        "json_schema_extra": {
            "examples": [
                {
                    "items": [
                        {
                            "kind": "dns_timeout",
                            "meaning": "the name's servers do not answer",
                            "transient": True,
                            "retry": {"retries": 2, "delay_seconds": 60, "factor": 10, "puts_off": False},
                        }
                    ]
                }
            ]
        }
    }


@router.get("/error-kinds", summary="List the error kinds", responses=problems())
async def list_error_kinds() -> ErrorKindsOut:
    """Every reason why a domain may have no report, what it means, and how it is tried again."""
    return ErrorKindsOut(items=[_error_kind(kind) for kind in ErrorKind])


def _error_kind(kind: ErrorKind) -> ErrorKindOut:
    rule = RETRY_RULES[kind]
    retry = RetryRuleOut(
        retries=rule.retries, delay_seconds=rule.delay, factor=rule.factor, puts_off=rule.puts_off
    )
    return ErrorKindOut(kind=kind, meaning=MEANINGS[kind], transient=rule.transient, retry=retry)
