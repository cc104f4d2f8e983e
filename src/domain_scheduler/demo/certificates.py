"""Good and bad certificates for the demo's web, made anew at every start.

One authority (to be trusted by the scan) and one key for all: it takes milliseconds and nothing is worth
stealing. Each kind of broken certificate is broken in exactly one way.
Not here: which site shows which (made_up_sites.py).
"""

import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from domain_scheduler.demo.made_up_sites import Certificate

_DAY: Final = timedelta(days=1)
# what a strict client asks of an authority, Python from 3.13 on among them
_SIGNS_CERTIFICATES: Final = x509.KeyUsage(
    digital_signature=False,
    content_commitment=False,
    key_encipherment=False,
    data_encipherment=False,
    key_agreement=False,
    key_cert_sign=True,
    crl_sign=True,
    encipher_only=False,
    decipher_only=False,
)


@dataclass(frozen=True, slots=True)
class Authority:
    """Signs the demo's certificates; `ca_file` is what a client has to trust."""

    ca_file: Path
    key: ec.EllipticCurvePrivateKey
    name: x509.Name


def make_authority(folder: Path) -> Authority:
    """A new authority, its certificate written to `folder`/ca.pem."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = _name("Domain Scheduler demo authority")
    constraints = x509.BasicConstraints(ca=True, path_length=0)
    certificate = (
        _builder(name, name, key, _now(), _now() + _DAY)
        .add_extension(constraints, critical=True)
        .add_extension(_SIGNS_CERTIFICATES, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )
    ca_file = folder / "ca.pem"
    ca_file.write_bytes(_pem(certificate.sign(key, hashes.SHA256())))
    return Authority(ca_file, key, name)


def make_context(
    authority: Authority, kind: Certificate, hosts: Sequence[str], folder: Path
) -> ssl.SSLContext:
    """The server side of TLS that shows a certificate of this kind for `hosts`."""
    key = ec.generate_private_key(ec.SECP256R1())
    shown = ["hosting.example.net"] if kind is Certificate.WRONG_NAME else list(hosts)
    itself = kind is Certificate.SELF_SIGNED
    issuer, signer = (_name(shown[0]), key) if itself else (authority.name, authority.key)
    end = _now() - _DAY if kind is Certificate.EXPIRED else _now() + _DAY
    alternatives = x509.SubjectAlternativeName([x509.DNSName(host) for host in shown])
    signed_by = x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key())
    builder = (
        _builder(_name(shown[0]), issuer, key, end - 30 * _DAY, end)
        .add_extension(alternatives, critical=False)
        .add_extension(signed_by, critical=False)
    )
    return _context(folder / f"{kind}.pem", key, builder.sign(signer, hashes.SHA256()))


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, start: datetime, end: datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(end)
    )


def _context(file: Path, key: ec.EllipticCurvePrivateKey, certificate: x509.Certificate) -> ssl.SSLContext:
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(private + _pem(certificate))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _now() -> datetime:
    return datetime.now(UTC)
