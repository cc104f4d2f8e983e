"""The command line: `domain-scheduler VERB`, one file per group of verbs."""

from domain_scheduler.cli.app import main

__all__ = ["main"]
