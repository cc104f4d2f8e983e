"""Google's robots.txt conformance cases, with the addresses that 78 of the rows lost on their way.

The collection kept an address only where it was a variable of the test; literal ones became empty. They are
written here again, in the order of the rows, from the source of those cases (robotstxt's `robots_test.cc`).
Four rows are about the empty address itself. Not here: the long lines of one case, which were put together
at run time (see the test).
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from tests.support.corpus import corpus

_SITE: Final = "http://foo.bar"
_FISH: Final = (
    "/bar /fish /fish.html /fish/salmon.html /fishheads /fishheads/yummy.html /fish.html?id=anything"
    " /Fish.asp /catfish /?id=fish"
)
_LOST: Final = {
    "ID_LongestMatch": "/x/ /page.html /page /x/y.html /x/page /y/page",
    "ID_Encoding": (
        "/foo/bar?qux=taz&baz=http://foo.bar?tar&par /foo/bar/%E3%83%84 /foo/bar/ツ /foo/bar/%E3%83%84"
        " /foo/bar/ツ /foo/bar/baz /foo/bar/%62%61%7A"
    ),
    "ID_SpecialCharacters": (
        "/foo/bar/quz /foo/quz /foo//quz /foo/bax/quz"
        " /foo/bar /foo/bar/qux /foo/bar/ /foo/bar/baz /foo/bar /foo/quz"
    ),
    "GoogleOnly_IndexHTMLisDirectory": (
        "/allowed-slash/ /allowed-slash/index.htm /allowed-slash/index.html /anyother-url"
    ),
    "GoogleOnly_LineTooLong": "/fux /",
    "GoogleOnly_DocumentationChecks": " ".join(
        [
            _FISH,
            _FISH.replace("/Fish.asp", "/Fish.bar"),
            "/bar /fish/ /fish/salmon /fish/?salmon /fish/salmon.html /fish/?id=anything",
            "/fish /fish.html /Fish/Salmon.html",
            "/bar /filename.php /folder/filename.php /folder/filename.php?parameters",
            "//folder/any.php.file.html /filename.php/ /index?f=filename.php/ /php/ /index?php /windows.PHP",
            "/bar /filename.php /folder/filename.php /filename.php?parameters /filename.php/ /filename.php5",
            "/php/ /filename?php /aaaphpaaa //windows.PHP",
            "/bar /fish.php /fishheads/catfish.php?parameters /Fish.PHP",
        ]
    ),
}


@dataclass(frozen=True)
class RobotsCase:
    """May `agent` ask for `url` where the robots.txt is `robots`?"""

    group: str
    robots: str
    agent: str
    url: str
    allowed: bool


def conformance_cases() -> Iterator[RobotsCase]:
    """All 142, in their order."""
    lost = {group: iter(paths.split()) for group, paths in _LOST.items()}
    for line in corpus("vectors", "robots", "google_robotstxt_cases.jsonl").read_text().splitlines():
        row = json.loads(line)
        url, group = row["url"], row["test"]
        if not url and group in lost:
            url = _SITE + next(lost[group])
        yield RobotsCase(group, row["robots"], row["user_agent"], url, row["allowed"])
    assert all(next(paths, None) is None for paths in lost.values())
