"""The one exception of this room, and what the errors of the client, TLS and sockets mean.

Everything that a site can do to a request ends as a FetchError with its kind; `failure_of` is the only
place where errors of the client, of TLS and of sockets are translated. A test walks all exceptions of the
client and fails on one without a kind.
Not here: what a whole answer means (verdict.py), what is tried again (core/retry.py).
"""

import errno
import ssl
from typing import Final

import aiohttp
from aiohttp.http_exceptions import LineTooLong

from domain_scheduler.core.error_kinds import ErrorKind
from domain_scheduler.scan.fetch.tls import problem_of


class FetchError(Exception):
    """Why a request gave no answer: a kind, and a message for people.

    `retry_after` is in seconds. `before_http` says that no HTTP was spoken yet, so that another scheme or
    host may do better; `plainly_again` that the body may be readable without compression. `tls_problem` is
    the word for a bad certificate (tls.py).
    """

    def __init__(self, kind: ErrorKind, message: str, *, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message
        self.retry_after = retry_after
        self.before_http = False
        self.plainly_again = False
        self.tls_problem: str | None = None


_UNREACHABLE: Final = {
    errno.EHOSTUNREACH,
    errno.ENETUNREACH,
    errno.EADDRNOTAVAIL,
    errno.ENETDOWN,
    errno.EHOSTDOWN,
}
_OURS: Final = {errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM}
"""The process is out of something; the site is not to blame."""
_TOO_OLD: Final = {"UNSUPPORTED_PROTOCOL", "TLSV1_ALERT_PROTOCOL_VERSION", "WRONG_SSL_VERSION"}


def failure_of(error: BaseException) -> FetchError:
    """The failure that an exception of the client, of TLS or of a socket means."""
    if isinstance(error, FetchError):
        return error
    if isinstance(error, aiohttp.ClientError):
        return _of_client(error)
    if isinstance(error, ssl.SSLError):
        return _of_tls(error)
    if isinstance(error, TimeoutError) and error.errno is None:
        return FetchError(ErrorKind.READ_TIMEOUT, "no answer in time")
    if isinstance(error, OSError):
        return _of_socket(error)
    return FetchError(ErrorKind.HTTP_INVALID, f"{type(error).__name__}: {error}"[:200])


def _of_client(error: aiohttp.ClientError) -> FetchError:
    if isinstance(error, aiohttp.ClientResponseError):
        return _of_response(error)
    if isinstance(error, aiohttp.ClientConnectorError | aiohttp.ClientConnectorCertificateError):
        return failure_of(
            error.os_error if isinstance(error, aiohttp.ClientConnectorError) else error.certificate_error
        )
    if isinstance(error, aiohttp.ServerTimeoutError):
        return FetchError(ErrorKind.READ_TIMEOUT, "no answer in time")
    if isinstance(error, OSError):
        return _of_socket(error)
    if isinstance(error, aiohttp.InvalidURL):
        return FetchError(ErrorKind.REDIRECT_INVALID, "not a web address")
    if isinstance(error, aiohttp.ClientConnectionError):
        return FetchError(ErrorKind.CONNECTION_RESET, "the server closed the connection without an answer")
    return FetchError(ErrorKind.HTTP_INVALID, _words(error))


def _of_response(error: aiohttp.ClientResponseError) -> FetchError:
    too_large = isinstance(error.__cause__, LineTooLong) or "Too many headers" in error.message
    if too_large or "when reading" in error.message:
        return FetchError(ErrorKind.HEADERS_TOO_LARGE, "the headers exceed their bound")
    return FetchError(
        ErrorKind.HTTP_INVALID, error.message.splitlines()[0][:200] if error.message else "no HTTP"
    )


def _of_tls(error: ssl.SSLError) -> FetchError:
    if isinstance(error, ssl.SSLCertVerificationError):
        message = getattr(error, "verify_message", None) or "the certificate is not valid"
        failure = FetchError(ErrorKind.TLS_INVALID, message)
        failure.tls_problem = problem_of(error)
        return failure
    reason = getattr(error, "reason", None) or _words(error)  # absent where Python raised it by itself
    if reason in _TOO_OLD:
        return FetchError(ErrorKind.TLS_TOO_OLD, "the server speaks no TLS version from 1.2 on")
    return FetchError(ErrorKind.TLS_HANDSHAKE_FAILED, reason.replace("_", " ").lower())


def _of_socket(error: OSError) -> FetchError:
    words = error.strerror or _words(error)
    if isinstance(error, ConnectionRefusedError):
        return FetchError(ErrorKind.CONNECT_REFUSED, "nothing listens there")
    if error.errno == errno.ETIMEDOUT:
        return FetchError(ErrorKind.CONNECT_TIMEOUT, words)
    if error.errno in _UNREACHABLE:
        return FetchError(ErrorKind.CONNECT_UNREACHABLE, words)
    if error.errno in _OURS:
        return FetchError(ErrorKind.INTERNAL_ERROR, words)
    return FetchError(ErrorKind.CONNECTION_RESET, words)


def _words(error: BaseException) -> str:
    return (str(error) or type(error).__name__).splitlines()[0][:200]
