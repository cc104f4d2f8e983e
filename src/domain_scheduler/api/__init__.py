"""The HTTP API: `create_app` for the service, router and lifespan for your own application."""

from domain_scheduler.api.app import create_app
from domain_scheduler.api.lifespan import domain_scheduler_lifespan
from domain_scheduler.api.router import domain_scheduler_router

__all__ = ["create_app", "domain_scheduler_lifespan", "domain_scheduler_router"]
