"""Certificates as servers send them: their facts, and what a hostile one makes of the reader.

Found by `python -m bench.fuzz certificates`.
"""

import pytest
import trustme
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from domain_scheduler.scan.fetch.tls import certificate_facts

VERSION_3 = b"\xa0\x03\x02\x01\x02"
NAME_AS_TEXT = b"\x06\x03\x55\x04\x0a\x0c"


@pytest.fixture(scope="module")
def certificate() -> bytes:
    pem = trustme.CA().issue_cert("a.example.com").cert_chain_pems[0].bytes()
    return x509.load_pem_x509_certificate(pem).public_bytes(Encoding.DER)


def test_a_certificate_tells_its_names(certificate: bytes) -> None:
    assert certificate_facts(certificate)["names"] == ["a.example.com"]


@pytest.mark.parametrize(
    ("part", "instead"),
    [
        pytest.param(VERSION_3, VERSION_3[:-1] + b"\x5b", id="a version that does not exist"),
        pytest.param(NAME_AS_TEXT, NAME_AS_TEXT[:-1] + b"\x03", id="a name of bits"),
    ],
)
def test_a_certificate_that_openssl_takes_and_we_cannot_read_says_so(
    certificate: bytes, part: bytes, instead: bytes
) -> None:
    assert part in certificate
    assert certificate_facts(certificate.replace(part, instead)) == {"readable": False}
