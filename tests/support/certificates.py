"""Certificates for test servers: an authority of our own, and certificates that are wrong in one way each."""

import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import trustme
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID


class Authority:
    """A certificate authority; `ca_file` makes clients trust it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._ca = trustme.CA(organization_name="Test Authority")
        self._untrusted = trustme.CA(organization_name="Nobody's Authority")
        self.ca_file = folder / "ca.pem"
        self._ca.cert_pem.write_to_path(str(self.ca_file))

    def context(self, *names: str, wrong: str = "") -> ssl.SSLContext:
        """A server's context for `names`; `wrong`: expired, early, mismatched, untrusted, rooted, selfsigned.

        `untrusted` shows the certificate alone, `rooted` the untrusted authority's own beside it.
        """
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.set_alpn_protocols(["http/1.1"])
        if wrong == "selfsigned":
            self._load(context, _self_signed(names))
        elif wrong == "rooted":
            leaf = self._untrusted.issue_cert(*names)
            parts = (leaf.private_key_pem, *leaf.cert_chain_pems, self._untrusted.cert_pem)
            self._load(context, b"".join(part.bytes() for part in parts))
        else:
            self._certificate(names, wrong).configure_cert(context)
        return context

    def _load(self, context: ssl.SSLContext, pem: bytes) -> None:
        file = self._folder / "server.pem"
        file.write_bytes(pem)
        context.load_cert_chain(file)

    def _certificate(self, names: tuple[str, ...], wrong: str) -> trustme.LeafCert:
        now = datetime.now(UTC)
        if wrong == "expired":
            return self._ca.issue_cert(*names, not_before=now - timedelta(9), not_after=now - timedelta(1))
        if wrong == "early":
            return self._ca.issue_cert(*names, not_before=now + timedelta(1), not_after=now + timedelta(9))
        if wrong == "mismatched":
            return self._ca.issue_cert("somebody-else.example")
        return (self._untrusted if wrong == "untrusted" else self._ca).issue_cert(*names)


def _self_signed(names: tuple[str, ...]) -> bytes:
    """Key and certificate (PEM) that nobody but its owner signed."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0])])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(1))
        .not_valid_after(now + timedelta(9))
        .add_extension(x509.SubjectAlternativeName(list(map(x509.DNSName, names))), critical=False)
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return secret + certificate.public_bytes(Encoding.PEM)
