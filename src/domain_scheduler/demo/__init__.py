"""A small made-up web on loopback, so that a newcomer without internet can see everything work.

All names are below example.com, example.net and example.org, which RFC 2606 reserves: no person's site can be
meant. Several sites fail on purpose in ways that are worth another try minutes later: who wants to see the
end within a minute makes `queue.retry_scale` small.
Not here: the command that scans it (cli/).
"""

from domain_scheduler.demo.made_up_sites import DEMO_DOMAINS, SITES, DemoSite
from domain_scheduler.demo.web import DemoWeb, demo_web

__all__ = ["DEMO_DOMAINS", "SITES", "DemoSite", "DemoWeb", "demo_web"]
