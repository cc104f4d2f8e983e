"""Whatever leaves the process passes one door: no other file can open a connection or ask the DNS."""

import ast
from pathlib import Path

SOURCE = Path(__file__).parents[2] / "src" / "domain_scheduler"

DOORS = {
    "scan/fetch/connector.py": {"sock_connect", "create_connection", "start_tls"},
    "scan/fetch/egress.py": {"ClientSession"},
    "scan/fetch/dns.py": {"DNSResolver"},
    "scan/fetch/routes.py": {"getaddrinfo"},
    "db/addresses.py": {"getaddrinfo"},
    "cli/http_server.py": {"getaddrinfo"},
    "engine/extractor.py": {"create_unix_connection"},
}
"""File -> what it alone may do: connect, make requests, ask DNS. The rest looks up names of the settings, or
talks to a child process.

Connections to Postgres are made by psycopg, by the room db.
"""

LEAVING = {
    "open_connection",
    "open_unix_connection",
    "create_connection",
    "create_unix_connection",
    "create_datagram_endpoint",
    "start_tls",
    "sock_connect",
    "sock_sendto",
    "connect_ex",
    "sendto",
    "getaddrinfo",
    "gethostbyname",
    "gethostbyname_ex",
    "getnameinfo",
    "gethostbyaddr",
    "getfqdn",
    "ClientSession",
    "TCPConnector",
    "ThreadedResolver",
    "AsyncResolver",
    "DNSResolver",
    "urlopen",
    "urlretrieve",
    "get_server_certificate",
}
CLIENTS = {
    "urllib.request",
    "http.client",
    "ftplib",
    "smtplib",
    "poplib",
    "imaplib",
    "telnetlib",
    "nntplib",
    "xmlrpc",
    "webbrowser",
    "requests",
    "urllib3",
    "httpx",
    "httpcore",
    "websockets",
    "pycurl",
    "curl_cffi",
    "dns",
    "aiodns",
    "pycares",
}
"""Modules that can open connections by themselves."""


def names(tree: ast.AST) -> set[str]:
    """Every name and attribute that a file mentions."""
    nodes = list(ast.walk(tree))
    imported = {alias.name for node in nodes if isinstance(node, ast.ImportFrom) for alias in node.names}
    used = {node.id for node in nodes if isinstance(node, ast.Name)}
    return imported | used | {node.attr for node in nodes if isinstance(node, ast.Attribute)}


def modules(tree: ast.AST) -> set[str]:
    """Every module that a file imports, with what is taken from it."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


TREES = {
    str(path.relative_to(SOURCE)): ast.parse(path.read_text(encoding="utf-8"))
    for path in sorted(SOURCE.rglob("*.py"))
}


def test_only_the_doors_open_connections() -> None:
    found = {file: names(tree) & LEAVING for file, tree in TREES.items()}
    assert {file: kinds for file, kinds in found.items() if kinds} == DOORS


def test_no_file_uses_a_client_of_its_own() -> None:
    using = {
        file
        for file, tree in TREES.items()
        if any(CLIENTS & {module, module.partition(".")[0]} for module in modules(tree))
    }
    assert using == {"scan/fetch/dns.py"}


def test_sockets_of_other_rooms_are_never_connected() -> None:
    """Those that know sockets at all listen, or talk to a child process."""
    knowing = {file for file, tree in TREES.items() if "socket" in modules(tree)}
    connecting = {file for file in knowing if "connect" in names(TREES[file])}
    assert connecting == set()


def test_this_test_knows_a_door_when_it_sees_one() -> None:
    tree = ast.parse("import urllib.request\nfrom asyncio import open_connection\nloop.sock_connect(s, a)")
    assert names(tree) & LEAVING == {"open_connection", "sock_connect"}
    assert "urllib.request" in modules(tree)
