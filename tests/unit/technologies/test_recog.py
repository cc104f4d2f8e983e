"""The web servers that recog's examples name are recognised, in their version, from the same strings."""

from typing import Final

import pytest

from domain_scheduler.scan.technologies import Evidence
from tests.support.compiled_rules import built_in_technologies
from tests.support.recog import Example, recog_examples

OURS: Final = {
    "Application Server": "Oracle Application Server",
    "Caddy": "Caddy",
    "Cherokee": "Cherokee",
    "Envoy": "Envoy",
    "GlassFish Server": "GlassFish",
    "Gunicorn": "Gunicorn",
    "HTTPD": "Apache HTTP Server",
    "IIS": "Microsoft IIS",
    "JBoss AS": "JBoss",
    "JBoss EAP": "JBoss",
    "Jetty": "Jetty",
    "LiteSpeed Web Server": "LiteSpeed",
    "Mastodon": "Mastodon",
    "OpenResty": "OpenResty",
    "Squid": "Squid",
    "Tengine": "Tengine",
    "Tomcat": "Apache Tomcat",
    "Varnish Cache": "Varnish",
    "WebLogic": "Oracle WebLogic Server",
    "cPanel Service Daemon": "cPanel",
    "lighttpd": "lighttpd",
    "nginx": "Nginx",
}
"""Recog's products by the names that we give them."""


def names_apache_itself(example: Example) -> bool:
    """Recog also says HTTPD for products that merely hold an Apache."""
    return "apache" in example.text.lower()


@pytest.mark.parametrize("theirs", OURS)
def test_the_servers_that_recog_knows_are_recognised(theirs: str) -> None:
    matcher = built_in_technologies()
    examples = [example for example in recog_examples("http_servers") if example.product == theirs]
    assert examples
    for example in examples:
        if theirs != "HTTPD" or names_apache_itself(example):
            found = {t.name: t.version for t in matcher.match(Evidence(headers={"server": [example.text]}))}
            assert OURS[theirs] in found, example
            assert is_version_of(found[OURS[theirs]], example), example


def is_version_of(version: str | None, example: Example) -> bool:
    """The numbers of recog's version; its qualifiers (`.STABLE1`, ` SP4`) are left out."""
    return example.version is None or (version is not None and example.version.startswith(version))
