"""All pages of the dashboard, at the root of the service."""

from typing import Final

from fastapi import APIRouter

from domain_scheduler.dashboard import api_page, batch, domain, login, overview, problems, scheduler, submit

dashboard_router: Final = APIRouter(include_in_schema=False)
"""Needs the service's lifespan, and `static_files()` at /static."""

for _page in (overview, submit, batch, domain, scheduler, problems, api_page, login):
    dashboard_router.include_router(_page.router)
