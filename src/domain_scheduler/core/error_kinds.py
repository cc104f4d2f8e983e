"""The closed list of reasons why a domain has no report.

Each kind has one line that says what it means to the owner of the list. When and how often a kind is
tried again stands in retry.py. A kind is stored, counted, filtered and shown under this one word.
"""

from enum import StrEnum
from typing import Final


class ErrorKind(StrEnum):
    """One word for why a scan gave no report."""

    INVALID_DOMAIN = "invalid_domain"
    OPTED_OUT = "opted_out"
    DNS_NOT_FOUND = "dns_not_found"
    DNS_NO_ADDRESS = "dns_no_address"
    DNS_SERVFAIL = "dns_servfail"
    DNS_TIMEOUT = "dns_timeout"
    BLOCKED_ADDRESS = "blocked_address"
    BLOCKED_PORT = "blocked_port"
    ADDRESS_BUSY = "address_busy"
    CONNECT_REFUSED = "connect_refused"
    CONNECT_TIMEOUT = "connect_timeout"
    CONNECT_UNREACHABLE = "connect_unreachable"
    CONNECTION_RESET = "connection_reset"
    TLS_HANDSHAKE_FAILED = "tls_handshake_failed"
    TLS_INVALID = "tls_invalid"
    TLS_TOO_OLD = "tls_too_old"
    READ_TIMEOUT = "read_timeout"
    TOO_SLOW = "too_slow"
    HTTP_INVALID = "http_invalid"
    HEADERS_TOO_LARGE = "headers_too_large"
    DECODING_FAILED = "decoding_failed"
    REDIRECT_LOOP = "redirect_loop"
    TOO_MANY_REDIRECTS = "too_many_redirects"
    REDIRECT_INVALID = "redirect_invalid"
    HTTP_4XX = "http_4xx"
    HTTP_429 = "http_429"
    HTTP_5XX = "http_5xx"
    HTTP_UNEXPECTED = "http_unexpected"
    ROBOTS_DENIED = "robots_denied"
    ROBOTS_UNREACHABLE = "robots_unreachable"
    BLOCKED_BY_PROTECTION = "blocked_by_protection"
    NOT_HTML = "not_html"
    EMPTY_PAGE = "empty_page"
    SCAN_TIMEOUT = "scan_timeout"
    EXTRACT_TIMEOUT = "extract_timeout"
    EXTRACT_FAILED = "extract_failed"
    PROCESSOR_TIMEOUT = "processor_timeout"
    PROCESSOR_FAILED = "processor_failed"
    WORKER_LOST = "worker_lost"
    INTERNAL_ERROR = "internal_error"


MEANINGS: Final[dict[ErrorKind, str]] = {
    ErrorKind.INVALID_DOMAIN: "the text is not a public domain name",
    ErrorKind.OPTED_OUT: "the name or its suffix is on the block list of the settings",
    ErrorKind.DNS_NOT_FOUND: "the name does not exist (NXDOMAIN)",
    ErrorKind.DNS_NO_ADDRESS: "the name exists but has no A or AAAA record",
    ErrorKind.DNS_SERVFAIL: "the name's servers answer with a failure",
    ErrorKind.DNS_TIMEOUT: "the name's servers do not answer",
    ErrorKind.BLOCKED_ADDRESS: "the name leads to a private, reserved or otherwise denied address",
    ErrorKind.BLOCKED_PORT: "a redirect leads to a port that is not allowed",
    ErrorKind.ADDRESS_BUSY: "too many other domains are being asked at the same address at the moment",
    ErrorKind.CONNECT_REFUSED: "nothing listens at the address",
    ErrorKind.CONNECT_TIMEOUT: "the address does not answer the connection",
    ErrorKind.CONNECT_UNREACHABLE: "there is no route to the address",
    ErrorKind.CONNECTION_RESET: "the server dropped the connection",
    ErrorKind.TLS_HANDSHAKE_FAILED: "no TLS connection could be agreed on",
    ErrorKind.TLS_INVALID: "the certificate is not valid and the settings forbid to go on",
    ErrorKind.TLS_TOO_OLD: "the server speaks only TLS versions that are no longer safe",
    ErrorKind.READ_TIMEOUT: "the server went silent",
    ErrorKind.TOO_SLOW: "the answer dripped in slower than the minimum rate",
    ErrorKind.HTTP_INVALID: "the answer is not valid HTTP",
    ErrorKind.HEADERS_TOO_LARGE: "the answer's headers exceed their bound",
    ErrorKind.DECODING_FAILED: "the body cannot be decompressed",
    ErrorKind.REDIRECT_LOOP: "the redirects lead back to where they came from",
    ErrorKind.TOO_MANY_REDIRECTS: "there are more redirects than the bound",
    ErrorKind.REDIRECT_INVALID: "a redirect leads to no web address, or from a contact page to another site",
    ErrorKind.HTTP_4XX: "the server refuses the page (HTTP 4xx)",
    ErrorKind.HTTP_429: "the server asks to come back later (HTTP 429)",
    ErrorKind.HTTP_5XX: "the server failed (HTTP 5xx)",
    ErrorKind.HTTP_UNEXPECTED: "the server's status is neither a page, a redirect nor an error",
    ErrorKind.ROBOTS_DENIED: "the site's robots.txt denies the page",
    ErrorKind.ROBOTS_UNREACHABLE: "the site's robots.txt cannot be read, so it must be taken as a denial",
    ErrorKind.BLOCKED_BY_PROTECTION: "a bot protection answered in the site's place",
    ErrorKind.NOT_HTML: "the answer is not a web page",
    ErrorKind.EMPTY_PAGE: "the answer has no content",
    ErrorKind.SCAN_TIMEOUT: "the whole scan took longer than its hard budget",
    ErrorKind.EXTRACT_TIMEOUT: "reading the page took longer than its budget",
    ErrorKind.EXTRACT_FAILED: "reading the page failed or exhausted its process",
    ErrorKind.PROCESSOR_TIMEOUT: "the configured processor took longer than its budget",
    ErrorKind.PROCESSOR_FAILED: "the configured processor raised an error",
    ErrorKind.WORKER_LOST: "the worker vanished in every attempt, so the lease expired",
    ErrorKind.INTERNAL_ERROR: "a fault of this program; please report it",
}
"""One line per kind, for people."""
