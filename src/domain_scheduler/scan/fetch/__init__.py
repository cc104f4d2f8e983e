"""From a domain name to what its site answered: politely, bounded, and never into a private network.

Start reading at fetcher.py; egress.py is the single door through which everything leaves.
"""

from domain_scheduler.scan.fetch.fetcher import Fetcher

__all__ = ["Fetcher"]
