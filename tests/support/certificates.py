"""Certificates for test servers: an authority of our own, and certificates that are wrong in one way each."""

import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import trustme


class Authority:
    """A certificate authority; `ca_file` makes clients trust it."""

    def __init__(self, folder: Path) -> None:
        self._ca = trustme.CA(organization_name="Test Authority")
        self._untrusted = trustme.CA(organization_name="Nobody's Authority")
        self.ca_file = folder / "ca.pem"
        self._ca.cert_pem.write_to_path(str(self.ca_file))

    def context(self, *names: str, wrong: str = "") -> ssl.SSLContext:
        """A server's context for `names`; `wrong`: expired, early, mismatched or untrusted."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.set_alpn_protocols(["http/1.1"])
        self._certificate(names, wrong).configure_cert(context)
        return context

    def _certificate(self, names: tuple[str, ...], wrong: str) -> trustme.LeafCert:
        now = datetime.now(UTC)
        if wrong == "expired":
            return self._ca.issue_cert(*names, not_before=now - timedelta(9), not_after=now - timedelta(1))
        if wrong == "early":
            return self._ca.issue_cert(*names, not_before=now + timedelta(1), not_after=now + timedelta(9))
        if wrong == "mismatched":
            return self._ca.issue_cert("somebody-else.example")
        return (self._untrusted if wrong == "untrusted" else self._ca).issue_cert(*names)
