"""Technologies: which products a site is made with, and in which version.

The door of the room. Not here: where a page's traces come from (scan/extract/technology_evidence.py).
"""

from domain_scheduler.scan.technologies.evidence import Evidence, Technology
from domain_scheduler.scan.technologies.loading import load_technologies
from domain_scheduler.scan.technologies.matcher import TechnologyMatcher

__all__ = ["Evidence", "Technology", "TechnologyMatcher", "load_technologies"]
