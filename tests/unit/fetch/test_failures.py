"""Every exception of the client, of TLS and of sockets has its kind."""

import errno
import ssl
from collections.abc import Iterator
from unittest.mock import Mock

import aiohttp
import pytest
from aiohttp import client_exceptions

from domain_scheduler.core.error_kinds import ErrorKind
from domain_scheduler.scan.fetch.failures import FetchError, failure_of

CLIENT_KINDS = {
    "ClientError": ErrorKind.HTTP_INVALID,
    "ClientConnectionError": ErrorKind.CONNECTION_RESET,
    "ClientConnectionResetError": ErrorKind.CONNECTION_RESET,
    "ClientOSError": ErrorKind.CONNECTION_RESET,
    "ClientConnectorError": ErrorKind.CONNECT_REFUSED,
    "ClientProxyConnectionError": ErrorKind.CONNECT_REFUSED,
    "ClientSSLError": ErrorKind.CONNECT_REFUSED,
    "ClientConnectorDNSError": ErrorKind.CONNECT_REFUSED,
    "ClientConnectorSSLError": ErrorKind.CONNECT_REFUSED,
    "ClientConnectorCertificateError": ErrorKind.TLS_INVALID,
    "UnixClientConnectorError": ErrorKind.CONNECT_REFUSED,
    "ConnectionTimeoutError": ErrorKind.READ_TIMEOUT,
    "SocketTimeoutError": ErrorKind.READ_TIMEOUT,
    "ServerConnectionError": ErrorKind.CONNECTION_RESET,
    "ServerTimeoutError": ErrorKind.READ_TIMEOUT,
    "ServerDisconnectedError": ErrorKind.CONNECTION_RESET,
    "ServerFingerprintMismatch": ErrorKind.CONNECTION_RESET,
    "ClientResponseError": ErrorKind.HTTP_INVALID,
    "ClientHttpProxyError": ErrorKind.HTTP_INVALID,
    "WSServerHandshakeError": ErrorKind.HTTP_INVALID,
    "WSMessageTypeError": None,
    "ContentTypeError": ErrorKind.HTTP_INVALID,
    "ClientPayloadError": ErrorKind.HTTP_INVALID,
    "UploadAbortedError": ErrorKind.HTTP_INVALID,
    "InvalidURL": ErrorKind.REDIRECT_INVALID,
    "InvalidUrlClientError": ErrorKind.REDIRECT_INVALID,
    "RedirectClientError": ErrorKind.HTTP_INVALID,
    "NonHttpUrlClientError": ErrorKind.HTTP_INVALID,
    "InvalidUrlRedirectClientError": ErrorKind.REDIRECT_INVALID,
    "NonHttpUrlRedirectClientError": ErrorKind.HTTP_INVALID,
    "TooManyRedirects": ErrorKind.HTTP_INVALID,
}
"""None: raised only by websockets. Other schemes than http(s) are refused before the client sees them."""


def client_errors() -> Iterator[type[Exception]]:
    for found in vars(client_exceptions).values():
        if isinstance(found, type) and issubclass(found, aiohttp.ClientError):
            yield found


def made(kind: type[Exception]) -> Exception:
    key = Mock(ssl=True, host="example.com", port=443, is_ssl=True)
    if issubclass(kind, aiohttp.ClientConnectorCertificateError):
        return kind(key, ssl.SSLCertVerificationError("bad"))
    if kind.__name__ == "UnixClientConnectorError":
        return kind("/path", key, ConnectionRefusedError())
    if issubclass(kind, aiohttp.ClientConnectorError):
        return kind(key, ConnectionRefusedError())
    if issubclass(kind, aiohttp.ClientResponseError):
        return kind(Mock(), ())
    if issubclass(kind, aiohttp.ServerFingerprintMismatch):
        return kind(b"", b"", "example.com", 443)
    if issubclass(kind, aiohttp.InvalidURL):
        return kind("http://")
    return kind()


@pytest.mark.parametrize("kind", list(client_errors()), ids=lambda kind: kind.__name__)
def test_every_exception_of_the_client_has_its_kind(kind: type[Exception]) -> None:
    expected = CLIENT_KINDS[kind.__name__]
    if expected is not None:
        failure = failure_of(made(kind))
        assert failure.kind is expected
        assert failure.message


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (ConnectionRefusedError(errno.ECONNREFUSED, "refused"), ErrorKind.CONNECT_REFUSED),
        (TimeoutError(), ErrorKind.READ_TIMEOUT),
        (OSError(errno.ETIMEDOUT, "timed out"), ErrorKind.CONNECT_TIMEOUT),
        (OSError(errno.EHOSTUNREACH, "no route"), ErrorKind.CONNECT_UNREACHABLE),
        (OSError(errno.ENETUNREACH, "no network"), ErrorKind.CONNECT_UNREACHABLE),
        (ConnectionResetError(errno.ECONNRESET, "reset"), ErrorKind.CONNECTION_RESET),
        (BrokenPipeError(errno.EPIPE, "pipe"), ErrorKind.CONNECTION_RESET),
        (ConnectionAbortedError(), ErrorKind.CONNECTION_RESET),
        (OSError(errno.EMFILE, "too many open files"), ErrorKind.INTERNAL_ERROR),
        (ssl.SSLCertVerificationError("bad"), ErrorKind.TLS_INVALID),
        (ssl.SSLZeroReturnError(), ErrorKind.TLS_HANDSHAKE_FAILED),
        (ssl.SSLError("x"), ErrorKind.TLS_HANDSHAKE_FAILED),
        (ValueError("odd"), ErrorKind.HTTP_INVALID),
    ],
)
def test_errors_of_sockets_and_tls_have_their_kind(error: Exception, kind: ErrorKind) -> None:
    assert failure_of(error).kind is kind


def test_a_failure_stays_what_it_is() -> None:
    failure = FetchError(ErrorKind.TOO_SLOW, "slow")
    assert failure_of(failure) is failure
