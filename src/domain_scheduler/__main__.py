"""`python -m domain_scheduler` is `domain-scheduler`."""

from domain_scheduler.cli import main

main()
