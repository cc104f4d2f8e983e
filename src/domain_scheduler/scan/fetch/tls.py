"""The TLS contexts, made once per process, and what a certificate says.

Making a context reads the whole CA bundle (38 ms), so two are made and shared: one that verifies, and one
that does not, for sites whose certificate problem has been recorded. Both speak TLS 1.2 and newer: a server
that cannot is told apart (`tls_too_old`) rather than talked to.
Not here: when an unverified connection is tried (walk.py).
"""

import ssl
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from cryptography import x509
from cryptography.x509.oid import NameOID

from domain_scheduler.errors import SettingsError

MAX_NAMES: Final = 20
"""Alternative names of a certificate that are kept; some have hundreds."""

PROBLEMS: Final[dict[int, str]] = {
    9: "not_yet_valid",
    10: "expired",
    18: "self_signed",
    19: "untrusted_root",
    20: "untrusted_issuer",
    21: "untrusted_issuer",
    62: "name_mismatch",
    64: "name_mismatch",
}
"""OpenSSL's verify code (X509_V_ERR_...) -> the word in the report; any other is `invalid`."""

_UNREADABLE: Final = (
    ValueError,
    TypeError,  # a name of a type that its kind may not have
    x509.InvalidVersion,
    x509.DuplicateExtension,
    x509.UnsupportedGeneralNameType,
)
"""What cryptography raises for a certificate that OpenSSL took."""


@dataclass(frozen=True, slots=True)
class TlsContexts:
    """The context that verifies, and the one that does not."""

    verified: ssl.SSLContext
    unverified: ssl.SSLContext


def make_contexts(ca_file: Path | None = None) -> TlsContexts:
    """Both contexts, in tens of milliseconds; `ca_file` (PEM) is trusted beside the system's authorities."""
    verified = _alike(ssl.create_default_context())
    # what browsers let pass, and Python before 3.13: a site's answer must not depend on the version of ours
    verified.verify_flags &= ~ssl.VERIFY_X509_STRICT
    if ca_file is not None:
        try:
            verified.load_verify_locations(cafile=ca_file)
        except (OSError, ssl.SSLError) as error:
            raise SettingsError(f"fetch.ca_file: {ca_file} cannot be read as PEM certificates") from error
    unverified = _alike(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT))
    unverified.check_hostname = False
    unverified.verify_mode = ssl.CERT_NONE
    return TlsContexts(verified, unverified)


def _alike(context: ssl.SSLContext) -> ssl.SSLContext:
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    return context


def problem_of(error: ssl.SSLCertVerificationError) -> str:
    """One word for what is wrong with a certificate."""
    return PROBLEMS.get(getattr(error, "verify_code", 0), "invalid")


def connection_facts(tls: ssl.SSLObject, *, verified: bool) -> dict[str, Any]:
    """JSON-ready facts of a connection: version, cipher, and its certificate's issuer, names and dates."""
    cipher = tls.cipher()
    facts = {"verified": verified, "version": tls.version(), "cipher": cipher[0] if cipher else None}
    der = tls.getpeercert(binary_form=True)
    return facts | (certificate_facts(der) if der else {})


def certificate_facts(der: bytes) -> dict[str, Any]:
    """JSON-ready facts of a certificate; `readable` is false for one that is not valid DER."""
    try:
        certificate = x509.load_der_x509_certificate(der)
        names = _names(certificate)
        return {
            "subject": _common_name(certificate.subject),
            "issuer": _organisation(certificate.issuer),
            "names": names[:MAX_NAMES],
            "names_total": len(names),
            "not_before": certificate.not_valid_before_utc.isoformat(),
            "not_after": certificate.not_valid_after_utc.isoformat(),
            "days_left": (certificate.not_valid_after_utc - datetime.now(UTC)).days,
        }
    except _UNREADABLE:
        return {"readable": False}


def _names(certificate: x509.Certificate) -> list[str]:
    try:
        extension = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    except x509.ExtensionNotFound:
        return []
    return extension.value.get_values_for_type(x509.DNSName)


def _common_name(name: x509.Name) -> str | None:
    return _first(name, NameOID.COMMON_NAME)


def _organisation(name: x509.Name) -> str | None:
    return _first(name, NameOID.ORGANIZATION_NAME) or _common_name(name)


def _first(name: x509.Name, oid: x509.ObjectIdentifier) -> str | None:
    values = name.get_attributes_for_oid(oid)
    return str(values[0].value)[:200] if values else None
