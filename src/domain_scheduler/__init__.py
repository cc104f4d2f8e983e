"""Domain Scheduler: a list of web domains in, an answer for every one out."""

from importlib.metadata import version

__version__ = version("domain-scheduler")
