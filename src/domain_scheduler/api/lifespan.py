"""Domain Scheduler inside somebody's own FastAPI application, in three lines.

    from domain_scheduler.api import domain_scheduler_lifespan, domain_scheduler_router

    app = FastAPI(lifespan=domain_scheduler_lifespan(Settings(processor="my_package.work:on_report")))
    app.include_router(domain_scheduler_router, prefix="/api/v3")

The lifespan runs the whole service (database, engine, scheduler) for as long as the application lives; the
router answers under the prefix of your choice. A lifespan of your own enters ours:

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with domain_scheduler_lifespan(Settings())(app), my_own_pool():
            yield

In your application only the routes of the router are guarded by the key (if one is set) and answer errors as
problems; host names, other routes, middleware and exception handlers stay yours. All that is kept in your
application is `app.state.domain_scheduler`, whose `runtime` you may use, for its `database` for example.
Not here: the service as a process of its own (app.py).
"""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from starlette.applications import Starlette

from domain_scheduler.settings import Settings
from domain_scheduler.web.service import running_service

Lifespan = Callable[[Starlette], AbstractAsyncContextManager[None]]


def domain_scheduler_lifespan(
    settings: Settings, *, migrate: bool = True, with_engine: bool = True
) -> Lifespan:
    """A lifespan that runs the service in somebody's own application.

    `migrate=False` refuses a schema that is not current instead of bringing it up to date;
    `with_engine=False` leaves the domains to other processes. Entering it raises SettingsError,
    DatabaseUnavailableError, DatabaseSchemaError or EmbeddedPostgresError.
    """

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with running_service(
            app, settings, checks_hosts=False, migrate=migrate, with_engine=with_engine
        ):
            yield

    return lifespan
