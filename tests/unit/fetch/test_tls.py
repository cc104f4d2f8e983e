"""Certificates that are wrong, and what the report says of each; servers whose TLS is too old, or is none."""

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from domain_scheduler.core.error_kinds import ErrorKind
from domain_scheduler.scan.fetch.tls import make_contexts
from tests.support.certificates import Authority
from tests.support.hostile_server import HostileServer
from tests.unit.fetch.conftest import Fetch

CLOSED = "127.0.0.1:1"
ISSUERS = {
    "untrusted": "Nobody's Authority",
    "rooted": "Nobody's Authority",
    "selfsigned": "*.example.com",
}


@pytest.mark.parametrize(
    ("behaviour", "problem"),
    [
        ("expired", "expired"),
        ("early", "not_yet_valid"),
        ("mismatched", "name_mismatch"),
        ("untrusted", "untrusted_issuer"),
        ("rooted", "untrusted_root"),
        ("selfsigned", "self_signed"),
    ],
)
async def test_a_bad_certificate_is_recorded_and_the_page_fetched_all_the_same(
    fetch: Fetch, behaviour: str, problem: str
) -> None:
    fetched = await fetch(f"{behaviour}.example.com")
    assert fetched.error_kind is None
    assert fetched.final_url == f"https://{behaviour}.example.com/"
    assert fetched.details["tls_error"]["problem"] == problem
    assert fetched.details["tls_error"]["message"]
    tls = fetched.details["tls"]
    assert tls["verified"] is False
    assert tls["issuer"] == ISSUERS.get(behaviour, "Test Authority")
    assert tls["names"] == ["somebody-else.example" if behaviour == "mismatched" else "*.example.com"]
    assert (tls["days_left"] < 0) is (behaviour == "expired")


async def test_a_bad_certificate_is_an_error_when_the_settings_say_so(fetch: Fetch) -> None:
    fetched = await fetch("expired.example.com", verify_tls_only=True)
    assert fetched.error_kind is ErrorKind.TLS_INVALID
    assert fetched.details["tls_error"]["problem"] == "expired"


async def test_the_certificate_is_in_the_report(fetch: Fetch) -> None:
    tls = (await fetch("site.example.com")).details["tls"]
    assert tls["verified"] is True
    assert tls["version"] == "TLSv1.3"
    assert tls["issuer"] == "Test Authority"
    assert tls["names"] == ["*.example.com"]
    assert tls["not_after"] > tls["not_before"]


def test_certificates_are_judged_alike_under_every_version_of_python() -> None:
    """From 3.13 on Python alone refuses those without key identifiers, which browsers take."""
    assert not make_contexts().verified.verify_flags & ssl.VERIFY_X509_STRICT


@contextmanager
def serving(context: ssl.SSLContext) -> Iterator[str]:
    """A rule that leads port 443 to a server that shakes hands, or refuses to, and hangs up."""

    def serve() -> None:
        while connection := _accepted(listening):
            try:
                context.wrap_socket(connection, server_side=True).close()
            except OSError:
                connection.close()

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield f":443:127.0.0.1:{listening.getsockname()[1]}"
        finally:
            listening.shutdown(socket.SHUT_RDWR)
            thread.join()


def _accepted(listening: socket.socket) -> socket.socket | None:
    try:
        return listening.accept()[0]
    except OSError:
        return None  # it was shut down


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("newest", [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1])
async def test_a_server_that_stopped_at_an_old_tls_has_a_kind_of_its_own(
    fetch: Fetch, tmp_path: Path, newest: ssl.TLSVersion
) -> None:
    """A real one, willing to speak with its own generation; a made-up answer is among those below."""
    context = Authority(tmp_path).context("*.example.com")
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version, context.maximum_version = ssl.TLSVersion.TLSv1, newest
    with serving(context) as rule:
        fetched = await fetch("site.example.com", connect_to=(rule, f":80:{CLOSED}"))
    assert fetched.error_kind is ErrorKind.TLS_TOO_OLD
    assert fetched.error_message == "the server speaks no TLS version from 1.2 on"


@pytest.mark.parametrize(
    ("port", "kind"),
    [
        ("silent", ErrorKind.READ_TIMEOUT),
        ("resetting", ErrorKind.CONNECTION_RESET),
        ("babbling", ErrorKind.TLS_HANDSHAKE_FAILED),
        ("old_tls", ErrorKind.TLS_TOO_OLD),
    ],
)
async def test_what_is_no_tls_has_its_kind(
    fetch: Fetch, server: HostileServer, port: str, kind: ErrorKind
) -> None:
    """Silence after accept, a reset, plain http on 443, TLS 1.1 at most; with plain http as the cure."""
    https = f":443:127.0.0.1:{getattr(server, port)}"
    fetched = await fetch("site.example.com", connect_to=(https, f":80:{CLOSED}"))
    assert fetched.error_kind is kind, fetched.error_message
    cured = await fetch("site.example.com", connect_to=(https, *server.connect_to))
    assert cured.error_kind is None
    assert cured.details["rung"] == "http"
    assert cured.details["failed_rungs"][0]["error_kind"] == kind


async def test_silence_after_accept_ends_in_time_on_both_doors(fetch: Fetch, server: HostileServer) -> None:
    fetched = await fetch("site.example.com", connect_to=f"::127.0.0.1:{server.silent}")
    assert fetched.error_kind is ErrorKind.READ_TIMEOUT
