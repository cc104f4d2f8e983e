"""The dashboard: pages for people over the same stores as the API; needs no network beyond this service."""

from domain_scheduler.dashboard.login import to_login
from domain_scheduler.dashboard.pages import dashboard_router
from domain_scheduler.dashboard.rendering import error_page, static_files

__all__ = ["dashboard_router", "error_page", "static_files", "to_login"]
