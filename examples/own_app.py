"""Domain Scheduler inside an application of your own, with work of your own for every domain.

    python examples/own_app.py

Then hand it a list, and look at what came of it:

    curl -d '{"name": "leads", "domains": ["example.com"]}' -H 'Content-Type: application/json' \
        http://127.0.0.1:8080/scan/batches
    curl http://127.0.0.1:8080/leads/example.com

Other settings come from the environment; without DATABASE_URL a private Postgres is started.
"""

from typing import Any

import uvicorn
from fastapi import FastAPI, HTTPException
from sqlalchemy import text

from domain_scheduler.api import domain_scheduler_lifespan, domain_scheduler_router
from domain_scheduler.settings import Settings


async def score_lead(report: dict[str, Any]) -> dict[str, Any]:
    """Work of your own, done for every scanned domain: what it returns is stored with the result."""
    uses_wordpress = any(name.startswith("WordPress") for name in report["technologies"])
    return {"reachable": bool(report["emails"] or report["phones"]), "uses_wordpress": uses_wordpress}


# the three lines: settings by value, the lifespan that runs the service, the router under a prefix
settings = Settings(processor="own_app:score_lead")
app = FastAPI(title="Leads", lifespan=domain_scheduler_lifespan(settings))
app.include_router(domain_scheduler_router, prefix="/scan")


@app.get("/leads/{domain}")
async def lead(domain: str) -> dict[str, Any]:
    """A route of your own over the same database."""
    query = text(
        "SELECT r.title, r.processor_result AS score FROM domain_scheduler.domains d"
        " JOIN domain_scheduler.domain_results r ON r.domain_id = d.id"
        " WHERE d.domain = :domain AND d.status = 'completed' ORDER BY d.id DESC LIMIT 1"
    )
    database = app.state.domain_scheduler.runtime.database
    async with database.get_background_session() as connection:
        found = (await connection.execute(query, {"domain": domain})).mappings().one_or_none()
    if found is None:
        raise HTTPException(404, f"nothing is known about {domain} yet")
    return dict(found)


if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=8080)
