"""Looks at this machine and the settings: names of settings, open files, disk, DNS, the safety of the API.

Not here: the database (database_checks.py).
"""

import resource
import shutil
from collections.abc import Iterator
from typing import Final

from domain_scheduler.cli.findings import Finding, error, fine, warning
from domain_scheduler.cli.options import PREFIX, unknown_settings
from domain_scheduler.engine.opening import hook_from
from domain_scheduler.errors import SettingsError
from domain_scheduler.scan.fetch.dns import Dns
from domain_scheduler.scan.fetch.failures import FetchError
from domain_scheduler.settings import FetchSettings, Settings
from domain_scheduler.web.access import require_safe_binding

_FILES_PER_DOMAIN: Final = 3
_OTHER_FILES: Final = 200
_FREE_BYTES: Final = 1024**3
_KNOWN_NAME: Final = "example.com"


def check_settings(settings: Settings) -> Iterator[Finding]:
    """Names in the environment that are no setting, and values that cannot work together with the world."""
    unknown = unknown_settings()
    for name in unknown:
        yield warning("settings", f"{name} is no setting and has no effect")
    try:
        require_safe_binding(settings.api)
        hook_from(settings)
    except SettingsError as exc:
        yield error("settings", str(exc))
    if settings.fetch.user_agent == FetchSettings().user_agent:
        yield warning("settings", f"{PREFIX}FETCH__USER_AGENT is the default: name yourself in it")
    if not unknown:
        yield fine("settings", "valid")


def check_open_files(settings: Settings) -> Finding:
    """Whether as many domains as wanted may be in flight."""
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    needed = settings.engine.max_concurrency * _FILES_PER_DOMAIN + _OTHER_FILES
    if limit != resource.RLIM_INFINITY and limit < needed:
        return warning(
            "open files",
            f"{limit:,} allowed, engine.max_concurrency may need more: ulimit -n {needed}",
        )
    return fine("open files", "no limit" if limit == resource.RLIM_INFINITY else f"{limit:,} allowed")


def check_disk(settings: Settings) -> Finding:
    """Whether the embedded Postgres has room to grow."""
    place = next(folder for folder in (settings.data_dir, *settings.data_dir.parents) if folder.exists())
    free = shutil.disk_usage(place).free
    shown = f"{free / 1024**3:,.1f} GiB free in {place}"
    return warning("disk", f"only {shown}") if free < _FREE_BYTES else fine("disk", shown)


async def check_dns(settings: FetchSettings) -> Finding:
    """Whether names can be looked up at all."""
    dns = Dns(servers=settings.resolvers, timeout=settings.dns_timeout)
    try:
        await dns.addresses(_KNOWN_NAME)
    except FetchError as exc:
        return warning("dns", f"{_KNOWN_NAME} is not found ({exc}): see DOMAIN_SCHEDULER_FETCH__RESOLVERS")
    finally:
        await dns.close()
    return fine("dns", "names are found")
