"""The database's addresses are known, so that no page can lead to it."""

from ipaddress import ip_address

import pytest
from sqlalchemy import make_url

from domain_scheduler.db.addresses import addresses_of


@pytest.mark.parametrize(
    ("url", "addresses"),
    [
        ("postgresql://u:p@192.0.2.7:5432/d", {"192.0.2.7"}),
        ("postgresql://u:p@[2001:db8::7]/d", {"2001:db8::7"}),
        ("postgresql:///d?host=192.0.2.7,192.0.2.8", {"192.0.2.7", "192.0.2.8"}),
        ("postgresql://u@/d?host=192.0.2.7:5432&host=192.0.2.8", {"192.0.2.7", "192.0.2.8"}),
        ("postgresql:///d?host=/var/run/postgresql", set()),
        ("postgresql:///d", set()),
        ("postgresql://u@no-such-host.invalid/d", set()),
    ],
)
async def test_every_host_of_the_url_counts(url: str, addresses: set[str]) -> None:
    assert await addresses_of(make_url(url)) == {ip_address(address) for address in addresses}
