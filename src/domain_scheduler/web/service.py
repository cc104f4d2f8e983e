"""The way from a request to the runtime: one attribute of the application's state.

Everything that this package keeps in an application is `app.state.domain_scheduler`, so it fits into
somebody's own application beside theirs. Not here: what a runtime is (runtime.py).
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends
from starlette.applications import Starlette
from starlette.requests import Request

from domain_scheduler.errors import SettingsError
from domain_scheduler.runtime import Runtime, open_runtime
from domain_scheduler.settings import Settings
from domain_scheduler.web.access import Access, access_of
from domain_scheduler.web.wrong_keys import WrongKeys


@dataclass(frozen=True, slots=True)
class Service:
    """What the routes of one application work with."""

    runtime: Runtime
    settings: Settings
    access: Access
    logins: WrongKeys
    """Of the login page, apart from those of programs: who mistypes there stops nobody else's."""


@asynccontextmanager
async def running_service(
    app: Starlette, settings: Settings, *, checks_hosts: bool, migrate: bool, with_engine: bool
) -> AsyncIterator[Service]:
    """The runtime for `settings`, open for the length of the block and known to the routes of `app`."""
    async with open_runtime(settings, kind="serve", migrate=migrate, with_engine=with_engine) as runtime:
        access = access_of(settings.api, checks_hosts=checks_hosts)
        service = Service(runtime, settings, access, WrongKeys())
        app.state.domain_scheduler = service
        try:
            yield service
        finally:
            del app.state.domain_scheduler


def service_of(request: Request) -> Service:
    """The service of the application that got `request`; raises SettingsError if it does not run there."""
    service = getattr(request.app.state, "domain_scheduler", None)
    if not isinstance(service, Service):
        raise SettingsError(
            "Domain Scheduler is not running in this application: "
            "FastAPI(lifespan=domain_scheduler_lifespan(Settings())), or enter it in a lifespan of your own"
        )
    return service


ServiceOf = Annotated[Service, Depends(service_of)]
"""The parameter by which a route gets the service."""
